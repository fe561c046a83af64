"""What holds for every answer and every write."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from frontend.security import CSP
from tests.frontend.pages.conftest import ORIGIN, make_app, sign_in
from tests.frontend.pages.story import SELLER

PATHS = [
    "/",
    "/explore",
    "/start",
    "/auth/sign-in",
    "/healthz",
    "/nothing-here",
    "/static/js/intent.js",
    "/contracts/registry.json",
]


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(client: FlaskClient, path):
    headers = client.get(path).headers
    assert headers["Content-Security-Policy"] == (
        "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
        "img-src 'self' data:; form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
    )
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "X-Request-Id" in headers


def test_pages_have_no_inline_script_and_no_inline_style(client: FlaskClient):
    import re

    for path in PATHS[:4]:
        text = client.get(path).get_data(as_text=True)
        assert not re.search(r"<script(?![^>]*\bsrc=)", text)
        assert not re.search(r"\son[a-z]+=|\sstyle=", text)
    assert "unsafe" not in CSP


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1", "127.0.0.1:80", "127.0.0.1:8000.evil.example", ""])
def test_a_request_under_another_name_is_refused(app: Flask, host):
    answer = app.test_client().get("/", base_url="http://127.0.0.1:8000", headers={"Host": host})
    assert answer.status_code in (400, 421)


def test_a_write_without_token_is_refused(app: Flask):
    client = app.test_client()
    sign_in(app, client, SELLER)
    answer = client.post("/auth/sign-out", base_url=ORIGIN)
    assert answer.status_code == 400
    assert client.get("/listings", base_url=ORIGIN).status_code == 200


def test_a_write_with_another_sessions_token_is_refused(app: Flask):
    one = app.test_client()
    other = app.test_client()
    sign_in(app, one, SELLER)
    sign_in(app, other, SELLER)
    token = one.get("/auth/session", base_url=ORIGIN).get_json()["csrfToken"]
    assert other.post("/auth/sign-out", data={"csrf_token": token}, base_url=ORIGIN).status_code == 400
    assert one.post("/auth/sign-out", data={"csrf_token": token}, base_url=ORIGIN).status_code == 302


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://evil.example"},
        {"Origin": "http://127.0.0.1:8000.evil.example"},
    ],
)
def test_a_write_from_another_site_is_refused_even_with_the_token(app: Flask, headers):
    client = app.test_client()
    sign_in(app, client, SELLER)
    token = client.get("/auth/session", base_url=ORIGIN).get_json()["csrfToken"]
    answer = client.post("/auth/sign-out", data={"csrf_token": token}, headers=headers, base_url=ORIGIN)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "same-origin", "Origin": "null"}, {"Origin": ORIGIN}, {"Origin": "null"}, {}]
)
def test_a_write_from_our_own_page_is_taken(app: Flask, headers):
    client = app.test_client()
    sign_in(app, client, SELLER)
    token = client.get("/auth/session", base_url=ORIGIN).get_json()["csrfToken"]
    answer = client.post("/auth/sign-out", data={"csrf_token": token}, headers=headers, base_url=ORIGIN)
    assert answer.status_code == 302


def test_a_request_above_the_size_limit_is_told_so(app: Flask):
    client = app.test_client()
    sign_in(app, client, SELLER)
    token = client.get("/auth/session", base_url=ORIGIN).get_json()["csrfToken"]
    answer = client.post("/c/new", data={"csrf_token": token, "name": "x" * 11_000_000}, base_url=ORIGIN)
    assert answer.status_code == 413
    assert "too large" in answer.get_data(as_text=True)


def test_the_cookie_is_marked_for_https_when_the_origin_is_secure(tmp_path):
    app, _ = make_app(tmp_path, origin="https://market.example")
    answer = app.test_client().get("/auth/session", base_url="https://market.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-session=")
    for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert part in cookie
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


def test_the_cookie_is_plain_when_the_origin_is_this_machine(client: FlaskClient):
    cookie = client.get("/auth/session").headers["Set-Cookie"]
    assert cookie.startswith("session=")
    assert "Secure" not in cookie
    assert "HttpOnly" in cookie


def test_a_reading_visitor_gets_no_session(client: FlaskClient):
    for path in ("/", "/explore", "/help/escrow", "/healthz"):
        assert "session=" not in client.get(path).headers.get("Set-Cookie", "")


@pytest.mark.parametrize(
    ("accept", "query", "cookie", "wanted"),
    [
        ("ko-KR,ko;q=0.9", "", None, "ko"),
        ("de", "", None, "en"),
        ("ko", "?lang=en", None, "en"),
        ("en", "", "ko", "ko"),
        ("en", "?lang=xx", "ko", "ko"),
        ("en", "?lang=<script>", None, "en"),
    ],
)
def test_a_page_speaks_the_language_that_was_asked_for(app: Flask, accept, query, cookie, wanted):
    client = app.test_client()
    if cookie:
        client.set_cookie("lang", cookie, domain="127.0.0.1")
    text = client.get(f"/start{query}", headers={"Accept-Language": accept}, base_url=ORIGIN).get_data(as_text=True)
    assert f'<html lang="{wanted}"' in text
    assert ("첫걸음" in text) == (wanted == "ko")
