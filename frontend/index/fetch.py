"""Reads a range of blocks so that what comes out belongs to one chain, or nothing comes out.

Near the head logs are asked for by block hash: a node that does not know the block says so, while for a range beyond its
head it would answer "no logs". A block whose bloom filter promises logs that do not come is read again by its receipts.
Far from the head logs are asked for by range, and the range's ends are looked at before and after.
"""

from collections.abc import Iterable, Sequence
from operator import lt

from eth_utils.crypto import keccak

from frontend.errors import NodeDown
from frontend.index.bulk import uncollected
from frontend.index.decode import Decoder, Log
from frontend.index.node import BadAnswer, Header, Node, RpcRefused, TooLarge
from frontend.index.writer import Batch, Place

WINDOW_BLOCKS = 256
NEAR_BLOCKS = 64
FIRST_RANGE_BLOCKS = 1_000
MAX_RANGE_BLOCKS = 20_000
WANTED_LOGS = 20_000  # in one batch far from the head
MAX_ADDRESSES = 500
OPENING_TOPICS = 4
# which events tell of a new contract that is followed from then on, and in which topic it stands
MAKERS = (("registry", "CommunityRegistry", "CommunityOpened", 3), ("memberships", "Memberships", "MembershipOpened", 2), ("governors", "Governors", "GovernorOpened", 2))  # fmt: skip


class Moved(NodeDown):
    """The chain changed while it was read; read again."""


