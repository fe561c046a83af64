"""Reading what the contracts have said about sealed files, from the chain itself."""

from collections.abc import Iterator, Sequence
from typing import Any

from eth_utils.abi import event_abi_to_log_topic
from requests.exceptions import HTTPError, Timeout
from web3 import Web3
from web3._utils.events import get_event_data
from web3.exceptions import Web3Exception

from scripts.lib.abis import exported_abi
from scripts.lib.registry import Registry

MOST_BLOCKS = 100_000
FEWEST_BLOCKS = 16  # a node that refuses so few does not refuse for their number
Topics = Sequence[str | Sequence[str] | None]


class Logs:
    """The events of the Market and of KeyRequests on one chain."""

    def __init__(self, w3: Web3, registry: Registry) -> None:
        self.w3 = w3
        self._addresses = [Web3.to_checksum_address(registry.address(name)) for name in ("Market", "KeyRequests")]
        parts = [part for name in ("Market", "KeyRequests") for part in exported_abi(name) if part["type"] == "event"]
        self._events = {Web3.to_hex(event_abi_to_log_topic(part)): part for part in parts}  # type: ignore[arg-type]  # an ABI's own JSON
        self.first_block = registry.entry("Market").block
        self._span = MOST_BLOCKS

    def topic(self, event: str) -> str:
        """Give the first topic of an event."""
        return next(topic for topic, part in self._events.items() if part["name"] == event)

    def read(self, topics: Topics, first: int, last: int) -> Iterator[Any]:
        """Give the decoded events in these blocks, in the chain's order. Chain: eth_getLogs.

        Asks for fewer blocks at a time where the node does not give so many. Raises: Web3Exception, OSError.
        """
        while first <= last:
            end = min(first + self._span - 1, last)
            try:
                found = self._ask(topics, first, end)
            except (Web3Exception, ValueError, Timeout, HTTPError):
                if end - first < FEWEST_BLOCKS:
                    raise
                self._span = (end - first + 1) // 2
                continue
            yield from found
            first = end + 1

    def _ask(self, topics: Topics, first: int, last: int) -> list[Any]:
        wanted: Any = {"fromBlock": first, "toBlock": last, "address": self._addresses, "topics": list(topics)}
        found = self.w3.eth.get_logs(wanted)
        codec = self.w3.codec
        return [get_event_data(codec, self._events[Web3.to_hex(log["topics"][0])], log) for log in found]
