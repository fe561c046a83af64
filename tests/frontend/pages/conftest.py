"""A web app on an index that a story has filled; no chain, and a node that nobody may call."""

from __future__ import annotations

import atexit
import json
import secrets
import shutil
import time
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine
from web3 import HTTPProvider

from frontend import create_app
from frontend.auth.sessions import hash_of
from frontend.config import Settings
from frontend.contracts.registry import exported_hash
from frontend.extensions import bound
from frontend.store.database import create_engine, writing
from frontend.store.models import AppSession
from tests.frontend.pages.story import (
    BLUEPRINTS,
    CHAIN_ID,
    CLAIMS,
    CURVES,
    GENESIS,
    GOVERNORS,
    KEY_REQUESTS,
    MARKET,
    MEMBERSHIPS,
    PERSONAS,
    REGISTRY,
    REVIEWS,
    SPLITS,
    Story,
    tell_all,
)
from tests.helpers.compiled import CompiledOnce, compile_addresses_once
from tests.helpers.tables import make_tables

ORIGIN = "http://127.0.0.1:8000"
TEMPLATES = CompiledOnce()


class Browser(FlaskClient):
    """A client that asks for the site under its own name."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        kwargs.setdefault("base_url", ORIGIN)
        return super().open(*args, **kwargs)


def make_settings(folder: Path, **changes: object) -> Settings:
    """Give settings of a market whose contracts are on record, and write that record."""
    deployments = folder / "deployments"
    deployments.mkdir(parents=True, exist_ok=True)
    record: dict[str, Any] = {"chainId": CHAIN_ID, "genesisHash": GENESIS, "contracts": {}, "previous": []}
    for name, address in (
        ("CommunityRegistry", REGISTRY),
        ("Market", MARKET),
        ("Splits", SPLITS),
        ("Personas", PERSONAS),
        ("Claims", CLAIMS),
        ("Curves", CURVES),
        ("Memberships", MEMBERSHIPS),
        ("Governors", GOVERNORS),
        ("KeyRequests", KEY_REQUESTS),
        ("Reviews", REVIEWS),
        ("Blueprints", BLUEPRINTS),
    ):
        record["contracts"][name] = {
            "address": to_checksum_address(address),
            "block": 1,
            "tx": "0x" + "00" * 32,
            "args": [],
            "abiHash": exported_hash(name),
            "commit": None,
        }
    (deployments / f"{CHAIN_ID}.json").write_text(json.dumps(record), encoding="utf-8")
    return Settings.for_tests(folder, **changes)


def make_app(folder: Path, tell: Callable[[Story], None] | None = tell_all, **changes: object) -> tuple[Flask, Story]:
    """Make an app whose index a story has filled. The whole story, in a market like any other, is a copy of one telling."""
    if tell is tell_all and not changes and not (folder / "test.db").exists():
        return make_copy(*_whole_story(), folder)
    settings = make_settings(folder, **changes)
    make_tables(settings.database_url)
    app, engine = _bare_app(settings)
    with app.app_context():
        story = Story(engine, bound().services.contents)
        if tell is not None:
            tell(story)
            story.tell()
            story.write_for_members(bound().services.members_only, bound().queries)
            story.heard(int(time.time()))
    return app, story


def make_copy(kept: Path, told: Story, folder: Path, **changes: object) -> tuple[Flask, Story]:
    """Make an app on a copy of a folder in which a story was told; nobody may have its database open."""
    shutil.copytree(kept, folder, dirs_exist_ok=True)
    app, engine = _bare_app(make_settings(folder, **changes))
    with app.app_context():
        story = told.in_database(engine, bound().services.contents)
    story.heard(int(time.time()))
    return app, story


def _bare_app(settings: Settings) -> tuple[Flask, Engine]:
    """Make the app, and an engine of its database for the story."""
    compile_addresses_once()
    app = create_app(settings)
    app.jinja_env.bytecode_cache = TEMPLATES
    app.test_client_class = Browser
    return app, create_engine(settings.database_url)


@cache
def _whole_story() -> tuple[Path, Story]:
    """Tell the whole story once a process; give the folder with its database and contents, which nobody opens again."""
    folder = Path(mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    settings = make_settings(folder)
    make_tables(settings.database_url)
    app, engine = _bare_app(settings)
    with app.app_context():
        story = Story(engine, bound().services.contents)
        tell_all(story)
        story.tell()
        story.write_for_members(bound().services.members_only, bound().queries)
        bound().db.engine.dispose()
    engine.dispose()
    assert [path.name for path in folder.glob("test.db*")] == ["test.db"], (
        "the last to close a database leaves one file"
    )
    return folder, story


def sign_in(app: Flask, client: FlaskClient, account: str) -> str:
    """Give a client the session of an account, as a sign-in leaves it; its CSRF token comes back."""
    secret, now = secrets.token_urlsafe(32), int(time.time())
    with writing(bound_engine(app)).begin() as connection:
        connection.execute(
            AppSession.__table__.insert().values(  # type: ignore[attr-defined]
                id_hash=hash_of(secret),
                account=account.lower(),
                csrf=None,
                created_at_ts=now,
                last_seen_ts=now,
                expires_at_ts=now + 3600,
                revoked=False,
            )
        )
    client.set_cookie("session", secret, domain="127.0.0.1")
    return client.get("/auth/session").get_json()["csrfToken"]


def bound_engine(app: Flask) -> Any:
    """Give the app's database engine."""
    with app.app_context():
        return bound().db.engine


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the node was asked, by method; it answers as a node that is away."""
    methods: list[str] = []

    def away(self: object, method: str, params: object) -> None:
        methods.append(method)
        raise ConnectionError("no node here")

    monkeypatch.setattr(HTTPProvider, "make_request", away)
    return methods


@pytest.fixture(scope="session")
def told(tmp_path_factory: pytest.TempPathFactory) -> tuple[Flask, Story]:
    """The app of a whole story; only read it."""
    return make_app(tmp_path_factory.mktemp("told"))


@pytest.fixture
def app(told: tuple[Flask, Story]) -> Flask:
    """The app of the whole story."""
    return told[0]


@pytest.fixture
def story(told: tuple[Flask, Story]) -> Story:
    """What happened in it."""
    return told[1]


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    """A browser that nobody is signed in with."""
    with app.test_client() as found:
        yield found


@pytest.fixture
def signed_in(app: Flask) -> Callable[[str], tuple[FlaskClient, str]]:
    """Make a browser of a signed-in account; with it comes the CSRF token of its forms."""

    def make(account: str) -> tuple[FlaskClient, str]:
        found = app.test_client()
        return found, sign_in(app, found, account)

    return make
