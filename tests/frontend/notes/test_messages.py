"""Messages of an order: who may write and read which, what is refused, and what is proven of those that were picked."""

from __future__ import annotations

import base64
import json
import re
import time
import unicodedata
from collections.abc import Callable
from typing import Any

import pyrage
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from frontend.blueprints.messages import routes
from frontend.blueprints.orders.forms import StatementForm
from frontend.extensions import bound
from frontend.index.queries import Queries
from frontend.pages.messages import picked_in
from frontend.services import messages as service
from frontend.services.chain import Chain
from frontend.services.message_proofs import Picked
from frontend.services.messages import Letter, Messages, Sent, words_hash
from frontend.services.notes import NO_HASH, note_hash, stamp
from frontend.store.database import Database, create_engine
from frontend.store.models import AppMessage
from tests.frontend.notes.conftest import (
    BUYER,
    SALT,
    SELLER,
    STRANGER,
    Market,
    Script,
    Visitor,
    Writer,
    identity,
    sealed_for,
    signature_of,
    statement,
    writer,
)
from tests.frontend.pages.conftest import ORIGIN, sign_in
from tests.frontend.pages.story import CHAIN_ID

SEALED = sealed_for(identity()[1])
BLIND = "0x" + "b1" * 32
HEIR = Account.from_key(bytes([4]) * 32)


@pytest.fixture
def key(market: Market, tell: Callable[[], None]) -> str:
    """An order of the buyer's with the seller."""
    found = market.story.buy("talked", "jar", holder=BUYER.address, payer=BUYER.address)
    tell()
    return found


@pytest.fixture
def buyer(market: Market) -> Writer:
    return writer(market, BUYER, 11)


@pytest.fixture
def seller(market: Market) -> Writer:
    return writer(market, SELLER, 12)


def letter(market: Market, author: Writer, reader: str, key: str, /, **changes: Any) -> Letter:
    """Give what an author signs; changes are of single fields."""
    with market.app.app_context():
        where = market.notes.market
    facts: dict[str, Any] = {
        "author": author.account.address, "reader": reader, "order_key": key, "number": 1, "after": NO_HASH,
        "words": words_hash(BLIND, "hello"), "sealed_hash": note_hash(SALT, SEALED), "sent": stamp(int(time.time())),
        "site": ORIGIN, "chain_id": CHAIN_ID, "market": where, **changes,
    }  # fmt: skip
    return Letter(**facts)


def body_of(found: Letter, signer: Any, **changes: Any) -> dict[str, Any]:
    """Give what a browser sends of a letter."""
    return {
        "to": found.reader, "number": found.number, "after": found.after, "words": found.words, "sent": found.sent,
        "salt": SALT, "sealed": base64.b64encode(SEALED).decode(), "signature": signature_of(signer, found.text), **changes,
    }  # fmt: skip


def write(market: Market, author: Writer, reader: str, key: str, /, **changes: Any) -> Letter:
    """Send a message that must be taken."""
    found = letter(market, author, reader, key, **changes)
    answer = market.person(author.account).post(f"/o/{key}/messages", body_of(found, author.signer))
    assert answer.status_code == 200, answer.get_json()
    assert answer.get_json() == {"number": found.number, "hash": found.hash}
    return found


def refusal(market: Market, author: Writer, found: Letter, **changes: Any) -> tuple[int, str]:
    """Send a message that must not be taken; give status and key."""
    answer = market.person(author.account).post(
        f"/o/{found.order_key}/messages", body_of(found, author.signer, **changes)
    )
    return answer.status_code, answer.get_json()["error"]["key"]


def read(visitor: Visitor, key: str, holder: str, before: object = "") -> Any:
    return visitor.get(f"/o/{key}/messages.json?holder={holder}&before={before}")


def hand_over(market: Market, tell: Callable[[], None], to: str, sender: str = BUYER.address) -> None:
    market.story.change("talked", "OrderTransferred", **{"from": sender, "to": to})
    tell()


def page(market: Market, account: Any, path: str) -> str:
    client = market.person(account).client if account is not None else market.app.test_client()
    return str(client.get(path).get_data(as_text=True))


