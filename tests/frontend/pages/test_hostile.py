"""Words of strangers: whatever they write on the chain or publish, a page shows it as words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from frontend.content.documents import canonical, hash_of, read_document
from frontend.services.content import _facts
from tests.frontend.pages.addresses import Address, all_pages
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import ARBITER, Story, tell_all

SCRIPT = "<script>alert(1)</script>"
ATTRIBUTE = '" onmouseover="alert(1)" x=\''
WORDS = {
    "script, attribute and entity": f"{SCRIPT}{ATTRIBUTE}&lt;b&gt; &#60;i&#62;",
    "javascript, template and percent": "javascript:alert(1) {{ 7 * 7 }} {% raw %} ${7*7} %(num)s %s %n %%",
    "turned around, isolates and controls": "safe\u202egnp.exe\u2066\u2067\u2069\u200f\u061c\x00\x07\x1b[31m\x7f",
    "nothing to see": "\u200b\u200c\ufeff\u00ad\u2060\u3164\u115f",
    "lines": "\u2028\u2029\r\n\t",
    "stacked and half a pair": "z" + "\u0301" * 400 + "a\ud800b".encode("utf-8", "replace").decode(),
    "long": "ㅋ" * 9_000,
    "unbroken": "W" * 3_000,
}
# where, beside the opening of a community, words come from the chain
TEXTS = {
    "Evidence": "uri",
    "PersonaProfileSet": "uri",
    "VoteCast": "reason",
}


@pytest.fixture(scope="module", params=WORDS)
def hostile(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Story, str]:
    """A market whose every word is one stranger's."""
    words = WORDS[request.param]

    def tell(story: Story) -> None:
        on_chain = story.emit

        def emit(contract: str, address: str, name: str, **args: object) -> None:
            if name == "CommunityOpened":
                params = list(args["params"])  # type: ignore[call-overload]
                params[0], params[1], params[7] = words, words[:200], words
                args["params"] = tuple(params)
            if name in TEXTS:
                args[TEXTS[name]] = words
            on_chain(contract, address, name, **args)

        def keep(document: Mapping[str, Any]) -> str:
            """Keep what a stranger has written elsewhere, in a spelling of their own, and brought here."""
            name = "name" if "name" in document else "title"
            changed = {**document, name: (words.strip() or ".")[:120], "text": words[:10_000]}
            changed |= {"rules": words[:10_000], "lang": 'ko" x="', "picture": None}
            changed |= {"arbiters": [{"address": ARBITER, "name": words[:60]}], "recognised": [1, 2, 99]}
            data = canonical(changed)
            return story.contents._keep(data, "application/json", **_facts(read_document(hash_of(data), data)))

        story.worded = lambda said: f"{words}\n{said}"  # each its own
        story.emit = emit  # type: ignore[method-assign]
        story.contents.store_description = keep  # type: ignore[method-assign, assignment]
        tell_all(story)

    folder: Path = tmp_path_factory.mktemp("hostile")
    app, story = make_app(folder, tell)
    return app, story, words


def few_pages(story: Story) -> list[Address]:
    """List some pages of each kind: a stranger's words are the same on the others."""
    kinds: dict[tuple[str, str | None], list[Address]] = {}
    for address in all_pages(story):
        kinds.setdefault((address.endpoint, address.account), []).append(address)
    kept = {key for name in ("resolved", "disputed") for key in [story.orders[name][0]]}
    return [
        address
        for found in kinds.values()
        for number, address in enumerate(found)
        if number < 1 or any(key in address.path for key in kept)
    ]


def test_words_of_strangers_stay_words_when_pages_are_opened(hostile: tuple[Flask, Story, str]) -> None:
    app, story, words = hostile
    story.heard(int(time.time()))
    clients: dict[str | None, FlaskClient] = {None: app.test_client()}
    shown = 0
    for address in few_pages(story):
        if address.account not in clients:
            clients[address.account] = app.test_client()
            sign_in(app, clients[address.account], str(address.account))
        answer = clients[address.account].get(address.path)
        assert answer.status_code == 200, address.path
        source = answer.get_data(as_text=True)
        page = Page(source)
        assert SCRIPT not in source, address.path
        assert not any(text.strip() for text in page.scripts), address.path
        assert not [attrs for _, attrs in page.tags if any(name.startswith("on") for name in attrs)], address.path
        assert not [attrs for attrs in page.all("a") if str(attrs.get("href", "")).startswith("javascript:")], (
            address.path
        )
        for char in "\x00\x07\x1b\u202e\u2066\u2067\u2069\u200f\u061c\u200b\u200c\ufeff\u2060\u00ad":
            assert char not in source, f"{char!r} on {address.path}"
        outside_fields = re.sub(r"<textarea.*?</textarea>|<input [^>]*>", "", source, flags=re.DOTALL)
        assert "\u0301" * 4 not in outside_fields, address.path
        shown += words.strip()[:3] in unescape(source)
    assert words.isprintable() is False or shown > 10


def test_page_stays_small_when_words_are_long(hostile: tuple[Flask, Story, str]) -> None:
    app, _story, _words = hostile
    assert len(app.test_client().get("/").data) < 200_000


def test_clipped_title_ends_with_ellipsis_when_words_are_long(hostile: tuple[Flask, Story, str]) -> None:
    app, story, words = hostile
    page = Page(app.test_client().get(f"/l/{story.listings['lamp'][0]}").get_data(as_text=True))
    assert len(page.title) < 300
    if len(words) > 1_000:
        assert "…" in page.title


@pytest.mark.parametrize("path", ["/explore?q={}", "/c?q={}", "/explore?min={}", "/explore?lang={}"])
@pytest.mark.parametrize("words", [SCRIPT, ATTRIBUTE, "\u202e\u200b"], ids=["script", "attribute", "unseen"])
def test_words_of_the_address_stay_words_when_searched(client: FlaskClient, path: str, words: str) -> None:
    place, _, name = path.removesuffix("={}").partition("?")
    source = client.get(place, query_string={name: words}).get_data(as_text=True)
    assert SCRIPT not in source
    assert not [attrs for _, attrs in Page(source).tags if "onmouseover" in attrs]


def test_typed_words_stay_words_when_form_is_refused(signed_in: Callable[[str], tuple[FlaskClient, str]]) -> None:
    client, csrf = signed_in("0x" + "51" * 20)
    data = {
        "csrf_token": csrf,
        "name": ATTRIBUTE,
        "text": f"</textarea>{SCRIPT}",
        "tags": SCRIPT,
        "cap": SCRIPT,
        "fee": SCRIPT,
    }
    answer = client.post("/c/new", data=data)
    assert answer.status_code == 422
    source = answer.get_data(as_text=True)
    assert SCRIPT not in source
    assert not [attrs for _, attrs in Page(source).tags if "onmouseover" in attrs]
