"""Which hashes are referred to: by the chain, by descriptions that are kept, by drafts and intents. Reads SQL, changes nothing."""

import json
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, or_, select

from frontend.index.models import communities, events, listings, personas, proposals, reviews, sealed_files
from frontend.store.models import AppContent, AppDraft, AppIntent

ANY_HASH = re.compile(r"0x[0-9a-f]{64}")
# the events whose arguments name content
NAMING = (
    "CommunityOpened",
    "ContractMetadataChanged",
    "ListingOpened",
    "Evidence",
    "PersonaProfileSet",
    "ClaimPhaseOpened",
    "Reviewed",
    "Replied",
)
SAID = ("hash", "reply_hash")
AT_ONCE = 1_000

contents: Any = AppContent.__table__


@dataclass(frozen=True)
class Wanted:
    """Who names a hash. kind: "listing", "community" or "persona" with its id, "statement" or "review" by its order, "proposal" by its governor, or "picture" of a kept description."""

    kind: str
    id: str


def who_wants(engine: Engine, content_hash: str) -> Wanted | None:
    """Give one who names this hash on the chain, or in a description that is kept here; None when nobody does."""
    names = f'"{content_hash}"'
    picture = or_(
        contents.c.picture_hash == content_hash,
        contents.c.pictures.contains(f'"{content_hash}"', autoescape=True),
        contents.c.text.contains(f"/content/{content_hash}", autoescape=True),
        contents.c.rules.contains(f"/content/{content_hash}", autoescape=True),
    )
    questions: tuple[tuple[str, Select[Any]], ...] = (
        ("listing", select(listings.c.id).where(listings.c.content_hash == content_hash)),
        ("community", select(communities.c.id).where(communities.c.metadata_hash == content_hash)),
        ("persona", select(personas.c.id).where(personas.c.profile_hash == content_hash)),
        ("picture", select(contents.c.hash).where(picture)),
        ("proposal", select(proposals.c.governor).where(proposals.c.calls.contains(content_hash[2:]))),
        ("statement", select(events.c.subject).where(events.c.name == "Evidence", events.c.args.contains(names))),
        ("review", select(reviews.c.order_key).where(or_(*(reviews.c[name] == content_hash for name in SAID)))),
    )
    with engine.connect() as connection:
        for kind, question in questions:
            found = connection.execute(question.limit(1)).scalar_one_or_none()
            if found is not None:
                return Wanted(kind, str(found))
    return None


def files_named(engine: Engine, hashes: Collection[str]) -> set[str]:
    """Give those of these ciphertext hashes that a listing names, or ever named. The one place that knows.

    A file stays as long as it is given here: its buyers may fetch it again after the listing has ended.
    """
    asked, found = sorted(hashes), set()
    with engine.connect() as connection:
        for start in range(0, len(asked), AT_ONCE):
            part = sealed_files.c.ciphertext_hash.in_(asked[start : start + AT_ONCE])
            found |= set(connection.execute(select(sealed_files.c.ciphertext_hash).where(part)).scalars())
    return found


def on_chain_now(engine: Engine) -> Iterator[Wanted]:
    """Give what is described at this moment: listings, communities and personas by kind, the hash in place of the id."""
    described = (
        ("listing", listings.c.content_hash),
        ("community", communities.c.metadata_hash),
        ("persona", personas.c.profile_hash),
    )
    for kind, column in described:
        for value in _stream(engine, select(column).where(column.is_not(None)).distinct()):
            yield Wanted(kind, value)


def everything_named(engine: Engine) -> set[str]:
    """Give every hash that the chain ever named, or that a draft or an intent holds."""
    questions = (
        select(events.c.args).where(events.c.name.in_(NAMING)),
        select(AppDraft.fields),
        select(AppIntent.args),
        select(AppIntent.summary),
    )
    found = {wanted.id for wanted in on_chain_now(engine)}
    for question in questions:
        found |= _hashes(_stream(engine, question))
    # a call that is encoded names the hash without 0x
    for data in _stream(engine, select(AppIntent.data)):
        found |= _words(data)
    for calls in _stream(engine, select(proposals.c.calls)):
        found |= {word for _target, _wei, data in json.loads(calls) for word in _words(data)}
    return found | _lists_with(engine, found)


def _lists_with(engine: Engine, roots: set[str]) -> set[str]:
    """Give the lists of claim phases whose Merkle root is among these hashes."""
    with engine.connect() as connection:
        kept = select(contents.c.hash, contents.c.merkle_root).where(contents.c.merkle_root.is_not(None))
        return {row.hash for row in connection.execute(kept) if row.merkle_root in roots}


def pictures_of(engine: Engine, hashes: set[str]) -> set[str]:
    """Give the pictures that these descriptions show, and the thumbnails that these pictures have."""
    columns = tuple(contents.c[name] for name in ("hash", "picture_hash", "pictures", "text", "rules"))
    with engine.connect() as connection:
        found: set[str] = set()
        for row in connection.execute(select(*columns).execution_options(yield_per=AT_ONCE)):
            if row.hash in hashes:
                found |= {row.picture_hash} if row.picture_hash else set()
                found |= _hashes((row.pictures or "", row.text or "", row.rules or ""))
        thumbs = select(contents.c.hash, contents.c.thumb_320_hash, contents.c.thumb_640_hash)
        for row in connection.execute(thumbs.execution_options(yield_per=AT_ONCE)):
            if row.hash in found or row.hash in hashes:
                found |= {value for value in (row.thumb_320_hash, row.thumb_640_hash) if value}
    return found


def _words(data: str) -> set[str]:
    """Give the words of an encoded call, as if each were a hash."""
    return {"0x" + data[at : at + 64] for at in range(10, len(data), 64)}


def _hashes(texts: Iterable[str]) -> set[str]:
    return {found for text in texts for found in ANY_HASH.findall(text)}


def _stream(engine: Engine, question: Select[Any]) -> Iterator[str]:
    with engine.connect() as connection:
        for value in connection.execute(question.execution_options(yield_per=AT_ONCE)).scalars():
            yield str(value)
