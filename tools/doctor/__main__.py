"""The command. Works before anything is installed and when nothing runs; changes nothing.

    python3 -m tools.doctor                     the market in the environment (RPC_URL ...), else the local Ganache
    python3 -m tools.doctor --chain anvil       the market that `make run CHAIN=anvil` starts

Exit code 0 when every line is well, 1 when something is to be done. No line holds an address of a node, a key or a password.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable

from tools import chain
from tools.doctor import contracts, machine, store
from tools.doctor.findings import Finding, Findings, ill
from tools.doctor.target import Target, from_environment, local
from tools.places import HOME

DEFAULT_PORT = 8000


def main(argv: list[str] | None = None) -> int:
    """Look at everything, print a line for each thing, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python3 -m tools.doctor", description="Say what is well and what to do.")
    parser.add_argument("--chain", choices=sorted(chain.KINDS), help="a local market; else the environment decides")
    parser.add_argument("--port", type=int, default=DEFAULT_PORT, help="where the local web server listens")
    options = parser.parse_args(argv)
    if options.chain is None and os.environ.get("RPC_URL"):
        target = from_environment(os.environ)
    else:
        target = local(chain.KINDS[options.chain or "ganache"])
    print(f"Looking at {target.name}, chain {target.chain_id or 'unknown'}", flush=True)
    bad = 0
    for finding in look(target, options.port):
        print(finding.line(), flush=True)
        bad += finding.is_well is False
    print(f"✗ {bad} to be done" if bad else "✓ all is well")
    return 1 if bad else 0


def look(target: Target, web_port: int) -> Findings:
    """Look at machine, settings, contracts, database and ports, in that order."""
    if target.missing:
        yield ill("settings", f"not set: {', '.join(target.missing)} (the README has the table)")
    parts: tuple[tuple[str, Callable[[], Findings]], ...] = (
        ("machine", machine.look),
        ("contracts", lambda: contracts.look(target)),
        ("database and files", lambda: store.look(target)),
        ("encrypted accounts", lambda: machine.keystores(HOME / ".brownie" / "accounts")),
        ("ports", lambda: _ports(target, web_port)),
    )
    for name, part in parts:
        yield from _guarded(name, part)


def _guarded(name: str, part: Callable[[], Findings]) -> Findings:
    """Go on with the other parts when one meets something that nobody thought of."""
    try:
        yield from part()
    except Exception as problem:  # noqa: BLE001  # a doctor must not die of the illness
        yield ill(name, f"it could not be looked at ({type(problem).__name__})")


def _ports(target: Target, web_port: int) -> Findings:
    if target.folder is None:
        return
    kind = chain.KINDS[target.name]
    runs = _is_locked(target)
    yield contracts.port(kind.port, f"the {kind.name} chain", runs)
    yield contracts.port(web_port, "the web server", runs)


def _is_locked(target: Target) -> bool:
    """Tell whether `make run` holds this market's folder."""
    import fcntl

    assert target.folder is not None
    try:
        with (target.folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


__all__ = ["Finding", "look", "main"]

if __name__ == "__main__":
    sys.exit(main())
