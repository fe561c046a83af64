"""A seller's books as files for spreadsheet programs. Amounts stand twice: as whole smallest units, which can be added up to
the last wei, and as a decimal for reading. A cell that a spreadsheet would take for a formula begins with an apostrophe.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from frontend.index.desk_views import BookedOrder, BookedPayout, Books
from frontend.index.views import Currency, Withdrawal
from frontend.pages.amounts import say_units
from frontend.pages.payees import FEES, ROLES, payees_of

BOM = "\ufeff"  # without it Excel reads UTF-8 as something else
FORMULA = "=+-@\uff1d\uff0b\uff0d\uff20"  # the wide forms count too
CURRENCY = ("currency", "symbol", "decimals")
MONEY = ("smallest_units", "decimal")
Cell = str | int


@dataclass(frozen=True)
class Part:
    """One account's part of one payout."""

    order: BookedOrder
    payout: BookedPayout
    place: int  # in its event
    role: str
    account: str
    units: int


def sheet_of(header: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Write a file: UTF-8 with a mark in front, lines as RFC 4180 wants them."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    for row in rows:
        writer.writerow([cell if isinstance(cell, int) else safe(cell) for cell in row])
    return BOM + out.getvalue()


def safe(text: str) -> str:
    """Keep a text from being taken for a formula. Source: OWASP, CSV injection."""
    bare = text.lstrip()
    begins = bare[:1] in FORMULA if bare else False
    return "'" + text if begins or text[:1] in ("\t", "\r", "\n") else text


def parts_of(books: Books) -> list[Part]:
    """List every part of every payout with its role, in the order of the chain."""
    payees = {key: payees_of(order.terms, books.holders[key], order.referrer) for key, order in books.orders.items()}
    found = []
    for payout in books.payouts:
        roles = payees[payout.order_key].roles_of([account for account, _ in payout.payouts])
        for place, ((account, units), role) in enumerate(zip(payout.payouts, roles, strict=True)):
            found.append(Part(books.orders[payout.order_key], payout, place, role, account, units))
    return found


def orders_sheet(books: Books, currencies: Mapping[str, Currency]) -> str:
    """One line an order: what was paid for it, what is in escrow, and who got how much of it so far."""
    sums: dict[str, dict[str, int]] = {key: dict.fromkeys(ROLES, 0) for key in books.orders}
    for part in parts_of(books):
        sums[part.order.key][part.role] += part.units
    names = ("paid", "in_escrow", *(f"to_{role}" for role in ROLES))
    header = ["order", "bought_at_utc", "state", "kind", "title", "listing", "quantity", "buyer", *CURRENCY]
    header += [f"{name}_{unit}" for name in names for unit in MONEY] + ["block", "transaction"]
    rows = []
    for order in books.orders.values():
        currency = currencies[order.currency]
        amounts = (order.paid_units, order.amount_units, *(sums[order.key][role] for role in ROLES))
        cells: list[Cell] = [order.key, utc(order.funded_at_ts), order.state, order.kind, order.title or ""]
        cells += [order.listing_id, order.quantity, order.holder, *_currency(currency)]
        cells += [cell for units in amounts for cell in _money(units, currency)]
        rows.append([*cells, order.block, order.tx_hash])
    return sheet_of(header, rows)


def payouts_sheet(books: Books, taken_out: Sequence[Withdrawal], currencies: Mapping[str, Currency]) -> str:
    """One line for each credit that a sale brought the seller or his split, then one for each time money was taken out."""
    header = ["what", "at_utc", "order", "account", *CURRENCY, *_named("amount"), "block", "transaction"]
    rows = [
        [f"sale_to_{part.role}", *_line(part, currencies)]
        for part in parts_of(books)
        if part.role in ("seller", "split")
    ]
    rows += [
        [
            "taken_out", utc(row.at_ts), "", row.to, *_currency(currencies[row.currency]),
            *_money(row.amount_units, currencies[row.currency]), row.block, row.tx_hash,
        ]
        for row in taken_out
    ]  # fmt: skip
    return sheet_of(header, rows)


def fees_sheet(books: Books, currencies: Mapping[str, Currency]) -> str:
    """One line for each commission that the platform or a community took of a sale."""
    header = ["to", "at_utc", "order", "account", *CURRENCY, *_named("fee"), "block", "transaction"]
    rows = [[part.role, *_line(part, currencies)] for part in parts_of(books) if part.role in FEES]
    return sheet_of(header, rows)


def referrals_sheet(books: Books, currencies: Mapping[str, Currency]) -> str:
    """One line for each referral commission that was paid of these orders."""
    header = ["at_utc", "order", "referrer", "seller", *CURRENCY, *_named("commission"), "block", "transaction"]
    rows = []
    for part in parts_of(books):
        if part.role == "referrer":
            at, key, account, *rest = _line(part, currencies)
            rows.append([at, key, account, part.order.seller, *rest])
    return sheet_of(header, rows)


def utc(at_ts: int) -> str:
    """Write a time as ISO 8601 in UTC."""
    return datetime.fromtimestamp(at_ts, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _line(part: Part, currencies: Mapping[str, Currency]) -> list[Cell]:
    currency, payout = currencies[part.order.currency], part.payout
    money = (*_currency(currency), *_money(part.units, currency))
    return [utc(payout.at_ts), part.order.key, part.account, *money, payout.block, payout.tx_hash]


def _named(name: str) -> list[str]:
    return [f"{name}_{unit}" for unit in MONEY]


def _currency(currency: Currency) -> tuple[Cell, ...]:
    return currency.address, currency.symbol, currency.decimals


def _money(units: int, currency: Currency) -> tuple[Cell, ...]:
    return units, say_units(units, currency.decimals)
