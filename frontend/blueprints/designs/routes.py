"""Designs: their makes and whether a serial is genuine, which everyone may read; making and handing on is for who holds units."""

from __future__ import annotations

import time
from typing import Any

from flask import Blueprint, abort, render_template, request
from flask_babel import gettext as _

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.designs.forms import HandOnForm, MakeForm, PublishForm
from frontend.errors import NotFound
from frontend.extensions import queries, services, settings
from frontend.index.views import Listing
from frontend.pages.act import Answer, account, act
from frontend.pages.desks import forms_of, posted
from frontend.pages.fields import PageForm
from frontend.pages.layout import same_account
from frontend.pages.making import check_path, making_of
from frontend.pages.numbers import HASH, hash_or_404, page_number
from frontend.pages.qr import qr_code
from frontend.serials import is_serial
from frontend.services.terms import BLUEPRINT

blueprint = Blueprint("designs", __name__)

PER_PAGE = 20
MAY_BE_SILENT_S = 60  # an index that heard nothing for longer accuses nobody


def blueprint_or_404(listing_id: str) -> Listing:
    """Give a listing of a blueprint; anything else is a 404."""
    found = queries.listing(hash_or_404(listing_id))
    if found is None or found.kind != BLUEPRINT:
        abort(404)
    return found


@blueprint.get("/l/<listing_id>/makes")
def show(listing_id: str) -> str:
    """Show a design's makes; to who holds units, how to make and to hand on."""
    return design_page(blueprint_or_404(listing_id))


def design_page(listing: Listing, **sent: PageForm) -> str:
    """Draw a design's page, with the form that was refused as it was typed."""
    me, making = current_account(), making_of(listing)
    held = queries.units_held(me, listing.id) if me else 0
    shown = {} if making is None or making.design is None else {
        "fee": str(making.design.fee_units),
        "currency": making.design.currency,
    }  # fmt: skip
    kinds: dict[str, type[PageForm]] = {"publish": PublishForm, "make": MakeForm, "hand_on": HandOnForm}
    return render_template(
        "designs/show.html",
        listing=listing,
        making=making,
        held=held,
        forms=forms_of(kinds, sent, **shown),
        open_form=next(iter(sent), None),
        page=queries.makes_of(listing.id, page_number(request.args), PER_PAGE),
        is_seller=same_account(listing.seller, me),
        check_path=check_path,
    )


@blueprint.post("/l/<listing_id>/publish")
@sign_in_required
def publish(listing_id: str) -> Answer:
    """Make a design's conditions known."""
    listing = blueprint_or_404(listing_id)
    form: PublishForm = posted(PublishForm, "publish")
    return act(
        form,
        lambda: design_page(listing, publish=form),
        lambda: services.designs.prepare_publish(account(), listing.id, form_key=form.form_key.data),
    )


@blueprint.post("/l/<listing_id>/make")
@sign_in_required
def make(listing_id: str) -> Answer:
    """Burn units, pay the fee and register serials."""
    listing = blueprint_or_404(listing_id)
    form: MakeForm = posted(MakeForm, "make")
    return act(
        form,
        lambda: design_page(listing, make=form),
        lambda: services.designs.prepare_make(account(), listing.id, form.lines, form_key=form.form_key.data),
    )


@blueprint.post("/l/<listing_id>/hand_on")
@sign_in_required
def hand_on(listing_id: str) -> Answer:
    """Give units to somebody else."""
    listing = blueprint_or_404(listing_id)
    form: HandOnForm = posted(HandOnForm, "hand_on")
    return act(
        form,
        lambda: design_page(listing, hand_on=form),
        lambda: services.designs.prepare_hand_on(
            account(), listing.id, form.to.address or "", form.quantity.count, form_key=form.form_key.data
        ),
    )


@blueprint.get("/l/<listing_id>/label")
def label(listing_id: str) -> str:
    """Show a label with a QR code for a registered piece, ready to be printed. The query names its serial."""
    listing = blueprint_or_404(listing_id)
    found = queries.make(listing.id, request.args.get("serial", ""))
    if found is None:
        raise NotFound(_("This serial is not registered, so there is no label for it."))
    path = check_path(listing.id, found.serial)
    address = settings.origin + path
    return render_template(
        "designs/label.html", listing=listing, make=found, path=path, address=address, code=qr_code(address)
    )


@blueprint.get("/check")
def check_any() -> str:
    """Ask which serial of which design is to be looked up. The query may name both: listing, serial."""
    listing_id = request.args.get("listing", "").strip().lower()
    return check_page(listing_id, request.args.get("serial", ""))


@blueprint.get("/check/<listing_id>")
def check_serial(listing_id: str) -> str:
    """Look a serial of a design up, which the query names, or ask for it."""
    return check_page(hash_or_404(listing_id), request.args.get("serial", ""))


@blueprint.get("/check/<listing_id>/<path:serial>")
def check(listing_id: str, serial: str) -> str:
    """Tell whether a serial of a design is registered. Labels lead here."""
    return check_page(hash_or_404(listing_id), serial)


def check_page(listing_id: str, serial: str) -> str:
    """Say what a serial stands for. Nobody is accused by an index that is behind."""
    serial = serial.strip()
    listing = queries.listing(listing_id) if HASH.fullmatch(listing_id) else None
    if listing is not None and listing.kind != BLUEPRINT:
        listing = None
    found = queries.make(listing.id, serial) if listing is not None and serial else None
    verdict = verdict_of(listing_id, listing, serial, found)
    return render_template(
        "designs/check.html",
        listing_id=listing_id if HASH.fullmatch(listing_id) else "",
        listing=listing,
        serial=serial[:200],
        verdict=verdict,
        make=found,
        alike=queries.makes_alike(listing.id, serial) if listing is not None and verdict == "unregistered" else [],
        making=None if listing is None else making_of(listing),
        check_path=check_path,
    )


def verdict_of(listing_id: str, listing: Listing | None, serial: str, found: Any) -> str:
    """Give what can be said: "", "registered", "unknown_design", "no_serial", "cannot_tell" or "unregistered"."""
    if not listing_id or not serial:
        return ""
    if found is not None:
        return "registered"
    head = queries.head()
    if head is None or not head.is_current(int(time.time()), MAY_BE_SILENT_S):
        return "cannot_tell"
    if listing is None:
        return "unknown_design"
    return "unregistered" if is_serial(serial) else "no_serial"
