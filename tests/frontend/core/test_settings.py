"""Settings: what is missing or wrong stops the server with a sentence."""

import dataclasses
import json
from fractions import Fraction
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address

from frontend import create_app
from frontend.config import Bucket, Settings
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
        ("CONTENT_STORE", "ftp"),
        ("CONTENT_MB_A_DAY", "0"),
    ],
)
def test_settings_are_refused_by_name_when_one_is_wrong(name, value):
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({**GOOD, name: value})


S3 = {
    "CONTENT_STORE": "s3",
    "CONTENT_S3_BUCKET": "market",
    "CONTENT_S3_KEY_ID": "AKIAEXAMPLE",
    "CONTENT_S3_SECRET": "a secret of the bucket",
}


def test_uploads_go_to_a_folder_when_nothing_else_is_said():
    assert Settings.from_env(GOOD).content_bucket is None
    assert Settings.from_env({**GOOD, "CONTENT_MB_A_DAY": "7"}).content_bytes_a_day == 7 * 1024 * 1024


def test_uploads_go_to_a_bucket_when_the_environment_names_one():
    found = {key: value for key, value in GOOD.items() if key != "CONTENT_DIR"}
    more = {"CONTENT_S3_ENDPOINT": "https://s3.example/", "CONTENT_S3_REGION": "kr", "CONTENT_S3_PREFIX": "/one/"}
    settings = Settings.from_env({**found, **S3, **more})
    wanted = Bucket("market", "https://s3.example", "kr", "AKIAEXAMPLE", "a secret of the bucket", "one/")
    assert settings.content_bucket == wanted
    assert "a secret of the bucket" not in repr(settings)
    assert Settings.from_env({**found, **S3}).content_bucket == dataclasses.replace(
        wanted, endpoint=None, region="us-east-1", prefix=""
    )


def test_sealed_files_have_room_of_their_own_and_no_gateway_when_nothing_is_said():
    found = Settings.from_env(GOOD)
    assert (found.files_dir, found.files_gateway) == (None, None)
    assert (found.files_bytes_a_day, found.files_bytes) == (5 * 1024**3, 50 * 1024**3)
    more = {
        "FILES_DIR": "/disk/files",
        "FILES_GB_A_DAY": "7",
        "FILES_GB": "900",
        "FILES_GATEWAY": "https://ipfs.example/at/",
    }
    found = Settings.from_env({**GOOD, **more})
    assert (found.files_dir, found.files_gateway) == (Path("/disk/files"), "https://ipfs.example/at")
    assert (found.files_bytes_a_day, found.files_bytes) == (7 * 1024**3, 900 * 1024**3)


@pytest.mark.parametrize(
    "address",
    ["ipfs.example", "ftp://ipfs.example", "https://key:secret@ipfs.example", "https://ipfs.example/?a=b", "https://",
     "https://ipfs.example/#a", "https://ipfs.example:99999", "https://ipfs.example/ x", "http://[::1", "file:///etc/passwd"],
)  # fmt: skip
def test_a_gateway_is_refused_when_it_is_no_plain_address(address):
    with pytest.raises(BadSetting, match="FILES_GATEWAY"):
        Settings.from_env({**GOOD, "FILES_GATEWAY": address})


def test_tokens_weigh_in_reviews_what_the_operator_says_and_nothing_unless_he_does():
    assert Settings.from_env(GOOD).review_weights == ()
    one, two = "0x" + "ab" * 20, "0x" + "cd" * 20
    found = Settings.from_env({**GOOD, "REVIEW_WEIGHTS": f"0x{'AB' * 20}=1000000000000, {two}=1/3"})
    assert found.review_weights == ((one, Fraction(10**12)), (two, Fraction(1, 3)))


@pytest.mark.parametrize("said", ["0x12=1", "=1", "A=", "A=-1", "A=1.5", "A=1/0", "A=1/", "A=1 A=2", "A"])
def test_weights_of_reviews_are_refused_when_they_are_no_ratios_of_tokens(said):
    with pytest.raises(BadSetting, match="REVIEW_WEIGHTS"):
        Settings.from_env({**GOOD, "REVIEW_WEIGHTS": said.replace("A", "0x" + "ab" * 20)})


@pytest.mark.parametrize("name", sorted(set(S3) - {"CONTENT_STORE"}))
def test_bucket_is_refused_by_name_when_a_part_is_missing(name):
    with pytest.raises(BadSetting, match=name):
        Settings.from_env({**GOOD, **S3, name: ""})


@pytest.mark.parametrize("endpoint", ["s3.example", "ftp://s3.example", "https://key:secret@s3.example"])
def test_bucket_is_refused_when_its_endpoint_is_no_plain_address(endpoint):
    with pytest.raises(BadSetting, match="CONTENT_S3_ENDPOINT"):
        Settings.from_env({**GOOD, **S3, "CONTENT_S3_ENDPOINT": endpoint})


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
