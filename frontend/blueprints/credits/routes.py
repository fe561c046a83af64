"""Credits: what is owed to the account and to the communities it answers for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import Blueprint, abort, render_template, request

from frontend.auth import sign_in_required
from frontend.blueprints.credits.forms import WithdrawForm
from frontend.extensions import queries, services
from frontend.index.views import Credit, Currency
from frontend.pages.act import Answer, account, act
from frontend.pages.amounts import say_units
from frontend.pages.credits import MARKET, owed_to
from frontend.pages.currencies import currencies_of
from frontend.pages.desks import fresh, posted
from frontend.pages.fields import PageForm
from frontend.pages.layout import account_of_community, community_of_account, is_community_account
from frontend.pages.numbers import address_or_404, page_number

blueprint = Blueprint("credits", __name__, url_prefix="/credits")


@dataclass(frozen=True)
class Row:
    """What one contract owes in one currency, with the form that takes it out."""

    ledger: str
    credit: Credit
    currency: Currency
    form: PageForm


@dataclass(frozen=True)
class Purse:
    """Money owed under one account; community is None for the signed-in account's own."""

    account: str
    community: Any | None
    rows: list[Row]


@blueprint.get("")
@sign_in_required
def index() -> str:
    """Show what can be taken out, and what was."""
    return credits_page()


def credits_page(**sent: PageForm) -> str:
    """Draw the page, with the form that was refused as it was typed."""
    who = account()
    purses = [_purse(who.lower(), None, sent)]
    stewarded = queries.communities_of(who.lower())
    purses += [_purse(account_of_community(community.id), community, sent) for community in stewarded]
    page = queries.withdrawals(who.lower(), page=page_number(request.args))
    return render_template(
        "credits/index.html",
        purses=purses,
        page=page,
        currencies=currencies_of(row.currency for row in page.items),
    )


def form_name(ledger: str, of_account: str, currency: str) -> str:
    """Name one purse's form: its fields must not meet another's."""
    which = "" if ledger == MARKET else ledger
    return f"w{which}{of_account[-8:]}{currency[2:10]}".lower()


def _purse(of_account: str, community: Any | None, sent: dict[str, PageForm]) -> Purse:
    rows = []
    for ledger, credits in owed_to(of_account).items():
        for credit in credits:
            currency = queries.currency(credit.currency)
            name = form_name(ledger, of_account, credit.currency)
            form = sent.get(name) or fresh(
                WithdrawForm, name, amount=say_units(credit.amount_units, currency.decimals), to=account()
            )
            rows.append(Row(ledger, credit, currency, form))
    return Purse(of_account, community, rows)


@blueprint.post("/<of_account>/<currency>/withdraw")
@sign_in_required
def withdraw(of_account: str, currency: str) -> Answer:
    """Take out money of the own account, or of a community's commission."""
    return _withdraw(MARKET, of_account, currency)


@blueprint.post("/<any(claims, curves, blueprints):ledger>/<of_account>/<currency>/withdraw")
@sign_in_required
def withdraw_from_ledger(ledger: str, of_account: str, currency: str) -> Answer:
    """Take out what a community's claim phases or its curve have earned, or makes of a design."""
    return _withdraw(ledger.capitalize(), of_account, currency)


def _withdraw(ledger: str, of_account: str, currency: str) -> Answer:
    of_account, currency = _address_or_404(of_account), _address_or_404(currency)
    name = form_name(ledger, of_account, currency)
    form: WithdrawForm = posted(WithdrawForm, name)
    form.amount.decimals = queries.currency(currency).decimals
    return act(
        form,
        lambda: credits_page(**{name: form}),
        lambda: services.credits.prepare_withdraw(
            account(),
            of_account,
            currency,
            form.to.address or "",
            form.amount.units or 0,
            form_key=form.form_key.data,
            ledger=ledger,
        ),
    )


def _address_or_404(text: str) -> str:
    found = address_or_404(text)
    if is_community_account(found) and queries.community(min(community_of_account(found), 2**63 - 1)) is None:
        abort(404)
    return found
