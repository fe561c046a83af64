"""Sealed files: ciphertexts up to 1 GiB that browsers have made, kept in pieces under their SHA-256. No key ever passes here."""

import errno
import logging
import shutil
import threading
import time
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

from flask_babel import gettext
from sqlalchemy import Connection, Executable, bindparam, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from frontend.config import Settings
from frontend.content.documents import HASH
from frontend.content.folder import Folder
from frontend.content.gateway import Gateway
from frontend.content.lru import Remembered
from frontend.content.pieces import AGE_MAGIC, PIECE_BYTES, TooLarge, name_of, names_in
from frontend.content.quota import FileQuota
from frontend.content.s3 import S3
from frontend.content.store import Mark, Store, StoreDown
from frontend.errors import NotFound, Refused, TooMany
from frontend.limits import Limiter
from frontend.store.database import Database
from frontend.store.models import AppFile, AppFilePiece

log = logging.getLogger(__name__)

SLICE_BYTES = 64 * 1024
PIECE_TAKEN_S = 60  # whoever takes longer for a piece goes on later, with a range
LOOKS_AT_ONCE = 16
WHOLE_FOR_S = 30
COUNTED_FOR_S = 10.0  # what other processes take meanwhile is seen later
ROOM_BYTES, ENTRY_BYTES = 1024 * 1024, 300
LEAST_FREE_BYTES = 1024**3  # of the disk: the database may lie on it too
BUSY_S = 5

pieces: Any = AppFilePiece.__table__
files: Any = AppFile.__table__


class FilesFull(Refused):
    """There is no room for more sealed files."""

    status = 507
    key = "files_full"


class Busy(TooMany):
    """As many files are being fetched as may be at once."""

    status = 503
    key = "busy"

    def __init__(self) -> None:
        super().__init__(BUSY_S)
        self.text = gettext("Many files are being fetched just now. Please try again in a few seconds.")


@dataclass(frozen=True)
class SealedFile:
    """A file that was whole when its list was given."""

    hash: str
    size_bytes: int


def file_store_of(settings: Settings) -> Store:
    """Give the place where pieces and their lists are kept: apart from what is named by keccak256."""
    if settings.content_bucket is None:
        return Folder(settings.files_dir or settings.content_dir / "sealed")
    return S3(replace(settings.content_bucket, prefix=f"{settings.content_bucket.prefix}sealed/"))


