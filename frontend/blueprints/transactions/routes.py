"""/tx: all transactions of the signed-in account, and the tray that every page has of them. From the database only."""

from flask import Blueprint, Response, make_response, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.transactions.tray import mark_of, register
from frontend.extensions import services
from frontend.services.intents import CAME_TO_NOTHING, ON_ITS_WAY, SIGNABLE

blueprint = Blueprint("transactions", __name__, url_prefix="/tx")
blueprint.record_once(register)

PER_PAGE = 25
FILTERS: dict[str, tuple[str, ...]] = {
    "all": (),
    "moving": ON_ITS_WAY,
    "unsigned": SIGNABLE,
    "done": ("final",),
    "nothing": CAME_TO_NOTHING,
}


@blueprint.get("")
@sign_in_required
def index() -> str:
    """List the account's transactions, the newest first."""
    chosen = request.args.get("state", "")
    chosen = chosen if chosen in FILTERS else "all"
    number = request.args.get("page", 1, type=int)
    page = services.intent_store.page(_account(), FILTERS[chosen], number, PER_PAGE)
    return render_template("transactions/index.html", page=page, chosen=chosen)


@blueprint.get("/tray")
@sign_in_required
def tray() -> AnyResponse:
    """Give the tray of the page's head; nothing (204) while it is as the page has it."""
    found = services.intent_store.tray(_account())
    if request.args.get("seen") == mark_of(found):
        return Response(status=204)
    return make_response(render_template("transactions/tray.html"))


def _account() -> str:
    account = current_account()
    assert account is not None  # the routes require it
    return account
