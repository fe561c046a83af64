"""What browser, server and other programs must agree on: hashes, statements, and age files that any of them can open."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pyrage
import pytest
from eth_account import Account
from hypothesis import given, settings
from hypothesis import strategies as st

from frontend.services.notes import is_sealed, note_hash, statement_of
from frontend.services.terms import Purchase, order_key, ref_of
from tests.frontend.notes.conftest import SALT, Script, identity, sealed_for, signature_of

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "notes.json").read_text())
CHAIN = {"chain": "31337", "market": "0x" + "aa" * 20, "listing": "0x" + "11" * 32}


def cases(kind: str) -> Any:
    return pytest.mark.parametrize("case", VECTORS[kind], ids=lambda case: case["title"].replace(" ", "_"))


@cases("hashes")
def test_hash_is_the_vectors_when_server_and_browser_make_it(script: Script, case: dict[str, str]) -> None:
    sealed = base64.b64decode(case["sealed"])
    assert note_hash(case["salt"], sealed) == case["hash"]
    assert script.result("hash", {"salt": case["salt"], "sealed": case["sealed"]}) == case["hash"]


@cases("statements")
def test_statement_is_the_vectors_when_server_and_browser_write_it(script: Script, case: dict[str, Any]) -> None:
    facts = case["facts"]
    named = {"chain_id": facts["chainId"], "issued_at": facts["issuedAt"]}
    named |= {name: facts[name] for name in ("origin", "account", "market", "recipient")}
    assert statement_of(**named) == case["text"]
    assert script.result("statement", facts) == case["text"]
    assert script.result("signer", {"text": case["text"], "signature": case["signature"]}) == case["signer"]


@cases("notes")
def test_note_opens_to_the_vectors_text_when_the_browser_has_the_key(script: Script, case: dict[str, Any]) -> None:
    key = {"identity": case["identity"]}
    opened = {"salt": case["salt"], "sealed": case["sealed"], "expected": case["hash"], "about": {}, "keys": [key]}
    assert script.result("open", opened)["text"] == case["text"]
    sealed = base64.b64decode(case["sealed"])
    assert is_sealed(sealed)
    found = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(case["identity"])])
    assert json.loads(found)["text"] == case["text"]


def test_other_programs_open_what_the_browser_has_sealed_to_both(script: Script) -> None:
    (first, one), (second, other) = identity(), identity()
    note = {"kind": "wish", **CHAIN, "from": "0x1", "text": "서울 중구 도깨비로 1\nring twice"}
    made = script.result("seal", {"note": note, "recipients": [one, other]})
    sealed = base64.b64decode(made["sealed"])
    for key in (first, second):
        assert json.loads(pyrage.decrypt(sealed, [key]))["text"] == note["text"]
    with pytest.raises(pyrage.DecryptError):
        pyrage.decrypt(sealed, [identity()[0]])
    assert is_sealed(sealed)
    assert made["hash"] == note_hash(made["salt"], sealed)


def test_browser_opens_what_another_program_has_sealed(script: Script) -> None:
    key, recipient = identity()
    text = json.dumps({"v": 1, "salt": SALT, "text": "hello"}).encode().ljust(2048)
    sealed = pyrage.encrypt(text, [pyrage.x25519.Recipient.from_str(recipient)])
    assert open_with(script, sealed, key)["result"]["text"] == "hello"


def open_with(script: Script, sealed: bytes, *keys: Any, **changes: Any) -> dict[str, Any]:
    """Let the browser open a ciphertext under the fixed salt."""
    args: dict[str, Any] = {
        "salt": SALT, "sealed": base64.b64encode(sealed).decode(), "expected": note_hash(SALT, sealed), "about": {},
        "keys": [{"identity": str(key)} for key in keys],
    }  # fmt: skip
    return script.ask("open", {**args, **changes})


def test_browser_says_what_is_wrong_when_a_note_cannot_be_opened(script: Script) -> None:
    key, recipient = identity()
    to_key = [pyrage.x25519.Recipient.from_str(recipient)]
    good = pyrage.encrypt(json.dumps({"v": 1, "salt": SALT, "text": "x", "listing": "0xab"}).encode(), to_key)
    assert open_with(script, good, key, about={"listing": "0xAB"})["result"]["text"] == "x"
    assert open_with(script, good, key, about={"listing": "0xcd"}) == {"error": "other_order"}
    assert open_with(script, good, key, expected="0x" + "00" * 32) == {"error": "not_the_same"}
    assert open_with(script, good, key, salt="0x" + "5b" * 32) == {"error": "not_the_same"}
    assert open_with(script, good) == {"error": "no_key"}
    assert open_with(script, good, identity()[0]) == {"error": "wrong_key"}
    damaged = bytearray(good)
    damaged[-1] ^= 1
    assert open_with(script, bytes(damaged), key) == {"error": "malformed"}
    assert open_with(script, b"no age file at all", key) == {"error": "malformed"}
    for inside in (b"no json", b"\xff\xfe", b"[]", json.dumps({"v": 2, "salt": SALT, "text": "x"}).encode(),
                   json.dumps({"v": 1, "salt": SALT, "text": 5}).encode(), json.dumps({"v": 1, "text": "x"}).encode()):  # fmt: skip
        assert open_with(script, pyrage.encrypt(inside, to_key), key) == {"error": "malformed"}, inside


def test_length_of_the_ciphertext_says_nothing_within_a_step(script: Script) -> None:
    _, recipient = identity()
    sizes = set()
    for text in ("", "x", "도" * 150):
        made = script.result("seal", {"note": {**CHAIN, "text": text}, "recipients": [recipient]})
        sizes.add(len(base64.b64decode(made["sealed"])))
    assert len(sizes) == 1
    # the longest text that the page takes, in letters of three bytes, with room for all that stands around it
    assert script.result("padded", {**CHAIN, "text": "가" * 2000, "around": "x" * 500}) == 8192
    assert script.ask("padded", {"text": "x" * 9000}) == {"error": "too_long"}


@pytest.mark.parametrize("recipient", ["", "age1", "age1pq1" + "q" * 100, "0x12", "age1" + "q" * 58])
def test_browser_refuses_to_seal_when_the_key_is_none(script: Script, recipient: str) -> None:
    assert script.ask("seal", {"note": {"text": "x"}, "recipients": [recipient]}) == {"error": "cannot_seal"}


@given(secret=st.binary(min_size=32, max_size=32).filter(any), text=st.text(max_size=300))
@settings(max_examples=40, deadline=None)
def test_browser_finds_the_signer_of_any_text(script: Script, secret: bytes, text: str) -> None:
    account = Account.from_key((int.from_bytes(secret) % (2**255)).to_bytes(32) if secret[0] > 127 else secret)
    text = text.encode("utf-8", "ignore").decode()
    signature = signature_of(account, text)
    assert script.result("signer", {"text": text, "signature": signature}) == account.address.lower()
    other = script.result("signer", {"text": text + ".", "signature": signature})
    assert other != account.address.lower()


@pytest.mark.parametrize("signature", ["", "0x", "0x12", "0x" + "00" * 65, "0x" + "ff" * 65, "0x" + "11" * 64, "junk"])
def test_browser_finds_no_signer_when_the_signature_is_none(script: Script, signature: str) -> None:
    assert script.result("signer", {"text": "x", "signature": signature}) is None


def test_order_key_in_the_browser_equals_the_servers(script: Script) -> None:
    purchase = Purchase(
        "0x" + "01" * 32, "0x" + "b2" * 20, "0x" + "b1" * 20, "0x" + "a1" * 20, "0x" + "5e" * 32
    ).to_abi()
    values = ["0x" + part.hex() if isinstance(part, bytes) else part for part in purchase]
    wanted = order_key(CHAIN["listing"], purchase[2], ref_of(purchase))
    assert script.result("key", {"listing": CHAIN["listing"], "purchase": values}) == wanted


def test_saved_copy_is_read_by_other_programs_and_comes_back_whole(script: Script) -> None:
    keys = [{"identity": str(key), "recipient": recipient, "at": f"2026-11-2{number}T00:00:00Z"}
            for number, (key, recipient) in enumerate(identity() for _ in range(3))]  # fmt: skip
    saved = script.result("file", keys)
    assert script.result("keys", saved) == keys
    assert script.result("keys", saved.replace("\n", "\r\n")) == keys
    sealed = sealed_for(keys[2]["recipient"])
    lines = [line for line in saved.splitlines() if not line.startswith("#")]
    assert pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(line) for line in lines])


@pytest.mark.parametrize("text", ["", "# only words", "AGE-SECRET-KEY-1QQQ", "AGE-SECRET-KEY-PQ-1QQQ", "hello"])
def test_file_is_refused_when_it_holds_no_key(script: Script, text: str) -> None:
    assert script.ask("keys", text) == {"error": "bad_file"}
