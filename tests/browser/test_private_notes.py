"""An address on its way from buyer to seller: sealed in one browser, opened in the other, in the clear nowhere between."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from pathlib import Path

import pyrage
import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils.address import to_checksum_address
from playwright.sync_api import Page, Route, expect

from frontend.extensions import bound
from frontend.services.notes import note_hash, statement_of
from tests.browser.people import Person
from tests.browser.test_pages import MOST_GZIP_BYTES, Weights
from tests.browser.town import Stall, Town
from tests.frontend.chain.test_sign_in import compiled
from tests.helpers.receipts import receipt_of

ADDRESS = "도깨비로 7길 13-1, 2층\nDokkaebi-ro 7-gil 13-1"


@pytest.fixture
def seller(visit: Callable[..., Person], stall: Stall) -> Person:
    """The stall's seller, with a key published in this window's browser."""
    found = visit(stall.seller.wallet)
    found.arrive_signed_in()
    publish_key(found)
    return found


def test_address_reaches_the_seller_and_lies_nowhere_in_the_clear_when_it_is_sealed(
    buyer: Person, seller: Person, stall: Stall, town: Town
) -> None:
    canary = f"canary-{secrets.token_hex(12)}"
    posted = record_posts(buyer.page, seller.page)
    weights = Weights(buyer.page.context)
    start_purchase(buyer, stall.in_eth, f"{ADDRESS}\n{canary}")
    assert 0 < weights.total() <= MOST_GZIP_BYTES, "with the library that came for sealing"
    key = finish_purchase(buyer)
    specification = town.order(key).purchase["specification"]
    assert int(specification, 16), "the purchase carries the note's hash"

    seller.open(f"/o/{key}")
    assert open_note(seller, "wish") == f"{ADDRESS}\n{canary}"
    buyer.open(f"/o/{key}")
    assert open_note(buyer, "wish") == f"{ADDRESS}\n{canary}"

    seller.take(key, "accept")
    tracking = f"Parcel 12-345 {canary}"
    seller.open(f"/o/{key}")
    write_note(seller, f"form[action='/o/{key}/deliver']", tracking)
    seller.page.locator(f"form[action='/o/{key}/deliver'] button[type='submit']").click()
    seller.page.wait_for_url("**/intents/*")
    seller.sign()
    buyer.open(f"/o/{key}")
    assert open_note(buyer, "delivery") == tracking

    assert places_of("Moon jar, second firing", town.market.folder), "the search finds what does lie there"
    assert places_of(canary, town.market.folder) == []
    assert posted
    assert [body for body in posted if any(form in body for form in forms_of(canary))] == []
    assert buyer.complaints == seller.complaints == []


def test_sealed_note_is_a_stock_age_file_when_it_is_opened_with_another_program(
    buyer: Person, seller: Person, stall: Stall, town: Town
) -> None:
    key = buy_with_note(buyer, stall.in_eth, ADDRESS)
    with town.app.app_context():
        order = town.order(key)
        note = bound().services.notes.read(order, "wish", seller.address)
    with seller.page.expect_download() as download:
        seller.open("/notes/keys")
        seller.page.locator("#note-save").click()
    lines = download.value.path().read_text().splitlines()
    identity = pyrage.x25519.Identity.from_str(next(line for line in lines if line.startswith("AGE-SECRET-KEY-1")))
    opened = pyrage.decrypt(note.sealed, [identity])
    assert len(opened) == 1024, "filled up, so that the length says nothing"
    assert ADDRESS.splitlines()[0] in opened.decode()
    assert note_hash(note.salt, note.sealed) == order.purchase["specification"]


def test_buyers_browser_refuses_to_seal_when_the_server_shows_a_key_that_the_seller_did_not_sign(
    buyer: Person, seller: Person, stall: Stall
) -> None:
    mallory, theirs = Account.create(), str(pyrage.x25519.Identity.generate().to_public())
    expect(seller.page.locator("#note-keys")).to_have_attribute("data-state", "published")

    def lie(route: Route) -> None:
        """Put mallory's key in, well signed by mallory."""
        answer = route.fetch()
        page = answer.text()
        facts = dict.fromkeys(("recipient", "issued-at", "signature", "seller", "market", "chain-id", "signer"), "")
        for name in facts:
            facts[name] = page.partition(f' data-{name}="')[2].partition('"')[0]
        statement = statement_of(
            origin=buyer.town.market.origin, account=facts["seller"], chain_id=int(facts["chain-id"]),
            market=facts["market"], recipient=theirs, issued_at=facts["issued-at"], signer=facts["signer"],
        )  # fmt: skip
        signature = mallory.sign_message(encode_defunct(text=statement)).signature.hex()
        page = page.replace(facts["recipient"], theirs).replace(facts["signature"], "0x" + signature.removeprefix("0x"))
        route.fulfill(response=answer, body=page)

    buyer.page.route("**/buy?quantity=1", lie)
    posted = record_posts(buyer.page)
    buyer.open(f"/l/{stall.in_eth}/buy?quantity=1")
    write_note(buyer, "main form[method='post']", ADDRESS)
    buyer.send_checkout()
    expect(buyer.page.locator("[data-problem='bad_statement']")).to_be_visible()
    assert posted == []
    assert "/buy" in buyer.page.url


