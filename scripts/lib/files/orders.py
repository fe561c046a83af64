"""Listings and orders of sealed files as values, read from events, and an order's state as the chain has it."""

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from web3 import Web3
from web3.contract import Contract

from scripts.lib.abis import exported_abi
from scripts.lib.problems import FailedCheck
from scripts.lib.registry import Registry
from tools.files.wrap import Point, Wrap

NONE, FUNDED, ACCEPTED, DELIVERED, CONTESTED, DISPUTED, COMPLETED = range(7)  # IMarket.State; those after are final too
PURCHASE_TYPES = ["bytes32", "address", "address", "address", "address", "bytes32", "bytes32", "bytes32"]


@dataclass(frozen=True)
class Listing:
    """A listing of a sealed file. Hashes are 32 bytes."""

    id: bytes
    seller: str
    terms: tuple[Any, ...]  # in the contract's order
    salt: bytes
    key_hash: bytes
    ciphertext_hash: bytes
    plaintext_hash: bytes
    size: int  # bytes of the plaintext


@dataclass(frozen=True)
class Order:
    """An order of a sealed file."""

    key: bytes
    listing: Listing
    holder: str  # of files, the first is the last
    ref: bytes
    salt: bytes  # of the purchase
    point: Point

    @property
    def head(self) -> tuple[Any, ...]:
        """Give the first arguments of every call about the order."""
        return (self.listing.terms, self.holder, self.ref)


def listing_from(opened: Any, file: Any) -> Listing:
    """Read ListingOpened and the ListingFile that follows it."""
    terms = opened["args"]["terms"]
    said = file["args"]["file"]
    return Listing(
        bytes(opened["args"]["listingId"]),
        str(terms["seller"]),
        tuple(terms.values()),
        bytes(terms["salt"]),
        bytes(said["keyHash"]),
        bytes(said["ciphertextHash"]),
        bytes(said["plaintextHash"]),
        int(said["size"]),
    )


def order_from(funded: Any, listing: Listing) -> Order:
    """Read OrderFunded. Raises: FailedCheck when its key is not that of its purchase, so that the node is wrong."""
    purchase = funded["args"]["purchase"]
    ref = Web3.keccak(encode(PURCHASE_TYPES, list(purchase.values())))
    holder, key = str(funded["args"]["holder"]), bytes(funded["args"]["key"])
    if Web3.keccak(encode(["bytes32", "address", "bytes32"], [listing.id, holder, ref])) != key:
        raise FailedCheck("the node tells of an order whose key is not that of its purchase; use another node.")
    x, y = (int.from_bytes(purchase[name]) for name in ("encryptionKeyX", "encryptionKeyY"))
    return Order(key, listing, holder, bytes(ref), bytes(purchase["salt"]), Point(x, y))


def wrap_from(found: Any) -> Wrap:
    """Read the wrap of an event."""
    return Wrap(Point(int.from_bytes(found["pointX"]), int.from_bytes(found["pointY"])), bytes(found["masked"]))


def point_words(point: Point) -> tuple[bytes, bytes]:
    """Give a point's coordinates as contracts take them."""
    return point.x.to_bytes(32), point.y.to_bytes(32)


class Orders:
    """What the Market holds about orders now, or held at a block."""

    def __init__(self, w3: Web3, registry: Registry) -> None:
        self._first_block = registry.entry("Market").block
        address = Web3.to_checksum_address(registry.address("Market"))
        self._market: Contract = w3.eth.contract(address=address, abi=exported_abi("Market"))

    def state(self, order: Order, block: int) -> tuple[int, int]:
        """Give an order's state, and its clock in unix time, after a block. Chain: reads."""
        if block < self._first_block:
            return NONE, 0
        found = self._market.functions.orderOf(order.key).call(block_identifier=block)
        return int(found[5]), int(found[1])

    def has_sellers_offer(self, order: Order, block: int) -> bool:
        """Tell whether the holder could accept an offer of the seller. Chain: reads."""
        _, _, of_seller = self._market.functions.talksOf(order.key).call(block_identifier=block)
        if not any(of_seller[0]):
            return False
        basis = self._market.functions.basisOf(*order.head).call(block_identifier=block)
        return bytes(of_seller[0]) == bytes(basis)
