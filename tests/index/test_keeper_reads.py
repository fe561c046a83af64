"""What the keeper reads of the index is the same on both databases, and all that is overdue is in it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from scripts.lib.keep import index as keeper_index
from scripts.lib.keep.due import overdue_orders
from tests.index.market import CHAIN_ID, Index, Market

FAR_S = 2**39
OPEN_STATES = range(1, 6)  # from FUNDED to DISPUTED


def test_keeper_finds_every_open_order_on_both_databases_page_by_page(
    tmp_path: Path, market: Market, new_postgres: Callable[..., str], monkeypatch
):
    monkeypatch.setattr(keeper_index, "PAGE", 2)
    keys = [sale.key for sale in market.play().values()]
    is_open = {
        key: market.ask("Market", market.market, "orderOf", bytes.fromhex(key[2:]))[0][5] in OPEN_STATES for key in keys
    }
    assert 6 <= sum(is_open.values()) < len(keys)
    for name, options in (("sqlite", {}), ("postgres", {"database_url": new_postgres()})):
        index = Index(tmp_path / name, market, **options)
        index.follower.catch_up()
        found = keeper_index.Index(index.settings.database_url)
        position = found.position()
        assert position is not None
        assert (position.chain_id, position.number) == (CHAIN_ID, market.head())
        due = list(overdue_orders(found, FAR_S))
        assert {call.subject for call in due} == {key for key in keys if is_open[key]}
        clocks = [order.clock_ts for order in found.overdue_orders(FAR_S)]
        assert clocks == sorted(clocks)
        assert list(overdue_orders(found, min(clocks))) == []
        found.close()
        index.engine.dispose()
