"""Ways in which a call about an order must fail: who calls, about which order, in which state, when."""

from tests.deals.mutation import Moment, Refusal, mutation
from tests.deals.world import Actor
from tests.helpers.books import MAX_EXTENSION
from tests.helpers.deal import FINAL, State
from tests.helpers.terms import NONE, ZERO, Extras, Terms, key_of

DELIVERIES = ("deliver", "deliverMilestone", "deliverFile")
SELLERS = ("accept", "decline", *DELIVERIES, "refund", "refundPart")
HOLDERS = ("cancel", "confirm", "confirmMilestone", "dispute", "release", "transferOrder", "claimBadKey")
EITHER = ("offerSettlement", "withdrawSettlement", "acceptSettlement", "settleBySignature", "submitEvidence")
AMOUNTS = ("release", "refundPart", "offerSettlement")
IN_PARTS = ("deliverMilestone", "confirmMilestone", "expireMilestone")
WORK = {"milestones": True, "service": True, "instant": 0}
HASH = "0x" + "ab" * 32
NOTHING = Extras()


def not_party(m: Moment, other: Actor, party: str) -> Refusal:
    """Give the call by somebody who may not make it. He sends no ETH, so that only this is wrong."""
    return m.refused("MarketNotParty", other.address, party, by=other, value=0)


# who calls


@mutation(*SELLERS)
def mutate_caller_is_a_stranger_and_not_the_seller(m):
    """Somebody with no part in the order. At calls of the seller."""
    return not_party(m, m.person("stranger"), m.terms.seller)


@mutation(*SELLERS)
def mutate_caller_is_the_holder_and_not_the_seller(m):
    """The other side. At calls of the seller."""
    return not_party(m, m.course.actor(m.entry.holder), m.terms.seller)


@mutation(*HOLDERS)
def mutate_caller_is_a_stranger_and_not_the_holder(m):
    """Somebody with no part in the order. At calls of the holder."""
    return not_party(m, m.person("stranger"), m.entry.holder)


@mutation(*HOLDERS)
def mutate_caller_is_the_seller_and_not_the_holder(m):
    """The other side. At calls of the holder."""
    return not_party(m, m.course.goods.seller, m.entry.holder)


@mutation(*HOLDERS, payer="payer", only_buyer=False)
def mutate_caller_is_the_giver_and_not_the_holder(m):
    """Who paid for a gift has no rights in it. At calls of a holder for whom somebody else has paid."""
    giver = m.course.goods.payer
    return None if giver.address in (m.entry.holder, m.terms.seller) else not_party(m, giver, m.entry.holder)


@mutation("cancel", "confirm", "confirmMilestone", "dispute", "release", "transferOrder", only_buyer=False)
def mutate_caller_held_the_order_before(m):
    """Who has handed it over has no rights in it. At calls of a later holder."""
    first = m.deal.purchase.holder
    return None if m.entry.holder == first else not_party(m, m.course.actor(first), m.entry.holder)


@mutation(*EITHER)
def mutate_caller_is_on_neither_side(m):
    """The arbiter mixes in. At calls that holder and seller may make."""
    return not_party(m, m.person("arbiter"), m.terms.seller)


@mutation("extend", only_buyer=False)
def mutate_clock_is_extended_by_whom_it_binds(m):
    """The seller while he has to act, the holder while he inspects. At extensions."""
    seller = m.course.goods.seller
    other = m.course.actor(m.entry.holder) if m.entry.state == State.DELIVERED else seller
    return not_party(m, other, m.act.actor.address)


@mutation("rule")
def mutate_ruler_is_a_stranger(m):
    """Somebody who is no arbiter. At rulings in a dispute."""
    return not_party(m, m.person("stranger"), m.terms.arbiter)


@mutation("rule")
def mutate_ruler_is_the_seller(m):
    """The seller rules for himself. At rulings."""
    return not_party(m, m.course.goods.seller, m.terms.arbiter)


# about which order


