"""Finding a wallet, and signing in with it: every way in which that can fail leaves words and a way on."""

from __future__ import annotations

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.people import Person
from tests.browser.town import Town

OTHER_UUID = "9a1dd3c4-0000-4000-8000-4b1dfacade00"


def test_sign_in_says_what_is_needed_when_there_is_no_wallet(open_page: Callable[..., Page]) -> None:
    page = open_page()
    page.goto("/auth/sign-in")
    page.locator("#sign-in-button").click()
    box = page.locator("[data-problem='no_wallet']")
    expect(box).to_contain_text("You need one, MetaMask for instance; reading works without.")
    page.locator("main a[href='/start']").click()
    expect(page.locator("#wallet-found")).to_contain_text("No wallet was found in this browser")


def test_sign_in_asks_which_wallet_when_two_announce_themselves(visit: Callable[..., Person], town: Town) -> None:
    first = visit()
    second = town.wallet(name="Lantern <b>Wallet</b>", rdns="org.example.lantern", uuid=OTHER_UUID)
    second.attach(first.page.context)
    first.start_sign_in()
    choice = first.page.locator("#wallet-choice")
    expect(choice.locator("button")).to_have_count(2)
    assert choice.locator("b").count() == 0
    choice.get_by_role("button", name="Lantern <b>Wallet</b>").click()
    signed_in = first.page.locator("#signed-in")
    expect(signed_in).to_have_attribute("data-account", second.accounts[0].address)
    assert not first.wallet.asked["eth_requestAccounts"]
    # it is asked once: the next time the same wallet is used
    first.sign_out()
    first.start_sign_in()
    expect(signed_in).to_have_attribute("data-account", second.accounts[0].address)


def test_sign_in_works_when_the_wallet_only_speaks_the_old_way(visit: Callable[..., Person], town: Town) -> None:
    visit(town.wallet(announce=False, legacy=True)).sign_in()


def test_sign_in_can_be_tried_again_when_connecting_is_rejected(visit: Callable[..., Person]) -> None:
    person = visit()
    person.wallet.reject("eth_requestAccounts")
    person.start_sign_in()
    box = person.expect_problem("rejected")
    expect(box).to_have_text("Cancelled in the wallet. Nothing was sent. You can try again.")
    expect(box).not_to_have_class("notice bad")
    person.wallet.agree("eth_requestAccounts")
    person.page.locator("#sign-in-button").click()
    expect(person.page.locator("#signed-in")).to_have_attribute("data-account", person.address)


def test_sign_in_can_be_tried_again_when_the_signature_is_rejected(visit: Callable[..., Person]) -> None:
    person = visit()
    person.wallet.reject("personal_sign")
    person.start_sign_in()
    person.expect_problem("rejected")
    expect(person.page.locator("#signed-in")).to_have_count(0)
    person.wallet.agree("personal_sign")
    person.page.locator("#sign-in-button").click()
    expect(person.page.locator("#signed-in")).to_have_attribute("data-account", person.address)


def test_sign_in_points_to_the_wallet_when_a_request_is_open_there(visit: Callable[..., Person]) -> None:
    person = visit()
    person.wallet.leave_open("eth_requestAccounts")
    person.start_sign_in()
    expect(person.expect_problem("pending")).to_contain_text("has a request open already")
    assert person.wallet.asked["eth_requestAccounts"] == 1


def test_sign_in_is_refused_when_another_key_signs(visit: Callable[..., Person], town: Town) -> None:
    person, stranger = visit(), town.wallet(wealth_wei=0)
    person.wallet._signer = lambda address: stranger.accounts[0]  # type: ignore[method-assign]
    person.start_sign_in()
    expect(person.page.locator("#wallet-error")).not_to_be_empty()
    expect(person.page.locator("#signed-in")).to_have_count(0)


def test_note_appears_when_the_wallet_goes_to_another_account(buyer: Person, town: Town) -> None:
    other = town.wallet(wealth_wei=0).accounts[0]
    buyer.open("/orders")
    expect(buyer.page.locator("#account-note")).to_have_count(0)
    buyer.wallet.use_account(buyer.page, other)
    expect(buyer.page.locator("#account-note")).to_contain_text("another account than the one signed in here")


def test_network_is_added_when_the_first_steps_ask_the_wallet_for_it(visit: Callable[..., Person]) -> None:
    person = visit()
    person.wallet.current_chain = 1
    person.wallet.known_chains = {1}
    person.open("/start")
    person.page.locator("#add-network").click()
    expect(person.page.locator("#wallet-status")).to_have_text("✓")
    assert person.wallet.current_chain == person.town.market.chain_id
