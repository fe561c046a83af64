"""The part of the gas benchmark about blueprints: conditions are published, an order's units claimed, and one is made.

Done twice and measured the second time: the payee has a credit in use. The maker has made a piece of this design before.
"""

from eth_abi import encode
from web3 import Web3

from bench.story import BUYER, HELPER, PRICE_WEI, SELLER, Story
from bench.terms import ETH, Clocks, Rules

DAY_S = 86_400
FEE_WEI = PRICE_WEI // 10
CONDITIONS = "(address,uint128,address,uint64,uint32,bytes32)"


def measure(story: Story) -> None:
    """Do it all and keep gas by key in the story."""
    functions = story.blueprints.functions
    for measured in (False, True):
        conditions = (ETH, FEE_WEI, story.accounts[SELLER], 0, 0, story.hash())
        salt = Web3.keccak(encode([CONDITIONS], [conditions]))
        rules = Rules(kind=2, instant=True, max_fee_bps=1_000, community_id=1)
        clocks = Clocks(deliver_for=2 * DAY_S, inspect_for=7 * DAY_S, rule_for=7 * DAY_S)
        terms = story.list(story.terms(rules=rules, clocks=clocks, salt=salt))
        story.call(SELLER, functions.publish(terms.words(), conditions), key="blueprint_publish" if measured else None)
        refs = [story.buy(terms) for _ in range(2)]
        for ref in refs:
            story.deliver(terms, ref)
            story.step("confirm", BUYER, terms, ref)
        listing_id = story.market.functions.listingIdOf(terms.words()).call()
        buyer = story.accounts[BUYER]
        for ref in refs:
            story.call(
                HELPER, functions.claim(terms.words(), buyer, ref, buyer), key="blueprint_claim" if measured else None
            )
        for number in (1, 2):
            serials = [f"DKB-2024-{number:06}".encode().ljust(32, b"\0")]
            story.call(
                BUYER,
                functions.make(listing_id, serials),
                key="blueprint_make" if measured else None,
                value_wei=FEE_WEI,
            )
