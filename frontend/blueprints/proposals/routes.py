"""Self-rule: proposals and votes, the governor that counts them, the treasury it holds, and who decided the commission."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.communities.routes import steward_of
from frontend.blueprints.proposals.forms import (
    KINDS,
    MOST_CALLS,
    REVIEW,
    GovernorForm,
    PayForm,
    ProposalForm,
    VoteForm,
)
from frontend.blueprints.tokens.routes import token_or_404
from frontend.errors import NodeDown, NodeError, Refused
from frontend.extensions import queries, services
from frontend.index.member_views import Membership
from frontend.index.proposal_views import Governor, Proposal, ProposedCall
from frontend.pages.act import Answer, account, act, chain_now, said_again, with_key
from frontend.pages.credits import owed_to
from frontend.pages.currencies import ETH, currencies_of, offered
from frontend.pages.description_changes import description_changes
from frontend.pages.desks import forms_of, fresh, posted
from frontend.pages.fields import ADDRESS, PageForm, choices
from frontend.pages.layout import account_of_community, same_account
from frontend.pages.numbers import hash_or_404, page_number, small_number
from frontend.pages.proposals import ProposalState, currencies_in, decoded_calls, state_of, states_of
from frontend.services.proposals import Trial

blueprint = Blueprint("proposals", __name__, url_prefix="/c/<int:community_id>")

STEPS = ("queue", "execute", "cancel")
TRY = "try"
MOVES = ("up", "down", "remove")
MOST_VOTES = 50
MOST_PAYMENTS = 50


@blueprint.get("/proposals")
def index(community_id: int) -> str:
    """List what was proposed, the newest first."""
    community = token_or_404(community_id)
    governors, membership = queries.governors(community_id), queries.membership(community_id)
    page = queries.proposals(community_id, page=page_number(request.args), per_page=12)
    return render_template(
        "proposals/index.html",
        community=community,
        governors=governors,
        membership=membership,
        page=page,
        states=states_of(page.items, governors, membership, chain_now()),
        currency=queries.currency(str(community.token).lower()),
        rules_here=any(same_account(community.steward, governor.timelock) for governor in governors),
        is_steward=same_account(community.steward, current_account()),
    )


@blueprint.route("/proposals/new/<kind>", methods=["GET", "POST"])
@sign_in_required
def new(community_id: int, kind: str) -> Answer:
    """Propose something: the form, what it would call and whether that would work now, and the intent.

    The calls that were added before travel in the form: nothing of a proposal is kept here before it is made.
    """
    community = token_or_404(community_id)
    governor = _newest(community_id)
    if kind not in KINDS:
        abort(404)
    form = _new_form(kind, community)
    step, _dash, place = request.form.get("step", "propose").partition("-")
    calls: list[ProposedCall] = []

    def page() -> str:
        return _new_page(community, governor, kind, form, calls)

    if request.method == "GET" or step == "open":
        form.fill(community)
        return page()
    if step in MOVES:
        form.move(step, small_number(place) or 0)
        return page()
    form.title.needed = step != "add"
    if not form.validate():
        return page(), 422
    try:
        calls += form.all_calls(community, account())
    except (Refused, NodeDown) as problem:
        return said_again(form, page, problem)
    if step == "add":
        return _new_page(community, governor, REVIEW, _with_all(form, calls), [])
    if step == "preview":
        return page()
    return act(
        form,
        page,
        lambda: services.proposals.prepare_propose(
            account(), governor, calls, form.words(), form_key=form.form_key.data or ""
        ),
    )


def _new_form(kind: str, community: Any) -> Any:
    form: Any = with_key(KINDS[kind]())
    if isinstance(form, PayForm):
        form.currency.choices = choices(offered(community, with_other=True))
    return form


def _with_all(form: ProposalForm, calls: Sequence[ProposedCall]) -> ProposalForm:
    """Give the form that holds all calls, for more of them to be added or for sending them."""
    kept = [{"call": f"{call.target} {call.value_wei} {call.data}"} for call in calls]
    words = {"title": form.title.data, "why": form.why.data, "form_key": form.form_key.data}
    return ProposalForm(formdata=None, data={**words, "kept": kept})


def _new_page(community: Any, governor: Governor, kind: str, form: Any, calls: Sequence[ProposedCall]) -> str:
    """Draw the page. Args: calls are all of them when they are looked at before they are proposed."""
    decoded = [services.calls.decoded(call) for call in calls or form.kept_calls]
    return render_template(
        "proposals/new.html",
        community=community,
        governor=governor,
        kind=kind,
        kinds=kind_names(),
        form=form,
        calls=decoded,
        changes=description_changes(community, decoded),
        is_previewed=bool(calls),
        trial=_trial(governor, calls) if calls else None,
        most_calls=MOST_CALLS,
        currencies=currencies_in(decoded),
        currency=queries.currency(community.token.lower()),
        my_votes=_votes_now(community.id, account()),
    )


def kind_names() -> dict[str, str]:
    """Name what can be proposed."""
    return {
        "pay": _("Pay from the treasury"),
        "fee": _("Set the commission"),
        "waivers": _("Waive a part of the commission"),
        "describe": _("Change the description"),
        "arbiter": _("Propose an arbiter"),
        "recognise": _("Recognise another community"),
        "accept": _("Accept the stewardship"),
        "call": _("Any call"),
    }


def _votes_now(community_id: int, who: str) -> int:
    membership = queries.membership(community_id)
    return queries.member(membership.address, who).votes_units if membership else 0


def _trial(governor: Governor, calls: Sequence[ProposedCall]) -> Trial | None:
    """Tell what would come of calls now; None when the chain cannot be asked."""
    try:
        return services.proposals.ask_trial(governor, calls)
    except NodeError:
        return None


def _newest(community_id: int) -> Governor:
    found = queries.governors(community_id)
    if not found:
        abort(404)
    return found[0]


def _governor_or_404(community_id: int, address: str) -> Governor:
    found = next((one for one in queries.governors(community_id) if one.address == address.lower()), None)
    if found is None:
        abort(404)
    return found


def _proposal_or_404(governor: Governor, proposal: str) -> Proposal:
    found = queries.proposal(governor.address, hash_or_404(proposal))
    if found is None:
        abort(404)
    return found


@blueprint.get("/proposals/<governor>/<proposal>")
def show(community_id: int, governor: str, proposal: str) -> str:
    """Show a proposal."""
    found = _governor_or_404(community_id, governor)
    return proposal_page(found, _proposal_or_404(found, proposal))


@blueprint.route("/proposals/<governor>/<proposal>/try", methods=["GET", "POST"])
def try_now(community_id: int, governor: str, proposal: str) -> Answer:
    """Show a proposal with whether it could be carried out just now. Who opens the address anew is led to the proposal."""
    rule = _governor_or_404(community_id, governor)
    found = _proposal_or_404(rule, proposal)
    if request.method == "GET":
        here: dict[str, Any] = {"community_id": community_id, "governor": governor, "proposal": proposal}
        return redirect(url_for("proposals.show", **here, lang=request.args.get("lang")))
    form: PageForm = posted(PageForm, TRY)
    if not form.validate():
        return proposal_page(rule, found, **{TRY: form}), 422
    return proposal_page(rule, found, is_tried=True)


def proposal_page(governor: Governor, proposal: Proposal, *, is_tried: bool = False, **sent: PageForm) -> str:
    """Draw a proposal's page, with the form that was refused as it was typed."""
    community = token_or_404(governor.community_id)
    now_ts, membership = chain_now(), queries.membership(governor.community_id)
    state = state_of(proposal, governor, membership, now_ts)
    who = current_account()
    calls = decoded_calls(proposal)
    return render_template(
        "proposals/show.html",
        community=community,
        state=state,
        calls=calls,
        currencies=currencies_in(calls),
        currency=queries.currency(str(community.token).lower()),
        is_tried=is_tried,
        trial=_trial(governor, proposal.calls) if is_tried else None,
        changes=description_changes(community, calls, is_over=state.is_over),
        my_power=_power(state, membership, who, now_ts) if who else None,
        my_vote=queries.vote_of(governor.address, proposal.id, who) if who else None,
        votes=queries.votes(governor.address, proposal.id, page=page_number(request.args), per_page=MOST_VOTES),
        forms=forms_of({"vote": VoteForm, **dict.fromkeys((*STEPS, TRY), PageForm)}, sent),
        can_cancel=state.can_cancel(who, now_ts),
        is_veto=state.can_veto(who, now_ts) and not (state.state == "pending" and same_account(who, proposal.proposer)),
        is_steward=same_account(community.steward, who),
        now_ts=now_ts,
    )


