"""Splits: what their pages say of shares, books and the Market's credit, and what their forms refuse."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from eth_utils.address import to_checksum_address
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from frontend.blueprints.splits.forms import ChangeForm
from frontend.extensions import queries
from frontend.index.split_views import Split, SplitPayee
from frontend.pages.splits import Waiting, split_states, version_states
from frontend.services.split_changes import Change, Share, rows_of
from frontend.services.splits import account_of_version
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import BUYER, ETH, PAYER, SELLER, STRANGER, Story
from tests.frontend.pages.test_forms import assert_asked, post
from tests.frontend.pages.test_selling import words
from tests.helpers.accounts import split_account

SignedIn = Callable[[str], tuple[FlaskClient, str]]
CLAIM = f"/splits/2/1/1/{ETH}/claim"
CLAIM_NAME = "c1x1x0000000000-"


def test_account_of_a_version_is_the_one_that_the_contract_derives() -> None:
    for split_id, version in ((1, 1), (2**63 - 1, 2**32 - 1), (258, 3)):
        assert account_of_version(split_id, version) == split_account(split_id, version).lower()


def test_split_state_counts_share_dues_and_the_markets_credit_when_listed(app: Flask) -> None:
    with app.app_context():
        first, second = (split_states(who, queries.splits_known_to(who).items) for who in (BUYER, SELLER))
        assert [(state.split.id, state.parts_bps) for state in first] == [(2, 5_000)]
        assert [due.claimable_units for due in first[0].dues] == [5 * 10**16]
        assert first[0].waiting == [Waiting(1, ETH, 3 * 10**16)]
        assert [(state.split.id, state.parts_bps) for state in second] == [(2, 5_000), (1, 6_000)]
        assert (second[1].dues, second[1].waiting) == ([], [])
        assert version_states(2, [7]) == []


def test_list_says_what_can_be_claimed_and_what_waits_when_opened(signed_in: SignedIn) -> None:
    said = words(signed_in(BUYER)[0], "/splits")
    assert "Split number 2" in said
    assert "You can claim, from version 1 0.05 ETH" in said
    assert "Waits in the Market for version 1, for all payees 0.03 ETH" in said
    assert "you made it" not in said
    assert "Split number 2 you made it" in words(signed_in(SELLER)[0], "/splits")


def test_split_shows_shares_and_books_to_everybody_and_forms_to_its_payees(
    signed_in: SignedIn, client: FlaskClient
) -> None:
    for visitor in (client, signed_in(STRANGER)[0], signed_in(BUYER)[0]):
        said = words(visitor, "/splits/2")
        assert "Received in all: 0.1 ETH" in said
        assert said.count("50 % not locked") == 2

    def actions(visitor: FlaskClient) -> list[str]:
        page = Page(visitor.get("/splits/2").get_data(as_text=True))
        return [str(form["action"]) for form in page.all("form") if "/splits/" in str(form.get("action"))]

    collect = f"/splits/2/1/{ETH}/collect"
    assert actions(client) == []
    sends = [f"/splits/2/1/{place}/{ETH}/send" for place in (0, 1)]
    assert actions(signed_in(STRANGER)[0]) == [collect, *sends]
    assert actions(signed_in(BUYER)[0]) == [collect, sends[0], CLAIM, "/splits/2/seats/1/move"]


def test_split_that_is_not_there_is_not_found(client: FlaskClient) -> None:
    for path in (
        "/splits/3",
        f"/splits/{2**70}",
        "/splits/0",
        "/splits/3/deposit",
        "/splits/3/agree",
        "/splits/3/history",
    ):
        assert client.get(path).status_code == 404, path


def test_claim_is_refused_when_address_is_wrong_or_nothing_is_due(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(BUYER)
    wrong = {f"{CLAIM_NAME}to": "0x12", f"{CLAIM_NAME}form_key": "k"}
    answer = post(client, csrf, CLAIM, wrong)
    assert answer.status_code == 422
    page = answer.get_data(as_text=True)
    assert f'id="{CLAIM_NAME}to-error"' in page
    assert Page(page).values()[f"{CLAIM_NAME}to"] == "0x12"
    for path in (
        f"/splits/2/1/0/{ETH}/claim",
        f"/splits/2/1/7/{ETH}/send",
        f"/splits/2/2/1/{ETH}/claim",
        f"/splits/2/1/1/0x{'ee' * 20}/claim",
    ):
        assert post(client, csrf, path, wrong).status_code == 404, path
    assert asked == []


def test_claim_goes_to_the_chain_when_form_is_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(BUYER)
    filled = Page(client.get("/splits/2").get_data(as_text=True)).values()
    assert filled[f"{CLAIM_NAME}to"] == to_checksum_address(BUYER)
    assert_asked(asked, post(client, csrf, CLAIM, {f"{CLAIM_NAME}to": STRANGER, f"{CLAIM_NAME}form_key": "k"}))


def test_part_of_another_payee_goes_to_the_chain_and_to_nobody_else_when_sent(
    signed_in: SignedIn, asked: list[str]
) -> None:
    client, csrf = signed_in(STRANGER)
    path = f"/splits/2/1/1/{ETH}/send"
    assert f'name="s-payee" value="{to_checksum_address(BUYER)}"' in client.get("/splits/2").get_data(as_text=True)
    assert post(client, csrf, path, {"s-payee": "0x12", "s-form_key": "k"}).status_code == 422
    assert asked == []
    assert_asked(asked, post(client, csrf, path, {"s-payee": BUYER, "s-form_key": "k"}))


def test_collect_and_move_go_to_the_chain_when_forms_are_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(BUYER)
    assert post(client, csrf, f"/splits/2/9/{ETH}/collect", {"c-form_key": "k"}).status_code == 404
    assert post(client, csrf, "/splits/2/seats/1/move", {"m1-new_payee": "", "m1-form_key": "k"}).status_code == 422
    assert asked == []
    assert_asked(asked, post(client, csrf, f"/splits/2/1/{ETH}/collect", {"c-form_key": "k"}))
    asked.clear()
    assert_asked(asked, post(client, csrf, "/splits/2/seats/1/move", {"m1-new_payee": STRANGER, "m1-form_key": "k"}))


def test_deposit_page_shows_no_address_when_the_chain_is_away(client: FlaskClient, asked: list[str]) -> None:
    answer = client.get("/splits/2/deposit")
    assert answer.status_code == 503
    assert "takes the address from nobody else" in answer.get_data(as_text=True)
    assert asked


# --- a new split ---------------------------------------------------------------------------------------------------------


def payees(*rows: tuple[str, ...]) -> dict[str, str]:
    """Give rows as the form sends them: address, share in percent and the lock's day, if any; all 32 are there."""
    data = {"form_key": "k"}
    for number in range(32):
        row = (*rows[number], "")[:3] if number < len(rows) else ("", "", "")
        data |= {f"payees-{number}-{name}": text for name, text in zip(("payee", "share", "locked"), row, strict=True)}
    return data


