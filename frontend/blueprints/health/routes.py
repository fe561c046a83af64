"""/healthz: is the market alive? From the database only."""

import time

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from frontend.extensions import queries

blueprint = Blueprint("health", __name__)

MAX_SILENCE_S = 60


@blueprint.get("/healthz")
def show() -> tuple[Response, int]:
    """Give 200 when the index is fed and the node answers the follower, else 503 and why."""
    try:
        head = queries.head()
    except SQLAlchemyError:
        return jsonify(ok=False, reason="database"), 503
    if head is None:
        return jsonify(ok=False, reason="nothing indexed yet"), 503
    silent_s = int(time.time()) - (head.seen_at_ts or 0)
    ok = head.node_ok and silent_s <= MAX_SILENCE_S
    told = {
        "ok": ok,
        "node_ok": head.node_ok,
        "indexed_block": head.number,
        "behind_blocks": head.behind,
        "chain_time_ts": head.timestamp_ts,
        "silent_s": silent_s,
        "status": head.status,
    }
    return jsonify(told), 200 if ok else 503
