"""Lists of who may claim how much, as Merkle trees in OpenZeppelin's standard form.

A list's root stands in a claim phase; whoever has the list can prove any line of it. A leaf is hashed twice, its types being
(address token, uint32 number, address account, uint256 allowance), so that a proof fits one phase of one community.

Source: OpenZeppelin, merkle-tree, StandardMerkleTree; contracts/community/IClaims.sol, leafOf.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from sha3 import keccak_256


def leaf_of(token: str, number: int, account: str, allowance_units: int) -> bytes:
    """Give the leaf that lets an account claim so many smallest units in a token's phase of this number."""
    words = (int(token, 16), number, int(account, 16), allowance_units)
    return _hash(_hash(b"".join(word.to_bytes(32, "big") for word in words)))


@dataclass(frozen=True)
class Tree:
    """A tree over leaves, by their order in it: nodes from the root down, the smallest leaf last."""

    nodes: tuple[bytes, ...]

    @property
    def root(self) -> bytes:
        """Give the hash that stands for the whole list."""
        return self.nodes[0]

    def proof(self, leaf: bytes) -> list[bytes]:
        """Give the hashes beside the way from a leaf up to the root. Raises: KeyError for what is no leaf."""
        place, found = self._places[leaf], []
        while place:
            found.append(self.nodes[place + 1 if place % 2 else place - 1])
            place = (place - 1) // 2
        return found

    @cached_property
    def _places(self) -> Mapping[bytes, int]:
        first = len(self.nodes) // 2
        return {node: place for place, node in enumerate(self.nodes) if place >= first}


def tree_of(leaves: Iterable[bytes]) -> Tree:
    """Build the tree over leaves in any order. Raises: ValueError when there are none."""
    ordered = sorted(leaves, reverse=True)
    if not ordered:
        raise ValueError("a list without lines has no root")
    nodes = [b""] * (len(ordered) - 1) + ordered
    for place in range(len(ordered) - 2, -1, -1):
        nodes[place] = hash_pair(nodes[2 * place + 1], nodes[2 * place + 2])
    return Tree(tuple(nodes))


def hash_pair(one: bytes, other: bytes) -> bytes:
    """Give the hash above two nodes, whichever of them is left."""
    return _hash(min(one, other) + max(one, other))


def _hash(data: bytes) -> bytes:
    return bytes(keccak_256(data).digest())
