"""One line of the report. Texts never hold a URL, a key or a password: a node's address may contain one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True)
class Finding:
    """What was looked at and how it is. `todo` is what to do when it is not well."""

    what: str
    is_well: bool | None  # None: cannot be looked at here, for the reason in `todo`
    todo: str = ""

    def line(self) -> str:
        """Give the line of the report."""
        if self.is_well:
            return f"ok  {self.what}"
        return f"{'–   ' if self.is_well is None else '✗   '}{self.what}: {self.todo}"


Findings = Iterator[Finding]


def well(what: str) -> Finding:
    """Say that something is well."""
    return Finding(what, True)


def ill(what: str, todo: str) -> Finding:
    """Say that something is not well, and what to do."""
    return Finding(what, False, todo)


def unseen(what: str, why: str) -> Finding:
    """Say that something could not be looked at, and why."""
    return Finding(what, None, why)


def judged(is_well: bool, what: str, todo: str) -> Finding:
    """Say one or the other."""
    return well(what) if is_well else ill(what, todo)
