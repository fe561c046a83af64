"""Notifications, the private feed and calendars: what they say, to whom, and what they keep to themselves."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import feedparser
import pytest
from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar

from frontend.blueprints.notifications import routes
from frontend.extensions import bound
from frontend.index.notice_queries import TOLD
from frontend.index.rows import STEP_NAMES
from frontend.pages.calendar import MAX_LINE_BYTES, calendar_of
from frontend.pages.notices import SENTENCES, kind_names
from frontend.services import notices as service
from tests.frontend.pages.conftest import ORIGIN, make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import ARBITER, BACKUP, BUYER, PAYER, SELLER, STRANGER, Story

SignedIn = Callable[[str], tuple[FlaskClient, str]]
NOBODY = "0x" + "77" * 20
KEY = re.compile(r"/feeds/([A-Za-z0-9_-]{43})\.(atom|ics)")


@pytest.fixture
def own(tmp_path: Path) -> tuple[Flask, Story]:
    """An app of the whole story of which a test may change something."""
    return make_app(tmp_path)


def visitor(app: Flask, account: str) -> tuple[FlaskClient, str]:
    client = app.test_client()
    return client, sign_in(app, client, account)


def words(client: FlaskClient, path: str) -> str:
    return " ".join(Page(client.get(path).get_data(as_text=True)).words.split())


def unread_on(client: FlaskClient, path: str = "/help/escrow") -> int:
    """Give the count in the head of a page."""
    found = re.search(r"Notifications: (nothing|more than \d+|\d+) unread", words(client, path))
    assert found
    return 0 if found[1] == "nothing" else int(found[1].removeprefix("more than "))


def send(client: FlaskClient, csrf: str, path: str, **data: Any) -> Any:
    return client.post(path, data={"csrf_token": csrf, **data})


def new_key(client: FlaskClient, csrf: str) -> str:
    answer = send(client, csrf, "/notifications/feed")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    keys = {found[1] for found in KEY.finditer(answer.get_data(as_text=True))}
    assert len(keys) == 1
    return keys.pop()


# --- the page


@pytest.mark.parametrize("path", ["/notifications"])
def test_notifications_want_a_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert "Notifications:" not in words(client, "/help/escrow")


def test_everything_that_is_told_has_words_in_each_role_and_a_switch() -> None:
    told = [(STEP_NAMES[name], role) for names in TOLD.values() for name, roles in names.items() for role in roles]
    assert [one for one in told if one not in SENTENCES and (one[0], "") not in SENTENCES] == []


def test_switches_have_a_name_for_every_kind(app: Flask) -> None:
    with app.test_request_context():
        assert set(kind_names()) == set(TOLD)


def test_what_waits_stands_before_what_happened_and_the_first_due_first(
    app: Flask, signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, _ = signed_in(BUYER)
    source = client.get("/notifications").get_data(as_text=True)
    waits, happened = source.index('id="turns"'), source.index('id="happened"')
    delivered, late = (source.index(f"/o/{story.orders[name][0]}") for name in ("delivered", "late"))
    assert waits < late < delivered < happened  # the time of the late one is over, and the end of it helps the buyer
    assert asked == []


def test_arbiter_is_told_of_the_dispute_that_waits_for_the_ruling(signed_in: SignedIn, story: Story) -> None:
    source = signed_in(ARBITER)[0].get("/notifications").get_data(as_text=True)
    assert f"/o/{story.orders['disputed'][0]}" in source[: source.index('id="happened"')]
    assert "You are asked to rule on a dispute." in source


def test_backup_is_told_nothing_waits_while_the_arbiter_has_time(signed_in: SignedIn) -> None:
    assert "Nothing waits for you." in words(signed_in(BACKUP)[0], "/notifications")


def test_a_stranger_has_nothing_to_read(signed_in: SignedIn) -> None:
    client, _ = signed_in(NOBODY)
    text = words(client, "/notifications")
    assert "Nothing has happened yet." in text
    assert unread_on(client) == 0


def test_a_buyer_is_told_of_a_gift_and_the_giver_is_not(app: Flask, signed_in: SignedIn, story: Story) -> None:
    gift = story.orders["accepted"][0]
    with app.app_context():
        told = bound().services.notices.latest(BUYER, 1000)[0]
    assert gift in {notice.order_key for notice in told if notice.name == "funded"}
    assert gift not in signed_in(PAYER)[0].get("/notifications").get_data(as_text=True)


def test_pages_are_turned_to_the_end_when_older_ones_are_asked_for(app: Flask, signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    path, seen = "/notifications", 0
    for _turn in range(20):
        source = client.get(path).get_data(as_text=True)
        seen += source.count("<li><p>")
        more = re.search(r'href="(/notifications\?before=\d+-\d+)"', source)
        if more is None:
            break
        path = more[1]
    with app.app_context():
        assert seen == len(bound().services.notices.latest(SELLER, 1000)[0])


@pytest.mark.parametrize("before", ["", "x", "1-", "-1-2", "9" * 30 + "-1", "１-２"])
def test_a_place_that_is_none_shows_the_newest(signed_in: SignedIn, before: str) -> None:
    client, _ = signed_in(SELLER)
    answer = client.get("/notifications", query_string={"before": before})
    assert answer.status_code == 200
    assert 'id="turns"' in answer.get_data(as_text=True)


# --- read and unread


def test_count_falls_when_all_is_read_and_rises_when_something_happens(own: tuple[Flask, Story]) -> None:
    app, story = own
    client, csrf = visitor(app, SELLER)
    assert unread_on(client) > 5
    source = client.get("/notifications").get_data(as_text=True)
    newest = re.search(r'name="to" value="(\d+-\d+)"', source)
    assert newest
    assert send(client, csrf, "/notifications/read", to=newest[1]).status_code == 303
    assert unread_on(client) == 0
    assert "Mark all as read" not in words(client, "/notifications")
    story.buy("new", "lamp")
    story.buy("newer", "lamp")
    story.accept("new")
    story.tell()
    assert unread_on(client) == 2  # what the seller did himself is no news
    story.give_back("newer", "OrderCancelled")
    story.tell()
    assert unread_on(client) == 3
    assert unread_on(visitor(app, NOBODY)[0]) == 0


def test_what_came_while_the_page_was_open_stays_unread(own: tuple[Flask, Story]) -> None:
    app, story = own
    client, csrf = visitor(app, SELLER)
    newest = re.search(r'name="to" value="(\d+-\d+)"', client.get("/notifications").get_data(as_text=True))
    assert newest
    story.buy("meanwhile", "lamp")
    story.tell()
    send(client, csrf, "/notifications/read", to=newest[1])
    assert unread_on(client) == 1


def test_a_mark_never_goes_back_nor_past_the_index(own: tuple[Flask, Story]) -> None:
    app, story = own
    client, csrf = visitor(app, SELLER)
    send(client, csrf, "/notifications/read", to=f"{10**17}-0")
    send(client, csrf, "/notifications/read", to="1-0")
    send(client, csrf, "/notifications/read", to="nonsense")
    assert unread_on(client) == 0
    story.buy("after", "lamp")
    story.tell()
    assert unread_on(client) == 1


def test_what_is_switched_off_is_neither_shown_nor_counted(own: tuple[Flask, Story]) -> None:
    app, _story = own
    client, csrf = visitor(app, SELLER)
    before = unread_on(client)
    send(client, csrf, "/notifications/switches", kind=["money", "keys", "made up"])
    after = unread_on(client)
    assert 0 < after < before
    text = words(client, "/notifications")
    assert "The buyer disputes the order." not in text
    assert "The order is completed. The seller is paid." in text
    send(client, csrf, "/notifications/switches")
    assert unread_on(client) == 0
    assert unread_on(visitor(app, BUYER)[0]) > 0  # others' switches are their own


def test_marks_are_of_one_chain_when_a_local_one_begins_anew(own: tuple[Flask, Story], monkeypatch: pytest.MonkeyPatch):
    app, _story = own
    with app.app_context():
        notices, head = bound().services.notices, bound().queries.head()
        assert head is not None
        notices.mark_read(SELLER, (head.number, 0))
        assert notices.unread(SELLER) == 0
        other = replace(head, epoch_genesis="0x" + "55" * 32, hash="0x" + "56" * 32)
        monkeypatch.setattr(notices.queries, "head", lambda: other)
        assert notices.unread(SELLER) > 0


def test_count_is_asked_once_for_a_block(own: tuple[Flask, Story], monkeypatch: pytest.MonkeyPatch) -> None:
    app, story = own
    client, _ = visitor(app, SELLER)
    asked = []
    with app.app_context():
        queries = bound().queries
    real = queries.notices
    monkeypatch.setattr(queries, "notices", lambda *args, **more: asked.append(args) or real(*args, **more))
    first = unread_on(client)
    assert unread_on(client, "/c") == unread_on(client) == first
    assert len(asked) == 1
    story.buy("next", "lamp")
    story.tell()
    assert unread_on(client) == first + 1
    assert len(asked) == 2


def test_many_unread_ones_are_counted_up_to_a_bound(own: tuple[Flask, Story], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "MOST_COUNTED", 3)
    monkeypatch.setattr(routes, "MOST_COUNTED", 3)
    app, _story = own
    assert "Notifications: more than 3 unread" in words(visitor(app, BUYER)[0], "/help/escrow")


# --- the feed


def test_feed_is_read_by_a_parser_and_tells_what_the_page_tells(app: Flask, signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(SELLER)
    key = new_key(client, csrf)
    answer = app.test_client().get(f"/feeds/{key}.atom?lang=en")
    assert answer.status_code == 200
    assert answer.mimetype == "application/atom+xml"
    feed = feedparser.parse(answer.get_data())
    assert not feed.bozo
    assert feed.version == "atom10"
    with app.app_context():
        told = bound().services.notices.latest(SELLER, 50)[0]
    assert [entry.link for entry in feed.entries] == [f"{ORIGIN}/o/{notice.order_key}" for notice in told]
    assert len({entry.id for entry in feed.entries}) == len(feed.entries) > 5
    assert [entry.updated_parsed[:5] for entry in feed.entries] == [
        tuple(datetime.fromtimestamp(notice.at_ts, UTC).timetuple())[:5] for notice in told
    ]
    assert any("Somebody has paid for an order of yours." in entry.title for entry in feed.entries)
    assert {tag.term for entry in feed.entries for tag in entry.tags} <= set(TOLD)
    assert feed.feed.id.startswith(f"{ORIGIN}/notifications#")


def test_feed_speaks_korean_when_its_address_does(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    feed = feedparser.parse(app.test_client().get(f"/feeds/{new_key(client, csrf)}.atom?lang=ko").get_data())
    assert feed.feed.title == "도깨비 시장: 알림"
    assert feed.feed.language == "ko"


def test_feed_and_calendar_hold_neither_their_key_nor_anybodys_address(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    key = new_key(client, csrf)
    for kind in ("atom", "ics"):
        text = app.test_client().get(f"/feeds/{key}.{kind}").get_data(as_text=True)
        assert "/o/0x" in text
        assert key not in text
        for account in (SELLER, BUYER, ARBITER, PAYER, STRANGER):
            assert account[2:].lower() not in text.lower()


def test_feed_is_for_nobody_else_to_keep_and_is_not_sent_twice(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(BUYER)
    path = f"/feeds/{new_key(client, csrf)}.atom"
    answer = app.test_client().get(path)
    assert answer.headers["Cache-Control"] == "private, no-cache"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "Set-Cookie" not in answer.headers
    again = app.test_client().get(path, headers={"If-None-Match": answer.headers["ETag"]})
    assert (again.status_code, again.get_data()) == (304, b"")


def test_address_is_shown_once_and_void_when_renewed_or_ended(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(BUYER)
    first = new_key(client, csrf)
    assert KEY.search(client.get("/notifications").get_data(as_text=True)) is None
    second = new_key(client, csrf)
    reader = app.test_client()
    assert [reader.get(f"/feeds/{key}.{kind}").status_code for key in (first, second) for kind in ("atom", "ics")] == [
        404, 404, 200, 200,
    ]  # fmt: skip
    assert send(client, csrf, "/notifications/feed/end").status_code == 303
    assert reader.get(f"/feeds/{second}.atom").status_code == 404
    assert reader.get(f"/feeds/{'A' * 43}.ics").status_code == 404


def test_database_holds_only_the_hash_of_a_feeds_key(own: tuple[Flask, Story], tmp_path: Path) -> None:
    app, _story = own
    key = new_key(*visitor(app, BUYER))
    assert app.test_client().get(f"/feeds/{key}.atom").status_code == 200
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert any(path.name.startswith("test.db") for path in files)
    assert [path.name for path in files if key.encode() in path.read_bytes()] == []


def test_no_log_has_a_feeds_key(app: Flask, signed_in: SignedIn, caplog: pytest.LogCaptureFixture) -> None:
    client, csrf = signed_in(BUYER)
    caplog.set_level("DEBUG")
    key = new_key(client, csrf)
    app.test_client().get(f"/feeds/{key}.ics")
    app.test_client().get(f"/feeds/{key[::-1]}.atom")
    lines = [f"{record.getMessage()} {vars(record)}" for record in caplog.records]
    assert any("/feeds/<key>.ics" in line for line in lines)
    assert not any(key in line or key[::-1] in line for line in lines)


# --- calendars


def events_of(source: bytes) -> list[Any]:
    calendar = Calendar.from_ical(source)
    assert (str(calendar["VERSION"]), str(calendar["METHOD"])) == ("2.0", "PUBLISH")
    assert not calendar.errors
    return list(calendar.walk("VEVENT"))


def test_subscription_has_every_open_order_with_its_deadline_and_rings_for_own_turns(
    app: Flask, signed_in: SignedIn, story: Story
) -> None:
    client, csrf = signed_in(SELLER)
    answer = app.test_client().get(f"/feeds/{new_key(client, csrf)}.ics?lang=en")
    assert answer.mimetype == "text/calendar"
    found = {str(event["UID"]).partition("@")[0]: event for event in events_of(answer.get_data())}
    with app.app_context():
        orders = {order.key: order for order in bound().queries.orders_with_deadlines(SELLER)}
    assert set(found) == set(orders)
    accepted = orders[story.orders["accepted"][0]]
    event = found[accepted.key]
    assert event["DTSTART"].dt == datetime.fromtimestamp(accepted.clock_ts, UTC)
    assert str(event["SUMMARY"]) == "Seller: deliver: 도깨비불 등잔"
    assert str(event["UID"]).endswith("@127.0.0.1:8000")
    assert [alarm["TRIGGER"].dt for alarm in event.walk("VALARM")] == [timedelta(days=-1)]
    assert found[story.orders["delivered"][0]].walk("VALARM") == []  # the buyer's turn


def test_calendar_keeps_to_the_lines_of_the_standard(app: Flask, signed_in: SignedIn) -> None:
    client, csrf = signed_in(SELLER)
    source = app.test_client().get(f"/feeds/{new_key(client, csrf)}.ics?lang=ko").get_data()
    assert source.endswith(b"END:VCALENDAR\r\n")
    lines = source.split(b"\r\n")
    assert all(len(line) <= MAX_LINE_BYTES and b"\n" not in line and b"\r" not in line for line in lines)
    assert any(line.startswith(b" ") for line in lines)
    for line in lines:
        line.decode("utf-8")  # no letter is cut in two


def test_a_title_cannot_put_a_line_into_a_calendar(app: Flask, story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    title = "Moss; rare, \\ very\r\nBEGIN:VALARM\r\n" + "긴" * 60
    monkeypatch.setattr("frontend.pages.calendar.title_of", lambda order: title)
    with app.test_request_context():
        order = bound().queries.order(story.orders["accepted"][0])
        source = calendar_of([order], {}, origin=ORIGIN, now_ts=int(time.time()))
    (event,) = events_of(source.encode())
    assert str(event["SUMMARY"]).endswith(title.replace("\r\n", "\n"))
    assert event.walk("VALARM") == []


def test_an_event_keeps_its_uid_and_counts_up_when_its_deadline_changes(own: tuple[Flask, Story]) -> None:
    app, story = own
    key, reader = story.orders["funded"][0], app.test_client()

    def look() -> Any:
        (event,) = events_of(reader.get(f"/o/{key}/deadline.ics?lang=en").get_data())
        return event

    before = look()
    story.accept("funded")
    story.tell()
    moved = look()
    story.give_back("funded", "OrderRefunded")
    story.tell()
    gone = look()
    assert before["UID"] == moved["UID"] == gone["UID"]
    assert before["SEQUENCE"] < moved["SEQUENCE"] < gone["SEQUENCE"]
    assert before["DTSTART"].dt != moved["DTSTART"].dt
    assert [str(event["STATUS"]) for event in (before, moved, gone)] == ["CONFIRMED", "CONFIRMED", "CANCELLED"]
    assert str(moved["SUMMARY"]).startswith("Seller: deliver")


def test_the_backups_time_is_a_change_of_the_deadline(app: Flask, story: Story) -> None:
    with app.test_request_context():
        order = bound().queries.order(story.orders["disputed"][0])
        assert order is not None
        found = [
            events_of(calendar_of([order], {order.key: 7}, origin=ORIGIN, now_ts=order.clock_ts + late_s).encode())[0]
            for late_s in (0, 1)
        ]
    assert found[0]["DTSTART"].dt < found[1]["DTSTART"].dt
    assert found[0]["SEQUENCE"] < found[1]["SEQUENCE"]


def test_everybody_may_have_an_orders_deadline_as_it_stands_on_the_chain(client: FlaskClient, story: Story) -> None:
    key = story.orders["accepted"][0]
    assert f"/o/{key}/deadline.ics" in client.get(f"/o/{key}").get_data(as_text=True)
    answer = client.get(f"/o/{key}/deadline.ics")
    assert answer.headers["Content-Disposition"] == f'attachment; filename="order-{key[2:10]}.ics"'
    assert events_of(answer.get_data())[0].walk("VALARM") == []
    assert client.get(f"/o/0x{'00' * 32}/deadline.ics").status_code == 404
