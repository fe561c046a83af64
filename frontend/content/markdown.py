"""Texts of strangers as HTML: CommonMark without raw HTML, and behind it a short list of what may pass at all.

Line breaks stay as they were written. Links go to http and https only, say their host, and are followed by no search
engine. Pictures are our own; another site's picture is a link, so that no request leaves the page. E-mail links are not
made: these texts stay for ever, and an address would tie a nickname to a person.
"""

import re
from collections.abc import Iterator, MutableMapping, Sequence
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import nh3
from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markupsafe import Markup, escape

from frontend.pages.text import plain, shown

OWN = re.compile(r"/content/0x[0-9a-f]{64}(/640)?")
WEB = re.compile(r"https?://[^/?#\s]", re.IGNORECASE)
HEADINGS = ("h2", "h3", "h4", "h5", "h6")
TAGS = {
    "p", "br", "hr", "ul", "ol", "li", "blockquote", "pre", "code", "em", "strong", "a", "img", "span", *HEADINGS,
}  # fmt: skip
ATTRIBUTES = {"*": set[str](), "a": {"href"}, "img": {"src", "alt", "loading", "decoding"}, "ol": {"start"}}
CLASSES = {"span": {"ghost-char", "link-host"}}
MAX_LINE = 2_000  # of plain words beyond which the shortening loop does not look


def to_html(text: str, level: int = 2) -> Markup:
    """Give a text as safe HTML. Args: level is that of its highest heading, 2 below a page's title."""
    try:
        tokens = list(_own_rules(_parser().parse(text), level))
        made = str(_parser().renderer.render(tokens, _parser().options, {}))
    except (RecursionError, ValueError):
        # nothing that we know of comes here; if it does, words are still words
        made = str(Markup("<p>{}</p>").format(shown(text)))
    return Markup(_pass_through(made))  # noqa: S704 this is what nh3 let through


def words_of(text: str, length: int) -> str:
    """Give the beginning of a text as plain words, without its marks."""
    found: list[str] = []
    size = 0
    for token in _parser().parse(text[:MAX_LINE]):
        for part in token.children or ([token] if token.type in ("fence", "code_block") else []):
            word = " " if part.type in ("softbreak", "hardbreak") else part.content
            found.append(word)
            size += len(word)
        if token.type == "inline":
            found.append(" ")
        if size > length:
            break
    words = " ".join("".join(found).split())
    return words if len(words) <= length else words[:length].rstrip() + "…"


@cache
def _parser() -> MarkdownIt:
    found = MarkdownIt("commonmark", {"html": False, "breaks": True, "linkify": False}, renderer_cls=_Renderer)
    found.validateLink = _may_link  # type: ignore[method-assign]  # the library's own way to narrow it
    return found


def _may_link(url: str) -> bool:
    return bool(OWN.fullmatch(url) or WEB.match(url))


def _own_rules(tokens: Sequence[Token], level: int) -> Iterator[Token]:
    """Fit headings into the page's outline, and look at every link and picture."""
    # a heading may be one deeper than the one above it, no more: whoever listens to the page hears where it belongs
    deepest = level - 1
    for token in tokens:
        if token.type == "heading_open":
            deepest = min(level - 1 + int(token.tag[1]), deepest + 1, 6)
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{deepest}"
        if token.children:
            token.children = list(_links_and_pictures(token.children))
        yield token


def _links_and_pictures(parts: Sequence[Token]) -> Iterator[Token]:
    inside: str | None = None
    words = ""
    for part in parts:
        if part.type == "link_open":
            inside, words = str(part.attrs.get("href", "")), ""
        words += part.content
        if part.type == "image" and not OWN.fullmatch(str(part.attrs.get("src", ""))):
            yield from _as_link(part, inside)
            continue
        yield part
        if part.type == "link_close" and inside is not None:
            yield from _host_beside(inside, words)
            inside = None


def _as_link(picture: Token, inside: str | None) -> Iterator[Token]:
    """Another site's picture: its words, linked unless they stand in a link already."""
    url = str(picture.attrs.get("src", ""))
    words = Token("text", "", 0, content=picture.content or url)
    if inside is not None:
        yield words
        return
    yield Token("link_open", "a", 1, attrs={"href": url})
    yield words
    yield Token("link_close", "a", -1)
    yield from _host_beside(url, words.content)


def _host_beside(url: str, words: str) -> Iterator[Token]:
    """Say where a link goes, unless its words say it."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        host = "?"
    if host and not re.search(rf"(^|//){re.escape(host)}(/|$)", words.strip()):
        yield Token("link_host", "", 0, content=host)


class _Renderer(RendererHTML):
    """Words pass `shown`: unseen characters are named, stacked accents cut."""

    def text(self, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return str(shown(tokens[at].content))

    def code_inline(self, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return f"<code>{shown(tokens[at].content)}</code>"

    def code_block(self, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return f"<pre><code>{shown(tokens[at].content)}</code></pre>\n"

    def fence(self, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return self.code_block(tokens, at, options, env)

    def image(self, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]) -> str:
        picture = tokens[at]
        source = str(picture.attrs["src"]).removesuffix("/640")
        return f'<img src="{source}/640" alt="{escape(plain(picture.content, 200))}" loading="lazy" decoding="async">'

    def link_host(self, tokens: Sequence[Token], at: int, options: Any, env: MutableMapping[str, Any]) -> str:
        return f' <span class="link-host">({shown(tokens[at].content, 80)})</span>'


def _pass_through(made: str) -> str:
    return nh3.clean(
        made,
        tags=TAGS,
        attributes=ATTRIBUTES,
        allowed_classes=CLASSES,
        attribute_filter=_attribute,
        url_schemes={"http", "https"},
        link_rel="nofollow noopener noreferrer",
    )


def _attribute(tag: str, name: str, value: str) -> str | None:
    """Let addresses through that we made ourselves, whatever came before."""
    if (tag, name) == ("img", "src"):
        return value if OWN.fullmatch(value) else None
    if (tag, name) == ("a", "href"):
        return value if _may_link(value) else None
    return value
