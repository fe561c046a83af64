"""Proposals of several calls, and those that change the description: what the form keeps, shows and refuses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from flask import Flask
from flask.testing import FlaskClient

from frontend.extensions import queries, services
from frontend.index.proposal_views import ProposedCall
from frontend.pages.description_changes import description_changes
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import ARBITER, BUYER, ETH, FOUNDER, SELLER, STRANGER, Story
from tests.frontend.pages.test_forms import LIST, post
from tests.frontend.pages.test_selling import words

SignedIn = Callable[[str], tuple[FlaskClient, str]]
NEW = "/c/2/proposals/new"
PAY = {"to": STRANGER, "currency": ETH, "amount": "1"}
KEPT = re.compile(r'name="(kept-\d+-call)" value="([^"]*)"')


class Drafting:
    """Somebody who writes a proposal without a script: each page's hidden fields go with the next form."""

    def __init__(self, client: FlaskClient, csrf: str) -> None:
        self.client, self.csrf = client, csrf
        self.words: dict[str, str] = {"title": "Two things", "why": "Both are needed."}
        self.kept: dict[str, str] = {}
        self.status, self.source = 0, ""

    def send(self, kind: str, step: str, **fields: Any) -> str:
        answer = post(self.client, self.csrf, f"{NEW}/{kind}", {**self.words, **self.kept, **fields, "step": step})
        self.status, self.source = answer.status_code, answer.get_data(as_text=True)
        self.kept = dict(KEPT.findall(self.source))
        return " ".join(Page(self.source).words.split())

    @property
    def calls(self) -> list[str]:
        return list(self.kept.values())


@pytest.fixture
def draft(signed_in: SignedIn) -> Drafting:
    return Drafting(*signed_in(BUYER))


def said_call(call: ProposedCall) -> str:
    return f"{call.target} {call.value_wei} {call.data}"


def test_calls_are_added_one_after_the_other_with_title_and_reasons_kept(draft: Drafting) -> None:
    said = draft.send("pay", "add", **PAY)
    assert draft.status == 200
    assert "In this proposal so far Pays 1 ETH" in said
    assert f'action="{NEW}/review"' in draft.source
    assert draft.calls == [f"{STRANGER} {10**18} 0x"]
    said = draft.send("fee", "open")
    assert "New commission" in said
    assert len(draft.calls) == 1
    assert Page(draft.source).values()["title"] == "Two things"
    said = draft.send("fee", "add", fee="2")
    assert said.index("Pays 1 ETH") < said.index("Sets the commission of this community to 2 %.")
    assert "Both are needed." in draft.source
    assert "The timelock makes all calls in this order, or none of them." in said


def test_call_can_be_added_before_there_is_a_title_but_not_proposed(draft: Drafting) -> None:
    draft.words = {"title": "", "why": ""}
    draft.send("pay", "add", **PAY)
    assert draft.status == 200
    said = draft.send("review", "propose")
    assert draft.status == 422
    assert "Title: Please fill this in." in said
    assert len(draft.calls) == 1


def test_calls_change_places_and_are_taken_out_while_the_rest_stays_as_typed(draft: Drafting) -> None:
    draft.send("pay", "add", **PAY)
    draft.send("fee", "add", fee="2")
    draft.send("accept", "add")
    one, two, three = draft.calls
    draft.send("pay", "up-3", **PAY, other_currency="half an addr")
    assert draft.calls == [one, three, two]
    assert "half an addr" in draft.source
    draft.send("review", "down-1")
    assert draft.calls == [three, one, two]
    draft.send("review", "remove-2")
    assert draft.calls == [three, two]
    for nothing in ("up-1", "down-2", "remove-9", "remove-0", "remove-x", "up-", "down--1"):
        draft.send("review", nothing)
        assert draft.calls == [three, two], nothing


def test_buttons_say_which_call_they_move(draft: Drafting) -> None:
    draft.send("pay", "add", **PAY)
    said = draft.send("fee", "add", fee="2")
    assert "Later : Call 1" in said or "Later: Call 1" in said
    assert re.search(r"Earlier ?: Call 2", said)
    assert not re.search(r"Earlier ?: Call 1", said)
    first = re.search(r'<button type="submit"[^>]*>', draft.source.partition(f'action="{NEW}/review"')[2])
    assert first is not None
    assert 'value="preview"' in first[0], "the Enter key presses the first button"


