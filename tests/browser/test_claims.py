"""Claim phases in the browser: one is opened with a list, claimed from on a phone, and what it earned is taken out; an airdrop."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from frontend.pages.layout import account_of_community
from tests.browser.conftest import PHONE
from tests.browser.people import Person
from tests.browser.town import ETH, ETHER, Clerk, Town, eventually


def fill_phase(person: Person, community_id: int, **typed: str) -> Locator:
    """Fill in the form of a phase for whoever is on a list."""
    person.open(f"/c/{community_id}/claims/open")
    form = person.page.locator("main form[method='post']")
    form.locator("[name='end']").fill(person.town.minute_in(20))
    form.locator("[name='open_to'][value='list']").check()
    person.fill_in(form, **typed)
    return form


@pytest.fixture(scope="module")
def steward(town: Town) -> Clerk:
    return town.clerk()


def test_phase_is_opened_with_a_list_and_claimed_from_on_a_phone(
    visit: Callable[..., Person], town: Town, steward: Clerk
) -> None:
    opened = steward.open_with_claims("Night Ferry", "FERRY")
    community_id = opened.id
    founder, member, other = visit(steward.wallet), visit(size=PHONE), town.clerk()
    founder.arrive_signed_in()
    lines = f"address,amount\n{member.address}, 12.5\n{other.address}, nothing"
    form = fill_phase(founder, community_id, supply="20", price="0.01", lines=lines)
    form.locator("button[value='preview']").click()
    expect(founder.page.locator("#bad-lines")).to_contain_text("Line 3")
    expect(form.locator("[name='lines']")).to_have_value(lines)
    assert ["422" in line for line in founder.complaints] == [True], "the console's word for a form that was refused"
    founder.complaints.clear()
    form.locator("[name='lines']").fill(lines.replace("nothing", "30"))
    form.locator("button[value='preview']").click()
    expect(founder.page.locator("#preview")).to_be_visible()
    expect(founder.page.locator(".panel.lit")).to_contain_text("22.5 FERRY more than the phase has")
    assert founder.violations() == []
    form.locator("button[value='go']").click()
    founder.page.wait_for_url("**/intents/*")
    founder.sign()
    phase = eventually(lambda: town.queries.claim_phase(community_id, 1))

    member.sign_in(f"/c/{community_id}/claims/1")
    page = member.page
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        assert member.violations() == []
    amount = page.locator("[name='claim-amount']")
    expect(amount).to_have_value("12.5")
    amount.fill("2.000000000000000001")
    wealth_wei = town.balance(member.address)
    page.locator("form[action$='/claim'] button").click()
    page.wait_for_url("**/intents/*")
    tx_hash = member.sign()
    assert town.balance(member.address, opened.token) == 2 * ETHER + 1
    cost_wei = 2 * 10**16 + 1
    assert town.balance(member.address) == wealth_wei - cost_wei - town.fee_paid(tx_hash)
    page.locator("#go-on").click()
    expect(page.locator("[name='claim-amount']")).to_have_value("10.499999999999999999")
    told = page.request.get(f"/c/{community_id}/claims/1/proof/{other.address}.json").json()
    assert (told["merkleRoot"], told["allowance_units"]) == (phase.merkle_root, str(30 * ETHER))

    founder.open("/credits")
    taking = founder.page.locator("form[action^='/credits/claims/']")
    taking.locator("xpath=ancestor::details/summary").click()
    taking.locator("button").click()
    founder.page.wait_for_url("**/intents/*")
    founder.sign()
    account = account_of_community(community_id)
    assert town.call(town.contracts["Claims"], "creditOf(address,address)", account, ETH) == 0
    assert (founder.complaints, member.complaints) == ([], [])


def test_phase_is_opened_with_a_file_and_closed(
    visit: Callable[..., Person], town: Town, steward: Clerk, tmp_path: Path
) -> None:
    opened = steward.open_with_claims("Salt Path", "SALT")
    community_id = opened.id
    founder = visit(steward.wallet)
    founder.arrive_signed_in()
    file = tmp_path / "list.csv"
    file.write_bytes(b"\xef\xbb\xbf" + "".join(f"0x{n:040x};{n}\r\n" for n in range(1, 31)).encode())
    form = fill_phase(founder, community_id, supply="465")
    form.locator("[name='file']").set_input_files(file)
    form.locator("button[value='preview']").click()
    expect(founder.page.locator(".panel.lit")).to_contain_text("exactly what the phase has")
    form.locator("button[value='go']").click()
    founder.page.wait_for_url("**/intents/*")
    founder.sign()
    eventually(lambda: town.queries.claim_phase(community_id, 1))
    founder.page.locator("#go-on").click()
    founder.page.locator("table a[href$='/claims/1']").click()
    founder.page.locator("#close > summary").click()
    founder.page.locator("#close button").click()
    founder.page.wait_for_url("**/intents/*")
    founder.sign()
    eventually(lambda: (found := town.queries.claim_phase(community_id, 1)) is not None and not found.is_open)
    assert founder.complaints == []


def test_airdrop_is_previewed_and_minted_once(visit: Callable[..., Person], town: Town, steward: Clerk) -> None:
    opened = steward.open_with_claims("Owl Post", "OWL")
    community_id = opened.id
    founder, lucky = visit(steward.wallet, size=PHONE), town.clerk()
    founder.arrive_signed_in()
    page = founder.page
    founder.open(f"/c/{community_id}/desk")
    page.locator(f"a[href='/c/{community_id}/airdrop']").click()
    page.locator("[name='lines']").fill(f"{lucky.address}\t0.75\n0x{'0' * 38}2b\t1")
    page.locator("main form[method='post'] button").click()
    page.wait_for_url("**/airdrop/0x*")
    listed = page.url
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0
    assert founder.violations() == []
    page.locator("#part-1 button").click()
    page.wait_for_url("**/intents/*")
    founder.sign()
    assert town.balance(lucky.address, opened.token) == 3 * ETHER // 4
    page.locator("#go-on").click()
    assert page.url == listed
    expect(page.locator("#part-1 form")).to_have_count(0)
    assert founder.complaints == []
