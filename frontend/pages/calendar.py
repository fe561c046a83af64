"""Deadlines of orders as a calendar (RFC 5545)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from flask_babel import gettext as _

from frontend.index.views import Order
from frontend.pages.deadlines import FINAL, Next, is_my_turn, last_ruling_ts, next_step, roles_of
from frontend.pages.notices import title_of

MAX_LINE_BYTES = 75
UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
# the chain does not say when the backup's turn or the end of the time has come: it counts as a change all the same
LATER = {"backup": 1, "anyone": 2, "nobody": 3}


def calendar_of(
    orders: Sequence[Order],
    changes: Mapping[str, int],
    *,
    origin: str,
    now_ts: int,
    account: str | None = None,
) -> str:
    """Give a calendar with one event for each order: its present deadline.

    Args: changes counts what has happened to each order, by its key; with an account the events in which it must act ring
    a day before. The event keeps its UID through the order's life and moves with the deadline; a finished order's is
    cancelled.
    """
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dokkaebi//Market//EN", "CALSCALE:GREGORIAN", "METHOD:PUBLISH"]
    lines.append(f"X-WR-CALNAME:{_escaped(_('Dokkaebi market: deadlines'))}")
    for order in orders:
        mine = account is not None and is_my_turn(order, roles_of(order, account), now_ts)
        lines += _event(order, changes.get(order.key, 0), origin, now_ts, mine)
    lines.append("END:VCALENDAR")
    return "".join(f"{_folded(line)}\r\n" for line in lines)


def deadline_of(order: Order, step: Next) -> int:
    """Give the last second of an order's present deadline, also when it is over."""
    if step.by_ts is not None:
        return step.by_ts
    return last_ruling_ts(order) if order.state == "disputed" else int(order.clock_ts)


def deed(order: Order, step: Next) -> str:
    """Say in a few words what has to be done by the deadline, and by whom."""
    if step.actor == "nobody":
        return _("Finished")
    if step.actor == "anyone":
        return _("Time is over")
    if step.actor == "backup":
        return _("Backup arbiter: rule")
    return {
        "funded": _("Seller: accept or decline"),
        "accepted": _("Seller: deliver"),
        "delivered": _("Buyer: confirm or dispute"),
        "contested": _("Seller: answer the dispute"),
        "disputed": _("Arbiter: rule"),
    }[order.state]


def _event(order: Order, changed: int, origin: str, now_ts: int, mine: bool) -> list[str]:
    step = next_step(order, now_ts)
    host = origin.partition("://")[2]
    summary = _escaped(f"{deed(order, step)}: {title_of(order)}")
    lines = [
        "BEGIN:VEVENT",
        f"UID:{order.key}@{host}",
        f"SEQUENCE:{4 * changed + LATER.get(step.actor, 0)}",
        f"DTSTAMP:{_moment(order.updated_at_ts)}",
        f"LAST-MODIFIED:{_moment(order.updated_at_ts)}",
        f"DTSTART:{_moment(deadline_of(order, step))}",
        f"SUMMARY:{summary}",
        f"URL:{origin}/o/{order.key}",
        f"STATUS:{'CANCELLED' if order.state in FINAL else 'CONFIRMED'}",
        "TRANSP:TRANSPARENT",
    ]
    if mine and step.by_ts is not None:
        lines += ["BEGIN:VALARM", "ACTION:DISPLAY", f"DESCRIPTION:{summary}", "TRIGGER:-P1D", "END:VALARM"]
    return [*lines, "END:VEVENT"]


def _moment(at_ts: int) -> str:
    return datetime.fromtimestamp(at_ts, UTC).strftime("%Y%m%dT%H%M%SZ")


def _escaped(text: str) -> str:
    """Give a TEXT value (RFC 5545, 3.3.11)."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    return UNSEEN.sub("", text.replace("\r\n", "\n").replace("\n", "\\n"))


def _folded(line: str) -> str:
    """Break a line after at most 75 bytes, never within a letter (RFC 5545, 3.1)."""
    parts, held, size = [], "", 0
    for sign in line:
        width = len(sign.encode("utf-8", "replace"))
        if size + width > MAX_LINE_BYTES:
            parts.append(held)
            held, size = "", 1  # the next one begins with a space
        held, size = held + sign, size + width
    return "\r\n ".join([*parts, held])
