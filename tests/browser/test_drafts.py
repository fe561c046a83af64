"""Long forms survive a reload; nothing of them survives a sign-out, another account or the finished transaction."""

from __future__ import annotations

import json

from playwright.sync_api import expect

from tests.browser.town import community_form

TYPED = {"name": "밤의 서재", "symbol": "BOOK", "cap": "5000", "text": "오래된 책을 나눕니다.\n둘째 줄"}


def type_in(person, **typed):
    form = person.page.locator("form[data-draft]")
    person.fill_in(form, **typed)


def values(person):
    return {name: person.page.locator(f"form[data-draft] [name$='{name}']").first.input_value() for name in TYPED}


def kept(person):
    """What this tab keeps of drafts."""
    return person.page.evaluate(
        "Object.fromEntries(Object.entries(sessionStorage).filter(([name]) => name.startsWith('draft-')))"
    )


def test_a_long_form_survives_a_reload_and_a_click_elsewhere(buyer):
    buyer.open("/c/new")
    type_in(buyer, **TYPED)
    buyer.page.reload()
    assert values(buyer) == TYPED
    note = buyer.page.locator(".notice", has_text="brought back")
    expect(note).to_be_visible()
    buyer.page.locator("a.brand").click()
    buyer.open("/c/new")
    assert values(buyer) == TYPED
    assert buyer.violations() == []


def test_the_back_button_brings_the_words_back(buyer):
    buyer.open("/c/new")
    type_in(buyer, **TYPED)
    buyer.page.locator("a.brand").click()
    buyer.page.wait_for_url("**/")
    buyer.page.go_back()
    expect(buyer.page.locator("form[data-draft]")).to_be_visible()
    assert values(buyer) == TYPED


def test_whoever_wants_an_empty_form_gets_one(buyer):
    buyer.open("/c/new")
    type_in(buyer, **TYPED)
    buyer.page.reload()
    buyer.page.get_by_role("button", name="Start afresh").click()
    buyer.page.wait_for_load_state()
    assert values(buyer)["name"] == ""
    assert kept(buyer) == {}


def test_signing_out_leaves_nothing_behind(buyer):
    buyer.open("/c/new")
    type_in(buyer, **TYPED)
    buyer.page.reload()
    assert "밤의 서재" in json.dumps(kept(buyer), ensure_ascii=False)
    buyer.sign_out()
    assert kept(buyer) == {}


def test_another_account_sees_nothing_of_it(buyer, town):
    buyer.open("/c/new")
    type_in(buyer, **TYPED)
    buyer.page.reload()
    other = town.wallet()
    clerk = town.clerk(other)
    cookie = clerk.browser.client.get_cookie("session", domain="127.0.0.1")
    buyer.page.context.add_cookies([{"name": "session", "value": cookie.value, "url": town.market.origin}])
    buyer.open("/c/new")
    assert values(buyer)["name"] == ""
    assert "밤의 서재" not in json.dumps(kept(buyer), ensure_ascii=False)


def test_private_fields_files_and_tokens_are_never_kept(buyer):
    buyer.open("/c/new")
    buyer.page.evaluate(
        """() => {
            const form = document.querySelector("form[data-draft]");
            form.insertAdjacentHTML("beforeend", "<input name='wish' data-private><p data-private><textarea name='home'></textarea></p>");
        }"""
    )
    type_in(buyer, **TYPED, wish="a secret wish", home="a secret home")
    buyer.page.wait_for_timeout(500)
    told = json.dumps(kept(buyer), ensure_ascii=False)
    assert "밤의 서재" in told
    assert "secret" not in told
    assert "csrf" not in told
    assert "form_key" not in told


def test_the_finished_transaction_ends_the_draft_and_a_refused_form_keeps_it(buyer):
    buyer.open("/c/new")
    whole = community_form("밤의 서재", "BOOK")
    type_in(buyer, **{**whole, "cap": "many"})
    buyer.page.locator("button[value='open']").click()
    expect(buyer.page.locator("[id$='problems']")).to_be_visible()
    assert values(buyer)["name"] == "밤의 서재"
    type_in(buyer, cap=whole["cap"])
    buyer.page.locator("button[value='open']").click()
    buyer.page.wait_for_url("**/intents/*")
    assert "밤의 서재" in json.dumps(kept(buyer), ensure_ascii=False)  # not signed yet: the way back is open
    buyer.sign()
    assert kept(buyer) == {}
