"""The step that brings search and the tokens' days: forth, back, and what the follower makes of it."""

from __future__ import annotations

from alembic import command
from sqlalchemy import Engine, inspect, text

from frontend.index.migrate import config, migrate
from frontend.index.writer import position_of
from frontend.store.database import create_engine, writing

CURSOR = "INSERT INTO chain_cursor VALUES (1, 31337, '0x67', '0xdd', 1, 9, '0x09', 5, 1)"


def go(engine: Engine, step: str) -> None:
    with writing(engine).begin() as connection:
        (command.upgrade if step > "0003" else command.downgrade)(config(connection), step)


def test_index_is_one_of_no_known_contracts_when_its_tables_have_grown(empty_url: str):
    engine = create_engine(empty_url)
    with writing(engine).begin() as connection:
        command.upgrade(config(connection), "0003")
        connection.execute(text(CURSOR))
    migrate(engine)
    with engine.connect() as connection:
        position = position_of(connection)
    assert position is not None
    assert (position.number, position.deployments_hash) == (9, "")  # so the follower builds it anew
    engine.dispose()


def test_tables_go_and_come_again_when_the_step_is_taken_back(empty_url: str):
    engine = create_engine(empty_url)
    migrate(engine)
    ours = {"app_search", "app_search_words", "chain_token_days"}
    assert ours <= set(inspect(engine).get_table_names())
    go(engine, "0003")
    assert not {name for name in inspect(engine).get_table_names() if name.startswith(tuple(ours))}
    go(engine, "0004")
    assert ours <= set(inspect(engine).get_table_names())
    engine.dispose()
