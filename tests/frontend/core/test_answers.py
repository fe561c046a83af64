"""/healthz, error pages, small pictures, ABIs: what the app says when all is well and when it is not."""

import json

import pytest
from sqlalchemy import text

from frontend.contracts.registry import exported_abi
from frontend.extensions import bound
from tests.frontend.pages.conftest import bound_engine, make_app
from tests.frontend.pages.story import SELLER, Story


def run(app, statement, **values):
    from frontend.store.database import writing

    with writing(bound_engine(app)).begin() as connection:
        connection.execute(text(statement), values)


def test_a_page_that_is_not_there_is_told_in_both_languages(client):
    assert "There is nothing here" in client.get("/nowhere").get_data(as_text=True)
    answer = client.get("/nowhere?lang=ko")
    assert answer.status_code == 404
    assert "여기에는 아무것도 없어요" in answer.get_data(as_text=True)
    assert answer.headers["X-Request-Id"] in answer.get_data(as_text=True)


def test_a_method_that_is_not_there_is_told(client):
    answer = client.get("/auth/verify")
    assert answer.status_code == 405
    assert "POST" in answer.headers["Allow"]


def test_a_program_is_told_errors_as_json(client):
    answer = client.get("/nowhere", headers={"Accept": "application/json"})
    assert answer.get_json()["error"]["key"] == "http_404"
    assert answer.get_json()["requestId"] == answer.headers["X-Request-Id"]


def test_a_dead_database_is_told_without_details(app, client):
    run(app, "drop table chain_cursor")
    for path in ("/", "/explore", "/nowhere"):
        answer = client.get(path)
        assert answer.status_code in (503, 404)
        page = answer.get_data(as_text=True)
        assert "sqlite" not in page.lower()
        assert "chain_cursor" not in page
        assert "<h1>" in page


def test_an_unexpected_failure_is_told_without_details(app, monkeypatch):
    def fail(*_, **__):
        raise RuntimeError("secret detail")

    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        monkeypatch.setattr(bound().queries, "listings", fail)
    answer = app.test_client().get("/explore")
    assert answer.status_code == 500
    page = answer.get_data(as_text=True)
    assert "secret detail" not in page
    assert answer.headers["X-Request-Id"] in page


def test_reading_an_account_page_leads_strangers_to_sign_in_and_back(client):
    answer = client.get("/orders?role=seller")
    assert answer.status_code == 302
    assert answer.headers["Location"] == "/auth/sign-in?next=/orders?role%3Dseller"


def test_identicons_are_pictures_and_nothing_else(client):
    answer = client.get(f"/identicon/{SELLER}.svg")
    assert answer.mimetype == "image/svg+xml"
    assert answer.get_data(as_text=True) == client.get(f"/identicon/{SELLER}.svg").get_data(as_text=True)
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.get_data() != client.get("/identicon/0x" + "00" * 20 + ".svg").get_data()
    for bad in ("0x12", SELLER.upper(), "0x" + "<" * 40, "x" * 3000):
        assert client.get(f"/identicon/{bad}.svg").status_code == 404


@pytest.mark.parametrize("name", ["Market", "CommunityRegistry", "CommunityToken", "ERC20"])
def test_abis_are_given_as_exported(client, name):
    assert json.loads(client.get(f"/contracts/{name}.json").get_data()) == exported_abi(name)


def test_other_names_give_no_abi(client):
    for name in ("Nothing", "..%2fconfig", "market"):
        assert client.get(f"/contracts/{name}.json").status_code == 404


def test_the_registry_is_given_with_its_chain(client):
    told = client.get("/contracts/registry.json").get_json()
    assert told["chainId"] == 31337
    assert set(told["contracts"]) == {
        *("Claims", "CommunityRegistry", "Curves", "Governors", "KeyRequests"),
        *("Market", "Memberships", "Personas", "Reviews", "Splits", "Blueprints"),
    }


def test_the_app_needs_no_environment(tmp_path, monkeypatch):
    for name in ("DATABASE_URL", "RPC_URL", "CHAIN_ID", "ORIGIN", "SECRET_KEY"):
        monkeypatch.delenv(name, raising=False)
    app, story = make_app(tmp_path / "other")
    assert isinstance(story, Story)
    assert app.test_client().get("/").status_code == 200


def test_the_frontend_never_loads_brownie_and_loads_the_sign_in_library_late():
    import subprocess
    import sys

    code = "import frontend, frontend.services, frontend.auth.siwe, sys; print('brownie' in sys.modules, 'siwe' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["False", "False"]
