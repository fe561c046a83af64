"""Forms about designs: publish conditions, make pieces, hand units on."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField
from wtforms.validators import ValidationError

from frontend.pages.fields import AddressField, CountField, LongWordsField, PageForm
from frontend.serials import MOST_SIGNS
from frontend.services.designs import MOST_SERIALS, bad_serial, is_serial

MOST_TYPED = MOST_SERIALS * (MOST_SIGNS + 2)


class PublishForm(PageForm):
    """Make a design's conditions known."""


class MakeForm(PageForm):
    """Serials of pieces, one a line. fee and currency are what the page showed."""

    serials = LongWordsField(
        _l("Serials, each on a line of its own"),
        most=MOST_TYPED,
        render_kw={"rows": 3, "class": "mono", "spellcheck": "false", "autocapitalize": "off", "autocomplete": "off"},
        description=_l(
            "1 to 32 letters of the English alphabet, digits and signs, without spaces. Capital and small letters differ. Register them before you engrave them."
        ),
    )
    fee = HiddenField()
    currency = HiddenField()

    @property
    def lines(self) -> list[str]:
        """The serials in their order."""
        return [line.strip() for line in (self.serials.data or "").split("\n") if line.strip()]

    def validate_serials(self, field: Any) -> None:
        wrong = next((text for text in self.lines if not is_serial(text)), None)
        if wrong is not None:
            raise ValidationError(bad_serial(wrong).text)


class HandOnForm(PageForm):
    """Give units to somebody else."""

    to = AddressField(_l("To"), description=_l("Whoever has a unit makes the piece. Nobody can take it back."))
    quantity = CountField(_l("How many units"), default="1")
