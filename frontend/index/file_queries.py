"""What pages and services ask the index about sealed files. Mixed into Queries."""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy import Connection, select

from frontend.index.desk_queries import oldest_open
from frontend.index.file_state import FILE
from frontend.index.file_views import KeyRequest, Wrap
from frontend.index.models import (
    cursor,
    key_answers,
    key_requests,
    key_wraps,
    listings,
    orders,
)
from frontend.index.rows import order_of
from frontend.index.selects import order_rows, paged
from frontend.index.views import Order, Page

PER_PAGE = 24
MAX_REQUESTS = 50  # of one order
MAX_ANSWERS = 200
# where the money went back, the key is not the buyer's any more
PAID_BACK = ("cancelled", "refunded")
NEWEST = (key_requests.c.asked_block.desc(), key_requests.c.asked_log_index.desc())
OLDEST = (key_requests.c.asked_block, key_requests.c.asked_log_index, key_requests.c.order_key)


class FileQueries:
    """Reads about sealed files."""

    _connect: Callable[[], AbstractContextManager[Connection]]  # Queries, which inherits this, has it

    def file_orders_to_deliver(self, seller: str, page: int = 1, per_page: int = PER_PAGE) -> Page[Order]:
        """List a seller's orders of files that wait for their key and can still get it, the first due first; of his oldest
        MOST_COUNTED open orders, as the desk does."""
        now_ts = select(cursor.c.timestamp_ts).scalar_subquery()
        due = (listings.c.kind == FILE, orders.c.state == "accepted", orders.c.clock_ts >= now_ts)
        found = order_rows().where(orders.c.key.in_(oldest_open(seller)), *due)
        with self._connect() as connection:
            return paged(connection, found, (orders.c.clock_ts, orders.c.key), page, per_page, order_of)

    def key_requests(self, order_key: str) -> list[KeyRequest]:
        """List what an order's holder has asked for again, the newest first."""
        found = select(key_requests).where(key_requests.c.order_key == order_key.lower())
        with self._connect() as connection:
            rows = connection.execute(found.order_by(*NEWEST).limit(MAX_REQUESTS)).all()
            return _with_answers(connection, rows)

    def key_requests_waiting(self, seller: str, page: int = 1, per_page: int = PER_PAGE) -> Page[KeyRequest]:
        """List what a seller was asked for again and has not answered, the oldest first; only where a key was delivered,
        and the money did not go back."""
        mine = (key_requests.c.seller == seller.lower(), key_requests.c.waiting.is_(True))
        found = select(key_requests).join(orders, orders.c.key == key_requests.c.order_key)
        found = found.join(key_wraps, key_wraps.c.order_key == orders.c.key)
        found = found.where(*mine, orders.c.state.not_in(PAID_BACK))
        with self._connect() as connection:
            return paged(connection, found, OLDEST, page, per_page, lambda row: _request(row, ()))


def _with_answers(connection: Connection, rows: Iterable[Any]) -> list[KeyRequest]:
    """Give requests of one order with their answers."""
    rows = list(rows)
    if not rows:
        return []
    found = select(key_answers).where(key_answers.c.order_key == rows[0].order_key)
    newest = found.order_by(key_answers.c.block.desc(), key_answers.c.log_index.desc()).limit(MAX_ANSWERS)
    answers: dict[tuple[str, str], list[Wrap]] = {}
    for row in connection.execute(newest):
        answers.setdefault((row.x, row.y), []).append(Wrap(row.point_x, row.point_y, row.masked))
    return [_request(row, tuple(answers.get((row.x, row.y), ()))) for row in rows]


def _request(row: Any, answers: tuple[Wrap, ...]) -> KeyRequest:
    return KeyRequest(row.order_key, row.x, row.y, row.waiting, row.asked_at_ts, row.tx_hash, answers)
