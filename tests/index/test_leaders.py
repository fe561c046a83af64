"""One follower writes, others wait; who was overtaken without knowing it writes nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from psycopg import sql
from sqlalchemy import text

from frontend.index.lock import LOCK_NUMBER, FollowerRuns, LockLost, Overtaken, only_writer
from frontend.index.queries import Queries
from tests.index.market import ROOT, Index, Market
from tests.index.nursery import Nursery, Young, running_nursery
from tests.index.storm import environment
from tests.index.waiting import wait_for
from tools.postgres import Server

TAKE_OVER_S = 10
Fresh = Callable[..., list[str]]


@pytest.fixture
def shared(tmp_path: Path, market: Market, database_url: str) -> Iterator[Index]:
    """An index that several followers write, on each of the two databases."""
    found = Index(tmp_path / "shared", market, database_url=database_url)
    yield found
    found.engine.dispose()


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with running_nursery() as found:
        yield found


def is_postgresql(index: Index) -> bool:
    return index.engine.dialect.name == "postgresql"


def named(index: Index, name: str) -> dict[str, str]:
    """Give a follower's environment; on PostgreSQL the server can tell whose connection is whose."""
    found = environment(index)
    if is_postgresql(index):
        found["DATABASE_URL"] += f"&application_name={name}"
    return found


def leader_of(index: Index, followers: dict[str, Young]) -> str:
    """Find out who holds the lock: the kernel, or the database, knows."""
    if is_postgresql(index):
        held = text(
            "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) "
            "WHERE locktype = 'advisory' AND objid = :number"
        )
        with index.engine.connect() as connection:
            return str(connection.execute(held, {"number": LOCK_NUMBER}).scalar_one())
    inode = Path(f"{index.engine.url.database}.follower.lock").stat().st_ino
    locks = [line.split() for line in Path("/proc/locks").read_text(encoding="utf-8").splitlines()]
    (holder,) = [int(words[4]) for words in locks if words[1] == "FLOCK" and words[5].endswith(f":{inode}")]
    return next(name for name, young in followers.items() if young.pid == holder)


def number_of(index: Index) -> int:
    head = Queries(index.engine).head()
    return -1 if head is None else head.number


@pytest.mark.timeout(300)
def test_another_follower_takes_over_within_ten_seconds_when_the_leader_is_killed_three_times_in_a_row(
    shared: Index, market: Market, nursery: Nursery, fresh: Fresh
):
    followers = {f"f{place}": nursery.follower(named(shared, f"f{place}")) for place in range(4)}
    try:
        wait_for(lambda: number_of(shared) == market.head(), 30)
        for _ in range(3):
            followers.pop(leader_of(shared, followers)).kill()
            market.open_community(market.seller)
            wait_for(lambda: number_of(shared) == market.head(), TAKE_OVER_S)
        assert all(young.is_alive() for young in followers.values())
    finally:
        for young in followers.values():
            young.kill()
    assert shared.dump() == fresh()


@pytest.mark.timeout(300)
def test_nobody_takes_over_from_a_leader_that_hangs_and_it_goes_on_when_it_wakes(
    shared: Index, market: Market, nursery: Nursery, fresh: Fresh
):
    first = nursery.follower(named(shared, "first"))
    second: Young | None = None
    try:
        wait_for(lambda: number_of(shared) == market.head(), 30)
        second = nursery.follower(named(shared, "second"))
        time.sleep(1)
        first.send(signal.SIGSTOP)
        before = number_of(shared)
        market.open_community(market.seller)
        time.sleep(3)
        assert number_of(shared) == before
        first.send(signal.SIGCONT)
        wait_for(lambda: number_of(shared) == market.head(), TAKE_OVER_S)
        assert leader_of(shared, {"first": first, "second": second}) == "first"
        first.send(signal.SIGSTOP)
        market.open_community(market.seller)
        first.kill()  # what an operator does about it
        wait_for(lambda: number_of(shared) == market.head(), TAKE_OVER_S)
    finally:
        for young in (first, second):
            if young is not None:
                young.kill()
    assert shared.dump() == fresh()


def test_batch_is_thrown_away_when_another_follower_wrote_while_it_was_read(
    shared: Index, market: Market, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
):
    """No lock is held here at all: what a follower that lost its lock without noticing would do."""
    shared.follow()
    market.play()
    slow, quick = shared.new_follower(), shared.new_follower()
    read = slow._next

    def overtaken(*args: Any) -> Any:
        batch = read(*args)
        quick.catch_up()
        return batch

    monkeypatch.setattr(slow, "_next", overtaken)
    with pytest.raises(Overtaken, match="thrown away"):
        slow.catch_up()
    assert shared.dump() == fresh()
    monkeypatch.undo()
    slow.catch_up()
    assert shared.dump() == fresh()


