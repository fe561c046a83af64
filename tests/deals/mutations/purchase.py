"""Ways in which a purchase must fail: bounds, parties, stock, payment, permits, carts."""

from dataclasses import replace

from tests.deals import signing
from tests.deals.goods import Item
from tests.deals.mutation import Moment, Refusal, mutation
from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR
from tests.helpers.terms import NONE, ZERO, Purchase, salt

ONE = ("buy", "buyWithPermit")
ANY = (*ONE, "buyMany")
UNIT = "0x" + "00" * 31 + "01"
BY_PERMIT = {"payer": "payer", "currency": "permit", "cart": 1}


def but_purchase(m: Moment, **changes) -> Purchase:
    """Give the purchase of the call with one field changed."""
    return m.act.arguments["purchase"].but(**changes)


def another(m: Moment, error: str, *arguments, quantity: int = 1, **changes) -> Refusal:
    """Give a second purchase of the first listing, made besides a later call."""
    deal, course = m.course.deals[0], m.course
    said = {"terms": deal.terms, "quantity": quantity, "maxTotal": ANY_TOTAL, "maxFeeBps": ANY_FEE, "deadline": FAR}
    purchase = deal.purchase.but(**{"salt": salt(10**6), **changes})
    value = deal.terms.unit_price * quantity if deal.terms.currency == ZERO else 0
    timestamp = m.act.timestamp
    act = course.act("buy", course.goods.payer, list, timestamp, value=value, **said, purchase=purchase)
    return Refusal(act, error, arguments)


@mutation(*ONE, cart=1)
def mutate_total_is_above_the_buyers_bound(m):
    """The buyer would pay one unit less. At purchases."""
    total = m.deal.total
    return m.refused("MarketTotalTooHigh", total, total - 1, maxTotal=total - 1)


@mutation(*ONE, cart=1)
def mutate_commission_is_above_the_buyers_bound(m):
    """The buyer bears one point less. At purchases."""
    fee = m.course.commission(m.deal)
    return m.refused("MarketFeeTooHigh", fee, fee - 1, maxFeeBps=fee - 1)


@mutation(*ONE, cart=1, commissions="raised", raise_is_due=True)
def mutate_commission_was_raised_since(m):
    """The buyer's bound is what he saw before a raise came into force. At purchases after one."""
    if m.course.raised_from is None:
        return None
    now = m.course.commission(m.deal)
    seen = now - m.course.fees[1] + m.course.raised_from
    return m.refused("MarketFeeTooHigh", now, seen, maxFeeBps=seen)


@mutation(*ANY)
def mutate_purchase_comes_after_its_deadline(m):
    """The call may be executed until the second before. At purchases and carts."""
    deadline = m.act.timestamp - 1
    return m.refused("MarketPurchaseExpired", deadline, m.act.timestamp, deadline=deadline)


@mutation(*ONE, cart=1)
def mutate_quantity_is_zero(m):
    """Nothing is bought. At purchases."""
    return m.refused("MarketOutOfStock", 0, m.course.books.left(m.deal.listing_id), quantity=0)


@mutation(*ONE, cart=1)
def mutate_quantity_is_above_the_stock(m):
    """One unit more than there is. At purchases."""
    left = m.course.books.left(m.deal.listing_id)
    return m.refused("MarketOutOfStock", left + 1, left, quantity=left + 1)


@mutation(*ONE, cart=1, per_buyer=(9, 18), left=30)
def mutate_quantity_is_above_the_buyers_cap(m):
    """One unit more than one buyer may have. At purchases where the terms cap it and the stock is larger."""
    most = m.deal.terms.rule("per_buyer_open_quantity")
    if not 0 < most < m.course.books.left(m.deal.listing_id):
        return None
    return m.refused("MarketBuyerHasEnough", m.deal.purchase.holder, most + 1, most, quantity=most + 1)


