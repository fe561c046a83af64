"""The levels of a search, the best first, written in the query language of either database."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from frontend.search.wanted import Grade, Phrase, Wanted
from frontend.search.words import TOO_OFTEN

TITLE, TAGS, TEXT = "A", "B", "C"
PLACES = (TITLE, TITLE + TAGS, TITLE + TAGS + TEXT)
COLUMNS = {TITLE: "title", TAGS: "tags", TEXT: "text"}


@dataclass(frozen=True)
class Level:
    """All words met in the same way, in the same places. The lowest level holds everything that is found, with score 0."""

    score: int
    places: str
    grade: Grade


def levels(wanted: Wanted) -> list[Level]:
    """List the levels, the best first."""
    grades = [Grade.WHOLE, Grade.START, *([Grade.INSIDE] if wanted.can_be_inside else [])]
    pairs = [(places, grade) for places in PLACES for grade in grades]
    return [Level(len(pairs) - 1 - at, places, grade) for at, (places, grade) in enumerate(pairs)]


def fts5(wanted: Wanted, level: Level, mark: str | None = None) -> str:
    """Write a level for SQLite's FTS5. Args: mark is a token that must be there too, somewhere."""
    columns = " ".join(COLUMNS[place] for place in level.places)

    def phrase(found: Phrase) -> str:
        return f'"{" ".join(found.tokens)}"{" *" if found.is_prefix else ""}'

    words = (f"({' OR '.join(map(phrase, word.phrases(level.grade)))})" for word in wanted.words)
    found = f"{{{columns}}} : ({' AND '.join(words)})"
    return found if mark is None else f'"{mark}" AND {found}'


def tsquery(wanted: Wanted, level: Level, mark: str | None = None) -> str:
    """Write a level for PostgreSQL's tsquery. Args: mark is a token that must be there too, somewhere."""
    places = "" if level.places == PLACES[-1] else level.places

    def phrase(found: Phrase) -> str:
        last = len(found.tokens) - 1
        marks = ["*" + places if found.is_prefix and at == last else places for at in range(last + 1)]
        return " <-> ".join(
            f"'{token}'{':' + mark if mark else ''}" for token, mark in zip(found.tokens, marks, strict=True)
        )

    words = (f"({' | '.join(f'({phrase(found)})' for found in word.phrases(level.grade))})" for word in wanted.words)
    return " & ".join(words if mark is None else [f"'{mark}'", *words])


def tsvector(fields: Sequence[tuple[str, Sequence[str]]]) -> str:
    """Write a document's tokens for PostgreSQL. Args: pairs of a place and its tokens."""
    places: dict[str, list[str]] = {}
    for token, place in _places(fields):
        places.setdefault(token, []).append(place)
    return " ".join(f"'{token}':{','.join(found)}" for token, found in sorted(places.items()))


def _places(fields: Sequence[tuple[str, Sequence[str]]]) -> Iterator[tuple[str, str]]:
    """Number tokens through all fields, with a gap between two so that no phrase reaches from one into the next."""
    at = 0
    for place, tokens in fields:
        at += 1
        for token in tokens:
            at += 1
            if token != TOO_OFTEN:
                yield token, f"{at}{place}"
