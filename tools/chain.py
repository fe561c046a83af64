"""Local chains: start and stop Ganache or Anvil, keep their clock, mine when idle (standard library only).

    python -m tools.chain warp --chain ganache --days 8      move the clock of the chain that `make run` started
    python -m tools.chain head --chain ganache               block number, its time, and how far it is ahead of the wall

A kept chain may be ahead of wall time (a demo, a warp). Neither node remembers that over a restart, and both would then
mine blocks older than their parent. So the lead is written to `clock.json` beside the database, and given back to the
node on its command line, before it answers its first request.
"""

from __future__ import annotations

import argparse
import ctypes
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from tools.places import NODE_MODULES, tool_env
from tools.problems import SetupProblem

HOST = "127.0.0.1"
MNEMONIC = "test test test test test test test test test test test junk"
ACCOUNTS = 10
BALANCE_ETH = 1000
BLOCK_GAS_LIMIT = 30_000_000
HARDFORK = "shanghai"
HEARTBEAT_S = 4
START_TIMEOUT_S = 60
STOP_TIMEOUT_S = 20
ANVIL_DUMP_S = 10
LEAD_NOISE_S = 2  # whole-second block times make a lead of 0 look like ±1
PR_SET_PDEATHSIG = 1
LOWEST_FREE_PORT = 15_000
PORT_TRIES = 20
LONGEST_WARP_S = 10 * 365 * 86400


@dataclass(frozen=True)
class Kind:
    """A node program with the ids and port that `make run` gives it."""

    name: str
    chain_id: int
    port: int

    @property
    def url(self) -> str:
        """Where the kept chain of this kind listens."""
        return f"http://{HOST}:{self.port}"


GANACHE = Kind("ganache", 1337, 8545)
ANVIL = Kind("anvil", 31337, 8546)
KINDS = {kind.name: kind for kind in (GANACHE, ANVIL)}


@dataclass(frozen=True)
class Head:
    """The newest block: its number and its time in unix seconds."""

    number: int
    timestamp_s: int


class NodeError(RuntimeError):
    """The node answered a request with an error."""


def rpc(url: str, method: str, params: Sequence[Any] = (), *, timeout_s: float = 30) -> Any:
    """Ask a node and give the result.

    Raises: NodeError when it answers with an error, OSError when it does not answer.
    """
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
    request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
    with _opener().open(request, timeout=timeout_s) as answer:
        said = json.load(answer)
    if "error" in said:
        raise NodeError(f"{method}: {said['error'].get('message', said['error'])}")
    return said["result"]


@cache
def _opener() -> urllib.request.OpenerDirector:
    """Make what opens URLs once; a proxy in the environment must never see the local chain."""
    return urllib.request.build_opener(urllib.request.ProxyHandler({}))


def head(url: str) -> Head:
    """Give the newest block of a node."""
    block = rpc(url, "eth_getBlockByNumber", ["latest", False])
    return Head(int(block["number"], 16), int(block["timestamp"], 16))


def genesis_hash(url: str) -> str:
    """Give the hash of block 0, which tells one chain from its successor with the same id."""
    return str(rpc(url, "eth_getBlockByNumber", ["0x0", False])["hash"])


def code_at(url: str, address: str) -> str:
    """Give the code of an address as hex, "0x" when there is none."""
    return str(rpc(url, "eth_getCode", [address, "latest"]))


def is_anvil(url: str) -> bool:
    """Tell whether a node is Anvil; its clock calls differ from Ganache's in their unit."""
    return str(rpc(url, "web3_clientVersion")).lower().startswith("anvil")


def mine(url: str) -> None:
    """Mine one empty block."""
    rpc(url, "evm_mine")


def set_clock(url: str, timestamp_s: int) -> None:
    """Make a node's clock show a unix time; it goes on from there at wall speed."""
    rpc(url, "evm_setTime", [timestamp_s if is_anvil(url) else timestamp_s * 1000])


def warp(url: str, seconds: int) -> Head:
    """Move a node's clock forward and mine a block there."""
    rpc(url, "evm_increaseTime", [seconds])
    mine(url)
    return head(url)


