"""When a delivery is not as described, or somebody stays silent: the page leads through it and shows where the money went."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.people import Person
from tests.browser.town import ETHER, Stall, Town

PRICE_WEI, ARBITER_FEE_WEI = ETHER // 5, ETHER // 20


def test_dispute_divides_the_money_when_the_arbiter_rules(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer, seller, arbiter = visit(), visit(stall.seller.wallet), visit(stall.arbiter.wallet)
    for person in (buyer, seller, arbiter):
        person.arrive_signed_in()
    key = town.clerk(buyer.wallet).buy(stall.with_stakes)
    stall.seller.take(key, "accept")
    stall.seller.take(key, "deliver")

    wealth_wei = town.balance(buyer.address)
    tx_hash = buyer.take(key, "dispute", text="The crack runs through, water comes out. 금이 갔어요.")
    assert town.balance(buyer.address) == wealth_wei - ARBITER_FEE_WEI - town.fee_paid(tx_hash)

    seller.open(f"/o/{key}")
    expect(seller.page.locator("#said + article, article").first).to_contain_text("금이 갔어요.")
    expect(seller.page.locator("#next")).to_have_text("Your turn")
    seller.take(key, "stake")
    seller.take(key, "evidence", text="It was whole when it left.")

    arbiter.open("/arbitration")
    arbiter.page.locator(f"main a[href='/o/{key}']").first.click()
    assert "It was whole when it left." in arbiter.read()
    to_buyer = arbiter.page.locator("[data-part='toBuyer']")
    slider = arbiter.page.locator("#act-rule input[type='range']")
    expect(slider).to_be_visible()  # the page's script shows it
    slider.press("ArrowLeft")
    expect(to_buyer).to_have_text(f"{decimal(PRICE_WEI * 49 // 100)} ETH")
    arbiter.fill_in(arbiter.page.locator("#act-rule form"), share="33.333")
    expect(to_buyer).to_be_hidden()
    arbiter.fill_in(arbiter.page.locator("#act-rule form"), share="40")
    expect(to_buyer).to_have_text(f"{decimal(PRICE_WEI * 40 // 100)} ETH")
    previewed = arbiter.page.locator("[data-part='toSeller']").inner_text()
    owed = {who: town.credit(who) for who in (buyer.address, seller.address, arbiter.address)}
    arbiter.send_step(key, "rule", share="40")
    arbiter.page.wait_for_url("**/intents/*")
    assert previewed in arbiter.page.locator("#intent-lines").inner_text()
    arbiter.sign()
    got = {who: town.credit(who) - before for who, before in owed.items()}
    paid_out = {row.account: row.amount_units for row in town.queries.payouts(key)}
    assert sum(paid_out.values()) == PRICE_WEI + 2 * ARBITER_FEE_WEI
    assert {who: paid_out[who.lower()] for who in owed} == got
    assert got[arbiter.address] == ARBITER_FEE_WEI
    assert got[buyer.address] >= PRICE_WEI * 40 // 100

    buyer.open(f"/o/{key}")
    expect(buyer.page.locator("h2", has_text="Where the money went")).to_be_visible()
    rows = buyer.page.locator("table.cards tbody tr")
    assert rows.count() == len(paid_out)
    shown = " ".join(rows.all_inner_texts())
    assert all(f"{decimal(units)} ETH" in shown for units in paid_out.values())
    expect(buyer.page.locator(".timeline")).to_contain_text("The arbiter has ruled: 40")
    assert [person.complaints for person in (buyer, seller, arbiter)] == [[], [], []]


def test_stranger_ends_the_order_when_the_seller_missed_the_deadline(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer, stranger = town.clerk(), visit()
    stranger.arrive_signed_in()
    key = buyer.buy(stall.in_eth)
    stall.seller.take(key, "accept")
    stranger.open(f"/o/{key}")
    expect(stranger.page.locator("#act-expire")).to_have_count(0)

    seconds = town.order(key).clock_ts - town.now_ts() + 60
    town.pass_time(seconds)
    stranger.take(key, "expire")
    assert town.credit(buyer.address) == ETHER // 2
    stranger.open(f"/o/{key}")
    expect(stranger.page.locator("h2", has_text="Where the money went")).to_be_visible()
    assert town.order(key).state == "refunded"


def decimal(units: int) -> str:
    """Give wei as the pages write ETH."""
    whole, part = divmod(units, ETHER)
    return f"{whole:,}.{part:018d}".rstrip("0").rstrip(".")
