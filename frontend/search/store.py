"""The search index: which descriptions and names there are to find, and how they are asked for.

A description is kept under the hash of its bytes, a community's name as the name that it is. Both say nothing of the chain:
what a search finds is joined to the chain's tables when it is asked, so nothing is shown that the chain does not have (any
more). Everything here can be made anew from the stored descriptions and the index.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    Connection,
    Engine,
    Select,
    Subquery,
    and_,
    case,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    literal_column,
    select,
    table,
    text,
    union_all,
)
from sqlalchemy.dialects.postgresql import TSQUERY

from frontend.index.models import communities
from frontend.search.grades import COLUMNS, TAGS, TEXT, TITLE, Level, fts5, levels, tsquery, tsvector
from frontend.search.wanted import Wanted
from frontend.search.words import tokens
from frontend.store.database import writing
from frontend.store.models import AppContent, AppSearch

VERSION = 1  # of the way texts are cut; with another one everything is made anew
NAME_MARK = "__name"  # a token that no text has
AT_ONCE = 200

entries: Any = AppSearch.__table__
contents: Any = AppContent.__table__
WORDS = table("app_search_words", column("id"), column("words"))  # on SQLite a virtual table, see 0004_search
SQLITE_WORDS = table("app_search_words", column("rowid"))


@dataclass(frozen=True)
class Document:
    """What can be found: a description (name and symbol None), or a community's name and symbol (hash None)."""

    title: str
    tags: str = ""
    text: str = ""
    hash: str | None = None
    name: str | None = None
    symbol: str | None = None


def description(content_hash: str, title: str | None, words: str | None, tags: str | None) -> Document:
    """Give the document of a stored description. Args: tags is a JSON list, or None."""
    return Document(title or "", " ".join(json.loads(tags)) if tags else "", words or "", hash=content_hash)


def community_name(name: str, symbol: str) -> Document:
    """Give the document of a community's name, as the chain has it."""
    return Document(name, symbol, name=name, symbol=symbol)


def put(connection: Connection, document: Document) -> None:
    """Keep a document, in place of an older entry of the same."""
    for entry in connection.execute(select(entries.c.id).where(_same(document))).scalars().all():
        remove(connection, entry)
    _enter(connection, [document])


def _enter(connection: Connection, documents: Sequence[Document]) -> None:
    """Enter documents that are not in yet."""
    rows = [{"hash": one.hash, "name": one.name, "symbol": one.symbol, "version": VERSION} for one in documents]
    new = insert(entries).returning(entries.c.id, sort_by_parameter_order=True)
    ids = connection.execute(new, rows).scalars().all()
    if connection.dialect.name == "sqlite":
        cut = [{COLUMNS[place]: " ".join(found) for place, found in _cut(one).items()} for one in documents]
        connection.execute(_SQLITE_PUT, [{"id": entry, **words} for entry, words in zip(ids, cut, strict=True)])
    else:
        vectors = [tsvector(list(_cut(one).items())) for one in documents]
        connection.execute(_POSTGRES_PUT, [{"id": entry, "words": v} for entry, v in zip(ids, vectors, strict=True)])


def _cut(document: Document) -> dict[str, list[str]]:
    """Give a document's tokens by place. Nobody writes a text into a name, so its place marks a name as one."""
    found = {place: tokens(getattr(document, COLUMNS[place])) for place in (TITLE, TAGS, TEXT)}
    return found if document.name is None else found | {TEXT: [NAME_MARK]}


_SQLITE_PUT = text("INSERT INTO app_search_words (rowid, title, tags, text) VALUES (:id, :title, :tags, :text)")
_POSTGRES_PUT = text("INSERT INTO app_search_words (id, words) VALUES (:id, CAST(:words AS tsvector))")


def remove(connection: Connection, entry: int) -> None:
    """Take one entry out."""
    number = "rowid" if connection.dialect.name == "sqlite" else "id"
    connection.execute(text(f"DELETE FROM app_search_words WHERE {number} = :id"), {"id": entry})  # noqa: S608 one of the two names above
    connection.execute(delete(entries).where(entries.c.id == entry))


def forget_content(connection: Connection, content_hash: str) -> None:
    """Take a description out, because it is not kept any more."""
    for entry in connection.execute(select(entries.c.id).where(entries.c.hash == content_hash)).scalars().all():
        remove(connection, entry)


def fill(engine: Engine) -> int:
    """Enter all descriptions and names that are not in yet; give how many that were."""
    if _is_torn(engine):
        _empty(engine)
    return fill_descriptions(engine) + fill_names(engine, full=True)


def _is_torn(engine: Engine) -> bool:
    """Tell whether words are missing, as after a copy that has the entries only, or were cut in another way."""
    with engine.connect() as connection:
        in_all, words = (
            connection.execute(select(func.count()).select_from(one)).scalar_one() for one in (entries, WORDS)
        )
        other = connection.execute(select(entries.c.id).where(entries.c.version != VERSION).limit(1)).first()
    return in_all != words or other is not None


