"""Members' pages. Titles are for everyone, a text for its steward and for those who have locked enough at this moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, url_for

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.communities.forms import SureForm
from frontend.blueprints.communities.routes import steward_of
from frontend.blueprints.members_only.forms import WritingForm
from frontend.blueprints.tokens.routes import token_or_404
from frontend.errors import NodeError, Refused
from frontend.extensions import queries, services
from frontend.index.member_views import Membership, needed_units
from frontend.index.views import Community
from frontend.pages.act import Answer, account, said_again, with_key
from frontend.pages.desks import fresh, posted
from frontend.pages.layout import page_language, same_account
from frontend.pages.text import without_ghosts
from frontend.services.members_only import MAX_PAGES, Heading, PageChanged, Standing

blueprint = Blueprint("members_only", __name__, url_prefix="/c/<int:community_id>/members-only")

REMOVE = "remove"
NO_COPIES = "private, no-store"  # neither a proxy nor the browser keeps it for who comes next


@blueprint.after_request
def keep_no_copy(response: Response) -> Response:
    """Forbid every copy: what one account may read, the next one at the same browser or proxy may not."""
    response.headers["Cache-Control"] = NO_COPIES
    response.vary.add("Cookie")
    return response


@dataclass(frozen=True)
class Access:
    """What a visitor gets of a page. Text is None unless he may read it; standing is None where the chain was not asked."""

    text: str | None = None
    standing: Standing | None = None
    node_is_away: bool = False


@blueprint.get("")
def index(community_id: int) -> str:
    """List the pages by title."""
    community = token_or_404(community_id)
    membership = queries.membership(community_id)
    tiers = membership.tiers if membership else ()
    headings = services.members_only.headings(community)
    return render_template(
        "members_only/index.html",
        community=community,
        currency=queries.currency(community.token.lower()),
        membership=membership,
        headings=[(heading, needed_units(heading.tier, tiers)) for heading in headings],
        most=MAX_PAGES,
        is_steward=same_account(community.steward, current_account()),
        is_governed=services.members_only.is_governed(community),
    )


@blueprint.get("/<int:number>")
def show(community_id: int, number: int) -> Answer:
    """Show a page to who may read it, and to everyone else its title with the reason; status 503 without the node."""
    return page_of(community_id, number)


def page_of(community_id: int, number: int, removing: SureForm | None = None) -> tuple[str, int]:
    """Draw a page, with the form that takes it down as it was sent."""
    community = token_or_404(community_id)
    heading = services.members_only.heading(community, number)
    membership = queries.membership(community_id)
    who = current_account()
    access = _access(community, heading, membership, who)
    tiers = access.standing.tiers if access.standing else membership.tiers if membership else ()
    page = render_template(
        "members_only/show.html",
        community=community,
        currency=queries.currency(community.token.lower()),
        membership=membership,
        heading=heading,
        needed=needed_units(heading.tier, tiers),
        standing=access.standing,
        node_is_away=access.node_is_away,
        html=None if access.text is None else services.contents.html(access.text, 2),
        is_steward=same_account(community.steward, who),
        forms={REMOVE: removing or fresh(SureForm, REMOVE)},
        may_remove=services.members_only.may_remove(community, heading, who),
    )
    return page, 503 if access.node_is_away else 200


def _access(community: Community, heading: Heading, membership: Membership | None, who: str | None) -> Access:
    if who is None:
        return Access()
    if same_account(community.steward, who):
        return Access(services.members_only.text_for_steward(community, heading.number, who))
    if membership is None:
        return Access()
    try:
        standing = services.members_only.standing(membership, who)
    except NodeError:
        return Access(node_is_away=True)
    return Access(services.members_only.text_for_member(community, heading.number, standing), standing)


@blueprint.route("/new", methods=["GET", "POST"])
@sign_in_required
def new(community_id: int) -> Answer:
    """Write a page."""
    community, membership = _stewarded(community_id)
    form: WritingForm = with_key(WritingForm())
    form.offer(membership.tiers, community.symbol)

    def page() -> str:
        return render_template("members_only/write.html", community=community, heading=None, form=form)

    if request.method == "GET":
        form.lang.data = page_language()
        return page()
    return _save(
        form, page, community, lambda: services.members_only.write(community, account(), form.words, form.form_key.data)
    )


@blueprint.route("/<int:number>/edit", methods=["GET", "POST"])
@sign_in_required
def edit(community_id: int, number: int) -> Answer:
    """Change a page."""
    community, membership = _stewarded(community_id)
    heading = services.members_only.heading(community, number)
    form: WritingForm = with_key(WritingForm())
    form.offer(membership.tiers, community.symbol, heading.tier)

    def page() -> str:
        return render_template("members_only/write.html", community=community, heading=heading, form=form)

    def change() -> int:
        try:
            services.members_only.change(community, account(), number, form.words, form.seen.number)
        except PageChanged as problem:
            form.seen.data = str(problem.version)  # now that the writer is told of it, the next save replaces it
            raise
        return number

    if request.method == "GET":
        text = services.members_only.text_for_steward(community, number, account())
        form.title.data, form.text.data = without_ghosts(heading.title), without_ghosts(text)
        form.lang.data, form.tier.data, form.seen.data = heading.lang, str(heading.tier), str(heading.version)
        return page()
    return _save(form, page, community, change)


def _save(form: WritingForm, again: Callable[[], str], community: Community, keep: Callable[[], int]) -> Answer:
    """Keep what was typed and lead to the page; show the form again with what is wrong."""
    if not form.validate():
        return again(), 422
    try:
        number = keep()
    except Refused as problem:
        return said_again(form, again, problem)
    here = url_for("members_only.show", community_id=community.id, number=number, saved=1)
    return redirect(here, code=303)


@blueprint.post("/<int:number>/remove")
@sign_in_required
def remove(community_id: int, number: int) -> Answer:
    """Take a page down, for ever."""
    community = token_or_404(community_id)
    form: SureForm = posted(SureForm, REMOVE)
    if not form.validate():
        return page_of(community_id, number, form)[0], 422
    services.members_only.remove(community, account(), number)
    return redirect(url_for("members_only.index", community_id=community_id), code=303)


def _stewarded(community_id: int) -> tuple[Community, Membership]:
    """Give community and membership to the steward only; without a membership nobody could read what he writes."""
    community = steward_of(token_or_404(community_id).id)
    return community, services.members.membership_of(community_id)
