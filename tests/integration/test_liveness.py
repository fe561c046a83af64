"""No order gets stuck: from every open state that calls can reach, whichever of the others are silent or hostile, the honest
party alone brings the order to the end that was promised, takes out what it is due, and needs no more calls and no more time
than were fixed when the order was paid.
"""

from collections import Counter
from collections.abc import Callable
from itertools import chain, combinations, count

import pytest

from tests.fixtures.lives import SORTS
from tests.helpers.deal import OPEN, State
from tests.helpers.hostility import FIGHTS, GONE, MANNERS, RECEPTIONS, Hostility
from tests.helpers.life import RULING_BPS, SEND_WRONG_KEY, STEPS, TOUCHES, WRONG_KEY, Life
from tests.helpers.promises import others
from tests.helpers.terms import ZERO
from tests.helpers.trials import PURSE, Trial, in_purse

PLAIN = "goods with bond and referrer"
# a stake that is 0, or that a free bond pays by itself, is never waited for; an instant order is accepted from the start
NOT_REACHED = {
    "goods without arbiter's fee": {State.CONTESTED},
    "a bond that pays the stake": {State.CONTESTED},
    "instant, without backup": {State.FUNDED},
}


def subsets(parties: tuple[str, ...]):
    return chain.from_iterable(combinations(parties, size) for size in range(len(parties) + 1))


class Trials:
    """Both honest parties against every subset of the others, wherever an order stands."""

    def __init__(self, life: Life, hostility: Hostility, every: int) -> None:
        """Args: of the subsets take each so-manieth, another one each time."""
        self.life, self.hostility, self.every = life, hostility, every
        self.numbers = count()
        self.met: Counter[tuple] = Counter()

    def all_of_them(self) -> None:
        for honest in ("holder",) if self.life.touch == WRONG_KEY else ("seller", "holder"):
            for subset in subsets(others(self.life, honest)):
                if next(self.numbers) % self.every == 0:
                    self.one(honest, self.in_manners(honest, subset))

    def in_manners(self, honest: str, subset: tuple[str, ...]) -> dict[str, str]:
        """Give each party a manner, from state to state another one."""
        manners = {"seller": (FIGHTS, *MANNERS), "holder": (FIGHTS, *MANNERS)}
        first = self.met[honest, subset]
        self.met[honest, subset] += 1
        chosen = ((role, manners.get(role, MANNERS), place) for place, role in enumerate(subset, first))
        return {role: choice[place % len(choice)] for role, choice, place in chosen}

    def one(self, honest: str, hostile: dict[str, str]) -> None:
        life = self.life
        with life.aside():
            for role, manner in hostile.items():
                self.hostility.turn(life.roles[role], manner)
                if life.deal.terms.currency != ZERO and manner != FIGHTS:
                    self.hostility.block(life.roles[role])
            self.run(honest, hostile)

    def run(self, honest: str, hostile: dict[str, str]) -> None:
        start = self.life.node
        try:
            Trial(self.life, honest, hostile, self.hostility).run()
        except AssertionError as problem:
            raise AssertionError(f"{honest} alone, from {start}, against {hostile}: {problem}") from problem


@pytest.fixture
def make_trials(make_paid_life, hostility) -> Callable:
    """Give a factory of the trials of a new order of a sort. Ganache, much slower, makes one of seven: since a party has
    four or eight subsets against it, each of them comes in turn."""
    return lambda sort, every=1: Trials(make_paid_life(sort), hostility, every if hostility.raw.on_anvil else 7)


# the others differ in amounts, and in what never happens
ON_BOTH = (PLAIN, "goods in a token", "milestones in a token")
ON_ANVIL = pytest.mark.anvil_only("a thousand trials; Ganache has the sorts of orders that differ most")


@pytest.mark.parametrize("sort", [pytest.param(sort, marks=() if sort in ON_BOTH else ON_ANVIL) for sort in SORTS])
def test_honest_party_alone_gets_its_due_when_any_of_the_others_are_hostile(make_trials, sort):
    trials = make_trials(sort)
    reached = trials.life.walk(STEPS, trials.all_of_them)
    assert {node.state for node in reached} >= set(OPEN) - NOT_REACHED.get(sort, set())


@pytest.mark.anvil_only("60 states; Ganache has those of unchanged orders")
def test_honest_party_alone_gets_its_due_when_the_order_was_changed_on_the_way(make_trials):
    trials = make_trials(PLAIN, every=5)
    reached = trials.life.walk((*STEPS, *TOUCHES), trials.all_of_them)
    for touch in ("", *(move.touch for move in TOUCHES)):
        assert {node.state for node in reached if node.touch == touch} >= set(OPEN)


def test_holder_alone_has_everything_back_when_the_sellers_key_is_wrong(make_trials):
    trials = make_trials("a sealed file", every=2)
    reached = trials.life.walk((*STEPS, SEND_WRONG_KEY), trials.all_of_them)
    assert State.DELIVERED in {node.state for node in reached if node.touch == WRONG_KEY}


def to_the_arbiter(life: Life) -> None:
    for role, call in (("seller", "accept"), ("seller", "deliver"), ("holder", "dispute"), ("seller", "stake")):
        life.do(role, call)


COURT_PRICE = 41_000
TROUBLES = {"dead": "Error", "dearer": "CourtWrongCost", "calls back": None}  # and how it meets an escalation