# ---- who may what


def test_message_reaches_the_other_side_with_all_that_proves_it(
    market: Market, key: str, buyer: Writer, seller: Writer
) -> None:
    first = write(market, buyer, SELLER.address, key)
    second = write(market, seller, BUYER.address, key, number=2, after=first.hash)
    for account in (BUYER, SELLER):
        told = read(market.person(account), key, BUYER.address).get_json()
        assert [one["number"] for one in told["messages"]] == [1, 2]
        assert [one["from"] for one in told["messages"]] == [BUYER.address, SELLER.address]
        assert told["messages"][1]["after"] == first.hash
        assert base64.b64decode(told["messages"][0]["sealed"]) == SEALED
        assert {known["signer"] for known in told["keys"]} == {buyer.signer.address, seller.signer.address}
        assert second.text.startswith("Message about an order at 127.0.0.1:8000\n\nFrom: ")


@pytest.mark.parametrize("after_hand_over", [False, True])
def test_who_may_read_and_write_is_who_has_to(
    market: Market, key: str, buyer: Writer, seller: Writer, tell: Callable[[], None], after_hand_over: bool
) -> None:
    first = write(market, buyer, SELLER.address, key)
    heir, stranger = writer(market, HEIR, 13), writer(market, STRANGER, 14)
    if after_hand_over:
        hand_over(market, tell, HEIR.address)
    holder = HEIR if after_hand_over else BUYER
    people = {"seller": SELLER, "buyer": BUYER, "heir": HEIR, "stranger": STRANGER}
    may_read = {
        name: [read(market.person(account), key, one.address).status_code == 200 for one in (BUYER, HEIR)]
        for name, account in people.items()
    }
    assert may_read == {
        "seller": [True, after_hand_over],
        "buyer": [True, False],
        "heir": [False, after_hand_over],
        "stranger": [False, False],
    }
    next_one = {"number": 1, "after": NO_HASH} if after_hand_over else {"number": 2, "after": first.hash}
    wrote = {}
    for name, author in {"buyer": buyer, "heir": heir, "stranger": stranger, "seller": seller}.items():
        reader = holder.address if name == "seller" else SELLER.address
        found = letter(market, author, reader, key, **next_one)
        answer = market.person(author.account).post(f"/o/{key}/messages", body_of(found, author.signer))
        wrote[name] = answer.status_code
        if answer.status_code == 200:
            next_one = {"number": found.number + 1, "after": found.hash}
    assert wrote == {
        "seller": 200,
        "buyer": 403 if after_hand_over else 200,
        "heir": 200 if after_hand_over else 403,
        "stranger": 403,
    }
    shows = {name: 'id="messages"' in page(market, account, f"/o/{key}") for name, account in people.items()}
    assert shows == {"seller": True, "buyer": True, "heir": after_hand_over, "stranger": False}
    assert 'id="messages"' not in page(market, None, f"/o/{key}")


def test_nobody_gets_messages_without_signing_in(market: Market, key: str, buyer: Writer) -> None:
    write(market, buyer, SELLER.address, key)
    visitor = market.app.test_client()
    assert visitor.get(f"/o/{key}/messages.json?holder={BUYER.address}").status_code == 401
    assert visitor.post(f"/o/{key}/messages", json={}).status_code in (400, 401)


def test_arbiter_gets_no_messages(market: Market, key: str, buyer: Writer) -> None:
    write(market, buyer, SELLER.address, key)
    visitor = market.app.test_client()
    sign_in(market.app, visitor, market.story.listings["jar"][1].arbiter)
    assert visitor.get(f"/o/{key}/messages.json?holder={BUYER.address}").status_code == 403
    assert 'id="messages"' not in visitor.get(f"/o/{key}").get_data(as_text=True)


@pytest.mark.parametrize(
    "path",
    [
        f"/o/0x{'12' * 32}/messages.json?holder={BUYER.address}",
        "/o/0x12/messages.json",
        "/o/{key}/messages.json?holder=x",
    ],
)
def test_nothing_is_found_when_there_is_no_such_order_or_holder(market: Market, key: str, path: str) -> None:
    assert market.person(BUYER).get(path.format(key=key)).status_code == 404


