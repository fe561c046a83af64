"""Cuts a text into search tokens, the same way for what is kept and for what is looked for.

Letters and digits of most scripts make whole words: `lamp`, `30`, `cm`. Hangul, Han and kana are written without spaces
where it matters (도자기를, 도자기), so a run of them becomes overlapping pairs, with a token before it for its beginning
and one behind it for its end:

    도자기  →  _도  도자  자기  기

Each letter of a run begins exactly one token, and the pairs of a run stand side by side. So 자기 is found inside of 도자기,
도자기 is not found where 자기 and 도자 stand apart, and a single letter is the beginning of a token.
"""

import re
import unicodedata
from collections.abc import Iterator

MAX_WORD = 64
MAX_TOKENS = 15_000  # PostgreSQL counts places up to 16 383
MAX_REPEATS = 255  # and keeps 256 places of one token
TOO_OFTEN = "_"

PAIRED = (
    "\u1100-\u11ff\ua960-\ua97f\uac00-\ud7ff"  # Hangul
    "\u3040-\u30ff\u31f0-\u31ff"  # kana
    "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"  # Han
)
JAMO = "\u1100-\u11ff\ua960-\ua97f\ud7b0-\ud7ff"
PICTURES = "\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
PIECES = re.compile(rf"[{PAIRED}]+|[0-9]+|[{PICTURES}]|(?:(?![{PAIRED}{PICTURES}0-9_])\w)+")
ACCENTS = re.compile("[\u0300-\u036f]+")
PAIRED_RUN = re.compile(rf"[{PAIRED}]+")
FILLERS = str.maketrans({"\u115f": None, "\u1160": None})


def fold(text: str) -> str:
    """Give a text as it is compared: full-width and half-width forms, case, accents and unseen signs make no difference."""
    wide = unicodedata.normalize("NFKC", text).casefold()
    bare = ACCENTS.sub("", unicodedata.normalize("NFKD", wide))
    seen = "".join(sign for sign in bare if sign.isascii() or unicodedata.category(sign) not in ("Cf", "Cs"))
    return unicodedata.normalize("NFKC", seen.translate(FILLERS))


def runs(folded: str) -> Iterator[str]:
    """Give the words and runs of a folded text, and pictures (emoji) one by one."""
    for found in PIECES.finditer(folded):
        yield found.group()


def is_paired(run: str) -> bool:
    """Tell whether a run is cut into pairs."""
    return PAIRED_RUN.match(run) is not None


def tokens_of_run(run: str) -> list[str]:
    """Give the tokens of one run."""
    if not is_paired(run):
        return [run[:MAX_WORD]]
    return ["_" + run[0], *(run[at : at + 2] for at in range(len(run)))]


def tokens(text: str) -> list[str]:
    """Give a text's tokens in order, as many as both databases count."""
    found: list[str] = []
    seen: dict[str, int] = {}
    for run in runs(fold(text)):
        for token in tokens_of_run(run):
            seen[token] = seen.get(token, 0) + 1
            found.append(token if seen[token] <= MAX_REPEATS else TOO_OFTEN)
        if len(found) >= MAX_TOKENS:
            break
    return found[:MAX_TOKENS]
