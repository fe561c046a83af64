"""A chain with Sepolia's id and a fee market, an encrypted account, and `brownie run` at a terminal of its own."""

from __future__ import annotations

import json
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from eth_account import Account

from tools import chain
from tools.places import NODE_MODULES, ROOT, VENV, tool_env

CHAIN_ID = 11155111
PASSWORD = "correct horse 말 배터리"
GWEI = 10**9


@contextmanager
def fee_market(*options: str, base_fee_wei: int = GWEI) -> Iterator[str]:
    """Give the URL of an Anvil that says it is Sepolia; blocks are full at 30 million gas and follow EIP-1559."""
    port = chain.free_port()
    words = [str(NODE_MODULES / ".bin" / "anvil"), "--quiet", "--port", str(port), "--chain-id", str(CHAIN_ID)]
    words += ["--hardfork", "shanghai", "--base-fee", str(base_fee_wei), "--gas-limit", "30000000", *options]
    node = chain.Node(chain.Kind("anvil", CHAIN_ID, port), port, chain.spawn(words, None))
    try:
        node.wait_until_ready()
        yield node.url
    finally:
        node.stop()


@dataclass
class Desk:
    """A person's home folder with brownie's networks and one encrypted account, and a folder of records."""

    folder: Path
    url: str
    name: str = "my-deployer"
    key: str = field(default_factory=lambda: "0x" + os.urandom(32).hex())

    def __post_init__(self) -> None:
        accounts = self.folder / "home" / ".brownie" / "accounts"
        accounts.mkdir(parents=True)
        (self.folder / "records").mkdir()
        shutil.copy(ROOT / "tools" / "networks.yaml", accounts.parent / "network-config.yaml")
        # few iterations: the file is opened five times here and protects nothing
        locked = Account.encrypt(self.key, PASSWORD, kdf="pbkdf2", iterations=1000)
        (accounts / f"{self.name}.json").write_text(json.dumps(locked))
        self.address: str = Account.from_key(self.key).address

    @property
    def record(self) -> Path:
        return self.folder / "records" / f"{CHAIN_ID}.json"

    def recorded(self) -> dict:
        return json.loads(self.record.read_text()) if self.record.exists() else {}

    def rpc(self, method: str, *params: object) -> object:
        return chain.rpc(self.url, method, list(params))

    def give(self, wei: int) -> None:
        self.rpc("anvil_setBalance", self.address, hex(wei))

    def sent(self) -> int:
        """How many transactions of the account are mined or waiting."""
        return int(str(self.rpc("eth_getTransactionCount", self.address, "pending")), 16)

    def at_terminal(self, script: str = "deploy/everything.py") -> Terminal:
        sender = [self.name] if script.startswith("deploy/") else []
        command = [str(VENV / "bin" / "brownie"), "run", f"scripts/{script}", "main", *sender]
        env = tool_env(os.environ) | {
            "HOME": str(self.folder / "home"),
            "SEPOLIA_RPC_URL": self.url,
            "DEPLOYMENTS_DIR": str(self.folder / "records"),
        }
        return Terminal([*command, "--network", "sepolia"], env)


class Terminal:
    """A program at a pseudo-terminal: it may ask for a password, which then stands in no argument and no variable."""

    def __init__(self, command: list[str], env: dict[str, str]) -> None:
        ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=env, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True,
            preexec_fn=_own_terminal,
        )  # fmt: skip
        os.close(theirs)
        self.place = ours
        self.said = ""

    def wait_for(self, what: str, timeout_s: float = 60) -> str:
        """Read until something is said."""
        deadline = time.monotonic() + timeout_s
        while not re.search(what, self.said):
            assert time.monotonic() < deadline, f"never said {what!r}: {self.said}"
            assert self._read(), f"ended without {what!r}: {self.said}"
        return self.said

    def answer(self, question: str, text: str) -> None:
        """Wait for a question and type an answer."""
        self.wait_for(question)
        os.write(self.place, text.encode() + b"\n")

    def end(self, timeout_s: float = 60) -> tuple[int, str]:
        """Wait for the end; give exit code and all that was said."""
        deadline = time.monotonic() + timeout_s
        while self._read():
            assert time.monotonic() < deadline, self.said
        code = self.process.wait(10)
        os.close(self.place)
        return code, self.said

    def kill(self) -> None:
        """End it as a power cut would."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(10)
        os.close(self.place)

    def _read(self) -> bool:
        if not select.select([self.place], [], [], 0.2)[0]:
            return True
        try:
            found = os.read(self.place, 65536)
        except OSError:  # the other end is closed
            return False
        self.said += found.decode(errors="replace").replace("\r\n", "\n")
        return bool(found)


def _own_terminal() -> None:
    """Make the pseudo-terminal the one that getpass opens, and end with the test."""
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    chain.die_with_parent()