@mutation(left=(1, 30), per_buyer=9, quantity=9, valid_until=0, cart=1)
def mutate_second_purchase_is_above_the_buyers_cap(m):
    """The buyer has all that he may have in an open order. At any call about such an order, with stock left."""
    entry, books = m.act.entry, m.course.books
    if entry is None or not books.left(entry.deal.listing_id):
        return None
    most = entry.deal.terms.rule("per_buyer_open_quantity")
    holder = entry.deal.purchase.holder
    if not most or books.open_quantity(entry.deal.listing_id, holder) != most:
        return None
    return another(m, "MarketBuyerHasEnough", holder, most + 1, most)


@mutation(*ONE, cart=1)
def mutate_payer_is_another(m):
    """Somebody submits a purchase in whose name he does not pay. At purchases."""
    other = m.person("stranger")
    return m.refused("MarketNotParty", other.address, m.deal.purchase.payer, by=other, value=0)


@mutation(*ONE, cart=1, only_buyer=False)
def mutate_holder_is_nobody(m):
    """The order would belong to the zero address. At purchases open to all."""
    if m.deal.terms.only_buyer != ZERO:
        return None
    return m.refused("MarketBadHolder", ZERO, purchase=but_purchase(m, holder=ZERO))


@mutation(*ONE, cart=1, only_buyer=False)
def mutate_holder_is_the_seller(m):
    """A seller who buys from himself. At purchases open to all."""
    if m.deal.terms.only_buyer != ZERO:
        return None
    return m.refused("MarketBadHolder", m.terms.seller, purchase=but_purchase(m, holder=m.terms.seller))


@mutation(*ONE, cart=1, only_buyer=False)
def mutate_holder_is_the_arbiter(m):
    """An arbiter who would judge his own order. At purchases open to all."""
    if m.deal.terms.only_buyer != ZERO:
        return None
    return m.refused("MarketBadHolder", m.terms.arbiter, purchase=but_purchase(m, holder=m.terms.arbiter))


@mutation(*ONE, cart=1, only_buyer=False, backup=True)
def mutate_holder_is_the_backup(m):
    """A backup who would judge his own order. At purchases open to all whose terms name one."""
    backup = m.terms.backup_arbiter
    if m.deal.terms.only_buyer != ZERO or backup == ZERO:
        return None
    return m.refused("MarketBadHolder", backup, purchase=but_purchase(m, holder=backup))


@mutation(*ONE, cart=1, only_buyer=True)
def mutate_listing_is_for_somebody_else(m):
    """A stranger would hold what is for one buyer. At purchases whose terms name him."""
    if m.terms.only_buyer == ZERO:
        return None
    other = m.person("stranger").address
    return m.refused("MarketOnlyBuyer", other, m.terms.only_buyer, purchase=but_purchase(m, holder=other))


@mutation(*ONE, cart=1)
def mutate_buyer_agreed_to_another_arbiter(m):
    """The purchase names an arbiter that the terms do not. At purchases."""
    other = m.person("friend").address
    return m.refused("MarketWrongArbiter", other, m.terms.arbiter, purchase=but_purchase(m, arbiter=other))


@mutation(*ONE, cart=1)
def mutate_encryption_key_is_used(m):
    """A point, though nothing will be sealed to it. At purchases of anything but files."""
    if m.deal.is_file:
        return None
    return m.refused("MarketBadPoint", NONE, UNIT, purchase=but_purchase(m, encryption_key_y=UNIT))


@mutation(*ONE, cart=1, price=(7, 999, 1_000_003), fee=0)
def mutate_price_in_the_terms_is_forged(m):
    """The buyer passes a lower price than was listed. At purchases."""
    terms = m.terms.but(unit_price=m.terms.unit_price - 1)
    unknown = terms.listing_id(m.course.world.chain_id, m.course.books.market)
    return m.refused("MarketUnknownListing", unknown, terms=terms)


@mutation("setPaused", paused=True, cart=1)
def mutate_listing_is_paused(m):
    """A purchase while the seller takes no orders. When a paused listing is to be resumed."""
    if m.act.arguments["paused"]:
        return None
    return another(m, "MarketListingPaused", m.deal.listing_id)


