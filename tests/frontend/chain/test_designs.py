"""Blueprints on a real chain: listed, published, bought, claimed, made with the fee paid, handed on, and looked up."""

from __future__ import annotations

import re
from typing import Any

import pytest
from werkzeug.test import TestResponse

from frontend.services.make_conditions import conditions_from
from frontend.services.terms import conditions_hash
from tests.frontend.chain.conftest import ETH, buy_form, listing_form, new_key
from tests.frontend.chain.site import Person, Site

FEE_WEI = 5 * 10**15
TOKEN_FEE = 2 * 10**18


def blueprint_form(arbiter: Person, **changes: Any) -> dict[str, Any]:
    """Give a filled-in form for a new blueprint."""
    common = {"kind": "blueprint", "title": "도깨비 등불 Lamp", "make_fee": "0.005", "make_salt": "0x" + new_key() * 4}
    return listing_form(arbiter.address, **common | changes)


def listed(seller: Person, arbiter: Person, **changes: Any) -> str:
    return str(seller.do("/listings/new?community=1", blueprint_form(arbiter, **changes))["subject"])


def published(seller: Person, arbiter: Person, **changes: Any) -> str:
    listing = listed(seller, arbiter, **changes)
    found = seller.do(f"/l/{listing}/publish", {"publish-form_key": new_key()})
    assert (found["action"], found["subject"]) == ("designs.publish", listing)
    return listing


def bought(listing: str, buyer: Person, seller: Person, quantity: int = 3, **changes: Any) -> str:
    key = str(buyer.do(f"/l/{listing}/buy", buy_form(quantity=str(quantity), **changes))["subject"])
    for who, step in ((seller, "accept"), (seller, "deliver"), (buyer, "confirm")):
        who.do(f"/o/{key}/{step}", {f"{step}-form_key": new_key()})
    return key


def claim(key: str, who: Person, receiver: Person) -> dict[str, Any]:
    form = {"claim_units-receiver": receiver.address, "claim_units-form_key": new_key()}
    return who.do(f"/o/{key}/claim_units", form)


def made(listing: str, who: Person, *serials: str) -> TestResponse:
    form = {"make-serials": "\r\n".join(serials), "make-form_key": new_key(), "make-fee": "1", "make-currency": ETH}
    return who.post_form(f"/l/{listing}/make", form)


def make(site: Site, listing: str, who: Person, *serials: str) -> dict[str, Any]:
    found = who.built(made(listing, who, *serials))
    who.send(found)
    site.follow()
    return found


def words_of(answer: TestResponse) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.get_data(as_text=True)))


def offered(who: Person, key: str) -> bool:
    """Tell whether a page offers to claim an order's units."""
    return 'id="act-claim_units"' in who.get(f"/o/{key}").get_data(as_text=True)


@pytest.fixture(scope="module")
def design(site: Site) -> str:
    return published(site.person(1), site.person(3))


def test_blueprint_goes_from_its_listing_to_a_checked_piece(
    site: Site, seller: Person, buyer: Person, arbiter: Person, stranger: Person
):
    design = published(seller, arbiter)
    key = bought(design, buyer, seller)
    assert offered(buyer, key)
    found = claim(key, buyer, buyer)
    assert (found["action"], found["subject"]) == ("designs.claim", key)
    assert not offered(buyer, key)
    assert "3 units left" in words_of(buyer.get("/library"))
    paid = make(site, design, buyer, "L-1", "L/2")
    assert int(paid["value"], 16) == 2 * FEE_WEI
    buyer.do(f"/l/{design}/hand_on", {
        "hand_on-to": stranger.address, "hand_on-quantity": "1", "hand_on-form_key": new_key(),
    })  # fmt: skip
    page = words_of(stranger.get(f"/l/{design}/makes"))
    assert "1 unit left" in page
    assert "L-1" in page
    make(site, design, stranger, "L-3")
    genuine = stranger.get(f"/check/{design}/L-3").get_data(as_text=True)
    assert 'data-verdict="registered"' in genuine
    assert "number 3 of 3 made so far" in genuine
    assert 'data-verdict="registered"' in stranger.get(f"/check/{design}?serial=L/2").get_data(as_text=True)
    label = stranger.get(f"/l/{design}/label?serial=L-3").get_data(as_text=True)
    assert f"/check/{design}/L-3" in label
    assert "<svg" in label
    owed = words_of(seller.get("/credits"))
    assert "From makes of designs" in owed
    back = seller.do(f"/credits/blueprints/{seller.address}/{ETH}/withdraw", {
        f"wBlueprints{seller.address[-8:]}{ETH[2:10]}".lower() + "-" + name: value
        for name, value in (("to", seller.address), ("amount", "0.015"), ("form_key", new_key()))
    })  # fmt: skip
    assert back["action"] == "credits.withdraw_blueprints"


