"""Ciphertexts: what is taken, who gets it, and when it is thrown away."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable
from typing import Any

import pytest
from eth_account import Account
from sqlalchemy import func, select, update

from frontend.errors import Refused
from frontend.index.queries import Queries
from frontend.services.notes import MAX_LOOSE, UNUSED_FOR_S, note_hash, stamp
from frontend.store.database import Database, create_engine
from frontend.store.models import AppNote
from tests.frontend.notes.conftest import (
    BUYER,
    SALT,
    SELLER,
    STRANGER,
    Market,
    Visitor,
    identity,
    sealed_for,
    signature_of,
    statement,
)
from tests.frontend.pages.conftest import sign_in

SEALED = sealed_for(identity()[1])


def put(visitor: Visitor, data: bytes = SEALED, **changes: Any) -> Any:
    """Send a ciphertext as the page does."""
    body = {"reader": SELLER.address, "salt": SALT, "sealed": base64.b64encode(data).decode()}
    return visitor.post("/notes", {**body, **changes})


def count(market: Market) -> int:
    """Give how many notes are kept."""
    with market.app.app_context(), market.notes.db.reading() as session:
        return int(session.scalar(select(func.count()).select_from(AppNote)) or 0)


def age(market: Market, seconds: int) -> None:
    """Let all notes be older."""
    with market.app.app_context(), market.notes.db.session() as session:
        session.execute(update(AppNote).values(created_at_ts=AppNote.created_at_ts - seconds))


def test_ciphertext_is_kept_under_the_hash_that_the_browser_expects(market: Market) -> None:
    buyer = market.person(BUYER)
    answer = put(buyer)
    assert (answer.status_code, answer.get_json()) == (200, {"hash": note_hash(SALT, SEALED)})
    assert put(buyer).get_json() == {"hash": note_hash(SALT, SEALED)}, "sent twice is sent once"
    assert count(market) == 1


NOT_SEALED = {
    "words": b"Dokkaebi-ro 7, Seoul",
    "an age header with words behind it": SEALED[: SEALED.index(b"--- ") + 48] + b"Dokkaebi-ro 7, Seoul",
    "a size that tells something": sealed_for(identity()[1], size=1000),
    "a passphrase": SEALED.replace(b"-> X25519 ", b"-> scrypt ", 1),
    "armour": b"-----BEGIN AGE ENCRYPTED FILE-----\n" + base64.b64encode(SEALED),
    "nothing": b"",
}


@pytest.mark.parametrize("name", NOT_SEALED)
def test_nothing_is_kept_when_what_was_sent_is(market: Market, name: str) -> None:
    answer = put(market.person(BUYER), NOT_SEALED[name])
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "not_sealed")
    assert count(market) == 0


@pytest.mark.parametrize(
    "changes", [{"salt": "0x12"}, {"salt": "0x" + "5A" * 32}, {"sealed": "?"}, {"sealed": 5}, {"salt": None}]
)
def test_nothing_is_kept_when_salt_or_bytes_are_wrongly_written(market: Market, changes: dict[str, Any]) -> None:
    assert put(market.person(BUYER), **changes).get_json()["error"]["key"] == "not_sealed"
    assert count(market) == 0


@pytest.mark.parametrize("size", [16_384, 40_000])
def test_nothing_is_kept_when_it_is_too_large(market: Market, size: int) -> None:
    answer = put(market.person(BUYER), sealed_for(identity()[1], size=size))
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "note_too_large")
    assert count(market) == 0


def test_ciphertext_stays_its_authors_when_somebody_else_sends_it_too(market: Market) -> None:
    put(market.person(BUYER))
    answer = put(market.person(STRANGER))
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "note_missing")
    with market.app.test_request_context(), pytest.raises(Refused) as refused:
        market.notes.claim(note_hash(SALT, SEALED), STRANGER.address, SELLER.address, "0x" + "01" * 32)
    assert refused.value.key == "note_missing"


def test_purchase_is_refused_when_its_note_is_for_another_seller(market: Market) -> None:
    put(market.person(BUYER), reader=STRANGER.address)
    with market.app.test_request_context(), pytest.raises(Refused) as refused:
        market.notes.claim(note_hash(SALT, SEALED), BUYER.address, SELLER.address, "0x" + "01" * 32)
    assert refused.value.key == "note_other_reader"


@pytest.mark.parametrize("sealed", ["0x" + "77" * 32, "0x12", "Dokkaebi-ro 7"])
def test_checkout_says_so_when_its_note_is_not_here(market: Market, sealed: str) -> None:
    buyer = market.person(BUYER)
    form = {"csrf_token": buyer.csrf, "form_key": "12" * 16, "quantity": "1", "recipient": "me", "fee_shown": "350"}
    answer = buyer.client.post(f"/l/{market.story.listings['jar'][0]}/buy", data={**form, "sealed": sealed})
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert 'href="#sealed"' in page
    assert sealed not in page


def bought(market: Market, tell: Callable[[], None], **changes: Any) -> str:
    """Let the buyer's purchase carry the note; give the order's key."""
    values = {"holder": BUYER.address, "payer": BUYER.address, "specification": note_hash(SALT, SEALED), **changes}
    key = market.story.buy("noted", "jar", **values)
    tell()
    return key


def test_only_the_parties_of_an_order_get_its_note(market: Market, tell: Callable[[], None]) -> None:
    put(market.person(BUYER))
    holder = STRANGER
    key = bought(market, tell, holder=holder.address)
    for person in (SELLER, BUYER, holder):
        told = market.person(person).get(f"/notes/{key}/wish.json")
        assert told.status_code == 200
        assert base64.b64decode(told.get_json()["sealed"]) == SEALED
        assert (told.get_json()["salt"], told.get_json()["hash"]) == (SALT, note_hash(SALT, SEALED))
    assert told.headers["Cache-Control"] == "no-store"
    other = market.person(Account.from_key(b"\x09" * 32)).get(f"/notes/{key}/wish.json")
    assert (other.status_code, other.get_json()["error"]["key"]) == (403, "not_allowed")
    assert market.app.test_client().get(f"/notes/{key}/wish.json").status_code == 401


def test_arbiter_does_not_get_the_note(market: Market, tell: Callable[[], None]) -> None:
    put(market.person(BUYER))
    key = bought(market, tell)
    arbiter = market.story.listings["jar"][1].arbiter
    visitor = market.app.test_client()
    sign_in(market.app, visitor, arbiter)
    assert visitor.get(f"/notes/{key}/wish.json").status_code == 403


def test_copied_hash_does_not_bring_another_buyers_note(market: Market, tell: Callable[[], None]) -> None:
    put(market.person(BUYER))
    key = bought(market, tell, holder=STRANGER.address, payer=STRANGER.address)
    for person in (STRANGER, SELLER):
        told = market.person(person).get(f"/notes/{key}/wish.json")
        assert (told.status_code, told.get_json()["error"]["key"]) == (404, "note_missing")


def test_note_of_the_seller_is_for_the_buyer_when_the_delivery_carries_it(
    market: Market, tell: Callable[[], None]
) -> None:
    seller, buyer = market.person(SELLER), market.person(BUYER)
    key = bought(market, tell)
    put(seller, reader=BUYER.address)
    market.story.accept("noted")
    market.story.deliver("noted", bytes.fromhex(note_hash(SALT, SEALED)[2:]))
    tell()
    for person in (seller, buyer):
        assert person.get(f"/notes/{key}/delivery.json").status_code == 200
        assert 'data-note-part="delivery"' in person.client.get(f"/o/{key}").get_data(as_text=True)
    assert 'data-note-part="delivery"' not in market.app.test_client().get(f"/o/{key}").get_data(as_text=True)


@pytest.mark.parametrize("part", ["wish", "delivery"])
def test_order_without_notes_says_so(market: Market, tell: Callable[[], None], part: str) -> None:
    key = bought(market, tell, specification="0x" + "00" * 32)
    told = market.person(SELLER).get(f"/notes/{key}/{part}.json")
    assert (told.status_code, told.get_json()["error"]["key"]) == (404, "no_note")


@pytest.mark.parametrize(
    "path", ["/notes/0x12/wish.json", f"/notes/0x{'12' * 32}/wish.json", f"/notes/0x{'12' * 32}/other.json"]
)
def test_nothing_is_found_when_there_is_no_such_order(market: Market, path: str) -> None:
    assert market.person(SELLER).get(path).status_code == 404


def test_delivery_is_refused_when_it_has_a_plain_and_a_sealed_note(market: Market, tell: Callable[[], None]) -> None:
    key = bought(market, tell)
    market.story.accept("noted")
    tell()
    seller = market.person(SELLER)
    form = {
        "csrf_token": seller.csrf,
        "deliver-form_key": "12" * 16,
        "deliver-note": "x",
        "deliver-sealed": note_hash(SALT, SEALED),
    }
    answer = seller.client.post(f"/o/{key}/deliver", data=form)
    assert answer.status_code == 422
    assert "Only one of the two notes" in answer.get_data(as_text=True)


def test_note_is_thrown_away_when_no_order_has_carried_it_for_a_week(market: Market, tell: Callable[[], None]) -> None:
    put(market.person(BUYER))
    with market.app.test_request_context():
        now = market.story.at_ts
        age(market, int(time.time()) - now)
        assert market.notes.prune(now) == 0, "it is young"
        age(market, UNUSED_FOR_S + 1)
        assert market.notes.prune(now + 10_000) == 0, "the index is behind, and may not know the order yet"
        assert market.notes.prune(now) == 1
    assert count(market) == 0


def test_note_stays_when_an_order_carries_it(market: Market, tell: Callable[[], None]) -> None:
    put(market.person(BUYER))
    key = bought(market, tell)
    age(market, 20 * UNUSED_FOR_S + int(time.time()) - market.story.at_ts)
    with market.app.test_request_context():
        market.notes.claim(note_hash(SALT, SEALED), BUYER.address, SELLER.address, key)
        assert market.notes.prune(market.story.at_ts) == 0
        with pytest.raises(Refused) as refused:
            market.notes.claim(note_hash(SALT, SEALED), BUYER.address, SELLER.address, "0x" + "02" * 32)
    assert refused.value.key == "note_used"
    assert count(market) == 1


def test_one_account_cannot_fill_the_store(market: Market) -> None:
    with market.app.test_request_context():
        for number in range(MAX_LOOSE + 5):
            market.notes.store(BUYER.address, SELLER.address, f"0x{number:064x}", SEALED)
    assert MAX_LOOSE <= count(market) <= MAX_LOOSE + 1


def test_uploads_are_limited(market: Market) -> None:
    buyer = market.person(BUYER)
    answers = [put(buyer, salt=f"0x{number:064x}").status_code for number in range(25)]
    assert answers[0] == 200
    assert answers[-1] == 429


def test_notes_and_keys_come_back_whole_on_either_database(market: Market, database_url: str) -> None:
    with market.app.test_request_context():
        known = market.notes
        engine = create_engine(database_url)
        notes = type(known)(known.settings, known.registry, known.chain, Database(engine), Queries(engine))
        found = notes.store(BUYER.address, SELLER.address, SALT, SEALED)
        assert notes.store(BUYER.address, SELLER.address, SALT, SEALED) == found
        for number in range(MAX_LOOSE + 5):
            notes.store(STRANGER.address, SELLER.address, f"0x{number:064x}", SEALED)
        notes.claim(found, BUYER.address, SELLER.address, "0x" + "01" * 32)
        with notes.db.reading() as session:
            row = session.get_one(AppNote, found)
            assert (row.sealed, row.salt, row.order_key, row.on_chain) == (SEALED, SALT, "0x" + "01" * 32, False)
            kept = session.scalar(select(func.count()).where(AppNote.author == STRANGER.address.lower()))
            assert kept in (MAX_LOOSE, MAX_LOOSE + 1), "of one second's notes any may stay, and the newest always does"
        _, recipient = identity()
        issued_at = stamp(int(time.time()))
        text = statement(SELLER, recipient, notes.market, issued_at=issued_at)
        published = notes.publish(SELLER.address, recipient, issued_at, signature_of(SELLER, text))
        assert notes.key_of(SELLER.address) == published
        engine.dispose()
