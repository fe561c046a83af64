"""The part of the gas benchmark about sealed files: list, buy, deliver the key, refute a wrong one, ask for it again.

Each is done twice and measured the second time, in the steady state; what is new with every order stays new.
"""

from dataclasses import replace

from eth_abi.abi import encode
from web3 import Web3

from bench.story import BUYER, SELLER, Story
from bench.terms import Purchase, Terms
from tests.helpers.terms import FILE
from tools.files import wrap as curve

SIZE_BYTES = 48_211_337
FILE_TYPES = ["bytes32", "bytes32", "bytes32", "uint64"]


def measure(story: Story) -> None:
    """Do it all and keep gas by key in the story."""
    for measured in (False, True):
        _sold_and_refuted(story, measured)


def _sold_and_refuted(story: Story, measured: bool) -> None:
    def key(name: str) -> str | None:
        return name if measured else None

    market, requests = story.market.functions, story.key_requests.functions
    terms, file, sold = _listing(story)
    story.call(SELLER, market.listFile(terms.words(), 240, file), key=key("list_file"))
    for is_right in (True, False):
        secret = _number(story)
        purchase = _purchase(story, secret)
        bound = market.buy(terms.words(), 1, terms.unit_price, 350, story.time_s + 1_800, purchase.words())
        story.call(BUYER, bound, key=key("buy_file"), value_wei=terms.unit_price)
        ref = bytes(market.refOf(purchase.words()).call())
        order_key = bytes(market.keyOf(market.listingIdOf(terms.words()).call(), story.accounts[BUYER], ref).call())
        wrap = _wrap(sold if is_right else story.hash(), order_key, secret, _number(story))
        story.step("deliverFile", SELLER, terms, ref, wrap, key=key("deliver_file"))
        if not is_right:
            claim = (file, purchase.words(), wrap, secret)
            story.step("claimBadKey", BUYER, terms, ref, *claim, key=key("bad_key_claim"))
            continue
        asked = _number(story)
        words = _words(curve.point_of(asked))
        story.call(BUYER, requests.ask(order_key, *words), key=key("key_ask"))
        answer = _wrap(sold, order_key, asked, _number(story))
        story.call(SELLER, requests.answer(order_key, *words, answer), key=key("key_answer"))
        story.step("confirm", BUYER, terms, ref)


def _listing(story: Story) -> tuple[Terms, tuple, bytes]:
    """Give terms of a file, the file, and its key."""
    plain, sold = story.terms(), story.hash()
    file = (curve.key_hash(plain.salt, sold), story.hash(), story.hash(), SIZE_BYTES)
    extras = bytes(Web3.keccak(encode(FILE_TYPES, list(file))))
    return replace(plain, rules=replace(plain.rules, kind=FILE), extras=extras), file, sold


def _purchase(story: Story, secret: int) -> Purchase:
    x, y = _words(curve.point_of(secret))
    return replace(story.purchase(), encryption_key_x=x, encryption_key_y=y)


def _wrap(sold: bytes, order_key: bytes, secret: int, ephemeral: int) -> tuple[bytes, bytes, bytes]:
    wrap = curve.wrap(sold, order_key, curve.point_of(secret), ephemeral)
    return (*_words(wrap.point), wrap.masked)


def _words(point: curve.Point) -> tuple[bytes, bytes]:
    return point.x.to_bytes(32), point.y.to_bytes(32)


def _number(story: Story) -> int:
    """Give the next fixed number from 1 to n - 1."""
    return 1 + int.from_bytes(story.hash()) % (curve.ORDER - 1)
