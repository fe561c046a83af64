"""What somebody looks for, read from what they typed: phrases of tokens, from the exact to the loose.

Every typed word must be found. A word is found whole, at the beginning of a word, or (only in scripts that are cut into
pairs) inside of one; a title counts more than tags, tags more than the text. No sign of the typed text reaches a
database's query language: tokens are letters, digits and pictures only.
"""

import re
from dataclasses import dataclass
from enum import IntEnum

from frontend.search.words import JAMO, fold, is_paired, runs, tokens_of_run

MAX_TYPED = 400
MAX_WORDS = 8
MAX_PHRASE = 32
UNFINISHED = re.compile(rf"(?<=[^{JAMO}])[{JAMO}]+$")  # what an input method leaves in the middle of a syllable
# what a noun carries in a sentence and is seldom a noun's own end
PARTICLES = ("에서", "에게", "으로", "을", "를", "은", "는", "의", "와", "과")
MIN_STEM = 2
MIN_PREFIX = 2
MIN_SINGULAR = 3


class Grade(IntEnum):
    """How closely a word is met."""

    INSIDE = 0
    START = 1
    WHOLE = 2


@dataclass(frozen=True)
class Phrase:
    """Tokens that stand side by side; the last one may be only the beginning of a token."""

    tokens: tuple[str, ...]
    is_prefix: bool = False


@dataclass(frozen=True)
class Word:
    """One typed word: the phrases of each grade, of which any will do. Whatever meets a closer grade meets a looser one."""

    text: str
    spellings: tuple[
        tuple[str, ...], ...
    ]  # as typed, and alike: without a particle, in singular and plural; each as its runs
    whole: tuple[Phrase, ...]
    start: tuple[Phrase, ...]
    inside: tuple[Phrase, ...]

    def phrases(self, grade: Grade) -> tuple[Phrase, ...]:
        """Give the phrases of a grade."""
        return {Grade.WHOLE: self.whole, Grade.START: self.start, Grade.INSIDE: self.inside}[grade]


@dataclass(frozen=True)
class Wanted:
    """All typed words; none of them may be there when nothing typed can be looked for."""

    words: tuple[Word, ...]

    @property
    def can_be_inside(self) -> bool:
        """Tell whether looking inside of words finds more than looking at their beginnings."""
        return any(word.inside != word.start for word in self.words)


def wanted(typed: str) -> Wanted | None:
    """Read what was typed; None when it is blank."""
    text = typed[:MAX_TYPED].replace("\0", " ")
    if not text.strip():
        return None
    pieces = (UNFINISHED.sub("", piece) for piece in fold(text).split())
    found = (_word(piece) for piece in dict.fromkeys(pieces))
    return Wanted(tuple(word for word in found if word is not None)[:MAX_WORDS])


def _word(piece: str) -> Word | None:
    parts = list(runs(piece))
    if not parts:
        return None
    whole, start, inside = _whole(parts), _start(parts), _inside(parts)
    like = [other for other in (_without_particle(parts), _singular(parts), _plural(parts)) if other is not None]
    return Word(
        piece,
        tuple(tuple(runs_of) for runs_of in (parts, *like)),
        (whole,),
        _unique(start, *(_whole(other) for other in like if not is_paired(other[-1]))),
        _unique(start if inside is None else inside, *(_loosest(other) for other in like)),
    )


def _tokens(parts: list[str]) -> list[str]:
    return [token for run in parts for token in tokens_of_run(run)]


def _whole(parts: list[str]) -> Phrase:
    return Phrase(tuple(_tokens(parts)[:MAX_PHRASE]))


def _start(parts: list[str]) -> Phrase:
    """Leave the end of the last run open."""
    found = _tokens(parts)
    if is_paired(parts[-1]):
        return Phrase(tuple(found[:-1][:MAX_PHRASE]))
    return Phrase(tuple(found[:MAX_PHRASE]), _grows(parts[-1]) and len(found) <= MAX_PHRASE)


def _inside(parts: list[str]) -> Phrase | None:
    """Leave the beginning of the first run open too, where it is cut into pairs."""
    if not is_paired(parts[0]):
        return None
    if len(parts) == 1 and len(parts[0]) == 1:
        return Phrase((parts[0],), is_prefix=True)
    start = _start(parts)
    return Phrase(start.tokens[1:], start.is_prefix)


def _loosest(parts: list[str]) -> Phrase:
    inside = _inside(parts)
    return _whole(parts) if inside is None else inside


def _grows(run: str) -> bool:
    """Tell whether the beginning of a word is enough: not of a number, nor a single letter."""
    return len(run) >= MIN_PREFIX and not run.isdecimal()


def _without_particle(parts: list[str]) -> list[str] | None:
    """Give 도자기 for 도자기를."""
    last = parts[-1]
    for particle in PARTICLES:
        if last.endswith(particle) and len(last) - len(particle) >= MIN_STEM:
            return [*parts[:-1], last.removesuffix(particle)]
    return None


def _singular(parts: list[str]) -> list[str] | None:
    """Give lamp for lamps, story for stories, box for boxes."""
    last = parts[-1]
    if not last.isascii() or len(last) <= MIN_SINGULAR or not last.endswith("s") or last.endswith("ss"):
        return None
    if last.endswith("ies") and len(last) > MIN_SINGULAR + 1:
        return [*parts[:-1], last[:-3] + "y"]
    if last.endswith(("xes", "ches", "shes", "sses", "zes")):
        return [*parts[:-1], last[:-2]]
    return [*parts[:-1], last[:-1]]


def _plural(parts: list[str]) -> list[str] | None:
    """Give stories for story; other plurals begin with the word itself."""
    last = parts[-1]
    if not last.isascii() or len(last) <= MIN_SINGULAR or not last.endswith("y") or last[-2] in "aeiou":
        return None
    return [*parts[:-1], last[:-1] + "ies"]


def _unique(*phrases: Phrase) -> tuple[Phrase, ...]:
    return tuple(dict.fromkeys(phrases))
