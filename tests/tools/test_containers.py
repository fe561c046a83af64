"""compose.yaml and Dockerfile: read as data and compared with the product, since no container is started here."""

from __future__ import annotations

import re
from importlib import metadata
from typing import Any

import pytest
import yaml

from frontend.config import BY_FILE, Settings
from tools.places import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "follower", "web")
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", OURS)
def test_our_containers_have_no_rights_and_write_nowhere_but_in_their_volume(name):
    service = SERVICES[name]
    assert service["user"] == "10001:10001"
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["volumes"] == ["content:/var/lib/dokkaebi"]


def test_only_the_web_server_has_a_port_and_only_on_this_machine():
    published = {name: service["ports"] for name, service in SERVICES.items() if "ports" in service}
    assert published == {"web": ["127.0.0.1:8000:8000"]}
    assert SERVICES["database"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@pytest.mark.parametrize("name", OURS)
def test_the_settings_of_each_service_are_those_the_program_reads(name, tmp_path):
    """What compose sets, with a value for each secret file and the example's settings, makes the program start."""
    environ = dict(SERVICES[name]["environment"])
    for key in BY_FILE:
        if f"{key}_FILE" in environ:
            path = tmp_path / key
            path.write_text({"RPC_URL": "https://node.example/key", "SECRET_KEY": "s" * 64}.get(key, "postgresql://x"))
            environ[f"{key}_FILE"] = str(path)
    example = (ROOT / "compose.env.example").read_text(encoding="utf-8")
    environ |= dict(line.split("=", 1) for line in example.splitlines() if line and not line.startswith("#"))
    source = (ROOT / "frontend" / "config.py").read_text(encoding="utf-8")
    for key in environ:
        assert f'"{key.removesuffix("_FILE")}"' in source, f"{key} is no setting"
    settings = Settings.from_env(environ)
    assert settings.chain_id == 11155111
    assert settings.secret_key == "s" * 64


def test_no_secret_stands_in_an_environment_and_every_secret_is_declared():
    declared = set(COMPOSE["secrets"])
    assert all(entry["file"].startswith("secrets/") for entry in COMPOSE["secrets"].values())
    for name, service in SERVICES.items():
        assert set(service.get("secrets", [])) <= declared, name
        for key, value in service.get("environment", {}).items():
            assert not re.search(r"(PASSWORD|SECRET|RPC_URL|DATABASE_URL)$", key), (name, key)
            if key.endswith("_FILE"):
                assert value.removeprefix("/run/secrets/") in service["secrets"], (name, key)
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8")


def test_services_wait_for_what_they_need_and_say_how_they_are():
    assert SERVICES["migrate"]["depends_on"] == {"database": {"condition": "service_healthy"}}
    for name in ("follower", "web"):
        assert SERVICES[name]["depends_on"] == {"migrate": {"condition": "service_completed_successfully"}}
        assert "healthcheck" in SERVICES[name]
    assert SERVICES["anvil"]["profiles"] == ["try"]


def test_the_commands_are_modules_that_exist():
    commands = [SERVICES[name]["command"] for name in ("migrate", "follower")]
    commands.append(re.findall(r'"([^"]+)"', DOCKERFILE.splitlines()[-1]))
    for command in commands:
        assert command[:2] == ["python", "-m"]
        assert (ROOT / command[2].replace(".", "/") / "__main__.py").is_file()


def serving() -> list[str]:
    """Give the packages that the image installs, by the very rule of the Dockerfile."""
    kept, inside = [], False
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        inside = line.startswith("# frontend") or (inside and not line.startswith("# tests"))
        if (inside or line.startswith("web3==")) and "==" in line:
            kept.append(line.partition("==")[0])
    return kept


def with_what_they_need(names: list[str]) -> set[str]:
    """Give packages and all that they pull in."""
    found: set[str] = set()
    waiting = [(name.partition("[")[0], name) for name in names]
    while waiting:
        name, whole = waiting.pop()
        name = re.sub(r"[-_.]+", "-", name).lower()
        if name in found:
            continue
        found.add(name)
        extras = re.findall(r"\[(.*)\]", whole)
        try:
            needs = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        for need in needs:
            wanted = not re.search(r"extra\s*==", need) or any(
                f'"{extra}"' in need or f"'{extra}'" in need for extra in extras
            )
            if wanted:
                waiting.append((re.match(r"[A-Za-z0-9_.-]+", need)[0], need.partition(";")[0]))  # type: ignore[index]  # a requirement begins with a name
    return found


def test_the_image_has_every_package_that_the_frontend_imports_and_no_brownie():
    assert "sed -n '/^web3==/p;/^# frontend/,/^# tests/p' requirements.txt" in DOCKERFILE
    installed = with_what_they_need(serving())
    assert "eth-brownie" not in installed
    assert "pytest" not in serving()
    whose = metadata.packages_distributions()
    for path in sorted((ROOT / "frontend").rglob("*.py")):
        for name in re.findall(r"^\s*(?:from|import) ([A-Za-z0-9_]+)", path.read_text(encoding="utf-8"), re.MULTILINE):
            if name not in whose or name == "frontend":
                continue
            names = {re.sub(r"[-_.]+", "-", found).lower() for found in whose[name]}
            assert names & installed, f"{path.relative_to(ROOT)} imports {name}, which the image does not have"


def test_the_image_holds_no_local_files():
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[0] == "*", "only what is named gets in"
    copied = re.findall(r"^COPY (?!--)(.+) \S+$", DOCKERFILE, re.MULTILINE)
    assert {word for line in copied for word in line.split()} == {"requirements.txt", "frontend", "deployments"}
