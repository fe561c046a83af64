"""Writes the index: block rows, events, state and cursor together, in the transaction that is handed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, insert, select, update

from frontend.index.ahead import read_ahead
from frontend.index.bulk import prepare, rows_of, uncollected
from frontend.index.changes import Changes, canonical, undo
from frontend.index.decode import Decoder, Event, Log, Malformed
from frontend.index.models import (
    DUMPED_TABLES,
    blocks,
    communities,
    cursor,
    events,
    governors,
    journal,
    memberships,
    quarantine,
)
from frontend.index.node import Header
from frontend.index.state import State

MAX_QUARANTINED_BYTES = 4096
CURSOR = 1
TOKEN = "CommunityToken"  # noqa: S105 no secret
CLONES = {memberships.name: "Membership", governors.name: "CommunityGovernor"}


@dataclass(frozen=True)
class Place:
    """Which contracts on which chain the index is about."""

    chain_id: int
    genesis_hash: str
    registry: str
    market: str
    splits: str
    personas: str
    claims: str
    curves: str
    memberships: str
    governors: str
    key_requests: str
    reviews: str
    blueprints: str
    start_block: int
    deployments_hash: str

    @property
    def contracts(self) -> dict[str, str]:
        """Give the recorded contracts' names by address."""
        return {
            self.registry: "CommunityRegistry",
            self.market: "Market",
            self.splits: "Splits",
            self.personas: "Personas",
            self.claims: "Claims",
            self.curves: "Curves",
            self.memberships: "Memberships",
            self.governors: "Governors",
            self.key_requests: "KeyRequests",
            self.reviews: "Reviews",
            self.blueprints: "Blueprints",
        }


@dataclass(frozen=True)
class Position:
    """How far the index is. Blocks from `journal_from` on can be undone."""

    genesis_hash: str
    deployments_hash: str
    number: int
    hash: str
    journal_from: int


@dataclass(frozen=True)
class Batch:
    """Blocks from `first` to `last` as they were read: contradiction-free, but not yet believed to be for ever.

    headers: every block with logs, and the last one; near the head every block, and those of the window before `first`
    that are to be kept. keep_from: the first block whose row is kept.
    """

    first: int
    last: int
    headers: Mapping[int, Header]
    logs: Sequence[Log]
    keep_from: int
    journal_from: int
    older: Sequence[Header] = field(default=())


class Writer:
    """Knows the contracts and how to write what they said."""

    def __init__(self, place: Place, decoder: Decoder) -> None:
        self.place = place
        self._decoder = decoder
        self._contracts = place.contracts

    def begin(self, connection: Connection, base: Header) -> None:
        """Empty the chain tables and put the cursor before the first block of ours."""
        wipe(connection)
        connection.execute(
            insert(cursor).values(
                id=CURSOR,
                chain_id=self.place.chain_id,
                genesis_hash=self.place.genesis_hash,
                deployments_hash=self.place.deployments_hash,
                start_block=self.place.start_block,
                number=base.number,
                hash=base.hash,
                timestamp_ts=base.timestamp_ts,
                journal_from=self.place.start_block,
            )
        )

    def advance(self, connection: Connection, batch: Batch) -> None:
        """Undo what was after the batch's beginning, if anything, and write the batch."""
        position = position_of(connection)
        assert position is not None, "begin comes first"
        if position.number >= batch.first:
            self._undo(connection, batch.first - 1)
        journal_from = max(position.journal_from, batch.journal_from)
        prepare(connection)
        with uncollected():
            self._write_events(connection, batch)
        self._write_blocks(connection, batch)
        connection.execute(delete(journal).where(journal.c.block < journal_from))
        connection.execute(update(cursor).values(**self._end(connection, batch), journal_from=journal_from))

    def _undo(self, connection: Connection, down_to: int) -> None:
        undo(connection, down_to)
        for table in (events, quarantine):
            connection.execute(delete(table).where(table.c.block > down_to))
        connection.execute(delete(blocks).where(blocks.c.number > down_to))

    def _end(self, connection: Connection, batch: Batch) -> dict[str, Any]:
        """Give the cursor's new place: the batch's last block, or the one that was undone to."""
        if batch.last >= batch.first:
            end = batch.headers[batch.last]
            return {"number": end.number, "hash": end.hash, "timestamp_ts": end.timestamp_ts}
        row = connection.execute(select(blocks).where(blocks.c.number == batch.last)).one()
        return {"number": row.number, "hash": row.hash, "timestamp_ts": row.timestamp_ts}

    def _write_blocks(self, connection: Connection, batch: Batch) -> None:
        kept = [
            header for number, header in batch.headers.items() if batch.first <= number and number >= batch.keep_from
        ]
        rows = [
            {
                "number": header.number,
                "hash": header.hash,
                "parent_hash": header.parent_hash,
                "timestamp_ts": header.timestamp_ts,
            }
            for header in [*batch.older, *kept]
        ]
        connection.execute(delete(blocks).where(blocks.c.number < batch.keep_from))
        if rows:
            connection.execute(insert(blocks), rows)

    def _write_events(self, connection: Connection, batch: Batch) -> None:
        changes = Changes(connection, batch.journal_from)
        state = State(changes, self.place.chain_id, self.place.market)
        kinds = self._contracts | self._clones(connection, batch.logs)
        read = [(log, found) for log in batch.logs if (found := self._read(kinds.get(log.address, TOKEN), log))]
        understood = [event for _, event in read if isinstance(event, Event)]
        times = {number: header.timestamp_ts for number, header in batch.headers.items()}
        read_ahead(changes, understood, times, journalled=batch.last >= batch.journal_from)
        event_rows: list[tuple[Any, ...]] = []
        bad_rows: list[dict[str, Any]] = []
        block, at_ts = -1, 0
        for log, event in read:
            if log.block != block:
                block, at_ts = log.block, times[log.block]
                changes.begin_block(block)
            if log.address not in kinds and changes.community_of_token(log.address) is None:
                continue  # of a community, membership or governor that was undone; on this chain it is a stranger
            try:
                if isinstance(event, Malformed):
                    raise event
                subject = state.apply(event, at_ts)
            except Malformed as problem:
                changes.drop()
                bad_rows.append(_quarantined(log, str(problem)))
                continue
            changes.keep()
            event_rows.append(_event_row(event, subject, at_ts))
        changes.write()
        rows_of(events, connection.dialect.name).insert_values(connection, event_rows)
        rows_of(quarantine, connection.dialect.name).insert(connection, bad_rows)

    def _read(self, contract: str, log: Log) -> Event | Malformed | None:
        """Give the event that a log of a contract is; None for one that changes nothing."""
        if self._decoder.passes_over(contract, log):
            return None
        try:
            return self._decoder.read(contract, log)
        except Malformed as problem:
            return problem

    def _clones(self, connection: Connection, logs: Sequence[Log]) -> dict[str, str]:
        """Give the memberships and governors among those who speak in these logs, by address."""
        found: dict[str, str] = {}
        for maker, contract, event, table in (
            (self.place.memberships, "Memberships", "MembershipOpened", memberships),
            (self.place.governors, "Governors", "GovernorOpened", governors),
        ):
            topic = self._decoder.topic(contract, event)
            openings = [log for log in logs if log.address == maker and log.topics[:1] == (topic,)]
            new = {"0x" + log.topics[2][-40:] for log in openings if len(log.topics) > 2}
            speakers = sorted({log.address for log in logs} - set(self._contracts) - new)
            known = rows_of(table, connection.dialect.name).read(connection, [(address,) for address in speakers])
            found |= dict.fromkeys(new | {address for (address,) in known}, CLONES[table.name])
        return found


