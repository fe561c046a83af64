"""Templates and addresses compiled once a process: an app of its own for each test would compile every one of them anew."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from types import CodeType
from typing import Any

from jinja2 import BytecodeCache
from jinja2.bccache import Bucket
from werkzeug.routing import Rule

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


@cache
def compile_addresses_once() -> None:
    """Let rules of the same words share the function that builds their addresses; it gets the rule as its argument."""
    compiled: dict[Any, Callable[..., tuple[str, str]]] = {}
    original = Rule._compile_builder

    def once(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        if rule.defaults:  # their words are put in when the function is made
            return original(rule, append_unknown)
        key = (rule.rule, tuple(rule._trace), append_unknown)
        if key not in compiled:
            compiled[key] = original(rule, append_unknown)
        return compiled[key]

    Rule._compile_builder = once  # type: ignore[assignment]  # the same but for its parameter's name