class Fetcher:
    """Reads blocks and logs of our contracts."""

    def __init__(self, node: Node, place: Place, decoder: Decoder, window: int = WINDOW_BLOCKS) -> None:
        self._node = node
        self._place = place
        self._decoder = decoder
        self._topics = decoder.topics
        self._topic_blooms = [bloom_of(topic) for topic in self._topics]
        self._address_blooms: dict[str, int] = {}
        self._range_blocks = FIRST_RANGE_BLOCKS
        self.window = window
        self._makers = {
            (getattr(place, maker), decoder.topic(contract, event)): topic for maker, contract, event, topic in MAKERS
        }
        # tokens, memberships and governors; some may have been undone, and the writer leaves those out
        self.children: set[str] = set()

    def next(self, first: int, parent_hash: str, head: Header, oldest: tuple[int, str] | None) -> Batch:
        """Read the next blocks from `first` on, whose parent must have this hash.

        Args: oldest is number and parent hash of the oldest block row kept below `first`.
        Raises: Moved when the chain is another by now, NodeDown.
        """
        with uncollected():
            return self._next(first, parent_hash, head, oldest)

    def _next(self, first: int, parent_hash: str, head: Header, oldest: tuple[int, str] | None) -> Batch:
        floor = max(self._place.start_block, head.number - self.window + 1)
        if first < floor:
            return self._far(first, parent_hash, min(floor - 1, head.number))
        return self._near(first, parent_hash, min(head.number, first + NEAR_BLOCKS - 1), floor, oldest)

    def _near(self, first: int, parent_hash: str, last: int, floor: int, oldest: tuple[int, str] | None) -> Batch:
        headers = self._node.headers(range(first, last + 1))
        linked(parent_hash, headers)
        logs = self._logs_of_blocks(headers)
        return Batch(
            first,
            last,
            {header.number: header for header in headers},
            in_order(logs, {header.number: header.hash for header in headers}),
            keep_from=floor,
            journal_from=floor + 1,  # the oldest kept block is what can be gone back to, and so is never undone itself
            older=self._older(floor, first, parent_hash, oldest),
        )

    def _older(self, floor: int, first: int, parent_hash: str, oldest: tuple[int, str] | None) -> list[Header]:
        """Read the headers that the window lacks below the ones it has: after a jump, or when the chain got shorter."""
        below, hash_below = (oldest[0], oldest[1]) if oldest is not None else (first, parent_hash)
        if below <= floor:
            return []
        headers = self._node.headers(range(floor, below))
        linked(headers[0].parent_hash, headers)
        if headers[-1].hash != hash_below:
            raise Moved("The chain changed while its older blocks were read.")
        return headers

    def _logs_of_blocks(self, headers: Sequence[Header]) -> list[Log]:
        by_receipts: dict[str, list[Log]] = {}
        found = self._by_hash(headers, self._addresses())
        found += self._left_out(headers, found, by_receipts)
        while opened := self._opened(found):
            found += self._by_hash(
                [header for header in headers if header.number >= min(opened.values())], sorted(opened)
            )
            found += self._left_out(headers, found, by_receipts)
        return found

    def _left_out(self, headers: Sequence[Header], found: list[Log], by_receipts: dict[str, list[Log]]) -> list[Log]:
        """Read by receipts what a block promises and did not give.

        Args: by_receipts keeps what was read, since a contract that was opened since then makes more of its logs wanted.
        """
        with_logs = {log.block_hash for log in found}
        for header in headers:
            if header.hash not in with_logs and self._promises_logs(header):
                by_receipts[header.hash] = self._node.logs_by_receipts(header.hash)
        wanted = set(self._addresses())
        return [log for logs in by_receipts.values() for log in logs if self._is_wanted(log, wanted)]

    def _by_hash(self, headers: Sequence[Header], addresses: Sequence[str]) -> list[Log]:
        filters = [
            {"blockHash": header.hash, "address": part, "topics": [self._topics]}
            for header in headers
            for part in parts(addresses)
        ]
        return [log for logs in self._node.logs(filters) for log in logs]

    def _far(self, first: int, parent_hash: str, most: int) -> Batch:
        while True:
            last = min(most, first + self._range_blocks - 1)
            try:
                batch = self._range(first, parent_hash, last)
            except (RpcRefused, TooLarge):
                if self._range_blocks == 1:
                    raise
                self._range_blocks = max(1, min(self._range_blocks, last - first + 1) // 2)
                continue
            # what is held in memory follows the logs, so the next range is cut to bring about as many as are wanted
            fitting = (last - first + 1) * WANTED_LOGS // max(1, len(batch.logs))
            self._range_blocks = max(1, min(MAX_RANGE_BLOCKS, self._range_blocks * 2, fitting))
            return batch

    def _range(self, first: int, parent_hash: str, last: int) -> Batch:
        begin, end = self._node.headers([first, last])
        if begin.parent_hash != parent_hash:
            raise Moved("The chain changed below the blocks that were read.")
        logs = self._by_range(first, last, self._addresses())
        opened = self._opened(logs)
        while opened:
            more = self._by_range(min(opened.values()), last, sorted(opened))
            logs += more
            opened = self._opened(more)
        numbers = sorted({log.block for log in logs} | {last})
        if not all(first <= number <= last for number in numbers):
            raise BadAnswer("The node gave logs of other blocks than were asked for.")
        headers = {header.number: header for header in self._node.headers(numbers)}
        if headers[last].hash != end.hash:
            raise Moved("The chain changed while its logs were read.")
        found = in_order(logs, {number: header.hash for number, header in headers.items()})
        return Batch(first, last, headers, found, keep_from=last, journal_from=last + 1)

    def _by_range(self, first: int, last: int, addresses: Sequence[str]) -> list[Log]:
        filters = [
            {"fromBlock": hex(first), "toBlock": hex(last), "address": part, "topics": [self._topics]}
            for part in parts(addresses)
        ]
        return [log for logs in self._node.logs(filters) for log in logs]

    def _addresses(self) -> list[str]:
        return [*self._place.contracts, *sorted(self.children)]

    def _opened(self, logs: Iterable[Log]) -> dict[str, int]:
        """Give the contracts that these logs tell of for the first time, with their blocks."""
        found: dict[str, int] = {}
        for log in logs:
            if len(log.topics) != OPENING_TOPICS:
                continue
            place = self._makers.get((log.address, log.topics[0]))
            if place is not None:
                child = "0x" + log.topics[place][-40:]
                if child not in self.children:
                    found[child] = log.block
        self.children |= set(found)
        return found

    def _promises_logs(self, header: Header) -> bool:
        bloom = header.bloom
        if not bloom or not any(bloom & bits == bits for bits in self._topic_blooms):
            return False
        return any(bloom & bits == bits for bits in map(self._address_bloom, self._addresses()))

    def _address_bloom(self, address: str) -> int:
        if address not in self._address_blooms:
            self._address_blooms[address] = bloom_of(address)
        return self._address_blooms[address]

    def _is_wanted(self, log: Log, addresses: set[str]) -> bool:
        return log.address in addresses and bool(log.topics) and log.topics[0] in self._topics


def bloom_of(found: str) -> int:
    """Give the three bits that an address or topic sets in a block's bloom filter. Source: yellow paper 4.4.1."""
    digest = keccak(bytes.fromhex(found[2:]))
    bits = 0
    for place in (0, 2, 4):
        bits |= 1 << (int.from_bytes(digest[place : place + 2]) & 2047)
    return bits


def linked(parent_hash: str, headers: Sequence[Header]) -> None:
    """Make sure that each block is the parent of the next. Raises: Moved."""
    for header in headers:
        if header.parent_hash != parent_hash:
            raise Moved("The chain changed while its blocks were read.")
        parent_hash = header.hash


def in_order(logs: Iterable[Log], hashes: dict[int, str]) -> list[Log]:
    """Give logs once each, in the chain's order.

    Raises: Moved when one is of another block than the header of its number, BadAnswer when two share a place.
    """
    logs = list(logs)
    if any(hashes.get(log.block) != log.block_hash for log in logs):
        raise Moved("The chain changed between its blocks and its logs.")
    places = [(log.block, log.log_index) for log in logs]
    if all(map(lt, places, places[1:])):
        return logs  # as nodes usually give them
    found: dict[tuple[int, int], Log] = {}
    for log in logs:
        if found.setdefault((log.block, log.log_index), log) != log:
            raise BadAnswer("The node gave two different logs in one place.")
    return [found[place] for place in sorted(found)]


def parts(addresses: Sequence[str]) -> list[list[str]]:
    """Cut addresses into lists that a node takes."""
    return [list(addresses[start : start + MAX_ADDRESSES]) for start in range(0, len(addresses), MAX_ADDRESSES)]
