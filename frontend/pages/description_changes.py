"""What a proposed description would change: its fields beside those of the one it takes the place of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from frontend.content.documents import Document
from frontend.content.findings import State
from frontend.extensions import queries, services
from frontend.index.views import Community
from frontend.pages.relations import arbiter_lines
from frontend.services.proposed_calls import DecodedCall

MOST_LINES = 20


@dataclass(frozen=True)
class FieldChange:
    """Lines that go and lines that come in one field; of each MOST_LINES at most."""

    field: str
    removed: tuple[str, ...]
    added: tuple[str, ...]
    left_out: int  # lines that are not shown here


@dataclass(frozen=True)
class DescriptionChange:
    """What a call that names a description would do."""

    hash: str
    state: State
    document: Document | None
    is_compared: bool  # False: what it takes the place of is not kept here
    is_stale: bool  # it was written for another description than the one it would take the place of
    fields: tuple[FieldChange, ...]


def description_changes(
    community: Community, calls: Sequence[DecodedCall], *, is_over: bool = False
) -> dict[int, DescriptionChange]:
    """Give what calls would change, by their place. Args: is_over: compare with what they were written for instead."""
    found, now = {}, community.metadata_hash
    for place, read in enumerate(calls):
        content_hash = services.calls.description_in(read, community)
        if content_hash is None:
            continue
        after = services.contents.look(content_hash)
        written_for = after.document.replaces if after.document else None
        before = services.contents.look(written_for if is_over else now).document
        found[place] = DescriptionChange(
            content_hash,
            after.state,
            after.document,
            before is not None,
            not is_over and written_for not in (None, now),
            _changed_fields(before, after.document) if before and after.document else (),
        )
        now = content_hash
    return found


def _changed_fields(before: Document, after: Document) -> tuple[FieldChange, ...]:
    old, new = _lines(before), _lines(after)
    return tuple(_change(field, old[field], new[field]) for field in old if old[field] != new[field])


def _change(field: str, old: Sequence[str], new: Sequence[str]) -> FieldChange:
    removed, added = tuple(_without(old, new)), tuple(_without(new, old))
    left_out = sum(max(0, len(lines) - MOST_LINES) for lines in (removed, added))
    return FieldChange(field, removed[:MOST_LINES], added[:MOST_LINES], left_out)


def _without(some: Sequence[str], others: Sequence[str]) -> Iterable[str]:
    """Give the lines that others have not as often. One pass, since anybody can write a long description."""
    spare = Counter(others)
    for line in some:
        if spare[line]:
            spare[line] -= 1
        elif line.strip():
            yield line


def _lines(document: Document) -> dict[str, Sequence[str]]:
    names = {community.id: community.name for community in queries.communities_with(document.recognised)}
    return {
        "name": [document.title],
        "text": document.text.splitlines(),
        "rules": document.rules.splitlines(),
        "lang": [document.lang],
        "tags": document.tags,
        "picture": [document.picture_hash] if document.picture_hash else [],
        "arbiters": arbiter_lines(document),
        "recognised": [f"{number} {names.get(number, '')}".strip() for number in document.recognised],
    }
