"""Descriptions, evidence and pictures: kept by the hash of their bytes, which is what the contracts know of them."""

import io
import json
import os
import re
import time
import unicodedata
import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.crypto import keccak
from flask_babel import gettext

from frontend.config import Settings
from frontend.errors import NotFound, Refused
from frontend.store.database import Database
from frontend.store.models import AppContent

WEBP, JSON, TEXT = "image/webp", "application/json", "text/plain"
MEDIA_TYPES = (WEBP, JSON, TEXT)
MAX_PICTURE_BYTES = 8 * 1024 * 1024
MAX_PICTURE_PIXELS = 40_000_000
PICTURE_EDGE = 1600
PICTURE_QUALITY = 82
PICTURE_FORMATS = ("JPEG", "PNG", "WEBP", "GIF")
MAX_JSON_BYTES = 64 * 1024
MAX_TITLE, MAX_TEXT, MAX_TAGS, MAX_TAG = 120, 10_000, 10, 40
HASH = re.compile(r"0x[0-9a-f]{64}")


@dataclass(frozen=True)
class Stored:
    """Bytes that we keep."""

    hash: str
    media_type: str
    data: bytes


def canonical(document: Mapping[str, Any]) -> bytes:
    """Give a document's one spelling: sorted keys, no spaces, UTF-8. Its keccak256 is what goes on the chain."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(data: bytes) -> str:
    """Give keccak256 of bytes as 0x hex."""
    return "0x" + keccak(data).hex()


class Contents:
    """The store of everything that people wrote or uploaded."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self.folder = settings.content_dir
        self.origin = settings.origin
        self.db = db

    def uri(self, content_hash: str) -> str:
        """Give the address under which anybody can read it."""
        return f"{self.origin}/content/{content_hash}"

    def store_description(self, document: Mapping[str, Any]) -> str:
        """Keep a listing's or a community's description and give its hash.

        Args: title or name, text, lang, picture (hash or None), kind, tags, rules; see the field limits above.
        Raises: Refused when a field is missing, too long or of another type.
        """
        clean = _description(document)
        data = canonical(clean)
        if len(data) > MAX_JSON_BYTES:
            raise Refused(gettext("The description is too long."), key="description_too_long", field="text")
        picture = clean.get("picture")
        if picture is not None and self.media_type(picture) != WEBP:
            raise Refused(
                gettext("The picture is not here any more. Please upload it again."), key="no_picture", field="picture"
            )
        return self._keep(
            data,
            JSON,
            title=clean.get("title") or clean.get("name") or "",
            text=clean["text"],
            lang=clean["lang"],
            picture_hash=picture,
            tags=json.dumps(clean["tags"], ensure_ascii=False),
            rules=clean.get("rules"),
        )

    def store_text(self, text: str, *, field: str = "text") -> str:
        """Keep a plain text, evidence for instance, and give its hash. Raises: Refused when it is empty or too long."""
        clean = _clean(text, MAX_TEXT, field)
        if not clean:
            raise Refused(gettext("Please write something."), key="empty_text", field=field)
        return self._keep(clean.encode(), TEXT, text=clean)

    def store_picture(self, data: bytes, *, field: str = "picture") -> str:
        """Keep a picture as WebP, at most 1600 pixels wide or high and without its metadata, and give its hash.

        Raises: Refused when it is no picture, or too large.
        """
        return self._keep(_webp(data, field), WEBP)

    def media_type(self, content_hash: str) -> str | None:
        """Give what kind of bytes we keep under a hash; None when there are none."""
        if not HASH.fullmatch(content_hash):
            return None
        with self.db.reading() as session:
            row = session.get(AppContent, content_hash)
            return None if row is None else row.media_type

    def load(self, content_hash: str) -> Stored:
        """Give what is kept under a hash. Raises: NotFound."""
        media_type = self.media_type(content_hash)
        try:
            data = self._path(content_hash).read_bytes() if media_type else b""
        except FileNotFoundError:
            media_type = None
        if media_type not in MEDIA_TYPES:
            raise NotFound(gettext("Nothing is kept under this hash."))
        return Stored(content_hash, media_type, data)

    def text_of(self, content_hash: str) -> str | None:
        """Give a kept plain text, or None."""
        if self.media_type(content_hash) != TEXT:
            return None
        return self.load(content_hash).data.decode()

    def _path(self, content_hash: str) -> Path:
        return self.folder / content_hash[2:4] / content_hash

    def _keep(self, data: bytes, media_type: str, **facts: Any) -> str:
        """Write the bytes first and the row after, so that no row ever lacks its bytes."""
        content_hash = hash_of(data)
        path = self._path(content_hash)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            unfinished = path.with_name(f"{path.name}.{os.getpid()}.{time.monotonic_ns()}.tmp")
            unfinished.write_bytes(data)
            unfinished.replace(path)
        with self.db.session() as session:
            if session.get(AppContent, content_hash) is None:
                session.add(
                    AppContent(
                        hash=content_hash,
                        media_type=media_type,
                        size_bytes=len(data),
                        created_at_ts=int(time.time()),
                        **facts,
                    )
                )
        return content_hash


