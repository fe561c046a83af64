"""Airdrops on their pages: a list is previewed in parts, and what was minted is not offered again."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from flask import Flask
from flask.testing import FlaskClient

from frontend.extensions import bound
from frontend.services.tokens import MAX_BATCH, batch_call
from frontend.store.models import AppIntent
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.story import BUYER, FOUNDER, GENESIS, SELLER, Story
from tests.frontend.pages.test_claims import words
from tests.frontend.pages.test_forms import assert_asked, post

SignedIn = Callable[[str], tuple[FlaskClient, str]]
PAGE = "/c/1/airdrop"
ETHER = 10**18
ENTRIES = tuple((to_checksum_address(f"0x{number:040x}"), number * 10**15) for number in range(1, 451))
LINES = "\n".join(f"{account},0.{units // 10**15:03}" for account, units in reversed(ENTRIES))


def kept(client: FlaskClient, csrf: str, lines: str = LINES) -> str:
    """Send a list, and give the address of what it says."""
    answer = post(client, csrf, PAGE, {"lines": lines})
    assert answer.status_code == 303
    return str(answer.headers["Location"])


def note_intent(app: Flask, entries: Any, status: str, account: str = FOUNDER, genesis: str = GENESIS) -> None:
    """Write down that somebody's transaction mints these entries."""
    with app.app_context():
        parts = bound()
        community = parts.queries.community(1)
        data, now = batch_call(community, entries).data, int(time.time())
        with parts.db.session() as session:
            session.add(
                AppIntent(
                    id=f"{status} {now} {entries[0][0]}", idempotency_key=f"{status} {entries[0][0]}", account=account.lower(), chain_id=1,
                    genesis_hash=genesis, action="tokens.mint_batch", to=community.token.lower(), data=data, value_wei=0, gas=1,
                    args='{"contract": "CommunityToken", "function": "mintBatch", "values": []}',
                    summary='{"title": "", "lines": [], "back": "/"}', status=status, subject="1", tx_hash="0x" + "7a" * 32,
                    created_at_ts=now, expires_at_ts=now + 600,
                )
            )  # fmt: skip


def test_list_is_divided_into_transactions_of_so_many_accounts(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    page = kept(client, csrf)
    said = words(client, page)
    assert "It takes 3 transactions." in said
    assert "Accounts on the list 450 New tokens in all 101.475 LAMP Still to be minted of them 101.475 LAMP" in said
    assert "Part 3 of 3 50 accounts, 21.275 LAMP" in said
    text = client.get(page).get_data(as_text=True)
    assert text.count("-entries") == 3
    assert f"{ENTRIES[0][0]},{ENTRIES[0][1]}" in text
    assert kept(client, csrf, "\r\n".join(sorted(LINES.splitlines()))) == page, "the same list is the same page"
    assert asked == []
    assert_asked(asked, post(client, csrf, f"{page}/2", {}))
    assert post(client, csrf, f"{page}/4", {}).status_code == 404


def test_list_that_fits_says_so_and_warns_of_more_than_can_be_minted(signed_in: SignedIn) -> None:
    client, csrf = signed_in(FOUNDER)
    said = words(client, kept(client, csrf, f"{ENTRIES[0][0]}, 5000"))
    assert "It fits into one transaction." in said
    assert "more than you can mint" in said


@pytest.fixture
def own(tmp_path: Any) -> tuple[Flask, Story]:
    """An app of a test's own."""
    return make_app(tmp_path)


def test_what_was_minted_is_shown_and_not_offered_again(own: tuple[Flask, Story], asked: list[str]) -> None:
    app, _ = own
    client = app.test_client()
    csrf = sign_in(app, client, FOUNDER)
    page = kept(client, csrf)
    note_intent(app, ENTRIES[:MAX_BATCH], "final")
    note_intent(app, ENTRIES[MAX_BATCH : 2 * MAX_BATCH], "submitted", account=SELLER)
    note_intent(app, ENTRIES[2 * MAX_BATCH :], "reverted")
    text = client.get(page).get_data(as_text=True)
    assert re.findall(r'name="part(\d)-entries"', text) == ["3"]
    said = words(client, page)
    assert "Still to be minted of them 21.275 LAMP" in said
    assert "Minted" in said
    assert "Sent, not yet in a block" in said
    mine = post(client, csrf, f"{page}/1", {})
    assert mine.headers["Location"].startswith("/intents/final")
    theirs = post(client, csrf, f"{page}/2", {})
    assert theirs.status_code == 422
    assert "Another account has minted this part already." in theirs.get_data(as_text=True)
    assert asked == []
    assert_asked(asked, post(client, csrf, f"{page}/3", {}))


def test_what_was_minted_on_a_chain_that_is_gone_does_not_count(own: tuple[Flask, Story]) -> None:
    app, _ = own
    client = app.test_client()
    page = kept(client, sign_in(app, client, FOUNDER))
    note_intent(app, ENTRIES[:MAX_BATCH], "final", genesis="0x" + "00" * 32)
    assert client.get(page).get_data(as_text=True).count("-entries") == 3


def test_bad_list_is_refused_as_typed(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    rows = f"{BUYER}, 5\n\n# a remark\n{SELLER}; 2.5\nnobody, 3\n{BUYER},1"
    answer = post(client, csrf, PAGE, {"lines": rows})
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Line 5:" in said
    assert "This account stands in line 1 already." in said
    assert "nobody, 3" in said
    assert post(client, csrf, PAGE, {"lines": ""}).status_code == 422
    assert asked == []


def test_hash_of_no_list_is_refused(signed_in: SignedIn) -> None:
    client, _ = signed_in(FOUNDER)
    assert client.get(f"{PAGE}/0x{'77' * 32}").status_code == 422
    assert client.get(f"{PAGE}/nonsense").status_code == 404


def test_nothing_is_offered_once_minting_was_given_up(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(FOUNDER)
    assert "Minting was given up for ever." in words(client, "/c/2/airdrop")
    text = client.get(f"/c/2/airdrop/{story.claim_list}").get_data(as_text=True)
    assert "-entries" not in text


def test_long_list_is_shown_by_pages_that_stay_light(signed_in: SignedIn) -> None:
    client, csrf = signed_in(FOUNDER)
    page = kept(client, csrf, "\n".join(f"0x{number:040x},1" for number in range(1, 3001)))
    first, last = (client.get(f"{page}?page={number}").get_data(as_text=True) for number in (1, 99))
    assert re.findall(r'name="part(\d+)-entries"', first) == ["1", "2", "3", "4", "5"]
    assert re.findall(r'name="part(\d+)-entries"', last) == ["11", "12", "13", "14", "15"]
    assert "Part 15 of 15" in last
    assert len(first) < 500_000
    answer = client.get(f"{page}/12?lang=ko")
    assert answer.headers["Location"].endswith(f"{page}?page=3&lang=ko")
