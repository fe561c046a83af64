"""Random lives of many orders at once, in ETH and in a token, against the books kept in plain Python.

Promises looked after: money is conserved to the wei (2), an order's terms never change (3), final is final, and from
whatever state a run has reached, each honest party alone ends the order, whoever else is silent, blocklisted or hostile (1).
"""

import pytest
from brownie import chain
from hypothesis import HealthCheck
from hypothesis import strategies as st

from tests.fixtures.market import ARBITER_FEE, COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS, PRICE
from tests.helpers.accounts import community_account
from tests.helpers.books import Books, Entry
from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, FINAL, OPEN, Deal, Parties, State
from tests.helpers.raw import Raw
from tests.helpers.terms import HOUR, SERVICE, ZERO, Purchase, salt
from tests.helpers.time import jump_to

CALLS = (
    "accept",
    "decline",
    "cancel",
    "deliver",
    "confirm",
    "refund",
    "dispute",
    "stake",
    "submitEvidence",
    "rule",
    "expire",
)
FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
MOST_ORDERS = 16
MOST_ENDED_ALONE = 4
LIMIT = 60
# Orders that every run finds: which listing, and how far they have gone. Hypothesis likes short runs, which would otherwise
# never see a dispute.
START = ((0, 0), (1, 0), (0, 1), (1, 1), (1, 2), (0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (0, 5))


class Machine:
    st_number = st.integers(0, 2**32)
    st_quantity = st.integers(1, 9)
    st_steps = st.integers(0, 5)
    st_call = st.sampled_from(CALLS)
    st_bps = st.one_of(st.sampled_from((0, 1, 5_000, 9_999, 10_000)), st.integers(0, 10_000))
    st_moment = st.sampled_from(("a while", "the deadline", "a second late", "long after"))
    st_part = st.sampled_from(("all", "half", "one unit"))

    def __init__(self, market, registry, coin, listings, roles, owner, reader, ForcedEther, reached):
        # brownie calls this once, with the class as self
        shared = {
            "market": market,
            "registry": registry,
            "coin": coin,
            "listings": listings,
            "roles": roles,
            "owner": owner,
            "forced_ether": ForcedEther,
            "raw": Raw(reader, market, coin, registry),
            "currencies": (ZERO, str(coin.address)),
            "community_id": listings[0].rule("community_id"),
            "reached": reached,
            "first_books": Books(),
            "runs": 0,
        }
        first = Machine.__new__(Machine)
        first.__dict__.update(shared, books=shared["first_books"], fees=list(FEES), paused=set())
        for number, (listing, steps) in enumerate(START):
            first.open_order(listing, 3, number, steps, 3_333)
        for name, value in shared.items():
            setattr(self, name, value)

    def setup(self):
        self.books = self.first_books.copy()
        self.fees = list(FEES)
        self.paused = set()
        self.holders_of_credit = [
            *(str(account) for account in self.roles.values()),
            community_account(0),
            community_account(self.community_id),
        ]

    # what may happen

    def rule_buy_and_go_some_way(
        self, which="st_number", quantity="st_quantity", who="st_number", steps="st_steps", bps="st_bps"
    ):
        if len(self.books.orders) < MOST_ORDERS:
            self.open_order(which, quantity, who, steps, bps)

    def open_order(self, which, quantity, who, steps, bps):
        terms = self.listings[which % len(self.listings)]
        payer = self.roles[("buyer", "payer")[who % 2]]
        holder = self.roles["buyer"]
        purchase = Purchase(str(payer), str(holder), terms.arbiter, salt(who << 8 | len(self.books.orders)))
        roles = {name: self.roles[name] for name in ("seller", "arbiter", "backup", "stranger")}
        deal = Deal(self.market, terms, purchase, quantity, Parties(holder=holder, payer=payer, **roles))
        error = None
        if deal.listing_id in self.paused:
            error = "MarketListingPaused"
        elif quantity > LIMIT - self.books.sold[deal.listing_id]:
            error = "MarketOutOfStock"
        arguments = (terms.words(), quantity, ANY_TOTAL, ANY_FEE, FAR, purchase.words())
        assert self.raw.refusal(payer, self.market, "buy", arguments, deal.value(deal.total)) == error
        if error is None:
            went, timestamp = self.raw.send(payer, self.market, "buy", arguments, deal.value(deal.total))
            assert went
            entry = self.books.buy(deal, timestamp, *self.fees)
            self.reached.add(entry.state)
            for _ in range(steps):
                self.go_on(entry, bps)

    def rule_anybody_tries_anything(self, which="st_number", call="st_call", who="st_number", bps="st_bps"):
        if self.books.orders:
            names = tuple(self.roles)
            self.attempt(self.pick(which), call, self.roles[names[who % len(names)]], bps)

    def rule_the_right_party_acts(self, which="st_number", bps="st_bps"):
        entry = self.pick_open(which)
        if entry is not None:
            self.go_on(entry, bps)

    def rule_time_passes(self, which="st_number", moment="st_moment"):
        entry = self.pick_open(which)
        now = self.raw.now()
        if entry is None or moment == "a while":
            jump_to(now + HOUR)
            return
        to = {"the deadline": entry.clock, "a second late": entry.clock + 1, "long after": entry.last_second + 1}[
            moment
        ]
        if to > now:
            jump_to(to)

    def rule_money_is_taken_out(self, who="st_number", which="st_number", part="st_part"):
        if which // 64 % 4 == 0:
            self.push(who, which)
        elif which // 64 % 4 == 1:
            self.steward_takes_commission(which)
        else:
            self.withdraw(who, which, part)

    def withdraw(self, who, which, part):
        currency = self.currencies[which % 2]
        account = self.roles[tuple(self.roles)[who % len(self.roles)]]
        owed = self.books.credits[str(account), currency]
        amount = {"all": owed, "half": owed // 2, "one unit": 1}[part]
        arguments = (currency, self.roles["stranger"], amount)
        if amount == 0 or amount > owed:
            assert self.raw.refusal(account, self.market, "withdraw", arguments) == "CreditsNotEnough"
            return
        assert self.raw.send(account, self.market, "withdraw", arguments)[0]
        self.books.credits[str(account), currency] -= amount

    def push(self, who, which):
        currency = self.currencies[which % 2]
        account = str(self.roles[tuple(self.roles)[who % len(self.roles)]])
        if self.books.credits[account, currency]:
            assert self.raw.send(self.roles["stranger"], self.market, "push", (account, currency))[0]
            self.books.credits[account, currency] = 0

    def steward_takes_commission(self, which):
        currency = self.currencies[which % 2]
        account, sender = (
            (community_account(0), self.roles["owner"]),
            (community_account(self.community_id), self.roles["steward"]),
        )[which // 2 % 2]
        owed = self.books.credits[account, currency]
        if owed:
            arguments = (account, currency, self.roles["stranger"], owed)
            assert self.raw.send(sender, self.market, "withdrawFrom", arguments)[0]
            self.books.credits[account, currency] = 0

    def rule_something_rare_happens(self, which="st_number", quantity="st_quantity", bps="st_bps"):
        what = which // 64 % 4
        if what == 0:
            self.commission_is_lowered(which, bps)
        elif what == 1:
            self.listing_is_paused_or_resumed(which)
        else:
            self.money_comes_in_by_the_back_door(which, quantity)

    # what must always be true

    def invariant_market_says_what_the_books_say(self):
        orders = self.books.orders
        accounts = [(account, currency) for account in self.holders_of_credit for currency in self.currencies]
        found = self.raw.reads(
            *((self.market, "orderOf", (entry.deal.key,)) for entry in orders),
            *((self.market, "creditOf", pair) for pair in accounts),
            *(
                (self.market, "listingOf", (terms.listing_id(chain.id, self.market.address),))
                for terms in self.listings
            ),
            (self.coin, "balanceOf", (self.market,)),
            (self.raw.reader, "balanceOf", (self.market,)),
        )
        for entry, (word,) in zip(orders, found, strict=False):
            assert word == entry.word()
        found = found[len(orders) :]
        for pair, (owed,) in zip(accounts, found, strict=False):
            assert owed == self.books.credits[pair], pair
        for terms, (listing,) in zip(self.listings, found[len(accounts) : -2], strict=True):
            listing_id = terms.listing_id(chain.id, self.market.address)
            assert listing == (True, listing_id in self.paused, LIMIT, self.books.sold[listing_id])
        assert found[-2][0] == self.books.must_hold(self.currencies[1])
        assert found[-1][0] == self.books.must_hold(ZERO)

    def teardown(self):
        """From wherever the run has come, each honest party alone brings each open order to its end."""
        open_ones = [entry for entry in self.books.orders if entry.state in OPEN]
        type(self).runs += 1
        for number in range(min(MOST_ENDED_ALONE, len(open_ones))):
            entry = open_ones[(self.runs * MOST_ENDED_ALONE + number) % len(open_ones)]
            self.seller_alone(entry)
            self.buyer_alone(entry)

    # helpers

    def money_comes_in_by_the_back_door(self, which, quantity):
        currency = self.currencies[which % 2]
        self.books.stray[currency] += quantity
        if currency == ZERO:
            self.forced_ether.deploy(self.market, {"from": self.owner, "value": quantity})
        else:
            assert self.raw.send(self.roles["stranger"], self.coin, "transfer", (self.market, quantity))[0]

    def commission_is_lowered(self, which, bps):
        number = which % 2
        new = min(bps, self.fees[number])
        sender = self.roles[("owner", "steward")[number]]
        community = (0, self.community_id)[number]
        assert self.raw.send(sender, self.registry, "setFeeBps", (community, new))[0]
        self.fees[number] = new

    def listing_is_paused_or_resumed(self, which):
        terms = self.listings[which % len(self.listings)]
        listing_id = terms.listing_id(chain.id, self.market.address)
        self.paused ^= {listing_id}
        arguments = (terms.words(), listing_id in self.paused)
        assert self.raw.send(self.roles["seller"], self.market, "setPaused", arguments)[0]

    def pick(self, which) -> Entry:
        return self.books.orders[which % len(self.books.orders)]

    def pick_open(self, which) -> Entry | None:
        open_ones = [entry for entry in self.books.orders if entry.state in OPEN]
        return open_ones[which % len(open_ones)] if open_ones else None

    def arguments(self, entry: Entry, call: str, bps: int) -> tuple:
        rest = (bps,) if call == "rule" else entry.deal.default_rest(call)
        return entry.deal.arguments(call, *rest)

    def go_on(self, entry: Entry, bps: int) -> None:
        """Take the next step of a dispute's long way, if the order is still open."""
        step = {
            State.FUNDED: ("accept", "seller"),
            State.ACCEPTED: ("deliver", "seller"),
            State.DELIVERED: ("confirm", "buyer") if bps % 5 == 1 else ("dispute", "buyer"),
            State.CONTESTED: ("stake", "seller"),
            State.DISPUTED: ("rule", "arbiter"),
        }.get(entry.state)
        if step is not None:
            self.attempt(entry, step[0], self.roles[step[1]], bps)

    def attempt(self, entry: Entry, call: str, sender, bps: int = 0) -> None:
        """Try a call: it must be refused for the reason the books give, or do what they say."""
        arguments, value = self.arguments(entry, call, bps), entry.deal.default_value(call)
        before = self.raw.now()
        expected = self.books.refusal(entry, call, str(sender), before)
        assert self.raw.refusal(sender, self.market, call, arguments, value) == expected
        if expected is not None:
            return
        went, timestamp = self.raw.send(sender, self.market, call, arguments, value)
        assert went == (self.books.refusal(entry, call, str(sender), timestamp) is None)
        if went:
            self.books.apply(entry, call, str(sender), timestamp, bps)
            self.reached.add(entry.state)

    def seller_alone(self, entry: Entry) -> None:
        """The seller does his part; everybody else is silent and blocklisted."""
        now = self.raw.now()
        steps = {
            State.FUNDED: ("accept", "deliver", "wait", "expire"),
            State.ACCEPTED: ("deliver", "wait", "expire"),
            State.DELIVERED: ("wait", "expire"),
            State.CONTESTED: ("stake", "wait", "expire") if entry.deal.fee else (),
            State.DISPUTED: ("wait", "expire"),
        }[entry.state]
        late = entry.state != State.DELIVERED and now >= entry.clock - 60
        if late:
            steps = ("wait", "expire")
        end = State.COMPLETED if entry.state <= State.DELIVERED else State.REFUNDED
        if late and entry.state == State.FUNDED:
            end = State.CANCELLED
        if late and entry.state == State.ACCEPTED:
            end = State.REFUNDED
        self.alone(entry, "seller", steps, end)

    def buyer_alone(self, entry: Entry) -> None:
        """The buyer does his part; everybody else is silent and blocklisted."""
        steps, end = {
            State.FUNDED: (("cancel",), State.CANCELLED),
            State.ACCEPTED: (("wait", "expire"), State.REFUNDED),
            State.DELIVERED: (("dispute", "wait", "expire"), State.REFUNDED),
            State.CONTESTED: (("wait", "expire"), State.REFUNDED),
            State.DISPUTED: (("wait", "expire"), State.REFUNDED),
        }[entry.state]
        if entry.state == State.DELIVERED and self.raw.now() >= entry.clock - 60:
            steps, end = ("wait", "expire"), State.COMPLETED  # his own silence
        self.alone(entry, "buyer", steps, end)

    def alone(self, entry: Entry, role: str, steps: tuple, end: State) -> None:
        """Take these steps on a copy of the chain, and get out what is owed in the end."""
        party, raw = self.roles[role], self.raw
        most_calls = 4 if entry.state == State.FUNDED else 2
        assert sum(step != "wait" for step in steps) <= most_calls
        remembered = raw.snapshot()
        kept = (entry.state, entry.amount, entry.clock, self.books.credits.copy(), self.books.sold.copy())
        assert raw.send(self.owner, self.coin, "blockAllBut", (party, self.market))[0]
        for step in steps:
            if step == "wait":
                jump_to(max(raw.now(), entry.last_second + 1))
                continue
            arguments, value = self.arguments(entry, step, 0), entry.deal.default_value(step)
            went, timestamp = raw.send(party, self.market, step, arguments, value)
            assert went, f"{role} cannot {step} in {entry.state.name}"
            self.books.apply(entry, step, str(party), timestamp)
        assert entry.state == end
        self.reached.add(end)
        currency = entry.deal.terms.currency
        owed = self.books.credits[str(party), currency]
        assert raw.reads((self.market, "creditOf", (party, currency)))[0][0] == owed
        if owed:
            assert raw.send(party, self.market, "withdraw", (currency, party, owed))[0]
        raw.revert(remembered)
        entry.state, entry.amount, entry.clock, self.books.credits, self.books.sold = kept


@pytest.fixture(scope="module")
def roles(seller, buyer, payer, arbiter, backup, stranger, steward, owner):
    names = ("seller", "buyer", "payer", "arbiter", "backup", "stranger", "steward", "owner")
    return dict(zip(names, (seller, buyer, payer, arbiter, backup, stranger, steward, owner), strict=True))


@pytest.fixture(scope="module")
def coin(make_token, BlocklistingToken):
    return make_token(BlocklistingToken)


@pytest.fixture(scope="module")
def reader(ManyReads, owner):
    return ManyReads.deploy({"from": owner})


@pytest.fixture(scope="module")
def listings(list_terms, coin):
    """Give terms of each sort: currency, arbiter's fee, backup, instant."""
    instant = {"kind": SERVICE, "transit_for": 0, "instant": 1, "accept_for": 0, "deliver_for": 48 * HOUR}
    return (
        list_terms(LIMIT),
        list_terms(LIMIT, currency=coin.address, unit_price=PRICE + 4, arbiter_fee=ARBITER_FEE + 2),
        list_terms(LIMIT, arbiter_fee=0, backup_arbiter=ZERO),
        list_terms(LIMIT, currency=coin.address, unit_price=7, backup_arbiter=ZERO, arbiter_fee=1, **instant),
    )


@pytest.mark.timeout(600)
def test_market_keeps_its_promises_when_anything_happens(
    market, registry, coin, listings, roles, owner, reader, ForcedEther, state_machine
):
    settings = {
        "max_examples": 12,
        "stateful_step_count": 25,
        "deadline": None,
        "suppress_health_check": HealthCheck.all(),
    }
    reached = set()
    state_machine(
        Machine, market, registry, coin, listings, roles, owner, reader, ForcedEther, reached, settings=settings
    )
    assert reached == {*OPEN, *FINAL}, "the runs must get everywhere to prove anything"
