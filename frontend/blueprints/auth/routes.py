"""Signing in and out."""

from typing import Any

from flask import Blueprint, Response, current_app, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import current_account, nonces, safe_next, sign_in_required
from frontend.auth.sessions import ServerSession, revoke_all, start_session
from frontend.auth.siwe import Verifier, parse, refused, write_message
from frontend.blueprints.intents.routes import chain_values
from frontend.blueprints.intents.texts import wallet_texts
from frontend.errors import Refused
from frontend.extensions import bound, db, services, settings
from frontend.limits import network_of
from frontend.services.intents import checksummed

blueprint = Blueprint("auth", __name__, url_prefix="/auth")

MESSAGES_A_MINUTE = 20
FROM_ONE_ADDRESS_A_MINUTE = 300  # many people may share one, behind a proxy for instance


@blueprint.get("/sign-in")
def sign_in() -> AnyResponse | str:
    """Show the page that asks the wallet for a signature."""
    target = safe_next(request.args.get("next"))
    if current_account() is not None and request.args.get("switch") is None:
        return redirect(target)
    return render_template("auth/sign_in.html", next=target, texts=wallet_texts(), chain_values=chain_values())


@blueprint.get("/session")
def state() -> Response:
    """Tell a program who is signed in, and the token that it must send with every write (X-CSRFToken)."""
    return jsonify(account=current_account(), csrfToken=generate_csrf(), chainId=settings.chain_id)


@blueprint.post("/message")
def message() -> Response:
    """Write the message that an account is to sign; its nonce is this session's and good once."""
    limit("message")
    account = checksummed(str(_body().get("account", ""))[:100], "account")
    nonce = nonces.issue(db, _session_id())
    text = write_message(
        domain=settings.host, origin=settings.origin, chain_id=settings.chain_id, account=account, nonce=nonce
    )
    return jsonify(message=text, account=account)


@blueprint.post("/verify")
def verify() -> Response:
    """Take the signed message; the session becomes the account's, under a new secret."""
    limit("verify")
    body = _body()
    try:
        account = _verified(str(body.get("message", "")), body.get("signature"))
    except Refused:
        nonces.burn(db, _session_id())
        raise
    current = _session()
    current["account"] = account.lower()
    current.pop("csrf_token", None)
    current.renew()
    return jsonify(account=account, next=safe_next(body.get("next")))


@blueprint.post("/sign-out")
def sign_out() -> AnyResponse:
    """End this session."""
    session.pop("account", None)
    if request.is_json:
        return jsonify(account=None)
    return redirect(url_for("explore.home"))


@blueprint.post("/sign-out-everywhere")
@sign_in_required
def sign_out_everywhere() -> AnyResponse:
    """End every session of the account, on every device."""
    account = current_account()
    assert account is not None
    revoke_all(current_app._get_current_object(), account)  # type: ignore[attr-defined]  # a LocalProxy, which the stubs hide
    session.pop("account", None)
    return redirect(url_for("explore.home"))


def limit(name: str) -> None:
    """Count a request against its session and its network address. Raises: TooMany."""
    bound().limiter.hit(name, network_of(request.remote_addr), FROM_ONE_ADDRESS_A_MINUTE, 60)
    bound().limiter.hit(f"{name} of session", _session_id(), MESSAGES_A_MINUTE, 60)


def _verified(text: str, signature: Any) -> str:
    parsed = parse(text)
    if not nonces.consume(db, _session_id(), parsed.nonce):
        raise refused("siwe_nonce")
    return Verifier(settings.host, settings.origin, services.chain).verify(text, signature, parsed.nonce)


def _body() -> dict[str, Any]:
    found = request.get_json(silent=True)
    if not isinstance(found, dict):
        raise Refused(gettext("The request could not be understood. Please reload the page."), key="bad_json")
    return found


def _session() -> ServerSession:
    return session._get_current_object()  # type: ignore[attr-defined]  # a LocalProxy, which the stubs hide


def _session_id() -> str:
    """Give the hash of this browser's session, which is begun if there is none."""
    current = _session()
    if current.id_hash is None:
        generate_csrf()
        start_session(current_app._get_current_object(), current)  # type: ignore[attr-defined]  # a LocalProxy, which the stubs hide
        current.must_renew = False
    assert current.id_hash is not None
    return current.id_hash
