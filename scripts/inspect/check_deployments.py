"""Proves that what is recorded really stands on the chain, and prints who holds which power. Changes nothing.

    brownie run scripts/inspect/check_deployments.py main [number of communities] --network <network>

Compares: first block and chain id with the record; the deploying transactions with the recorded arguments; the code at
each address, immutables and all, with what the constructors here make; the ABIs with the exported ones; the links between
the contracts; each community's token (the first 100 communities, or as many as the argument says). Then the powers, each
tried by simulation: the holder is let in and a stranger is not.
"""

import json
from collections.abc import Iterator
from typing import Any

from scripts.deploy import claims, community_registry, curves, libraries, market, personas, splits
from scripts.inspect.code import PARTS, check_codes
from scripts.inspect.powers import powers, table
from scripts.lib import runs
from scripts.lib.artifacts import ROOT
from scripts.lib.problems import BadArgument, told_in_a_sentence
from scripts.lib.reading import bound
from scripts.lib.steps import expect
from scripts.lib.units import bps_text

EXPORTED = ROOT / "frontend" / "contracts" / "abi"
MOST_COMMUNITIES = 100
# powers that must not exist, by the names under which they usually come
NO_POWERS = ("owner", "transferOwnership", "upgradeTo", "upgradeToAndCall", "pause", "unpause", "admin", "initialize")


def lines(found: runs.Connection, most: int = MOST_COMMUNITIES) -> Iterator[str]:
    """Give the findings line by line. Raises: FailedCheck at the first that is wrong. Chain: reads and simulates."""
    yield f"{found.params.network.name}, chain {found.params.chain_id}, first block {found.registry.genesis_hash}"
    libraries.check(found.registry, found.w3)
    for part in PARTS:
        part.check(found.registry, found.w3)
        _check_abi(found, part.NAME)
    yield from check_codes(found)
    yield "  ✓ no owner, no pause, no upgrade in any of them"
    yield from _constants(found)
    yield from _powers(found, most)


def _check_abi(found: runs.Connection, name: str) -> None:
    exported = json.loads((EXPORTED / f"{name}.json").read_text(encoding="utf-8"))
    expect(f"ABI hash of {name} in the record", found.registry.entry(name).abi_hash, exported["abiHash"])
    powerful = [entry["name"] for entry in exported["abi"] if entry.get("name") in NO_POWERS]
    expect(f"functions of {name} that would give somebody power over it", powerful, [])


def _constants(found: runs.Connection) -> Iterator[str]:
    registry = bound(found.w3, found.registry, community_registry.NAME).functions
    divided = bound(found.w3, found.registry, splits.NAME).functions
    named = bound(found.w3, found.registry, personas.NAME).functions
    sold = bound(found.w3, found.registry, curves.NAME).functions
    shown: dict[str, Any] = {
        "most the platform may take": bps_text(registry.MAX_PLATFORM_FEE_BPS().call()),
        "most a community may take": bps_text(registry.MAX_COMMUNITY_FEE_BPS().call()),
        "notice before a raise": f"{registry.FEE_NOTICE().call()} s",
        "time to answer a dispute": f"{bound(found.w3, found.registry, market.NAME).functions.STAKE_FOR().call()} s",
        "most payees of a split": divided.MAX_PAYEES().call(),
        "longest lock of a payee's share": f"{divided.MAX_LOCK().call()} s",
        "most a community may take on its curve": bps_text(sold.MAX_FEE_BPS().call()),
        "time before a nickname is claimed": f"{named.MIN_COMMIT_AGE().call()} to {named.MAX_COMMIT_AGE().call()} s",
        "time before a persona is handed over": f"{named.COOLING_OFF().call()} s",
        "longest time until a claim phase ends": f"{bound(found.w3, found.registry, claims.NAME).functions.MAX_AHEAD().call()} s",
    }
    yield "constants, which nobody can change:"
    yield from (f"  {what}: {value}" for what, value in shown.items())


def _powers(found: runs.Connection, most: int) -> Iterator[str]:
    count = bound(found.w3, found.registry, community_registry.NAME).functions.communityCount().call()
    yield "who holds which power now, each tried by simulation (docs/admin-powers.md says what it cannot do):"
    yield from table(list(powers(found, most)))
    if count > most:
        yield f"  … and {count - most} more communities; give their number as an argument to see them all"


def main(most: str = str(MOST_COMMUNITIES)) -> None:
    """Print the findings; exit 1 at the first that is wrong."""
    with told_in_a_sentence():
        if not (most.isascii() and most.isdigit()):
            raise BadArgument(f'"{most}" is no number of communities.')
        for line in lines(runs.connected(), int(most)):
            print(line)
