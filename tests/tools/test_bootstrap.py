"""Set-up: quick when done, and one line with the remedy when something is missing."""

import os
import shutil
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from tools import bootstrap, places
from tools.problems import SetupProblem

NOWHERE = "http://127.0.0.1:1/"


@pytest.fixture
def bare_checkout(tmp_path):
    """Give a folder with what bootstrap reads, and nothing installed."""
    shutil.copytree(places.ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("requirements.txt", "package.json", "package-lock.json"):
        shutil.copy(places.ROOT / name, tmp_path)
    return tmp_path


def call(checkout: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    python = Path(sys.executable).resolve()
    command = [str(python), "-m", "tools.bootstrap"]
    env = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")} | settings
    return subprocess.run(command, cwd=checkout, env=env, capture_output=True, text=True, timeout=120)


def test_bootstrap_is_silent_and_quick_when_everything_is_there():
    before = os.times()
    done = call(places.ROOT)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    after = os.times()
    worked_s = after.children_user + after.children_system - before.children_user - before.children_system
    assert worked_s < 2, "of the processor's time: how long that takes is the machine's affair"


def test_environment_behind_a_link_is_left_alone(bare_checkout, tmp_path_factory):
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    (elsewhere / "kept").touch()
    (bare_checkout / ".venv").symlink_to(elsewhere)
    done = call(bare_checkout)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert ".venv is a link" in done.stderr
    assert [found.name for found in elsewhere.iterdir()] == ["kept"]


def test_one_line_says_what_to_check_when_there_is_no_package_index(bare_checkout):
    settings = {"PIP_INDEX_URL": NOWHERE, "PIP_RETRIES": "0", "PIP_NO_CACHE_DIR": "1", "PIP_CONFIG_FILE": os.devnull}
    done = call(bare_checkout, **settings, PIP_FIND_LINKS="")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("✗ Installing Python packages: ")
    assert "reaches a Python package index" in done.stderr
    assert not (bare_checkout / ".venv" / "dokkaebi-stamp").exists()


def test_one_line_says_what_to_check_when_there_is_no_npm_registry(bare_checkout, monkeypatch):
    monkeypatch.setattr(bootstrap, "ROOT", bare_checkout)
    monkeypatch.setattr(bootstrap, "NODE_MODULES", bare_checkout / "node_modules")
    for name, value in {"registry": NOWHERE, "fetch_retries": "0", "cache": str(bare_checkout / "cache")}.items():
        monkeypatch.setenv(f"npm_config_{name}", value)
    monkeypatch.setattr(bootstrap, "installer_env", lambda inherited: dict(os.environ))
    with pytest.raises(SetupProblem, match="reaches an npm registry") as problem:
        bootstrap.install_node_modules()
    assert "\n" not in str(problem.value)
    assert not (bare_checkout / "node_modules" / ".dokkaebi-stamp").exists()


def test_one_line_says_what_to_install_when_python_has_no_venv(bare_checkout, monkeypatch):
    debian = bare_checkout / "python-without-venv"
    debian.write_text(
        "#!/bin/sh\necho 'The virtual environment was not created because ensurepip is not available.'\nexit 1\n"
    )
    debian.chmod(0o755)
    monkeypatch.setattr(bootstrap, "ROOT", bare_checkout)
    monkeypatch.setattr(bootstrap, "VENV", bare_checkout / ".venv")
    monkeypatch.setattr(bootstrap.sys, "executable", str(debian))
    with pytest.raises(SetupProblem, match=r"ensurepip is not available\..*apt install python3-venv"):
        bootstrap.install_python()


def test_python_is_refused_when_it_is_too_old(monkeypatch):
    monkeypatch.setattr(bootstrap.sys, "version_info", (3, 10, 4))
    with pytest.raises(SetupProblem, match=r"3\.11 or newer"):
        bootstrap.check_machine()


def test_installation_is_refused_when_the_disk_is_full(monkeypatch):
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(bootstrap.shutil, "disk_usage", lambda path: usage(10**9, 10**9 - 5 * 10**6, 5 * 10**6))
    with pytest.raises(SetupProblem, match="only 5 MB are free"):
        bootstrap.check_disk()


@pytest.mark.parametrize(("said", "good"), [("v20.1.0", True), ("v24.19.0", True), ("v18.20.4", False), ("?", False)])
def test_machines_node_is_taken_only_when_it_is_new_enough(tmp_path, monkeypatch, said, good):
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho '{said}'\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    assert (bootstrap.machine_node() is not None) is good


def test_machines_node_is_not_taken_when_npm_is_missing(tmp_path, monkeypatch):
    (tmp_path / "node").write_text("#!/bin/sh\necho v22.0.0\n")
    (tmp_path / "node").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.machine_node() is None


def test_brownie_is_plain_python_when_installed():
    where = subprocess.run(
        [str(places.venv_python()), "-c", "import brownie._config as c; print(c.__file__)"],
        env=places.tool_env(os.environ),
        capture_output=True,
        text=True,
        check=True,
    )
    assert where.stdout.strip().endswith("brownie/_config.py")


def test_tools_write_into_the_checkout_only_when_called_through_our_environment():
    env = places.tool_env({"PATH": "/usr/bin", "HOME": "/home/somebody"})
    assert env["HOME"] == str(places.ROOT / ".local" / "home")
    assert env["SOLCX_BINARY_PATH"] == str(places.ROOT / ".local" / "solcx")
    assert env["PATH"].split(":")[0] == str(places.ROOT / ".venv" / "bin")
    installing = places.installer_env({"PATH": "/usr/bin", "HOME": "/home/somebody"})
    assert installing["HOME"] == "/home/somebody"  # the user's package index settings
    assert installing["PIP_CACHE_DIR"].startswith(str(places.ROOT))
    assert installing["npm_config_cache"].startswith(str(places.ROOT))
