"""Buyer and seller talk about an order: sealed in one browser, opened in the other, picked as evidence, in the clear nowhere else."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Route, expect

from frontend.index.views import ListingFilter
from tests.browser.people import Person
from tests.browser.test_notifications import read_all, unread
from tests.browser.test_pages import MOST_GZIP_BYTES, Weights
from tests.browser.test_private_notes import (
    finish_purchase,
    open_note,
    places_of,
    publish_key,
    record_posts,
    start_purchase,
    write_note,
)
from tests.browser.test_private_notes import forms_of as spellings_of
from tests.browser.town import ETHER, Stall, Town

NARROW = {"width": 390, "height": 844}
QUESTION = "하나만 더 여쭤볼게요.\n  금이 간 데는 없나요? 👩‍👩‍👧"
ANSWER = "None at all.\n\nI looked twice; C:\\kiln\\2 is the picture."


@pytest.fixture
def buyer(buyer: Person) -> Person:
    """A buyer with a key published in this window's browser."""
    publish_key(buyer)
    return buyer


@pytest.fixture
def seller(visit: Callable[..., Person], stall: Stall) -> Person:
    """The stall's seller, with a key published in this window's browser."""
    found = visit(stall.seller.wallet)
    found.arrive_signed_in()
    publish_key(found)
    return found


@pytest.fixture
def key(buyer: Person, town: Town, stall: Stall) -> str:
    """An order of the buyer's, paid."""
    return town.clerk(buyer.wallet).buy(stall.with_stakes)


def test_both_sides_talk_and_their_words_lie_nowhere_in_the_clear(
    buyer: Person, seller: Person, key: str, town: Town
) -> None:
    canary = f"canary-{secrets.token_hex(12)}"
    posted = record_posts(buyer.page, seller.page)
    read_all(seller)
    before = unread(buyer)
    weights = Weights(buyer.page.context)
    write(buyer, key, f"{QUESTION}\n{canary}")
    assert 0 < weights.total() <= MOST_GZIP_BYTES, "with the library that came for sealing"
    assert unread(seller) == 1
    seller.open("/notifications")
    waiting = seller.page.locator("[aria-labelledby='messages'] a")
    expect(waiting).to_have_attribute("href", f"/o/{key}#messages")
    assert seller.violations() == []
    waiting.click()
    assert opened(seller) == [f"{QUESTION}\n{canary}"], "line breaks and spaces stay"
    assert unread(seller) == 0
    seller.open(f"/o/{key}")
    write(seller, key, f"{ANSWER} {canary}")
    assert shown(seller) == [f"{QUESTION}\n{canary}", f"{ANSWER} {canary}"], "what it answers to stands above"
    assert unread(buyer) == before + 1
    buyer.open(f"/o/{key}")
    assert opened(buyer) == [f"{QUESTION}\n{canary}", f"{ANSWER} {canary}"]
    assert buyer.violations() == []

    assert places_of("Cracked bowl, mended", town.market.folder), "the search finds what does lie there"
    assert places_of(canary, town.market.folder) == []
    assert [body for body in posted if any(form in body for form in spellings_of(canary))] == []
    assert any(f"/o/{key}/messages" in body for body in posted)
    assert buyer.complaints == seller.complaints == []


def test_page_of_messages_is_usable_when_it_is_narrow_and_korean(
    buyer: Person, seller: Person, visit: Callable[..., Person], key: str
) -> None:
    long = "봉" * 60 + "x" * 200
    write(seller, key, long)
    buyer.page.set_viewport_size(NARROW)
    buyer.open(f"/o/{key}?lang=ko")
    expect(buyer.page.locator("#messages-title")).to_have_text("메시지")
    buyer.page.locator("[data-messages-open]").press("Enter")
    expect(buyer.page.locator("[data-message] blockquote")).to_have_text(long)
    field = buyer.page.locator("#message-text")
    field.fill(QUESTION)
    field.press("Tab")
    buyer.page.keyboard.press("Enter")
    expect(buyer.page.locator("[data-message='2'] blockquote")).to_be_visible()
    expect(buyer.page.locator("[data-message='2'] strong")).to_have_text("나")
    assert buyer.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert buyer.violations() == []
    expect(buyer.page.locator("[data-message-form] [data-note-status]")).to_have_text("보냈어요.")


