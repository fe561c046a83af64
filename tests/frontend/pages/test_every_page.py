"""What holds for each page, in both languages."""

from __future__ import annotations

import gzip
import re
import time
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.frontend.pages.addresses import AREAS, all_pages
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, Story

LANGUAGES = ("en", "ko")
MAX_GZIP_BYTES = 60 * 1024
SignedIn = Callable[[str], tuple[FlaskClient, str]]
Opened = list[tuple[str, Page]]


@pytest.fixture(scope="module")
def seen() -> dict[str, Opened]:
    """What every page was when it was opened, by language."""
    return {}


@pytest.fixture(scope="module")
def asked_by_pages() -> list[str]:
    """What a node was asked while pages were opened."""
    return []


@pytest.fixture
def opened(
    seen: dict[str, Opened], asked_by_pages: list[str], app: Flask, story: Story, signed_in: SignedIn, asked: list[str]
) -> Callable[[str], Opened]:
    """Give every page in a language: opened once, then looked at by all tests that do not change it."""

    def give(language: str) -> Opened:
        if language not in seen:
            story.heard(int(time.time()))
            seen[language] = open_all(app, story, signed_in, language)
            asked_by_pages.extend(asked)
        return seen[language]

    return give


def open_all(app: Flask, story: Story, signed_in: SignedIn, language: str) -> Opened:
    """Open every page; a page that is not 200 fails."""
    clients: dict[str | None, FlaskClient] = {None: app.test_client()}
    pages = []
    for address in all_pages(story):
        if address.account not in clients:
            clients[address.account] = signed_in(str(address.account))[0]
        mark = "&" if "?" in address.path else "?"
        answer = clients[address.account].get(f"{address.path}{mark}lang={language}")
        assert answer.status_code == 200, f"{address.path}: {answer.status_code}"
        pages.append((address.path, Page(answer.get_data(as_text=True))))
    return pages


@pytest.mark.parametrize("language", LANGUAGES)
def test_page_has_title_one_heading_and_language_when_opened(opened: Callable[[str], Opened], language: str) -> None:
    for path, page in opened(language):
        assert page.title.strip(" ·\n"), path
        assert len(page.all("h1")) == 1, path
        assert page.all("html")[0]["lang"] == language, path
        assert page.all("main"), path


def test_page_keeps_to_its_origin_and_policy_when_opened(opened: Callable[[str], Opened]) -> None:
    for path, page in opened("en"):
        assert not any(text.strip() for text in page.scripts), f"inline script or style on {path}"
        for tag, attrs in page.tags:
            assert "style" not in attrs, f"style attribute of <{tag}> on {path}"
            assert not [name for name in attrs if name.startswith("on")], f"handler of <{tag}> on {path}"
            for name in ("src", "href", "action"):
                target = attrs.get(name) or ""
                assert urlsplit(target).scheme in ("", "data"), f"{target} on {path}"
                assert not target.startswith("//"), f"{target} on {path}"


def test_page_asks_no_node_when_opened(opened: Callable[[str], Opened], asked_by_pages: list[str]) -> None:
    assert opened("en")
    assert asked_by_pages == []


def test_field_has_label_and_unique_id_when_page_has_forms(opened: Callable[[str], Opened]) -> None:
    for path, page in opened("en"):
        ids = [attrs["id"] for _, attrs in page.tags if attrs.get("id")]
        assert len(ids) == len(set(ids)), f"{path}: {sorted({found for found in ids if ids.count(found) > 1})}"
        labelled = {attrs.get("for") for attrs in page.all("label")}
        for tag in ("input", "select", "textarea"):
            for attrs in page.all(tag):
                if attrs.get("type") != "hidden" and "hidden" not in attrs:
                    assert attrs.get("id") in labelled or attrs.get("aria-label"), f"{attrs} on {path}"
        for _, attrs in page.tags:
            for target in (attrs.get("aria-describedby") or "").split():
                assert target in ids, f"{target} on {path}"


def test_page_says_block_and_age_when_opened(opened: Callable[[str], Opened], story: Story) -> None:
    for path, page in opened("en"):
        assert re.search(rf"as of block {story.number}, read \d+ (second|minute)s? ago", page.words), path


def test_list_of_pages_is_complete_when_compared_with_routes(app: Flask, story: Story) -> None:
    listed = {address.endpoint for address in all_pages(story)}
    routes = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if rule.endpoint.split(".")[0] in AREAS and "GET" in (rule.methods or ())
    }
    # five only lead on, eight are files, two ask the chain
    assert routes - listed == {
        *("orders.by_transaction", "curves.again", "proposals.try_now", "tokens.history", "members.members_file"),
        *("splits.deposit", "proposals.treasury", "claims.again", "claims.proof", "airdrops.again"),
        *("desk.sheet", "notifications.atom", "notifications.deadlines", "notifications.deadline"),
        "reviews.figures",
    }


def test_korean_page_has_no_english_left_when_interface_is_compared(
    opened: Callable[[str], Opened],
) -> None:
    english = dict(opened("en"))
    for path, page in opened("ko"):
        same = {text.strip() for text in english[path].words.splitlines()} & {
            text.strip() for text in page.words.splitlines()
        }
        assert not {text for text in same if text in ("Explore", "Orders", "Credits", "Commission", "Where it went")}, (
            path
        )


def test_scripts_and_styles_fit_budget_when_listing_is_opened(app: Flask, story: Story, signed_in: SignedIn) -> None:
    client, _ = signed_in(BUYER)
    for path in (f"/l/{story.listings['lamp'][0]}", f"/o/{story.orders['delivered'][0]}"):
        page = Page(client.get(path).get_data(as_text=True))
        files = [str(attrs["src"]) for attrs in page.all("script")]
        files += [str(attrs["href"]) for attrs in page.all("link") if attrs.get("rel") == "stylesheet"]
        seen: set[str] = set()
        while files:
            name = files.pop()
            if name in seen:
                continue
            seen.add(name)
            source = client.get(name).get_data()
            files += [
                f"/static/js/{found.decode()}"
                for found in re.findall(rb'from\s*"\./([\w-]+\.js)"', source)
                if name.endswith(".js")
            ]
        total = sum(len(gzip.compress(client.get(name).get_data())) for name in seen)
        assert len(seen) >= 4
        assert total <= MAX_GZIP_BYTES, f"{total} bytes: {sorted(seen)}"
