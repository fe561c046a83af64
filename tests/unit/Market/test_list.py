"""list: which terms may be put on sale."""

import pytest

from tests.helpers.deal import Listing
from tests.helpers.events import assert_events
from tests.helpers.reverts import field, refused
from tests.helpers.terms import BLUEPRINT, DAY, GOODS, HOUR, NONE, SERVICE, ZERO, Extras, salt
from tests.helpers.time import now

INSTANT = {"instant": 1, "accept_for": 0, "deliver_for": HOUR}
MAX128 = 2**128 - 1

# field, other changes, smallest, largest; both edges are listed, one beyond each is refused
BOUNDS = [
    ("unit_price", {"arbiter_fee": 1}, 1, MAX128),
    ("arbiter_fee", {"unit_price": 1_000}, 0, 1_000),
    ("max_fee_bps", {}, 0, 10_000),
    ("referral_bps", {}, 0, 2_500),
    ("referral_bps", {"max_fee_bps": 100}, 0, 100),
    ("bond_bps", {}, 0, 10_000),
    ("bond_bps", {"instant": 1, "accept_for": 0, "deliver_for": HOUR}, 0, 0),
    ("split_version", {}, 0, 0),
    ("accept_for", {}, HOUR, 30 * DAY),
    ("deliver_for", {}, HOUR, 180 * DAY),
    ("deliver_for", INSTANT, HOUR, 48 * HOUR),
    ("accept_for", INSTANT, 0, 0),
    ("transit_for", {}, 0, 90 * DAY),
    ("transit_for", {"kind": SERVICE}, 0, 0),
    ("inspect_for", {}, DAY, 60 * DAY),
    ("rule_for", {}, 3 * DAY, 60 * DAY),
]


def camel(name: str) -> str:
    head, *tail = name.split("_")
    return head + "".join(part.title() for part in tail)


def ask(market, terms, sender, limit=1):
    return market.list.call(terms.words(), limit, {"from": sender})


@pytest.mark.parametrize("limit", [0, 1, 2**32 - 1])
def test_list_puts_the_terms_on_sale_when_all_are_within_bounds(market, terms, seller, community_id, chain, limit):
    listing_id = terms.listing_id(chain.id, market.address)
    tx = market.list(terms.words(), limit, {"from": seller})
    assert tx.return_value == listing_id
    assert Listing(*market.listingOf(listing_id)) == (True, False, limit, 0, 0)
    expected = {
        "listingId": listing_id,
        "seller": str(seller),
        "communityId": community_id,
        "terms": terms.words(),
        "quantityLimit": limit,
    }
    assert_events(tx, [market], ("ListingOpened", expected))


def test_list_reverts_when_the_same_terms_were_listed_before(market, listed, seller, chain):
    with refused("MarketListingExists", listed.listing_id(chain.id, market.address)):
        ask(market, listed, seller)


def test_list_reverts_when_the_caller_is_not_the_seller(market, terms, stranger, seller):
    with refused("MarketNotParty", stranger, seller):
        ask(market, terms, stranger)


@pytest.mark.parametrize("name, others, smallest, largest", BOUNDS)
def test_term_is_listed_when_it_lies_on_a_bound(market, terms, seller, name, others, smallest, largest):
    base = terms.but(transit_for=0).but(**others)
    for value in {smallest, largest}:
        assert ask(market, base.but(**{name: value}), seller)


@pytest.mark.parametrize("name, others, smallest, largest", BOUNDS)
def test_term_is_refused_when_it_lies_beyond_a_bound(market, terms, seller, name, others, smallest, largest):
    base = terms.but(transit_for=0).but(**others)
    for value in {smallest - 1, largest + 1} - {-1, MAX128 + 1}:
        with refused("MarketBadTerm", field(camel(name)), value, smallest, largest):
            ask(market, base.but(**{name: value}), seller)


@pytest.mark.parametrize("kind", [4, 255])
def test_kind_is_refused_when_there_is_no_such(market, terms, seller, kind):
    with refused("MarketBadTerm", field("kind"), kind, GOODS, SERVICE):
        ask(market, terms.but(kind=kind), seller)


def test_blueprint_is_listed_like_goods_that_need_no_way(market, terms, seller):
    drawn = terms.but(kind=BLUEPRINT, transit_for=0)
    ask(market, drawn, seller)
    final = Extras(final_offer=True)
    market.listWithExtras.call(drawn.but(extras=final.hash()).words(), 1, final.words(), {"from": seller})


def test_blueprint_is_refused_when_it_is_to_be_shipped_or_has_milestones(market, terms, seller):
    with refused("MarketBadTerm", field("transitFor"), 1, 0, 0):
        ask(market, terms.but(kind=BLUEPRINT, transit_for=1), seller)
    drawn = terms.but(kind=BLUEPRINT, transit_for=0)
    parts = Extras(((10_000, drawn.clock("deliver_for"), drawn.clock("inspect_for")),))
    with refused("MarketBadTerm", field("kind"), BLUEPRINT, SERVICE, SERVICE):
        market.listWithExtras.call(drawn.but(extras=parts.hash()).words(), 1, parts.words(), {"from": seller})


