"""Ways in which an agreement must fail: offers that do not stand, signatures that do not say this."""

from dataclasses import replace

from tests.deals import signing
from tests.deals.mutation import Moment, Refusal, mutation
from tests.helpers.books import HOLDER, SELLER
from tests.helpers.deal import OPEN

CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
SIGNED = "settleBySignature"


def signer_of(m: Moment):
    """Give who has signed: the other side of the caller."""
    seller = m.terms.seller
    return m.course.actor(m.entry.holder if m.act.actor.address == seller else seller)


def bad_signature(m: Moment, by=None, **forged) -> Refusal:
    """Give a settlement whose signature says something else, or is somebody else's."""
    signer = signer_of(m)
    said = {"to_holder": m.act.arguments["toHolder"], "deadline": m.act.arguments["deadline"], **forged}
    signature = signing.settlement(m.course.world, m.entry, by or signer, **said)
    return m.refused("MarketBadSignature", signer.address, signature=signature)


@mutation("offerSettlement")
def mutate_offer_is_more_than_there_is(m):
    """One unit more than is in escrow. At offers."""
    amount = m.entry.amount
    return m.refused("MarketBadAmount", amount + 1, amount, toHolder=amount + 1)


@mutation("acceptSettlement")
def mutate_offer_is_another(m):
    """The offer was replaced by one that is a unit higher. At acceptances of offers."""
    to_holder = m.act.arguments["toHolder"] + 1
    return m.refused("MarketNoSuchOffer", m.deal.key, to_holder, toHolder=to_holder)


@mutation("acceptSettlement")
def mutate_own_offer_is_accepted(m):
    """Who has offered accepts in the other's place. At acceptances of offers, where he has none from him."""
    other, to_holder = signer_of(m), m.act.arguments["toHolder"]
    if m.entry.standing(other.address) == to_holder:
        return None
    return m.refused("MarketNoSuchOffer", m.deal.key, to_holder, by=other)


CHANGING = ("accept", "deliver", "confirm", "dispute", "release", "refundPart", "extend", "refund")


@mutation(*CHANGING, seek=("offerSettlement", "extend", "refundPart"))
def mutate_offer_is_older_than_a_change(m):
    """The order has changed since. At any call about an order with an offer that does not stand any more."""
    for side, offer in m.entry.offers.items():
        other = m.terms.seller if side == HOLDER else m.entry.holder
        if not offer.stands and m.entry.state in OPEN:
            return _accepting(m, other, offer.to_holder)
    return None


@mutation("accept", "deliver", "deliverMilestone", "confirm", "dispute")
def mutate_there_is_no_offer(m):
    """The seller accepts what nobody has offered: nothing for the holder. At orders about which the holder has not spoken."""
    return None if HOLDER in m.entry.offers else _accepting(m, m.terms.seller, 0)


@mutation("offerSettlement", "withdrawSettlement")
def mutate_withdrawn_offer_is_accepted(m):
    """The seller has withdrawn, or not spoken yet. At orders about which he has not."""
    return None if SELLER in m.entry.offers else _accepting(m, m.entry.holder, m.entry.amount)


@mutation(SIGNED)
def mutate_signed_settlement_is_more_than_there_is(m):
    """One unit more than is in escrow, signed. At settlements by signature."""
    amount, deadline = m.entry.amount, m.act.arguments["deadline"]
    signature = signing.settlement(m.course.world, m.entry, signer_of(m), amount + 1, deadline)
    return m.refused("MarketBadAmount", amount + 1, amount, toHolder=amount + 1, signature=signature)


@mutation(SIGNED)
def mutate_signature_comes_after_its_deadline(m):
    """The signer stands by it until the second before. At settlements by signature."""
    deadline = m.act.timestamp - 1
    signature = signing.settlement(m.course.world, m.entry, signer_of(m), m.act.arguments["toHolder"], deadline)
    return m.refused("MarketTooLate", deadline, m.act.timestamp, deadline=deadline, signature=signature)


@mutation(SIGNED)
def mutate_signature_is_the_callers_own(m):
    """He signs for both. At settlements by signature."""
    return bad_signature(m, by=m.act.actor)


@mutation(SIGNED)
def mutate_signature_is_the_arbiters(m):
    """The arbiter signs for a side. At settlements by signature."""
    return bad_signature(m, by=m.person("arbiter"))


@mutation(SIGNED)
def mutate_signature_gives_another_amount(m):
    """It gives the holder one unit more than the call. At settlements by signature."""
    return bad_signature(m, to_holder=m.act.arguments["toHolder"] + 1)


@mutation(SIGNED)
def mutate_signature_has_another_deadline(m):
    """It was good for a shorter time. At settlements by signature."""
    return bad_signature(m, deadline=m.act.arguments["deadline"] - 1)


@mutation(SIGNED)
def mutate_signature_was_withdrawn(m):
    """An offer was withdrawn since: it has an earlier sequence number. At settlements by signature."""
    return bad_signature(m, sequence=m.entry.sequence + 1)


@mutation(SIGNED)
def mutate_signature_is_older_than_a_change(m):
    """It names the order as it was with one unit more in escrow. At settlements by signature."""
    earlier = replace(m.entry, amount=m.entry.amount + 1)
    return bad_signature(m, remaining=earlier.amount, basis=earlier.basis())


@mutation(SIGNED)
def mutate_signature_is_about_an_earlier_holder(m):
    """It was given when somebody else held the order. At settlements by signature."""
    return bad_signature(m, holder=m.person("stranger").address)


@mutation(SIGNED)
def mutate_signature_is_about_another_order(m):
    """The key is another order's. At settlements by signature."""
    return bad_signature(m, order=b"\1" * 32)


@mutation(SIGNED)
def mutate_signature_is_for_another_chain(m):
    """It was signed for the main net. At settlements by signature."""
    return bad_signature(m, domain={"chainId": 1})


@mutation(SIGNED)
def mutate_signature_is_for_another_market(m):
    """It was signed for a contract elsewhere. At settlements by signature."""
    return bad_signature(m, domain={"verifyingContract": m.course.world.address("splits")})


@mutation(SIGNED, seller="seller", buyer="buyer", only_buyer=True)
def mutate_signature_was_bent(m):
    """The other half of the curve makes a second signature of the same key. At settlements signed by an account."""
    signer = signer_of(m)
    if signer.is_wallet:
        return None
    good = m.act.arguments["signature"]
    low = (CURVE - int.from_bytes(good[32:64], "big")).to_bytes(32, "big")
    return m.refused("MarketBadSignature", signer.address, signature=good[:32] + low + bytes([55 - good[64]]))


@mutation(SIGNED)
def mutate_signature_is_cut_off(m):
    """The last byte is missing. At settlements by signature."""
    return m.refused("MarketBadSignature", signer_of(m).address, signature=m.act.arguments["signature"][:64])


@mutation("withdraw", "withdrawFrom", "push", seek=SIGNED)
def mutate_signature_is_used_twice(m):
    """A second settlement of the same order. When money of an order that was settled by signature is taken out."""
    steps = [act for step in m.course.steps for act in step.acts if act.name == SIGNED]
    if not steps:
        return None
    entry = steps[-1].entry
    act = replace(steps[-1], timestamp=m.act.timestamp)
    return Refusal(act, "MarketWrongState", (entry.deal.key, entry.state))


def _accepting(m: Moment, account: str, to_holder: int) -> Refusal:
    by = m.course.actor(account)
    return m.instead("acceptSettlement", "MarketNoSuchOffer", m.deal.key, to_holder, by=by, toHolder=to_holder)
