"""Runs the whole market on this machine: `make run`, or `python -m tools.run --chain ganache --port 8000`.

In order: node, heartbeat, contracts (when the chain does not hold them yet), index database, demo, follower, web server, and the
program that delivers the key of the demo's file.
One process watches all of them. Ctrl-C, SIGTERM, or the end of any part stops everything; even `kill -9` of this
process leaves none behind. What a market needs to come back lies in data/<chain id>/ and deployments/<chain id>.json;
`make reset` removes both.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import secrets
import signal
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import TextIO

from tools import chain
from tools.demo_seller import Seller
from tools.places import DEPLOYMENTS, ROOT, VENV, data_folder, deployment_record, tool_env
from tools.problems import SetupProblem

READY_TIMEOUT_S = 60
STOP_TIMEOUT_S = 15
PORT_PATIENCE_S = 3
LAST_LINES = 15
WEB_WORKERS = 2
WRITES_A_MINUTE = 2400  # all who use a local market are one person
BUYER = 5
BUYER_ADDRESS = "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc"
BUYER_KEY = "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba"


class Stopped(Exception):
    """Somebody asked us to end; not an error."""


@dataclass(frozen=True)
class Market:
    """One local market: its chain, its web address and its files."""

    kind: chain.Kind
    port: int
    folder: Path
    record: Path

    @property
    def origin(self) -> str:
        """The address that the browser shows."""
        return f"http://{chain.HOST}:{self.port}"

    @property
    def logs(self) -> Path:
        """Where each part writes what it says."""
        return self.folder / "logs"

    @property
    def seeded(self) -> Path:
        """The stamp of the demo."""
        return self.folder / "seeded"

    def log(self, part: str) -> Path:
        """Give the log file of one part."""
        return self.logs / f"{part}.log"


@dataclass
class Parts:
    """The long-running processes, in the order in which they were started."""

    running: list[tuple[str, subprocess.Popen[bytes]]] = field(default_factory=list)

    def add(self, name: str, process: subprocess.Popen[bytes]) -> None:
        """Watch one more."""
        self.running.append((name, process))

    def first_dead(self) -> tuple[str, int] | None:
        """Give a part that has ended, with its exit code."""
        for name, process in self.running:
            code = process.poll()
            if code is not None:
                return name, code
        return None

    def stop_all(self) -> None:
        """End every part gently, the last started first, and its whole group by force if it lingers."""
        for _, process in reversed(self.running):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            try:
                process.wait(STOP_TIMEOUT_S)
            except subprocess.TimeoutExpired:
                pass
            # each part leads a session of its own, so its group holds exactly its own children
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self.running.clear()


def say(line: str) -> None:
    """Print one line at once."""
    print(line, flush=True)


def last_lines(log: Path) -> str:
    """Give the end of a log, indented, for a message."""
    try:
        lines = log.read_text(errors="replace").splitlines()[-LAST_LINES:]
    except OSError:
        return ""
    return "".join(f"\n    {line}" for line in lines)


@contextlib.contextmanager
def sole_owner(folder: Path) -> Iterator[None]:
    """Hold the lock of a market's folder.

    Raises: SetupProblem when a market already runs from it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise SetupProblem(
                f"this market already runs from data/{folder.name}. Stop it first (Ctrl-C in its terminal)."
            ) from None
        yield


def check_ports(market: Market) -> None:
    """Refuse to start when a port is taken.

    Raises: SetupProblem naming the port and the way out.
    """
    ways_out = {
        market.kind.port: f"stop the program that listens there; the {market.kind.name} chain has this port alone",
        market.port: f"stop the program that listens there, or choose another: make run PORT={market.port + 1}",
    }
    if len(ways_out) < 2:
        raise SetupProblem(
            f"port {market.port} belongs to the {market.kind.name} chain. Choose another: make run PORT=8000"
        )
    deadline = time.monotonic() + PORT_PATIENCE_S
    for port, way_out in ways_out.items():
        # parts of a market that was killed need a moment to end
        while not chain.port_is_free(port):
            if time.monotonic() > deadline:
                raise SetupProblem(f"port {port} is busy: {way_out}.")
            time.sleep(0.1)


