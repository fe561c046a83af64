"""Form fields that refuse what the contracts would refuse, in words, and keep what was typed."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from typing import Any

from eth_utils.address import is_checksum_address, to_checksum_address
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from flask_wtf import FlaskForm
from markupsafe import Markup
from wtforms import FieldList, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError
from wtforms.widgets import DateInput, DateTimeLocalInput

from frontend.formatters import duration
from frontend.pages.amounts import MAX_UINT256, BadAmount, parse_bps, parse_units, say_units
from frontend.pages.text import DAY_S, HOUR_S, ghosts_in

ZERO_ADDRESS = "0x" + "0" * 40
MAX_UINT128 = 2**128 - 1
ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
MAX_TYPED = 200
FIRST_DAY = date(1970, 1, 1)  # of unix time


class PageForm(FlaskForm):
    """A form of a write: it has a key, so that the same form sent twice is one intent."""

    form_key = HiddenField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.general_errors: list[str] = []
        super().__init__(*args, **kwargs)

    @property
    def id_prefix(self) -> str:
        """What stands before each id of this form."""
        return str(self._prefix)

    @property
    def errors(self) -> dict[Any, Any]:
        """Errors of the fields, and under None those of the whole form."""
        found = dict(super().errors)
        if self.general_errors:
            found[None] = self.general_errors
        return found

    def problems(self) -> Iterator[tuple[Any, str]]:
        """Give each field that was refused with why, rows of lists included, in the order of the page."""
        for field in self:
            yield from _problems_of(field)

    def refuse(self, text: str, field: str | None = None) -> None:
        """Note why the form was refused after its own checks had passed."""
        target = self._fields.get(field) if field else None
        if target is None:
            self.general_errors.append(text)
            return
        target.errors = [*target.errors, text]


def _problems_of(field: Any) -> Iterator[tuple[Any, str]]:
    for row in field if isinstance(field, FieldList) else ():
        for inner in row.form:
            yield from _problems_of(inner)
    for message in field.errors:
        if isinstance(message, str | LazyString) and field.type != "CSRFTokenField":
            yield field, str(message)


class WordsField(StringField):
    """One line of words: trimmed, composed, no unseen characters, bounded in characters and, where asked, in bytes."""

    lines = False

    def __init__(
        self, label: Any, *, most: int, bytes_most: int | None = None, needed: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(label, **kwargs)
        self.most, self.bytes_most, self.needed = most, bytes_most, needed
        self.flags.maxlength = most
        self.flags.required = needed

    def process_formdata(self, valuelist: list[Any]) -> None:
        typed = str(valuelist[0]) if valuelist else ""
        # never send megabytes back; the check below sees that it was too long
        typed = typed[: self.most + 1].replace("\r\n", "\n")
        self.data = unicodedata.normalize("NFC", typed).strip()

    def pre_validate(self, form: Any) -> None:
        text = self.data or ""
        if self.needed and not text:
            raise ValidationError(_("Please fill this in."))
        if len(text) > self.most:
            raise ValidationError(_("Too long: %(most)s characters at most.", most=self.most))
        if self.bytes_most is not None and len(text.encode("utf-8", "replace")) > self.bytes_most:
            raise ValidationError(
                _("Too long: %(most)s bytes at most (a Korean letter takes three).", most=self.bytes_most)
            )
        if not self.lines and "\n" in text:
            raise ValidationError(_("Please write this in one line."))
        ghosts = ghosts_in(text)
        if ghosts:
            raise ValidationError(
                _(
                    "There are characters in it that cannot be seen (%(found)s). Please remove them.",
                    found=", ".join(ghosts[:5]),
                )
            )


class LongWordsField(WordsField, TextAreaField):
    """The same with line breaks."""

    lines = True
    widget = TextAreaField.widget


class AmountField(StringField):
    """An amount of a currency. Set `decimals` before `validate`; then `units` holds smallest units."""

    def __init__(
        self, label: Any, *, most: int = MAX_UINT256, zero: bool = False, needed: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(
            label, **_drawn(kwargs, {"inputmode": "decimal", "autocomplete": "off", "maxlength": MAX_TYPED})
        )
        self.decimals = 18
        self.most, self.zero, self.needed = most, zero, needed
        self.units: int | None = None
        self.flags.required = needed

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[: MAX_TYPED + 1].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            if self.needed:
                raise ValidationError(_("Please fill this in."))
            return
        try:
            units = parse_units(self.data, self.decimals, self.most)
        except BadAmount as problem:
            raise ValidationError(str(problem)) from problem
        if units == 0 and not self.zero:
            raise ValidationError(_("The amount must be more than 0."))
        self.units = units


class PercentField(StringField):
    """A share in percent; `bps` holds basis points after `validate`, 0 when left empty."""

    suffix = "%"

    def __init__(self, label: Any, *, most_bps: int, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **_drawn(kwargs, {"inputmode": "decimal", "autocomplete": "off", "maxlength": 20}))
        self.most_bps, self.needed = most_bps, needed
        self.bps = 0
        self.flags.required = needed

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:40].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not self.data and not self.needed:
            return
        try:
            self.bps = parse_bps(self.data or "", self.most_bps)
        except BadAmount as problem:
            raise ValidationError(str(problem)) from problem


class CountField(StringField):
    """A whole number of things; `count` holds it after `validate`, 0 when left empty."""

    def __init__(
        self, label: Any, *, least: int = 1, most: int = 2**32 - 1, needed: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(label, **_drawn(kwargs, {"inputmode": "numeric", "autocomplete": "off", "maxlength": 20}))
        self.least, self.most, self.needed = least, most, needed
        self.count = 0
        self.flags.required = needed

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:40].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not self.data and not self.needed:
            return
        if not re.fullmatch(r"[0-9]{1,30}", self.data or "", re.ASCII):
            raise ValidationError(_("Write a whole number."))
        number = int(self.data)
        if not self.least <= number <= self.most:
            raise ValidationError(_("Between %(least)s and %(most)s.", least=self.least, most=self.most))
        self.count = number


class AddressField(StringField):
    """An account's address; `address` holds it checksummed after `validate`, None when left empty."""

    def __init__(self, label: Any, *, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(
            label,
            **_drawn(
                kwargs,
                {"autocomplete": "off", "spellcheck": "false", "maxlength": 60, "placeholder": "0x…", "class": "mono"},
            ),
        )
        self.needed = needed
        self.address: str | None = None
        self.flags.required = needed

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:80].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            if self.needed:
                raise ValidationError(_("Please fill this in."))
            return
        self.address = read_address(self.data)


