"""The seller's desk: what waits, what is on sale, what it brought, and all of it as files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import sign_in_required
from frontend.blueprints.desk.shipping import ship_page
from frontend.blueprints.listings.own import own_rows
from frontend.extensions import bound, queries, registry
from frontend.index.desk_queries import MOST_COUNTED
from frontend.index.desk_views import Books
from frontend.index.views import Currency, ListingFilter, Order
from frontend.pages.act import account, chain_now
from frontend.pages.credits import MARKET
from frontend.pages.currencies import currencies_of
from frontend.pages.deadlines import next_step
from frontend.pages.history import DAY_S
from frontend.pages.numbers import page_number
from frontend.pages.sales import SPANS, first_second, sales_of, span_of
from frontend.pages.sheets import fees_sheet, orders_sheet, payouts_sheet, referrals_sheet
from frontend.pages.shipping import can_be_queued, queue_of

blueprint = Blueprint("desk", __name__, url_prefix="/desk")

PER_PAGE = 20
MOST_LISTINGS = 8
MOST_KEYS = 10
FILES_A_MINUTE = 20


@dataclass(frozen=True)
class Purse:
    """One currency's money: in escrow, owed by the Market, taken out so far; smallest units."""

    currency: Currency
    escrowed_units: int
    owed_units: int
    taken_units: int


@blueprint.get("")
@sign_in_required
def show() -> str:
    """Show the desk."""
    who, now_ts = account().lower(), chain_now()
    waiting = queries.orders_waiting_for(who, now_ts, page=page_number(request.args), per_page=PER_PAGE)
    listings = queries.listings(ListingFilter(seller=who), sort="new", page=1, per_page=MOST_LISTINGS)
    span, today = span_of(request.args.get("days", "")), now_ts // DAY_S
    sold = queries.sales(who, first_second(today, span))
    return render_template(
        "desk/show.html",
        waiting=[(order, next_step(order, now_ts), can_be_queued(order, now_ts)) for order in waiting.items],
        page=waiting,
        rows=own_rows(listings.items),
        listings=listings,
        purses=_purses(who),
        keys_due=queries.file_orders_to_deliver(who, per_page=MOST_KEYS),
        keys_asked=_asked(who),
        sales=sales_of(sold, today, span, currencies_of(sale.currency for sale in sold)),
        spans=SPANS,
        most=MOST_COUNTED if queries.has_more_orders(who) else None,
        now_ts=now_ts,
        currencies=currencies_of(
            [order.listing.currency for order in waiting.items]
            + [row.currency for row in listings.items]
            + [sale.currency for sale in sold]
        ),
    )


def _asked(who: str) -> list[Order]:
    """Give the orders whose key was asked for once more, those that wait longest first."""
    keys = list(dict.fromkeys(row.order_key for row in queries.key_requests_waiting(who, per_page=MOST_KEYS).items))
    found = queries.orders_with(keys)
    return [found[key] for key in keys if key in found]


def _purses(who: str) -> list[Purse]:
    escrowed = queries.escrowed(who)
    owed = {credit.currency: credit.amount_units for credit in queries.credits(who)}
    taken: dict[str, int] = {}
    for row in queries.taken_out(who, registry.address(MARKET), MOST_COUNTED):
        taken[row.currency] = taken.get(row.currency, 0) + row.amount_units
    known = currencies_of(sorted({*escrowed, *owed, *taken}))
    return [
        Purse(currency, escrowed.get(address, 0), owed.get(address, 0), taken.get(address, 0))
        for address, currency in known.items()
    ]


@blueprint.get("/ship")
@sign_in_required
def ship() -> AnyResponse | str:
    """Show the chosen orders, and the form of the next one to be shipped."""
    keys = queue_of(request.args, "order")
    if not keys:
        return redirect(url_for("desk.show"))
    return ship_page(keys, request.args.get("at", "").lower())


def _orders(who: str) -> str:
    books = queries.books_of(who)
    return orders_sheet(books, _currencies(books))


def _payouts(who: str) -> str:
    books, taken = queries.books_of(who), queries.taken_out(who, registry.address(MARKET))
    return payouts_sheet(books, taken, _currencies(books, *(row.currency for row in taken)))


def _fees(who: str) -> str:
    books = queries.books_of(who)
    return fees_sheet(books, _currencies(books))


def _referrals(who: str) -> str:
    books = queries.books_of(who)
    return referrals_sheet(books, _currencies(books))


def _referral_income(who: str) -> str:
    books = queries.referred_by(who)
    return referrals_sheet(books, _currencies(books))


def _currencies(books: Books, *more: str) -> dict[str, Currency]:
    return currencies_of([*(order.currency for order in books.orders.values()), *more])


SHEETS: dict[str, Callable[[str], str]] = {
    "orders": _orders,
    "payouts": _payouts,
    "fees": _fees,
    "referrals": _referrals,
    "referral-income": _referral_income,
}


@blueprint.get("/<name>.csv")
@sign_in_required
def sheet(name: str) -> Response:
    """Give one of the account's files."""
    if name not in SHEETS:
        abort(404)
    bound().limiter.hit("desk file", account(), FILES_A_MINUTE, 60)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"', "Cache-Control": "no-store"}
    return Response(SHEETS[name](account().lower()), mimetype="text/csv", headers=headers)