def test_nothing_is_lost_when_the_next_call_is_refused(draft: Drafting) -> None:
    draft.send("pay", "add", **PAY)
    said = draft.send("fee", "add", fee="21")
    assert draft.status == 422
    assert "20" in said
    assert "Pays 1 ETH" in said
    assert len(draft.calls) == 1
    assert Page(draft.source).values()["fee"] == "21"


def test_preview_shows_kept_calls_and_the_one_being_written(draft: Drafting) -> None:
    draft.send("pay", "add", **PAY)
    said = draft.send("fee", "preview", fee="3")
    assert "This is what you are about to propose" in said
    assert said.index("Pays 1 ETH") < said.index("to 3 %")
    assert "does not answer just now" in said
    assert len(draft.calls) == 1, "the one that is being written is not added by looking at it"


def test_proposal_without_a_call_is_refused(draft: Drafting) -> None:
    assert "Nothing is proposed yet. Add a call first." in draft.send("review", "propose")
    assert draft.status == 422
    assert "Nothing is proposed yet" in draft.send("review", "preview")


def test_more_calls_than_ten_are_refused_and_none_is_lost(draft: Drafting) -> None:
    for _ in range(10):
        draft.send("pay", "add", **PAY)
    assert len(draft.calls) == 10
    said = draft.send("pay", "add", **PAY)
    assert draft.status == 422
    assert "At most 10 calls." in said
    assert len(draft.calls) == 10


def test_calls_that_no_node_would_take_together_are_refused(draft: Drafting) -> None:
    long = {"target": STRANGER, "value": "", "data": "0x" + "ab" * 9_900}
    for _ in range(5):
        draft.send("call", "add", **long)
    assert len(draft.calls) == 5
    assert "too long together" in draft.send("call", "add", **long)
    assert len(draft.calls) == 5


@pytest.mark.parametrize(
    "call",
    [
        "",
        "x",
        f"{STRANGER} 1",
        f"{STRANGER} -1 0x",
        f"{STRANGER} {2**256} 0x",
        f"{STRANGER} 1 0x123",
        "<script>",
        "0x" * 20_000,
    ],
)
def test_kept_call_that_this_page_has_not_written_is_refused(draft: Drafting, call: str) -> None:
    draft.kept = {"kept-0-call": call}
    said = draft.send("pay", "preview", **PAY)
    assert draft.status == 422
    assert "The form is incomplete." in said
    assert "<script>" not in draft.source


# --- the description ------------------------------------------------------------------------------------------------------


def test_arbiter_is_added_to_the_description_and_all_the_rest_stays(app: Flask, draft: Drafting) -> None:
    said = draft.send("arbiter", "add", deed="add", arbiter=to_checksum_address(SELLER), name="Fox")
    assert f"Comes: + {to_checksum_address(SELLER)} Fox" in said
    assert "Goes:" not in said
    with app.test_request_context():
        community = queries.community(2)
        assert community is not None
        document = proposed_document(draft.calls[0], community)
        assert [(one.address, one.name) for one in document.arbiters] == [(ARBITER, "Old Owl"), (SELLER, "Fox")]
        assert (document.text, document.tags) == ("Maps of skies that nobody has seen.", ("maps",))
        assert document.recognised == (1, 3)
        assert document.replaces == community.metadata_hash


def proposed_document(kept: str, community: Any) -> Any:
    """Give the description that a kept call names."""
    target, _wei, data = kept.split(" ")
    named = services.calls.description_in(services.calls.decoded(ProposedCall(target, 0, data)), community)
    return services.contents.look(named).document


def test_second_change_of_the_description_builds_on_the_first(app: Flask, draft: Drafting) -> None:
    draft.send("arbiter", "add", deed="add", arbiter=SELLER, name="Fox")
    said = draft.send("recognise", "preview", deed="remove", number="3")
    assert "Goes: − 3 Moss Library" in said
    draft.send("recognise", "add", deed="remove", number="3")
    with app.test_request_context():
        community = queries.community(2)
        first, second = (proposed_document(call, community) for call in draft.calls)
        assert second.arbiters == first.arbiters
        assert second.recognised == (1,)
        assert second.replaces == first.hash
    text = draft.send("describe", "open")
    assert "House rules" in text
    assert f"{to_checksum_address(SELLER)} Fox" in draft.source, "the form begins with the description before it"


