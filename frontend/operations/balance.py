"""How many connections each worker holds, in memory that all of them share.

Workers wait at the same door: whoever is first takes a new connection and keeps it for as many requests as the client sends. Left
alone, one worker often takes them all and its sibling has nothing to do. So a worker that holds more than another leaves a
new connection to it for a moment.
"""

import mmap
import struct

PLACES = 256  # by a worker's number, which gunicorn counts up; far more than ever live at once
_ABSENT = 2**32 - 1
_COUNT = struct.Struct("=I")


class Connections:
    """One count for each worker. Made before the workers are forked; each writes its own place only."""

    def __init__(self) -> None:
        self._shared = mmap.mmap(-1, PLACES * _COUNT.size)
        for number in range(PLACES):
            self.leave(number)

    def tell(self, number: int, count: int) -> None:
        """Say how many connections a worker holds."""
        _COUNT.pack_into(self._shared, number % PLACES * _COUNT.size, count)

    def leave(self, number: int) -> None:
        """Say that a worker takes no more connections."""
        self.tell(number, _ABSENT)

    def fewest(self) -> int:
        """Give how many the worker with the fewest holds; a huge number when there is none."""
        return min(count for (count,) in _COUNT.iter_unpack(self._shared[:]))
