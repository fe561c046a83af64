"""The founder's schedule, computed as the token does: nothing before the cliff, then linear since the start."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

WIDTH, HEIGHT = 600, 200
LEFT, RIGHT, TOP, BOTTOM = 50, 580, 20, 160


@dataclass(frozen=True)
class Drawing:
    """Coordinates of the schedule's drawing, in its own 600 by 200 units."""

    area: str
    line: str
    now_x: int
    now_y: int


def milestones(community: Any) -> list[tuple[int, int]]:
    """List times and what has vested by then: the start, the cliff, quarters of the span, the end."""
    start, cliff, span = (
        int(community.vesting_start_ts),
        int(community.vesting_cliff_s),
        int(community.vesting_duration_s),
    )
    times = {start, start + cliff, start + span, *(start + span * part // 4 for part in (1, 2, 3))}
    return [(at, community.vested_units_at(at)) for at in sorted(times) if at >= start + cliff or at == start]


def drawing(community: Any, now_ts: int) -> Drawing | None:
    """Give the drawing of a schedule, None where nothing vests over time."""
    allocation, span = int(community.founder_allocation_units), int(community.vesting_duration_s)
    if allocation == 0 or span == 0:
        return None
    start, cliff = int(community.vesting_start_ts), int(community.vesting_cliff_s)

    def x(at_ts: int) -> int:
        return LEFT + (RIGHT - LEFT) * max(0, min(at_ts - start, span)) // span

    def y(units: int) -> int:
        return BOTTOM - (BOTTOM - TOP) * units // allocation

    points = [
        (x(start), BOTTOM),
        (x(start + cliff), BOTTOM),
        (x(start + cliff), y(community.vested_units_at(start + cliff))),
        (RIGHT, TOP),
    ]
    line = " ".join(f"{across},{down}" for across, down in points)
    return Drawing(
        area=f"{line} {RIGHT},{BOTTOM}",
        line=line,
        now_x=x(now_ts),
        now_y=y(community.vested_units_at(min(now_ts, start + span))),
    )
