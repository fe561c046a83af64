"""Sealed files on the real market: sold, bought, their keys delivered and opened by clicks; and what happens when a key is wrong, lost or gone."""

from __future__ import annotations

import base64
import json
import secrets
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
import requests
from playwright.sync_api import Download, Route, expect

from tests.browser.files import deliver_file
from tests.browser.people import Person
from tests.browser.shelf import pieces_hash
from tests.browser.test_private_notes import forms_of, places_of, record_posts
from tests.browser.test_sealed_files import STORED
from tests.browser.town import Stall, Town, eventually
from tools.files.identity import identity_of
from tools.files.wrap import key_hash

MIB = 1 << 20
WORK_MS, PATIENCE_S = 60_000, 60
TITLE = "Songs of the lower pond"


@dataclass
class OnSale:
    """A file that is listed."""

    listing: str
    content: bytes
    seller: Person


@pytest.fixture
def seller(visit: Callable[..., Person], stall: Stall) -> Person:
    """The stall's seller."""
    found = visit(stall.seller.wallet)
    found.arrive_signed_in()
    return found


@pytest.fixture
def on_sale(seller: Person, stall: Stall, tmp_path: Path) -> OnSale:
    """A file of 3 MiB and a bit, listed by clicks."""
    content = f"{TITLE} {secrets.token_hex(8)}\n".encode() + secrets.token_bytes(3 * MIB)
    return OnSale(list_file(seller, stall, content, tmp_path), content, seller)


def test_file_is_sold_delivered_and_opened_in_browsers_and_with_stock_age(
    on_sale: OnSale, buyer: Person, town: Town, tmp_path: Path
) -> None:
    buyer.open(f"/l/{on_sale.listing}")
    assert buyer.violations() == []
    key = buy_file(buyer, on_sale.listing)
    assert buyer.violations() == []
    deliver(on_sale.seller, key)

    buyer.open(f"/o/{key}")
    saved = open_file(buyer)
    assert saved.path().read_bytes() == on_sale.content
    assert buyer.violations() == []
    buyer.page.locator("[data-file-close]").click()
    expect(buyer.page.locator("[data-file-ready]")).to_be_hidden()

    bought = save_key(buyer)
    assert opened_with_age(town, key, bought, tmp_path) == on_sale.content

    buyer.take(key, "confirm")
    assert town.order(key).state == "completed"
    buyer.open("/library?kind=file")
    assert open_file(buyer).path().read_bytes() == on_sale.content
    assert buyer.violations() == []
    assert any(name.endswith("/plaintext") for name in buyer.page.evaluate(STORED)), "open until it is closed"
    buyer.sign_out()
    buyer.until(lambda: not any(name.endswith("/plaintext") for name in buyer.page.evaluate(STORED)))
    assert buyer.complaints == on_sale.seller.complaints == []


def test_wrong_key_is_found_by_the_buyers_page_and_everything_comes_back(
    on_sale: OnSale, buyer: Person, town: Town
) -> None:
    key = buy_file(buyer, on_sale.listing)
    deliver_file(town, on_sale.seller.wallet, key, secrets.token_bytes(32))
    before = town.credit(buyer.address)

    buyer.open(f"/o/{key}")
    buyer.page.locator("[data-file-open]").click()
    expect_problem(buyer, "wrong_key")
    claim = buyer.page.locator("[data-file-claim] form")
    expect(claim).to_be_visible()
    assert buyer.violations() == []
    claim.locator("[type='checkbox']").check()
    claim.locator("button").click()
    buyer.page.wait_for_url("**/intents/*")
    buyer.sign()
    found = town.order(key)
    assert (found.state, found.key_refuted) == ("refunded", True)
    assert town.credit(buyer.address) - before == found.paid_units
    buyer.open(f"/o/{key}")
    assert buyer.violations() == []


