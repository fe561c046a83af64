"""Static analysis of our contracts with slither: `make slither`. Fails on any finding that has no answer below.

Slither is given the compiler's standard input rather than brownie's artifacts, which it cannot read; what it compiles is
kept for slither-check-erc, which holds our tokens against their standards. An answer for one place stands here, beside its
reason, unless a `slither-disable-next-line` comment stands in the contract.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tools.places import ROOT, VENV, tool_env

REMAPPING = "@openzeppelin=node_modules/@openzeppelin"
SHIM = ROOT / "tools" / "solcjs.js"
OURS = "contracts/"
MOCKS = "contracts/mocks/"

# slither reads the syntax tree; the code beside it need not be good, only soon there
NEARLY_NONE = {
    "enabled": True,
    "details": {"yul": True, "yulDetails": {"stackAllocation": True, "optimizerSteps": "u:"}},
}
# checks that do not fit this code at all, and why
LEFT_OUT = {
    "timestamp": "clocks are the subject; the bounds are days, which no proposer can shift",
    "solc-version": "0.8.30 is pinned on purpose, with the newest target that Ganache runs",
    "naming-convention": "solhint watches the names",
    "pragma": "OpenZeppelin's ranges differ from our exact pin",
}
# findings at one place, and why they are harmless
ZEROS = "a struct in memory begins as zeros, and what stays 0 in it is meant to"
REFUSES = "called for its refusal; what it gives besides is not needed here"
LOCKED = "the order is written and announced before; what is written behind a permit is its own lock and the transfer's"
BOUNDED = (
    "each currency of a cart once, each paid by the caller; a token that fails ends the purchase of whoever named it"
)
PRECOMPILE = "a precompile has no ABI; where it fails it gives no bytes, and decoding none reverts"
COURT = (
    "the market and the court were named at construction; the key is marked before the call, so it is not made twice"
)
NO_AMOUNT = "ids and hashes are compared with what was stored; there is no amount that somebody could shift by a little"
CALLS_NOBODY = "what is called before the end is a community's own token, a clone of ours that calls nobody"
NEVER_MOVES = "a member's badge is bound to its account: the call is refused, so there is nothing to announce"
NO_METADATA = "that extension is optional, and a badge has nothing of its own to show"
BURNS = "a burn calls no receiver, for units arrive nowhere; what is written behind it is the payment's lock, and the make itself"
INHERITED = "OpenZeppelin's base implements it; the compiler would not make the contract otherwise"
# which of our contracts keep which standards
STANDARDS = (
    ("CommunityToken", "ERC20"),
    ("CommunityToken", "ERC2612"),
    ("Membership", "ERC165"),
    ("Membership", "ERC721"),
)
ANSWERED = {
    (
        "ERC20 lack_of_erc20_race_condition_protection",
        "CommunityToken",
    ): "approve is the standard's own; our pages ask for exact amounts or for a permit, which is used up by its nonce",
    ("ERC721 missing_event_emmited", "safeTransferFrom"): NEVER_MOVES,
    ("ERC721 missing_event_emmited", "transferFrom"): NEVER_MOVES,
    ("ERC721 missing_event_emmited", "approve"): NEVER_MOVES,
    ("ERC721 missing_event_emmited", "setApprovalForAll"): NEVER_MOVES,
    ("ERC721 missing_function", "Membership"): NO_METADATA,
    ("arbitrary-send-eth", "_give"): "the amount was owed to whoever names the receiver, and is written off before",
    ("reentrancy-no-eth", "swap"): CALLS_NOBODY,
    ("reentrancy-no-eth", "make"): BURNS,
    ("reentrancy-no-eth", "makeWithPermit"): BURNS,
    ("reentrancy-benign", "_make"): BURNS,
    ("reentrancy-events", "_make"): BURNS,
    ("reentrancy-events", "swap"): CALLS_NOBODY,
    ("reentrancy-events", "sellWithPermit"): CALLS_NOBODY,
    ("incorrect-equality", "onlyHolder"): NO_AMOUNT,
    ("incorrect-equality", "_requireNone"): NO_AMOUNT,
    ("incorrect-equality", "_requireCommitted"): NO_AMOUNT,
    ("low-level-calls", "multiply"): PRECOMPILE,
    ("msg-value-in-nonpayable", "dispute"): "a library runs in the Market's payable dispute, whose value this is",
    ("msg-value-in-nonpayable", "stake"): "a library runs in the Market's payable stake, whose value this is",
    ("reentrancy-no-eth", "buyWithPermit"): LOCKED,
    ("reentrancy-no-eth", "_collectAll"): LOCKED,
    ("reentrancy-benign", "buyWithPermit"): LOCKED,
    ("uninitialized-local", "division"): ZEROS,
    ("uninitialized-local", "order"): ZEROS,
    ("unused-return", "cancel"): REFUSES,
    ("unused-return", "decline"): REFUSES,
    ("unused-return", "refund"): REFUSES,
    ("unused-return", "withdraw"): REFUSES,
    ("unused-return", "accept"): REFUSES,
    ("unused-return", "submitEvidence"): REFUSES,
    ("unused-return", "_resolve"): "the amount is read before the final state is written",
    ("calls-loop", "_pull"): BOUNDED,
    ("calls-loop", "_permit"): BOUNDED,
    ("reentrancy-benign", "escalate"): COURT,
    ("reentrancy-benign", "execute"): COURT,
    ("reentrancy-events", "escalate"): COURT,
    ("reentrancy-benign", "lockWithPermit"): CALLS_NOBODY,
    ("reentrancy-events", "lockWithPermit"): CALLS_NOBODY,
    ("dead-code", "_getVotingUnits"): "OpenZeppelin's Votes calls it",
    ("unimplemented-functions", "CommunityGovernor"): INHERITED,
    ("unimplemented-functions", "Membership"): INHERITED,
    ("unused-return", "_reservedFor"): "the reserve for claims is asked for, the curve's is not",
    (
        "reentrancy-benign",
        "claim",
    ): "the token is the registry's own and calls nobody; behind it only the payment's lock is written",
    ("events-maths", "mintReserved"): "the Transfer from 0 beside it says the amount",
    ("events-maths", "burnReserved"): "the Transfer to 0 beside it says the amount",
    ("too-many-digits", "slitherConstructorVariables"): "the creation code of SplitDeposit, as the compiler writes it",
}


def standard_input() -> dict[str, Any]:
    """Give the compiler input of every contract of ours but the mocks."""
    sources = {}
    for path in sorted((ROOT / "contracts").rglob("*.sol")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(MOCKS):
            sources[name] = {"content": path.read_text()}
    outputs = ["abi", "metadata", "devdoc", "userdoc", "evm.bytecode", "evm.deployedBytecode"]
    return {
        "language": "Solidity",
        "sources": sources,
        "settings": {
            "remappings": [REMAPPING],
            "evmVersion": "shanghai",
            "viaIR": True,  # without it the compiler runs out of stack
            "optimizer": NEARLY_NONE,
            "outputSelection": {"*": {"*": outputs, "": ["ast"]}},
        },
    }


def compiled(folder: Path) -> Path:
    """Compile the contracts once, for every question about them; give the archive. Raises: RuntimeError."""
    target = folder / "contracts.json"
    target.write_text(json.dumps(standard_input()))
    words = [str(target), "--compile-force-framework", "solc-json", "--solc", str(SHIM)]
    _run("crytic-compile", *words, "--export-format", "archive", "--export-dir", str(folder))
    return folder / f"{target.name}_export_archive.json"


def findings(archive: Path) -> list[dict[str, Any]]:
    """Run slither and give what it found in our own files.

    Raises: RuntimeError with slither's last words when it cannot analyse.
    """
    said = _answer(archive, "slither", str(archive), "--exclude", ",".join(LEFT_OUT))
    return [found for found in said.get("detectors", []) if place_of(found).startswith(OURS)]


def departures(archive: Path, contract: str, standard: str) -> list[dict[str, Any]]:
    """Give where a contract departs from its standard, as findings. Raises: RuntimeError."""
    said = _answer(archive, "slither-check-erc", str(archive), contract, "--erc", standard)
    kinds: dict[str, list[dict[str, Any]]] = said["erc-conformance"]
    return [
        {**found, "check": f"{standard} {kind}", "impact": "Departure"}
        for kind, found_ones in kinds.items()
        for found in found_ones
    ]


def _answer(archive: Path, *words: str) -> dict[str, Any]:
    report = archive.with_name("report.json")
    report.unlink(missing_ok=True)
    last_words = _run(*words, "--json", str(report))
    said: dict[str, Any] = json.loads(report.read_text()) if report.exists() else {"success": False}
    if not said["success"]:
        raise RuntimeError(last_words)
    results: dict[str, Any] = said["results"]
    return results


def _run(tool: str, *words: str) -> str:
    """Run a tool of our environment and give its last words; slither's exit code only says whether it found anything."""
    command = [str(VENV / "bin" / tool), *words]
    return subprocess.run(command, cwd=ROOT, env=tool_env(os.environ), capture_output=True, text=True).stderr[-2000:]


def place_of(found: dict[str, Any]) -> str:
    """Give the file of the first thing that a finding speaks of."""
    elements = found["elements"]
    return str(elements[0]["source_mapping"]["filename_relative"]) if elements else ""


def answer_to(found: dict[str, Any]) -> str | None:
    """Give our answer to a finding, if there is one."""
    return ANSWERED.get((found["check"], found["elements"][0]["name"]))


def main() -> int:
    """Print every finding with its answer; give 1 when one has none."""
    with tempfile.TemporaryDirectory() as folder:
        archive = compiled(Path(folder))
        found = findings(archive)
        for contract, standard in STANDARDS:
            found += departures(archive, contract, standard)
    open_ones = [finding for finding in found if answer_to(finding) is None]
    for finding in found:
        print(f"  {finding['impact']} {finding['check']}: {finding['description'].strip().splitlines()[0]}")
        print(f"    answer: {answer_to(finding) or 'NONE'}")
    print(f"{len(found)} findings in our contracts, {len(open_ones)} without an answer")
    return 1 if open_ones else 0


if __name__ == "__main__":
    sys.exit(main())