@mutation(valid_until="soon", cart=1, left=(1, 30), per_buyer=0)
def mutate_listing_has_ended(m):
    """A purchase after the last second of the listing. At any later call, with stock left."""
    until = m.course.deals[0].terms.clock("valid_until")
    if not until or m.act.timestamp <= until or not m.course.books.left(m.course.deals[0].listing_id):
        return None
    return another(m, "MarketListingEnded", until, m.act.timestamp)


@mutation(left=0, valid_until=0, cart=1)
def mutate_listing_is_sold_out(m):
    """One unit more when all are in orders. At calls about an order that took the last one."""
    if m.act.entry is None or m.course.books.left(m.deal.listing_id):
        return None
    return another(m, "MarketOutOfStock", 1, 0)


@mutation(left=(1, 30), valid_until=0, per_buyer=0, cart=1)
def mutate_purchase_is_made_twice(m):
    """A double click, long after or soon. At any call about an order, with stock left."""
    if m.act.entry is None or not m.course.books.left(m.deal.listing_id):
        return None
    return another(m, "MarketOrderExists", m.deal.key, salt=m.deal.purchase.salt)


@mutation("buy", cart=1, currency="eth")
def mutate_too_little_ether_is_sent(m):
    """One wei is missing. At purchases in ETH."""
    due = m.act.value
    return m.refused("CreditsWrongValue", due - 1, due, value=due - 1) if due else None


@mutation("buy", cart=1, currency="eth")
def mutate_too_much_ether_is_sent(m):
    """One wei too many. At purchases in ETH."""
    due = m.act.value
    return m.refused("CreditsWrongValue", due + 1, due, value=due + 1) if due else None


@mutation("buy", cart=1, currency=("coin", "permit"), payer="buyer")
def mutate_ether_is_sent_with_a_token(m):
    """A wei that would be lost. At purchases in tokens."""
    return None if m.act.value else m.refused("CreditsWrongValue", 1, 0, value=1)


@mutation("buy", cart=1, currency=("coin", "permit"), payer="buyer")
def mutate_payer_has_no_tokens(m):
    """He has approved what he does not have. At purchases in tokens."""
    if m.act.value:
        return None
    poor, purchase = m.person("arbiter"), but_purchase(m, payer=m.person("arbiter").address)
    return m.refused("ERC20InsufficientBalance", poor.address, 0, m.deal.total, by=poor, purchase=purchase)


@mutation("buyWithPermit", **BY_PERMIT)
def mutate_nothing_was_approved(m):
    """A plain purchase by somebody who has approved nothing. At purchases by permit."""
    arguments = {name: value for name, value in m.act.arguments.items() if name != "permit"}
    act = replace(m.act, name="buy", arguments=arguments)
    return Refusal(act, "ERC20InsufficientAllowance", (m.course.books.market, 0, m.deal.total))


def bad_permit(m: Moment, permit: tuple, allowed: int = 0) -> Refusal:
    """Give a purchase by a permit that the token refuses, or that is not enough."""
    return m.refused("ERC20InsufficientAllowance", m.course.books.market, allowed, m.deal.total, permit=permit)


@mutation("buyWithPermit", **BY_PERMIT)
def mutate_permit_is_for_less(m):
    """One unit less than is due is approved. At purchases by permit."""
    less = m.deal.total - 1
    return bad_permit(m, signing.permit(m.course.world, m.act.actor, less), less)


@mutation("buyWithPermit", **BY_PERMIT)
def mutate_permit_is_signed_by_another(m):
    """Somebody else would let the payer pay. At purchases by permit."""
    return bad_permit(m, signing.permit(m.course.world, m.act.actor, m.deal.total, signer=m.person("buyer")))


@mutation("buyWithPermit", **BY_PERMIT)
def mutate_permit_comes_after_its_deadline(m):
    """The token takes it until the second before. At purchases by permit."""
    return bad_permit(m, signing.permit(m.course.world, m.act.actor, m.deal.total, m.act.timestamp - 1))


@mutation("buyWithPermit", **BY_PERMIT)
def mutate_permit_has_another_nonce(m):
    """It would be good one day. At purchases by permit."""
    return bad_permit(m, signing.permit(m.course.world, m.act.actor, m.deal.total, nonce=1))


