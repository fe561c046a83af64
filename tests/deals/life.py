"""An order's life: which calls are possible, and which of them is made next."""

from collections.abc import Callable
from functools import partial

from tests.deals.calls import Calls
from tests.deals.goods import BPS
from tests.helpers.books import EARLY, MAX_EXTENSION, MILESTONES, Call, Entry
from tests.helpers.deal import OPEN, State
from tests.helpers.terms import ZERO

BEFORE_THE_END = ("accept", "deliver", "deliverMilestone", "deliverFile", "dispute", "stake")
SMALL = (
    "release",
    "refundPart",
    "offerSettlement",
    "withdrawSettlement",
    "extend",
    "transferOrder",
    "acceptSettlement",
)
# the state in which a call can first be made, for those that must be gone towards
FIRST_IN = {
    "deliver": State.ACCEPTED,
    "deliverMilestone": State.ACCEPTED,
    "deliverFile": State.ACCEPTED,
    "claimBadKey": State.DELIVERED,
    "confirm": State.DELIVERED,
    "confirmMilestone": State.DELIVERED,
    "expireMilestone": State.DELIVERED,
    "dispute": State.DELIVERED,
    "stake": State.CONTESTED,
    "submitEvidence": State.CONTESTED,
    "rule": State.DISPUTED,
    "rule by the backup": State.DISPUTED,
}


