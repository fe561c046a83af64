"""Forms for taking money out."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from frontend.pages.fields import AddressField, AmountField, PageForm


class WithdrawForm(PageForm):
    """Money to an address."""

    amount = AmountField(_l("How much"))
    to = AddressField(
        _l("To which address"),
        description=_l("Your own is filled in. Another address is linked with this one for everyone to see, for ever."),
    )