def wipe(connection: Connection) -> None:
    """Empty all chain tables."""
    for table in (*DUMPED_TABLES, journal, cursor):
        connection.execute(delete(table))


def position_of(connection: Connection) -> Position | None:
    """Give how far the index is, None when it is empty."""
    row = connection.execute(select(cursor)).one_or_none()
    if row is None:
        return None
    return Position(row.genesis_hash, row.deployments_hash, row.number, row.hash, row.journal_from)


def kept_blocks(connection: Connection) -> dict[int, str]:
    """Give the hashes of the blocks whose rows are kept."""
    return {row.number: row.hash for row in connection.execute(select(blocks.c.number, blocks.c.hash))}


def oldest_block(connection: Connection) -> tuple[int, str] | None:
    """Give number and parent hash of the oldest block whose row is kept."""
    oldest = select(func.min(blocks.c.number)).scalar_subquery()
    row = connection.execute(
        select(blocks.c.number, blocks.c.parent_hash).where(blocks.c.number == oldest)
    ).one_or_none()
    return None if row is None else (row.number, row.parent_hash)


def known_children(connection: Connection) -> set[str]:
    """Give the tokens, memberships and governors of all communities."""
    columns = (communities.c.token, memberships.c.address, governors.c.address)
    return {
        address
        for column in columns
        for address in connection.execute(select(column).where(column.is_not(None))).scalars()
    }


def dump(engine: Engine) -> Iterable[str]:
    """Give every row of the chain tables as one line of canonical text, in an order of its own."""
    with engine.connect() as connection:
        row = connection.execute(select(cursor)).mappings().one_or_none()
        if row is not None:
            # how far blocks can be undone depends on when they were read, not on the chain
            yield _line(cursor.name, {name: value for name, value in row.items() if name != "journal_from"})
        for table in DUMPED_TABLES:
            yield from sorted(_line(table.name, dict(row)) for row in connection.execute(select(table)).mappings())


def _line(table_name: str, row: Mapping[str, Any]) -> str:
    return f"{table_name} {canonical(dict(row))}"


def _event_row(event: Event, subject: str, at_ts: int) -> tuple[Any, ...]:
    """Give an event's values in the order of the table's columns."""
    log = event.log
    return (
        log.block,
        log.log_index,
        log.block_hash,
        log.tx_hash,
        at_ts,
        log.address,
        event.name,
        subject,
        canonical(event.args),
    )


def _quarantined(log: Log, reason: str) -> dict[str, Any]:
    return {
        "block": log.block,
        "log_index": log.log_index,
        "block_hash": log.block_hash,
        "tx_hash": log.tx_hash,
        "address": log.address,
        "topics": canonical(list(log.topics)),
        "data": "0x" + log.data[:MAX_QUARANTINED_BYTES].hex(),
        "reason": reason,
    }
