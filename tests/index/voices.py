"""What the sides of finished orders say about each other, told on a market."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

if TYPE_CHECKING:
    from tests.index.market import Market, Sale


@dataclass
class Voices:
    """Reviews and replies on a market."""

    market: Market

    def review(self, sale: Sale, sender: str, rating: int, text: str = "") -> dict[str, Any]:
        """Say something about the other side of an order; without a text the rating alone."""
        words = keccak(text=text) if text else bytes(32)
        return self.market.send("Reviews", self.market.reviews, "review", [*sale.head, rating, words], sender)

    def reply(self, sale: Sale, sender: str, text: str) -> dict[str, Any]:
        """Answer what the other side has said."""
        return self.market.send("Reviews", self.market.reviews, "reply", [*sale.head, keccak(text=text)], sender)

    def play(self, orders: dict[str, Sale]) -> None:
        """Both sides of a completed order speak and one answers; a ruling and a refund are spoken of."""
        market = self.market
        self.review(orders["completed"], market.buyer, 5, "잘 받았습니다.")
        self.review(orders["completed"], market.seller, 4)
        self.reply(orders["completed"], market.seller, "감사합니다.")
        self.review(orders["resolved"], market.buyer, 2, "Half of it.")
        self.review(orders["refunded"], market.other, 1)
