"""Listings: reading one is for everyone, the rest is its seller's or a buyer's."""

from __future__ import annotations

import secrets
from typing import Any

from eth_utils.address import to_checksum_address
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.files.texts import file_texts
from frontend.blueprints.listings.forms import BuyForm, FileListingForm, ListingForm, PauseForm, QuantityForm
from frontend.blueprints.listings.kinds import GOODS, SERVICE, for_script, show_defaults
from frontend.blueprints.listings.own import fill_in, own_rows
from frontend.blueprints.listings.preview import Draft, draft_of
from frontend.blueprints.notes.texts import note_texts
from frontend.content.store import StoreDown
from frontend.errors import NodeDown, NotAllowed, Refused
from frontend.extensions import bound, queries, services, settings
from frontend.index.views import ListingFilter
from frontend.pages.act import Answer, account, act, chain_now, said_again, with_key
from frontend.pages.amounts import say_units
from frontend.pages.bonds import bond_missing_units
from frontend.pages.currencies import ETH, OTHER, currencies_of, offered
from frontend.pages.described import described
from frontend.pages.desks import posted
from frontend.pages.fees import fees_of, fees_on, waiting_raise
from frontend.pages.fiat import rates_of
from frontend.pages.fields import choices, read_address
from frontend.pages.layout import page_language, same_account
from frontend.pages.making import making_of
from frontend.pages.numbers import hash_or_404, page_number, small_number
from frontend.pages.pictures import PicturesForm
from frontend.pages.qr import qr_code
from frontend.pages.relations import listed_arbiter, proposed_arbiters
from frontend.pages.standing import levels_to_choose, standing_of
from frontend.pages.terms import Terms, terms_of
from frontend.services.market import NewListing
from frontend.services.terms import BLUEPRINT, FILE, bond_of_price

blueprint = Blueprint("listings", __name__)
MOST_SPLITS = 100
SETTLED_S = 300
EDIT, PREVIEWS = "edit", ("preview", "phone")  # what the buttons of a new listing's form say
PREVIEWS_A_MINUTE = 60
NOT_SENT_AGAIN = ("do", "csrf_token")


def listing_or_404(listing_id: str) -> Any:
    """Give a listing; one that is not there is a 404."""
    found = queries.listing(hash_or_404(listing_id))
    if found is None:
        abort(404)
    return found


@blueprint.route("/listings/new", methods=["GET", "POST"])
@sign_in_required
def new() -> Answer:
    """List something: choose the community, then the form, then the intent. The query may name an own listing: like."""
    return new_page(ListingForm, "listings/new.html")


@blueprint.route("/listings/new/file", methods=["GET", "POST"])
@sign_in_required
def new_file() -> Answer:
    """List a file that the seller's browser has sealed and sent. The query may name an own listing: like."""
    return new_page(FileListingForm, "files/new.html")


def new_page(kind: type[ListingForm], template: str) -> Answer:
    """Choose the community, then fill in the form, then the intent."""
    like = own_or_403(request.args["like"]) if request.args.get("like") else None
    if like is not None and (like.kind == FILE) is not (kind is FileListingForm):
        endpoint = "listings.new_file" if like.kind == FILE else "listings.new"
        return redirect(url_for(endpoint, community=like.community_id, like=like.id))
    community_id = like.community_id if like is not None else small_number(request.args.get("community", ""))
    community = queries.community(community_id) if community_id else None
    if community is None:
        communities = queries.communities(sort="name", page=1, per_page=100).items
        return render_template("listings/choose.html", communities=communities)
    now_ts = chain_now()
    fees = fees_of(queries.community(0), community, now_ts)
    form: ListingForm = with_key(kind())
    form.currency.choices = choices(offered(community, with_other=True))
    form.split.choices = choices(splits_to_choose(now_ts))
    for field in (form.buyer_level, form.member_level):
        field.choices = [*field.choices, *choices(levels_to_choose(community.id))]
    form.commission_bps = fees.total_bps

    def page() -> str:
        return render_template(
            template,
            form=form,
            community=community,
            fees=fees,
            arbiters=proposed_arbiters(community),
            raise_waits=waiting_raise(community, now_ts),
            now_ts=now_ts,
            like=like,
            note_texts=note_texts(),
            file_texts=file_texts(),
            kinds=for_script((FILE,) if form.kind is None else (GOODS, SERVICE, BLUEPRINT)),
            kind=form.kind_name,
            rates=rates_of(choice.value for choice in form.currency.choices),
        )

    if request.method == "GET":
        show_defaults(form, first_kind(form))
        form.lang.data = page_language()
        form.currency.data = ETH
        form.max_fee.data = say_units(fees.coming_bps, 2)
        form.arbiter.data = first_arbiter(community) or ""
        if form.make_salt is not None:
            form.make_salt.data = "0x" + secrets.token_hex(32)
        if like is not None:
            fill_in(form, like)
        return page()
    step = request.form.get("do", "")
    if form.take_step(step) or step == EDIT:
        return page()
    if step in PREVIEWS:
        bound().limiter.hit("listing preview", account(), PREVIEWS_A_MINUTE, 60)
        return preview_page(form, community, fees, now_ts, step)
    try:
        currency = choose_currency(form)
    except (Refused, NodeDown) as problem:
        form.validate()
        return said_again(form, page, problem)

    def prepare() -> Any:
        found = new_listing(form, community, currency, now_ts)
        if found.file is not None:
            services.files.renew(found.file.ciphertext_hash)
        return services.market.prepare_list(account(), found, form.quantity.count, form_key=form.form_key.data)

    return act(form, page, prepare)


