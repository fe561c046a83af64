"""Ways in which putting terms on sale, or changing a listing, must fail."""

from tests.deals.goods import UINT32
from tests.deals.mutation import Moment, Refusal, mutation
from tests.helpers.reverts import field
from tests.helpers.terms import DAY, HOUR, ZERO, Extras, salt

LIST = ("list", "listWithExtras", "listFile")
UINT128 = 2**128 - 1
UINT40 = 2**40 - 1
NOWHERE = "0x" + "dead" * 10
HASH = "0x" + "ab" * 32


def bad_term(m: Moment, name: str, found: int, low: int, high: int, **changes) -> Refusal:
    """Give a listing whose terms have one word changed, which is out of its bounds."""
    return m.refused("MarketBadTerm", field(name), found, low, high, terms=m.terms.but(**changes))


@mutation(*LIST)
def mutate_lister_is_not_the_seller(m):
    """Somebody lists in another's name. At any listing."""
    other = m.person("stranger")
    return m.refused("MarketNotParty", other.address, m.terms.seller, by=other)


@mutation(*LIST)
def mutate_price_is_zero(m):
    """A unit costs nothing. At any listing."""
    return bad_term(m, "unitPrice", 0, 1, UINT128, unit_price=0, arbiter_fee=0)


@mutation(*LIST)
def mutate_arbiters_fee_is_above_the_price(m):
    """The arbiter would get more than the price of a unit. At any listing."""
    price = m.terms.unit_price
    return bad_term(m, "arbiterFee", price + 1, 0, price, arbiter_fee=price + 1)


@mutation(*LIST)
def mutate_arbiter_is_missing(m):
    """The terms name no arbiter. At any listing."""
    return m.refused("MarketBadArbiter", ZERO, terms=m.terms.but(arbiter=ZERO))


@mutation(*LIST)
def mutate_arbiter_is_the_seller(m):
    """The seller would be his own judge. At any listing."""
    return m.refused("MarketBadArbiter", m.terms.seller, terms=m.terms.but(arbiter=m.terms.seller))


@mutation(*LIST)
def mutate_backup_is_the_arbiter(m):
    """The backup is who has been silent. At any listing."""
    return m.refused("MarketBadArbiter", m.terms.arbiter, terms=m.terms.but(backup_arbiter=m.terms.arbiter))


@mutation(*LIST)
def mutate_backup_is_the_seller(m):
    """The seller would be the judge in the end. At any listing."""
    return m.refused("MarketBadArbiter", m.terms.seller, terms=m.terms.but(backup_arbiter=m.terms.seller))


@mutation(*LIST)
def mutate_currency_is_no_contract(m):
    """There is no code at the token's address. At any listing."""
    return m.refused("MarketNoCode", NOWHERE, terms=m.terms.but(currency=NOWHERE))


@mutation(*LIST)
def mutate_kind_is_none(m):
    """One more than there are. At any listing."""
    return bad_term(m, "kind", 4, 0, 3, kind=4)


@mutation(*LIST)
def mutate_instant_is_neither_yes_nor_no(m):
    """The flag has a second bit. At any listing."""
    return bad_term(m, "instant", 2, 0, 1, instant=2)


@mutation(*LIST)
def mutate_highest_commission_is_above_everything(m):
    """The seller's bound is more than the price. At any listing."""
    return bad_term(m, "maxFeeBps", 10_001, 0, 10_000, max_fee_bps=10_001)


@mutation(*LIST)
def mutate_referral_is_above_the_sellers_bound(m):
    """The discount for a referrer is more than all commissions may be. At any listing."""
    most = m.terms.rule("max_fee_bps")
    return bad_term(m, "referralBps", most + 1, 0, most, referral_bps=most + 1)


@mutation(*LIST, instant=1)
def mutate_instant_sale_asks_for_a_bond(m):
    """A bond that nobody would lock. At listings that are instant."""
    return bad_term(m, "bondBps", 1, 0, 0, bond_bps=1) if m.terms.rule("instant") else None


@mutation(*LIST)
def mutate_bond_is_above_the_price(m):
    """The seller would put more at risk than the price. At listings that are not instant."""
    return None if m.terms.rule("instant") else bad_term(m, "bondBps", 10_001, 0, 10_000, bond_bps=10_001)


