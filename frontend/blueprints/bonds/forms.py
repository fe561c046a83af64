"""Forms for putting a bond aside and taking it out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from frontend.pages.fields import AmountField, ChoiceField, PageForm


class DepositForm(PageForm):
    """More to the free bond."""

    currency = ChoiceField(_l("Currency"))
    amount = AmountField(_l("How much"))


class TakeOutForm(PageForm):
    """Some of a free bond back; its currency stands in the address."""

    amount = AmountField(_l("How much"))
