"""Commissions as they hold at a time. What an order pays is frozen when it is bought; this is what a page announces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Fees:
    """Commissions in basis points; `coming` is the sum after all raises that wait."""

    platform_bps: int
    community_bps: int
    coming_bps: int

    @property
    def total_bps(self) -> int:
        """Platform and community together."""
        return self.platform_bps + self.community_bps

    def of(self, amount_units: int) -> tuple[int, int]:
        """Give what platform and community would take of an amount, each rounded down as the contract does."""
        return amount_units * self.platform_bps // 10_000, amount_units * self.community_bps // 10_000


def waiting_raise(office: Any, now_ts: int) -> bool:
    """Tell whether a raise is announced and not in force yet."""
    return bool(office.raise_at_ts) and now_ts < office.raise_at_ts


def fees_of(platform: Any, community: Any | None, now_ts: int) -> Fees:
    """Give the commissions of a sale in a community."""
    of_platform = platform.fee_bps_at(now_ts) if platform is not None else 0
    of_community = community.fee_bps_at(now_ts) if community is not None else 0
    coming = sum(
        int(office.raised_fee_bps) if waiting_raise(office, now_ts) else office.fee_bps_at(now_ts)
        for office in (platform, community)
        if office is not None
    )
    return Fees(of_platform, of_community, coming)
