"""Messages of an order. All that passes here is ciphertexts, signatures, and statements about keys."""

from __future__ import annotations

import base64
from typing import Any

from eth_utils.address import to_checksum_address
from flask import Blueprint, Response, abort, jsonify, request

from frontend.auth import sign_in_required
from frontend.blueprints.auth.routes import limit
from frontend.blueprints.notes.routes import body_of, bytes_of
from frontend.extensions import bound, queries, services
from frontend.index.views import Order
from frontend.limits import DAY_S
from frontend.pages.act import account
from frontend.pages.messages import key_values
from frontend.pages.numbers import address_or_404, hash_or_404, small_number
from frontend.services.messages import Sent, told
from frontend.services.notes import NoteKey
from frontend.store.models import AppMessage, AppMessageKey

blueprint = Blueprint("messages", __name__)

MESSAGES_A_DAY = 300  # of one account
MESSAGES_A_DAY_OF_ORDER = 100  # of one account in one order
READS_A_MINUTE = 60


@blueprint.get("/o/<key>/messages.json")
@sign_in_required
def read(key: str) -> Response:
    """Give the newest messages of a thread to one of its sides. The query names the holder whose thread it is, and before."""
    bound().limiter.hit("messages read", account(), READS_A_MINUTE, 60)
    order = _order(key)
    holder = address_or_404(request.args.get("holder", ""))
    rows = services.messages.newest(order, account(), holder, small_number(request.args.get("before", "")) or None)
    return jsonify(messages=[_told(row) for row in rows], keys=[_key(row) for row in services.messages.keys_of(rows)])


@blueprint.post("/o/<key>/messages")
@sign_in_required
def post(key: str) -> Response:
    """Take a message that the account's browser has sealed and signed."""
    order = _order(key)
    day = [
        ("messages", account(), MESSAGES_A_DAY),
        ("messages of order", account() + order.key, MESSAGES_A_DAY_OF_ORDER),
    ]
    bound().limiter.hit_all(day, DAY_S)
    limit("messages")
    body = body_of()
    to, after, words, sent, salt, signature = (
        str(body.get(name, ""))[:200] for name in ("to", "after", "words", "sent", "salt", "signature")
    )
    number = small_number(str(body.get("number", ""))[:10]) or 0
    sealed = bytes_of(str(body.get("sealed", "")))
    row = services.messages.post(order, account(), Sent(to, number, after, words, sent, salt, sealed, signature))
    return jsonify(number=row.number, hash=row.hash)


@blueprint.post("/o/<key>/messages/read")
@sign_in_required
def mark_read(key: str) -> Response:
    """Note that the account has opened the messages up to a number."""
    body = body_of()
    holder, number = str(body.get("holder", ""))[:42], small_number(str(body.get("number", ""))[:10]) or 0
    services.messages.mark_read(hash_or_404(key), account(), holder, number)
    return jsonify(read=number)


def _order(key: str) -> Order:
    order = queries.order(hash_or_404(key))
    if order is None:
        abort(404)
    return order


def _told(row: AppMessage) -> dict[str, Any]:
    return {**told(row), "sealed": base64.b64encode(row.sealed).decode()}


def _key(row: AppMessageKey) -> dict[str, Any]:
    found = NoteKey(
        to_checksum_address(row.account), row.recipient, row.issued_at_ts, row.signature, row.by_contract, row.signer
    )
    return {**key_values(found), "site": row.origin}
