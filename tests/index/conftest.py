"""Markets on chains of their own for the index's tests; no chain is shared with anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from frontend.index.queries import Queries
from tests.index.market import Index, Market, Told, fresh_dump, running_market


@pytest.fixture
def market() -> Iterator[Market]:
    """A market in which nothing has happened yet."""
    with running_market() as found:
        yield found


@pytest.fixture
def index(tmp_path: Path, market: Market) -> Iterator[Index]:
    """An empty index of the market."""
    found = Index(tmp_path / "index", market)
    yield found
    found.engine.dispose()


@pytest.fixture
def fresh(tmp_path: Path, market: Market) -> Callable[..., list[str]]:
    """Give what an index says that has never seen another chain than the one there is now."""
    count = iter(range(1000))
    return lambda **options: fresh_dump(tmp_path / f"fresh{next(count)}", market, **options)


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Told]:
    """A market for tests that only look."""
    with running_market() as found:
        found.play()
        yield Told(found, fresh_dump(tmp_path_factory.mktemp("told"), found))


@pytest.fixture(scope="module")
def read(told: Told, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Index]:
    """An index that has read the whole story."""
    found = Index(tmp_path_factory.mktemp("read"), told.market)
    assert found.follow() == told.dump
    yield found
    found.engine.dispose()


@pytest.fixture
def queries(read: Index) -> Queries:
    """Give what pages ask of it."""
    return Queries(read.engine)
