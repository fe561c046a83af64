"""Writes what cannot be rebuilt into one file, while the market runs.

All tables are read in one transaction, so they are as of one moment: SQLite's WAL and PostgreSQL's REPEATABLE READ both give
that without making anybody wait. Contents never change under their hash, so they are copied after it.
"""

import hashlib
import io
import os
import tarfile
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Engine, Table, select

from frontend.config import Settings
from frontend.content.store import Store, StoreDown
from frontend.index.migrate import check
from frontend.operations.archive import MANIFEST, BadBackup, Manifest, Member, free_name, kept_tables, line_of
from frontend.services.content import store_of
from frontend.services.files import file_store_of
from frontend.store.database import create_engine
from frontend.store.models import AppContent, AppFilePiece

FILE_MODE = 0o600  # it holds what people wrote
ROWS_AT_ONCE = 500


@dataclass(frozen=True)
class Report:
    """What was done."""

    file: Path
    manifest: Manifest

    def sentence(self) -> str:
        """Say it to the operator."""
        told = self.manifest
        said = f"✓ {self.file}: {sum(told.rows.values())} rows of {len(told.rows)} tables, {told.contents} contents, {told.pieces} pieces of sealed files."
        if told.missing:
            said += f" ⚠ {told.missing} contents are named in the database and missing in the store."
        return said


def write(settings: Settings, file: Path, *, with_files: bool = True) -> Report:
    """Write a backup. The file is there when it is whole, and not before. Raises: BadBackup, WrongSchema.

    Args: with_files False leaves out the bytes of sealed files, where something else copies their folder or bucket.
    """
    free_name(file)
    engine = create_engine(settings.database_url)
    check(engine)
    unfinished = file.with_name(f".{file.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    try:
        with os.fdopen(descriptor, "wb") as out:
            with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
                manifest = _write_all(tar, settings, engine, with_files=with_files)
            out.flush()
            os.fsync(out.fileno())
        os.link(unfinished, file)  # unlike a rename, this never takes the place of another file
    except FileExistsError:
        raise BadBackup(f"{file.name} is there already. Choose another name.") from None
    finally:
        unfinished.unlink(missing_ok=True)
        engine.dispose()
    return Report(file, manifest)


def _write_all(tar: tarfile.TarFile, settings: Settings, engine: Engine, *, with_files: bool) -> Manifest:
    with _one_moment(engine) as connection:
        revision = MigrationContext.configure(connection).get_current_revision() or ""
        manifest = Manifest(revision, settings.chain_id, int(time.time()))
        for table in kept_tables():
            _add_table(tar, manifest, connection, table)
        hashes = connection.execute(select(AppContent.hash).order_by(AppContent.hash)).scalars().all()
        of_files = select(AppFilePiece.hash).order_by(AppFilePiece.hash)
        pieces = connection.execute(of_files).scalars().all() if with_files else []
    _add_contents(tar, manifest, "content", store_of(settings), hashes)
    _add_contents(tar, manifest, "files", file_store_of(settings), pieces)
    data = manifest.to_bytes()
    _add(tar, MANIFEST, io.BytesIO(data), len(data))
    return manifest


@contextmanager
def _one_moment(engine: Engine) -> Iterator[Connection]:
    """Give a connection that sees everything as of now, however long it reads."""
    level = None if engine.dialect.name == "sqlite" else "REPEATABLE READ"
    opened = engine if level is None else engine.execution_options(isolation_level=level)
    with opened.connect() as connection, connection.begin():
        yield connection


def _add_table(tar: tarfile.TarFile, manifest: Manifest, connection: Connection, table: Table) -> None:
    """Add one table by way of a temporary file: a tar must know a member's size before its first byte."""
    key = list(table.primary_key.columns)
    rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table).order_by(*key)).mappings()
    with tempfile.TemporaryFile() as lines:
        digest, count = hashlib.sha256(), 0
        for row in rows:
            line = line_of(row)
            digest.update(line)
            lines.write(line)
            count += 1
        size = lines.tell()
        lines.seek(0)
        name = f"tables/{table.name}.jsonl"
        _add(tar, name, lines, size)
    manifest.rows[table.name] = count
    manifest.members[name] = Member(size, digest.hexdigest())


def _add_contents(tar: tarfile.TarFile, manifest: Manifest, folder: str, store: Store, hashes: Sequence[str]) -> None:
    for content_hash in hashes:
        data = _bytes_of(store, content_hash)
        if data is None:
            manifest.missing += 1
            continue
        name = f"{folder}/{content_hash}"
        _add(tar, name, io.BytesIO(data), len(data))
        manifest.members[name] = Member(len(data), hashlib.sha256(data).hexdigest())


def _bytes_of(store: Store, content_hash: str) -> bytes | None:
    try:
        return store.get(content_hash)
    except StoreDown:
        raise BadBackup("The content store does not answer. Nothing was written; try again when it does.") from None


def _add(tar: tarfile.TarFile, name: str, data: IO[bytes], size: int) -> None:
    info = tarfile.TarInfo(name)
    info.size, info.mode = size, FILE_MODE
    tar.addfile(info, data)
    tar.members.clear()  # type: ignore[attr-defined]  # the library keeps what it has written, maybe millions; untyped
