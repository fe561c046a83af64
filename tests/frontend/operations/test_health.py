"""/health, /ready and /healthz: who asks which, and what they say."""

import time

import pytest
from sqlalchemy import text

from frontend.store.database import writing
from tests.frontend.pages.conftest import bound_engine, make_app


def run(app, statement, **values):
    with writing(bound_engine(app)).begin() as connection:
        connection.execute(text(statement), values)


def heard(app, **changes):
    values = {"now": int(time.time()), "ok": True, "number": None} | changes
    run(
        app,
        "update app_follower set seen_at_ts = :now, node_ok = :ok, status = 'following', "
        "node_number = coalesce(:number, (select number from chain_cursor))",
        **values,
    )


def asked(client, *paths):
    return [client.get(path).status_code for path in paths or ("/health", "/ready", "/healthz")]


def test_all_is_well_when_the_follower_hears_the_node(app, client):
    heard(app)
    assert asked(client) == [200, 200, 200]
    told = client.get("/healthz").get_json()
    assert told["ok"] is True
    assert told["indexed_block"] > 0


def test_people_may_still_read_while_the_node_is_away_for_a_moment(app, client):
    heard(app, ok=False)
    assert asked(client) == [200, 200, 503]
    assert client.get("/healthz").get_json()["reason"] == "node"


def test_nobody_is_led_here_when_the_follower_is_silent(app, client):
    heard(app, now=int(time.time()) - 61)
    assert asked(client) == [200, 503, 503]
    assert client.get("/ready").get_json()["reason"] == "follower silent"


def test_nobody_is_led_here_when_the_index_is_far_behind(app, client):
    heard(app, number=10_000)
    assert asked(client) == [200, 503, 503]
    assert client.get("/ready").get_json()["reason"] == "index behind"


@pytest.mark.parametrize("table", ["app_follower", "chain_cursor"])
def test_nobody_is_led_here_when_the_database_is_broken(app, client, table):
    run(app, f"drop table {table}")
    assert asked(client) == [200, 503, 503]
    answer = client.get("/ready")
    assert answer.get_json() == {"ok": False, "reason": "database"}


def test_nobody_is_led_here_before_the_first_block(tmp_path):
    app, _ = make_app(tmp_path / "new", tell=None)
    assert asked(app.test_client()) == [200, 503, 503]


def test_machines_may_ask_under_any_name_and_people_may_not(app, client):
    heard(app)
    inside = {"base_url": "http://web:8000"}
    assert client.get("/health", **inside).status_code == 200
    assert client.get("/ready", **inside).status_code == 200
    assert client.get("/", **inside).status_code == 421


def test_health_needs_no_database_at_all(app, client, monkeypatch):
    from sqlalchemy import Engine

    monkeypatch.setattr(Engine, "connect", lambda *_: 1 / 0)
    assert client.get("/health").status_code == 200
