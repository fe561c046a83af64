"""Descriptions of listings and communities: their schema, and the one spelling whose hash goes on the chain.

The fields and their limits are told to others in docs/content.md.
"""

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_utils.crypto import keccak
from flask_babel import gettext

from frontend.content.gallery import MAX_ALT, MOST_PICTURES, Picture, gallery_of
from frontend.content.markdown import words_of
from frontend.content.proofs import Proof, proofs_of
from frontend.content.relations import MOST_ARBITERS, MOST_RECOGNISED, Arbiter, arbiters_of, recognised_of
from frontend.errors import Refused
from frontend.marks import N_

HASH = re.compile(r"0x[0-9a-f]{64}")
MAX_JSON_BYTES = 64 * 1024
MAX_TITLE, MAX_TEXT, MAX_TAGS, MAX_TAG = 120, 10_000, 10, 40
MAX_ASK = 500
EXCERPT = 300
MOST = {
    "tags": (MAX_TAGS, N_("At most %(most)s tags.")),
    "arbiters": (MOST_ARBITERS, N_("At most %(most)s arbiters.")),
    "recognised": (MOST_RECOGNISED, N_("At most %(most)s recognised communities.")),
    "pictures": (MOST_PICTURES, N_("At most %(most)s pictures.")),
}


class Malformed(ValueError):
    """These bytes are no description, whatever they hash to."""


@dataclass(frozen=True)
class Document:
    """A description that was read from bytes."""

    hash: str
    title: str
    text: str
    lang: str
    picture_hash: str | None
    tags: tuple[str, ...]
    rules: str
    proofs: tuple[Proof, ...] = ()  # of a persona
    arbiters: tuple[Arbiter, ...] = ()  # of a community, as what follows
    recognised: tuple[int, ...] = ()
    ask: str = ""  # of a listing that is made to order: what the buyer must say in a sealed note
    replaces: str | None = None  # hash of the description that its author had before him
    pictures: tuple[Picture, ...] = ()  # the cover first

    @cached_property
    def excerpt(self) -> str:
        """The beginning of the text as plain words, for cards and the heads of pages."""
        return words_of(self.text, EXCERPT)

    def fields(self) -> dict[str, Any]:
        """Give a community's description as `clean_document` takes it, for writing another that differs a little."""
        return {
            "name": self.title,
            "text": self.text,
            "lang": self.lang,
            "picture": self.picture_hash,
            "tags": self.tags,
            "rules": self.rules,
            "arbiters": self.arbiters,
            "recognised": self.recognised,
        }