def port_is_free(port: int) -> bool:
    """Tell whether a server could listen on a port of this machine."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """Give a port that nobody listens on, and that no outgoing connection gets before a server does."""
    below = _first_outgoing_port() - LOWEST_FREE_PORT
    for _ in range(PORT_TRIES if below > 0 else 0):
        port = LOWEST_FREE_PORT + secrets.randbelow(below)
        if port_is_free(port):
            return port
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@cache
def _first_outgoing_port() -> int:
    """Give where the ports begin that the system hands out by itself (Linux tells), so that those below are left."""
    try:
        return int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    except (OSError, ValueError, IndexError):
        return 0


def die_with_parent() -> None:
    """Ask the kernel to end this process when its parent ends, however that ends (Linux; elsewhere nothing).

    Called in a child between fork and exec: then even `kill -9` of the parent leaves no process behind, and the node
    gets the gentle signal that lets it close its database.
    """
    libc = _libc()
    if libc is not None:
        libc.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@cache
def _libc() -> ctypes.CDLL | None:
    """Open the C library once, before any fork."""
    return ctypes.CDLL(None) if sys.platform == "linux" else None


def command(kind: Kind, port: int, folder: Path | None, start_s: int | None, *, steps_tracing: bool) -> list[str]:
    """Give the command line of a node; without a folder its chain is thrown away."""
    program = str(NODE_MODULES / ".bin" / kind.name)
    if kind.name == GANACHE.name:
        return [program, *_ganache_options(kind, port, folder, start_s)]
    return [program, *_anvil_options(kind, port, folder, start_s), *(["--steps-tracing"] if steps_tracing else [])]


def _ganache_options(kind: Kind, port: int, folder: Path | None, start_s: int | None) -> list[str]:
    options = {
        "--server.host": HOST,
        "--server.port": port,
        "--chain.chainId": kind.chain_id,
        "--chain.networkId": kind.chain_id,
        "--chain.hardfork": HARDFORK,
        # a failed transaction answers with its revert, as brownie expects; the transaction is mined all the same
        "--chain.vmErrorsOnRPCResponse": "true" if folder is None else "false",
        "--wallet.mnemonic": MNEMONIC,
        "--wallet.totalAccounts": ACCOUNTS,
        "--wallet.defaultBalance": BALANCE_ETH,
        "--miner.blockGasLimit": hex(BLOCK_GAS_LIMIT),
    }
    if folder is not None:
        options["--database.dbPath"] = folder / "ganache"
    if start_s is not None:
        options["--chain.time"] = datetime.fromtimestamp(start_s, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return ["--logging.quiet", *(str(part) for pair in options.items() for part in pair)]


def _anvil_options(kind: Kind, port: int, folder: Path | None, start_s: int | None) -> list[str]:
    options = {
        "--host": HOST,
        "--port": port,
        "--chain-id": kind.chain_id,
        "--hardfork": HARDFORK,
        "--mnemonic": MNEMONIC,
        "--accounts": ACCOUNTS,
        "--balance": BALANCE_ETH,
        "--gas-limit": BLOCK_GAS_LIMIT,
    }
    if folder is not None:
        options |= {"--state": folder / "anvil.json", "--state-interval": ANVIL_DUMP_S}
    if start_s is not None:
        options["--timestamp"] = start_s
    return ["--quiet", *(str(part) for pair in options.items() for part in pair)]


class ClockFile:
    """How many seconds a kept chain is ahead of wall time, on disk."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lead_s = self._read()

    def _read(self) -> int:
        try:
            return int(json.loads(self.path.read_text())["lead_s"])
        except (OSError, ValueError, KeyError, TypeError):
            return 0

    def start_s(self) -> int | None:
        """Give the time at which the node's clock must start now; None for wall time."""
        # the noise on top, so that the first block is never older than the last one before
        return int(time.time()) + self.lead_s + LEAD_NOISE_S if self.lead_s > 0 else None

    def observe(self, newest: Head) -> None:
        """Take the lead from a block that was mined just now; write when it has changed."""
        lead_s = max(0, newest.timestamp_s - int(time.time()))
        if abs(lead_s - self.lead_s) <= LEAD_NOISE_S:
            return
        self.lead_s = lead_s if lead_s > LEAD_NOISE_S else 0
        unfinished = self.path.with_suffix(".tmp")
        unfinished.write_text(json.dumps({"lead_s": self.lead_s}))
        unfinished.replace(self.path)


class Node:
    """A running Ganache or Anvil that we started."""

    def __init__(self, kind: Kind, port: int, process: subprocess.Popen[bytes]) -> None:
        self.kind = kind
        self.port = port
        self.process = process
        self.url = f"http://{HOST}:{port}"

    def is_alive(self) -> bool:
        """Tell whether the process still runs."""
        return self.process.poll() is None

    def wait_until_ready(self) -> None:
        """Wait for the first answer.

        Raises: SetupProblem when the node ends or stays silent.
        """
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if not self.is_alive():
                raise SetupProblem(
                    f"{self.kind.name} ended at once (exit code {self.process.returncode}); see its log."
                )
            try:
                found = int(rpc(self.url, "eth_chainId", timeout_s=2), 16)
            except (OSError, NodeError, ValueError):
                time.sleep(0.05)
                continue
            if found != self.kind.chain_id:
                raise SetupProblem(f"port {self.port} answers for chain {found} instead of {self.kind.chain_id}.")
            return
        raise SetupProblem(f"{self.kind.name} did not answer on port {self.port} within {START_TIMEOUT_S} s.")

    def stop(self) -> None:
        """End the node gently, so that it writes what it keeps; by force only when it does not end."""
        if self.is_alive():
            self.process.terminate()
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(
    kind: Kind,
    port: int,
    folder: Path | None = None,
    *,
    log: Path | None = None,
    steps_tracing: bool = False,
) -> Node:
    """Start a node and wait until it answers; with a folder its chain and clock are kept there.

    Raises: SetupProblem when it cannot be started.
    """
    clock = None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        clock = ClockFile(folder / "clock.json")
    words = command(kind, port, folder, clock.start_s() if clock else None, steps_tracing=steps_tracing)
    if not Path(words[0]).exists():
        raise SetupProblem(f"{kind.name} is not installed (node_modules/.bin/{kind.name}); run: make bootstrap")
    process = spawn(words, log)
    node = Node(kind, port, process)
    try:
        node.wait_until_ready()
        if clock is not None:
            _mend_clock(node, clock)
    except BaseException:
        node.stop()
        raise
    return node


