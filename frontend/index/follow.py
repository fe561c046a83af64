"""The follower: asks the node what is new and writes it, block by block, for as long as it runs.

Every step ends in one transaction with block rows, events, state and cursor, so that it may be killed at any moment. The
cursor moves only onto blocks that hang together with those before. When they do not, the newest common block is looked for
among the kept ones; what came after is undone and read anew in the same transaction. Without a common block, and on another
chain, everything is read anew; until that is done pages show the old state, or are told that it is being rebuilt.

Trouble with node or database is waited out, with one line in the log. Only what waiting cannot cure ends the follower: a
wrong chain at the start, a damaged database file, a lock that somebody else has by now.
"""

import logging
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from frontend.config import Settings
from frontend.errors import NodeDown, NodeError, SetupError, WrongChain
from frontend.index.decode import Decoder
from frontend.index.fetch import WINDOW_BLOCKS, Fetcher, Moved, linked
from frontend.index.lock import Check, LockLost, Overtaken, claim
from frontend.index.node import BadAnswer, Busy, Header, Node, header_of, hex_of, number_of
from frontend.index.notes import Notes, note_new_chain
from frontend.index.place import Deployments
from frontend.index.prefetch import Prefetch
from frontend.index.trouble import DAMAGED, DamagedDatabase, sentence_of
from frontend.index.writer import (
    Batch,
    Place,
    Position,
    Writer,
    kept_blocks,
    known_children,
    oldest_block,
    position_of,
)
from frontend.operations.counts import counts
from frontend.store.database import writing

log = logging.getLogger(__name__)

POLL_S = 2.0
LOCAL_POLL_S = 0.5
SHORTER_FOR_S = 60.0  # so long must a node say that the chain got shorter, before that is believed
LOCAL_SHORTER_FOR_S = 2.0
FIRST_WAIT_S = 0.5
MAX_WAIT_S = 10.0  # with jitter and a request that times out, so that trouble is noticed to be over within 30 seconds
MAX_RETRY_AFTER_S = 120.0
MAX_SPOOLED_LOGS = 50_000
FORK_STEP = 32


class NotDeployed(NodeDown):
    """The contracts of the record are not on this chain (yet)."""


class Outcome(Enum):
    """What a step found."""

    IDLE = "nothing new"
    ADVANCED = "new blocks"
    BEHIND = "the node is behind the index"


@dataclass(frozen=True)
class Sight:
    """The node's chain at one moment."""

    chain_id: int
    genesis_hash: str
    head: Header


