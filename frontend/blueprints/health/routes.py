"""/health: does this process answer? /ready: may people be led here? /healthz: is the whole market well?

All from the database only, and none tells more than numbers.
"""

import time
from typing import Any

from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from frontend.extensions import queries
from frontend.index.views import Head

blueprint = Blueprint("health", __name__)

MAX_SILENCE_S = 60
MAX_BEHIND_BLOCKS = 50


@blueprint.get("/health")
def alive() -> Response:
    """Give 200 as long as the process answers at all; a failing one is to be restarted."""
    return jsonify(ok=True)


@blueprint.get("/ready")
def ready() -> tuple[Response, int]:
    """Give 200 when pages can be read and are fresh, else 503 and why."""
    head, told = _looked()
    return _answer(told, head is not None and told["reason"] is None)


@blueprint.get("/healthz")
def show() -> tuple[Response, int]:
    """Give 200 when the market is ready and the node answered when it was last asked, else 503 and why."""
    head, told = _looked()
    if head is not None and told["reason"] is None and not head.node_ok:
        told["reason"] = "node"
    return _answer(told, told["reason"] is None)


def _answer(told: dict[str, Any], ok: bool) -> tuple[Response, int]:
    return jsonify({"ok": ok} | told), 200 if ok else 503


def _looked() -> tuple[Head | None, dict[str, Any]]:
    """Look at the database; `reason` is None, or a word for what is wrong."""
    try:
        head = queries.head()
    except SQLAlchemyError:
        return None, {"reason": "database"}
    if head is None:
        return None, {"reason": "nothing indexed yet"}
    silent_s = int(time.time()) - (head.seen_at_ts or 0)
    told: dict[str, Any] = {
        "reason": None,
        "node_ok": head.node_ok,
        "indexed_block": head.number,
        "behind_blocks": head.behind,
        "chain_time_ts": head.timestamp_ts,
        "silent_s": silent_s,
        "status": head.status,
    }
    if silent_s > MAX_SILENCE_S:
        told["reason"] = "follower silent"
    elif head.behind > MAX_BEHIND_BLOCKS:
        told["reason"] = "index behind"
    return head, told