class SealedFiles:
    """Keeps pieces, and the lists that make files of them; gives them out as they came."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self.db = db
        self.store = file_store_of(settings)
        self.gateway = None if settings.files_gateway is None else Gateway(settings.files_gateway)
        self.quota = FileQuota(Limiter(db, settings.secret_key), settings.files_bytes_a_day)
        self._most_bytes = settings.files_bytes
        self._kept_bytes, self._counted_at = 0, -COUNTED_FOR_S
        self._whole: Remembered[tuple[bool, float]] = Remembered(ROOM_BYTES)
        # a download holds a thread as long as it lasts; half of them stay for pages
        self._downloads = threading.BoundedSemaphore(max(1, settings.web_threads // 2))

    # ---- keeping

    def keep_piece(self, name: str, data: bytes, *, account: str, network: str) -> bool:
        """Keep a piece; tell whether it was not here before. Args: name is its SHA-256 with 0x, network whence it came.

        Raises: TooLarge; Refused when it is empty or has another hash; FilesSpent, FilesFull, StoreDown.
        """
        if len(data) > PIECE_BYTES:
            raise TooLarge(gettext("A piece has at most 1 MiB. Nothing was kept."))
        if not data:
            raise Refused(gettext("An empty piece or file cannot be kept."), key="empty_piece")
        self.quota.spend(account, network, len(data))  # a wrong one too: it was work
        found = name_of(data)
        if found != name:
            text = gettext(
                "The piece is another one, or was damaged on its way: its SHA-256 is %(found)s. Nothing was kept; please send it again.",
                found=found,
            )
            raise Refused(text, key="other_hash")
        return self._put(name, data)

    def missing(self, piece_list: bytes) -> list[int]:
        """Give the places in a list whose pieces are not here, in order. Raises: Refused when it is no list; StoreDown."""
        names = names_in(piece_list)
        there = self._there(names)
        return [number for number, name in enumerate(names) if name not in there]

    def keep(self, piece_list: bytes, *, account: str, network: str) -> SealedFile:
        """Make a file of pieces that are all here. It stays for a week, and as long as a listing names it.

        Raises: Refused when it is no list, a piece is missing or has a wrong size, or they make no sealed file; FilesSpent,
        FilesFull, StoreDown.
        """
        names = names_in(piece_list)
        there = self._there(names)
        absent = sum(name not in there for name in names)
        if absent:
            raise _pieces_missing(absent)
        if any(there[name] != PIECE_BYTES for name in names[:-1]):
            text = gettext("Each piece but the last must have exactly 1 MiB. Please cut the file anew.")
            raise Refused(text, key="bad_piece_size")
        first = self._local(names[0])
        if first is None:
            raise _pieces_missing(1)
        if not first.startswith(AGE_MAGIC):
            text = gettext(
                "This file is not sealed: it does not begin as an age file does. Nothing but sealed files is kept here."
            )
            raise Refused(text, key="not_sealed")
        self.quota.spend(account, network, len(piece_list))
        made = SealedFile(name_of(piece_list), sum(there[name] for name in names))
        self._put(made.hash, piece_list)
        self._note_file(made, set(names))
        self._whole.put(made.hash, (True, time.monotonic()), ENTRY_BYTES)
        return made

    def renew(self, file_hash: str) -> None:
        """Let a file stay for another week, since somebody is about to list it."""
        with self.db.session() as session:
            session.execute(update(files).where(files.c.hash == file_hash).values(kept_at_ts=int(time.time())))

    # ---- asking

    def size_of(self, file_hash: str) -> int | None:
        """Give the size of a file in bytes, None when it was never whole here."""
        if not HASH.fullmatch(file_hash):
            return None
        with self.db.reading() as session:
            return session.execute(select(files.c.size_bytes).where(files.c.hash == file_hash)).scalar_one_or_none()

    def is_whole(self, file_hash: str) -> bool:
        """Tell whether a file can be fetched here: its list lies here and so does each of its pieces, by size.

        An answer is remembered for half a minute, with S3 for as long as the store believes itself. Raises: StoreDown.
        """
        seen = self._whole.get(file_hash)
        now = time.monotonic()
        if seen is not None and now - seen[1] < (
            max(WHOLE_FOR_S, self.store.believed_for_s) if seen[0] else WHOLE_FOR_S
        ):
            return seen[0]
        found = self._looks_whole(file_hash)
        self._whole.put(file_hash, (found, now), ENTRY_BYTES)
        return found

    # ---- giving

    def find(self, file_hash: str) -> SealedFile:
        """Give what can be fetched. Raises: NotFound when it never was here, or not all of it is and no gateway could help."""
        size_bytes = self.size_of(file_hash)
        if size_bytes is None:
            raise NotFound(gettext("No sealed file is kept under this hash."), key="no_file")
        if self.gateway is None and not self.is_whole(file_hash):
            raise _not_whole()
        return SealedFile(file_hash, size_bytes)

    def piece_list(self, file_hash: str) -> bytes:
        """Give the list of a file's pieces. Raises: NotFound, StoreDown."""
        if self.size_of(file_hash) is None:
            raise NotFound(gettext("No sealed file is kept under this hash."), key="no_file")
        found = self._piece(file_hash)
        if found is None:
            raise _not_whole()
        return found

    def read(self, file: SealedFile, first: int, last: int) -> Iterator[bytes]:
        """Give the bytes from first to last, both included, in slices; there is never more than one piece in memory.

        Raises: NotFound, StoreDown before the first slice; ConnectionResetError when it cannot go on.
        """
        names = names_in(self.piece_list(file.hash))
        begun = False
        for number in range(first // PIECE_BYTES, last // PIECE_BYTES + 1):
            data = self._piece_or_stop(file.hash, names[number], begun=begun)
            starts = max(first - number * PIECE_BYTES, 0)
            ends = min(last - number * PIECE_BYTES + 1, len(data))
            began_at = time.monotonic()
            for at in range(starts, ends, SLICE_BYTES):
                begun = True
                yield data[at : min(at + SLICE_BYTES, ends)]
                if time.monotonic() - began_at > PIECE_TAKEN_S:
                    raise ConnectionResetError(errno.ECONNRESET, "a reader who takes too little")
            del data

    def begin_download(self) -> None:
        """Take a place among the downloads of this process; `end_download` gives it back. Raises: Busy."""
        if not self._downloads.acquire(blocking=False):
            raise Busy

    def end_download(self) -> None:
        """Give a place back."""
        self._downloads.release()

    # ---- parts

    def _put(self, name: str, data: bytes) -> bool:
        """Write the bytes first and the row after, so that a row that lacks its bytes is the rarest of accidents."""
        with self.db.reading() as session:
            is_new = session.execute(select(pieces.c.hash).where(pieces.c.hash == name)).first() is None
        if is_new:
            self._need_room(len(data))
        self.store.put(name, data)
        with self.db.session() as session:
            _insert_or_update(session.connection(), pieces, name, len(data))
        # the row is new: a clean-up that was at it has ended, and what it may have taken away is put back
        if self.store.mark(name) is None:
            self.store.put(name, data)
        return is_new

    def _need_room(self, size_bytes: int) -> None:
        now = time.monotonic()
        if now - self._counted_at >= COUNTED_FOR_S:
            with self.db.reading() as session:
                kept = session.execute(select(func.coalesce(func.sum(pieces.c.size_bytes), 0))).scalar_one()
            self._kept_bytes, self._counted_at = int(kept), now
        is_full = self._kept_bytes + size_bytes > self._most_bytes
        if not is_full and isinstance(self.store, Folder):
            is_full = _free_bytes(self.store.folder) < LEAST_FREE_BYTES + size_bytes
        if is_full:
            log.error("There is no room for more sealed files; see FILES_GB, and the disk.")
            raise FilesFull(
                gettext(
                    "This server has no room for more sealed files just now. Nothing was kept; please tell the operator."
                )
            )
        self._kept_bytes += size_bytes

    def _note_file(self, made: SealedFile, names: set[str]) -> None:
        """Write the file's row, and renew its pieces, in one transaction: none of them can be cleaned away any more."""
        renewed = update(pieces).where(pieces.c.hash.in_(names | {made.hash})).values(kept_at_ts=int(time.time()))
        with self.db.session() as session:
            connection = session.connection()
            gone = len(names | {made.hash}) - connection.execute(renewed).rowcount
            if gone:
                raise _pieces_missing(gone)
            _insert_or_update(connection, files, made.hash, made.size_bytes)

    def _there(self, names: Collection[str]) -> dict[str, int]:
        """Give the sizes of those pieces that are known and lie here as long as they were given. Raises: StoreDown."""
        with self.db.reading() as session:
            found = session.execute(select(pieces.c.hash, pieces.c.size_bytes).where(pieces.c.hash.in_(set(names))))
            known = {row.hash: int(row.size_bytes) for row in found}
        marks = self._marks(list(known))
        return {
            name: mark.size_bytes for name, mark in marks.items() if mark is not None and mark.size_bytes == known[name]
        }

    def _marks(self, names: list[str]) -> dict[str, Mark | None]:
        if isinstance(self.store, Folder):
            return {name: self.store.mark(name) for name in names}
        with ThreadPoolExecutor(LOOKS_AT_ONCE) as pool:
            return dict(zip(names, pool.map(self.store.mark, names), strict=True))

    def _looks_whole(self, file_hash: str) -> bool:
        size_bytes = self.size_of(file_hash)
        piece_list = None if size_bytes is None else self._local(file_hash)
        if piece_list is None:
            return False
        names = names_in(piece_list)
        there = self._there(names)
        return all(name in there for name in names) and sum(there[name] for name in names) == size_bytes

    def _local(self, name: str) -> bytes | None:
        """Give a piece that lies here and matches its name. Raises: StoreDown."""
        data = self.store.part(name, 0, PIECE_BYTES)
        if data is None or name_of(data) == name:
            return data
        log.error("A piece of a sealed file was altered in its store, so it is not given out.")
        return None

    def _piece(self, name: str) -> bytes | None:
        """Give a piece from here, or else from the gateway. Raises: StoreDown when only that might have it."""
        try:
            found = self._local(name)
        except StoreDown:
            found = None if self.gateway is None else self.gateway.piece(name)
            if found is None:
                raise
            return found
        return self.gateway.piece(name) if found is None and self.gateway is not None else found

    def _piece_or_stop(self, file_hash: str, name: str, *, begun: bool) -> bytes:
        try:
            found = self._piece(name)
        except StoreDown:
            if not begun:
                raise
            found = None
        if found is not None:
            return found
        self._whole.put(file_hash, (False, time.monotonic()), ENTRY_BYTES)
        if not begun:
            raise _not_whole()
        # the answer has begun, so that nothing can be said any more; its length tells the reader that it ended early
        log.error("A piece of a sealed file is missing; its download was broken off.")
        raise ConnectionResetError(errno.ECONNRESET, "a piece is missing")


def _free_bytes(folder: Path) -> int:
    """Give the room on the disk of a folder that may not be there yet."""
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return shutil.disk_usage(folder).free


def _pieces_missing(count: int) -> Refused:
    text = gettext(
        "%(count)s pieces of the file are not here (any more). Please send them, and then the list again.", count=count
    )
    return Refused(text, key="pieces_missing")


def _not_whole() -> NotFound:
    return NotFound(
        gettext("Parts of this file are missing here. Whoever has the sealed file can upload it again."),
        key="file_not_whole",
    )


def _insert_or_update(connection: Connection, table: Any, name: str, size_bytes: int) -> None:
    row = {"name": name, "size": size_bytes, "now": int(time.time())}
    connection.execute(_keeping(connection.dialect.name, table), row)


@cache  # asked with every piece
def _keeping(dialect: str, table: Any) -> Executable:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert
    values: dict[str, Any] = {"size_bytes": bindparam("size"), "kept_at_ts": bindparam("now")}
    row = insert(table).values(hash=bindparam("name"), **values)
    return row.on_conflict_do_update(index_elements=["hash"], set_=values)