def canonical(document: Mapping[str, Any]) -> bytes:
    """Give a document's one spelling: sorted keys, no spaces, UTF-8. Its keccak256 is what goes on the chain."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def hash_of(data: bytes) -> str:
    """Give keccak256 of bytes as 0x hex."""
    return "0x" + keccak(data).hex()


def clean_document(found: Mapping[str, Any]) -> dict[str, Any]:
    """Give a description as it is written here. Raises: Refused, by its field, when something is missing or too long."""
    title_name = "title" if "title" in found else "name"
    clean: dict[str, Any] = {
        title_name: clean_text(found.get(title_name), MAX_TITLE, title_name),
        "text": clean_text(found.get("text", ""), MAX_TEXT, "text"),
        "lang": found.get("lang") if found.get("lang") in ("ko", "en") else "en",
        "picture": _picture(found.get("picture")),
        "tags": _tags(found.get("tags") or ()),
        **_gallery(found.get("pictures") or ()),
    }
    if not clean[title_name]:
        raise Refused(gettext("Please fill this in."), key="missing", field=title_name)
    for extra, most in (("kind", MAX_TEXT), ("rules", MAX_TEXT), ("ask", MAX_ASK)):
        if found.get(extra):
            clean[extra] = clean_text(found[extra], most, extra)
    if found.get("proofs"):
        clean["proofs"] = [proof.to_json() for proof in found["proofs"]]
    if found.get("arbiters"):
        clean["arbiters"] = [arbiter.to_json() for arbiter in _few("arbiters", found["arbiters"])]
    if found.get("recognised"):
        clean["recognised"] = _few("recognised", found["recognised"])
    if found.get("make"):
        clean["make"] = dict(found["make"])  # a blueprint's make conditions: services/designs.py
    if found.get("replaces"):
        clean["replaces"] = found["replaces"]
    return clean


def clean_text(value: Any, most: int, field: str) -> str:
    """Give a text in composed form without what PostgreSQL and people cannot read. Raises: Refused when too long."""
    if not isinstance(value, str):
        raise Refused(gettext("Please fill this in."), key="missing", field=field)
    if len(value) > most:
        raise Refused(gettext("This is too long: at most %(most)s letters.", most=most), key="too_long", field=field)
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\0", ""))
    text = text.encode("utf-8", "replace").decode()
    return text.strip()


def no_picture() -> Refused:
    """Give the refusal of a picture that is not kept here."""
    return Refused(
        gettext("The picture is not here any more. Please upload it again."), key="no_picture", field="picture"
    )


def _picture(found: Any) -> str | None:
    if not found:
        return None
    if not isinstance(found, str) or not HASH.fullmatch(found):
        raise no_picture()
    return found


def _gallery(found: Sequence[Picture]) -> dict[str, Any]:
    """Give the fields of several pictures. One without words is a picture as it always was: its file keeps its hash."""
    told = _few("pictures", found)
    if not told:
        return {}
    clean = [Picture(_picture(one.hash) or "", clean_text(one.alt, MAX_ALT, "pictures")) for one in told]
    if len({one.hash for one in clean}) != len(clean):
        raise Refused(gettext("A picture stands twice."), key="picture_twice", field="picture")
    cover = {"picture": clean[0].hash}
    return cover if len(clean) == 1 and not clean[0].alt else {**cover, "pictures": [one.to_json() for one in clean]}


def _tags(found: Any) -> list[str]:
    tags = [clean_text(tag, MAX_TAG, "tags") for tag in found]
    return [tag for tag in dict.fromkeys(_few("tags", tags)) if tag]


def _few(field: str, found: Sequence[Any]) -> list[Any]:
    """Give a list that is not too long. Raises: Refused."""
    most, said = MOST[field]
    if len(found) > most:
        raise Refused(gettext(said, most=most), key=f"too_many_{field}", field=field)
    return list(found)


def read_document(content_hash: str, data: bytes) -> Document:
    """Read a description, whoever wrote it: any spelling of the JSON, and fields that we do not know, are fine.

    Raises: Malformed.
    """
    if len(data) > MAX_JSON_BYTES:
        raise Malformed("longer than 64 KiB")
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_each_once, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise Malformed("not JSON in UTF-8") from None
    if not isinstance(found, dict):
        raise Malformed("not an object")
    title = _text(found, "title" if "title" in found else "name", MAX_TITLE)
    if not title.strip():
        raise Malformed("no title")
    picture, tags = found.get("picture"), found.get("tags", [])
    if picture is not None and not (isinstance(picture, str) and HASH.fullmatch(picture)):
        raise Malformed("picture is no hash")
    if not isinstance(tags, list) or len(tags) > MAX_TAGS:
        raise Malformed("tags are no short list")
    if not all(isinstance(tag, str) and len(tag) <= MAX_TAG for tag in tags):
        raise Malformed("a tag is no short text")
    lang, replaces = found.get("lang", "en"), found.get("replaces")
    gallery = gallery_of(picture, found.get("pictures"))
    return Document(
        hash=content_hash,
        title=title,
        text=_text(found, "text", MAX_TEXT, needed=False),
        lang=lang if lang in ("ko", "en") else "en",
        picture_hash=gallery[0].hash if gallery else None,
        tags=tuple(tags),
        rules=_text(found, "rules", MAX_TEXT, needed=False),
        proofs=proofs_of(found.get("proofs")),
        arbiters=arbiters_of(found.get("arbiters")),
        recognised=recognised_of(found.get("recognised")),
        ask=_text(found, "ask", MAX_ASK, needed=False).strip(),
        replaces=replaces if isinstance(replaces, str) and HASH.fullmatch(replaces) else None,
        pictures=gallery,
    )


def _text(found: dict[str, Any], name: str, most: int, *, needed: bool = True) -> str:
    value = found.get(name, None if needed else "")
    if not isinstance(value, str) or len(value) > most:
        raise Malformed(f"{name} is no text of at most {most} characters")
    # half a surrogate pair is allowed in JSON and in nothing else
    return value.encode("utf-8", "replace").decode().replace("\0", "\ufffd")


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is no JSON")
