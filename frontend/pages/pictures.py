"""A picture in a form: kept as soon as it arrives, so that a refused form does not lose it."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField
from wtforms.validators import ValidationError

from frontend.auth import current_account
from frontend.errors import Refused, TooMany
from frontend.extensions import services
from frontend.pages.numbers import HASH


class PictureFields:
    """The upload, and the hash of what was uploaded before."""

    picture = FileField(
        _l("Picture"),
        description=_l(
            "JPEG, PNG, WebP or the first frame of a GIF, at most 8 MB. It is redrawn here, so that where and with what it was taken does not go along."
        ),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"},
    )
    picture_hash = HiddenField()

    def validate_picture(self, field: Any) -> None:
        """Keep an upload under its hash."""
        upload = field.data
        if not isinstance(upload, FileStorage) or not upload.filename:
            return
        try:
            self.picture_hash.data = services.contents.store_picture(upload.read(), account=current_account())
        except TooMany:
            raise
        except Refused as refusal:
            raise ValidationError(refusal.text) from refusal

    @property
    def picture_or_none(self) -> str | None:
        """Give the hash of the picture, None without one."""
        found = str(self.picture_hash.data or "")
        return found if HASH.fullmatch(found) else None