def secret_of(folder: Path) -> str:
    """Give the market's own session secret, made on first use and readable by its owner alone."""
    path = folder / "secret"
    with contextlib.suppress(FileExistsError):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as new:
            new.write(secrets.token_hex(32))
    return path.read_text()


def chain_settings(market: Market) -> dict[str, str]:
    """Give the settings that say where node, index and deployment record are."""
    return {
        "DATABASE_URL": f"sqlite:///{market.folder / 'dokkaebi.db'}",
        "RPC_URL": market.kind.url,
        "CHAIN_ID": str(market.kind.chain_id),
        "DEPLOYMENTS_DIR": str(DEPLOYMENTS),
    }


def settings_of(market: Market, inherited: Mapping[str, str]) -> dict[str, str]:
    """Give the environment of the follower, the web server and the one-shot commands."""
    content = market.folder / "content"
    content.mkdir(exist_ok=True)
    return (
        tool_env(inherited)
        | chain_settings(market)
        | {
            "ORIGIN": market.origin,
            "CONTENT_DIR": str(content),
            "SECRET_KEY": secret_of(market.folder),
            "WEB_BIND": f"{chain.HOST}:{market.port}",
            "WEB_WORKERS": str(WEB_WORKERS),
            "LOG_FORMAT": "text",
            "WRITES_A_MINUTE": str(WRITES_A_MINUTE),
        }
    )


def python(*words: str) -> list[str]:
    """Give a command line for the project's own interpreter."""
    return [str(VENV / "bin" / "python"), *words]


def do_step(market: Market, name: str, words: list[str], env: dict[str, str]) -> None:
    """Run one command to its end, showing what it says and keeping it in a log.

    Raises: SetupProblem when it fails.
    """
    log = market.log(name)
    with log.open("wb") as kept:
        process = subprocess.Popen(
            words,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
            preexec_fn=chain.die_with_parent,
        )
        assert process.stdout is not None
        try:
            for line in process.stdout:
                kept.write(line)
                text = line.decode(errors="replace").rstrip()
                if text:
                    say(f"    {text}")
            code = process.wait()
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
    if code != 0:
        raise SetupProblem(
            f"{name} failed (exit code {code}). Its whole output: data/{market.folder.name}/logs/{name}.log"
        )


