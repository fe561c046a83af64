"""What notifications say, in words that name nobody; the page, the feed and the calendar say the same."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _

from frontend.extensions import queries, services
from frontend.index.notice_views import Notice
from frontend.index.views import Order
from frontend.pages.deadlines import Next, is_my_turn, next_step, roles_of
from frontend.pages.described import described
from frontend.pages.text import plain
from frontend.services.messages import Unread

MAX_TITLE = 80


@dataclass(frozen=True)
class Told:
    """A notice with its order's title and its sentence."""

    notice: Notice
    title: str
    text: str


def kind_names() -> dict[str, str]:
    """Give what the switches are called."""
    return {
        "orders": _("Orders paid to you, given or handed over to you"),
        "progress": _("Orders accepted, delivered, cancelled or given more time"),
        "money": _("Money paid out or sent back"),
        "disputes": _("Disputes, evidence and rulings"),
        "agreements": _("Offers to end an order by agreement"),
        "keys": _("Keys of files asked for once more, and answered"),
        "messages": _("Messages about orders"),
        "reviews": _("Reviews of you, and answers to yours"),
    }


def told_of(notices: list[Notice]) -> list[Told]:
    """Put notices into words."""
    orders = queries.orders_with([notice.order_key for notice in notices])
    return [Told(one, title_of(orders.get(one.order_key)), sentence_of(one)) for one in notices]


def threads_of(account: str, kinds: Collection[str]) -> list[tuple[Unread, str]]:
    """List the threads with messages that an account has not opened, each with its order's title, the newest first."""
    waiting = services.notices.messages_of(account, kinds)
    orders = queries.orders_with([one.order_key for one in waiting])
    return [(one, title_of(orders.get(one.order_key))) for one in waiting]


def title_of(order: Order | None) -> str:
    """Give the title of what was sold as one line of letters that can be seen."""
    return plain(described(order.listing).title, MAX_TITLE) if order is not None else ""


def sentence_of(notice: Notice) -> str:
    """Say what happened, to the one who is told."""
    for_role = SENTENCES.get((notice.name, notice.role)) or SENTENCES.get((notice.name, ""))
    assert for_role is not None, f"no words for {notice.name}"
    return for_role(notice.data)


def turns_of(account: str, now_ts: int) -> list[tuple[Order, Next]]:
    """List the orders that wait for an account with their next step, the first due first."""
    waiting = queries.orders_at_turn(account, now_ts)
    mine = [
        (order, next_step(order, now_ts)) for order in waiting if is_my_turn(order, roles_of(order, account), now_ts)
    ]
    return sorted(mine, key=lambda row: (row[1].by_ts or 0, row[0].key))


# by step and role, "" for any role
SENTENCES: dict[tuple[str, str], Callable[[dict[str, Any]], str]] = {
    ("funded", "seller"): lambda data: _("Somebody has paid for an order of yours."),
    ("funded", "buyer"): lambda data: _("Somebody has bought this for you."),
    ("transferred", "buyer"): lambda data: _("The order was handed over to you."),
    ("transferred", "seller"): lambda data: _("The order has another buyer now."),
    ("accepted", ""): lambda data: _("The seller has accepted the order."),
    ("delivered", ""): lambda data: _("The seller has delivered. Look at it before the time to inspect is over."),
    ("extended", ""): lambda data: _("More time was given."),
    ("cancelled", ""): lambda data: _("The order was cancelled. The money went back to the buyer."),
    ("released", ""): lambda data: _("The buyer has released a part of the money to you."),
    ("part_refunded", ""): lambda data: _("The seller has sent a part of the money back to you."),
    ("milestone_paid", ""): lambda data: _("Milestone %(number)s is paid.", number=int(data["milestone"]) + 1),
    ("completed", ""): lambda data: _("The order is completed. The seller is paid."),
    ("refunded", ""): lambda data: _("The money went back to the buyer."),
    ("contested", ""): lambda data: _("The buyer disputes the order. Answer before the time is over."),
    ("disputed", "arbiter"): lambda data: _("You are asked to rule on a dispute."),
    ("disputed", ""): lambda data: _("The dispute is before the arbiter."),
    ("evidence", ""): lambda data: _("Something new was said or shown to the arbiter."),
    ("resolved", ""): lambda data: _("The arbiter has ruled. The money was divided."),
    ("settlement_offered", ""): lambda data: _("The other side offers to end the order by agreement."),
    ("settlement_withdrawn", ""): lambda data: _("The other side has withdrawn its offer."),
    ("key_refuted", ""): lambda data: _(
        "The buyer has proven to the contract that the key is wrong. The money went back."
    ),
    ("key_asked", ""): lambda data: _("The buyer has lost the key of the file and asks for it once more."),
    ("key_answered", ""): lambda data: _("The seller has given you the key of the file once more."),
    ("reviewed", ""): lambda data: _(
        "The other side has reviewed this order: %(rating)s of 5.", rating=int(data["rating"])
    ),
    ("replied", ""): lambda data: _("Your review was answered."),
    ("settled", ""): lambda data: _("The order has ended by agreement."),
}
