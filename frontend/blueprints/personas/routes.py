"""Personas: the desk of the account's own, and the page of each."""

from __future__ import annotations

from flask import Blueprint, abort, redirect, render_template, request, url_for

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.intents.texts import wallet_texts
from frontend.blueprints.personas.forms import (
    ClaimForm,
    LinkingForm,
    NicknameForm,
    OfferForm,
    ProfileForm,
    ProofForm,
    RetireForm,
    WithdrawProofForm,
)
from frontend.content.documents import Document
from frontend.content.findings import State
from frontend.content.proofs import Proof
from frontend.content.store import StoreDown
from frontend.errors import Refused
from frontend.extensions import queries, services
from frontend.index.persona_views import Persona
from frontend.index.views import ListingFilter
from frontend.nicknames import is_nickname, normalised, persona_of
from frontend.pages.act import Answer, account, act, chain_now
from frontend.pages.currencies import currencies_of
from frontend.pages.described import described
from frontend.pages.desks import forms_of, fresh, posted
from frontend.pages.fields import PageForm
from frontend.pages.layout import page_language
from frontend.pages.numbers import page_number
from frontend.pages.personas import holding_states, is_offered, offered_until, proof_states
from frontend.pages.text import without_ghosts
from frontend.services.personas import MAX_COMMIT_AGE_S, MIN_COMMIT_AGE_S

blueprint = Blueprint("personas", __name__)

MOST_TIPS = 20
DESK_FORMS: dict[str, type[PageForm]] = {
    "commit": NicknameForm,
    "claim": ClaimForm,
    "profile": ProfileForm,
    "proof": ProofForm,
    "unproof": WithdrawProofForm,
    "offer": OfferForm,
    "withdraw": PageForm,
    "retire": RetireForm,
}


@blueprint.get("/persona")
@sign_in_required
def desk() -> str:
    """Show what the account can do about its nickname."""
    return desk_page()


def desk_page(**sent: PageForm) -> str:
    """Draw the desk, with the form that was refused as it was typed."""
    persona = queries.persona_held_by(account())
    commitment = None if persona else queries.commitment_of(account())
    now_ts = chain_now()
    forms = forms_of(DESK_FORMS, sent, lang=page_language())
    about = described(persona) if persona else None
    offers = [found for found in queries.personas_offered_to(account()) if is_offered(found, now_ts)]
    accepts = {found.id: sent.get(accept_name(found)) or fresh(LinkingForm, accept_name(found)) for found in offers}
    can_claim = commitment is not None and now_ts <= commitment.committed_at_ts + MAX_COMMIT_AGE_S
    placed = {
        *(("profile", "proof", "unproof", "offer", "retire") if persona else ("commit",)),
        *(("withdraw",) if persona and is_offered(persona, now_ts) else ()),
        *(("claim",) if can_claim else ()),
        *(accept_name(found) for found in offers),
    }
    profile = forms["profile"]
    if about and about.document and "profile" not in sent and isinstance(profile, ProfileForm):
        profile.text.data, profile.lang.data = without_ghosts(about.document.text), about.document.lang
        profile.picture_hash.data = about.document.picture_hash
    return render_template(
        "personas/desk.html",
        persona=persona,
        about=about,
        commitment=commitment,
        claim_from_ts=commitment.committed_at_ts + MIN_COMMIT_AGE_S if commitment else 0,
        claim_until_ts=commitment.committed_at_ts + MAX_COMMIT_AGE_S if commitment else 0,
        offers=offers,
        accepts=accepts,
        unplaced=[form for name, form in sent.items() if name not in placed],
        is_offered=is_offered,
        offered_until=offered_until,
        forms=forms,
        texts=wallet_texts(),
        statement=_statement(persona, sent.get("proof")),
        proofs=proof_states(persona, about) if persona and about else [],
        now_ts=now_ts,
    )


def _statement(persona: Persona | None, form: PageForm | None) -> dict[str, str] | None:
    """Give the text that a proof needs signed, and by whom; None before the form says of what."""
    if persona is None or not isinstance(form, ProofForm) or form.kind.errors or form.of.errors or not form.of.data:
        return None
    kind, of, claimant = str(form.kind.data), form.of.data, services.personas.claimant(persona)
    return {"text": claimant.statement(kind, of), "signer": claimant.signer(kind, of)}


