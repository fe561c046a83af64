"""Puts a backup back: everything is checked before anything is written, and the tables are written in one transaction.

The chain's tables are not in a backup; the follower reads them anew. Nothing is ever unpacked by a name from the archive:
members with other names than a backup has are refused.
"""

import hashlib
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from alembic import command
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, delete, func, insert, select
from sqlalchemy.exc import DatabaseError

from frontend.config import Settings
from frontend.content.documents import hash_of
from frontend.content.pieces import name_of
from frontend.content.store import Store, StoreDown
from frontend.index.lock import only_writer
from frontend.index.migrate import config, migrate
from frontend.operations.archive import (
    CONTENT_NAME,
    MANIFEST,
    MAX_MANIFEST_BYTES,
    PIECE_NAME,
    TABLE_NAME,
    BadBackup,
    Manifest,
    Member,
    kept_tables,
    rows_of,
)
from frontend.services.content import store_of
from frontend.services.files import file_store_of
from frontend.store.database import create_engine, writing
from frontend.store.models import app_metadata

PART_BYTES = 1024 * 1024
ROWS_AT_ONCE = 200
NAMES = (CONTENT_NAME, PIECE_NAME, TABLE_NAME)
SIGNED_IN = ("app_sessions", "app_nonces")  # whoever was signed in before a forced restore signs in again


@dataclass(frozen=True)
class Report:
    """What was found, or done."""

    file: Path
    manifest: Manifest
    restored: bool

    def sentence(self) -> str:
        """Say it to the operator."""
        told = self.manifest
        what = (
            f"{sum(told.rows.values())} rows of {len(told.rows)} tables, {told.contents} contents, {told.pieces} pieces"
        )
        if not self.restored:
            return f"✓ {self.file} is whole: {what}, chain {told.chain_id}, schema {told.revision}."
        return f"✓ Restored from {self.file}: {what}. Start the follower: it reads the chain's tables anew."


def inspect(file: Path) -> Report:
    """Check a backup, byte by byte, and touch nothing. Raises: BadBackup."""
    return Report(file, _checked(file), restored=False)


def read(settings: Settings, file: Path, *, force: bool = False) -> Report:
    """Restore a backup into the database and content store of the settings.

    Raises: BadBackup when the file is not whole or not for this chain, or the database is not empty and `force` is not
    set; FollowerRuns when a follower is at work.
    """
    manifest = _checked(file)
    if manifest.chain_id != settings.chain_id:
        raise BadBackup(
            f"The backup is of chain {manifest.chain_id}, the settings say {settings.chain_id}. Nothing was changed."
        )
    engine = create_engine(settings.database_url)
    try:
        with only_writer(engine), writing(engine).connect() as connection:
            with connection.begin():
                _restore_all(file, manifest, connection, settings, force=force)
            migrate(engine)
    finally:
        engine.dispose()
    return Report(file, manifest, restored=True)


def _checked(file: Path) -> Manifest:
    """Read all of an archive and compare it with its manifest. Raises: BadBackup."""
    found: dict[str, Member] = {}
    manifest: Manifest | None = None
    try:
        for name, size, data in _members(file):
            if name == MANIFEST:
                if size > MAX_MANIFEST_BYTES:
                    raise BadBackup("The backup's manifest is too long; the file is damaged.")
                manifest = Manifest.from_bytes(data.read())
                continue
            if name in found:
                raise BadBackup("A member stands twice in the backup; the file is damaged.")
            found[name] = Member(size, _digest(data))
    except tarfile.TarError:
        raise BadBackup("The backup ends in the middle: it was cut off. Use another one.") from None
    if manifest is None:
        raise BadBackup("The backup has no manifest: it was cut off, or is no backup.")
    if found != manifest.members:
        raise BadBackup("The backup's contents are not what its manifest says; the file is damaged. Use another one.")
    return manifest


def _members(file: Path) -> Iterator[tuple[str, int, IO[bytes]]]:
    """Give the members one after another. Raises: BadBackup for anything that a backup does not have."""
    try:
        with tarfile.open(file, mode="r:") as tar:
            while (info := tar.next()) is not None:
                tar.members.clear()  # type: ignore[attr-defined]  # the library keeps what it has seen, maybe millions; untyped
                known = info.name == MANIFEST or any(kind.fullmatch(info.name) for kind in NAMES)
                data = tar.extractfile(info) if info.isreg() and known else None
                if data is None:
                    raise BadBackup("The file has members that no backup has. Nothing was unpacked.")
                yield info.name, info.size, data
    except FileNotFoundError:
        raise BadBackup(f"There is no file {file}.") from None
    except (tarfile.TarError, EOFError) as problem:
        raise BadBackup(f"The file is no whole tar archive ({type(problem).__name__}).") from None


