"""Rows by the thousand come back as they were, on both kinds of database; JSON has one spelling, whoever writes it."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import IntegrityError

from frontend.index.bulk import AT_ONCE, rows_of, uncollected
from frontend.index.changes import Changes, canonical, undo
from frontend.index.models import balances, communities
from frontend.store.columns import MAX_UINT256
from frontend.store.database import create_engine
from tests.frontend.index.test_queries import community_row

TOKEN = "0x" + "d" * 40
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(0, MAX_UINT256) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abcXYZ_", max_size=5), inner, max_size=4),
    max_leaves=8,
)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = create_engine(database_url)
    yield found
    found.dispose()


def holding(number: int, units: int) -> dict[str, object]:
    return {"token": TOKEN, "account": f"0x{number:040x}", "balance_units": units}


@settings(max_examples=300, deadline=None, derandomize=True, database=None)
@given(VALUES)
def test_json_is_spelled_as_the_standard_library_does_whatever_is_written(value: object):
    assert canonical(value) == json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_rows_come_back_as_they_were_when_they_are_more_than_one_statement_takes(engine: Engine):
    statements = rows_of(balances, engine.dialect.name)
    wanted = [holding(n, MAX_UINT256 - n) for n in range(AT_ONCE + 7)]
    keys = [(TOKEN, f"0x{n:040x}") for n in range(AT_ONCE + 9)]
    with engine.begin() as connection:
        statements.insert(connection, wanted[:AT_ONCE])
        statements.put(connection, [holding(1, 5), *wanted[AT_ONCE:]])
        found = statements.read(connection, keys)
        assert len(found) == AT_ONCE + 7
        assert found[keys[1]] == holding(1, 5)
        assert found[keys[-3]] == wanted[-1]
        statements.remove(connection, keys[2:])
        assert connection.execute(select(func.count()).select_from(balances)).scalar_one() == 2


def test_flags_texts_and_nothing_come_back_as_they_were(engine: Engine):
    made = community_row(3, name="도깨비 \"'\\ \u2028", mint_renounced=True, founder=None, cap_units=MAX_UINT256)
    row = {str(name): value for name, value in made.items()}
    statements = rows_of(communities, engine.dialect.name)
    with engine.begin() as connection:
        statements.put(connection, [row])
        assert statements.read(connection, [(3,), (4,)]) == {(3,): row}
        assert statements.read(connection, [(3,)])[3,]["mint_renounced"] is True


def test_changes_of_an_event_leave_nothing_behind_when_they_are_dropped(engine: Engine):
    with engine.begin() as connection:
        changes = Changes(connection, journal_from=0)
        changes.begin_block(1)
        changes.put(balances, holding(1, 5))
        changes.keep()
        changes.put(balances, holding(1, 6))
        changes.remove(balances, TOKEN, f"0x{2:040x}")
        changes.drop()
        changes.write()
        assert rows_of(balances, engine.dialect.name).read(connection, [(TOKEN, f"0x{1:040x}")]) == {
            (TOKEN, f"0x{1:040x}"): holding(1, 5)
        }


def test_rows_are_as_before_when_an_event_that_changed_them_twice_is_dropped(engine: Engine):
    account = f"0x{1:040x}"
    with engine.begin() as connection:
        statements = rows_of(balances, engine.dialect.name)
        statements.insert(connection, [holding(1, 5)])
        changes = Changes(connection, journal_from=9)
        changes.begin_block(1)
        changes.put(balances, holding(1, 6))  # nobody has looked for it yet
        changes.put(balances, holding(1, 7))
        changes.drop()
        assert changes.get(balances, TOKEN, account) == holding(1, 5)
        changes.put(balances, holding(1, 8))
        changes.keep()
        changes.remove(balances, TOKEN, account)
        changes.drop()
        assert changes.get(balances, TOKEN, account) == holding(1, 8)
        changes.write()
        assert statements.read(connection, [(TOKEN, account)]) == {(TOKEN, account): holding(1, 8)}


def test_new_row_is_written_once_and_not_at_all_when_it_goes_again(engine: Engine):
    with engine.begin() as connection:
        changes = Changes(connection, journal_from=1)
        changes.begin_block(1)
        for number in (1, 2):
            changes.add(balances, holding(number, 5))
        changes.keep()
        changes.put(balances, holding(1, 6))
        changes.remove(balances, TOKEN, f"0x{2:040x}")
        changes.keep()
        changes.write()
        rows = connection.execute(select(balances)).mappings().all()
        assert [dict(row) for row in rows] == [holding(1, 6)]
        undo(connection, 0)
        assert connection.execute(select(func.count()).select_from(balances)).scalar_one() == 0


def test_database_error_is_sqlalchemys_own_when_rows_that_are_there_come_again(engine: Engine):
    statements = rows_of(balances, engine.dialect.name)
    with engine.connect() as connection:
        statements.insert(connection, [holding(1, 5)])
        with pytest.raises(IntegrityError):
            statements.insert(connection, [holding(1, 6)])


def test_garbage_is_looked_for_again_only_after_the_last_of_two_blocks():
    assert gc.isenabled()
    first, second = uncollected(), uncollected()
    first.__enter__()
    second.__enter__()
    first.__exit__(None, None, None)
    assert not gc.isenabled()
    second.__exit__(None, None, None)
    assert gc.isenabled()
