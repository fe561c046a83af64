"""Pictures in a form: kept as soon as they arrive, so that a refused form does not lose them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, MultipleFileField
from werkzeug.datastructures import FileStorage
from wtforms import FieldList, Form, FormField, HiddenField
from wtforms.validators import ValidationError

from frontend.auth import current_account
from frontend.content.gallery import MAX_ALT, MOST_PICTURES, Picture
from frontend.errors import Refused, TooMany
from frontend.extensions import services
from frontend.pages.fields import HashField, PageForm, WordsField
from frontend.pages.numbers import HASH
from frontend.pages.text import plain

MOST_NAME = 60
MOVES = {"earlier": -1, "later": 1}
STEP = re.compile(r"picture-(earlier|later|remove)-([0-7])", re.ASCII)
UPLOAD = "pictures"  # the button that only uploads


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
        for upload in _uploads([field.data]):
            try:
                self.picture_hash.data = kept(upload)
            except TooMany:
                raise
            except Refused as refusal:
                raise ValidationError(refusal.text) from refusal

    @property
    def picture_or_none(self) -> str | None:
        """Give the hash of the picture, None without one."""
        found = str(self.picture_hash.data or "")
        return found if HASH.fullmatch(found) else None


class PictureRow(Form):
    """One of several pictures; a row without a hash is none."""

    hash = HashField(_l("Picture"))
    alt = WordsField(_l("What it shows, for who cannot see it"), most=MAX_ALT, needed=False)


class PicturesFields:
    """Several pictures in their order, and the field for more. The first one is the cover."""

    picture = MultipleFileField(
        _l("Pictures"),
        description=_l(
            "Up to 8, the first one is the cover. JPEG, PNG, WebP or the first frame of a GIF, at most 8 MB each. They are redrawn here, so that where and with what they were taken does not go along."
        ),
        render_kw={"accept": "image/jpeg,image/png,image/webp,image/gif"},
    )
    pictures = FieldList(FormField(PictureRow), _l("Pictures"), min_entries=MOST_PICTURES, max_entries=MOST_PICTURES)

    def validate_picture(self, field: Any) -> None:
        """Keep what was uploaded, behind the pictures that are there."""
        wrong = self.keep_uploads()
        if wrong:
            raise ValidationError(" ".join(wrong))

    def keep_uploads(self) -> list[str]:
        """Keep the uploads, once; give what is wrong with each that was refused."""
        uploads, self.picture.data = _uploads(self.picture.data or ()), []
        found, wrong = self.gallery, []
        for upload in uploads:
            if len(found) == MOST_PICTURES:
                wrong.append(_("At most %(most)s pictures. Remove one to add another.", most=MOST_PICTURES))
                break
            try:
                name = kept(upload)
            except TooMany:
                raise
            except Refused as refusal:
                wrong.append(f"{plain(upload.filename or '', MOST_NAME)}: {refusal.text}")
                continue
            found += [Picture(name)] if all(one.hash != name for one in found) else []
        self.show_pictures(found)
        return wrong

    def take_step(self, step: str) -> bool:
        """Do what a button beside the pictures says: upload, move one, remove one. Tell whether it was such a button."""
        found = STEP.fullmatch(step)
        if found is None and step != UPLOAD:
            return False
        self.picture.errors = self.keep_uploads()
        pictures = self.gallery
        place = int(found[2]) if found else len(pictures)
        if found and place < len(pictures):
            taken = pictures.pop(place)
            if found[1] in MOVES:
                pictures.insert(max(0, place + MOVES[found[1]]), taken)
            self.show_pictures(pictures)
        return True

    @property
    def gallery(self) -> list[Picture]:
        """Give the pictures, the cover first; each once."""
        rows = [row.form for row in self.pictures if HASH.fullmatch(str(row.form.hash.data or ""))]
        found = {
            str(row.hash.data): Picture(str(row.hash.data), " ".join((row.alt.data or "").split())) for row in rows
        }
        return list(found.values())

    def show_pictures(self, pictures: Sequence[Picture]) -> None:
        """Put pictures into the rows, in this order."""
        for place, row in enumerate(self.pictures):
            one = pictures[place] if place < len(pictures) else Picture("")
            row.form.hash.data, row.form.alt.data = one.hash, one.alt


class PicturesForm(PicturesFields, PageForm):
    """The pictures of a form alone: what a script sends when one is added, moved or removed."""


def kept(upload: FileStorage) -> str:
    """Keep an upload and give its hash. Raises: Refused, TooMany."""
    return str(services.contents.store_picture(upload.read(), account=current_account()))


def _uploads(found: Sequence[Any]) -> list[FileStorage]:
    return [upload for upload in found if isinstance(upload, FileStorage) and upload.filename]
