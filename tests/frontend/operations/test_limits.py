"""Limits: counted in the database, so that they hold over all workers, and silent about who was counted."""

import multiprocessing
import time

import pytest
from sqlalchemy import text

from frontend.errors import TooMany
from frontend.extensions import bound
from frontend.limits import DAY_S, Limiter, network_of
from frontend.store.database import Database, create_engine
from tests.frontend.pages.conftest import bound_engine, make_app, sign_in
from tests.frontend.pages.story import BUYER, SELLER

SECRET = "a secret for tests only, long enough"
NETWORK = "203.0.113.7"


@pytest.fixture
def db(database_url):
    return Database(create_engine(database_url))


@pytest.fixture(autouse=True)
def in_a_request(app):
    """A refusal is told in somebody's language."""
    with app.test_request_context("/"):
        yield


@pytest.fixture
def clock(monkeypatch):
    now = [1_800_000_000.0]
    monkeypatch.setattr(time, "time", lambda: now[0])
    return now


def rows(db, table):
    with db.reading() as session:
        return session.execute(text(f"select * from {table}")).all()


def test_a_limit_counts_per_name_and_per_person(db, clock):
    limiter = Limiter(db, SECRET)
    for _ in range(3):
        limiter.hit("a", "me", 3, 60)
    with pytest.raises(TooMany):
        limiter.hit("a", "me", 3, 60)
    limiter.hit("a", "you", 3, 60)
    limiter.hit("b", "me", 3, 60)


def test_a_limit_ends_with_its_window_and_says_when(db, clock):
    limiter = Limiter(db, SECRET)
    clock[0] += 60 - clock[0] % 60 + 20
    limiter.hit("a", "me", 1, 60)
    with pytest.raises(TooMany) as refused:
        limiter.hit("a", "me", 1, 60)
    assert refused.value.retry_after_s == 40
    clock[0] += 41
    limiter.hit("a", "me", 1, 60)


def test_a_refused_request_counts_under_none_of_its_names(db, clock):
    limiter = Limiter(db, SECRET)
    limiter.hit("full", "me", 1, 60)
    for _ in range(5):
        with pytest.raises(TooMany):
            limiter.hit_all([("open", "me", 1), ("full", "me", 1)], 60)
    limiter.hit("open", "me", 1, 60)


def test_two_servers_share_one_count(db, clock):
    url = db.engine.url.render_as_string(hide_password=False)
    one, other = Limiter(db, SECRET), Limiter(Database(create_engine(url)), SECRET)
    one.hit("a", "me", 2, 60)
    other.hit("a", "me", 2, 60)
    for limiter in (one, other):
        with pytest.raises(TooMany):
            limiter.hit("a", "me", 2, 60)


def _hammer(url, passed):
    from flask import Flask
    from flask_babel import Babel

    app = Flask("hammer")
    Babel(app)
    limiter = Limiter(Database(create_engine(url)), SECRET)
    with app.test_request_context("/"):
        for _ in range(40):
            try:
                limiter.hit("a", "me", 50, DAY_S)
                passed.put(1)
            except TooMany:
                pass


