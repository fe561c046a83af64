"""Reads the next blocks while the database writes the last ones, so that node and database work at the same time.

This only saves time: what was read ahead is a batch like any other, made for one block that it goes onto. It is written
only when the index ends at that block, as every batch is (see lock.py), and only when its own last block is still on the
node's chain; else it is thrown away and read again.
"""

import logging
import threading

from frontend.errors import NodeError
from frontend.index.fetch import Fetcher
from frontend.index.node import Header
from frontend.index.writer import Batch

log = logging.getLogger(__name__)


class Prefetch:
    """At most one batch read ahead, in a thread of its own. Nobody else may use the fetcher's node until `wait`."""

    def __init__(self) -> None:
        self._thread: threading.Thread | None = None
        self._base: tuple[int, str] | None = None
        self._found: Batch | None = None

    def begin(self, fetcher: Fetcher, written: Batch, head: Header) -> None:
        """Begin to read what comes after a batch, if there is anything. Args: head that the batch was read for."""
        self.drop()
        if written.last < written.first or written.last >= head.number:
            return
        number, block_hash = written.last, written.headers[written.last].hash
        self._base = number, block_hash
        oldest = written.keep_from, block_hash  # with this batch no row from there on is missing

        def read() -> None:
            try:
                self._found = fetcher.next(number + 1, block_hash, head, oldest)
            except NodeError as problem:  # whoever needs these blocks asks again, and will be told
                log.info("Nothing was read ahead: %s", problem)
            except Exception:
                log.exception("Nothing was read ahead.")

        # a daemon, since the end of the process must not wait for a node
        self._thread = threading.Thread(target=read, name="prefetch", daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Wait until the node is free."""
        if self._thread is not None:
            self._thread.join()
            self._thread = None

    def take(self, number: int, block_hash: str) -> Batch | None:
        """Give what was read ahead, once, if it goes onto this block."""
        self.wait()
        found = self._found if self._base == (number, block_hash) else None
        self._base = self._found = None
        return found

    def drop(self) -> None:
        """Throw away what was read ahead."""
        self.wait()
        self._base = self._found = None