class Follower:
    """Keeps one database in step with one node."""

    def __init__(
        self,
        settings: Settings,
        engine: Engine,
        *,
        window: int = WINDOW_BLOCKS,
        after_step: Callable[[Place], None] | None = None,
        shorter_for_s: float | None = None,
        still_ours: Check = lambda: None,
    ) -> None:
        self.settings = settings
        self.engine = engine
        self.node = Node(settings.rpc_url, settings.rpc_timeout_s)
        self.notes = Notes(engine)
        self._writing = writing(engine)
        self._decoder = Decoder()
        self._deployments = Deployments(settings)
        self._window = window
        self._after_step = after_step
        self._still_ours = still_ours
        self._poll_s = LOCAL_POLL_S if settings.is_local else POLL_S
        usual = LOCAL_SHORTER_FOR_S if settings.is_local else SHORTER_FOR_S
        self._shorter_for_s = usual if shorter_for_s is None else shorter_for_s
        self._shorter_since: float | None = None
        self._fetcher: Fetcher | None = None
        self._prefetch = Prefetch()
        self._wrote: tuple[int, str] | None = None  # the block that this follower brought the index to
        self._place: Place | None = None
        self._stop = threading.Event()
        self._said: str | None = None
        self._ailment: str | None = None  # of the database
        self._was_right = False  # has this node been on the right chain since the start?

    def stop(self) -> None:
        """Let `run` end after the step under way."""
        self._stop.set()

    def run(self) -> None:
        """Follow until stopped.

        Raises: WrongChain when the node is on another chain from the start, DamagedDatabase, LockLost; whatever else
        fails is tried again.
        """
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            self._still_ours()
            try:
                pause_s = 0.0 if self._round() is Outcome.ADVANCED else self._poll_s
                wait_s = FIRST_WAIT_S
            except (Moved, Overtaken) as problem:
                log.info("%s", problem)
                pause_s = _jittered(FIRST_WAIT_S / 2)
            except Exception as problem:  # noqa: BLE001 what waiting cannot cure is raised again
                pause_s = self._pause_after(problem, wait_s)
                wait_s = min(MAX_WAIT_S, wait_s * 2)
            self._stop.wait(pause_s)

    def _round(self) -> Outcome:
        """Make a step, and do what goes with it."""
        outcome = self.step()
        self._was_right = True
        if self._after_step is not None and self._place is not None:
            self._after_step(self._place)
        return outcome

    def _pause_after(self, problem: Exception, wait_s: float) -> float:
        """Tell of a step that failed, and give how long to wait. Raises: the problem, when waiting is of no use."""
        if isinstance(problem, LockLost | DamagedDatabase) or (isinstance(problem, WrongChain) and not self._was_right):
            raise problem
        if isinstance(problem, NotDeployed | SetupError):
            self._say("waiting_for_deployment", node_ok=True, detail=str(problem))
            return _jittered(2.0)
        if isinstance(problem, NodeError):
            counts().node_errors.labels(type(problem).__name__).inc()
            # a wrong chain that was right before too: a node that was swapped, or one of several behind one address
            self._say("node_down", node_ok=False, detail=str(problem))
            return _wait_of(problem, wait_s)
        if isinstance(problem, DBAPIError):
            self._tell_database(problem)
        else:
            log.error("A step failed; it is tried again.", exc_info=problem)
        return _jittered(wait_s)

    def _tell_database(self, problem: DBAPIError) -> None:
        """Log what ails the database, once as long as it is the same. Raises: DamagedDatabase."""
        counts().database_errors.inc()
        sentence = sentence_of(problem)
        if sentence == DAMAGED:
            raise DamagedDatabase(DAMAGED) from None
        if sentence is None:
            log.error("A step failed in the database; it is tried again.", exc_info=problem)
        elif sentence != self._ailment:
            log.error("%s", sentence)
        self._ailment = sentence

    def step(self) -> Outcome:
        """Look at the node once and write what is new, at most one batch.

        Raises: WrongChain before anything is written, Moved, NotDeployed, NodeDown, UnknownDeployment.
        """
        sight = self._look()
        if sight.chain_id != self.settings.chain_id:
            raise WrongChain(
                f"The node stands on chain {sight.chain_id}, the settings say {self.settings.chain_id}. "
                "Nothing was written. Correct RPC_URL or CHAIN_ID and start again."
            )
        place = self._known_place(sight)
        with self.engine.connect() as connection:
            position = position_of(connection)
        if position is None or not _is_about(position, place):
            self._rebuild(place, position, sight, "a new chain" if position is not None else "the first blocks")
            return Outcome.ADVANCED
        outcome = self._advance(place, position, sight)
        status = "following" if outcome is not Outcome.ADVANCED else self._progress(sight)
        self._say(status, node_ok=True, node_number=sight.head.number)
        return outcome

    def catch_up(self) -> None:
        """Step until the index is where the node is. Raises what `step` raises."""
        while self.step() is Outcome.ADVANCED:
            pass

    def rebuild(self) -> None:
        """Read everything anew. Raises what `step` raises."""
        sight = self._look()
        if sight.chain_id != self.settings.chain_id:
            raise WrongChain(f"The node stands on chain {sight.chain_id}, the settings say {self.settings.chain_id}.")
        with self.engine.connect() as connection:
            position = position_of(connection)
        self._rebuild(self._known_place(sight), position, sight, "asked for")
        self.catch_up()

    def _look(self) -> Sight:
        self._prefetch.wait()
        chain_id, genesis, head = self.node.ask_all(
            [
                ("eth_chainId", []),
                ("eth_getBlockByNumber", ["0x0", False]),
                ("eth_getBlockByNumber", ["latest", False]),
            ]
        )
        if not isinstance(genesis, dict):
            raise BadAnswer("The node has no first block.")
        return Sight(number_of(chain_id), hex_of(genesis.get("hash"), 32), header_of(head))

    def _known_place(self, sight: Sight) -> Place:
        """Give the place if it is on the node's chain, with a fetcher for it. Raises: NotDeployed, UnknownDeployment."""
        place = self._deployments.place()
        if place.genesis_hash != sight.genesis_hash:
            raise NotDeployed(
                f"The chain was started anew: its first block is {sight.genesis_hash[:10]}…, the contracts in "
                f"deployments/{place.chain_id}.json stand on a chain that began with {place.genesis_hash[:10]}…. "
                "Deploy again: brownie run scripts/deploy/everything.py main --network <network>."
            )
        if self._fetcher is None or place != self._place:
            self._require_code(place, sight)
            self._fetcher = self._new_fetcher(place)
            self._place = place
        return place

    def _new_fetcher(self, place: Place) -> Fetcher:
        self._prefetch.drop()  # it may be about other contracts
        self._wrote = None
        return Fetcher(self.node, place, self._decoder, self._window)

    def _require_code(self, place: Place, sight: Sight) -> None:
        addresses = place.contracts
        codes = self.node.ask_all([("eth_getCode", [address, "latest"]) for address in addresses])
        if sight.head.number < place.start_block or any(code in (None, "0x", "0x0") for code in codes):
            raise NotDeployed(
                f"deployments/{place.chain_id}.json tells of contracts that are not on this chain. "
                "Deploy again: brownie run scripts/deploy/everything.py main --network <network>."
            )

    def _advance(self, place: Place, position: Position, sight: Sight) -> Outcome:
        assert self._fetcher is not None
        head = sight.head
        with self.engine.connect() as connection:
            kept = kept_blocks(connection)
            oldest = oldest_block(connection)
            if self._wrote != (
                position.number,
                position.hash,
            ):  # somebody else did, and read of children we do not know
                self._fetcher.children |= known_children(connection)
        if head.hash == position.hash:
            self._shorter_since = None
            return Outcome.IDLE
        base_number, base_hash = position.number, position.hash
        if head.number < position.number and kept.get(head.number) == head.hash:
            # the same chain, cut short: undone blocks, or just a node that lags behind another one
            if not self._shorter_long_enough():
                return Outcome.BEHIND
            base_number, base_hash = head.number, head.hash
        elif not self._is_parent_of_new(position, head):
            found = self._fork(kept, min(head.number, position.number))
            if found is None or found < position.journal_from - 1:
                self._rebuild(place, position, sight, "a reorganisation deeper than what can be undone")
                return Outcome.ADVANCED
            base_number, base_hash = found, kept[found]
            log.warning("The chain was reorganised: blocks %s to %s are undone.", found + 1, position.number)
        self._shorter_since = None
        batch = self._next(base_number, base_hash, head, oldest)
        self._prefetch.begin(self._fetcher, batch, head)
        self._write(place, position, batch)
        return Outcome.ADVANCED

    def _next(self, base_number: int, base_hash: str, head: Header, oldest: tuple[int, str] | None) -> Batch:
        assert self._fetcher is not None
        ahead = self._prefetch.take(base_number, base_hash)
        if ahead is not None and ahead.last <= head.number:
            (last,) = self.node.headers([ahead.last])
            if last.hash == ahead.headers[ahead.last].hash:
                return ahead
        return self._fetcher.next(base_number + 1, base_hash, head, oldest)

    def _write(self, place: Place, position: Position, batch: Batch) -> None:
        with self._writing.begin() as connection:
            claim(connection, position.number, position.hash)
            Writer(place, self._decoder).advance(connection, batch)
        end = batch.headers.get(batch.last)
        self._wrote = (end.number, end.hash) if end is not None else None

    def _is_parent_of_new(self, position: Position, head: Header) -> bool:
        """Tell whether the node's chain still goes through the index's newest block."""
        if head.number <= position.number:
            return False
        return self.node.headers([position.number])[0].hash == position.hash

    def _shorter_long_enough(self) -> bool:
        now = time.monotonic()
        if self._shorter_since is None:
            self._shorter_since = now
        return now - self._shorter_since >= self._shorter_for_s

    def _fork(self, kept: dict[int, str], below: int) -> int | None:
        """Give the newest kept block that is on the node's chain, None when there is none."""
        numbers = sorted((number for number in kept if number <= below), reverse=True)
        for start in range(0, len(numbers), FORK_STEP):
            part = numbers[start : start + FORK_STEP]
            headers = self.node.headers(part)
            linked(headers[-1].parent_hash, headers[::-1])
            for header in headers:
                if kept[header.number] == header.hash:
                    return header.number
        return None

    def _rebuild(self, place: Place, position: Position | None, sight: Sight, why: str) -> None:
        """Empty the chain tables and read everything anew; in one transaction, unless it is too much to hold."""
        log.warning("The index is built anew from block %s (%s).", place.start_block, why)
        self._require_code(place, sight)
        self._fetcher = self._new_fetcher(place)
        self._place = place
        self._say("rebuilding", node_ok=True, node_number=sight.head.number, detail=f"The index is built anew: {why}.")
        (base,) = self.node.headers([place.start_block - 1])
        batches = self._spool(base, sight.head)
        if batches:
            self._prefetch.begin(self._fetcher, batches[-1], sight.head)
        writer = Writer(place, self._decoder)
        at = (None, None) if position is None else (position.number, position.hash)
        with self._writing.begin() as connection:
            claim(connection, *at)
            writer.begin(connection, base)
            note_new_chain(connection, place.genesis_hash)
            for batch in batches:
                writer.advance(connection, batch)

    def _spool(self, base: Header, head: Header) -> list[Batch]:
        """Read batches up to the head, or until they are too many to hold."""
        batches: list[Batch] = []
        oldest: tuple[int, str] | None = None
        number, block_hash, logs = base.number, base.hash, 0
        while number < head.number and logs < MAX_SPOOLED_LOGS:
            batch = self._next(number, block_hash, head, oldest)
            batches.append(batch)
            end = batch.headers[batch.last]
            number, block_hash, logs = end.number, end.hash, logs + len(batch.logs)
            rows = [*batch.older, *(h for h in batch.headers.values() if h.number >= batch.keep_from)]
            lowest = min(rows, key=lambda header: header.number)
            if oldest is None or oldest[0] < batch.keep_from:
                oldest = (lowest.number, lowest.parent_hash)
            self._say("rebuilding", node_ok=True, node_number=head.number, detail=f"Block {number} of {head.number}.")
        return batches

    def _progress(self, sight: Sight) -> str:
        with self.engine.connect() as connection:
            position = position_of(connection)
        return "following" if position is not None and position.number >= sight.head.number else "catching_up"

    def _say(self, status: str, *, node_ok: bool, node_number: int | None = None, detail: str | None = None) -> None:
        if detail is not None and detail != self._said and status != "rebuilding":
            log.warning("%s", detail)
        self._said = detail
        try:
            if self.notes.write(status, node_ok=node_ok, node_number=node_number, detail=detail):
                self._ailment = None
        except DBAPIError as problem:
            self._tell_database(problem)


def _is_about(position: Position, place: Place) -> bool:
    return position.genesis_hash == place.genesis_hash and position.deployments_hash == place.deployments_hash


def _jittered(seconds: float) -> float:
    return seconds * random.uniform(0.5, 1.5)  # noqa: S311 waiting times need no secrets


def _wait_of(problem: NodeError, wait_s: float) -> float:
    if isinstance(problem, Busy) and problem.retry_after_s is not None:
        return min(MAX_RETRY_AFTER_S, problem.retry_after_s)
    return _jittered(wait_s)
