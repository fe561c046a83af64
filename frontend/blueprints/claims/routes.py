"""A community's claim phases: all of them, one of them with its list and its claims, and opening one."""

from __future__ import annotations

from typing import Any

from eth_utils.address import to_checksum_address
from flask import Blueprint, Response, abort, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _

from frontend.account_lists import AccountList
from frontend.auth import current_account, sign_in_required
from frontend.blueprints.claims.forms import ClaimForm, OpenForm, audiences
from frontend.blueprints.communities.routes import steward_of
from frontend.blueprints.tokens.routes import token_or_404
from frontend.content.findings import State
from frontend.content.store import StoreDown
from frontend.errors import NodeDown, NotFound, Refused
from frontend.extensions import queries, services
from frontend.index.claim_views import ClaimPhase
from frontend.pages.act import Answer, account, act, chain_now, said_again, with_key
from frontend.pages.amounts import say_units
from frontend.pages.claims import RUNNING, claimable_units, standing
from frontend.pages.currencies import asked_currency, currencies_of, offered_beside
from frontend.pages.desks import fresh, posted
from frontend.pages.fields import ADDRESS, ZERO_ADDRESS, PageForm, choices
from frontend.pages.layout import same_account
from frontend.pages.lists import ListForm
from frontend.pages.numbers import page_number
from frontend.services.claim_lists import root_of
from frontend.services.claims import NewPhase, cost_of

blueprint = Blueprint("claims", __name__, url_prefix="/c/<int:community_id>/claims")

CLAIM, CLOSE, LIST = "claim", "close", "list"
GO = "go"
DECIMALS = 18


@blueprint.get("")
def index(community_id: int) -> str:
    """List the phases, the newest first."""
    community = token_or_404(community_id)
    who, now_ts = current_account(), chain_now()
    phases = queries.claim_phases(community_id, page=page_number(request.args))
    return render_template(
        "claims/index.html",
        community=community,
        currency=queries.currency(community.token.lower()),
        reserve=queries.claim_reserve(community_id),
        phases=phases,
        standings=[(phase, standing(phase, now_ts)) for phase in phases.items],
        currencies=currencies_of(phase.currency for phase in phases.items),
        claimed=queries.claims_of(who, [phase.key for phase in phases.items]) if who else {},
        is_steward=same_account(community.steward, who),
    )


@blueprint.get("/<int:number>")
def show(community_id: int, number: int) -> str:
    """Show one phase."""
    return phase_page(community_id, number)


@blueprint.get("/<int:number>/<any(claim, close, list):step>")
def again(community_id: int, number: int, step: str) -> Answer:
    """Lead back to the phase whoever opens the address of one of its forms, in another language for instance."""
    here: dict[str, Any] = {"community_id": community_id, "number": number}
    return redirect(url_for("claims.show", **here, lang=request.args.get("lang")))


def phase_page(community_id: int, number: int, **sent: PageForm) -> str:
    """Draw a phase's page, with the form that was refused as it was typed."""
    community = token_or_404(community_id)
    phase = _phase_or_404(community_id, number)
    who, now_ts = current_account(), chain_now()
    state = standing(phase, now_ts)
    finding = services.claim_lists.find(phase, community.token)
    claimed = queries.claims_of(who, [phase.key]).get(phase.key) if who else None
    claimed_units = claimed.claimed_units if claimed else 0
    found = finding.kept.proof(who) if finding.kept and who else None
    mine = claimable_units(phase, found[0] if found else None, claimed_units)
    may_claim = bool(who) and state == RUNNING and mine > 0 and (phase.merkle_root is None or found is not None)
    typed = say_units(mine, DECIMALS) if phase.limit_units or found else ""
    shown = {"key": phase.key, "price": str(phase.price_units), "currency": phase.currency}
    return render_template(
        "claims/show.html",
        community=community,
        token=queries.currency(community.token.lower()),
        currency=queries.currency(phase.currency),
        phase=phase,
        state=state,
        finding=finding,
        allowance_units=found[0] if found else None,
        claimed_units=claimed_units,
        mine_units=mine,
        cost_units=cost_of(mine, phase.price_units),
        may_claim=may_claim,
        form=sent.get(CLAIM) or fresh(ClaimForm, CLAIM, amount=typed, **shown),
        closing=sent.get(CLOSE) or fresh(PageForm, CLOSE),
        upload=sent.get(LIST) or fresh(ListForm, LIST),
        claims=queries.claims_in(phase.key, page=page_number(request.args)),
        is_steward=same_account(community.steward, who),
    )


