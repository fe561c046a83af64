"""Commissions as they hold at a time. What an order pays is frozen when it is bought; this is what a page announces."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from frontend.extensions import queries
from frontend.services.quotes import community_fee_bps


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
    """Give the commissions of a community's market, nothing waived."""
    of_platform = platform.fee_bps_at(now_ts) if platform is not None else 0
    of_community = community.fee_bps_at(now_ts) if community is not None else 0
    coming = sum(
        int(office.raised_fee_bps) if waiting_raise(office, now_ts) else office.fee_bps_at(now_ts)
        for office in (platform, community)
        if office is not None
    )
    return Fees(of_platform, of_community, coming)


def fees_on(listing: Any, platform: Any, community: Any | None, now_ts: int) -> Fees:
    """Give what would be taken of a sale of a listing now, after what its community waives of it."""
    whole = fees_of(platform, community, now_ts)
    if community is None:
        return whole
    return replace(whole, community_bps=community_fee_bps(queries, community, listing, now_ts))
