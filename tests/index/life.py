"""The rest of an order's life, told on a market: parts, clocks, holders, agreements, milestones, final offers, bonds, carts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from frontend.index.views import Extras, Milestone
from frontend.services.terms import DAY_S, HOUR_S, ZERO_ADDRESS, Terms, extras_abi

if TYPE_CHECKING:
    from tests.index.market import Market, Sale

PRICE = 10**18
FEE = 10**17
CAP = 9
STAGES = Extras(
    (Milestone(2000, 3 * DAY_S, 2 * DAY_S), Milestone(3001, HOUR_S, DAY_S), Milestone(4999, DAY_S, DAY_S)), True
)
LAST_OFFER = Extras((), True)
SETTLEMENT = (
    ("order", "bytes32"),
    ("holder", "address"),
    ("remaining", "uint256"),
    ("toHolder", "uint256"),
    ("basis", "bytes32"),
    ("sequence", "uint256"),
    ("deadline", "uint256"),
)
DOMAIN = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))


class Life:
    """Makes each call of a late order's life at least once."""

    def __init__(self, market: Market, community_id: int) -> None:
        self.market = market
        self.goods = market.terms(community_id, bond_bps=1500, referral_bps=250, per_buyer_open_quantity=CAP)
        self.work = market.terms(community_id, kind="service", transit_for_s=0, extras=STAGES)
        self.fought = market.terms(community_id, extras=LAST_OFFER)

    def live(self) -> dict[str, Sale]:
        """Tell all of it; give the orders by what they are about."""
        for terms in (self.goods, self.work, self.fought):
            self.market.list(terms)
        self._bonds()
        cart = self._cart()
        return {
            "cart, first": cart[0],
            "cart, second": cart[1],
            "parts": self._parts(),
            "handed over": self._handed_over(),
            "signed": self._signed(),
            "milestones": self._milestones(),
            "final offer": self._final_offer(),
            "bond lost": self._bond_lost(),
        }

    def _bonds(self) -> None:
        market = self.market
        self._on_market("depositBond", [market.seller, ZERO_ADDRESS, 3 * PRICE], market.other, 3 * PRICE)
        self._on_market("depositBond", [market.buyer, ZERO_ADDRESS, FEE], market.buyer, FEE)
        self._on_market("withdrawBond", [ZERO_ADDRESS, PRICE // 3], market.seller)

    def _cart(self) -> list[Sale]:
        market = self.market
        pairs = [market.order_of(terms, market.buyer, referrer=market.owner) for terms in (self.goods, self.work)]
        items = [(sale.terms.to_abi(), 1, PRICE, 2000, purchase.to_abi()) for purchase, sale in pairs]
        self._on_market("buyMany", [items, 2**40, []], market.buyer, 2 * PRICE)
        return [sale for _, sale in pairs]

    def _parts(self) -> Sale:
        """Clocks extended in each state that knows it, a part each way, an agreement; the referrer gets his part of both."""
        market, sale = self.market, self.market.buy(self.goods, 2, referrer=self.market.stranger)
        self.extend(sale, market.buyer, HOUR_S)
        market.on_order("accept", sale, market.seller)
        self.extend(sale, market.buyer, DAY_S)
        self.offer(sale, market.seller, PRICE // 2)
        market.on_order("release", sale, market.buyer, 2 * PRICE, PRICE // 3)  # voids the offer
        market.on_order("refundPart", sale, market.seller, self.left(sale), PRICE // 7)
        market.on_order("deliver", sale, market.seller, b"\x66" * 32)
        self.extend(sale, market.seller, 2)
        self.offer(sale, market.seller, 5)
        self.offer(sale, market.seller, 7)
        self.offer(sale, market.buyer, PRICE)
        market.on_order("withdrawSettlement", sale, market.seller)
        market.on_order("acceptSettlement", sale, market.seller, PRICE)
        return sale

    def _handed_over(self) -> Sale:
        """Through two hands and back: an offer to one holder does not come back to life when this one holds the order again."""
        market, sale = self.market, self.market.buy(self.goods)
        self.offer(sale, market.buyer, PRICE)
        market.on_order("transferOrder", sale, market.buyer, market.stranger)
        self.offer(sale, market.seller, PRICE // 2)
        self.offer(sale, market.stranger, PRICE // 4)
        market.on_order("transferOrder", sale, market.stranger, market.other)
        market.on_order("transferOrder", sale, market.other, market.stranger)
        return sale

    def _signed(self) -> Sale:
        market, sale = self.market, self.market.buy(self.goods)
        market.on_order("accept", sale, market.seller)
        deadline = 2**39
        signature = self.signature(sale, market.buyer, 0, deadline)
        market.on_order("settleBySignature", sale, market.seller, 0, deadline, signature)
        return sale

    def _milestones(self) -> Sale:
        market, sale = self.market, self.market.buy(self.work)
        market.on_order("accept", sale, market.seller)
        self.on_milestone("deliverMilestone", sale, market.seller, 0, b"\x77" * 32)
        self.offer(sale, market.seller, PRICE // 2)
        self.on_milestone("confirmMilestone", sale, market.buyer, 0)
        self.on_milestone("deliverMilestone", sale, market.seller, 1, b"\0" * 32)
        market.warp(DAY_S + HOUR_S)
        self.on_milestone("expireMilestone", sale, market.stranger, 1)
        self.on_milestone("deliverMilestone", sale, market.seller, 2, b"\0" * 32)
        market.on_order("refundPart", sale, market.seller, self.left(sale), PRICE // 10)
        self.on_milestone("confirmMilestone", sale, market.buyer, 2)
        return sale

    def _final_offer(self) -> Sale:
        """Both stakes come out of bonds, so that the dispute is with the arbiter at once."""
        market, sale = self.market, self.market.buy(self.fought)
        market.on_order("accept", sale, market.seller)
        self.offer(sale, market.seller, PRICE - 7)  # to be spared the work: the delivery lets it fall
        market.on_order("deliver", sale, market.seller, b"\0" * 32)
        self.offer(sale, market.buyer, PRICE - 1)
        self.offer(sale, market.seller, PRICE // 9)
        market.on_order("dispute", sale, market.buyer, "", b"\x88" * 32)
        market.on_order("refundPart", sale, market.seller, PRICE, PRICE // 8)  # comes off both, one of which was less
        market.on_order("rule", sale, market.arbiter, 1234)
        return sale

    def _bond_lost(self) -> Sale:
        market, sale = self.market, self.market.buy(self.goods, 3)
        market.on_order("accept", sale, market.seller)
        market.warp(self.order(sale)[1] - market.now() + 1)
        market.on_order("expire", sale, market.stranger)
        return sale

    # calls that need to know how the order is

    def order(self, sale: Sale) -> tuple[Any, ...]:
        """Give what the Market says of an order: amount, clock, quantity, two commissions, state, flags, milestone."""
        found: tuple[Any, ...] = self._ask("orderOf", bytes.fromhex(sale.key[2:]))
        return found

    def left(self, sale: Sale) -> int:
        """Give what is in escrow."""
        return int(self.order(sale)[0])

    def extend(self, sale: Sale, sender: str, seconds: int) -> None:
        """Extend an order's clock."""
        clock = self.order(sale)[1]
        self.market.on_order("extend", sale, sender, clock, clock + seconds)

    def offer(self, sale: Sale, sender: str, units: int) -> None:
        """Offer a settlement."""
        self.market.on_order("offerSettlement", sale, sender, self.left(sale), units)

    def on_milestone(self, function: str, sale: Sale, sender: str, milestone: int, *more: Any) -> None:
        """Call the market about a milestone."""
        self.market.on_order(function, sale, sender, extras_of(sale.terms), milestone, *more)

    def signature(self, sale: Sale, signer: str, units: int, deadline: int) -> bytes:
        """Sign a settlement as the order stands."""
        basis = self._ask("basisOf", *sale.head)
        said = {
            "order": sale.key,
            "holder": sale.holder,
            "remaining": str(self.left(sale)),
            "toHolder": str(units),
            "basis": "0x" + basis.hex(),
            "sequence": self._ask("talksOf", bytes.fromhex(sale.key[2:]))[0],
            "deadline": deadline,
        }
        types = {"EIP712Domain": _fields(DOMAIN), "Settlement": _fields(SETTLEMENT)}
        chain_id, market = int(self.market.rpc("eth_chainId"), 16), self.market.market
        domain = {"name": "Dokkaebi Market", "version": "1", "chainId": chain_id, "verifyingContract": market}
        typed = {"types": types, "primaryType": "Settlement", "domain": domain, "message": said}
        return bytes.fromhex(self.market.rpc("eth_signTypedData_v4", signer, typed)[2:])

    def _ask(self, function: str, *args: Any) -> Any:
        return self.market.ask("Market", self.market.market, function, *args)[0]

    def _on_market(self, function: str, args: list[Any], sender: str, value: int = 0) -> None:
        self.market.send("Market", self.market.market, function, args, sender, value)


def extras_of(terms: Terms) -> tuple[Any, ...]:
    """Give a listing's optional terms as calls take them."""
    assert terms.extras is not None
    return extras_abi(terms.extras)


def _fields(named: tuple[tuple[str, str], ...]) -> list[Mapping[str, str]]:
    return [{"name": name, "type": kind} for name, kind in named]
