"""Tokens that say anything about themselves: follower and pages take it as words, or do without."""

from __future__ import annotations

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.index.currencies import Currencies
from tests.frontend.chain.conftest import listing_form
from tests.frontend.chain.site import problems

HOSTILE = '<script>alert(1)</script>"\n\r\u202e\u2066\u200b{{ 7 * 7 }}'
UNSEEN = "\u202e\u2066\u200b"
LONG = "W" * 10_000
PRICE_UNITS = 10**18
MOST_BYTES = 200_000


def text(said: str) -> bytes:
    return encode(["string"], [said])


def number(value: int) -> bytes:
    return encode(["uint256"], [value])


# what name, symbol and decimals answer, byte by byte; how the price is written then
SAYS = {
    "0 decimals": ((text("Whole"), text("WHL"), number(0)), "1,000,000,000,000,000,000 WHL"),
    "2 decimals": ((text("Cents"), text("CNT"), number(2)), "10,000,000,000,000,000 CNT"),
    "6 decimals": ((text("Six"), text("SIX"), number(6)), "1,000,000,000,000 SIX"),
    "50 decimals": ((text("Fifty"), text("FTY"), number(50)), "0.00000000000000000000000000000001 FTY"),
    "no text": ((b"Maker".ljust(32, b"\0"), b"MKR".ljust(32, b"\0"), number(18)), "1 MKR"),
    "nothing": ((b"", b"", b""), "1,000,000,000,000,000,000 0x"),
    "no number": ((text("Odd"), text("ODD"), number(2**256 - 1)), "1,000,000,000,000,000,000 0x"),
    "hostile": ((text(HOSTILE), text(HOSTILE), number(18)), "1 &lt;script&gt;"),
    "long": ((text(LONG), text(LONG), number(18)), "1 0x"),
    "half a text": ((text(LONG)[:70], text(LONG)[:70], number(18)), "1 0x"),
}


@pytest.fixture(params=SAYS)
def said(request, site):
    """Give a token that says something about itself, and how a price of it begins."""
    answers, price = SAYS[request.param]
    market = site.market
    token = to_checksum_address(market.create("BoastingToken", b"")["contractAddress"])
    data = keccak(text="say(bytes,bytes,bytes)")[:4] + encode(["bytes"] * 3, answers)
    market.mined({"from": market.owner, "to": token, "data": "0x" + data.hex(), "gas": hex(20_000_000)})
    return token, price


def test_pages_stay_whole_when_a_listing_asks_for_a_token_that_says_anything(site, buyer, said):
    token, price = said
    market = site.market
    terms = market.terms(1, currency=token, unit_price_units=PRICE_UNITS, arbiter_fee_units=0)
    listing = market.list(terms)
    site.follow()
    Currencies(site.index.settings, site.index.engine).look_up()
    for path in ("/", "/explore", "/c/1", f"/l/{listing}", f"/l/{listing}/buy"):
        answer = buyer.get(path)
        assert answer.status_code == 200, path
        source = answer.get_data(as_text=True)
        assert "<script>alert" not in source, path
        assert not [sign for sign in UNSEEN if sign in source], path
        assert len(source) < MOST_BYTES, path
    source = buyer.get(f"/l/{listing}").get_data(as_text=True)
    assert price in source.replace("\u2068", "").replace("\u2069", "")
    assert "Nobody here knows this token." in source


def test_form_is_answered_when_the_token_that_it_names_says_anything(seller, arbiter, said):
    token, _ = said
    form = listing_form(arbiter.address, currency="other", other_currency=token, price="5", arbiter_fee="1")
    answer = seller.post_form("/listings/new?community=1", form)
    source = answer.get_data(as_text=True)
    assert answer.status_code in (303, 422), source[:500]
    assert "<script>alert" not in source
    if answer.status_code == 422:
        assert problems(answer)
