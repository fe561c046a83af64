"""settleBySignature: one side brings the other's signature, which is good for this order as it is, here, and once."""

import pytest

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import settled
from tests.helpers.deal import FAR, OPEN, State
from tests.helpers.events import assert_events
from tests.helpers.permits import signer
from tests.helpers.reverts import refused
from tests.helpers.settlements import signed
from tests.helpers.time import jump_to, now

FEES = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS)
ENOUGH_GAS = 3_000_000  # a wallet that burns what it gets would keep Ganache busy for long with a whole block's
TO_HOLDER = 1_111_111
OTHER = {"holder": "seller", "seller": "holder"}
HONEST, WRONG, REJECT, BURN_GAS, RETURN_BOMB, REVERT_BOMB, SHORT = range(7)


@pytest.fixture(scope="module")
def deals(make_deal):
    return {state: make_deal(state) for state in OPEN}


def refuse(deal, caller, signature, to_holder=TO_HOLDER, deadline=FAR, by=None, **tx):
    with refused("MarketBadSignature", by or deal.parties.seller):
        deal.ask("settleBySignature", caller, to_holder, deadline, signature, **tx)


@pytest.mark.parametrize("state", OPEN)
@pytest.mark.parametrize("role", OTHER)
def test_money_is_divided_as_signed_when_the_other_side_brings_the_signature(market, deals, state, role):
    deal = deals[state]
    maker, taker = (getattr(deal.parties, name) for name in (role, OTHER[role]))
    before = deal.order
    tx = deal.do("settleBySignature", taker, TO_HOLDER, FAR, signed(deal, signer(maker), TO_HOLDER))
    both = (deal.fee if state >= State.CONTESTED else 0, deal.fee if state == State.DISPUTED else 0)
    shares = settled(deal.total, TO_HOLDER, *FEES, *both)
    assert deal.order == before._replace(state=State.RESOLVED, amount=0, clock=0)
    assert deal.credits() == shares
    agreed = ("OrderSettled", {"key": deal.key, "by": str(taker), "toHolder": TO_HOLDER})
    assert_events(tx, [market], agreed, deal.credits_added(shares))


def test_signature_is_good_once(deals):
    deal = deals[State.DELIVERED]
    signature = signed(deal, signer(deal.parties.seller), TO_HOLDER)
    deal.do("settleBySignature", deal.parties.holder, TO_HOLDER, FAR, signature)
    with refused("MarketWrongState", deal.key, State.RESOLVED):
        deal.ask("settleBySignature", deal.parties.holder, TO_HOLDER, FAR, signature)


@pytest.mark.parametrize(
    "forged",
    [
        {"toHolder": TO_HOLDER + 1},
        {"remaining": 1},
        {"sequence": 1},
        {"deadline": FAR - 1},
        {"basis": b"\1" * 32},
        {"order": b"\1" * 32},
        {"holder": "0x" + "11" * 20},
        {"domain": {"chainId": 1}},
        {"domain": {"verifyingContract": "0x" + "11" * 20}},
        {"domain": {"name": "Dokkaebi Splits"}},
        {"domain": {"version": "2"}},
    ],
    ids=lambda forged: "-".join(forged.get("domain", forged)),
)
def test_signature_is_refused_when_it_says_anything_else(deals, forged):
    deal = deals[State.DELIVERED]
    key = signer(deal.parties.seller)
    if "toHolder" in forged:
        refuse(deal, deal.parties.holder, signed(deal, key, forged["toHolder"]))
        return
    refuse(deal, deal.parties.holder, signed(deal, key, TO_HOLDER, **forged))


def test_signature_is_refused_when_it_is_about_another_order(deals):
    other = signed(deals[State.ACCEPTED], signer(deals[State.ACCEPTED].parties.seller), TO_HOLDER)
    refuse(deals[State.DELIVERED], deals[State.DELIVERED].parties.holder, other)


@pytest.mark.parametrize("role", ["holder", "arbiter", "stranger"])
def test_signature_is_refused_when_somebody_else_made_it(deals, role):
    deal = deals[State.DELIVERED]
    refuse(deal, deal.parties.holder, signed(deal, signer(getattr(deal.parties, role)), TO_HOLDER))


@pytest.mark.parametrize("signature", [b"", b"\0" * 65, b"\1" * 64, b"\xff" * 65])
def test_signature_is_refused_when_it_is_none(deals, signature):
    refuse(deals[State.DELIVERED], deals[State.DELIVERED].parties.holder, signature)


