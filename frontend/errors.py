"""What can go wrong, as a family of exceptions, and how each is told to a person or a program.

MarketError
├── SetupError(ValueError)          the server cannot start: named, with the remedy
│   ├── BadSetting
│   ├── UnknownDeployment
│   └── AbiMismatch
├── NodeError                        the chain's node did not do its part: 503
│   ├── NodeDown
│   ├── WrongChain
│   └── ChainReset
└── Refused(ValueError)              what was asked cannot be done: 422, with the field it is about
    ├── CallWouldRevert              the contract said no in the preflight
    ├── NotEnoughMoney               balance, or allowance
    ├── NotFound(LookupError)        404; NotMatching when what is kept has another hash
    ├── StoreDown                    503, the place of descriptions, pictures and sealed files does not answer
    ├── TooLarge, LengthNeeded       413, 411
    ├── FilesFull                    507, no room for more sealed files
    ├── NoSuchRange                  416
    ├── SignInRefused                403
    ├── NotAllowed                   403
    └── TooMany                      429
"""

import logging
from typing import TYPE_CHECKING, Any

from flask import Flask, Response, current_app, jsonify, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException, InternalServerError, MethodNotAllowed, Unauthorized

from frontend.i18n import choose_language
from frontend.operations.counts import counts

if TYPE_CHECKING:
    from werkzeug.wrappers import Response as AnyResponse

log = logging.getLogger(__name__)

HEAD_OF_REQUEST = "dokkaebi.head"  # where a request keeps what it knows of the index; None: do not ask


class MarketError(Exception):
    """Base of everything we raise on purpose."""


class SetupError(MarketError, ValueError):
    """Base of what keeps the server from starting; the text says what to do."""


class BadSetting(SetupError):
    """A setting is missing or cannot be used."""


class UnknownDeployment(SetupError):
    """No record says where a contract stands on this chain."""


class AbiMismatch(SetupError):
    """The exported ABI is another than that of the deployed contract."""


class NodeError(MarketError):
    """Base of what a node did not do. The texts never hold its URL, which may carry a key."""

    key = "node"
    status = 503


class NodeDown(NodeError):
    """The node does not answer, or answers with something that is no JSON-RPC."""

    key = "node_down"


class WrongChain(NodeError):
    """The node stands on another chain than the settings say."""

    key = "wrong_chain"


class ChainReset(NodeError):
    """A local chain began anew: what was recorded about it is gone."""

    key = "chain_reset"


class Refused(MarketError, ValueError):
    """What was asked cannot be done; `text` is translated and says why and what to do.

    Args: key is a stable word for programs and tests, field the form field it is about.
    """

    status = 422
    key = "refused"

    def __init__(self, text: str, *, key: str | None = None, field: str | None = None, **values: Any) -> None:
        super().__init__(text)
        self.text = text
        self.key = key or type(self).key
        self.field = field
        self.values = values


class CallWouldRevert(Refused):
    """The contract would refuse the call; `key` is the error's name."""

    key = "would_revert"


class NotEnoughMoney(Refused):
    """The account cannot pay."""

    key = "not_enough_money"


class NotFound(Refused, LookupError):
    """There is no such thing."""

    status = 404
    key = "not_found"


class SignInRefused(Refused):
    """The signed message is not the one we asked for."""

    status = 403
    key = "sign_in_refused"


class NotAllowed(Refused):
    """This account may not do this."""

    status = 403
    key = "not_allowed"


class TooMany(Refused):
    """Too many requests in too short a time."""

    status = 429
    key = "too_many"

    def __init__(self, retry_after_s: int) -> None:
        super().__init__(gettext("Too many requests. Please wait a moment and try again."))
        self.retry_after_s = retry_after_s


RETRY_AFTER_S = 10


def register(app: Flask) -> None:
    """Tell errors to people as pages and to programs as JSON, always with the request's id."""
    app.register_error_handler(Refused, tell_refused)
    app.register_error_handler(NodeError, tell_node)
    app.register_error_handler(CSRFError, tell_csrf)
    app.register_error_handler(Unauthorized, tell_unauthorized)
    app.register_error_handler(HTTPException, tell_http)
    app.register_error_handler(SQLAlchemyError, tell_database)
    app.register_error_handler(Exception, tell_unexpected)


def wants_json() -> bool:
    """Tell whether a program asks: it sent JSON, prefers it, or fetches or sends sealed files."""
    if request.is_json or request.path.endswith(".json") or f"{request.path}/".startswith("/files/"):
        return True
    best = request.accept_mimetypes.best_match(["text/html", "application/json"])
    return (
        best == "application/json"
        and request.accept_mimetypes["text/html"] < request.accept_mimetypes["application/json"]
    )


def tell_refused(problem: Refused) -> "AnyResponse":
    """A refusal: its own words."""
    if isinstance(problem, TooMany):
        counts().refused_for_rate.inc()
    response = _told(problem.status, problem.key, problem.text, field=problem.field)
    if isinstance(problem, TooMany):
        response.headers["Retry-After"] = str(problem.retry_after_s)
    return response


