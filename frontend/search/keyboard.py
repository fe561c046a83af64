"""What somebody meant who typed with the keyboard set to the other language: ehwkrl is 도자기, and ㅣ므ㅔ is lamp.

Source: the standard two-set Korean layout (KS X 5002).
"""

import unicodedata

KEYS = {
    "r": "ㄱ", "R": "ㄲ", "s": "ㄴ", "e": "ㄷ", "E": "ㄸ", "f": "ㄹ", "a": "ㅁ", "q": "ㅂ", "Q": "ㅃ", "t": "ㅅ", "T": "ㅆ",
    "d": "ㅇ", "w": "ㅈ", "W": "ㅉ", "c": "ㅊ", "z": "ㅋ", "x": "ㅌ", "v": "ㅍ", "g": "ㅎ",
    "k": "ㅏ", "o": "ㅐ", "i": "ㅑ", "O": "ㅒ", "j": "ㅓ", "p": "ㅔ", "u": "ㅕ", "P": "ㅖ", "h": "ㅗ", "y": "ㅛ", "n": "ㅜ",
    "b": "ㅠ", "m": "ㅡ", "l": "ㅣ",
}  # fmt: skip
LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
PAIRS = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ", "ㅡㅣ": "ㅢ",
    "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ", "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ",
    "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}  # fmt: skip
APART = {both: tuple(pair) for pair, both in PAIRS.items()}
LETTERS = {letter: key for key, letter in KEYS.items()}
FIRST, LAST = 0xAC00, 0xD7A3
MAX_TYPED = 100


def other_layout(typed: str) -> str | None:
    """Give what was meant, None where the typed text makes no sense on the other layout."""
    text = unicodedata.normalize("NFC", typed.strip()[:MAX_TYPED])
    words = text.split()
    if not words:
        return None
    if text.isascii():
        # a capital that no Korean letter needs was meant as a small one
        meant = [_compose([KEYS.get(key) or KEYS.get(key.lower(), "") for key in word]) for word in words]
        made_sense = all(word.isalpha() for word in words) and all(map(_is_whole, meant))
        return " ".join(meant) if made_sense else None
    keys = ["".join(LETTERS.get(letter, "?") for sign in word for letter in _letters(sign)) for word in words]
    return None if any("?" in word for word in keys) else " ".join(keys).lower()


def _is_whole(word: str) -> bool:
    """Tell whether a word is of whole syllables only."""
    return bool(word) and all(FIRST <= ord(sign) <= LAST for sign in word)


def _letters(sign: str) -> list[str]:
    """Take a syllable or letter apart into what is on the keys."""
    if not FIRST <= ord(sign) <= LAST:
        return list(APART.get(sign, (sign,)))
    at = ord(sign) - FIRST
    parts = (LEADS[at // 588], VOWELS[at % 588 // 28], TAILS[at % 28].strip())
    return [letter for part in parts if part for letter in APART.get(part, (part,))]


def _compose(letters: list[str]) -> str:
    """Put letters together as an input method does: a consonant before a vowel begins a syllable."""
    made: list[str] = []
    at = 0
    while at < len(letters):
        if letters[at] not in LEADS or at + 1 >= len(letters) or letters[at + 1] not in VOWELS:
            made.append(letters[at])
            at += 1
            continue
        lead, vowel, at = letters[at], letters[at + 1], at + 2
        if at < len(letters) and (both := PAIRS.get(vowel + letters[at])) is not None:
            vowel, at = both, at + 1
        tail = ""
        while at < len(letters) and _ends_syllable(letters, at):
            longer = PAIRS.get(tail + letters[at]) if tail else letters[at]
            if longer is None or longer not in TAILS:
                break
            tail, at = longer, at + 1
        code = FIRST + LEADS.index(lead) * 588 + VOWELS.index(vowel) * 28 + (TAILS.index(tail) if tail else 0)
        made.append(chr(code))
    return "".join(made)


def _ends_syllable(letters: list[str], at: int) -> bool:
    """Tell whether a letter is a consonant that no vowel follows."""
    return letters[at] in LEADS and not (at + 1 < len(letters) and letters[at + 1] in VOWELS)
