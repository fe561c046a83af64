"""Private notes. All that passes here is public keys, signatures and ciphertexts."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from flask import Blueprint, Response, abort, jsonify, render_template, request
from flask_babel import gettext as _

from frontend.auth import sign_in_required
from frontend.blueprints.auth.routes import limit
from frontend.blueprints.intents.routes import chain_values
from frontend.blueprints.intents.texts import wallet_texts
from frontend.blueprints.notes.texts import note_texts
from frontend.errors import Refused
from frontend.extensions import bound, queries, services
from frontend.pages.act import account
from frontend.pages.numbers import hash_or_404
from frontend.services.notes import DELIVERY, MAX_SEALED_BYTES, WISH

blueprint = Blueprint("notes", __name__, url_prefix="/notes")

NOTES_AN_HOUR = 30
READS_A_MINUTE = 60


@blueprint.get("/keys")
@sign_in_required
def keys() -> str:
    """Show what this browser and this market know of the account's keys."""
    return render_template(
        "notes/keys.html",
        key=services.notes.key_of(account()),
        texts=wallet_texts(),
        note_texts=note_texts(),
        chain_values=chain_values(),
    )


@blueprint.post("/keys")
@sign_in_required
def publish() -> Response:
    """Take the account's new key with the signed statement about it."""
    limit("note keys")
    body = body_of()
    recipient, issued_at, signature = (str(body.get(name, "")) for name in ("recipient", "issuedAt", "signature"))
    signer = str(body["signer"])[:50] if "signer" in body else None
    found = services.notes.publish(account(), recipient[:200], issued_at[:40], signature, signer)
    return jsonify(recipient=found.recipient, issuedAt=found.issued_at)


@blueprint.post("")
@sign_in_required
def store() -> Response:
    """Take a ciphertext, and give the hash that the purchase or the delivery is to carry."""
    bound().limiter.hit("notes", account(), NOTES_AN_HOUR, 3600)
    limit("notes")
    body = body_of()
    reader, salt, sealed = (str(body.get(name, "")) for name in ("reader", "salt", "sealed"))
    return jsonify(hash=services.notes.store(account(), reader[:42], salt[:70], bytes_of(sealed)))


@blueprint.get("/<key>/<part>.json")
@sign_in_required
def read(key: str, part: str) -> Response:
    """Give an order's ciphertext to one of its parties."""
    if part not in (WISH, DELIVERY):
        abort(404)
    bound().limiter.hit("notes read", account(), READS_A_MINUTE, 60)
    order = queries.order(hash_or_404(key))
    if order is None:
        abort(404)
    found = services.notes.read(order, part, account())
    return jsonify(hash=found.hash, salt=found.salt, sealed=base64.b64encode(found.sealed).decode())


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """Give templates a way to ask for an account's key, and the market that statements name."""
    return {"note_key_of": lambda address: services.notes.key_of(address), "note_market": lambda: services.notes.market}


def body_of() -> dict[str, Any]:
    """Read the JSON that a script has sent. Raises: Refused."""
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Refused(_("The request could not be understood. Please reload the page."), key="bad_json")
    return found


def bytes_of(text: str) -> bytes:
    """Read base64. Raises: Refused when it is none, or far too long to be a note."""
    if len(text) > 2 * MAX_SEALED_BYTES:
        raise Refused(_("The sealed note is too large. Please shorten it."), key="note_too_large")
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raise Refused(
            _("This is no sealed note. Nothing was kept; please reload the page and write it again."), key="not_sealed"
        ) from None
