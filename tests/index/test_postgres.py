"""The index says the same on PostgreSQL as on SQLite, byte for byte, whatever the chain did."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from eth_abi.abi import encode
from psycopg import sql
from sqlalchemy import text

from frontend.contracts.registry import function_abi, selector
from frontend.index.follow import Follower
from frontend.index.lock import FollowerRuns, LockLost, only_writer
from frontend.index.migrate import migrate
from frontend.index.queries import Queries
from frontend.store.database import create_engine
from tests.helpers.terms import NO_RESERVES
from tests.index.market import ETHER, Index, Market, Told, fresh_dump
from tools.postgres import Server

NAMES = [
    b"zebra",
    b"Zebra",
    "가게".encode(),
    b"apple",
    b"Apple",
    "É".encode(),
    b"a\x00b",
    b"\xff\xfe",
    b"_",
    "나".encode(),
]


@pytest.fixture
def pair(tmp_path: Path, market: Market, new_postgres: Callable[..., str]) -> Iterator[tuple[Index, Index]]:
    """An index of the same market on each kind of database."""
    in_sqlite = Index(tmp_path / "sqlite", market)
    in_postgres = Index(tmp_path / "postgres", market, database_url=new_postgres())
    yield in_sqlite, in_postgres
    in_sqlite.engine.dispose()
    in_postgres.engine.dispose()


def test_dumps_are_equal_when_everything_has_happened(tmp_path: Path, told: Told, new_postgres: Callable[..., str]):
    for window in (256, 8):  # all of it near the head, and most of it far from there
        index = Index(tmp_path / f"index{window}", told.market, window=window, database_url=new_postgres())
        wanted = told.dump if window == 256 else fresh_dump(tmp_path / "fresh", told.market, window=window)
        assert index.follow() == wanted
        index.engine.dispose()


def test_dumps_are_equal_when_the_chain_was_reorganised(
    pair: tuple[Index, Index], market: Market, fresh: Callable[..., list[str]]
):
    radio = market.open_community(market.seller)
    market.on_token(radio, "mint", [market.buyer, 10**23], market.seller)
    terms = market.terms(radio)
    market.list(terms)
    fork = market.rpc("evm_snapshot")
    sale = market.buy(terms)
    market.on_order("accept", sale, market.seller)
    market.on_token(radio, "transfer", [market.other, 10**23], market.buyer)
    market.open_community(market.other, name="undone")
    before = [index.follow() for index in pair]
    assert before[0] == before[1]

    market.rpc("evm_revert", fork)
    cancelled = market.buy(terms, 2)
    market.on_order("cancel", cancelled, market.buyer)
    market.on_token(radio, "burn", [ETHER], market.buyer)
    market.mine(3)
    after = [index.follow() for index in pair]
    assert after[0] == after[1] == fresh()
    assert after[0] != before[0]


def test_names_come_in_the_same_order_when_the_database_was_set_up_for_a_language(
    tmp_path: Path, market: Market, postgres: Server, new_postgres: Callable[..., str]
):
    function = function_abi("CommunityRegistry", "openCommunity")
    kind = "(bytes,bytes,uint112,uint112,uint32,uint32,uint16,bytes,bytes32,address,uint112,address,uint112)"
    for name in NAMES:
        params = (name, b"\xc3", 2**112 - 1, 0, 0, 0, 0, b"http://x/\xf0\x28", b"\0" * 32, *NO_RESERVES)
        data = "0x" + (selector(function) + encode([kind], [params])).hex()
        unsent = {"from": market.seller, "to": market.registry, "data": data, "gas": hex(10**6)}
        market.mined(unsent)
    url = new_postgres("template0", options=in_a_language(postgres))
    engine = create_engine(url)
    migrate(engine)
    with engine.connect() as connection:
        in_words = connection.execute(text("SELECT 'a' < 'B'")).scalar_one()
        of_ours = "SELECT name < :other FROM chain_communities"
        assert connection.execute(text(of_ours), {"other": "x"}).all() == []
    engine.dispose()
    in_sqlite, in_postgres = Index(tmp_path / "sqlite", market), Index(tmp_path / "pg", market, database_url=url)
    assert in_sqlite.follow() == in_postgres.follow()
    found = [
        [community.name for community in Queries(index.engine).communities(sort="name").items]
        for index in (in_sqlite, in_postgres)
    ]
    in_sqlite.engine.dispose()
    in_postgres.engine.dispose()
    assert in_words, "this database orders by bytes anyway, so the test would show nothing"
    assert found[0] == found[1] == sorted(found[0], key=str.encode)


def in_a_language(postgres: Server) -> str:
    """Give the options of a database that orders words as a dictionary does, by what this server has."""
    (icu,) = postgres.run(
        sql.SQL("SELECT count(*) FROM pg_collation WHERE collprovider = 'i' AND collname = 'und-x-icu'")
    )
    if icu[0]:
        return "LOCALE_PROVIDER icu ICU_LOCALE 'und' LOCALE 'C'"
    found = postgres.run(
        sql.SQL("SELECT collname FROM pg_collation WHERE collname ~ '^[a-z]{2}_[A-Z]{2}.utf8$' LIMIT 1")
    )
    return f"LOCALE '{found[0][0]}'"


def test_log_is_put_aside_on_both_when_it_cannot_be(pair: tuple[Index, Index], market: Market):
    """A mint that the index never saw makes a later transfer impossible: what is sent was never held."""
    radio = market.open_community(market.seller)
    for index in pair:
        index.follow()
    market.on_token(radio, "mint", [market.buyer, 5], market.seller)
    for index in pair:
        index.follow()
        with index.engine.begin() as connection:
            connection.execute(text("DELETE FROM chain_balances"))
    market.on_token(radio, "transfer", [market.other, 5], market.buyer)
    dumps = [index.follow() for index in pair]
    assert dumps[0] == dumps[1]
    assert [line for line in dumps[0] if line.startswith("chain_quarantine")]


def test_migrating_is_refused_when_the_database_cannot_keep_every_text(new_postgres: Callable[..., str]):
    from frontend.index.migrate import WrongSchema

    engine = create_engine(new_postgres("template0", options="ENCODING 'LATIN1' LOCALE 'C'"))
    with pytest.raises(WrongSchema, match="createdb --encoding UTF8"):
        migrate(engine)
    engine.dispose()


def test_every_text_is_ordered_by_its_bytes(new_postgres: Callable[..., str]):
    engine = create_engine(new_postgres())
    columns = """
        SELECT table_name, column_name FROM information_schema.columns
        WHERE table_schema = 'public' AND data_type IN ('text', 'character varying') AND collation_name IS DISTINCT FROM 'C'
          AND table_name <> 'alembic_version'
    """
    with engine.connect() as connection:
        assert connection.execute(text(columns)).all() == []
    engine.dispose()


def test_leader_stops_when_the_database_breaks_its_connection(
    tmp_path: Path, market: Market, postgres: Server, new_postgres: Callable[..., str]
):
    index = Index(tmp_path / "index", market, database_url=new_postgres())
    other = create_engine(index.settings.database_url)
    ended: list[BaseException] = []

    def lead() -> None:
        try:
            with only_writer(index.engine) as still_ours:
                Follower(index.settings, index.engine, still_ours=still_ours).run()
        except LockLost as problem:
            ended.append(problem)

    leader = threading.Thread(target=lead, daemon=True)
    leader.start()
    wait_until(lambda: len(index.dump()) > 0)
    with pytest.raises(FollowerRuns), only_writer(other):
        pass
    kill = "SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
    postgres.run(sql.SQL(kill))
    leader.join(10)
    assert ended, "the follower goes on without its lock"
    with only_writer(other):
        pass
    other.dispose()
    index.engine.dispose()


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
