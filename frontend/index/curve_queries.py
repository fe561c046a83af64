"""What pages and services ask the index about curves. Mixed into Queries."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import fields
from typing import Any

from sqlalchemy import Connection, select

from frontend.index.curve_views import Curve, CurveTrade
from frontend.index.models import communities, curve_trades, curves
from frontend.index.selects import paged
from frontend.index.views import Page

PER_PAGE = 24
MAX_LIST = 500
CURVE = [curves.c[part.name] for part in fields(Curve)]
TRADE = [curve_trades.c[part.name] for part in fields(CurveTrade)]


class CurveQueries:
    """Reads about curves."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def curve(self, community_id: int) -> Curve | None:
        """Give a community's curve."""
        with self._connect() as connection:
            row = connection.execute(select(*CURVE).where(curves.c.community_id == community_id)).one_or_none()
        return None if row is None else Curve(*row)

    def curve_trades(self, token: str, page: int = 1, per_page: int = PER_PAGE) -> Page[CurveTrade]:
        """List the trades on a token's curve, the newest first."""
        found = select(*TRADE).where(curve_trades.c.token == token.lower())
        order = (curve_trades.c.block.desc(), curve_trades.c.log_index.desc())
        with self._connect() as connection:
            return paged(connection, found, order, page, per_page, _trade)

    def curves_in(self, currency: str) -> list[tuple[int, str, str]]:
        """List the communities whose curves trade for a currency: id, name, symbol; the names in order."""
        found = select(communities.c.id, communities.c.name, communities.c.symbol).select_from(
            curves.join(communities, communities.c.id == curves.c.community_id)
        )
        found = found.where(curves.c.currency == currency.lower()).order_by(communities.c.name, communities.c.id)
        with self._connect() as connection:
            return [(row.id, row.name, row.symbol) for row in connection.execute(found.limit(MAX_LIST))]


def _trade(row: Any) -> CurveTrade:
    return CurveTrade(*row)
