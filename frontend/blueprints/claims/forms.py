"""Forms of claim phases. The bounds are the contract's own."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from frontend.account_lists import MAX_UINT112, Entry
from frontend.pages.fields import (
    MAX_UINT128,
    AddressField,
    AmountField,
    ChoiceField,
    ChoicesField,
    HashField,
    MomentField,
    PageForm,
    choices,
)
from frontend.pages.lists import ListFields
from frontend.pages.text import DAY_S

MAX_AHEAD_S = 366 * DAY_S  # Claims.MAX_AHEAD
ALL, LISTED = "all", "list"


class OpenForm(ListFields, PageForm):
    """A new phase. Set `now_ts`, `left_units` and the price's decimals before `validate`."""

    start = MomentField(_l("It starts (UTC)"), needed=False, description=_l("Empty: at once."))
    end = MomentField(_l("It ends (UTC)"), description=_l("In a year at the latest. You can close it at any time."))
    supply = AmountField(
        _l("How many tokens it can give"), most=MAX_UINT112, description=_l("Set aside for it as soon as it is open.")
    )
    limit = AmountField(
        _l("One account may claim at most"), most=MAX_UINT112, needed=False, description=_l("Empty: no such bound.")
    )
    currency = ChoiceField(_l("Currency"))
    other_currency = AddressField(_l("Address of the token"), needed=False)
    price = AmountField(
        _l("Price of a whole token"), most=MAX_UINT128, zero=True, needed=False, description=_l("Empty: free.")
    )
    open_to = ChoicesField(_l("Who may claim"), default=ALL)
    kept = HashField()  # a list too long to be shown in the form
    number = HiddenField()
    root = HiddenField()
    quoted = HiddenField()

    now_ts = 0
    left_units = 0
    entries: tuple[Entry, ...] = ()

    def validate_end(self, field: Any) -> None:
        if field.ts is None:
            return
        if field.ts <= max(self.now_ts, self.start.ts or 0):
            raise ValidationError(_("It must end after its start, and after now."))
        if field.ts > self.now_ts + MAX_AHEAD_S:
            raise ValidationError(_("That is too far ahead: a phase ends within 366 days."))

    def validate_supply(self, field: Any) -> None:
        if (field.units or 0) > self.left_units:
            raise ValidationError(_("That is more than is left for new phases."))

    @property
    def is_listed(self) -> bool:
        """Tell whether only accounts on a list may claim."""
        return bool(self.open_to.data == LISTED)

    @property
    def is_list_kept(self) -> bool:
        """Tell whether the preview carries a list that is too long for the form."""
        return bool(self.kept.data)

    @property
    def asked(self) -> str:
        """What a preview is about; another one is another preview."""
        parts = (self.start.ts, self.end.ts, self.supply.units, self.limit.units, self.price.units, self.currency.data)
        more = (self.other_currency.address, self.number.data, self.root.data)
        return " ".join(str(part or 0) for part in (*parts, *more))

    def show(self, number: int, root: str) -> bool:
        """Let the form carry a preview; tell whether it is the one that it came with."""
        if self.start.ts is None:
            self.start.show(self.now_ts)
        self.number.data, self.root.data = str(number), root
        came_with, self.quoted.data = self.quoted.data, self.asked
        return bool(came_with == self.asked)


class ClaimForm(PageForm):
    """A claim in a phase."""

    amount = AmountField(_l("How many"), most=MAX_UINT112)
    # the phase as the page showed it, for the browser's own check
    key = HiddenField()
    price = HiddenField()
    currency = HiddenField()


def audiences() -> list[Any]:
    """Give the choice of who may claim."""
    return choices([(ALL, _l("everybody")), (LISTED, _l("who is on a list, each up to an amount of its own"))])
