"""How often something may be asked in a window of time, counted in the database, so that all workers share one count.

Who asks is never written down: a key is a hash of name, person and window under a key of one day. Half of that is random
and thrown away a day later, half comes from SECRET_KEY, so that neither an old nor a stolen database tells who was here.
Windows lie on the clock: a minute begins at :00. Who asks at the end of one and the start of the next gets twice the limit.
"""

import hashlib
import hmac
import ipaddress
import secrets
import threading
import time
from functools import cache

from sqlalchemy import Connection, Executable, bindparam, delete, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import IntegrityError

from frontend.errors import TooMany
from frontend.store.database import Database
from frontend.store.models import AppLimit, AppLimitKey

DAY_S = 86_400
SWEEP_CHANCE = 100
IPV6_NETWORK_BITS = 64  # what one household has


class Limiter:
    """Counts per key in fixed windows."""

    def __init__(self, db: Database, secret_key: str) -> None:
        self._db = db
        self._secret = hashlib.sha256(b"limits " + secret_key.encode()).digest()
        self._keys: dict[int, bytes] = {}
        self._lock = threading.Lock()

    def hit(self, name: str, who: str, limit: int, window_s: int, *, cost: int = 1) -> None:
        """Count one request, or its bytes. Raises: TooMany when the window's limit is passed; the refused is not counted."""
        self.hit_all([(name, who, limit)], window_s, cost=cost)

    def hit_all(self, hits: list[tuple[str, str, int]], window_s: int, *, cost: int = 1) -> None:
        """Count one request under several names at once. Raises: TooMany when one of them is full; then none counts."""
        now = int(time.time())
        window = now // window_s
        ends_at_ts = (window + 1) * window_s
        day_key = self._day_key(window * window_s // DAY_S)
        with self._db.session() as session:
            connection = session.connection()
            for name, who, limit in hits:
                told = f"{name}|{who}|{window_s}|{window}".encode()
                key = "0x" + hmac.digest(day_key, told, "sha256").hex()
                if _count(connection, key, ends_at_ts, cost) > limit:
                    raise TooMany(max(1, ends_at_ts - now))
            if secrets.randbelow(SWEEP_CHANCE) == 0:
                self._sweep(connection, now)

    def _day_key(self, day: int) -> bytes:
        with self._lock:
            if day not in self._keys:
                self._keys = {day: hmac.digest(self._secret, self._random_of(day), "sha256")}
            return self._keys[day]

    def _random_of(self, day: int) -> bytes:
        """Give the day's random half; the worker that needs it first makes it, and throws the older ones away."""
        made = secrets.token_hex(32)
        try:
            with self._db.session() as session:
                known = session.get(AppLimitKey, day)
                if known is not None:
                    return known.secret.encode()
                session.execute(delete(AppLimitKey).where(AppLimitKey.day < day - 1))
                session.add(AppLimitKey(day=day, secret=made))
            return made.encode()
        except IntegrityError:  # another worker was first
            with self._db.reading() as session:
                return session.scalars(select(AppLimitKey.secret).where(AppLimitKey.day == day)).one().encode()

    def _sweep(self, connection: Connection, now: int) -> None:
        connection.execute(delete(AppLimit).where(AppLimit.ends_at_ts < now))


def _count(connection: Connection, key: str, ends_at_ts: int, cost: int) -> int:
    """Add to a key's count in one statement, so that workers cannot count past each other; give the new count."""
    row = {"key": key, "ends": ends_at_ts, "cost": cost}
    return int(connection.execute(_counting(connection.dialect.name), row).scalar_one())


@cache  # asked with every write
def _counting(dialect: str) -> Executable:
    insert = (postgresql if dialect == "postgresql" else sqlite).insert
    row = insert(AppLimit).values(key_hash=bindparam("key"), ends_at_ts=bindparam("ends"), count=bindparam("cost"))
    counted = row.on_conflict_do_update(index_elements=["key_hash"], set_={"count": AppLimit.count + bindparam("cost")})
    return counted.returning(AppLimit.count)


def network_of(remote_address: str | None) -> str:
    """Give what counts as one network address: an IPv4 address, or the /64 of an IPv6 address."""
    try:
        found = ipaddress.ip_address((remote_address or "").partition("%")[0])
    except ValueError:
        return "-"
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    if found.ipv4_mapped is not None:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, IPV6_NETWORK_BITS), strict=False))
