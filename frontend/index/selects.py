"""Building blocks of the index's SQL: paging with a bound, and the joins that a row of a list needs."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, Select, func, literal_column, select

from frontend.index.file_views import SealedFile, Wrap
from frontend.index.models import communities, key_wraps, listings, order_asides, orders, sealed_files
from frontend.index.views import Community, Page
from frontend.store.models import AppContent

T = TypeVar("T")

MAX_PAGES = 100
MAX_PER_PAGE = 200

contents = AppContent.__table__
CONTENT_COLUMNS = ("hash", "title", "text", "lang", "picture_hash", "tags", "rules")


CONTENT = [contents.c[name] for name in CONTENT_COLUMNS]
# in the order of the views' fields: rows become views by place, not by name
COMMUNITY = [communities.c[part.name] for part in fields(Community) if part.name != "description"]
LISTING = [
    *(listings.c[name] for name in ("id", "terms", "extras", "content_hash", "seller", "community_id")),
    func.coalesce(communities.c.name, "").label("community_name"),
    *(
        listings.c[name]
        for name in ("currency", "unit_price_units", "kind", "instant", "quantity_limit", "quantity_sold")
    ),
    *(
        listings.c[name]
        for name in ("paused", "valid_until_ts", "only_buyer", "opened_at_ts", "opened_block", "tx_hash")
    ),
]
ORDER = [
    *(orders.c[name] for name in ("key", "listing_id", "holder", "first_holder", "payer", "ref", "purchase")),
    *(orders.c[name] for name in ("quantity", "paid_units", "amount_units", "clock_ts", "state", "flags", "milestone")),
    *(orders.c[name] for name in ("platform_fee_bps", "community_fee_bps")),
    *(orders.c[name] for name in ("commitment", "holder_stake_units", "seller_stake_units", "ruled_bps_to_buyer")),
    *(orders.c[name] for name in ("funded_at_ts", "updated_at_ts", "funded_block", "tx_hash")),
]
ASIDE = list(order_asides.c)
FILE = [sealed_files.c[part.name] for part in fields(SealedFile)]
WRAP = [*(key_wraps.c[part.name] for part in fields(Wrap)), key_wraps.c.refuted]


def _named(prefix: str, columns: Sequence[ColumnElement[Any]]) -> list[Any]:
    """Give columns under names of their own, so that joined tables do not hide each other's."""
    return [column.label(f"{prefix}_{column.name}") for column in columns]


_COMMUNITY_ROWS = select(*COMMUNITY, *_named("content", CONTENT)).select_from(
    communities.outerjoin(contents, contents.c.hash == communities.c.metadata_hash)
)
_OF_A_LISTING = [*_named("listing", LISTING), *_named("content", CONTENT), *_named("file", FILE)]
_LISTING_ROWS = select(*_OF_A_LISTING).select_from(
    listings.outerjoin(communities, communities.c.id == listings.c.community_id)
    .outerjoin(contents, contents.c.hash == listings.c.content_hash)
    .outerjoin(sealed_files, sealed_files.c.listing_id == listings.c.id)
)
_ORDER_ROWS = select(
    *_named("order", ORDER), *_named("aside", ASIDE), *_named("wrap", WRAP), *_OF_A_LISTING
).select_from(
    orders.join(listings, listings.c.id == orders.c.listing_id)
    .outerjoin(order_asides, order_asides.c.order_key == orders.c.key)
    .outerjoin(communities, communities.c.id == listings.c.community_id)
    .outerjoin(contents, contents.c.hash == listings.c.content_hash)
    .outerjoin(key_wraps, key_wraps.c.order_key == orders.c.key)
    .outerjoin(sealed_files, sealed_files.c.listing_id == listings.c.id)
)


def community_rows() -> Select[Any]:
    """Select communities with their descriptions."""
    return _COMMUNITY_ROWS


def listing_rows() -> Select[Any]:
    """Select listings with their community's name, their descriptions and their sealed files."""
    return _LISTING_ROWS


def order_rows() -> Select[Any]:
    """Select orders with all that belongs to their listings."""
    return _ORDER_ROWS


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


def leafed(
    connection: Connection,
    ids: Select[Any],
    found: Select[Any],
    order: Sequence[ColumnElement[Any]],
    page: int,
    per_page: int,
    view: Callable[[Row[Any]], T],
) -> Page[T]:
    """Give one page of the rows with the ids of a statement. Only the rows of that page are joined to anything."""
    per_page = max(1, min(per_page, MAX_PER_PAGE))
    most = per_page * MAX_PAGES
    one: Select[Any] = ids.with_only_columns(literal_column("1"), maintain_column_froms=True).limit(
        most + 1
    )  # an index will do
    total = int(connection.execute(select(func.count()).select_from(one.subquery())).scalar_one())
    pages = max(1, -(-min(total, most) // per_page))
    page = max(1, min(page, pages))
    here = ids.order_by(*order).limit(per_page).offset((page - 1) * per_page)
    rows = connection.execute(found.where(next(iter(ids.selected_columns)).in_(here)).order_by(*order))
    return Page([view(row) for row in rows], page, pages, min(total, most), total > most)


def picked(
    connection: Connection,
    ids: Select[Any],
    found: Select[Any],
    key: ColumnElement[Any],
    page: int,
    per_page: int,
    view: Callable[[Row[Any]], T],
) -> Page[T]:
    """Give one page of the rows with the ids of an ordered statement, which is asked once; for what is costly to find."""
    per_page = max(1, min(per_page, MAX_PER_PAGE))
    most = per_page * MAX_PAGES
    all_ids = connection.execute(ids.limit(most + 1)).scalars().all()
    total = min(len(all_ids), most)
    pages = max(1, -(-total // per_page))
    page = max(1, min(page, pages))
    here = all_ids[(page - 1) * per_page : page * per_page]
    rows = {row[0]: view(row) for row in connection.execute(found.where(key.in_(here)))} if here else {}
    return Page([rows[one] for one in here if one in rows], page, pages, total, len(all_ids) > most)