def test_count_is_read_without_scripts(
    buyer: Person, seller: Person, visit: Callable[..., Person], key: str, town: Town
) -> None:
    write(seller, key, ANSWER)
    answer = buyer.page.request.get(f"/o/{key}").text()
    assert "1 message." in answer
    assert "You have not opened 1 of them." in answer
    assert "Opening messages needs JavaScript" in answer
    assert ANSWER not in answer


def test_message_stays_closed_until_the_key_is_brought(
    buyer: Person, seller: Person, visit: Callable[..., Person], key: str, tmp_path: Path
) -> None:
    write(seller, key, ANSWER)
    copy = tmp_path / "keys.txt"
    with buyer.page.expect_download() as download:
        buyer.open("/notes/keys")
        buyer.page.locator("#note-save").click()
    download.value.save_as(copy)

    elsewhere = visit(buyer.wallet)
    elsewhere.arrive_signed_in()
    elsewhere.open(f"/o/{key}")
    elsewhere.page.locator("[data-messages-open]").click()
    expect(elsewhere.page.locator("[data-message='1'] [data-problem='message_closed']")).to_be_visible()
    elsewhere.page.locator("#message-text").fill(QUESTION)
    elsewhere.page.get_by_role("button", name="Seal and send").click()
    expect(elsewhere.page.locator("[data-message-form] [data-problem='message_other_key']")).to_be_visible()
    expect(elsewhere.page.locator("#message-text")).to_have_value(QUESTION), "nothing is lost"
    assert elsewhere.violations() == []

    elsewhere.open("/notes/keys")
    elsewhere.page.locator("#note-file").set_input_files(copy)
    expect(elsewhere.page.locator("#note-keys")).to_have_attribute("data-state", "published")
    elsewhere.open(f"/o/{key}")
    assert opened(elsewhere) == [ANSWER]
    # a lost key is replaced: what was sealed to it stays closed, what comes then is read
    elsewhere.page.evaluate("localStorage.clear()")
    publish_key(elsewhere)
    write(elsewhere, key, QUESTION)
    expect(elsewhere.page.locator("[data-message='1'] [data-problem='message_closed']")).to_be_visible()
    assert shown(elsewhere) == [QUESTION]
    seller.open(f"/o/{key}")
    assert opened(seller) == [ANSWER, QUESTION], "older messages are still proven, by the statement of their time"


def test_each_side_is_told_what_to_do_when_the_other_has_no_key(
    visit: Callable[..., Person], seller: Person, town: Town, stall: Stall
) -> None:
    keyless = visit()
    keyless.arrive_signed_in()
    order = town.clerk(keyless.wallet).buy(stall.in_eth)
    seller.open(f"/o/{order}")
    expect(seller.page.locator("[data-message-missing='theirs']")).to_contain_text("published no key for messages")
    keyless.open(f"/o/{order}")
    keyless.page.locator("[data-message-missing='mine'] a").click()
    keyless.page.wait_for_url("**/notes/keys")
    publish_key(keyless)
    write(keyless, order, QUESTION)
    seller.open(f"/o/{order}")
    assert opened(seller) == [QUESTION]