def test_message_for_a_former_holder_is_refused_when_the_order_was_handed_over(
    market: Market, key: str, seller: Writer, tell: Callable[[], None]
) -> None:
    hand_over(market, tell, HEIR.address)
    assert refusal(market, seller, letter(market, seller, BUYER.address, key)) == (409, "message_behind")


# ---- what is refused


def test_second_message_is_refused_when_it_does_not_follow_the_newest(
    market: Market, key: str, buyer: Writer, seller: Writer
) -> None:
    first = write(market, buyer, SELLER.address, key)
    for wrong in (
        {"number": 1},
        {"number": 2},
        {"number": 3, "after": first.hash},
        {"number": 2, "after": "0x" + "12" * 32},
    ):
        found = letter(market, seller, BUYER.address, key, **wrong)
        assert refusal(market, seller, found) == (409, "message_behind"), wrong


SIGNED_INSTEAD: dict[str, dict[str, Any]] = {
    "another site": {"site": "https://evil.example"},
    "another chain": {"chain_id": 1},
    "another market": {"market": "0x" + "12" * 20},
    "another order": {"order_key": "0x" + "12" * 32},
    "another author": {"author": STRANGER.address},
    "another reader": {"reader": STRANGER.address},
    "other words": {"words": "0x" + "12" * 32},
    "another ciphertext": {"sealed_hash": "0x" + "12" * 32},
    "another number": {"number": 7},
    "another time": {"sent": "2020-01-01T00:00:00Z"},
}


@pytest.mark.parametrize("name", SIGNED_INSTEAD)
def test_message_is_refused_when_what_was_signed_is(market: Market, key: str, buyer: Writer, name: str) -> None:
    signed = letter(market, buyer, SELLER.address, key, **SIGNED_INSTEAD[name])
    found = letter(market, buyer, SELLER.address, key)
    signature = signature_of(buyer.signer, signed.text)
    assert refusal(market, buyer, found, signature=signature) == (422, "message_signature")


def test_message_is_refused_when_the_account_itself_or_nobody_known_has_signed(
    market: Market, key: str, buyer: Writer
) -> None:
    found = letter(market, buyer, SELLER.address, key)
    for signer in (BUYER, SELLER, STRANGER):
        signature = signature_of(signer, found.text)
        assert refusal(market, buyer, found, signature=signature) == (422, "message_signature")
    assert refusal(market, buyer, found, signature="0x" + "11" * 65) == (422, "message_signature")


def test_message_is_refused_when_its_author_has_published_no_key(market: Market, key: str, buyer: Writer) -> None:
    seller = Writer(SELLER, "", Account.from_key(bytes([12]) * 32), "", "")
    found = letter(market, seller, BUYER.address, key)
    assert refusal(market, seller, found) == (422, "message_signature")


@pytest.mark.parametrize(
    "changes",
    [
        {"sealed": base64.b64encode(b"Dokkaebi-ro 7, Seoul").decode()},
        {"sealed": base64.b64encode(sealed_for(identity()[1], size=1000)).decode()},
        {"salt": "0x12"}, {"words": "hello"}, {"after": ""}, {"signature": "0x12"}, {"sealed": "?"}, {"number": "x", "words": None},
    ],
)  # fmt: skip
def test_nothing_is_kept_when_it_is_not_sealed_as_ours_are(
    market: Market, key: str, buyer: Writer, changes: dict[str, Any]
) -> None:
    found = letter(market, buyer, SELLER.address, key)
    assert refusal(market, buyer, found, **changes) == (422, "not_sealed")
    assert read(market.person(BUYER), key, BUYER.address).get_json() == {"messages": [], "keys": []}


@pytest.mark.parametrize("seconds", [-3_600, 3_600])
def test_message_is_refused_when_its_time_is_not_now(market: Market, key: str, buyer: Writer, seconds: int) -> None:
    found = letter(market, buyer, SELLER.address, key, sent=stamp(int(time.time()) + seconds))
    assert refusal(market, buyer, found) == (422, "note_key_time")


