"""Random terms and purchases: every kind, option, currency and bound."""

from dataclasses import dataclass
from typing import Any

from tests.deals.world import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS, Actor, World
from tests.helpers.deal import Deal, Parties
from tests.helpers.draws import Draws
from tests.helpers.files import file_of, sealed_to_its_secret
from tests.helpers.terms import (
    DAY,
    FILE,
    GOODS,
    HOUR,
    NONE,
    SERVICE,
    ZERO,
    Extras,
    Purchase,
    Terms,
    clocks,
    rules,
    salt,
)

BPS = 10_000
MOST_UNITS = 9
MOST_COMMUNITY_FEE_BPS = 2_000
UINT32 = 2**32 - 1


@dataclass(frozen=True)
class Item:
    """One purchase in a cart, in the contract's order."""

    terms: Terms
    quantity: int
    max_total: int
    max_fee_bps: int
    purchase: Purchase

    def words(self) -> tuple:
        """Give the fields in the contract's order."""
        return (self.terms.words(), self.quantity, self.max_total, self.max_fee_bps, self.purchase.words())


class Goods:
    """Draws what is sold, and to whom. `wishes` narrows what may be drawn: options by the name of the decision."""

    def __init__(self, world: World, draws: Draws, wishes: dict[str, tuple]) -> None:
        self.world = world
        self.draws = draws
        self.wishes = wishes
        self.numbers = 0
        people = world.people
        self.seller: Actor = people[self.one_of("seller", "seller", "seller", "seller's wallet")]
        self.buyer: Actor = people[self.one_of("buyer", "buyer", "buyer", "buyer's wallet")]
        payer = self.one_of("payer", "buyer", "buyer", "payer")
        self.payer: Actor = self.buyer if payer == "buyer" else people["payer"]

    def one_of(self, decision: str, *options: Any) -> Any:
        """Give one of the options, among those that are wished for."""
        wished = self.wishes.get(decision)
        return self.draws.pick([option for option in options if wished is None or option in wished])

    def next_salt(self) -> str:
        """Give a number that this deal has not used."""
        self.numbers += 1
        return salt(self.numbers)

    def terms(self) -> tuple[Terms, Extras | None]:
        """Draw the terms of a listing, and their optional ones."""
        instant = self.one_of("instant", 0, 0, 0, 1)
        service = self.one_of("service", False, True) or bool(instant and self.draws.once_in(2))
        milestones = self.one_of("milestones", False, False, True) and service and not instant
        final_offer = self.one_of("final_offer", False, False, True)
        sealed = self.one_of("sealed", False, True) and not service and not final_offer
        times = self._times(instant, shipped=not service and not sealed)
        extras = None
        if milestones or final_offer:
            parts = self._milestones(times["deliver_for"], times["inspect_for"]) if milestones else ()
            extras = Extras(parts, final_offer)
        price = self.one_of("price", 1_000_003, 1, 7, 999, 10**18 + 1)
        referral_bps = self.one_of("referral_bps", 0, 1, 500)
        highest = PLATFORM_FEE_BPS + MOST_COMMUNITY_FEE_BPS + referral_bps
        split_id, split_version = self.world.split if self.one_of("split", False, False, True) else (0, 0)
        people = self.world.people
        number = self.next_salt()
        hashed = file_of(number).hash() if sealed else extras.hash() if extras else NONE
        asked = Terms(
            seller=self.seller.address,
            arbiter=people["arbiter"].address,
            backup_arbiter=people["backup"].address if self.one_of("backup", True, True, False) else ZERO,
            currency=self.world.currencies[self.one_of("currency", "eth", "coin", "permit")],
            unit_price=price,
            arbiter_fee=min(self.one_of("fee", 50_021, 0, 1, 10**17, price), price),
            only_buyer=self.buyer.address if self.one_of("only_buyer", False, False, False, True) else ZERO,
            rules=rules(
                kind=SERVICE if service else FILE if sealed else GOODS,
                instant=instant,
                max_fee_bps=self.draws.pick((BPS, highest)),
                referral_bps=referral_bps,
                bond_bps=0 if instant else self.one_of("bond_bps", 0, 0, 1_501, 1, BPS),
                split_id=split_id,
                split_version=split_version,
                per_buyer_open_quantity=self.one_of("per_buyer", 0, 0, MOST_UNITS, 2 * MOST_UNITS),
                community_id=self.world.community_id,
            ),
            clocks=clocks(**times),
            salt=number,
            extras=hashed,
        )
        return asked, extras

    def _times(self, instant: int, shipped: bool) -> dict[str, int]:
        draws = self.draws
        ends = self.world.began_ts + 12 * DAY if self.one_of("valid_until", 0, 0, "soon") else 0  # after the purchase
        return {
            "accept_for": 0 if instant else draws.pick((2 * DAY, HOUR, 30 * DAY)),
            "deliver_for": draws.pick((2 * DAY, HOUR, 48 * HOUR if instant else 180 * DAY)),
            "transit_for": draws.pick((5 * DAY, 0, 90 * DAY)) if shipped else 0,
            "inspect_for": draws.pick((3 * DAY, DAY, 60 * DAY)),
            "rule_for": draws.pick((4 * DAY, 3 * DAY, 60 * DAY)),
            "valid_until": ends,
        }

    def _milestones(self, deliver_for: int, inspect_for: int) -> tuple[tuple[int, int, int], ...]:
        count = self.draws.pick((2, 1, 3, 10))
        left, parts = BPS, []
        for number in range(count):
            most = left - (count - number - 1)  # each of the others has a point
            share = most if number + 1 == count else self.draws.pick((max(most // 3, 1), 1, most))
            left -= share
            times = (deliver_for, inspect_for) if number == 0 else (self.draws.pick((DAY, HOUR)), 2 * DAY)
            parts.append((share, *times))
        return tuple(parts)

    def purchase(self, terms: Terms) -> Purchase:
        """Draw the buyer's side."""
        referrer = self.world.people["referrer"].address if self.one_of("referred", False, True) else ZERO
        specification = self.draws.pick((NONE, "0x" + "5e" * 32))
        purchase = Purchase(
            self.payer.address,
            self.buyer.address,
            terms.arbiter,
            self.next_salt(),
            referrer,
            specification=specification,
        )
        return sealed_to_its_secret(purchase) if terms.rule("kind") == FILE else purchase

    def quantity(self, terms: Terms) -> int:
        """Draw how many units are bought."""
        return self.one_of("quantity", 3, 1, terms.rule("per_buyer_open_quantity") or MOST_UNITS)

    def deal(self, terms: Terms, extras: Extras | None, purchase: Purchase, quantity: int) -> Deal:
        """Put terms and purchase together."""
        who = {name: self.world.people[name].address for name in ("arbiter", "backup", "stranger")}
        parties = Parties(self.seller.address, self.buyer.address, self.payer.address, **who)
        contract = self.world.contracts["market"]
        return Deal(contract, terms, purchase, quantity, parties, extras, self.world.chain_id)

    def cart(self) -> list[Deal]:
        """Draw what is bought: on one listing, or in a cart of two or three purchases on one to three."""
        listings = [self.terms()]
        deals: list[Deal] = []
        for number in range(self.one_of("cart", 1, 1, 1, 1, 1, 2, 3)):
            if number and self.draws.once_in(2):
                listings.append(self.terms())
            terms, extras = listings[-1]
            same = [deal for deal in deals if deal.terms == terms]
            quantity, most = 1 if same else self.quantity(terms), terms.rule("per_buyer_open_quantity")
            if most and quantity > most - sum(deal.quantity for deal in same):
                continue
            deals.append(self.deal(terms, extras, self.purchase(terms), quantity))
        return deals

    def limit(self, deal: Deal, deals: list[Deal]) -> int:
        """Draw how many units of a listing may be sold: just enough, or more."""
        needed = sum(other.quantity for other in deals if other.listing_id == deal.listing_id)
        return needed + self.one_of("left", 0, 1, 30)


def commission(deal: Deal, community_fee_bps: int = COMMUNITY_FEE_BPS) -> int:
    """Give what all commissions of a deal come to, basis points."""
    referral = deal.terms.rule("referral_bps") if deal.purchase.referrer != ZERO else 0
    return PLATFORM_FEE_BPS + community_fee_bps + referral
