"""Keeping sealed files in order: what no listing names a week after it was given is taken out, and so are pieces of no file."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from frontend.content.pieces import name_of, names_in
from frontend.content.store import Store
from frontend.content.wanted import files_named
from frontend.errors import SetupError
from frontend.store.database import Database
from frontend.store.models import AppFile, AppFilePiece

WEEK_S = 7 * 86_400

pieces: Any = AppFilePiece.__table__
files: Any = AppFile.__table__


class ListMissing(SetupError):
    """Nobody can say which pieces belong to a file, since its list is missing."""


@dataclass(frozen=True)
class Unlisted:
    """What nothing needs: files by their hash, and pieces (among them lists) with their sizes."""

    files: list[str]
    pieces: dict[str, int]


def unlisted(db: Database, store: Store, older_than_s: int = WEEK_S) -> Unlisted:
    """List what no listing names, of what was last given so long ago. Raises: ListMissing, StoreDown."""
    before_ts = int(time.time()) - older_than_s
    with db.reading() as session:
        rows = session.execute(select(files.c.hash, files.c.kept_at_ts)).all()
        old = {row.hash for row in rows if row.kept_at_ts < before_ts}
        given = {row.hash: row for row in session.execute(select(pieces))}
    going = old - files_named(db.engine, old)
    needed = _needed(store, {row.hash for row in rows} - going)
    found = {name: 0 for name, row in given.items() if row.kept_at_ts < before_ts}
    for name, mark in store.marks():
        last_ts = given[name].kept_at_ts if name in given else mark.kept_at_ts
        if last_ts < before_ts:
            found[name] = mark.size_bytes
    return Unlisted(sorted(going), {name: size for name, size in sorted(found.items()) if _digest(name) not in needed})


def remove_file(db: Database, file_hash: str, older_than_s: int = WEEK_S) -> bool:
    """Forget a file, unless its list was given again meanwhile. Its pieces go by themselves."""
    before_ts = int(time.time()) - older_than_s
    with db.session() as session:
        gone = session.connection().execute(
            delete(files).where(files.c.hash == file_hash, files.c.kept_at_ts < before_ts)
        )
        return gone.rowcount == 1


def remove_piece(db: Database, store: Store, name: str, older_than_s: int = WEEK_S) -> bool:
    """Take a piece out, unless it was given again meanwhile.

    The row is held while the bytes go: who gives them again waits for it, and then sees that they must be written.
    """
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    held = insert(pieces).values(hash=name, size_bytes=0, kept_at_ts=0).on_conflict_do_nothing(index_elements=["hash"])
    old = delete(pieces).where(pieces.c.hash == name, pieces.c.kept_at_ts < int(time.time()) - older_than_s)
    with db.session() as session:
        connection = session.connection()
        connection.execute(held)
        if connection.execute(old).rowcount != 1:
            return False
        store.delete(name)
    return True


def broken(db: Database, store: Store) -> Iterator[str]:
    """Give the listed files of which a piece is missing or altered. Reads all bytes of all of them. Raises: StoreDown."""
    with db.reading() as session:
        known = set(session.execute(select(files.c.hash)).scalars())
    for file_hash in sorted(files_named(db.engine, known)):
        piece_list = store.get(file_hash)
        if (
            piece_list is None
            or name_of(piece_list) != file_hash
            or not all(_is_right(store, name) for name in dict.fromkeys(names_in(piece_list)))
        ):
            yield file_hash


def _is_right(store: Store, name: str) -> bool:
    data = store.get(name)
    return data is not None and name_of(data) == name


def _needed(store: Store, kept: set[str]) -> set[bytes]:
    """Give the digests of all pieces of these files and of their lists. Raises: ListMissing."""
    found: set[bytes] = set()
    for file_hash in kept:
        piece_list = store.get(file_hash)
        if piece_list is None or name_of(piece_list) != file_hash:
            raise ListMissing(
                f"The list of the sealed file {file_hash} is missing or altered, so nobody can say which pieces are its. "
                "Nothing was changed. Put it back from a backup, or have its seller upload the file again."
            )
        found.add(_digest(file_hash))
        found |= {_digest(name) for name in names_in(piece_list)}
    return found


def _digest(name: str) -> bytes:
    return bytes.fromhex(name[2:])