def test_messages_are_limited_for_a_day_and_an_order(
    market: Market, key: str, buyer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MESSAGES_A_DAY_OF_ORDER", 2)
    first = write(market, buyer, SELLER.address, key)
    second = write(market, buyer, SELLER.address, key, number=2, after=first.hash)
    found = letter(market, buyer, SELLER.address, key, number=3, after=second.hash)
    assert refusal(market, buyer, found)[0] == 429
    monkeypatch.setattr(routes, "MESSAGES_A_DAY_OF_ORDER", 9)
    monkeypatch.setattr(service, "MOST_IN_THREAD", 2)
    assert refusal(market, buyer, found) == (422, "thread_full")


# ---- reading on, read and unread


def test_older_messages_come_in_pages(market: Market, key: str, buyer: Writer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "PER_PAGE", 2)
    after = NO_HASH
    for number in range(1, 6):
        after = write(market, buyer, SELLER.address, key, number=number, after=after).hash
    seller = market.person(SELLER)

    def numbers(before: object) -> list[int]:
        return [one["number"] for one in read(seller, key, BUYER.address, before).get_json()["messages"]]

    assert [numbers(before) for before in ("", 4, 2, 1)] == [[4, 5], [2, 3], [1], []]


def test_unread_count_falls_for_the_reader_alone_when_messages_are_opened(
    market: Market, key: str, buyer: Writer, seller: Writer
) -> None:
    first = write(market, buyer, SELLER.address, key)
    second = write(market, buyer, SELLER.address, key, number=2, after=first.hash)
    write(market, seller, BUYER.address, key, number=3, after=second.hash)

    def unread() -> list[int]:
        with market.app.app_context():
            return [bound().services.messages.unread(one.address) for one in (SELLER, BUYER, STRANGER)]

    assert unread() == [2, 1, 0]
    words = " ".join(page(market, SELLER, f"/o/{key}").split())
    assert "3 messages. <strong>You have not opened 2 of them.</strong>" in words
    for who in (STRANGER, BUYER):  # neither reads for the seller
        market.person(who).post(f"/o/{key}/messages/read", {"holder": BUYER.address, "number": 2})
    assert unread() == [2, 1, 0]
    market.person(SELLER).post(f"/o/{key}/messages/read", {"holder": BUYER.address, "number": 1})
    assert unread() == [1, 1, 0]
    market.person(SELLER).post(f"/o/{key}/messages/read", {"holder": BUYER.address, "number": 3})
    assert unread() == [0, 1, 0]


def test_notification_names_the_order_until_it_is_read_or_switched_off(market: Market, key: str, buyer: Writer) -> None:
    write(market, buyer, SELLER.address, key)
    seller = market.person(SELLER)
    shown = page(market, SELLER, "/notifications")
    assert f'href="/o/{key}#messages"' in shown
    assert "1 message about an order" in shown
    before = counted(shown)

    def switch(*kinds: str) -> None:
        seller.client.post("/notifications/switches", data={"csrf_token": seller.csrf, "kind": list(kinds)})

    switch("orders")
    shown = page(market, SELLER, "/notifications")
    assert f"/o/{key}#messages" not in shown
    assert counted(shown) == before - 1
    switch("orders", "messages")
    shown = page(market, SELLER, "/notifications")
    form = re.search(r'name="message" value="([^"]+)"', shown)
    assert form
    second = market.person(BUYER)
    seller.client.post("/notifications/read", data={"csrf_token": seller.csrf, "message": [form[1], "nonsense"]})
    assert f"/o/{key}#messages" not in page(market, SELLER, "/notifications")
    second.client.post("/notifications/read", data={"csrf_token": second.csrf, "message": [form[1]]})


def test_message_that_came_meanwhile_stays_unread_when_all_that_was_shown_is_marked(
    market: Market, key: str, buyer: Writer
) -> None:
    first = write(market, buyer, SELLER.address, key)
    seller = market.person(SELLER)
    shown = re.search(r'name="message" value="([^"]+)"', page(market, SELLER, "/notifications"))
    assert shown
    write(market, buyer, SELLER.address, key, number=2, after=first.hash)
    seller.client.post("/notifications/read", data={"csrf_token": seller.csrf, "message": shown[1]})
    assert "1 message about an order" in page(market, SELLER, "/notifications")


def counted(shown: str) -> int:
    found = re.search(r"Notifications: (nothing|\d+) unread", shown)
    assert found
    return 0 if found[1] == "nothing" else int(found[1])


def test_each_side_is_told_what_is_missing(market: Market, key: str) -> None:
    assert 'data-message-missing="mine"' in page(market, BUYER, f"/o/{key}")
    buyer = writer(market, BUYER, 11)
    assert buyer.recipient not in page(market, STRANGER, f"/o/{key}")
    assert 'data-message-missing="theirs"' in page(market, BUYER, f"/o/{key}")
    writer(market, SELLER, 12)
    shown = page(market, BUYER, f"/o/{key}")
    assert "data-message-missing" not in shown
    assert "data-message-form" in shown


def test_key_that_was_published_for_notes_alone_signs_no_messages(
    market: Market, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Chain, "has_code", lambda *_: False)
    recipient, issued_at = identity()[1], stamp(int(time.time()))
    with market.app.app_context():
        where = market.notes.market
    text = statement(BUYER, recipient, where, issued_at=issued_at)
    body = {"recipient": recipient, "issuedAt": issued_at, "signature": signature_of(BUYER, text)}
    assert market.person(BUYER).post("/notes/keys", body).status_code == 200
    assert 'data-message-missing="mine"' in page(market, BUYER, f"/o/{key}")
    assert market.person(BUYER).post("/notes/keys", {**body, "signer": STRANGER.address}).status_code == 422
    assert (
        market.person(BUYER).post("/notes/keys", {**body, "signer": "0x12"}).get_json()["error"]["key"]
        == "bad_note_key"
    )


def test_messages_come_back_whole_on_either_database(
    market: Market, key: str, buyer: Writer, seller: Writer, database_url: str
) -> None:
    with market.app.test_request_context():
        known = market.notes
        engine = create_engine(database_url)
        notes = type(known)(known.settings, known.registry, known.chain, Database(engine), Queries(engine))
        for one in (buyer, seller) if notes.key_of(BUYER.address) is None else ():
            notes.publish(one.account.address, one.recipient, one.issued_at, one.key_signature, one.signer.address)
        messages = Messages(notes.db, notes)
        order = bound().queries.order(key)
        assert order is not None
        first = letter(market, buyer, SELLER.address, key)
        messages.post(order, BUYER.address, sent_of(first, buyer))
        second = letter(market, seller, BUYER.address, key, number=2, after=first.hash)
        messages.post(order, SELLER.address, sent_of(second, seller))
        rows = messages.newest(order, BUYER.address, BUYER.address)
        assert [(row.number, row.after, row.sealed, row.is_read) for row in rows] == [
            (1, NO_HASH, SEALED, False), (2, first.hash, SEALED, False),
        ]  # fmt: skip
        assert len(messages.keys_of(rows)) == 2
        assert [messages.unread(one.address) for one in (SELLER, BUYER)] == [1, 1]
        waiting = messages.waiting(BUYER.address, 5)
        assert [(one.order_key, one.count, one.newest) for one in waiting] == [(key, 1, 2)]
        messages.mark_read(key, BUYER.address, BUYER.address, 2)
        assert [(thread.total, thread.unread) for thread in messages.threads(order, BUYER.address)] == [(2, 0)]
        with notes.db.reading() as session:
            assert session.get(AppMessage, (key, BUYER.address.lower(), 2)) is not None
        engine.dispose()


def sent_of(found: Letter, author: Writer) -> Sent:
    signature = signature_of(author.signer, found.text)
    return Sent(found.reader, found.number, found.after, found.words, found.sent, SALT, SEALED, signature)


# ---- what server and browser must agree on, and what is proven of picked messages


def test_server_and_browser_sign_and_hash_the_same(market: Market, key: str, buyer: Writer, script: Script) -> None:
    found = letter(market, buyer, SELLER.address, key)
    facts = {
        "from": found.author, "to": found.reader, "order": key, "number": 1, "after": found.after, "words": found.words,
        "sealedHash": found.sealed_hash, "sent": found.sent, "site": ORIGIN, "chainId": str(CHAIN_ID), "market": found.market,
    }  # fmt: skip
    assert script.result("letter", facts) == found.text
    assert script.result("letter_hash", found.text) == found.hash
    text = "하나만\n더 👩‍👩‍👧\\"
    assert script.result("words", {"blind": BLIND, "text": text}) == words_hash(BLIND, text)
    secret = str(identity()[0])
    signer = script.result("signer_for", secret)
    signature = script.result("sign", {"letter": found.text, "identity": secret})
    assert Account.recover_message(encode_defunct(text=found.text), signature=signature) == signer
    assert found.signer(signature) == signer
    assert script.result("signer_for", str(identity()[0])) != signer


def test_statement_that_names_a_signer_is_the_same_when_server_and_browser_write_it(
    market: Market, script: Script
) -> None:
    recipient, issued_at = identity()[1], stamp(int(time.time()))
    with market.app.app_context():
        where = market.notes.market
    facts = {
        "origin": ORIGIN, "account": BUYER.address, "chainId": CHAIN_ID, "market": where, "recipient": recipient,
        "issuedAt": issued_at, "signer": STRANGER.address,
    }  # fmt: skip
    text = statement(BUYER, recipient, where, issued_at=issued_at, signer=STRANGER.address)
    assert f"\nSigns messages: {STRANGER.address}\n" in text
    assert script.result("statement", facts) == text


PLACE = {"chainId": str(CHAIN_ID), "market": "0x" + "aa" * 20, "orderKey": "0x" + "0e" * 32, "account": BUYER.address}


def opened(script: Script, key: Any, sealed: bytes, salt: str, words: str) -> dict[str, Any]:
    """Let the seller's browser open a message of the buyer's."""
    told = {"from": BUYER.address, "to": SELLER.address, "salt": salt, "words": words}
    place = {**PLACE, "account": SELLER.address}
    told["sealed"] = base64.b64encode(sealed).decode()
    return script.ask("open_message", {"place": place, "told": told, "keys": [{"identity": str(key)}]})


@pytest.mark.parametrize(
    "text", ["hello", "\u1112\u1161\u11ab" * 600, "\U0001f469\u200d\U0001f467" * 400, "\n" * 1_998 + "x"]
)
def test_what_one_browser_seals_another_opens_as_it_was_hashed(script: Script, text: str) -> None:
    secret, recipient = identity()
    args = {"place": PLACE, "to": SELLER.address, "recipients": [recipient, identity()[1]], "text": text}
    made = script.result("seal_message", args)
    found = opened(script, secret, base64.b64decode(made["sealed"]), made["salt"], made["words"])["result"]
    assert found["text"] == unicodedata.normalize("NFC", text)
    assert words_hash(found["blind"], found["text"]) == made["words"]
    assert opened(script, secret, base64.b64decode(made["sealed"]), made["salt"], "0x" + "12" * 32) == {
        "error": "malformed"
    }


UNPROVABLE = {"too long": "x" * 2_001, "longer than a statement when it can be seen": "\u200b" * 1_500}


@pytest.mark.parametrize("name", UNPROVABLE)
def test_text_is_neither_sealed_nor_shown_when_it_could_not_be_picked(script: Script, name: str) -> None:
    secret, recipient = identity()
    text = UNPROVABLE[name]
    args = {"place": PLACE, "to": SELLER.address, "recipients": [recipient], "text": text}
    assert script.ask("seal_message", args) == {"error": "too_long"}
    about = {"kind": "message", "chain": PLACE["chainId"], "market": PLACE["market"], "order": PLACE["orderKey"]}
    inside = {"v": 1, **about, "from": BUYER.address, "to": SELLER.address, "blind": BLIND, "text": text, "salt": SALT}
    to_key = [pyrage.x25519.Recipient.from_str(recipient)]
    by_a_program = pyrage.encrypt(json.dumps(inside, ensure_ascii=False).encode().ljust(8_192), to_key)
    assert opened(script, secret, by_a_program, SALT, words_hash(BLIND, text)) == {"error": "malformed"}
    fine = pyrage.encrypt(json.dumps({**inside, "text": "fine"}).encode().ljust(1_024), to_key)
    assert opened(script, secret, fine, SALT, words_hash(BLIND, "fine"))["result"]["text"] == "fine"


TEXTS = (
    "hello", "two\nlines\n\nand a third  ", "> quoted\n[end of message 1]\nFrom: nobody", "C:\\kiln\\u{41}", "zero\u200bwidth, \u202eturned",
    "한글 자모 \u1112\u1161\u11ab 와 완성 한", "a\u030a e\u0301", "👩‍👩‍👧", "\ttab\r\nreturn", "fillers \u3164\u115f\u2800", "\U0001f9ff\ue000",
)  # fmt: skip


@pytest.fixture
def pick(market: Market, key: str, buyer: Writer, script: Script) -> Callable[..., str]:
    """Write a message's words as the browser puts them into a statement."""

    def picked(text: str = "hello", author: Writer = buyer, reader: str = SELLER.address, **changes: Any) -> str:
        found = letter(market, author, reader, key, words=words_hash(BLIND, text), **changes)
        told = {
            "number": found.number,
            "from": found.author,
            "to": found.reader,
            "sent": found.sent,
            "after": found.after,
        }
        signing = {
            "recipient": author.recipient,
            "issuedAt": author.issued_at,
            "signature": author.key_signature,
            "byContract": "no",
        }
        facts = {
            "told": {**told, "signature": signature_of(author.signer, found.text)}, "key": signing, "text": text, "blind": BLIND,
            "sealedHash": found.sealed_hash, "site": ORIGIN,
        }  # fmt: skip
        return str(script.result("picked", facts))

    return picked


def found_in(market: Market, key: str, text: str) -> list[str | Picked]:
    with market.app.test_request_context():
        order = bound().queries.order(key)
        assert order is not None
        return picked_in(order, text)


def here(market: Market, key: str, script: Script, raw: str) -> str:
    """Give what a browser finds of a picked message."""
    with market.app.app_context():
        place = {"orderKey": key, "chainId": str(CHAIN_ID), "market": market.notes.market}
    return str(script.result("proof", {"raw": raw, "place": place}))


@pytest.mark.parametrize("text", TEXTS)
def test_picked_message_is_proven_by_server_and_browser_whatever_was_written(
    market: Market, key: str, pick: Callable[..., str], script: Script, text: str
) -> None:
    said = f"It leaks.\n\n{pick(text)}\n\nThat is all."
    form = {"evidence-text": said, "evidence-form_key": "12" * 16}
    with market.app.test_request_context(method="POST", data=form):
        typed = StatementForm(prefix="evidence-")
        assert typed.text.validate(typed), typed.text.errors
        said = str(typed.text.data)
    before, picked, after = found_in(market, key, said)
    assert (before, after) == ("It leaks.", "That is all.")
    assert isinstance(picked, Picked)
    assert (picked.text, picked.proof, picked.author, picked.number) == (text, "signed", BUYER.address, 1)
    assert here(market, key, script, picked.raw) == "signed"


CHANGED = {
    "a word": ("> hello", "> hullo"),
    "the number": ("[message 1]", "[message 2]"),
    "the reader": (SELLER.address, STRANGER.address),
    "the author": (BUYER.address, STRANGER.address),
    "the time": ("Sent: 20", "Sent: 19"),
    "the blind": ("Blind: 0xb1", "Blind: 0xb2"),
    "the site": (f"Site: {ORIGIN}", "Site: https://evil.example"),
    "the key": ("Key: age1", "Key: age1q"),
    "the ciphertext": ("Sealed: 0x", "Sealed: 0xff"),
}


@pytest.mark.parametrize("name", CHANGED)
def test_picked_message_is_not_proven_when_somebody_has_changed(
    market: Market, key: str, pick: Callable[..., str], script: Script, name: str
) -> None:
    old, new = CHANGED[name]
    raw = pick()
    changed = raw.replace(old, new)
    if name == "the number":
        changed = changed.replace("[end of message 1]", "[end of message 2]")
    if len(new) > len(old) and name in ("the key", "the ciphertext"):  # as long as it was
        start = changed.index(new) + len(new)
        end = changed.index("\n", start)
        changed = changed[: end - (len(new) - len(old))] + changed[end:]
    assert changed != raw
    (picked,) = found_in(market, key, changed)
    assert isinstance(picked, Picked)
    assert picked.proof == "broken"
    assert here(market, key, script, picked.raw) == "broken"


def test_picked_message_proves_nothing_when_it_is_of_another_order_or_between_others(
    market: Market, key: str, pick: Callable[..., str], tell: Callable[[], None]
) -> None:
    other = market.story.buy("another", "jar", holder=BUYER.address, payer=BUYER.address)
    tell()
    (picked,) = found_in(market, other, pick())
    assert isinstance(picked, Picked)
    assert picked.proof == "broken"
    friend = writer(market, STRANGER, 14)
    (picked,) = found_in(market, key, pick(author=friend))
    assert isinstance(picked, Picked)
    assert picked.proof == "stranger"
    market.story.change("talked", "OrderTransferred", **{"from": BUYER.address, "to": STRANGER.address})
    tell()
    (picked,) = found_in(market, key, pick(author=friend))
    assert isinstance(picked, Picked)
    assert picked.proof == "signed", "who held it later wrote as a side of it"
    (picked,) = found_in(market, key, pick())
    assert isinstance(picked, Picked)
    assert picked.proof == "signed", "and so did who held it before"


def test_contract_wallets_picked_message_rests_on_the_record_when_its_statement_is_kept(
    market: Market, key: str, pick: Callable[..., str], buyer: Writer
) -> None:
    raw = re.sub(r"Key signature: 0x[0-9a-f]+", "Key signature: contract", pick())
    (picked,) = found_in(market, key, raw)
    assert isinstance(picked, Picked)
    assert picked.proof == "broken", "the buyer's account is none"
    with market.app.app_context(), market.notes.db.session() as session:
        row = bound().services.messages.statement(BUYER.address, buyer.signer.address)
        assert row is not None
        row.by_contract = True
        session.merge(row)
    (picked,) = found_in(market, key, raw)
    assert isinstance(picked, Picked)
    assert picked.proof == "kept"


def test_message_signed_with_an_older_key_is_still_proven_when_a_newer_one_is_published(
    market: Market, key: str, pick: Callable[..., str], tell: Callable[[], None]
) -> None:
    old = writer(market, SELLER, 21, ago_s=60)
    write(market, old, BUYER.address, key)
    writer(market, SELLER, 22)
    told = read(market.person(BUYER), key, BUYER.address).get_json()
    assert [known["signer"] for known in told["keys"]] == [old.signer.address]
    found = letter(market, old, BUYER.address, key, number=2, after="0x" + "12" * 32)
    assert refusal(market, old, found) == (422, "message_signature"), "and signs nothing new"


def test_arbiters_page_shows_what_is_proven(
    market: Market, key: str, pick: Callable[..., str], tell: Callable[[], None]
) -> None:
    market.story.accept("talked")
    market.story.deliver("talked")
    market.story.say("talked", BUYER.address, f"It leaks.\n\n{pick('sold as whole')}")
    market.story.say("talked", SELLER.address, pick("sold as whole").replace("whole", "broken"))
    market.story.say("talked", SELLER.address, "[message 1]\nnothing of the kind\n[end of message 1]")
    market.story.dispute("talked")
    tell()
    visitor = market.app.test_client()
    sign_in(market.app, visitor, market.story.listings["jar"][1].arbiter)
    for path in (f"/o/{key}", f"/o/{key}/dispute"):
        shown = visitor.get(path).get_data(as_text=True)
        assert shown.count('data-proof="signed"') == 1
        assert shown.count('data-proof="broken"') == 1
        assert "nothing of the kind" in shown
        assert "messages-proof.js" in shown
        assert "messages-order.js" not in shown
