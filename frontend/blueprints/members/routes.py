"""Members of a community: what membership is, who they are, and what the account has locked."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, render_template, request

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.communities.forms import PlainForm
from frontend.blueprints.communities.routes import refused_page, steward_of
from frontend.blueprints.members.forms import DelegateForm, LockForm, TiersForm, UnlockForm
from frontend.blueprints.tokens.routes import token_or_404
from frontend.extensions import queries, services
from frontend.index.member_views import Membership
from frontend.pages.act import Answer, account, act, chain_now
from frontend.pages.amounts import say_units
from frontend.pages.desks import forms_of, fresh, posted
from frontend.pages.fields import PageForm
from frontend.pages.layout import same_account
from frontend.pages.members import file_of, states_of
from frontend.pages.numbers import page_number

blueprint = Blueprint("members", __name__, url_prefix="/c/<int:community_id>/members")

FORMS: dict[str, type[PageForm]] = {
    "open": PlainForm,
    "lock": LockForm,
    "unlock": UnlockForm,
    "delegate": DelegateForm,
}
MOST_DELEGATORS = 24


@blueprint.get("")
def show(community_id: int) -> str:
    """Show the membership."""
    return members_page(community_id)


def members_page(community_id: int, **sent: PageForm) -> str:
    """Draw the page, with the form that was refused as it was typed."""
    community = token_or_404(community_id)
    membership = queries.membership(community_id)
    who = current_account()
    forms: dict[str, Any] = forms_of(FORMS, sent)
    thresholds = membership.tiers if membership else ()
    tiers = "\n".join(say_units(units, 18) for units in thresholds)
    forms["tiers"] = sent.get("tiers") or fresh(TiersForm, "tiers", tiers=tiers)
    now_ts = chain_now()
    return render_template(
        "members/show.html",
        community=community,
        currency=queries.currency(community.token.lower()),
        membership=membership,
        members=queries.members(membership.address, page=page_number(request.args)) if membership else None,
        mine=_mine(membership, who, now_ts) if membership and who else None,
        balance=queries.balance(community.token.lower(), who.lower()) if who else None,
        form_of_unlock=fresh(PageForm, "u"),
        forms=forms,
        members_pages=services.members_only.count(community),
        is_steward=same_account(community.steward, who),
        now_ts=now_ts,
    )


def _mine(membership: Membership, who: str, now_ts: int) -> dict[str, Any]:
    """Give what the account has here."""
    member = queries.member(membership.address, who)
    return {
        "member": member,
        "tier": membership.tier_of(member.locked_units),
        "unlocks": states_of(queries.unlocks(membership.address, who), now_ts),
        "delegators": queries.delegators(membership.address, who, per_page=MOST_DELEGATORS),
    }


@blueprint.get("/members.csv")
def members_file(community_id: int) -> Response:
    """Give the members as a file."""
    token_or_404(community_id)
    membership = _membership_or_404(community_id)
    name = f"members-{community_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
    return Response(file_of(membership), mimetype="text/csv", headers=headers)


def _membership_or_404(community_id: int) -> Membership:
    found = queries.membership(community_id)
    if found is None:
        abort(404)
    return found


@blueprint.post("/open")
@sign_in_required
def open_membership(community_id: int) -> Answer:
    """Open the membership. The contract lets anybody; the page offers it to the steward."""
    steward_of(token_or_404(community_id).id)
    form: PlainForm = posted(PlainForm, "open")
    return act(
        form,
        lambda: members_page(community_id, open=form),
        lambda: services.members.prepare_open(account(), community_id, form_key=form.form_key.data or ""),
    )


@blueprint.post("/tiers")
@sign_in_required
def set_tiers(community_id: int) -> Answer:
    """Set where tiers begin."""
    steward_of(token_or_404(community_id).id)
    form: TiersForm = posted(TiersForm, "tiers")
    return act(
        form,
        lambda: members_page(community_id, tiers=form),
        lambda: services.members.prepare_set_tiers(
            account(), community_id, form.thresholds, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/lock")
@sign_in_required
def lock(community_id: int) -> Answer:
    """Lock tokens, the first or more."""
    token_or_404(community_id)
    form: LockForm = posted(LockForm, "lock")
    return act(
        form,
        lambda: members_page(community_id, lock=form),
        lambda: services.members.prepare_lock(
            account(), community_id, form.amount.units or 0, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/unlock")
@sign_in_required
def request_unlock(community_id: int) -> Answer:
    """Ask for tokens back."""
    token_or_404(community_id)
    form: UnlockForm = posted(UnlockForm, "unlock")
    return act(
        form,
        lambda: members_page(community_id, unlock=form),
        lambda: services.members.prepare_request_unlock(
            account(), community_id, form.amount.units or 0, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/delegate")
@sign_in_required
def delegate(community_id: int) -> Answer:
    """Name who votes with the account's tokens."""
    token_or_404(community_id)
    form: DelegateForm = posted(DelegateForm, "delegate")
    return act(
        form,
        lambda: members_page(community_id, delegate=form),
        lambda: services.members.prepare_delegate(
            account(), community_id, form.to.address or "", form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/unlocks/<int:number>/cancel")
@sign_in_required
def cancel_unlock(community_id: int, number: int) -> Answer:
    """Take an unlock back."""
    token_or_404(community_id)
    form: PageForm = posted(PageForm, "u")
    return act(
        form,
        lambda: refused_page(form),
        lambda: services.members.prepare_cancel_unlock(
            account(), community_id, number, form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/unlocks/<int:number>/withdraw")
@sign_in_required
def withdraw(community_id: int, number: int) -> Answer:
    """Take out tokens whose notice is over."""
    token_or_404(community_id)
    form: PageForm = posted(PageForm, "u")
    return act(
        form,
        lambda: refused_page(form),
        lambda: services.members.prepare_withdraw(account(), community_id, number, form_key=form.form_key.data or ""),
    )
