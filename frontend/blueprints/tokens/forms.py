"""Forms of a community's token: minting for its steward, moving and burning for its holders."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from frontend.pages.fields import AddressField, AmountField, PageForm


class MintForm(PageForm):
    """Tokens for one account."""

    to = AddressField(_l("For whom"))
    amount = AmountField(_l("How many"))


class TransferForm(PageForm):
    """Tokens for somebody else."""

    to = AddressField(_l("To whom"))
    amount = AmountField(_l("How many"))


class BurnForm(PageForm):
    """Tokens destroyed."""

    amount = AmountField(
        _l("How many"), description=_l("What is burned is gone for ever and makes no room for new tokens.")
    )