def test_signature_is_refused_when_it_was_bent(deals):
    """The other half of the curve's order would be a second signature of the same key."""
    deal = deals[State.DELIVERED]
    good = signed(deal, signer(deal.parties.seller), TO_HOLDER)
    order = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141
    bent = good[:32] + (order - int.from_bytes(good[32:64], "big")).to_bytes(32, "big") + bytes([55 - good[64]])
    refuse(deal, deal.parties.holder, bent)


@pytest.mark.parametrize("role", ["arbiter", "backup", "stranger"])
def test_signature_is_of_no_use_to_anybody_else(deals, role):
    deal = deals[State.DELIVERED]
    account = getattr(deal.parties, role)
    signature = signed(deal, signer(deal.parties.seller), TO_HOLDER)
    with refused("MarketNotParty", account, deal.parties.seller):
        deal.ask("settleBySignature", account, TO_HOLDER, FAR, signature)


@pytest.mark.parametrize(
    "name, role",
    [("release", "holder"), ("refundPart", "seller"), ("offerSettlement", "seller"), ("withdrawSettlement", "holder"),
     ("extend", "seller"), ("dispute", "holder")],
)  # fmt: skip
def test_signature_is_void_when_anything_was_done_since(deals, name, role):
    deal = deals[State.DELIVERED]
    signature = signed(deal, signer(deal.parties.seller), TO_HOLDER)
    deal.do(name, getattr(deal.parties, role))
    refuse(deal, deal.parties.holder, signature)


def test_signature_is_void_when_the_order_has_another_holder(deals, stranger):
    deal = deals[State.DELIVERED]
    signature = signed(deal, signer(deal.parties.seller), TO_HOLDER)
    deal.do("transferOrder", deal.parties.holder, stranger)
    refuse(deal, stranger, signature)
    deal.do("settleBySignature", stranger, TO_HOLDER, FAR, signed(deal, signer(deal.parties.seller), TO_HOLDER))


@pytest.mark.parametrize("offset, works", [(-1, True), (0, True), (1, False)])
def test_signature_holds_until_its_deadline(deals, offset, works):
    deal = deals[State.ACCEPTED]
    deadline = now() + 1_000
    signature = signed(deal, signer(deal.parties.seller), TO_HOLDER, deadline)
    jump_to(deadline + offset)
    if works:
        deal.ask("settleBySignature", deal.parties.holder, TO_HOLDER, deadline, signature)
        return
    with refused("MarketTooLate", deadline, deadline + 1):
        deal.ask("settleBySignature", deal.parties.holder, TO_HOLDER, deadline, signature)


def test_signature_may_give_all_to_the_holder(deals):
    deal = deals[State.DELIVERED]
    signature = signed(deal, signer(deal.parties.seller), deal.total)
    deal.do("settleBySignature", deal.parties.holder, deal.total, FAR, signature)
    assert deal.credits() == settled(deal.total, deal.total, *FEES)


def test_settlement_is_refused_when_it_gives_more_than_there_is(deals):
    deal = deals[State.DELIVERED]
    signature = signed(deal, signer(deal.parties.seller), deal.total + 1)
    with refused("MarketBadAmount", deal.total + 1, deal.total):
        deal.ask("settleBySignature", deal.parties.holder, deal.total + 1, FAR, signature)


@pytest.fixture(scope="module")
def wallet_deal(SigningWallet, make_deal, owner, payer, buyer):
    """Give a factory of orders whose holder is a contract wallet that answers so; its owner's key is the buyer's."""

    def made(answer):
        wallet = SigningWallet.deploy(buyer, answer, {"from": owner})
        return make_deal(State.ACCEPTED, holder=wallet, payer=payer)

    return made


def test_contract_wallet_agrees_by_its_own_word(wallet_deal, buyer, market):
    deal = wallet_deal(HONEST)
    deal.do("settleBySignature", deal.parties.seller, TO_HOLDER, FAR, signed(deal, signer(buyer), TO_HOLDER))
    assert market.creditOf(deal.parties.holder, deal.terms.currency) == TO_HOLDER


@pytest.mark.parametrize("answer", [WRONG, REJECT, BURN_GAS, RETURN_BOMB, REVERT_BOMB])
def test_settlement_is_refused_when_a_contract_wallet_says_no_in_any_way(wallet_deal, buyer, answer):
    deal = wallet_deal(answer)
    signature = signed(deal, signer(buyer), TO_HOLDER)
    refuse(deal, deal.parties.seller, signature, by=deal.parties.holder, gas=ENOUGH_GAS)


def test_settlement_reverts_when_a_contract_wallet_says_nothing(wallet_deal, buyer):
    deal = wallet_deal(SHORT)
    signature = signed(deal, signer(buyer), TO_HOLDER)
    with pytest.raises(Exception, match=r"revert|Revert|^$"):
        deal.ask("settleBySignature", deal.parties.seller, TO_HOLDER, FAR, signature)
