"""A seller's listings and orders of sealed files, and who has asked for a key again, as the chain's events tell."""

from dataclasses import dataclass, field
from typing import Any

from web3 import Web3
from web3.exceptions import BlockNotFound

from scripts.lib.files.logs import Logs
from scripts.lib.files.orders import Listing, Order, listing_from, order_from
from tools.files.wrap import Point

READ = ("ListingOpened", "ListingFile", "OrderFunded", "KeyAsked", "KeyAnswered")


@dataclass
class Book:
    """Reads on from where it was; forgets all and begins anew when the block it had read to was undone."""

    logs: Logs
    seller: str
    first_block: int
    listings: dict[bytes, Listing] = field(default_factory=dict)
    orders: dict[bytes, Order] = field(default_factory=dict)
    asked: dict[bytes, Point] = field(default_factory=dict)  # an order's newest request, by its key
    answered: dict[bytes, list[Point]] = field(default_factory=dict)  # points that were answered, by the order's key
    _opened: dict[bytes, Any] = field(default_factory=dict)  # ListingOpened whose ListingFile may follow
    _read_to: tuple[int, bytes] | None = None

    def catch_up(self, number: int) -> bool:
        """Read up to a block; tell whether it began anew. Chain: reads. Raises: Web3Exception, OSError."""
        had, first = self._read_to, self.first_block
        if had is not None and self._hash(had[0]) == had[1]:
            first = had[0] + 1
        is_anew = first == self.first_block
        if is_anew:
            self._forget()
        if first > number:
            return is_anew
        before = self._hash(number)
        topics = [self.logs.topic(name) for name in READ]
        self._read_to = None  # until all of it is read
        for event in self.logs.read([topics], first, number):
            self._take(event)
        if before is not None and self._hash(number) == before:
            self._read_to = (number, before)
        return is_anew

    def _hash(self, number: int) -> bytes | None:
        try:
            return bytes(self.logs.w3.eth.get_block(number)["hash"])
        except BlockNotFound:
            return None

    def _forget(self) -> None:
        for kept in (self.listings, self.orders, self.asked, self.answered, self._opened):
            kept.clear()
        self._read_to = None

    def _take(self, event: Any) -> None:
        args = event["args"]
        match event["event"]:
            case "ListingOpened" if args["seller"] == self.seller:
                self._opened[bytes(args["listingId"])] = event
            case "ListingFile" if (opened := self._opened.pop(bytes(args["listingId"]), None)) is not None:
                listing = listing_from(opened, event)
                self.listings[listing.id] = listing
            case "OrderFunded" if (sold := self.listings.get(bytes(args["listingId"]))) is not None:
                order = order_from(event, sold)
                self.orders[order.key] = order
            case "KeyAsked" | "KeyAnswered":
                self._take_request(event["event"], args)

    def _take_request(self, name: str, args: Any) -> None:
        order = self.orders.get(bytes(args["key"]))
        if order is None:
            return
        point = Point(int.from_bytes(args["x"]), int.from_bytes(args["y"]))
        if name == "KeyAsked" and args["asker"] == order.holder:
            self.asked[order.key] = point
        if name == "KeyAnswered" and args["from"] == Web3.to_checksum_address(self.seller):
            self.answered.setdefault(order.key, []).append(point)
