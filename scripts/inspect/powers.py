"""Who holds which power right now, proved by asking the contracts: the holder is let in, a stranger is not."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from web3 import Web3
from web3.exceptions import Web3Exception

from scripts.inspect.code import check_token
from scripts.lib import runs
from scripts.lib.artifacts import artifact
from scripts.lib.problems import FailedCheck
from scripts.lib.reading import ETH, bound, token_at
from scripts.lib.reverts import reason
from scripts.lib.units import ETH_DECIMALS, bps_text, units_text

PLATFORM = 0
NOBODY = "nobody"
LATEST = 2**40 - 1
# an account that holds nothing anywhere: the hash of a word has no known key
STRANGER = Web3.to_checksum_address(Web3.keccak(text="dokkaebi.inspect.stranger")[12:])
NOT_YOURS = (
    "RegistryNotSteward",
    "RegistryNotPendingSteward",
    "TokenNotSteward",
    "CreditsNotOwner",
    "ClaimsNotSteward",
    "CurvesNotSteward",
    "MembershipNotSteward",
    "GovernorsNotSteward",
)
REFUSERS = ("CommunityRegistry", "CommunityToken", "Market", "Claims", "Curves", "Membership", "Governors")
# a governor's parameters that are within all bounds: only who opens it is tried
ANY_RULES = (86_400, 172_800, 86_400, 0, 1, 0, 1, 0)


@dataclass(frozen=True)
class Power:
    """One thing that somebody may do: who, through which function, and how far."""

    holder: str
    function: str
    extent: str


def powers(found: runs.Connection, most: int) -> Iterator[Power]:
    """Give the powers over the platform and the first communities. Raises: FailedCheck. Chain: reads and simulates."""
    registry = bound(found.w3, found.registry, "CommunityRegistry")
    count = registry.functions.communityCount().call()
    for community_id in range(min(count, most) + 1):
        yield from _office(found, registry, community_id)
        if community_id:
            yield from _token(found, registry, community_id)
            yield from _claims(found, registry, community_id)
            yield from _curve(found, registry, community_id)
            yield from _self_rule(found, registry, community_id)


def table(rows: list[Power]) -> Iterator[str]:
    """Give the powers as aligned lines."""
    widest = max(len(row.function) for row in rows)
    for row in rows:
        yield f"  {row.holder:<42}  {row.function:<{widest}}  {row.extent}"


def _office(found: runs.Connection, registry: Any, community_id: int) -> Iterator[Power]:
    office = registry.functions.officeOf(community_id).call()
    steward, fee_bps, token_waiver, member_waiver, raised_bps, raised_token, raised_member, raise_at_ts = office
    waiting = registry.functions.pendingStewardOf(community_id).call()
    account = registry.functions.accountOf(community_id).call()
    market = bound(found.w3, found.registry, "Market")
    owed_wei = market.functions.creditOf(account, ETH).call()
    functions = registry.functions
    most_bps = (functions.MAX_COMMUNITY_FEE_BPS if community_id else functions.MAX_PLATFORM_FEE_BPS)().call()
    whose = f"community {community_id}" if community_id else "the platform"
    raised = f", {bps_text(raised_bps)} announced for {raise_at_ts}" if raise_at_ts else ""
    yield _proved(
        functions.setFeeBps(community_id, fee_bps), "CommunityRegistry.setFeeBps", steward,
        f"{whose}: now {bps_text(fee_bps)}{raised}, at most {bps_text(most_bps)}",
    )  # fmt: skip
    if community_id:
        raised = f", {raised_token} and {raised_member} % announced for {raise_at_ts}" if raise_at_ts else ""
        yield _proved(
            functions.setWaivers(community_id, token_waiver, member_waiver), "CommunityRegistry.setWaivers", steward,
            f"{whose}: {token_waiver} % for sales in its token, {member_waiver} % for sales by members{raised}",
        )  # fmt: skip
    yield _proved(
        functions.offerStewardship(community_id, steward), "CommunityRegistry.offerStewardship", steward, whose
    )
    taker = waiting if int(waiting, 16) else NOBODY
    yield _proved(functions.acceptStewardship(community_id), "CommunityRegistry.acceptStewardship", taker, whose)
    yield _proved(
        market.functions.withdrawFrom(account, ETH, steward, owed_wei), "Market.withdrawFrom", steward,
        f"the commission of {whose}: {units_text(owed_wei, ETH_DECIMALS)} ETH, and tokens",
    )  # fmt: skip


def _token(found: runs.Connection, registry: Any, community_id: int) -> Iterator[Power]:
    steward = registry.functions.stewardOf(community_id).call()
    token = token_at(found.w3, check_token(found, community_id)).functions
    minter = NOBODY if token.isMintRenounced().call() else steward
    editor = NOBODY if token.isContractURIFrozen().call() else steward
    left = f"community {community_id}: {units_text(token.mintable().call(), ETH_DECIMALS)} more tokens at most"
    words = f"community {community_id}: its description"
    yield _proved(token.mint(steward, 0), "CommunityToken.mint", minter, left)
    yield _proved(token.mintBatch([steward], [0]), "CommunityToken.mintBatch", minter, left)
    yield _proved(token.renounceMint(), "CommunityToken.renounceMint", minter, f"community {community_id}")
    yield _proved(token.setContractURI("", bytes(32)), "CommunityToken.setContractURI", editor, words)
    yield _proved(token.freezeContractURI(), "CommunityToken.freezeContractURI", editor, words)


def _claims(found: runs.Connection, registry: Any, community_id: int) -> Iterator[Power]:
    steward = registry.functions.stewardOf(community_id).call()
    token = registry.functions.tokenOf(community_id).call()
    account = registry.functions.accountOf(community_id).call()
    claims = bound(found.w3, found.registry, "Claims").functions
    owed_wei = claims.creditOf(account, ETH).call()
    # a phase that could not be opened, and never was: how far a caller gets shows who he is
    phase = (token, community_id, 0, 0, LATEST, 0, 0, 0, ETH, bytes(32))
    whose = f"community {community_id}"
    yield _proved(claims.openPhase(phase), "Claims.openPhase", steward, f"{whose}: out of what it reserved for claims")
    yield _proved(claims.closePhase(phase), "Claims.closePhase", steward, f"{whose}: its phases before their end")
    yield _proved(
        claims.withdrawFrom(account, ETH, steward, owed_wei), "Claims.withdrawFrom", steward,
        f"what the phases of {whose} earned: {units_text(owed_wei, ETH_DECIMALS)} ETH, and tokens",
    )  # fmt: skip


def _curve(found: runs.Connection, registry: Any, community_id: int) -> Iterator[Power]:
    steward = registry.functions.stewardOf(community_id).call()
    account = registry.functions.accountOf(community_id).call()
    curves = bound(found.w3, found.registry, "Curves").functions
    owed_wei = curves.creditOf(account, ETH).call()
    token, whose = registry.functions.tokenOf(community_id).call(), f"community {community_id}"
    # a curve that could not be opened: how far a caller gets shows who he is
    opening = curves.open(token, (ETH, 0, 0, 0, []), 0, 0, 0, 2**64)
    yield _proved(opening, "Curves.open", steward, f"{whose}: its curve, once")
    yield _proved(
        curves.withdrawFrom(account, ETH, steward, owed_wei), "Curves.withdrawFrom", steward,
        f"the fees of {whose}: {units_text(owed_wei, ETH_DECIMALS)} ETH, and tokens",
    )  # fmt: skip


def _self_rule(found: runs.Connection, registry: Any, community_id: int) -> Iterator[Power]:
    if not (found.registry.has("Memberships") and found.registry.has("Governors")):
        return
    memberships = bound(found.w3, found.registry, "Memberships").functions
    if not memberships.isOpen(community_id).call():
        return
    steward = registry.functions.stewardOf(community_id).call()
    address, abi = memberships.membershipOf(community_id).call(), artifact("Membership").abi
    membership = found.w3.eth.contract(address=address, abi=abi).functions
    governors = bound(found.w3, found.registry, "Governors").functions
    words = f"community {community_id}: {membership.memberCount().call()} members"
    yield _proved(membership.setTiers([]), "Membership.setTiers", steward, words)
    yield _proved(governors.open(community_id, ANY_RULES), "Governors.open", steward, words)


def _proved(call: Any, function: str, holder: str, extent: str) -> Power:
    """Try a call as the holder and as a stranger. Raises: FailedCheck when the wrong one is let in, or the right one not."""
    refused = _refusal(call, STRANGER)
    if not refused.startswith(NOT_YOURS):
        raise FailedCheck(
            f"{function} ({extent}) lets a stranger in ({refused or 'it would go through'}); do not use this."
        )
    if holder != NOBODY and _refusal(call, holder).startswith(NOT_YOURS):
        raise FailedCheck(f"{function} ({extent}) refuses {holder}, who should hold that power; do not use this.")
    return Power(holder, function, extent)


def _refusal(call: Any, sender: str) -> str:
    """Give why a call is refused to somebody, by the contract's own error; empty when it goes through."""
    try:
        call.call({"from": Web3.to_checksum_address(sender)})
    except (Web3Exception, ValueError) as problem:
        abis = [entry for name in REFUSERS for entry in artifact(name).abi]
        return reason(problem, abis)
    return ""
