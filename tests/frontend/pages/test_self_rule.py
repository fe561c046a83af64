"""Members, proposals and the governor on their pages: what they say, what they offer to whom, and what the forms refuse."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from frontend.extensions import queries, services
from frontend.index.proposal_views import Governor, Proposal, ProposedCall
from frontend.pages.proposals import ProposalState
from frontend.services.proposals import said_words, words_of
from tests.frontend.pages.assembly import GOVERNOR, MEMBERSHIP, TIMELOCK, TOKENS
from tests.frontend.pages.story import BUYER, FOUNDER, REGISTRY, SELLER, STRANGER, Story
from tests.frontend.pages.test_forms import post
from tests.frontend.pages.test_selling import words

SignedIn = Callable[[str], tuple[FlaskClient, str]]
MEMBERS, PROPOSALS = "/c/2/members", "/c/2/proposals"
DAY = 86_400
NO_CALLS: tuple[ProposedCall, ...] = ()
PROPOSAL = Proposal(
    GOVERNOR,
    "0x" + "1" * 64,
    1,
    BUYER,
    NO_CALLS,
    "Words",
    "0x" + "2" * 64,
    0,
    100,
    200,
    0,
    0,
    0,
    0,
    0,
    0,
    0,
    None,
    0,
    "",
)
RULE = Governor(1, 1, 1, 2_000, 10, 1, 2, 150, GOVERNOR, 2, TIMELOCK, FOUNDER, 0, 0)


def address_of(story: Story, title: str) -> str:
    assert story.assembly is not None
    return f"{PROPOSALS}/{GOVERNOR}/{story.assembly.proposals[title]}"


@pytest.mark.parametrize(
    ("changes", "now_ts", "state"),
    [
        ({}, 100, "pending"),
        ({}, 101, "active"),
        ({}, 200, "active"),
        ({}, 201, "defeated"),
        ({"for_units": 9, "abstain_units": 1}, 201, "succeeded"),
        ({"for_units": 9}, 201, "defeated"),
        ({"for_units": 10, "against_units": 10}, 201, "defeated"),
        ({"for_units": 10}, 200 + 3 * DAY, "succeeded"),
        ({"for_units": 10}, 201 + 3 * DAY, "expired"),
        ({"for_units": 10, "eta_ts": 900}, 900 + 5 * DAY, "queued"),
        ({"for_units": 10, "eta_ts": 900}, 901 + 5 * DAY, "expired"),
        ({"executed_at_ts": 5}, 999, "executed"),
        ({"cancelled_at_ts": 5}, 101, "cancelled"),
    ],
)
def test_proposal_stands_by_its_times_and_votes(changes: dict[str, int], now_ts: int, state: str) -> None:
    assert replace(PROPOSAL, **changes).state_at(now_ts, quorum_units=10) == state


@pytest.mark.parametrize(("locked", "quorum"), [(0, 10), (49, 10), (51, 11), (100, 20), (101, 21)])
def test_quorum_is_rounded_up_and_never_below_its_floor(locked: int, quorum: int) -> None:
    assert RULE.quorum_of(locked) == quorum


def test_drawing_of_the_tally_marks_the_quorum_where_it_is() -> None:
    one = replace(PROPOSAL, for_units=30, abstain_units=10, against_units=20)
    bar = ProposalState(one, RULE, "active", 15, 75).bar
    assert (bar.for_width, bar.abstain_width, bar.against_width, bar.quorum_x) == (300, 100, 200, 150)
    assert ProposalState(PROPOSAL, RULE, "active", 15, 75).bar.quorum_x == 600


@pytest.mark.parametrize(
    ("who", "state", "now_ts", "can"),
    [
        (BUYER, "pending", 120, True),
        (BUYER, "active", 120, False),
        (FOUNDER, "queued", 149, True),
        (FOUNDER, "queued", 150, False),
        (FOUNDER, "executed", 120, False),
        (STRANGER, "pending", 120, False),
        (None, "pending", 120, False),
    ],
)
def test_who_may_end_a_proposal_follows_the_contract(
    app: Flask, who: str | None, state: str, now_ts: int, can: bool
) -> None:
    assert ProposalState(PROPOSAL, RULE, state, 10, 50).can_cancel(who, now_ts) is can


def test_words_are_reserved_for_their_proposer_and_shown_without_that() -> None:
    text = words_of("Title\n\nWhy", BUYER)
    assert text.lower().endswith(f"#proposer={BUYER}")
    assert said_words(text) == "Title\n\nWhy"
    assert said_words("See #proposer=me") == "See #proposer=me"


def test_members_page_tells_rules_tiers_and_who_they_are(client: FlaskClient) -> None:
    said = words(client, MEMBERS)
    assert "Members 2 Locked in all 55 STAR Notice of an unlock 30 days" in said
    assert "Tier 1 from 10 STAR Tier 2 from 30 STAR" in said
    rows = said.partition("Member since")[2]
    assert re.search(r"35 STAR 2 35 STAR the member .* 20 STAR 1 20 STAR the member", rows)
    assert "What you have locked" not in said


def test_member_sees_locks_votes_and_what_comes_out_when(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    said = words(client, MEMBERS)
    assert "Locked 35 STAR Member Tier 2 Your votes 35 STAR" in said
    text = client.get(MEMBERS).get_data(as_text=True)
    assert f'action="{MEMBERS}/unlocks/0/withdraw"' in text
    assert f'action="{MEMBERS}/unlocks/1/withdraw"' not in text
    assert f'action="{MEMBERS}/unlocks/1/cancel"' in text
    assert "Set the tiers" not in said


def test_only_the_steward_is_offered_to_open_a_membership_and_to_set_tiers(signed_in: SignedIn) -> None:
    assert "Set the tiers" in words(signed_in(FOUNDER)[0], MEMBERS)
    assert "Open the membership" in words(signed_in(FOUNDER)[0], "/c/1/members")
    assert "Open the membership" not in words(signed_in(BUYER)[0], "/c/1/members")
    client, token = signed_in(BUYER)
    assert post(client, token, "/c/1/members/open", {}).status_code == 403


def test_members_come_as_a_file(client: FlaskClient) -> None:
    answer = client.get(f"{MEMBERS}/members.csv")
    assert answer.mimetype == "text/csv"
    rows = list(csv.reader(io.StringIO(answer.get_data(as_text=True))))
    assert rows[0] == ["account", "locked_tokens", "tier", "votes_tokens", "delegate", "member_since"]
    assert [(row[0].lower(), row[1], row[2], row[3]) for row in rows[1:]] == [
        (SELLER, "35", "2", "35"),
        (BUYER, "20", "1", "20"),
    ]
    assert client.get("/c/1/members/members.csv").status_code == 404


@pytest.mark.parametrize(
    ("path", "fields", "said"),
    [
        ("lock", {"lock-amount": "0"}, "more than 0"),
        ("lock", {"lock-amount": "1,5x"}, "lock-amount"),
        ("unlock", {"unlock-amount": ""}, "Please fill this in."),
        ("delegate", {"delegate-to": "0x12"}, "This is not an address"),
        ("tiers", {"tiers-tiers": "5\n5"}, "each with more tokens than the one before it"),
        ("tiers", {"tiers-tiers": "\n".join(map(str, range(1, 10)))}, "at most eight tiers"),
        ("tiers", {"tiers-tiers": "abc"}, "abc"),
    ],
)
def test_members_forms_refuse_nonsense_and_keep_what_was_typed(
    signed_in: SignedIn, path: str, fields: dict[str, str], said: str
) -> None:
    client, token = signed_in(FOUNDER)
    answer = post(client, token, f"{MEMBERS}/{path}", fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    assert all(line in text for value in fields.values() for line in value.split("\n"))


def test_proposals_are_listed_newest_first_with_where_they_stand(client: FlaskClient) -> None:
    said = words(client, PROPOSALS)
    assert said.index("Pay for the maps Before the vote") < said.index("Trust me Vote now")
    assert said.index("Trust me Vote now") < said.index("Lower the commission Carried out")
    assert "The stewardship is not with the timelock yet" in said
    assert "This community has no governor" in words(client, "/c/1/proposals")


def test_known_calls_are_said_in_words_and_unknown_ones_warned_of(client: FlaskClient, story: Story) -> None:
    said = words(client, address_of(story, "Lower the commission"))
    assert "Sets the commission of this community to 1 %." in said
    assert "We have enough." in said
    assert "Unknown call" not in said
    said = words(client, address_of(story, "Pay for the maps"))
    assert "Pays 7 STAR" in said
    assert "#proposer" not in said
    said = words(client, address_of(story, "Trust me"))
    assert "Unknown call. Nobody here can say what it does" in said
    assert "0x12345678" in said
    assert "Value in wei 5" in said


def test_calldata_with_bytes_behind_it_is_an_unknown_call(app: Flask) -> None:
    with app.test_request_context():
        honest = services.calls.set_fee(2, 100)
        assert services.calls.decoded(honest).args == {"id": "2", "newFeeBps": "100"}
        for data in (honest.data + "00", honest.data[:-2], honest.data[:10], "0x"):
            assert not services.calls.decoded(ProposedCall(honest.target, 0, data)).is_known, data
        assert services.calls.decoded(ProposedCall(STRANGER, 1, "0x")).is_plain_payment
        assert services.calls.decoded(ProposedCall(MEMBERSHIP, 0, "0x")).contract == "Membership"


def test_a_call_about_another_community_is_not_told_as_this_ones(app: Flask, client: FlaskClient) -> None:
    from flask import render_template_string

    source = "{% from 'proposals/macros.html' import sentence %}{{ sentence(read, {}, community) }}"
    with app.test_request_context():
        read = services.calls.decoded(services.calls.set_fee(1, 100))
        said = render_template_string(source, read=read, community=queries.community(2))
    assert "of this community" not in said
    assert "setFeeBps" in said


def test_tally_says_votes_quorum_voters_and_reasons(client: FlaskClient, story: Story) -> None:
    said = words(client, address_of(story, "Lower the commission"))
    assert "For 20 STAR Abstained 0 STAR Against 35 STAR" in said
    assert "Voters 2" in said
    assert "Cheaper for all of us." in said


def test_vote_is_offered_to_who_had_votes_and_has_not_voted(signed_in: SignedIn, story: Story) -> None:
    path = address_of(story, "Trust me")
    assert f'action="{path}/vote"' not in signed_in(SELLER)[0].get(path).get_data(as_text=True)
    said = words(signed_in(SELLER)[0], path)
    assert "You voted For" in said
    assert "You had no votes in the second" in words(signed_in(STRANGER)[0], path)


def test_steps_are_offered_to_who_may_take_them(signed_in: SignedIn, story: Story) -> None:
    path = address_of(story, "Pay for the maps")
    assert "Take it back" in words(signed_in(BUYER)[0], path)
    assert "Veto it" in words(signed_in(FOUNDER)[0], path)
    stranger = words(signed_in(STRANGER)[0], path)
    assert "Take it back" not in stranger
    assert "Veto it" not in stranger
    assert "Veto it" not in words(signed_in(FOUNDER)[0], address_of(story, "Lower the commission"))


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        ("pay", {"to": STRANGER, "currency": "0x" + "0" * 40, "amount": "1"}, "Please fill this in."),
        ("pay", {"title": "T", "to": "x", "currency": "0x" + "0" * 40, "amount": "1"}, "This is not an address"),
        ("pay", {"title": "T", "to": STRANGER, "currency": "other", "amount": "1"}, "Please fill this in."),
        ("fee", {"title": "T", "fee": "21"}, "20"),
        ("fee", {"title": "T", "why": "x #proposer=0x12", "fee": "2"}, "Please leave out"),
        ("call", {"title": "T", "target": REGISTRY, "data": "0x123"}, "This is no data"),
        ("call", {"title": "T", "target": REGISTRY, "data": "12"}, "This is no data"),
    ],
)
def test_proposals_forms_refuse_nonsense_and_keep_what_was_typed(
    signed_in: SignedIn, kind: str, fields: dict[str, str], said: str
) -> None:
    client, token = signed_in(BUYER)
    answer = post(client, token, f"{PROPOSALS}/new/{kind}", fields)
    text = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert said in text
    assert all(value in text for value in fields.values())


def test_preview_says_the_call_in_words_also_while_the_node_is_silent(signed_in: SignedIn) -> None:
    client, token = signed_in(BUYER)
    answer = post(client, token, f"{PROPOSALS}/new/fee", {"title": "T", "fee": "2.5", "step": "preview"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "Sets the commission of this community to 2.5 %." in text
    assert "does not answer just now" in text


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("voting_delay", "4", "Between"),
        ("voting_period", "1", "Between"),
        ("timelock_delay", "8", "Between"),
        ("quorum", "51", "50"),
        ("quorum_floor", "0", "more than 0"),
        ("min_members", "0", "Between"),
        ("veto_until", "2099-01-01", "Two years from now at most."),
    ],
)
def test_governor_form_knows_the_contracts_bounds(signed_in: SignedIn, field: str, value: str, said: str) -> None:
    client, token = signed_in(FOUNDER)
    good = {
        "voting_delay": "1", "voting_period": "5", "timelock_delay": "2", "quorum": "20", "quorum_floor": "10",
        "threshold": "1", "min_members": "2", "veto_until": "",
    }  # fmt: skip
    sent = {f"open-{name}": found for name, found in (good | {field: value}).items()}
    answer = post(client, token, "/c/2/self-rule/open", sent)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)


def test_handover_says_what_is_done_and_what_is_next(client: FlaskClient, signed_in: SignedIn) -> None:
    said = words(client, "/c/2/self-rule")
    assert "done The membership is opened : 2 members" in said or "done The membership is opened: 2 members" in said
    assert "next The steward offers the stewardship to the timelock" in said
    assert "later Members propose to accept it" in said
    assert "With the office go the credits of the community's account" in said
    text = signed_in(FOUNDER)[0].get("/c/2/self-rule").get_data(as_text=True)
    assert f'value="{TIMELOCK[:4]}' in text.replace("0xD3", "0xd3")
    assert "next The membership is opened" in words(client, "/c/1/self-rule")


def test_calls_are_tried_when_somebody_asks_and_never_by_an_address(signed_in: SignedIn, story: Story) -> None:
    client, token = signed_in(BUYER)
    place = address_of(story, "Trust me")
    led = client.get(f"{place}/try")
    assert (led.status_code, led.location) == (302, place)
    answer = post(client, token, f"{place}/try", {})
    assert answer.status_code == 200
    assert "nobody can say whether this would go through" in answer.get_data(as_text=True)


def test_treasury_shows_what_came_in_from_the_curve(client: FlaskClient) -> None:
    assert "From the curve" in client.get("/c/4/treasury").get_data(as_text=True)
    assert "From the curve" not in client.get("/c/2/treasury").get_data(as_text=True)


def test_pages_of_self_rule_speak_korean(client: FlaskClient, story: Story) -> None:
    assert "멤버 목록" in words(client, f"{MEMBERS}?lang=ko")
    assert "알 수 없는 호출이에요" in words(client, f"{address_of(story, 'Trust me')}?lang=ko")
    assert "결정 기구의 규칙" in words(client, "/c/2/self-rule?lang=ko")


def test_strange_addresses_are_not_found(client: FlaskClient, story: Story) -> None:
    assert story.assembly is not None
    known = story.assembly.proposals["Trust me"]
    for path in (
        f"/c/1/proposals/{GOVERNOR}/{known}",
        f"{PROPOSALS}/{MEMBERSHIP}/{known}",
        f"{PROPOSALS}/{GOVERNOR}/0x{'7' * 64}",
        f"{PROPOSALS}/{GOVERNOR}/nonsense",
        "/c/0/members",
        "/c/99/proposals",
    ):
        assert client.get(path).status_code == 404, path
    assert TOKENS == 10**18