def test_picked_messages_are_proven_to_the_arbiter_and_changed_ones_are_not(
    buyer: Person, seller: Person, visit: Callable[..., Person], key: str, town: Town, stall: Stall
) -> None:
    write(buyer, key, QUESTION)
    seller.open(f"/o/{key}")
    write(seller, key, ANSWER)
    stall.seller.take(key, "accept")
    stall.seller.take(key, "deliver")

    buyer.open(f"/o/{key}")
    opened(buyer)
    expect(buyer.page.locator("#messages .notice.warn")).to_contain_text("readable to the arbiter and to everybody")
    statement = buyer.page.locator(f"form[action='/o/{key}/dispute'] textarea")
    pick(buyer, 1)
    pick(buyer, 2)
    expect(statement).to_be_visible()
    statement.evaluate("(field, words) => { field.value = `${words}\\n\\n${field.value}`; }", "It leaks.")
    assert buyer.violations() == []
    buyer.page.locator(f"form[action='/o/{key}/dispute'] button[type='submit']").click()
    buyer.page.wait_for_url("**/intents/*")
    buyer.sign()

    stall.seller.take(key, "stake")
    seller.open(f"/o/{key}/dispute")
    opened(seller)
    pick(seller, 2)
    answer = seller.page.locator(f"form[action='/o/{key}/evidence'] textarea")
    forged = answer.input_value().replace("None at all.", "Three cracks.")
    answer.fill(forged)
    seller.page.locator(f"form[action='/o/{key}/evidence'] button[type='submit']").click()
    seller.page.wait_for_url("**/intents/*")
    seller.sign()

    arbiter = visit(stall.arbiter.wallet)
    arbiter.arrive_signed_in()
    for path in (f"/o/{key}/dispute", f"/o/{key}"):
        arbiter.open(path)
        expect(arbiter.page.locator("#messages")).to_have_count(0)
        signed, broken = arbiter.page.locator("[data-proof='signed']"), arbiter.page.locator("[data-proof='broken']")
        expect(signed).to_have_count(2)
        expect(signed.first.locator("blockquote")).to_have_text(QUESTION)
        expect(signed.nth(1).locator("blockquote")).to_have_text(ANSWER)
        expect(broken).to_have_count(1)
        expect(broken).to_contain_text("Three cracks.")
        expect(broken).to_contain_text("Not proven")
        expect(arbiter.page.locator("[data-proof-here='agrees']")).to_have_count(3)
        assert "It leaks." in arbiter.read()
        assert arbiter.violations() == []
    arbiter.page.set_viewport_size(NARROW)
    arbiter.open(f"/o/{key}/dispute?lang=ko")
    expect(arbiter.page.locator("[data-proof='signed']").first).to_contain_text("실제로 보낸 메시지")
    assert arbiter.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert arbiter.violations() == []

    # a server that calls it proven is found out by the arbiter's own browser
    arbiter.page.route(
        f"**/o/{key}/dispute",
        lambda route: altered(route, lambda page: page.replace('data-proof="broken"', 'data-proof="signed"')),
    )
    arbiter.open(f"/o/{key}/dispute")
    expect(arbiter.page.locator("[data-proof-here='differs']")).to_have_count(1)


def test_page_says_stop_when_the_server_changes_drops_or_forges_messages(
    buyer: Person, seller: Person, key: str, stall: Stall
) -> None:
    for words in ("one", "two", "three"):
        write(buyer, key, words)
    seller.open(f"/o/{key}")

    def dropped(told: dict[str, Any]) -> None:
        del told["messages"][1]

    def as_the_seller(told: dict[str, Any]) -> None:
        told["messages"][0].update({"from": seller.address, "to": buyer.address})

    def other_time(told: dict[str, Any]) -> None:
        told["messages"][1]["sent"] = "2026-01-01T00:00:00Z"

    def another_text(told: dict[str, Any]) -> None:
        told["messages"][1]["sealed"], told["messages"][1]["salt"] = (
            told["messages"][0][name] for name in ("sealed", "salt")
        )

    def other_key(told: dict[str, Any]) -> None:
        told["keys"][0]["signature"] = "0x" + "11" * 65

    for lie, problem, count in (
        (dropped, "message_broken_order", 1),
        (as_the_seller, "message_unsigned", 1),
        (other_time, "message_unsigned", 1),
        (another_text, "message_unsigned", 1),
        (other_key, "message_unsigned", 3),
    ):
        lying(seller, lie)
        seller.open(f"/o/{key}")
        seller.page.locator("[data-messages-open]").click()
        expect(seller.page.locator(f"[data-messages-list] [data-problem='{problem}']")).to_have_count(count)
        seller.page.unroute("**/messages.json*")
    seller.open(f"/o/{key}")
    assert opened(seller) == ["one", "two", "three"]


