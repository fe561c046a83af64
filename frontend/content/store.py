"""A place that keeps bytes under their hash. It does not look at them: whoever reads compares bytes and hash."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from flask_babel import gettext

from frontend.errors import Refused


class StoreDown(Refused):
    """The place that keeps descriptions, pictures and sealed files did not do its part; nothing was changed."""

    status = 503
    key = "store_down"

    def __init__(self) -> None:
        super().__init__(
            gettext("Uploads cannot be kept or read just now. Nothing was changed; please try again in a moment.")
        )


@dataclass(frozen=True)
class Mark:
    """What a place knows of an entry without reading it: another mark means that the entry was written again."""

    size_bytes: int
    stamp: str
    kept_at_ts: int


class Store(Protocol):
    """Two places promise the same: tests/content/behaves_like_a_store.py."""

    # how long an entry that was read and matched may be believed without a new look; 0: as long as its mark stays
    believed_for_s: int

    def put(self, content_hash: str, data: bytes) -> None:
        """Keep bytes: whole or not at all, in place of whatever was there. Raises: StoreDown."""

    def get(self, content_hash: str) -> bytes | None:
        """Give what is kept, None when there is nothing. Raises: StoreDown."""

    def part(self, content_hash: str, first: int, last: int) -> bytes | None:
        """Give the bytes from first to last, both included, fewer where it ends before. Raises: StoreDown."""

    def mark(self, content_hash: str) -> Mark | None:
        """Give an entry's mark, None when there is nothing. Raises: StoreDown."""

    def delete(self, content_hash: str) -> None:
        """Take an entry out; nothing happens when there is none. Raises: StoreDown."""

    def marks(self) -> Iterator[tuple[str, Mark]]:
        """Give every entry that is kept, by its hash, in no order. Raises: StoreDown."""
