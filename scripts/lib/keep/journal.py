"""What a keeper has signed, written down before it is sent: a small SQLite file, on the disk when a call returns.

A call takes one nonce. Its transactions are the one first signed and those that were signed to replace it, all with this
nonce, so that at most one of them is ever mined.
"""

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from scripts.lib.problems import UnusableJournal

# a call's state: where its transaction is, or how it ended
SENT = "sent"  # signed; may be on its way
MINED = "mined"  # in a block that may still be undone
DONE = "done"
REVERTED = "reverted"  # mined, and the chain refused it
OVERTAKEN = "overtaken"  # another transaction of the account took the nonce
DROPPED = "dropped"  # never mined and not wanted any more; the nonce is free again
FREED = "freed"  # an empty transaction took the nonce, the call being not wanted any more
UNFINISHED = (SENT, MINED)

SCHEMA = """
CREATE TABLE IF NOT EXISTS owner (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    chain_id INTEGER NOT NULL, genesis_hash TEXT NOT NULL, market TEXT NOT NULL, account TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS calls (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL, subject TEXT NOT NULL, what TEXT NOT NULL,
    data TEXT NOT NULL, gas INTEGER NOT NULL, nonce INTEGER NOT NULL, state TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS calls_state ON calls (state, nonce);
CREATE INDEX IF NOT EXISTS calls_subject ON calls (subject);
CREATE TABLE IF NOT EXISTS transactions (
    hash TEXT PRIMARY KEY,
    call_id INTEGER NOT NULL REFERENCES calls (id),
    raw TEXT NOT NULL, max_fee_wei TEXT NOT NULL, priority_fee_wei TEXT NOT NULL,
    block INTEGER NOT NULL, empty INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS transactions_call ON transactions (call_id);
"""


@dataclass(frozen=True)
class Owner:
    """Whose journal it is; hashes and addresses in lower case."""

    chain_id: int
    genesis_hash: str
    market: str
    account: str


@dataclass(frozen=True)
class Call:
    """A call that was signed."""

    id: int
    kind: str
    subject: str
    what: str
    data: str  # calldata, 0x hex
    gas: int  # limit
    nonce: int
    state: str


@dataclass(frozen=True)
class Signed:
    """A signed transaction. Fees in wei per gas; block is the newest one when it was signed."""

    hash: str
    raw: str
    max_fee_wei: int
    priority_wei: int
    block: int
    empty: bool = False  # sends nothing to ourselves, only to use up the nonce


class Journal:
    """One keeper's journal, open."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def store(self, kind: str, subject: str, what: str, data: str, gas: int, nonce: int, signed: Signed) -> Call:
        """Write a new call with its transaction down; on the disk before this returns."""
        with self._connection:
            found = self._connection.execute(
                "INSERT INTO calls (kind, subject, what, data, gas, nonce, state) VALUES (?, ?, ?, ?, ?, ?, ?)",
                (kind, subject, what, data, gas, nonce, SENT),
            )
            assert found.lastrowid is not None
            self._add(found.lastrowid, signed)
        return Call(found.lastrowid, kind, subject, what, data, gas, nonce, SENT)

    def store_replacement(self, call: Call, signed: Signed) -> None:
        """Write another transaction for a call down."""
        with self._connection:
            self._add(call.id, signed)

    def mark(self, call: Call, state: str) -> None:
        """Write down what became of a call."""
        with self._connection:
            self._connection.execute("UPDATE calls SET state = ? WHERE id = ?", (state, call.id))

    def unfinished(self) -> list[Call]:
        """Give the calls whose end is not certain, by nonce."""
        rows = self._connection.execute(
            "SELECT id, kind, subject, what, data, gas, nonce, state FROM calls WHERE state IN (?, ?) ORDER BY nonce, id",
            UNFINISHED,
        )
        return [Call(*row) for row in rows]

    def transactions(self, call: Call) -> list[Signed]:
        """Give a call's transactions, the newest last."""
        rows = self._connection.execute(
            "SELECT hash, raw, max_fee_wei, priority_fee_wei, block, empty FROM transactions WHERE call_id = ? ORDER BY rowid",
            (call.id,),
        )
        return [Signed(row[0], row[1], int(row[2]), int(row[3]), row[4], bool(row[5])) for row in rows]

    def count(self, kind: str, subject: str, *ended: str) -> int:
        """Give how many calls about a subject ended like this."""
        marks = ", ".join("?" for _ in ended)
        row = self._connection.execute(
            f"SELECT count(*) FROM calls WHERE kind = ? AND subject = ? AND state IN ({marks})",  # noqa: S608 only marks
            (kind, subject, *ended),
        ).fetchone()
        return int(row[0])

    def _add(self, call_id: int, signed: Signed) -> None:
        self._connection.execute(
            "INSERT INTO transactions (hash, call_id, raw, max_fee_wei, priority_fee_wei, block, empty) VALUES (?, ?, ?, ?, ?, ?, ?)",
            (signed.hash, call_id, signed.raw, str(signed.max_fee_wei), str(signed.priority_wei), signed.block, signed.empty),
        )  # fmt: skip


@contextmanager
def open_journal(path: Path, owner: Owner) -> Iterator[Journal]:
    """Give the journal in a file, a new one if there is none; nobody else gets it meanwhile.

    Raises: UnusableJournal when another keeper has it, it cannot be read, or it is another account's or chain's.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with _locked(path.with_name(path.name + ".lock")):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        connection = sqlite3.connect(path)
        try:
            _prepare(connection, owner)
            yield Journal(connection)
        except sqlite3.DatabaseError as problem:
            raise UnusableJournal(
                f"the journal {path.name} cannot be used ({problem}). Nothing more was sent. If the file is damaged, wait "
                "until the account's transactions are mined, then move it away."
            ) from None
        finally:
            connection.close()


def _prepare(connection: sqlite3.Connection, owner: Owner) -> None:
    # a rollback journal, and EXTRA: after a power cut too, what was committed is there
    connection.execute("PRAGMA journal_mode = DELETE")
    connection.execute("PRAGMA synchronous = EXTRA")
    connection.executescript(SCHEMA)
    with connection:
        connection.execute("INSERT OR IGNORE INTO owner VALUES (1, ?, ?, ?, ?)", astuple(owner))
    found = Owner(*connection.execute("SELECT chain_id, genesis_hash, market, account FROM owner").fetchone())
    if found == owner:
        return
    what = next(name for name in ("account", "chain_id", "genesis_hash", "market") if _differ(found, owner, name))
    words = {
        "account": "account",
        "chain_id": "chain",
        "genesis_hash": "chain (another first block)",
        "market": "Market",
    }
    raise UnusableJournal(
        f"this journal was kept for another {words[what]}. Nothing was sent. Name another file with --journal, or move this "
        "one away."
    )


def _differ(one: Owner, other: Owner, name: str) -> bool:
    return bool(getattr(one, name) != getattr(other, name))


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process, however that ends. Raises: UnusableJournal."""
    handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UnusableJournal(
                "another keeper runs with this account and journal. Nothing was sent. Stop it, or give this one an account "
                "of its own (--account)."
            ) from None
        yield
    finally:
        os.close(handle)
