"""What a backup looks like inside: a tar with one file of JSON lines a table, the contents by hash, and a manifest at its end.

The manifest names every member with its size and SHA-256, the schema's revision and the chain. Values are written the same
whatever database they come from, so that a backup of SQLite can be restored into PostgreSQL and the other way round.
"""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import Table

from frontend.errors import MarketError
from frontend.store.models import app_metadata

FORMAT = "dokkaebi-backup"
VERSION = 1
MANIFEST = "manifest.json"
CONTENT_NAME = re.compile(r"content/(0x[0-9a-f]{64})")
PIECE_NAME = re.compile(r"files/(0x[0-9a-f]{64})")
TABLE_NAME = re.compile(r"tables/(app_[a-z_]+)\.jsonl")
MAX_MANIFEST_BYTES = 512 * 1024 * 1024
MAX_ROW_BYTES = 64 * 1024 * 1024

# every app table stands in one of the two; a table that nobody decided about stops a backup, and a test
KEPT = frozenset(
    (
        "app_intents",
        "app_contents",
        "app_drafts",
        "app_note_keys",
        "app_notes",
        "app_message_keys",
        "app_messages",
        "app_file_pieces",
        "app_files",
        "app_members_pages",
        "app_notice_marks",
        "app_notice_switches",
    )
)
LEFT_OUT = {
    "app_sessions": "secrets; people sign in again",
    "app_nonces": "good for minutes",
    "app_follower": "how the follower of one machine fares",
    "app_currencies": "asked from the tokens again",
    "app_search": "made from contents and chain again",
    "app_feed_keys": "secrets, and an old backup would bring back a feed's address that its owner has made void",
    "app_limits": "good for minutes to a day",
    "app_limit_keys": "secrets, good for a day",
}


class BadBackup(MarketError, ValueError):
    """The file is no whole backup, or not one for this place; the text says why and what to do."""


@dataclass(frozen=True)
class Member:
    """One file of the archive."""

    size_bytes: int
    sha256: str


@dataclass
class Manifest:
    """What an archive says of itself."""

    revision: str  # of the schema, as Alembic counts
    chain_id: int
    made_at_ts: int
    rows: dict[str, int] = field(default_factory=dict)
    members: dict[str, Member] = field(default_factory=dict)
    missing: int = 0  # contents and pieces that the database names and the stores did not have
    format: str = FORMAT
    version: int = VERSION

    @property
    def contents(self) -> int:
        """How many contents there are."""
        return sum(1 for name in self.members if CONTENT_NAME.fullmatch(name))

    @property
    def pieces(self) -> int:
        """How many pieces of sealed files there are."""
        return sum(1 for name in self.members if PIECE_NAME.fullmatch(name))

    def to_bytes(self) -> bytes:
        """Give it as JSON."""
        return json.dumps(asdict(self), sort_keys=True, indent=1).encode()

    @staticmethod
    def from_bytes(found: bytes) -> "Manifest":
        """Read it. Raises: BadBackup."""
        try:
            told = json.loads(found)
            if told["format"] != FORMAT or told["version"] != VERSION:
                raise BadBackup("The file is a backup of another kind or version; use the program that made it.")
            members = {str(name): Member(int(m["size_bytes"]), str(m["sha256"])) for name, m in told["members"].items()}
            rows = {str(name): int(count) for name, count in told["rows"].items()}
            return Manifest(
                str(told["revision"]),
                int(told["chain_id"]),
                int(told["made_at_ts"]),
                rows,
                members,
                int(told["missing"]),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as problem:
            if isinstance(problem, BadBackup):
                raise
            raise BadBackup("The backup's manifest cannot be read; the file is damaged.") from None


def kept_tables() -> list[Table]:
    """Give the tables of a backup, those first that others point to. Raises: BadBackup for an undecided table."""
    undecided = set(app_metadata.tables) - KEPT - set(LEFT_OUT)
    if undecided:
        names = ", ".join(sorted(undecided))
        raise BadBackup(f"Nobody decided whether a backup keeps {names}; see frontend/operations/archive.py.")
    return [table for table in app_metadata.sorted_tables if table.name in KEPT]


def line_of(row: Any) -> bytes:
    """Give a row as one line of JSON."""
    values = {name: _plain(value) for name, value in row.items()}
    return json.dumps(values, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode() + b"\n"


def rows_of(lines: Iterator[bytes], table: str) -> Iterator[dict[str, Any]]:
    """Read rows. Raises: BadBackup."""
    for line in lines:
        if len(line) > MAX_ROW_BYTES:
            raise BadBackup(f"A row of {table} is too long; the file is damaged.")
        try:
            found = json.loads(line)
            yield {str(name): _value(value) for name, value in found.items()}
        except (ValueError, AttributeError, KeyError):
            raise BadBackup(f"A row of {table} cannot be read; the file is damaged.") from None


def free_name(path: Path) -> Path:
    """Give the path if nothing is there. Raises: BadBackup."""
    if path.exists():
        raise BadBackup(f"{path.name} is there already. Choose another name; backups are never written over.")
    if not path.parent.is_dir():
        raise BadBackup(f"There is no folder {path.parent}. Make it first.")
    return path


def _plain(value: Any) -> Any:
    return {"base64": base64.b64encode(value).decode()} if isinstance(value, bytes | memoryview) else value


def _value(value: Any) -> Any:
    return base64.b64decode(value["base64"], validate=True) if isinstance(value, dict) else value