@mutation(*LIST, split=False)
def mutate_split_version_without_a_split(m):
    """A version of nothing. At listings without a split."""
    return None if m.terms.rule("split_id") else bad_term(m, "splitVersion", 1, 0, 0, split_version=1)


@mutation(*LIST, split=True)
def mutate_split_version_does_not_exist(m):
    """A version that the split may get one day. At listings with a split."""
    split_id, version = m.terms.rule("split_id"), m.terms.rule("split_version") + 1
    if not split_id:
        return None
    return m.refused("MarketUnknownSplit", split_id, version, terms=m.terms.but(split_version=version))


@mutation(*LIST)
def mutate_community_does_not_exist(m):
    """The market of a community that nobody opened. At any listing."""
    community = m.terms.rule("community_id") + 1
    return m.refused("MarketUnknownCommunity", community, terms=m.terms.but(community_id=community))


@mutation(*LIST)
def mutate_time_to_accept_is_out_of_bounds(m):
    """Too short to be of use; any at all where nothing is accepted. At any listing."""
    instant = m.terms.rule("instant")
    low, high = (0, 0) if instant else (HOUR, 30 * DAY)
    found = 1 if instant else HOUR - 1
    return bad_term(m, "acceptFor", found, low, high, accept_for=found)


@mutation(*LIST)
def mutate_time_to_deliver_is_too_long(m):
    """A second more than may pass; 48 hours where the sale is instant. At any listing."""
    most = 48 * HOUR if m.terms.rule("instant") else 180 * DAY
    return bad_term(m, "deliverFor", most + 1, HOUR, most, deliver_for=most + 1)


@mutation(*LIST, service=True)
def mutate_service_has_a_transit_time(m):
    """Work is not shipped. At listings of services."""
    return bad_term(m, "transitFor", 1, 0, 0, transit_for=1) if m.terms.rule("kind") else None


@mutation(*LIST)
def mutate_time_to_inspect_is_too_short(m):
    """A second less than a day. At any listing."""
    return bad_term(m, "inspectFor", DAY - 1, DAY, 60 * DAY, inspect_for=DAY - 1)


@mutation(*LIST)
def mutate_time_to_rule_is_too_short(m):
    """A second less than three days. At any listing."""
    return bad_term(m, "ruleFor", 3 * DAY - 1, 3 * DAY, 60 * DAY, rule_for=3 * DAY - 1)


@mutation(*LIST)
def mutate_listing_ends_before_it_begins(m):
    """Valid until the second before. At any listing."""
    ends = m.act.timestamp - 1
    return bad_term(m, "validUntil", ends, m.act.timestamp, UINT40, valid_until=ends)


@mutation(*LIST)
def mutate_clocks_have_bits_above_their_fields(m):
    """A second spelling of the same times. At any listing."""
    return bad_term(m, "clocks", 1, 0, 0, rest=1)


@mutation(*LIST)
def mutate_persona_is_named(m):
    """A persona, whose calls do not exist yet. At any listing."""
    return bad_term(m, "persona", int(HASH, 16), 0, 0, persona=HASH)


@mutation("list")
def mutate_optional_terms_are_not_shown(m):
    """The terms have a hash of optional ones, the call has them not. At listings by `list`."""
    return bad_term(m, "extras", int(HASH, 16), 0, 0, extras=HASH)


@mutation("listWithExtras", final_offer=True)
def mutate_optional_terms_have_another_hash(m):
    """Other optional terms are shown than are named. At listings with optional terms."""
    other = Extras(m.deal.extras.milestones, not m.deal.extras.final_offer)
    return m.refused("MarketWrongExtras", other.hash(), m.terms.extras, extras=other)


def with_milestones(m: Moment, milestones: tuple, name: str, found: int, low: int, high: int) -> Refusal:
    """Give a listing whose milestones are wrong."""
    extras = Extras(milestones, m.deal.extras.final_offer)
    terms = m.terms.but(extras=extras.hash())
    return m.refused("MarketBadTerm", field(name), found, low, high, terms=terms, extras=extras)


@mutation("listWithExtras", milestones=True, service=True, instant=0, cart=1)
def mutate_milestones_do_not_make_a_whole(m):
    """One basis point is missing from the shares. At listings with milestones, the last of more than one point."""
    parts = m.deal.extras.milestones
    if not parts or parts[-1][0] == 1:
        return None
    last = (parts[-1][0] - 1, *parts[-1][1:])
    return with_milestones(m, (*parts[:-1], last), "shareBps", 9_999, 10_000, 10_000)


