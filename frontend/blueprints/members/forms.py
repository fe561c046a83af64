"""Forms of members and of the steward who sets their tiers."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from frontend.pages.amounts import BadAmount, parse_units
from frontend.pages.fields import AddressField, AmountField, LongWordsField, PageForm
from frontend.services.members import MAX_TIERS

MAX_UINT112 = 2**112 - 1
DECIMALS = 18


class LockForm(PageForm):
    """Tokens to lock."""

    amount = AmountField(_l("How many tokens"), most=MAX_UINT112)


class UnlockForm(PageForm):
    """Tokens to ask back."""

    amount = AmountField(_l("How many tokens"), most=MAX_UINT112)


class DelegateForm(PageForm):
    """Who votes with the account's tokens."""

    to = AddressField(
        _l("Who votes for you"),
        description=_l("Your own address takes your votes back. Everybody can see whom you name."),
    )


class TiersForm(PageForm):
    """Where each tier begins, one amount a line."""

    tiers = LongWordsField(
        _l("Tokens that a tier takes"),
        most=500,
        needed=False,
        render_kw={"rows": 4},
        description=_l("One amount a line, the smallest first; at most eight. None: all members are the same."),
    )

    def validate_tiers(self, field: Any) -> None:
        """Read the lines as rising amounts."""
        self.thresholds: list[int] = []
        for line in filter(None, map(str.strip, (field.data or "").splitlines())):
            try:
                self.thresholds.append(parse_units(line, DECIMALS, MAX_UINT112))
            except BadAmount as problem:
                raise ValidationError(f"{line[:40]}: {problem}") from problem
        rising = all(low < high for low, high in zip([0, *self.thresholds], self.thresholds, strict=False))
        if len(self.thresholds) > MAX_TIERS or not rising:
            raise ValidationError(_l("Give at most eight tiers, each with more tokens than the one before it."))
