"""Delivering the keys of sealed files: which orders wait for one, and the wraps for them.

A key is out as soon as its transaction is sent. So it is sent only while the order is accepted, also some blocks ago, while no
offer of the seller's stands, and while there is time enough for it to be mined (docs/sealed-files.md).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime

from scripts.lib.files.book import Book
from scripts.lib.files.orders import ACCEPTED, COMPLETED, DELIVERED, FUNDED, NONE, Listing, Order, Orders, point_words
from scripts.lib.keep.due import DueCall, Matter, order_moved_on
from scripts.lib.keep.keeper import Rounds
from scripts.lib.keep.node import Head
from scripts.lib.problems import BadArgument
from tools.files.wrap import Point, Wrap, derive_sold_key, is_point, key_hash, wrap

DELIVER = Matter("deliver file", order_moved_on)
ANSWER = Matter("answer request", lambda _: False)
MATTERS = (DELIVER, ANSWER)
MOST_ANSWERS = 3  # to one order: each costs the seller gas
HAS_ITS_KEY = range(DELIVERED, COMPLETED + 1)


@dataclass(frozen=True)
class Care:
    """What a seller waits for."""

    deep_blocks: int  # for so many blocks the order must have been accepted
    least_left_s: int  # and so many seconds must be left to deliver
    answers: bool = False  # whether requests for a key are answered


class SoldKeys:
    """The keys of listings, made from a seller's identities and checked against what the listings say."""

    def __init__(self, identities: list[str]) -> None:
        self._identities = identities
        self._found: dict[bytes, bytes | None] = {}

    def of(self, listing: Listing) -> bytes | None:
        """Give a listing's key, None when none of the identities makes it."""
        if listing.id not in self._found:
            made = (derive_sold_key(identity, listing.salt) for identity in self._identities)
            self._found[listing.id] = next(
                (key for key in made if key_hash(listing.salt, key) == listing.key_hash), None
            )
        return self._found[listing.id]


def expect_fitting(keys: SoldKeys, listings: Iterable[Listing]) -> None:
    """Make sure that there are listings, and a key for one at least. Raises: BadArgument, naming them."""
    found = list(listings)
    if not found or any(keys.of(listing) is not None for listing in found):
        return
    named = ", ".join("0x" + listing.id.hex() for listing in found)
    raise BadArgument(
        f"no key in the key file is that of a listing of this account ({named}). Nothing was sent. Use the key file that "
        "was saved when they were sealed."
    )


