"""Self-rule: opening a governor, proposing calls, voting on them, and having them carried out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from flask_babel import gettext

from frontend.contracts.registry import Registry, function_abi, selector
from frontend.errors import MarketError, NotFound
from frontend.formatters import ETH
from frontend.index.proposal_views import Governor, GovernorRules, Proposal, ProposedCall
from frontend.index.queries import Queries
from frontend.marks import N_
from frontend.services.chain import Chain, RpcError
from frontend.services.intents import Call, Intent, Intents, Line, Plan, checksummed
from frontend.services.proposed_calls import NOTHING
from frontend.services.revert_texts import sentence
from frontend.services.reverts import NoFunds, Reverted, decode_revert

ABI = "CommunityGovernor"
FACTORY = "Governors"
CHOICES = {"against": 0, "for": 1, "abstain": 2}
CHOICE_TEXTS = {"against": N_("Against"), "for": N_("For"), "abstain": N_("Abstain")}
MOST_TRIED = 20  # calls of one proposal, of which anybody may make as many as a block holds
TIMESTAMPS = bytes.fromhex("9a37c2aa9d186a0969ff8a8267bf4e07e864c2f2768f5040949e28a624fb3600")
READY = f"0x{2:064x}"  # a time long past; 1 would mean that it is done
RESERVED = "#proposer="  # OpenZeppelin's mark: only this account may propose these words


@dataclass(frozen=True)
class Outcome:
    """What would come of a call now; the problem is empty when it would go through."""

    problem: str
    is_reached: bool = True  # False: a call before it would fail, and then none of them is made


@dataclass(frozen=True)
class Trial:
    """What would come of a proposal's first MOST_TRIED calls now."""

    outcomes: tuple[Outcome, ...]
    is_in_order: bool  # each after those before it; else each by itself, since the node cannot do more


class NotAsPretended(MarketError):
    """The node does not pretend storage for a call, so calls cannot be tried one after the other."""


@dataclass(frozen=True)
class Batch:
    """Calls as governor and timelock take them."""

    targets: tuple[str, ...]
    values: tuple[int, ...]  # wei
    payloads: tuple[bytes, ...]

    @staticmethod
    def of(calls: Sequence[ProposedCall]) -> Batch:
        """Give calls in their order."""
        return Batch(
            tuple(to_checksum_address(call.target) for call in calls),
            tuple(call.value_wei for call in calls),
            tuple(bytes.fromhex(call.data[2:]) for call in calls),
        )

    @property
    def _encoded(self) -> bytes:
        kinds = ("address[]", "uint256[]", "bytes[]", "bytes32", "bytes32")
        return encode(kinds, (self.targets, self.values, self.payloads, bytes(32), bytes(32)))

    @property
    def data(self) -> str:
        """Give the call of the timelock that makes them all."""
        return "0x" + (selector(function_abi("CommunityTimelock", "executeBatch")) + self._encoded).hex()

    @property
    def ready_slot(self) -> str:
        """Give where the timelock keeps since when they may be made. Source: TimelockControllerUpgradeable, ERC-7201."""
        return "0x" + keccak(keccak(self._encoded) + TIMESTAMPS).hex()


def words_of(text: str, account: str) -> str:
    """Give the description that only this account can propose, so that nobody can propose it first and cancel it."""
    return f"{text}\n\n{RESERVED}{checksummed(account)}"


def said_words(description: str) -> str:
    """Give a description without the mark that reserves it."""
    text, mark, rest = description.rpartition(RESERVED)
    return text.rstrip() if mark and len(rest) == len(ETH) else description


