"""Revert data from nodes of all kinds, and a sentence for every error that a contract of ours can raise."""

import re
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from frontend.contracts.registry import EXPORTED, exported_abi
from frontend.services.revert_texts import SENTENCES, sentence
from frontend.services.reverts import NoFunds, Refusal, Reverted, decode_revert, revert_of

ROOT = Path(__file__).parents[3]
ERROR = "08c379a0" + encode(["string"], ["no stock"]).hex()

SPELLINGS = {
    "anvil": {"code": 3, "message": "execution reverted", "data": "0x" + ERROR},
    "ganache call": {
        "code": -32000,
        "message": "VM Exception while processing transaction: revert no stock",
        "data": "0x" + ERROR,
    },
    "ganache estimate": {
        "code": -32000,
        "message": "VM Exception while processing transaction: revert no stock",
        "data": {"hash": None, "programCounter": 5, "result": "0x" + ERROR, "reason": "no stock", "message": "revert"},
    },
    "old ganache": {
        "code": -32000,
        "message": "VM Exception",
        "data": {"0xab": {"return": "0x" + ERROR}, "stack": "x"},
    },
    "hex in the message": {"code": -32603, "message": f"execution reverted: 0x{ERROR}"},
    "parity": {"code": -32015, "message": "VM execution error.", "data": "Reverted 0x" + ERROR},
    "words only": {"code": -32000, "message": "VM Exception while processing transaction: revert no stock"},
    "geth words only": {"code": 3, "message": "execution reverted: no stock"},
}


@pytest.mark.parametrize("name", SPELLINGS)
def test_a_revert_is_found_however_a_node_spells_it(name):
    found = revert_of(SPELLINGS[name])
    assert isinstance(found, Reverted)
    assert decode_revert(found) == Refusal("Error", {"reason": "no stock"})


@pytest.mark.parametrize(
    "message",
    [
        "insufficient funds for gas * price + value",
        "Insufficient funds for gas * price + value",
        "VM Exception while processing transaction: insufficient balance",
        "sender doesn't have enough funds to send tx",
    ],
)
def test_missing_money_is_told_from_a_revert(message):
    assert isinstance(revert_of({"code": -32000, "message": message}), NoFunds)


@pytest.mark.parametrize(
    "error",
    [
        None,
        "no",
        5,
        [],
        {},
        {"code": -32005, "message": "limit exceeded"},
        {"code": -32601, "message": "method not found"},
    ],
)
def test_other_errors_are_no_reverts(error):
    assert revert_of(error) is None


@pytest.mark.parametrize(
    "data", ["08c379a0", "08c379a0" + "ff" * 64, "4e487b71", "4e487b71" + "00" * 5, "deadbeef", "ab"]
)
def test_broken_revert_data_is_unknown_and_no_crash(data):
    found = decode_revert(Reverted(bytes.fromhex(data)))
    assert found.name == "Unknown"


def test_a_refusal_survives_being_stored():
    refusal = Refusal("MarketTotalTooHigh", {"total": 2**256 - 1, "max": 5})
    assert Refusal.from_json(refusal.to_json()) == refusal


@pytest.fixture
def app(lasting_app):
    return lasting_app


def sample(kind):
    if kind.startswith("uint"):
        return 3
    return {"address": "0x" + "12" * 20, "bytes32": b"unitPrice".ljust(32, b"\0"), "string": "name", "bytes1": b"A"}[
        kind
    ]


def errors():
    found = {}
    for name in EXPORTED:
        for part in exported_abi(name):
            if part["type"] == "error":
                found[part["name"]] = part
    return found


@pytest.mark.parametrize("name", sorted(errors()))
@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_error_has_a_sentence_in_both_languages(app, name, language):
    part = errors()[name]
    kinds = [entry["type"] for entry in part["inputs"]]
    data = keccak(text=f"{name}({','.join(kinds)})")[:4] + encode(kinds, [sample(kind) for kind in kinds])
    refusal = decode_revert(Reverted(data))
    assert refusal.name == name
    with app.test_request_context(f"/?lang={language}"):
        text = sentence(refusal)
    assert len(text) >= 10
    assert "%(" not in text
    assert "0x" + "12" * 20 not in text.lower()
    assert bool(re.search("[가-힣]", text)) == (language == "ko")
    assert name not in text


def test_every_error_in_the_interfaces_has_a_sentence():
    written = set()
    for path in (ROOT / "contracts").rglob("I*.sol"):
        if "mocks" not in path.parts:
            written |= set(re.findall(r"^\s*error (\w+)\(", path.read_text(encoding="utf-8"), re.M))
    assert len(written) > 40
    assert written <= set(SENTENCES)


def test_a_bad_term_is_named_with_its_bounds(app):
    args = {"field": "0x" + b"acceptFor".hex().ljust(64, "0"), "found": 60, "min": 3600, "max": 2592000}
    with app.test_request_context("/"):
        assert (
            sentence(Refusal("MarketBadTerm", args))
            == "The time to accept is 1 minute but must lie between 1 hour and 30 days."
        )


def test_a_contracts_own_words_are_cut_and_shown_safely(app):
    nasty = "<script>alert(1)</script>\u202e\u200b" + "x" * 5000
    data = bytes.fromhex("08c379a0") + encode(["string"], [nasty])
    with app.test_request_context("/"):
        text = sentence(decode_revert(Reverted(data)))
    assert len(text) < 500
    assert "\u202e" not in text
    assert "\u200b" not in text