def fill_descriptions(engine: Engine) -> int:
    """Enter stored descriptions that are not in yet, some at a time; give how many."""
    missing = (
        select(contents.c.hash, contents.c.title, contents.c.text, contents.c.tags)
        .outerjoin(entries, entries.c.hash == contents.c.hash)
        .where(contents.c.title.is_not(None), entries.c.id.is_(None))
        .limit(AT_ONCE)
    )
    count = 0
    while True:
        with engine.connect() as connection:
            rows = connection.execute(missing).all()
        if not rows:
            return count
        _enter_all(engine, [description(row.hash, row.title, row.text, row.tags) for row in rows])
        count += len(rows)


def fill_names(engine: Engine, *, full: bool = False) -> int:
    """Enter names of communities that are not in yet, the newest first; give how many.

    A reorganisation takes the newest communities away and puts others in their place. So, unless all are wanted, the search
    ends where a number of communities are all in.
    """
    count, below = 0, 2**63 - 1
    while True:
        newest = select(communities.c.id, communities.c.name, communities.c.symbol)
        newest = newest.where(communities.c.id < below, communities.c.id > 0)
        part = newest.order_by(communities.c.id.desc()).limit(AT_ONCE).subquery()
        entry = and_(entries.c.name == part.c.name, entries.c.symbol == part.c.symbol)
        with engine.connect() as connection:
            rows = connection.execute(select(part, entries.c.id.label("entry")).outerjoin(entries, entry)).all()
        missing = {(row.name, row.symbol) for row in rows if row.entry is None}
        _enter_all(engine, [community_name(*names) for names in sorted(missing)])
        count += len(missing)
        if len(rows) < AT_ONCE or not (missing or full):
            return count
        below = min(row.id for row in rows)


def rebuild(engine: Engine) -> int:
    """Make everything anew; give how many entries there are. Until it is done less may be found than there is."""
    _empty(engine)
    return fill(engine)


def _empty(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text("DELETE FROM app_search_words"))
        connection.execute(delete(entries))


def hits(dialect: str, wanted: Wanted, *, ranked: bool = True) -> Subquery:
    """Give what is found: columns id (of the entry) and score, the higher the closer; unranked, all scores are 0."""
    return _hits(dialect, wanted, levels(wanted) if ranked else levels(wanted)[-1:], None)


def named_hits(dialect: str, wanted: Wanted) -> Subquery:
    """Give the same of communities' names and symbols only."""
    return _hits(dialect, wanted, levels(wanted), NAME_MARK)


def called_hits(dialect: str, wanted: Wanted) -> Subquery:
    """Give the same of communities' names only, unranked."""
    in_name = [level for level in levels(wanted) if level.places == TITLE]
    return _hits(dialect, wanted, in_name[-1:], NAME_MARK)


def _hits(dialect: str, wanted: Wanted, asked: list[Level], mark: str | None) -> Subquery:
    if not wanted.words:
        nothing = select(literal(0).label("id"), literal(0).label("score")).where(literal(False))
        return nothing.subquery("hits")
    found = _sqlite_hits(wanted, asked, mark) if dialect == "sqlite" else _postgres_hits(wanted, asked, mark)
    return found.subquery("hits")


def _sqlite_hits(wanted: Wanted, asked: list[Level], mark: str | None) -> Select[Any]:
    """FTS5 walks the lists of one level fast, but tells nothing of a row: each level is asked for by itself."""
    parts = [
        select(SQLITE_WORDS.c.rowid.label("id"), literal_column(str(level.score)).label("score")).where(
            literal_column("app_search_words").op("MATCH")(fts5(wanted, level, mark))
        )
        for level in asked
    ]
    if len(parts) == 1:
        return parts[0]
    every = union_all(*parts).subquery("levels")
    return select(every.c.id, func.max(every.c.score).label("score")).group_by(every.c.id)


def _postgres_hits(wanted: Wanted, asked: list[Level], mark: str | None) -> Select[Any]:
    """PostgreSQL finds the lowest level by its index, and looks at each row for the higher ones."""
    *higher, lowest = asked

    def meets(level: Level) -> Any:
        asked_for = tsquery(wanted, level, mark)
        return WORDS.c.words.op("@@")(cast(asked_for, TSQUERY))

    score: Any = case(*((meets(level), level.score) for level in higher), else_=0) if higher else literal(0)
    return select(WORDS.c.id, score.label("score")).where(meets(lowest))


def _same(document: Document) -> Any:
    if document.hash is not None:
        return entries.c.hash == document.hash
    return and_(entries.c.name == document.name, entries.c.symbol == document.symbol)


def _enter_all(engine: Engine, documents: Sequence[Document]) -> None:
    if not documents:
        return
    with writing(engine).begin() as connection:
        _enter(connection, documents)