def _power(state: ProposalState, membership: Membership | None, who: str, now_ts: int) -> int:
    """Give the votes that an account has here: as counted, or as they would be counted now."""
    return queries.votes_at(membership.address, who, min(state.proposal.start_ts, now_ts)) if membership else 0


@blueprint.post("/proposals/<governor>/<proposal>/vote")
@sign_in_required
def vote(community_id: int, governor: str, proposal: str) -> Answer:
    """Vote."""
    rule = _governor_or_404(community_id, governor)
    found = _proposal_or_404(rule, proposal)
    form: VoteForm = posted(VoteForm, "vote")
    return act(
        form,
        lambda: proposal_page(rule, found, vote=form),
        lambda: services.proposals.prepare_vote(
            account(), rule, found, form.choice.data, form.reason.data or "", form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/proposals/<governor>/<proposal>/<step>")
@sign_in_required
def take(community_id: int, governor: str, proposal: str, step: str) -> Answer:
    """Queue a proposal, carry it out, or end it."""
    if step not in STEPS:
        abort(404)
    rule = _governor_or_404(community_id, governor)
    found = _proposal_or_404(rule, proposal)
    form: PageForm = posted(PageForm, step)
    deeds: dict[str, Callable[..., Any]] = {
        "queue": services.proposals.prepare_queue,
        "execute": services.proposals.prepare_execute,
        "cancel": services.proposals.prepare_cancel,
    }
    return act(
        form,
        lambda: proposal_page(rule, found, **{step: form}),
        lambda: deeds[step](account(), rule, found, form_key=form.form_key.data or ""),
    )


@blueprint.get("/self-rule")
def self_rule(community_id: int) -> str:
    """Show the governor, or how a community gets one, step by step."""
    return self_rule_page(community_id)


def self_rule_page(community_id: int, **sent: PageForm) -> str:
    """Draw the page, with the form that was refused as it was typed."""
    community = token_or_404(community_id)
    governors = queries.governors(community_id)
    newest = governors[0] if governors else None
    return render_template(
        "proposals/self_rule.html",
        community=community,
        membership=queries.membership(community_id),
        governors=governors,
        governor=newest,
        form=sent.get("open") or fresh(GovernorForm, "open"),
        form_of_offer=fresh(PageForm, "offer"),
        currency=queries.currency(str(community.token).lower()),
        is_offered=newest is not None and same_account(community.pending_steward, newest.timelock),
        is_done=newest is not None and same_account(community.steward, newest.timelock),
        commission=queries.credits(account_of_community(community_id)),
        is_steward=same_account(community.steward, current_account()),
        now_ts=chain_now(),
    )


@blueprint.post("/self-rule/open")
@sign_in_required
def open_governor(community_id: int) -> Answer:
    """Open a governor and its timelock."""
    steward_of(token_or_404(community_id).id)
    form: GovernorForm = posted(GovernorForm, "open")
    return act(
        form,
        lambda: self_rule_page(community_id, open=form),
        lambda: services.proposals.prepare_open_governor(
            account(), community_id, form.rules(), form_key=form.form_key.data or ""
        ),
    )


@blueprint.get("/treasury")
def treasury(community_id: int) -> Answer:
    """Show what the timelock and the community's account hold, and what was paid out by votes."""
    community = token_or_404(community_id)
    governors = queries.governors(community_id)
    newest = governors[0] if governors else None
    credited = owed_to(account_of_community(community_id))
    wanted = [address for address, _symbol in offered(community) if ADDRESS.fullmatch(address)]
    status, held = 200, None
    if newest is not None:
        try:
            held = services.proposals.ask_holdings(newest, wanted)
        except NodeError:
            status = 503
    page = queries.executed_proposals(community_id, page=page_number(request.args), per_page=MOST_PAYMENTS)
    states = states_of(page.items, governors, queries.membership(community_id), chain_now())
    calls = {state.proposal.id: decoded_calls(state.proposal) for state in states}
    return (
        render_template(
            "proposals/treasury.html",
            community=community,
            governor=newest,
            held=held,
            credited=credited,
            page=page,
            states=states,
            calls=calls,
            currencies=currencies_of(
                [ETH, *wanted, *(credit.currency for found in credited.values() for credit in found)]
            )
            | currencies_in([call for found in calls.values() for call in found]),
            is_steward=same_account(community.steward, current_account()),
        ),
        status,
    )


@blueprint.get("/commission")
def commission(community_id: int) -> str:
    """Show every change of the commission, and who voted for it where a vote decided."""
    community = token_or_404(community_id)
    page = queries.fee_changes(community_id, page=page_number(request.args))
    voters = {
        change.proposal.id: queries.votes(change.proposal.governor, change.proposal.id, per_page=MOST_VOTES)
        for change in page.items
        if change.proposal is not None
    }
    return render_template(
        "proposals/commission.html",
        community=community,
        now_ts=chain_now(),
        page=page,
        voters=voters,
        currency=queries.currency(str(community.token).lower()),
        is_steward=same_account(community.steward, current_account()),
    )
