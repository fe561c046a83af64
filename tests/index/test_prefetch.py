"""What is read ahead while the database writes is written when it still holds, and thrown away when it does not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from frontend.index.node import Node
from frontend.index.prefetch import Prefetch
from frontend.index.writer import Batch
from tests.index.market import Index, Market

Fresh = Callable[..., list[str]]
WINDOW = 8


@pytest.fixture
def behind(market: Market, tmp_path: Path) -> Iterator[Index]:
    """An index that has more to read than its window: a range first, which cannot be undone, and then single blocks."""
    found = Index(tmp_path / "behind", market, window=WINDOW)
    found.follow()
    market.play()
    yield found
    found.engine.dispose()


@pytest.fixture
def taken(monkeypatch: pytest.MonkeyPatch) -> list[Batch]:
    """Every batch that had been read ahead when it was asked for."""
    batches: list[Batch] = []
    take = Prefetch.take

    def watched(self: Prefetch, number: int, block_hash: str) -> Batch | None:
        found = take(self, number, block_hash)
        if found is not None:
            batches.append(found)
        return found

    monkeypatch.setattr(Prefetch, "take", watched)
    return batches


def after_first_write(index: Index, monkeypatch: pytest.MonkeyPatch, then: Callable[[], Any]) -> None:
    """Let something happen once a batch is written and the next one is read."""
    write, happened = index.follower._write, []

    def watched(*args: Any) -> None:
        write(*args)
        if not happened:
            index.follower._prefetch.wait()
            happened.append(then())

    monkeypatch.setattr(index.follower, "_write", watched)


def test_index_equals_fresh_build_when_blocks_were_read_ahead(behind: Index, fresh: Fresh, taken: list[Batch]):
    after = behind.follow()
    assert [batch.first for batch in taken] == [taken[0].first]
    assert taken[0].last == behind.follower.node.headers(["latest"])[0].number
    assert after == fresh(window=WINDOW)


def test_what_was_read_ahead_is_thrown_away_when_its_blocks_were_replaced(
    behind: Index, market: Market, fresh: Fresh, taken: list[Batch], monkeypatch: pytest.MonkeyPatch
):
    after_first_write(behind, monkeypatch, lambda: market.rpc("anvil_reorg", 3, []))
    after = behind.follow()
    old = taken[0]
    assert market.rpc("eth_getBlockByNumber", hex(old.last), False)["hash"] != old.headers[old.last].hash
    assert after == fresh(window=WINDOW)


def test_what_was_read_ahead_is_thrown_away_when_the_chain_got_shorter(
    behind: Index, market: Market, fresh: Fresh, taken: list[Batch], monkeypatch: pytest.MonkeyPatch
):
    after_first_write(behind, monkeypatch, lambda: market.rpc("anvil_rollback", 3))
    after = behind.follow()
    assert taken[0].last == market.head() + 3
    assert after == fresh(window=WINDOW)


def test_index_equals_fresh_build_when_nothing_could_be_read_ahead(
    behind: Index, fresh: Fresh, taken: list[Batch], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    begin = Prefetch.begin

    def without_node(self: Prefetch, fetcher: Any, *args: Any) -> None:
        node, fetcher._node = fetcher._node, Node("http://127.0.0.1:9", 1)  # nobody listens there
        begin(self, fetcher, *args)
        self.wait()
        fetcher._node = node

    monkeypatch.setattr(Prefetch, "begin", without_node)
    caplog.set_level("INFO", "frontend.index.prefetch")
    after = behind.follow()
    assert "Nothing was read ahead: The node does not answer" in caplog.text
    assert taken == []
    assert after == fresh(window=WINDOW)
