"""How sealed files are named: cut in pieces of 1 MiB, each under its SHA-256; the list of these, under its own, is the file's name.

`split -b 1048576 --filter='sha256sum | cut -c1-64' FILE | xxd -r -p | sha256sum` gives the same name.
"""

import base64
import hashlib

from flask_babel import gettext

from frontend.errors import Refused

PIECE_BYTES = 1024 * 1024
NAME_BYTES = 32
MOST_PIECES = 1025  # 1 GiB of plaintext and what age adds: 16 bytes every 64 KiB, and a head
LIST_BYTES = MOST_PIECES * NAME_BYTES
AGE_MAGIC = b"age-encryption.org/v1\n"
CID_V1_RAW_SHA256 = bytes((0x01, 0x55, 0x12, 0x20))


def name_of(data: bytes) -> str:
    """Give the SHA-256 of a piece or a list, with 0x."""
    return "0x" + hashlib.sha256(data).hexdigest()


def names_in(piece_list: bytes) -> list[str]:
    """Give the pieces of a list, in order. Raises: Refused when it is no list, or one of a file that is too large."""
    if not piece_list or len(piece_list) % NAME_BYTES:
        text = gettext(
            "This is no list of pieces: it is made of 32 bytes for each piece, and %(size)s bytes came. Nothing was kept.",
            size=len(piece_list),
        )
        raise Refused(text, key="bad_piece_list")
    if len(piece_list) > LIST_BYTES:
        raise TooLarge(gettext("The file is too large: at most 1 GiB before it is sealed. Nothing was kept."))
    return ["0x" + piece_list[at : at + NAME_BYTES].hex() for at in range(0, len(piece_list), NAME_BYTES)]


def cid_of(name: str) -> str:
    """Give the name under which IPFS knows the same bytes: CIDv1, raw, sha2-256, in base32."""
    made = CID_V1_RAW_SHA256 + bytes.fromhex(name.removeprefix("0x"))
    return "b" + base64.b32encode(made).decode().lower().rstrip("=")


class LengthNeeded(Refused):
    """Bytes come without saying how many."""

    status = 411
    key = "length_needed"


class TooLarge(Refused):
    """More bytes came than there may be."""

    status = 413
    key = "too_large"
