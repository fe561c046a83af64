"""Ways in which selling a sealed file must fail: its listing, its point, its key, and claims that a key is wrong."""

from tests.deals.mutation import Moment, Refusal, mutation
from tests.deals.mutations.listing import LIST
from tests.deals.mutations.purchase import ONE, but_items, but_purchase
from tests.helpers.deal import State
from tests.helpers.files import RIGHT, word_hex
from tests.helpers.reverts import field
from tests.helpers.terms import FILE, NONE, SERVICE, ZERO, salt
from tools.files import wrap as curve

SEALED = {"sealed": True, "service": False, "final_offer": False, "cart": 1}
NOT_SEALED = {"sealed": False, "milestones": False}
UNIT = salt(1)
UINT64 = 2**64 - 1
OF_PLAIN_GOODS = ("confirm", "dispute")
LATER = ("accept", "deliverFile", "confirm")


def another_spelling(word: str) -> str:
    """Give a coordinate once more, larger than the field."""
    return word_hex(int(word, 16) + curve.FIELD)


# listings


@mutation("list", "listWithExtras", **NOT_SEALED)
def mutate_file_is_listed_like_anything_else(m):
    """Nobody would know what its key is. At listings of anything but files."""
    return m.refused("MarketWrongKind", FILE, terms=m.terms.but(kind=FILE, transit_for=0))


@mutation("listFile", **SEALED)
def mutate_work_is_listed_like_a_file(m):
    """It has no key. At listings of files."""
    return m.refused("MarketWrongKind", SERVICE, terms=m.terms.but(kind=SERVICE))


@mutation("listFile", **SEALED)
def mutate_listed_file_is_another(m):
    """Another key than the one whose hash is in the terms. At listings of files."""
    other = m.deal.file.but(key_hash=UNIT)
    return m.refused("MarketWrongExtras", other.hash(), m.terms.extras, file=other)


@mutation("listFile", **SEALED)
def mutate_listed_file_is_empty(m):
    """No byte at all. At listings of files."""
    empty = m.deal.file.but(size=0)
    terms = m.terms.but(extras=empty.hash())
    return m.refused("MarketBadTerm", field("size"), 0, 1, UINT64, terms=terms, file=empty)


@mutation(*LIST, **SEALED)
def mutate_file_has_a_transit_time(m):
    """A key is not shipped. At listings of files."""
    if m.terms.rule("kind") != FILE:
        return None
    return m.refused("MarketBadTerm", field("transitFor"), 1, 0, 0, terms=m.terms.but(transit_for=1))


# purchases


def bad_point(m: Moment, x: str, y: str) -> Refusal | None:
    """Give a purchase of a file with these coordinates."""
    if not m.deal.is_file:
        return None
    purchase = but_purchase(m, encryption_key_x=x, encryption_key_y=y)
    return m.refused("MarketBadPoint", x, y, purchase=purchase)


@mutation(*ONE, **SEALED)
def mutate_file_is_bought_without_a_point(m):
    """Its key could be sealed to nobody. At purchases of files."""
    return bad_point(m, NONE, NONE)


@mutation(*ONE, **SEALED)
def mutate_point_of_the_buyer_is_off_the_curve(m):
    """A slip in one coordinate. At purchases of files."""
    x, y = m.deal.purchase.encryption_key_x, m.deal.purchase.encryption_key_y
    return bad_point(m, x, word_hex(int(y, 16) ^ 1))


@mutation(*ONE, **SEALED)
def mutate_point_of_the_buyer_is_spelt_otherwise(m):
    """The same point with the field's size added. At purchases of files."""
    x, y = m.deal.purchase.encryption_key_x, m.deal.purchase.encryption_key_y
    return bad_point(m, another_spelling(x), y)


@mutation("buyMany", cart=(2, 3))
def mutate_item_of_a_cart_has_a_bad_point(m):
    """One item's point is none. At carts."""
    purchase = m.act.arguments["items"][-1].purchase.but(encryption_key_y=UNIT)
    items = but_items(m, -1, purchase=purchase)
    return m.refused("MarketBadPoint", purchase.encryption_key_x, UNIT, items=items)


# deliveries


@mutation("deliverFile", **SEALED)
def mutate_file_is_delivered_like_anything_else(m):
    """Any hash, and no key. At deliveries of files."""
    return m.instead("deliver", "MarketWrongKind", FILE, commitment=NONE)


@mutation("deliver", **NOT_SEALED)
def mutate_anything_is_delivered_like_a_file(m):
    """A key of nothing. At deliveries of anything else in one piece."""
    return m.instead("deliverFile", "MarketWrongKind", m.terms.rule("kind"), wrap=m.deal.wrap())


@mutation("deliverFile", **SEALED)
def mutate_wrap_is_made_at_infinity(m):
    """A point from which everybody could read the key. At deliveries of files."""
    wrap = m.act.arguments["wrap"].but(point_x=NONE, point_y=NONE)
    return m.refused("MarketBadPoint", NONE, NONE, wrap=wrap)


