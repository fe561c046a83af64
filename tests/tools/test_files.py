"""The files that set-up rests on: compiler shim, networks, pins, help, vendored libraries, sizes, test wiring."""

import json
import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml

from tools import chain, sizes, slither, vendor
from tools import test as suites
from tools.places import NODE_MODULES, ROOT, SOLC_VERSION, tool_env

SHIM = ROOT / "tools" / "solcjs.js"


def shim(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(SHIM), *words], input=stdin, capture_output=True, text=True, env=tool_env(os.environ))


def test_shim_says_the_version_when_asked():
    said = shim("--version").stdout
    assert re.search(rf"^Version: {re.escape(SOLC_VERSION)}\+commit\.\w+", said, re.MULTILINE)


def test_shim_compiles_with_imports_from_disk_when_given_standard_json(tmp_path):
    (tmp_path / "Base.sol").write_text("pragma solidity 0.8.30; contract Base { uint256 public seven = 7; }")
    source = 'pragma solidity 0.8.30; import "Base.sol"; contract Top is Base {}'
    wanted = {
        "language": "Solidity",
        "sources": {"Top.sol": {"content": source}},
        "settings": {"evmVersion": "shanghai", "outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
    }
    done = shim("--standard-json", "--base-path", str(tmp_path), "--allow-paths", "a,b", stdin=json.dumps(wanted))
    answer = json.loads(done.stdout)
    assert not [error for error in answer.get("errors", []) if error["severity"] == "error"]
    assert len(answer["contracts"]["Top.sol"]["Top"]["evm"]["bytecode"]["object"]) > 100


def test_shim_reports_the_file_when_an_import_is_missing(tmp_path):
    sources = {"Top.sol": {"content": 'pragma solidity 0.8.30; import "Gone.sol";'}}
    wanted = {"language": "Solidity", "sources": sources, "settings": {}}
    answer = json.loads(shim("--standard-json", "--base-path", str(tmp_path), stdin=json.dumps(wanted)).stdout)
    assert any("File not found: Gone.sol" in error["message"] for error in answer["errors"])


@pytest.mark.parametrize("words", [(), ("--combined-json", "abi")])
def test_shim_refuses_with_one_line_when_asked_for_something_else(words):
    done = shim(*words)
    assert done.returncode == 1
    assert done.stderr.startswith("solcjs: ")
    assert done.stderr.count("\n") == 1


def test_brownie_knows_only_our_networks_when_bootstrapped():
    ours = yaml.safe_load((ROOT / "tools" / "networks.yaml").read_text())
    ids = {network["id"]: network for group in ours["live"] for network in group["networks"]}
    assert set(ids) == {"ganache", "anvil", "sepolia", "rpc"}
    for kind in chain.KINDS.values():
        assert (ids[kind.name]["host"], ids[kind.name]["chainid"]) == (kind.url, kind.chain_id)
    assert {network["id"] for network in ours["development"]} == {"test-ganache", "test-anvil"}
    known = ROOT / ".local" / "home" / ".brownie" / "network-config.yaml"
    assert yaml.safe_load(known.read_text()) == ours


def test_every_python_dependency_is_pinned_and_explained_when_listed():
    explained = (ROOT / "docs" / "dependencies.md").read_text().lower()
    lines = [line for line in (ROOT / "requirements.txt").read_text().splitlines() if line and not line.startswith("#")]
    assert len(lines) > 10
    for line in lines:
        name, version = line.split("==")
        name = name.partition("[")[0]  # an extra belongs to its package
        assert re.fullmatch(r"[0-9.]+", version), line
        assert re.search(rf"\b{re.escape(name.lower())}\b", explained), f"{name} is not in docs/dependencies.md"


def test_every_node_dependency_is_pinned_explained_and_locked_without_a_host_when_listed():
    explained = (ROOT / "docs" / "dependencies.md").read_text()
    about = json.loads((ROOT / "package.json").read_text())
    lock = (ROOT / "package-lock.json").read_text()
    wanted = about["dependencies"] | about["devDependencies"] | about["optionalDependencies"]
    locked = json.loads(lock)["packages"]
    for name, version in wanted.items():
        assert re.fullmatch(r"[0-9.]+", version), name
        assert name in explained, f"{name} is not in docs/dependencies.md"
        assert locked[f"node_modules/{name}"]["version"] == version
        assert "integrity" in locked[f"node_modules/{name}"]
    for path in (ROOT / "package-lock.json", ROOT / "tools" / "chromium-package" / "package-lock.json"):
        assert '"resolved"' not in path.read_text()


def test_compiler_versions_agree_when_compared():
    settings = yaml.safe_load((ROOT / "brownie-config.yaml").read_text())["compiler"]
    assert settings["solc"]["version"] == SOLC_VERSION
    assert settings["evm_version"] == "shanghai"
    assert json.loads((ROOT / "package.json").read_text())["devDependencies"]["solc"] == SOLC_VERSION


def test_every_make_target_has_help_when_listed():
    text = (ROOT / "Makefile").read_text()
    targets = re.findall(r"^([a-z][a-z-]*):(?!=)(.*)$", text, re.MULTILINE)
    assert len(targets) > 15
    assert [name for name, rest in targets if "## " not in rest] == []
    shown = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for name, _ in targets:
        assert f"  make {name} " in shown


def test_vendored_files_are_what_the_packages_ship_when_hashed(tmp_path):
    record = json.loads(vendor.RECORD.read_text())
    committed = {path.name for path in vendor.VENDOR.iterdir()} - {"vendor.json"}
    assert {entry["file"] for entry in record["files"]} == committed
    made = {entry.file: entry.sha256 for bundle in vendor.BUNDLED for entry in vendor.make_bundle(bundle, tmp_path)}
    for entry in record["files"]:
        assert vendor.sha256_of(vendor.VENDOR / entry["file"]) == entry["sha256"], entry["file"]
        fresh = made.get(entry["file"]) or vendor.sha256_of(NODE_MODULES / entry["package"] / entry["source"])
        assert fresh == entry["sha256"], entry["file"]


def test_pages_name_only_vendored_files_that_are_there():
    static = ROOT / "frontend" / "static"
    sources = [*(static / "js").glob("*.js"), *(ROOT / "frontend" / "templates").rglob("*.html")]
    named = {name for source in sources for name in re.findall(r"vendor/([\w.-]+\.(?:js|css))", source.read_text())}
    assert any(name.startswith("age-") for name in named)
    assert named <= {path.name for path in vendor.VENDOR.iterdir()}


def test_bundle_comes_with_the_licence_of_every_package_in_it():
    for entry in json.loads(vendor.RECORD.read_text())["files"]:
        for part in entry["parts"]:
            text = (vendor.VENDOR / entry["file"]).with_suffix(".licences.txt").read_text()
            assert f"{part}\n\n" in text
            assert vendor.licence_of(part.split()[0]) in text


def artifact(folder, name, source, size, functions=1):
    abi = [{"type": "function", "name": f"f{number}"} for number in range(functions)]
    text = json.dumps({"contractName": name, "sourcePath": source, "deployedBytecode": "00" * size, "abi": abi})
    (folder / f"{name}.json").write_text(text)


@pytest.mark.parametrize(("market", "other", "code"), [(24064, 24576, 0), (24065, 10, 1), (10, 24577, 1)])
def test_sizes_fail_when_a_contract_is_above_its_limit(tmp_path, monkeypatch, capsys, market, other, code):
    artifact(tmp_path, "Market", "contracts/market/Market.sol", market)
    artifact(tmp_path, "Other", "contracts/money/Other.sol", other)
    artifact(tmp_path, "HugeMock", "contracts/mocks/HugeMock.sol", 30_000)
    artifact(tmp_path, "Inlined", "contracts/money/Inlined.sol", 85, functions=0)
    artifact(tmp_path, "ERC20", "node_modules/@openzeppelin/contracts/token/ERC20/ERC20.sol", 30_000)
    monkeypatch.setattr(sizes, "BUILD", tmp_path)
    assert sizes.main() == code
    shown = capsys.readouterr().out
    assert f"{market} of 24064" in shown
    assert not any(name in shown for name in ("HugeMock", "Inlined", "ERC20"))


def test_sizes_fail_when_nothing_was_compiled(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(sizes, "BUILD", tmp_path)
    assert sizes.main() == 1
    assert "make compile" in capsys.readouterr().err


@pytest.mark.parametrize(("ci", "code"), [("true", 1), ("", 0)])
def test_skipped_test_fails_the_run_when_in_ci(tmp_path, ci, code):
    (tmp_path / "tests").mkdir()
    shutil.copy(ROOT / "tests" / "conftest.py", tmp_path / "tests")
    (tmp_path / "tests" / "test_some.py").write_text(
        "import pytest\ndef test_one(): pass\n@pytest.mark.skip\ndef test_two(): pass\n"
    )
    command = [sys.executable, "-m", "pytest", "-p", "no:pytest-brownie", "-p", "no:cacheprovider", "tests"]
    done = subprocess.run(command, cwd=tmp_path, env=os.environ | {"CI": ci}, capture_output=True, text=True)
    assert done.returncode == code, done.stdout
    assert ("test_two" in done.stdout) is bool(code)


def test_frontend_suites_never_load_brownie_when_run():
    for suite in suites.SUITES:
        loads_brownie = "--network" in suite.options
        assert loads_brownie is (suite.name in ("anvil", "ganache"))
        assert ("no:pytest-brownie" in suite.options) is not loads_brownie


def test_unknown_suite_is_refused_when_asked_for(capsys):
    assert suites.main(["everything"]) == 2
    assert "browser, ganache, index, tools, frontend, anvil" in capsys.readouterr().err


MEET = """
import pathlib, time
def test_meet():
    pathlib.Path("{me}").touch()
    deadline = time.monotonic() + 90
    while not pathlib.Path("{other}").exists():
        assert time.monotonic() < deadline, "nobody runs beside us"
        time.sleep(0.05)
"""


def test_two_suites_run_side_by_side_and_the_others_go_on_when_one_fails(tmp_path, monkeypatch, capfd):
    files = {
        "left": MEET.format(me="one", other="other"),
        "right": MEET.format(me="other", other="one"),
        "broken": "def test_broken(): assert 'broken' == 1",
        "last": "def test_last(): pass",
    }
    for name, text in files.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / f"test_{name}.py").write_text(text)
    made = [suites.Suite(name, name, (name,), suites.NO_BROWNIE) for name in files]
    monkeypatch.setattr(suites, "ROOT", tmp_path)
    monkeypatch.setattr(suites, "SUITES", made)
    assert suites.main([]) == 1
    said = capfd.readouterr().out
    shown, _, results = said.partition("━━ result ━━")
    parts = {part.partition(" ")[0]: part for part in shown.split("\n━━ ")[1:]}
    assert all("1 passed" in parts[name] for name in ("left", "last", "right")), said
    assert "1 failed" in parts["broken"]
    assert [line.split()[:2] for line in results.split("\n")[1:6]] == [
        ["passed", "left"],
        ["passed", "right"],
        ["FAILED", "broken"],
        ["FAILED", "broken/test_broken.py::test_broken"],
        ["passed", "last"],
    ]


def test_slither_finds_a_planted_fault_and_a_departure_from_a_standard_when_run(tmp_path, monkeypatch):
    planted = """// SPDX-License-Identifier: MIT
    pragma solidity 0.8.30;
    contract Planted {
        mapping(address => uint256) public owed;
        function take() external {
            (bool done,) = msg.sender.call{value: owed[msg.sender]}("");
            require(done);
            owed[msg.sender] = 0;
        }
    }"""
    wanted = slither.standard_input() | {"sources": {"contracts/Planted.sol": {"content": planted}}}
    (tmp_path / "contracts").mkdir()
    (tmp_path / "contracts" / "Planted.sol").write_text(planted)
    monkeypatch.setattr(slither, "ROOT", tmp_path)
    monkeypatch.setattr(slither, "standard_input", lambda: wanted)
    archive = slither.compiled(tmp_path)
    found = [*slither.findings(archive), *slither.departures(archive, "Planted", "ERC20")]
    assert {"reentrancy-eth", "ERC20 missing_function"} <= {finding["check"] for finding in found}
    assert all(slither.answer_to(finding) is None for finding in found)
