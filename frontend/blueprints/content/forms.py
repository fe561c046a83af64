"""The form that takes a missing file."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms.validators import ValidationError

from frontend.pages.fields import PageForm


class RestoreForm(PageForm):
    """One file."""

    file = FileField(_l("The file"), description=_l("At most 8 MB. Its name does not matter; each byte of it does."))

    def validate_file(self, field: Any) -> None:
        """Need a file."""
        if not isinstance(field.data, FileStorage) or not field.data.filename:
            raise ValidationError(_("Please choose a file."))