def _clean(value: Any, most: int, field: str) -> str:
    """Give a text in composed form without what PostgreSQL and people cannot read. Raises: Refused when too long."""
    if not isinstance(value, str):
        raise Refused(gettext("Please fill this in."), key="missing", field=field)
    if len(value) > most:
        raise Refused(gettext("This is too long: at most %(most)s letters.", most=most), key="too_long", field=field)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\0", ""))
    text = text.encode("utf-8", "replace").decode()
    return text.strip()


def _description(found: Mapping[str, Any]) -> dict[str, Any]:
    title_name = "title" if "title" in found else "name"
    clean: dict[str, Any] = {
        title_name: _clean(found.get(title_name), MAX_TITLE, title_name),
        "text": _clean(found.get("text", ""), MAX_TEXT, "text"),
        "lang": found.get("lang") if found.get("lang") in ("ko", "en") else "en",
        "picture": _picture_hash(found.get("picture")),
        "tags": _tags(found.get("tags") or ()),
    }
    if not clean[title_name]:
        raise Refused(gettext("Please fill this in."), key="missing", field=title_name)
    for extra in ("kind", "rules"):
        if found.get(extra):
            clean[extra] = _clean(found[extra], MAX_TEXT, extra)
    return clean


def _picture_hash(found: Any) -> str | None:
    if not found:
        return None
    if not isinstance(found, str) or not HASH.fullmatch(found):
        raise Refused(
            gettext("The picture is not here any more. Please upload it again."), key="no_picture", field="picture"
        )
    return found


def _tags(found: Any) -> list[str]:
    tags = [_clean(tag, MAX_TAG, "tags") for tag in found]
    if len(tags) > MAX_TAGS:
        raise Refused(gettext("At most %(most)s tags.", most=MAX_TAGS), key="too_many_tags", field="tags")
    return [tag for tag in dict.fromkeys(tags) if tag]


def _webp(data: bytes, field: str) -> bytes:
    from PIL import Image, ImageOps, UnidentifiedImageError  # slow to import, and few requests need it

    if len(data) > MAX_PICTURE_BYTES:
        raise Refused(gettext("The picture is too large: at most 8 MB."), key="picture_too_large", field=field)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=PICTURE_FORMATS) as opened:
                if opened.width * opened.height > MAX_PICTURE_PIXELS:
                    raise Refused(gettext("The picture has too many pixels."), key="picture_too_large", field=field)
                # turned as the camera meant it, then made anew from its pixels: nothing of the metadata is left
                upright = ImageOps.exif_transpose(opened)
                has_alpha = upright.mode in ("RGBA", "LA") or "transparency" in upright.info
                pixels = upright.convert("RGBA" if has_alpha else "RGB")
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as problem:
        if isinstance(problem, Refused):
            raise
        raise Refused(
            gettext("This is no picture that we can read. JPEG, PNG, WebP and GIF work."),
            key="bad_picture",
            field=field,
        ) from None
    pixels.thumbnail((PICTURE_EDGE, PICTURE_EDGE))
    plain = Image.new(pixels.mode, pixels.size)
    plain.paste(pixels)
    out = io.BytesIO()
    plain.save(out, "WEBP", quality=PICTURE_QUALITY, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()