def _drawn(kwargs: dict[str, Any], attributes: dict[str, Any]) -> dict[str, Any]:
    """Give a field's arguments with attributes that it draws unless told otherwise."""
    return {**kwargs, "render_kw": {**attributes, **(kwargs.get("render_kw") or {})}}


def read_address(text: str) -> str:
    """Read an address and give it checksummed.

    Raises: ValidationError when it is none, when its checksum is wrong, or when it is the zero address.
    """
    if not ADDRESS.fullmatch(text):
        raise ValidationError(_("This is not an address: 0x and 40 digits or letters a to f."))
    digits = text[2:]
    if digits.lower() != digits and digits.upper() != digits and not is_checksum_address(text):
        raise ValidationError(_("This address has a typing mistake: capitals and small letters do not fit together."))
    if int(digits, 16) == 0:
        raise ValidationError(_("The zero address belongs to nobody."))
    return to_checksum_address(text)


class HashField(HiddenField):
    """A hash that a script has put in; empty when there is none."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:MAX_TYPED].strip().lower() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if self.data and not re.fullmatch(r"0x[0-9a-f]{64}", self.data, re.ASCII):
            raise ValidationError(_("The form is incomplete. Please reload the page."))


class SeenField(HiddenField):
    """A whole number that the page was drawn with; `number` holds it after `validate`, for the contract to compare."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:MAX_TYPED].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not re.fullmatch(r"[0-9]{1,40}", self.data or "", re.ASCII):
            raise ValidationError(_("The form is incomplete. Please reload the page."))
        self.number = int(self.data)


