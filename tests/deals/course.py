"""The course of a random deal: listing, purchase, valid calls at random times up to a final state, and everything taken out.

It is planned in the books alone, before anything is sent: who calls what, when, and what all that can be asked will answer
after each block. With a mutation one of the calls is first tried in a way in which it must fail.
"""

from functools import partial
from typing import Any

from tests.deals import signing
from tests.deals.goods import Item, commission
from tests.deals.life import Life
from tests.deals.mutation import Mutation
from tests.deals.plan import Act, Plan
from tests.deals.takings import Takings
from tests.deals.world import COMMUNITY_FEE_BPS, World
from tests.helpers.books import Event
from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, OPEN, Deal
from tests.helpers.draws import Draws
from tests.helpers.terms import DAY, ZERO

FEE_NOTICE = 7 * DAY


class NotApplied(Exception):
    """No call of the deal could fail in the way asked for."""


class Course(Life, Takings):
    """Plans one deal."""

    def plan(self) -> Plan:
        """Plan all of it. Raises: NotApplied."""
        self._list()
        self._prepare()
        self._buy()
        while any(entry.state in OPEN for entry in self.books.orders):
            self._go_on()
        self._after_the_end()
        self._take_out()
        if self.mutation and self.refusal is None:
            raise NotApplied(self.mutation.name)
        ends = tuple(entry.state.name for entry in self.books.orders)
        return Plan(tuple(self.steps), self.reads, self.mutation.name if self.mutation else None, ends)

    def _list(self) -> None:
        for deal in {deal.listing_id: deal for deal in self.deals}.values():
            terms, extras = deal.terms, deal.extras
            limit = self.limits[deal.listing_id]
            file = deal.file if deal.is_file else None
            effect = partial(self.books.open_listing, terms, deal.listing_id, limit, extras, file)
            arguments: dict[str, Any] = {"terms": terms, "quantityLimit": limit}
            if extras is not None:
                arguments["extras"] = extras
            name = "list" if extras is None else "listWithExtras"
            if file is not None:
                name, arguments["file"] = "listFile", file
            self.do(self.act(name, self.goods.seller, effect, **arguments))

    def _prepare(self) -> None:
        """Change commissions and the listing, and put bonds aside."""
        deal = self.deals[0]
        commissions = self.goods.one_of("commissions", "as they are", "as they are", "lowered", "raised")
        if commissions != "as they are":
            self._set_commission(commissions)
        if self.goods.one_of("paused", False, False, False, True):
            for paused in (True, False):
                effect = partial(self.books.set_paused, deal.listing_id, paused)
                self.do(self.act("setPaused", self.goods.seller, effect, terms=deal.terms, paused=paused))
        if self.goods.one_of("limit_changes", False, False, False, True):
            limit, effect = self.limits[deal.listing_id], partial(self.books.set_limit, deal.listing_id)
            for old, new in ((limit, 0), (0, limit)):
                arguments = {"terms": deal.terms, "expectedLimit": old, "newLimit": new}
                self.do(self.act("setQuantityLimit", self.goods.seller, partial(effect, new), **arguments))
        for owner, decision in ((self.goods.seller, "sellers_deposit"), (self.goods.buyer, "buyers_deposit")):
            if self.goods.one_of(decision, False, False, True):
                self.deposit(owner.address, deal.terms.currency, max(deal.fee + self.draws.pick((0, 1, -1)), 1))

    def _set_commission(self, how: str) -> None:
        """Let the steward lower the commission, or raise it, which comes into force before the purchase or long after."""
        lowered, when, registry = how == "lowered", self.later(), self.world.address("registry")
        new = self.draws.pick((0, 300) if lowered else (COMMUNITY_FEE_BPS + 1, 2_000))
        said = {"id": self.world.community_id, "feeBps": new}
        event = Event("FeeRaiseAnnounced", {**said, "raiseAt": when + FEE_NOTICE}, registry)
        if lowered:
            event = Event("FeeSet", said, registry)
        arguments = {"contract": "registry", "id": self.world.community_id, "newFeeBps": new}
        self.do(self.act("setFeeBps", self.world.people["steward"], lambda: [event], when, **arguments))
        due = self.goods.one_of("raise_is_due", False, True)
        if not lowered and due:
            self.now = max(self.now, when + FEE_NOTICE)
            self.raised_from = self.fees[1]
        if lowered or due:
            self.fees[1] = new

    def _buy(self) -> None:
        while not self.do(self._purchase()):
            pass

    def _purchase(self) -> Act:
        """Give the purchase of everything."""
        timestamp = self.later()
        deadline = self.draws.pick((FAR, timestamp))
        bounds = [self._bounds(deal) for deal in self.deals]
        payer, dues = self.goods.payer, self._dues()
        effect = partial(self._bought, timestamp)
        deal, (max_total, max_fee) = self.deals[0], bounds[0]
        by_permit = payer is self.world.people["payer"] and self.world.currencies["permit"] in dues
        if len(self.deals) > 1 or self.draws.once_in(20):
            items = [
                Item(deal.terms, deal.quantity, *bound, deal.purchase)
                for deal, bound in zip(self.deals, bounds, strict=True)
            ]
            coin = self.world.currencies["permit"]
            permits = [(coin, self._permit(dues[coin]))] if by_permit else []
            arguments = {"items": items, "deadline": deadline, "permits": permits}
            return self.act("buyMany", payer, effect, timestamp, value=dues.get(ZERO, 0), **arguments)
        arguments = {"terms": deal.terms, "quantity": deal.quantity, "maxTotal": max_total, "maxFeeBps": max_fee}
        arguments |= {"deadline": deadline, "purchase": deal.purchase}
        if by_permit:
            arguments["permit"] = self._permit(deal.total)
            return self.act("buyWithPermit", payer, effect, timestamp, **arguments)
        return self.act("buy", payer, effect, timestamp, value=dues.get(ZERO, 0), **arguments)

    def _bounds(self, deal: Deal) -> tuple[int, int]:
        return self.draws.pick((ANY_TOTAL, deal.total)), self.draws.pick((ANY_FEE, self.commission(deal)))

    def commission(self, deal: Deal) -> int:
        """Give what all commissions of a deal come to now, basis points."""
        return commission(deal, self.fees[1])

    def _permit(self, value: int) -> tuple:
        return signing.permit(self.world, self.goods.payer, value)

    def _dues(self) -> dict[str, int]:
        """Give what is due by currency, in the order in which it is taken."""
        dues: dict[str, int] = {}
        for deal in self.deals:
            dues[deal.terms.currency] = dues.get(deal.terms.currency, 0) + deal.total
        return dues

    def _bought(self, timestamp: int) -> list[Event]:
        orders = [self.books.buy(deal, timestamp, *self.fees) for deal in self.deals]
        events, payer = [self.books.funded(entry) for entry in orders], self.goods.payer
        for currency, due in self._dues().items():
            if payer is self.world.people["payer"] and currency == self.world.currencies["permit"]:
                approved = {"owner": payer.address, "spender": self.books.market, "value": due}
                events.append(Event("Approval", approved, currency))
            events += self.books.pay(payer.address, currency, due)
        return events


def planned(world: World, draws: Draws, mutation: Mutation | None, tries: int) -> Plan:
    """Plan a deal, and draw another one as long as nothing can fail in the way asked for. Raises: NotApplied."""
    for _ in range(tries - 1):
        try:
            return Course(world, draws, mutation).plan()
        except NotApplied:
            continue
    return Course(world, draws, mutation).plan()
