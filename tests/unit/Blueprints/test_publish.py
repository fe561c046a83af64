"""Publishing a design: the conditions whose hash the listing's terms name, once, and no others."""

import pytest

from tests.helpers.accounts import community_account, split_account
from tests.helpers.blueprints import Conditions
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import GOODS, SERVICE, ZERO, salt

NOWHERE = "0x" + "0e" * 20
UNKNOWN = (ZERO, False, ZERO, 0, 0, 0)


def publish(blueprints, design, sender, conditions=None):
    return blueprints.publish(design.terms.words(), (conditions or design.conditions).words(), {"from": sender})


def ask(blueprints, design, sender, conditions=None):
    blueprints.publish.call(design.terms.words(), (conditions or design.conditions).words(), {"from": sender})


def test_blueprints_name_their_market_and_its_splits(blueprints, market, splits):
    assert (blueprints.MARKET(), blueprints.SPLITS()) == (market, splits)


def test_no_blueprints_are_made_when_there_is_no_market(Blueprints, owner, stranger):
    with refused("BlueprintsNoCode", stranger):
        Blueprints.deploy(stranger, {"from": owner})


@pytest.mark.parametrize("who", ["seller", "stranger"])
def test_conditions_are_known_when_anybody_publishes_what_the_terms_name(blueprints, list_design, payer, request, who):
    design = list_design(publish=False)
    assert blueprints.designOf(design.id) == UNKNOWN
    tx = publish(blueprints, design, request.getfixturevalue(who))
    said = design.conditions
    event = {"listingId": design.id, "seller": design.terms.seller, "conditions": said.words()}
    assert_events(tx, [blueprints], ("DesignPublished", event))
    assert blueprints.designOf(design.id) == (payer, True, ZERO, said.fee_per_make, 0, 0)


def test_salt_is_the_hash_of_the_conditions(blueprints, payer):
    said = Conditions(ZERO, 2**128 - 1, str(payer), 7, 9, salt(5))
    assert blueprints.saltOf(said.words()) == said.hash()


@pytest.mark.parametrize("change", [{"fee_per_make": 50_008}, {"payee": NOWHERE}, {"salt": salt(2**255)}])
def test_other_conditions_are_refused_even_when_the_seller_publishes_them(blueprints, list_design, seller, change):
    design = list_design(publish=False)
    other = design.conditions.but(**change)
    with refused("BlueprintsWrongConditions", other.hash(), design.terms.salt):
        ask(blueprints, design, seller, other)


def test_conditions_are_refused_when_they_are_published(blueprints, design, seller):
    with refused("BlueprintsPublishedBefore", design.id):
        ask(blueprints, design, seller)


@pytest.mark.parametrize("kind", [GOODS, SERVICE])
def test_conditions_are_refused_when_the_listing_is_no_blueprint(blueprints, list_design, seller, kind):
    design = list_design(publish=False, terms={"kind": kind})
    with refused("BlueprintsNotListed", design.id):
        ask(blueprints, design, seller)


def test_conditions_are_refused_when_the_terms_are_not_on_sale(blueprints, list_design, market, chain, seller):
    design = list_design(publish=False)
    design.terms = design.terms.but(unit_price=design.terms.unit_price + 1)
    with refused("BlueprintsNotListed", design.terms.listing_id(chain.id, market.address)):
        ask(blueprints, design, seller)


def test_fee_goes_to_a_splits_version_when_conditions_name_one(blueprints, list_design, make_split, payer, stranger):
    split_id = make_split((payer, 6_000), (stranger, 4_000))
    design = list_design(payee=ZERO, split_id=split_id, split_version=1)
    assert blueprints.designOf(design.id)[0] == split_account(split_id, 1)


@pytest.mark.parametrize("split_id, version", [(1, 99), (2**64 - 1, 1), (1, 0)])
def test_conditions_are_refused_when_there_is_no_such_version(
    blueprints, list_design, make_split, payer, seller, split_id, version
):
    make_split((payer, 10_000))
    design = list_design(publish=False, payee=ZERO, split_id=split_id, split_version=version)
    with refused("BlueprintsUnknownSplit", split_id, version):
        ask(blueprints, design, seller)


@pytest.mark.parametrize(
    "payee",
    [ZERO, "blueprints", community_account(0), community_account(1), split_account(1, 1)],
    ids=["nobody", "itself", "the platform", "a community", "a split's account"],
)
def test_conditions_are_refused_when_nobody_could_take_the_fee(blueprints, list_design, seller, payee):
    payee = blueprints.address if payee == "blueprints" else payee
    design = list_design(publish=False, payee=payee)
    with refused("BlueprintsBadPayee", payee, 0):
        ask(blueprints, design, seller)


@pytest.mark.parametrize("change", [{"split_id": 1, "split_version": 1}, {"split_version": 1}, {"split_id": 1}])
def test_conditions_are_refused_when_they_name_an_account_and_a_split(
    blueprints, list_design, make_split, payer, seller, change
):
    make_split((payer, 10_000))
    design = list_design(publish=False, **change)
    with refused("BlueprintsBadPayee", payer, change.get("split_id", 0)):
        ask(blueprints, design, seller)


@pytest.mark.parametrize("change", ["payee", "currency", "split_id", "split_version"])
def test_free_make_is_refused_when_its_conditions_say_more(blueprints, list_design, token, payer, seller, change):
    value = {"payee": str(payer), "currency": str(token)}.get(change, 1)
    design = list_design(publish=False, **{"fee_per_make": 0, "payee": ZERO, change: value})
    named = str(payer) if change == "payee" else ZERO
    with refused("BlueprintsBadPayee", named, design.conditions.split_id):
        ask(blueprints, design, seller)


def test_conditions_are_refused_when_their_currency_is_no_contract(blueprints, list_design, seller):
    design = list_design(publish=False, currency=NOWHERE)
    with refused("BlueprintsNoCode", NOWHERE):
        ask(blueprints, design, seller)


def test_unknown_design_is_all_zeros(blueprints):
    assert blueprints.designOf(salt(77)) == UNKNOWN
