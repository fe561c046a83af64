"""How found words are shown: marked in a title, or with what stands around them. Texts stay as hostile as they were."""

from __future__ import annotations

import re

from markupsafe import Markup

from frontend.content.markdown import words_of
from frontend.pages.text import shown
from frontend.search.wanted import Wanted, wanted
from frontend.search.words import fold

BEFORE, LENGTH = 40, 140
MAX_READ = 10_000


class Marker:
    """Marks the words of one search."""

    def __init__(self, typed: str) -> None:
        words = wanted(typed)
        self._pattern = _pattern(words) if words is not None and words.words else None

    def title(self, text: object, length: int) -> Markup:
        """Give a clipped text with every found word marked."""
        raw = str(text or "")
        clipped = raw[:length]
        return self._marked(clipped) + ("…" if len(raw) > length else "")

    def snippet(self, text: object) -> Markup:
        """Give the part of a text around the first found word, without its Markdown; nothing when there is none."""
        if self._pattern is None:
            return Markup("")
        raw = words_of(str(text or ""), MAX_READ)
        first = next(iter(self._places(raw)), None)
        if first is None:
            return Markup("")
        start = max(0, first[0] - BEFORE)
        if start:
            space = raw.find(" ", start, first[0])
            start = space + 1 if space >= 0 else start
        end = min(len(raw), start + LENGTH)
        return Markup("").join(
            ("…" if start else "", self._marked(raw[start:end]), "…" if end < len(raw) else ""),
        )

    def _marked(self, text: str) -> Markup:
        parts: list[Markup] = []
        at = 0
        for start, end in self._places(text):
            parts += [shown(text[at:start]), Markup("<mark>{}</mark>").format(shown(text[start:end]))]
            at = end
        return Markup("").join([*parts, shown(text[at:])])

    def _places(self, text: str) -> list[tuple[int, int]]:
        """List where the words stand: first and behind the last letter."""
        if self._pattern is None:
            return []
        folded = fold(text)
        found = [match.span() for match in self._pattern.finditer(folded)]
        if len(folded) == len(text) or not found:
            return found
        origin = [at for at, sign in enumerate(text) for _ in fold(sign)]
        if len(origin) != len(folded):  # letters that grow together with their neighbours: not worth a mark
            return []
        return [(origin[start], origin[end - 1] + 1) for start, end in found]


def _pattern(words: Wanted) -> re.Pattern[str]:
    spellings = {runs for word in words.words for runs in word.spellings}
    longest_first = sorted(spellings, key=lambda runs: -sum(map(len, runs)))
    return re.compile("|".join(map(_one, longest_first)))


def _one(runs: tuple[str, ...]) -> str:
    edge = r"(?<![0-9a-z])" if runs[0].isascii() else ""
    return edge + r"[\W_]*".join(map(re.escape, runs))
