"""Databases with all tables and nothing in them: made by the migrations once a process, and copied from then on."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.engine import make_url

from frontend.index.migrate import migrate
from frontend.store.database import create_engine


def make_tables(database_url: str) -> None:
    """Bring a database's tables up to date; a new file of SQLite gets a copy."""
    url = make_url(database_url)
    file = Path(url.database or "") if url.get_backend_name() == "sqlite" else None
    if file is None or file.exists():
        _migrate(database_url)
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(_blank())


@cache
def _blank() -> bytes:
    with TemporaryDirectory() as folder:
        file = Path(folder, "blank.db")
        _migrate(f"sqlite:///{file}")
        return file.read_bytes()


def _migrate(database_url: str) -> None:
    engine = create_engine(database_url)
    try:
        migrate(engine)
    finally:
        engine.dispose()