def recorded_contracts(record: Path) -> dict[str, str]:
    """Give name and address of every contract in a deployment record, empty when there is none."""
    try:
        contracts = json.loads(record.read_text())["contracts"]
        return {name: entry["address"] for name, entry in contracts.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def recorded_genesis(record: Path) -> str | None:
    """Give the genesis hash in a deployment record."""
    try:
        found = json.loads(record.read_text()).get("genesisHash")
    except (OSError, ValueError, AttributeError):
        return None
    return found if isinstance(found, str) else None


def is_deployed(market: Market) -> bool:
    """Tell whether the record speaks of this very chain and every recorded contract has code on it."""
    addresses = recorded_contracts(market.record)
    if not addresses or recorded_genesis(market.record) != chain.genesis_hash(market.kind.url):
        return False
    return all(chain.code_at(market.kind.url, address) != "0x" for address in addresses.values())


def drop_foreign_record(market: Market) -> None:
    """Remove a local record that belongs to a chain which is gone, so that nothing is mistaken for deployed."""
    if market.record.exists() and recorded_genesis(market.record) != chain.genesis_hash(market.kind.url):
        market.record.unlink()


def demo_key(market: Market) -> str:
    """Give what the demo stamp must say to be true of this chain: its genesis and its contracts."""
    lines = [chain.genesis_hash(market.kind.url)]
    lines += [f"{name} {address}" for name, address in sorted(recorded_contracts(market.record).items())]
    return "\n".join(lines)


def deploy(market: Market) -> None:
    """Bring the contracts onto the chain, unless they are there."""
    if is_deployed(market):
        say("• contracts: there already")
        return
    drop_foreign_record(market)
    say("• contracts: compiling and deploying (half a minute) ...")
    brownie = str(VENV / "bin" / "brownie")
    words = [brownie, "run", "scripts/deploy/everything.py", "main", "--network", market.kind.name]
    do_step(market, "deploy", words, tool_env(os.environ))
    if not is_deployed(market):
        raise SetupProblem(f"the deployment ended well, but deployments/{market.record.name} does not match the chain.")


def seed_demo(market: Market, env: dict[str, str]) -> None:
    """Fill the market with the demo, once per chain."""
    key = demo_key(market)
    if market.seeded.exists() and market.seeded.read_text() == key:
        say("• demo: there already")
        return
    say("• demo: filling the market ...")
    sold = Seller(market.folder / "seller")
    sold.prepare()
    do_step(market, "demo", python("-m", "frontend.demo", "seed", *sold.for_the_demo()), env)
    market.seeded.write_text(key)


def deliveries(market: Market) -> list[str]:
    """Give the command line of the program that delivers the key of the demo's file."""
    seller = Seller(market.folder / "seller")
    seller.prepare()
    return python(*seller.command(market.kind.url, market.record))


def start_part(market: Market, parts: Parts, name: str, words: list[str], env: dict[str, str]) -> None:
    """Start one long-running command and watch it."""
    market.log(name).write_bytes(b"")
    parts.add(name, chain.spawn(words, market.log(name), env, cwd=ROOT))


def start_all(market: Market, parts: Parts) -> chain.Heartbeat:
    """Bring up every part in order; give the heartbeat, which is a thread of ours."""
    say(f"• {market.kind.name} on port {market.kind.port}, chain id {market.kind.chain_id}")
    market.log(market.kind.name).write_bytes(b"")
    node = chain.start(market.kind, market.kind.port, market.folder / "chain", log=market.log(market.kind.name))
    parts.add(market.kind.name, node.process)
    heartbeat = chain.Heartbeat(node.url, chain.ClockFile(market.folder / "chain" / "clock.json"))
    heartbeat.start()
    try:
        deploy(market)
        env = settings_of(market, os.environ)
        do_step(market, "migrate", python("-m", "frontend.index", "migrate"), env)
        seed_demo(market, env)
        start_part(market, parts, "follower", python("-m", "frontend.index", "follow"), env)
        start_part(market, parts, "web", python("-m", "frontend.operations", "serve"), env)
        start_part(market, parts, "seller", deliveries(market), tool_env(os.environ))
        wait_until_healthy(market, parts)
    except BaseException:
        heartbeat.stop()
        raise
    return heartbeat


def wait_until_healthy(market: Market, parts: Parts) -> None:
    """Wait until /healthz says yes.

    Raises: SetupProblem when a part ends first, or it takes too long.
    """
    deadline = time.monotonic() + READY_TIMEOUT_S
    said = "no answer"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    while time.monotonic() < deadline:
        complain_of_the_dead(market, parts)
        try:
            with opener.open(f"{market.origin}/healthz", timeout=5):
                return
        except urllib.error.HTTPError as problem:
            said = f"{problem.code} {problem.read(300).decode(errors='replace').strip()}"
        except OSError:
            pass
        time.sleep(0.1)
    raise SetupProblem(
        f"the market is not healthy after {READY_TIMEOUT_S} s (/healthz: {said}).{last_lines(market.log('web'))}"
    )


def complain_of_the_dead(market: Market, parts: Parts) -> None:
    """Raise SetupProblem with the last words of a part that has ended."""
    dead = parts.first_dead()
    if dead is not None:
        name, code = dead
        why = f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
        hint = ""
        if name == market.kind.name:
            hint = f" If its database is broken: make reset CHAIN={market.kind.name}."
        raise SetupProblem(
            f"{name} has ended ({why}); everything is stopped.{hint} Its last lines:{last_lines(market.log(name))}"
        )


def metamask_card(market: Market) -> str:
    """Give what a person types into MetaMask."""
    return f"""
  Dokkaebi is open: {market.origin}

  To pay with MetaMask, add a network by hand (Settings → Networks → Add) ...
      Network name       {market.kind.name.title()} {market.kind.chain_id}
      RPC URL            {market.kind.url}
      Chain ID           {market.kind.chain_id}
      Currency symbol    ETH
  ... and import a test account (account {BUYER}, a buyer with {chain.BALANCE_ETH} pretended ETH):
      Address            {BUYER_ADDRESS}
      Private key        {BUYER_KEY}

  ╔══════════════════════════════════════════════════════════════════════════════════╗
  ║  WARNING: everybody in the world knows this key. Whatever is sent to it on a     ║
  ║  real network is stolen within seconds. Use it on this local chain and nowhere   ║
  ║  else, and never in a wallet that holds anything of value.                       ║
  ╚══════════════════════════════════════════════════════════════════════════════════╝

  A deadline passes sooner with: make warp DAYS=8 CHAIN={market.kind.name}
  Logs: data/{market.folder.name}/logs/    Stop: Ctrl-C
"""


def open_browser(market: Market, terminal: TextIO, env: Mapping[str, str]) -> bool:
    """Open the market's page where a person sits in front of a screen; OPEN=0 forbids it."""
    has_screen = bool(env.get("DISPLAY") or env.get("WAYLAND_DISPLAY")) or sys.platform == "darwin"
    if env.get("OPEN") == "0" or not terminal.isatty() or not has_screen:
        return False
    return webbrowser.open(market.origin)


def watch(market: Market, parts: Parts) -> None:
    """Wait until a part ends or somebody stops us."""
    idle = threading.Event()
    while True:
        complain_of_the_dead(market, parts)
        idle.wait(0.5)


def run(market: Market) -> None:
    """Run a market until it is stopped.

    Raises: SetupProblem when it cannot be brought up or a part of it ends; Stopped on SIGINT, SIGTERM or SIGHUP.
    """
    with sole_owner(market.folder):
        market.logs.mkdir(exist_ok=True)
        check_ports(market)
        parts = Parts()
        heartbeat: chain.Heartbeat | None = None
        try:
            heartbeat = start_all(market, parts)
            say(metamask_card(market))
            open_browser(market, sys.stdout, os.environ)
            watch(market, parts)
        finally:
            ignore_signals()
            if parts.running:
                say("• stopping ...")
            if heartbeat is not None:
                heartbeat.stop()
            parts.stop_all()


def _raise_stopped(number: int, frame: FrameType | None) -> None:
    raise Stopped


def listen_for_signals() -> None:
    """Turn the signals that end a program into Stopped, so that `finally` clauses run."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _raise_stopped)


def ignore_signals() -> None:
    """Let nothing interrupt the stopping."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def main(argv: list[str] | None = None) -> int:
    """Read the command line and run the market."""
    parser = argparse.ArgumentParser(prog="python -m tools.run", description="Run the market on this machine.")
    parser.add_argument("--chain", choices=sorted(chain.KINDS), default="ganache")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(argv)
    kind = chain.KINDS[options.chain]
    market = Market(kind, options.port, data_folder(kind.chain_id), deployment_record(kind.chain_id))
    listen_for_signals()
    if "MAKELEVEL" in os.environ:
        chain.die_with_parent()
    try:
        if not 1024 <= options.port <= 65535:
            raise SetupProblem(f"port {options.port} cannot be used; choose one from 1024 to 65535: make run PORT=8000")
        run(market)
    except Stopped:
        say("• stopped; nothing is left running")
        return 0
    except SetupProblem as problem:
        print(f"✗ {problem}", file=sys.stderr, flush=True)
        return 1
    except (OSError, chain.NodeError) as problem:
        print(f"✗ {problem}. The logs are in data/{kind.chain_id}/logs/", file=sys.stderr, flush=True)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
