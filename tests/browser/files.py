"""Sealed files on the real market without a window: sealed, bought and delivered by programs of people's own."""

from __future__ import annotations

import secrets
from hashlib import sha256
from typing import Any

import pyrage
from eth_utils.address import to_checksum_address

from frontend.content.pieces import PIECE_BYTES
from frontend.extensions import bound
from frontend.index.file_views import SealedFile, Wrap
from frontend.services.intents import Call
from frontend.services.market import terms_abi
from frontend.services.terms import DAY_S, Purchase, Terms, file_abi, listing_id, order_key, ref_of, wrap_abi
from tests.browser.shelf import pieces_hash
from tests.browser.town import ETH, ETHER, Clerk, Town, eventually
from tests.browser.wallet import Wallet
from tools.files import wrap as wraps
from tools.files.identity import identity_of

NEVER_S = 2**40


def list_file(seller: Clerk, community_id: int, arbiter: Clerk, content: bytes) -> tuple[str, bytes]:
    """Seal something, keep it in the market's store and list it; give the listing's id and the key that it sells."""
    town, key, salt = seller.town, secrets.token_bytes(32), secrets.token_bytes(32)
    sealed = pyrage.encrypt(content, [pyrage.x25519.Identity.from_str(identity_of(key)).to_public()])
    keep(town, sealed, seller.address)
    file = SealedFile("0x" + wraps.key_hash(salt, key).hex(), pieces_hash(sealed), pieces_hash(content), len(content))
    terms = Terms(
        seller=seller.address, currency=ETH, unit_price_units=ETHER // 10, arbiter=arbiter.address, content_hash="0x" + "77" * 32,
        salt="0x" + salt.hex(), community_id=community_id, kind="file", instant=True, max_fee_bps=1_000, deliver_for_s=DAY_S,
        inspect_for_s=3 * DAY_S, rule_for_s=3 * DAY_S, file=file,
    )  # fmt: skip
    send(town, seller.wallet, "listFile", (terms.to_abi(), 1_000, file_abi(file)))
    found = listing_id(town.market.chain_id, town.contracts["Market"], terms.to_abi())
    eventually(lambda: town.queries.listing(found))
    return found, key


def keep(town: Town, sealed: bytes, account: str) -> None:
    """Put a sealed file into the market's store."""
    pieces = [sealed[at : at + PIECE_BYTES] for at in range(0, len(sealed), PIECE_BYTES)]
    with town.app.test_request_context():
        files = bound().services.files
        for piece in pieces:
            files.keep_piece("0x" + sha256(piece).hexdigest(), piece, account=account, network="tests")
        files.keep(b"".join(sha256(piece).digest() for piece in pieces), account=account, network="tests")


def buy_file(buyer: Clerk, listing: str) -> str:
    """Buy a file, and give the order's key; its secret is thrown away."""
    town = buyer.town
    found = town.queries.listing(listing)
    assert found is not None
    point = wraps.point_of(1 + secrets.randbelow(2**250))
    purchase = Purchase(
        salt="0x" + secrets.token_hex(32), payer=buyer.address, holder=buyer.address,
        arbiter=to_checksum_address(found.terms["arbiter"]), point=(f"0x{point.x:064x}", f"0x{point.y:064x}"),
    )  # fmt: skip
    price = found.unit_price_units
    send(town, buyer.wallet, "buy", (terms_abi(found), 1, price, 1_000, NEVER_S, purchase.to_abi()), price)
    key = order_key(listing, buyer.address, ref_of(purchase.to_abi()))
    eventually(lambda: town.queries.order(key))
    return key


def deliver_file(town: Town, seller: Wallet, key: str, file_key: bytes) -> None:
    """Wrap a key, right or wrong, to an order's point and send it."""
    order = town.order(key)
    x, y = (int(order.purchase[name], 16) for name in ("encryptionKeyX", "encryptionKeyY"))
    made = wraps.wrap(file_key, bytes.fromhex(key[2:]), wraps.Point(x, y))
    wrap = Wrap(f"0x{made.point.x:064x}", f"0x{made.point.y:064x}", "0x" + made.masked.hex())
    holder, ref = to_checksum_address(order.first_holder), bytes.fromhex(order.ref[2:])
    send(town, seller, "deliverFile", (terms_abi(order.listing), holder, ref, wrap_abi(wrap)))
    eventually(lambda: town.order(key).wrap)


def send(town: Town, wallet: Wallet, function: str, values: tuple[Any, ...], wei: int = 0) -> None:
    """Send a call to the market."""
    market = town.contracts["Market"]
    data = Call("Market", market, function, values).data
    sending = {"from": wallet.accounts[0].address, "to": market, "data": data, "value": hex(wei), "gas": hex(1_500_000)}
    wallet.request("eth_sendTransaction", [sending])
