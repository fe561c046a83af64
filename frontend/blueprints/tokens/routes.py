"""A community's token: what there is, who holds it, where it went, and what a holder can do."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.communities.forms import PlainForm
from frontend.blueprints.communities.routes import community_or_404, refused_page
from frontend.blueprints.tokens.forms import BurnForm, TransferForm
from frontend.extensions import queries, services
from frontend.pages.act import Answer, account, act, chain_now
from frontend.pages.claims import standing
from frontend.pages.currencies import currencies_of
from frontend.pages.desks import forms_of, posted
from frontend.pages.fields import ADDRESS, PageForm
from frontend.pages.history import DAY_S, file_of, past_of
from frontend.pages.layout import same_account
from frontend.pages.numbers import page_number, small_number
from frontend.pages.vesting import drawing, milestones

blueprint = Blueprint("tokens", __name__, url_prefix="/c/<int:community_id>/token")

MOST_PHASES = 100
HOLDER_FORMS: dict[str, type[PageForm]] = {"transfer": TransferForm, "burn": BurnForm, "vested": PlainForm}


@blueprint.get("")
def show(community_id: int) -> str:
    """Show the token."""
    return token_page(community_id)


def token_page(community_id: int, **sent: PageForm) -> str:
    """Draw the token's page, with the form that was refused as it was typed."""
    community = token_or_404(community_id)
    now_ts = chain_now()
    who = current_account()
    vested = community.vested_units_at(now_ts)
    phases = queries.claim_phases(community_id, per_page=MOST_PHASES)
    curve = queries.curve(community_id)
    return render_template(
        "tokens/show.html",
        community=community,
        currency=queries.currency(community.token.lower()),
        holders=queries.holders(community_id, page=page_number(request.args)),
        transfers=queries.transfers(community_id, page=1),
        vested=vested,
        due=vested - community.minted_by_founder_units,
        milestones=milestones(community),
        drawing=drawing(community, now_ts),
        past=past_of(
            queries.token_history(community_id), now_ts // DAY_S, small_number(request.args.get("days", "")) or 1
        ),
        curve=curve,
        curve_currency=queries.currency(curve.currency) if curve else None,
        phases=phases,
        standings=[(phase, standing(phase, now_ts)) for phase in phases.items],
        reserve=queries.claim_reserve(community_id),
        currencies=currencies_of(phase.currency for phase in phases.items),
        claimed=queries.claims_of(who, [phase.key for phase in phases.items]) if who else {},
        now_ts=now_ts,
        balance=queries.balance(community.token.lower(), who.lower()) if who else None,
        is_founder=same_account(who, community.founder),
        forms=forms_of(HOLDER_FORMS, sent, to=_asked_receiver()),
    )


def _asked_receiver() -> str:
    """Give the account that the page's address names, as a tip's link does."""
    asked = request.args.get("to", "")
    return asked if ADDRESS.fullmatch(asked) else ""


def token_or_404(community_id: int) -> Any:
    """Give a community that has a token; the platform has none."""
    if community_id == 0:
        abort(404)
    return community_or_404(community_id)


@blueprint.get("/transfers")
def transfers(community_id: int) -> str:
    """Show where the token went, page by page."""
    community = token_or_404(community_id)
    return render_template(
        "tokens/transfers.html",
        community=community,
        currency=queries.currency(community.token.lower()),
        page=queries.transfers(community_id, page=page_number(request.args)),
    )


@blueprint.get("/history.csv")
def history(community_id: int) -> Response:
    """Give the token's whole past by days as a file."""
    token_or_404(community_id)
    name = f"token-{community_id}-by-day.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(file_of(queries.token_history(community_id)), mimetype="text/csv", headers=headers)


@blueprint.post("/transfer")
@sign_in_required
def transfer(community_id: int) -> Answer:
    """Send tokens to somebody."""
    token_or_404(community_id)
    form: TransferForm = posted(TransferForm, "transfer")
    return act(
        form,
        lambda: token_page(community_id, transfer=form),
        lambda: services.tokens.prepare_transfer(
            account(), community_id, form.to.address or "", form.amount.units or 0, form_key=form.form_key.data
        ),
    )


@blueprint.post("/burn")
@sign_in_required
def burn(community_id: int) -> Answer:
    """Destroy own tokens."""
    token_or_404(community_id)
    form: BurnForm = posted(BurnForm, "burn")
    return act(
        form,
        lambda: token_page(community_id, burn=form),
        lambda: services.tokens.prepare_burn(
            account(), community_id, form.amount.units or 0, form_key=form.form_key.data
        ),
    )


@blueprint.post("/vested")
@sign_in_required
def mint_vested(community_id: int) -> Answer:
    """Mint to the founder what has vested; anyone may do it."""
    token_or_404(community_id)
    form: PlainForm = posted(PlainForm, "vested")
    return act(
        form,
        lambda: refused_page(form),
        lambda: services.tokens.prepare_mint_vested(account(), community_id, form_key=form.form_key.data),
    )