@mutation("buyWithPermit", **BY_PERMIT)
def mutate_permit_is_for_another_chain(m):
    """It was signed for the main net. At purchases by permit."""
    return bad_permit(m, signing.permit(m.course.world, m.act.actor, m.deal.total, domain={"chainId": 1}))


@mutation("buyWithPermit", **BY_PERMIT)
def mutate_permit_is_for_another_spender(m):
    """It lets the splits spend, not the Market. At purchases by permit."""
    spender = m.course.world.address("splits")
    return bad_permit(m, signing.permit(m.course.world, m.act.actor, m.deal.total, spender=spender))


@mutation("buy", cart=1, currency="eth")
def mutate_permit_is_for_ether(m):
    """ETH needs no permit. At purchases in ETH."""
    if not m.act.value:
        return None
    permit = (m.deal.total, FAR, 27, NONE, NONE)
    act = replace(m.act, name="buyWithPermit", value=0, arguments={**m.act.arguments, "permit": permit})
    return Refusal(act, "CreditsWrongValue", (0, act.arguments["maxTotal"]))


def but_items(m: Moment, number: int, **changes) -> list[Item]:
    """Give the items of a cart, one of them changed."""
    items = list(m.act.arguments["items"])
    items[number] = replace(items[number], **changes)
    return items


@mutation("buyMany", cart=(2, 3), currency="eth")
def mutate_ether_of_a_cart_is_counted_twice(m):
    """What is sent pays for the first item only. At carts with two items in ETH."""
    paid = [item.terms.unit_price * item.quantity for item in m.act.arguments["items"] if item.terms.currency == ZERO]
    if len(paid) < 2:
        return None
    return m.refused("CreditsWrongValue", paid[0], sum(paid), value=paid[0])


@mutation("buyMany", cart=(2, 3), payer="payer", currency="permit")
def mutate_permit_of_a_cart_is_counted_twice(m):
    """It approves what the first item costs. At carts with two items in the token that takes permits."""
    coin = m.course.world.currencies["permit"]
    dues = [item.terms.unit_price * item.quantity for item in m.act.arguments["items"] if item.terms.currency == coin]
    if len(dues) < 2 or not m.act.arguments["permits"]:
        return None
    permits = [(coin, signing.permit(m.course.world, m.act.actor, dues[0]))]
    market = m.course.books.market
    return m.refused("ERC20InsufficientAllowance", market, dues[0], sum(dues), permits=permits)


@mutation("buyMany", cart=(2, 3), left=0)
def mutate_last_item_of_a_cart_is_out_of_stock(m):
    """All or nothing: the items before it are not bought either. At carts that buy the last units."""
    item, books = m.act.arguments["items"][-1], m.course.books
    listing_id = m.course.deals[-1].listing_id
    before = sum(deal.quantity for deal in m.course.deals[:-1] if deal.listing_id == listing_id)
    left = books.left(listing_id) - before
    items = but_items(m, -1, quantity=left + 1)
    return m.refused("MarketOutOfStock", left + 1, left, items=items) if item.quantity == left else None


@mutation("buyMany", cart=(2, 3), left=30, per_buyer=0)
def mutate_item_is_twice_in_a_cart(m):
    """The same purchase a second time. At carts, with stock left."""
    items, deal = list(m.act.arguments["items"]), m.course.deals[0]
    same = sum(other.quantity for other in m.course.deals if other.listing_id == deal.listing_id)
    if m.course.books.left(deal.listing_id) - same < deal.quantity or deal.terms.rule("per_buyer_open_quantity"):
        return None
    return m.refused("MarketOrderExists", deal.key, items=[*items, items[0]])


@mutation("buyMany", cart=(2, 3))
def mutate_item_of_a_cart_costs_more_than_its_bound(m):
    """Each item keeps its own bound, whatever the others cost. At carts."""
    total = m.course.deals[-1].total
    return m.refused("MarketTotalTooHigh", total, total - 1, items=but_items(m, -1, max_total=total - 1))
