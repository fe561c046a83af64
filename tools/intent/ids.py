"""What follows from terms and addresses: listing id, purchase ref, order key, token addresses, packed numbers.

Source: MarketTypes.sol, TermsRules.sol, TermsClocks.sol, IMarket.sol, CommunityRegistry.sol.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from tools.intent.codec import Part, encode
from tools.intent.keccak import keccak256

UINT256: Part = {"name": "", "type": "uint256"}
BYTES32: Part = {"name": "", "type": "bytes32"}
ACCOUNT: Part = {"name": "", "type": "address"}
CLOCKS = ("acceptFor", "deliverFor", "transitFor", "inspectFor", "ruleFor")
KINDS = ("goods", "file", "blueprint", "service")
COMMUNITY_MARK = keccak256(b"dokkaebi.community.account")[:12]
MOST_COMMUNITIES = 500
MOST_GOVERNORS = 500


def listing_id(chain_id: int, market: str, terms_part: Part, terms: Sequence[Any]) -> str:
    """Give the id of a listing: the hash of chain id, Market and terms."""
    return _hash(encode([UINT256, ACCOUNT, terms_part], [chain_id, market, terms]))


def ref_of(purchase_part: Part, purchase: Sequence[Any]) -> bytes:
    """Give the hash of a purchase."""
    return keccak256(encode([purchase_part], [purchase]))


def order_key(listing: str, holder: str, ref: bytes) -> str:
    """Give the key of an order."""
    return _hash(encode([BYTES32, ACCOUNT, BYTES32], [bytes.fromhex(listing[2:]), holder, ref]))


def unpacked(terms: Mapping[str, Any]) -> dict[str, Any]:
    """Give the small terms that two words hold, the clocks in seconds."""
    rules, clocks = terms["rules"], terms["clocks"]
    kind = rules & 0xFF
    found = {
        "kind": KINDS[kind] if kind < len(KINDS) else f"kind {kind}",
        "instant": bool(rules >> 8 & 0xFF),
        "maxFeeBps": rules >> 16 & 0xFFFF,
        "referralBps": rules >> 32 & 0xFFFF,
        "bondBps": rules >> 48 & 0xFFFF,
        "splitVersion": rules >> 64 & 0xFFFFFFFF,
        "splitId": rules >> 96 & 0xFFFFFFFFFFFFFFFF,
        "perBuyerOpenQuantity": rules >> 160 & 0xFFFFFFFF,
        "communityId": rules >> 192,
        "validUntil": clocks >> 160 & 0xFFFFFFFFFF,
        "buyerLevel": clocks >> 200 & 0xFF,
        "memberLevel": clocks >> 208 & 0xFF,
        "memberDiscountBps": clocks >> 216 & 0xFFFF,
    }
    return found | {name: clocks >> 32 * place & 0xFFFFFFFF for place, name in enumerate(CLOCKS)}


def due_of(terms: Mapping[str, Any], quantity: int, most_units: int) -> int:
    """Give what a purchase costs: the members' price where the call's own bound is that, else everybody's.

    Whether the holder is such a member, the chain alone can say. Source: Quotes.memberPrice, rounded up.
    """
    price, small = int(terms["unitPrice"]), unpacked(terms)
    if small["memberLevel"]:
        members = price - price * small["memberDiscountBps"] // 10_000
        if members * quantity == most_units:
            return most_units
    return price * quantity


@cache
def token_of(registry: str, community_id: int) -> str:
    """Give the address of a community's token.

    The registry makes the token's implementation first (nonce 1) and then nothing but one token a community, in order;
    a contract made by CREATE has an address that follows from maker and nonce.
    Source: Yellow Paper, section 7; EIP-161.
    """
    return created_address(registry, community_id + 1)


def created_address(maker: str, nonce: int) -> str:
    """Give the address of the contract that an account makes with a nonce."""
    raw = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    number = raw if len(raw) == 1 and raw[0] < 0x80 else bytes([0x80 + len(raw)]) + raw
    body = b"\x94" + bytes.fromhex(maker[2:]) + number
    return "0x" + keccak256(bytes([0xC0 + len(body)]) + body)[12:].hex()


@cache
def membership_of(memberships: str, registry: str, community_id: int) -> str:
    """Give the address of a community's membership.

    Memberships makes the pattern first, then one clone a community, at an address that follows from what stands behind its
    code: the community's token and id. Source: OpenZeppelin, Clones.cloneDeterministicWithImmutableArgs; EIP-1014.
    """
    behind = bytes.fromhex(token_of(registry, community_id)[2:]) + community_id.to_bytes(8, "big")
    code = bytes.fromhex("61004d3d81600a3d39f3363d3d373d3d3d363d73" + created_address(memberships, 1)[2:])
    code += bytes.fromhex("5af43d82803e903d91602b57fd5bf3") + behind.rjust(32, b"\0")
    salted = b"\xff" + bytes.fromhex(memberships[2:]) + bytes(32) + keccak256(code)
    return "0x" + keccak256(salted)[12:].hex()


@cache
def is_governor(governors: str, address: str) -> bool:
    """Tell whether an address is one of the first governors that were ever opened, of whichever community.

    Governors makes two patterns first, then a governor and a timelock in turn.
    """
    return any(created_address(governors, 3 + 2 * place) == address for place in range(MOST_GOVERNORS))


def proposal_id(parts: Sequence[Part], values: Sequence[Any]) -> str:
    """Give the number of a proposal as hex: the hash of targets, values, calls and the hash of its words."""
    return _hash(encode(list(parts), list(values)))


def community_of(registry: str, token: str, first_guess: int = 0) -> int | None:
    """Give the community whose token an address is; None when it is none of the first communities."""
    for community_id in (first_guess, *range(1, MOST_COMMUNITIES)):
        if community_id and token_of(registry, community_id) == token:
            return community_id
    return None


def community_of_account(account: str) -> int | None:
    """Give the community whose commission is credited to an address (0 is the platform); None for any other address."""
    raw = bytes.fromhex(account[2:])
    return int.from_bytes(raw[12:], "big") if raw[:12] == COMMUNITY_MARK else None


def with_checksum(address: str) -> str:
    """Give an address with the capital letters that wallets show. Source: EIP-55."""
    digits = address[2:].lower()
    hashed = keccak256(digits.encode()).hex()
    return "0x" + "".join(d.upper() if int(h, 16) >= 8 else d for d, h in zip(digits, hashed, strict=False))


def extras_hash(extras_part: Part, extras: Any) -> bytes:
    """Give the hash of optional terms, which stands in the terms."""
    return keccak256(encode([extras_part], [extras]))


def _hash(data: bytes) -> str:
    return "0x" + keccak256(data).hex()


def claim_leaf(token: str, number: int, account: str, allowance: int) -> bytes:
    """Give the leaf of a claim phase's list that gives an account an allowance. Source: Claims.leafOf."""
    words = (int(token, 16), number, int(account, 16), allowance)
    return keccak256(keccak256(b"".join(word.to_bytes(32, "big") for word in words)))


def root_of(leaf: bytes, proof: Iterable[bytes]) -> bytes:
    """Give the root to which a proof leads. Source: OpenZeppelin, MerkleProof."""
    for beside in proof:
        leaf = keccak256(min(leaf, beside) + max(leaf, beside))
    return leaf
