"""Communities. Reading is for everyone; the desk is the steward's."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.communities.forms import (
    MAX_PLATFORM_FEE_BPS,
    DescriptionForm,
    FeeForm,
    OfferForm,
    OpenForm,
    PlainForm,
    SureForm,
    WaiversForm,
)
from frontend.blueprints.tokens.forms import MintForm
from frontend.errors import NotAllowed
from frontend.extensions import queries, services
from frontend.index.views import ListingFilter
from frontend.pages.act import Answer, account, act, chain_now, with_key
from frontend.pages.credits import owed_to
from frontend.pages.currencies import currencies_of
from frontend.pages.described import described
from frontend.pages.desks import forms_of, fresh, posted
from frontend.pages.fields import ZERO_ADDRESS, PageForm
from frontend.pages.found import Marker
from frontend.pages.layout import account_of_community, page_language, same_account
from frontend.pages.numbers import MAX_ID, page_number
from frontend.pages.relations import description_values, known_document, recognised_communities

blueprint = Blueprint("communities", __name__, url_prefix="/c")

SORTS = ("new", "name", "holders")
DESK_FORMS: dict[str, type[PageForm]] = {
    "mint": MintForm,
    "fee": FeeForm,
    "waivers": WaiversForm,
    "offer": OfferForm,
    "describe": DescriptionForm,
    "renounce": SureForm,
    "freeze": SureForm,
}


def community_or_404(community_id: int) -> Any:
    """Give a community; one that is not there is a 404."""
    found = queries.community(community_id) if community_id <= MAX_ID else None
    if found is None:
        abort(404)
    return found


@blueprint.get("")
def index() -> str:
    """List communities."""
    q = request.args.get("q", "").replace("\x00", "").strip()[:100]
    usual_sort = "best" if q else "new"
    sort = request.args.get("sort", "")
    sort = sort if sort in SORTS else usual_sort
    page = queries.communities(q=q, sort=sort, page=page_number(request.args), per_page=24)
    who = current_account()
    offers = queries.communities_offered_to(who) if who else []
    return render_template(
        "communities/index.html",
        page=page,
        q=q,
        sort=sort,
        usual_sort=usual_sort,
        marker=Marker(q) if q else None,
        offers=offers,
        accept_form=fresh(PlainForm, "accept"),
    )


@blueprint.route("/new", methods=["GET", "POST"])
@sign_in_required
def new() -> Answer:
    """Open a community: the form, its preview, and the intent."""
    form: OpenForm = with_key(OpenForm())
    previewed = False

    def page() -> str:
        return render_template("communities/new.html", form=form, previewed=previewed)

    if request.method == "GET":
        form.lang.data = page_language()
        return page()
    if request.form.get("step") == "preview":
        previewed = form.validate()
        return page() if previewed else (page(), 422)
    return act(
        form,
        page,
        lambda: services.communities.prepare_open(
            account(),
            name=form.name.data or "",
            symbol=form.symbol.data or "",
            cap_units=form.cap.units or 0,
            founder_allocation_units=form.founder_allocation.units or 0,
            vesting_cliff_s=form.vesting_cliff.seconds or 0,
            vesting_duration_s=form.vesting_duration.seconds or 0,
            fee_bps=form.fee.bps,
            description=form.description(form.name.data or ""),
            form_key=form.form_key.data,
            claim_allocation_units=form.claim_allocation.units or 0,
            curve_allocation_units=form.curve_allocation.units or 0,
        ),
    )


@blueprint.get("/<int:community_id>")
def show(community_id: int) -> str:
    """Show a community and its market."""
    community = community_or_404(community_id)
    if community_id == 0:
        abort(404)
    about = described(community)
    page = queries.listings(
        ListingFilter(community_id=community_id), sort="new", page=page_number(request.args), per_page=12
    )
    return render_template(
        "communities/show.html",
        community=community,
        about=about,
        recognised=recognised_communities(community, about),
        platform=queries.community(0),
        page=page,
        currencies=currencies_of(row.currency for row in page.items),
        now_ts=chain_now(),
        accept_form=fresh(PlainForm, "accept"),
        members_pages=services.members_only.count(community),
        is_steward=same_account(community.steward, current_account()),
        is_pending=same_account(community.pending_steward, current_account()),
    )


@blueprint.get("/<int:community_id>/desk")
@sign_in_required
def desk(community_id: int) -> str:
    """Show the steward's desk."""
    return desk_page(steward_of(community_id))


def steward_of(community_id: int) -> Any:
    """Give a community to its steward only."""
    community = community_or_404(community_id)
    if not same_account(community.steward, account()):
        raise NotAllowed(_("Only the steward may do this. Sign in with the steward's account."))
    return community