@mutation("deliverFile", **SEALED)
def mutate_point_of_the_wrap_is_off_the_curve(m):
    """One on which no claim could be checked. At deliveries of files."""
    wrap = m.act.arguments["wrap"]
    y = word_hex(int(wrap.point_y, 16) ^ 1)
    return m.refused("MarketBadPoint", wrap.point_x, y, wrap=wrap.but(point_y=y))


@mutation("deliverFile", **SEALED)
def mutate_point_of_the_wrap_is_spelt_otherwise(m):
    """The precompile would refuse it, and every claim with it. At deliveries of files."""
    wrap = m.act.arguments["wrap"]
    y = another_spelling(wrap.point_y)
    return m.refused("MarketBadPoint", wrap.point_x, y, wrap=wrap.but(point_y=y))


@mutation(*LATER, **SEALED, only_buyer=False)
def mutate_order_of_a_file_is_handed_over(m):
    """Its key is for who bought it. At orders of files that are open to all."""
    if not m.deal.is_file or m.terms.only_buyer != ZERO:
        return None
    to, holder = m.person("friend").address, m.course.actor(m.entry.holder)
    return m.instead("transferOrder", "MarketWrongKind", FILE, by=holder, to=to)


# claims


def claim(m: Moment, error: str, *arguments, **changes) -> Refusal:
    """Give a claim of the holder about what was delivered, or about a wrong key where nothing was."""
    file, purchase, wrap = m.deal.file, m.deal.purchase, m.entry.wrap or m.deal.wrap()
    shown = {"file": file, "purchase": purchase, "wrap": wrap, "secret": m.deal.secret, **changes}
    return m.instead("claimBadKey", error, *arguments, by=m.course.actor(m.entry.holder), **shown)


@mutation("confirm", "dispute", **SEALED, key=RIGHT)
def mutate_right_key_is_claimed_to_be_wrong(m):
    """The buyer wants file and money. At files that were delivered with the right key, in time."""
    if not m.entry.key_is_right or m.act.timestamp > m.entry.clock:
        return None
    return claim(m, "MarketKeyIsRight", m.deal.key)


@mutation("accept", "deliverFile", **SEALED)
def mutate_key_is_claimed_to_be_wrong_before_it_is_there(m):
    """There is nothing to be wrong. At acceptances and deliveries of files."""
    return claim(m, "MarketWrongState", m.deal.key, m.entry.state) if m.deal.is_file else None


@mutation("stake", "rule", **SEALED, towards=State.CONTESTED)
def mutate_key_is_claimed_to_be_wrong_in_a_dispute(m):
    """Now the arbiter decides. At stakes and rulings about files."""
    return claim(m, "MarketWrongState", m.deal.key, m.entry.state) if m.deal.is_file else None


@mutation(*OF_PLAIN_GOODS, **NOT_SEALED)
def mutate_goods_are_claimed_to_have_a_wrong_key(m):
    """They have none. At what was delivered and is no file."""
    if m.deal.is_file or m.entry.state != State.DELIVERED:
        return None
    return claim(m, "MarketWrongKind", m.terms.rule("kind"))


@mutation("claimBadKey", **SEALED, key=not RIGHT)
def mutate_claim_is_a_second_late(m):
    """The inspection is over. At claims."""
    clock = m.entry.clock
    return m.refused("MarketTooLate", clock, clock + 1, at=clock + 1)


@mutation("claimBadKey", **SEALED, key=not RIGHT)
def mutate_claim_shows_another_file(m):
    """One whose key no wrap could hold. At claims."""
    other = m.deal.file.but(key_hash=UNIT)
    return m.refused("MarketWrongExtras", other.hash(), m.terms.extras, file=other)


@mutation("claimBadKey", **SEALED, key=not RIGHT)
def mutate_claim_shows_another_purchase(m):
    """One with the point of another secret. At claims."""
    x, y = word_hex(1), word_hex(2)
    other = m.deal.purchase.but(encryption_key_x=x, encryption_key_y=y)
    return m.refused("MarketWrongPurchase", m.deal.ref, purchase=other, secret=1)


@mutation("claimBadKey", **SEALED, key=not RIGHT)
def mutate_claim_shows_another_wrap(m):
    """Not the one that was delivered. At claims."""
    return m.refused("MarketWrongWrap", m.deal.key, wrap=m.deal.wrap(RIGHT))


@mutation("claimBadKey", **SEALED, key=not RIGHT)
def mutate_claim_shows_another_secret(m):
    """One with which even the right key would come out wrong. At claims."""
    return m.refused("MarketWrongSecret", m.deal.key, secret=m.deal.secret + 1)


@mutation("claimBadKey", **SEALED, key=not RIGHT)
def mutate_claim_shows_no_secret(m):
    """Zero, whose point is infinity. At claims."""
    return m.refused("MarketWrongSecret", m.deal.key, secret=0)


@mutation("claimBadKey", **SEALED, key=not RIGHT)
def mutate_claim_shows_the_secrets_negative(m):
    """Its point has the same x. At claims."""
    return m.refused("MarketWrongSecret", m.deal.key, secret=curve.ORDER - m.deal.secret)
