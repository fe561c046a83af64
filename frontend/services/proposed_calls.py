"""What a proposal's calls are, by the contracts that this market knows: their function and arguments, and how they are made."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.abi import get_abi_input_types
from eth_utils.address import to_checksum_address

from frontend.contracts.registry import Registry, exported_abi, selector
from frontend.formatters import ETH
from frontend.index.proposal_views import ProposedCall
from frontend.index.queries import Queries
from frontend.index.views import Community
from frontend.services.intents import Call, json_value

NOTHING = "0x"


@dataclass(frozen=True)
class DecodedCall:
    """A call as it is read. Without a function it is unknown: nobody here can say what it does."""

    call: ProposedCall
    contract: str | None = None  # name of the ABI; None where nobody here knows the target
    function: str | None = None
    args: Mapping[str, Any] | None = None  # by the ABI's names; numbers as text

    @property
    def is_plain_payment(self) -> bool:
        """Tell whether it sends ETH and calls nothing."""
        return self.call.data == NOTHING and self.call.value_wei > 0

    @property
    def is_known(self) -> bool:
        """Tell whether this page can say what it does."""
        return self.function is not None or self.is_plain_payment


class Calls:
    """Reads and makes the calls of proposals."""

    def __init__(self, registry: Registry, queries: Queries) -> None:
        self.registry = registry
        self.queries = queries

    def decoded(self, call: ProposedCall) -> DecodedCall:
        """Read a call by the ABI of its target, if both are known; only what encodes to the same bytes again counts."""
        contract = self._contract_at(call.target)
        if contract is None:
            return DecodedCall(call)
        data = bytes.fromhex(call.data[2:])
        for part in exported_abi(contract):
            if part["type"] == "function" and selector(part) == data[:4]:
                return _read(call, contract, part, data[4:])
        return DecodedCall(call, contract)

    def _contract_at(self, target: str) -> str | None:
        for name, entry in self.registry.deployments.items():
            if entry.address.lower() == target:
                return name
        kind = self.queries.currency(target).kind
        if kind == "community":
            return "CommunityToken"
        if kind == "configured":
            return "ERC20"
        return "Membership" if self.queries.membership_at(target) is not None else None

    def pay(self, currency: str, to: str, units: int) -> ProposedCall:
        """Give the call that pays out of the treasury."""
        if currency == ETH:
            return ProposedCall(to.lower(), units, NOTHING)
        return _proposed(Call("ERC20", currency, "transfer", (to_checksum_address(to), units)))

    def set_fee(self, community_id: int, fee_bps: int) -> ProposedCall:
        """Give the call that sets a community's commission."""
        return self._on_registry("setFeeBps", community_id, fee_bps)

    def set_waivers(self, community_id: int, token_waiver: int, member_waiver: int) -> ProposedCall:
        """Give the call that waives a part of a community's commission, percent."""
        return self._on_registry("setWaivers", community_id, token_waiver, member_waiver)

    def accept_stewardship(self, community_id: int) -> ProposedCall:
        """Give the call that takes over an offered stewardship."""
        return self._on_registry("acceptStewardship", community_id)

    def describe(self, community: Community, uri: str, content_hash: str) -> ProposedCall:
        """Give the call that points to another description, which is kept already."""
        args = (uri, bytes.fromhex(content_hash[2:]))
        return _proposed(Call("CommunityToken", str(community.token), "setContractURI", args))

    def description_in(self, read: DecodedCall, community: Community) -> str | None:
        """Give the hash of the description to which a call would point this community; None when it does no such thing."""
        if read.function != "setContractURI" or read.call.target != str(community.token).lower():
            return None
        return str((read.args or {})["hash"]).lower()

    def _on_registry(self, function: str, *args: Any) -> ProposedCall:
        name = "CommunityRegistry"
        return _proposed(Call(name, self.registry.address(name), function, args))


def _proposed(call: Call) -> ProposedCall:
    return ProposedCall(call.address.lower(), call.value_wei, call.data)


def _read(call: ProposedCall, contract: str, part: dict[str, Any], body: bytes) -> DecodedCall:
    kinds = get_abi_input_types(part)  # type: ignore[arg-type]  # our ABI files are plain JSON, not eth_typing dicts
    try:
        values = decode(kinds, body)
        same = encode(kinds, values) == body
    except (DecodingError, OverflowError, ValueError):
        return DecodedCall(call, contract)
    if not same:
        return DecodedCall(call, contract)
    named = {entry["name"]: json_value(value) for entry, value in zip(part["inputs"], values, strict=True)}
    return DecodedCall(call, contract, str(part["name"]), named)