@mutation(*HOLDERS, *EITHER, "stake", "expire", "expireMilestone", "extend")
def mutate_a_word_of_the_terms_is_forged(m):
    """Another description than was listed. At calls that do not only look whether the seller makes them."""
    # who has the order from an earlier holder is nobody to an order that is not there
    if m.entry.holder != m.deal.purchase.holder:
        return None
    terms = m.terms.but(content_hash=HASH)
    return m.refused("MarketWrongState", _key_with(m, terms=terms), State.NONE, terms=terms)


@mutation("rule")
def mutate_ruler_puts_himself_into_the_terms(m):
    """A stranger passes terms in which he is the arbiter. At rulings."""
    other = m.person("stranger")
    terms = m.terms.but(arbiter=other.address)
    return m.refused("MarketWrongState", _key_with(m, terms=terms), State.NONE, by=other, terms=terms)


@mutation("accept", "decline", "deliver", "deliverFile", "refund")
def mutate_seller_of_another_listing_calls(m):
    """A stranger passes terms in which he is the seller. At calls of the seller."""
    other = m.person("stranger")
    terms = m.terms.but(seller=other.address)
    return m.refused("MarketWrongState", _key_with(m, terms=terms), State.NONE, by=other, terms=terms)


@mutation(*HOLDERS)
def mutate_caller_names_himself_first_holder(m):
    """A stranger passes himself as the holder in the key. At calls of the holder."""
    other = m.person("stranger")
    key = _key_with(m, holder=other.address)
    return m.refused("MarketWrongState", key, State.NONE, by=other, holder=other.address, value=0)


@mutation("accept", "decline", *DELIVERIES, "refund", "stake", "expire", "expireMilestone")
def mutate_purchase_has_another_hash(m):
    """There is no order with this ref. At calls of the seller and of anybody."""
    return m.refused("MarketWrongState", _key_with(m, ref=HASH), State.NONE, ref=HASH)


# in which state


@mutation("accept")
def mutate_delivered_before_it_was_accepted(m):
    """The seller delivers an order that he has not taken on. At acceptances."""
    return _in_state(m, "deliver", commitment=NONE)


@mutation(*DELIVERIES, instant=0)
def mutate_accepted_twice(m):
    """A double click of the seller. At deliveries."""
    return _in_state(m, "accept")


@mutation(*DELIVERIES)
def mutate_cancelled_after_acceptance(m):
    """The holder wants his money back from a seller who works. At deliveries."""
    return _in_state(m, "cancel", by=m.course.actor(m.entry.holder))


@mutation(*DELIVERIES)
def mutate_declined_after_acceptance(m):
    """The seller changes his mind; he can refund. At deliveries."""
    return _in_state(m, "decline")


@mutation("accept", *DELIVERIES)
def mutate_confirmed_before_delivery(m):
    """A holder who trusts the seller can release. At acceptances and deliveries."""
    return _in_state(m, "confirm", by=m.course.actor(m.entry.holder))


@mutation("accept", *DELIVERIES)
def mutate_disputed_before_delivery(m):
    """There is nothing to dispute about. At acceptances and deliveries."""
    return _in_state(m, "dispute", by=m.course.actor(m.entry.holder), uri="", hash=NONE)


@mutation("confirm", "confirmMilestone", "dispute")
def mutate_staked_before_the_dispute(m):
    """Somebody stakes for a dispute that is none. At calls about what was delivered."""
    return _in_state(m, "stake") if m.entry.state == State.DELIVERED else None


@mutation("confirm", "confirmMilestone", "dispute", "stake")
def mutate_ruled_before_both_have_staked(m):
    """An arbiter in a hurry. At calls before a dispute is open."""
    return _in_state(m, "rule", by=m.person("arbiter"), bpsToBuyer=0)


@mutation("confirm", "dispute")
def mutate_evidence_before_the_dispute(m):
    """There is nobody yet to weigh it. At calls about what was delivered."""
    return _in_state(m, "submitEvidence", uri="", hash=NONE)


