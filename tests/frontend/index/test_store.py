"""How numbers are kept, and how transactions take turns."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest
from sqlalchemy import Column, Integer, MetaData, Table, insert, select, text
from sqlalchemy.exc import StatementError

from frontend.index.migrate import migrate
from frontend.store.columns import MAX_UINT256, Uint256
from frontend.store.database import BUSY_TIMEOUT_S, Database, create_engine
from frontend.store.models import AppContent, AppFollower

NUMBERS = Table("numbers", MetaData(), Column("id", Integer, primary_key=True), Column("amount", Uint256))


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    engine = create_engine(empty_url)
    migrate(engine)
    yield Database(engine)
    engine.dispose()


def test_numbers_are_exact_and_in_order_when_they_are_as_large_as_the_chain_allows(database: Database):
    amounts = [MAX_UINT256, 0, 1, 9, 10, 2**63, 2**64 - 1, 10**18, 2**255]
    NUMBERS.create(database.engine)
    with database.engine.begin() as connection:
        connection.execute(insert(NUMBERS), [{"amount": amount} for amount in amounts])
        found = connection.execute(select(NUMBERS.c.amount).order_by(NUMBERS.c.amount)).scalars().all()
        assert found == sorted(amounts)
        at_least = select(NUMBERS.c.amount).where(NUMBERS.c.amount >= 2**64)
        assert sorted(connection.execute(at_least).scalars()) == [n for n in sorted(amounts) if n >= 2**64]


@pytest.mark.parametrize("amount", [-1, MAX_UINT256 + 1])
def test_number_is_refused_when_it_is_no_uint256(database: Database, amount: int):
    NUMBERS.create(database.engine)
    with pytest.raises(StatementError, match="is no uint256"), database.engine.begin() as connection:
        connection.execute(insert(NUMBERS), [{"amount": amount}])


def test_nothing_is_written_when_the_session_ends_in_an_error(database: Database):
    def fail_half_way() -> None:
        with database.session() as session:
            session.add(AppFollower(id=1, node_ok=True, status="following"))
            session.flush()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_half_way()
    with database.reading() as session:
        assert session.get(AppFollower, 1) is None


def test_writers_wait_for_each_other_and_none_is_lost(database: Database):
    with database.session() as session:
        session.add(AppFollower(id=1, node_ok=True, status="following", node_number=0))

    def count() -> None:
        for _ in range(25):
            with database.session() as session:
                row = session.get(AppFollower, 1)
                assert row is not None
                assert row.node_number is not None
                row.node_number += 1

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        row = session.get(AppFollower, 1)
        assert row is not None
        assert row.node_number == 100


def test_readers_see_the_old_state_and_do_not_wait_when_somebody_writes(database: Database):
    with database.session() as session:
        session.add(AppContent(hash="0x1", media_type="text/plain", size_bytes=1, title="old", created_at_ts=1))
    with database.session() as writer:
        row = writer.get(AppContent, "0x1")
        assert row is not None
        row.title = "new"
        writer.flush()
        began = time.monotonic()
        with database.reading() as reader:
            assert reader.execute(text("SELECT title FROM app_contents")).scalar_one() == "old"
        assert time.monotonic() - began < BUSY_TIMEOUT_S / 2


def test_korean_text_comes_back_as_it_was(database: Database):
    with database.session() as session:
        session.add(
            AppContent(hash="0x1", media_type="text/plain", size_bytes=1, title="도깨비 시장 👹", created_at_ts=1)
        )
    with database.reading() as session:
        found = session.get(AppContent, "0x1")
        assert found is not None
        assert found.title == "도깨비 시장 👹"
