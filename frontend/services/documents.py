"""An intent as a document for a program that checks it: all that is needed to judge it without this server.

docs/verifying.md describes the format; tools/intent reads it and shares no code with this side.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from eth_account.messages import encode_typed_data
from eth_utils.abi import abi_to_signature
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.contracts.registry import Registry, exported_hash, function_abi, selector
from frontend.formatters import ETH_DECIMALS, bps, plain_units
from frontend.index.queries import Queries
from frontend.services.intents import Intent

FORMAT = "dokkaebi-intent/1"
WITH_DEADLINE = (
    "market.buy", "market.buy_many", "market.settle_signed", "curves.buy", "curves.sell", "curves.swap", "curves.open",
)  # fmt: skip
RULES_FEE_SHIFT, RULES_FEE_MASK = 16, 0xFFFF  # TermsRules.sol

# what the form asked for, by the names that the contracts give it
BOUNDS: dict[str, tuple[str, ...]] = {
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
TOKENS_OF_A_CURVE = ("amount", "amountIn", "firstAmount")
TOKENS_OF_A_PHASE = ("supply", "limit", "amount")
ACCOUNTS = ("to", "spender", "holder", "account", "newPayee")


def document_of(intent: Intent, registry: Registry, queries: Queries) -> dict[str, Any]:
    """Give an intent's document. Reads the index for the names of currencies, and nothing else."""
    entry = function_abi(intent.contract, intent.function)
    named = arguments(entry["inputs"], intent.values)
    return {
        **intent.to_json(),
        "format": FORMAT,
        "selector": "0x" + selector(entry).hex(),
        "call": {
            "contract": intent.contract,
            "function": intent.function,
            "signature": abi_to_signature(entry),  # type: ignore[arg-type]  # our ABI files are plain JSON, not eth_typing dicts
            "values": intent.values,
            "arguments": named,
        },
        "abi": {"contract": intent.contract, "hash": exported_hash(intent.contract)},
        "deployment": _deployment(intent, registry),
        "deadline": int(_found(named, "deadline")) if intent.action in WITH_DEADLINE else None,
        "bounds": [_bound(intent, named, name, queries) for name in BOUNDS.get(intent.action, ())],
        "summary": [
            {"label": line.label, "kind": line.kind, "value": line.value, "more": line.more} for line in intent.lines
        ],
        "permitHashes": _hashes(intent.permit),
    }


def arguments(parts: list[dict[str, Any]], values: list[Any]) -> list[dict[str, Any]]:
    """Give values with names and types, in the ABI's order; a struct's value is such a list again."""
    return [
        {
            "name": part["name"],
            "type": part["type"],
            "value": arguments(part["components"], value) if part["type"] == "tuple" else value,
        }
        for part, value in zip(parts, values, strict=True)
    ]


def _deployment(intent: Intent, registry: Registry) -> dict[str, Any]:
    """Say which entry of the record the call leads to; a token is its registry's."""
    name = intent.contract if intent.contract in registry.deployments else "CommunityRegistry"
    found = registry[name]
    return {
        "record": f"deployments/{registry.chain_id}.json",
        "contract": name,
        "address": found.address,
        "block": found.block,
        "tx": found.tx,
        "abiHash": exported_hash(name),
    }


def _bound(intent: Intent, named: list[dict[str, Any]], name: str, queries: Queries) -> dict[str, str]:
    value = str(_value(named, name))
    return {"name": name, "value": value, "text": _text(intent, named, name, value, queries)}


def _value(named: list[dict[str, Any]], name: str) -> Any:
    if name == "holder":
        return to_checksum_address(_found(_found(named, "purchase"), "holder"))
    if name in ("unitPrice", "arbiterFee"):
        return _found(_found(named, "terms"), name)
    if name == "maxFeeBps" and all(entry["name"] != name for entry in named):
        return int(_found(_found(named, "terms"), "rules")) >> RULES_FEE_SHIFT & RULES_FEE_MASK
    if named[0]["name"] == "params":
        return _found(_found(named, "params"), name)
    if name in ("supply", "limit", "price"):
        return _found(_found(named, "phase"), name)
    return _found(named, name)


def _text(intent: Intent, named: list[dict[str, Any]], name: str, value: str, queries: Queries) -> str:
    texts: dict[str, Callable[[], str]] = {
        **{
            field: lambda: datetime.fromtimestamp(int(value), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
            for field in ("deadline", "newClock")
        },
        **{field: lambda: f"{value} %" for field in ("tokenWaiver", "memberWaiver")},
        **{field: lambda: bps(int(value)) for field in ("feeBps", "newFeeBps", "maxFeeBps", "bpsToBuyer")},
        **{field: lambda: value for field in (*ACCOUNTS, "quantity", "quantityLimit", "newLimit", "rating")},
    }
    if name in texts:
        return texts[name]()
    if intent.action == "communities.open":
        return f"{plain_units(int(value), ETH_DECIMALS)} {_found(_found(named, 'params'), 'symbol')}"
    if intent.action.startswith("curves."):
        currency = queries.currency(_currency_of_curve(intent, named, name, queries))
    else:
        currency = queries.currency(_currency(intent, named, name))
    return f"{plain_units(int(value), currency.decimals)} {currency.symbol}"


def _currency(intent: Intent, named: list[dict[str, Any]], name: str) -> str:
    if named[0]["name"] == "terms":
        return str(_found(_found(named, "terms"), "currency"))
    if named[0]["name"] == "phase":
        phase = _found(named, "phase")
        return str(_found(phase, "token" if name in TOKENS_OF_A_PHASE else "currency")).lower()
    if intent.action.startswith("credits.") or intent.action in ("market.deposit_bond", "market.withdraw_bond"):
        return str(_found(named, "currency"))
    return intent.to


def _currency_of_curve(intent: Intent, named: list[dict[str, Any]], name: str, queries: Queries) -> str:
    """Give what an amount of a trade is of: a community's token, or the money of the curve, which its opening names."""
    if name == "amountOut":
        return str(_found(named, "to")).lower()
    if name in TOKENS_OF_A_CURVE:
        return str(named[0]["value"]).lower()
    if intent.action == "curves.open":
        return str(_found(_found(named, "params"), "currency")).lower()
    curve = queries.curve(int(intent.subject))
    assert curve is not None, "there is no trade without a curve"
    return curve.currency


def _found(named: list[dict[str, Any]], name: str) -> Any:
    return next(entry["value"] for entry in named if entry["name"] == name)


def _hashes(permit: dict[str, Any] | None) -> dict[str, str] | None:
    """Give the hashes that a hardware wallet shows for the approval, and the digest that is signed."""
    if permit is None:
        return None
    message = encode_typed_data(full_message=permit)
    digest = keccak(b"\x19" + message.version + message.header + message.body)
    return {"domain": "0x" + message.header.hex(), "message": "0x" + message.body.hex(), "digest": "0x" + digest.hex()}
