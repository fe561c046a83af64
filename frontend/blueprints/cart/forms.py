"""The cart as a form: each line carries what its buyer saw."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, HiddenField
from wtforms.validators import ValidationError

from frontend.pages.fields import AddressField, CountField, HashField, PageForm
from frontend.services.carts import MOST_ITEMS

MAX_UINT32 = 2**32 - 1
MOST_DIGITS = 39  # of a uint128


class SeenField(HiddenField):
    """A whole number as the page showed it, in digits; `seen` holds it after `validate`."""

    seen = 0

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[: MOST_DIGITS + 1] if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        text = self.data or ""
        if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
            raise ValidationError(_l("The form is incomplete. Please reload the page."))
        self.seen = int(text)


class ItemForm(Form):
    """One line: a listing, how many, and price of one and commission as they were seen."""

    listing = HashField(_l("Listing"))
    quantity = CountField(_l("How many"), most=MAX_UINT32)
    price = SeenField(_l("Price of one"))
    fee = SeenField(_l("Commission"))
    referrer = AddressField(_l("Who sent you here"), needed=False)


class CartForm(PageForm):
    """All of it."""

    items = FieldList(FormField(ItemForm), _l("Cart"), max_entries=MOST_ITEMS)
