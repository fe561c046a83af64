"""claimBadKey: a wrong key is proven to the contract, and everything goes back; a right one cannot be refuted."""

from dataclasses import replace

import pytest

from tests.fixtures.market import PRICE
from tests.helpers.deal import Deal, State
from tests.helpers.events import assert_events
from tests.helpers.files import RIGHT, WRONG, Wrapped, file_of, point_words, word_hex
from tests.helpers.reverts import refused
from tests.helpers.terms import NONE, ZERO, Purchase, salt
from tests.helpers.time import jump_to
from tools.files import wrap as curve

N = curve.ORDER
SOME_GAS = range(24_000, 160_000, 2_000)


@pytest.fixture(scope="module")
def listed_file(list_file):
    return list_file()


@pytest.fixture(scope="module")
def accepted(make_deal, listed_file) -> Deal:
    return make_deal(State.ACCEPTED, listed_file)


@pytest.fixture
def wrong(accepted) -> Deal:
    """Give an order that was delivered with a wrong key."""
    accepted.deliver_wrong_key()
    return accepted


@pytest.fixture
def right(accepted) -> Deal:
    """Give an order that was delivered with the right key."""
    accepted.deliver()
    return accepted


def claims(deal: Deal, wrap: Wrapped | None = None, sender=None, **shown):
    """Try a claim about a wrap; parts of what is shown may be forged."""
    file, purchase, wrapped, secret = deal.claim(wrap or deal.wrap(WRONG))
    said = {"file": file, "purchase": purchase, "wrap": wrapped, "secret": secret, **shown}
    return deal.ask("claimBadKey", sender or deal.parties.holder, *said.values())


# a wrong key


def test_everything_goes_back_at_once_when_the_key_is_wrong(market, wrong, listed_file, chain):
    before, owed = wrong.order, market.creditOf(wrong.purchase.holder, ZERO)
    sold = wrong.listing.quantity_sold
    tx = wrong.claim_bad_key()
    assert wrong.order == before._replace(state=State.REFUNDED, amount=0, clock=0)
    assert market.creditOf(wrong.purchase.holder, ZERO) == owed + wrong.total
    assert wrong.listing.quantity_sold == sold
    credited = {"source": wrong.key, "currency": ZERO, "payouts": ((wrong.purchase.holder, wrong.total),)}
    assert_events(
        tx,
        [market],
        ("OrderKeyRefuted", {"key": wrong.key}),
        ("OrderRefunded", {"key": wrong.key, "by": wrong.purchase.holder}),
        ("CreditsAdded", credited),
    )


def one_bit_less(wrap: Wrapped, bit: int) -> Wrapped:
    return wrap.but(masked=word_hex(int(wrap.masked, 16) ^ 1 << bit))


# each would have to open with the right key, were it right
@pytest.mark.parametrize(
    "spoil",
    [
        lambda deal, wrap: one_bit_less(wrap, 0),
        lambda deal, wrap: one_bit_less(wrap, 255),
        lambda deal, wrap: wrap.but(masked=NONE),
        lambda deal, wrap: wrap.but(point_y=word_hex(curve.FIELD - int(wrap.point_y, 16))),
        lambda deal, wrap: wrap.but(point_x=word_hex(1), point_y=word_hex(2)),
        lambda deal, wrap: wrap.but(point_x=deal.purchase.encryption_key_x, point_y=deal.purchase.encryption_key_y),
    ],
    ids=["lowest bit", "highest bit", "no mask", "negative point", "generator", "the buyer's own point"],
)
def test_key_is_refuted_when_anything_about_its_wrap_is_wrong(accepted, spoil):
    wrap = spoil(accepted, accepted.wrap())
    accepted.do("deliverFile", accepted.parties.seller, wrap.words())
    claims(accepted, wrap)


def test_key_is_refuted_when_the_wrap_was_made_for_another_order(make_deal, accepted, listed_file):
    other = make_deal(terms=listed_file)
    others = other.wrap()
    accepted.do("deliverFile", accepted.parties.seller, others.words())
    claims(accepted, others)


def test_key_is_refuted_when_the_listing_commits_to_another_than_the_file_has(market, list_file, make_deal, seller):
    """The seller made a slip in the terms, or never had a key: he cannot deliver, and the buyer loses nothing."""
    terms = list_file().but(salt=salt(77_001))
    file = file_of(terms.salt).but(key_hash=salt(5))
    terms = terms.but(extras=file.hash())
    market.listFile(terms.words(), 9, file.words(), {"from": seller})
    deal = make_deal(State.DELIVERED, terms)
    claims(deal, deal.wrap(RIGHT), file=file.words())


@pytest.mark.parametrize("more", [N, 2 * N, 3 * N, 4 * N])
def test_secret_is_the_same_when_it_is_more_by_the_curves_order(wrong, more):
    claims(wrong, secret=wrong.secret + more)


# a right key


@pytest.mark.parametrize("more", [0, N, 4 * N])
def test_right_key_is_not_refuted_with_any_spelling_of_the_secret(right, more):
    with refused("MarketKeyIsRight", right.key):
        claims(right, right.wrap(), secret=right.secret + more)


