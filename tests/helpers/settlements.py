"""Settlements, signed as a wallet signs them."""

from brownie import chain
from eth_account.messages import encode_typed_data

from tests.helpers.deal import FAR, Deal

TYPES = {
    "Settlement": [
        {"name": "order", "type": "bytes32"},
        {"name": "holder", "type": "address"},
        {"name": "remaining", "type": "uint256"},
        {"name": "toHolder", "type": "uint256"},
        {"name": "basis", "type": "bytes32"},
        {"name": "sequence", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}


def signed(deal: Deal, key, to_holder: int, deadline: int = FAR, domain: dict | None = None, **changes) -> bytes:
    """Give a key's signature under a settlement of the order as it is now; fields of message or domain may be forged."""
    market = deal.market
    shown = {"name": "Dokkaebi Market", "version": "1", "chainId": chain.id, "verifyingContract": market.address}
    aside = deal.aside
    message = {
        "order": deal.key,
        "holder": aside.holder if deal.order.flags & 1 else deal.purchase.holder,
        "remaining": deal.order.amount,
        "toHolder": to_holder,
        "basis": bytes(market.basisOf(*deal.arguments("basisOf"))),
        "sequence": market.talksOf(deal.key)[0],
        "deadline": deadline,
        **changes,
    }
    return bytes(key.sign_message(encode_typed_data({**shown, **(domain or {})}, TYPES, message)).signature)
