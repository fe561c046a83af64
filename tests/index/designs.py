"""Blueprints, told on a market: designs listed and published, units claimed, handed on and made."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from frontend.serials import serial_word
from frontend.services.terms import ZERO_ADDRESS, Conditions, Terms, conditions_abi, conditions_hash, listing_id

if TYPE_CHECKING:
    from tests.index.market import Market, Sale

CHAIN_ID = 31337
FEE_WEI = 10**15 + 7
DAY_S = 86_400


@dataclass
class Design:
    """Terms, and the conditions that they name."""

    terms: Terms
    conditions: Conditions
    id: str

    @property
    def number(self) -> int:
        """The token's id."""
        return int(self.id, 16)


class Designs:
    """What seller and holders of designs do."""

    def __init__(self, market: Market, community_id: int) -> None:
        self.market = market
        self.community_id = community_id

    def listed(self, fee_units: int = FEE_WEI, quantity: int = 100, **changes: Any) -> Design:
        """Put a design on sale. Its fees go to the seller, or nowhere where makes are free."""
        self.market.salts += 1
        values: dict[str, Any] = {"payee": self.market.seller if fee_units else ZERO_ADDRESS} | changes
        said = Conditions(fee_units=fee_units, salt=f"0x{self.market.salts:064x}", **values)
        common: dict[str, Any] = {"accept_for_s": 0, "transit_for_s": 0, "deliver_for_s": DAY_S}
        terms = self.market.terms(
            self.community_id, kind="blueprint", instant=True, **common, salt=conditions_hash(said)
        )
        self.market.list(terms, quantity)
        return Design(terms, said, listing_id(CHAIN_ID, self.market.market, terms.to_abi()))

    def call(self, function: str, args: list[Any], sender: str, value: int = 0) -> dict[str, Any]:
        """Call Blueprints."""
        return self.market.send("Blueprints", self.market.blueprints, function, args, sender, value)

    def publish(self, design: Design, sender: str = "") -> dict[str, Any]:
        """Make a design's conditions known."""
        args = [design.terms.to_abi(), conditions_abi(design.conditions)]
        return self.call("publish", args, sender or self.market.seller)

    def published(self, **changes: Any) -> Design:
        """Put a design on sale, and make its conditions known."""
        design = self.listed(**changes)
        self.publish(design)
        return design

    def bought(self, design: Design, quantity: int, holder: str) -> Sale:
        """Bring an order to completion."""
        sale = self.market.buy(design.terms, quantity, holder=holder)
        self.market.on_order("deliver", sale, self.market.seller, bytes(32))
        self.market.on_order("confirm", sale, holder)
        return sale

    def claim(self, sale: Sale, to: str = "", sender: str = "") -> dict[str, Any]:
        """Have an order's units given out."""
        return self.call("claim", [*sale.head, to or sale.holder], sender or sale.holder)

    def given(self, design: Design, quantity: int, holder: str) -> Sale:
        """Have units bought and given out."""
        sale = self.bought(design, quantity, holder)
        self.claim(sale)
        return sale

    def make(self, design: Design, maker: str, *serials: str) -> dict[str, Any]:
        """Burn a unit for each serial."""
        words = [serial_word(text) for text in serials]
        fee = design.conditions.fee_units * len(serials)
        return self.call(
            "make",
            [bytes.fromhex(design.id[2:]), words],
            maker,
            fee if design.conditions.currency == ZERO_ADDRESS else 0,
        )

    def hand_on(self, design: Design, sender: str, to: str, quantity: int) -> dict[str, Any]:
        """Give units to somebody else."""
        return self.call("safeTransferFrom", [sender, to, design.number, quantity, b""], sender)

    def hand_on_all(self, pairs: list[tuple[Design, int]], sender: str, to: str) -> dict[str, Any]:
        """Give units of several designs to somebody else."""
        numbers, counts = [design.number for design, _ in pairs], [count for _, count in pairs]
        return self.call("safeBatchTransferFrom", [sender, to, numbers, counts, b""], sender)

    def play(self) -> dict[str, Sale]:
        """Units come, go to others, and become things; the payee takes a part of its fees."""
        market = self.market
        lamp, kite = self.published(), self.published(fee_units=0)
        sale = self.given(lamp, 5, market.buyer)
        self.given(kite, 2, market.buyer)
        self.make(lamp, market.buyer, "LAMP-1", "LAMP-2")
        self.hand_on(lamp, market.buyer, market.other, 1)
        self.hand_on_all([(lamp, 1), (kite, 2)], market.buyer, market.stranger)
        self.make(kite, market.stranger, "k/1")
        self.call("withdraw", [ZERO_ADDRESS, market.seller, FEE_WEI], market.seller)
        return {"claimed": sale}
