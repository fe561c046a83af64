"""What holds for every answer: headers, the Host and Origin checks, the request id and the access log."""

import logging
import secrets
import time

from flask import Flask, Response, abort, g, request

from frontend.auth import current_account
from frontend.config import Settings
from frontend.i18n import remember_language

access_log = logging.getLogger("frontend.access")

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
    "img-src 'self' data:; form-action 'self'; base-uri 'self'; frame-ancestors 'none'"
)
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()"
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
A_YEAR_S = 365 * 86400


def protect(app: Flask, settings: Settings) -> None:
    """Put the checks before, and the headers behind, every request."""

    @app.before_request
    def begin() -> None:
        g.request_id = secrets.token_hex(6)
        g.began = time.monotonic()
        check_host(settings)
        check_origin(settings)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.is_secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR_S}")
        request_id = getattr(g, "request_id", "-")
        response.headers["X-Request-Id"] = request_id
        if response.mimetype in ("text/html", "application/json"):
            response.headers.setdefault("Cache-Control", "no-store")
            remember_language(response, secure=settings.is_secure)
        took_ms = int((time.monotonic() - getattr(g, "began", time.monotonic())) * 1000)
        # the route's name, never the path: paths hold addresses
        access_log.info(
            "%s %s %s %s %d ms", request_id, request.method, request.endpoint, response.status_code, took_ms
        )
        return response


def check_host(settings: Settings) -> None:
    """Answer only under our own name, so that no link or message is built from somebody else's."""
    if request.host != settings.host:
        abort(421)


def check_origin(settings: Settings) -> None:
    """Refuse writes that another site's page has sent.

    With no-referrer a browser says `Origin: null` for our own forms too, so that Sec-Fetch-Site decides where there is one.
    """
    if request.method in SAFE_METHODS:
        return
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        if site not in ("same-origin", "none"):
            abort(403)
        return
    origin = request.headers.get("Origin")
    if origin not in (None, "null", settings.origin):
        abort(403)


def register_context(app: Flask) -> None:
    """Give every template the chain, the index's head and the signed-in account."""
    from frontend.extensions import queries, services, settings

    @app.context_processor
    def everywhere() -> dict[str, object]:
        account = current_account()
        return {
            "chain": {
                "id": settings.chain_id,
                "name": settings.chain_name,
                "is_local": settings.is_local,
                "explorer": None,
            },
            "head": queries.head(),
            "account": account,
            "tray": services.intent_store.of_account(account) if account else [],
            "request_id": getattr(g, "request_id", "-"),
        }
