"""An account's notifications as an Atom feed (RFC 4287)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from xml.etree import ElementTree

from flask_babel import gettext as _

from frontend.i18n import spoken_language
from frontend.pages.notices import Told

ATOM = "http://www.w3.org/2005/Atom"
LANGUAGE = "{http://www.w3.org/XML/1998/namespace}lang"


def atom_of(told: list[Told], *, origin: str, account: str, made_at_ts: int) -> bytes:
    """Give a feed. Nothing in it opens it: the address that it was asked under is a secret and stands nowhere.

    Args: made_at_ts is when that address was made, the time of a feed without entries.
    """
    ElementTree.register_namespace("", ATOM)
    feed = ElementTree.Element(f"{{{ATOM}}}feed", {LANGUAGE: spoken_language()})
    newest_ts = max([made_at_ts, *(one.notice.at_ts for one in told)])
    _put(feed, "id", f"{origin}/notifications#{_mark_of(account)}")
    _put(feed, "title", _("Dokkaebi market: notifications"))
    _put(feed, "updated", _moment(newest_ts))
    _put(_put(feed, "author"), "name", _("Dokkaebi market"))
    _put(feed, "link", rel="alternate", type="text/html", href=f"{origin}/notifications")
    for one in told:
        notice = one.notice
        order = f"{origin}/o/{notice.order_key}"
        entry = _put(feed, "entry")
        _put(entry, "id", f"{order}#{notice.tx_hash}-{notice.log_index}")
        _put(entry, "title", f"{one.text} {one.title}".strip())
        _put(entry, "updated", _moment(notice.at_ts))
        _put(entry, "category", term=notice.kind)
        _put(entry, "link", rel="alternate", type="text/html", href=order)
        _put(entry, "content", one.text, type="text")
    return bytes(ElementTree.tostring(feed, encoding="utf-8", xml_declaration=True))


def _put(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
    found = ElementTree.SubElement(parent, f"{{{ATOM}}}{name}", attributes)
    found.text = text
    return found


def _moment(at_ts: int) -> str:
    return datetime.fromtimestamp(at_ts, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _mark_of(account: str) -> str:
    """Give what tells one account's feed from another's in a reader."""
    return hashlib.sha256(f"feed of {account.lower()}".encode()).hexdigest()[:32]