def test_changes_of_the_description_in_another_order_are_warned_of(draft: Drafting) -> None:
    draft.send("arbiter", "add", deed="add", arbiter=SELLER, name="Fox")
    draft.send("recognise", "add", deed="remove", number="3")
    assert "written for another description" not in draft.source
    said = draft.send("review", "up-2")
    assert said.count("This was written for another description") == 2
    assert "Goes: − 3 Moss Library" in said


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("arbiter", {"deed": "remove", "arbiter": SELLER}, "This account is not on the list."),
        ("arbiter", {"deed": "add", "arbiter": "0x12"}, "This is not an address"),
        ("arbiter", {"deed": "add", "arbiter": SELLER, "name": "x" * 61}, "60 characters at most"),
        ("arbiter", {"deed": "add", "arbiter": SELLER, "name": "a\u202eb"}, "U+202E"),
        ("arbiter", {"arbiter": SELLER}, "choose one"),
        ("recognise", {"deed": "add", "number": "77"}, "There is no community number 77."),
        ("recognise", {"deed": "remove", "number": "77"}, "This community is not on the list."),
        ("recognise", {"deed": "add", "number": "0"}, "Between 1"),
        ("recognise", {"deed": "add", "number": str(2**63)}, "Between 1"),
    ],
)
def test_entry_that_cannot_be_is_refused_and_stays_typed(
    draft: Drafting, kind: str, fields: dict[str, str], said: str
) -> None:
    assert said in draft.send(kind, "propose", **fields)
    assert draft.status == 422
    typed = Page(draft.source).values()
    assert all(typed.get(name) == value for name, value in fields.items() if name in ("arbiter", "number"))


def test_known_arbiter_gets_another_name_by_being_added_again(draft: Drafting) -> None:
    said = draft.send("arbiter", "preview", deed="add", arbiter=ARBITER, name="Young Owl")
    assert f"Goes: − {to_checksum_address(ARBITER)} Old Owl" in said
    assert f"Comes: + {to_checksum_address(ARBITER)} Young Owl" in said


@pytest.fixture
def without_description(app: Flask) -> Iterator[None]:
    """Community 2 while the bytes of its description are gone."""
    with app.test_request_context():
        community = queries.community(2)
        assert community is not None
        assert community.metadata_hash is not None
        store, data = services.contents.store, services.contents.load(community.metadata_hash).data
        store.delete(community.metadata_hash)
    yield
    store.put(community.metadata_hash, data)


def test_nothing_is_added_to_a_description_that_is_not_kept_here(without_description: None, draft: Drafting) -> None:
    said = draft.send("arbiter", "preview", deed="add", arbiter=SELLER)
    assert draft.status == 422
    assert "is not kept here, so nothing can be added to it" in said


def test_description_that_is_not_kept_here_is_said_to_be_unknown(app: Flask, draft: Drafting) -> None:
    with app.test_request_context():
        community = queries.community(2)
        assert community is not None
        draft.kept = {"kept-0-call": said_call(services.calls.describe(community, "x", "0x" + "77" * 32))}
    said = draft.send("review", "preview")
    assert "What the new description says cannot be shown" in said
    assert "/descriptions/restore?hash=0x7777" in draft.source


def test_finished_proposal_is_compared_with_what_it_was_written_for(app: Flask) -> None:
    with app.test_request_context():
        community = queries.community(2)
        assert community is not None
        first = services.contents.store_description({"name": "S", "text": "one"})
        second = services.contents.store_description({"name": "S", "text": "two", "replaces": first})
        read = [services.calls.decoded(services.calls.describe(community, "x", second))]
        change = description_changes(community, read, is_over=True)[0]
        assert [(one.field, one.removed, one.added) for one in change.fields] == [("text", ("one",), ("two",))]
        assert not change.is_stale
        assert description_changes(community, read)[0].is_stale


