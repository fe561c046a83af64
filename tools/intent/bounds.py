"""What the form asked for, as the document repeats it: amounts, limits and recipients, each as number and as text."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from tools.intent import ids
from tools.intent.reading import ETH_DECIMALS, Reading, decimal

NAMES: dict[str, tuple[str, ...]] = {
    "communities.open": ("cap", "founderAllocation", "feeBps"),
    "communities.set_fee": ("newFeeBps",),
    "communities.set_waivers": ("tokenWaiver", "memberWaiver"),
    "communities.offer_stewardship": ("to",),
    "tokens.mint": ("to", "amount"),
    "tokens.burn": ("amount",),
    "tokens.transfer": ("to", "value"),
    "token.approve": ("spender", "value"),
    "market.list": ("unitPrice", "quantityLimit", "maxFeeBps"),
    "market.list_file": ("unitPrice", "quantityLimit", "maxFeeBps"),
    "market.set_quantity_limit": ("newLimit",),
    "market.buy": ("quantity", "maxTotal", "maxFeeBps", "deadline", "holder"),
    "market.buy_many": ("deadline",),
    "market.deposit_bond": ("account", "amount"),
    "market.withdraw_bond": ("amount",),
    "market.dispute": ("arbiterFee",),
    "market.stake": ("arbiterFee",),
    "market.rule": ("bpsToBuyer",),
    "market.release": ("expectedAmount", "amount"),
    "market.refund_part": ("expectedAmount", "amount"),
    "market.extend": ("newClock",),
    "market.transfer": ("to",),
    "market.offer": ("expectedAmount", "toHolder"),
    "market.accept_offer": ("toHolder",),
    "market.settle_signed": ("toHolder", "deadline"),
    "credits.withdraw": ("to", "amount"),
    "credits.withdraw_claims": ("to", "amount"),
    "credits.withdraw_curves": ("to", "amount"),
    "credits.withdraw_blueprints": ("to", "amount"),
    "claims.open": ("supply", "limit", "price"),
    "claims.claim": ("amount", "maxCost", "to"),
    "splits.claim": ("to",),
    "splits.send": ("to",),
    "splits.move": ("newPayee",),
    "personas.offer": ("to",),
    "curves.buy": ("amount", "maxTotal", "deadline", "to"),
    "curves.sell": ("amount", "minProceeds", "deadline", "to"),
    "curves.swap": ("amountIn", "amountOut", "deadline"),
    "curves.open": ("maxBacking", "firstAmount", "maxTotal", "deadline"),
    "reviews.review": ("rating",),
    "designs.claim": ("to",),
    "designs.hand_on": ("to",),
}
TOKENS_OF_A_CURVE = ("amount", "amountIn", "amountOut", "firstAmount")
TOKENS_OF_A_PHASE = ("supply", "limit", "amount")
BPS = ("feeBps", "newFeeBps", "maxFeeBps", "bpsToBuyer")
PERCENTS = ("tokenWaiver", "memberWaiver")
COUNTS = ("quantity", "quantityLimit", "newLimit", "rating")
ACCOUNTS = ("to", "spender", "holder", "account", "newPayee")
TIMES = ("deadline", "newClock")


def differences(reading: Reading, found: list[Any]) -> list[str]:
    """Compare a document's bounds with the call; give what differs."""
    names = NAMES.get(reading.action, ())
    told = [bound.get("name") if isinstance(bound, dict) else None for bound in found]
    if told != list(names):
        return [f"bounds: the document names {told}, the call has {list(names)}"]
    wrong = []
    for name, bound in zip(names, found, strict=True):
        value = _value(reading, name)
        if bound.get("value") != value:
            wrong.append(f"bounds.{name}: the document says {bound.get('value')!r}, the call {value!r}")
        meant = _text(reading, name, value)
        text = str(bound.get("text"))
        is_amount = name not in (*BPS, *PERCENTS, *COUNTS, *ACCOUNTS, *TIMES)
        if meant is not None and (text.partition(" ")[0] if is_amount else text) != meant:
            wrong.append(f"bounds.{name}: the document writes {text[:80]!r}, the call means {meant!r}")
    return wrong


def _value(reading: Reading, name: str) -> str:
    args: dict[str, Any] = reading.args
    places: dict[str, Callable[[], Any]] = {
        "holder": lambda: args["purchase"]["holder"],
        "unitPrice": lambda: reading.terms["unitPrice"],
        "arbiterFee": lambda: reading.terms["arbiterFee"],
    }
    if name in places:
        value = places[name]()
    elif name in args:
        value = args[name]
    else:
        struct = next((part for part in ("params", "phase") if part in args), "")
        value = args[struct][name] if struct else reading.terms[name]
    return ids.with_checksum(value) if name in ACCOUNTS else str(value)


def _text(reading: Reading, name: str, value: str) -> str | None:
    if name in ACCOUNTS or name in COUNTS:
        return value
    if name in BPS:
        return f"{decimal(int(value), 2)} %"
    if name in PERCENTS:
        return f"{value} %"
    if name in TIMES:
        return time_text(int(value))
    in_tokens = (
        reading.action == "communities.open"
        or (reading.curve_token and name in TOKENS_OF_A_CURVE)
        or ("phase" in reading.args and name in TOKENS_OF_A_PHASE)
    )
    decimals = ETH_DECIMALS if in_tokens else reading.decimals
    return None if decimals is None else decimal(int(value), decimals)


def time_text(timestamp_ts: int) -> str:
    """Write a unix time as people read it, in UTC."""
    try:
        return datetime.fromtimestamp(timestamp_ts, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    except (OverflowError, ValueError, OSError):
        return "far in the future"