def test_tokens_that_another_follower_read_about_are_followed_too(shared: Index, market: Market, fresh: Fresh):
    slow, quick = shared.new_follower(), shared.new_follower()
    slow.catch_up()
    community = market.open_community(market.other, name="opened meanwhile")
    quick.catch_up()
    slow.catch_up()
    market.on_token(community, "mint", [market.stranger, 5], market.other)
    slow.catch_up()
    assert shared.dump() == fresh()


def test_rebuild_is_thrown_away_when_another_follower_wrote_while_it_was_read(
    shared: Index, market: Market, fresh: Fresh, monkeypatch: pytest.MonkeyPatch
):
    shared.follow()
    slow, quick = shared.new_follower(), shared.new_follower()
    spool = slow._spool

    def overtaken(*args: Any) -> Any:
        batches = spool(*args)
        market.open_community(market.other)
        quick.catch_up()
        return batches

    monkeypatch.setattr(slow, "_spool", overtaken)
    with pytest.raises(Overtaken):
        slow.rebuild()
    assert shared.dump() == fresh()


def test_index_is_right_when_four_followers_write_at_once_without_any_lock(shared: Index, market: Market, fresh: Fresh):
    """The lock only saves work; here nobody takes it, and each goes on as it pleases."""
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms, 1000)
    followers = [shared.new_follower() for _ in range(4)]
    threads = [threading.Thread(target=follower.run) for follower in followers]
    for thread in threads:
        thread.start()
    try:
        for depth in (1, 3, 2, 5, 8, 1):
            for _ in range(3):
                market.buy(terms)
            market.rpc("anvil_reorg", depth, [])
            market.mine(2)
        wait_for(lambda: number_of(shared) == market.head(), 60)
    finally:
        for follower in followers:
            follower.stop()
        for thread in threads:
            thread.join(60)
    assert shared.follow() == fresh()


def test_lock_is_lost_when_its_file_was_taken_away(index: Index):
    with only_writer(index.engine) as still_ours:
        still_ours()
        os.remove(f"{index.engine.url.database}.follower.lock")
        with pytest.raises(LockLost, match="taken away"):
            still_ours()
        with only_writer(index.engine) as theirs:
            theirs()
            with pytest.raises(LockLost):
                still_ours()


def test_leader_stops_writing_and_another_goes_on_when_the_database_breaks_its_connection(
    tmp_path: Path, market: Market, new_postgres: Callable[..., str], postgres: Server, nursery: Nursery, fresh: Fresh
):
    shared = Index(tmp_path / "shared", market, database_url=new_postgres())
    followers = {name: nursery.follower(named(shared, name)) for name in ("one", "other")}
    try:
        for _ in range(3):
            market.open_community(market.seller)
            wait_for(lambda: number_of(shared) == market.head(), 30)
            leader = leader_of(shared, followers)
            ended = sql.SQL("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = %s")
            assert postgres.run(ended, leader)[0][0] >= 1
            market.open_community(market.seller)
            wait_for(lambda: number_of(shared) == market.head(), TAKE_OVER_S)
        assert all(young.is_alive() for young in followers.values())
    finally:
        for young in followers.values():
            young.kill()
    assert shared.dump() == fresh()
    shared.engine.dispose()


def test_leader_raises_when_its_connection_to_postgresql_is_gone(postgres: Server, new_postgres: Callable[..., str]):
    from frontend.store.database import create_engine

    engine = create_engine(new_postgres() + "&application_name=lonely")
    with only_writer(engine) as still_ours:
        still_ours()
        with pytest.raises(FollowerRuns), only_writer(engine):
            pass
        postgres.run(
            sql.SQL("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = %s"), "lonely"
        )
        with pytest.raises(LockLost, match="broken the connection"):
            still_ours()
    with only_writer(engine) as again:  # and the lock was given back
        again()
    engine.dispose()


def test_second_follower_says_that_it_waits_and_ends_at_once_when_it_is_told_to(shared: Index, market: Market):
    with only_writer(shared.engine):
        second = subprocess.Popen(
            [sys.executable, "-m", "frontend.index", "follow"],
            cwd=ROOT,
            env=environment(shared),
            stderr=subprocess.PIPE,
            text=True,
        )
        assert second.stderr is not None
        said = second.stderr.readline()
        second.send_signal(signal.SIGTERM)
        rest = second.communicate(timeout=60)[1]
    assert "Another follower writes this database's index. Waiting for its end." in said
    assert (second.returncode, rest) == (0, "")
