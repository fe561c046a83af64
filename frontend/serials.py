"""Serials of makes: 1 to 32 signs of visible ASCII, in a word of the chain left and with zeros behind. Source: IBlueprints.sol."""

import re

MOST_SIGNS = 32
SERIAL = re.compile(rf"[!-~]{{1,{MOST_SIGNS}}}", re.ASCII)
ALIKE = str.maketrans("OQILSZB", "0011528")  # letters that look like digits


def is_serial(text: str) -> bool:
    """Tell whether this text can be a serial."""
    return SERIAL.fullmatch(text) is not None


def serial_word(text: str) -> bytes:
    """Give a serial as the contract takes it. Raises: ValueError for a text that is none."""
    if not is_serial(text):
        raise ValueError("a serial is 1 to 32 letters, digits and signs of ASCII, without spaces")
    return text.encode("ascii").ljust(MOST_SIGNS, b"\0")


def text_of_serial(word: str) -> str | None:
    """Give the text of a serial's word, which is 0x and 64 digits; None if it is none."""
    text = bytes.fromhex(word[2:]).rstrip(b"\0").decode("latin-1")
    return text if is_serial(text) else None


def looks_of(text: str) -> str:
    """Give what a serial looks like: the same for any two that are easily taken for each other."""
    return text.upper().translate(ALIKE)
