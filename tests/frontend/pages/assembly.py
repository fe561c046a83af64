"""The part of the pages' story about members and their decisions: two members, an unlock, a governor and three proposals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from eth_utils.crypto import keccak

from frontend.contracts.registry import function_abi, selector
from frontend.index.proposal_state import proposal_id
from frontend.services.intents import Call

if TYPE_CHECKING:
    from tests.frontend.pages.story import Story

DAY = 86_400
TOKENS = 10**18
MEMBERSHIP, GOVERNOR, TIMELOCK = "0x" + "d1" * 20, "0x" + "d2" * 20, "0x" + "d3" * 20
NO_ACCOUNT = "0x" + "0" * 40
RULES = (DAY, 3 * DAY, 2 * DAY, 2_000, 10 * TOKENS, TOKENS, 2)


class Assembly:
    """Writes what membership and governor say."""

    def __init__(self, story: Story, community_id: int, registry: str, makers: tuple[str, str]) -> None:
        self.story = story
        self.community_id = community_id
        self.registry = registry
        self.memberships, self.governors = makers
        self.locked: dict[str, int] = {}
        self.proposals: dict[str, str] = {}  # by title

    def member(self, name: str, **args: Any) -> None:
        """Write a log of the membership."""
        self.story.emit("Membership", MEMBERSHIP, name, **args)

    def governor(self, name: str, **args: Any) -> None:
        """Write a log of the governor."""
        self.story.emit("CommunityGovernor", GOVERNOR, name, **args)

    def lock(self, account: str, tokens: int) -> None:
        """Have an account lock tokens, or unlock a negative number of them."""
        had = self.locked.get(account, 0)
        has = self.locked[account] = had + tokens * TOKENS
        self.member("TokensLocked", account=account, amount=tokens * TOKENS, active=has)
        self.member("DelegateVotesChanged", delegate=account, previousVotes=had, newVotes=has)

    def unlock(self, account: str, number: int, tokens: int, available_ts: int) -> None:
        """Have an account ask for tokens back."""
        had = self.locked[account]
        has = self.locked[account] = had - tokens * TOKENS
        args = {"account": account, "number": number, "amount": tokens * TOKENS, "active": has}
        self.member("UnlockRequested", **args, availableAt=available_ts)
        self.member("DelegateVotesChanged", delegate=account, previousVotes=had, newVotes=has)

    def propose(self, proposer: str, words: str, call: tuple[str, int, bytes], start_ts: int) -> int:
        """Propose one call; its number comes back."""
        said = self.story.worded(words)
        found = proposal_id([call[0]], [call[1]], [call[2]], keccak(text=said))
        self.proposals[words.partition("\n")[0]] = found
        self.governor(
            "ProposalCreated", proposalId=int(found, 16), proposer=proposer, targets=[call[0]], values=[call[1]],
            signatures=[""], calldatas=[call[2]], voteStart=start_ts, voteEnd=start_ts + 3 * DAY, description=said,
        )  # fmt: skip
        return int(found, 16)

    def vote(self, number: int, voter: str, choice: int, tokens: int, reason: str = "") -> None:
        """Have somebody vote."""
        weight = tokens * TOKENS
        self.governor("VoteCast", voter=voter, proposalId=number, support=choice, weight=weight, reason=reason)

    def tell(self, founder: str, first: str, second: str) -> None:
        """Tell all of it."""
        story, token = self.story, self.story.token(self.community_id)
        story.emit(
            "Memberships",
            self.memberships,
            "MembershipOpened",
            id=self.community_id,
            membership=MEMBERSHIP,
            token=token,
        )
        self.member("TiersSet", thresholds=[10 * TOKENS, 30 * TOKENS])
        self.lock(first, 20)
        self.lock(second, 40)
        self.member("DelegateChanged", delegator=first, fromDelegate=first, toDelegate=first)
        self.unlock(second, 0, 3, story.at_ts - 1)
        self.unlock(second, 1, 2, story.at_ts + 20 * DAY)
        params = (*RULES, story.at_ts + 100 * DAY)
        story.emit(
            "Governors", self.governors, "GovernorOpened", id=self.community_id, governor=GOVERNOR, timelock=TIMELOCK,
            founder=founder, params=params,
        )  # fmt: skip
        self._proposals(first, second)

    def _proposals(self, first: str, second: str) -> None:
        now_ts = self.story.at_ts
        fee = Call("CommunityRegistry", self.registry, "setFeeBps", (self.community_id, 100)).data
        done = self.propose(
            first, "Lower the commission\n\nWe have enough.", (self.registry, 0, _raw(fee)), now_ts - 9 * DAY
        )
        self.vote(done, first, 1, 20, "Cheaper for all of us.")
        self.vote(done, second, 0, 35)
        self.governor("ProposalQueued", proposalId=done, etaSeconds=now_ts - 2 * DAY)
        self.governor("ProposalExecuted", proposalId=done)
        strange = self.propose(second, "Trust me", ("0x" + "99" * 20, 5, b"\x12\x34\x56\x78"), now_ts - DAY)
        self.vote(strange, second, 1, 35)
        pay = selector(function_abi("CommunityToken", "transfer")) + bytes(12) + bytes.fromhex(second[2:])
        paid = (self.story.token(self.community_id), 0, pay + (7 * TOKENS).to_bytes(32))
        self.propose(first, f"Pay for the maps\n\n#proposer={first}", paid, now_ts + DAY)


def _raw(data: str) -> bytes:
    return bytes.fromhex(data[2:])
