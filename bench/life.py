"""The part of the gas benchmark about what fewer orders need: parts, clocks, other holders, agreements, bonds, carts.

Each is done twice and measured the second time, in the steady state; what is new with every order stays new.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import encode_typed_data
from web3 import Web3

from bench.terms import ETH, Terms
from tools.chain import MNEMONIC

if TYPE_CHECKING:
    from bench.story import Story

SELLER, BUYER, OTHER_BUYER, HELPER = 2, 3, 6, 7
CHAIN_ID, DAY_S, PART_WEI, DEPOSIT_WEI = 31337, 86_400, 1_000_000_007, 10**18
MILESTONES = ((2_500, 5 * DAY_S, 7 * DAY_S), (2_500, 5 * DAY_S, 7 * DAY_S), (5_000, 5 * DAY_S, 7 * DAY_S))
EXTRAS = (MILESTONES, False)
SETTLEMENT = (
    "order:bytes32 holder:address remaining:uint256 toHolder:uint256 basis:bytes32 sequence:uint256 deadline:uint256"
)


def rest_of_life(story: Story) -> None:
    """Do it all and keep gas by key in the story."""
    for measured in (False, True):
        _parts_and_settlement(story, measured)
        _signed(story, measured)
    _bonds(story)
    _referral(story)
    _milestones(story)
    _cart(story)


def _key(name: str, measured: bool) -> str | None:
    return name if measured else None


def _order(story: Story, terms: Terms, ref: bytes) -> tuple[bytes, Any]:
    """Give an order's key and the order."""
    listing_id = story.market.functions.listingIdOf(terms.words()).call()
    key = story.market.functions.keyOf(listing_id, story.accounts[BUYER], ref).call()
    return key, story.market.functions.orderOf(key).call()


def _parts_and_settlement(story: Story, measured: bool) -> None:
    goods = story.list(story.goods())
    ref = story.buy(goods)
    _, (left, clock, *_) = _order(story, goods, ref)
    story.step("extend", BUYER, goods, ref, clock, clock + DAY_S, key=_key("extend", measured))
    story.step("release", BUYER, goods, ref, left, PART_WEI, key=_key("release", measured))
    left -= PART_WEI
    story.step("refundPart", SELLER, goods, ref, left, PART_WEI, key=_key("refund_part", measured))
    left -= PART_WEI
    story.step("offerSettlement", SELLER, goods, ref, left, PART_WEI, key=_key("offer_settlement", measured))
    story.step("acceptSettlement", BUYER, goods, ref, PART_WEI, key=_key("accept_settlement", measured))
    ref = story.buy(goods)
    to = story.accounts[OTHER_BUYER]
    story.step("transferOrder", BUYER, goods, ref, to, key=_key("transfer_order", measured))
    story.step("refund", SELLER, goods, ref)


def _signed(story: Story, measured: bool) -> None:
    goods = story.list(story.goods())
    ref = story.buy(goods)
    key, order = _order(story, goods, ref)
    deadline = story.time_s + DAY_S
    basis = story.market.functions.basisOf(goods.words(), story.accounts[BUYER], ref).call()
    values = (key, story.accounts[BUYER], order[0], PART_WEI, basis, 0, deadline)
    fields = [dict(zip(("name", "type"), part.split(":"), strict=True)) for part in SETTLEMENT.split()]
    message = {part["name"]: value for part, value in zip(fields, values, strict=True)}
    shown = {"name": "Dokkaebi Market", "version": "1", "chainId": CHAIN_ID, "verifyingContract": story.market.address}
    Account.enable_unaudited_hdwallet_features()
    signer = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{SELLER}")
    signature = signer.sign_message(encode_typed_data(shown, {"Settlement": fields}, message)).signature
    more = (PART_WEI, deadline, bytes(signature))
    story.step("settleBySignature", BUYER, goods, ref, *more, key=_key("settle_signed", measured))


def _bonds(story: Story) -> None:
    market = story.market.functions
    for measured in (False, True):
        for party in (SELLER, BUYER):
            deposit = market.depositBond(story.accounts[party], ETH, DEPOSIT_WEI)
            story.call(HELPER, deposit, key=_key("deposit_bond", measured), value_wei=DEPOSIT_WEI)
    plain = story.goods()
    goods = story.list(replace(plain, rules=replace(plain.rules, bond_bps=1_000), arbiter_fee=PART_WEI))
    for end in ("confirm", "dispute"):
        ref = story.buy(goods)
        story.step("accept", SELLER, goods, ref, key="accept_bond")
        story.deliver(goods, ref)
        if end == "confirm":
            story.step("confirm", BUYER, goods, ref, key="confirm_bond")
        else:
            story.step("dispute", BUYER, goods, ref, "", story.hash(), key="dispute_bond")
    story.call(SELLER, market.withdrawBond(ETH, PART_WEI), key="withdraw_bond")


def _referral(story: Story) -> None:
    plain = story.terms()
    instant = story.list(replace(plain, rules=replace(plain.rules, referral_bps=200)))
    for measured in (False, True):
        purchase = replace(story.purchase(), referrer=story.accounts[HELPER])
        bound = story.market.functions.buy(
            instant.words(), 1, instant.unit_price, 1_000, story.time_s + 1_800, purchase.words()
        )
        story.call(BUYER, bound, key=_key("buy_referred", measured), value_wei=instant.unit_price)
        ref = bytes(story.market.functions.refOf(purchase.words()).call())
        story.deliver(instant, ref)
        story.step("confirm", BUYER, instant, ref, key=_key("confirm_referred", measured))


def _milestones(story: Story) -> None:
    extras = Web3.keccak(encode(["((uint16,uint32,uint32)[],bool)"], [EXTRAS]))
    plain = story.goods()
    work = replace(
        plain, rules=replace(plain.rules, kind=3), clocks=replace(plain.clocks, transit_for=0), extras=bytes(extras)
    )
    story.call(SELLER, story.market.functions.listWithExtras(work.words(), 240, EXTRAS), key="list_milestones")
    ref = story.buy(work)
    story.step("accept", SELLER, work, ref)
    for number in (0, 1):
        story.step("deliverMilestone", SELLER, work, ref, EXTRAS, number, story.hash(), key="deliver_milestone")
        story.step("confirmMilestone", BUYER, work, ref, EXTRAS, number, key="confirm_milestone")


def _cart(story: Story) -> None:
    listings = [story.list(story.terms()) for _ in range(10)]
    for terms in listings:
        story.buy(terms)  # a listing's first order costs no more than its second, but let both be second ones
    single = 0
    for terms in listings:
        story.buy(terms, "_single")
        single += story.gas.pop("_single")
    items = [(terms.words(), 1, terms.unit_price, 350, story.purchase().words()) for terms in listings]
    total = sum(terms.unit_price for terms in listings)
    bound = story.market.functions.buyMany(items, story.time_s + 1_800, [])
    story.gas["cart10"] = story.call(BUYER, bound, value_wei=total)
    story.gas["cart10_ratio"] = story.gas["cart10"] * 1_000 // single + 1