BAD_SPLITS = {
    "nobody": ((), "payees"),
    "below everything": (((SELLER, "50"), (BUYER, "49.99")), "payees"),
    "above everything": (((SELLER, "50"), (BUYER, "50.01")), "payees"),
    "share of nothing": (((SELLER, "100"), (BUYER, "0")), "payees-1-share"),
    "share missing": (((SELLER, "100"), (BUYER, "")), "payees-1-share"),
    "payee missing": (((SELLER, "50"), ("", "50")), "payees-1-payee"),
    "no address": (((SELLER, "50"), ("me", "50")), "payees-1-payee"),
    "zero address": (((SELLER, "50"), (ETH, "50")), "payees-1-payee"),
    "share in words": (((SELLER, "half"), (BUYER, "50")), "payees-0-share"),
    "lock that is over": (((SELLER, "50"), (BUYER, "50", "2020-01-01")), "payees-1-locked"),
    "lock that is no day": (((SELLER, "50"), (BUYER, "50", "2030-02-30")), "payees-1-locked"),
}


@pytest.mark.parametrize("name", BAD_SPLITS)
def test_split_is_refused_when_its_payees_are_wrong(signed_in: SignedIn, asked: list[str], name: str) -> None:
    rows, field = BAD_SPLITS[name]
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/splits/new", payees(*rows))
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert [attrs for attrs in page.all("p") if attrs.get("id") == f"{field}-error"], field
    for number, (payee, share, *_) in enumerate(rows):
        assert page.values()[f"payees-{number}-payee"] == payee
        assert page.values()[f"payees-{number}-share"] == share
    assert asked == []


@pytest.mark.parametrize("count", [1, 32])
def test_split_goes_to_the_chain_when_its_payees_are_right(signed_in: SignedIn, asked: list[str], count: int) -> None:
    client, csrf = signed_in(SELLER)
    rows = [(f"0x{n + 1:040x}", "1") for n in range(count - 1)] + [(SELLER, str(101 - count), "2030-01-01")]
    assert_asked(asked, post(client, csrf, "/splits/new", payees(*rows)))


def test_new_split_begins_with_the_account_when_opened(signed_in: SignedIn) -> None:
    page = Page(signed_in(SELLER)[0].get("/splits/new").get_data(as_text=True))
    assert page.values()["payees-0-payee"] == to_checksum_address(SELLER)
    assert page.values()["payees-31-share"] == ""


