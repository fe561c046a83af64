"""The saved keys of an account: the file that the page “Keys for private notes” gives, an age identity file."""

from __future__ import annotations

import stat
from pathlib import Path

from tools.files.problems import FileProblem
from tools.files.wrap import BadIdentity, identity_bytes

MOST_BYTES = 100_000


def read_identities(path: Path) -> list[str]:
    """Give the identities of a key file in capitals, the newest first, as the page writes them.

    Raises: FileProblem, which repeats nothing of what is in the file.
    """
    try:
        text = path.read_bytes()[: MOST_BYTES + 1].decode("utf-8")
    except OSError as problem:
        raise FileProblem(f"the key file {path} cannot be read ({problem.strerror}).") from None
    except UnicodeDecodeError:
        raise FileProblem(f"{path} is no key file: it is not text.") from None
    if len(text) > MOST_BYTES:
        raise FileProblem(f"{path} is no key file: it is too long.")
    lines = [(number, line.strip()) for number, line in enumerate(text.splitlines(), 1)]
    return _identities([(number, line) for number, line in lines if line and not line.startswith("#")], path)


def is_seen_by_others(path: Path) -> bool:
    """Say whether other users of this machine, but for root and its group, may read or write a file."""
    found = path.stat()
    # systemd lends root's credentials to a service by an access list, which shows as root's group
    others = 0o077 if found.st_gid else 0o007
    return bool(stat.S_IMODE(found.st_mode) & others)


def _identities(lines: list[tuple[int, str]], path: Path) -> list[str]:
    found = []
    for number, line in lines:
        try:
            found.append(identity_bytes(line).decode("ascii"))
        except BadIdentity:
            raise FileProblem(
                f"line {number} of {path} is no key. Use the file that the page “Keys for private notes” saves: "
                "dokkaebi-note-keys.txt."
            ) from None
    if not found:
        raise FileProblem(f"there is no key in {path}; save it on the page “Keys for private notes”.")
    return found
