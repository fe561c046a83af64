"""A community's members and their decisions, on a chain: locked, delegated, unlocked, proposed, voted, carried out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eth_abi import encode
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.contracts.registry import function_abi, selector

if TYPE_CHECKING:
    from tests.index.market import Market

DAY_S = 86400
ETHER = 10**18
RULES = (DAY_S, 2 * DAY_S, DAY_S, 2_000, ETHER, ETHER // 2, 2)  # and the end of the veto
AGAINST, FOR, ABSTAIN = 0, 1, 2


@dataclass
class Proposal:
    """Calls with the words that go with them."""

    calls: tuple[list[str], list[int], list[bytes]]
    words: str

    @property
    def named(self) -> list[Any]:
        """How queue, execute and cancel know it."""
        return [*self.calls, keccak(text=self.words)]

    @property
    def number(self) -> int:
        """The governor's number for it."""
        kinds = ["address[]", "uint256[]", "bytes[]", "bytes32"]
        return int.from_bytes(keccak(encode(kinds, self.named)))


@dataclass
class Assembly:
    """The membership and the governor of one community."""

    market: Market
    community_id: int
    membership: str = ""
    governor: str = ""
    timelock: str = ""
    proposals: list[Proposal] = field(default_factory=list)

    def on_members(self, function: str, args: list[Any], sender: str) -> None:
        """Call the membership."""
        self.market.send("Membership", self.membership, function, args, sender)

    def on_governor(self, function: str, args: list[Any], sender: str) -> None:
        """Call the governor."""
        self.market.send("CommunityGovernor", self.governor, function, args, sender)

    def open(self, steward: str) -> Assembly:
        """Open membership and governor."""
        market = self.market
        market.send("Memberships", market.memberships, "open", [self.community_id], steward)
        self.membership = self._address(
            market.ask("Memberships", market.memberships, "membershipOf", self.community_id)
        )
        market.send("Governors", market.governors, "open", [self.community_id, self._params()], steward)
        self.governor = self._address(market.ask("Governors", market.governors, "governorOf", self.community_id))
        self.timelock = self._address(market.ask("Governors", market.governors, "timelockOf", self.community_id))
        return self

    def lock(self, account: str, units: int) -> None:
        """Have an account lock tokens that it holds."""
        self.market.on_token(self.community_id, "approve", [self.membership, units], account)
        self.on_members("lock", [units], account)

    def propose(self, proposer: str, words: str, units: int = 1) -> Proposal:
        """Propose to pay tokens from the timelock to the proposer."""
        abi = function_abi("CommunityToken", "transfer")
        data = selector(abi) + encode(["address", "uint256"], [proposer, units])
        found = Proposal(([self.market.token(self.community_id)], [0], [data]), words)
        self.market.warp(1)  # what was locked in this very second gives no right to propose
        self.on_governor("propose", [*found.calls, words], proposer)
        self.proposals.append(found)
        return found

    def play(self, steward: str, first: str, second: str) -> None:
        """Have two members do all there is to do; the steward locks the least and delegates."""
        self.open(steward)
        self.on_members("setTiers", [[ETHER, 10 * ETHER]], steward)
        for account, units in ((first, 9 * ETHER), (second, 12 * ETHER), (first, 3 * ETHER), (steward, ETHER // 4)):
            self.lock(account, units)
        self.on_members("delegate", [first], steward)
        self.market.on_token(self.community_id, "transfer", [self.timelock, 5], first)
        paid, vetoed = self.propose(first, "라디오 부품을 사요"), self.propose(second, "누구도 원치 않아요", 2)
        dropped, lost = self.propose(first, "실수예요", 3), self.propose(second, "반대", 4)
        self.on_governor("cancel", dropped.named, first)
        self._vote(steward, first, second, paid, vetoed, lost)
        self._unlock(first, second)
        self.market.warp(3 * DAY_S)
        for proposal in (paid, vetoed):
            self.on_governor("queue", proposal.named, steward)
        self.on_governor("cancel", vetoed.named, steward)
        self.market.warp(DAY_S)
        self.on_governor("execute", paid.named, second)
        self.propose(first, "다음 일", 5)
        self.market.warp(28 * DAY_S)
        self.on_members("withdraw", [first, 1], second)

    def _vote(self, steward: str, first: str, second: str, *proposals: Proposal) -> None:
        self.market.warp(DAY_S + 60)
        self.on_members("delegate", [steward], steward)  # after the snapshot: first still has these votes here
        paid, vetoed, lost = proposals
        self.on_governor("castVoteWithReason", [paid.number, FOR, "꼭 필요해요"], first)
        self.on_governor("castVoteWithReasonAndParams", [paid.number, ABSTAIN, "음", b"\x01"], second)
        self.on_governor("castVote", [vetoed.number, FOR], second)
        self.on_governor("castVote", [lost.number, AGAINST], first)

    def _unlock(self, first: str, second: str) -> None:
        self.on_members("requestUnlock", [2 * ETHER], first)
        self.on_members("cancelUnlock", [0], first)
        self.on_members("requestUnlock", [ETHER], first)
        self.on_members("requestUnlock", [12 * ETHER], second)

    def _params(self) -> tuple[int, ...]:
        return (*RULES, self.market.now() + 600 * DAY_S)

    @staticmethod
    def _address(answer: tuple[Any, ...]) -> str:
        return str(to_checksum_address(answer[0]))
