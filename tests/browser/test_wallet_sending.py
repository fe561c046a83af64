"""Between the click and the block: nothing is sent that was not meant, nothing twice, and the page always knows."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.people import Person
from tests.browser.town import ETHER, Stall, Town

ANVIL_POOL = "only Anvil keeps a transaction waiting, and lets one be dropped"
LONG_AGO_S = 3_000


def test_purchase_can_be_signed_again_when_it_was_rejected_in_the_wallet(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.wallet.reject("eth_sendTransaction")
    buyer.press_sign()
    box = buyer.expect_problem("rejected")
    expect(box).not_to_have_class("notice bad")
    buyer.expect_state("rejected")
    assert buyer.wallet.sent == []
    buyer.wallet.agree("eth_sendTransaction")
    buyer.press_sign()
    buyer.expect_state("final")
    assert len(buyer.wallet.sent) == 1


def test_purchase_can_be_signed_again_when_the_approval_was_rejected(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    buyer = visit()
    desk = f"/c/{stall.community_id}"
    stall.steward.act(f"{desk}/desk", f"{desk}/mint", to=buyer.address, amount="3")
    buyer.arrive_signed_in()
    buyer.check_out(stall.in_token)
    buyer.wallet.reject("eth_signTypedData_v4")
    buyer.press_sign()
    buyer.expect_problem("rejected")
    assert not buyer.wallet.asked["eth_sendTransaction"]
    buyer.wallet.agree("eth_signTypedData_v4")
    buyer.press_sign()
    buyer.expect_state("final")
    assert town.balance(buyer.address, stall.token) == 0


def test_purchase_points_to_the_wallet_when_a_request_is_open_there(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.wallet.leave_open("eth_sendTransaction")
    buyer.press_sign()
    expect(buyer.expect_problem("pending")).to_contain_text("Please open it, answer there")
    buyer.wallet.agree("eth_sendTransaction")
    buyer.press_sign()
    buyer.expect_state("final")
    assert len(buyer.wallet.sent) == 1


def test_wallet_is_asked_to_switch_when_it_is_on_another_network(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.wallet.use_chain(buyer.page, 1)
    buyer.press_sign()
    buyer.expect_state("final")
    assert buyer.wallet.asked["wallet_switchEthereumChain"] == 1
    assert not buyer.wallet.asked["wallet_addEthereumChain"]


def test_network_is_added_when_the_wallet_does_not_know_it(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.wallet.known_chains = {1}
    buyer.wallet.use_chain(buyer.page, 1)
    buyer.press_sign()
    buyer.expect_state("final")
    assert buyer.wallet.asked["wallet_addEthereumChain"] == 1


def test_nothing_is_sent_when_switching_is_rejected(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.wallet.use_chain(buyer.page, 1)
    buyer.wallet.reject("wallet_switchEthereumChain")
    buyer.press_sign()
    buyer.expect_problem("rejected")
    assert not buyer.wallet.asked["eth_sendTransaction"]


def test_nothing_is_sent_when_the_wallet_says_it_switched_and_did_not(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.wallet.switch_lies = True
    buyer.wallet.use_chain(buyer.page, 1)
    buyer.page.clock.install()
    buyer.press_sign()
    expect(buyer.page.locator("#wallet-status")).to_contain_text("It now asks to switch")
    buyer.until(lambda: buyer.wallet.asked["wallet_switchEthereumChain"])
    buyer.page.clock.fast_forward(20_000)
    expect(buyer.expect_problem("wrong_chain")).to_contain_text("Your wallet is still on another network")
    assert not buyer.wallet.asked["eth_sendTransaction"]


def test_nothing_is_sent_when_the_network_changes_after_the_last_look(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.wallet.meanwhile["eth_sendTransaction"] = lambda: setattr(buyer.wallet, "current_chain", 1)
    buyer.press_sign()
    buyer.expect_problem("other")
    assert buyer.wallet.sent == []


def test_nothing_is_asked_when_the_wallet_is_on_another_account(buyer: Person, town: Town, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    signed_in = buyer.wallet.accounts[0]
    buyer.wallet.use_account(buyer.page, town.wallet(wealth_wei=0).accounts[0])
    buyer.press_sign()
    buyer.expect_problem("wrong_account")
    assert not buyer.wallet.asked["eth_sendTransaction"]
    buyer.wallet.use_account(buyer.page, signed_in)
    buyer.press_sign()
    buyer.expect_state("final")


def test_nothing_is_sent_when_the_account_changes_while_the_wallet_switches(
    buyer: Person, town: Town, stall: Stall
) -> None:
    buyer.check_out(stall.in_eth)
    other = town.wallet(wealth_wei=0).accounts
    buyer.wallet.use_chain(buyer.page, 1)
    buyer.wallet.meanwhile["wallet_switchEthereumChain"] = lambda: setattr(buyer.wallet, "accounts", other)
    buyer.press_sign()
    expect(buyer.page.locator("#wallet-error [data-problem]")).to_be_visible()
    assert buyer.wallet.sent == []


def test_missing_money_is_named_before_the_wallet_opens(visit: Callable[..., Person], town: Town, stall: Stall) -> None:
    buyer = visit(town.wallet(wealth_wei=ETHER // 10))
    buyer.arrive_signed_in()
    buyer.open(f"/l/{stall.in_eth}/buy")
    with buyer.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        buyer.send_checkout()
    assert answer.value.status == 422
    alert = buyer.page.locator("#problems")
    expect(alert).to_contain_text("0.1 ETH")
    expect(alert).to_contain_text("0.4 ETH are missing")
    expect(alert).to_be_focused()
    assert not buyer.wallet.asked["eth_requestAccounts"]


def test_one_transaction_is_sent_when_the_button_is_clicked_twice(buyer: Person, town: Town, stall: Stall) -> None:
    sold = town.sold(stall.in_eth)
    buyer.check_out(stall.in_eth)
    buyer.page.locator("#sign-button").dblclick()
    buyer.expect_state("final")
    assert buyer.wallet.asked["eth_sendTransaction"] == len(buyer.wallet.sent) == 1
    assert town.sold(stall.in_eth) == sold + 1


def test_one_intent_is_made_when_the_form_is_sent_twice(buyer: Person, stall: Stall) -> None:
    buyer.open(f"/l/{stall.in_eth}/buy")
    led_to: list[str] = []
    buyer.page.on(
        "response", lambda answer: led_to.append(answer.headers.get("location", "")) if answer.status == 303 else None
    )
    # both clicks reach the server: what the page's script would stop is not stopped here
    form = buyer.page.locator("main form[method='post']")
    sent = form.evaluate(
        "form => fetch(form.action || location.href, {method: 'POST', body: new FormData(form)}).then(answer => answer.url)"
    )
    form.locator("button[type='submit']").dblclick()
    buyer.page.wait_for_url("**/intents/*")
    buyer.expect_verified()
    assert buyer.page.url == sent
    assert len(set(led_to)) == 1


def test_transaction_is_followed_when_the_page_was_reloaded_before_the_server_heard_of_it(
    buyer: Person, stall: Stall
) -> None:
    buyer.check_out(stall.in_eth)
    buyer.page.route(
        "**/wallet", lambda route: route.abort() if "hash" in (route.request.post_data or "") else route.continue_()
    )
    buyer.press_sign()
    buyer.until(lambda: buyer.wallet.sent)
    buyer.page.unroute("**/wallet")
    buyer.page.reload()
    buyer.expect_state("final")
    assert len(buyer.wallet.sent) == 1


def test_transaction_is_found_when_the_tab_was_closed_before_the_server_heard_of_it(
    buyer: Person, stall: Stall
) -> None:
    buyer.check_out(stall.in_eth)
    path = buyer.intent_path
    buyer.page.route(
        "**/wallet", lambda route: route.abort() if "hash" in (route.request.post_data or "") else route.continue_()
    )
    buyer.press_sign()
    buyer.until(lambda: buyer.wallet.sent)
    tab = buyer.page.context.new_page()
    buyer.page.close()
    tab.goto(path)
    expect(tab.locator("#intent-panel")).to_have_attribute("data-state", "final", timeout=20_000)


def test_nothing_is_bought_twice_when_the_form_is_sent_again_after_going_back(
    buyer: Person, town: Town, stall: Stall
) -> None:
    sold = town.sold(stall.in_eth)
    buyer.check_out(stall.in_eth)
    buyer.sign()
    buyer.page.go_back()
    buyer.page.wait_for_url("**/buy**")
    buyer.send_checkout()
    buyer.page.wait_for_url("**/intents/*")
    expect(buyer.panel).to_be_visible()
    assert buyer.wallet.asked["eth_sendTransaction"] == 1
    assert town.sold(stall.in_eth) == sold + 1


def test_refused_purchase_says_why_when_the_listing_was_paused_meanwhile(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    listing = stall.seller.list(stall.community_id, stall.arbiter, title="Paused in time", quantity="1")
    buyer = visit()
    buyer.arrive_signed_in()
    buyer.open(f"/l/{listing}/buy")
    stall.seller.act("/listings", f"/l/{listing}/paused", paused="1")
    with buyer.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        buyer.send_checkout()
    assert answer.value.status == 422
    alert = buyer.page.locator("#problems")
    expect(alert).to_contain_text("The seller has paused this listing. Try again later.")
    expect(alert).to_be_focused()
    assert not buyer.wallet.asked["eth_sendTransaction"]


def test_refused_purchase_says_why_when_the_last_one_was_sold_meanwhile(
    visit: Callable[..., Person], town: Town, stall: Stall
) -> None:
    listing = stall.seller.list(stall.community_id, stall.arbiter, title="The last one", quantity="1")
    buyer = visit()
    buyer.arrive_signed_in()
    buyer.open(f"/l/{listing}/buy")
    stall.steward.buy(listing)
    with buyer.page.expect_response(lambda answer: answer.request.method == "POST") as answer:
        buyer.send_checkout()
    assert answer.value.status == 422
    expect(buyer.page.locator("#problems")).to_contain_text("Sold out: nothing is left.")
    assert not buyer.wallet.asked["eth_sendTransaction"]


def test_page_tells_the_contracts_reason_when_the_transaction_reverts_on_the_chain(
    visit: Callable[..., Person], stall: Stall
) -> None:
    listing = stall.seller.list(stall.community_id, stall.arbiter, title="Paused too late", quantity="2")
    buyer = visit()
    buyer.arrive_signed_in()
    buyer.check_out(listing)
    stall.seller.act("/listings", f"/l/{listing}/paused", paused="1")
    buyer.press_sign()
    buyer.expect_state("reverted")
    expect(buyer.panel).to_contain_text("The seller has paused this listing")


@pytest.mark.anvil_only(ANVIL_POOL)
def test_page_follows_the_new_transaction_when_it_was_sped_up_in_the_wallet(buyer: Person, stall: Stall) -> None:
    send_into_the_queue(buyer, stall)
    intent = buyer.intent()
    replace(buyer, intent["to"], intent["data"], int(intent["value"], 16))
    fill_the_gap(buyer)
    buyer.expect_state("final")
    assert buyer.intent()["txHash"] != buyer.wallet.sent[0]


@pytest.mark.anvil_only(ANVIL_POOL)
def test_page_says_cancelled_when_the_transaction_was_cancelled_in_the_wallet(
    buyer: Person, town: Town, stall: Stall
) -> None:
    sold = town.sold(stall.in_eth)
    send_into_the_queue(buyer, stall)
    replace(buyer, buyer.address, "0x", 0)
    fill_the_gap(buyer)
    buyer.expect_state("cancelled")
    expect(buyer.panel).to_contain_text("You cancelled it in the wallet. Nothing of it happened.")
    assert town.sold(stall.in_eth) == sold


@pytest.mark.anvil_only(ANVIL_POOL)
def test_page_says_replaced_when_another_transaction_took_its_place(buyer: Person, town: Town, stall: Stall) -> None:
    send_into_the_queue(buyer, stall)
    replace(buyer, stall.seller.address, "0x", 1)
    fill_the_gap(buyer)
    buyer.expect_state("replaced")
    expect(buyer.panel).to_contain_text("Another transaction took its place. Nothing of this one happened.")


@pytest.mark.anvil_only(ANVIL_POOL)
def test_page_says_lost_when_the_node_has_long_forgotten_the_transaction(
    buyer: Person, town: Town, stall: Stall
) -> None:
    send_into_the_queue(buyer, stall)
    store = town.app.extensions["dokkaebi"].services.intent_store
    intent = store.by_id(buyer.intent_path.rsplit("/", 1)[1])
    town.market.rpc("anvil_removePoolTransactions", [buyer.address])
    # nobody waits ten minutes for this: the transaction was sent long ago
    store.note(intent.id, submitted_at_ts=intent.submitted_at_ts - LONG_AGO_S)
    buyer.expect_state("dropped")
    expect(buyer.panel).to_contain_text("The network does not know this transaction any more.")


def send_into_the_queue(buyer: Person, stall: Stall) -> None:
    """Sign a purchase whose transaction waits for the one before it."""
    buyer.check_out(stall.in_eth)
    buyer.wallet.nonces_ahead = 1
    buyer.press_sign()
    buyer.expect_state("submitted")
    buyer.wallet.nonces_ahead = 0


def replace(buyer: Person, to: str, data: str, value_wei: int) -> None:
    """Send another transaction with the nonce of the waiting one and a higher fee, as a wallet's buttons do."""
    buyer.wallet.send_raw(buyer.wallet.accounts[0], nonce=1, to=to, data=data, value=value_wei, gas_price=50 * 10**9)


