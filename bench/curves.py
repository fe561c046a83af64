"""The part of the gas benchmark about bonding curves: opened, bought from, sold to, swapped between."""

from typing import Any

from bench.story import BUYER, DAY_S, HELPER, STEWARD, UNIT, Story
from bench.terms import ETH

CAP_UNITS = 21_000_000 * UNIT
FOUNDER_UNITS = 2_100_000 * UNIT
CURVE_UNITS = 15_000_000 * UNIT
FEE_BPS = 250
BASE_WEI = 1_250_000_000_003
SLOPE_WAD = 3_700_000_000_000_000_000_000_007  # 3.7 million wei more for each token
AMOUNT_UNITS = 1_234 * UNIT + 567
ENOUGH_WEI = 900 * UNIT
ALWAYS = 2**256 - 1
LINE: tuple[Any, ...] = (ETH, FEE_BPS, BASE_WEI, SLOPE_WAD, [])


def measure(story: Story) -> None:
    """Open three curves, two on lines; trade once to fill the slots in use, then measured."""
    curves = story.curves.functions
    first, second, stepped = (_community(story) for _ in range(3))
    _open(story, first, LINE, None)
    _open(story, second, LINE, "curve_open")
    steps = [(CAP_UNITS // 16 * (place + 1), BASE_WEI * (place + 1)) for place in range(16)]
    _open(story, stepped, (ETH, FEE_BPS, 0, 0, steps), "curve_open_steps")
    for token, kind in ((first, ""), (second, None), (stepped, "_steps")):
        address = token.address
        story.call(BUYER, token.functions.approve(story.curves.address, ALWAYS))
        for measured in (False, True):
            key = None if kind is None or not measured else f"curve_buy{kind}"
            _buy(story, address, key)
        for measured in (False, True):
            key = None if kind is None or not measured else f"curve_sell{kind}"
            bound = curves.sell(address, AMOUNT_UNITS // 7, 1, story.time_s + DAY_S, story.accounts[BUYER])
            story.call(BUYER, bound, key=key)
    swapped = curves.swap(first.address, AMOUNT_UNITS // 5, second.address, AMOUNT_UNITS // 9, story.time_s + DAY_S)
    story.call(BUYER, swapped, key="curve_swap")


def _community(story: Story) -> Any:
    """Open a community whose curve may mint; its steward mints no more. Give the token."""
    description = ("https://dokkaebi.example/content/" + story.hash().hex(), story.hash())
    reserves = (ETH, 0, story.curves.address, CURVE_UNITS)
    named = ("한밤의 라디오 수리 모임", "RADIO", CAP_UNITS, FOUNDER_UNITS, 180 * DAY_S, 730 * DAY_S, 250)
    story.call(STEWARD, story.registry.functions.openCommunity((*named, *description, *reserves)))
    token = story.contract(
        "CommunityToken",
        story.registry.functions.tokenOf(story.registry.functions.communityCount().call()).call(),
    )
    story.call(STEWARD, token.functions.mint(story.accounts[HELPER], 1_000_000 * UNIT))
    story.call(STEWARD, token.functions.renounceMint())
    return token


def _open(story: Story, token: Any, params: tuple[Any, ...], key: str | None) -> None:
    bound = story.curves.functions.open(token.address, params, ENOUGH_WEI, 0, 0, story.time_s + DAY_S)
    story.call(STEWARD, bound, key=key, value_wei=ENOUGH_WEI)


def _buy(story: Story, token: str, key: str | None) -> None:
    """Send what is due, to the wei, as a page does that was just loaded."""
    _, _, total_wei = story.curves.functions.quoteBuy(token, AMOUNT_UNITS).call()
    bound = story.curves.functions.buy(token, AMOUNT_UNITS, total_wei, story.time_s + DAY_S, story.accounts[BUYER])
    story.call(BUYER, bound, key=key, value_wei=total_wei)
