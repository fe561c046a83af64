"""As what somebody got a part of an order's money. Pure: accounts in the order of the event go in.

Source: Endings.payouts, which names holder, seller, split, referrer, platform, community and arbiter in this order and leaves
out whoever gets nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from frontend.pages.layout import account_of_community
from frontend.services.splits import account_of_version

PLATFORM = 0
ROLES = ("buyer", "seller", "split", "referrer", "platform", "community", "arbiter", "other")
FEES = ("platform", "community")


@dataclass(frozen=True)
class Payees:
    """Who may get something of an order's money, by role in the contract's order; several accounts where it changed hands."""

    by_role: tuple[tuple[str, frozenset[str]], ...]

    def roles_of(self, accounts: Sequence[str]) -> list[str]:
        """Say as what each account of one payout got its part; "other" for an account that is none of these."""
        found, place = [], 0
        for account in accounts:
            here = next((at for at in range(place, len(self.by_role)) if account in self.by_role[at][1]), None)
            found.append("other" if here is None else self.by_role[here][0])
            place = place if here is None else here + 1
        return found


def payees_of(terms: Mapping[str, Any], holders: frozenset[str], referrer: str | None) -> Payees:
    """Give an order's payees. Args: terms as the index keeps them; holders are all who ever held the order."""
    split = account_of_version(int(terms["splitId"]), int(terms["splitVersion"])) if int(terms["splitId"]) else None
    return Payees(
        (
            ("buyer", holders),
            ("seller", frozenset({terms["seller"]})),
            ("split", frozenset({split} if split else ())),
            ("referrer", frozenset({referrer} if referrer else ())),
            ("platform", frozenset({account_of_community(PLATFORM)})),
            ("community", frozenset({account_of_community(int(terms["communityId"]))})),
            ("arbiter", frozenset({terms["arbiter"], terms["backupArbiter"]})),
        )
    )
