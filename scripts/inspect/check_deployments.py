"""Checks that what is recorded really stands on the chain, and says who holds which office. Changes nothing.

    brownie run scripts/inspect/check_deployments.py main --network <network>

Compares: first block and chain id with the record, code at each address with what the compiler made (immutables left
out), ABI hash with the exported ABI, links between the contracts, constants with their documented values.
"""

import json
from collections.abc import Iterator
from typing import Any

from web3 import Web3

from scripts.deploy import community_registry, market
from scripts.lib import runs
from scripts.lib.artifacts import BUILD, ROOT
from scripts.lib.problems import FailedCheck, told_in_a_sentence
from scripts.lib.reading import bound
from scripts.lib.steps import expect
from scripts.lib.units import bps_text

EXPORTED = ROOT / "frontend" / "contracts" / "abi"
PUSH32_OF_ZEROS = b"\x7f" + bytes(32)
# powers that must not exist, by the names under which they usually come
NO_POWERS = ("owner", "transferOwnership", "upgradeTo", "upgradeToAndCall", "pause", "unpause", "admin", "initialize")


def lines(found: runs.Connection) -> Iterator[str]:
    """Give the findings line by line. Raises: FailedCheck at the first that is wrong. Chain: reads."""
    yield f"{found.params.network.name}, chain {found.params.chain_id}, first block {found.registry.genesis_hash}"
    community_registry.check(found.registry, found.w3)
    market.check(found.registry, found.w3)
    for name in (community_registry.NAME, market.NAME):
        _check_code(found, name)
        exported = json.loads((EXPORTED / f"{name}.json").read_text(encoding="utf-8"))
        expect(f"ABI hash of {name} in the record", found.registry.entry(name).abi_hash, exported["abiHash"])
        powers = [entry["name"] for entry in exported["abi"] if entry.get("name") in NO_POWERS]
        expect(f"functions of {name} that would give somebody power over it", powers, [])
        yield f"  ✓ {name} {found.registry.address(name)}: code, links, ABI; no owner, no pause, no upgrade"
    yield from _constants(found)
    yield from _offices(found)


def _check_code(found: runs.Connection, name: str) -> None:
    made = json.loads((BUILD / f"{name}.json").read_text(encoding="utf-8"))
    meant = bytes.fromhex(made["deployedBytecode"].removeprefix("0x"))
    code = bytes(found.w3.eth.get_code(Web3.to_checksum_address(found.registry.address(name))))
    if len(code) != len(meant):
        raise FailedCheck(
            f"{name} has {len(code)} bytes of code, the sources here make {len(meant)}; check out its commit."
        )
    # an immutable is PUSH32 of zeros in the artifact and its value on the chain; nothing else may differ
    filled = bytearray(meant)
    allowed = _immutable_values(found)
    place = meant.find(PUSH32_OF_ZEROS)
    while place >= 0:
        value = code[place + 1 : place + 33]
        if int.from_bytes(value) not in allowed:
            raise FailedCheck(f"{name} holds an immutable 0x{value.hex()} that is nothing of ours; do not use it.")
        filled[place + 1 : place + 33] = value
        place = meant.find(PUSH32_OF_ZEROS, place + 33)
    if code != filled:
        raise FailedCheck(f"the code of {name} differs from what the sources here make; check out its commit.")


def _immutable_values(found: runs.Connection) -> set[int]:
    """Give what an immutable of ours may be: 0, the chain id, or the address of a contract that belongs to the record."""
    registry = bound(found.w3, found.registry, community_registry.NAME).functions
    addresses = (registry.TOKEN_IMPLEMENTATION().call(), found.registry.address(community_registry.NAME))
    return {0, found.params.chain_id, *(int(address, 16) for address in addresses)}


def _constants(found: runs.Connection) -> Iterator[str]:
    registry = bound(found.w3, found.registry, community_registry.NAME).functions
    shown: dict[str, Any] = {
        "most the platform may take": bps_text(registry.MAX_PLATFORM_FEE_BPS().call()),
        "most a community may take": bps_text(registry.MAX_COMMUNITY_FEE_BPS().call()),
        "notice before a raise": f"{registry.FEE_NOTICE().call()} s",
        "time to answer a dispute": f"{bound(found.w3, found.registry, market.NAME).functions.STAKE_FOR().call()} s",
    }
    yield "constants, which nobody can change:"
    yield from (f"  {what}: {value}" for what, value in shown.items())


def _offices(found: runs.Connection) -> Iterator[str]:
    registry = bound(found.w3, found.registry, community_registry.NAME).functions
    yield "who answers for what (docs/admin-powers.md says what that allows):"
    for community_id in range(registry.communityCount().call() + 1):
        name = f"community {community_id}" if community_id else "the platform"
        waiting = registry.pendingStewardOf(community_id).call()
        offer = f", offered to {waiting}" if int(waiting, 16) else ""
        office = registry.officeOf(community_id).call()
        yield f"  {name}: steward {office[0]}{offer}, commission {bps_text(office[1])}"


def main() -> None:
    """Print the findings; exit 1 at the first that is wrong."""
    with told_in_a_sentence():
        for line in lines(runs.connected()):
            print(line)
