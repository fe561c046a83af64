"""What a listing, a community or a persona says about itself, and whether that is what the chain names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from frontend.content.documents import Document
from frontend.content.findings import State
from frontend.content.gallery import gallery_of
from frontend.extensions import services
from frontend.index.persona_views import Persona
from frontend.index.views import Community, Description, Listing

NO_HASH = "0x" + "0" * 64


@dataclass(frozen=True)
class Described:
    """A description as a page may show it. The document is None unless its bytes match the hash on the chain.

    While the store does not answer, what the database knows of it is shown instead, and the page says so.
    """

    state: State
    hash: str | None
    document: Document | None
    stand_in: str

    @property
    def title(self) -> str:
        """The title, or a stand-in where there is none to be trusted."""
        return self.document.title if self.document is not None else self.stand_in

    @property
    def excerpt(self) -> str:
        """The beginning of the text in plain words."""
        return self.document.excerpt if self.document is not None else ""

    @property
    def is_whole(self) -> bool:
        """Tell whether there is nothing to complain about."""
        return self.state in (State.MATCHING, State.NONE)

    @property
    def can_be_restored(self) -> bool:
        """Tell whether somebody who has the very bytes can help."""
        return self.state in (State.MISSING, State.ALTERED)


def described(subject: Listing | Community | Persona) -> Described:
    """Look at the description of a listing or a community, or at the profile of a persona."""
    content_hash: str | None
    if isinstance(subject, Listing):
        content_hash, stand_in = subject.content_hash, ""
    elif isinstance(subject, Persona):
        content_hash, stand_in = subject.profile_hash, subject.nickname
    else:
        content_hash, stand_in = subject.metadata_hash, subject.name
    finding = services.contents.look(content_hash)
    document = finding.document
    known = None if isinstance(subject, Persona) else subject.description
    if finding.state is State.UNREACHABLE and known is not None:
        document = document_of(known)
    if document is None and isinstance(subject, Listing):
        stand_in = _("Listing %(start)s…", start=subject.id[:10])
    return Described(finding.state, content_hash if content_hash != NO_HASH else None, document, stand_in)


def document_of(known: Description) -> Document:
    """Give what the database knows of a description."""
    return Document(
        known.hash,
        known.title,
        known.text,
        known.lang,
        known.picture_hash,
        tuple(known.tags),
        known.rules,
        pictures=gallery_of(known.picture_hash, None),
    )


def title_of(listing: Listing) -> str:
    """Give a listing's title, or a stand-in where its description is not to be had."""
    return described(listing).title


def prose(about: Described, field: str, level: int = 2) -> Markup:
    """Give a description's text or rules as safe HTML. Args: level is that of its highest heading."""
    if about.document is None:
        return Markup("")
    words: Any = getattr(about.document, field)
    key = (about.hash, field, level) if about.state is State.MATCHING else None
    return services.contents.html(words, level, key)
