"""An intent's page, what the browser reports about it, and how it goes on. All of it is its account's alone."""

import re
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.intents import intent_page
from frontend.blueprints.intents.texts import action_text, wallet_texts
from frontend.errors import Refused
from frontend.extensions import queries, registry, services, settings
from frontend.services.documents import document_of
from frontend.services.intents import ON_ITS_WAY, SIGNABLE, Intent

blueprint = Blueprint("intents", __name__, url_prefix="/intents")

TX_HASH = re.compile(r"0x[0-9a-fA-F]{64}")
REJECTED = 4001
MAX_WALLET_MESSAGE = 300


@blueprint.get("")
def index() -> AnyResponse:
    """Lead to the list of transactions, which stood here once."""
    return redirect(url_for("transactions.index"), code=301)


@blueprint.get("/<intent_id>")
@sign_in_required
def show(intent_id: str) -> str:
    """Show what the wallet will be asked, and how it goes."""
    intent = _own(intent_id)
    return render_template("intents/show.html", texts=wallet_texts(), chain_values=chain_values(), **_view(intent))


@blueprint.get("/<intent_id>.json")
def document(intent_id: str) -> Response:
    """Give the intent to a program that signs or checks it; docs/verifying.md describes it."""
    return jsonify(document_of(_own(intent_id), registry, queries))


@blueprint.get("/<intent_id>/panel")
@sign_in_required
def panel(intent_id: str) -> AnyResponse:
    """Give the part of the page that changes; nothing (204) while it is as the page has it. From the database only."""
    intent = _own(intent_id)
    if request.args.get("seen") == _mark(intent):
        return Response(status=204)
    return make_response(render_template("intents/panel.html", **_view(intent)))


@blueprint.post("/<intent_id>/wallet")
def wallet(intent_id: str) -> Response:
    """Take what the wallet answered: the transaction's hash, or the code of its error."""
    intent = _own(intent_id)
    body = request.get_json(silent=True)
    if not isinstance(body, dict):
        raise Refused(gettext("The request could not be understood. Please reload the page."), key="bad_json")
    tx_hash = body.get("hash")
    if isinstance(tx_hash, str) and TX_HASH.fullmatch(tx_hash):
        intent = services.watch.report(intent, tx_hash.lower())
    elif isinstance(body.get("code"), int):
        intent = _refused_by_wallet(intent, body["code"], str(body.get("message", ""))[:MAX_WALLET_MESSAGE])
    elif body.get("asking") is True:
        # from the block that the index has now on, the transaction may be found even if its hash is never reported
        head = queries.head()
        asked_at = head.number if head is not None else None
        services.intent_store.move(intent.id, from_states=SIGNABLE, to="awaiting_wallet", error=None, block=asked_at)
    else:
        raise Refused(gettext("The request could not be understood. Please reload the page."), key="bad_json")
    return jsonify(_own(intent_id).to_json())


@blueprint.post("/<intent_id>/permit")
def permit(intent_id: str) -> Response:
    """Take the signed approval, and give the call that is whole now."""
    body = request.get_json(silent=True)
    signature = body.get("signature") if isinstance(body, dict) else None
    if not isinstance(signature, str) or len(signature) > 200:
        raise Refused(gettext("The request could not be understood. Please reload the page."), key="bad_json")
    return jsonify(services.intents.add_permit(_own(intent_id), signature).to_json())


@blueprint.post("/<intent_id>/check")
def check(intent_id: str) -> AnyResponse:
    """Look at the chain now, for those who do not want to wait for the follower."""
    intent = services.watch.look(_own(intent_id))
    if request.is_json:
        return jsonify(intent.to_json())
    return redirect(url_for("intents.show", intent_id=intent.id), code=303)


@blueprint.post("/<intent_id>/next")
@sign_in_required
def proceed(intent_id: str) -> AnyResponse:
    """Build the step behind a finished one: the payment behind its approval."""
    intent = _own(intent_id)
    if intent.follow is None or intent.status != "final":
        raise Refused(gettext("The first step is not finished yet."), key="no_next_step")
    known = services.intent_store.by_id(intent.next_id) if intent.next_id else None
    if known is not None and not services.intents.is_spent(known):
        return intent_page(known)
    following = prepare_next(intent)
    services.intent_store.link_next(intent.id, following.id)
    return intent_page(following)


def prepare_next(intent: Intent) -> Intent:
    """Give the intent that an intent's `follow` names. Only the methods below can stand there."""
    assert intent.follow is not None
    methods: dict[str, Callable[..., Intent]] = {
        "prepare_buy": services.market.prepare_buy,
        "prepare_dispute": services.market.prepare_dispute,
        "prepare_stake": services.market.prepare_stake,
        "prepare_deposit": services.bonds.prepare_deposit,
        "prepare_buy_many": services.carts.prepare_again,
        "prepare_purchase": services.curves.prepare_purchase,
        "prepare_swap": services.curves.prepare_swap,
        "prepare_opening_again": services.curves.prepare_opening_again,
        "prepare_claim": services.claims.prepare_claim,
        "prepare_make": services.designs.prepare_make,
    }
    values: dict[str, Any] = dict(intent.follow["values"])
    for name in ("max_total_units", "amount_units", "amount_out_units"):
        if name in values and intent.follow["method"] != "prepare_opening_again":
            values[name] = int(values[name])
    return methods[intent.follow["method"]](intent.account, **values)


def chain_values() -> dict[str, Any]:
    """Give what wallet_addEthereumChain wants to know."""
    return {
        "chainId": hex(settings.chain_id),
        "chainName": settings.chain_name,
        "rpcUrls": [settings.rpc_url] if settings.is_local else [],
        "nativeCurrency": {"name": "Ether", "symbol": "ETH", "decimals": 18},
    }


def _refused_by_wallet(intent: Intent, code: int, message: str) -> Intent:
    """Note that the wallet said no; the intent can be signed again until it expires."""
    status = "rejected" if code == REJECTED else "failed"
    services.intent_store.move(intent.id, from_states=SIGNABLE, to=status, error={"code": code, "message": message})
    return intent


def _view(intent: Intent) -> dict[str, Any]:
    return {
        "intent": intent,
        "mark": _mark(intent),
        "what": action_text(intent.action),
        "polls": intent.state in (*ON_ITS_WAY, "awaiting_wallet"),
        "waits_long": _waits_long(intent),
        "confirmations": settings.confirmations,
        "done_confirmations": _confirmed(intent),
    }


def _mark(intent: Intent) -> str:
    return f"{intent.state}-{_confirmed(intent)}-{int(_waits_long(intent))}-{(intent.tx_hash or '')[:12]}"


def _waits_long(intent: Intent) -> bool:
    """Tell whether a sent transaction should have been in a block by now."""
    patience_s = 90 if settings.is_local else 600
    return intent.status == "submitted" and time.time() - (intent.submitted_at_ts or 0) > patience_s


def _confirmed(intent: Intent) -> int:
    """Give how many blocks the index has with and after the transaction's."""
    if intent.status not in ("mined", "final") or intent.block is None:
        return 0
    head = queries.head()
    if head is None:
        return 0
    return max(0, min(settings.confirmations, head.number - intent.block + 1))


def _own(intent_id: str) -> Intent:
    return services.intents.of_account(intent_id, current_account())
