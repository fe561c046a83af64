"""What a nickname is, which ones look alike, and how a persona's id holds it. Source: NicknameLib.sol.

A nickname is its own normal form: nothing that has capitals, accents or two spellings is one.
"""

import re
import unicodedata

MIN_BYTES, MAX_BYTES = 3, 32
_SHAPE = re.compile(r"[a-z0-9가-힣]+(?:-[a-z0-9가-힣]+)*")
_FIRST_SYLLABLE, _VOWELS, _FINALS = 0xAC00, 21, 28
# vowels that are read, and often spelled, alike: ㅐ as ㅔ, ㅒ as ㅖ, ㅙ and ㅚ as ㅞ; by their number in a syllable
_ALIKE_VOWELS = {1: 5, 3: 7, 10: 15, 11: 15}
_ALIKE_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_ALIKE_LETTERS = str.maketrans("01i2589", "ollzsbg", "-")


def normalised(text: str) -> str:
    """Give what somebody typed as a nickname would be spelled; it need not be one."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def is_nickname(text: str) -> bool:
    """Tell whether a text can be claimed as it is."""
    return MIN_BYTES <= len(text.encode("utf-8", "replace")) <= MAX_BYTES and _SHAPE.fullmatch(text) is not None


def persona_of(nickname: str) -> str:
    """Give the id of the persona of this name, 0x hex."""
    return "0x" + nickname.encode().ljust(MAX_BYTES, b"\0").hex()


def nickname_of(persona: str) -> str | None:
    """Give the nickname that an id holds; None when it can be none."""
    try:
        found = bytes.fromhex(persona[2:]).rstrip(b"\0").decode()
    except ValueError:
        return None
    return found if is_nickname(found) else None


def skeleton(nickname: str) -> str:
    """Give what is left of a nickname when differences that are easily overlooked are taken away.

    Two nicknames with the same skeleton look alike: d0kkaebi and dokkaebi, night-owl and nightowl, 가게 and 가개.
    """
    found = nickname.translate(_ALIKE_LETTERS)
    for pair, alike in _ALIKE_PAIRS:
        found = found.replace(pair, alike)
    return "".join(map(_plain_syllable, found))


def _plain_syllable(character: str) -> str:
    number = ord(character) - _FIRST_SYLLABLE
    if number < 0:
        return character
    head, final = divmod(number, _FINALS)
    first, vowel = divmod(head, _VOWELS)
    vowel = _ALIKE_VOWELS.get(vowel, vowel)
    return chr(_FIRST_SYLLABLE + (first * _VOWELS + vowel) * _FINALS + final)
