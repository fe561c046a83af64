"""The record's format, and what is refused when it is read."""

import json

import pytest

from scripts.lib.artifacts import abi_hash, artifact
from scripts.lib.problems import BrokenRecord
from scripts.lib.registry import Entry, Pending, Registry, open_registry

GENESIS = "0x" + "ab" * 32
ENTRY = Entry("0x" + "11" * 20, 7, "0x" + "22" * 32, ("0x" + "33" * 20, 100), "0x" + "44" * 32, None)


def test_record_has_the_agreed_shape_when_written(tmp_path):
    registry = Registry(1337, GENESIS, tmp_path / "1337.json")
    registry.record("Market", ENTRY)
    assert json.loads((tmp_path / "1337.json").read_text()) == {
        "chainId": 1337,
        "genesisHash": GENESIS,
        "contracts": {
            "Market": {
                "address": "0x" + "11" * 20,
                "block": 7,
                "tx": "0x" + "22" * 32,
                "args": ["0x" + "33" * 20, 100],
                "abiHash": "0x" + "44" * 32,
                "commit": None,
            }
        },
        "previous": [],
    }


def test_record_reads_back_the_same_when_reopened(tmp_path):
    registry = Registry(1337, GENESIS, tmp_path / "1337.json")
    registry.record("Market", ENTRY)
    registry.announce(Pending("Other", ENTRY.address, 3, (1, "two")))
    again = open_registry(1337, GENESIS, tmp_path, may_start_over=False)
    assert (again.contracts, again.previous, again.pending) == ({"Market": ENTRY}, [], registry.pending)


def test_record_survives_whole_when_writing_is_cut_off(tmp_path, monkeypatch):
    registry = Registry(1337, GENESIS, tmp_path / "1337.json")
    registry.record("Market", ENTRY)
    before = registry.path.read_bytes()

    def half(content, file, **how):
        file.write('{"chainId": 13')
        raise OSError("No space left on device")

    monkeypatch.setattr(json, "dump", half)
    with pytest.raises(OSError, match="No space"):
        registry.record("Market", ENTRY)
    assert registry.path.read_bytes() == before


def test_record_is_refused_when_it_is_about_another_first_block(tmp_path):
    Registry(11155111, GENESIS, tmp_path / "11155111.json").record("Market", ENTRY)
    with pytest.raises(BrokenRecord, match="another first block"):
        open_registry(11155111, "0x" + "cd" * 32, tmp_path, may_start_over=False)


def test_record_is_begun_anew_when_a_local_chain_was_reset(tmp_path):
    Registry(1337, GENESIS, tmp_path / "1337.json").record("Market", ENTRY)
    assert open_registry(1337, "0x" + "cd" * 32, tmp_path, may_start_over=True).contracts == {}


@pytest.mark.parametrize(
    "text",
    ("", "[]", "{}", '{"chainId": 1337}', '{"chainId": 1, "genesisHash": "0x", "contracts": {}, "previous": []}', "\0"),
)
def test_record_is_refused_in_one_sentence_when_it_is_damaged(tmp_path, text):
    (tmp_path / "1337.json").write_text(text)
    with pytest.raises(BrokenRecord, match=r"deployments/1337\.json"):
        open_registry(1337, GENESIS, tmp_path, may_start_over=True)


def test_abi_hash_ignores_spacing_and_order_of_keys_but_nothing_else():
    abi = artifact("Market").abi
    reordered = [dict(reversed(entry.items())) for entry in abi]
    assert abi_hash(reordered) == abi_hash(abi)
    assert abi_hash(abi[1:]) != abi_hash(abi)