@mutation("stake", "rule", only_buyer=False)
def mutate_handed_over_in_a_dispute(m):
    """The parties of a dispute stay who they are. At stakes and rulings."""
    holder = m.course.actor(m.entry.holder)
    return _in_state(m, "transferOrder", by=holder, to=m.person("friend").address)


@mutation("stake", "rule")
def mutate_dispute_is_extended(m):
    """The clocks of a dispute never move. At stakes and rulings."""
    clock = m.entry.clock
    return _in_state(m, "extend", by=m.course.goods.seller, expectedClock=clock, newClock=clock + 1)


@mutation("stake", "rule")
def mutate_confirmed_in_a_dispute(m):
    """The holder can release all instead. At stakes and rulings."""
    return _in_state(m, "confirm", by=m.course.actor(m.entry.holder))


@mutation("withdraw", "withdrawFrom", "push")
def mutate_expired_after_the_end(m):
    """What is final is final. When money of a finished order is taken out."""
    return _after_the_end(m, "expire", m.person("stranger"))


@mutation("withdraw", "withdrawFrom", "push")
def mutate_released_after_the_end(m):
    """There is nothing left to release. When money of a finished order is taken out."""
    entry = m.course.books.orders[0]
    return _after_the_end(m, "release", m.course.actor(entry.holder), expectedAmount=0, amount=0)


@mutation("withdraw", "withdrawFrom", "push")
def mutate_refunded_after_the_end(m):
    """There is nothing left to give back. When money of a finished order is taken out."""
    return _after_the_end(m, "refund", m.course.goods.seller)


@mutation("withdraw", "withdrawFrom", "push")
def mutate_offer_after_the_end(m):
    """There is nothing left to agree about. When money of a finished order is taken out."""
    return _after_the_end(m, "offerSettlement", m.course.goods.seller, expectedAmount=0, toHolder=0)


# when


@mutation("accept")
def mutate_accepted_a_second_late(m):
    """The seller has let his time run out. At acceptances."""
    return _late(m)


@mutation(*DELIVERIES)
def mutate_delivered_a_second_late(m):
    """His time to deliver is over. At deliveries."""
    return _late(m)


@mutation("dispute")
def mutate_disputed_a_second_late(m):
    """The inspection is over. At disputes."""
    return _late(m)


@mutation("stake")
def mutate_staked_a_second_late(m):
    """The seller has not answered in time. At stakes."""
    return _late(m)


@mutation("rule")
def mutate_ruled_a_second_late(m):
    """The arbiter's time is over, and the backup's begins. At rulings of the arbiter."""
    return _late(m) if m.act.actor.address == m.terms.arbiter else None


@mutation("extend", only_buyer=False)
def mutate_extended_a_second_late(m):
    """A stopped clock never resumes. At extensions."""
    return _late(m)


@mutation("rule", backup=True)
def mutate_backup_rules_in_the_arbiters_time(m):
    """The backup does not wait for the arbiter. At rulings of the arbiter, where there is a backup."""
    if m.act.actor.address != m.terms.arbiter or m.terms.backup_arbiter == ZERO or m.entry.state in FINAL:
        return None
    return m.refused("MarketTooEarly", m.entry.clock, m.act.timestamp, by=m.person("backup"))


@mutation("rule", backup=True, seek="rule by the backup")
def mutate_arbiter_rules_in_the_backups_time(m):
    """He was silent, and stays so. At rulings of the backup."""
    if m.act.actor.address != m.terms.backup_arbiter:
        return None
    return m.refused("MarketTooLate", m.entry.clock, m.act.timestamp, by=m.person("arbiter"))


@mutation("rule", backup=True, seek="rule by the backup")
def mutate_backup_rules_a_second_late(m):
    """Both arbiters were silent for too long. At rulings of the backup."""
    if m.act.actor.address != m.terms.backup_arbiter:
        return None
    last = m.entry.last_second
    return m.refused("MarketTooLate", last, last + 1, at=last + 1)


