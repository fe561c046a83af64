"""The part of the gas benchmark that divides income: a split of five, changed, paid into, swept and claimed from."""

from typing import Any

from eth_account import Account

from bench.story import BUYER, CHAIN_ID, HELPER, OTHER_BUYER, SELLER, STEWARD, Story
from bench.terms import ETH, Rules
from tools.chain import MNEMONIC

PAYEES = (SELLER, BUYER, OTHER_BUYER, HELPER, STEWARD)
SHARES_BPS = (4_000, 2_500, 2_000, 1_000, 500)
CHANGED_BPS = (3_500, 2_000, 2_000, 1_500, 1_000)  # the first two give, the others take
INCOME_WEI = 37_400_000_000_000_123
INCOME_UNITS = 12_500_000_000_000_000_321
CHANGE_TYPES = {
    "Change": [
        {"name": "splitId", "type": "uint64"},
        {"name": "version", "type": "uint32"},
        {"name": "shares", "type": "Share[]"},
        {"name": "newPayees", "type": "address[]"},
        {"name": "deadline", "type": "uint40"},
    ],
    "Share": [
        {"name": "seat", "type": "uint16"},
        {"name": "bps", "type": "uint16"},
        {"name": "lockedUntil", "type": "uint40"},
    ],
}


def measure(story: Story) -> None:
    """Measure each call on the second split, as most are not the first; income before it fills the slots in use."""
    for key in (None, "split_create"):
        split_id = _create(story, key)
    token = story.token.address
    story.pay(BUYER, story.splits.functions.depositOf(split_id).call(), INCOME_WEI)
    story.call(HELPER, story.splits.functions.sweep(split_id, ETH), key="split_sweep_first")
    _claim(story, split_id, ETH, "split_claim_first")
    story.pay(BUYER, story.splits.functions.depositOf(split_id).call(), INCOME_WEI + 7)
    story.call(HELPER, story.splits.functions.sweep(split_id, ETH), key="split_sweep")
    _claim(story, split_id, ETH, "split_claim")
    for measured in (False, True):
        deposit = story.splits.functions.depositOf(split_id).call()
        story.call(BUYER, story.token.functions.transfer(deposit, INCOME_UNITS))
        story.call(HELPER, story.splits.functions.sweep(split_id, token), key="split_sweep_token" if measured else None)
        _claim(story, split_id, token, "split_claim_token" if measured else None)
    _sell(story, split_id)
    _agree(story, split_id)


def _sell(story: Story, split_id: int) -> None:
    """Sell for the split: what its credit costs more than one to the seller alone, and bringing it into the books."""
    rules = Rules(kind=3, instant=True, max_fee_bps=1_000, community_id=1, split_version=1, split_id=split_id)
    terms = story.list(story.terms(rules=rules))
    for measured in (False, True):
        ref = story.buy(terms)
        story.deliver(terms, ref)
        gas = story.step("confirm", BUYER, terms, ref, key="confirm_split" if measured else None)
        if measured:
            story.gas["split5_credit_extra"] = max(0, gas - story.gas["confirm"])
            bound = story.splits.functions.collect(story.market.address, ETH, split_id, 1)
            story.call(HELPER, bound, key="split_collect")


def _create(story: Story, key: str | None) -> int:
    splits = story.splits.functions
    payees = [story.accounts[number] for number in PAYEES]
    shares = [(seat, bps, 0) for seat, bps in enumerate(SHARES_BPS)]
    story.call(SELLER, splits.create(payees, shares), key=key)
    return int(splits.splitCount().call())


def _claim(story: Story, split_id: int, currency: str, key: str | None) -> None:
    bound = story.splits.functions.claim(split_id, 1, 0, currency, story.accounts[SELLER])
    story.call(SELLER, bound, key=key)


def _agree(story: Story, split_id: int) -> None:
    """Change the shares: the first payee calls, the second has signed. Then the ways without a signature."""
    splits = story.splits.functions
    until_ts = story.time_s + 86_400
    change: tuple[Any, ...] = ([(seat, bps, 0) for seat, bps in enumerate(CHANGED_BPS)], [], until_ts)
    signature = _signed(story, BUYER, split_id, 2, change)
    story.call(SELLER, splits.change(split_id, change, [b"", signature]), key="split_change")
    back: tuple[Any, ...] = ([(seat, bps, 0) for seat, bps in enumerate(SHARES_BPS)], [], until_ts)
    story.call(STEWARD, splits.propose(split_id, 4, back), key="split_propose")
    story.call(HELPER, splits.approve(splits.hashOfChange(split_id, back).call(), True), key="split_approve")
    story.call(SELLER, splits.movePayee(split_id, 0, story.accounts[0]), key="split_move_payee")


def _signed(story: Story, who: int, split_id: int, version: int, change: tuple[Any, ...]) -> bytes:
    """Sign a change with a test key."""
    Account.enable_unaudited_hdwallet_features()
    signer = Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{who}")
    shares, new_payees, deadline = change
    domain = {
        "name": "Dokkaebi Splits",
        "version": "1",
        "chainId": CHAIN_ID,
        "verifyingContract": story.splits.address,
    }
    message = {
        "splitId": split_id,
        "version": version,
        "shares": [dict(zip(("seat", "bps", "lockedUntil"), share, strict=True)) for share in shares],
        "newPayees": new_payees,
        "deadline": deadline,
    }
    return bytes(signer.sign_typed_data(domain, CHANGE_TYPES, message).signature)
