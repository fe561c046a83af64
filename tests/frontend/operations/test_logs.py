"""Logs: every request and error is there, and nothing about a person is. Each test plants canaries and looks for them."""

import io
import json
import logging

import pytest
from flask import abort
from sqlalchemy.exc import IntegrityError

from frontend.errors import NodeDown, Refused
from frontend.extensions import bound
from frontend.operations import logs
from frontend.operations.logs import swept
from tests.frontend.pages.conftest import make_app, make_settings
from tests.frontend.pages.story import SELLER

ADDRESS = "0x" + "c0ffee" * 6 + "abcd"
IP = "203.0.113.77"
IP6 = "2001:db8:85a3:8d3:1319:8a2e:370:7348"
MAIL = "hong.gildong@example.kr"
TOKEN = "kQ3vZ8mP1xW5yT7rN9bL2cJ4hF6gD0sA"
NAME = "홍길동"
CANARIES = (ADDRESS, ADDRESS[2:], IP, IP6, MAIL, "gildong", TOKEN, NAME)


@pytest.fixture
def lines():
    """What is logged, as on a public chain; the loggers are put back in the end."""
    root = logging.getLogger()
    before = root.handlers[:], root.level
    stream = io.StringIO()
    yield stream
    root.handlers[:], root.level = before


def public(app, stream, tmp_path, **changes):
    """Log as a market on a public chain does."""
    settings = make_settings(tmp_path / "logs", **changes)
    object.__setattr__(settings, "chain_id", 11155111)
    logs.set_up(settings, stream)
    app.config["PROPAGATE_EXCEPTIONS"] = False


def read(stream):
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def of_requests(stream):
    return [line for line in read(stream) if line["logger"] == "frontend.access"]


def fails_with(app, monkeypatch, problem):
    """Let the page of listings raise something."""

    def fail(*_, **__):
        raise problem

    with app.app_context():
        monkeypatch.setattr(bound().queries, "listings", fail)


def canary_request(client, path=f"/o/{ADDRESS}", **more):
    headers = {
        "X-Forwarded-For": IP,
        "X-Request-Id": TOKEN,
        "User-Agent": MAIL,
        "Referer": f"https://x.example/{NAME}",
        "Cookie": f"session={TOKEN}; mail={MAIL}",
        "Authorization": f"Bearer {TOKEN}",
    }
    query = {"q": NAME, "mail": MAIL, "to": ADDRESS, "ip": IP6}
    environ = {"REMOTE_ADDR": IP}
    return client.open(path, query_string=query, headers=headers, environ_base=environ, **more)


def test_a_request_is_one_line_with_its_route_and_nothing_of_the_person(app, client, lines, tmp_path):
    public(app, lines, tmp_path)
    answer = canary_request(client)
    (line,) = of_requests(lines)
    told = {name: line[name] for name in ("level", "method", "route", "status", "request_id")}
    expected = {"level": "info", "method": "GET", "route": "/o/<key>", "status": 404}
    assert told == expected | {"request_id": answer.headers["X-Request-Id"]}
    assert isinstance(line["duration_ms"], float)
    assert isinstance(line["worker"], int)
    assert set(line) == {*told, "time", "logger", "message", "duration_ms", "worker"}
    found_in(lines)


def found_in(stream, *canaries):
    """Make sure that no canary is in what was logged."""
    text = stream.getvalue()
    assert text, "nothing was logged at all"
    plain = text + json.dumps(read(stream), ensure_ascii=False)
    assert [word for word in canaries or CANARIES if word.lower() in plain.lower()] == []