def test_sellers_browser_wraps_nothing_when_the_server_or_the_chain_shows_another_order(
    on_sale: OnSale, buyer: Person, town: Town
) -> None:
    key, seller = buy_file(buyer, on_sale.listing), on_sale.seller
    purchase = town.order(key).purchase
    file = town.order(key).listing.file
    assert file is not None
    posted = record_posts(seller.page)
    for told, lie in ((purchase["encryptionKeyX"], "0x" + "00" * 31 + "01"), (file.key_hash, "0x" + "12" * 32)):
        seller.page.route(f"**/o/{key}", lying(told, lie))
        seller.open(f"/o/{key}")
        expect_problem(seller, "other_order")
        seller.page.unroute(f"**/o/{key}")

    button = seller.page.locator("[data-file-deliver] button[type='submit']")
    seller.open(f"/o/{key}")
    seller.wallet.reject("eth_call")
    button.click()
    expect_problem(seller, "unchecked")
    seller.wallet.agree("eth_call")
    deliver_file(town, seller.wallet, key, secrets.token_bytes(32))
    button.click()
    expect_problem(seller, "not_paid")
    assert posted == []


def test_claim_against_the_right_key_is_kept_back_by_the_page_and_refused_with_a_sentence_when_it_is_sent_straight(
    on_sale: OnSale, buyer: Person, town: Town
) -> None:
    key = buy_file(buyer, on_sale.listing)
    deliver(on_sale.seller, key)
    secret = order_secret(buyer, town, key)
    buyer.open(f"/o/{key}")
    expect(buyer.page.locator("[data-file-open]")).to_be_enabled()
    # as somebody would who fills in the hidden form by hand: by its button the page looks first, and sends nothing
    posted = record_posts(buyer.page)
    buyer.page.locator("[data-file-claim]").evaluate("part => { part.hidden = false; }")
    form = buyer.page.locator("[data-file-claim] form")
    form.locator("[type='checkbox']").check()
    form.locator("button").click()
    expect_problem(buyer, "key_is_right")
    assert posted == []

    form.evaluate("(form, secret) => { form.querySelector('[name$=-secret]').value = secret; form.submit(); }", secret)
    buyer.page.wait_for_load_state()
    expect(buyer.page.locator("[data-file-claim] [role='alert']")).to_be_visible()
    assert secret[2:] not in buyer.page.content(), "the secret is never sent back"
    assert town.order(key).state == "delivered"
    assert places_of(secret[2:], town.market.folder) == []


def test_buyer_who_lost_his_keys_asks_again_and_opens_what_the_seller_answers(
    on_sale: OnSale, buyer: Person, town: Town
) -> None:
    key = buy_file(buyer, on_sale.listing)
    deliver(on_sale.seller, key)
    buyer.open(f"/o/{key}")
    buyer.page.evaluate("localStorage.clear()")
    buyer.page.reload()
    buyer.page.locator("[data-file-open]").click()
    expect_problem(buyer, "lost")
    assert buyer.violations() == []
    buyer.page.locator("[data-file-ask] button").click()
    buyer.page.wait_for_url("**/intents/*")
    buyer.sign()
    eventually(lambda: town.queries.key_requests(key))
    buyer.open(f"/o/{key}")
    buyer.page.locator("[data-file-open]").click()
    expect_problem(buyer, "asked")

    seller, asked = on_sale.seller, town.queries.key_requests(key)[0]
    seller.page.route(f"**/o/{key}", lying(asked.x, "0x" + "00" * 31 + "01"))
    seller.open(f"/o/{key}")
    seller.page.locator("[data-file-answer] button").click()
    expect_problem(seller, "not_asked")
    seller.page.unroute(f"**/o/{key}")

    seller.open("/desk")
    seller.page.locator(f"a[href='/o/{key}#file']").click()
    seller.page.locator("[data-file-answer] button").click()
    seller.page.wait_for_url("**/intents/*")
    seller.sign()
    eventually(lambda: town.queries.key_requests(key)[0].answers)
    buyer.open(f"/o/{key}")
    assert open_file(buyer).path().read_bytes() == on_sale.content


def test_checkout_refuses_when_the_sealed_file_is_gone(on_sale: OnSale, buyer: Person, town: Town) -> None:
    buyer.open(f"/l/{on_sale.listing}/buy?quantity=1")
    remove_first_piece(town, on_sale.listing)
    buyer.send_checkout()
    expect_problem(buyer, "missing")
    assert "/buy" in buyer.page.url
    assert buyer.page.locator("[name='key_x']").input_value() == ""


