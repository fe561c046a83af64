"""Forms of an order: one small form per step."""

from __future__ import annotations

from typing import Any

from eth_utils.crypto import keccak
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import ValidationError

from frontend.pages.amounts import BadAmount, parse_bps
from frontend.pages.fields import LongWordsField, PageForm, PercentField

NO_HASH = "0x" + "0" * 64


class StepForm(PageForm):
    """A step that needs nothing but the wallet."""


class DeliverForm(PageForm):
    """Delivered, with an optional note whose hash is kept."""

    note = LongWordsField(
        _l("A note to prove later what you sent"),
        most=2_000,
        needed=False,
        render_kw={"rows": 3},
        description=_l(
            "A tracking number, a link, a checksum. Only its hash is recorded: keep the exact words and send them to the buyer yourself."
        ),
    )

    @property
    def commitment(self) -> str:
        """Hash of the note, zeros without one."""
        return "0x" + keccak(text=self.note.data).hex() if self.note.data else NO_HASH


class StatementForm(PageForm):
    """Words for the arbiter."""

    text = LongWordsField(
        _l("What happened?"),
        most=10_000,
        render_kw={"rows": 5},
        description=_l("Everyone can read this, for ever. Leave out names, homes and telephone numbers."),
    )


class RefundForm(PageForm):
    """All the money back to the buyer."""

    sure = BooleanField(_l("Give all the money back to the buyer."))

    def validate_sure(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please tick this to go on."))


class RuleForm(PageForm):
    """A ruling: the buyer's part in percent."""

    share = PercentField(
        _l("To the buyer"),
        most_bps=10_000,
        default="50",
        description=_l("0 to 100 %. The rest goes to the seller, less the commissions on it."),
    )

    def validate_share(self, field: Any) -> None:
        try:
            self.bps_to_buyer = parse_bps(field.data or "", 10_000)
        except BadAmount:
            return  # the field has said so already