def test_the_canaries_are_found_where_they_are_not_kept_out(app, client, lines, tmp_path):
    """The control: a log line that quotes a request would be seen by these tests."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    logging.getLogger().handlers[:] = [handler]
    logging.getLogger("frontend").warning("seen %s %s %s %s %s %s", ADDRESS, IP, IP6, MAIL, TOKEN, NAME)
    assert all(word.lower() in stream.getvalue().lower() for word in CANARIES)


@pytest.mark.parametrize("path", ["/explore", "/nowhere/" + MAIL, f"/identicon/{ADDRESS}.svg", "/auth/sign-in"])
def test_no_page_logs_what_it_was_asked_with(app, client, lines, tmp_path, path):
    public(app, lines, tmp_path)
    canary_request(client, path)
    assert len(of_requests(lines)) == 1
    found_in(lines)


def test_a_post_logs_nothing_of_its_body(app, client, lines, tmp_path):
    public(app, lines, tmp_path)
    canary_request(client, "/auth/message", method="POST", json={"account": ADDRESS, "mail": MAIL, "name": NAME})
    canary_request(client, "/auth/verify", method="POST", data={"message": MAIL, "csrf_token": TOKEN})
    assert [line["route"] for line in of_requests(lines)] == ["/auth/message", "/auth/verify"]
    found_in(lines)


def test_a_method_that_somebody_invents_is_not_written_down(app, client, lines, tmp_path):
    public(app, lines, tmp_path)
    client.open("/", method=NAME.encode().hex().upper())
    (line,) = of_requests(lines)
    assert line["method"] == "OTHER"


@pytest.mark.parametrize(
    "problem",
    [
        RuntimeError(f"{NAME} {ADDRESS} {MAIL} {IP} {IP6} {TOKEN}"),
        KeyError(NAME),
        ValueError(f"invalid literal: '{MAIL}'"),
        UnicodeDecodeError("utf-8", NAME.encode(), 0, 1, MAIL),
        OSError(2, "no such file", f"/home/{NAME}/{ADDRESS}"),
        IntegrityError(
            f"INSERT {MAIL}", {"account": ADDRESS}, Exception(f"Key (account)=({ADDRESS}) '{NAME}'\n{MAIL}")
        ),
        NodeDown(f"The node at https://{MAIL}/{TOKEN} ({IP}) did not answer {ADDRESS}."),
    ],
)
def test_an_error_is_logged_with_its_places_and_without_its_words(app, client, lines, tmp_path, monkeypatch, problem):
    public(app, lines, tmp_path)
    fails_with(app, monkeypatch, problem)
    answer = canary_request(client, "/explore")
    assert answer.status_code in (500, 503)
    found_in(lines)
    (line,) = [line for line in read(lines) if line["level"] in ("error", "warning")]
    assert answer.headers["X-Request-Id"] in line["message"]
    if "error" in line:
        assert line["error"]["kind"] == type(problem).__qualname__
        assert any(place.startswith("tests/frontend/operations/test_logs.py:") for place in line["error"]["stack"])


def test_an_error_while_telling_an_error_keeps_quiet_too(app, client, lines, tmp_path, monkeypatch):
    public(app, lines, tmp_path)
    try:
        raise ValueError(MAIL)
    except ValueError as first:
        problem = RuntimeError(NAME)
        problem.__cause__ = first
    fails_with(app, monkeypatch, problem)
    canary_request(client, "/explore")
    found_in(lines)
    (line,) = [line for line in read(lines) if line["level"] == "error"]
    assert line["error"]["cause"]["kind"] == "ValueError"


def test_other_peoples_loggers_are_swept_as_well(app, lines, tmp_path):
    public(app, lines, tmp_path)
    logging.getLogger("urllib3").warning("Retrying %s for '%s' from %s", f"https://n.example/{TOKEN}", NAME, IP)
    logging.getLogger("gunicorn.error").error("Error handling request %s", f"/o/{ADDRESS}?q={MAIL}")
    found_in(lines)
    assert len(read(lines)) == 2


def test_an_own_chain_logs_the_words_of_errors_for_its_developer(app, client, lines, tmp_path, monkeypatch):
    logs.set_up(make_settings(tmp_path / "logs"), lines)
    app.config["PROPAGATE_EXCEPTIONS"] = False
    fails_with(app, monkeypatch, RuntimeError("the lamp is broken"))
    client.get("/explore")
    assert "the lamp is broken" in lines.getvalue()


def test_text_lines_say_the_same_as_json(app, client, lines, tmp_path, monkeypatch):
    public(app, lines, tmp_path, log_format="text")
    fails_with(app, monkeypatch, RuntimeError(MAIL))
    answer = client.get("/explore")
    text = lines.getvalue()
    assert MAIL not in text
    assert "route=/explore" in text
    assert "status=500" in text
    assert answer.headers["X-Request-Id"] in text
    assert "RuntimeError" in text


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (f"from {ADDRESS} to {SELLER}", "from [hex] to [hex]"),
        (f"mail {MAIL}.", "mail [mail]"),
        (f"at {IP}:443", "at [ip]:443"),
        (f"at {IP6}", "at [ip]"),
        ("at ::1 now", "at [ip] now"),
        ("https://u:p@node.example/v3/abc", "[url]"),
        ("open /home/hong/x.db now", "open [path] now"),
        (f"Bearer {TOKEN}", "Bearer [token]"),
        ("12:34:56 block 123456789 of 0x12345678", "12:34:56 block 123456789 of 0x12345678"),
        ("Following chain 31337.", "Following chain 31337."),
    ],
)
def test_sweeping_takes_out_people_and_doors_and_leaves_the_rest(said, kept):
    assert swept(said) == kept


def test_request_ids_are_ours_and_stand_on_error_pages(app, client):
    first, second = (client.get("/nowhere", headers={"X-Request-Id": TOKEN}) for _ in range(2))
    ids = {first.headers["X-Request-Id"], second.headers["X-Request-Id"]}
    assert len(ids) == 2
    assert TOKEN not in ids
    assert first.headers["X-Request-Id"] in first.get_data(as_text=True)


def test_a_database_that_is_away_when_the_session_is_opened_still_gives_an_id(tmp_path, lines):
    app, _ = make_app(tmp_path / "away")
    public(app, lines, tmp_path)
    client = app.test_client()
    client.set_cookie("session", "x" * 40, domain="127.0.0.1")
    with app.app_context():
        bound().db.engine.dispose()
        from sqlalchemy import text

        from frontend.store.database import writing

        with writing(bound().db.engine).begin() as connection:
            connection.execute(text("drop table app_sessions"))
    answer = client.get("/", base_url="http://127.0.0.1:8000")
    assert answer.status_code == 503
    assert len(answer.headers["X-Request-Id"]) == 12
    (line,) = of_requests(lines)
    assert (line["status"], line["request_id"]) == (503, answer.headers["X-Request-Id"])


def test_a_refusal_is_no_error_in_the_log(app, client, lines, tmp_path, monkeypatch):
    public(app, lines, tmp_path)
    fails_with(app, monkeypatch, Refused(NAME))
    client.get("/explore")
    assert [line["level"] for line in read(lines)] == ["info"]


def test_what_flask_itself_refuses_is_logged_by_its_number(app, client, lines, tmp_path, monkeypatch):
    public(app, lines, tmp_path)
    monkeypatch.setitem(app.view_functions, "explore.results", lambda: abort(418))
    client.get("/explore")
    assert [line["status"] for line in of_requests(lines)] == [418]