def test_contract_wallets_key_is_believed_only_when_the_buyers_wallet_finds_it_on_the_chain(
    buyer: Person, stall: Stall
) -> None:
    owner = Account.create()
    account = deployed_wallet(buyer.town, owner.address)
    facts = {"seller": account, "recipient": str(pyrage.x25519.Identity.generate().to_public()), "byContract": "yes"}
    facts |= {"chainId": str(buyer.town.market.chain_id), "market": stall.token, "issuedAt": "2026-11-24T02:24:55Z"}
    statement = statement_of(
        origin=buyer.town.market.origin, account=account, chain_id=buyer.town.market.chain_id,
        market=stall.token, recipient=facts["recipient"], issued_at=facts["issuedAt"],
    )  # fmt: skip
    by_owner, by_another = (
        "0x" + key.sign_message(encode_defunct(text=statement)).signature.hex().removeprefix("0x")
        for key in (owner, Account.create())
    )
    buyer.open(f"/l/{stall.in_eth}/buy")

    def checked(**changes: str) -> str:
        return str(
            buyer.page.evaluate(
                "async place => (await import('/static/js/notes-page.js')).checkedRecipient(place).catch(error => error.key)",
                {**facts, "signature": by_owner, **changes},
            )
        )

    assert checked() == facts["recipient"]
    assert checked(signature=by_another) == "bad_statement"
    assert checked(byContract="no") == "bad_statement"
    assert checked(seller=buyer.address) == "bad_statement", "an account without a contract answers nothing"
    buyer.wallet.reject("eth_call")
    assert checked() == "unchecked"
    buyer.wallet.agree("eth_call")
    buyer.wallet.current_chain = 1
    assert checked() == "unchecked"


def test_sellers_page_says_stop_when_the_server_has_changed_the_note(
    buyer: Person, seller: Person, stall: Stall
) -> None:
    key = buy_with_note(buyer, stall.in_eth, ADDRESS)

    def tamper(route: Route) -> None:
        answer = route.fetch()
        told = answer.json()
        sealed = bytearray(base64.b64decode(told["sealed"]))
        sealed[-1] ^= 1
        route.fulfill(response=answer, json={**told, "sealed": base64.b64encode(sealed).decode()})

    seller.open(f"/o/{key}")
    seller.page.route("**/notes/*/wish.json", tamper)
    expect_problem(seller, "wish", "not_the_same")
    seller.page.unroute("**/notes/*/wish.json")
    seller.page.route(
        "**/notes/*/wish.json",
        lambda route: route.fulfill(status=404, json={"error": {"key": "note_missing", "text": ""}}),
    )
    expect_problem(seller, "wish", "missing")
    seller.page.unroute("**/notes/*/wish.json")
    seller.page.evaluate("localStorage.clear()")
    expect_problem(seller, "wish", "no_key")