def first_kind(form: ListingForm) -> str:
    """Choose the kind that a link asks for, else goods; a file's form knows its own. Gives its name."""
    if form.kind is None:
        return FILE
    wanted = request.args.get("kind", "")
    form.kind.data = wanted if any(choice.value == wanted for choice in form.kind.choices) else GOODS
    return form.kind_name


@blueprint.post("/listings/pictures")
@sign_in_required
def arrange_pictures() -> Answer:
    """Take what a button beside the pictures of a listing's form does; give that part of the form anew."""
    form = PicturesForm()
    if not form.take_step(request.form.get("do", "")):
        abort(400)
    return render_template("listings/pictures.html", form=form)


def first_arbiter(community: Any) -> str | None:
    """Give the arbiter that a link chose among the community's own, else the steward unless he sells himself."""
    chosen = listed_arbiter(community, request.args.get("arbiter", ""))
    if chosen is not None:
        return to_checksum_address(chosen.address)
    return None if same_account(community.steward, account()) else str(community.steward)


def splits_to_choose(now_ts: int) -> list[tuple[str, str]]:
    """List the account's splits as they stand, by "id.version". One that has just changed waits: a chain that drops a
    block may give its number to another split.
    """
    settled = [
        split
        for split in queries.splits_of(account().lower(), per_page=MOST_SPLITS)
        if split.changed_at_ts <= now_ts - SETTLED_S
    ]
    return [("", _("me alone"))] + [
        (
            f"{split.id}.{split.version}",
            _("split number %(id)s, version %(version)s", id=split.id, version=split.version),
        )
        for split in settled
    ]


def choose_currency(form: ListingForm) -> str:
    """Give the currency that a form names, and tell its amounts how many decimals it has.

    Raises: Refused when the token is none. Chain: read, for a token that the index does not know.
    """
    currency = str(form.currency.data or "")
    if currency == OTHER:
        found = services.market.ask_currency(form.other_currency.data or "")
        set_decimals(form, found.decimals)
        return str(found.address)
    if all(choice.value != currency for choice in form.currency.choices):
        return ETH  # the select's own check refuses it
    set_decimals(form, queries.currency(currency).decimals)
    return currency


def set_decimals(form: ListingForm, decimals: int) -> None:
    """Tell the amounts of a form how their currency is divided."""
    for field in (form.price, form.arbiter_fee, form.make_fee):
        if field is not None:
            field.decimals = decimals


def new_listing(form: ListingForm, community: Any, currency: str, now_ts: int) -> NewListing:
    """Give what a checked form says."""
    buyer_level, member_level = form.levels
    is_file = isinstance(form, FileListingForm)
    return NewListing(
        community_id=community.id,
        kind=form.kind_name,
        instant=bool(form.instant.data),
        currency=currency,
        unit_price_units=form.price.units or 0,
        **form.times(),
        valid_until_ts=now_ts + form.sell_for.seconds if form.sell_for.seconds else 0,
        arbiter=form.arbiter.address or "",
        backup_arbiter=form.backup_arbiter.address,
        arbiter_fee_units=form.arbiter_fee.units or 0,
        max_fee_bps=form.max_fee.bps,
        only_buyer=form.only_buyer.address,
        referral_bps=form.referral.bps,
        bond_bps=form.bond.bps,
        per_buyer_open_quantity=form.per_buyer.count,
        extras=form.extras(),
        split_id=form.split_and_version[0],
        split_version=form.split_and_version[1],
        buyer_level=buyer_level,
        member_level=member_level,
        member_discount_bps=form.member_discount.bps,
        description=form.description(),
        file=form.file() if is_file else None,
        salt=form.salt.data if is_file else None,
        make=form.make(account(), currency),
    )


