"""What the Market's getters say of orders, offers, bonds and open quantities, beside what the index says of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Engine, RowMapping, select

from frontend.contracts.registry import function_abi
from frontend.index.basis import STATES
from frontend.index.models import bonds, listings, order_asides, orders
from frontend.index.queries import Queries
from frontend.services.terms import ZERO_ADDRESS, ZERO_HASH
from tests.index.market import Market

ORDER_NUMBERS = ("amount_units", "clock_ts", "quantity", "platform_fee_bps", "community_fee_bps")
TRANSFERRED = 1


def differences(market: Market, engine: Engine) -> list[str]:
    """List where the index says something else than the contract about anything that it has, or anybody's bond."""
    found = []
    for what, ours, theirs in _pairs(market, engine):
        if ours != theirs:
            found.append(f"{what}: the index says {ours}, the Market {theirs}")
    return found


def _pairs(market: Market, engine: Engine) -> Iterator[tuple[str, Any, Any]]:
    with engine.connect() as connection:
        order_rows = connection.execute(select(orders)).mappings().all()
        asides = {row["order_key"]: row for row in connection.execute(select(order_asides)).mappings()}
        terms = {row.id: json.loads(row.terms) for row in connection.execute(select(listings.c.id, listings.c.terms))}
        bond_rows = connection.execute(select(bonds)).all()
    queries = Queries(engine)
    for row in order_rows:
        yield from _about_order(market, queries, row, asides.get(row["key"]), terms[row["listing_id"]])
    for listing_id, first in {(row["listing_id"], row["first_holder"]) for row in order_rows}:
        if terms[listing_id]["perBuyerOpenQuantity"]:
            said = _ask(market, "openQuantityOf", _bytes(listing_id), first)
            yield f"open quantity of {first}", queries.open_quantity(listing_id, first), said
    accounts = {*(person.lower() for person in market.people), *(row.account for row in bond_rows)}
    currencies = {ZERO_ADDRESS, *(row.currency for row in bond_rows), *(found["currency"] for found in terms.values())}
    for account in accounts:
        for currency in currencies:
            said = _ask(market, "bondOf", account, currency)
            yield f"bond of {account} in {currency}", queries.bond_of(account, currency), said


def _about_order(
    market: Market, queries: Queries, row: RowMapping, aside: RowMapping | None, terms: dict[str, Any]
) -> Iterator[tuple[str, Any, Any]]:
    name, key = f"order {row['key']}", _bytes(row["key"])
    order = queries.order(row["key"])
    assert order is not None
    said = _ask(market, "orderOf", key)
    ours = (*(row[part] for part in ORDER_NUMBERS), row["state"], row["flags"], row["milestone"])
    yield name, ours, (*said[:5], STATES[said[5]], *said[6:])

    holder, extended_s, handovers, referrer, *final = _ask(market, "asideOf", key)
    now_with = holder if said[6] & TRANSFERRED else row["first_holder"]
    ours = (order.holder, order.extended_s, order.handovers, order.referrer or ZERO_ADDRESS)
    yield f"{name}, aside", ours, (now_with, extended_s, handovers, referrer)
    ours = [order.final_holder_units or 0, order.final_seller_units or 0]
    yield f"{name}, final offers", ours, final

    sequence, *offers = _ask(market, "talksOf", key)
    yield f"{name}, sequence", order.sequence, sequence
    basis = "0x" + _ask(market, "basisOf", _words(terms), row["first_holder"], _bytes(row["ref"])).hex()
    yield f"{name}, basis", order.basis, basis
    standing = {"holders": order.holders_offer_units, "sellers": order.sellers_offer_units}
    for (side, shown), (offer_basis, units) in zip(standing.items(), offers, strict=True):
        told = "0x" + offer_basis.hex()
        kept = (aside[f"{side}_offer_basis"] or ZERO_HASH, aside[f"{side}_offer_units"]) if aside else (ZERO_HASH, 0)
        yield f"{name}, {side} offer", kept, (told, units)
        yield f"{name}, {side} offer that stands", shown, units if told == basis else None


def _words(terms: dict[str, Any]) -> list[Any]:
    """Give terms as the contract takes them."""
    parts = function_abi("Market", "basisOf")["inputs"][0]["components"]
    return [_bytes(terms[part["name"]]) if part["type"] == "bytes32" else terms[part["name"]] for part in parts]


def _ask(market: Market, function: str, *args: Any) -> Any:
    return market.ask("Market", market.market, function, *args)[0]


def _bytes(found: str) -> bytes:
    return bytes.fromhex(found[2:])