@blueprint.post("/persona/commit")
@sign_in_required
def commit() -> Answer:
    """Commit to a nickname."""
    form: NicknameForm = posted(NicknameForm, "commit")
    return act(
        form,
        lambda: desk_page(commit=form),
        lambda: services.personas.prepare_commit(
            account(), form.nickname.data or "", form.commitment.data or "", form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/persona/claim")
@sign_in_required
def claim() -> Answer:
    """Claim the nickname that the account is committed to."""
    form: ClaimForm = posted(ClaimForm, "claim")

    def prepare() -> object:
        try:
            return services.personas.prepare_claim(
                account(), form.nickname.data or "", form.salt.data or "", form_key=form.form_key.data or ""
            )
        except Refused as problem:
            problem.field = None  # the fields cannot be seen
            raise

    return act(form, lambda: desk_page(claim=form), prepare)


@blueprint.post("/persona/profile")
@sign_in_required
def profile() -> Answer:
    """Publish a profile."""
    form: ProfileForm = posted(ProfileForm, "profile")
    return act(
        form,
        lambda: desk_page(profile=form),
        lambda: services.personas.prepare_profile(
            account(), form.profile(), own_proofs(), form_key=form.form_key.data or ""
        ),
    )


@blueprint.post("/persona/proof")
@sign_in_required
def proof() -> Answer:
    """Show what is to be signed; with the signature, publish the proof."""
    form: ProofForm = posted(ProofForm, "proof")
    if form.validate() and not form.signature.data:
        return desk_page(proof=form)

    def prepare() -> object:
        kind, of = str(form.kind.data), form.of.data or ""
        proofs = services.personas.prove(account(), kind, of, form.signature.data or "", own_proofs())
        return services.personas.prepare_profile(account(), own_profile(), proofs, form_key=form.form_key.data or "")

    return act(form, lambda: desk_page(proof=form), prepare)


@blueprint.post("/persona/proof/withdraw")
@sign_in_required
def withdraw_proof() -> Answer:
    """Publish the profile without a proof."""
    form: WithdrawProofForm = posted(WithdrawProofForm, "unproof")

    def prepare() -> object:
        kept = [proof for proof in own_proofs() if proof.of != form.of.data]
        return services.personas.prepare_profile(account(), own_profile(), kept, form_key=form.form_key.data or "")

    return act(form, lambda: desk_page(unproof=form), prepare)


def own_profile() -> dict[str, object]:
    """Give the account's profile as it is published."""
    document = _own_document()
    if document is None:
        return {"text": "", "lang": page_language(), "picture": None}
    return {"text": document.text, "lang": document.lang, "picture": document.picture_hash}


def own_proofs() -> list[Proof]:
    """Give the proofs in the account's profile as it is published."""
    document = _own_document()
    return list(document.proofs) if document else []


def _own_document() -> Document | None:
    """Give what is published now. Raises: StoreDown, since what cannot be read for a moment must not be published away."""
    persona = queries.persona_held_by(account())
    about = described(persona) if persona else None
    if about is not None and about.state is State.UNREACHABLE:
        raise StoreDown
    return about.document if about else None


@blueprint.post("/persona/offer")
@sign_in_required
def offer() -> Answer:
    """Offer the persona to another account."""
    form: OfferForm = posted(OfferForm, "offer")
    return act(
        form,
        lambda: desk_page(offer=form),
        lambda: services.personas.prepare_offer(account(), form.to.address or "", form_key=form.form_key.data or ""),
    )


@blueprint.post("/persona/withdraw")
@sign_in_required
def withdraw() -> Answer:
    """Withdraw the offer."""
    form: PageForm = posted(PageForm, "withdraw")
    return act(
        form,
        lambda: desk_page(withdraw=form),
        lambda: services.personas.prepare_offer(account(), "", form_key=form.form_key.data or ""),
    )


def accept_name(persona: Persona) -> str:
    """Name the form that takes a persona over: its fields must not meet another's."""
    return f"a{persona.id[2:]}"


@blueprint.post("/persona/<nickname>/accept")
@sign_in_required
def accept(nickname: str) -> Answer:
    """Take a persona over."""
    persona = _persona_or_404(nickname)
    form: LinkingForm = posted(LinkingForm, accept_name(persona))
    return act(
        form,
        lambda: desk_page(**{accept_name(persona): form}),
        lambda: services.personas.prepare_accept(account(), persona, form_key=form.form_key.data or ""),
    )


@blueprint.post("/persona/retire")
@sign_in_required
def retire() -> Answer:
    """Give the nickname up for ever."""
    form: RetireForm = posted(RetireForm, "retire")
    persona = queries.persona_held_by(account())
    form.nickname = persona.nickname if persona else ""
    return act(
        form,
        lambda: desk_page(retire=form),
        lambda: services.personas.prepare_retire(account(), form_key=form.form_key.data or ""),
    )


@blueprint.get("/p/<nickname>")
def show(nickname: str) -> Answer:
    """Show a persona: who bears it, what it says of itself, what was done under it."""
    spelled = normalised(nickname)
    persona = _persona_or_404(spelled)
    if spelled != nickname:
        return redirect(url_for("personas.show", nickname=spelled), 308)
    number, now_ts = page_number(request.args), chain_now()
    holdings = queries.persona_holdings(persona.id, page=number, per_page=12)
    on_sale = ListingFilter(seller=persona.holder, available_only=True)
    listings = queries.listings(on_sale, per_page=6).items if not persona.retired and number == 1 else []
    who = (current_account() or "").lower()
    is_mine = not persona.retired and persona.holder == who
    return render_template(
        "personas/show.html",
        persona=persona,
        page=holdings,
        states=holding_states(holdings),
        steps=queries.persona_steps(persona.id, per_page=50),
        listings=listings,
        currencies=currencies_of(row.currency for row in listings),
        proofs=proof_states(persona, described(persona)) if not persona.retired else [],
        is_offered=is_offered(persona, now_ts),
        is_mine=is_mine,
        tokens=queries.tokens_held(who, MOST_TIPS) if who and not (is_mine or persona.retired) else [],
        now_ts=now_ts,
    )


def _persona_or_404(nickname: str) -> Persona:
    found = queries.persona(persona_of(nickname)) if is_nickname(nickname) else None
    if found is None:
        abort(404)
    return found
