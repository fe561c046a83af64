"""Sealed files, told on a market: listed, bought, delivered, confirmed; a wrong key refuted, a lost one asked for again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from frontend.index.file_views import SealedFile, Wrap
from frontend.services.terms import Purchase, Terms, file_abi, ref_of, wrap_abi
from tools.files import wrap as wraps

if TYPE_CHECKING:
    from tests.index.market import Market, Sale

PRICE = 10**18
SOLD_KEY, WRONG_KEY = keccak(text="the key that is sold"), keccak(text="another key")


def words_of(point: wraps.Point) -> tuple[str, str]:
    """Write a point as calls and events have it."""
    return f"0x{point.x:064x}", f"0x{point.y:064x}"


def wrapped(key: bytes, order_key: str, secret: int, ephemeral: int = 11) -> Wrap:
    """Give a key wrapped to the point of a secret."""
    found = wraps.wrap(key, bytes.fromhex(order_key[2:]), wraps.point_of(secret), ephemeral)
    return Wrap(*words_of(found.point), "0x" + found.masked.hex())


def opened(wrap: Wrap, order_key: str, secret: int) -> bytes:
    """Give the key in a wrap."""
    point = wraps.Point(int(wrap.point_x, 16), int(wrap.point_y, 16))
    found = wraps.Wrap(point, bytes.fromhex(wrap.masked[2:]))
    return wraps.unwrap(found, bytes.fromhex(order_key[2:]), secret)


@dataclass
class FileSale:
    """An order of a file, and what its buyer alone knows."""

    sale: Sale
    purchase: Purchase
    secret: int

    @property
    def key(self) -> str:
        return self.sale.key


class Files:
    """What seller and buyers of a sealed file do."""

    def __init__(self, market: Market, community_id: int) -> None:
        self.market = market
        self.community_id = community_id
        self.secrets = 1000

    def terms(self, **changes: Any) -> Terms:
        """Give terms of a new file, which nobody need accept."""
        common = {"kind": "file", "instant": True, "accept_for_s": 0, "transit_for_s": 0, "deliver_for_s": 86_400}
        plain = self.market.terms(self.community_id, unit_price_units=PRICE, **common | changes)
        name = plain.salt.encode()
        file = SealedFile(
            "0x" + wraps.key_hash(bytes.fromhex(plain.salt[2:]), SOLD_KEY).hex(),
            "0x" + keccak(b"sealed" + name).hex(),
            "0x" + keccak(b"plain" + name).hex(),
            1_048_577,
        )
        return Terms(**{**vars(plain), "file": file})

    def listed(self, **changes: Any) -> Terms:
        """Put a new file on sale."""
        terms = self.terms(**changes)
        self.market.list(terms)
        return terms

    def bought(self, terms: Terms, buyer: str = "") -> FileSale:
        """Buy a file."""
        self.secrets += 1
        point, holder = words_of(wraps.point_of(self.secrets)), buyer or self.market.buyer
        unsent, sale = self.market.purchase_of(terms, 1, holder, point=point)
        purchase = Purchase(f"0x{self.market.salts:064x}", holder, holder, terms.arbiter, point=point)
        assert ref_of(purchase.to_abi()) == sale.ref
        self.market.mined(unsent)
        return FileSale(sale, purchase, self.secrets)

    def deliver(self, order: FileSale, key: bytes = SOLD_KEY) -> Wrap:
        """Deliver a key."""
        wrap = wrapped(key, order.key, order.secret)
        self.market.on_order("deliverFile", order.sale, self.market.seller, wrap_abi(wrap))
        return wrap

    def refute(self, order: FileSale, wrap: Wrap) -> None:
        """Prove that a wrong key was delivered."""
        file = order.sale.terms.file
        assert file is not None
        shown = (file_abi(file), order.purchase.to_abi(), wrap_abi(wrap), order.secret)
        self.market.on_order("claimBadKey", order.sale, order.sale.holder, *shown)

    def ask(self, key: str, secret: int, sender: str) -> None:
        """Ask for an order's key once more."""
        point = [bytes.fromhex(word[2:]) for word in words_of(wraps.point_of(secret))]
        self.market.send("KeyRequests", self.market.key_requests, "ask", [bytes.fromhex(key[2:]), *point], sender)

    def answer(self, key: str, secret: int, wrap: Wrap, sender: str) -> None:
        """Answer to the point of a secret."""
        point = [bytes.fromhex(word[2:]) for word in words_of(wraps.point_of(secret))]
        args = [bytes.fromhex(key[2:]), *point, wrap_abi(wrap)]
        self.market.send("KeyRequests", self.market.key_requests, "answer", args, sender)

    def play(self) -> dict[str, Sale]:
        """Tell all of it; give the orders by what they are about."""
        market, terms = self.market, self.listed()
        waiting, kept, refuted = (self.bought(terms) for _ in range(3))
        self.deliver(kept)
        market.on_order("confirm", kept.sale, market.buyer)
        self.refute(refuted, self.deliver(refuted, WRONG_KEY))
        self.ask(kept.key, 77, market.buyer)
        self.answer(kept.key, 77, wrapped(SOLD_KEY, kept.key, 77), market.seller)
        self.ask(kept.key, 78, market.buyer)
        self.ask(kept.key, 79, market.stranger)
        return {"file waits": waiting.sale, "file kept": kept.sale, "file refuted": refuted.sale}
