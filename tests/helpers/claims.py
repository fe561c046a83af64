"""Claim phases in plain Python: their keys, leaves and costs, computed without the contract."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, replace

from eth_abi import encode
from eth_utils import keccak

from tests.helpers.terms import NONE, ZERO

WHOLE_TOKEN = 10**18
MAX_AHEAD_S = 366 * 86_400
MARK = keccak(text="dokkaebi.community.account")[:12]
TYPES = (
    "address",
    "uint64",
    "uint32",
    "uint40",
    "uint40",
    "uint112",
    "uint112",
    "uint128",
    "address",
    "bytes32",
)


@dataclass(frozen=True)
class Phase:
    """A claim phase, as its steward opens it."""

    token: str
    community_id: int
    number: int
    start: int
    end: int
    supply: int
    limit: int = 0
    price: int = 0
    currency: str = ZERO
    root: str = NONE

    def words(self) -> tuple:
        """Give it as the contract takes it."""
        return tuple(self.__dict__.values())

    def key(self) -> str:
        """Give its key."""
        words = [
            bytes.fromhex(word[2:]) if kind == "bytes32" else word
            for kind, word in zip(TYPES, self.words(), strict=True)
        ]
        return "0x" + keccak(encode(TYPES, words)).hex()

    def but(self, **changes) -> "Phase":
        """Give the same with some of it changed."""
        return replace(self, **changes)


def cost_of(amount: int, price: int) -> int:
    """Give what an amount costs, rounded up."""
    return -(-amount * price // WHOLE_TOKEN)


def account_of(community_id: int) -> str:
    """Give the account under which a community's money is credited."""
    return "0x" + (MARK + community_id.to_bytes(8, "big")).hex()


class ClaimList:
    """A list of allowances with its proofs, built with a queue and no places: written apart from what the pages use.

    OpenZeppelin's standard tree puts the leaves, largest first, at the end of a complete binary tree.
    """

    def __init__(self, token, number: int, allowances: Mapping[str, int]) -> None:
        self.allowances = dict(allowances)
        self.token, self.number = str(token), number
        self.parents: dict[bytes, tuple[bytes, bytes]] = {}  # by child: its sibling and its parent
        waiting = deque(sorted(self.leaf(account) for account in allowances))  # from the tree's last place on
        while len(waiting) > 1:
            right, left = waiting.popleft(), waiting.popleft()
            parent = keccak(b"".join(sorted((left, right))))
            self.parents[left], self.parents[right] = (right, parent), (left, parent)
            waiting.append(parent)
        self.root = "0x" + waiting[0].hex()

    def leaf(self, account: str) -> bytes:
        """Give an account's leaf."""
        kinds = ("address", "uint32", "address", "uint256")
        return keccak(keccak(encode(kinds, (self.token, self.number, str(account), self.allowances[str(account)]))))

    def proof(self, account) -> list[str]:
        """Give an account's proof."""
        node, found = self.leaf(str(account)), []
        while node in self.parents:
            sibling, node = self.parents[node]
            found.append("0x" + sibling.hex())
        return found