def test_nothing_is_sealed_when_the_server_shows_a_key_that_the_other_side_did_not_sign(
    buyer: Person, seller: Person, key: str
) -> None:
    buyer.open(f"/o/{key}")
    theirs = json.loads(buyer.page.locator("#messages").get_attribute("data-theirs") or "")
    other = "age1" + "q" * 58
    buyer.page.route(f"**/o/{key}", lambda route: altered(route, lambda page: page.replace(theirs["recipient"], other)))
    buyer.open(f"/o/{key}")
    posted = record_posts(buyer.page)
    buyer.page.locator("#message-text").fill(QUESTION)
    buyer.page.get_by_role("button", name="Seal and send").click()
    expect(buyer.page.locator("[data-problem='message_bad_statement']")).to_be_visible()
    assert posted == []


def test_new_holder_does_not_see_what_was_written_before_the_hand_over(
    buyer: Person, seller: Person, visit: Callable[..., Person], key: str, town: Town
) -> None:
    write(buyer, key, "for the first holder's eyes")
    heir = visit()
    heir.arrive_signed_in()
    publish_key(heir)
    town.clerk(buyer.wallet).take(key, "transfer", to=heir.address, sure=True)

    heir.open(f"/o/{key}")
    expect(heir.page.locator("[data-messages-count]")).to_have_text("Nothing has been written yet.")
    write(heir, key, "I hold it now")
    buyer.open(f"/o/{key}")
    expect(buyer.page.locator("[data-message-form]")).to_have_count(0)
    assert opened(buyer) == ["for the first holder's eyes"]
    seller.open(f"/o/{key}")
    expect(seller.page.locator("[data-thread]")).to_have_count(2)
    assert opened(seller, 0) == ["I hold it now"]
    assert opened(seller, 1) == ["for the first holder's eyes"]
    write(seller, key, "welcome")
    heir.open(f"/o/{key}")
    assert opened(heir) == ["I hold it now", "welcome"]
    assert seller.violations() == []


# ---- orders made to order


def test_work_is_ordered_by_a_sealed_specification_talked_about_delivered_and_confirmed(
    buyer: Person, seller: Person, town: Town, stall: Stall
) -> None:
    listing = list_by_hand(seller, town, stall)
    canary = f"canary-{secrets.token_hex(12)}"
    buyer.open(f"/l/{listing}")
    expect(buyer.page.locator("#ask blockquote")).to_have_text("Which name, and in which script?")
    expect(buyer.page.locator("[data-cart-add]")).to_have_count(0)
    # nothing is bought without an answer
    buyer.open(f"/l/{listing}/buy")
    expect(buyer.page.locator("#asked")).to_have_text("Which name, and in which script?")
    buyer.send_checkout()
    expect(buyer.page.locator("#sealed-error")).to_be_visible()
    assert buyer.violations() == []
    assert all("422" in line for line in buyer.complaints), "the browser's own line about the refused form"
    buyer.complaints.clear()
    start_purchase(buyer, listing, f"도깨비, in Hangul. {canary}")
    key = finish_purchase(buyer)
    assert int(town.order(key).purchase["specification"], 16), "its hash stands in the order"

    seller.open(f"/o/{key}")
    assert open_note(seller, "wish") == f"도깨비, in Hangul. {canary}"
    expect(seller.page.locator("#notes")).to_contain_text("Read it before you accept")
    write(seller, key, "Brush or pen?")
    buyer.open(f"/o/{key}")
    assert opened(buyer) == ["Brush or pen?"]
    write(buyer, key, "Brush.")
    seller.take(key, "accept")
    seller.open(f"/o/{key}")
    write_note(seller, f"form[action='/o/{key}/deliver']", "It lies at the link that you know.")
    seller.page.locator(f"form[action='/o/{key}/deliver'] button[type='submit']").click()
    seller.page.wait_for_url("**/intents/*")
    seller.sign()
    buyer.take(key, "confirm")
    assert town.order(key).state == "completed"
    buyer.open(f"/o/{key}")
    assert opened(buyer) == ["Brush or pen?", "Brush."], "the thread stays when the order is over"
    assert places_of(canary, town.market.folder) == []
    assert buyer.complaints == seller.complaints == []