def test_processes_that_count_at_once_never_count_past_each_other(db):
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])  # it imports once what each of them needs
    passed = context.Queue()
    url = db.engine.url.render_as_string(hide_password=False)
    workers = [context.Process(target=_hammer, args=(url, passed)) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(150)
    assert [worker.exitcode for worker in workers] == [0, 0, 0]
    assert sum(passed.get(timeout=5) for _ in range(50)) == 50
    assert passed.empty()


def test_nothing_in_the_database_tells_who_was_counted(db, clock):
    Limiter(db, SECRET).hit_all([("n", NETWORK, 9), ("a", SELLER, 9)], 60)
    written = repr(rows(db, "app_limits") + rows(db, "app_limit_keys"))
    assert len(rows(db, "app_limits")) == 2
    assert NETWORK not in written
    assert SELLER[2:] not in written


def test_the_same_person_has_another_hash_every_window_and_old_keys_are_thrown_away(db, clock, monkeypatch):
    monkeypatch.setattr("frontend.limits.SWEEP_CHANCE", 10**12)  # what has ended may be swept away at any hit
    limiter = Limiter(db, SECRET)
    for _ in range(4):
        limiter.hit("a", "me", 1, 60)
        clock[0] += DAY_S
    assert len({row.key_hash for row in rows(db, "app_limits")}) == 4
    assert len(rows(db, "app_limit_keys")) <= 2


def test_counts_of_ended_windows_are_swept_away(db, clock, monkeypatch):
    monkeypatch.setattr("frontend.limits.SWEEP_CHANCE", 1)
    limiter = Limiter(db, SECRET)
    for number in range(20):
        limiter.hit("a", str(number), 1, 60)
    clock[0] += 120
    limiter.hit("a", "me", 1, 60)
    assert len(rows(db, "app_limits")) == 1


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", "-"),
        (None, "-"),
        ("unix:", "-"),
    ],
)
def test_a_network_address_is_what_one_household_has(said, counted):
    assert network_of(said) == counted


def small_app(folder, **changes):
    return make_app(folder / "small", writes_a_minute=3, **changes)[0]


def post(client, token, path="/intents/nothing/check", **more):
    return client.post(path, data={"csrf_token": token}, **more)


def test_an_account_that_writes_too_much_is_told_when_to_come_back_as_page_and_as_json(tmp_path, clock):
    app = small_app(tmp_path)
    client = app.test_client()
    token = sign_in(app, client, SELLER)
    assert [post(client, token).status_code for _ in range(3)] == [404] * 3
    page = post(client, token)
    assert page.status_code == 429
    assert 1 <= int(page.headers["Retry-After"]) <= 60
    assert "Too many requests" in page.get_data(as_text=True)
    told = post(client, token, headers={"Accept": "application/json"})
    assert told.status_code == 429
    assert told.get_json()["error"]["key"] == "too_many"
    assert "Retry-After" in told.headers
    assert client.get("/").status_code == 200


def test_another_account_on_the_same_network_goes_on_until_the_network_is_full(tmp_path, clock):
    app = small_app(tmp_path)
    seen = []
    for number in range(6):
        client = app.test_client()
        token = sign_in(app, client, f"0x{number + 1:040x}")
        seen += [post(client, token).status_code for _ in range(3)]
    assert seen == [404] * 15 + [429] * 3


def hits_of(app):
    with bound_engine(app).connect() as connection:
        return connection.execute(text("select count(*), sum(count) from app_limits")).one()


def test_an_address_that_a_client_invents_is_not_believed_without_a_proxy(tmp_path, clock):
    app = small_app(tmp_path)
    client = app.test_client()
    for number in range(4):
        client.post("/auth/sign-out", headers={"X-Forwarded-For": f"198.51.100.{number}"})
    assert hits_of(app) == (1, 4)


def test_the_address_that_our_own_proxy_says_is_counted_and_what_stands_before_it_is_not(tmp_path, clock):
    app = small_app(tmp_path, trusted_proxies=1)
    client = app.test_client()
    for number in range(4):
        client.post("/auth/sign-out", headers={"X-Forwarded-For": f"10.9.8.{number}, 198.51.100.{number % 2}"})
    assert hits_of(app) == (2, 4)


def test_reading_counts_nothing(tmp_path, app):
    client = app.test_client()
    for path in ("/", "/explore", "/health", "/auth/sign-in"):
        client.get(path)
    assert hits_of(app)[0] == 0


def test_pages_of_the_buyer_are_readable_while_the_limit_is_full(tmp_path, clock):
    app = small_app(tmp_path)
    client = app.test_client()
    token = sign_in(app, client, BUYER)
    while post(client, token).status_code != 429:
        pass
    assert client.get("/orders").status_code == 200
    with app.app_context():
        assert bound().settings.writes_a_minute == 3