class Life(Calls):
    """Brings orders to a final state."""

    def _go_on(self) -> None:
        """Make one more call about an open order."""
        entry = self.draws.pick([entry for entry in self.books.orders if entry.state in OPEN])
        options = self._options(entry)
        self._sought(entry, options)()

    def _sought(self, entry: Entry, options: list[tuple[int, str, Callable]]) -> Callable:
        """Give a call to make: one on the way to the mutation's, as long as that was not found, or any."""
        calls = self._wanted_calls()
        ways = [(weight, does) for weight, name, does in options if name in calls]
        goal = max((FIRST_IN.get(name, State.FUNDED) for name in calls), default=State.FUNDED)
        if calls and self.mutation and "towards" in self.mutation.wishes:
            goal = self.mutation.wishes["towards"][0]
            ways = ways if entry.state >= goal else []
        if not ways and entry.state < goal:
            ways = [(weight, does) for weight, name, does in options if name in BEFORE_THE_END]
        if not ways or self.draws.once_in(6):
            ways = [(weight, does) for weight, _, does in options]
        return self.draws.weighed(ways)

    def _options(self, entry: Entry) -> list[tuple[int, str, Callable]]:
        """Give the calls that are possible now or later, with a weight each."""
        in_time = self.now <= entry.clock
        makes = {
            State.FUNDED: self._when_funded,
            State.ACCEPTED: self._when_accepted,
            State.DELIVERED: self._when_delivered,
            State.CONTESTED: self._when_contested,
            State.DISPUTED: self._when_disputed,
        }[entry.state](entry, in_time)
        makes.append((1, "refund", partial(self._plain, entry, "refund", entry.deal.terms.seller)))
        makes.append((1, "release", partial(self._part, entry, "release", entry.holder, entry.amount)))
        makes.append((1, "refundPart", partial(self._part, entry, "refundPart", entry.deal.terms.seller, entry.amount)))
        makes.append((1, "settleBySignature", partial(self._settle_signed, entry)))
        for account in (entry.holder, entry.deal.terms.seller):
            if entry.standing(account) is not None:
                makes.append((4, "acceptSettlement", partial(self._accept_offer, entry, account)))
        if self.changes_left or set(SMALL) & set(self._wanted_calls()):
            makes += self._small_changes(entry, in_time)
        return makes

    def _wanted_calls(self) -> tuple[str, ...]:
        """Give the calls at which the mutation can be found, or which lead there."""
        if self.mutation is None or self.refusal is not None:
            return ()
        return self.mutation.wishes.get("seek", self.mutation.calls)

    def _when_funded(self, entry: Entry, in_time: bool) -> list:
        makes = [
            (1, "cancel", partial(self._plain, entry, "cancel", entry.holder)),
            (1, "decline", partial(self._plain, entry, "decline", entry.deal.terms.seller)),
            (1, "expire", partial(self._expire, entry, "expire")),
        ]
        return [(12, "accept", partial(self._accept, entry)), *makes] if in_time else makes

    def _when_accepted(self, entry: Entry, in_time: bool) -> list:
        makes = [(2, "expire", partial(self._expire, entry, "expire"))]
        if not in_time:
            return makes
        if entry.flags & MILESTONES:
            return [(14, "deliverMilestone", partial(self._deliver, entry, "deliverMilestone")), *makes]
        if entry.deal.is_file:
            return [(14, "deliverFile", partial(self._deliver_file, entry)), *makes]
        return [(14, "deliver", partial(self._deliver, entry, "deliver")), *makes]

    def _when_delivered(self, entry: Entry, in_time: bool) -> list:
        confirm, expire = ("confirmMilestone", "expireMilestone") if entry.flags & MILESTONES else ("confirm", "expire")
        makes = [
            (4, confirm, partial(self._parts, entry, confirm, entry.holder)),
            (2, expire, partial(self._expire, entry, expire)),
        ]
        if in_time and entry.wrap and not entry.key_is_right:
            makes.append((14, "claimBadKey", partial(self._claim, entry)))
        return [(9, "dispute", partial(self._dispute, entry)), *makes] if in_time else makes

    def _when_contested(self, entry: Entry, in_time: bool) -> list:
        terms, fee = entry.deal.terms, entry.deal.fee
        makes = [(2, "expire", partial(self._expire, entry, "expire"))]
        if self.books.bonds[terms.seller, terms.currency] < fee:
            makes.append((2, "depositBond", partial(self.deposit, terms.seller, terms.currency, fee)))
        return [(9, "stake", partial(self._stake, entry)), *makes] if in_time else makes

    def _when_disputed(self, entry: Entry, in_time: bool) -> list:
        makes = [(2, "expire", partial(self._expire, entry, "expire"))]
        if in_time:
            makes.insert(0, (7, "rule", partial(self._rule, entry, entry.deal.terms.arbiter)))
        if entry.last_second > entry.clock and self.now <= entry.last_second:
            makes.append((3, "rule by the backup", partial(self._rule, entry, entry.deal.terms.backup_arbiter)))
        return makes

    def _small_changes(self, entry: Entry, in_time: bool) -> list:
        seller, amount = entry.deal.terms.seller, entry.amount
        makes = []
        for account in (entry.holder, seller):
            makes.append((4, "offerSettlement", partial(self._offer, entry, account)))
            makes.append((1, "withdrawSettlement", partial(self._changed, entry, "withdrawSettlement", account)))
            if entry.state in (State.CONTESTED, State.DISPUTED):
                makes.append((2, "submitEvidence", partial(self._submit, entry, account)))
        if amount > 1:
            part = partial(self.draws.number, 1, amount - 1)
            makes.append((3, "release", lambda: self._part(entry, "release", entry.holder, part(), small=True)))
            makes.append((3, "refundPart", lambda: self._part(entry, "refundPart", seller, part(), small=True)))
        if entry.state in EARLY and entry.deal.terms.only_buyer == ZERO and not entry.deal.is_file:
            makes.append((3, "transferOrder", partial(self._transfer, entry)))
        if entry.state in EARLY and in_time and entry.extended_s < MAX_EXTENSION:
            makes.append((3, "extend", partial(self._extend, entry)))
        return makes

    def _after_the_end(self) -> None:
        """Sometimes the arbiter rules all the same: nothing happens."""
        entry = self.books.orders[0]
        if self.draws.once_in(8):
            call = Call("rule", entry.deal.terms.arbiter, self.later(), BPS)
            self.do(self.order_act(entry, call, bpsToBuyer=BPS))