@dataclass
class Deliverer(Rounds):
    """Delivers and answers what the book says is due."""

    book: Book
    orders: Orders
    keys: SoldKeys
    care: Care
    _over: set[bytes] = field(default_factory=set)  # orders that wait for no key any more
    _wraps: dict[tuple[bytes, Point], Wrap] = field(default_factory=dict)

    def due(self, head: Head) -> Iterable[DueCall]:
        """Give what is due at the newest block; say of the rest what it waits for. Chain: reads."""
        if self.book.catch_up(head.number):
            self._over.clear()
        under_way = {(call.kind, call.subject) for call in self.desk.journal.unfinished()}
        for order in list(self.book.orders.values()):
            if not self._has_key(order, head):
                continue
            if order.key not in self._over and (DELIVER.name, subject_of(order)) not in under_way:
                yield from self._delivery(order, head)
            if self.care.answers:
                yield from self._answer(order, head, under_way)

    def _has_key(self, order: Order, head: Head) -> bool:
        if self.keys.of(order.listing) is not None:
            return True
        listing = "0x" + order.listing.id.hex()
        self.desk.report.tell(
            listing, f"✗ listing {listing}: no key in the key file is this listing's; its orders are left. Add the key file "
            "that was saved when it was sealed",
        )  # fmt: skip
        if order.key not in self._over:
            if self.orders.state(order, head.number)[0] == ACCEPTED:
                self.desk.report.leave(subject_of(order), "no key fits its listing")
            elif self._deep_state(order, head) >= DELIVERED:
                self._over.add(order.key)
        return False

    def _deep_state(self, order: Order, head: Head) -> int:
        return self.orders.state(order, head.number - self.care.deep_blocks)[0]

    def _delivery(self, order: Order, head: Head) -> Iterator[DueCall]:
        state, clock_ts = self.orders.state(order, head.number)
        deep_state = self._deep_state(order, head)
        if deep_state >= DELIVERED:
            self._over.add(order.key)
        if state != ACCEPTED:
            if state == FUNDED:
                self._say(
                    order, f"waits for your acceptance until {_time(clock_ts)}: accept it on its page, or with a wallet"
                )
            return
        if (why := self._why_not(order, head, deep_state, clock_ts)) is not None:
            self.desk.report.leave(subject_of(order), why)
            self._say(order, why)
            return
        arguments = (*order.head, self._wrap(order, order.point))
        what = "its key, wrapped for the buyer alone"
        yield DueCall(DELIVER.name, subject_of(order), head.timestamp_ts, what, "Market", "deliverFile", arguments)

    def _why_not(self, order: Order, head: Head, deep_state: int, clock_ts: int) -> str | None:
        """Give why an accepted order gets no key now, None when it does."""
        if not is_point(order.point):
            return "left: its purchase carries no point of the curve, so that no key can be wrapped for it. Refund it"
        if clock_ts - head.timestamp_ts < self.care.least_left_s:
            return (
                f"left: it had to be delivered by {_time(clock_ts)}, and a key that comes late is given away. Refund it"
            )
        if deep_state != ACCEPTED:
            return f"waits until its acceptance is {self.care.deep_blocks} blocks deep"
        if self.orders.has_sellers_offer(order, head.number):
            return "waits: an offer of yours stands, which the buyer could accept and keep the key. Withdraw it"
        return None

    def _answer(self, order: Order, head: Head, under_way: set[tuple[str, str]]) -> Iterator[DueCall]:
        point = self.book.asked.get(order.key)
        answered = self.book.answered.get(order.key, [])
        if point is None or point in answered:
            return
        subject = f"{subject_of(order)} asked {f'{point.x:064x}'[:8]}"
        if (ANSWER.name, subject) in under_way:
            return
        states = {self.orders.state(order, head.number)[0], self._deep_state(order, head)}
        if not all(state in HAS_ITS_KEY for state in states):
            if NONE not in states:
                self.desk.report.tell(
                    subject, f"· {subject}: not answered; only orders whose key was delivered are, and kept"
                )
            return
        if len(answered) >= MOST_ANSWERS or not is_point(point):
            self.desk.report.tell(
                subject, f"✗ {subject}: left; it was answered {MOST_ANSWERS} times, or asks with no point"
            )
            return
        arguments = (order.key, *point_words(point), self._wrap(order, point))
        what = "its key once more, wrapped to the point that its buyer asked with"
        yield DueCall(ANSWER.name, subject, head.timestamp_ts, what, "KeyRequests", "answer", arguments)

    def _wrap(self, order: Order, point: Point) -> tuple[bytes, bytes, bytes]:
        """Give a wrap, made once as long as this process runs."""
        if (order.key, point) not in self._wraps:
            key = self.keys.of(order.listing)
            assert key is not None
            self._wraps[order.key, point] = wrap(key, order.key, point)
        made = self._wraps[order.key, point]
        return (*point_words(made.point), made.masked)

    def _say(self, order: Order, words: str) -> None:
        self.desk.report.tell(subject_of(order), f"… {subject_of(order)}: {words}", once_for=words)


def subject_of(order: Order) -> str:
    """Give an order's key as it is written."""
    return "0x" + order.key.hex()


def _time(at_ts: int) -> str:
    return datetime.fromtimestamp(at_ts, UTC).strftime("%Y-%m-%d %H:%M UTC")
