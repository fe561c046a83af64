"""What our people sign has the digest that MetaMask's own eth-sig-util computes for it, message by message."""

from __future__ import annotations

import json
import random
import subprocess
from typing import Any

import pytest
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.services.permits import DOMAIN, PERMIT
from frontend.services.settlements import SETTLEMENT
from frontend.services.split_changes import CHANGE, SHARE
from frontend.signatures import signer_of
from tools.intent import typed_data
from tools.places import ROOT

EACH = 200
SIGNED_EVERY = 10  # signing takes that library long
SEED = 712
KEY = "0x" + "4b" * 32
BALLOT = [
    {"name": "proposalId", "type": "uint256"},
    {"name": "support", "type": "uint8"},
    {"name": "voter", "type": "address"},
    {"name": "nonce", "type": "uint256"},
]
DELEGATION = [
    {"name": "delegatee", "type": "address"},
    {"name": "nonce", "type": "uint256"},
    {"name": "expiry", "type": "uint256"},
]
# everything that a contract of ours takes a signature over
KINDS: dict[str, dict[str, list[dict[str, str]]]] = {
    "Permit": {"Permit": PERMIT},
    "Settlement": {"Settlement": SETTLEMENT},
    "Change": {"Change": CHANGE, "Share": SHARE},
    "Ballot": {"Ballot": BALLOT},
    "Delegation": {"Delegation": DELEGATION},
}
LETTERS = "abc 도깨비 \"'\\\n\u2028🔥\u0301"
WALLET = """
const { TypedDataUtils, signTypedData } = require("@metamask/eth-sig-util");
const [key, every, documents] = JSON.parse(require("node:fs").readFileSync(0));
const privateKey = Buffer.from(key.slice(2), "hex");
console.log(JSON.stringify(documents.map((data, number) => [
  "0x" + TypedDataUtils.eip712Hash(data, "V4").toString("hex"),
  number % every ? "" : signTypedData({ privateKey, data, version: "V4" }),
])));
"""


def value(kind: str, types: dict[str, list[dict[str, str]]], dice: random.Random) -> Any:
    """Give a value of a type: amounts at the ends of their range now and then, numbers as text."""
    if kind.endswith("[]"):
        return [value(kind[:-2], types, dice) for _ in range(dice.randrange(5))]
    if kind in types:
        return {field["name"]: value(field["type"], types, dice) for field in types[kind]}
    if kind == "string":
        return "".join(dice.choice(LETTERS) for _ in range(dice.randrange(40)))
    if kind == "address":
        return to_checksum_address(dice.randbytes(20))
    if kind == "bytes32":
        return "0x" + dice.randbytes(32).hex()
    most = 2 ** int(kind.removeprefix("uint")) - 1
    return str(dice.choice((0, most, dice.randint(0, most), dice.randint(0, min(most, 10**18)))))


def document(primary: str, dice: random.Random) -> dict[str, Any]:
    types = {"EIP712Domain": DOMAIN, **KINDS[primary]}
    return {
        "types": types,
        "primaryType": primary,
        "domain": value("EIP712Domain", types, dice),
        "message": value(primary, types, dice),
    }


def digest(message: SignableMessage) -> str:
    return "0x" + keccak(b"\x19" + message.version + message.header + message.body).hex()


@pytest.fixture(scope="module")
def documents() -> list[dict[str, Any]]:
    dice = random.Random(SEED)
    return [document(primary, dice) for primary in KINDS for _ in range(EACH)]


@pytest.fixture(scope="module")
def wallets(documents: list[dict[str, Any]]) -> list[tuple[str, str]]:
    """Give the digest and now and then the signature that the library of MetaMask makes of each document."""
    said = subprocess.run(
        ["node", "-e", WALLET],
        input=json.dumps([KEY, SIGNED_EVERY, documents]),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [tuple(pair) for pair in json.loads(said.stdout)]


def test_a_thousand_random_messages_have_the_digest_that_eth_sig_util_computes(documents, wallets):
    ours = [digest(encode_typed_data(full_message=typed)) for typed in documents]
    assert len(set(ours)) == EACH * len(KINDS) >= 1_000
    assert ours == [theirs for theirs, _ in wallets]


def test_signature_that_eth_sig_util_makes_is_its_accounts_to_the_pages(documents, wallets):
    signer = Account.from_key(KEY).address
    for typed, (_, signature) in list(zip(documents, wallets, strict=True))[::SIGNED_EVERY]:
        assert signer_of(encode_typed_data(full_message=typed), signature) == signer


def test_intent_command_shows_the_digest_of_a_permit_that_eth_sig_util_computes(documents, wallets):
    permits = [
        (typed, theirs)
        for typed, (theirs, _) in zip(documents, wallets, strict=True)
        if typed["primaryType"] == "Permit"
    ]
    assert len(permits) == EACH
    for typed, theirs in permits:
        assert typed_data.hashes(typed)["digest"] == theirs
