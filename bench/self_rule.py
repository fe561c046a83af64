"""The part of the gas benchmark about members and their decisions: locked, delegated, proposed, voted on, carried out."""

from dataclasses import replace

from web3 import Web3

from bench.story import BUYER, DAY_S, OTHER_BUYER, STEWARD, UNIT, Story

LOCKED_UNITS = 1_000 * UNIT
MORE_UNITS = 250 * UNIT
DELAY_S, PERIOD_S, TIMELOCK_S = DAY_S, 3 * DAY_S, 2 * DAY_S
FOR = 1


def measure(story: Story) -> None:
    """Have two members lock tokens of the first community, then carry a payment of its treasury through all its steps."""
    story.call(STEWARD, story.memberships.functions.open(1), key="open_membership")
    membership = story.contract("Membership", story.memberships.functions.membershipOf(1).call())
    _join(story, membership)
    _buy_as_member(story)
    params = (DELAY_S, PERIOD_S, TIMELOCK_S, 2_000, 100 * UNIT, 10 * UNIT, 2, 0)
    story.call(STEWARD, story.governors.functions.open(1, params), key="open_governor")
    _decide(story)
    story.call(OTHER_BUYER, membership.functions.requestUnlock(LOCKED_UNITS), key="request_unlock")
    story.wait(30 * DAY_S)
    story.call(OTHER_BUYER, membership.functions.withdraw(story.accounts[OTHER_BUYER], 0), key="withdraw_unlocked")


def _join(story: Story, membership) -> None:
    token, members = story.token.functions, membership.functions
    for member, key in ((BUYER, None), (OTHER_BUYER, "lock")):
        story.call(member, token.approve(membership.address, 2**256 - 1))
        story.call(member, members.lock(LOCKED_UNITS), key=key)
    story.call(BUYER, members.lock(MORE_UNITS), key="lock_more")


def _buy_as_member(story: Story) -> None:
    common = story.terms()
    discounted = story.list(replace(common, clocks=replace(common.clocks, member_level=1, member_discount_bps=1_000)))
    story.buy(discounted, "buy_member", price_units=-(-discounted.unit_price * 9 // 10))
    story.call(STEWARD, story.registry.functions.setWaivers(1, 50, 0), key="set_waivers")
    in_token = story.list(story.terms(currency=story.token.address))
    story.call(BUYER, story.token.functions.approve(story.market.address, 2**256 - 1))
    story.buy(in_token, "buy_token_waived")


def _decide(story: Story) -> None:
    governor = story.contract("CommunityGovernor", story.governors.functions.governorOf(1).call()).functions
    treasury = story.governors.functions.timelockOf(1).call()
    story.call(BUYER, story.token.functions.transfer(treasury, 100 * UNIT))
    words = "라디오 부품을 사요. " + story.hash().hex()
    paying = story.token.encode_abi("transfer", [story.accounts[OTHER_BUYER], 7 * UNIT])
    calls = ([story.token.address], [0], [paying])
    story.call(BUYER, governor.propose(*calls, words), key="propose")
    story.wait(DELAY_S)
    named = (*calls, Web3.keccak(text=words))
    proposal = governor.hashProposal(*named).call()
    story.call(OTHER_BUYER, governor.castVote(proposal, FOR), key="vote_first")
    story.call(BUYER, governor.castVote(proposal, FOR), key="vote")
    story.wait(PERIOD_S)
    story.call(BUYER, governor.queue(*named), key="queue")
    story.wait(TIMELOCK_S)
    story.call(BUYER, governor.execute(*named), key="execute")
