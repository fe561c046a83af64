"""Keeping the store in order: what nobody refers to any more is taken out, and what is kept is looked through."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from frontend.content.findings import Findings, State
from frontend.content.store import Store
from frontend.content.wanted import everything_named, on_chain_now, pictures_of
from frontend.errors import SetupError
from frontend.index.models import claim_phases
from frontend.index.queries import Queries
from frontend.search.store import forget_content
from frontend.store.database import Database
from frontend.store.models import AppContent

rows: Any = AppContent.__table__
DAY_S = 86_400
INDEX_MAY_BE_SILENT_FOR_S = 600


class IndexBehind(SetupError):
    """The index does not know the whole chain, so that nobody can say what is not referred to."""


@dataclass(frozen=True)
class Orphan:
    """Bytes that nothing refers to."""

    hash: str
    size_bytes: int


@dataclass(frozen=True)
class Trouble:
    """Something that the chain names and that cannot be shown.

    kind: "listing", "community", "persona", "picture", or "list" of an open claim phase, whose hash is the Merkle root.
    """

    kind: str
    hash: str
    state: State


def need_whole_index(queries: Queries, now_ts: int) -> None:
    """Make sure that the index follows the chain. Raises: IndexBehind.

    While it is built anew, or behind, content looks unused that is not.
    """
    head = queries.head()
    if head is None or not head.is_current(now_ts, INDEX_MAY_BE_SILENT_FOR_S):
        raise IndexBehind("The index is not up to date. Run: python -m frontend.index follow, and try again then.")


def orphans(db: Database, store: Store, older_than_s: int) -> list[Orphan]:
    """List what was last given so long ago and is named by nothing: not by the chain, a draft, an intent or a description."""
    before_ts = int(time.time()) - older_than_s
    with db.reading() as session:
        given = session.execute(select(rows.c.hash, rows.c.created_at_ts))
        given_at_ts: dict[str, int] = {row.hash: row.created_at_ts for row in given}
    needed = everything_named(db.engine) | {name for name, at_ts in given_at_ts.items() if at_ts >= before_ts}
    needed |= pictures_of(db.engine, needed)
    found = {}
    for content_hash, mark in store.marks():
        last_ts = given_at_ts.get(content_hash, mark.kept_at_ts)
        if content_hash not in needed and last_ts < before_ts:
            found[content_hash] = mark.size_bytes
    # rows whose bytes are gone already
    found |= {
        name: 0 for name, at_ts in given_at_ts.items() if name not in needed and name not in found and at_ts < before_ts
    }
    return [Orphan(name, size) for name, size in sorted(found.items())]


def remove(db: Database, store: Store, orphan: Orphan, older_than_s: int) -> bool:
    """Take one out, unless somebody has given it again meanwhile.

    The row is held while the bytes go: who gives them again waits for it, and then sees that they must be written.
    """
    insert = (postgresql if db.engine.dialect.name == "postgresql" else sqlite).insert
    held = insert(rows).values(hash=orphan.hash, media_type="", size_bytes=0, created_at_ts=0)
    old = delete(rows).where(rows.c.hash == orphan.hash, rows.c.created_at_ts < int(time.time()) - older_than_s)
    with db.session() as session:
        connection = session.connection()
        connection.execute(held.on_conflict_do_nothing(index_elements=["hash"]))
        if connection.execute(old).rowcount != 1:
            return False
        forget_content(connection, orphan.hash)
        store.delete(orphan.hash)
    return True


def troubles(db: Database, store: Store, told: Callable[[int], None] = lambda number: None) -> Iterator[Trouble]:
    """Look at everything that the chain describes now, and at its pictures. Args: told is called with how many so far."""
    findings = Findings(store)
    shown: set[str] = set()
    for number, wanted in enumerate(on_chain_now(db.engine), 1):
        told(number)
        finding = findings.look(wanted.id)
        if finding.state not in (State.MATCHING, State.NONE):
            yield Trouble(wanted.kind, wanted.id, finding.state)
        for picture in finding.document.pictures if finding.document else ():
            if picture.hash in shown:
                continue
            shown.add(picture.hash)
            state, _ = findings.matching(picture.hash)
            if state is not State.MATCHING:
                yield Trouble("picture", picture.hash, state)
    yield from _lists_in_trouble(db, findings)


def _lists_in_trouble(db: Database, findings: Findings) -> Iterator[Trouble]:
    kept = select(claim_phases.c.merkle_root, rows.c.hash).outerjoin(
        rows, rows.c.merkle_root == claim_phases.c.merkle_root
    )
    wanted = kept.where(claim_phases.c.is_open, claim_phases.c.merkle_root.is_not(None))
    with db.engine.connect() as connection:
        found = connection.execute(wanted.order_by(claim_phases.c.merkle_root)).all()
    for root, content_hash in found:
        state = State.MISSING if content_hash is None else findings.matching(content_hash)[0]
        if state is not State.MATCHING:
            yield Trouble("list", root, state)
