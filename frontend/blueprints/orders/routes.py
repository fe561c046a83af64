"""Orders. Everyone may read one, since it is on the chain; each step belongs to whom the contract lets take it."""

from __future__ import annotations

from typing import Any

from eth_utils.address import to_checksum_address
from flask import Blueprint, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.desk.shipping import ship_page
from frontend.blueprints.files.texts import file_texts
from frontend.blueprints.intents.routes import chain_values
from frontend.blueprints.intents.texts import wallet_texts
from frontend.blueprints.messages.texts import message_texts
from frontend.blueprints.notes.texts import note_texts
from frontend.blueprints.orders.steps import (
    FORMS,
    SETTLING,
    prepare,
    prepare_delivery,
    sign_form,
    step_form,
    step_forms,
)
from frontend.extensions import bound, queries, services
from frontend.pages.act import Answer, account, act, chain_now
from frontend.pages.bonds import bond_missing_units
from frontend.pages.currencies import currencies_of
from frontend.pages.deadlines import (
    FINAL,
    OPEN,
    actions_for,
    extension_room_s,
    is_my_turn,
    last_ruling_ts,
    next_step,
    progress,
    roles_of,
    settlements_for,
    steps_of,
)
from frontend.pages.disputes import outcomes_of, ruling_values, shown_of, sides_of
from frontend.pages.fields import PageForm
from frontend.pages.files import file_actions, file_place
from frontend.pages.messages import message_place
from frontend.pages.notes import has_wish, note_parts, purchase_values
from frontend.pages.numbers import hash_or_404, page_number
from frontend.pages.parts import parts_of
from frontend.pages.reviews import said_of
from frontend.pages.shipping import queue_of, queue_path
from frontend.pages.terms import terms_of
from frontend.services.division import bond_units, is_final_offer, settled
from frontend.services.settlements import mark_of, void_text
from frontend.services.terms import BLUEPRINT

blueprint = Blueprint("orders", __name__)

STATES = ("open", "done")
ROLES = ("buyer", "seller")
DISPUTING = ("dispute", "stake", "evidence", "picture", "rule", "expire")  # the steps that the dispute page offers
KEY_STEPS = ("deliver_file", "claim_bad_key", "ask_key", "answer_key")  # drawn where the file is
SIGNED_A_MINUTE = 30


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


@blueprint.get("/o/<key>/dispute")
def dispute(key: str) -> str:
    """Show both sides of an order's dispute, and what each ruling would do."""
    order = order_or_404(key)
    evidence = queries.evidence(order.key)
    offered = [name for name in _actions(order) if name in DISPUTING]
    return render_template(
        "orders/dispute.html",
        **_common(order, offered),
        sides=sides_of(order, evidence),
        outcomes=outcomes_of(order) if order.state == "disputed" else [],
        message_place=message_place(order, current_account()),
        note_texts={**note_texts(), **message_texts()},
        final_offer=is_final_offer(order),
        shown=shown_of(order, evidence),
        payouts=queries.payouts(order.key),
    )


@blueprint.get("/o/<key>/settle")
def settle(key: str) -> str:
    """Show how an order may end by agreement."""
    return settle_page(order_or_404(key))


def settle_page(order: Any, **sent: PageForm) -> str:
    """Draw the page of an agreement, with the form that was refused as it was typed."""
    me = current_account()
    roles = roles_of(order, me)
    offered = settlements_for(order, roles) if me else []
    others = order.sellers_offer_units if roles.buyer else order.holders_offer_units
    texts = {**wallet_texts(), **settle_texts()}
    return render_template(
        "orders/settle.html",
        **_common(order, list(dict.fromkeys([*sent, *offered])), sent, to_holder=str(others or 0)),
        offers=[
            (role, units, settled(order, units))
            for role, units in (("buyer", order.holders_offer_units), ("seller", order.sellers_offer_units))
            if units is not None
        ],
        is_open=order.state in OPEN,
        mark=mark_of(order),
        texts=texts,
        chain_values=chain_values(),
    )


@blueprint.post("/o/<key>/settlement")
@sign_in_required
def settlement(key: str) -> Answer:
    """Give what the account signs for a link. Nothing is kept: the signature never comes here before it is used."""
    bound().limiter.hit("settlement", account(), SIGNED_A_MINUTE, 60)
    order = order_or_404(key)
    form = sign_form(order)
    if not form.validate():
        return jsonify(error={"text": " ".join(str(text) for texts in form.errors.values() for text in texts)}), 422
    deadline_ts = chain_now() + form.valid.seconds
    typed = services.settlements.document(account(), order.key, form.amount.units, deadline_ts)
    return jsonify(typed=typed, mark=mark_of(order))


