"""Running rounds from a command line: until they are done or a signal comes, and what stops them in a sentence."""

import signal
from collections.abc import Callable
from pathlib import Path

from web3.exceptions import Web3Exception

from scripts.lib.keep.journal import Owner
from scripts.lib.keep.keeper import Rounds
from scripts.lib.keep.node import without_persons
from scripts.lib.problems import ScriptProblem, told_in_a_sentence
from scripts.lib.registry import ROOT, Registry

LEFT = 3  # exit code: something due is left


def at_work(rounds: Rounds, *, once: bool, wait_s: int, interval_s: int) -> int:
    """Do one round, or rounds until a signal comes; say the figures, and give the exit code. Raises: what `round` raises."""
    report = rounds.desk.report
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: rounds.stop.set())
    try:
        if once:
            rounds.once(wait_s)
        else:
            rounds.watch(interval_s)
    finally:
        print(report.summary(), flush=True)
    return LEFT if report.left else 0


def in_a_sentence(work: Callable[[], int]) -> int:
    """Do it and give its exit code; end the program with 1 and a sentence when the node or anything else stops it."""
    with told_in_a_sentence():
        try:
            return work()
        except OSError as problem:
            raise ScriptProblem(f"the node does not answer ({type(problem).__name__}).") from None
        except Web3Exception as problem:
            raise ScriptProblem(f"the node does not do what it should: {without_persons(str(problem))}.") from None


def owner_of(registry: Registry, account: str) -> Owner:
    """Give whose journal it is, for an account on the chain of a record."""
    market = registry.address("Market").lower()
    return Owner(registry.chain_id, registry.genesis_hash.lower(), market, account.lower())


def journal_path(named: str | None, owner: Owner, prefix: str) -> Path:
    """Give the journal's file: the one that is named, or that of the chain and the account in data/."""
    if named is not None:
        return Path(named)
    return ROOT / "data" / str(owner.chain_id) / f"{prefix}-{owner.account[2:10]}.db"
