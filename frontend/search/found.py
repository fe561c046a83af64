"""What a search means on the chain as the index has it: which listings and communities are found, and how closely."""

from typing import Any

from sqlalchemy import Connection, Subquery, and_, func, literal_column, select, union_all

from frontend.index.models import communities, listings
from frontend.search.store import called_hits, entries, hits, named_hits
from frontend.search.wanted import Wanted

BY_COMMUNITY = -1  # a listing of whose community the name was found, and nothing closer
MAX_NAMED = 50


def listings_found(connection: Connection, wanted: Wanted, *, ranked: bool) -> Subquery:
    """Give ids of listings and their scores: found by their description, or by their community's name.

    A listing whose description is not kept here is never found. Communities are looked for first: mostly there are none, and
    then the search is a plain one.
    """
    dialect = connection.dialect.name
    found = hits(dialect, wanted, ranked=ranked)
    described = (
        select(listings.c.id, found.c.score)
        .join(entries, entries.c.hash == listings.c.content_hash)
        .join(found, found.c.id == entries.c.id)
    )
    named = _named(called_hits(dialect, wanted)).limit(MAX_NAMED)
    ids = connection.execute(named).scalars().all()
    if not ids:
        return described.subquery("best")
    of_community = (
        select(listings.c.id, literal_column(str(BY_COMMUNITY)).label("score"))
        .join(entries, entries.c.hash == listings.c.content_hash)
        .where(listings.c.community_id.in_(ids))
    )
    return _best(union_all(described, of_community).subquery("every"))


def communities_found(connection: Connection, wanted: Wanted, *, ranked: bool) -> Subquery:
    """Give ids of communities and their scores: found by what they say of themselves, or by name and symbol."""
    dialect = connection.dialect.name
    said = hits(dialect, wanted, ranked=ranked)
    described = (
        select(communities.c.id, said.c.score)
        .join(entries, entries.c.hash == communities.c.metadata_hash)
        .join(said, said.c.id == entries.c.id)
    )
    called = named_hits(dialect, wanted)
    return _best(union_all(described, _named(called).add_columns(called.c.score)).subquery("every"))


def _named(found: Subquery) -> Any:
    """Select the communities whose names are found."""
    same = and_(entries.c.name == communities.c.name, entries.c.symbol == communities.c.symbol)
    return select(communities.c.id).join(entries, same).join(found, found.c.id == entries.c.id)


def _best(every: Subquery) -> Subquery:
    return select(every.c.id, func.max(every.c.score).label("score")).group_by(every.c.id).subquery("best")
