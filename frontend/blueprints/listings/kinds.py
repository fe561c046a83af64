"""What a new listing's times are at first, by what is sold. A further kind is a further row.

Each row is a promise that an ordinary seller of that kind can keep; the bounds are the protocol's (TermsLib.sol).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontend.services.terms import BLUEPRINT, FILE

GOODS, SERVICE = "goods", "service"
DAYS, HOURS = "days", "hours"
Time = tuple[str, str]  # a number as it is typed, and its unit
NONE: Time = ("", DAYS)


@dataclass(frozen=True)
class Defaults:
    """A kind's first times, and how many are sold."""

    instant: bool
    quantity: str
    accept_for: Time
    deliver_for: Time
    transit_for: Time
    inspect_for: Time
    rule_for: Time

    def times(self) -> dict[str, Time]:
        """Give the times by the names of their fields."""
        names = ("accept_for", "deliver_for", "transit_for", "inspect_for", "rule_for")
        return {name: getattr(self, name) for name in names}


KINDS = {
    GOODS: Defaults(False, "1", ("2", DAYS), ("7", DAYS), ("7", DAYS), ("3", DAYS), ("7", DAYS)),
    SERVICE: Defaults(False, "1", ("3", DAYS), ("14", DAYS), NONE, ("5", DAYS), ("7", DAYS)),
    BLUEPRINT: Defaults(False, "100", ("2", DAYS), ("7", DAYS), NONE, ("3", DAYS), ("7", DAYS)),
    FILE: Defaults(True, "1000000", ("2", DAYS), ("48", HOURS), NONE, ("3", DAYS), ("7", DAYS)),
}


def show_defaults(form: Any, kind: str) -> None:
    """Let an empty form hold what a kind begins with."""
    row = KINDS[kind]
    form.instant.data, form.quantity.data = row.instant, row.quantity
    for name, (number, unit) in row.times().items():
        field = getattr(form, name)
        if field is not None:
            field.show(number, unit)


def for_script(kinds: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    """Give what the page's script changes when another kind is chosen."""
    return {kind: {"instant": KINDS[kind].instant, "times": KINDS[kind].times()} for kind in kinds}