@blueprint.get("/listings")
@sign_in_required
def mine() -> str:
    """Show the account's own listings."""
    return mine_page()


def mine_page(listing_id: str = "", **sent: Any) -> str:
    """Draw the account's listings, with the form that was refused as it was typed."""
    page = queries.listings(
        ListingFilter(seller=account().lower()), sort="new", page=page_number(request.args), per_page=24
    )
    return render_template(
        "listings/mine.html",
        page=page,
        rows=own_rows(page.items, listing_id, **sent),
        currencies=currencies_of(row.currency for row in page.items),
        now_ts=chain_now(),
    )


def own_or_403(listing_id: str) -> Any:
    """Give a listing to its seller only."""
    listing = listing_or_404(listing_id)
    if not same_account(listing.seller, account()):
        raise NotAllowed(_("Only the seller may do this. Sign in with the seller's account."))
    return listing


@blueprint.post("/l/<listing_id>/paused")
@sign_in_required
def set_paused(listing_id: str) -> Answer:
    """Stop or resume new orders."""
    listing = own_or_403(listing_id)
    form: PauseForm = posted(PauseForm, f"p{listing.id[2:12]}")
    paused = request.form.get("paused") == "1"
    return act(
        form,
        lambda: mine_page(listing.id, pause=form),
        lambda: services.market.prepare_set_paused(account(), listing.id, paused, form_key=form.form_key.data),
    )


@blueprint.post("/l/<listing_id>/quantity")
@sign_in_required
def set_quantity(listing_id: str) -> Answer:
    """Change how many may be sold in all."""
    listing = own_or_403(listing_id)
    form: QuantityForm = posted(QuantityForm, f"q{listing.id[2:12]}")
    return act(
        form,
        lambda: mine_page(listing.id, quantity=form),
        lambda: services.market.prepare_set_quantity_limit(
            account(), listing.id, form.expected.count, form.quantity.count, form_key=form.form_key.data
        ),
    )


@blueprint.get("/l/<listing_id>")
def show(listing_id: str) -> str:
    """Show a listing. The query may name who sent the reader here: ref."""
    listing = listing_or_404(listing_id)
    now_ts = chain_now()
    community = queries.community(listing.community_id)
    terms = terms_of(listing)
    return render_template(
        "listings/show.html",
        listing=listing,
        about=described(listing),
        draft=None,
        terms=terms,
        community=community,
        currency=queries.currency(listing.currency),
        fees=fees_on(listing, queries.community(0), community, now_ts),
        standing=standing_of(listing, terms, current_account()),
        now_ts=now_ts,
        is_seller=same_account(listing.seller, current_account()),
        listed_arbiter=listed_arbiter(community, terms.arbiter) if community else None,
        bond_missing_units=bond_missing_units(
            listing.seller, listing.currency, bond_of_price(listing.unit_price_units, terms.bond_bps)
        ),
        referrer=referrer_of(terms),
        reputation=services.reviews.side(listing.seller, "seller"),
        is_file_here=is_file_here(listing),
        making=making_of(listing),
    )


@blueprint.get("/l/<listing_id>/share")
def share(listing_id: str) -> str:
    """Show a listing's address to be passed on, as text and as a QR code; it names nobody."""
    listing = listing_or_404(listing_id)
    address = f"{settings.origin}{url_for('listings.show', listing_id=listing.id)}"
    return render_template("listings/share.html", listing=listing, address=address, code=qr_code(address))


def preview_page(form: ListingForm, community: Any, fees: Any, now_ts: int, step: str) -> str:
    """Draw a listing as buyers will see it, from a form as far as it is filled in: as a page, or for the phone beside the form."""
    draft: Draft = draft_of(form, community, account(), now_ts)
    listing, terms = draft.listing, terms_of(draft.listing)
    return render_template(
        f"listings/{step}.html",
        form=form,
        typed=typed_fields(form),
        draft=draft,
        listing=listing,
        about=draft.about,
        terms=terms,
        community=community,
        currency=draft.currency,
        fees=fees,
        standing=standing_of(listing, terms, None),
        now_ts=now_ts,
        is_seller=False,
        listed_arbiter=listed_arbiter(community, terms.arbiter),
        referrer=None,
        reputation=services.reviews.side(listing.seller, "seller"),
        is_file_here=is_file_here(listing),
        making=None,
    )