def test_seller_goes_on_after_a_reload_when_the_upload_broke_off(
    seller: Person, stall: Stall, town: Town, tmp_path: Path
) -> None:
    content = secrets.token_bytes(3 * MIB)
    file = tmp_path / "long.bin"
    file.write_bytes(content)
    taken: list[str] = []

    def break_off(route: Route) -> None:
        if taken:
            return route.fulfill(status=401, json={"error": {"key": "signed_out", "text": "no"}})
        taken.append(route.request.url)
        return route.continue_()

    start_listing(seller, stall)
    seller.page.context.route("**/files/pieces/*", break_off)
    seller.page.locator("#sealed-file").set_input_files(file)
    expect_problem(seller, "signed_out")
    expect(seller.page.locator("[data-file-sell]")).to_have_attribute("data-state", "unsent")
    seller.page.context.unroute("**/files/pieces/*")

    seller.page.reload()
    expect(seller.page.locator("[data-file-go-on]")).to_be_visible()
    assert seller.violations() == []
    later: list[str] = []
    seller.page.context.on("request", lambda request: later.append(request.url) if request.method == "PUT" else None)
    seller.page.locator("[data-file-go-on]").click()
    expect_sealed(seller)
    # other fields that are typed, and another reload, do not lose it
    seller.page.locator("[name='title']").fill("Long")
    seller.page.reload()
    expect_sealed(seller)
    listing = finish_listing(seller, stall)
    found = town.queries.listing(listing)
    assert found is not None
    assert found.file is not None
    assert found.file.plaintext_hash == pieces_hash(content)
    assert not set(later) & set(taken), "what had arrived is not sent again"


def test_file_that_another_program_has_sealed_is_sent_only_when_it_fits_the_sellers_own_keys(
    seller: Person, stall: Stall, town: Town, tmp_path: Path
) -> None:
    content, salt = secrets.token_bytes(MIB + 7), "0x" + secrets.token_hex(32)
    start_listing(seller, stall)
    with seller.page.expect_download():
        seller.page.locator("[data-keys-save]").click()  # from here on the browser has keys
    chain = str(town.market.chain_id)
    key = bytes.fromhex(seller.page.evaluate(DERIVE, ["soldKey", chain, seller.address, salt])[2:])
    sealed = pyrage.encrypt(content, [pyrage.x25519.Identity.from_str(identity_of(key)).to_public()])
    hashes = {
        "salt": salt, "keyHash": "0x" + key_hash(bytes.fromhex(salt[2:]), key).hex(), "ciphertextHash": pieces_hash(sealed),
        "plaintextHash": pieces_hash(content), "size": len(content),
    }  # fmt: skip

    def bring(what: bytes, **changes: object) -> None:
        (tmp_path / "file.age").write_bytes(what)
        (tmp_path / "file.json").write_text(json.dumps({**hashes, **changes}))
        seller.page.locator("details:has(#sealed-age)").evaluate("part => { part.open = true; }")
        seller.page.locator("#sealed-age").set_input_files(tmp_path / "file.age")
        seller.page.locator("#sealed-json").set_input_files(tmp_path / "file.json")
        seller.page.locator("[data-file-bring]").click()

    posted = record_posts(seller.page)
    bring(sealed, keyHash="0x" + "12" * 32)
    expect_problem(seller, "not_own_key")
    bring(sealed, size="many")
    expect_problem(seller, "bad_hashes")
    other = pyrage.encrypt(content, [pyrage.x25519.Identity.generate().to_public()])
    bring(other)
    expect_problem(seller, "sealed_to_another")
    bring(sealed, ciphertextHash="0x" + "12" * 32)
    expect_problem(seller, "other_ciphertext")
    assert posted == []
    bring(sealed)
    expect_sealed(seller)
    found = town.queries.listing(finish_listing(seller, stall))
    assert found is not None
    assert found.file is not None
    assert (found.file.ciphertext_hash, found.file.size_bytes) == (hashes["ciphertextHash"], len(content))


