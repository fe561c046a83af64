"""Forms of splits: a new one, and what is done with one."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField
from wtforms.validators import ValidationError

from frontend.index.split_views import Split, SplitPayee
from frontend.pages.act import chain_now
from frontend.pages.amounts import say_units
from frontend.pages.currencies import OTHER
from frontend.pages.fields import (
    AddressField,
    ChoiceField,
    DayField,
    DurationField,
    LongWordsField,
    PageForm,
    PercentField,
    SeenField,
)
from frontend.pages.text import DAY_S
from frontend.services.split_changes import Change, Share
from frontend.services.splits import MOST_PAYEES, Part
from frontend.services.terms import MAX_BPS


class ShareForm(Form):
    """A share, which may be locked until a day begins."""

    share = PercentField(_l("Its share"), most_bps=MAX_BPS, needed=False)
    locked = DayField(_l("Locked until"))

    def validate_locked(self, field: Any) -> None:
        if field.begins_ts and field.begins_ts <= chain_now():
            raise ValidationError(_("This day has begun already. Choose a later one, or leave it empty."))


class PayeeForm(ShareForm):
    """One payee with its share. An empty row is none."""

    payee = AddressField(_l("Address of the payee"), needed=False)

    @property
    def is_used(self) -> bool:
        """Tell whether anything stands in the row."""
        return bool(self.payee.data or self.share.data)


class SeatForm(ShareForm):
    """A payee whom the split has already; without a share it leaves."""

    seat = SeenField()

    def validate_locked(self, field: Any) -> None:
        """Leave it to the contract, which lets a lock that is over stand."""


class SplitForm(PageForm):
    """A new split."""

    payees = FieldList(FormField(PayeeForm), _l("Payees"), min_entries=MOST_PAYEES, max_entries=MOST_PAYEES)

    def validate_payees(self, field: Any) -> None:
        rows = used_rows(field)
        if not rows:
            raise ValidationError(_("Name at least one payee."))
        _check_rows(rows)
        _check_total(sum(row.share.bps for row in rows))

    def parts(self) -> list[Part]:
        """Give each payee, in the order of the rows."""
        rows = used_rows(self.payees)
        return [Part(row.payee.address, row.share.bps, row.locked.begins_ts) for row in rows]


class ChangeForm(PageForm):
    """A split's new list: the payees it has, and more of them."""

    version = SeenField()
    seats = FieldList(FormField(SeatForm), _l("Payees"), max_entries=MOST_PAYEES)
    payees = FieldList(FormField(PayeeForm), _l("New payees"), min_entries=MOST_PAYEES, max_entries=MOST_PAYEES)
    valid = DurationField(
        _l("It can be made for"),
        least=DAY_S,
        most=90 * DAY_S,
        default="14",
        description=_l("Signatures that were given for it are worth nothing afterwards."),
    )

    def validate_payees(self, field: Any) -> None:
        rows = used_rows(field)
        _check_rows(rows)
        _check_total(sum(row.share.bps for row in [*(row.form for row in self.seats), *rows]))

    def change(self, split: Split, payees: list[SplitPayee], now_ts: int) -> Change:
        """Give the change that a checked form says."""
        locks = {payee.seat: payee.locked_until_ts for payee in payees}
        kept = [row.form for row in self.seats if row.form.share.bps]
        new = used_rows(self.payees)
        shares = [
            Share(row.seat.number, row.share.bps, _lock(row.locked.begins_ts, locks.get(row.seat.number, 0)))
            for row in kept
        ]
        shares += [
            Share(split.seat_count + number, row.share.bps, row.locked.begins_ts) for number, row in enumerate(new)
        ]
        return Change(
            split.version + 1,
            tuple(shares),
            tuple(row.payee.address for row in new),
            now_ts + (self.valid.seconds or 0),
        )


class LinkForm(PageForm):
    """A change with what was signed for it, as it stands behind a link's `#`."""

    link = LongWordsField(_l("The link you were given"), most=24_000, render_kw={"rows": 3, "class": "mono"})


def used_rows(field: Any) -> list[Any]:
    """Give the rows of a list in which anything stands."""
    return [row.form for row in field if row.form.is_used]


def _lock(begins_ts: int, locked_until_ts: int) -> int:
    """Give until when a share is locked: as before when the day is still the same one."""
    return locked_until_ts if begins_ts == locked_until_ts // DAY_S * DAY_S else begins_ts


def _check_rows(rows: list[Any]) -> None:
    incomplete = [row for row in rows if not _is_whole(row)]
    if incomplete:
        raise ValidationError(_("A payee is incomplete."))


def _check_total(total_bps: int) -> None:
    if total_bps != MAX_BPS:
        raise ValidationError(
            _("The shares make %(total)s %% together; it must be 100 %%.", total=say_units(total_bps, 2))
        )


def _is_whole(row: Any) -> bool:
    """Tell whether a row lacks nothing, and note beside each field that it is missing."""
    missing = [field for field, value in ((row.payee, row.payee.address), (row.share, row.share.bps)) if not value]
    for field in missing:
        field.errors = [*field.errors] or [_("Please fill this in.")]
    return not missing


class ClaimForm(PageForm):
    """What is due, to an address."""

    to = AddressField(
        _l("To which address"),
        description=_l("Your own is filled in. Another address is linked with this one for everyone to see, for ever."),
    )


class SendForm(PageForm):
    """What is due to another payee, whom the page names."""

    payee = AddressField(_l("Payee"))


class MoveForm(PageForm):
    """A seat to another address."""

    new_payee = AddressField(
        _l("New address of your seat"),
        description=_l("Everyone can see for ever that it came from this account."),
    )


class SweepForm(PageForm):
    """A currency that lies at the deposit address."""

    currency = ChoiceField(_l("Currency"))
    other_currency = AddressField(_l("Address of the token"), needed=False)

    def validate_other_currency(self, field: Any) -> None:
        if self.currency.data == OTHER and not field.data:
            raise ValidationError(_("Please fill this in."))

    @property
    def chosen(self) -> str:
        """Give the currency's address, lower case."""
        return str(self.other_currency.address if self.currency.data == OTHER else self.currency.data).lower()
