"""Our own reading of logs is what web3.py reads."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from eth_abi.abi import encode
from web3 import Web3
from web3.types import LogReceipt

from frontend.contracts.registry import exported_abi, function_abi, selector
from frontend.index.decode import REPLACEMENT, WANTED, Decoder, Log, Malformed
from frontend.index.node import Node
from frontend.index.queries import Queries
from tests.helpers.terms import NO_RESERVES
from tests.index.market import ETHER, Index, Market, Told


def like_ours(part: Mapping[str, Any], value: Any) -> Any:
    """Write what web3.py gave as the index keeps it."""
    kind = part["type"]
    if kind.endswith("[]"):
        items = [like_ours({**part, "type": kind[:-2]}, item) for item in value]
        return [list(item.values()) if isinstance(item, dict) else item for item in items]
    if kind == "tuple":
        values = (
            value
            if isinstance(value, Mapping)
            else dict(zip((c["name"] for c in part["components"]), value, strict=True))
        )
        return {inner["name"]: like_ours(inner, values[inner["name"]]) for inner in part["components"]}
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return value.lower() if kind == "address" else value


def test_events_are_what_web3_reads_when_everything_has_happened(told: Told):
    market, decoder = told.market, Decoder()
    node = Node(market.url)
    web3 = Web3(Web3.HTTPProvider(market.url))
    wanted = {"fromBlock": "0x0", "toBlock": hex(market.head())}
    (ours,) = node.logs([wanted])
    theirs: list[LogReceipt] = web3.eth.get_logs({"fromBlock": 0, "toBlock": market.head()})
    abis = {name: {p["name"]: p for p in exported_abi(name) if p["type"] == "event"} for name in WANTED}
    seen = set()
    for log, entry in zip(ours, theirs, strict=True):
        contract = {
            market.registry.lower(): "CommunityRegistry",
            market.market.lower(): "Market",
            market.splits.lower(): "Splits",
            market.personas.lower(): "Personas",
            market.claims.lower(): "Claims",
            market.curves.lower(): "Curves",
            market.memberships.lower(): "Memberships",
            market.governors.lower(): "Governors",
            market.key_requests.lower(): "KeyRequests",
            market.reviews.lower(): "Reviews",
            market.blueprints.lower(): "Blueprints",
            market.assembly.membership.lower(): "Membership",
            market.assembly.governor.lower(): "CommunityGovernor",
        }.get(log.address, "CommunityToken")
        if log.topics[0] not in decoder.topics or decoder.passes_over(contract, log):
            continue
        event = decoder.read(contract, log)
        read = web3.eth.contract(abi=exported_abi(contract)).events[event.name]().process_log(entry)
        assert read["event"] == event.name
        assert event.args == {
            part["name"]: like_ours(part, read["args"][part["name"]]) for part in abis[contract][event.name]["inputs"]
        }
        assert (log.block, log.log_index, log.tx_hash) == (
            entry["blockNumber"],
            entry["logIndex"],
            "0x" + entry["transactionHash"].hex(),
        )
        seen.add(event.name)
    assert seen == {name for names in WANTED.values() for name in names}


def test_text_that_no_one_can_read_is_marked_when_a_community_has_such_a_name(
    index: Index, market: Market, fresh: Callable[..., list[str]]
):
    function = function_abi("CommunityRegistry", "openCommunity")
    names = [b"\xff\xfe moss", b"a\x00b", "역방향 \u202e".encode(), b"<script>alert(1)</script>"]
    for name in names:
        params = (name, b"\xc3", 10**24, 0, 0, 0, 0, b"http://x/\xf0\x28", b"\0" * 32, *NO_RESERVES)
        kind = "(bytes,bytes,uint112,uint112,uint32,uint32,uint16,bytes,bytes32,address,uint112,address,uint112)"
        data = "0x" + (selector(function) + encode([kind], [params])).hex()
        market.mined({"from": market.seller, "to": market.registry, "data": data, "gas": hex(10**6)})
    assert index.follow() == fresh()
    found = Queries(index.engine).communities(sort="new").items[::-1]
    assert [community.name for community in found] == [
        f"{REPLACEMENT}{REPLACEMENT} moss",
        f"a{REPLACEMENT}b",
        "역방향 \u202e",
        "<script>alert(1)</script>",
    ]
    assert found[0].symbol == REPLACEMENT
    assert found[0].metadata_hash is None


def log_of(event: str, topics: int, data: bytes) -> Log:
    topic = Decoder().topic("CommunityToken", event)
    return Log(1, "0x" + "0" * 64, 0, "0x" + "0" * 64, "0x" + "1" * 40, (topic, *["0x" + "0" * 64] * topics), data)


@pytest.mark.parametrize(
    ("topics", "data"),
    [(1, b"\0" * 32), (3, b"\0" * 32), (2, b""), (2, b"\0" * 31)],
    ids=["topic missing", "topic too many", "no data", "data cut off"],
)
def test_log_is_malformed_when_it_has_not_the_events_form(topics: int, data: bytes):
    with pytest.raises(Malformed):
        Decoder().read("CommunityToken", log_of("Transfer", topics, data))


def test_log_is_malformed_when_an_address_has_dirty_upper_bytes():
    log = log_of("Transfer", 2, ETHER.to_bytes(32, "big"))
    dirty = Log(
        log.block,
        log.block_hash,
        0,
        log.tx_hash,
        log.address,
        (log.topics[0], "0x" + "f" * 64, log.topics[2]),
        log.data,
    )
    with pytest.raises(Malformed):
        Decoder().read("CommunityToken", dirty)


def test_text_is_refused_without_a_crash_when_its_length_is_absurd():
    data = (64).to_bytes(32, "big") + b"\0" * 32 + (2**255).to_bytes(32, "big")
    with pytest.raises(Malformed):
        Decoder().read("CommunityToken", log_of("ContractMetadataChanged", 0, data))
