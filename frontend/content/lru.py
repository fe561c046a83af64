"""What was worked out before, as long as there is room: the longest unused goes first."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

V = TypeVar("V")


class Remembered(Generic[V]):
    """Values of known size under keys, in bounded memory; threads may share it."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held_bytes = 0
        self._values: OrderedDict[Hashable, tuple[V, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Hashable) -> V | None:
        """Give a value, None when it is not (any more) known."""
        with self._lock:
            found = self._values.get(key)
            if found is None:
                return None
            self._values.move_to_end(key)
            return found[0]

    def put(self, key: Hashable, value: V, size_bytes: int) -> None:
        """Remember a value; one that is larger than the room is not."""
        with self._lock:
            _, before = self._values.pop(key, (None, 0))
            self._held_bytes -= before
            if size_bytes > self._most_bytes:
                return
            self._values[key] = (value, size_bytes)
            self._held_bytes += size_bytes
            while self._held_bytes > self._most_bytes:
                _, (_, freed) = self._values.popitem(last=False)
                self._held_bytes -= freed

    def __len__(self) -> int:
        return len(self._values)
