"""Arbiters and recognised communities in forms and on pages, as a community's description names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext as _
from wtforms.validators import ValidationError

from frontend.content.documents import Document
from frontend.content.relations import MAX_NAME, MOST_ARBITERS, MOST_RECOGNISED, Arbiter
from frontend.extensions import queries
from frontend.index.views import Community
from frontend.pages.described import Described, described, document_of
from frontend.pages.fields import read_address
from frontend.pages.text import without_ghosts


@dataclass(frozen=True)
class Recognised:
    """A community that another one recognises, and whether that is mutual."""

    community: Community
    is_mutual: bool


def read_arbiters(text: str) -> tuple[Arbiter, ...]:
    """Read a line for each arbiter: address, then a name.

    Raises: ValidationError, which names the line.
    """
    found: dict[str, Arbiter] = {}
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        address, name = [*line.split(None, 1), ""][:2]
        try:
            known = read_address(address).lower()
        except ValidationError as problem:
            raise ValidationError(_("Line %(number)s: %(problem)s", number=number, problem=str(problem))) from problem
        if len(name.strip()) > MAX_NAME:
            raise ValidationError(
                _("Line %(number)s: a name may have %(most)s characters at most.", number=number, most=MAX_NAME)
            )
        if known in found:
            raise ValidationError(_("Line %(number)s: this account stands in a line before.", number=number))
        found[known] = Arbiter(known, name.strip())
    if len(found) > MOST_ARBITERS:
        raise ValidationError(_("At most %(most)s arbiters.", most=MOST_ARBITERS))
    return tuple(found.values())


def read_recognised(text: str) -> tuple[int, ...]:
    """Read numbers of communities, separated by commas or spaces.

    Raises: ValidationError when one is no number, or there is no such community.
    """
    words = text.replace(",", " ").split()
    if not all(word.isascii() and word.isdigit() and len(word) < 19 for word in words):
        raise ValidationError(_("Write numbers of communities, separated by commas."))
    numbers = tuple(dict.fromkeys(int(word) for word in words))
    if len(numbers) > MOST_RECOGNISED:
        raise ValidationError(_("At most %(most)s recognised communities.", most=MOST_RECOGNISED))
    known = {community.id for community in queries.communities_with(numbers)}
    for number in numbers:
        if number == 0 or number not in known:
            raise ValidationError(_("There is no community number %(number)s.", number=number))
    return numbers


def arbiter_lines(document: Document) -> list[str]:
    """Give a line for each arbiter: address, then the name that the community gives it."""
    return [f"{to_checksum_address(one.address)} {one.name}".strip() for one in document.arbiters]


def description_values(document: Document | None) -> dict[str, Any]:
    """Give a description as the fields of the form that edits it."""
    if document is None:
        return {}
    return {
        "text": without_ghosts(document.text),
        "rules": without_ghosts(document.rules),
        "lang": document.lang,
        "tags": without_ghosts(", ".join(document.tags)),
        "picture_hash": document.picture_hash or "",
        "arbiters": without_ghosts("\n".join(line.replace("\n", " ") for line in arbiter_lines(document))),
        "recognised": ", ".join(map(str, document.recognised)),
    }


def known_document(community: Community) -> Document | None:
    """Give what a community says about itself, or what the database remembers of it."""
    about = described(community)
    return about.document or (document_of(community.description) if community.description else None)


def proposed_arbiters(community: Community) -> Sequence[Arbiter]:
    """Give the arbiters whom a community proposes to its sellers."""
    document = described(community).document
    return document.arbiters if document is not None else ()


def listed_arbiter(community: Community, account: str) -> Arbiter | None:
    """Give the entry under which a community proposes an account as arbiter; None when it does not."""
    return next((one for one in proposed_arbiters(community) if one.address == account.lower()), None)


def recognised_communities(community: Community, about: Described) -> list[Recognised]:
    """Give the communities that a description recognises and that exist, by number."""
    if about.document is None:
        return []
    others = [number for number in about.document.recognised if number != community.id]
    return [Recognised(other, _recognises(other, community)) for other in queries.communities_with(others)]


def _recognises(one: Community, other: Community) -> bool:
    document = described(one).document
    return document is not None and other.id in document.recognised
