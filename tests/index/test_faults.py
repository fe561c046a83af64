"""What a bad node says never becomes data; when it is good again, the index is as if nothing had been."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from sqlalchemy import select

from frontend import create_app
from frontend.errors import NodeDown, WrongChain
from frontend.index.decode import Decoder
from frontend.index.models import quarantine
from frontend.index.node import Busy, RpcRefused
from frontend.index.queries import Queries
from frontend.index.views import ListingFilter
from tests.index.market import Index, Market, Told, fresh_dump, running_market
from tests.index.proxy import Proxy, Rule, Spoiled, changed_logs, cut, hanging, on, raw, running_proxy
from tests.index.twins import kept_node
from tests.index.waiting import wait_for
from tools.chain import free_port

Fresh = Callable[..., list[str]]


@pytest.fixture
def proxy(market: Market) -> Iterator[Proxy]:
    with running_proxy(market.url) as found:
        yield found


@pytest.fixture
def through(tmp_path: Path, market: Market, proxy: Proxy) -> Iterator[Index]:
    """An index behind the proxy that already knows the first part of a story, and has the rest before it."""
    index = Index(tmp_path / "through", market, url=proxy.url, rpc_timeout_s=4)
    market.open_community(market.seller)
    index.follow()
    market.play()
    yield index
    index.engine.dispose()


@pytest.fixture
def told_proxy(told: Told) -> Iterator[Proxy]:
    with running_proxy(told.market.url) as found:
        yield found


@pytest.fixture
def half(tmp_path: Path, told: Told, told_proxy: Proxy) -> Iterator[Index]:
    """An index behind the proxy that has read half of a story that is over."""
    index = Index(tmp_path / "half", told.market, url=told_proxy.url, rpc_timeout_s=4)
    told_proxy.rule = older_head(told.market, told.market.head() // 2)
    index.follow()
    told_proxy.rule = None
    yield index
    index.engine.dispose()


def older_head(market: Market, number: int) -> Rule:
    """Let an older block be the newest."""
    block = market.rpc("eth_getBlockByNumber", hex(number), False)

    def rule(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        is_head = method == "eth_getBlockByNumber" and params[0] == "latest"
        return {**answer, "result": block} if is_head else answer

    return rule


BAD_ANSWERS = {
    "html": raw(b"<html><body>502 Bad Gateway</body></html>"),
    "status_429": raw(b"slow down", 429, Retry_After="7"),
    "status_503": raw(b"", 503),
    "truncated": raw(b'[{"jsonrpc":"2.0","id":1,"resu'),
    "nothing": raw(b""),
    "null": raw(b"null"),
    "list_of_null": raw(b"[null,null,null]"),
    "hanging": hanging(6),
    "connection_reset": cut(),
    "dripping": cut(drops=60, every_s=0.5),
    "wrong_id": lambda method, params, answer: {**answer, "id": 10**9},
    "no_result": lambda method, params, answer: {"jsonrpc": "2.0", "id": answer["id"]},
    "null_block": on("eth_getBlockByNumber", lambda answer: {**answer, "result": None}),
    "header_without_hash": on("eth_getBlockByNumber", lambda a: {**a, "result": {**a["result"], "hash": None}}),
    "number_of_words": on("eth_getBlockByNumber", lambda a: {**a, "result": {**a["result"], "number": "ten"}}),
    "logs_are_text": on("eth_getLogs", lambda answer: {**answer, "result": "none"}),
    "log_without_place": changed_logs(lambda logs: [{**log, "logIndex": None} for log in logs]),
    "log_of_another_block": changed_logs(lambda logs: [{**log, "blockHash": "0x" + "ab" * 32} for log in logs]),
    "two_logs_in_one_place": changed_logs(lambda logs: logs + [{**log, "data": "0x"} for log in logs]),
    "unlinked_headers": on(
        "eth_getBlockByNumber", lambda a: {**a, "result": {**a["result"], "parentHash": "0x" + "cd" * 32}}
    ),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_step_writes_nothing_when_the_node_answers_nonsense(name: str, half: Index, told_proxy: Proxy, told: Told):
    before = half.dump()
    told_proxy.rule = BAD_ANSWERS[name]
    began = time.monotonic()
    with pytest.raises(NodeDown):
        half.follower.catch_up()
    assert time.monotonic() - began < 20
    assert half.dump() == before
    told_proxy.rule = None
    assert half.follow() == told.dump


def test_wait_is_what_the_node_asks_for_when_it_is_busy(half: Index, told_proxy: Proxy):
    told_proxy.rule = BAD_ANSWERS["status_429"]
    with pytest.raises(Busy) as caught:
        half.follower.step()
    assert caught.value.retry_after_s == 7


HARMLESS = {
    "duplicated": changed_logs(lambda logs: logs + logs),
    "shuffled": changed_logs(lambda logs: random.Random(1).sample(logs, len(logs))),
    "reversed": changed_logs(lambda logs: logs[::-1]),
    "removed_ones_too": changed_logs(
        lambda logs: logs + [{**log, "logIndex": "0x63", "removed": True} for log in logs]
    ),
}


@pytest.mark.parametrize("window", [8, 256])
@pytest.mark.parametrize("name", HARMLESS)
def test_index_is_the_same_when_logs_come_in_disorder(
    name: str, window: int, tmp_path: Path, told: Told, told_proxy: Proxy
):
    index = Index(tmp_path / "through", told.market, url=told_proxy.url, window=window)
    told_proxy.rule = HARMLESS[name]
    assert without_blocks(index.follow()) == without_blocks(told.dump)


def test_silently_missing_logs_are_read_from_receipts_when_the_bloom_filter_promises_them(
    half: Index, told_proxy: Proxy, told: Told
):
    told_proxy.rule = changed_logs(lambda logs: [])
    assert half.follow() == told.dump
    assert any(method == "eth_getTransactionReceipt" for method, _ in told_proxy.asked)


def test_range_is_halved_when_the_node_calls_it_too_large(tmp_path: Path, told: Told, told_proxy: Proxy):
    index = Index(tmp_path / "through", told.market, url=told_proxy.url, window=8)

    def too_large(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        wanted = params[0] if method == "eth_getLogs" else {}
        if "fromBlock" in wanted and int(wanted["toBlock"], 16) - int(wanted["fromBlock"], 16) >= 4:
            return {"jsonrpc": "2.0", "id": answer["id"], "error": {"code": -32005, "message": "too many results"}}
        return answer

    told_proxy.rule = too_large
    assert without_blocks(index.follow()) == without_blocks(told.dump)


def test_step_gives_up_when_not_even_one_block_is_small_enough(tmp_path: Path, told: Told, told_proxy: Proxy):
    index = Index(tmp_path / "through", told.market, url=told_proxy.url, window=8)
    told_proxy.rule = on(
        "eth_getLogs", lambda a: {"jsonrpc": "2.0", "id": a["id"], "error": {"code": -32005, "message": "no"}}
    )
    with pytest.raises(RpcRefused):
        index.follow()
    assert index.dump() == []


def test_index_waits_and_loses_nothing_when_an_older_node_answers_now_and_then(
    through: Index, market: Market, proxy: Proxy, fresh: Fresh
):
    through.follow()
    through.follower._shorter_for_s = 60.0
    stale = market.rpc("eth_getBlockByNumber", hex(market.head() - 6), False)
    market.open_community(market.stranger)

    def older(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        is_head = method == "eth_getBlockByNumber" and params[0] == "latest"
        return {**answer, "result": stale} if is_head and len(proxy.asked) % 2 else answer

    proxy.rule = older
    for _ in range(6):
        through.follower.step()
    assert Queries(through.engine).head().number == market.head()
    assert through.dump() == fresh()


def test_follower_stops_and_writes_nothing_when_the_chain_id_is_another(half: Index, told_proxy: Proxy):
    before = half.dump()
    told_proxy.rule = on("eth_chainId", lambda answer: {**answer, "result": "0x1"})
    with pytest.raises(WrongChain, match=r"stands on chain 1, the settings say 31337"):
        half.follower.run()
    assert half.dump() == before


BAD_LOGS: dict[str, tuple[Callable[[dict[str, Any]], dict[str, Any]], str]] = {
    "anonymous": (lambda log: {**log, "topics": []}, "an anonymous log"),
    "unknown": (lambda log: {**log, "topics": ["0x" + "77" * 32]}, "no event of"),
    "topics_missing": (lambda log: {**log, "topics": log["topics"][:1]}, "topics instead of"),
    "data_short": (lambda log: {**log, "data": log["data"][:40]}, "cannot be decoded"),
    "no_order": (lambda log: {**log, "topics": [log["topics"][0], "0x" + "99" * 32, *log["topics"][2:]]}, "hash"),
}


@pytest.mark.parametrize("name", BAD_LOGS)
def test_bad_log_goes_to_quarantine_and_indexing_goes_on(name: str, market: Market, tmp_path: Path, proxy: Proxy):
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms)
    bad = market.buy(terms)
    good = market.buy(terms)
    spoil, reason = BAD_LOGS[name]
    order_topics = {bad.key}
    proxy.rule = changed_logs(
        lambda logs: [
            spoil(log) if len(log["topics"]) > 1 and log["topics"][1] in order_topics else log for log in logs
        ]
    )
    index = Index(tmp_path / "through", market, url=proxy.url)
    index.follow()
    queries = Queries(index.engine)
    assert queries.order(bad.key) is None
    assert queries.order(good.key).state == "funded"
    assert queries.listing(good_listing(queries)).quantity_sold == 1
    with index.engine.connect() as connection:
        (row,) = connection.execute(select(quarantine)).all()
    assert reason in row.reason
    assert queries.quarantined() == 1


def without_blocks(dumped: list[str]) -> list[str]:
    """Leave out the block rows, of which a small window keeps fewer."""
    return [line for line in dumped if not line.startswith("chain_blocks ")]


def good_listing(queries: Queries) -> str:
    (listing,) = queries.listings(ListingFilter()).items
    return listing.id


def test_follower_says_that_the_node_is_away_and_comes_back_by_itself(
    through: Index, proxy: Proxy, market: Market, fresh: Fresh
):
    queries = Queries(through.engine)
    thread = threading.Thread(target=through.follower.run)
    thread.start()
    try:
        wait_for(lambda: queries.head().number == market.head())
        proxy.rule = raw(b"", 503)
        cut_at = time.time()
        wait_for(lambda: not queries.head().node_ok)
        down = queries.head()
        assert down.seen_at_ts <= cut_at + 1
        assert (down.status, down.number) == ("node_down", market.head())
        assert proxy.url not in (down.detail or "")
        market.open_community(market.stranger)
        time.sleep(1.1)
        assert queries.head().seen_at_ts == down.seen_at_ts
        proxy.rule = None
        wait_for(lambda: queries.head().node_ok and queries.head().number == market.head(), seconds=30)
    finally:
        through.follower.stop()
        thread.join(15)
    assert not thread.is_alive()
    assert through.dump() == fresh()


@pytest.mark.parametrize("window", [8, 256])
@pytest.mark.parametrize("depth", [20, 34], ids=["new blocks", "known blocks too"])
@pytest.mark.parametrize(
    ("after", "count"),
    [("eth_getBlockByNumber", 1), ("eth_getBlockByNumber", 3), ("eth_getLogs", 1), ("eth_getLogs", 9)],
)
def test_index_equals_fresh_build_when_the_chain_changes_between_two_requests(
    after: str, count: int, depth: int, window: int, tmp_path: Path, market: Market, proxy: Proxy, fresh: Fresh
):
    """Right after the node gave its n-th block or list of logs, empty blocks are replaced by some with a purchase."""
    index = Index(tmp_path / "through", market, url=proxy.url, window=window)
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms, 100)
    for _ in range(4):
        market.buy(terms)
    index.follow()
    for _ in range(12):
        market.buy(terms)
    market.mine(20)
    unsent, sale = market.purchase_of(terms, 2, market.other)
    nonce = market.rpc("eth_getTransactionCount", market.other, "latest")
    given = 0

    def changing(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        nonlocal given
        given += method == after
        if method == after and given == count:
            market.rpc("anvil_reorg", depth, [[{**unsent, "nonce": nonce}, 2]])
        return answer

    proxy.rule = changing
    for _ in range(10):
        try:
            index.follower.catch_up()
        except NodeDown:
            continue
        break
    assert given >= count
    assert index.dump() == fresh(window=window)
    assert Queries(index.engine).order(sale.key) is not None


def test_range_is_refused_when_its_logs_are_of_other_blocks(tmp_path: Path, told: Told, told_proxy: Proxy):
    index = Index(tmp_path / "through", told.market, url=told_proxy.url, window=8)

    def misplaced(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        is_range = method == "eth_getLogs" and "fromBlock" in params[0]
        return (
            {**answer, "result": [{**log, "blockHash": "0x" + "ab" * 32} for log in answer["result"]]}
            if is_range
            else answer
        )

    told_proxy.rule = misplaced
    with pytest.raises(NodeDown):
        index.follow()
    assert index.dump() == []


def test_second_cancellation_of_an_order_goes_to_quarantine_and_leaves_the_stock_alone(
    tmp_path: Path, told: Told, told_proxy: Proxy
):
    topic = Decoder().topic("Market", "OrderCancelled")

    def twice(logs: list[Any]) -> list[Any]:
        return logs + [{**log, "logIndex": "0x63"} for log in logs if log["topics"][0] == topic]

    told_proxy.rule = changed_logs(twice)
    index = Index(tmp_path / "through", told.market, url=told_proxy.url)
    dumped = index.follow()
    assert [line for line in dumped if not line.startswith("chain_quarantine ")] == told.dump
    with index.engine.connect() as connection:
        assert [row.reason for row in connection.execute(select(quarantine))] == ["the order is cancelled already"]


@contextmanager
def running(index: Index) -> Iterator[None]:
    """Let the index's follower run in a thread; it must not end by itself."""
    ended: list[BaseException] = []

    def run() -> None:
        try:
            index.follower.run()
        except BaseException as problem:  # noqa: BLE001 whatever it is, the test must not miss it
            ended.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        index.follower.stop()
        thread.join(40)
    assert not thread.is_alive()
    assert not ended