@pytest.mark.parametrize("instant", [2, 255])
def test_instant_is_refused_when_it_is_neither_yes_nor_no(market, terms, seller, instant):
    with refused("MarketBadTerm", field("instant"), instant, 0, 1):
        ask(market, terms.but(instant=instant), seller)


@pytest.mark.parametrize("bit", [232, 255])
def test_clocks_are_refused_when_a_bit_above_the_fields_is_set(market, terms, seller, bit):
    with refused("MarketBadTerm", field("clocks"), 1 << (bit - 232), 0, 0):
        ask(market, terms.but(clocks=terms.clocks | 1 << bit), seller)


@pytest.mark.parametrize("name", ["buyer", "member"])
def test_levels_are_refused_when_no_member_can_have_them(market, terms, seller, name):
    discount = {"member_discount_bps": 1} if name == "member" else {}
    assert ask(market, terms.but(**{f"{name}_level": 9}, **discount), seller)
    for level in (10, 255):
        with refused("MarketBadTerm", field(f"{name}Level"), level, 0, 9):
            ask(market, terms.but(**{f"{name}_level": level}, **discount), seller)


@pytest.mark.parametrize("level, bps, bounds", [(0, 1, (0, 0)), (1, 0, (1, 9_999)), (9, 10_000, (1, 9_999))])
def test_discount_is_refused_when_it_is_nobodys_or_nothing_or_all(market, terms, seller, level, bps, bounds):
    free = {"arbiter_fee": 0}
    for least in (1, 9_999):
        assert ask(market, terms.but(member_level=1, member_discount_bps=least, **free), seller)
    with refused("MarketBadTerm", field("memberDiscountBps"), bps, *bounds):
        ask(market, terms.but(member_level=level, member_discount_bps=bps, **free), seller)


def test_persona_is_refused_when_its_calls_do_not_exist(market, terms, seller):
    with refused("MarketBadTerm", field("persona"), 1, 0, 0):
        ask(market, terms.but(persona=salt(1)), seller)


def test_terms_with_extras_are_refused_when_nobody_shows_them(market, terms, seller):
    with refused("MarketBadTerm", field("extras"), 1, 0, 0):
        ask(market, terms.but(extras=salt(1)), seller)


@pytest.mark.parametrize("offset, works", [(-1, False), (0, True), (1, True)])
def test_end_of_sale_must_not_lie_in_the_past_when_there_is_one(market, terms, seller, offset, works):
    end = now() + offset
    if works:
        assert ask(market, terms.but(valid_until=end), seller)
        return
    with refused("MarketBadTerm", field("validUntil"), end, end + 1, 2**40 - 1):
        ask(market, terms.but(valid_until=end), seller)


@pytest.mark.parametrize("who", [ZERO, "seller"])
def test_arbiter_is_refused_when_there_is_none_or_he_is_the_seller(market, terms, seller, who):
    account = str(seller) if who == "seller" else who
    with refused("MarketBadArbiter", account):
        ask(market, terms.but(arbiter=account), seller)


@pytest.mark.parametrize("role", ["seller", "arbiter"])
def test_backup_is_refused_when_he_has_another_part(market, terms, seller, request, role):
    account = request.getfixturevalue(role)
    with refused("MarketBadArbiter", account):
        ask(market, terms.but(backup_arbiter=str(account)), seller)


def test_terms_are_listed_when_there_is_no_backup(market, terms, seller):
    assert ask(market, terms.but(backup_arbiter=ZERO), seller)


def test_currency_is_refused_when_no_contract_is_there(market, terms, seller, stranger):
    with refused("MarketNoCode", stranger):
        ask(market, terms.but(currency=str(stranger)), seller)


@pytest.mark.parametrize("offset", [1, 2**64 - 2])
def test_community_is_refused_when_it_is_not_open(market, terms, seller, community_id, offset):
    with refused("MarketUnknownCommunity", community_id + offset):
        ask(market, terms.but(community_id=community_id + offset), seller)


def test_platform_is_no_community_when_terms_name_it(market, terms, seller):
    with refused("MarketUnknownCommunity", 0):
        ask(market, terms.but(community_id=0), seller)


@pytest.mark.parametrize("name", ["salt", "content_hash", "unit_price", "arbiter_fee"])
def test_listing_has_another_id_when_one_term_differs(market, terms, name):
    changed = terms.but(**{name: salt(77) if isinstance(getattr(terms, name), str) else 77})
    assert market.listingIdOf(terms.words()) != market.listingIdOf(changed.words())


def test_every_kind_of_nothing_is_unlisted_when_nobody_listed_it(market):
    assert Listing(*market.listingOf(NONE)) == (False, False, 0, 0, 0)


def test_split_is_refused_when_it_does_not_exist(market, terms, seller):
    with refused("MarketUnknownSplit", 7, 1):
        ask(market, terms.but(split_id=7, split_version=1), seller)