def _digest(data: IO[bytes]) -> str:
    digest = hashlib.sha256()
    while part := data.read(PART_BYTES):
        digest.update(part)
    return digest.hexdigest()


def _restore_contents(file: Path, settings: Settings) -> None:
    """Put contents and pieces back. What is there already under the same hash is the same, so nothing is lost by this."""
    places = ((CONTENT_NAME, store_of(settings), hash_of), (PIECE_NAME, file_store_of(settings), name_of))
    for name, _, data in _members(file):
        for kind, store, hashed in places:
            named = kind.fullmatch(name)
            if named is not None:
                _put_back(store, named[1], data.read(), hashed)


def _put_back(store: Store, content_hash: str, content: bytes, hashed: Callable[[bytes], str]) -> None:
    # one that was altered before the backup stays away; the page says that it is missing
    if hashed(content) == content_hash:
        try:
            store.put(content_hash, content)
        except StoreDown:
            raise BadBackup("The content store cannot be written to. The database was not touched.") from None


def _restore_all(file: Path, manifest: Manifest, connection: Connection, settings: Settings, *, force: bool) -> None:
    """Bring the schema to the backup's revision, and fill store and tables."""
    tables = _tables_at(connection, manifest.revision)
    _make_room(connection, tables, force=force)
    _restore_contents(file, settings)
    for name, _, data in _members(file):
        named = TABLE_NAME.fullmatch(name)
        if named is None:
            continue
        if named[1] not in tables:
            raise BadBackup(f"The backup has a table {named[1]} that this schema has not. Nothing was changed.")
        _fill(connection, tables[named[1]], rows_of(iter(data), named[1]))
    for name, count in manifest.rows.items():
        there = connection.execute(select(func.count()).select_from(tables[name])).scalar_one()
        if there != count:
            raise BadBackup(f"{name} has {there} rows instead of {count}. Nothing was changed.")


def _tables_at(connection: Connection, revision: str) -> dict[str, Table]:
    """Give the tables as the backup's schema has them; an empty database is brought to that schema first."""
    current = MigrationContext.configure(connection).get_current_revision()
    if current is None:
        try:
            command.upgrade(config(connection), revision)
        except Exception as problem:
            raise BadBackup(f"This program does not know the backup's schema {revision}; use a newer one.") from problem
    elif current != revision:
        raise BadBackup(
            f"The backup has schema {revision}, the database {current}. Restore into a new database without tables: it is made "
            "with the backup's schema and then brought up to date."
        )
    known = MetaData()
    wanted = {table.name: table for table in kept_tables()}
    found = {}
    for name, declared in wanted.items():
        if not connection.dialect.has_table(connection, name):
            continue
        table = Table(name, known, autoload_with=connection, resolve_fks=False)
        for column in table.columns:
            if column.name in declared.columns:
                column.type = declared.columns[column.name].type
        found[name] = table
    return found


def _make_room(connection: Connection, tables: dict[str, Table], *, force: bool) -> None:
    """Make sure that nothing is written over. Raises: BadBackup."""
    for table in tables.values():
        taken = connection.execute(select(func.count()).select_from(table)).scalar_one()
        if taken and not force:
            raise BadBackup(
                f"The database is not empty ({table.name}). Restore into a new one, or say --force to empty it first."
            )
    if force:
        for table in reversed(app_metadata.sorted_tables):
            if table.name in tables or table.name in SIGNED_IN:
                connection.execute(delete(table))


def _fill(connection: Connection, table: Table, rows: Iterator[dict[str, Any]]) -> None:
    part: list[dict[str, Any]] = []
    try:
        for row in rows:
            part.append(row)
            if len(part) >= ROWS_AT_ONCE:
                connection.execute(insert(table), part)
                part = []
        if part:
            connection.execute(insert(table), part)
    except DatabaseError:
        raise BadBackup(f"A row of {table.name} does not fit into the database. Nothing was changed.") from None
