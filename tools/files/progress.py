"""How far a long step is, on the terminal's error output; nothing where nobody looks."""

from __future__ import annotations

import sys
from types import TracebackType


class Bar:
    """One line that is written over, in whole per cent."""

    def __init__(self, what: str, unit: str) -> None:
        self._what, self._unit = what, unit
        self._shown = -1
        self._is_seen = sys.stderr.isatty()

    def show(self, done: int, whole: int) -> None:
        """Say how much of how much is done."""
        percent = done * 100 // whole if whole else 100
        if self._is_seen and percent != self._shown:
            self._shown = percent
            print(f"\r{self._what}: {percent} % of {whole:,} {self._unit}", end="", file=sys.stderr, flush=True)

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shown >= 0:
            print(file=sys.stderr, flush=True)
