"""A list of accounts and amounts in a form: pasted, or as a file; what was wrong with it is told line by line."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import TextAreaField
from wtforms.validators import ValidationError

from frontend.account_lists import MOST_BYTES, AccountList, UnreadableList, read_text, text_of
from frontend.pages.fields import PageForm

MOST_PASTED = 200_000  # characters; a request with more of them in a field is not read


class LinesField(TextAreaField):
    """Lines just as they were typed, so that they can be named by their numbers."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        # never send megabytes back; the check below sees that it was too long
        self.data = str(valuelist[0])[: MOST_PASTED + 1].replace("\r\n", "\n") if valuelist else ""

    def pre_validate(self, form: Any) -> None:
        if len(self.data or "") > MOST_PASTED:
            raise ValidationError(
                _(
                    "That is too much to paste: send a list of more than %(most)s characters as a file.",
                    most=MOST_PASTED,
                )
            )


class ListFields:
    """The lines and the file; after `validate`, `found` holds what was read, None where there was nothing."""

    lines = LinesField(
        _l("One line each: address, amount"),
        render_kw={"rows": 8, "class": "mono", "spellcheck": "false", "autocomplete": "off"},
        description=_l("Amounts in whole tokens, with a point for decimals. You can paste two columns of a table."),
    )
    file = FileField(
        _l("Or a CSV file of the same"),
        description=_l("UTF-8, at most 10,000 lines. It takes the place of what is pasted."),
        render_kw={"accept": ".csv,.txt,text/csv,text/plain"},
    )

    found: AccountList | None = None

    def validate_lines(self, field: Any) -> None:
        """Read what was pasted, unless a file takes its place."""
        if self.is_listed and not self._is_file_sent:
            self._read(str(field.data or ""))

    def validate_file(self, field: Any) -> None:
        """Read the file. One that fits into the field of lines is shown there from now on."""
        if not (self.is_listed and self._is_file_sent):
            return
        try:
            text = text_of(field.data.read(MOST_BYTES + 1))
        except UnreadableList as problem:
            raise ValidationError(str(problem)) from problem
        self.lines.data = text.replace("\r\n", "\n") if len(text) <= MOST_PASTED else ""
        self._read(text)

    @property
    def is_listed(self) -> bool:
        """Tell whether there is to be a list."""
        return True

    @property
    def is_list_kept(self) -> bool:
        """Tell whether a list that came before stands for an empty form."""
        return False

    @property
    def _is_file_sent(self) -> bool:
        return isinstance(self.file.data, FileStorage) and bool(self.file.data.filename)

    def _read(self, text: str) -> None:
        if not text.strip():
            if self.is_list_kept:
                return
            raise ValidationError(_("Paste the list, or choose its file."))
        try:
            if len(text) > MOST_BYTES:
                raise UnreadableList(_("The file is too large: at most %(most)s kB.", most=MOST_BYTES // 1000))
            self.found = read_text(text)
        except UnreadableList as problem:
            raise ValidationError(str(problem)) from problem
        if self.found.bad_lines:
            raise ValidationError(
                _("Some lines cannot be read; they stand below. Mend them: nobody is left out without your saying so.")
            )
        if not self.found.entries:
            raise ValidationError(_("There is no account on this list."))


class ListForm(ListFields, PageForm):
    """A list alone."""