class DurationField(StringField):
    """A number with its unit, hours or days; `seconds` holds the time after `validate`, None when left empty."""

    def __init__(
        self, label: Any, *, least: int = 0, most: int, needed: bool = True, unit: str = "days", **kwargs: Any
    ) -> None:
        super().__init__(label, **_drawn(kwargs, {"inputmode": "numeric", "autocomplete": "off", "maxlength": 12}))
        self.least, self.most, self.needed = least, most, needed
        self.unit = unit
        self.seconds: int | None = None
        self.flags.required = needed

    @property
    def unit_name(self) -> str:
        """Name of the select beside the number."""
        return f"{self.name}_unit"

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        if formdata is not None and formdata.get(self.unit_name) in ("hours", "days"):
            self.unit = formdata.get(self.unit_name)
        super().process(formdata, data if data is not None else self.default, extra_filters)

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:20].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            if self.needed:
                raise ValidationError(_("Please fill this in."))
            return
        if not re.fullmatch(r"[0-9]{1,9}", self.data, re.ASCII):
            raise ValidationError(_("Write a whole number."))
        seconds = int(self.data) * (DAY_S if self.unit == "days" else HOUR_S)
        if not self.least <= seconds <= self.most:
            raise ValidationError(
                _("Between %(least)s and %(most)s.", least=duration(self.least), most=duration(self.most))
            )
        self.seconds = seconds

    @property
    def typed_s(self) -> int | None:
        """Give what stands in the field in seconds, unchecked; None where that is no number."""
        typed = str(self.data or "")
        number = int(typed) if re.fullmatch(r"[0-9]{1,9}", typed, re.ASCII) else 0
        return number * (DAY_S if self.unit == "days" else HOUR_S) or None

    def show(self, number: str, unit: str) -> None:
        """Let the field hold a number of hours or days."""
        self.data, self.unit = number, unit

    def unit_select(self, label: str) -> Markup:
        """Draw the select of the unit."""
        names = (("hours", _("hours")), ("days", _("days")))
        option = Markup('<option value="{}"{}>{}</option>')
        options = Markup("").join(
            option.format(value, Markup(" selected") if value == self.unit else "", name) for value, name in names
        )
        return Markup('<select name="{}" aria-label="{}">{}</select>').format(self.unit_name, label, options)


class DayField(StringField):
    """A day; `begins_ts` holds the unix time at which it begins (UTC) after `validate`, 0 when left empty."""

    widget = DateInput()

    def __init__(self, label: Any, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.begins_ts = 0

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:MAX_TYPED].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            return
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", self.data, re.ASCII):
                raise ValueError(self.data)
            self.begins_ts = (date.fromisoformat(self.data) - FIRST_DAY).days * DAY_S
        except ValueError as problem:
            raise ValidationError(_("Write the day as year-month-day: 2030-12-31")) from problem


class MomentField(StringField):
    """A minute in UTC; `ts` holds its unix time after `validate`, None when left empty."""

    widget = DateTimeLocalInput()

    def __init__(self, label: Any, *, needed: bool = True, **kwargs: Any) -> None:
        super().__init__(label, **kwargs)
        self.needed = needed
        self.ts: int | None = None
        self.flags.required = needed

    def process_formdata(self, valuelist: list[Any]) -> None:
        self.data = str(valuelist[0])[:MAX_TYPED].strip() if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if not self.data:
            if self.needed:
                raise ValidationError(_("Please fill this in."))
            return
        try:
            if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}", self.data, re.ASCII):
                raise ValueError(self.data)
            self.ts = int(datetime.fromisoformat(f"{self.data}+00:00").timestamp())
        except ValueError as problem:
            raise ValidationError(_("Write the moment as year-month-dayThour:minute: 2030-12-31T18:00")) from problem

    def show(self, ts: int) -> None:
        """Let the field hold a moment, cut to its minute."""
        self.data = datetime.fromtimestamp(ts, UTC).strftime("%Y-%m-%dT%H:%M")
        self.ts = ts - ts % 60


class ChoiceField(SelectField):
    """A select whose refusal is said in our words."""

    def pre_validate(self, form: Any) -> None:
        _one_of(self)


class ChoicesField(RadioField):
    """The same with all choices in sight."""

    def pre_validate(self, form: Any) -> None:
        _one_of(self)


def choices(pairs: Iterable[tuple[str, Any]]) -> list[SelectChoice]:
    """Give what a choice field offers: values with their labels."""
    return [SelectChoice(value, label) for value, label in pairs]


def _one_of(field: SelectField) -> None:
    if not any(choice.value == field.data for choice in field.choices):
        raise ValidationError(_("Please choose one from the list."))


def read_tags(text: str, most: int = 8, length: int = 24) -> list[str]:
    """Read words separated by commas, each once.

    Raises: ValidationError when there are too many, or one is too long.
    """
    tags = list(dict.fromkeys(tag.strip() for tag in text.split(",") if tag.strip()))
    if len(tags) > most:
        raise ValidationError(_("At most %(most)s words.", most=most))
    if any(len(tag) > length for tag in tags):
        raise ValidationError(_("A word may have %(length)s characters at most.", length=length))
    return tags


LANGUAGES = choices([("ko", _l("Korean")), ("en", _l("English"))])

__all__ = [
    "LANGUAGES",
    "MAX_UINT128",
    "AddressField",
    "AmountField",
    "ChoiceField",
    "ChoicesField",
    "CountField",
    "DayField",
    "DurationField",
    "HashField",
    "LongWordsField",
    "MomentField",
    "PageForm",
    "PercentField",
    "SeenField",
    "WordsField",
    "choices",
    "read_address",
    "read_tags",
    "say_units",
]
