"""What the frontend reads of the contracts is what the compiler made of them."""

import json

from scripts import export_abis
from scripts.lib.artifacts import abi_hash


def test_exported_abis_are_fresh():
    assert export_abis.stale() == [], "run: make abi"


def test_exported_abi_says_that_it_is_generated_and_carries_its_hash():
    for name in export_abis.CONTRACTS:
        text = (export_abis.TARGET / f"{name}.json").read_text(encoding="utf-8")
        assert "by scripts/export_abis.py, do not edit" in text.splitlines()[1]
        exported = json.loads(text)
        assert exported["contract"] == name
        assert exported["abiHash"] == abi_hash(exported["abi"])


def test_export_is_stale_when_an_abi_differs(tmp_path):
    for name in export_abis.CONTRACTS:
        (tmp_path / f"{name}.json").write_text(export_abis.exported(name), encoding="utf-8")
    assert export_abis.stale(tmp_path) == []
    (tmp_path / "Market.json").write_text(export_abis.exported("Market").replace("buy", "bye"), encoding="utf-8")
    (tmp_path / "CommunityToken.json").unlink()
    assert export_abis.stale(tmp_path) == ["CommunityToken", "Market"]