def spawn(
    words: list[str],
    log: Path | None,
    env: dict[str, str] | None = None,
    *,
    cwd: Path | None = None,
) -> subprocess.Popen[bytes]:
    """Start a program in a session of its own that ends with us; its output goes to a log, or nowhere.

    Must be called from the main thread: the kernel ties the child to the thread that made it.
    """
    _libc()
    output = subprocess.DEVNULL if log is None else log.open("ab")
    try:
        return subprocess.Popen(
            words,
            cwd=cwd,
            env=env or tool_env(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=die_with_parent,
        )
    finally:
        if not isinstance(output, int):
            output.close()


def _mend_clock(node: Node, clock: ClockFile) -> None:
    """Move a clock forward that would mine a block older than its parent (clock.json lost, or the wall set back)."""
    newest = head(node.url)
    if newest.timestamp_s > int(time.time()) + clock.lead_s:
        set_clock(node.url, newest.timestamp_s + 1)


@contextmanager
def throw_away(kind: Kind, *, steps_tracing: bool = False) -> Iterator[Node]:
    """Give a fresh chain on a free port, for as long as the block runs."""
    node = start_on_free_port(kind, steps_tracing=steps_tracing)
    try:
        yield node
    finally:
        node.stop()


def start_on_free_port(kind: Kind, *, steps_tracing: bool = False, log: Path | None = None) -> Node:
    """Start a throw-away chain on a port of its own, never on one that somebody else answers on."""
    for attempt in (1, 2, 3):
        try:
            return start(kind, free_port(), steps_tracing=steps_tracing, log=log)
        except SetupProblem:
            if attempt == 3:
                raise
    raise AssertionError("unreachable")


class Heartbeat:
    """Mines a block whenever the chain has stood still for a few seconds, and keeps the clock file.

    On an idle local chain a call sees the time of the last block, so that something due now would look not yet due.
    """

    def __init__(self, url: str, clock: ClockFile, *, every_s: float = HEARTBEAT_S) -> None:
        self._url = url
        self._clock = clock
        self._every_s = every_s
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._beat, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, and wait for a beat under way."""
        self._stop.set()
        self._thread.join(timeout=10)

    def _beat(self) -> None:
        # the newest block of a chain that slept is old and says nothing of the clock: begin with one of our own
        seen: int | None = None
        moved_at = float("-inf")
        while not self._stop.wait(min(1.0, self._every_s / 4)):
            try:
                newest = head(self._url)
                if seen is None:
                    seen = newest.number
                elif newest.number != seen:
                    self._clock.observe(newest)
                    seen, moved_at = newest.number, time.monotonic()
                if time.monotonic() - moved_at >= self._every_s:
                    mine(self._url)
            except (OSError, NodeError, ValueError):
                continue  # a node that is going down; who watches the processes will say so


def local_chain(name: str) -> Kind:
    """Give the kept chain with this name, running.

    Raises: SetupProblem when it does not run, or something else answers.
    """
    kind = KINDS[name]
    try:
        found = int(rpc(kind.url, "eth_chainId", timeout_s=3), 16)
    except (OSError, ValueError, NodeError):
        raise SetupProblem(f"no {name} chain answers on {kind.url}. Start it first: make run CHAIN={name}") from None
    if found != kind.chain_id:
        raise SetupProblem(f"{kind.url} answers for chain {found}, not {kind.chain_id}: that is not ours to move.")
    return kind


def _span(seconds: float) -> str:
    days, rest = divmod(int(seconds), 86400)
    return f"{days} d {rest // 3600} h {rest % 3600 // 60} min"


def main(argv: list[str] | None = None) -> int:
    """Move or show the clock of a local chain that is running."""
    parser = argparse.ArgumentParser(prog="python -m tools.chain", description="The local chain's clock.")
    parser.add_argument("act", choices=["warp", "head"])
    parser.add_argument("--chain", choices=sorted(KINDS), default="ganache")
    parser.add_argument("--days", type=float, default=0)
    parser.add_argument("--hours", type=float, default=0)
    options = parser.parse_args(argv)
    try:
        kind = local_chain(options.chain)
        if options.act == "warp":
            seconds = round(options.days * 86400 + options.hours * 3600)
            if not 0 < seconds <= LONGEST_WARP_S:
                raise SetupProblem("say how far to move the clock, forward and at most ten years: make warp DAYS=8")
            warp(kind.url, seconds)
        newest = head(kind.url)
    except SetupProblem as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    shown = datetime.fromtimestamp(newest.timestamp_s, UTC).strftime("%Y-%m-%d %H:%M:%S UTC")
    print(
        f"{kind.name}: block {newest.number} at {shown}, {_span(max(0, newest.timestamp_s - time.time()))} ahead of the wall"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
