"""A community's curve: its price and trades for everybody, a quote before each trade, and its opening by the steward."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.communities.routes import steward_of
from frontend.blueprints.curves.forms import (
    MONEY,
    TOKENS,
    BuyForm,
    OpenForm,
    SellForm,
    SwapForm,
    TradeForm,
    shapes,
)
from frontend.blueprints.intents import intent_page
from frontend.blueprints.tokens.routes import token_or_404
from frontend.errors import NodeDown, Refused
from frontend.extensions import queries, services
from frontend.index.curve_views import Curve
from frontend.pages.act import Answer, account, act, chain_now, said_again, with_key
from frontend.pages.currencies import asked_currency, offered_beside
from frontend.pages.curves import beside_units, holdings, outlook, price_chart, price_points, trades_chart
from frontend.pages.desks import fresh, posted
from frontend.pages.fields import ZERO_ADDRESS, choices
from frontend.pages.layout import same_account
from frontend.pages.numbers import page_number
from frontend.pages.text import plain
from frontend.services.curve_quotes import quote_budget, quote_purchase, quote_sale, quote_swap
from frontend.services.curves import NewCurve

blueprint = Blueprint("curves", __name__, url_prefix="/c/<int:community_id>/curve")

BUY, SELL, SWAP = "buy", "sell", "swap"
GO = "go"
CHARTED = 200


@blueprint.get("")
def show(community_id: int) -> str:
    """Show the curve, or why there is none."""
    return curve_page(community_id)


def curve_page(community_id: int, quote: Any = None, **sent: TradeForm) -> str:
    """Draw the page, with the form that was sent as it was typed, and what was quoted for it."""
    community = token_or_404(community_id)
    curve = queries.curve(community_id)
    who = current_account()
    common = {
        "community": community,
        "token": queries.currency(community.token.lower()),
        "is_steward": same_account(community.steward, who),
    }
    if curve is None:
        return render_template("curves/none.html", **common)
    currency, now_ts = queries.currency(curve.currency), chain_now()
    newest = queries.curve_trades(curve.token, per_page=CHARTED)
    return render_template(
        "curves/show.html",
        **common,
        curve=curve,
        currency=currency,
        points=price_points(curve.shape, curve.capacity_units, curve.sold_units),
        chart=price_chart(curve.shape, curve.capacity_units, curve.sold_units, currency.decimals),
        past=trades_chart(curve, newest.items, now_ts, currency.decimals),
        trades=queries.curve_trades(curve.token, page=page_number(request.args)),
        balance=queries.balance(curve.token, who.lower()) if who else None,
        buy=sent.get(BUY) or _buy_form(currency),
        sell=sent.get(SELL) or fresh(SellForm, SELL),
        swap=sent.get(SWAP) or _swap_form(community_id, curve),
        others={str(found): symbol for found, _name, symbol in _others(community_id, curve)},
        quoted=next(iter(sent), None),
        quote=quote,
    )


@blueprint.get("/<any(buy, sell, swap):step>")
def again(community_id: int, step: str) -> Answer:
    """Lead back to the curve whoever opens the address of a quote anew, in another language for instance."""
    lang, page = request.args.get("lang"), request.args.get("page")
    return redirect(url_for("curves.show", community_id=community_id, lang=lang, page=page))


@blueprint.post("/buy")
def buy(community_id: int) -> Answer:
    """Quote a purchase; as it was quoted, build its intent."""
    curve = _curve_or_404(community_id)
    form: BuyForm = posted(BuyForm, BUY)
    currency = queries.currency(curve.currency)
    _offer_units(form, currency)
    by_money = form.by.data == MONEY
    form.amount.decimals = currency.decimals if by_money else 18
    return _trade(
        community_id,
        BUY,
        form,
        lambda: (quote_budget if by_money else quote_purchase)(curve, form.amount.units or 0, form.slippage.bps),
        lambda quote: (quote.amount_units, quote.bound_units),
        lambda who: services.curves.prepare_purchase(
            who, community_id, form.units.number or 0, form.bound.number or 0, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/sell")
def sell(community_id: int) -> Answer:
    """Quote a sale; as it was quoted, build its intent."""
    curve = _curve_or_404(community_id)
    form: SellForm = posted(SellForm, SELL)
    return _trade(
        community_id,
        SELL,
        form,
        lambda: quote_sale(curve, form.amount.units or 0, form.slippage.bps),
        lambda quote: (quote.amount_units, quote.bound_units),
        lambda who: services.curves.prepare_sale(
            who, community_id, form.units.number or 0, form.bound.number or 0, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/swap")
def swap(community_id: int) -> Answer:
    """Quote a change into another community's token; as it was quoted, build its intent."""
    curve = _curve_or_404(community_id)
    form: SwapForm = posted(SwapForm, SWAP)
    _offer_others(form, community_id, curve)

    def other_id() -> int:
        return int(form.other.data)

    return _trade(
        community_id,
        SWAP,
        form,
        lambda: quote_swap(curve, _curve_or_404(other_id()), form.amount.units or 0, form.slippage.bps),
        lambda quote: (quote.purchase.amount_units, quote.sale.amount_units),
        lambda who: services.curves.prepare_swap(
            who,
            community_id,
            form.amount.units or 0,
            other_id(),
            form.units.number or 0,
            form_key=form.form_key.data or "",
        ),
    )