def test_seller_opens_notes_elsewhere_when_the_saved_copy_is_brought_there(
    buyer: Person, seller: Person, visit: Callable[..., Person], stall: Stall, tmp_path: Path
) -> None:
    key = buy_with_note(buyer, stall.in_eth, ADDRESS)
    with seller.page.expect_download() as download:
        seller.open("/notes/keys")
        seller.page.locator("#note-save").click()
    copy = tmp_path / "keys.txt"
    download.value.save_as(copy)

    elsewhere = visit(stall.seller.wallet)
    elsewhere.arrive_signed_in()
    elsewhere.open(f"/o/{key}")
    expect_problem(elsewhere, "wish", "no_key")
    elsewhere.open("/notes/keys")
    expect(elsewhere.page.locator("#note-keys")).to_have_attribute("data-state", "elsewhere")
    elsewhere.page.locator("#note-file").set_input_files(copy)
    expect(elsewhere.page.locator("#note-keys")).to_have_attribute("data-state", "published")
    # a new key takes the old one's place, which still opens what was sealed to it
    elsewhere.page.locator("#note-publish-new").click()
    elsewhere.page.wait_for_load_state()
    elsewhere.open(f"/o/{key}")
    assert open_note(elsewhere, "wish") == ADDRESS
    assert elsewhere.violations() == []


def publish_key(person: Person) -> None:
    """Publish a new key by clicking, whatever was published before."""
    person.open("/notes/keys")
    state = person.page.locator("#note-keys")
    assert person.violations() == []
    person.page.locator("#note-publish:visible, #note-publish-new:visible").click()
    expect(state).to_have_attribute("data-state", "published")


def write_note(person: Person, form: str, text: str) -> None:
    """Type a note."""
    field = person.page.locator(f"{form} [data-note-write] textarea")
    assert field.get_attribute("name") is None, "what has no name is never posted"
    field.fill(text)


def buy_with_note(buyer: Person, listing_id: str, text: str) -> str:
    """Buy by clicking, with a sealed note, and give the order's key."""
    start_purchase(buyer, listing_id, text)
    return finish_purchase(buyer)


def start_purchase(buyer: Person, listing_id: str, text: str) -> None:
    """Fill in the checkout, and have the note sealed by sending it; the form itself is held back."""
    buyer.open(f"/l/{listing_id}/buy?quantity=1")
    write_note(buyer, "main form[method='post']", text)
    assert buyer.violations() == []
    buyer.page.evaluate("document.querySelector(\"main form[method='post']\").requestSubmit = () => {}")
    buyer.send_checkout()
    expect(buyer.page.locator("[data-note-sealed]")).to_be_visible()


def finish_purchase(buyer: Person) -> str:
    """Send the checkout with its sealed note, sign, and give the order's key."""
    buyer.send_checkout()
    buyer.page.wait_for_url("**/intents/*")
    return buyer.town.order_of(buyer.sign()).key


def open_note(person: Person, part: str) -> str:
    """Open a note by clicking, and give its words."""
    box = person.page.locator(f"[data-note-part='{part}']")
    box.locator("[data-note-open]").click()
    expect(box.locator("blockquote")).to_be_visible()
    assert person.violations() == []
    return str(box.locator("blockquote").inner_text())


def deployed_wallet(town: Town, owner: str) -> str:
    """Deploy a contract wallet that takes what one key has signed."""
    data = "0x" + compiled("SignatureWallet") + owner[2:].lower().rjust(64, "0")
    rich = town.market.rpc("eth_accounts")[0]
    tx_hash = town.ask("eth_sendTransaction", {"from": rich, "data": data})
    return to_checksum_address(receipt_of(town.ask, tx_hash)["contractAddress"])


def expect_problem(person: Person, part: str, key: str) -> None:
    """Try to open a note, and wait for what is wrong with it."""
    box = person.page.locator(f"[data-note-part='{part}']")
    box.locator("[data-note-open]").click()
    expect(box.locator(f"[data-problem='{key}']")).to_be_visible()
    expect(box.locator("blockquote")).to_be_hidden()


def record_posts(*pages: Page) -> list[str]:
    """Keep the address and body of every request that sends something."""
    posted: list[str] = []
    for page in pages:
        page.on(
            "request",
            lambda request: posted.append(f"{request.url} {request.post_data}") if request.method == "POST" else None,
        )
    return posted


def forms_of(text: str) -> list[str]:
    """Give a text as it might be written down: plain, as hex, and in each of base64's three positions."""
    data = text.encode()
    encoded = [base64.b64encode(b"\0" * shift + data)[4:-4].decode() for shift in range(3)]
    return [text, data.hex(), *encoded]


def places_of(text: str, folder: Path) -> list[str]:
    """Give the files of a market, database and logs among them, in which a text stands in any of its forms."""
    wanted = [form.encode() for form in forms_of(text)]
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(form in path.read_bytes() for form in wanted)]
