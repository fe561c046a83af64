"""What an intent says about a sealed file and its key."""

from frontend.index.file_views import SealedFile, Wrap
from frontend.marks import N_
from frontend.services.intents import Line
from frontend.services.terms import wrap_hash


def sealed_file_lines(file: SealedFile | None) -> list[Line]:
    """Say what a listing of a file commits to; nothing for others."""
    if file is None:
        return []
    return [
        Line(N_("Size of the file, in bytes"), "number", str(file.size_bytes)),
        Line(N_("Hash of the sealed file"), "hash", file.ciphertext_hash),
        Line(N_("Hash of what is in it"), "hash", file.plaintext_hash),
        Line(N_("Hash of its key"), "hash", file.key_hash),
    ]


def wrap_line(wrap: Wrap) -> Line:
    """Name a wrapped key."""
    return Line(N_("Hash of the wrapped key"), "hash", wrap_hash(wrap))