def is_with(index: Index, market: Market) -> bool:
    head = Queries(index.engine).head()
    return head is not None and head.node_ok and head.number == market.head()


def test_follower_waits_and_catches_up_within_30_seconds_when_the_node_was_down_at_start(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    state, port = tmp_path / "state.json", free_port()
    node = kept_node(state, port)
    market = Market(node.url).deploy()
    market.open_community(market.seller)
    node.stop()
    index = Index(tmp_path / "index", market)
    with running(index):
        wait_for(lambda: "does not answer" in caplog.text)
        assert index.dump() == []
        node = kept_node(state, port)
        try:
            wait_for(lambda: is_with(index, market), 30)
            said = caplog.text  # of the time before this node ends as well
        finally:
            node.stop()
    assert said.count("The node does not answer") == 1  # one line, however often it was tried
    assert market.url not in caplog.text.replace("POST", "")


def test_follower_goes_on_within_30_seconds_when_the_node_was_killed_and_started_again(tmp_path: Path):
    state, port = tmp_path / "state.json", free_port()
    node = kept_node(state, port)
    market = Market(node.url).deploy()
    market.open_community(market.seller)
    node.stop()
    node = kept_node(state, port)
    index = Index(tmp_path / "index", market)
    try:
        with running(index):
            wait_for(lambda: is_with(index, market), 30)
            for _ in range(20):
                market.mine()  # blocks that die with the node: it comes back with the chain it had saved
            wait_for(lambda: is_with(index, market), 30)
            node.process.kill()
            node.process.wait()
            wait_for(lambda: not Queries(index.engine).head().node_ok, 30)
            node = kept_node(state, port)
            market.open_community(market.other)
            wait_for(lambda: is_with(index, market), 30)
        assert index.dump() == fresh_dump(tmp_path / "fresh", market)
    finally:
        node.stop()


def test_node_is_left_alone_for_as_long_as_it_asks_when_it_is_busy(half: Index, told_proxy: Proxy, told: Told):
    times: list[float] = []

    def busy(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        times.append(time.monotonic())
        raise Spoiled(b"slow down", 429, {"Retry-After": "3"})

    told_proxy.rule = busy
    with running(half):
        wait_for(lambda: len(times) >= 2)
        told_proxy.rule = None
        wait_for(lambda: is_with(half, told.market), 30)
    assert times[1] - times[0] >= 3
    assert half.dump() == told.dump


def test_follower_stops_writing_and_goes_on_by_itself_when_the_chain_id_was_another_for_a_while(
    through: Index, proxy: Proxy, market: Market, fresh: Fresh, caplog: pytest.LogCaptureFixture
):
    with running(through):
        wait_for(lambda: is_with(through, market), 30)
        before = through.dump()
        proxy.rule = on("eth_chainId", lambda answer: {**answer, "result": "0x1"})
        market.open_community(market.stranger)
        queries = Queries(through.engine)
        wait_for(lambda: not queries.head().node_ok)
        assert "stands on chain 1, the settings say 31337" in (queries.head().detail or "")
        time.sleep(1)
        assert through.dump() == before
        proxy.rule = None
        wait_for(lambda: is_with(through, market), 30)
    assert through.dump() == fresh()
    assert "stands on chain 1" in caplog.text


def test_follower_stops_writing_when_another_chain_answers_under_the_same_chain_id(
    through: Index, proxy: Proxy, market: Market, fresh: Fresh
):
    """A developer's node that was started afresh, or a load balancer with a stranger behind it."""
    with running_market() as stranger, running(through):
        stranger.mine(market.head() + 5)
        wait_for(lambda: is_with(through, market), 30)
        before = through.dump()
        proxy.target = stranger.url
        queries = Queries(through.engine)
        wait_for(lambda: queries.head().status == "waiting_for_deployment")
        assert "The chain was started anew" in (queries.head().detail or "")
        assert through.dump() == before
        proxy.target = market.url
        market.open_community(market.stranger)
        wait_for(lambda: queries.head().status == "following" and is_with(through, market), 30)
    assert through.dump() == fresh()


def emitting(topics: list[str], data: bytes) -> str:
    """Give creation code that does nothing but announce one log."""
    program = bytearray()
    length = 3 + 3 + 2 + 1 + 33 * len(topics) + 3 + 2 + 1 + 1
    program += b"\x61" + len(data).to_bytes(2) + b"\x61" + length.to_bytes(2) + b"\x60\x00" + b"\x39"  # CODECOPY
    for topic in reversed(topics):
        program += b"\x7f" + bytes.fromhex(topic[2:])  # PUSH32
    program += b"\x61" + len(data).to_bytes(2) + b"\x60\x00" + bytes([0xA0 + len(topics)]) + b"\x00"  # LOGn, STOP
    assert len(program) == length
    return "0x" + bytes(program + data).hex()


@pytest.mark.parametrize("way", ["by filter", "by receipts", "by a node that ignores the filter"])
def test_logs_of_a_foreign_contract_change_nothing_when_they_look_like_ours(
    way: str, tmp_path: Path, market: Market, proxy: Proxy
):
    """A stranger's contract says word for word what the Market, the registry and a token said, in the same block."""
    community = market.open_community(market.seller)
    market.on_token(community, "mint", [market.buyer, 10], market.seller)
    terms = market.terms(community)
    market.list(terms)
    market.buy(terms)
    ours = market.rpc("eth_getLogs", {"fromBlock": "0x0", "toBlock": "latest"})
    before = Index(tmp_path / "before", market)
    wanted = contents(before.follow())
    market.rpc("evm_setAutomine", False)
    for log in ours:
        code = emitting(log["topics"], bytes.fromhex(log["data"][2:]))
        market.rpc("eth_sendTransaction", {"from": market.stranger, "data": code, "gas": hex(500_000)})
    market.mine()
    market.rpc("evm_setAutomine", True)
    foreign = market.rpc("eth_getLogs", {"fromBlock": hex(market.head()), "toBlock": "latest"})
    assert len(foreign) == len(ours) > 5

    def add(method: str, params: list[Any], answer: dict[str, Any]) -> dict[str, Any]:
        if method == "eth_getLogs" and params[0].get("blockHash") == foreign[0]["blockHash"]:
            return {**answer, "result": answer["result"] + foreign}
        return answer

    proxy.rule = {"by receipts": changed_logs(lambda logs: []), "by a node that ignores the filter": add}.get(way)
    index = Index(tmp_path / "through", market, url=proxy.url)
    assert contents(index.follow()) == wanted
    assert Queries(index.engine).quarantined() == 0


def contents(dumped: list[str]) -> list[str]:
    return [line for line in dumped if not line.startswith(("chain_blocks ", "chain_cursor "))]


def test_text_that_is_no_utf8_is_kept_with_replacement_characters(market: Market, tmp_path: Path, proxy: Proxy):
    """A name is any bytes to a contract: broken UTF-8, a NUL that PostgreSQL refuses, a lone half of a surrogate pair."""
    community = market.open_community(market.seller, name="ABCDEFGHIJ")
    bad = b"A\xff\x00\xed\xa0\x80\xc3(YZ"
    proxy.rule = changed_logs(
        lambda logs: [{**log, "data": log["data"].replace(b"ABCDEFGHIJ".hex(), bad.hex())} for log in logs]
    )
    index = Index(tmp_path / "through", market, url=proxy.url)
    index.follow()
    name = Queries(index.engine).community(community).name
    assert name.startswith("A\ufffd\ufffd")
    assert name.endswith("YZ")
    assert "\x00" not in name


def test_a_megabyte_of_text_in_an_event_is_indexed_and_keeps_the_orders_page_small(
    market: Market, tmp_path: Path, proxy: Proxy
):
    """The contracts let no text of more than some hundred bytes through; here the node says that they did."""
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms)
    sale = market.buy(terms)
    market.on_order("accept", sale, market.seller)
    market.on_order("deliver", sale, market.seller, b"\x01" * 32)
    market.on_order("dispute", sale, market.buyer, "http://x/e", b"\x02" * 32, value=10**17)
    topic = Decoder().topic("Market", "Evidence")
    long = "0x" + encode(["string", "bytes32"], ["http://x/" + "가" * 350_000, b"\x03" * 32]).hex()
    proxy.rule = changed_logs(
        lambda logs: [{**log, "data": long} if log["topics"][0] == topic else log for log in logs]
    )
    index = Index(tmp_path / "through", market, url=proxy.url)
    dumped = index.follow()
    assert max(len(line) for line in dumped) > 350_000
    assert Queries(index.engine).quarantined() == 0
    app = create_app(index.settings)
    answer = app.test_client().get(f"/o/{sale.key}", base_url=index.settings.origin)
    assert answer.status_code == 200
    assert len(answer.data) < 200_000
