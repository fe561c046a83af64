"""Members' pages without a node: what everybody sees of them, what their steward does with them, and where a text never is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import update

from frontend.content.documents import MAX_TEXT, MAX_TITLE
from frontend.errors import NotAllowed, NotFound, Refused
from frontend.extensions import bound
from frontend.index.member_views import needed_units
from frontend.index.models import communities
from frontend.services.members_only import MAX_PAGES, MembersOnly, Standing, Words
from frontend.store.database import writing
from tests.frontend.pages.addresses import all_pages
from tests.frontend.pages.assembly import TIMELOCK
from tests.frontend.pages.conftest import bound_engine, make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, FOUNDER, SECRET, SELLER, STRANGER, Story, tell_all
from tests.frontend.pages.test_forms import post
from tests.frontend.pages.test_selling import words

SignedIn = Callable[[str], tuple[FlaskClient, str]]
PAGES = "/c/2/members-only"
TOKENS = 10**18
HOSTILE = "<script>alert(1)</script>\n\n[go](javascript:alert(1))\n\n<img src=x onerror=alert(1)>\n\n![far](https://evil.example/x.png)"
TYPED = {"title": "Lamps of June", "text": "Oil, *wick*, moon.", "lang": "en", "tier": "1", "seen": "0"}


@pytest.fixture
def own(tmp_path: Path) -> tuple[Flask, FlaskClient, str]:
    """A market of the test's own, with its steward's browser and the token of its forms."""
    app, _ = make_app(tmp_path)
    client = app.test_client()
    return app, client, sign_in(app, client, FOUNDER)


@pytest.fixture
def on_either(tmp_path: Path, database_url: str) -> tuple[Flask, FlaskClient, str]:
    """The same on each of the two kinds of database."""
    app, _ = make_app(tmp_path, tell_all, database_url=database_url)
    client = app.test_client()
    return app, client, sign_in(app, client, FOUNDER)


# --- who may read


@pytest.mark.parametrize(
    ("locked", "tier", "reached"),
    [
        (0, 0, False), (1, 0, True), (10 * TOKENS - 1, 1, False), (10 * TOKENS, 1, True), (29 * TOKENS, 2, False),
        (30 * TOKENS, 2, True), (10**30, 3, False), (0, 8, False),
    ],
)  # fmt: skip
def test_tier_is_reached_from_its_threshold_on_and_an_unset_one_never(locked: int, tier: int, reached: bool) -> None:
    assert Standing(locked, (10 * TOKENS, 30 * TOKENS)).reaches(tier) is reached


def test_every_member_has_tier_nought_where_no_tiers_are_set() -> None:
    assert Standing(1, ()).reaches(0)
    assert not Standing(10**30, ()).reaches(1)
    assert needed_units(1, ()) is None


def test_titles_are_listed_for_everybody_with_what_they_take(client: FlaskClient) -> None:
    said = words(client, PAGES)
    assert said.index("Where map 3 lies") < said.index("Where map 0 lies")
    assert "Where map 0 lies Every member" in said
    assert "Where map 1 lies Tier 1 from 10 STAR" in said
    assert "Where map 2 lies Tier 2 from 30 STAR" in said
    assert "Where map 3 lies Tier 3, which is not set" in said
    assert "It is not encrypted: whoever runs this server can read it, and a reader can copy it." in said


def test_stranger_is_led_to_the_sign_in_and_back(client: FlaskClient, asked: list[str]) -> None:
    text = client.get(f"{PAGES}/2").get_data(as_text=True)
    assert "Members of this community can read this page. Sign in" in text
    assert "/auth/sign-in?next=/c/2/members-only/2" in text
    assert asked == []


def test_page_stays_closed_while_the_node_is_away(signed_in: SignedIn, asked: list[str]) -> None:
    answer = signed_in(SELLER)[0].get(f"{PAGES}/1")
    assert asked
    assert answer.status_code == 503
    text = answer.get_data(as_text=True)
    assert "Where map 0 lies" in text
    assert "the page stays closed" in text
    assert SECRET not in text


def test_steward_reads_without_a_node(signed_in: SignedIn, asked: list[str]) -> None:
    client, _ = signed_in(FOUNDER)
    text = client.get(f"{PAGES}/3").get_data(as_text=True)
    assert f"{SECRET} <strong>2</strong>" in text
    assert "You can read it as the steward." in text
    assert asked == []


# --- where a text never is


def test_text_is_on_no_page_and_in_no_file_that_others_open(app: Flask, story: Story, signed_in: SignedIn) -> None:
    clients = {account: signed_in(account)[0] for account in (SELLER, BUYER, STRANGER)}
    for address in all_pages(story):
        client = clients.get(str(address.account)) or app.test_client()
        assert SECRET not in client.get(address.path).get_data(as_text=True), address.path


@pytest.mark.parametrize("who", [None, BUYER, STRANGER])
@pytest.mark.parametrize("number", [1, 2, 3, 4])
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Accept": "application/json"},
        {"HX-Request": "true"},
        {"If-None-Match": "*"},
        {"If-Modified-Since": "Sun, 06 Nov 1994 08:49:37 GMT"},
        {"Range": "bytes=0-100000"},
        {"Cookie": "session=forged"},
    ],
    ids=str,
)
def test_text_is_in_no_answer_to_others_however_they_ask(
    app: Flask, signed_in: SignedIn, who: str | None, number: int, headers: dict[str, str]
) -> None:
    client = app.test_client() if who is None else signed_in(who)[0]
    for method in ("GET", "HEAD", "OPTIONS", "POST", "PUT"):
        for path in (f"{PAGES}/{number}", f"{PAGES}/{number}/edit", f"{PAGES}/{number}?saved=1&lang=ko"):
            answer = client.open(path, method=method, headers=headers)
            assert SECRET not in answer.get_data(as_text=True) + str(answer.headers), (method, path)
            assert answer.status_code != 304


@pytest.mark.parametrize("path", ["/explore?q=crooked-pine", "/c?q=crooked", "/explore?q=crooked+pine"])
def test_search_finds_no_text_for_members(signed_in: SignedIn, path: str) -> None:
    said = words(signed_in(FOUNDER)[0], path)
    assert "Where map" not in said


@pytest.mark.parametrize("path", [PAGES, f"{PAGES}/1", f"{PAGES}/99", f"{PAGES}/1/edit", f"{PAGES}/new"])
@pytest.mark.parametrize("who", [None, FOUNDER, BUYER])
def test_no_copy_of_an_answer_may_be_kept(app: Flask, signed_in: SignedIn, who: str | None, path: str) -> None:
    client = app.test_client() if who is None else signed_in(who)[0]
    answer = client.get(path)
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert "Cookie" in answer.headers["Vary"]
    assert "ETag" not in answer.headers
    assert "Last-Modified" not in answer.headers


def test_account_that_takes_over_the_browser_reads_nothing(app: Flask) -> None:
    client = app.test_client()
    sign_in(app, client, FOUNDER)
    assert SECRET in client.get(f"{PAGES}/1").get_data(as_text=True)
    sign_in(app, client, STRANGER)
    assert SECRET not in client.get(f"{PAGES}/1").get_data(as_text=True)
    client.delete_cookie("session", domain="127.0.0.1")
    assert SECRET not in client.get(f"{PAGES}/1").get_data(as_text=True)


# --- writing


def test_steward_writes_changes_and_takes_down_a_page(on_either: tuple[Flask, FlaskClient, str]) -> None:
    _, client, csrf = on_either
    answer = post(client, csrf, f"{PAGES}/new", TYPED)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGES}/5?saved=1")
    said = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "Saved." in said
    assert "Oil, <em>wick</em>, moon." in said

    form = Page(client.get(f"{PAGES}/5/edit").get_data(as_text=True))
    assert form.values()["title"] == "Lamps of June"
    assert form.values()["seen"] == "1"
    changed = {**TYPED, "seen": "1", "title": "Lamps of July", "tier": "2"}
    assert post(client, csrf, f"{PAGES}/5/edit", changed).status_code == 303
    assert "Lamps of July Tier 2 from 30 STAR" in words(client, PAGES)

    refused = post(client, csrf, f"{PAGES}/5/remove", {})
    assert refused.status_code == 422
    assert "Please tick this to go on." in refused.get_data(as_text=True)
    assert post(client, csrf, f"{PAGES}/5/remove", {"remove-sure": "y"}).headers["Location"] == PAGES
    assert "Lamps of July" not in words(client, PAGES)
    for path in (f"{PAGES}/5", f"{PAGES}/5/edit"):
        assert client.get(path).status_code == 404


def test_number_of_a_page_that_was_taken_down_is_not_given_again(own: tuple[Flask, FlaskClient, str]) -> None:
    _, client, csrf = own
    post(client, csrf, f"{PAGES}/4/remove", {"remove-sure": "y"})
    assert post(client, csrf, f"{PAGES}/new", TYPED).headers["Location"] == f"{PAGES}/5?saved=1"


def test_form_that_is_sent_twice_makes_one_page(own: tuple[Flask, FlaskClient, str]) -> None:
    _, client, csrf = own
    places = {post(client, csrf, f"{PAGES}/new", TYPED).headers["Location"] for _ in range(2)}
    assert places == {f"{PAGES}/5?saved=1"}
    other = post(client, csrf, f"{PAGES}/new", {**TYPED, "title": "Another"})
    assert other.headers["Location"] == f"{PAGES}/6?saved=1"


def test_slower_window_is_told_of_the_faster_one_and_may_then_replace_it(own: tuple[Flask, FlaskClient, str]) -> None:
    _, client, csrf = own
    assert post(client, csrf, f"{PAGES}/1/edit", {**TYPED, "seen": "1"}).status_code == 303
    slower = {**TYPED, "seen": "1", "text": "Written in the other window."}
    mistaken = post(client, csrf, f"{PAGES}/1/edit", {**slower, "title": ""}).get_data(as_text=True)
    assert Page(mistaken).values()["seen"] == "1"  # another mistake does not hide this one
    answer = post(client, csrf, f"{PAGES}/1/edit", slower)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "changed in another window meanwhile" in text
    assert "Written in the other window." in text
    again = {**slower, "seen": Page(text).values()["seen"]}
    assert post(client, csrf, f"{PAGES}/1/edit", again).status_code == 303
    assert "Written in the other window." in client.get(f"{PAGES}/1").get_data(as_text=True)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"title": ""}, "Please fill this in."),
        ({"title": "ㅋ" * (MAX_TITLE + 1)}, f"Too long: {MAX_TITLE} characters at most."),
        ({"title": "Two\nlines"}, "Please write this in one line."),
        ({"text": ""}, "Please fill this in."),
        ({"text": "가" * (MAX_TEXT + 1)}, f"Too long: {MAX_TEXT} characters at most."),
        ({"text": "turned \u202e around"}, "U+202E"),
        ({"tier": "3"}, "Please choose one from the list."),
        ({"tier": "-1"}, "Please choose one from the list."),
        ({"lang": "xx"}, "Please choose one from the list."),
        ({"seen": "x"}, "The form is incomplete."),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else value[:20],
)
@pytest.mark.parametrize("path", ["new", "1/edit"])
def test_page_is_refused_as_typed(signed_in: SignedIn, path: str, changes: dict[str, str], problem: str) -> None:
    client, csrf = signed_in(FOUNDER)
    answer = post(client, csrf, f"{PAGES}/{path}", {**TYPED, **changes})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert problem in text
    for name in {"title", "text"} - set(changes):
        assert TYPED[name] in text
    if "text" in changes:
        assert changes["text"][:MAX_TEXT] in text


def test_longest_page_in_korean_is_kept_whole(own: tuple[Flask, FlaskClient, str]) -> None:
    _, client, csrf = own
    text = "가" * MAX_TEXT
    data = {**TYPED, "text": text, "csrf_token": csrf, "form_key": "long"}
    assert client.post(f"{PAGES}/new", data=data).status_code == 303  # as a browser sends it, nine bytes a letter
    assert text in client.get(f"{PAGES}/5").get_data(as_text=True)


def test_hostile_text_is_words_for_its_readers(own: tuple[Flask, FlaskClient, str]) -> None:
    _, client, csrf = own
    post(client, csrf, f"{PAGES}/new", {**TYPED, "title": "<script>alert(2)</script>", "text": HOSTILE})
    for path in (PAGES, f"{PAGES}/5", f"{PAGES}/5/edit"):
        page = Page(client.get(path).get_data(as_text=True))
        assert not any(script.strip() for script in page.scripts), path
        assert all(not name.startswith("on") for _, attrs in page.tags for name in attrs), path
        assert all(str(img["src"]).startswith(("/static/", "/identicon/", "data:")) for img in page.all("img")), path
        assert not any("javascript:" in (attrs.get("href") or "") for attrs in page.all("a")), path


@pytest.mark.parametrize("who", [BUYER, SELLER, STRANGER])
def test_nobody_but_the_steward_writes(signed_in: SignedIn, who: str) -> None:
    client, csrf = signed_in(who)
    for path in ("new", "1/edit"):
        assert client.get(f"{PAGES}/{path}").status_code == 403
        assert post(client, csrf, f"{PAGES}/{path}", TYPED).status_code == 403
    assert post(client, csrf, f"{PAGES}/1/remove", {"remove-sure": "y"}).status_code == 403
    assert "Where map 0 lies" in words(client, PAGES)


def test_nothing_is_written_before_the_membership_is_open(signed_in: SignedIn) -> None:
    client, csrf = signed_in(FOUNDER)
    assert "Open it first: until then nobody could read what you write." in words(client, "/c/1/members-only")
    assert client.get("/c/1/members-only/new").status_code == 404
    assert post(client, csrf, "/c/1/members-only/new", TYPED).status_code == 404


@pytest.mark.parametrize(
    "path", ["/c/0/members-only", "/c/99/members-only", f"{PAGES}/0", f"{PAGES}/{2**70}", f"{PAGES}/-1"]
)
def test_page_that_is_not_there_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_pages_are_linked_where_there_are_some(client: FlaskClient, signed_in: SignedIn) -> None:
    for path in ("/c/2", "/c/2/members"):
        assert f'href="{PAGES}"' in client.get(path).get_data(as_text=True)
        assert "For members only 4 pages" in words(client, path)
    assert "/c/1/members-only" not in client.get("/c/1").get_data(as_text=True)
    assert "/c/1/members-only" in signed_in(FOUNDER)[0].get("/c/1").get_data(as_text=True)


# --- what the service keeps to, whatever a route does


@pytest.fixture
def service(own: tuple[Flask, FlaskClient, str]) -> MembersOnly:
    with own[0].app_context():
        return bound().services.members_only


def test_service_gives_a_text_to_nobody_else(service: MembersOnly) -> None:
    community = service.queries.community(2)
    assert community is not None
    with pytest.raises(NotAllowed):
        service.text_for_steward(community, 1, BUYER)
    assert service.text_for_member(community, 2, Standing(10 * TOKENS - 1, (10 * TOKENS,))) is None
    assert SECRET in str(service.text_for_member(community, 2, Standing(10 * TOKENS, (10 * TOKENS,))))
    assert not hasattr(service.heading(community, 1), "text")


def test_pages_of_one_community_are_bounded(own: tuple[Flask, FlaskClient, str], service: MembersOnly) -> None:
    app, client, csrf = own
    community = service.queries.community(2)
    assert community is not None
    with app.test_request_context():
        for number in range(5, MAX_PAGES + 1):
            assert service.write(community, FOUNDER, Words("t", "x", "en", 0), f"key {number}") == number
        with pytest.raises(Refused, match="Take one down first"):
            service.write(community, FOUNDER, Words("t", "x", "en", 0), "one more")
    answer = post(client, csrf, f"{PAGES}/new", TYPED)
    assert answer.status_code == 422
    assert TYPED["text"] in answer.get_data(as_text=True)


def test_pages_belong_to_a_token_and_not_to_a_number(own: tuple[Flask, FlaskClient, str], service: MembersOnly) -> None:
    community = service.queries.community(2)
    assert community is not None
    other = replace(community, token="0x" + "77" * 20, steward=STRANGER)
    assert service.headings(other) == []
    with own[0].test_request_context(), pytest.raises(NotFound):
        service.text_for_steward(other, 1, STRANGER)


def test_page_says_why_nothing_new_comes_where_a_vote_is_the_steward(own: tuple[Flask, FlaskClient, str]) -> None:
    app, client, csrf = own
    with writing(bound_engine(app)).begin() as connection:
        connection.execute(update(communities).where(communities.c.id == 2).values(steward=TIMELOCK))
    assert "new pages for members need a person in it. The pages that are here stay" in words(client, PAGES)
    assert client.get(f"{PAGES}/new").status_code == 403
    page = client.get(f"{PAGES}/1")
    assert SECRET not in page.get_data(as_text=True)  # who wrote it reads it as a member, or not at all
    assert f'action="{PAGES}/1/remove"' in page.get_data(as_text=True)
    assert post(client, csrf, f"{PAGES}/1/remove", {"remove-sure": "y"}).status_code == 303
    assert "Where map 0 lies" not in words(client, PAGES)


def test_where_a_vote_is_the_steward_only_the_author_takes_a_page_down(
    own: tuple[Flask, FlaskClient, str], service: MembersOnly
) -> None:
    community = service.queries.community(2)
    assert community is not None
    governed = replace(community, steward=TIMELOCK)
    handed_on = replace(community, steward=STRANGER)
    with own[0].test_request_context():
        assert service.is_governed(governed)
        assert not service.is_governed(community)
        heading = service.heading(governed, 1)
        assert service.may_remove(governed, heading, FOUNDER)
        assert not service.may_remove(governed, heading, BUYER)
        assert not service.may_remove(handed_on, heading, FOUNDER)
        assert not service.may_remove(handed_on, heading, None)
        with pytest.raises(NotAllowed):
            service.write(governed, FOUNDER, Words("t", "x", "en", 0), "key")
        with pytest.raises(NotAllowed):
            service.change(governed, FOUNDER, 1, Words("t", "x", "en", 0), 1)
        service.remove(governed, FOUNDER, 1)
        with pytest.raises(NotFound):
            service.heading(governed, 1)
