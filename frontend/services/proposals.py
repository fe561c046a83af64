"""Self-rule: opening a governor, proposing calls, voting on them, and having them carried out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.contracts.registry import Registry
from frontend.errors import NotFound
from frontend.formatters import ETH
from frontend.index.proposal_views import Governor, GovernorRules, Proposal, ProposedCall
from frontend.index.queries import Queries
from frontend.marks import N_
from frontend.services.chain import Chain
from frontend.services.intents import Call, Intent, Intents, Line, Plan, checksummed
from frontend.services.revert_texts import sentence
from frontend.services.reverts import NoFunds, Reverted, decode_revert

ABI = "CommunityGovernor"
FACTORY = "Governors"
CHOICES = {"against": 0, "for": 1, "abstain": 2}
CHOICE_TEXTS = {"against": N_("Against"), "for": N_("For"), "abstain": N_("Abstain")}
MOST_TRIED = 20  # calls of one proposal, of which anybody may make as many as a block holds
RESERVED = "#proposer="  # OpenZeppelin's mark: only this account may propose these words


@dataclass(frozen=True)
class Outcome:
    """What would come of a call now; the problem is empty when it would go through."""

    problem: str


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

    def ask_outcomes(self, governor: Governor, calls: Sequence[ProposedCall]) -> list[Outcome]:
        """Run the first MOST_TRIED calls as the timelock would now, each by itself, and tell what would come of it.

        Raises: NodeError. Chain: simulates at the newest block.
        """
        self.intents.check_chain()
        timelock = to_checksum_address(governor.timelock)
        return [self._outcome(timelock, call) for call in calls[:MOST_TRIED]]

    def ask_holdings(self, governor: Governor, currencies: Sequence[str]) -> list[tuple[str, int]]:
        """Give what a timelock holds, by currency, in smallest units. Raises: NodeError. Chain: reads balances."""
        self.intents.check_chain()
        timelock = to_checksum_address(governor.timelock)
        return [(currency, self.chain.held(currency, timelock)) for currency in currencies]

    def _outcome(self, timelock: str, call: ProposedCall) -> Outcome:
        target = to_checksum_address(call.target)
        try:
            self.chain.call(target, call.data, sender=timelock, value_wei=call.value_wei)
        except Reverted as reverted:
            return Outcome(sentence(decode_revert(reverted)))
        except NoFunds:
            return Outcome(gettext("The treasury does not hold so much ETH."))
        if call.value_wei > self.chain.balance(timelock):
            return Outcome(gettext("The treasury does not hold so much ETH."))
        if call.data != "0x" and not self.chain.has_code(target):
            return Outcome(gettext("There is no contract at this address, so the call would do nothing."))
        return Outcome("")

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
        targets = tuple(to_checksum_address(call.target) for call in calls)
        values = tuple(call.value_wei for call in calls)
        data = tuple(bytes.fromhex(call.data[2:]) for call in calls)
        words = words_of(text, account)
        lines = [
            Line(N_("What is proposed"), "text", text[:200]),
            Line(N_("Calls"), "number", str(len(calls))),
            Line(N_("Votes are counted after"), "duration", str(governor.voting_delay_s)),
            Line(N_("Effect"), "note", N_("Nothing happens unless members vote for it.")),
        ]
        call = self._call(governor, "propose", targets, values, data, words)
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
        targets = tuple(to_checksum_address(call.target) for call in proposal.calls)
        values = tuple(call.value_wei for call in proposal.calls)
        data = tuple(bytes.fromhex(call.data[2:]) for call in proposal.calls)
        words_hash = bytes.fromhex(proposal.description_hash[2:])
        call = self._call(governor, function, targets, values, data, words_hash)
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
