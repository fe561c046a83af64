"""Random lives of many orders at once, in ETH and in a token, against the books kept in plain Python.

Promises looked after: money is conserved to the wei (2), an order's terms never change (3), final is final, and from
whatever state a run has reached, each honest party alone ends the order, whoever else is silent, blocklisted or hostile (1).
"""

import pytest
from brownie import chain
from hypothesis import strategies as st

from tests.fixtures.market import ARBITER_FEE, COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS, PRICE
from tests.helpers.accounts import community_account
from tests.helpers.books import CHANGES, FINAL_OFFER, IN_PARTS, MAX_EXTENSION, MILESTONES, OF_FILES, Books, Call, Entry
from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, FINAL, OPEN, Deal, Parties, State
from tests.helpers.files import RIGHT, WRONG, Wrapped, sealed_to_its_secret
from tests.helpers.raw import Raw
from tests.helpers.runs import ON_ANVIL, assert_reached, machine_settings
from tests.helpers.terms import DAY, FILE, HOUR, NONE, SERVICE, ZERO, Extras, Purchase, salt
from tests.helpers.time import jump_to

pytestmark = ON_ANVIL

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
    *CHANGES,
    *IN_PARTS,
    *OF_FILES,
)
FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
MOST_ORDERS = 24
MOST_ENDED_ALONE = 4
SELLERS_BOND = 300_000
LIMIT = 60
# Orders that every run finds: which listing, and how far they have gone. Hypothesis likes short runs, which would otherwise
# never see a dispute.
START = ((0, 0), (1, 0), (0, 1), (1, 1), (1, 2), (0, 3), (1, 3), (2, 3), (0, 4), (1, 4), (0, 5), (4, 1), (4, 2), (5, 1),
         (6, 3), (6, 5), (7, 3))  # fmt: skip
IN_MILESTONES, OF_A_FILE = 6, 8  # orders on the first go on by confirming what was delivered
# of a file: delivered with a wrong key, the same and claimed to be, and claimed with the right key
FILES_AT_THE_START = ((2, 3_332), (3, 3_332), (3, 3_337))
EXTRAS = (
    Extras(((3_333, 2 * DAY, 3 * DAY), (1, DAY, 2 * DAY), (6_666, HOUR, DAY)), final_offer=True),
    Extras(final_offer=True),
)
BY_HASH = {extras.hash(): extras for extras in EXTRAS}


