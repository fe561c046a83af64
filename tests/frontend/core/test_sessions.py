"""Sessions live in the database: they end when they should, and at once when they are revoked."""

import time

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from flask import Flask
from sqlalchemy import select, update

from frontend.auth.sessions import ABSOLUTE_S, IDLE_S, TOUCH_EVERY_S, hash_of
from frontend.store.models import AppNonce, AppSession
from tests.frontend.pages.conftest import ORIGIN, bound_engine, sign_in
from tests.frontend.pages.story import SELLER

KEY = Account.from_key("0x" + "42" * 32)


def change(app: Flask, **values):
    from frontend.store.database import writing

    with writing(bound_engine(app)).begin() as connection:
        connection.execute(update(AppSession).values(**values))


def rows(app: Flask):
    with bound_engine(app).connect() as connection:
        return connection.execute(select(AppSession.__table__)).all()


def account_of(client):
    return client.get("/auth/session", base_url=ORIGIN).get_json()["account"]


def full_sign_in(client, key=KEY):
    def post(path, body):
        token = client.get("/auth/session", base_url=ORIGIN).get_json()["csrfToken"]
        return client.post(path, json=body, headers={"X-CSRFToken": token}, base_url=ORIGIN)

    message = post("/auth/message", {"account": key.address}).get_json()["message"]
    signature = "0x" + key.sign_message(encode_defunct(text=message)).signature.hex().removeprefix("0x")
    return post("/auth/verify", {"message": message, "signature": signature})


def test_sign_in_moves_the_session_to_a_new_secret(app: Flask):
    client = app.test_client()
    client.get("/auth/session", base_url=ORIGIN)
    before = client.get_cookie("session", domain="127.0.0.1").value
    assert full_sign_in(client).status_code == 200
    after = client.get_cookie("session", domain="127.0.0.1").value
    assert before != after
    assert account_of(client) == KEY.address
    client.set_cookie("session", before, domain="127.0.0.1")
    assert account_of(client) is None


def test_the_database_holds_no_secret(app: Flask):
    client = app.test_client()
    full_sign_in(client)
    secret = client.get_cookie("session", domain="127.0.0.1").value
    assert secret not in str(rows(app))
    assert hash_of(secret) in str(rows(app))


def test_a_session_ends_when_it_was_idle_too_long(app: Flask):
    client = app.test_client()
    sign_in(app, client, SELLER)
    change(app, last_seen_ts=int(time.time()) - IDLE_S + 5)
    assert account_of(client)
    change(app, last_seen_ts=int(time.time()) - IDLE_S - 5)
    assert account_of(client) is None


def test_a_session_ends_at_its_absolute_end_however_busy(app: Flask):
    client = app.test_client()
    full_sign_in(client)
    (signed_in,) = [row for row in rows(app) if row.account]
    assert ABSOLUTE_S - 5 <= signed_in.expires_at_ts - time.time() <= ABSOLUTE_S
    change(app, expires_at_ts=int(time.time()) - 1)
    assert account_of(client) is None


def test_a_busy_session_is_touched_now_and_then_only(app: Flask):
    client = app.test_client()
    sign_in(app, client, SELLER)
    then = int(time.time()) - TOUCH_EVERY_S + 30
    change(app, last_seen_ts=then)
    account_of(client)
    assert rows(app)[0].last_seen_ts == then
    change(app, last_seen_ts=then - 60)
    account_of(client)
    assert rows(app)[0].last_seen_ts >= int(time.time()) - 2


def test_sign_out_ends_the_session_for_whoever_kept_its_cookie(app: Flask):
    client = app.test_client()
    sign_in(app, client, SELLER)
    secret = client.get_cookie("session", domain="127.0.0.1").value
    token = client.get("/auth/session", base_url=ORIGIN).get_json()["csrfToken"]
    client.post("/auth/sign-out", data={"csrf_token": token}, base_url=ORIGIN)
    assert client.get_cookie("session", domain="127.0.0.1") is None
    client.set_cookie("session", secret, domain="127.0.0.1")
    assert account_of(client) is None


def test_sign_out_everywhere_ends_all_sessions_of_the_account_and_no_others(app: Flask):
    here = app.test_client()
    there = app.test_client()
    other = app.test_client()
    sign_in(app, here, SELLER)
    sign_in(app, there, SELLER)
    sign_in(app, other, "0x" + "77" * 20)
    token = here.get("/auth/session", base_url=ORIGIN).get_json()["csrfToken"]
    here.post("/auth/sign-out-everywhere", data={"csrf_token": token}, base_url=ORIGIN)
    assert account_of(here) is None
    assert account_of(there) is None
    assert account_of(other)


@pytest.mark.parametrize(
    "secret",
    ["", "x", "a" * 2000, "../../etc", "'; drop table app_sessions; --"],
    ids=["empty", "short", "long", "path", "sql"],
)
def test_an_unknown_cookie_is_nobody(app: Flask, secret):
    client = app.test_client()
    client.set_cookie("session", secret, domain="127.0.0.1")
    assert account_of(client) is None


def test_old_sessions_and_nonces_are_swept_away(app: Flask, monkeypatch):
    from frontend.auth import sessions

    client = app.test_client()
    sign_in(app, client, SELLER)
    change(app, expires_at_ts=1)
    monkeypatch.setattr(sessions.secrets, "randbelow", lambda _: 0)
    full_sign_in(client)
    assert [row.account for row in rows(app)] == [KEY.address.lower()]
    with bound_engine(app).connect() as connection:
        assert all(row.expires_at_ts > time.time() for row in connection.execute(select(AppNonce.__table__)))