def test_unregistered_serial_is_called_counterfeit_and_look_alikes_are_named(
    site: Site, design: str, buyer: Person, seller: Person
):
    claim(bought(design, buyer, seller, 1), buyer, buyer)
    make(site, design, buyer, "AB-O1")
    page = buyer.get(f"/check/{design}/ab-01").get_data(as_text=True)
    assert 'data-verdict="unregistered"' in page
    assert "Not registered: treat it as counterfeit." in page
    assert "AB-O1" in page
    assert 'data-verdict="no_serial"' in buyer.get(f"/check/{design}?serial=a%20b").get_data(as_text=True)
    assert 'data-verdict="unknown_design"' in buyer.get(f"/check/0x{'77' * 32}/A").get_data(as_text=True)
    assert "data-verdict" not in buyer.get(f"/check/{design}").get_data(as_text=True)
    assert "data-verdict" not in buyer.get("/check").get_data(as_text=True)
    assert buyer.get("/check/0x12/A").status_code == 404
    assert buyer.get(f"/l/{design}/label?serial=nothing").status_code == 404


def test_nobody_is_accused_when_the_index_is_behind(
    site: Site, design: str, buyer: Person, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("frontend.blueprints.designs.routes.MAY_BE_SILENT_S", -1)
    for path in (f"/check/{design}/NEVER", f"/check/0x{'77' * 32}/A"):
        page = buyer.get(path).get_data(as_text=True)
        assert 'data-verdict="cannot_tell"' in page
        assert "counterfeit" not in page


def test_blueprint_cannot_be_bought_before_its_conditions_are_published(
    site: Site, seller: Person, buyer: Person, arbiter: Person, stranger: Person
):
    listing = listed(seller, arbiter)
    page = words_of(buyer.get(f"/l/{listing}"))
    assert "It cannot be bought yet" in page
    assert "0.005 ETH" in page
    assert "Publish the make conditions" in words_of(seller.get(f"/l/{listing}"))
    answer = buyer.post_form(f"/l/{listing}/buy", buy_form())
    assert answer.status_code == 422
    assert "not published yet" in words_of(answer)
    stranger.do(f"/l/{listing}/publish", {"publish-form_key": new_key()})  # anybody may
    again = seller.post_form(f"/l/{listing}/publish", {"publish-form_key": new_key()})
    assert again.status_code == 422
    assert buyer.post_form(f"/l/{listing}/buy", buy_form()).status_code == 303


def test_description_carries_the_conditions_whose_hash_is_the_salt(site: Site, seller: Person, arbiter: Person):
    listing = listed(seller, arbiter)
    with site.app.app_context():
        found = site.bound.queries.listing(listing)
        kept = seller.get(f"/content/{found.content_hash}").get_json(force=True)
        said = site.bound.services.designs.conditions(found)
    assert said == conditions_from(kept["make"])
    assert conditions_hash(said) == found.terms["salt"]
    assert (said.fee_units, said.payee) == (FEE_WEI, seller.address.lower())


@pytest.mark.parametrize(
    "fields, payee, fee",
    [
        ({"make_fee": ""}, None, 0),
        ({"make_fee": "0"}, None, 0),
        ({"make_payee": "0x" + "42" * 20}, "0x" + "42" * 20, FEE_WEI),
    ],
)
def test_conditions_are_what_the_form_says(
    site: Site, seller: Person, arbiter: Person, fields: dict[str, str], payee: str | None, fee: int
):
    listing = published(seller, arbiter, **fields)
    with site.app.app_context():
        found = site.bound.queries.design(listing)
    assert (found.fee_units, found.payee) == (fee, payee)


def test_fee_in_a_token_is_allowed_first_and_then_taken(site: Site, seller: Person, buyer: Person, arbiter: Person):
    with site.app.app_context():
        token = site.bound.queries.community(1).token
    money = {"currency": token, "price": "3", "arbiter_fee": "1", "make_fee": "2"}
    design = published(seller, arbiter, **money)
    claim(bought(design, buyer, seller, 2), buyer, buyer)
    first = buyer.built(made(design, buyer, "T-1", "T-2"))
    assert (first["action"], int(first["call"]["values"][1])) == ("token.approve", 2 * TOKEN_FEE)
    buyer.send(first)
    site.follow()
    second = buyer.built(buyer.post_form(f"/intents/{first['id']}/next", {}))
    assert (second["action"], int(second["value"], 16)) == ("designs.make", 0)
    buyer.send(second)
    site.follow()
    with site.app.app_context():
        owed = site.bound.queries.ledger_credits(second["to"], seller.address)
    assert {credit.currency: credit.amount_units for credit in owed}[token] == 2 * TOKEN_FEE


@pytest.mark.parametrize(
    "serials, said",
    [
        ([""], "Please fill this in."),
        (["two words"], "is no serial"),
        (["도깨비"], "is no serial"),
        (["x" * 33], "is no serial"),
        (["A", "A"], "stands there twice"),
        ([f"S{number}" for number in range(51)], "1 to 50 serials"),
        (["ONE", "TWO"], "You have 0 units"),
    ],
)
def test_make_is_refused_in_a_sentence(design: str, stranger: Person, serials: list[str], said: str):
    answer = made(design, stranger, *serials)
    # without a unit there is no form on the page; the refusal is said all the same
    assert answer.status_code == 422
    assert said in words_of(answer)


def test_taken_serial_is_refused_before_anything_is_signed(site: Site, design: str, buyer: Person, seller: Person):
    claim(bought(design, buyer, seller, 2), buyer, buyer)
    make(site, design, buyer, "TAKEN")
    answer = made(design, buyer, "TAKEN")
    assert answer.status_code == 422
    assert "registered already" in words_of(answer)


def test_seller_grants_units_of_a_refunded_order_and_nobody_else_can_claim_them(
    site: Site, design: str, seller: Person, buyer: Person
):
    key = str(buyer.do(f"/l/{design}/buy", buy_form())["subject"])
    seller.do(f"/o/{key}/accept", {"accept-form_key": new_key()})
    seller.do(f"/o/{key}/refund", {"refund-form_key": new_key(), "refund-sure": "y"})
    assert not offered(buyer, key)
    assert offered(seller, key)
    with site.app.app_context():
        before = site.bound.queries.units_held(buyer.address, design)
    claim(key, seller, buyer)
    with site.app.app_context():
        assert site.bound.queries.units_held(buyer.address, design) == before + 1


def test_claim_by_a_stranger_to_himself_is_refused_in_a_sentence(
    design: str, seller: Person, buyer: Person, stranger: Person
):
    key = bought(design, buyer, seller, 1)
    form = {"claim_units-receiver": stranger.address, "claim_units-form_key": new_key()}
    answer = stranger.post_form(f"/o/{key}/claim_units", form)
    assert answer.status_code == 422
    assert "only he may name another address" in words_of(answer)