def order_page(order: Any, **sent: PageForm) -> str:
    """Draw an order's page, with the form that was refused as it was typed."""
    evidence = queries.evidence(order.key)
    place = file_place(order)
    about_key = file_actions(order, roles_of(order, current_account()), chain_now(), place)
    # a form that was refused is shown with its reason, also where the page would not have offered it
    actions = list(dict.fromkeys([*sent, *_actions(order), *about_key]))
    return render_template(
        "orders/show.html",
        **_common(order, actions, sent, receiver=to_checksum_address(order.holder)),
        steps=steps_of(order),
        last_ruling_ts=last_ruling_ts(order),
        progress=progress(order),
        timeline=queries.timeline(order.key),
        payouts=queries.payouts(order.key),
        evidence=evidence,
        shown=shown_of(order, evidence),
        reviews=said_of(queries.reviews_of_order(order.key).values()),
        parts=parts_of(order, order.state in OPEN),
        may_settle=order.state in OPEN,
        note_parts=note_parts(order, current_account()),
        message_place=message_place(order, current_account()),
        has_receipt=order.state in FINAL,
        has_wish=has_wish(order),
        purchase_values=purchase_values(order),
        note_texts={**note_texts(), **message_texts()},
        file_place=place,
        file_texts=file_texts(),
        unit_claim=queries.unit_claim(order.key) if order.listing.kind == BLUEPRINT else None,
        has_acts=any(name not in KEY_STEPS for name in actions),
    )


def _actions(order: Any) -> list[str]:
    """List what the visitor may do with an order; nothing for who is not signed in."""
    me = current_account()
    if me is None:
        return []
    found = actions_for(order, roles_of(order, me), chain_now()) + services.designs.may(me, order)
    found += services.reviews.may(me, order)
    # for the contract a picture is evidence as a text is; the forms are two
    return [form for name in found for form in ((name, "picture") if name == "evidence" else (name,))]


def _common(order: Any, actions: list[str], sent: dict[str, PageForm] | None = None, **values: Any) -> dict[str, Any]:
    """Give what each page about an order needs."""
    now_ts, me = chain_now(), current_account()
    roles = roles_of(order, me)
    fee = terms_of(order.listing).arbiter_fee_units
    return {
        "order": order,
        "terms": terms_of(order.listing),
        "currency": queries.currency(order.listing.currency),
        "next": next_step(order, now_ts),
        "roles": roles,
        "actions": actions,
        "my_turn": is_my_turn(order, roles, now_ts),
        "forms": step_forms(actions, sent or {}, order, **values),
        "open_form": next(iter(sent or {}), None),
        "room_s": extension_room_s(order),
        "bond_covers": bool(me and fee and queries.bond_of(me.lower(), order.listing.currency) >= fee),
        "bond_missing_units": bond_missing_units(order.listing.seller, order.listing.currency, bond_units(order)),
        "ruling_values": ruling_values(order) if "rule" in actions else {},
        "now_ts": now_ts,
    }


def settle_texts() -> dict[str, str]:
    """Give what the page of an agreement may say by its script."""
    return {
        "asking_settlement": gettext("Your wallet shows the agreement to sign. It costs nothing. Please look there."),
        "settlement_mismatch": gettext(
            "STOP. What the server wants signed is not what this page computed from your form. Nothing was signed. Please tell the operator what stands below."
        ),
        "link_expired": gettext("This offer has run out. Ask the other side for a new link."),
        "link_void": void_text(),
        "link_bad": gettext("This is not the whole link. Copy it again, to its very end."),
    }


@blueprint.post("/o/<key>/<step>")
@sign_in_required
def take(key: str, step: str) -> Answer:
    """Take a step: check its form, and build its intent. A delivery's query may name the orders to be shipped with it: ship."""
    if step not in FORMS:
        abort(404)
    order = order_or_404(key)
    form = step_form(step, order)
    queue = queue_of(request.args, "ship") if step == "deliver" else []
    if order.key in queue:
        return act(
            form,
            lambda: ship_page(queue, order.key, deliver=form),
            lambda: prepare_delivery(order.key, form, queue_path(queue)),
        )
    page = settle_page if step in SETTLING else order_page
    return act(form, lambda: page(order, **{step: form}), lambda: prepare(step, order.key, form))