def test_order_goes_on_as_before_when_a_claim_has_failed(right):
    before = right.order
    with refused("MarketKeyIsRight", right.key):
        right.do("claimBadKey", right.parties.holder, *right.claim(right.wrap()))
    assert right.order == before
    right.confirm()
    assert right.state == State.COMPLETED


@pytest.mark.parametrize("secret", [0, 1, N, 2**256 - 1, "same x", "same y", "one more"])
def test_right_key_is_not_refuted_with_another_secret(right, secret):
    third = pow(5, (N - 1) // 3, N)  # a third root of one: it moves a point to another with the same y
    assert third != 1
    others = {"same x": N - right.secret, "same y": third * right.secret % N, "one more": right.secret + 1}
    shown = others.get(secret, secret)
    with refused("MarketWrongSecret", right.key):
        claims(right, right.wrap(), secret=shown)


def test_right_key_is_not_refuted_with_the_point_of_another_purchase(right):
    x, y = point_words(7)
    forged: Purchase = right.purchase.but(encryption_key_x=x, encryption_key_y=y)
    with refused("MarketWrongPurchase", right.ref):
        claims(right, right.wrap(), purchase=forged.words(), secret=7)


@pytest.mark.parametrize("change", [{"key_hash": NONE}, {"size": 1}, {"plaintext_hash": NONE}])
def test_right_key_is_not_refuted_with_another_file(right, change):
    forged = right.file.but(**change)
    with refused("MarketWrongExtras", forged.hash(), right.terms.extras):
        claims(right, right.wrap(), file=forged.words())


def test_right_key_is_not_refuted_with_a_wrap_that_was_not_delivered(right):
    with refused("MarketWrongWrap", right.key):
        claims(right, right.wrap(WRONG))


def test_right_key_is_not_refuted_with_the_wrong_key_of_another_order(make_deal, right, listed_file):
    """Both of one buyer, with the same secret: what was delivered for one says nothing about the other."""
    other = make_deal(terms=listed_file)
    same = replace(other.purchase, encryption_key_x=right.purchase.encryption_key_x,
                   encryption_key_y=right.purchase.encryption_key_y)  # fmt: skip
    other = Deal(other.market, other.terms, same, other.quantity, other.parties).bring_to(State.ACCEPTED)
    junk = right.wrap(WRONG)
    other.do("deliverFile", other.parties.seller, junk.words())
    with refused("MarketWrongWrap", right.key):
        claims(right, junk)
    with refused("MarketWrongPurchase", right.ref):
        claims(right, right.wrap(), purchase=same.words())


def test_right_key_never_looks_wrong_when_the_gas_runs_out_on_the_way(right, raw):
    """The precompile gets 63 of 64 parts of what is left: where it has too little, the whole call fails."""
    assert set(refusals_by_gas(raw, right, right.claim(right.wrap()), SOME_GAS)) == {"MarketKeyIsRight", "no gas"}


def test_wrong_key_is_refuted_or_nothing_happens_when_the_gas_is_short(wrong, raw):
    found = refusals_by_gas(raw, wrong, wrong.claim(), SOME_GAS)
    first = found.index(None)
    assert set(found[:first]) == {"no gas"}
    assert set(found[first:]) == {None}


def refusals_by_gas(raw, deal: Deal, claim: tuple, gas: range) -> list[str | None]:
    """Try a claim with so much gas each; give the contract's error, None where it goes through, or that there is no gas."""
    call = raw.transaction(deal.parties.holder, deal.market, "claimBadKey", deal.arguments("claimBadKey", *claim))
    found = raw.refusals({**call, "gas": hex(amount)} for amount in gas)
    return ["no gas" if str(refusal).startswith("unknown error") else refusal for refusal in found]


# who, when


@pytest.mark.parametrize("role", ["seller", "arbiter", "backup", "stranger"])
def test_claim_is_refused_when_it_is_not_the_holders(wrong, role):
    account = getattr(wrong.parties, role)
    with refused("MarketNotParty", account, wrong.parties.holder):
        claims(wrong, sender=account)


def test_claim_is_refused_when_somebody_copies_it_from_those_that_wait(wrong, stranger):
    """He names himself as the holder, but then it is about another order."""
    arguments = list(wrong.arguments("claimBadKey", *wrong.claim()))
    arguments[1] = str(stranger)
    with refused("MarketWrongState", ..., State.NONE):
        wrong.market.claimBadKey.call(*arguments, {"from": stranger})


def test_claim_is_refused_when_it_comes_a_second_late(wrong):
    clock = wrong.order.clock
    jump_to(clock)
    claims(wrong)
    jump_to(clock + 1)
    with refused("MarketTooLate", clock, clock + 1):
        claims(wrong)


def test_claim_is_good_longer_when_the_seller_has_extended_the_inspection(wrong):
    clock = wrong.order.clock
    wrong.do("extend", wrong.parties.seller, clock, clock + 50)
    jump_to(clock + 50)
    claims(wrong)


def test_order_is_refuted_once(wrong):
    wrong.claim_bad_key()
    with refused("MarketWrongState", wrong.key, State.REFUNDED):
        claims(wrong)


@pytest.mark.parametrize("state", [State.FUNDED, State.ACCEPTED, State.CONTESTED, State.DISPUTED, State.COMPLETED,
                                   State.CANCELLED, State.REFUNDED, State.RESOLVED])  # fmt: skip
def test_claim_is_refused_when_the_order_is_not_in_the_buyers_hands(make_deal, listed_file, state):
    deal = make_deal(state, listed_file)
    with refused("MarketWrongState", deal.key, state):
        claims(deal, deal.wrap())


def test_claim_is_refused_when_no_file_was_sold(make_deal):
    deal = make_deal(State.DELIVERED)
    with refused("MarketWrongKind", deal.terms.rule("kind")):
        claims(deal)


# with what else happened to the order


def test_seller_cannot_be_quicker_than_a_claim_with_anything_but_the_money(wrong):
    """He sees the claim before it is mined: all he can do is give the money back himself."""
    for call, error in (("deliverFile", "MarketWrongState"), ("deliver", "MarketWrongState")):
        with refused(error, wrong.key, State.DELIVERED):
            wrong.ask(call, wrong.parties.seller)
    with refused("MarketTooEarly", ..., ...):
        wrong.ask("expire", wrong.parties.seller)
    wrong.refund()
    assert wrong.state == State.REFUNDED


def test_rest_goes_back_when_a_part_was_given_back_before(market, wrong, seller):
    owed = market.creditOf(wrong.purchase.holder, ZERO)
    wrong.do("refundPart", seller, wrong.total, 5)
    wrong.claim_bad_key()
    assert market.creditOf(wrong.purchase.holder, ZERO) == owed + wrong.total


def test_rest_goes_back_when_a_part_was_released_before(market, wrong):
    holder = wrong.parties.holder
    owed = market.creditOf(holder, ZERO)
    wrong.do("release", holder, wrong.total, 1_000)
    wrong.claim_bad_key()
    assert market.creditOf(holder, ZERO) == owed + wrong.total - 1_000


def test_offers_fall_away_when_the_key_is_refuted(wrong):
    wrong.now_offer("seller", 5)
    wrong.claim_bad_key()
    with refused("MarketWrongState", wrong.key, State.REFUNDED):
        wrong.ask("acceptSettlement", wrong.parties.holder, 5)


def test_bond_is_the_sellers_again_when_his_key_is_refuted(market, list_file, make_deal, seller):
    """It stands for delivering in time. He could take it with a refund a moment before, so the claim takes no more."""
    terms = list_file(bond_bps=1_501)
    deal = make_deal(terms=terms)
    bond = deal.total * 1_501 // 10_000
    market.depositBond(seller, ZERO, bond, {"from": seller, "value": bond})
    deal.bring_to(State.ACCEPTED)
    assert market.bondOf(seller, ZERO) == 0
    deal.deliver_wrong_key()
    tx = deal.claim_bad_key()
    assert market.bondOf(seller, ZERO) == bond
    assert [event.name for event in tx.events] == ["OrderKeyRefuted", "BondChanged", "OrderRefunded", "CreditsAdded"]


def test_units_count_no_more_for_the_buyer_when_the_key_is_refuted(market, list_file, make_deal):
    terms = list_file(per_buyer_open_quantity=3)
    deal = make_deal(State.ACCEPTED, terms)
    deal.deliver_wrong_key()
    pair = (deal.listing_id, deal.purchase.holder)
    assert market.openQuantityOf(*pair) == 3
    deal.claim_bad_key()
    assert market.openQuantityOf(*pair) == 0
    assert make_deal(terms=terms).ask_buy()


def test_tokens_go_back_when_the_file_was_paid_in_them(market, list_file, make_deal, make_token, PermitToken):
    token = make_token(PermitToken)
    deal = make_deal(State.ACCEPTED, list_file(currency=str(token.address)))
    deal.deliver_wrong_key()
    deal.claim_bad_key()
    assert market.creditOf(deal.purchase.holder, token) == deal.total


def test_member_has_back_what_he_paid_when_the_key_is_refuted(market, list_file, make_deal, membership, join, buyer):
    join(buyer, 1)
    deal = make_deal(terms=list_file(member_level=1, member_discount_bps=1_500))
    paid = 3 * (PRICE - PRICE * 1_500 // 10_000)
    owed = market.creditOf(buyer, ZERO)
    deal.buy(value=paid)
    deal.accept()
    deal.deliver_wrong_key()
    deal.claim_bad_key()
    assert market.creditOf(buyer, ZERO) == owed + paid


def test_gift_goes_back_to_who_was_given_it_when_the_key_is_refuted(market, make_deal, listed_file, payer):
    deal = make_deal(State.ACCEPTED, listed_file, payer=payer)
    owed = market.creditOf(deal.purchase.holder, ZERO)
    deal.deliver_wrong_key()
    with refused("MarketNotParty", payer, deal.purchase.holder):
        claims(deal, sender=payer)
    deal.claim_bad_key()
    assert market.creditOf(deal.purchase.holder, ZERO) == owed + deal.total
