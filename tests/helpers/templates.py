"""Templates compiled once a process: an app of its own for each test would compile every one of them anew."""

from __future__ import annotations

from types import CodeType

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

Compiled = tuple[str | None, str, str]


class CompiledOnce(BytecodeCache):
    """Keeps what a template was compiled to by language, name and source; apps share the code, never an environment."""

    def __init__(self) -> None:
        self._kept: dict[Compiled, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the code if some app has compiled the same text in the same language."""
        bucket.code = self._kept.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code."""
        assert bucket.code is not None
        self._kept[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> Compiled:
    return getattr(bucket.environment, "language", None), bucket.key, bucket.checksum
