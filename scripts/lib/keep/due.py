"""Which calls are due, by kind. A new kind of permissionless call is one more entry of KINDS."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from web3 import Web3

from scripts.lib.abis import exported_abi
from scripts.lib.keep.index import Index, OpenOrder
from scripts.lib.reading import ETH

WHAT_EXPIRE_DOES = {
    "funded": "not accepted in time: cancelled, all back to the buyer",
    "accepted": "not delivered in time: refunded",
    "delivered": "the buyer was silent: the seller is paid",
    "contested": "the seller did not stake: refunded",
    "disputed": "nobody ruled in time: refunded",
}


MILESTONE_IS_PAID = "the buyer was silent: the milestone is paid"


@dataclass(frozen=True)
class DueCall:
    """A call that anyone may make now."""

    kind: str
    subject: str  # what it is about: an order's key; no two calls of one kind have the same
    due_ts: int  # unix time of the first second in which it is due
    what: str  # why it is due and what it does, in words
    contract: str
    function: str
    args: tuple[Any, ...]


@dataclass(frozen=True)
class Matter:
    """What calls of one kind are about."""

    name: str
    moved_on: Callable[[str], bool]  # tells whether a refusal says that there is nothing left to do


@dataclass(frozen=True)
class Kind(Matter):
    """A kind of due call, and how to find those that are due at a time of the chain."""

    find: Callable[[Index, int], Iterator[DueCall]]


def last_second_of(order: OpenOrder) -> int:
    """Give the last second in which somebody may still act, unix time. Source: Market.expire."""
    if order.state == "disputed" and order.terms["backupArbiter"] != ETH:
        return order.clock_ts + int(order.terms["ruleFor"])
    return order.clock_ts


def overdue_orders(index: Index, now_ts: int) -> Iterator[DueCall]:
    """Give `expire`, or `expireMilestone`, for every order whose last second is over.

    Args: now_ts is the newest block's time.
    """
    for order in index.overdue_orders(now_ts):
        last_ts = last_second_of(order)
        if order.state in WHAT_EXPIRE_DOES and now_ts > last_ts:
            yield _expiry(order, last_ts + 1)


def _expiry(order: OpenOrder, due_ts: int) -> DueCall:
    by_milestone = order.state == "delivered" and bool(order.extras and order.extras["milestones"])
    function = "expireMilestone" if by_milestone else "expire"
    args = order_args(exported_abi("Market"), function, order)
    what = MILESTONE_IS_PAID if by_milestone else WHAT_EXPIRE_DOES[order.state]
    return DueCall("expire", order.key, due_ts, what, "Market", function, args)


def order_args(abi: Sequence[dict[str, Any]], function: str, order: OpenOrder) -> tuple[Any, ...]:
    """Give the arguments of a call that is about an order and takes nothing else, by its ABI."""
    named = {
        "terms": order.terms,
        "holder": order.first_holder,
        "ref": order.ref,
        "extras": order.extras,
        "milestone": order.milestone,
    }
    inputs = next(part["inputs"] for part in abi if part.get("name") == function)
    return tuple(_value(part, named) for part in inputs)


def order_moved_on(refusal: str) -> bool:
    """Tell whether the Market says that an order was finished, or went on to its next clock, since it was indexed."""
    # a state of 0 is no order at all: then the index is wrong
    if refusal.startswith(("MarketTooEarly(", "MarketWrongMilestone(")):
        return True
    return bool(re.match(r"MarketWrongState\(.*found=[1-9]\d*\)", refusal))


KINDS = (Kind("expire", order_moved_on, overdue_orders),)


def _value(part: dict[str, Any], named: dict[str, Any]) -> Any:
    """Give one value as its ABI entry wants it, out of values by their names."""
    kind, found = part["type"], named[part["name"]]
    if kind == "tuple":
        return tuple(_value(inner, found) for inner in part["components"])
    if kind == "tuple[]":  # each as a list in the ABI's order
        names = [inner["name"] for inner in part["components"]]
        one_of = {**part, "type": "tuple", "name": "one"}
        return [_value(one_of, {"one": dict(zip(names, one, strict=True))}) for one in found]
    if kind == "address":
        return Web3.to_checksum_address(found)
    if kind == "bytes32":
        return bytes.fromhex(found[2:])
    return bool(found) if kind == "bool" else int(found)
