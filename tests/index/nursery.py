"""Follower processes by the hundred: one process imports the program once, and each follower is a fork of it.

A fork runs the command `python -m frontend.index follow` from its first line on, in a process of its own that can be
killed like any other. It spares only the second that importing takes. A fork can be told to kill itself at a moment that
no clock hits: right before or after a commit, or at a statement within a transaction.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from tools.chain import die_with_parent
from tools.places import ROOT

BEFORE_COMMIT, AFTER_COMMIT, AT_STATEMENT = "before commit", "after commit", "at statement"


@dataclass
class Young:
    """One follower process."""

    pid: int

    def is_alive(self) -> bool:
        """Tell whether it still runs."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        return True

    def send(self, number: int) -> None:
        """Send a signal, unless it is dead already."""
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def kill(self) -> None:
        """End it as a power cut would, and wait until it is gone."""
        self.send(signal.SIGKILL)
        self.wait()

    def wait(self, seconds: float = 20) -> None:
        """Wait until it is gone. Raises: AssertionError when it does not end."""
        deadline = time.monotonic() + seconds
        while self.is_alive():
            assert time.monotonic() < deadline, f"process {self.pid} does not end"
            time.sleep(0.002)


class Nursery:
    """Starts followers."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def follower(self, environment: dict[str, str], moment: str | None = None, count: int = 0) -> Young:
        """Start a follower; with a moment it kills itself there, at the count-th one."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        print(json.dumps([environment, moment, count]), file=self._process.stdin, flush=True)
        return Young(int(self._process.stdout.readline()))


@contextmanager
def running_nursery(log: Any = subprocess.DEVNULL) -> Iterator[Nursery]:
    """Give a nursery; its followers end with it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.index.nursery"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        preexec_fn=die_with_parent,
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        process.wait(20)


def main() -> None:
    """Fork a follower for each line that comes in."""
    import frontend.index.__main__
    import frontend.services  # the follower imports it late

    assert frontend.services
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for them; the kernel buries them
    for line in sys.stdin:
        environment, moment, count = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _live(frontend.index.__main__.main, environment, moment, count)
        print(pid, flush=True)


def _live(command: Any, environment: dict[str, str], moment: str | None, count: int) -> None:
    die_with_parent()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    code = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        random.seed()
        if moment is not None:
            _arm(moment, count)
        code = command(["follow"])
    finally:
        sys.stderr.flush()
        os._exit(code)


def _arm(moment: str, count: int) -> None:
    """Make this process kill itself at the count-th of such moments."""
    from sqlalchemy import Engine, event
    from sqlalchemy.engine.default import DefaultDialect

    left = count

    def pass_one() -> None:
        nonlocal left
        left -= 1
        if left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)

    if moment == AT_STATEMENT:

        @event.listens_for(Engine, "before_cursor_execute")
        def before(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            if statement.startswith(("INSERT", "UPDATE", "DELETE")):
                pass_one()

        return
    commit = DefaultDialect.do_commit

    def do_commit(self: DefaultDialect, connection: Any) -> None:
        if moment == BEFORE_COMMIT:
            pass_one()
        commit(self, connection)
        if moment == AFTER_COMMIT:
            pass_one()

    DefaultDialect.do_commit = do_commit  # type: ignore[method-assign]  # in this process only, to die at the right moment


if __name__ == "__main__":
    main()
