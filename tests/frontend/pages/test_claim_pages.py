"""Claim phases on their own pages: what is shown and offered to whom, opening one with a list, and lists that are missing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from flask import Flask
from flask.testing import FlaskClient

from frontend.extensions import bound
from frontend.merkle import hash_pair, leaf_of
from frontend.pages.claims import claimable_units
from frontend.services.claim_lists import root_of
from tests.frontend.pages.conftest import make_app, sign_in
from tests.frontend.pages.story import BUYER, CLAIM_LIST, DAY, FOUNDER, PAYER, SELLER, STRANGER, Story
from tests.frontend.pages.test_claims import Phase, words
from tests.frontend.pages.test_forms import assert_asked, post

SignedIn = Callable[[str], tuple[FlaskClient, str]]
PAGE, OPEN = "/c/2/claims", "/c/2/claims/open"
ETHER = 10**18
KEPT, MISSING = 5, 2
ONE, TWO = (to_checksum_address("0x" + digit * 40) for digit in "ab")


def minute(ts: int) -> str:
    """Write a moment as the form wants it."""
    return datetime.fromtimestamp(ts, UTC).strftime("%Y-%m-%dT%H:%M")


def opening(story: Story, **changes: Any) -> dict[str, Any]:
    """Give a filled-in form of a phase for whoever is on a list."""
    return {
        "start": minute(story.at_ts), "end": minute(story.at_ts + 9 * DAY), "supply": "30", "limit": "", "price": "0.001",
        "currency": "0x" + "0" * 40, "other_currency": "", "open_to": "list", "lines": f"{ONE}, 10\n{TWO}, 25.5", "step": "preview",
        **changes,
    }  # fmt: skip


def hidden(text: str) -> dict[str, str]:
    """Give a page's hidden fields."""
    inputs = re.findall(r"<input[^>]*hidden[^>]*>", text)
    pairs = [(re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs]
    return {name[1]: value[1] if value else "" for name, value in pairs if name and name[1] != "csrf_token"}


@pytest.mark.parametrize(
    ("limit", "allowance", "claimed", "left", "found"),
    [(0, None, 5, 9, 9), (7, None, 5, 9, 2), (7, 20, 5, 9, 2), (20, 7, 5, 9, 2), (0, 7, 0, 3, 3), (0, 7, 8, 3, 0)],
)
def test_what_may_still_be_claimed_keeps_to_every_bound(
    limit: int, allowance: int | None, claimed: int, left: int, found: int
) -> None:
    class Bounded(Phase):
        limit_units = limit

    assert claimable_units(Bounded(left_units=left), allowance, claimed) == found


def test_page_lists_all_phases_and_offers_opening_to_the_steward_alone(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    said = words(client, PAGE)
    assert "Left for new phases 140 STAR" in said
    assert "Open a phase" not in said
    assert "Open a phase" in words(signed_in(FOUNDER)[0], PAGE)
    assert "Nothing was reserved for claims" in words(client, "/c/1/claims")
    assert client.get("/c/2/claims/9").status_code == 404
    assert client.get(f"/c/2/claims/{2**40}").status_code == 404


def test_phase_tells_an_account_what_its_list_gives_it_and_what_that_costs(signed_in: SignedIn) -> None:
    said = words(signed_in(BUYER)[0], f"{PAGE}/{KEPT}")
    assert "The list gives you 12 STAR Claimed by you 0 STAR You may still claim 12 STAR" in said
    assert "All of that costs 0.120000000000000012 ETH" in said
    assert "Accounts on the list 2 They may claim in all ≈ 12 STAR" in said
    # an amount below a whole token costs its part, rounded up
    tiny = words(signed_in(PAYER)[0], f"{PAGE}/{KEPT}")
    assert "You may still claim 0.000000000000000001 STAR All of that costs 0.000000000000000001 ETH" in tiny


def test_account_that_is_not_on_the_list_is_told_so(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(STRANGER)
    said = words(client, f"{PAGE}/{KEPT}")
    assert "Your account is not on the list of this phase." in said
    assert "Go on to the wallet" not in said
    answer = post(client, csrf, f"{PAGE}/{KEPT}/claim", {"claim-amount": "1"})
    assert answer.status_code == 422
    assert "does not give" in answer.get_data(as_text=True)
    assert asked == []


def test_claim_goes_to_the_chain_with_its_proof(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(BUYER)
    assert_asked(asked, post(client, csrf, f"{PAGE}/{KEPT}/claim", {"claim-amount": "1.5"}))


@pytest.mark.parametrize("amount", ["", "0", "1,5", "-1", "1.0000000000000000001", str(2**112)])
def test_claim_of_no_amount_is_refused_as_typed(signed_in: SignedIn, asked: list[str], amount: str) -> None:
    client, csrf = signed_in(BUYER)
    answer = post(client, csrf, f"{PAGE}/{KEPT}/claim", {"claim-amount": amount})
    assert answer.status_code == 422
    assert f'value="{amount}"' in answer.get_data(as_text=True)
    assert asked == []


def test_closing_is_offered_to_the_steward_and_after_the_end_to_everybody(signed_in: SignedIn) -> None:
    assert "Close this phase" in words(signed_in(FOUNDER)[0], f"{PAGE}/{KEPT}")
    assert "Close this phase" not in words(signed_in(BUYER)[0], f"{PAGE}/{KEPT}")
    assert "Close this phase" not in words(signed_in(FOUNDER)[0], f"{PAGE}/4")


# ---- proofs


def test_proof_of_a_line_leads_to_the_root_of_the_phase(client: FlaskClient, story: Story) -> None:
    root = root_of(CLAIM_LIST, story.token(2), KEPT)
    for account, units in CLAIM_LIST:
        answer = client.get(f"{PAGE}/{KEPT}/proof/{account}.json")
        told = answer.get_json()
        assert (told["allowance_units"], told["number"], told["merkleRoot"]) == (str(units), KEPT, root)
        node = leaf_of(told["token"], told["number"], told["account"], int(told["allowance_units"]))
        for beside in told["proof"]:
            node = hash_pair(node, bytes.fromhex(beside[2:]))
        assert "0x" + node.hex() == root
        assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(
    ("path", "what"),
    [
        (f"{KEPT}/proof/{STRANGER}.json", "not on the list"),
        (f"{KEPT}/proof/nonsense.json", "not on the list"),
        (f"{MISSING}/proof/{BUYER}.json", "is missing here"),
        (f"1/proof/{BUYER}.json", "has no list"),
        (f"9/proof/{BUYER}.json", ""),
    ],
)
def test_proof_that_cannot_be_given_is_told_in_json(client: FlaskClient, path: str, what: str) -> None:
    answer = client.get(f"{PAGE}/{path}")
    assert (answer.status_code, answer.mimetype) == (404, "application/json")
    assert what in str(answer.get_json())


def test_list_is_served_as_it_was_kept(client: FlaskClient, story: Story) -> None:
    answer = client.get(f"/content/{story.claim_list}")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.get_data(as_text=True).splitlines()[1:] == [
        "address,amount",
        *(f"{account},{'12' if units > 1 else '0.000000000000000001'}" for account, units in sorted(CLAIM_LIST)),
    ]
    assert story.claim_list in client.get(f"{PAGE}/{KEPT}").get_data(as_text=True)


# ---- a list that is missing


def test_missing_list_shows_as_such_and_stops_claims(signed_in: SignedIn, client: FlaskClient) -> None:
    assert "Sign in to upload it" in words(client, f"{PAGE}/{MISSING}")
    said = words(signed_in(BUYER)[0], f"{PAGE}/{MISSING}")
    assert "The list of this phase is missing here" in said
    assert "Upload the missing list" in said


@pytest.fixture
def damaged(tmp_path: Any) -> Any:
    """An app whose list was altered in the store, or taken away; with it its story."""
    app, story = make_app(tmp_path)

    def damage(data: bytes | None) -> tuple[Flask, Story]:
        place = app.extensions["dokkaebi"].settings.content_dir / story.claim_list[2:4] / story.claim_list
        place.unlink() if data is None else place.write_bytes(data)
        return app, story

    return damage


@pytest.mark.parametrize(
    ("data", "state"),
    [(None, "missing"), (b"0x1,1\n", "altered"), (b"\0\xff", "altered")],
    ids=["gone", "other", "noise"],
)
def test_list_that_was_lost_comes_back_from_whoever_has_it(damaged: Any, data: bytes | None, state: str) -> None:
    app, story = damaged(data)
    client = app.test_client()
    csrf = sign_in(app, client, STRANGER)
    page = f"{PAGE}/{KEPT}"
    assert f'data-list="{state}"' in client.get(page).get_data(as_text=True)
    assert client.get(f"{page}/proof/{BUYER}.json").status_code == 404
    other = post(client, csrf, f"{page}/list", {"list-lines": f"{ONE},1"})
    assert other.status_code == 422
    assert "This is not the list of this phase" in other.get_data(as_text=True)
    assert f"{ONE},1" in other.get_data(as_text=True)
    lines = f"address;amount\r\n{PAYER.lower()};0.000000000000000001\r\n{BUYER.lower()};12.0\r\n"
    upload = {"list-file": (io.BytesIO(b"\xef\xbb\xbf" + lines.encode()), "list.csv")}
    assert post(client, csrf, f"{page}/list", upload).status_code == 303
    assert "data-list" not in client.get(page).get_data(as_text=True)
    assert client.get(f"{page}/proof/{BUYER}.json").status_code == 200
    assert client.get(f"/content/{story.claim_list}").status_code == 200


def test_list_under_the_root_of_another_is_not_used(tmp_path: Any) -> None:
    app, _ = make_app(tmp_path)
    with app.test_request_context("/"):
        contents = bound().services.contents
        contents.store_list(b"# forged\n" + f"{ONE},99\n".encode(), root="0x" + "1f" * 32)
    page = app.test_client().get(f"{PAGE}/{MISSING}").get_data(as_text=True)
    assert 'data-list="altered"' in page
    assert ONE not in page


# ---- opening


def test_opening_is_previewed_with_the_sum_of_the_list(signed_in: SignedIn, story: Story, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    answer = post(client, csrf, OPEN, opening(story))
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert "5.5 STAR more than the phase has" in said
    assert "<dd>2</dd>" in said
    root = root_of(((ONE, 10 * ETHER), (TWO, 51 * ETHER // 2)), story.token(2), 6)
    carried = hidden(said)
    assert (carried["number"], carried["root"], carried["kept"]) == ("6", root, "")
    assert asked == []
    again = post(client, csrf, OPEN, {**opening(story), **carried, "supply": "36", "step": "go"})
    assert again.status_code == 200, "what was changed is previewed anew"
    assert "0.5 STAR less than the phase has" in again.get_data(as_text=True)
    assert_asked(asked, post(client, csrf, OPEN, {**opening(story), **carried, "step": "go"}))


def test_opening_for_everybody_needs_no_list(signed_in: SignedIn, story: Story, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    form = opening(story, open_to="all", lines="whatever", start="", price="", limit="2")
    answer = post(client, csrf, OPEN, form)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200
    found = re.search(r'<input[^>]*name="start"[^>]*value="([^"]+)"', said)
    assert found is not None, "at once is the minute of now"
    assert_asked(asked, post(client, csrf, OPEN, {**form, **hidden(said), "start": found[1], "step": "go"}))


BAD = {
    "no end": ({"end": ""}, "end"),
    "an end before the start": ({"end": "2020-01-01T00:00"}, "end"),
    "an end too far ahead": ({"end": "2100-01-01T00:00"}, "end"),
    "an end that is none": ({"end": "tomorrow"}, "end"),
    "a start that is none": ({"start": "2030-13-01T00:00"}, "start"),
    "nothing to give": ({"supply": "0"}, "supply"),
    "more than is reserved": ({"supply": "140.000000000000000001"}, "supply"),
    "a price with too many decimals": ({"price": "0.0000000000000000001"}, "price"),
    "an unknown currency": ({"currency": "0x12"}, "currency"),
    "nobody": ({"open_to": "nobody"}, "open_to"),
    "no list": ({"lines": " \n"}, "lines"),
    "a line that cannot be read": ({"lines": f"{ONE},1\n<img src=x onerror=alert(1)>,5"}, "lines"),
    "a list of remarks": ({"lines": "#\n" * 10_001}, "lines"),
    "a list too long to be pasted": ({"lines": "x" * 200_001}, "lines"),
}


@pytest.mark.parametrize("name", BAD)
def test_opening_is_refused_as_typed(signed_in: SignedIn, story: Story, asked: list[str], name: str) -> None:
    changes, field = BAD[name]
    client, csrf = signed_in(FOUNDER)
    answer = post(client, csrf, OPEN, opening(story, **changes))
    said = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in said or f'aria-describedby="{field}-error"' in said
    assert "<img src=x" not in said
    assert 'value="2030' in said or minute(story.at_ts + 9 * DAY) in said or field == "end"
    assert asked == []


def test_bad_lines_are_shown_escaped_with_their_numbers(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(FOUNDER)
    lines = f"{ONE},1\n<img src=x onerror=alert(1)>,5\n{ONE},2\n" + "".join(f"line {n},1\n" for n in range(60))
    said = post(client, csrf, OPEN, opening(story, lines=lines)).get_data(as_text=True)
    assert "62 lines cannot be read." in said
    assert "1 of them names an account for another time." in said
    assert "This account stands in line 1 already." in said
    assert "&lt;img src=x onerror=alert(1)&gt;" in said
    assert "Only the first 50 are shown." in said
    assert "line 59,1" in said, "what was pasted is still there"


def test_long_list_comes_as_a_file_and_goes_along_by_its_hash(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, csrf = signed_in(FOUNDER)
    entries = [(to_checksum_address(f"0x{number:040x}"), number * ETHER) for number in range(1, 10_001)]
    data = "address,amount\r\n" + "".join(f"{account},{units // ETHER}\r\n" for account, units in entries)
    form = opening(story, lines="", file=(io.BytesIO(data.encode("utf-8-sig")), "list.csv"))
    answer = post(client, csrf, OPEN, form)
    said = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert len(said) < 100_000
    carried = hidden(said)
    assert carried["root"] == root_of(entries, story.token(2), 6)
    assert "<dd>10000</dd>" in said
    assert len(client.get(f"/content/{carried['kept']}").get_data(as_text=True).splitlines()) == 10_002
    assert_asked(asked, post(client, csrf, OPEN, {**opening(story, lines=""), **carried, "step": "go"}))
    forged = post(client, csrf, OPEN, {**opening(story, lines=""), **carried, "kept": "0x" + "77" * 32, "step": "go"})
    assert forged.status_code == 422
    assert "Please upload it again" in forged.get_data(as_text=True)


def test_short_file_is_shown_in_the_form_that_comes_back(signed_in: SignedIn, story: Story) -> None:
    client, csrf = signed_in(FOUNDER)
    file = (io.BytesIO(f"{ONE},1\r\n{TWO},x\r\n".encode()), "list.csv")
    answer = post(client, csrf, OPEN, opening(story, lines="", file=file))
    assert answer.status_code == 422
    assert f"{TWO},x" in answer.get_data(as_text=True)
    assert "Line 2" in answer.get_data(as_text=True)


def test_only_the_steward_opens(signed_in: SignedIn, client: FlaskClient) -> None:
    assert signed_in(SELLER)[0].get(OPEN).status_code == 403
    assert client.get(OPEN).status_code in (302, 303, 401)
    assert signed_in(FOUNDER)[0].get("/c/1/claims/open").headers["Location"].endswith("/c/1/claims")


def test_pages_speak_korean(signed_in: SignedIn) -> None:
    client = signed_in(FOUNDER)[0]
    assert "배포 회차 열기" in words(client, f"{OPEN}?lang=ko")
    assert "명단의 계정 수 2" in words(client, f"{PAGE}/{KEPT}?lang=ko")
    assert "여러 계정에 발행" in words(client, "/c/1/airdrop?lang=ko")


# ---- what phases earned


def test_earnings_of_phases_are_taken_out_beside_the_commission(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(FOUNDER)
    text = client.get("/credits").get_data(as_text=True)
    action = re.search(r'action="(/credits/claims/[^"]+)"', text)
    assert action is not None
    assert "From claim phases" in text
    name = re.search(r'name="(wclaims[0-9a-f]{16})-amount"[^>]*value="0.42"', text)
    assert name is not None
    form = {f"{name[1]}-amount": "0.42", f"{name[1]}-to": FOUNDER}
    assert_asked(asked, post(client, csrf, action[1], form))
    refused = post(client, csrf, action[1], {**form, f"{name[1]}-amount": "x"})
    assert refused.status_code == 422
