"""Blueprints: making a design's conditions known, claiming units, making pieces, handing units on.

A listing's description carries the make conditions, and the salt of its terms is their hash: so whoever has the description can
publish them, and nobody can change them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.content.store import StoreDown
from frontend.errors import NotFound, Refused
from frontend.formatters import ETH
from frontend.index.design_views import Design
from frontend.index.views import Listing, Order
from frontend.marks import N_
from frontend.serials import is_serial, serial_word
from frontend.services.approvals import Approvals
from frontend.services.intents import Call, Intent, Line, Plan, Spend, checksummed, new_form_key
from frontend.services.make_conditions import conditions_from, conditions_of, fee_lines
from frontend.services.market import Market, not_published, terms_abi, title_of
from frontend.services.terms import BLUEPRINT, Conditions, conditions_abi, conditions_hash

ABI = "Blueprints"
MOST_SERIALS = 50  # of one call
GRANTED = ("refunded", "resolved")
THEN_MAKE = N_("This is step 1 of 2. The make itself is the second transaction.")


class Designs:
    """What sellers and holders of designs do. The contract checks all of it again."""

    def __init__(self, market: Market, approvals: Approvals) -> None:
        self.market = market
        self.contents = market.contents
        self.queries = market.queries
        self.registry = market.registry
        self.intents = market.intents
        self.approvals = approvals

    def conditions(self, listing: Listing) -> Conditions | None:
        """Give a listing's make conditions: as published, else as its description says when that is what its terms name."""
        if listing.kind != BLUEPRINT:
            return None
        design = self.queries.design(listing.id)
        return self._described(listing) if design is None else conditions_of(design)

    def may(self, account: str | None, order: Order) -> list[str]:
        """List what an account may do about an order's units: claim them, as its seller also where nobody else could."""
        if account is None or order.listing.kind != BLUEPRINT or self.queries.design(order.listing_id) is None:
            return []
        who, seller = account.lower(), order.listing.seller
        may = who in (order.holder, seller) if order.state == "completed" else who == seller and order.state in GRANTED
        return ["claim_units"] if may and self.queries.unit_claim(order.key) is None else []

    def prepare_publish(self, account: str, listing_id: str, form_key: str = "") -> Intent:
        """Give the intent that makes a design's conditions known. Anybody's.

        Raises: NotFound; Refused when the design is published, or nobody here knows what its terms name.
        """
        listing = self._listing(listing_id)
        if self.queries.design(listing.id) is not None:
            raise Refused(gettext("The make conditions are known already."), key="published_before")
        said = self._described(listing)
        if said is None:
            raise Refused(
                gettext(
                    "The description that is here does not carry the make conditions that the terms name, so they cannot be "
                    "published. Whoever has the right description can upload it."
                ),
                key="no_conditions",
            )
        lines = [
            *fee_lines(said),
            Line(N_("Effect"), "note", N_("They stand for good. From then on it can be bought.")),
        ]
        call = self._call("publish", terms_abi(listing), conditions_abi(said))
        return self._prepare(account, "designs.publish", call, lines, listing, form_key, back=f"/l/{listing.id}")

    def prepare_claim(self, account: str, key: str, to: str | None = None, form_key: str = "") -> Intent:
        """Give the intent that gives out an order's units.

        Args: to is where the holder wants them, None = to himself. Raises: Refused when they were claimed, or cannot be.
        """
        order = self.market.order(key)
        if order.listing.kind != BLUEPRINT:
            raise Refused(gettext("This order is not of a blueprint: it gives no units."), key="no_blueprint")
        if self.queries.unit_claim(order.key) is not None:
            raise Refused(gettext("The units of this order were claimed already."), key="claimed_before")
        holder = to_checksum_address(order.holder)
        receiver = checksummed(to, "receiver") if to else holder
        lines = [
            Line(N_("Licence units"), "number", str(order.quantity)),
            Line(N_("They go to"), "account", receiver),
        ]
        return self.market.step(
            account, "designs.claim", "claim", order, lines, form_key, extra=(receiver,), contract=ABI
        )

    def prepare_make(self, account: str, listing_id: str, serials: Sequence[str], form_key: str = "") -> Intent:
        """Give the intent that burns a unit for each serial and registers it; for a token, the approval that goes first.

        Raises: Refused when a serial is none, is taken, or the account has too few units. Chain: for a token, reads the
        allowance and a nonce.
        """
        form_key = form_key or new_form_key()
        listing, design = self._published(listing_id)
        self._check_serials(account, listing, serials)
        fee = design.fee_units * len(serials)
        currency = to_checksum_address(design.currency)
        lines = [
            Line(N_("Units that are burned"), "number", str(len(serials))),
            *(Line(N_("Serial that is registered"), "text", text) for text in serials),
            *([Line(N_("Fees for these makes"), "amount", str(fee), currency)] if fee else []),
            Line(N_("Effect"), "note", N_("A unit that is burned and a serial that is registered never come back.")),
        ]
        args = (_bytes(listing.id), tuple(serial_word(text) for text in serials))
        action, back = "designs.make", f"/l/{listing.id}/makes"
        if not fee or design.currency == ETH:
            call = self._call("make", *args, value_wei=fee)
            spends = [Spend(ETH, fee)] if fee else []
            return self._prepare(account, action, call, lines, listing, form_key, back=back, spends=spends)
        spends = [Spend(currency, fee, self.registry.address(ABI))]
        if self.approvals.allowed(currency, account) >= fee:
            call = self._call("make", *args)
            return self._prepare(account, action, call, lines, listing, form_key, back=back, spends=spends)
        values = {"listing_id": listing.id, "serials": list(serials), "form_key": form_key}
        return self.approvals.prepare(
            account,
            currency,
            fee,
            title=title_of(listing),
            back=back,
            follow={"service": "designs", "method": "prepare_make", "values": values},
            form_key=form_key,
            then=THEN_MAKE,
        )

    def prepare_hand_on(self, account: str, listing_id: str, to: str, quantity: int, form_key: str = "") -> Intent:
        """Give the intent that gives units to somebody else. Raises: Refused when there are fewer."""
        listing, _design = self._published(listing_id)
        receiver = checksummed(to, "to")
        self._check_held(account, listing.id, quantity, "quantity")
        lines = [
            Line(N_("Licence units"), "number", str(quantity)),
            Line(N_("They go to"), "account", receiver),
            Line(N_("Warning"), "note", N_("Whoever has them makes the pieces. Nobody can take them back.")),
        ]
        args = (to_checksum_address(account), receiver, int(listing.id, 16), quantity, b"")
        call = self._call("safeTransferFrom", *args)
        return self._prepare(account, "designs.hand_on", call, lines, listing, form_key, back=f"/l/{listing.id}/makes")

    def _check_serials(self, account: str, listing: Listing, serials: Sequence[str]) -> None:
        if not 0 < len(serials) <= MOST_SERIALS:
            raise Refused(
                gettext("Write 1 to %(most)s serials, each on a line of its own.", most=MOST_SERIALS),
                key="no_serial",
                field="serials",
            )
        for text in serials:
            if not is_serial(text):
                raise bad_serial(text)
            if serials.count(text) > 1:
                raise Refused(
                    gettext("The serial %(serial)s stands there twice.", serial=text), key="twice", field="serials"
                )
            if self.queries.make(listing.id, text) is not None:
                raise Refused(
                    gettext("The serial %(serial)s is registered already. Choose another one.", serial=text),
                    key="serial_taken",
                    field="serials",
                )
        self._check_held(account, listing.id, len(serials), "serials")

    def _check_held(self, account: str, listing_id: str, needed: int, field: str) -> None:
        held = self.queries.units_held(account, listing_id)
        if not 0 < needed <= held:
            raise Refused(
                gettext("You have %(held)s units of this design, and this needs %(needed)s.", held=held, needed=needed),
                key="too_few_units",
                field=field,
            )

    def _described(self, listing: Listing) -> Conditions | None:
        """Give the conditions that a kept description carries, if they are those that the terms name."""
        try:
            found = json.loads(self.contents.load(listing.content_hash).data)
        except (Refused, NotFound, StoreDown, ValueError):
            return None
        said = conditions_from(found.get("make")) if isinstance(found, dict) else None
        return said if said is not None and conditions_hash(said) == listing.terms["salt"] else None

    def _listing(self, listing_id: str) -> Listing:
        listing = self.queries.listing(listing_id)
        if listing is None or listing.kind != BLUEPRINT:
            raise NotFound(gettext("There is no such blueprint."))
        return listing

    def _published(self, listing_id: str) -> tuple[Listing, Design]:
        listing, design = self._listing(listing_id), self.queries.design(listing_id)
        if design is None:
            raise not_published()
        return listing, design

    def _call(self, function: str, *args: Any, value_wei: int = 0) -> Call:
        return Call(ABI, self.registry.address(ABI), function, args, value_wei)

    def _prepare(
        self,
        account: str,
        action: str,
        call: Call,
        lines: Sequence[Line],
        listing: Listing,
        form_key: str,
        *,
        back: str,
        spends: Sequence[Spend] = (),
    ) -> Intent:
        plan = Plan(action, call, lines, title=title_of(listing), subject=listing.id, back=back, spends=spends)
        return self.intents.prepare(account, plan, form_key)


def bad_serial(text: str) -> Refused:
    """Give the refusal of a text that is no serial."""
    return Refused(
        gettext(
            "“%(text)s” is no serial: 1 to 32 letters of the English alphabet, digits and signs, without spaces.",
            text=text[:60],
        ),
        key="bad_serial",
        field="serials",
    )


def _bytes(word: str) -> bytes:
    return bytes.fromhex(word[2:])
