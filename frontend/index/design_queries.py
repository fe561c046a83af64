"""What pages and services ask the index about designs, their units and their makes. Mixed into Queries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, Select, func, select

from frontend.index.design_views import Design, HeldUnits, Make, UnitClaim
from frontend.index.models import designs, listings, makes, unit_claims, units
from frontend.index.selects import contents, paged
from frontend.index.views import Page
from frontend.serials import looks_of

PER_PAGE = 24
MOST_ALIKE = 5
TITLE = func.coalesce(contents.c.title, "").label("title")
DESIGN_ROWS: Select[Any] = select(*(designs.c[part.name] for part in fields(Design)))
CLAIM_ROWS: Select[Any] = select(*(unit_claims.c[part.name] for part in fields(UnitClaim)))
MAKE_ROWS: Select[Any] = select(
    *(makes.c[part.name] for part in fields(Make) if part.name != "title"), TITLE
).select_from(
    makes.join(listings, listings.c.id == makes.c.listing_id).outerjoin(
        contents, contents.c.hash == listings.c.content_hash
    )
)
HELD_ROWS: Select[Any] = select(units.c.listing_id, units.c.units, TITLE).select_from(
    units.join(listings, listings.c.id == units.c.listing_id).outerjoin(
        contents, contents.c.hash == listings.c.content_hash
    )
)


class DesignQueries:
    """Reads about designs."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def design(self, listing_id: str) -> Design | None:
        """Give a design, None where its make conditions are not known."""
        with self._connect() as connection:
            row = connection.execute(DESIGN_ROWS.where(designs.c.listing_id == listing_id.lower())).first()
        return None if row is None else Design(*row)

    def unit_claim(self, order_key: str) -> UnitClaim | None:
        """Give when and to whom an order's units were given out."""
        with self._connect() as connection:
            row = connection.execute(CLAIM_ROWS.where(unit_claims.c.order_key == order_key.lower())).first()
        return None if row is None else UnitClaim(*row)

    def units_of(self, account: str, page: int = 1, per_page: int = PER_PAGE) -> Page[HeldUnits]:
        """List the designs of which an account holds units, the newest listing first."""
        mine = HELD_ROWS.where(units.c.account == account.lower())
        newest = (listings.c.opened_block.desc(), listings.c.opened_log_index.desc())
        with self._connect() as connection:
            return paged(connection, mine, newest, page, per_page, _held)

    def units_held(self, account: str, listing_id: str) -> int:
        """Give how many units of a design an account holds."""
        mine = (units.c.account == account.lower(), units.c.listing_id == listing_id.lower())
        with self._connect() as connection:
            return connection.execute(select(units.c.units).where(*mine)).scalar_one_or_none() or 0

    def make(self, listing_id: str, serial: str) -> Make | None:
        """Give what a serial of a design stands for; None if it is not registered."""
        found = MAKE_ROWS.where(makes.c.listing_id == listing_id.lower(), makes.c.serial == serial)
        with self._connect() as connection:
            row = connection.execute(found).first()
        return None if row is None else _make(row)

    def makes_alike(self, listing_id: str, serial: str) -> list[Make]:
        """List registered serials of a design that are easily taken for this one, itself among them; the first few."""
        found = MAKE_ROWS.where(makes.c.listing_id == listing_id.lower(), makes.c.looks == looks_of(serial))
        return self._makes(found.order_by(makes.c.number).limit(MOST_ALIKE))

    def makes_of(self, listing_id: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Make]:
        """List a design's makes, the newest first."""
        found = MAKE_ROWS.where(makes.c.listing_id == listing_id.lower())
        with self._connect() as connection:
            return paged(connection, found, (makes.c.number.desc(),), page, per_page, _make)

    def makes_by(self, maker: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Make]:
        """List what an account has made, the newest first."""
        found = MAKE_ROWS.where(makes.c.maker == maker.lower())
        newest = (makes.c.block.desc(), makes.c.log_index.desc())
        with self._connect() as connection:
            return paged(connection, found, newest, page, per_page, _make)

    def _makes(self, found: Select[Any]) -> list[Make]:
        with self._connect() as connection:
            return [_make(row) for row in connection.execute(found)]


def _make(row: Any) -> Make:
    return Make(*row)


def _held(row: Any) -> HeldUnits:
    return HeldUnits(*row)
