"""Texts as a page shows them. Whatever came from a person or the chain is hostile until it has passed `shown`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from markupsafe import Markup, escape

JOINER = "\u200d"
EMOJI_STYLE = "\ufe0f"
MAX_MARKS = 3
# letters and signs of which each can be seen and stands for itself: most texts hold nothing else, and are shown as they are
USUAL = re.compile(
    "[\n\t\x20-\x7e\xa1-\xac\xae-\u02af\u2010-\u2027\u3001-\u3029\u3131-\u3163\u4e00-\u9fff\uac00-\ud7a3]*"
)

DAY_S, HOUR_S = 86_400, 3_600


def is_ghost(char: str) -> bool:
    """Tell whether a character cannot be seen but changes what is read: controls, zero width, bidi overrides."""
    if char in "\n\t" or char == " ":
        return False
    # Hangul fillers and the braille blank are letters by category, and blank to the eye
    return (
        unicodedata.category(char) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"} or char in "\u115f\u1160\u3164\uffa0\u2800"
    )


def ghosts_in(text: str) -> list[str]:
    """Give the code points in a text that cannot be seen, each once; joiners inside emoji do not count."""
    found = {char: None for at, char in enumerate(text) if is_ghost(char) and not _joins_emoji(text, at)}
    return [f"U+{ord(char):04X}" for char in found]


def shown(text: object, length: int | None = None) -> Markup:
    """Show a text safely: escaped, unseen characters marked, stacked accents limited, clipped to a length."""
    usual = _usual(text, length)
    if usual is not None:
        return escape(usual)
    parts = [
        Markup('<span class="ghost-char">{}</span>').format(char) if len(char) > 1 else escape(char)
        for char in _characters(text, length)
    ]
    return Markup("").join(parts)


def plain(text: object, length: int | None = None) -> str:
    """The same without marks of HTML, for titles, options and attributes."""
    usual = _usual(text, length)
    return "".join(_characters(text, length)) if usual is None else usual


def without_ghosts(text: str) -> str:
    """Give a text without the characters that cannot be seen, for a form that edits it."""
    return "".join(char for at, char in enumerate(text) if not is_ghost(char) or _joins_emoji(text, at))


def _usual(text: object, length: int | None) -> str | None:
    """Give a text of usual letters clipped to a length; None when it must be looked at letter by letter."""
    raw = "" if text is None else str(text)
    if not USUAL.fullmatch(raw):
        return None
    return raw if length is None or len(raw) <= length else raw[:length] + "…"


def _characters(text: object, length: int | None) -> Iterator[str]:
    """Give character by character what may be shown; an unseen one as its name, such as U+202E."""
    raw = "" if text is None else str(text)
    marks = 0
    for at, char in enumerate(raw if length is None else raw[:length]):
        marks = marks + 1 if unicodedata.combining(char) else 0
        if marks > MAX_MARKS:
            continue
        yield f"U+{ord(char):04X}" if is_ghost(char) and not _joins_emoji(raw, at) else char
    if length is not None and len(raw) > length:
        yield "…"


def _joins_emoji(text: str, at: int) -> bool:
    if text[at] != JOINER:
        return False
    before = text[at - 1] if at else ""
    after = text[at + 1] if at + 1 < len(text) else ""
    return _pictures(before) and _pictures(after)


def _pictures(char: str) -> bool:
    return char == EMOJI_STYLE or (char != "" and (unicodedata.category(char) in {"So", "Sk"} or char in "♀♂"))
