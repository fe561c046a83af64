"""Every text of the pages exists in Korean, with the same blanks to fill in."""

from __future__ import annotations

import re
from pathlib import Path

from babel.messages.pofile import read_po

from tools.messages import collect, parts_of

ROOT = Path(__file__).resolve().parents[3]
BLANK = re.compile(r"%\(\w+\)[sd]")


def test_text_has_a_korean_translation_when_collected_from_the_frontend() -> None:
    known = parts_of("ko")
    missing = [
        text for text in collect() if text not in known and (text[0] if isinstance(text, tuple) else text) not in known
    ]
    plurals = {text[0] for text in collect() if isinstance(text, tuple)}
    assert not [text for text in missing if text not in plurals]


def test_translation_keeps_the_blanks_when_compared_with_its_text() -> None:
    with (ROOT / "frontend/translations/ko/pages.po").open("rb") as file:
        for message in read_po(file, locale="ko"):
            if not message.id:
                continue
            texts = message.id if isinstance(message.id, tuple) else (message.id,)
            found = message.string if isinstance(message.string, tuple) else (message.string,)
            for string in found:
                assert set(BLANK.findall(string)) == set(BLANK.findall(texts[-1])), texts[0]


def test_translation_is_used_when_it_is_in_the_file() -> None:
    with (ROOT / "frontend/translations/ko/pages.po").open("rb") as file:
        mine = {message.id if isinstance(message.id, str) else message.id[0] for message in read_po(file) if message.id}
    wanted = {text if isinstance(text, str) else text[0] for text in collect()}
    assert not mine - wanted