@mutation("expire")
def mutate_expired_while_the_seller_may_accept(m):
    """His last second to accept. At ends of orders that nobody has accepted."""
    return _early(m, State.FUNDED)


@mutation("expire", towards=State.ACCEPTED)
def mutate_expired_while_the_seller_may_deliver(m):
    """His last second to deliver. At ends of orders that were not delivered."""
    return _early(m, State.ACCEPTED)


@mutation("expire", milestones=False, towards=State.DELIVERED)
def mutate_expired_while_the_holder_may_dispute(m):
    """His last second to inspect. At ends of orders that nobody has confirmed."""
    return _early(m, State.DELIVERED)


@mutation("stake", "expire", towards=State.CONTESTED, sellers_deposit=False)
def mutate_expired_while_the_seller_may_stake(m):
    """His last second to answer, or earlier. At stakes, and ends of disputes that nobody has answered."""
    if m.act.name == "expire":
        return _early(m, State.CONTESTED)
    if m.entry.state != State.CONTESTED:
        return None
    return m.instead("expire", "MarketTooEarly", m.entry.clock, m.act.timestamp, by=m.person("friend"))


@mutation("rule", "expire", towards=State.DISPUTED)
def mutate_expired_while_an_arbiter_may_rule(m):
    """The last second of arbiter or backup, or earlier. At rulings, and ends of disputes without one."""
    if m.act.name == "expire":
        return _early(m, State.DISPUTED)
    if m.entry.state != State.DISPUTED:
        return None
    return m.instead("expire", "MarketTooEarly", m.entry.last_second, m.act.timestamp, by=m.person("friend"))


@mutation("expireMilestone", **WORK, towards=State.DELIVERED)
def mutate_milestone_expires_while_the_holder_may_dispute(m):
    """His last second to inspect it. At ends of milestones that nobody has confirmed."""
    return _early(m, State.DELIVERED)


# with what


@mutation(*AMOUNTS)
def mutate_expected_amount_is_stale(m):
    """The caller knows an amount that is not in escrow any more. At calls that name it."""
    amount = m.entry.amount
    return m.refused("MarketAmountChanged", amount, amount + 1, expectedAmount=amount + 1)


@mutation("release", "refundPart")
def mutate_amount_is_zero(m):
    """A part of nothing. At releases and partial refunds."""
    return m.refused("MarketBadAmount", 0, m.entry.amount, amount=0)


@mutation("release", "refundPart")
def mutate_amount_is_more_than_there_is(m):
    """One unit more than is in escrow. At releases and partial refunds."""
    return m.refused("MarketBadAmount", m.entry.amount + 1, m.entry.amount, amount=m.entry.amount + 1)


@mutation("extend", only_buyer=False)
def mutate_expected_clock_is_stale(m):
    """The clock was extended already. At extensions."""
    clock = m.entry.clock
    return m.refused("MarketClockChanged", clock, clock - 1, expectedClock=clock - 1)


@mutation("extend", only_buyer=False)
def mutate_clock_is_not_extended(m):
    """It would show what it shows. At extensions."""
    clock = m.entry.clock
    return m.refused("MarketBadClock", clock, clock, _latest(m), newClock=clock)


@mutation("extend", only_buyer=False)
def mutate_clock_is_extended_beyond_the_maximum(m):
    """A second more than all extensions together may be. At extensions."""
    return m.refused("MarketBadClock", _latest(m) + 1, m.entry.clock, _latest(m), newClock=_latest(m) + 1)


@mutation("transferOrder", only_buyer=False)
def mutate_new_holder_is_nobody(m):
    """Nobody could confirm or dispute. At handovers."""
    return m.refused("MarketBadHolder", ZERO, to=ZERO)


@mutation("transferOrder", only_buyer=False)
def mutate_new_holder_is_the_seller(m):
    """The seller would be both sides. At handovers."""
    return m.refused("MarketBadHolder", m.terms.seller, to=m.terms.seller)


