"""The command that checks a persona's proofs: signatures by real keys, TXT records by a name server of the test's own."""

from __future__ import annotations

import json
import socketserver
import struct
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct

from frontend.content.proofs import Claimant, Proof
from tools import persona

HOLDER, OTHER = Account.from_key("0x" + "11" * 32), Account.from_key("0x" + "22" * 32)
CONTRACT = "0x" + "9a" * 20
CLAIMANT = Claimant("night-owl", HOLDER.address.lower(), CONTRACT, 31337)
ZONE: dict[str, list[list[bytes]]] = {}


class NameServer(socketserver.BaseRequestHandler):
    """Answers TXT questions from ZONE: a list of strings for each record."""

    def handle(self) -> None:
        (length,) = struct.unpack(">H", self.request.recv(2))
        question = self.request.recv(length)
        labels, at = [], 12
        while question[at]:
            labels.append(question[at + 1 : at + 1 + question[at]].decode())
            at += 1 + question[at]
        records = ZONE.get(".".join(labels), [])
        answer = (
            question[:2]
            + struct.pack(">HHHHH", 0x8180 if records else 0x8183, 1, len(records), 0, 0)
            + question[12 : at + 5]
        )
        for strings in records:
            data = b"".join(bytes([len(text)]) + text for text in strings)
            answer += b"\xc0\x0c" + struct.pack(">HHIH", 16, 1, 60, len(data)) + data
        self.request.sendall(struct.pack(">H", len(answer)) + answer)


@pytest.fixture
def name_server() -> Iterator[int]:
    with socketserver.TCPServer(("127.0.0.1", 0), NameServer) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        yield server.server_address[1]
        server.shutdown()
        thread.join()
        ZONE.clear()


def signed(kind: str, of: str, signer: Account, claimant: Claimant = CLAIMANT) -> Proof:
    raw = signer.sign_message(encode_defunct(text=claimant.statement(kind, of))).signature
    return Proof(kind, of, "0x" + raw.hex().removeprefix("0x"))


def run(folder: Path, port: int, *proofs: Proof, nickname: str = "night-owl") -> int:
    file = folder / "profile.json"
    file.write_text(json.dumps({"name": nickname, "text": "", "proofs": [proof.to_json() for proof in proofs]}))
    words = [
        str(file),
        "--nickname",
        nickname,
        "--holder",
        HOLDER.address,
        "--contract",
        CONTRACT,
        "--chain-id",
        "31337",
    ]
    return persona.main([*words, "--resolver", "127.0.0.1", "--port", str(port)])


def test_proofs_hold_when_signatures_and_record_are_right(tmp_path, name_server, capsys):
    ZONE["_dokkaebi.example.com"] = [
        [b"v=other"],
        [CLAIMANT.record_text[:40].encode(), CLAIMANT.record_text[40:].encode()],
    ]
    proofs = signed("domain", "example.com", HOLDER), signed("account", OTHER.address.lower(), OTHER)
    assert all(CLAIMANT.holds(proof) for proof in proofs), "the page says the same of the signatures"
    assert run(tmp_path, name_server, *proofs) == 0
    said = capsys.readouterr().out
    assert "✓ domain example.com" in said
    assert f"✓ account {OTHER.address.lower()}" in said


@pytest.mark.parametrize("record", [None, b"dokkaebi-persona=31337:0x9a:0x11"])
def test_domain_does_not_hold_when_its_record_is_missing_or_says_something_else(tmp_path, name_server, capsys, record):
    if record:
        ZONE["_dokkaebi.example.com"] = [[record]]
    assert run(tmp_path, name_server, signed("domain", "example.com", HOLDER)) == 1
    assert f"has no TXT record {CLAIMANT.record_text}" in capsys.readouterr().out


@pytest.mark.parametrize(
    "proof",
    [
        signed("domain", "example.com", OTHER),
        signed("account", OTHER.address.lower(), HOLDER),
        signed("account", OTHER.address.lower(), OTHER, Claimant("night-owl", OTHER.address.lower(), CONTRACT, 31337)),
        signed("account", OTHER.address.lower(), OTHER, Claimant("day-owl", HOLDER.address.lower(), CONTRACT, 31337)),
        signed("account", OTHER.address.lower(), OTHER, Claimant("night-owl", HOLDER.address.lower(), CONTRACT, 1)),
        signed("account", OTHER.address.lower(), OTHER, Claimant("night-owl", HOLDER.address.lower(), "0x" + "9b" * 20, 31337)),
        Proof("account", OTHER.address.lower(), "0x" + "00" * 65),
    ],
    ids=["another signer", "holder for the account", "another holder", "another name", "another chain", "another contract", "zeros"],
)  # fmt: skip
def test_proof_does_not_hold_when_it_was_signed_by_or_for_somebody_else(tmp_path, name_server, capsys, proof):
    assert not CLAIMANT.holds(proof), "the page says the same"
    assert run(tmp_path, name_server, proof) == 1
    assert "✗" in capsys.readouterr().out


def test_nothing_is_judged_when_the_name_server_is_away(tmp_path, name_server, capsys):
    ZONE["_dokkaebi.example.com"] = [[CLAIMANT.record_text.encode()]]
    assert run(tmp_path, 1, signed("domain", "example.com", HOLDER)) == 2
    assert "127.0.0.1 did not answer about _dokkaebi.example.com" in capsys.readouterr().err


def test_nothing_is_judged_when_the_file_is_none(tmp_path, capsys):
    file = tmp_path / "x"
    file.write_text("no JSON")
    words = [str(file), "--nickname", "a", "--holder", HOLDER.address, "--contract", CONTRACT, "--chain-id", "1"]
    assert persona.main(words) == 2
    assert "✗" in capsys.readouterr().err