@pytest.mark.parametrize("trouble", TROUBLES)
def test_honest_party_alone_gets_its_due_when_the_court_is_no_use(
    ToyCourt, CourtArbiter, market, make_life, hostility, owner, trouble
):
    court = ToyCourt.deploy(COURT_PRICE, {"from": owner})
    judge = CourtArbiter.deploy(market, court, b"", {"from": owner})
    life = make_life(PLAIN, arbiter=str(judge))
    life.roles["arbiter"] = judge
    life.buy()
    court.set(COURT_PRICE * (1_000 if trouble == "dearer" else 1), trouble == "dead", {"from": owner})
    court.arm(judge, judge.escalate.encode_input(*life.deal.arguments("escalate")), {"from": owner})
    life.raw.know(judge)
    to_the_arbiter(life)
    escalate(life, judge, TROUBLES[trouble])
    for honest, other in (("seller", "holder"), ("holder", "seller")):
        for backup in ({}, {"backup": GONE}):
            with life.aside():
                Trial(life, honest, {other: FIGHTS, "arbiter": GONE, **backup}, hostility).run()


def escalate(life: Life, judge, refusal: str | None) -> None:
    """Bring a dispute before the court: it refuses, or it takes the money, calls back in vain and never rules."""
    call = (life.roles["stranger"], judge, "escalate", life.deal.arguments("escalate"), COURT_PRICE)
    assert life.raw.refusal(*call) == refusal
    if refusal is None:
        assert life.raw.send(*call)[0]
        life.look()


def test_order_ends_and_credits_wait_when_the_token_is_paused(make_life, hostility):
    """Stakes come out of free bonds, which were put aside before."""
    life = make_life("goods in a token")
    for role in ("seller", "holder"):
        life.put_aside(role, life.deal.fee)
    life.buy()
    trials = Trials(life, hostility, 1)

    def visit() -> None:
        for honest in ("seller", "holder"):
            with life.aside():
                hostility.pause()
                trials.run(honest, dict.fromkeys(others(life, honest), GONE))

    assert {node.state for node in life.walk(STEPS, visit)} >= {*OPEN, State.COMPLETED} - {State.CONTESTED}


def test_stake_cannot_be_paid_when_the_token_is_paused_and_nothing_was_put_aside(make_life, hostility):
    life = make_life("goods in a token")
    life.buy()
    life.do("seller", "accept")
    life.do("seller", "deliver")
    with life.aside():
        hostility.pause()
        assert "holder" not in life.who_may("dispute")
        life.wait()
        life.do("stranger", "expire")
        assert life.node.state == State.COMPLETED
    life.do("holder", "dispute")
    hostility.pause()
    assert life.who_may("stake") == frozenset()


def test_holder_disputes_when_the_token_blocks_him_and_somebody_puts_the_stake_aside_for_him(make_life, hostility):
    life = make_life("goods in a token")
    life.buy()
    life.do("seller", "accept")
    life.do("seller", "deliver")
    hostility.block(life.roles["holder"])
    assert "holder" not in life.who_may("dispute")
    life.put_aside("holder", life.deal.fee)
    life.do("holder", "dispute")
    Trial(life, "holder", {"seller": GONE}, hostility).run()


@pytest.mark.parametrize("ruler", ["arbiter", "backup"])
@pytest.mark.parametrize("sort", ["goods with bond and referrer", "goods in a token"])
def test_arbiter_alone_earns_his_fee_when_both_sides_are_hostile(make_paid_life, hostility, sort, ruler):
    life = make_paid_life(sort)
    to_the_arbiter(life)
    for role, manner in (("seller", "burns gas"), ("holder", "floods")):
        hostility.turn(life.roles[role], manner)
        hostility.block(life.roles[role])
    if ruler == "backup":
        life.wait()
    life.do(ruler, "rule", RULING_BPS)
    take_out(life, hostility, ruler)


def take_out(life: Life, hostility: Hostility, role: str, splits=None) -> None:
    """Let an account take all that it is owed out to the purse, in the way that is meant for it."""
    raw, currency, market, roles = life.raw, life.deal.terms.currency, life.deal.market, life.roles
    account = life.accounts[role]
    owed = raw.reads((market, "creditOf", (account, currency)))[0][0]
    assert owed
    if role == "split":
        assert raw.send(roles["stranger"], splits, "collect", (market, currency, 1, 1))[0]
        assert raw.send(roles["payee"], splits, "claim", (1, 1, 0, currency, PURSE))[0]
    else:
        sender = roles["steward" if role == "community" else role]
        assert raw.send(sender, market, "withdrawFrom", (account, currency, PURSE, owed))[0]
    assert in_purse(life, hostility) == owed


@pytest.mark.parametrize("sort", ["goods with bond and referrer", "goods in a token"])
def test_everybody_takes_out_his_own_when_all_others_are_hostile(
    make_life, make_split, splits, market, hostility, roles, sort
):
    split = make_split((roles["payee"], 10_000))
    life = make_life(sort, split_id=split, split_version=1, referral_bps=211)
    life.buy()
    to_the_arbiter(life)
    before = life.wealth()
    life.do("arbiter", "rule", RULING_BPS)
    owed = life.gained(before)
    owed.pop("seller's bond", None)
    assert set(owed) == {"holder", "seller", "split", "arbiter", "referrer", "platform", "community"}
    assert sum(owed.values()) == life.deal.total + 2 * life.deal.fee
    for role in owed:
        with life.aside():
            mine = {"community": "steward", "split": "payee"}.get(role, role)
            for number, account in enumerate(life.roles.values()):
                if account not in (life.roles[mine], life.roles["stranger"], hostility.owner):
                    hostility.turn(account, RECEPTIONS[number % len(RECEPTIONS)])
                    hostility.block(account)
            take_out(life, hostility, role, splits)