@mutation("transferOrder", only_buyer=False)
def mutate_new_holder_is_the_arbiter(m):
    """The arbiter would judge his own order. At handovers."""
    return m.refused("MarketBadHolder", m.terms.arbiter, to=m.terms.arbiter)


@mutation("transferOrder", only_buyer=False)
def mutate_new_holder_holds_it_already(m):
    """Nothing would change but that signatures are void. At handovers."""
    return m.refused("MarketBadHolder", m.entry.holder, to=m.entry.holder)


@mutation("accept", "deliver", "deliverFile", "confirm", only_buyer=True)
def mutate_order_for_one_buyer_is_handed_over(m):
    """What is for one buyer stays with him. At orders on listings that name one."""
    to = m.person("friend").address
    if m.terms.only_buyer == ZERO:
        return None
    holder = m.course.actor(m.entry.holder)
    return m.instead("transferOrder", "MarketOnlyBuyer", to, m.terms.only_buyer, by=holder, to=to)


@mutation("deliverMilestone", **WORK)
def mutate_order_with_milestones_is_delivered_in_one_piece(m):
    """The plain call would deliver all of it. At deliveries of milestones."""
    return m.instead("deliver", "MarketHasMilestones", m.deal.key, commitment=NONE)


@mutation("confirmMilestone", **WORK)
def mutate_order_with_milestones_is_confirmed_in_one_piece(m):
    """The plain call would pay all of it. At confirmations of milestones."""
    return m.instead("confirm", "MarketHasMilestones", m.deal.key)


@mutation("expireMilestone", **WORK)
def mutate_order_with_milestones_expires_in_one_piece(m):
    """The plain call would pay all of it. At ends of milestones."""
    return m.instead("expire", "MarketHasMilestones", m.deal.key)


@mutation(*IN_PARTS, **WORK)
def mutate_another_milestone_is_at_hand(m):
    """A second click would pay the next one unseen. At calls about milestones."""
    number = m.entry.milestone
    return m.refused("MarketWrongMilestone", number + 1, number, milestone=number + 1)


@mutation(*IN_PARTS, **WORK)
def mutate_milestones_are_forged(m):
    """The shares were made larger. At calls about milestones."""
    forged = Extras(((10_000, *m.deal.extras.milestones[0][1:]),), not m.deal.extras.final_offer)
    return m.refused("MarketWrongExtras", forged.hash(), m.terms.extras, extras=forged)


@mutation("deliver")
def mutate_order_in_one_piece_is_delivered_in_parts(m):
    """There are no milestones to show. At deliveries."""
    shown = {"extras": NOTHING, "milestone": 0, "commitment": NONE}
    if m.deal.extras is not None:
        return None
    return m.instead("deliverMilestone", "MarketWrongExtras", NOTHING.hash(), NONE, **shown)


@mutation("depositBond", bond_bps=(1_501, 10_000), instant=0, cart=1, sellers_deposit=False, buyers_deposit=False)
def mutate_order_is_accepted_without_its_bond(m):
    """The seller accepts before he has deposited what the terms ask for. At deposits before an acceptance."""
    orders, seller = m.course.books.orders, m.course.goods.seller
    if not orders or orders[0].state != State.FUNDED or m.act.arguments["account"] != seller.address:
        return None
    entry, timestamp = orders[0], min(m.act.timestamp, orders[0].clock)
    terms = entry.deal.terms
    free = m.course.books.bonds[seller.address, terms.currency]
    if timestamp < m.course.now:
        return None
    arguments = {"terms": terms, "holder": entry.deal.purchase.holder, "ref": entry.deal.ref}
    act = m.course.act("accept", seller, list, timestamp, **arguments)
    return Refusal(act, "MarketBondTooLow", (seller.address, free, entry.bond))


