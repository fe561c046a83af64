"""The steps of a deal as it is planned: each act with what the books say to it, and the one that must fail before it."""

from collections.abc import Callable
from typing import Any

from tests.deals.goods import Goods
from tests.deals.mutation import Moment, Mutation
from tests.deals.plan import Act, Refusal, Step
from tests.deals.questions import questions
from tests.deals.world import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS, Actor, World
from tests.helpers.books import Books
from tests.helpers.draws import Draws
from tests.helpers.terms import HOUR

MOST_CHANGES = 4


class Steps:
    """A deal's books, its clock, and the steps so far."""

    def __init__(self, world: World, draws: Draws, mutation: Mutation | None = None) -> None:
        self.world, self.draws, self.mutation = world, draws, mutation
        self.goods = Goods(world, draws, mutation.wishes if mutation else {})
        self.books = Books(world.address("market"), balances=world.balances.copy())
        self.fees = [PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS]
        self.raised_from: int | None = None  # the community's commission before a raise
        self.now = world.began_ts
        self.refusal: Refusal | None = None
        self.steps: list[Step] = []
        self.changes_left = draws.number(0, MOST_CHANGES)
        self.deals = self.goods.cart()
        self.limits = {deal.listing_id: self.goods.limit(deal, self.deals) for deal in self.deals}
        self.currencies = tuple(dict.fromkeys(deal.terms.currency for deal in self.deals))
        self.reads, self.answers = questions(world, self.books, self.deals)

    def do(self, *acts: Act) -> bool:
        """Put acts into one block; tell whether they were made, or a refused one has taken their time."""
        timestamp = acts[0].timestamp
        if self.mutation and self.refusal is None:
            for act in acts:
                self._try_to_fail(act)
        if self.refusal and self.now > timestamp:
            return False
        events = tuple(tuple(act.effect()) for act in acts)
        self._note(Step(timestamp, acts, events, self.answers()))
        return True

    def _try_to_fail(self, act: Act) -> None:
        assert self.mutation is not None
        if self.refusal or (act.name not in self.mutation.calls and self.mutation.calls):
            return
        refusal = self.mutation.apply(Moment(self, act))
        if refusal is None or self.draws.once_in(6):
            return
        assert refusal.act.timestamp >= self.now, f"{self.mutation.name} is before the block before"
        self.refusal = refusal
        self._note(Step(refusal.act.timestamp, (), (), self.answers(), refusal))

    def _note(self, step: Step) -> None:
        for currency in self.currencies:
            held = self.books.balances[self.books.market, currency]
            assert held == self.books.must_hold(currency), "the oracle itself must conserve money"
        self.steps.append(step)
        self.now = step.timestamp

    def act(self, name: str, actor: Actor, effect: Callable, timestamp: int | None = None, **more: Any) -> Act:
        """Give an act; its arguments by name."""
        options = {key: more.pop(key) for key in ("contract", "value", "entry") if key in more}
        return Act(name, actor, more, self.later() if timestamp is None else timestamp, effect, **options)

    def later(self) -> int:
        """Give a moment soon after the last block."""
        return self.now + self.draws.pick((1, 0, HOUR))

    def actor(self, address: str) -> Actor:
        """Give who acts for an address."""
        return self.world.by_address[address]

    def anybody(self) -> Actor:
        """Give somebody with nothing to do with the deal."""
        return self.world.people[self.draws.pick(("stranger", "friend"))]