def test_server_never_has_the_file_or_its_key(
    seller: Person, buyer: Person, stall: Stall, town: Town, tmp_path: Path
) -> None:
    canary, title = f"canary {secrets.token_hex(16)}", f"Planted {secrets.token_hex(8)}"
    posted = record_posts(seller.page, buyer.page)
    listing = list_file(seller, stall, f"{canary}\n".encode() * 3, tmp_path, title=title)
    key = buy_file(buyer, listing)
    deliver(seller, key)
    buyer.open(f"/o/{key}")
    assert canary.encode() in open_file(buyer).path().read_bytes()
    bech32 = next(line for line in save_key(buyer).splitlines() if line.startswith("AGE-"))
    raw = bytes.fromhex(sold_key(seller, town, listing)[2:])
    assert identity_of(raw) == bech32, "this is the key that was sold"
    buyer.open(f"/l/{listing}")

    wanted = {form.encode() for form in forms_of(canary)} | key_forms(raw, bech32)
    processes = web_processes(town)
    assert len(processes) > 1, "the server and its workers"
    assert places_in_memory({title.encode()}, processes), "the search finds what does lie there"
    assert files_with({title.encode()}, town.market.folder), "and in what is kept"
    assert places_in_memory(wanted, processes) == []
    assert files_with(wanted, town.market.folder) == []
    assert posted
    assert [body for body in posted if any(form.decode("latin-1") in body for form in wanted)] == []


def list_file(seller: Person, stall: Stall, content: bytes, folder: Path, **changes: str) -> str:
    """Seal, send and list a file by clicks; give the listing's id."""
    file = folder / "songs.txt"
    file.write_bytes(content)
    start_listing(seller, stall)
    seller.page.locator("#sealed-file").set_input_files(file)
    expect_sealed(seller)
    return finish_listing(seller, stall, **changes)


def start_listing(seller: Person, stall: Stall) -> None:
    """Open the form of a file."""
    seller.open(f"/listings/new/file?community={stall.community_id}")
    expect(seller.page.locator("#sealed-file")).to_be_visible()


def expect_sealed(seller: Person) -> None:
    """Wait until a file is sealed and sent."""
    expect(seller.page.locator("[data-file-sell]")).to_have_attribute("data-state", "ready", timeout=WORK_MS)


def finish_listing(seller: Person, stall: Stall, **changes: str) -> str:
    """Fill in the rest of a file's form, list it, and give its id."""
    typed = {
        "title": TITLE,
        "text": "Twelve songs, plain text.",
        "price": "0.25",
        "arbiter": stall.arbiter.address,
        "max_fee": "10",
    }
    seller.fill_in(seller.page.locator("main form[method='post']"), **{**typed, **changes})
    seller.send_checkout()
    seller.page.wait_for_url("**/intents/*")
    intent = seller.intent()
    seller.sign()
    return str(intent["subject"])


def buy_file(buyer: Person, listing: str) -> str:
    """Buy a file by clicks, and give the order's key."""
    buyer.open(f"/l/{listing}/buy?quantity=1")
    buyer.send_checkout()
    buyer.page.wait_for_url("**/intents/*", timeout=WORK_MS)
    key = buyer.town.order_of(buyer.sign()).key
    buyer.open(f"/o/{key}")
    return key


def deliver(seller: Person, key: str) -> None:
    """Deliver an order's key from the desk, by clicks."""
    seller.open("/desk")
    seller.page.locator(f"a[href='/o/{key}#file']").click()
    expect(seller.page.locator("[data-file-deliver] button")).to_be_enabled()
    assert seller.violations() == []
    seller.page.locator("[data-file-deliver] button[type='submit']").click()
    seller.page.wait_for_url("**/intents/*")
    seller.sign()


def open_file(buyer: Person) -> Download:
    """Open the bought file by clicking, and give what is saved."""
    button = buyer.page.locator("[data-file-open]")
    expect(button).to_be_enabled()  # a key pressed before that does nothing
    with buyer.page.expect_download(timeout=WORK_MS) as download:
        button.press("Enter")
    expect(buyer.page.locator("[data-file-ready]")).to_be_visible()
    return download.value


def save_key(buyer: Person) -> str:
    """Save the bought key by clicking, and give the file's text."""
    with buyer.page.expect_download() as download:
        buyer.page.locator("[data-file-key]").click()
    expect(buyer.page.locator("[data-file-for-age]")).to_be_visible()
    return download.value.path().read_text()


def fetched(town: Town, path: str) -> bytes:
    """Fetch something as anybody may."""
    answer = requests.get(town.market.origin + path, timeout=PATIENCE_S)
    answer.raise_for_status()
    return answer.content


