"""Milestones: a service that is delivered, inspected and paid in parts."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import completed, given_back, ruled
from tests.helpers.deal import State
from tests.helpers.events import assert_events
from tests.helpers.reverts import field, refused
from tests.helpers.terms import DAY, GOODS, HOUR, SERVICE, Extras, salt
from tests.helpers.time import jump_to

FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
PARTS = ((2_500, 7 * DAY, 3 * DAY), (1, 2 * DAY, 5 * DAY), (7_499, 30 * DAY, 2 * DAY))
EXTRAS = Extras(PARTS)
WORK = {"kind": SERVICE, "transit_for": 0}
DONE = "0x" + "d0" * 32


@pytest.fixture(scope="module")
def working(list_terms):
    return list_terms(extras=EXTRAS, **WORK)


@pytest.fixture(scope="module")
def fresh(make_deal, working):
    return make_deal(State.ACCEPTED, working)


def deliver(deal, number, extras=EXTRAS, **tx):
    return deal.do("deliverMilestone", deal.parties.seller, extras.words(), number, DONE, **tx)


def confirm(deal, number, extras=EXTRAS):
    return deal.do("confirmMilestone", deal.parties.holder, extras.words(), number)


def to_milestone(deal, number):
    for done in range(number):
        deliver(deal, done)
        confirm(deal, done)
    return deal


def share_of(number: int, left: int) -> int:
    return left * PARTS[number][0] // sum(part[0] for part in PARTS[number:])


def test_listing_shows_its_extras_and_orders_start_with_their_flag(market, terms, seller, make_deal):
    asked = terms.but(extras=EXTRAS.hash(), salt=salt(777), **WORK)
    tx = market.listWithExtras(asked.words(), 5, EXTRAS.words(), {"from": seller})
    deal = make_deal(terms=asked)
    opened, shown = tx.events["ListingOpened"], tx.events["ListingExtras"]
    assert (str(opened["listingId"]), str(shown["listingId"])) == (deal.listing_id, deal.listing_id)
    assert tuple(map(tuple, shown["extras"][0])) == PARTS
    assert deal.listing.flags == 4
    deal.buy()
    assert deal.order.flags == 4


def test_every_milestone_is_delivered_and_paid_in_turn(market, fresh, seller, buyer):
    deal, left, total = fresh, fresh.total, completed(0, *FEES)
    for number, (_, _, inspect_for) in enumerate(PARTS):
        tx = deliver(deal, number)
        inspect_by = tx.timestamp + inspect_for
        assert (deal.state, deal.order.clock, deal.order.milestone) == (State.DELIVERED, inspect_by, number)
        assert_events(tx, [market], ("OrderDelivered", {"key": deal.key, "commitment": DONE, "inspectBy": inspect_by}))
        tx = confirm(deal, number)
        paid = share_of(number, left)
        left -= paid
        shares = completed(paid, *FEES)
        total = type(total)(*(old + new for old, new in zip(vars(total).values(), vars(shares).values(), strict=True)))
        if number + 1 < len(PARTS):
            deliver_by = tx.timestamp + PARTS[number + 1][1]
            assert (deal.state, deal.order.clock, deal.order.milestone) == (State.ACCEPTED, deliver_by, number + 1)
            said = {"key": deal.key, "milestone": number, "by": str(buyer), "amount": paid, "left": left}
            event = ("MilestonePaid", {**said, "deliverBy": deliver_by})
        else:
            event = ("OrderCompleted", {"key": deal.key, "by": str(buyer)})
        assert_events(tx, [market], event, deal.credits_added(shares))
        assert deal.order.amount == left
    assert (deal.state, left) == (State.COMPLETED, 0)
    assert deal.credits() == total


@pytest.mark.parametrize("number", [0, 1, 2])
def test_milestone_is_paid_when_the_buyer_is_silent(fresh, number, stranger):
    deal = to_milestone(fresh, number)
    deliver(deal, number)
    clock = deal.order.clock
    jump_to(clock)
    with refused("MarketTooEarly", clock, clock):
        deal.ask("expireMilestone", stranger, EXTRAS.words(), number)
    jump_to(clock + 1)
    left = deal.order.amount
    deal.do("expireMilestone", stranger, EXTRAS.words(), number)
    assert deal.order.amount == left - share_of(number, left)
    assert deal.state == (State.COMPLETED if number == 2 else State.ACCEPTED)


@pytest.mark.parametrize("number", [0, 1, 2])
def test_unpaid_rest_goes_back_when_a_milestone_is_missed(market, fresh, number):
    deal = to_milestone(fresh, number)
    left, owed = deal.order.amount, deal.credits()
    jump_to(deal.overdue_at())
    with refused("MarketTooLate", ..., ...):
        deal.ask("deliverMilestone", deal.parties.seller, EXTRAS.words(), number, DONE)
    deal.expire()
    assert deal.state == State.REFUNDED
    assert deal.credits().holder == owed.holder + left
    assert deal.credits().seller == owed.seller


@pytest.mark.parametrize("number", [0, 1, 2])
def test_ruling_covers_all_that_is_left(fresh, number):
    deal = to_milestone(fresh, number)
    deliver(deal, number)
    left, owed = deal.order.amount, deal.credits()
    deal.dispute()
    deal.stake()
    deal.rule(4_000)
    shares = ruled(left, deal.fee, 4_000, *FEES)
    assert (deal.credits().holder, deal.credits().seller) == (owed.holder + shares.holder, owed.seller + shares.seller)


def test_all_goes_back_when_the_seller_gives_up(fresh):
    deal = to_milestone(fresh, 1)
    left, owed = deal.order.amount, deal.credits()
    deal.refund()
    assert deal.credits().holder == owed.holder + given_back(left).holder


def test_later_shares_are_of_what_is_left_when_parts_have_moved(fresh):
    deal = fresh
    deal.do("release", deal.parties.holder, deal.total, 500_000)
    deal.do("refundPart", deal.parties.seller, deal.total - 500_000, 250_000)
    left = deal.total - 750_000
    deliver(deal, 0)
    confirm(deal, 0)
    assert deal.order.amount == left - share_of(0, left)
    assert to_rest(deal).order.amount == 0
    assert deal.credits().total() == deal.total


def to_rest(deal):
    for number in (1, 2):
        deliver(deal, number)
        confirm(deal, number)
    return deal


@pytest.mark.parametrize("name, state, role", [
    ("deliver", State.ACCEPTED, "seller"), ("confirm", State.DELIVERED, "holder"), ("expire", State.DELIVERED, "stranger")
])  # fmt: skip
def test_plain_calls_are_refused_when_the_order_has_milestones(fresh, name, state, role):
    deal = fresh
    if state == State.DELIVERED:
        deliver(deal, 0)
        jump_to(deal.overdue_at())
    with refused("MarketHasMilestones", deal.key):
        deal.ask(name, getattr(deal.parties, role))


@pytest.mark.parametrize("name, state, role", [
    ("deliverMilestone", State.ACCEPTED, "seller"),
    ("confirmMilestone", State.DELIVERED, "holder"),
    ("expireMilestone", State.DELIVERED, "stranger"),
])  # fmt: skip
def test_milestone_calls_are_refused_when_anything_is_not_as_meant(fresh, make_deal, name, state, role):
    deal, caller = fresh, getattr(fresh.parties, role)
    more = (DONE,) if name == "deliverMilestone" else ()
    if state == State.DELIVERED:
        deliver(deal, 0)
    with refused("MarketWrongMilestone", 1, 0):
        deal.ask(name, caller, EXTRAS.words(), 1, *more)
    other = Extras(((10_000, 7 * DAY, 3 * DAY),))
    with refused("MarketWrongExtras", other.hash(), EXTRAS.hash()):
        deal.ask(name, caller, other.words(), 0, *more)
    if role != "stranger":
        with refused("MarketNotParty", deal.parties.arbiter, caller):
            deal.ask(name, deal.parties.arbiter, EXTRAS.words(), 0, *more)
    wrong = State.DELIVERED if state == State.ACCEPTED else State.ACCEPTED
    if state == State.ACCEPTED:
        deliver(deal, 0)
    else:
        confirm(deal, 0)
    with refused("MarketWrongState", deal.key, wrong):
        deal.ask(name, caller, EXTRAS.words(), 0, *more)
    plain = make_deal(state)
    with refused("MarketWrongExtras", EXTRAS.hash(), "0x" + "00" * 32):
        plain.ask(name, caller, EXTRAS.words(), 0, *more)


def test_second_click_pays_no_second_milestone(fresh):
    deal = fresh
    deliver(deal, 0)
    confirm(deal, 0)
    deliver(deal, 1)
    with refused("MarketWrongMilestone", 0, 1):
        deal.ask("confirmMilestone", deal.parties.holder, EXTRAS.words(), 0)


FIRST = (7 * DAY, 3 * DAY)
BAD = [
    ("milestones", tuple((909, *FIRST) for _ in range(11)), 11, 0, 10),
    ("shareBps", ((9_999, *FIRST),), 9_999, 10_000, 10_000),
    ("shareBps", ((9_999, *FIRST), (2, *FIRST)), 10_001, 10_000, 10_000),
    ("shareBps", ((0, *FIRST), (10_000, *FIRST)), 0, 1, 10_000),
    ("deliverFor", ((10_000, 7 * DAY + 1, 3 * DAY),), 7 * DAY + 1, 7 * DAY, 7 * DAY),
    ("inspectFor", ((10_000, 7 * DAY, 3 * DAY - 1),), 3 * DAY - 1, 3 * DAY, 3 * DAY),
    ("deliverFor", ((5_000, *FIRST), (5_000, HOUR - 1, DAY)), HOUR - 1, HOUR, 180 * DAY),
    ("deliverFor", ((5_000, *FIRST), (5_000, 180 * DAY + 1, DAY)), 180 * DAY + 1, HOUR, 180 * DAY),
    ("inspectFor", ((5_000, *FIRST), (5_000, HOUR, DAY - 1)), DAY - 1, DAY, 60 * DAY),
    ("inspectFor", ((5_000, *FIRST), (5_000, HOUR, 60 * DAY + 1)), 60 * DAY + 1, DAY, 60 * DAY),
]


def ask_to_list(market, terms, seller, shown, **changes):
    asked = terms.but(**{"extras": shown.hash(), **WORK, **changes})
    return market.listWithExtras.call(asked.words(), 1, shown.words(), {"from": seller})


@pytest.mark.parametrize("name, parts, found, smallest, largest", BAD)
def test_milestones_are_refused_when_one_lies_beyond_a_bound(
    market, terms, seller, name, parts, found, smallest, largest
):
    with refused("MarketBadTerm", field(name), found, smallest, largest):
        ask_to_list(market, terms, seller, Extras(parts))


def test_milestones_are_listed_when_they_lie_on_the_bounds(market, terms, seller):
    ten = ((1, *FIRST), (9_991, HOUR, DAY), *((1, 180 * DAY, 60 * DAY) for _ in range(8)))
    assert ask_to_list(market, terms, seller, Extras(ten))
    assert ask_to_list(market, terms, seller, Extras(((10_000, *FIRST),)))
    assert ask_to_list(market, terms, seller, Extras(), kind=GOODS)


def test_milestones_are_for_services_that_are_accepted(market, terms, seller):
    with refused("MarketBadTerm", field("kind"), GOODS, SERVICE, SERVICE):
        ask_to_list(market, terms, seller, EXTRAS, kind=GOODS)
    short = Extras(((10_000, 2 * DAY, 3 * DAY),))
    with refused("MarketBadTerm", field("instant"), 1, 0, 0):
        ask_to_list(market, terms, seller, short, instant=1, accept_for=0, deliver_for=2 * DAY)


def test_extras_are_refused_when_they_are_not_those_in_the_terms(market, terms, seller):
    with refused("MarketWrongExtras", EXTRAS.hash(), salt(5)):
        ask_to_list(market, terms, seller, EXTRAS, extras=salt(5))


@pytest.mark.parametrize("handed_over", [False, True])
def test_order_in_one_piece_has_no_milestone_whatever_else_its_extras_say(list_terms, make_deal, stranger, handed_over):
    extras = Extras(final_offer=True)
    deal = make_deal(State.ACCEPTED, list_terms(extras=extras))
    if handed_over:
        deal.do("transferOrder", deal.parties.holder, stranger)
    with refused("MarketWrongMilestone", 0, 0):
        deal.ask("deliverMilestone", deal.parties.seller, extras.words(), 0, DONE)


def test_offer_about_a_milestone_before_is_no_last_offer(list_terms, make_deal):
    extras = Extras(PARTS, final_offer=True)
    deal = make_deal(State.ACCEPTED, list_terms(extras=extras, **WORK))
    deal.now_offer("holder", 1)
    deal.now_offer("seller", 2)
    deliver(deal, 0, extras)
    deal.dispute()
    assert (deal.aside.holders_offer, deal.aside.sellers_offer) == (deal.total, 0)