def test_long_texts_are_compared_at_once_and_shown_in_part(app: Flask) -> None:
    with app.test_request_context():
        community = queries.community(2)
        assert community is not None
        long = "\n".join(f"{number}" for number in range(2_000))
        kept = services.contents.store_description({"name": "S", "text": long})
        read = [services.calls.decoded(services.calls.describe(community, "x", kept))]
        text = next(one for one in description_changes(community, read)[0].fields if one.field == "text")
        assert (len(text.removed), len(text.added), text.left_out) == (1, 20, 1_980)


def test_call_to_another_communitys_token_is_no_change_of_this_description(app: Flask) -> None:
    with app.test_request_context():
        one, other = queries.community(1), queries.community(2)
        assert one is not None
        assert other is not None
        read = [services.calls.decoded(services.calls.describe(one, "x", "0x" + "1" * 64))]
        assert description_changes(other, read) == {}


# --- where they are shown --------------------------------------------------------------------------------------------------


def test_community_page_names_its_arbiters_and_whom_it_recognises(client: FlaskClient) -> None:
    said = words(client, "/c/2")
    assert "Arbiters Whom this community proposes" in said
    assert "Old Owl" in said
    recognised = said.partition("Recognition goes one way")[2]
    assert re.search(r"도깨비불 공방 mutual Moss Library", recognised)
    assert "Arbiters Whom" not in words(client, "/c/3")
    assert "Recognition goes" not in words(client, "/c/3")


def test_listing_form_offers_the_communitys_arbiters_and_takes_one_from_the_link(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    source = client.get("/listings/new?community=2").get_data(as_text=True)
    assert f'<option value="{to_checksum_address(ARBITER)}">Old Owl</option>' in source
    page = Page(source)
    assert page.values()["arbiter"] == FOUNDER or page.values()["arbiter"].lower() == FOUNDER
    chosen = client.get(f"/listings/new?community=2&arbiter={ARBITER}").get_data(as_text=True)
    assert Page(chosen).values()["arbiter"] == to_checksum_address(ARBITER)
    strange = client.get(f"/listings/new?community=2&arbiter={STRANGER}").get_data(as_text=True)
    assert Page(strange).values()["arbiter"].lower() == FOUNDER
    assert "datalist" not in client.get("/listings/new?community=1").get_data(as_text=True)
    assert LIST["arbiter"] == ARBITER


def test_listing_page_says_whether_the_community_proposes_its_arbiter(client: FlaskClient, story: Story) -> None:
    listed = {name: words(client, f"/l/{found[0]}") for name, found in story.listings.items()}
    of_stars = [said for said in listed.values() if "on this community's list. There the name is: Old Owl" in said]
    assert of_stars
    assert "on this community's list" not in listed["lamp"]
    assert "not this community's steward" in listed["lamp"]


def test_steward_edits_both_lists_with_the_description(signed_in: SignedIn) -> None:
    client, csrf = signed_in(FOUNDER)
    source = client.get("/c/2/desk").get_data(as_text=True)
    assert f"{to_checksum_address(ARBITER)} Old Owl" in source
    assert Page(source).values()["describe-recognised"] == "1, 3"
    bad = {"describe-text": "T", "describe-lang": "en", "describe-arbiters": "0x12 Fox", "describe-recognised": "77"}
    answer = post(client, csrf, "/c/2/description", bad)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "Line 1: This is not an address" in text
    assert "There is no community number 77." in text
    assert "0x12 Fox" in text


def test_several_calls_and_lists_speak_korean(signed_in: SignedIn) -> None:
    client, _ = signed_in(BUYER)
    assert "중재인 추천" in words(client, f"{NEW}/pay?lang=ko")
    assert "인정하는 커뮤니티" in words(client, "/c/2?lang=ko")


def test_waivers_are_proposed_like_the_commission(draft: Drafting) -> None:
    said = draft.send("waivers", "preview", token_waiver="50", member_waiver="101")
    assert draft.status == 422
    assert "100" in said
    said = draft.send("waivers", "preview", token_waiver="50", member_waiver="20")
    assert draft.status == 200
    assert "50 %" in said
    assert "20 %" in said