def test_buyer_gets_all_back_when_the_seller_declines_what_was_specified(
    buyer: Person, seller: Person, town: Town, stall: Stall
) -> None:
    listing = list_by_hand(seller, town, stall)
    start_purchase(buyer, listing, "A dragon, life-size.")
    key = finish_purchase(buyer)
    seller.open(f"/o/{key}")
    assert open_note(seller, "wish") == "A dragon, life-size."
    write(seller, key, "Too large for my brush.")
    owed = town.credit(buyer.address)
    seller.take(key, "decline")
    assert town.order(key).state == "cancelled"
    assert town.credit(buyer.address) - owed == ETHER // 10
    buyer.open(f"/o/{key}")
    assert opened(buyer) == ["Too large for my brush."]


def list_by_hand(seller: Person, town: Town, stall: Stall) -> str:
    """List something made to order by clicking, and give the listing's id."""
    seller.open(f"/listings/new?community={stall.community_id}")
    form = seller.page.locator("form[method='post'][data-draft]")
    title = f"Your name, written {secrets.token_hex(4)}"
    seller.fill_in(
        form, title=title, text="One name on paper, A3.", kind="service", price="0.1", quantity="3",
        arbiter=stall.arbiter.address, ask="Which name, and in which script?",
    )  # fmt: skip
    assert seller.violations() == []
    form.locator("button[type='submit']").last.click()
    seller.page.wait_for_url("**/intents/*")
    seller.sign()
    found = town.queries.listings(ListingFilter(seller=seller.address.lower()), sort="new").items[0]
    assert found.description is not None
    assert found.description.title == title
    return found.id


def write(person: Person, key: str, text: str) -> None:
    """Write a message by clicking, on the order's page."""
    if not person.page.url.split("?")[0].endswith(f"/o/{key}"):
        person.open(f"/o/{key}")
    field = person.page.locator("#message-text")
    assert field.get_attribute("name") is None, "what has no name is never posted"
    count = person.page.locator("[data-thread]").first.locator("[data-message]")
    field.fill(text)
    person.page.get_by_role("button", name="Seal and send").click()
    expect(person.page.locator("[data-message-form] [data-note-status]")).to_have_text("Sent.")
    assert count.count()


def opened(person: Person, thread: int = 0) -> list[str]:
    """Open a thread's messages by clicking, and give the words of all."""
    box = person.page.locator("[data-thread]").nth(thread)
    box.locator("[data-messages-open]").click()
    expect(box.locator("[data-message]").first).to_be_visible()
    expect(box.locator("[data-note-status]").first).to_have_text("")
    return shown(person, thread)


def shown(person: Person, thread: int = 0) -> list[str]:
    """Give the words of the messages that a thread shows."""
    found: Locator = person.page.locator("[data-thread]").nth(thread).locator("[data-message] blockquote")
    return [str(one.text_content()) for one in found.all()]


def pick(person: Person, number: int) -> None:
    """Put a message into the statement."""
    person.page.locator(f"[data-message='{number}'] [data-message-pick]").click()
    expect(person.page.locator(f"[data-message='{number}'] [role='status']")).to_contain_text("everybody")


def altered(route: Route, change: Callable[[str], str]) -> None:
    """Answer with a page that somebody on the server has changed."""
    answer = route.fetch()
    route.fulfill(response=answer, body=change(answer.text()))


def lying(person: Person, lie: Callable[[dict[str, Any]], None]) -> None:
    """Let the server tell something else of messages."""

    def lie_once(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        lie(told)
        route.fulfill(response=answer, json=told)

    person.page.route("**/messages.json*", lie_once)
