"""What is kept under a hash, compared with the hash: nothing that does not match is ever shown as if it did.

A comparison is remembered as long as the store says that nothing was written there since (a folder: inode, size and times of the
file), or for some minutes where asking costs as much as reading (S3). Bytes that were found to match cannot stop
matching, so they are still good when the store is away.
"""

import time
from dataclasses import dataclass
from enum import StrEnum

from frontend.content.documents import HASH, Document, Malformed, hash_of, read_document
from frontend.content.lru import Remembered
from frontend.content.store import Mark, Store, StoreDown

ROOM_BYTES = 24 * 1024 * 1024
MATCHES_ROOM_BYTES = 2 * 1024 * 1024
OVERHEAD_BYTES = 600


class State(StrEnum):
    """What became of bytes that the chain names by their hash."""

    NONE = "none"  # the chain names none
    MATCHING = "matching"
    MISSING = "missing"
    ALTERED = "altered"  # something else lies there
    MALFORMED = "malformed"  # the very bytes, but no description
    UNREACHABLE = "unreachable"  # the store does not answer


@dataclass(frozen=True)
class Finding:
    """What a look at one hash found. The document is there when the state is MATCHING, and then only."""

    state: State
    document: Document | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether there is nothing to complain about."""
        return self.state is State.MATCHING


NOTHING = Finding(State.NONE)


@dataclass(frozen=True)
class _Seen:
    finding: Finding
    mark: Mark | None
    at_s: float


class Findings:
    """Looks into one store."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen: Remembered[_Seen] = Remembered(ROOM_BYTES)
        self._matched: Remembered[_Seen] = Remembered(MATCHES_ROOM_BYTES)

    def look(self, content_hash: str | None) -> Finding:
        """Tell what is kept under the hash of a description."""
        if not content_hash or not HASH.fullmatch(content_hash) or not int(content_hash, 16):
            return NOTHING
        seen = self._seen.get(content_hash)
        try:
            mark = None if self._store.believed_for_s else self._store.mark(content_hash)
            if seen is not None and self._still_so(seen, mark):
                return seen.finding
            data = self._store.get(content_hash)
        except StoreDown:
            return seen.finding if seen is not None and seen.finding.is_whole else Finding(State.UNREACHABLE)
        finding = _compare(content_hash, data)
        if data is not None:
            size = OVERHEAD_BYTES + (2 * len(data) if finding.document else 0)
            self._seen.put(content_hash, _Seen(finding, mark, time.monotonic()), size)
        return finding

    def size_of_matching(self, content_hash: str) -> int | None:
        """Give the size of an entry whose bytes were compared since it was last written; None when they were not.

        Raises: StoreDown.
        """
        seen = self._matched.get(content_hash)
        if seen is None:
            return None
        mark = seen.mark if self._store.believed_for_s else self._store.mark(content_hash)
        return seen.mark.size_bytes if seen.mark is not None and self._still_so(seen, mark) else None

    def matching(self, content_hash: str) -> tuple[State, bytes]:
        """Give the bytes under a hash when they match it, else none of them. Raises: StoreDown."""
        mark = None if self._store.believed_for_s else self._store.mark(content_hash)
        data = self._store.get(content_hash)
        if data is None:
            return State.MISSING, b""
        seen = self._matched.get(content_hash)
        if mark is None or seen is None or seen.mark != mark:
            if hash_of(data) != content_hash:
                return State.ALTERED, b""
            mark = mark or Mark(len(data), "", 0)
            self._matched.put(content_hash, _Seen(NOTHING, mark, time.monotonic()), OVERHEAD_BYTES)
        return State.MATCHING, data

    def _still_so(self, seen: _Seen, mark: Mark | None) -> bool:
        if self._store.believed_for_s:
            return time.monotonic() - seen.at_s < self._store.believed_for_s
        return mark is not None and mark == seen.mark


def _compare(content_hash: str, data: bytes | None) -> Finding:
    if data is None:
        return Finding(State.MISSING)
    if hash_of(data) != content_hash:
        return Finding(State.ALTERED)
    try:
        return Finding(State.MATCHING, read_document(content_hash, data))
    except Malformed:
        return Finding(State.MALFORMED)
