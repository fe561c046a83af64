"""Building blocks of the index's SQL: paging with a bound, search, and the joins that a row of a list needs."""

import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from frontend.index.models import communities, listings, orders
from frontend.index.views import Page
from frontend.store.models import AppContent

T = TypeVar("T")

MAX_PAGES = 100
MAX_PER_PAGE = 200
MAX_WORDS = 8

contents = AppContent.__table__
CONTENT_COLUMNS = ("hash", "title", "text", "lang", "picture_hash", "tags", "rules")


def labelled(prefix: str, columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    """Give columns under names of their own, so that joined tables do not hide each other's."""
    return [column.label(f"{prefix}_{column.name}") for column in columns]


CONTENT = labelled("content", [contents.c[name] for name in CONTENT_COLUMNS])


def community_rows() -> Select[Any]:
    """Select communities with their descriptions."""
    return select(communities, *CONTENT).select_from(
        communities.outerjoin(contents, contents.c.hash == communities.c.metadata_hash)
    )


def listing_rows() -> Select[Any]:
    """Select listings with their community's name and their descriptions."""
    return select(
        *labelled("listing", list(listings.c)), communities.c.name.label("community_name"), *CONTENT
    ).select_from(
        listings.outerjoin(communities, communities.c.id == listings.c.community_id).outerjoin(
            contents, contents.c.hash == listings.c.content_hash
        )
    )


def order_rows() -> Select[Any]:
    """Select orders with all that belongs to their listings."""
    return select(
        *labelled("order", list(orders.c)),
        *labelled("listing", list(listings.c)),
        communities.c.name.label("community_name"),
        *CONTENT,
    ).select_from(
        orders.join(listings, listings.c.id == orders.c.listing_id)
        .outerjoin(communities, communities.c.id == listings.c.community_id)
        .outerjoin(contents, contents.c.hash == listings.c.content_hash)
    )


def matches(q: str, *columns: ColumnElement[Any]) -> ColumnElement[bool] | None:
    """Give the condition that each word of `q` stands in one of the columns; None when there are no words."""
    words = unicodedata.normalize("NFC", q.replace("\x00", "")).lower().split()[:MAX_WORDS]
    if not words:
        return None
    return and_(*(or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)) for word in words))


def paged(
    connection: Connection,
    found: Select[Any],
    order: Sequence[ColumnElement[Any]],
    page: int,
    per_page: int,
    view: Callable[[Row[Any]], T],
    total: int | None = None,
) -> Page[T]:
    """Give one page; without a total from a maintained counter, rows are counted up to the last page that can be opened."""
    per_page = max(1, min(per_page, MAX_PER_PAGE))
    most = per_page * MAX_PAGES
    if total is None:
        one = found.with_only_columns(*[next(iter(found.selected_columns))], maintain_column_froms=True).limit(most + 1)
        total = int(connection.execute(select(func.count()).select_from(one.order_by(None).subquery())).scalar_one())
    capped = total > most
    pages = max(1, -(-min(total, most) // per_page))
    page = max(1, min(page, pages))
    rows = connection.execute(found.order_by(*order).limit(per_page).offset((page - 1) * per_page))
    return Page([view(row) for row in rows], page, pages, min(total, most), capped)
