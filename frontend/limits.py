"""How often something may be asked in a window of time. Kept in this process's memory, under a hash, for minutes."""

import hashlib
import secrets
import threading
import time

from frontend.errors import TooMany

MAX_KEYS = 10_000


class Limiter:
    """Counts per key in fixed windows."""

    def __init__(self) -> None:
        self._salt = secrets.token_bytes(16)
        self._counts: dict[bytes, tuple[float, int]] = {}
        self._lock = threading.Lock()

    def hit(self, name: str, who: str, limit: int, window_s: int) -> None:
        """Count one request. Raises: TooMany when the window's limit is passed."""
        now = time.monotonic()
        # a hash, so that no address or network address lies in memory or reaches a log
        key = hashlib.blake2b(f"{name}|{who}".encode(), key=self._salt, digest_size=16).digest()
        with self._lock:
            if len(self._counts) > MAX_KEYS:
                self._counts = {k: v for k, v in self._counts.items() if v[0] > now}
                if len(self._counts) > MAX_KEYS:
                    self._counts.clear()
            ends, count = self._counts.get(key, (0.0, 0))
            if ends <= now:
                ends, count = now + window_s, 0
            if count >= limit:
                raise TooMany(max(1, int(ends - now)))
            self._counts[key] = (ends, count + 1)
