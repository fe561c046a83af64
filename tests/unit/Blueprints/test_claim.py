"""Claiming units: once for each order that ended well, to whoever holds it now."""

import pytest

from tests.helpers.deal import OPEN, State
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import GOODS, ZERO

QUANTITY = 4


def words(deal, to) -> tuple:
    return (deal.terms.words(), deal.purchase.holder, deal.ref, to)


def claim(blueprints, deal, sender, to):
    return blueprints.claim(*words(deal, to), {"from": sender})


def ask(blueprints, deal, sender, to):
    blueprints.claim.call(*words(deal, to), {"from": sender})


@pytest.fixture(scope="module")
def deals(make_deal, design):
    return {state: make_deal(state, design.terms, quantity=QUANTITY) for state in State}


@pytest.mark.parametrize("who", ["buyer", "seller", "stranger"])
def test_holder_gets_the_units_whoever_claims_when_the_order_is_completed(
    blueprints, design, deals, buyer, request, who
):
    deal, sender = deals[State.COMPLETED], request.getfixturevalue(who)
    before = deal.order
    tx = claim(blueprints, deal, sender, buyer)
    claimed = {"key": deal.key, "listingId": design.id, "to": str(buyer), "quantity": QUANTITY}
    moved = {"operator": str(sender), "from": ZERO, "to": str(buyer), "id": int(design.id, 16), "value": QUANTITY}
    assert_events(tx, [blueprints], ("UnitsClaimed", claimed), ("TransferSingle", moved))
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == QUANTITY
    assert blueprints.isClaimed(deal.key)
    assert blueprints.designOf(design.id)[4:] == (QUANTITY, 0)
    assert deal.order == before


@pytest.mark.parametrize("who", ["buyer", "stranger"])
def test_units_are_refused_when_they_were_claimed(blueprints, deals, buyer, stranger, request, who):
    deal = deals[State.COMPLETED]
    claim(blueprints, deal, stranger, buyer)
    with refused("BlueprintsClaimedBefore", deal.key):
        ask(blueprints, deal, request.getfixturevalue(who), buyer)


@pytest.mark.parametrize("state", [State.NONE, *OPEN, State.CANCELLED, State.REFUNDED, State.RESOLVED])
def test_units_are_refused_when_the_order_is_not_completed(blueprints, deals, buyer, stranger, state):
    deal = deals[state]
    for sender in (buyer, stranger):
        with refused("BlueprintsNotCompleted", deal.key, state):
            ask(blueprints, deal, sender, buyer)


@pytest.mark.parametrize("state", [State.REFUNDED, State.RESOLVED])
def test_seller_grants_the_units_when_the_order_ended_otherwise(blueprints, design, deals, buyer, seller, state):
    deal = deals[state]
    claim(blueprints, deal, seller, buyer)
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == QUANTITY
    with refused("BlueprintsClaimedBefore", deal.key):
        ask(blueprints, deal, seller, buyer)


@pytest.mark.parametrize("state", [State.NONE, *OPEN, State.CANCELLED])
def test_seller_grants_nothing_when_the_order_is_open_or_never_came_about(blueprints, deals, buyer, seller, state):
    with refused("BlueprintsNotCompleted", deals[state].key, state):
        ask(blueprints, deals[state], seller, buyer)


@pytest.mark.parametrize("state", [State.COMPLETED, State.RESOLVED])
def test_seller_cannot_name_another_than_the_holder(blueprints, deals, buyer, seller, state):
    with refused("BlueprintsNotHolder", seller, buyer):
        ask(blueprints, deals[state], seller, seller)


def test_holder_names_another_address_when_he_claims_himself(blueprints, design, deals, buyer, stranger):
    claim(blueprints, deals[State.COMPLETED], buyer, stranger)
    assert blueprints.balanceOf(stranger, int(design.id, 16)) == QUANTITY
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == 0


def test_units_go_to_who_holds_the_order_now_when_it_was_handed_over(
    blueprints, design, make_deal, buyer, payer, stranger
):
    deal = make_deal(State.DELIVERED, design.terms, quantity=QUANTITY)
    deal.do("transferOrder", buyer, payer)
    deal.do("confirm", payer)
    for sender in (buyer, stranger):
        with refused("BlueprintsNotHolder", sender, payer):
            ask(blueprints, deal, sender, buyer)
    claim(blueprints, deal, stranger, payer)
    assert blueprints.balanceOf(payer, int(design.id, 16)) == QUANTITY
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == 0


def test_new_holder_of_an_order_names_another_address(blueprints, design, make_deal, buyer, payer, stranger):
    deal = make_deal(State.DELIVERED, design.terms, quantity=QUANTITY)
    deal.do("transferOrder", buyer, payer)
    deal.do("confirm", payer)
    claim(blueprints, deal, payer, stranger)
    assert blueprints.balanceOf(stranger, int(design.id, 16)) == QUANTITY


def test_all_units_come_when_a_part_was_given_back_before_the_end(blueprints, design, make_deal, seller, buyer):
    deal = make_deal(State.DELIVERED, design.terms, quantity=QUANTITY)
    deal.do("refundPart", seller, deal.total, deal.total // 3)
    deal.confirm()
    claim(blueprints, deal, buyer, buyer)
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == QUANTITY


def test_two_orders_of_one_holder_add_up(blueprints, design, give, buyer):
    give(design, buyer, 2)
    give(design, buyer, 5)
    assert blueprints.balanceOf(buyer, int(design.id, 16)) == 7
    assert blueprints.designOf(design.id)[4:] == (7, 0)


def test_units_are_refused_when_the_conditions_are_not_published(blueprints, list_design, make_deal, buyer):
    design = list_design(publish=False)
    deal = make_deal(State.COMPLETED, design.terms)
    with refused("BlueprintsNotPublished", design.id):
        ask(blueprints, deal, buyer, buyer)


def test_order_of_goods_gives_no_units(blueprints, make_deal, listed, buyer, chain, market):
    assert listed.rule("kind") == GOODS
    deal = make_deal(State.COMPLETED, listed)
    with refused("BlueprintsNotPublished", listed.listing_id(chain.id, market.address)):
        ask(blueprints, deal, buyer, buyer)


def test_order_of_another_listing_gives_no_units_of_this_one(blueprints, design, free_design, make_deal, buyer):
    deal = make_deal(State.COMPLETED, free_design.terms)
    wrong = (design.terms.words(), deal.purchase.holder, deal.ref, buyer)
    with refused("BlueprintsNotCompleted", ..., State.NONE):
        blueprints.claim.call(*wrong, {"from": buyer})


def test_units_are_refused_when_they_would_go_to_nobody(blueprints, deals, buyer):
    with refused("ERC1155InvalidReceiver", ZERO):
        ask(blueprints, deals[State.COMPLETED], buyer, ZERO)


def test_units_are_refused_when_they_would_go_to_the_contract_itself(blueprints, deals, buyer):
    with refused("ERC1155InvalidReceiver", blueprints):
        ask(blueprints, deals[State.COMPLETED], buyer, blueprints)