def fill_the_gap(buyer: Person) -> None:
    """Send the transaction that the waiting ones wait for."""
    buyer.wallet.send_raw(buyer.wallet.accounts[0], nonce=0, to=buyer.address, data="0x", value=0, gas_price=50 * 10**9)


def lie(change: Callable[[dict], None]) -> Callable[[Route], None]:
    """Make the server's answer another than the server's."""

    def answer(route: Route) -> None:
        found = route.fetch()
        told = found.json()
        change(told)
        route.fulfill(response=found, json=told)

    return answer


STRANGER = "0x" + "5e" * 20


def another_quantity(told: dict) -> None:
    """Change the arguments, and the calldata with them: in itself it is right, but not what was typed."""
    told["call"]["values"][1] = "2"
    told["call"]["values"][2] = str(2 * int(told["call"]["values"][2]))
    told["value"] = hex(2 * int(told["value"], 16))
    head = 10 + 13 * 64  # selector and the terms' thirteen words
    words = [f"{int(told['call']['values'][at]):064x}" for at in (1, 2)]
    told["data"] = told["data"][:head] + "".join(words) + told["data"][head + 128 :]


LIES: dict[str, Callable[[dict], None]] = {
    "another recipient": lambda told: told.update(to=STRANGER),
    "a higher value": lambda told: told.update(value=hex(int(told["value"], 16) + 1)),
    "other calldata": lambda told: told.update(data=told["data"][:-1] + ("1" if told["data"][-1] == "0" else "0")),
    "other arguments": lambda told: told["call"]["values"][5].__setitem__(2, STRANGER),
    "arguments and calldata for two": another_quantity,
    "another action": lambda told: told.update(action="credits.push"),
    "another chain": lambda told: told.update(chainId=1),
    "another listing": lambda told: told.update(subject="0x" + "11" * 32),
}


