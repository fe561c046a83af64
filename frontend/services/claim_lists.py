"""Lists of claim phases: kept as one file each, found by the root that stands on the chain, and proofs made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.account_lists import AccountList, Entry, UnreadableList, read_bytes, written
from frontend.content.findings import State
from frontend.content.lru import Remembered
from frontend.content.store import StoreDown
from frontend.errors import NotFound, Refused
from frontend.index.claim_views import ClaimPhase
from frontend.merkle import Tree, leaf_of, tree_of
from frontend.services.content import Contents, NotMatching

ROOM_BYTES = 32 * 1024 * 1024
BYTES_A_LINE = 400  # an entry and its part of the tree, in memory


@dataclass(frozen=True)
class KeptList:
    """A list whose tree has the phase's root."""

    hash: str  # of its file
    token: str
    number: int
    entries: tuple[Entry, ...]

    @cached_property
    def units_of(self) -> dict[str, int]:
        """Allowances by account, in lower case."""
        return {account.lower(): units for account, units in self.entries}

    @cached_property
    def tree(self) -> Tree:
        """The Merkle tree over its lines."""
        return tree_over(self.entries, self.token, self.number)

    @property
    def total_units(self) -> int:
        """All allowances together, smallest units."""
        return sum(self.units_of.values())

    def proof(self, account: str) -> tuple[int, list[bytes]] | None:
        """Give an account's allowance and the proof of it; None for an account that is not on the list."""
        units = self.units_of.get(account.lower())
        if units is None:
            return None
        return units, self.tree.proof(leaf_of(self.token, self.number, account, units))


@dataclass(frozen=True)
class ListFinding:
    """What became of a phase's list; it is there when the state is MATCHING, and then only."""

    state: State
    kept: KeptList | None = None


NO_LIST = ListFinding(State.NONE)
NOTHING = AccountList(())


class ClaimLists:
    """Keeps lists and makes proofs. Nothing is used whose root is not the phase's."""

    def __init__(self, contents: Contents) -> None:
        self.contents = contents
        self._seen: Remembered[KeptList] = Remembered(ROOM_BYTES)

    def keep(self, entries: Sequence[Entry], token: str, number: int, account: str | None) -> tuple[str, str]:
        """Keep a list for a phase of a token; give the root of its tree, and the hash of its file.

        Args: account is whose uploads of the day it counts among; None: nobody's. Raises: StoreDown; UploadsSpent.
        """
        root = root_of(entries, token, number)
        remark = f"who may claim how much of the token {to_checksum_address(token)} in its phase {number}"
        return root, self.contents.store_list(written(entries, remark), root=root, account=account)

    def entries_in(self, content_hash: str) -> tuple[Entry, ...]:
        """Give the entries of a list that was kept before. Raises: Refused when it is not here any more."""
        try:
            found = read_bytes(self.contents.load(content_hash).data)
        except (NotFound, UnreadableList):
            found = NOTHING
        if not found.is_whole:
            raise Refused(
                gettext("The list is not here any more. Please upload it again."), key="no_list", field="file"
            )
        return found.entries

    def find(self, phase: ClaimPhase, token: str) -> ListFinding:
        """Look for a phase's list, and compare its tree with the root on the chain."""
        root = phase.merkle_root
        if root is None:
            return NO_LIST
        known = self._seen.get(root)
        if known is not None:
            return ListFinding(State.MATCHING, known)
        content_hash = self.contents.list_of(root)
        if content_hash is None:
            return ListFinding(State.MISSING)
        try:
            entries = read_bytes(self.contents.load(content_hash).data).entries
        except NotMatching:
            return ListFinding(State.ALTERED)
        except StoreDown:
            return ListFinding(State.UNREACHABLE)
        except (NotFound, UnreadableList):
            return ListFinding(State.MISSING)
        found = KeptList(content_hash, token, phase.number, entries)
        if not entries or _text(found.tree.root) != root:
            return ListFinding(State.ALTERED)
        self._seen.put(root, found, BYTES_A_LINE * len(entries))
        return ListFinding(State.MATCHING, found)

    def restore(self, phase: ClaimPhase, token: str, found: AccountList, account: str) -> None:
        """Take a phase's list back from whoever has it. Raises: Refused when it is another list."""
        root = root_of(found.entries, token, phase.number)
        if root != phase.merkle_root:
            text = gettext(
                "This is not the list of this phase: its root is %(root)s. Every account and every amount must be as it was.",
                root=root,
            )
            raise Refused(text, key="not_this_list", field="file")
        self.keep(found.entries, token, phase.number, account)


def root_of(entries: Sequence[Entry], token: str, number: int) -> str:
    """Give the root of a list's tree as 0x hex. Args: at least one entry."""
    return _text(tree_over(entries, token, number).root)


def tree_over(entries: Sequence[Entry], token: str, number: int) -> Tree:
    """Build the tree over a list's lines."""
    return tree_of(leaf_of(token, number, account, units) for account, units in entries)


def _text(node: bytes) -> str:
    return "0x" + node.hex()
