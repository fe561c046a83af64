"""The figures for Prometheus: right, and about no person."""

import pytest
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import insert, text

from frontend.extensions import bound
from frontend.operations.figures import exposition
from frontend.store.database import writing
from frontend.store.models import AppIntent
from tests.frontend.operations.test_backup import intent
from tests.frontend.operations.test_logs import ADDRESS, CANARIES, canary_request
from tests.frontend.pages.conftest import bound_engine


def figures_of(app):
    """Give all samples: {(name, labels): value}."""
    told = exposition(bound_engine(app)).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(told)
        for sample in family.samples
    }


def value(figures, name, **labels):
    return figures.get((name, tuple(sorted(labels.items()))), 0)


def run(app, statement):
    with writing(bound_engine(app)).begin() as connection:
        connection.execute(text(statement))


def test_requests_are_counted_by_route_method_and_status(app, client):
    labels = {"route": "/o/<key>", "method": "GET", "status": "404"}
    before = figures_of(app)
    for _ in range(3):
        client.get(f"/o/{ADDRESS}")
    after = figures_of(app)
    name = "dokkaebi_requests_total"
    assert value(after, name, **labels) - value(before, name, **labels) == 3
    name = "dokkaebi_request_seconds_count"
    assert value(after, name, route="/o/<key>") - value(before, name, route="/o/<key>") == 3


def test_no_label_tells_of_a_person(app, client):
    for path in (f"/o/{ADDRESS}", f"/identicon/{ADDRESS}.svg", "/explore", f"/{CANARIES[-1]}"):
        canary_request(client, path)
    canary_request(client, "/auth/message", method="POST", json={"account": ADDRESS})
    told = exposition(bound_engine(app)).decode().lower()
    assert [word for word in CANARIES if word.lower() in told] == []


def test_paths_that_somebody_invents_make_no_new_series(app, client):
    client.get("/nowhere")
    before = len(figures_of(app))
    for number in range(20):
        client.get(f"/nowhere/{number}")
        client.open(f"/o/{number}", method="GET")
        client.open("/", method=f"X{number}")
    assert len(figures_of(app)) - before < 40


def test_the_index_and_the_node_are_told(app):
    run(app, "update app_follower set node_number = 100, node_ok = true, seen_at_ts = 1000")
    run(app, "update chain_cursor set number = 93")
    figures = figures_of(app)
    assert value(figures, "dokkaebi_index_block") == 93
    assert value(figures, "dokkaebi_index_lag_blocks") == 7
    assert value(figures, "dokkaebi_index_lag_seconds") > 1_000_000
    assert value(figures, "dokkaebi_node_up") == 1
    assert value(figures, "dokkaebi_database_up") == 1
    run(app, "update app_follower set node_ok = false")
    assert value(figures_of(app), "dokkaebi_node_up") == 0


def test_intents_are_counted_by_state(app):
    with writing(bound_engine(app)).begin() as connection:
        rows = [intent(n + 500, status=state) for n, state in enumerate(("submitted", "submitted", "reverted"))]
        connection.execute(insert(AppIntent), rows)
    figures = figures_of(app)
    assert value(figures, "dokkaebi_intents", state="submitted") == 2
    assert value(figures, "dokkaebi_intents", state="reverted") == 1


def test_quarantined_logs_and_contents_are_counted(app):
    run(app, "insert into chain_quarantine values (1, 1, '0x', '0x', '0x', '[]', '0x', 'why')")
    figures = figures_of(app)
    assert value(figures, "dokkaebi_quarantined_logs") == 1
    with bound_engine(app).connect() as connection:
        files, size = connection.execute(text("select count(*), sum(size_bytes) from app_contents")).one()
    assert (value(figures, "dokkaebi_content_files"), value(figures, "dokkaebi_content_bytes")) == (files, size)
    assert files > 0


def test_a_database_that_is_away_is_told_as_such_and_the_rest_is_still_there(app, client):
    client.get("/health")
    run(app, "drop table chain_quarantine")
    figures = figures_of(app)
    assert value(figures, "dokkaebi_database_up") == 0
    assert value(figures, "dokkaebi_requests_total", route="/health", method="GET", status="200") > 0
    assert ("dokkaebi_index_block", ()) not in figures


def test_what_node_and_database_did_not_do_is_counted(app, client, monkeypatch):
    from sqlalchemy.exc import OperationalError

    from frontend.errors import NodeDown, TooMany

    app.config["PROPAGATE_EXCEPTIONS"] = False
    before = figures_of(app)
    for problem in (NodeDown("x"), OperationalError("x", {}, Exception("x"))):

        def fail(*_, raised=problem, **__):
            raise raised

        with app.app_context(), monkeypatch.context() as patched:
            patched.setattr(bound().queries, "listings", fail)
            client.get("/explore")
    with app.test_request_context("/"):
        app.handle_user_exception(TooMany(1))
    after = figures_of(app)
    for name, labels in (
        ("dokkaebi_node_errors_total", {"kind": "NodeDown"}),
        ("dokkaebi_database_errors_total", {}),
        ("dokkaebi_rate_limited_total", {}),
    ):
        assert value(after, name, **labels) - value(before, name, **labels) == 1, name


@pytest.mark.parametrize("path", ["/metrics", "/metrics/"])
def test_the_figures_are_not_on_the_public_port(app, client, path):
    assert client.get(path).status_code == 404