class Proposals:
    """What members, and everybody else, can do with proposals."""

    def __init__(self, registry: Registry, chain: Chain, intents: Intents, queries: Queries) -> None:
        self.registry = registry
        self.chain = chain
        self.intents = intents
        self.queries = queries

    def ask_trial(self, governor: Governor, calls: Sequence[ProposedCall]) -> Trial:
        """Run the first MOST_TRIED calls as the timelock would now, and tell what would come of each.

        Raises: NodeError. Chain: simulates at the newest block.
        """
        self.intents.check_chain()
        tried = calls[:MOST_TRIED]
        if len(tried) > 1:
            with suppress(RpcError, NotAsPretended):
                return Trial(tuple(self._in_order(governor, tried)), is_in_order=True)
        timelock = to_checksum_address(governor.timelock)
        return Trial(tuple(self._outcome(timelock, call) for call in tried), is_in_order=len(tried) == 1)

    def _in_order(self, governor: Governor, calls: Sequence[ProposedCall]) -> Iterator[Outcome]:
        """Try all of them; if that fails the first call, then the first two, and so on: what fails first is the newest of them."""
        go_through = not self._last_outcome(governor, calls).problem
        failed = False
        for count, call in enumerate(calls, 1):
            if failed or go_through:
                outcome = Outcome("", is_reached=not failed)
            else:
                outcome = self._last_outcome(governor, calls[:count])
            failed = failed or bool(outcome.problem)
            yield outcome if failed else self._without_code(call) or outcome

    def _last_outcome(self, governor: Governor, calls: Sequence[ProposedCall]) -> Outcome:
        batch = Batch.of(calls)
        timelock = str(to_checksum_address(governor.timelock))
        ready = {timelock: {batch.ready_slot: READY}}
        try:
            self.chain.call(timelock, batch.data, sender=to_checksum_address(governor.address), storage=ready)
        except Reverted as reverted:
            refusal = decode_revert(reverted)
            if refusal.name in ("TimelockUnexpectedOperationState", "AccessControlUnauthorizedAccount"):
                raise NotAsPretended from None
            if refusal.name == "FailedCall" and sum(batch.values) > self.chain.balance(timelock):
                return Outcome(gettext("The treasury does not hold so much ETH."))
            return Outcome(sentence(refusal))
        return Outcome("")

    def _without_code(self, call: ProposedCall) -> Outcome | None:
        if call.data == NOTHING or self.chain.has_code(to_checksum_address(call.target)):
            return None
        return Outcome(gettext("There is no contract at this address, so the call would do nothing."))

    def ask_holdings(self, governor: Governor, currencies: Sequence[str]) -> list[tuple[str, int]]:
        """Give what a timelock holds, by currency, in smallest units. Raises: NodeError. Chain: reads balances."""
        self.intents.check_chain()
        timelock = to_checksum_address(governor.timelock)
        return [(currency, self.chain.held(currency, timelock)) for currency in currencies]

    def _outcome(self, timelock: str, call: ProposedCall) -> Outcome:
        try:
            self.chain.call(to_checksum_address(call.target), call.data, sender=timelock, value_wei=call.value_wei)
        except Reverted as reverted:
            return Outcome(sentence(decode_revert(reverted)))
        except NoFunds:
            return Outcome(gettext("The treasury does not hold so much ETH."))
        if call.value_wei > self.chain.balance(timelock):
            return Outcome(gettext("The treasury does not hold so much ETH."))
        return self._without_code(call) or Outcome("")

    def prepare_open_governor(
        self, account: str, community_id: int, rules: GovernorRules, form_key: str = ""
    ) -> Intent:
        """Give the intent that opens a governor and its timelock. Steward only."""
        community = self.queries.community(community_id)
        if community is None:
            raise NotFound(gettext("There is no such community."))
        values = tuple(vars(rules).values())
        lines = [
            Line(N_("From a proposal to the count of votes"), "duration", str(rules.voting_delay_s)),
            Line(N_("Time of voting"), "duration", str(rules.voting_period_s)),
            Line(N_("From a won vote to its execution"), "duration", str(rules.timelock_delay_s)),
            Line(N_("Quorum, of all locked tokens"), "bps", str(rules.quorum_bps)),
            Line(N_("Quorum, at least"), "tokens", str(rules.quorum_floor_units), community.symbol),
            Line(N_("Votes to propose"), "tokens", str(rules.proposal_threshold_units), community.symbol),
            Line(N_("Members to propose"), "number", str(rules.min_members)),
            *([Line(N_("You can veto until"), "time", str(rules.veto_until_ts))] if rules.veto_until_ts else []),
            Line(N_("Warning"), "note", N_("Nobody can change these rules later, not even by a vote.")),
        ]
        call = Call(FACTORY, self.registry.address(FACTORY), "open", (community_id, values))
        plan = Plan(
            "proposals.open_governor",
            call,
            lines,
            title=community.name,
            subject=str(community_id),
            back=f"/c/{community_id}/self-rule",
        )
        return self.intents.prepare(account, plan, form_key)

    def prepare_propose(
        self, account: str, governor: Governor, calls: Sequence[ProposedCall], text: str, form_key: str = ""
    ) -> Intent:
        """Give the intent that proposes calls with the words that explain them."""
        batch, words = Batch.of(calls), words_of(text, account)
        lines = [
            Line(N_("What is proposed"), "text", text[:200]),
            Line(N_("Calls"), "number", str(len(calls))),
            Line(N_("Votes are counted after"), "duration", str(governor.voting_delay_s)),
            Line(N_("Effect"), "note", N_("Nothing happens unless members vote for it.")),
        ]
        call = self._call(governor, "propose", batch.targets, batch.values, batch.payloads, words)
        back = f"/c/{governor.community_id}/proposals"
        plan = Plan("proposals.propose", call, lines, subject=governor.address, back=back)
        return self.intents.prepare(account, plan, form_key)

    def prepare_vote(
        self, account: str, governor: Governor, proposal: Proposal, choice: str, reason: str, form_key: str = ""
    ) -> Intent:
        """Give the intent that votes, once and for good."""
        number = int(proposal.id, 16)
        lines = [
            Line(N_("Your vote"), "note", CHOICE_TEXTS[choice]),
            *([Line(N_("Your reason, for all to read"), "text", reason)] if reason else []),
            Line(N_("Effect"), "note", N_("A vote cannot be changed.")),
        ]
        args: tuple[Any, ...] = (number, CHOICES[choice])
        call = (
            self._call(governor, "castVoteWithReason", *args, reason)
            if reason
            else self._call(governor, "castVote", *args)
        )
        return self._prepare(account, "proposals.vote", governor, proposal, call, lines, form_key)

    def prepare_queue(self, account: str, governor: Governor, proposal: Proposal, form_key: str = "") -> Intent:
        """Give the intent that puts a won proposal into the timelock. Anybody may."""
        lines = [Line(N_("It can be carried out after"), "duration", str(governor.timelock_delay_s))]
        return self._named(account, "proposals.queue", "queue", governor, proposal, lines, form_key)

    def prepare_execute(self, account: str, governor: Governor, proposal: Proposal, form_key: str = "") -> Intent:
        """Give the intent that has the timelock make the calls. Anybody may."""
        lines = [
            Line(N_("Calls"), "number", str(len(proposal.calls))),
            Line(N_("Effect"), "note", N_("The timelock makes all calls of the proposal, or none of them.")),
        ]
        return self._named(account, "proposals.execute", "execute", governor, proposal, lines, form_key)

    def prepare_cancel(self, account: str, governor: Governor, proposal: Proposal, form_key: str = "") -> Intent:
        """Give the intent that ends a proposal: its proposer's while it waits, or the founder's veto."""
        lines = [Line(N_("Warning"), "note", N_("The same calls with the same words can never be proposed again."))]
        return self._named(account, "proposals.cancel", "cancel", governor, proposal, lines, form_key)

    def _named(
        self,
        account: str,
        action: str,
        function: str,
        governor: Governor,
        proposal: Proposal,
        lines: list[Line],
        form_key: str,
    ) -> Intent:
        batch = Batch.of(proposal.calls)
        words_hash = bytes.fromhex(proposal.description_hash[2:])
        call = self._call(governor, function, batch.targets, batch.values, batch.payloads, words_hash)
        return self._prepare(account, action, governor, proposal, call, lines, form_key)

    def _prepare(
        self,
        account: str,
        action: str,
        governor: Governor,
        proposal: Proposal,
        call: Call,
        lines: list[Line],
        form_key: str,
    ) -> Intent:
        title = said_words(proposal.description).partition("\n")[0][:120]
        back = f"/c/{governor.community_id}/proposals/{governor.address}/{proposal.id}"
        plan = Plan(action, call, lines, title=title, subject=proposal.id, back=back)
        return self.intents.prepare(account, plan, form_key)

    def _call(self, governor: Governor, function: str, *args: Any) -> Call:
        return Call(ABI, to_checksum_address(governor.address), function, args)
