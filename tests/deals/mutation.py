"""Mutations: named ways in which a valid call must fail, each one change to it and the exact error expected."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tests.deals.plan import Act, Refusal
from tests.deals.world import Actor
from tests.helpers.books import Entry
from tests.helpers.deal import Deal
from tests.helpers.terms import Terms

if TYPE_CHECKING:
    from tests.deals.course import Course


@dataclass(frozen=True)
class Moment:
    """A valid call, just before it is made."""

    course: Course
    act: Act

    @property
    def entry(self) -> Entry:
        """The order that the call is about."""
        assert self.act.entry is not None
        return self.act.entry

    @property
    def deal(self) -> Deal:
        """The deal of the order, or the one that is listed or bought."""
        return self.act.entry.deal if self.act.entry else self.course.deals[0]

    @property
    def terms(self) -> Terms:
        """The terms in the call."""
        found = self.act.arguments["terms"]
        assert isinstance(found, Terms)
        return found

    def person(self, role: str) -> Actor:
        """Give somebody by his role."""
        return self.course.world.people[role]

    def refused(
        self, error: str, *arguments: Any, by: Actor | None = None, at: int | None = None, **changes: Any
    ) -> Refusal:
        """Give the call with changes, and the error with which it fails. `by`, `at` and `value`: another caller, time, ETH."""
        act = self.act.but(**{name: value for name, value in changes.items() if name != "value"})
        act = replace(
            act,
            actor=by or act.actor,
            timestamp=act.timestamp if at is None else at,
            value=changes.get("value", act.value),
        )
        return Refusal(act, error, arguments)

    def instead(
        self, name: str, error: str, *arguments: Any, by: Actor | None = None, value: int = 0, **rest: Any
    ) -> Refusal:
        """Give another call about the same order, at the same time, and the error with which it fails."""
        head = {key: self.act.arguments[key] for key in ("terms", "holder", "ref")}
        act = Act(
            name, by or self.act.actor, {**head, **rest}, self.act.timestamp, list, "market", value, self.act.entry
        )
        return Refusal(act, error, arguments)


@dataclass(frozen=True)
class Mutation:
    """One way to fail: at which calls, and what deal it wants."""

    name: str
    apply: Callable[[Moment], Refusal | None]
    calls: tuple[str, ...]
    wishes: dict[str, tuple]


MUTATIONS: dict[str, Mutation] = {}


def mutation(*calls: str, **wishes: Any) -> Callable:
    """Enter a function `mutate_<what>`: the calls at which it is asked, and decisions that make it likely to find one.

    The function gives None for a call that cannot fail in this way.
    """

    def enter(function: Callable[[Moment], Refusal | None]) -> Callable[[Moment], Refusal | None]:
        name = function.__name__
        assert name.startswith("mutate_")
        assert name not in MUTATIONS, f"{name} is there twice"
        wanted = {key: value if isinstance(value, tuple) else (value,) for key, value in wishes.items()}
        MUTATIONS[name] = Mutation(name, function, calls, wanted)
        return function

    return enter
