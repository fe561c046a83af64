"""Settings: what is missing or wrong stops the server with a sentence."""

import json
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from frontend import create_app
from frontend.config import Settings
from frontend.contracts.registry import Registry
from frontend.errors import AbiMismatch, BadSetting, UnknownDeployment
from tests.frontend.pages.conftest import make_settings

GOOD = {
    "DATABASE_URL": "sqlite:///x.db",
    "RPC_URL": "http://127.0.0.1:8545",
    "CHAIN_ID": "1337",
    "ORIGIN": "https://market.example",
    "CONTENT_DIR": "content",
    "SECRET_KEY": "s" * 32,
}


def test_settings_are_read_when_the_environment_is_whole():
    settings = Settings.from_env({**GOOD, "CURRENCIES": "0x" + "AB" * 20})
    assert settings.chain_id == 1337
    assert settings.is_local
    assert settings.is_secure
    assert settings.host == "market.example"
    assert settings.currencies == ("0x" + "ab" * 20,)


@pytest.mark.parametrize("name", sorted(GOOD))
def test_settings_are_refused_by_name_when_one_is_missing(name):
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({key: value for key, value in GOOD.items() if key != name})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHAIN_ID", "0x539"),
        ("CHAIN_ID", "-1"),
        ("ORIGIN", "market.example"),
        ("ORIGIN", "https://market.example/path"),
        ("ORIGIN", "https://user@market.example"),
        ("ORIGIN", "http://market.example"),
        ("SECRET_KEY", "short"),
        ("RPC_URL", "ws://127.0.0.1"),
        ("CURRENCIES", "0x12"),
    ],
)
def test_settings_are_refused_by_name_when_one_is_wrong(name, value):
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({**GOOD, name: value})


@pytest.mark.parametrize("origin", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_cookies_need_no_https_when_the_origin_is_this_machine(origin):
    assert not Settings.from_env({**GOOD, "ORIGIN": origin}).is_secure


def record_of(folder: Path) -> Path:
    return folder / "deployments" / "31337.json"


def test_app_stops_when_the_chain_has_no_record(tmp_path):
    settings = make_settings(tmp_path)
    record_of(tmp_path).unlink()
    with pytest.raises(UnknownDeployment, match=r"deployments/31337\.json"):
        create_app(settings)


def test_app_stops_when_the_record_lacks_a_contract(tmp_path):
    settings = make_settings(tmp_path)
    found = json.loads(record_of(tmp_path).read_text())
    del found["contracts"]["Market"]
    record_of(tmp_path).write_text(json.dumps(found))
    with pytest.raises(UnknownDeployment, match="Market"):
        create_app(settings)


def test_app_stops_when_the_record_is_about_another_chain(tmp_path):
    settings = make_settings(tmp_path)
    found = json.loads(record_of(tmp_path).read_text())
    record_of(tmp_path).write_text(json.dumps({**found, "chainId": 1}))
    with pytest.raises(UnknownDeployment, match="about chain 1"):
        create_app(settings)


def test_app_stops_when_an_abi_is_not_the_deployed_one(tmp_path):
    settings = make_settings(tmp_path)
    found = json.loads(record_of(tmp_path).read_text())
    found["contracts"]["Market"]["abiHash"] = "0x" + "00" * 32
    record_of(tmp_path).write_text(json.dumps(found))
    with pytest.raises(AbiMismatch, match="Market"):
        create_app(settings)


def test_registry_gives_addresses_with_checksum(tmp_path):
    registry = Registry.load(make_settings(tmp_path))
    assert registry.address("Market") == to_checksum_address("0x" + "aa" * 19 + "02")
    with pytest.raises(UnknownDeployment, match="Nowhere"):
        registry.address("Nowhere")


def test_app_follows_a_new_deployment_when_the_record_changes(tmp_path, monkeypatch):
    from frontend import extensions
    from frontend.index.migrate import migrate
    from frontend.store.database import create_engine

    monkeypatch.setattr(extensions, "LOOK_EVERY_S", 0.0)
    settings = make_settings(tmp_path)
    migrate(create_engine(settings.database_url))
    app = create_app(settings)
    found = json.loads(record_of(tmp_path).read_text())
    moved = "0x" + "11" * 20
    found["contracts"]["Market"]["address"] = moved
    found["genesisHash"] = "0x" + "99" * 32
    with app.app_context():
        before = extensions.bound().services.market.registry.address("Market")
        record_of(tmp_path).write_text(json.dumps(found) + "\n")
        app.extensions["dokkaebi"]._look_again = 0.0
        assert extensions.bound().services.market.registry.address("Market") == moved != before
        record_of(tmp_path).write_text("{")
        app.extensions["dokkaebi"]._look_again = 0.0
        assert extensions.bound().services.market.registry.address("Market") == moved
