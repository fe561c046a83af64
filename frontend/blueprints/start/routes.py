"""/start: from nothing to the first purchase, as a list with ticks; with the faucet on local chains."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.intents.routes import chain_values
from frontend.blueprints.intents.texts import wallet_texts
from frontend.extensions import bound, services, settings
from frontend.formatters import eth
from frontend.services.faucet import GIFT_WEI

blueprint = Blueprint("start", __name__, url_prefix="/start")

GIFTS_A_DAY = 3
DAY_S = 86400


@blueprint.get("")
def index() -> str:
    """Show the first steps."""
    return render_template(
        "start/index.html",
        texts=wallet_texts(),
        chain_values=chain_values(),
        rpc_url=settings.rpc_url if settings.is_local else None,
        gift=eth(GIFT_WEI),
        given="given" in request.args,
    )


@blueprint.post("/faucet")
@sign_in_required
def faucet() -> AnyResponse:
    """Give the signed-in account some test ETH."""
    account = current_account()
    assert account is not None
    bound().limiter.hit("faucet", account, GIFTS_A_DAY, DAY_S)
    services.faucet.give(account)
    return redirect(url_for("start.index", given=1), code=303)
