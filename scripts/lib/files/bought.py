"""A buyer's order of a sealed file: what was delivered for it, and the key out of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from eth_utils import to_canonical_address
from web3 import Web3

from scripts.lib.files.logs import Logs
from scripts.lib.files.orders import Order, listing_from, order_from, wrap_from
from scripts.lib.problems import BadArgument
from scripts.lib.registry import Registry
from tools.files.wrap import (
    Point,
    Wrap,
    WrongKey,
    derive_asked_secret,
    derive_order_secret,
    open_wrap,
    point_of,
)


@dataclass(frozen=True)
class Bought:
    """An order, and all wraps that its seller has made for it."""

    order: Order
    delivered: Wrap | None
    answers: tuple[tuple[Point, Wrap], ...]  # the point that was asked with, and the wrap to it


def find(logs: Logs, key: bytes) -> Bought:
    """Look an order up. Raises: BadArgument when there is none, or it is of no file. Chain: reads."""
    last = int(logs.w3.eth.block_number)
    name = Web3.to_hex(key)

    def said(event: str, *topics: str) -> list[Any]:
        return list(logs.read([logs.topic(event), *topics], logs.first_block, last))

    if not (funded := said("OrderFunded", name)):
        raise BadArgument(f"the Market of this record has no order {name}; look at its page for its key.")
    listing_id = Web3.to_hex(funded[0]["args"]["listingId"])
    if not (file := said("ListingFile", listing_id)):
        raise BadArgument(f"the order {name} is not of a sealed file.")
    listing = listing_from(said("ListingOpened", listing_id)[0], file[0])
    wraps = [wrap_from(event["args"]["wrap"]) for event in said("OrderKeyWrapped", name)]
    seller = "0x" + to_canonical_address(listing.seller).rjust(32, b"\0").hex()
    answers = tuple(
        (Point(int.from_bytes(args["x"]), int.from_bytes(args["y"])), wrap_from(args["wrap"]))
        for args in (event["args"] for event in said("KeyAnswered", name, seller))
    )
    return Bought(order_from(funded[0], listing), wraps[-1] if wraps else None, answers)


def key_of(bought: Bought, identities: list[str], registry: Registry) -> bytes:
    """Give the key that was bought, 32 bytes, compared with the listing. Raises: BadArgument."""
    listing = bought.order.listing
    chances = list(_chances(bought, identities, registry))
    for wrap, secret in chances:
        try:
            return open_wrap(wrap, bought.order.key, secret, listing.salt, listing.key_hash)
        except WrongKey:
            continue
    if chances:
        raise BadArgument(
            "the seller has delivered another key than the one that the listing sells. Claim your money back on the order's "
            "page, in a browser that has your keys, while there is time to inspect."
        )
    if bought.delivered is None:
        raise BadArgument("the seller has not delivered the key yet; try again later.")
    raise BadArgument(
        "no key in the key file opens what was delivered. Use the key file that was saved when you bought; if it is lost, ask "
        "the seller for the key once more on the order's page."
    )


def _chances(bought: Bought, identities: list[str], registry: Registry) -> Iterator[tuple[Wrap, int]]:
    """Give each wrap whose secret the identities give, with that secret."""
    order, market = bought.order, to_canonical_address(registry.address("Market"))
    for identity in identities:
        secret = derive_order_secret(identity, order.salt, registry.chain_id, market, order.listing.id)
        if bought.delivered is not None and point_of(secret) == order.point:
            yield bought.delivered, secret
    for identity in identities if bought.answers else []:
        secret = derive_asked_secret(identity, order.key)
        own = point_of(secret)
        yield from ((wrap, secret) for point, wrap in bought.answers if point == own)
