"""Members and proposals in the index: what a page shows of them is what the contracts say, and nonsense changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from frontend.index.changes import Changes
from frontend.index.decode import Event, Log, Malformed
from frontend.index.member_state import HANDLERS as MEMBER_HANDLERS
from frontend.index.proposal_state import HANDLERS as PROPOSAL_HANDLERS
from frontend.index.proposal_state import hex_id
from frontend.index.proposal_views import Governor, Proposal
from frontend.index.queries import Queries
from tests.index.assembly import Assembly
from tests.index.market import DAY_S, ETHER, ZERO_ADDRESS, Index, Market, Told

RADIO, MOSS = 1, 2
STRANGE = "0x" + "99" * 32
NOBODY = "0x" + "98" * 20
# by the numbers of OpenZeppelin's ProposalState
STATES = ("pending", "active", "cancelled", "defeated", "succeeded", "queued", "expired", "executed")
HANDLERS = MEMBER_HANDLERS | PROPOSAL_HANDLERS


@pytest.fixture
def market(told: Told) -> Market:
    return told.market


@pytest.fixture
def assembly(market: Market) -> Assembly:
    return market.assembly


def the_governor(queries: Queries, community_id: int = RADIO) -> Governor:
    (found,) = queries.governors(community_id)
    return found


def quorum_of(queries: Queries, proposal: Proposal, community_id: int = RADIO) -> int:
    membership = queries.membership(community_id)
    assert membership is not None
    locked_units = queries.locked_at(membership.address, proposal.start_ts)
    return the_governor(queries, community_id).quorum_of(locked_units)


def expect_members_told(queries: Queries, market: Market, assembly: Assembly) -> None:
    """Compare every member with what the contract says."""

    def ask(function: str, *args: Any) -> Any:
        return market.ask("Membership", assembly.membership, function, *args)[0]

    membership = queries.membership(assembly.community_id)
    assert membership is not None
    assert membership.address == assembly.membership.lower()
    assert (membership.member_count, membership.locked_units) == (ask("memberCount"), ask("totalActive"))
    assert membership.tiers == tuple(ask("tiers"))
    held = {member.account for member in queries.members(membership.address).items}
    assert len(held) == membership.member_count
    for account in market.people:
        member = queries.member(membership.address, account)
        assert (member.account in held) == bool(ask("balanceOf", account))
        assert member.locked_units == ask("activeOf", account)
        assert member.votes_units == ask("getVotes", account)
        assert member.delegate == ask("delegates", account)
        assert membership.tier_of(member.locked_units) == ask("tierOf", account)
        unlocks = queries.unlocks(membership.address, account)
        assert len(unlocks) == ask("unlockCount", account)
        for unlock in unlocks:
            left = (unlock.amount_units, unlock.available_at_ts) if unlock.state == "waiting" else (0, 0)
            assert ask("unlockOf", account, unlock.number) == left


def expect_proposals_told(queries: Queries, market: Market, assembly: Assembly) -> None:
    """Compare every proposal and vote with what the contract says."""

    def ask(function: str, *args: Any) -> Any:
        return market.ask("CommunityGovernor", assembly.governor, function, *args)

    now_ts = market.now()
    found = queries.proposals(assembly.community_id).items
    assert [proposal.id for proposal in found] == [hex_id(one.number) for one in assembly.proposals[::-1]]
    for proposal in found:
        number = int(proposal.id, 16)
        assert ask("proposalProposer", number) == (proposal.proposer,)
        assert (ask("proposalSnapshot", number), ask("proposalDeadline", number)) == (
            (proposal.start_ts,),
            (proposal.end_ts,),
        )
        assert ask("proposalEta", number) == (proposal.eta_ts,)
        tally = (proposal.against_units, proposal.for_units, proposal.abstain_units)
        assert ask("proposalVotes", number) == tally
        quorum_units = quorum_of(queries, proposal, assembly.community_id)
        assert STATES[ask("state", number)[0]] == proposal.state_at(now_ts, quorum_units)
        if proposal.start_ts < now_ts:
            assert ask("quorum", proposal.start_ts) == (quorum_units,)
        voted = {vote.voter for vote in queries.votes(proposal.governor, proposal.id).items}
        assert len(voted) == proposal.voter_count
        for account in market.people:
            assert ask("hasVoted", number, account) == (account.lower() in voted,)


def test_members_are_what_the_contract_says_when_everything_has_happened(
    queries: Queries, market: Market, assembly: Assembly
):
    expect_members_told(queries, market, assembly)
    membership = queries.membership(RADIO)
    assert membership is not None
    assert membership.tiers == (ETHER, 10 * ETHER)
    states = [unlock.state for unlock in queries.unlocks(membership.address, market.buyer)]
    assert states == ["withdrawn", "cancelled"]
    assert [unlock.state for unlock in queries.unlocks(membership.address, market.other)] == ["waiting"]
    assert queries.member(membership.address, market.other).joined_at_ts == 0  # the badge went with the last token
    assert queries.membership(MOSS) is None


def test_proposals_are_what_the_contract_says_when_everything_has_happened(
    queries: Queries, market: Market, assembly: Assembly
):
    expect_proposals_told(queries, market, assembly)
    now_ts = market.now()
    states = [one.state_at(now_ts, quorum_of(queries, one)) for one in queries.proposals(RADIO).items]
    assert states == ["defeated", "defeated", "cancelled", "cancelled", "executed"]
    (executed,) = queries.executed_proposals(RADIO).items
    assert executed.description == "라디오 부품을 사요"
    assert executed.end_ts > executed.start_ts + 2 * DAY_S  # the quorum was reached late
    assert [(call.target, call.value_wei) for call in executed.calls] == [(market.token(RADIO).lower(), 0)]
    assert queries.proposals(MOSS).items == []


def test_governor_is_what_it_was_opened_with(queries: Queries, market: Market, assembly: Assembly):
    governor = the_governor(queries)
    ((community_id, membership, founder, params),) = market.ask("CommunityGovernor", assembly.governor, "arguments")
    told = (
        *(governor.voting_delay_s, governor.voting_period_s, governor.timelock_delay_s, governor.quorum_bps),
        *(governor.quorum_floor_units, governor.proposal_threshold_units, governor.min_members),
        governor.veto_until_ts,
    )
    assert (governor.community_id, governor.founder, told) == (community_id, founder, params)
    found = queries.membership(RADIO)
    assert found is not None
    assert found.address == membership
    assert market.ask("CommunityGovernor", assembly.governor, "timelock") == (governor.timelock,)


def test_votes_say_who_how_and_why(queries: Queries, market: Market, assembly: Assembly):
    governor, paid = the_governor(queries), hex_id(assembly.proposals[0].number)
    said = [(v.voter, v.choice, v.weight_units, v.reason) for v in queries.votes(governor.address, paid).items]
    assert said == [
        (market.buyer.lower(), "for", 12 * ETHER + ETHER // 4, "꼭 필요해요"),
        (market.other.lower(), "abstain", 12 * ETHER, "음"),
    ]
    vote = queries.vote_of(governor.address, paid, market.other)
    assert vote is not None
    assert vote.choice == "abstain"
    assert queries.vote_of(governor.address, paid, market.seller) is None


def test_power_at_a_second_is_what_the_contract_counts(queries: Queries, market: Market, assembly: Assembly):
    membership = queries.membership(RADIO)
    assert membership is not None
    for at_ts in {one.start_ts for one in queries.proposals(RADIO).items} | {membership.opened_at_ts - 1}:
        for account in market.people:
            (told,) = market.ask("Membership", assembly.membership, "getPastVotes", account, at_ts)
            assert queries.votes_at(membership.address, account, at_ts) == told
        (in_all,) = market.ask("Membership", assembly.membership, "getPastTotalSupply", at_ts)
        assert queries.locked_at(membership.address, at_ts) == in_all


def test_index_is_the_contracts_state_when_members_and_votes_are_undone(
    index: Index, market: Market, fresh: Callable[..., list[str]]
):
    community_id = market.open_community(market.seller)
    for account in (market.buyer, market.other):
        market.on_token(community_id, "mint", [account, 50 * ETHER], market.seller)
    before = market.head()
    assembly = Assembly(market, community_id)
    market.on_token(community_id, "mint", [market.seller, ETHER], market.seller)
    assembly.play(market.seller, market.buyer, market.other)
    index.follow()
    market.rpc("anvil_rollback", market.head() - before)
    assert index.follow() == fresh()
    queries = Queries(index.engine)
    assert queries.membership(community_id) is None
    assert queries.governors(community_id) == []
    again = Assembly(market, community_id).open(market.seller)
    again.lock(market.buyer, 7 * ETHER)
    again.lock(market.other, 2 * ETHER)
    proposal = again.propose(market.buyer, "다시")
    market.warp(DAY_S + 1)
    index.follow()
    again.on_governor("castVote", [proposal.number, 1], market.buyer)
    again.on_members("requestUnlock", [ETHER], market.other)
    index.follow()
    market.rpc("anvil_rollback", 2)
    again.on_governor("castVote", [proposal.number, 0], market.other)
    assert index.follow() == fresh()
    expect_members_told(queries, market, again)
    expect_proposals_told(queries, market, again)


def test_every_change_of_the_commission_is_listed_with_what_decided_it(queries: Queries):
    changes = queries.fee_changes(RADIO).items
    assert {change.proposal for change in changes} == {None}
    assert [(change.fee_bps, change.waivers, bool(change.raise_at_ts)) for change in changes] == [
        (300, None, True),
        (None, (20, 20), True),
        (None, (40, 10), False),
        (100, None, False),
        (900, None, True),
    ]


def nonsense(queries: Queries, market: Market, assembly: Assembly) -> list[tuple[str, str, dict[str, Any]]]:
    """Give what cannot be: event, who says it, arguments."""
    membership, governor = assembly.membership.lower(), assembly.governor.lower()
    buyer, other = market.buyer.lower(), market.other.lower()
    locked = queries.member(membership, buyer).locked_units
    votes = queries.member(membership, buyer).votes_units
    open_one, done = assembly.proposals[-1].number, assembly.proposals[0].number
    opened = {"id": RADIO, "membership": membership, "token": market.token(RADIO).lower()}
    vote = {"voter": buyer, "proposalId": open_one, "support": 1, "weight": 1, "reason": ""}
    governed = {"id": RADIO, "governor": governor, "timelock": NOBODY, "founder": buyer, "params": {}}
    return [
        ("MembershipOpened", market.memberships, opened),
        ("MembershipOpened", market.memberships, opened | {"membership": NOBODY, "id": 77}),
        ("MembershipOpened", market.memberships, opened | {"membership": NOBODY, "token": NOBODY}),
        ("TiersSet", NOBODY, {"thresholds": []}),
        ("TokensLocked", membership, {"account": buyer, "amount": 1, "active": locked}),
        ("TokensLocked", NOBODY, {"account": buyer, "amount": 1, "active": 1}),
        *(
            (
                "UnlockRequested",
                membership,
                {"account": buyer, "number": number, "amount": 1, "active": active, "availableAt": 9},
            )
            for number, active in ((7, locked - 1), (2, locked))
        ),
        ("UnlockCancelled", membership, {"account": buyer, "number": 1, "amount": ETHER, "active": locked + ETHER}),
        ("TokensWithdrawn", membership, {"account": other, "number": 0, "amount": 1}),
        ("TokensWithdrawn", membership, {"account": other, "number": 1, "amount": 1}),
        ("DelegateChanged", NOBODY, {"delegator": buyer, "toDelegate": other}),
        ("DelegateVotesChanged", membership, {"delegate": buyer, "previousVotes": votes + 1, "newVotes": 0}),
        ("GovernorOpened", market.governors, governed),
        ("GovernorOpened", market.governors, governed | {"governor": NOBODY, "id": 77}),
        ("ProposalCreated", NOBODY, {"proposalId": 1}),
        ("ProposalCreated", governor, {"proposalId": 1}),
        ("ProposalQueued", governor, {"proposalId": 1, "etaSeconds": 1}),
        ("ProposalExecuted", governor, {"proposalId": done}),
        ("VoteCast", governor, vote | {"proposalId": 5}),
        ("VoteCast", governor, vote | {"proposalId": done}),
        ("VoteCast", governor, vote | {"support": 3}),
        ("VoteCast", NOBODY, vote),
    ]


def test_nothing_changes_when_an_event_cannot_be(read: Index, queries: Queries, market: Market, assembly: Assembly):
    with read.engine.connect() as connection:
        changes = Changes(connection, journal_from=1)
        changes.begin_block(10**6)
        for name, speaker, args in nonsense(queries, market, assembly):
            with pytest.raises(Malformed):
                HANDLERS[name](changes, event_of(name, args, speaker), args, 1)
            changes.drop()


def event_of(name: str, args: dict[str, Any], speaker: str) -> Event:
    return Event(name, args, Log(10**6, STRANGE, 0, STRANGE, speaker.lower(), (), b""))


def test_a_badge_that_changes_hands_is_no_transfer_of_tokens(read: Index, queries: Queries, market: Market):
    assert "quarantine" not in {line.split(" ")[0].removeprefix("chain_") for line in read.dump()}
    token = queries.community(RADIO)
    assert token is not None
    assert market.ask("CommunityToken", token.token, "totalSupply") == (token.supply_units,)
    assert token.founder != ZERO_ADDRESS
