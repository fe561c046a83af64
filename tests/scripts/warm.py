"""Brownie's command line, started once for many runs of scripts.

Most of what `brownie run` costs is the same each time: to import brownie, and to read the project's artifacts. Here one
process has done both, and each run is a fork of it that then does what the command line does, with words, environment
and output of its own. What a run leaves in memory ends with it.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from tools.chain import die_with_parent
from tools.places import HOME, ROOT, VENV, tool_env

BROWNIE = VENV / "bin" / "brownie"
LONGEST_REQUEST_BYTES = 1 << 18
PIECE_BYTES = 1 << 16


class Run:
    """One run: of a subprocess.Popen as much as tests need."""

    def __init__(self, line: socket.socket, pid: int, said: int) -> None:
        self._line = line
        self._said = said
        self.pid = pid
        self.returncode: int | None = None

    def send_signal(self, number: signal.Signals) -> None:
        """Send a signal. A run that has ended is still there until it is asked for."""
        os.kill(self.pid, number)

    def communicate(self, timeout: float = 60) -> tuple[str, None]:
        """Read until the end; give all that it said. Raises: AssertionError when it is killed for taking too long."""
        deadline, said = time.monotonic() + timeout, b""
        while piece := self._piece(deadline):
            said += piece
        os.close(self._said)
        self.returncode = _asked(self._line, {"wait": self.pid})
        return said.decode(errors="replace"), None

    def _piece(self, deadline: float) -> bytes:
        if not select.select([self._said], [], [], max(0, deadline - time.monotonic()))[0]:
            self.send_signal(signal.SIGKILL)
            raise AssertionError("the script does not end")
        return os.read(self._said, PIECE_BYTES)


class Warm:
    """A brownie that has started and waits for words. It ends with this process."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        command = [sys.executable, "-m", "tests.scripts.warm", str(theirs.fileno())]
        self._process = subprocess.Popen(
            command, cwd=ROOT, env=tool_env(os.environ), stdin=subprocess.DEVNULL, pass_fds=[theirs.fileno()],
            preexec_fn=die_with_parent,
        )  # fmt: skip
        theirs.close()

    def start(self, words: list[str], env: dict[str, str]) -> Run:
        """Start `brownie` with these words in this environment."""
        assert env["HOME"] == str(HOME), "brownie has read its folder in HOME before it knows of this run"
        ours, theirs = os.pipe()
        pid = _asked(self._line, {"words": words, "env": env}, theirs)
        os.close(theirs)
        return Run(self._line, pid, ours)


@cache
def warm_brownie() -> Warm:
    """Give this process's own; it starts when it is first asked for."""
    return Warm()


def _asked(line: socket.socket, question: dict[str, Any], *handed: int) -> int:
    socket.send_fds(line, [json.dumps(question).encode()], list(handed))
    answer = line.recv(PIECE_BYTES)
    assert answer, "the waiting brownie has ended"
    return int(answer)


# ---- the other side


def serve(line: socket.socket) -> Callable[[], object] | None:
    """Answer until nobody asks; give brownie's command line in a fork, and None at the end."""
    while True:
        asked, handed, _, _ = socket.recv_fds(line, LONGEST_REQUEST_BYTES, 1)
        if not asked:
            return None
        question = json.loads(asked)
        if "wait" in question:
            status = os.waitpid(question["wait"], 0)[1]
            line.send(str(os.waitstatus_to_exitcode(status)).encode())
            continue
        pid = os.fork()
        if pid == 0:
            line.close()
            return become(question["words"], question["env"], handed[0])
        os.close(handed[0])
        line.send(str(pid).encode())


def become(words: list[str], env: dict[str, str], out: int) -> Callable[[], object]:
    """Take on a run's words, environment and output; give what then runs it."""
    from brownie._cli.__main__ import main

    die_with_parent()
    for place in (1, 2):
        os.dup2(out, place)
    os.close(out)
    os.environ.clear()
    os.environ.update(env)
    sys.argv = [str(BROWNIE), *words]
    return main


def read_artifacts() -> None:
    """Read brownie's artifacts ahead; one that has changed since is read again."""
    from brownie.project import main as projects

    read = projects._load_contract_build_json_from_disk
    ahead = {_state(path): read(path) for path in (ROOT / "build" / "contracts").glob("*.json")}
    projects._load_contract_build_json_from_disk = lambda path: ahead.get(_state(path)) or read(path)


def _state(path: Path) -> tuple[str, int]:
    return path.name, path.stat().st_mtime_ns


if __name__ == "__main__":
    import gc
    from importlib import import_module

    sys.path[0] = str(BROWNIE.parent)  # as when that file is run
    import_module("brownie._cli.run")
    read_artifacts()
    gc.freeze()
    command_line = serve(socket.socket(fileno=int(sys.argv[1])))
    sys.exit(command_line() if command_line else 0)
