"""What a deal is made of: acts with what they must do, in steps of one block each, and what everything says afterwards."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from tests.deals.world import Actor
from tests.helpers.books import Entry, Event


@dataclass(frozen=True)
class Act:
    """One call: who makes it, when, of what, with which arguments by name, and what it does to the books."""

    name: str
    actor: Actor
    arguments: dict[str, Any]
    timestamp: int
    effect: Callable[[], list[Event]]
    contract: str = "market"
    value: int = 0
    entry: Entry | None = None  # the order that it is about

    def but(self, name: str | None = None, **changes: Any) -> "Act":
        """Give the same act with some arguments changed, or with another one's name."""
        unknown = set(changes) - set(self.arguments)
        assert not unknown, f"{self.name} has no {unknown}"
        return replace(self, name=name or self.name, arguments={**self.arguments, **changes})

    def values(self) -> tuple:
        """Give the arguments as they are encoded."""
        return tuple(_plain(value) for value in self.arguments.values())


@dataclass(frozen=True)
class Refusal:
    """An act that must fail, and the error with which it does."""

    act: Act
    error: str
    arguments: tuple


@dataclass(frozen=True)
class Read:
    """A question to a contract: by its name in the world, or "eth" for an account's ETH."""

    contract: str
    name: str
    arguments: tuple


@dataclass(frozen=True)
class Step:
    """One block: acts that succeed, with all that they announce, or one that is refused; and the answers to all reads."""

    timestamp: int
    acts: tuple[Act, ...]
    events: tuple[tuple[Event, ...], ...]
    answers: tuple[tuple, ...]
    refusal: Refusal | None = None


@dataclass(frozen=True)
class Plan:
    """A whole deal."""

    steps: tuple[Step, ...]
    reads: tuple[Read, ...]
    mutation: str | None
    ends: tuple[str, ...]  # the state in which each order ended


def _plain(value: Any) -> Any:
    if hasattr(value, "words"):
        return value.words()
    if isinstance(value, list | tuple):
        return tuple(_plain(part) for part in value)
    return value
