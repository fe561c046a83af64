"""Templates compiled for one language say what they would have said when asked on the page."""

from __future__ import annotations

import pytest
from flask import Flask, render_template, render_template_string, url_for
from flask.testing import FlaskClient

from frontend.extensions import queries
from frontend.templating import Addresses
from tests.frontend.pages.conftest import ORIGIN
from tests.frontend.pages.story import Story


@pytest.mark.parametrize(("language", "words"), [("ko", "둘러보기"), ("en", "Explore")])
def test_page_speaks_the_language_of_its_request_when_both_were_asked_before(
    client: FlaskClient, language: str, words: str
) -> None:
    for asked in ("en", "ko", language):
        page = client.get("/explore", headers={"Accept-Language": asked}).get_data(as_text=True)
    assert f"<h1>{words}</h1>" in page


def test_values_in_a_text_are_escaped_when_the_text_stands_in_the_template(app: Flask) -> None:
    with app.test_request_context(base_url=ORIGIN, headers={"Accept-Language": "en"}):
        page = render_template("macros/as_of.html", head=None, chain={"name": "<b>x</b>", "id": 1})
    assert "&lt;b&gt;x&lt;/b&gt;" in page


@pytest.mark.parametrize(("count", "words"), [(0, "0 listings"), (1, "1 listing"), (2, "2 listings")])
def test_number_decides_the_form_when_a_text_counts(app: Flask, count: int, words: str) -> None:
    source = "{{ ngettext('%(num)s listing', '%(num)s listings', count) }}"
    with app.test_request_context(base_url=ORIGIN, headers={"Accept-Language": "en"}):
        overlay = app.jinja_env.get_template("macros/ui.html").environment
        assert overlay.from_string(source).render(count=count) == words
        assert render_template_string(source, count=count) == words


@pytest.mark.parametrize("value", ["0x" + "ab" * 32, "x/../y", "한글", "a b", "", 7])
def test_quick_address_is_flasks_own_when_a_value_is_put_in(app: Flask, value: object) -> None:
    quick = Addresses(app)
    with app.test_request_context(base_url=ORIGIN):
        if value != "":
            assert quick.url_for("listings.show", listing_id=value) == url_for("listings.show", listing_id=value)
        assert quick.url_for("explore.results", q=value) == url_for("explore.results", q=value)


def test_page_is_read_through_one_connection_that_is_given_back(app: Flask, story: Story) -> None:
    with app.test_request_context("/", base_url=ORIGIN), queries._connect() as one, queries._connect() as other:
        assert one is other
    assert one.closed
    writing = app.test_request_context("/", base_url=ORIGIN, method="POST")
    with writing, queries._connect() as one, queries._connect() as other:
        assert one is not other
