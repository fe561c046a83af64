"""The part of the gas benchmark about claims: phases opened and closed, and claimed in with a proof of 14 elements."""

from collections.abc import Sequence
from typing import Any

from web3 import Web3

from bench.story import BUYER, DAY_S, OTHER_BUYER, STEWARD, UNIT, Story
from bench.terms import ETH
from frontend.merkle import Tree, leaf_of, tree_of

COMMUNITY = 3
NO_LIST = bytes(32)
LINES = 10_000  # a proof of 13 or 14 elements
ALLOWANCE_UNITS = 1_250 * UNIT + 3
SUPPLY_UNITS = 1_050_000 * UNIT
PRICE_WEI = 1_230_000_000_000_007
CLAIM_UNITS = 420 * UNIT + 1


def measure(story: Story) -> None:
    """Open a community with a reserve, then each kind of phase; a holder claims first, and again."""
    token = _open_community(story)
    free, tree = _open_phase(story, token, 1, key="claim_phase_open")
    _claim(story, free, tree, OTHER_BUYER)
    _claim(story, free, tree, BUYER, key="claim_first_new_holder")
    paid, tree = _open_phase(story, token, 2, price_wei=PRICE_WEI)
    _claim(story, paid, tree, OTHER_BUYER)
    _claim(story, paid, tree, BUYER, key="claim_first_paid")
    _claim(story, paid, tree, BUYER, key="claim_paid")
    free, tree = _open_phase(story, token, 3)
    _claim(story, free, tree, BUYER, key="claim_first")
    _claim(story, free, tree, BUYER, key="claim")
    opened, _ = _open_phase(story, token, 4, has_list=False)
    _claim(story, opened, None, BUYER)
    _claim(story, opened, None, BUYER, key="claim_open_phase")
    story.call(STEWARD, story.claims.functions.closePhase(free), key="claim_phase_close")


def _open_community(story: Story) -> str:
    params = (
        "밤의 시장",
        "NIGHT",
        21_000_000 * UNIT,
        0,
        0,
        0,
        250,
        "https://dokkaebi.example/content/" + story.hash().hex(),
        story.hash(),
        story.claims.address,
        5_250_000 * UNIT,
        ETH,
        0,
    )
    story.call(STEWARD, story.registry.functions.openCommunity(params))
    return str(story.registry.functions.tokenOf(COMMUNITY).call())


def _open_phase(
    story: Story, token: str, number: int, *, has_list: bool = True, price_wei: int = 0, key: str | None = None
) -> tuple[tuple[Any, ...], Tree | None]:
    """Open a phase for both buyers and many others, or without a list; give it and the list's tree."""
    tree = None
    if has_list:
        others = (Web3.keccak(text=f"{number} {line}")[12:].hex() for line in range(LINES - 2))
        accounts = (story.accounts[BUYER], story.accounts[OTHER_BUYER], *others)
        tree = tree_of(leaf_of(token, number, account, ALLOWANCE_UNITS) for account in accounts)
    start = story.time_s
    root = NO_LIST if tree is None else tree.root
    phase = (token, COMMUNITY, number, start, start + 30 * DAY_S, SUPPLY_UNITS, 0, price_wei, ETH, root)
    story.call(STEWARD, story.claims.functions.openPhase(phase), key=key)
    return phase, tree


def _claim(story: Story, phase: Sequence[Any], tree: Tree | None, who: int, key: str | None = None) -> None:
    account = story.accounts[who]
    proof = [] if tree is None else tree.proof(leaf_of(phase[0], phase[2], account, ALLOWANCE_UNITS))
    allowance_units = 0 if tree is None else ALLOWANCE_UNITS
    cost_wei = story.claims.functions.costOf(CLAIM_UNITS, phase[7]).call()
    bound = story.claims.functions.claim(phase, CLAIM_UNITS, allowance_units, proof, cost_wei, account)
    story.call(who, bound, key=key, value_wei=cost_wei)
