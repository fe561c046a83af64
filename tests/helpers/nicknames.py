"""What a nickname may be, told without the contract's byte arithmetic: from the list of all syllables."""

import string

from eth_utils import keccak

MIN_BYTES, MAX_BYTES = 3, 32
MIN_COMMIT_AGE_S, MAX_COMMIT_AGE_S = 60, 86_400
COOLING_OFF_S, ACCEPT_WINDOW_S = 3 * 86_400, 14 * 86_400
LATIN = {letter.encode() for letter in string.ascii_lowercase + string.digits}
SYLLABLES = [chr(point).encode() for point in range(0xAC00, 0xD7A4)]
BEGINNINGS = {syllable[:length] for syllable in SYLLABLES for length in (1, 2, 3)}

Refusal = tuple[str, *tuple[int | bytes, ...]]


def refusal(raw: bytes) -> Refusal | None:
    """Give the error with which bytes are refused as a nickname, and its arguments; None when they are one."""
    if not MIN_BYTES <= len(raw) <= MAX_BYTES:
        return "PersonasBadLength", len(raw), MIN_BYTES, MAX_BYTES
    place, may_be_hyphen = 0, False
    while place < len(raw):
        if raw[place : place + 1] == b"-":
            if not may_be_hyphen or place == len(raw) - 1:
                return "PersonasBadHyphen", place
            may_be_hyphen = False
            place += 1
            continue
        may_be_hyphen = True
        if raw[place : place + 1] in LATIN:
            place += 1
            continue
        for end in (place + 1, place + 2, place + 3):
            if end > len(raw):
                return "PersonasBadByte", len(raw), b"\0"
            if raw[place:end] not in BEGINNINGS:
                return "PersonasBadByte", end - 1, raw[end - 1 : end]
        place += 3
    return None


def persona_of(nickname: str) -> str:
    """Give a nickname's id."""
    return "0x" + nickname.encode().ljust(32, b"\0").hex()


def commitment(account, nickname: str, salt: str) -> str:
    """Give what an account commits to."""
    return "0x" + keccak(bytes.fromhex(str(account)[2:]) + bytes.fromhex(salt[2:]) + nickname.encode()).hex()
