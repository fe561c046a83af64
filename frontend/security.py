"""What holds for every answer: headers, the Host and Origin checks, and how much somebody may write."""

from flask import Flask, Response, abort, g, request
from flask_babel import gettext
from werkzeug.middleware.proxy_fix import ProxyFix

from frontend.auth import current_account
from frontend.config import Settings
from frontend.content.pieces import LIST_BYTES, PIECE_BYTES, LengthNeeded, TooLarge
from frontend.i18n import remember_language
from frontend.limits import network_of
from frontend.marks import N_
from frontend.operations.watched import ID, ROUTE, Watched

CSP = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; connect-src 'self'; font-src 'self'; "
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
NETWORK_FACTOR = 5  # many people may share one network address
FILE_TOO_LARGE = N_("The file is too large: at most 1 GiB before it is sealed. Nothing was kept.")
# by endpoint, where a body must be smaller than Flask's own limit, and what is said then
BODIES = {
    "files.keep_piece": (PIECE_BYTES, N_("A piece has at most 1 MiB. Nothing was kept.")),
    "files.missing": (LIST_BYTES, FILE_TOO_LARGE),
    "files.keep": (LIST_BYTES, FILE_TOO_LARGE),
}


def protect(app: Flask, settings: Settings) -> None:
    """Put the checks before, and the headers behind, every request."""
    app.wsgi_app = Watched(app.wsgi_app)  # type: ignore[method-assign]  # Flask's own way of wrapping an app
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=0)  # type: ignore[method-assign]  # as above

    @app.before_request
    def begin() -> None:
        g.request_id = request.environ.get(ID, "-")
        request.environ[ROUTE] = request.url_rule.rule if request.url_rule else "-"
        check_host(settings)
        check_origin(settings)
        check_size()
        check_writes(settings)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.is_secure:
            response.headers.setdefault("Strict-Transport-Security", f"max-age={A_YEAR_S}")
        response.headers["X-Request-Id"] = request.environ.get(ID, "-")
        if response.mimetype in ("text/html", "application/json"):
            response.headers.setdefault("Cache-Control", "no-store")
            remember_language(response, secure=settings.is_secure)
        return response


def check_host(settings: Settings) -> None:
    """Answer only under our own name, so that no link or message is built from somebody else's."""
    if request.blueprint == "health":  # asked by machines under any name; builds no links
        return
    if request.host != settings.host:
        abort(421)


def check_writes(settings: Settings) -> None:
    """Refuse more writes in a minute than an account, or all who share a network address, may make. Raises: TooMany."""
    from frontend.extensions import bound

    # a sealed file of 1 GiB is a thousand pieces: the quota of files counts them
    if request.method in SAFE_METHODS or request.endpoint == "files.keep_piece":
        return
    most = settings.writes_a_minute
    hits = [("writes of network", network_of(request.remote_addr), NETWORK_FACTOR * most)]
    account = current_account()
    if account is not None:
        hits.append(("writes of account", account, most))
    bound().limiter.hit_all(hits, 60)


def check_size() -> None:
    """Refuse a body that is too large for its route, before it is read. Raises: TooLarge, LengthNeeded."""
    if request.endpoint not in BODIES:
        return
    most_bytes, text = BODIES[request.endpoint]
    request.max_content_length = most_bytes
    if "Transfer-Encoding" in request.headers:  # what comes in chunks would be cut off at the limit, and look whole
        raise LengthNeeded(gettext("The request must say its length (Content-Length). Nothing was kept."))
    if (request.content_length or 0) > most_bytes:
        raise TooLarge(gettext(text))


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
            "tray": services.intent_store.tray(account) if account else [],
            "request_id": getattr(g, "request_id", "-"),
        }