class Machine:
    st_number = st.integers(0, 2**32)
    st_quantity = st.integers(1, 9)
    st_steps = st.integers(0, 5)
    st_call = st.sampled_from(CALLS)
    st_change = st.sampled_from(CHANGES)
    st_yes = st.booleans()
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
            "first_books": Books(str(market.address)),
            "runs": 0,
        }
        first = Machine.__new__(Machine)
        first.__dict__.update(shared, books=shared["first_books"], fees=list(FEES), paused=set())
        first.put_in("seller", ZERO, SELLERS_BOND)
        for number, (listing, steps) in enumerate(START):
            first.open_order(listing, 3, number, steps, 3_331 if listing == IN_MILESTONES else 3_333)
        for number, (steps, bps) in enumerate(FILES_AT_THE_START, len(START)):
            first.open_order(OF_A_FILE, 3, number, steps, bps)
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
        referrer = str(self.roles["steward"]) if who % 3 else ZERO
        number = salt(who << 8 | len(self.books.orders))
        purchase = Purchase(str(payer), str(holder), terms.arbiter, number, referrer)
        if terms.rule("kind") == FILE:
            purchase = sealed_to_its_secret(purchase)
        roles = {name: self.roles[name] for name in ("seller", "arbiter", "backup", "stranger")}
        parties, extras = Parties(holder=holder, payer=payer, **roles), BY_HASH.get(terms.extras)
        deal = Deal(self.market, terms, purchase, quantity, parties, extras)
        error = None
        if deal.listing_id in self.paused:
            error = "MarketListingPaused"
        elif quantity > LIMIT - self.books.sold[deal.listing_id]:
            error = "MarketOutOfStock"
        elif terms.rule("per_buyer_open_quantity"):
            open_ = self.books.open_quantity(deal.listing_id, str(holder)) + quantity
            error = "MarketBuyerHasEnough" if open_ > terms.rule("per_buyer_open_quantity") else None
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

    def rule_parties_change_something(self, which="st_number", call="st_change", part="st_number", seller="st_yes"):
        entry = self.pick_open(which)
        if entry is not None:
            who = entry.deal.terms.seller if seller else entry.holder
            self.attempt(entry, call, who, part)

    def rule_bond_is_put_in_or_taken_out(self, which="st_number", quantity="st_quantity", part="st_part"):
        currency = self.currencies[which % 2]
        account = self.roles[("seller", "buyer")[which // 2 % 2]]
        free = self.books.bonds[str(account), currency]
        if which // 4 % 3:
            self.put_in(("seller", "buyer")[which // 2 % 2], currency, quantity * ARBITER_FEE // 3)
            return
        amount = {"all": free, "half": free // 2, "one unit": 1}[part]
        if amount == 0 or amount > free:
            error = "MarketBadAmount" if amount == 0 else "MarketBondTooLow"
            assert self.raw.refusal(account, self.market, "withdrawBond", (currency, amount)) == error
            return
        assert self.raw.send(account, self.market, "withdrawBond", (currency, amount))[0]
        self.books.bonds[str(account), currency] -= amount
        self.books.credits[str(account), currency] += amount

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
            *((self.market, "bondOf", pair) for pair in accounts),
            *((self.market, "asideOf", (entry.deal.key,)) for entry in orders),
            *((self.market, "talksOf", (entry.deal.key,)) for entry in orders),
            *((self.market, "openQuantityOf", pair) for pair in self.capped()),
            (self.coin, "balanceOf", (self.market,)),
            (self.raw.reader, "balanceOf", (self.market,)),
        )
        for entry, (word,) in zip(orders, found, strict=False):
            assert word == entry.word()
        found = found[len(orders) :]
        for pair, (owed,) in zip(accounts, found, strict=False):
            assert owed == self.books.credits[pair], pair
        found = found[len(accounts) :]
        for terms, (listing,) in zip(self.listings, found, strict=False):
            listing_id = terms.listing_id(chain.id, self.market.address)
            flags = self.flags_of(terms)
            assert listing == (True, listing_id in self.paused, LIMIT, self.books.sold[listing_id], flags)
        found = found[len(self.listings) :]
        for pair, (free,) in zip(accounts, found, strict=False):
            assert free == self.books.bonds[pair], pair
        found = found[len(accounts) :]
        for entry, (aside,) in zip(orders, found, strict=False):
            assert aside == entry.aside()
        found = found[len(orders) :]
        for entry, (talks,) in zip(orders, found, strict=False):
            assert talks == entry.talks()
        for pair, (quantity,) in zip(self.capped(), found[len(orders) : -2], strict=True):
            assert quantity == self.books.open_quantity(*pair)
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

    def put_in(self, role, currency, amount):
        account, value = self.roles[role], amount if currency == ZERO else 0
        assert self.raw.send(self.roles["payer"], self.market, "depositBond", (account, currency, amount), value)[0]
        self.books.bonds[str(account), currency] += amount

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

    def capped(self) -> list[tuple[str, str]]:
        """Give listing and buyer wherever units per buyer are counted."""
        ids = [terms.listing_id(chain.id, self.market.address) for terms in self.listings
               if terms.rule("per_buyer_open_quantity")]  # fmt: skip
        return [(listing_id, str(self.roles["buyer"])) for listing_id in ids]

    def pick(self, which) -> Entry:
        return self.books.orders[which % len(self.books.orders)]

    def pick_open(self, which) -> Entry | None:
        open_ones = [entry for entry in self.books.orders if entry.state in OPEN]
        return open_ones[which % len(open_ones)] if open_ones else None

    def arguments(self, entry: Entry, call: str, bps: int) -> tuple:
        if call in ("release", "refundPart", "offerSettlement"):
            rest = (entry.amount, bps)
        elif call == "extend":
            rest = (entry.clock, max(entry.clock + bps, 0))
        elif call == "transferOrder":
            rest = (entry.next_holder,)
        elif call == "deliverFile":
            rest = (self.wrap(entry, bps).words(),)
        elif call == "claimBadKey":
            rest = entry.deal.claim(entry.wrap)
        elif call in IN_PARTS:
            shown = (entry.deal.extras or Extras()).words()
            rest = (shown, bps, NONE) if call == "deliverMilestone" else (shown, bps)
        elif call in ("rule", "acceptSettlement"):
            rest = (bps,)
        else:
            rest = entry.deal.default_rest(call)
        return entry.deal.arguments(call, *rest)

    def part(self, entry: Entry, call: str, sender, number: int) -> int:
        """Give a telling number for a call: nothing, a little, a part, all, too much."""
        if call == "extend":
            return (0, 1, HOUR, MAX_EXTENSION - entry.extended_s, MAX_EXTENSION + 1)[number % 5]
        if call == "acceptSettlement":
            offered = entry.standing(str(sender))
            return (1 if offered is None else offered) + (number % 4 == 0)
        if call in IN_PARTS:
            return entry.milestone + (number % 4 == 0)
        if call in CHANGES:
            return (0, 1, entry.amount // 3, entry.amount, entry.amount + 1)[number % 5]
        return number

    def go_on(self, entry: Entry, bps: int) -> None:
        """Take the next step of a dispute's long way, if the order is still open."""
        in_parts = "Milestone" if entry.flags & MILESTONES else ""
        looked_at = (f"confirm{in_parts}", "buyer") if bps % 5 == 1 else ("dispute", "buyer")
        if entry.wrap and (not entry.key_is_right or bps % 5 == 2):
            looked_at = ("claimBadKey", "buyer")
        step = {
            State.FUNDED: ("accept", "seller"),
            State.ACCEPTED: (delivery_of(entry), "seller"),
            State.DELIVERED: looked_at,
            State.CONTESTED: ("stake", "seller"),
            State.DISPUTED: ("rule", "arbiter"),
        }.get(entry.state)
        if step is not None:
            self.attempt(entry, step[0], self.roles[step[1]], bps)

    def attempt(self, entry: Entry, call: str, sender, bps: int = 0) -> None:
        """Try a call: it must be refused for the reason the books give, or do what they say."""
        bps = self.part(entry, call, sender, bps)
        arguments, value = self.arguments(entry, call, bps), self.value(entry, call, sender)
        expected = self.books.refusal(entry, self.call(entry, call, sender, self.raw.now(), bps, value))
        if call in IN_PARTS and entry.deal.extras is None and expected == "MarketWrongMilestone":
            expected = "MarketWrongExtras"  # there are none to show
        assert self.raw.refusal(sender, self.market, call, arguments, value) == expected
        if expected is not None:
            self.reached.add(expected)
            return
        went, timestamp = self.raw.send(sender, self.market, call, arguments, value)
        made = self.call(entry, call, sender, timestamp, bps, value)
        assert went == (self.books.refusal(entry, made) is None)
        if went:
            self.books.apply(entry, made)
            self.reached.add(entry.state)
            self.reached |= {"a milestone is paid"} if entry.milestone else set()
            self.reached |= {"an offer is frozen"} if entry.frozen[0] else set()
            self.reached |= {"a wrong key is refuted"} if call == "claimBadKey" else set()

    @staticmethod
    def wrap(entry: Entry, number: int) -> Wrapped:
        """Give a file's key as the seller delivers it: a wrong one every other time."""
        return entry.deal.wrap(RIGHT if number % 2 else WRONG)

    def call(self, entry: Entry, name: str, sender, timestamp: int, number: int, value: int) -> Call:
        """Give a call as the books take it."""
        wrap = self.wrap(entry, number) if name == "deliverFile" else None
        return Call(name, str(sender), timestamp, number, value, to=entry.next_holder, wrap=wrap)

    def flags_of(self, terms) -> int:
        """Give the flags with which orders on these terms start."""
        extras = BY_HASH.get(terms.extras, Extras())
        return (MILESTONES if extras.milestones else 0) | (FINAL_OFFER if extras.final_offer else 0)

    def value(self, entry: Entry, call: str, sender) -> int:
        """Give the ETH for a call: none for a stake that the sender's free bond covers."""
        enough = self.books.bonds[str(sender), entry.deal.terms.currency] >= entry.deal.fee
        own = call == "dispute" or (call == "stake" and str(sender) == entry.deal.terms.seller)
        return 0 if own and enough else entry.deal.default_value(call)

    def seller_alone(self, entry: Entry) -> None:
        """The seller does his part; everybody else is silent and blocklisted."""
        now = self.raw.now()
        parts = len(entry.deal.extras.milestones) - entry.milestone if entry.flags & MILESTONES else 0
        deliver, expire = delivery_of(entry), "expireMilestone" if parts else "expire"
        rest = (deliver, "wait", expire) * max(parts - 1, 0)
        steps = {
            State.FUNDED: ("accept", deliver, "wait", expire, *rest),
            State.ACCEPTED: (deliver, "wait", expire, *rest),
            State.DELIVERED: ("wait", expire, *rest),
            State.CONTESTED: ("stake", "wait", "expire") if entry.deal.fee else (),
            State.DISPUTED: ("wait", "expire"),
        }[entry.state]
        late = entry.state != State.DELIVERED and now >= entry.clock - 60
        free = self.books.bonds[entry.deal.terms.seller, entry.deal.terms.currency]
        if entry.state == State.FUNDED and free < entry.bond:
            return  # he asked for a sale that he cannot back: he declines, or his time runs out
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
        not_as_promised = ("dispute", "wait", "expire")  # the seller is silent, and has staked from his bond at most
        if entry.wrap and not entry.key_is_right:
            not_as_promised = ("claimBadKey",)
        steps, end = {
            State.FUNDED: (("cancel",), State.CANCELLED),
            State.ACCEPTED: (("wait", "expire"), State.REFUNDED),
            State.DELIVERED: (not_as_promised, State.REFUNDED),
            State.CONTESTED: (("wait", "expire"), State.REFUNDED),
            State.DISPUTED: (("wait", "expire"), State.REFUNDED),
        }[entry.state]
        if entry.state == State.DELIVERED and self.raw.now() >= entry.clock - 60:  # his own silence
            expire = "expireMilestone" if entry.flags & MILESTONES else "expire"
            steps, end = ("wait", expire), State.COMPLETED
            if entry.flags & MILESTONES and entry.milestone + 1 < len(entry.deal.extras.milestones):
                steps, end = (*steps, "wait", "expire"), State.REFUNDED
        self.alone(entry, "buyer" if entry.holder == str(self.roles["buyer"]) else "stranger", steps, end)

    def alone(self, entry: Entry, role: str, steps: tuple, end: State) -> None:
        """Take these steps on a copy of the chain, and get out what is owed in the end."""
        party, raw = self.roles[role], self.raw
        open_milestones = len(entry.deal.extras.milestones) - entry.milestone if entry.flags & MILESTONES else 1
        assert sum(step != "wait" for step in steps) <= 2 * open_milestones + 2
        remembered = raw.snapshot()
        kept, at = self.books.copy(), self.books.orders.index(entry)
        assert raw.send(self.owner, self.coin, "blockAllBut", (party, self.market))[0]
        for step in steps:
            if step == "wait":
                jump_to(max(raw.now(), entry.last_second + 1))
                continue
            number = entry.milestone if step in IN_PARTS else RIGHT
            arguments, value = self.arguments(entry, step, number), self.value(entry, step, party)
            went, timestamp = raw.send(party, self.market, step, arguments, value)
            assert went, f"{role} cannot {step} in {entry.state.name}"
            self.books.apply(entry, self.call(entry, step, party, timestamp, number, value))
        assert entry.state == end
        self.reached.add(end)
        currency = entry.deal.terms.currency
        owed = self.books.credits[str(party), currency]
        assert raw.reads((self.market, "creditOf", (party, currency)))[0][0] == owed
        if owed:
            assert raw.send(party, self.market, "withdraw", (currency, party, owed))[0]
        raw.revert(remembered)
        vars(entry).update(vars(kept.orders[at]))
        for name in ("credits", "sold", "bonds", "balances"):
            setattr(self.books, name, getattr(kept, name))


def delivery_of(entry: Entry) -> str:
    """Give the call by which an order is delivered."""
    if entry.deal.is_file:
        return "deliverFile"
    return "deliverMilestone" if entry.flags & MILESTONES else "deliver"


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
    """Give terms of each sort: currency, arbiter's fee, backup, instant, milestones, last offers, a sealed file."""
    instant = {"kind": SERVICE, "transit_for": 0, "instant": 1, "accept_for": 0, "deliver_for": 48 * HOUR}
    return (
        list_terms(LIMIT),
        list_terms(LIMIT, currency=coin.address, unit_price=PRICE + 4, arbiter_fee=ARBITER_FEE + 2),
        list_terms(LIMIT, arbiter_fee=0, backup_arbiter=ZERO),
        list_terms(LIMIT, currency=coin.address, unit_price=7, backup_arbiter=ZERO, arbiter_fee=1, **instant),
        list_terms(LIMIT, unit_price=PRICE // 9, arbiter_fee=ARBITER_FEE // 3, bond_bps=1_501, referral_bps=211),
        list_terms(LIMIT, currency=coin.address, referral_bps=211, per_buyer_open_quantity=12),
        list_terms(LIMIT, extras=EXTRAS[0], kind=SERVICE, transit_for=0, deliver_for=2 * DAY, bond_bps=1),
        list_terms(LIMIT, extras=EXTRAS[1], currency=coin.address),
        list_terms(
            LIMIT,
            unit_price=PRICE // 9,
            arbiter_fee=ARBITER_FEE // 3,
            bond_bps=101,
            referral_bps=211,
            per_buyer_open_quantity=30,
            kind=FILE,
            transit_for=0,
        ),
    )


@pytest.mark.timeout(600)
def test_market_keeps_its_promises_when_anything_happens(
    market, registry, coin, listings, roles, owner, reader, ForcedEther, state_machine
):
    reached = set()
    state_machine(
        Machine,
        market,
        registry,
        coin,
        listings,
        roles,
        owner,
        reader,
        ForcedEther,
        reached,
        settings=machine_settings(25),
    )
    assert_reached(
        {*OPEN, *FINAL, "a milestone is paid", "an offer is frozen", "a wrong key is refuted", "MarketKeyIsRight"},
        reached,
    )
