"""What a blueprint's pages say about making: its conditions, whether they are known for good, and how many units there are."""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask import url_for

from frontend.extensions import queries, services
from frontend.index.design_views import Design
from frontend.index.views import Currency, Listing
from frontend.services.terms import BLUEPRINT, Conditions

PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._~-]*", re.ASCII)


@dataclass(frozen=True)
class Making:
    """How pieces of a design are made. conditions: None where nobody here knows what the terms name."""

    listing: Listing
    conditions: Conditions | None
    design: Design | None  # None = not published
    currency: Currency  # of the fee

    @property
    def is_published(self) -> bool:
        """Tell whether it can be bought, claimed and made."""
        return self.design is not None


def making_of(listing: Listing) -> Making | None:
    """Give it for a blueprint, None for anything else."""
    if listing.kind != BLUEPRINT:
        return None
    conditions = services.designs.conditions(listing)
    currency = queries.currency(listing.currency if conditions is None else conditions.currency)
    return Making(listing, conditions, queries.design(listing.id), currency)


def check_path(listing_id: str, serial: str) -> str:
    """Give where a serial is looked up. One that a path could not carry unchanged, such as "..", stands in the query."""
    if PLAIN.fullmatch(serial):
        return url_for("designs.check", listing_id=listing_id, serial=serial)
    return url_for("designs.check_serial", listing_id=listing_id, serial=serial)
