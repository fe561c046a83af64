"""Forms of a community's token: minting for its steward, moving and burning for its holders."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l

from frontend.pages.fields import AddressField, AmountField, LongWordsField, PageForm, read_batch


class MintForm(PageForm):
    """Tokens for one account."""

    to = AddressField(_l("For whom"))
    amount = AmountField(_l("How many"))


class BatchForm(PageForm):
    """Tokens for many accounts, all or nothing."""

    rows = LongWordsField(
        _l("One line each: address, amount"),
        most=20_000,
        render_kw={"rows": 6, "class": "mono", "spellcheck": "false"},
        description=_l("Up to 200 lines. You can paste two columns of a table."),
    )

    def validate_rows(self, field: Any) -> None:
        self.pairs = read_batch(field.data or "", 18)


class TransferForm(PageForm):
    """Tokens for somebody else."""

    to = AddressField(_l("To whom"))
    amount = AmountField(_l("How many"))


class BurnForm(PageForm):
    """Tokens destroyed."""

    amount = AmountField(
        _l("How many"), description=_l("What is burned is gone for ever and makes no room for new tokens.")
    )