@mutation("listWithExtras", milestones=True, service=True, instant=0, cart=1)
def mutate_first_milestone_has_times_of_its_own(m):
    """It would not be what `accept` starts. At listings with milestones."""
    parts = m.deal.extras.milestones
    if not parts:
        return None
    share, deliver_for, inspect_for = parts[0]
    first = (share, deliver_for + 1, inspect_for)
    return with_milestones(m, (first, *parts[1:]), "deliverFor", deliver_for + 1, deliver_for, deliver_for)


@mutation("listWithExtras", milestones=True, service=True, instant=0, cart=1)
def mutate_milestone_gets_nothing(m):
    """A share of 0. At listings with more than one milestone."""
    parts = m.deal.extras.milestones
    if len(parts) < 2:
        return None
    return with_milestones(m, (*parts[:-1], (0, *parts[-1][1:])), "shareBps", 0, 1, 10_000)


@mutation("listWithExtras", milestones=True, service=True, instant=0, cart=1)
def mutate_milestones_are_too_many(m):
    """Eleven of them. At listings with milestones."""
    parts = m.deal.extras.milestones
    return with_milestones(m, (parts[0],) * 11, "milestones", 11, 0, 10) if parts else None


@mutation("listWithExtras", final_offer=True, service=False, milestones=False, cart=1)
def mutate_goods_have_milestones(m):
    """Only work is delivered in parts. At listings of goods with optional terms."""
    if m.terms.rule("kind"):
        return None
    part = (10_000, m.terms.clock("deliver_for"), m.terms.clock("inspect_for"))
    return with_milestones(m, (part,), "kind", 0, 3, 3)


@mutation("setPaused", "setQuantityLimit", "depositBond", "buy")
def mutate_terms_are_listed_twice(m):
    """The same terms once more. At calls after a listing without optional terms, as long as it lasts."""
    deal = m.course.deals[0]
    if deal.extras is not None or deal.is_file or deal.listing_id not in m.course.books.listings:
        return None
    if 0 < deal.terms.clock("valid_until") < m.act.timestamp:
        return None
    arguments = {"terms": deal.terms, "quantityLimit": UINT32}
    act = m.course.act("list", m.course.goods.seller, list, m.act.timestamp, **arguments)
    return Refusal(act, "MarketListingExists", (deal.listing_id,))


@mutation("setPaused", paused=True)
def mutate_pauser_is_not_the_seller(m):
    """The buyer pauses. When a listing is paused or resumed."""
    other = m.course.goods.buyer
    return m.refused("MarketNotParty", other.address, m.terms.seller, by=other)


@mutation("setPaused", paused=True)
def mutate_paused_terms_were_never_listed(m):
    """The same terms with another salt. When a listing is paused or resumed."""
    terms = m.terms.but(salt=salt(10**6))
    unknown = terms.listing_id(m.course.world.chain_id, m.course.books.market)
    return m.refused("MarketUnknownListing", unknown, terms=terms)


@mutation("setQuantityLimit", limit_changes=True)
def mutate_expected_limit_is_stale(m):
    """The seller's second tab has changed it. When a limit is changed."""
    found = m.act.arguments["expectedLimit"]
    return m.refused("MarketQuantityLimitChanged", found, found + 1, expectedLimit=found + 1)


@mutation("setQuantityLimit", limit_changes=True)
def mutate_limiter_is_not_the_seller(m):
    """A stranger changes the stock. When a limit is changed."""
    other = m.person("stranger")
    return m.refused("MarketNotParty", other.address, m.terms.seller, by=other)


@mutation("setFeeBps", commissions=("lowered", "raised"))
def mutate_commission_is_set_by_another(m):
    """The seller lowers the commission himself. When a commission is changed."""
    other = m.course.goods.seller
    return m.refused("RegistryNotSteward", m.act.arguments["id"], other.address, by=other)


@mutation("setFeeBps", commissions=("lowered", "raised"))
def mutate_commission_is_above_its_maximum(m):
    """More than the constant that binds every community. When a commission is changed."""
    return m.refused("RegistryFeeTooHigh", 2_001, 2_000, newFeeBps=2_001)