def tell_node(problem: NodeError) -> "AnyResponse":
    """The node failed: reading goes on, writing waits."""
    counts().node_errors.labels(type(problem).__name__).inc()
    log.warning("request %s: %s", _request_id(), problem)
    texts = {
        "wrong_chain": gettext(
            "The server's node is on another network than this market. Nothing was sent; please tell the operator."
        ),
        "chain_reset": gettext(
            "The local chain was started afresh, and this market's contracts are not on it. Nothing was sent; deploy again."
        ),
    }
    text = texts.get(
        problem.key,
        gettext(
            "The chain's node does not answer just now. Nothing was sent. Pages can be read; please try again in a moment."
        ),
    )
    response = _told(problem.status, problem.key, text)
    response.headers["Retry-After"] = str(RETRY_AFTER_S)
    return response


def tell_csrf(problem: CSRFError) -> "AnyResponse":
    """The form's token is missing or another session's."""
    return _told(
        400,
        "csrf",
        gettext("This form is too old or came from elsewhere. Nothing was sent. Please reload the page and try again."),
    )


def tell_unauthorized(problem: Unauthorized) -> "AnyResponse":
    """Somebody must sign in first; reading is led there and back again."""
    if wants_json() or request.headers.get("HX-Request"):
        return _told(401, "sign_in", gettext("Please sign in first."))
    back = request.full_path.rstrip("?") if request.method == "GET" else ""
    if request.method == "GET":
        return redirect(url_for("auth.sign_in", next=back))
    return _told(
        401,
        "sign_in",
        gettext("You are not signed in (any more). Nothing was sent. Please sign in and send the form again."),
    )


def tell_http(problem: HTTPException) -> "AnyResponse":
    """Everything that Flask itself says no to."""
    if isinstance(problem, InternalServerError) and isinstance(problem.original_exception, SQLAlchemyError):
        return tell_database(problem.original_exception)  # it failed before the request began, opening the session
    status = problem.code or 500
    if problem.response is not None or status < 400:
        return problem.get_response()
    texts = {
        400: gettext("The request could not be understood. Please go back and try again."),
        403: gettext("This request came from another site, or is not allowed. Nothing was done."),
        404: gettext(
            "There is nothing here. Perhaps the address has a typing mistake, or the index has not read it from the chain yet."
        ),
        405: gettext("This address cannot be used in this way. Please go back and use the page's own buttons."),
        413: gettext("What you sent is too large. Pictures may have up to 8 MB, pieces of sealed files 1 MiB."),
        415: gettext("This kind of content is not understood here."),
        421: gettext("This server does not answer under this name."),
        429: gettext("Too many requests. Please wait a moment and try again."),
    }
    response = _told(status, f"http_{status}", texts.get(status, problem.name))
    if isinstance(problem, MethodNotAllowed) and problem.valid_methods:
        response.headers["Allow"] = ", ".join(problem.valid_methods)
    return response


def tell_database(problem: SQLAlchemyError) -> "AnyResponse":
    """The database failed."""
    counts().database_errors.inc()
    log.error("request %s: database: %s", _request_id(), type(problem).__name__, exc_info=problem)
    return _plain(
        503,
        "database",
        gettext("The database cannot be reached just now. Nothing was changed; please try again in a moment."),
    )


def tell_unexpected(problem: Exception) -> "AnyResponse":
    """Something that we did not think of: no details for strangers, all of them for the log."""
    log.error("request %s failed", _request_id(), exc_info=problem)
    return _plain(
        500,
        "unexpected",
        gettext(
            "Something went wrong on our side. Please try again; if it happens again, tell the operator the number below."
        ),
    )


def _told(status: int, key: str, text: str, *, field: str | None = None) -> Response:
    if wants_json():
        return _json(status, key, text, field)
    if request.headers.get("HX-Request"):
        return make_response(render_template("errors/fragment.html", text=text, key=key), status)
    try:
        return make_response(render_template("errors/page.html", status=status, key=key, text=text), status)
    except Exception as problem:  # noqa: BLE001 the page around the message needs the database, which may be what failed
        log.error("request %s: error page failed: %s", _request_id(), type(problem).__name__)
        return _plain(status, key, text)


def _plain(status: int, key: str, text: str) -> Response:
    if wants_json():
        return _json(status, key, text, None)
    # without what the app adds to every template and every answer, which asks the database
    request.environ.setdefault(HEAD_OF_REQUEST, None)
    template = current_app.jinja_env.get_template("errors/plain.html")
    page = template.render(status=status, text=text, request_id=_request_id(), lang=choose_language())
    return make_response(page, status)


def _json(status: int, key: str, text: str, field: str | None) -> Response:
    told = {"error": {"key": key, "text": text, "field": field}, "requestId": _request_id()}
    return make_response(jsonify(told), status)


def _request_id() -> str:
    return str(request.environ.get("dokkaebi.request_id", "-"))