@pytest.mark.parametrize("change", LIES.values(), ids=[name.replace(" ", "-") for name in LIES])
def test_page_stops_before_the_wallet_opens_when_the_server_lies(
    buyer: Person, stall: Stall, change: Callable[[dict], None]
) -> None:
    buyer.page.route("**/intents/*.json", lie(change))
    buyer.check_out(stall.in_eth)
    buyer.expect_problem("mismatch")
    buyer.press_sign()
    expect(buyer.expect_problem("mismatch")).to_contain_text("STOP.")
    assert not buyer.wallet.asked["eth_sendTransaction"]
    assert not buyer.wallet.asked["eth_requestAccounts"]


def test_page_stops_when_the_server_lies_only_after_the_click(buyer: Person, stall: Stall) -> None:
    buyer.check_out(stall.in_eth)
    buyer.expect_verified()
    buyer.page.route("**/intents/*.json", lie(LIES["another recipient"]))
    buyer.press_sign()
    buyer.expect_problem("mismatch")
    assert not buyer.wallet.asked["eth_sendTransaction"]


def test_page_stops_when_what_it_shows_is_not_what_would_be_paid(buyer: Person, stall: Stall) -> None:
    def cheaper(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace('data-shown-value="5', 'data-shown-value="4'))

    buyer.check_out(stall.in_eth)
    buyer.page.route(f"**{buyer.intent_path}", cheaper)
    buyer.page.reload()
    buyer.expect_problem("mismatch")
    buyer.press_sign()
    buyer.expect_problem("mismatch")
    assert not buyer.wallet.asked["eth_sendTransaction"]