def desk_page(community: Any, **sent: PageForm) -> str:
    """Draw the desk, with the form that was refused as it was typed."""
    owed = owed_to(account_of_community(community.id))
    forms: dict[str, Any] = forms_of(DESK_FORMS, sent)
    now_ts = chain_now()
    if "waivers" not in sent:
        of_token, of_members = (str(percent) for percent in community.waivers_at(now_ts))
        forms["waivers"] = fresh(WaiversForm, "waivers", token_waiver=of_token, member_waiver=of_members)
    if "describe" not in sent:
        forms["describe"] = fresh(DescriptionForm, "describe", **description_values(known_document(community)))
    return render_template(
        "communities/desk.html",
        community=community,
        forms=forms,
        owed=owed,
        reserve=queries.claim_reserve(community.id),
        commission_account=account_of_community(community.id),
        currencies=currencies_of(credit.currency for found in owed.values() for credit in found),
        curve=queries.curve(community.id),
        now_ts=now_ts,
    )


@blueprint.post("/<int:community_id>/fee")
@sign_in_required
def set_fee(community_id: int) -> Answer:
    """Change the commission."""
    community = steward_of(community_id)
    form: FeeForm = posted(FeeForm, "fee")
    if community_id == 0:
        form.fee.most_bps = MAX_PLATFORM_FEE_BPS
    return act(
        form,
        lambda: desk_page(community, fee=form),
        lambda: services.communities.prepare_set_fee(
            account(), community_id, form.fee.bps, chain_now(), form_key=form.form_key.data
        ),
    )


@blueprint.post("/<int:community_id>/waivers")
@sign_in_required
def set_waivers(community_id: int) -> Answer:
    """Change what part of the commission is not taken of some sales."""
    community = steward_of(community_id)
    form: WaiversForm = posted(WaiversForm, "waivers")
    return act(
        form,
        lambda: desk_page(community, waivers=form),
        lambda: services.communities.prepare_set_waivers(
            account(),
            community_id,
            form.token_waiver.count,
            form.member_waiver.count,
            chain_now(),
            form_key=form.form_key.data,
        ),
    )


@blueprint.post("/<int:community_id>/stewardship")
@sign_in_required
def offer_stewardship(community_id: int) -> Answer:
    """Offer stewardship to another account, or withdraw an offer."""
    community = steward_of(community_id)
    form: OfferForm = posted(OfferForm, "offer")
    return act(
        form,
        lambda: desk_page(community, offer=form),
        lambda: services.communities.prepare_offer_stewardship(
            account(), community_id, form.to.address or ZERO_ADDRESS, form_key=form.form_key.data
        ),
    )


@blueprint.post("/<int:community_id>/stewardship/accept")
@sign_in_required
def accept_stewardship(community_id: int) -> Answer:
    """Take over a stewardship that was offered."""
    community_or_404(community_id)
    form: PlainForm = posted(PlainForm, "accept")
    return act(
        form,
        lambda: refused_page(form),
        lambda: services.communities.prepare_accept_stewardship(account(), community_id, form_key=form.form_key.data),
    )


@blueprint.post("/<int:community_id>/description")
@sign_in_required
def describe(community_id: int) -> Answer:
    """Replace the community's description."""
    community = steward_of(community_id)
    form: DescriptionForm = posted(DescriptionForm, "describe")
    return act(
        form,
        lambda: desk_page(community, describe=form),
        lambda: services.tokens.prepare_set_contract_uri(
            account(),
            community_id,
            form.description(community.name),
            form_key=form.form_key.data,
        ),
    )


@blueprint.post("/<int:community_id>/freeze")
@sign_in_required
def freeze(community_id: int) -> Answer:
    """Make the address of the description final."""
    community = steward_of(community_id)
    form: SureForm = posted(SureForm, "freeze")
    return act(
        form,
        lambda: desk_page(community, freeze=form),
        lambda: services.tokens.prepare_freeze_contract_uri(account(), community_id, form_key=form.form_key.data),
    )


@blueprint.post("/<int:community_id>/mint")
@sign_in_required
def mint(community_id: int) -> Answer:
    """Mint to one account."""
    community = steward_of(community_id)
    form: MintForm = posted(MintForm, "mint")
    return act(
        form,
        lambda: desk_page(community, mint=form),
        lambda: services.tokens.prepare_mint(
            account(), community_id, form.to.address or "", form.amount.units or 0, form_key=form.form_key.data
        ),
    )


@blueprint.post("/<int:community_id>/renounce")
@sign_in_required
def renounce(community_id: int) -> Answer:
    """Give up minting for ever."""
    community = steward_of(community_id)
    form: SureForm = posted(SureForm, "renounce")
    return act(
        form,
        lambda: desk_page(community, renounce=form),
        lambda: services.tokens.prepare_renounce_mint(account(), community_id, form_key=form.form_key.data),
    )


def refused_page(form: PageForm) -> str:
    """Draw a page that says why a lone button did nothing."""
    return render_template("help/refused.html", form=form)
