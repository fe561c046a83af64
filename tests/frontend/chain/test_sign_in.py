"""Signing in: the message must be ours to the letter, and its signature the account's."""

from __future__ import annotations

import json
import subprocess
import threading
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from eth_account import Account
from eth_account.messages import defunct_hash_message, encode_defunct

from frontend import limits
from frontend.auth.siwe import LIFE, SKEW, Expected, Verifier, check, parse, write_message
from frontend.errors import NodeDown, SignInRefused
from frontend.services.chain import Chain
from tests.frontend.chain.site import Person, key_of
from tests.helpers.receipts import receipt_of
from tools.places import ROOT

DOMAIN, ORIGIN = "127.0.0.1:8000", "http://127.0.0.1:8000"
NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
NONCE = "0123456789abcdef"

# accepts what one key has signed, as contract wallets do
WALLET = """
// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;
contract SignatureWallet {
    address public immutable KEY;
    constructor(address key) { KEY = key; }
    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        (bytes32 r, bytes32 s, uint8 v) = (bytes32(signature[:32]), bytes32(signature[32:64]), uint8(signature[64]));
        return ecrecover(hash, v, r, s) == KEY ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}
contract SaysYesToNobody {
    function isValidSignature(bytes32, bytes calldata) external pure { revert("no"); }
}
contract AnswersTooShort {
    fallback() external { assembly { mstore(0, shl(224, 0x1626ba7e)) return(0, 4) } }
}
"""


def compiled(name):
    wanted = {
        "language": "Solidity",
        "sources": {"w.sol": {"content": WALLET}},
        "settings": {"evmVersion": "shanghai", "outputSelection": {"*": {"*": ["evm.bytecode.object"]}}},
    }
    made = subprocess.run(
        ["node", str(ROOT / "tools" / "solcjs.js"), "--standard-json"],
        input=json.dumps(wanted),
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
    )
    return json.loads(made.stdout)["contracts"]["w.sol"][name]["evm"]["bytecode"]["object"]


def deployed(site, name, args=""):
    tx_hash = site.rpc("eth_sendTransaction", {"from": site.market.owner, "data": "0x" + compiled(name) + args})
    from eth_utils.address import to_checksum_address

    return to_checksum_address(receipt_of(site.rpc, tx_hash)["contractAddress"])


@pytest.fixture
def verifier(site):
    with site.app.test_request_context():
        yield Verifier(DOMAIN, ORIGIN, Chain(site.market.url, 31337))


def signed(key, text):
    return "0x" + key.sign_message(encode_defunct(text=text)).signature.hex().removeprefix("0x")


def ours(account=None, **changes):
    values = {"domain": DOMAIN, "origin": ORIGIN, "chain_id": 31337, "account": account or key_of(5).address}
    return write_message(**{**values, "nonce": NONCE, "now": NOW, **changes})


def test_our_message_is_taken_when_the_account_signed_it(verifier):
    text = ours()
    assert verifier.verify(text, signed(key_of(5), text), NONCE, now=NOW) == key_of(5).address


