"""The key of a sealed file in the browser: derived, wrapped and taken out as the vectors say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.conftest import Visitors
from tests.browser.shelf import Shelf
from tools.files import wrap as python

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "age" / "wrap.json").read_text())
ACCOUNT = "0x" + "ab" * 20
LISTING, SALT, ORDER = ("0x" + byte * 32 for byte in ("11", "22", "33"))
ABOUT = {"chainId": "31337", "market": "0x" + "aa" * 20, "listing": LISTING, "salt": SALT}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    """A page with nothing on it but the way to our scripts, under the market's own headers."""
    shelf = Shelf()
    visitors = Visitors(browser, shelf.origin)
    opened = visitors.open()
    opened.goto("/")
    yield opened
    visitors.close()
    shelf.close()


def asked(page: Page, name: str, *words: object) -> Any:
    """Call a function of wrap.js, and give its result, or the problem's key."""
    return page.evaluate(
        "async ([name, words]) => { const wrap = await import('/static/js/wrap.js');"
        " try { return await wrap[name](...words) ?? null; } catch (error) { return { problem: error.key ?? error.message }; } }",
        [name, list(words)],
    )


def cases(kind: str) -> Any:
    return pytest.mark.parametrize("case", VECTORS[kind], ids=lambda case: case["title"].replace(" ", "_"))


@cases("soldKeys")
def test_sold_key_is_the_vectors_when_the_browser_derives_it(page: Page, case: dict[str, str]) -> None:
    assert asked(page, "soldKey", case["identity"], case["salt"]) == case["key"]
    assert asked(page, "soldKey", f" {case['identity'].lower()}\n", case["salt"]) == case["key"]
    assert asked(page, "keyHash", case["salt"], case["key"]) == case["keyHash"]


@cases("orderSecrets")
def test_orders_secret_is_the_vectors_when_the_browser_derives_it(page: Page, case: dict[str, str]) -> None:
    assert asked(page, "orderSecret", case["identity"], case) == case["secret"]
    assert asked(page, "pointOf", case["secret"]) == {"pointX": case["pointX"], "pointY": case["pointY"]}


@cases("askedSecrets")
def test_asked_secret_is_the_vectors_when_the_browser_derives_it(page: Page, case: dict[str, str]) -> None:
    assert asked(page, "askedSecret", case["identity"], case["orderKey"]) == case["secret"]
    assert asked(page, "pointOf", case["secret"]) == {"pointX": case["pointX"], "pointY": case["pointY"]}


@cases("points")
def test_point_is_taken_only_when_it_is_one(page: Page, case: dict[str, Any]) -> None:
    assert asked(page, "isPoint", case) is case["isPoint"]
    wrapped = asked(page, "wrap", SALT, ORDER, case)
    assert (wrapped == {"problem": "bad_point"}) is not case["isPoint"]


@cases("wraps")
def test_wrap_is_the_vectors_when_its_ephemeral_secret_is_said(page: Page, case: dict[str, Any]) -> None:
    assert asked(page, "wrap", case["key"], case["orderKey"], case, case["ephemeral"]) == case["wrap"]
    assert asked(page, "unwrap", case["wrap"], case["orderKey"], case["secret"]) == case["key"]


@cases("unwraps")
def test_wrap_is_opened_or_refused_as_the_vectors_say(page: Page, case: dict[str, Any]) -> None:
    refused = case["error"] in ("bad_point", "bad_secret")
    taken = asked(page, "unwrap", case["wrap"], case["orderKey"], case["secret"])
    assert taken == ({"problem": case["error"]} if refused else case["key"])
    whole = {"wrapped": case["wrap"], "orderKey": case["orderKey"], "secret": case["secret"], "salt": case["salt"]}
    opened = asked(page, "openWrap", {**whole, "expected": case["keyHash"]})
    assert opened == ({"problem": case["error"]} if case["error"] else case["key"])


def test_key_comes_out_in_python_when_the_browser_wrapped_it_at_random(page: Page) -> None:
    secret = python.ORDER - 12345
    point = python.point_of(secret)
    words = {"pointX": f"{point.x:#066x}", "pointY": f"{point.y:#066x}"}
    one, other = (asked(page, "wrap", SALT, ORDER, words) for _ in range(2))
    assert one != other, "each wrap has a secret of its own"
    for made in (one, other):
        own = python.Point(int(made["pointX"], 16), int(made["pointY"], 16))
        wrapped = python.Wrap(own, bytes.fromhex(made["masked"][2:]))
        assert python.unwrap(wrapped, bytes.fromhex(ORDER[2:]), secret).hex() == SALT[2:]


@pytest.mark.parametrize(
    ("name", "words", "problem"),
    [
        ("soldKey", ["AGE-SECRET-KEY-1SHORT", SALT], "bad_identity"),
        ("soldKey", [VECTORS["soldKeys"][0]["identity"].replace("KEY-1", "KEY-PQ-1"), SALT], "bad_identity"),
        ("soldKey", [VECTORS["soldKeys"][0]["identity"], "0x12"], "bad_word"),
        ("keyHash", [SALT, "0x"], "bad_word"),
        ("wrap", ["0x12", ORDER, VECTORS["points"][0]], "bad_word"),
        ("wrap", [SALT, "12", VECTORS["points"][0]], "bad_word"),
        ("orderSecret", [VECTORS["soldKeys"][0]["identity"], {**ABOUT, "market": "0x12"}], "bad_word"),
    ],
)
def test_words_that_do_not_fit_are_refused_by_name(page: Page, name: str, words: list, problem: str) -> None:
    assert asked(page, name, *words) == {"problem": problem}


def test_key_and_secret_are_found_when_newer_identities_came_since(page: Page) -> None:
    sold, order = VECTORS["soldKeys"][0], VECTORS["orderSecrets"][0]
    kept = [VECTORS["soldKeys"][2]["identity"], sold["identity"]]
    assert asked(page, "findSoldKey", kept, sold["salt"], sold["keyHash"]) == sold["key"]
    assert asked(page, "findSoldKey", kept[:1], sold["salt"], sold["keyHash"]) is None
    assert asked(page, "findOrderSecret", [sold["identity"], order["identity"]], order, order) == order["secret"]
    assert asked(page, "findOrderSecret", [sold["identity"]], order, order) is None


def test_browser_proves_that_it_can_unwrap_only_when_the_identity_is_kept(page: Page) -> None:
    identity = VECTORS["orderSecrets"][0]["identity"]
    point = asked(page, "pointOf", asked(page, "orderSecret", identity, ABOUT))
    asking = {"account": ACCOUNT, **ABOUT, "point": point}
    assert asked(page, "proveUnwraps", asking) == {"problem": "cannot_unwrap"}
    page.evaluate(
        "async ([chain, account, identity]) => (await import('/static/js/notes.js')).keepKey(chain, account, { identity })",
        [ABOUT["chainId"], ACCOUNT, identity],
    )
    assert asked(page, "proveUnwraps", asking) is None
    assert asked(page, "proveUnwraps", {**asking, "listing": ORDER}) == {"problem": "cannot_unwrap"}
    assert asked(page, "proveUnwraps", {**asking, "point": VECTORS["points"][0]}) == {"problem": "cannot_unwrap"}
    page.evaluate("localStorage.clear()")
    assert asked(page, "proveUnwraps", asking) == {"problem": "cannot_unwrap"}
