"""The pictures of a listing's description: the first is its cover, and each may say in words what it shows."""

import re
from dataclasses import dataclass
from typing import Any

MOST_PICTURES = 8
MAX_ALT = 200
HASH = re.compile(r"0x[0-9a-f]{64}")


@dataclass(frozen=True)
class Picture:
    """A picture by the keccak256 of its bytes. alt: what it shows, for who cannot see it; may be empty."""

    hash: str
    alt: str = ""

    def to_json(self) -> dict[str, str]:
        """Give it as it stands in a description."""
        return {"hash": self.hash, "alt": self.alt}


def gallery_of(cover: str | None, found: Any) -> tuple[Picture, ...]:
    """Give the pictures that a description names, whoever wrote it: the cover first, then the others in their order.

    What is no picture is passed over, and of one that stands twice the first counts.
    """
    told = {cover: Picture(cover)} if cover else {}
    seen: set[str] = set()
    for entry in found if isinstance(found, list) else ():
        one = _picture(entry)
        if one is not None and one.hash not in seen:
            seen.add(one.hash)
            told[one.hash] = one
    return tuple(told.values())[:MOST_PICTURES]


def _picture(entry: Any) -> Picture | None:
    if not isinstance(entry, dict) or not isinstance(entry.get("hash"), str) or not HASH.fullmatch(entry["hash"]):
        return None
    alt = entry.get("alt", "")
    # half a surrogate pair is allowed in JSON and in nothing else
    words = alt.encode("utf-8", "replace").decode().replace("\0", "\ufffd") if isinstance(alt, str) else ""
    return Picture(entry["hash"], " ".join(words[:MAX_ALT].split()))
