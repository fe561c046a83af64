"""Waiting for something, with an end."""

from __future__ import annotations

import time
from collections.abc import Callable


def wait_for(found: Callable[[], bool], seconds: float = 60) -> None:
    """Wait until something is so. Raises: AssertionError when it takes too long."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)