ALTERED = {
    "another site": (ours(domain="evil.example"), "siwe_domain"),
    "a longer name": (ours(domain="127.0.0.1.evil.example:8000"), "siwe_domain"),
    "a user part": (ours(domain="user@" + DOMAIN), "siwe_domain"),
    "another port": (ours(domain="127.0.0.1:8001"), "siwe_domain"),
    "no port": (ours(domain="127.0.0.1"), "siwe_domain"),
    "punycode": (ours(domain="xn--127-0-0-1.example"), "siwe_domain"),
    "a scheme before it": ("http://" + ours(), "siwe_altered"),
    "another uri": (ours(origin="http://127.0.0.1:8001"), "siwe_uri"),
    "a uri with a path": (ours(origin=ORIGIN + "/x"), "siwe_uri"),
    "another chain": (ours(chain_id=1), "siwe_chain"),
    "another nonce": (ours(nonce="fedcba9876543210"), "siwe_nonce"),
    "lower-case account": (ours(account=key_of(5).address.lower()), "siwe_address"),
    "another statement": (ours().replace("costs nothing", "costs much"), "siwe_altered"),
    "no statement": (
        ours().replace("Sign in to the Dokkaebi market. This costs nothing and sends nothing.\n\n", "\n"),
        "siwe_altered",
    ),
    "another version": (ours().replace("Version: 1", "Version: 2"), "siwe_malformed"),
    "no expiry": (ours().rpartition("\n")[0], "siwe_expired"),
    "a later expiry": (ours().replace("12:05:00Z", "23:00:00Z"), "siwe_altered"),
    "a resource": (ours() + "\nResources:\n- https://evil.example", "siwe_altered"),
    "a request id": (ours() + "\nRequest ID: x", "siwe_altered"),
    "not before": (ours() + "\nNot Before: 2026-11-23T11:00:00Z", "siwe_altered"),
    "not yet": (ours() + "\nNot Before: 2026-11-23T13:00:00Z", "siwe_not_yet"),
    "a line more": (ours() + "\n", "siwe_malformed"),
    "a line in front": ("\n" + ours(), "siwe_address"),
    "windows line ends": (ours().replace("\n", "\r\n"), "siwe_address"),
    "no message": ("", "siwe_address"),
    "a megabyte": (ours() + "x" * 1_000_000, "siwe_malformed"),
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_message_is_refused_with_its_own_reason_however_well_signed(verifier, name):
    text, key = ALTERED[name]
    signature = signed(key_of(5), text) if text else "0x"
    with pytest.raises(SignInRefused) as refused:
        verifier.verify(text, signature, NONCE, now=NOW)
    assert refused.value.key == key
    assert refused.value.status == 403


@pytest.mark.parametrize(
    ("moment", "key"),
    [
        (NOW + LIFE - timedelta(seconds=1), None),
        (NOW + LIFE, "siwe_expired"),
        (NOW + LIFE + timedelta(seconds=1), "siwe_expired"),
        (NOW - SKEW, None),
        (NOW - SKEW - timedelta(seconds=1), "siwe_expired"),
    ],
)
def test_a_message_counts_for_five_minutes_only(verifier, moment, key):
    text = ours()
    if key is None:
        assert verifier.verify(text, signed(key_of(5), text), NONCE, now=moment)
        return
    with pytest.raises(SignInRefused) as refused:
        verifier.verify(text, signed(key_of(5), text), NONCE, now=moment)
    assert refused.value.key == key


@pytest.mark.parametrize(
    "signature", ["", "0x", "0x00", "0x" + "00" * 65, "0x" + "ff" * 65, "zz", "0x" + "ab" * 5000, "0x" + "ab" * 20_000]
)
def test_a_signature_that_is_none_is_refused(verifier, signature):
    with pytest.raises(SignInRefused) as refused:
        verifier.verify(ours(), signature, NONCE, now=NOW)
    assert refused.value.key == "siwe_signature"


def test_another_keys_signature_is_refused(verifier):
    text = ours()
    with pytest.raises(SignInRefused) as refused:
        verifier.verify(text, signed(key_of(6), text), NONCE, now=NOW)
    assert refused.value.key == "siwe_signature"


def test_a_contract_wallet_signs_in_by_its_own_rule(site, verifier):
    wallet = deployed(site, "SignatureWallet", key_of(7).address[2:].lower().rjust(64, "0"))
    text = ours(account=wallet)
    assert verifier.verify(text, signed(key_of(7), text), NONCE, now=NOW) == wallet
    with pytest.raises(SignInRefused) as refused:
        verifier.verify(text, signed(key_of(6), text), NONCE, now=NOW)
    assert refused.value.key == "siwe_signature"
    with pytest.raises(SignInRefused):
        verifier.verify(text, signed(key_of(7), text + " "), NONCE, now=NOW)


@pytest.mark.parametrize("name", ["SaysYesToNobody", "AnswersTooShort"])
def test_a_contract_that_does_not_say_yes_properly_is_refused(site, verifier, name):
    text = ours(account=deployed(site, name))
    with pytest.raises(SignInRefused) as refused:
        verifier.verify(text, signed(key_of(7), text), NONCE, now=NOW)
    assert refused.value.key == "siwe_signature"


@pytest.mark.parametrize("name", ["argent", "loopring"])
def test_the_shape_of_the_reference_contract_wallets_is_understood(verifier, name):
    """The wallets of these vectors are on another chain; what is asked of them is checked here."""
    case = json.loads((ROOT / "tests" / "vectors" / "siwe" / "eip1271.json").read_text())[name]
    asked = []

    def wallet(account, digest, signature):
        asked.append((account, digest, signature))
        return True

    signed_in = check(parse(case["message"]), case["signature"], Expected(), wallet)
    assert signed_in.account == case["message"].split("\n")[1]
    assert asked == [
        (signed_in.account, bytes(defunct_hash_message(text=case["message"])), bytes.fromhex(case["signature"][2:]))
    ]
    with pytest.raises(SignInRefused):
        check(parse(case["message"]), case["signature"], Expected(), lambda *_: False)


def test_a_dead_node_keeps_contract_wallets_out_and_lets_keys_in(site):
    dead = Verifier(DOMAIN, ORIGIN, Chain("http://127.0.0.1:9", 31337, timeout_s=1))
    text = ours()
    with site.app.test_request_context():
        assert dead.verify(text, signed(key_of(5), text), NONCE, now=NOW)
        with pytest.raises(NodeDown):
            dead.verify(text, signed(key_of(6), text), NONCE, now=NOW)


# --- over HTTP ----------------------------------------------------------------------------------------------------------


def asked(person):
    return person.post_json("/auth/message", {"account": person.address}).get_json()["message"]


def test_a_message_signs_in_once(site):
    person = Person(site, Account.create())
    text = asked(person)
    body = {"message": text, "signature": person.sign(text)}
    assert person.post_json("/auth/verify", body).status_code == 200
    again = person.post_json("/auth/verify", body)
    assert (again.status_code, again.get_json()["error"]["key"]) == (403, "siwe_nonce")


def test_a_failed_attempt_uses_the_nonce_up(site):
    person = Person(site, Account.create())
    text = asked(person)
    wrong = person.post_json("/auth/verify", {"message": text, "signature": "0x" + "11" * 65})
    assert (wrong.status_code, wrong.get_json()["error"]["key"]) == (403, "siwe_signature")
    right = person.post_json("/auth/verify", {"message": text, "signature": person.sign(text)})
    assert (right.status_code, right.get_json()["error"]["key"]) == (403, "siwe_nonce")


def test_nonsense_uses_the_sessions_nonces_up(site):
    person = Person(site, Account.create())
    text = asked(person)
    assert person.post_json("/auth/verify", {"message": "hello", "signature": "0x"}).status_code == 403
    right = person.post_json("/auth/verify", {"message": text, "signature": person.sign(text)})
    assert right.get_json()["error"]["key"] == "siwe_nonce"


def test_a_message_of_another_session_is_refused(site):
    person, thief = Person(site, Account.create()), Person(site, Account.create())
    text = asked(person)
    stolen = thief.post_json("/auth/verify", {"message": text, "signature": person.sign(text)})
    assert (stolen.status_code, stolen.get_json()["error"]["key"]) == (403, "siwe_nonce")
    assert person.post_json("/auth/verify", {"message": text, "signature": person.sign(text)}).status_code == 200


def test_one_message_submitted_many_times_at_once_signs_in_once(site):
    person = Person(site, Account.create())
    text = asked(person)
    token = person.token()
    cookie = person.browser.get_cookie("session", domain="127.0.0.1").value
    body = {"message": text, "signature": person.sign(text)}
    codes = []

    def submit():
        browser = site.app.test_client()
        browser.set_cookie("session", cookie, domain="127.0.0.1")
        answer = browser.post("/auth/verify", json=body, base_url=ORIGIN, headers={"X-CSRFToken": token})
        codes.append(answer.status_code)

    threads = [threading.Thread(target=submit) for _ in range(15)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(set(codes)) in ([200, 400, 403], [200, 403])
    assert codes.count(200) == 1


@pytest.mark.parametrize(
    "account", ["", "0x12", "vitalik.eth", "0x" + "zz" * 20, "0x" + "a" * 1_000_000, None, 5, ["x"]]
)
def test_a_message_for_no_account_is_not_written(site, account):
    person = Person(site, Account.create())
    answer = person.post_json("/auth/message", {"account": account})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["key"] == "bad_address"


def test_an_account_in_lower_case_is_given_its_checksum(site):
    person = Person(site, Account.create())
    told = person.post_json("/auth/message", {"account": person.address.lower()}).get_json()
    assert told["account"] == person.address
    assert person.address in told["message"]


def test_an_account_with_a_typing_mistake_is_refused(site):
    person = Person(site, Account.create())
    broken = person.address[:-1] + ("0" if person.address[-1] != "0" else "1")
    answer = person.post_json("/auth/message", {"account": broken})
    assert answer.get_json()["error"]["key"] in ("bad_checksum", "bad_address")


def test_too_many_messages_are_slowed_down(site, monkeypatch):
    now = time.time()
    monkeypatch.setattr(limits, "time", SimpleNamespace(time=lambda: now))  # no minute ends meanwhile
    person = Person(site, Account.create())
    codes = [person.post_json("/auth/message", {"account": person.address}).status_code for _ in range(25)]
    assert codes[:20] == [200] * 20
    assert 429 in codes
    last = person.post_json("/auth/message", {"account": person.address})
    assert int(last.headers["Retry-After"]) > 0


@pytest.mark.parametrize(
    ("wanted", "given"),
    [
        ("/orders?role=seller", "/orders?role=seller"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("/x\r\nSet-Cookie: a=b", "/"),
        ("/" + "x" * 600, "/"),
        ("", "/"),
        (None, "/"),
        (5, "/"),
    ],
)
def test_sign_in_leads_only_to_pages_of_this_site(site, wanted, given):
    person = Person(site, Account.create())
    text = asked(person)
    answer = person.post_json("/auth/verify", {"message": text, "signature": person.sign(text), "next": wanted})
    assert answer.get_json()["next"] == given