def typed_fields(form: ListingForm) -> list[tuple[str, str]]:
    """Give what was sent, to be sent once more by the page of a preview; the pictures as they lie here now."""
    drawn = {field.name: str(field.data or "") for row in form.pictures for field in row.form}
    sent = [(name, value) for name, value in request.form.items(multi=True) if name not in {*drawn, *NOT_SENT_AGAIN}]
    return [*sent, *drawn.items()]


def is_file_here(listing: Any) -> bool:
    """Tell whether a listing's sealed file can be fetched; what is no file needs none. Nothing can from a store that is down."""
    try:
        return listing.file is None or services.files.is_whole(listing.file.ciphertext_hash)
    except StoreDown:
        return False


def referrer_of(terms: Terms) -> str | None:
    """Give who sent the reader here, checksummed; None when nobody did, the listing pays nothing, or it is no address."""
    typed = request.args.get("ref", "").strip()
    if not typed or not terms.referral_bps:
        return None
    try:
        return read_address(typed)
    except ValidationError:
        return None


@blueprint.route("/l/<listing_id>/buy", methods=["GET", "POST"])
def buy(listing_id: str) -> Answer:
    """Check out: everything the buyer agrees to, then the intent."""
    listing = listing_or_404(listing_id)
    now_ts = chain_now()
    community = queries.community(listing.community_id)
    fees = fees_on(listing, queries.community(0), community, now_ts)
    terms = terms_of(listing)
    form: BuyForm = with_key(BuyForm())
    if request.method == "GET":
        form.quantity.data = str(small_number(request.args.get("quantity", "")) or 1)
        form.fee_shown.data = str(fees.total_bps)
        form.referrer.data = referrer_of(terms) or ""
    quantity = min(small_number(form.quantity.data or "") or 1, form.quantity.most)

    def page() -> str:
        standing = standing_of(listing, terms, holder_of(form))
        return render_template(
            "listings/buy.html",
            form=form,
            listing=listing,
            terms=terms,
            community=community,
            currency=queries.currency(listing.currency),
            fees=fees,
            quantity=quantity,
            standing=standing,
            total_units=standing.unit_price_units * quantity,
            now_ts=now_ts,
            balance=balance_of(listing.currency),
            is_seller=same_account(listing.seller, current_account()),
            open_quantity=open_quantity_of(listing, terms),
            note_texts=note_texts(),
            file_texts=file_texts(),
            is_file_here=is_file_here(listing),
            making=making_of(listing),
        )

    if request.method == "GET":
        return page()
    if current_account() is None:
        abort(401)
    if not is_file_here(listing):
        form.validate()
        form.refuse(
            _(
                "The sealed file cannot be fetched here now, so nothing was bought. Please ask the seller to send it again."
            )
        )
        return page(), Refused.status
    return act(
        form,
        page,
        lambda: services.market.prepare_buy(
            account(),
            listing.id,
            quantity=form.quantity.count,
            max_total_units=form.max_total_units(listing),
            max_fee_bps=form.max_fee_bps + (terms.referral_bps if form.referrer.address else 0),
            referrer=form.referrer.address if terms.referral_bps else None,
            holder=form.holder.address if form.recipient.data == "other" else None,
            specification_hash=form.sealed.data or None,
            form_key=form.form_key.data,
            point=form.point,
            salt=form.purchase_salt.data or None,
        ),
    )


def holder_of(form: BuyForm) -> str | None:
    """Give the account whose level counts: whoever will hold the order, as far as a form says it."""
    if form.recipient.data == "other" and form.holder.address:
        return form.holder.address
    return current_account()


def open_quantity_of(listing: Any, terms: Terms) -> int:
    """Give how many units of a capped listing the account has in open orders."""
    who = current_account()
    return int(queries.open_quantity(listing.id, who.lower())) if who and terms.per_buyer else 0


def balance_of(currency: str) -> int | None:
    """Give what the account holds of a community token; None for what the index does not count."""
    who = current_account()
    if who is None or queries.currency(currency).kind != "community":
        return None
    return int(queries.balance(currency, who.lower()))
