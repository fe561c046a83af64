"""Where a claim phase stands by the chain's clock, and what an account may still claim in it."""

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


def claimable_units(phase: Any, allowance_units: int | None, claimed_units: int) -> int:
    """Give what an account may still claim in a phase, if it is running.

    Args: the allowance is what the phase's list gives it; None in a phase without a list.
    Source: Claims.sol, _most.
    """
    bounds = [bound for bound in (phase.limit_units or None, allowance_units) if bound is not None]
    mine = max(0, min(bounds) - claimed_units) if bounds else phase.left_units
    return int(min(mine, phase.left_units))