@mutation("dispute", currency="eth", fee=(50_021, 10**17), price=(999, 1_000_003, 10**18 + 1))
def mutate_stake_of_the_holder_is_too_low(m):
    """One wei less than the arbiter's fee. At disputes that are paid in ETH."""
    due = m.act.value
    return m.refused("CreditsWrongValue", due - 1, due, value=due - 1) if due > 1 else None


@mutation("dispute", currency="eth", fee=(50_021, 10**17), price=(999, 1_000_003, 10**18 + 1), buyers_deposit=False)
def mutate_stake_of_the_holder_is_missing(m):
    """No ETH, and no deposit that would be enough. At disputes in ETH."""
    enough = m.course.books.bonds[m.entry.holder, m.terms.currency] >= m.deal.fee
    return None if enough or not m.act.value else m.refused("CreditsWrongValue", 0, m.act.value, value=0)


@mutation("dispute", currency=("coin", "permit"))
def mutate_ether_comes_with_a_dispute_in_tokens(m):
    """A wei that would be lost. At disputes in tokens."""
    return None if m.terms.currency == ZERO else m.refused("CreditsWrongValue", 1, 0, value=1)


@mutation("stake", currency="eth", sellers_deposit=False)
def mutate_stake_of_the_seller_is_too_high(m):
    """One wei more than the arbiter's fee. At stakes in ETH."""
    due = m.act.value
    return m.refused("CreditsWrongValue", due + 1, due, value=due + 1) if due else None


@mutation("stake", currency=("coin", "permit"), sellers_deposit=False)
def mutate_stake_is_owed_in_tokens(m):
    """Who stakes has approved tokens that he does not have. At stakes in tokens."""
    if m.terms.currency == ZERO:
        return None
    poor = m.person("arbiter")
    return m.refused("ERC20InsufficientBalance", poor.address, 0, m.deal.fee, by=poor)


@mutation("dispute", "submitEvidence")
def mutate_evidence_is_too_long(m):
    """An address of 257 bytes. At disputes and evidence."""
    return m.refused("MarketEvidenceTooLong", 257, 256, uri="u" * 257)


@mutation("rule")
def mutate_ruling_gives_more_than_everything(m):
    """One basis point more than the whole. At rulings."""
    return m.refused("MarketBadRuling", 10_001, bpsToBuyer=10_001)


# helpers


def _key_with(m: Moment, terms: Terms | None = None, holder: str | None = None, ref: str | None = None) -> str:
    """Give the key that the call would be about."""
    course = m.course
    listing_id = (terms or m.terms).listing_id(course.world.chain_id, course.books.market)
    return key_of(listing_id, holder or m.deal.purchase.holder, ref or m.deal.ref)


def _in_state(m: Moment, name: str, **rest) -> Refusal | None:
    """Give a call that the order's state does not allow."""
    return m.instead(name, "MarketWrongState", m.deal.key, m.entry.state, **rest)


def _after_the_end(m: Moment, name: str, by: Actor, **rest) -> Refusal | None:
    """Give a call about the first order, which is finished."""
    entry = m.course.books.orders[0]
    if entry.state not in FINAL:
        return None
    head = {"terms": entry.deal.terms, "holder": entry.deal.purchase.holder, "ref": entry.deal.ref}
    act = m.course.act(name, by, list, m.act.timestamp, **head, **rest)
    return Refusal(act, "MarketWrongState", (entry.deal.key, entry.state))


def _late(m: Moment) -> Refusal | None:
    """Give the call in the first second after its clock; an arbiter may be too late to change anything, but not to say it."""
    clock = m.entry.clock
    if m.entry.state in FINAL:
        return None
    return m.refused("MarketTooLate", clock, clock + 1, at=clock + 1)


def _early(m: Moment, state: State) -> Refusal | None:
    """Give the end in the last second in which nobody may bring it about."""
    last = m.entry.last_second
    if m.entry.state != state or m.course.now > last:
        return None
    return m.refused("MarketTooEarly", last, last, at=last)


def _latest(m: Moment) -> int:
    return m.entry.clock + MAX_EXTENSION - m.entry.extended_s
