"""Where a claim phase stands, by the chain's clock."""

from typing import Any

CLOSED, COMING, RUNNING, GIVEN, OVER = "closed", "coming", "running", "given", "over"


def standing(phase: Any, now_ts: int) -> str:
    """Say where a phase stands: closed, still to come, running, running with nothing left, or over and not yet closed.

    Source: Claims.sol; one can claim while start <= now <= end.
    """
    if not phase.is_open:
        return CLOSED
    if now_ts < phase.start_ts:
        return COMING
    if now_ts > phase.end_ts:
        return OVER
    return RUNNING if phase.left_units else GIVEN
