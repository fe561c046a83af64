"""A page of HTML as a test wants to see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    "meta",
    "link",
    "input",
    "img",
    "br",
    "hr",
    "source",
    "path",
    "circle",
    "rect",
    "ellipse",
    "polygon",
    "polyline",
}

ENDS_A_WORD = {"dt", "dd", "td", "th", "p", "li", "h1", "h2", "h3", "label", "option"}


@dataclass
class Page(HTMLParser):
    """What stands in a document: its tags with attributes, title, headings, and texts of scripts and styles."""

    source: str
    tags: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    title: str = ""
    words: str = ""

    def __post_init__(self) -> None:
        super().__init__()
        self._open: list[str] = []
        self.scripts: list[str] = []
        self.feed(self.source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag in ENDS_A_WORD:
            self.words += " "
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data: str) -> None:
        if "title" in self._open and "svg" not in self._open:
            self.title += data
        elif "script" in self._open or "style" in self._open:
            self.scripts.append(data)
        else:
            self.words += data

    def all(self, tag: str) -> list[dict[str, str | None]]:
        """Give the attributes of every tag of a name."""
        return [attrs for found, attrs in self.tags if found == tag]

    def values(self) -> dict[str, str]:
        """Give what stands in the document's fields, by name; text areas by what is in them."""
        return {str(attrs.get("name")): attrs.get("value") or "" for attrs in self.all("input") if attrs.get("name")}
