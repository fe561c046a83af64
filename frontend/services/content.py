"""Descriptions, statements and pictures: kept by the hash of their bytes, which is what the contracts know of them."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy import Connection, select, update
from sqlalchemy.dialects import postgresql, sqlite

from frontend.config import Settings
from frontend.content import pictures
from frontend.content.documents import (
    HASH,
    MAX_JSON_BYTES,
    MAX_TEXT,
    Document,
    Malformed,
    canonical,
    clean_document,
    clean_text,
    hash_of,
    no_picture,
    read_document,
)
from frontend.content.findings import Finding, Findings, State
from frontend.content.folder import Folder
from frontend.content.lru import Remembered
from frontend.content.markdown import to_html
from frontend.content.quota import Quota
from frontend.content.s3 import S3
from frontend.content.store import Store
from frontend.content.wanted import Wanted, who_wants
from frontend.errors import NotFound, Refused
from frontend.limits import Limiter
from frontend.search import store as search
from frontend.store.database import Database
from frontend.store.models import AppContent

__all__ = ["Contents", "NotMatching", "Stored", "canonical", "hash_of", "store_of"]

WEBP, JSON, TEXT, CSV = "image/webp", "application/json", "text/plain", "text/csv"
MEDIA_TYPES = (WEBP, JSON, TEXT, CSV)
HTML_ROOM_BYTES = 32 * 1024 * 1024
rows: Any = AppContent.__table__
THUMBS: dict[int, Any] = {320: rows.c.thumb_320_hash, 640: rows.c.thumb_640_hash}


class NotMatching(NotFound):
    """What is kept under a hash has another hash; it is never given out."""

    key = "altered"


@dataclass(frozen=True)
class Stored:
    """Bytes that we keep and that match their hash."""

    hash: str
    media_type: str
    data: bytes


def store_of(settings: Settings) -> Store:
    """Give the place where bytes are kept."""
    return Folder(settings.content_dir) if settings.content_bucket is None else S3(settings.content_bucket)


class Contents:
    """Everything that people wrote or uploaded. `account` is whose uploads of the day it counts among; None: nobody's."""

    def __init__(self, settings: Settings, db: Database) -> None:
        self.origin = settings.origin
        self.db = db
        self.store = store_of(settings)
        self.findings = Findings(self.store)
        self._html: Remembered[Markup] = Remembered(HTML_ROOM_BYTES)
        self.quota = Quota(Limiter(db, settings.secret_key), settings.content_bytes_a_day)

    def uri(self, content_hash: str) -> str:
        """Give the address under which anybody can read it."""
        return f"{self.origin}/content/{content_hash}"

    # ---- keeping

    def store_description(self, description: Mapping[str, Any], *, account: str | None = None) -> str:
        """Keep a listing's or a community's description and give its hash.

        Args: title or name, text, lang, picture (hash or None) or several pictures, kind, tags, rules; the limits are in
        content/documents.py.
        Raises: Refused when a field is missing, too long or of another type; StoreDown.
        """
        data = canonical(clean_document(description))
        if len(data) > MAX_JSON_BYTES:
            raise Refused(gettext("The description is too long."), key="description_too_long", field="text")
        document = read_document(hash_of(data), data)
        if any(self.media_type(picture.hash) != WEBP for picture in document.pictures):
            raise no_picture()
        self.quota.spend(account, len(data))
        return self._keep(data, JSON, **_facts(document))

    def store_text(self, text: str, *, field: str = "text", account: str | None = None) -> str:
        """Keep a plain text, evidence for instance, and give its hash.

        Raises: Refused when it is empty or too long; StoreDown.
        """
        clean = clean_text(text, MAX_TEXT, field)
        if not clean:
            raise Refused(gettext("Please write something."), key="empty_text", field=field)
        self.quota.spend(account, len(clean.encode()))
        return self._keep(clean.encode(), TEXT, text=clean)

    def store_list(self, data: bytes, *, root: str | None = None, account: str | None = None) -> str:
        """Keep a list of accounts and amounts, and give its hash. Args: root is that of the claim phase it is for.

        Raises: StoreDown.
        """
        self.quota.spend(account, len(data))
        return self._keep(data, CSV, merkle_root=root)

    def store_picture(self, data: bytes, *, field: str = "picture", account: str | None = None) -> str:
        """Keep a picture as WebP without its metadata, at most 1600 pixels wide or high, and give its hash.

        Raises: Refused when it is no picture that we take, or too large; StoreDown.
        """
        self.quota.spend(account, len(data))
        return self._keep_picture(pictures.redrawn(data, field))

    def restore(self, data: bytes, *, account: str | None = None) -> tuple[str, Wanted]:
        """Keep bytes that the chain names by their hash and that are missing here, whoever has them.

        Returns: the hash, and who names it. Raises: Refused when nobody names it, or it is nothing that we show; StoreDown.
        """
        if len(data) > pictures.MAX_BYTES:
            raise Refused(gettext("The file is too large: at most 8 MB."), key="file_too_large", field="file")
        self.quota.spend(account, len(data))
        content_hash = hash_of(data)
        wanted = who_wants(self.db.engine, content_hash)
        if wanted is None:
            text = gettext(
                "Nothing on the chain asks for this file. Its hash is %(hash)s. It must be the very file that was published, byte for byte.",
                hash=content_hash,
            )
            raise Refused(text, key="not_wanted", field="file")
        if pictures.is_plain_webp(data):
            return self._keep_picture(data), wanted
        if len(data) > MAX_JSON_BYTES or (text := _text_of(data)) is None or wanted.kind == "picture":
            text = gettext(
                "This file is neither a description, a text nor a picture without metadata, so it is not shown here."
            )
            raise Refused(text, key="not_shown", field="file")
        try:
            return self._keep(data, JSON, **_facts(read_document(content_hash, data))), wanted
        except Malformed:
            return self._keep(data, TEXT, text=text), wanted

    def _keep_picture(self, picture: bytes) -> str:
        thumbs = {f"thumb_{width}_hash": self._keep_thumb(picture, width) for width in THUMBS}
        return self._keep(picture, WEBP, **thumbs)

    def _keep_thumb(self, picture: bytes, width: int) -> str:
        small = pictures.thumbnail(picture, width)
        if small is not picture:
            self.store.put(hash_of(small), small)
        return hash_of(small)

    def _keep(self, data: bytes, media_type: str, **facts: Any) -> str:
        """Write the bytes first and the row after, so that no row ever lacks its bytes."""
        content_hash = hash_of(data)
        self.store.put(content_hash, data)
        values = {"media_type": media_type, "size_bytes": len(data), "created_at_ts": int(time.time()), **facts}
        with self.db.session() as session:
            connection = session.connection()
            _insert_or_update(connection, content_hash, values)
            # the row is locked now: if a clean-up has just taken the bytes away, it is over, and they are put back
            if self.store.mark(content_hash) is None:
                self.store.put(content_hash, data)
            if facts.get("title"):
                search.put(connection, search.description(content_hash, facts["title"], facts["text"], facts["tags"]))
        return content_hash

    # ---- reading

    def look(self, content_hash: str | None) -> Finding:
        """Tell whether a description is kept here and matches its hash, and what it says."""
        return self.findings.look(content_hash)

    def html(self, text: str, level: int, key: object | None = None) -> Markup:
        """Give a text as safe HTML. Args: key names a text that never changes, so that it need not be worked out twice."""
        made = None if key is None else self._html.get(key)
        if made is None:
            made = to_html(text, level)
            if key is not None:
                self._html.put(key, made, 2 * len(made) + 200)
        return made

    def media_type(self, content_hash: str) -> str | None:
        """Give what kind of bytes we keep under a hash; None when there are none."""
        if not HASH.fullmatch(content_hash):
            return None
        with self.db.reading() as session:
            row = session.get(AppContent, content_hash)
            return None if row is None else row.media_type

    def load(self, content_hash: str) -> Stored:
        """Give what is kept under a hash. Raises: NotFound; NotMatching when something else lies there; StoreDown."""
        media_type = self.media_type(content_hash)
        if media_type not in MEDIA_TYPES:
            raise NotFound(gettext("Nothing is kept under this hash."))
        state, data = self.findings.matching(content_hash)
        if state is State.ALTERED:
            raise NotMatching(gettext("What is kept under this hash was altered, so it is not shown."))
        if state is not State.MATCHING:
            raise NotFound(gettext("What was kept under this hash is missing."))
        return Stored(content_hash, media_type, data)

    def part(self, content_hash: str, first: int, last: int) -> tuple[int, bytes] | None:
        """Give the size of an entry and some of its bytes, if it was found to match; None: load it instead.

        Raises: StoreDown.
        """
        size = self.findings.size_of_matching(content_hash)
        if size is None or not 0 <= first <= last:
            return None
        data = self.store.part(content_hash, first, min(last, size - 1))
        return None if data is None else (size, data)

    def thumbnail(self, content_hash: str, width: int) -> Stored:
        """Give a picture 320 or 640 pixels wide; one that is missing is made anew. Raises: NotFound, StoreDown."""
        if width not in THUMBS or self.media_type(content_hash) != WEBP:
            raise NotFound(gettext("Nothing is kept under this hash."))
        with self.db.reading() as session:
            thumb = session.execute(select(THUMBS[width]).where(rows.c.hash == content_hash)).scalar_one_or_none()
        if thumb is not None:
            state, data = self.findings.matching(thumb)
            if state is State.MATCHING:
                return Stored(thumb, WEBP, data)
        picture = self.load(content_hash).data
        thumb = self._keep_thumb(picture, width)
        with self.db.session() as session:
            session.execute(update(rows).where(rows.c.hash == content_hash).values({THUMBS[width]: thumb}))
        return Stored(thumb, WEBP, self.findings.matching(thumb)[1])

    def list_of(self, root: str) -> str | None:
        """Give the hash under which the list with this Merkle root was kept; None when it never was."""
        with self.db.reading() as session:
            found = select(rows.c.hash).where(rows.c.merkle_root == root).order_by(rows.c.hash).limit(1)
            return session.execute(found).scalar_one_or_none()

    def lists_of(self, roots: Sequence[str]) -> set[str]:
        """Tell which of these Merkle roots are those of lists that were kept."""
        with self.db.reading() as session:
            return set(session.execute(select(rows.c.merkle_root).where(rows.c.merkle_root.in_(roots))).scalars())

    def text_of(self, content_hash: str) -> str | None:
        """Give a kept plain text, or None when it is not here or does not match."""
        if self.media_type(content_hash) != TEXT:
            return None
        try:
            return self.load(content_hash).data.decode()
        except Refused:
            return None


def _facts(document: Document) -> dict[str, Any]:
    """Give what lists and searches need to know of a description."""
    return {
        "title": document.title,
        "text": document.text,
        "lang": document.lang,
        "picture_hash": document.picture_hash,
        "pictures": json.dumps([picture.hash for picture in document.pictures]) if len(document.pictures) > 1 else None,
        "tags": json.dumps(document.tags, ensure_ascii=False),
        "rules": document.rules or None,
    }


def _text_of(data: bytes) -> str | None:
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return None
    return None if "\0" in text else text


def _insert_or_update(connection: Connection, content_hash: str, values: dict[str, Any]) -> None:
    insert = (postgresql if connection.dialect.name == "postgresql" else sqlite).insert
    row = insert(rows).values(hash=content_hash, **values)
    connection.execute(row.on_conflict_do_update(index_elements=["hash"], set_=values))