def opened_with_age(town: Town, key: str, identity: str, folder: Path) -> bytes:
    """Fetch an order's sealed file as anybody may, and open it with another program."""
    file = town.order(key).listing.file
    assert file is not None
    sealed = folder / "sealed.age"
    sealed.write_bytes(fetched(town, f"/files/{file.ciphertext_hash}"))
    assert pieces_hash(sealed.read_bytes()) == file.ciphertext_hash
    lines = [line for line in identity.splitlines() if line and not line.startswith("#")]
    if shutil.which("age") is None:
        return bytes(pyrage.decrypt(sealed.read_bytes(), [pyrage.x25519.Identity.from_str(lines[0])]))
    (folder / "key.txt").write_text(identity)
    command = ["age", "--decrypt", "--identity", str(folder / "key.txt"), str(sealed)]
    return subprocess.run(command, check=True, capture_output=True).stdout


def lying(told: str, lie: str) -> Callable[[Route], None]:
    """Let the server's page say something else."""

    def change(route: Route) -> None:
        answer = route.fetch()
        assert told in answer.text()
        route.fulfill(response=answer, body=answer.text().replace(told, lie))

    return change


def expect_problem(person: Person, key: str) -> None:
    """Wait until the page says what is wrong."""
    expect(person.page.locator(f"[data-problem='{key}']")).to_be_visible(timeout=WORK_MS)


DERIVE = """async ([name, chain, account, about]) => {
  const [notes, wrap] = await Promise.all([import("/static/js/notes.js"), import("/static/js/wrap.js")]);
  return wrap[name](notes.keysOf(chain, account)[0].identity, about);
}"""


def order_secret(buyer: Person, town: Town, key: str) -> str:
    """Derive an order's secret in its buyer's browser."""
    chain, purchase = str(town.market.chain_id), town.order(key).purchase
    about = {
        "chainId": chain,
        "market": town.contracts["Market"],
        "listing": town.order(key).listing_id,
        "salt": purchase["salt"],
    }
    return str(buyer.page.evaluate(DERIVE, ["orderSecret", chain, buyer.address, about]))


def sold_key(seller: Person, town: Town, listing: str) -> str:
    """Derive a listing's key in its seller's browser."""
    found = town.queries.listing(listing)
    assert found is not None
    return str(
        seller.page.evaluate(DERIVE, ["soldKey", str(town.market.chain_id), seller.address, found.terms["salt"]])
    )


def remove_first_piece(town: Town, listing: str) -> None:
    """Take a piece of a listing's sealed file out of the store."""
    found = town.queries.listing(listing)
    assert found is not None
    assert found.file is not None
    piece_list = fetched(town, f"/files/{found.file.ciphertext_hash}/pieces")
    name = piece_list[:32].hex()
    (place,) = [path for path in town.market.folder.rglob("*") if path.is_file() and name in path.name]
    place.unlink()


def key_forms(raw: bytes, bech32: str) -> set[bytes]:
    """Give a key as it might lie somewhere: as it is, as hex, in each of base64's positions, as Bech32."""
    encoded = [base64.b64encode(b"\0" * shift + raw)[4:-4] for shift in range(3)]
    data = bech32.partition("1")[2]
    return {raw, raw.hex().encode(), raw.hex().upper().encode(), *encoded, data.encode(), data.lower().encode()}


def files_with(wanted: set[bytes], folder: Path) -> list[str]:
    """Give the files of a market, database, store and logs among them, in which something stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return [str(path) for path in files if any(form in path.read_bytes() for form in wanted)]


def web_processes(town: Town) -> list[int]:
    """Give the processes of the market's web server."""
    found = []
    for place in Path("/proc").iterdir():
        if not place.name.isdigit():
            continue
        try:
            command, env = (place / "cmdline").read_bytes(), (place / "environ").read_bytes()
        except OSError:
            continue  # ended meanwhile, or somebody else's
        if b"frontend.operations" in command and str(town.market.folder).encode() in env:
            found.append(int(place.name))
    return found


def places_in_memory(wanted: set[bytes], processes: list[int]) -> list[int]:
    """Give the processes in whose memory something stands."""
    return [pid for pid in processes if any(form in part for part in memory_of(pid) for form in wanted)]


def memory_of(pid: int) -> Iterator[bytes]:
    """Give what a process may write to, range by range."""
    with Path(f"/proc/{pid}/mem").open("rb") as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            span, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(part, 16) for part in span.split("-"))
            try:
                memory.seek(start)
                yield memory.read(end - start)
            except (OSError, ValueError):
                continue  # not to be read: gone meanwhile, or the kernel's own