@blueprint.post("/<int:number>/claim")
@sign_in_required
def claim(community_id: int, number: int) -> Answer:
    """Claim for the signed-in account."""
    _phase_or_404(community_id, number)
    form: ClaimForm = posted(ClaimForm, CLAIM)
    return act(
        form,
        lambda: phase_page(community_id, number, claim=form),
        lambda: services.claims.prepare_claim(
            account(), community_id, number, form.amount.units or 0, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/<int:number>/close")
@sign_in_required
def close(community_id: int, number: int) -> Answer:
    """Close a phase."""
    _phase_or_404(community_id, number)
    form: PageForm = posted(PageForm, CLOSE)
    return act(
        form,
        lambda: phase_page(community_id, number, close=form),
        lambda: services.claims.prepare_close(account(), community_id, number, form_key=form.form_key.data or ""),
    )


@blueprint.post("/<int:number>/list")
@sign_in_required
def restore(community_id: int, number: int) -> Answer:
    """Take a phase's missing list from whoever has it: it must give the very root."""
    community = token_or_404(community_id)
    phase = _phase_or_404(community_id, number)
    form: ListForm = posted(ListForm, LIST)

    def page() -> str:
        return phase_page(community_id, number, list=form)

    if not form.validate():
        return page(), 422
    try:
        services.claim_lists.restore(phase, community.token, form.found or AccountList(()), account())
    except Refused as problem:
        return said_again(form, page, problem)
    return redirect(url_for("claims.show", community_id=community_id, number=number), code=303)


@blueprint.get("/<int:number>/proof/<address>.json")
def proof(community_id: int, number: int, address: str) -> Response:
    """Give the proof of what an account may claim; public, as the list is. Refused while the list is not here as it was."""
    community = token_or_404(community_id)
    phase = _phase_or_404(community_id, number)
    if phase.merkle_root is None:
        raise NotFound(_("This phase has no list: everybody may claim."))
    finding = services.claim_lists.find(phase, community.token)
    if finding.state is State.UNREACHABLE:
        raise StoreDown
    if finding.kept is None:
        gone = _("The list of this phase is missing here. Whoever has it can upload it on the phase's page.")
        raise NotFound(gone, key="no_list")
    found = finding.kept.proof(address) if ADDRESS.fullmatch(address) else None
    if found is None:
        raise NotFound(_("This account is not on the list of this phase."))
    allowance_units, nodes = found
    told = {
        "token": to_checksum_address(community.token),
        "number": phase.number,
        "account": to_checksum_address(address),
        "allowance_units": str(allowance_units),
        "merkleRoot": phase.merkle_root,
        "proof": ["0x" + node.hex() for node in nodes],
    }
    answer = jsonify(told)
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@blueprint.route("/open", methods=["GET", "POST"])
@sign_in_required
def opening(community_id: int) -> Answer:
    """Open a phase: the form, its preview, and the intent."""
    token_or_404(community_id)
    community = steward_of(community_id)
    reserve = queries.claim_reserve(community_id)
    if reserve is None or not reserve.unallotted_units:
        return redirect(url_for("claims.index", community_id=community_id))
    form: OpenForm = with_key(OpenForm())
    form.currency.choices = choices(offered_beside(community))
    form.open_to.choices = audiences()
    form.now_ts, form.left_units = chain_now(), reserve.unallotted_units
    currency = queries.currency(ZERO_ADDRESS)
    is_seen = False

    def page() -> str:
        return render_template(
            "claims/open.html",
            community=community,
            token=queries.currency(community.token.lower()),
            reserve=reserve,
            form=form,
            currency=currency,
            is_seen=is_seen,
            total_units=sum(units for _account, units in form.entries),
        )

    if request.method == "GET":
        return page()
    try:
        currency = asked_currency(form)
    except (Refused, NodeDown) as problem:
        form.validate()
        return said_again(form, page, problem)
    form.price.decimals = currency.decimals
    if not form.validate():
        return page(), 422
    try:
        came_with = _preview(form, community, reserve.next_number)
    except Refused as problem:
        return said_again(form, page, problem)
    is_seen = True
    if not (came_with and request.form.get("step") == GO):
        return page()
    return act(
        form,
        page,
        lambda: services.claims.prepare_open(
            account(), community_id, reserve.next_number, _new_phase(form, currency), form_key=form.form_key.data or ""
        ),
    )


def _preview(form: OpenForm, community: Any, number: int) -> bool:
    """Read the form's list and let the form carry its preview; tell whether it came with that very one.

    A list that is too long for the form is kept at once, and the form carries its hash. Raises: Refused.
    """
    root = ""
    if form.is_listed:
        if form.found is not None:
            form.entries, form.kept.data = form.found.entries, ""
        else:
            form.entries = services.claim_lists.entries_in(form.kept.data or "")
        root = root_of(form.entries, community.token, number)
        if not form.lines.data:
            form.kept.data = services.claim_lists.keep(form.entries, community.token, number, account())[1]
    return form.show(number, root)


def _new_phase(form: OpenForm, currency: Any) -> NewPhase:
    return NewPhase(
        form.start.ts or 0,
        form.end.ts or 0,
        form.supply.units or 0,
        form.limit.units or 0,
        form.price.units or 0,
        currency.address,
        form.entries,
    )


def _phase_or_404(community_id: int, number: int) -> ClaimPhase:
    token_or_404(community_id)
    found = queries.claim_phase(community_id, number) if number < 2**32 else None
    if found is None:
        abort(404)
    return found