def _trade(
    community_id: int,
    name: str,
    form: Any,
    quote_of: Callable[[], Any],
    carried: Callable[[Any], tuple[int, int]],
    prepare: Callable[[str], Any],
) -> Answer:
    """Show a quote, or go on with the one that the form brings.

    Args: carried gives the tokens and the bound of a quote, which the form carries to the wallet.
    """
    quote = None

    def page() -> str:
        return curve_page(community_id, quote, **{name: form})

    if not form.validate():
        return page(), 422
    goes_on = request.form.get("step") == GO and form.is_as_quoted
    try:
        quote = quote_of()
    except Refused as problem:
        return said_again(form, page, problem)
    if not goes_on:
        form.show(*carried(quote))
        return page()
    who = account()
    try:
        intent = prepare(who)
    except (Refused, NodeDown) as problem:
        form.show(*carried(quote))  # what is offered now is the new quote
        return said_again(form, page, problem)
    return intent_page(intent)


@blueprint.route("/open", methods=["GET", "POST"])
@sign_in_required
def opening(community_id: int) -> Answer:
    """Open the curve: the form, its preview, and the intent."""
    token_or_404(community_id)
    community = steward_of(community_id)
    if queries.curve(community_id) is not None:
        return redirect(url_for("curves.show", community_id=community_id))
    if not community.curve_allocation_units or not community.mint_renounced:
        return curve_page(community_id)
    form: OpenForm = with_key(OpenForm())
    form.currency.choices = choices(offered_beside(community))
    form.kind.choices = shapes()
    claimed_units = queries.claimed_units(community_id)
    beside = beside_units(community, claimed_units)
    form.capacity_units = beside + community.curve_allocation_units
    currency = queries.currency(ZERO_ADDRESS)
    seen = None

    def page() -> str:
        return render_template(
            "curves/open.html",
            community=community,
            token=queries.currency(community.token.lower()),
            form=form,
            beside_units=beside,
            currency=currency,
            seen=seen,
            points=price_points(form.shape, form.capacity_units, beside + seen.first_units) if seen else (),
            holdings=holdings(community, claimed_units, seen.first_units) if seen else (),
        )

    if request.method == "GET":
        return page()
    try:
        currency = asked_currency(form)
    except (Refused, NodeDown) as problem:
        form.validate()
        return said_again(form, page, problem)
    form.set_decimals(currency.decimals)
    if not form.validate():
        return page(), 422
    first_units = form.first_units.units or 0
    if first_units > community.curve_allocation_units:
        form.refuse(_("That is more than the curve has to sell."), "first_units")
        return page(), 422
    goes_on = request.form.get("step") == GO and form.is_as_quoted
    seen = outlook(form.shape, form.capacity_units, beside, first_units, form.fee.bps)
    if not goes_on:
        form.show(seen.backing_units, seen.first_total_units)
        return page()
    new = NewCurve(currency.address, form.fee.bps, form.shape, first_units)
    return act(
        form,
        page,
        lambda: services.curves.prepare_opening(
            account(),
            community_id,
            new,
            form.backing.number or 0,
            form.first_total.number or 0,
            form_key=form.form_key.data or "",
        ),
    )


def _curve_or_404(community_id: int) -> Curve:
    token_or_404(community_id)
    found = queries.curve(community_id)
    if found is None:
        abort(404)
    return found


def _buy_form(currency: Any) -> BuyForm:
    form: BuyForm = fresh(BuyForm, BUY)
    _offer_units(form, currency)
    return form


def _offer_units(form: BuyForm, currency: Any) -> None:
    spent = _("what you spend at most, in %(currency)s", currency=plain(currency.symbol, 16))
    form.by.choices = choices([(TOKENS, _("how many tokens you get")), (MONEY, spent)])


def _swap_form(community_id: int, curve: Curve) -> SwapForm | None:
    form: SwapForm = fresh(SwapForm, SWAP)
    _offer_others(form, community_id, curve)
    return form if form.other.choices else None


def _offer_others(form: SwapForm, community_id: int, curve: Curve) -> None:
    form.other.choices = choices(
        [
            (str(found), f"{plain(symbol, 16)}: {plain(name, 64)}")
            for found, name, symbol in _others(community_id, curve)
        ]
    )


def _others(community_id: int, curve: Curve) -> list[tuple[int, str, str]]:
    return [found for found in queries.curves_in(curve.currency) if found[0] != community_id]