def test_splits_are_linked_when_somebody_looks_at_credits_or_sells(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    for path in ("/credits", "/listings/new?community=1"):
        assert 'href="/splits"' in client.get(path).get_data(as_text=True), path


# --- changes -------------------------------------------------------------------------------------------------------------


def changed(*rows: tuple[str, ...], seats: tuple[tuple[str, ...], ...], version: str = "1") -> dict[str, str]:
    """Give the editor as its form sends it: share and lock of each seat, then new payees."""
    data = payees(*rows) | {"version": version, "valid": "14", "valid_unit": "days"}
    for number, row in enumerate(seats):
        names = ("share", "locked")
        data |= {f"seats-{number}-{name}": text for name, text in zip(names, (*row, "")[:2], strict=True)}
        data[f"seats-{number}-seat"] = str(number)
    return data


BAD_CHANGES = {
    "below everything": ((), (("50",), ("49",)), "1"),
    "new payee without a share": (((STRANGER, ""),), (("50",), ("50",)), "1"),
    "new payee without an address": ((("", "10"),), (("50",), ("40",)), "1"),
    "no day": ((), (("50",), ("50", "tomorrow")), "1"),
    "a version that was": ((), (("40",), ("60",)), "7"),
}


@pytest.mark.parametrize("name", BAD_CHANGES)
def test_change_is_refused_and_kept_as_typed_when_it_is_wrong(signed_in: SignedIn, asked: list[str], name: str) -> None:
    rows, seats, version = BAD_CHANGES[name]
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/splits/2/change", changed(*rows, seats=seats, version=version))
    assert answer.status_code == 422
    page = Page(answer.get_data(as_text=True))
    assert [attrs for attrs in page.all("div") if attrs.get("id") == "problems"]
    assert [page.values()[f"seats-{n}-share"] for n in range(2)] == [row[0] for row in seats]
    assert asked == []


def test_change_asks_the_chain_who_must_agree_when_it_is_right(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(STRANGER)
    page = Page(client.get("/splits/2/change").get_data(as_text=True))
    assert [page.values()[f"seats-{n}-share"] for n in range(2)] == ["50", "50"]
    assert_asked(asked, post(client, csrf, "/splits/2/change", changed((STRANGER, "10"), seats=(("40",), ("50",)))))


def test_change_keeps_the_very_second_of_a_lock_when_its_day_stays_the_same(app: Flask) -> None:
    split, payee = Split(2, SELLER, 1, 2, 0, 0, "0x"), SplitPayee(0, 0, SELLER, 5_000, 1_900_000_000)
    for day, locked_until_ts in (("2030-03-17", 1_900_000_000), ("2030-03-18", 1_900_022_400), ("", 0)):
        sent = MultiDict(changed((BUYER, "50"), seats=(("50", day),)))
        with app.test_request_context("/splits/2/change", method="POST", data=sent):
            form = ChangeForm(meta={"csrf": False})
            assert form.validate(), form.errors
            change = form.change(split, [payee], 1_800_000_000)
        assert change.shares == (Share(0, 5_000, locked_until_ts), Share(2, 5_000))
        assert (change.version, change.deadline_ts) == (2, 1_800_000_000 + 14 * 86_400)


def test_proposed_change_says_who_gives_and_who_has_agreed(client: FlaskClient, story: Story) -> None:
    page = client.get("/splits/2").get_data(as_text=True)
    proposed = Page(page).words.partition("Proposed changes")[2].partition("Version 1")[0].split()
    said = " ".join(proposed)
    assert "50 % 40 % not locked agreed on the chain" in said
    assert "50 % 60 %" in said
    assert said.count("awaited") == 1  # whose share becomes locked must agree too
    assert 'href="/splits/2/agree#version=2&amp;until=' in page


def test_change_names_a_payee_who_comes_back_by_the_seat(app: Flask) -> None:
    change = Change(3, (Share(0, 5_000), Share(1, 3_000), Share(2, 2_000)), (PAYER,), 2_000_000_000)
    payees = [SplitPayee(0, 0, SELLER, 10_000, 0)]
    rows = rows_of(change, Split(2, SELLER, 2, 2, 0, 0, "0x"), payees, {0: SELLER, 1: BUYER}, 0)
    assert [(row.account, row.bps_now, row.bps, row.must_agree, row.is_new) for row in rows] == [
        (SELLER, 10_000, 5_000, True, False), (BUYER, 0, 3_000, False, False), (PAYER, 0, 2_000, False, True),
    ]  # fmt: skip
    with app.app_context():
        assert queries.split_seats(2) == {0: SELLER, 1: BUYER}


@pytest.mark.parametrize(
    "link", ["", "version=2", f"version=2&until=1&shares=0.1.0&new=&sig=0.0x{'12' * 65}x", "version=2&until=1&shares=70000.1.0&new=&sig="]
)  # fmt: skip
@pytest.mark.parametrize("step", ["propose", "approve", "disapprove", "apply"])
def test_link_of_a_change_is_refused_when_it_is_not_whole(
    signed_in: SignedIn, asked: list[str], step: str, link: str
) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, f"/splits/2/{step}", {f"{step}-link": link, f"{step}-form_key": "k"})
    assert answer.status_code == 422
    assert f'id="{step}-link-error"' in answer.get_data(as_text=True)
    assert asked == []


def test_change_is_void_when_the_split_has_another_version(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    link = "version=3&until=2000000000&shares=0.4000.0,1.6000.0&new=&sig="
    answer = post(client, csrf, "/splits/2/apply", {"apply-link": link, "apply-form_key": "k"})
    assert "This change is void" in answer.get_data(as_text=True)
    assert asked == []


def test_history_tells_what_happened_the_newest_first(client: FlaskClient) -> None:
    said = words(client, "/splits/2/history")
    places = [
        said.index(part)
        for part in ("A change was proposed by:", "Income of version 1: 0.1 ETH", "The split was made.")
    ]
    assert places == sorted(places)
