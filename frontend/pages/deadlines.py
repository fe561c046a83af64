"""Who acts next on an order, until when, and what happens if nobody does. Pure: an order and the chain's time go in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontend.pages.terms import terms_of
from frontend.services.terms import FILE, MAX_EXTENSION_S

OPEN = ("funded", "accepted", "delivered", "contested", "disputed")
FINAL = ("completed", "cancelled", "refunded", "resolved")


@dataclass(frozen=True)
class Next:
    """The next step of an order.

    actor: "seller", "buyer", "arbiter", "backup", "anyone" (the time is over) or "nobody" (finished).
    by_ts: last second in which the actor may act, None when there is no end.
    """

    actor: str
    by_ts: int | None


@dataclass(frozen=True)
class Roles:
    """What one account is to an order."""

    buyer: bool
    seller: bool
    arbiter: bool
    backup: bool

    @property
    def names(self) -> list[str]:
        """The roles that are held, as words."""
        return [name for name in ("buyer", "seller", "arbiter", "backup") if getattr(self, name)]


def roles_of(order: Any, account: str | None) -> Roles:
    """Say what an account is to an order."""
    mine = (account or "").lower()
    terms = terms_of(order.listing)

    def is_me(address: str | None) -> bool:
        return bool(mine) and address is not None and address.lower() == mine

    return Roles(
        buyer=is_me(order.holder),
        seller=is_me(order.listing.seller),
        arbiter=is_me(terms.arbiter),
        backup=is_me(terms.backup),
    )


def last_ruling_ts(order: Any) -> int:
    """Give the last second in which anyone may rule."""
    terms = terms_of(order.listing)
    return int(order.clock_ts) + (terms.rule_for_s if terms.backup else 0)


def next_step(order: Any, now_ts: int) -> Next:
    """Say who acts next and by when."""
    if order.state not in OPEN:
        return Next("nobody", None)
    if order.state == "disputed":
        if now_ts <= order.clock_ts:
            return Next("arbiter", order.clock_ts)
        last = last_ruling_ts(order)
        return Next("backup", last) if now_ts <= last else Next("anyone", None)
    if now_ts > order.clock_ts:
        return Next("anyone", None)
    actor = {"funded": "seller", "accepted": "seller", "delivered": "buyer", "contested": "seller"}[order.state]
    return Next(actor, order.clock_ts)


def actions_for(order: Any, roles: Roles, now_ts: int) -> list[str]:
    """List what an account may do with an order now, the most likely first."""
    if order.state not in OPEN:
        return []
    step = next_step(order, now_ts)
    overdue = step.actor == "anyone"
    found: list[str] = []
    if order.state == "funded":
        if roles.seller:
            found += [] if overdue else ["accept"]
            found.append("decline")
        if roles.buyer:
            found.append("cancel")
    elif order.state == "accepted" and roles.seller and not overdue:
        found.append("deliver_file" if order.listing.kind == FILE else "deliver")
    elif order.state == "delivered" and roles.buyer:
        found.append("confirm")
        if not overdue:
            found.append("dispute")
    elif order.state == "contested" and not overdue:
        found.append("stake")
    elif order.state == "disputed" and (
        (step.actor == "arbiter" and roles.arbiter) or (step.actor == "backup" and roles.backup)
    ):
        found.append("rule")
    if order.state in ("contested", "disputed") and (roles.buyer or roles.seller):
        found.append("evidence")
    if roles.seller and order.state != "funded":
        found.append("refund")
    if overdue:
        found.insert(0, "expire")
    return found + changes_for(order, roles, now_ts)


def changes_for(order: Any, roles: Roles, now_ts: int) -> list[str]:
    """List what a party may change about an open order without a step on its way. Source: Changes.sol."""
    found = []
    if roles.buyer:
        found.append("release")
    if roles.seller:
        found.append("refund_part")
    if extension_room_s(order) and now_ts <= order.clock_ts and getattr(roles, favoured(order)):
        found.append("extend")
    if roles.buyer and order.state in ("funded", "accepted", "delivered") and _can_be_handed_over(order):
        found.append("transfer")
    return found


def _can_be_handed_over(order: Any) -> bool:
    """Tell whether an order may have another holder: a file's key is wrapped to its buyer's secret."""
    return order.listing.kind != FILE and not terms_of(order.listing).only_buyer


def favoured(order: Any) -> str:
    """Say whom it helps when the clock runs out, and who may therefore give more time."""
    return "seller" if order.state == "delivered" else "buyer"


def extension_room_s(order: Any) -> int:
    """Give by how much an order's clock may still be extended, seconds; 0 where it may not."""
    if order.state not in ("funded", "accepted", "delivered"):
        return 0
    return max(0, MAX_EXTENSION_S - int(order.extended_s))


def settlements_for(order: Any, roles: Roles) -> list[str]:
    """List what a party may do to end an open order by agreement, the most likely first. Source: Settlements.sol."""
    if order.state not in OPEN or not (roles.buyer or roles.seller):
        return []
    others = order.sellers_offer_units if roles.buyer else order.holders_offer_units
    return [*(["accept_offer"] if others is not None else []), "offer", "sign", "settle_signed", "withdraw_offer"]


def is_my_turn(order: Any, roles: Roles, now_ts: int) -> bool:
    """Tell whether the next step is this account's; a step that anyone may take counts for the one it helps."""
    step = next_step(order, now_ts)
    if step.actor == "anyone":
        return roles.seller if order.state == "delivered" else roles.buyer
    return step.actor in roles.names


def progress(order: Any) -> tuple[int, int]:
    """Say how far an order has come: steps done of all steps of its way."""
    steps = steps_of(order)
    return steps.index(order.state) + 1, len(steps)


def steps_of(order: Any) -> list[str]:
    """List the states on this order's way, first to last."""
    instant = bool(order.listing.instant)
    way = ["accepted", "delivered"] if instant else ["funded", "accepted", "delivered"]
    if order.settled_units is not None:
        return [way[0], "resolved"]
    if order.state in ("contested", "disputed", "resolved"):
        fee = terms_of(order.listing).arbiter_fee_units
        return [*way, *(["contested"] if fee else []), "disputed", "resolved"]
    if order.state == "cancelled":
        return ["funded", "cancelled"]
    if order.state == "refunded":
        return [*way[: 1 if instant else 2], "refunded"]
    return [*way, "completed"]
