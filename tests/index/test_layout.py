"""What is read by place is what the codec reads, and what web3.py reads, for every event of every contract that the follower reads."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address
from hexbytes import HexBytes
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from web3 import Web3
from web3.types import LogReceipt

from frontend.contracts.registry import exported_abi
from frontend.index.changes import canonical
from frontend.index.decode import WANTED, Event, EventType, Log, Malformed
from frontend.index.layout import text_of
from tests.index.test_decode import like_ours

SLOW_IS_WELL = [HealthCheck.too_slow]  # a busy machine says nothing of the data
HASH = "0x" + "12" * 32
ADDRESS = "0x" + "34" * 20
EVENTS = [(name, part) for name in sorted(WANTED) for part in exported_abi(name) if part["type"] == "event"]
every_event = pytest.mark.parametrize(
    ("contract", "abi"), EVENTS, ids=[f"{name}.{abi['name']}" for name, abi in EVENTS]
)


def values_of(part: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    """Give values of an ABI type, the smallest and largest among them."""
    kind = part["type"]
    if kind.endswith("[]"):
        return st.lists(values_of({**part, "type": kind[:-2]}), max_size=4)
    if kind == "tuple":
        return st.tuples(*map(values_of, part["components"]))
    if kind.startswith("uint"):
        return st.integers(0, 2 ** int(kind[4:]) - 1)
    if kind == "bool":
        return st.booleans()
    if kind == "string":
        return st.text(max_size=70)
    if kind == "bytes":
        return st.binary(max_size=70)
    size = 20 if kind == "address" else int(kind[5:])
    raw = st.binary(min_size=size, max_size=size)
    return raw.map(lambda found: to_checksum_address(found)) if kind == "address" else raw


def type_of(part: Mapping[str, Any]) -> str:
    kind = str(part["type"])
    if not kind.startswith("tuple"):
        return kind
    return "(" + ",".join(map(type_of, part["components"])) + ")" + kind[5:]


def log_of(event: EventType, values: Mapping[str, Any]) -> Log:
    """Write a log as Solidity does."""
    topics = ["0x" + encode([type_of(part)], [values[part["name"]]]).hex() for part in event.indexed]
    data = encode([type_of(part) for part in event.plain], [values[part["name"]] for part in event.plain])
    return Log(7, HASH, 3, HASH, ADDRESS, (event.topic, *topics), data)


def read_by_web3(contract: str, name: str, log: Log) -> Mapping[str, Any]:
    entry = {
        "address": to_checksum_address(log.address),
        "topics": [HexBytes(topic) for topic in log.topics],
        "data": HexBytes(log.data),
        "blockNumber": log.block,
        "blockHash": HexBytes(log.block_hash),
        "transactionHash": HexBytes(log.tx_hash),
        "transactionIndex": 0,
        "logIndex": log.log_index,
        "removed": False,
    }
    return events_of(contract)[name]().process_log(LogReceipt(**entry))["args"]  # type: ignore[typeddict-item]  # plain values in it, as a node gives them


@cache
def events_of(contract: str) -> Any:
    return Web3().eth.contract(abi=exported_abi(contract)).events


def as_kept(part: Mapping[str, Any], value: Any) -> Any:
    """Write what web3.py gave as the index keeps it; no database keeps NUL."""
    if part["type"] == "string":
        return text_of(value.encode())
    if part["type"] == "string[]":
        return [text_of(item.encode()) for item in value]
    if part["type"] == "tuple":
        return {inner["name"]: as_kept(inner, value[inner["name"]]) for inner in part["components"]}
    return like_ours(part, value)


@every_event
def test_event_is_read_by_place_as_by_codec_and_by_web3(contract: str, abi: dict[str, Any]):
    event = EventType(abi)
    names = [part["name"] for part in abi["inputs"]]

    @settings(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW_IS_WELL)
    @given(st.tuples(*map(values_of, abi["inputs"])))
    def compare(values: tuple[Any, ...]) -> None:
        log = log_of(event, dict(zip(names, values, strict=True)))
        ours = event.read(log)
        assert ours == event.read_by_codec(log)
        assert canonical(ours.args) == canonical(event.read_by_codec(log).args)
        theirs = read_by_web3(contract, abi["name"], log)
        assert ours.args == {part["name"]: as_kept(part, theirs[part["name"]]) for part in abi["inputs"]}

    compare()


@every_event
def test_event_is_read_or_refused_as_by_the_codec_when_the_node_tells_nonsense(contract: str, abi: dict[str, Any]):
    event, dice = EventType(abi), random.Random(abi["name"])
    refused = 0

    @settings(max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=SLOW_IS_WELL)
    @given(st.tuples(*map(values_of, abi["inputs"])))
    def compare(values: tuple[Any, ...]) -> None:
        nonlocal refused
        good = log_of(event, {part["name"]: value for part, value in zip(abi["inputs"], values, strict=True)})
        for _ in range(15):
            bad = damaged(good, dice)
            by_codec = outcome(event.read_by_codec, bad)
            assert outcome(event.read, bad) == by_codec
            refused += isinstance(by_codec, str)

    compare()
    anything_fits = all(part["indexed"] and part["type"] == "bytes32" for part in abi["inputs"])
    assert refused or anything_fits, "nothing that was tried is nonsense"


def outcome(read: Callable[[Log], Event], log: Log) -> Event | str:
    """Give what is read, or why it is not."""
    try:
        return read(log)
    except Malformed as problem:
        return str(problem)


def damaged(log: Log, dice: random.Random) -> Log:
    """Change a byte, cut, lengthen, or put a number in place of a word; in the data or in a topic."""
    data = bytearray(log.data)
    topics = list(log.topics)
    way = dice.randrange(5)
    if way == 0 and data:
        data[dice.randrange(len(data))] ^= 1 << dice.randrange(8)
    elif way == 1:
        del data[dice.randrange(len(data) + 1) :]
    elif way == 2:
        data += dice.randbytes(dice.randrange(1, 70))
    elif way == 3 and len(data) >= 32:
        at = 32 * dice.randrange(len(data) // 32)
        data[at : at + 32] = dice.choice((0, 1, 31, 32, 64, 2**64, 2**255, 2**256 - 1)).to_bytes(32)
    elif len(topics) > 1:
        topics[dice.randrange(1, len(topics))] = "0x" + dice.randbytes(32).hex()
    return log._replace(data=bytes(data), topics=tuple(topics))
