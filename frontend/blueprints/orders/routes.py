"""Orders. Everyone may read one, since it is on the chain; each step belongs to whom the contract lets take it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.orders.forms import DeliverForm, RefundForm, RuleForm, StatementForm, StepForm
from frontend.extensions import queries, services
from frontend.pages.act import Answer, account, act, chain_now
from frontend.pages.currencies import currencies_of
from frontend.pages.deadlines import (
    actions_for,
    is_my_turn,
    last_ruling_ts,
    next_step,
    progress,
    roles_of,
    steps_of,
)
from frontend.pages.desks import forms_of, posted
from frontend.pages.fields import PageForm
from frontend.pages.numbers import hash_or_404, page_number
from frontend.pages.terms import terms_of

blueprint = Blueprint("orders", __name__)

STATES = ("open", "done")
ROLES = ("buyer", "seller")
FORMS: dict[str, type[PageForm]] = {
    "accept": StepForm,
    "decline": StepForm,
    "cancel": StepForm,
    "deliver": DeliverForm,
    "confirm": StepForm,
    "dispute": StatementForm,
    "stake": StepForm,
    "evidence": StatementForm,
    "rule": RuleForm,
    "refund": RefundForm,
    "expire": StepForm,
}


def order_or_404(key: str) -> Any:
    """Give an order; one that is not there is a 404."""
    found = queries.order(hash_or_404(key))
    if found is None:
        abort(404)
    return found


@blueprint.get("/orders")
@sign_in_required
def mine() -> str:
    """Show the account's orders, those that wait for it first."""
    role, state = request.args.get("role", "buyer"), request.args.get("state", "open")
    role = role if role in ROLES else "buyer"
    state = state if state in STATES else "open"
    page = queries.orders(account().lower(), role=role, state=state, page=page_number(request.args))
    now_ts = chain_now()
    rows = [
        (order, next_step(order, now_ts), is_my_turn(order, roles_of(order, account()), now_ts), progress(order))
        for order in page.items
    ]
    rows.sort(key=lambda row: (not row[2], row[1].by_ts or 0))
    return render_template(
        "orders/mine.html",
        rows=rows,
        page=page,
        role=role,
        state=state,
        now_ts=now_ts,
        currencies=currencies_of(order.listing.currency for order in page.items),
    )


@blueprint.get("/arbitration")
@sign_in_required
def arbitration() -> str:
    """Show the disputes that wait for the account's ruling, and those it has ruled."""
    now_ts = chain_now()
    waiting = queries.open_disputes(account().lower(), page=page_number(request.args))
    done = queries.orders(account().lower(), role="arbiter", state="done", page=1)
    return render_template(
        "orders/arbitration.html",
        waiting=[
            (order, next_step(order, now_ts), is_my_turn(order, roles_of(order, account()), now_ts))
            for order in waiting.items
        ],
        page=waiting,
        done=done,
        now_ts=now_ts,
        currencies=currencies_of(order.listing.currency for order in [*waiting.items, *done.items]),
    )


@blueprint.get("/o/by-tx/<tx_hash>")
def by_transaction(tx_hash: str) -> Response:
    """Lead from the transaction of a purchase to its order."""
    found = queries.order_by_tx(hash_or_404(tx_hash))
    if found is None:
        abort(404)
    return redirect(url_for("orders.show", key=found.key))


@blueprint.get("/o/<key>")
def show(key: str) -> str:
    """Show an order."""
    return order_page(order_or_404(key))


def order_page(order: Any, **sent: PageForm) -> str:
    """Draw an order's page, with the form that was refused as it was typed."""
    now_ts = chain_now()
    roles = roles_of(order, current_account())
    evidence = queries.evidence(order.key)
    # a form that was refused is shown with its reason, also where the page would not have offered it
    actions = list(dict.fromkeys([*sent, *(actions_for(order, roles, now_ts) if current_account() else [])]))
    return render_template(
        "orders/show.html",
        order=order,
        terms=terms_of(order.listing),
        currency=queries.currency(order.listing.currency),
        next=next_step(order, now_ts),
        roles=roles,
        actions=actions,
        my_turn=is_my_turn(order, roles, now_ts),
        steps=steps_of(order),
        last_ruling_ts=last_ruling_ts(order),
        progress=progress(order),
        timeline=queries.timeline(order.key),
        payouts=queries.payouts(order.key),
        evidence=evidence,
        statements={row.hash: services.contents.text_of(row.hash) for row in evidence},
        forms=forms_of({name: FORMS[name] for name in actions}, sent),
        open_form=next(iter(sent), None),
        now_ts=now_ts,
    )


@blueprint.post("/o/<key>/<step>")
@sign_in_required
def take(key: str, step: str) -> Answer:
    """Take a step: check its form, and build its intent."""
    if step not in FORMS:
        abort(404)
    order = order_or_404(key)
    form: Any = posted(FORMS[step], step)
    return act(form, lambda: order_page(order, **{step: form}), lambda: PREPARE[step](order.key, form))


def _plain(name: str) -> Callable[[str, Any], Any]:
    """A step whose service method takes the account and the order's key."""
    return lambda key, form: getattr(services.market, name)(account(), key, form_key=form.form_key.data)


PREPARE: dict[str, Callable[[str, Any], Any]] = {
    "accept": _plain("prepare_accept"),
    "decline": _plain("prepare_decline"),
    "cancel": _plain("prepare_cancel"),
    "confirm": _plain("prepare_confirm"),
    "refund": _plain("prepare_refund"),
    "stake": _plain("prepare_stake"),
    "expire": _plain("prepare_expire"),
    "deliver": lambda key, form: services.market.prepare_deliver(
        account(), key, form.commitment, form_key=form.form_key.data
    ),
    "dispute": lambda key, form: services.market.prepare_dispute(
        account(), key, form.text.data, form_key=form.form_key.data
    ),
    "evidence": lambda key, form: services.market.prepare_submit_evidence(
        account(), key, form.text.data, form_key=form.form_key.data
    ),
    "rule": lambda key, form: services.market.prepare_rule(
        account(), key, form.bps_to_buyer, form_key=form.form_key.data
    ),
}
