"""Publishing a key: only its account's own signature counts, and only the newest."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from frontend.extensions import bound
from frontend.services.chain import Chain
from frontend.services.notes import stamp
from tests.frontend.notes.conftest import (
    ISSUED_AT_TS,
    SELLER,
    STRANGER,
    Market,
    Visitor,
    identity,
    signature_of,
    statement,
)


def publish(
    market: Market, visitor: Visitor, key: str, /, signer: Any = SELLER, at_ts: int = ISSUED_AT_TS, **changes: Any
) -> Any:
    """Publish a key as the page does; changes are what is signed instead."""
    text = statement(SELLER, key, where(market.app), **{"issued_at": stamp(at_ts), **changes})
    return visitor.post(
        "/notes/keys", {"recipient": key, "issuedAt": stamp(at_ts), "signature": signature_of(signer, text)}
    )


def where(app: Flask) -> str:
    """Give the Market's address as statements name it."""
    with app.app_context():
        return str(bound().services.notes.market)


def published(market: Market) -> str | None:
    """Give the recipient that buyers are shown."""
    with market.app.app_context():
        found = market.notes.key_of(SELLER.address)
    return found.recipient if found else None


def test_key_is_shown_to_buyers_with_its_signature_when_its_account_has_signed(market: Market) -> None:
    _, recipient = identity()
    answer = publish(market, market.person(SELLER), recipient)
    assert answer.status_code == 200, answer.get_json()
    assert published(market) == recipient
    listing = market.story.listings["jar"][0]
    page = market.person(STRANGER).client.get(f"/l/{listing}/buy").get_data(as_text=True)
    assert f'data-recipient="{recipient}"' in page
    assert f'data-seller="{SELLER.address}"' in page
    assert f'data-issued-at="{stamp(ISSUED_AT_TS)}"' in page


def test_new_key_takes_the_old_ones_place_and_the_old_statement_cannot_bring_it_back(market: Market) -> None:
    seller, (_, old), (_, new) = market.person(SELLER), identity(), identity()
    assert publish(market, seller, old).status_code == 200
    assert publish(market, seller, new, at_ts=ISSUED_AT_TS + 1).status_code == 200
    replay = publish(market, seller, old)
    assert (replay.status_code, replay.get_json()["error"]["key"]) == (422, "old_note_key")
    assert published(market) == new


SIGNED_INSTEAD: dict[str, dict[str, Any]] = {
    "another site": {"origin": "https://evil.example"},
    "another chain": {"chain_id": 1},
    "another market": {"market": "0x" + "12" * 20},
    "another account": {"account": STRANGER.address},
    "another key": {"recipient": "age1" + "q" * 58},
    "another time": {"issued_at": "2020-01-01T00:00:00Z"},
}


@pytest.mark.parametrize("name", SIGNED_INSTEAD)
def test_key_is_refused_when_the_statement_signed_was_about(
    market: Market, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_contract(market, monkeypatch)
    answer = publish(market, market.person(SELLER), identity()[1], **SIGNED_INSTEAD[name])
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "note_key_signature")
    assert published(market) is None


def no_contract(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the node, which is away here, know no contracts."""
    monkeypatch.setattr(Chain, "has_code", lambda self, address: False)


def test_key_is_refused_when_somebody_else_has_signed(market: Market, monkeypatch: pytest.MonkeyPatch) -> None:
    no_contract(market, monkeypatch)
    answer = publish(market, market.person(SELLER), identity()[1], signer=STRANGER)
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "note_key_signature")


def test_key_is_refused_when_another_account_sends_a_good_statement(
    market: Market, monkeypatch: pytest.MonkeyPatch
) -> None:
    no_contract(market, monkeypatch)
    answer = publish(market, market.person(STRANGER), identity()[1])
    assert answer.status_code == 422
    assert published(market) is None


@pytest.mark.parametrize("off_by_s", [-4000, 2000])
def test_key_is_refused_when_the_statement_is_not_of_now(market: Market, off_by_s: int) -> None:
    answer = publish(market, market.person(SELLER), identity()[1], at_ts=ISSUED_AT_TS + off_by_s)
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "note_key_time")


@pytest.mark.parametrize(
    "recipient", ["", "age1" + "q" * 57, "AGE1" + "q" * 58, "age1" + "b" * 58, "age1pq1" + "q" * 60]
)
def test_key_is_refused_when_it_is_no_x25519_recipient(market: Market, recipient: str) -> None:
    answer = publish(market, market.person(SELLER), recipient)
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "bad_note_key")


@pytest.mark.parametrize("signature", ["", "0x", "0x12", "0x" + "00" * 65, "0x" + "11" * 20_000, "nothing"])
def test_key_is_refused_when_the_signature_is_none(
    market: Market, monkeypatch: pytest.MonkeyPatch, signature: str
) -> None:
    no_contract(market, monkeypatch)
    body = {"recipient": identity()[1], "issuedAt": stamp(ISSUED_AT_TS), "signature": signature}
    answer = market.person(SELLER).post("/notes/keys", body)
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (422, "note_key_signature")


def test_key_does_not_count_when_the_market_has_moved(market: Market) -> None:
    assert publish(market, market.person(SELLER), identity()[1]).status_code == 200
    with market.app.app_context():
        notes = market.notes
        moved = type(notes)(notes.settings, notes.registry, notes.chain, notes.db, notes.queries)
        object.__setattr__(
            moved,
            "settings",
            type(notes.settings).for_tests(notes.settings.content_dir.parent, origin="https://new.example"),
        )
        assert notes.key_of(SELLER.address) is not None
        assert moved.key_of(SELLER.address) is None


@pytest.mark.parametrize("path", ["/notes/keys", "/notes"])
def test_nothing_is_taken_when_nobody_is_signed_in(market: Market, path: str) -> None:
    client = market.app.test_client()
    csrf = client.get("/auth/session").get_json()["csrfToken"]
    answer = client.post(path, json={}, headers={"X-CSRFToken": csrf})
    assert answer.status_code == 401


@pytest.mark.parametrize("path", ["/notes/keys", "/notes"])
def test_nothing_is_taken_when_the_token_is_missing(market: Market, path: str) -> None:
    answer = market.person(SELLER).client.post(path, json={})
    assert (answer.status_code, answer.get_json()["error"]["key"]) == (400, "csrf")
