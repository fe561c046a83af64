"""Signatures under settlements and permits, made from the books and never by asking a contract."""

from typing import Any

from eth_account.messages import encode_typed_data

from tests.deals.world import Actor, World
from tests.helpers.books import Entry
from tests.helpers.deal import FAR
from tests.helpers.permits import TYPES as PERMIT_TYPES
from tests.helpers.settlements import TYPES as SETTLEMENT_TYPES


def settlement(world: World, entry: Entry, signer: Actor, to_holder: int, deadline: int, **forged: Any) -> bytes:
    """Sign a settlement of the order as it is in the books; `domain` and fields of the message may be forged."""
    market = world.address("market")
    domain = {"name": "Dokkaebi Market", "version": "1", "chainId": world.chain_id, "verifyingContract": market}
    domain |= forged.pop("domain", {})
    message = {
        "order": bytes.fromhex(entry.deal.key[2:]),
        "holder": entry.holder,
        "remaining": entry.amount,
        "toHolder": to_holder,
        "basis": entry.basis(),
        "sequence": entry.sequence,
        "deadline": deadline,
        **forged,
    }
    return bytes(signer.key.sign_message(encode_typed_data(domain, SETTLEMENT_TYPES, message)).signature)


def permit(
    world: World, owner: Actor, value: int, deadline: int = FAR, signer: Actor | None = None, **forged: Any
) -> tuple:
    """Sign a permit of the owner's first: value, deadline, v, r, s."""
    coin = world.address("permit_coin")
    domain = {"name": "Permit Token", "version": "1", "chainId": world.chain_id, "verifyingContract": coin}
    domain |= forged.pop("domain", {})
    message = {
        "owner": owner.address,
        "spender": world.address("market"),
        "value": value,
        "nonce": 0,
        "deadline": deadline,
        **forged,
    }
    signed = (signer or owner).key.sign_message(encode_typed_data(domain, PERMIT_TYPES, message))
    return (value, deadline, signed.v, signed.r.to_bytes(32, "big"), signed.s.to_bytes(32, "big"))
