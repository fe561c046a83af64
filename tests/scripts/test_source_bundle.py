"""The bundle for explorers: solc alone makes from it what stands on the chain."""

from __future__ import annotations

import json

import pytest
from web3 import Web3

from scripts.deploy import everything
from scripts.inspect import source_bundle
from scripts.lib.problems import FailedCheck
from tools.places import SOLCX

TOOLS = {"SOLCX_BINARY_PATH": str(SOLCX)}


@pytest.fixture
def bundle(params, registry, sender, tmp_path):
    everything.deploy(everything.plan(params, registry), sender)
    return tmp_path, source_bundle.write(registry, tmp_path)


pytestmark = pytest.mark.timeout(900)  # the compiler takes minutes for all contracts, and no test starts before


@pytest.fixture(scope="module")
def output(tmp_path_factory):
    """What solc alone makes of the bundle's file; it holds nothing of a chain, so one compilation serves every test."""
    file = tmp_path_factory.mktemp("bundle") / source_bundle.INPUT
    file.write_text(json.dumps(source_bundle.standard_input()))
    return source_bundle.compiled(file, TOOLS)


def test_solc_alone_makes_the_code_on_the_chain_from_the_bundle(bundle, w3, registry, output):
    folder, manifest = bundle
    assert json.loads((folder / source_bundle.INPUT).read_text()) == source_bundle.standard_input()
    for name in registry.contracts:
        _expect_the_code(w3, registry, manifest, name, output)


def _expect_the_code(w3, registry, manifest, name, output):
    made = source_bundle.made_of(output, name, manifest[name]["libraries"])
    entry = manifest[name]
    assert (entry["address"], entry["compiler"][:7]) == (registry.address(name), "v0.8.30")
    # creation: what was sent is the bytecode with the arguments of the manifest behind it
    sent = Web3.to_hex(w3.eth.get_transaction(registry.entry(name).tx)["input"])
    assert sent == "0x" + made["evm"]["bytecode"]["object"] + entry["constructorArguments"]
    # runtime: the same but for the immutables, whose places the compiler names
    code = bytearray(w3.eth.get_code(entry["address"]))
    for places in made["evm"]["deployedBytecode"]["immutableReferences"].values():
        for place in places:
            code[place["start"] : place["start"] + place["length"]] = bytes(place["length"])
    assert code.hex() == made["evm"]["deployedBytecode"]["object"]
    assert entry["contract"] in {f"{p}:{name}" for p in json.loads(made["metadata"])["settings"]["compilationTarget"]}


def test_the_bundle_names_every_contract_and_no_path_of_this_machine(bundle, w3, registry):
    folder, manifest = bundle
    assert set(manifest) == {"CommunityToken", *registry.contracts} >= {"Market", "Settlements"}
    assert manifest["Market"]["libraries"] == registry.entry("Market").libraries
    assert len(w3.eth.get_code(manifest["CommunityToken"]["address"])) > 1000
    content = json.loads((folder / source_bundle.INPUT).read_text(encoding="utf-8"))
    assert all(path.startswith(("contracts/", "node_modules/@openzeppelin/")) for path in content["sources"])
    assert content["settings"]["viaIR"] is True
    assert {entry["input"] for entry in manifest.values()} == {source_bundle.INPUT}
    assert json.loads((folder / "manifest.json").read_text())["chainId"] == 31337


def test_a_changed_source_is_noticed_when_the_bundle_is_compiled(bundle):
    folder, _ = bundle
    path = folder / source_bundle.INPUT
    content = json.loads(path.read_text(encoding="utf-8"))
    content["sources"]["contracts/market/TermsLib.sol"]["content"] = "pragma solidity 0.8.30;"
    path.write_text(json.dumps(content))
    with pytest.raises(FailedCheck, match="does not compile"):
        source_bundle.compiled(path, TOOLS)
