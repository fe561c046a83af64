"""The tables that the steps make are those that the program knows."""

from __future__ import annotations

from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import BigInteger, inspect, text

from frontend.index.migrate import WrongSchema, check, config, migrate
from frontend.index.models import chain_metadata
from frontend.store.database import create_engine, writing
from frontend.store.models import app_metadata


def engine_in(folder: Path):
    return create_engine(f"sqlite:///{folder / 'test.db'}")


def test_migrations_make_exactly_the_tables_of_the_models(empty_url: str):
    engine = create_engine(empty_url)
    migrate(engine)
    with engine.connect() as connection:
        # the words to search for stand in a table of the database's own kind, and SQLite's brings others along
        ours = {"compare_type": True, "include_name": lambda name, *_: not str(name).startswith("app_search_words")}
        context = MigrationContext.configure(connection, opts=ours)
        assert compare_metadata(context, [chain_metadata, app_metadata]) == []


def test_every_step_can_be_undone_and_done_again(empty_url: str):
    engine = create_engine(empty_url)
    migrate(engine)
    there = set(inspect(engine).get_table_names())
    with writing(engine).begin() as connection:
        command.downgrade(config(connection), "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    migrate(engine)
    assert set(inspect(engine).get_table_names()) == there
    engine.dispose()


def test_orders_of_before_are_their_first_holders_and_the_chain_is_read_anew(empty_url: str):
    engine = create_engine(empty_url)
    with writing(engine).begin() as connection:
        command.upgrade(config(connection), "0005")
        for name in ("chain_orders", "chain_cursor"):
            columns = inspect(connection).get_columns(name)
            row = {column["name"]: "1" if "CHAR" in str(column["type"]) else 1 for column in columns}
            row |= {"holder": "0xabc", "purchase": "{}"} if name == "chain_orders" else {}
            names, marks = ", ".join(row), ", ".join(f":{column}" for column in row)
            connection.execute(text(f"INSERT INTO {name} ({names}) VALUES ({marks})"), row)
    migrate(engine)
    with engine.connect() as connection:
        found = connection.execute(text("SELECT holder, first_holder, flags, milestone FROM chain_orders")).one()
        assert tuple(found) == ("0xabc", "0xabc", 0, 0)
        assert connection.execute(text("SELECT deployments_hash FROM chain_cursor")).scalar_one() == ""
    engine.dispose()


def test_migrating_again_changes_nothing(empty_url: str):
    engine = create_engine(empty_url)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO app_follower (id, node_ok, status) VALUES (1, true, 'following')"))
    migrate(engine)
    check(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM app_follower")).scalar_one() == 1


def test_programs_refuse_a_database_without_tables(tmp_path: Path):
    with pytest.raises(WrongSchema, match=r"Run: python -m frontend\.index migrate"):
        check(engine_in(tmp_path))


def test_migrating_refuses_a_database_of_a_later_version_and_leaves_it(tmp_path: Path):
    engine = engine_in(tmp_path)
    migrate(engine)
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(WrongSchema, match="later version"):
        migrate(engine)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "9999"


def test_tables_are_of_the_chain_or_of_the_app_and_never_joined_by_a_key():
    assert all(name.startswith("chain_") for name in chain_metadata.tables)
    assert all(name.startswith("app_") for name in app_metadata.tables)
    for table in (*chain_metadata.tables.values(), *app_metadata.tables.values()):
        assert not table.foreign_keys
    for table in chain_metadata.tables.values():
        for column in table.c:
            assert column.default is None
            assert column.server_default is None
            if column.primary_key and isinstance(column.type, BigInteger):
                assert column.autoincrement is False


def test_deleted_follower_row_comes_back(tmp_path: Path):
    from frontend.index.notes import Notes

    engine = engine_in(tmp_path)
    migrate(engine)
    notes = Notes(engine)
    notes.write("following", node_ok=True, node_number=5)
    with engine.begin() as connection:
        connection.execute(text("DELETE FROM app_follower"))
    notes.write("node_down", node_ok=False, detail="away")
    with engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM app_follower")).mappings().one()
    assert (row["id"], row["node_ok"], row["seen_at_ts"], row["status"]) == (1, 0, None, "node_down")
    assert "app_follower" in inspect(engine).get_table_names()
