"""Bonds: what the account has put aside, what its orders lock, and changing it."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from frontend.auth import sign_in_required
from frontend.blueprints.bonds.forms import DepositForm, TakeOutForm
from frontend.extensions import queries, services
from frontend.index.views import ListingFilter
from frontend.pages.act import Answer, account, act
from frontend.pages.amounts import BadAmount, parse_units, say_units
from frontend.pages.bonds import BondState, bonds_of
from frontend.pages.currencies import currencies_of, offered
from frontend.pages.desks import fresh, posted
from frontend.pages.fields import ADDRESS, PageForm, choices
from frontend.pages.text import plain

blueprint = Blueprint("bonds", __name__, url_prefix="/bonds")
DEPOSIT = "deposit"
MOST_LISTINGS = 100


@blueprint.get("")
@sign_in_required
def index() -> str:
    """Show the account's bonds. The query may fill in the deposit: currency, and amount as typed."""
    return bonds_page()


def bonds_page(**sent: PageForm) -> str:
    """Draw the page, with the form that was refused as it was typed."""
    states = bonds_of(account().lower())
    currencies = currencies_of(state.currency for state in states)
    rows = [(state, currencies[state.currency], _take_out(state, sent)) for state in states]
    return render_template("bonds/index.html", rows=rows, form=sent.get(DEPOSIT) or _deposit(states))


def _take_out(state: BondState, sent: dict[str, PageForm]) -> PageForm:
    name = form_name(state.currency)
    whole = say_units(state.free_units, queries.currency(state.currency).decimals)
    return sent.get(name) or fresh(TakeOutForm, name, amount=whole)


def form_name(currency: str) -> str:
    """Name one currency's form: its fields must not meet another's."""
    return f"b{currency[2:12]}".lower()


def _deposit(states: list[BondState]) -> DepositForm:
    """Give the deposit with what a link asked for, else with what is missing for the orders that wait."""
    wanted, amount = request.args.get("currency", "").lower(), request.args.get("amount", "")
    missing = next((state for state in states if state.missing_units), None)
    if not wanted and missing is not None:
        wanted, amount = missing.currency, say_units(missing.missing_units, _decimals(missing.currency))
    try:
        parse_units(amount, _decimals(wanted))
    except BadAmount:
        amount = ""
    form: DepositForm = fresh(DepositForm, DEPOSIT, currency=wanted, amount=amount)
    form.currency.choices = choices(deposit_currencies())
    return form


def _decimals(currency: str) -> int:
    return queries.currency(currency).decimals if ADDRESS.fullmatch(currency) else 18


def deposit_currencies() -> list[tuple[str, str]]:
    """List the currencies of the account's listings and bonds, besides those that every form offers."""
    who = account().lower()
    page = queries.listings(ListingFilter(seller=who), sort="new", page=1, per_page=MOST_LISTINGS)
    used = [listing.currency for listing in page.items] + [bond.currency for bond in queries.bonds_of(who)]
    known = currencies_of(used)
    pairs = offered() + [(address.lower(), plain(found.symbol, 32)) for address, found in known.items()]
    return list(dict(reversed(pairs)).items())[::-1]


@blueprint.post("/deposit")
@sign_in_required
def deposit() -> Answer:
    """Add to the free bond."""
    form: DepositForm = posted(DepositForm, DEPOSIT)
    form.currency.choices = choices(deposit_currencies())
    currency = str(form.currency.data or "").lower()
    form.amount.decimals = _decimals(currency)
    return act(
        form,
        lambda: bonds_page(**{DEPOSIT: form}),
        lambda: services.bonds.prepare_deposit(
            account(), currency, form.amount.units or 0, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/<currency>/take-out")
@sign_in_required
def take_out(currency: str) -> Answer:
    """Turn a free bond into a credit."""
    currency = currency.lower()
    if not ADDRESS.fullmatch(currency):
        abort(404)
    name = form_name(currency)
    form: TakeOutForm = posted(TakeOutForm, name)
    form.amount.decimals = _decimals(currency)
    return act(
        form,
        lambda: bonds_page(**{name: form}),
        lambda: services.bonds.prepare_withdraw(
            account(), currency, form.amount.units or 0, form_key=form.form_key.data or ""
        ),
    )