def test_page_stops_when_the_call_that_was_made_whole_by_the_signature_is_another(
    visit: Callable[..., Person], stall: Stall
) -> None:
    buyer = visit()
    desk = f"/c/{stall.community_id}"
    stall.steward.act(f"{desk}/desk", f"{desk}/mint", to=buyer.address, amount="3")
    buyer.arrive_signed_in()
    buyer.check_out(stall.in_token)
    buyer.page.route("**/permit", lie(LIES["other arguments"]))
    buyer.press_sign()
    buyer.expect_problem("mismatch")
    assert buyer.wallet.asked["eth_signTypedData_v4"] == 1
    assert not buyer.wallet.asked["eth_sendTransaction"]


def test_approval_is_not_asked_for_when_the_server_wants_more_approved(
    visit: Callable[..., Person], stall: Stall
) -> None:
    buyer = visit()
    desk = f"/c/{stall.community_id}"
    stall.steward.act(f"{desk}/desk", f"{desk}/mint", to=buyer.address, amount="3")
    buyer.arrive_signed_in()
    buyer.page.route("**/intents/*.json", lie(lambda told: told["permit"]["message"].update(value=str(10**30))))
    buyer.check_out(stall.in_token)
    buyer.press_sign()
    buyer.expect_problem("mismatch")
    assert not buyer.wallet.asked["eth_signTypedData_v4"]
