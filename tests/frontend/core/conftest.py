"""The app on a story that an index has read; no node."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.frontend.pages.conftest import make_app
from tests.frontend.pages.story import Story


@pytest.fixture(scope="session")
def lasting_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app for all tests that only say or read something in it."""
    return make_app(tmp_path_factory.mktemp("lasting"))[0]


@pytest.fixture
def market(tmp_path: Path) -> tuple[Flask, Story]:
    """An app of its own for one test, with the whole story."""
    return make_app(tmp_path)


@pytest.fixture
def app(market: tuple[Flask, Story]) -> Flask:
    return market[0]


@pytest.fixture
def story(market: tuple[Flask, Story]) -> Story:
    return market[1]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()
