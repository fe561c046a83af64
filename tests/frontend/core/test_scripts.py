"""The browser's own encoder and check, run in Node: equal to eth_abi, and not to be lied to."""

from __future__ import annotations

import copy
import json
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from eth_abi.abi import encode
from eth_account.messages import encode_typed_data
from eth_utils.abi import collapse_if_tuple
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from frontend.contracts.registry import EXPORTED, exported_abi, function_abi, selector
from frontend.formatters import ETH, decimal_text
from frontend.index.file_views import SealedFile, Wrap
from frontend.index.proposal_state import proposal_id
from frontend.index.split_views import Split, SplitPayee
from frontend.index.views import Extras, Milestone
from frontend.nicknames import normalised, persona_of
from frontend.pages.disputes import ruling_values
from frontend.serials import serial_word
from frontend.services.division import ruled
from frontend.services.intents import Call, json_value
from frontend.services.permits import DOMAIN, Permit, from_json
from frontend.services.settlements import SETTLEMENT, SignedOffer, read_link
from frontend.services.split_changes import Change, Share, SplitChanges, link_of, rows_of
from frontend.services.split_changes import read_link as read_change
from frontend.services.terms import (
    NO_POINT,
    Conditions,
    Purchase,
    Terms,
    conditions_abi,
    conditions_hash,
    extras_abi,
    file_abi,
    listing_id,
    order_key,
    ref_of,
    wrap_abi,
)
from tests.helpers.nicknames import commitment
from tools.intent.ids import membership_of, token_of

SLOW_IS_WELL = [HealthCheck.too_slow]  # a busy machine says nothing of the data
SCRIPTS = Path(__file__).parents[3] / "frontend" / "static" / "js"
MARKET, REGISTRY, TOKEN = "0x" + "12" * 20, "0x" + "34" * 20, "0x" + "56" * 20
SPLITS, PERSONAS = "0x" + "78" * 20, "0x" + "9a" * 20
CLAIMS, CURVES = "0x" + "bc" * 20, "0x" + "de" * 20
MEMBERSHIPS, GOVERNORS, GOVERNOR = "0x" + "ab" * 20, "0x" + "cd" * 20, "0x" + "60" * 20
KEY_REQUESTS = "0x" + "70" * 20
REVIEWS = "0x" + "5e" * 20
BLUEPRINTS = "0x" + "5b" * 20
COMMUNITY_TOKEN = token_of(REGISTRY, 1)
SELLER, BUYER, ARBITER = "0x" + "51" * 20, "0x" + "b1" * 20, "0x" + "a1" * 20
CHAIN_ID = 31337

RUNNER = """
import { createInterface } from "node:readline";
import { keccak256 } from "./keccak.js";
import { bytesOf, encodeCall, hex } from "./abi.js";
import { check, readersFor, membershipOf, tokenOf, unitsOf } from "./check.js";
import { rootOfText } from "./claim-list.js";
import { commitmentOf, spelled } from "./commitment.js";
import { checkSettlement, decimal, linkOf, readLink } from "./settlement.js";
import { ruled } from "./ruling.js";
import { hashOfChange, linkOfChange, readChange, readShares, rowsOfChange, sharesCall, typedChange } from "./split-link.js";
const jobs = {
  keccak: data => hex(keccak256(bytesOf(data))),
  call: ({entry, values}) => encodeCall(entry, values),
  check: async args => check({ ...args, readers: await readersFor(args.intent.action) }),
  settlement: ([typed, wanted]) => checkSettlement(typed, wanted),
  commitment: ([account, nickname, salt]) => commitmentOf(account, nickname, salt),
  spelled: typed => spelled(typed),
  link: parts => { const found = readLink(`http://127.0.0.1/o/0x1/settle#${linkOf(parts)}`); return found && { ...found, toHolder: String(found.toHolder) }; },
  change: ([link, chainId, splits, split]) => {
    const change = readChange(link);
    const about = { chainId, splits, split, change };
    return change && { link: linkOfChange(change), hash: hashOfChange(about), typed: typedChange(about) };
  },
  ruled: ([values, bps]) => Object.fromEntries(Object.entries(ruled(values, BigInt(bps))).map(([name, units]) => [name, String(units)])),
  shares: answer => readShares(answer),
  sharesCall: ([split, version]) => sharesCall(split, version),
  rows: ([values, link]) => rowsOfChange(values, readChange(link)).map(row => [row.seat, row.account, row.now, row.bps, row.mustAgree, row.forbidden]),
  root: ([text, token, number]) => rootOfText(text, token, number),
  decimal: ([units, decimals]) => decimal(BigInt(units), decimals),
  membership: ([contracts, community]) => membershipOf(contracts, community),
  token: ([registry, community]) => tokenOf(registry, community),
  units: ({text, decimals}) => { const found = unitsOf(text, decimals); return found === null ? null : String(found); },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { job, args } = JSON.parse(line);
  let answer;
  try { answer = { result: await jobs[job](args) }; } catch (error) { answer = { error: error.message }; }
  console.log(JSON.stringify(answer));
}
"""


class Script:
    """A Node that has loaded our modules and answers line by line."""

    def __init__(self, folder: Path) -> None:
        for name in (
            "keccak.js",
            "abi.js",
            "cart-check.js",
            "check.js",
            "claim-list.js",
            "curve-check.js",
            "design-check.js",
            "file-check.js",
            "proposal-check.js",
            "commitment.js",
            "settlement.js",
            "split-check.js",
            "split-link.js",
            "ruling.js",
        ):
            shutil.copy(SCRIPTS / name, folder / name)
        (folder / "package.json").write_text('{"type": "module"}')
        (folder / "run.js").write_text(RUNNER)
        self.process = subprocess.Popen(
            ["node", "run.js"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def ask(self, job, args):
        self.process.stdin.write(json.dumps({"job": job, "args": args}) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def result(self, job, args):
        answer = self.ask(job, args)
        assert "error" not in answer, answer
        return answer["result"]


@pytest.fixture(scope="module")
def script(tmp_path_factory):
    found = Script(tmp_path_factory.mktemp("scripts"))
    yield found
    found.process.stdin.close()
    found.process.wait(10)
    found.process.stdout.close()


@pytest.mark.parametrize("length", [0, 1, 31, 32, 55, 134, 135, 136, 137, 271, 272, 273, 1000])
def test_keccak_equals_the_reference_around_every_edge_of_a_block(script, length):
    data = bytes(n * 7 % 256 for n in range(length))
    assert script.result("keccak", "0x" + data.hex()) == "0x" + keccak(data).hex()


WORDS = {
    "address": st.binary(min_size=20, max_size=20).map(lambda b: "0x" + b.hex()),
    "bool": st.booleans(),
    "string": st.text(max_size=80),
    "bytes": st.binary(max_size=80),
}


def values_of(part):
    kind = part["type"]
    if kind.endswith("[]"):
        return st.lists(values_of({**part, "type": kind[:-2]}), max_size=4)
    if kind == "tuple":
        return st.tuples(*(values_of(inner) for inner in part["components"]))
    if kind.startswith("uint"):
        bits = int(kind[4:])
        return st.integers(0, 2**bits - 1)
    if kind.startswith("bytes") and kind != "bytes":
        return st.binary(min_size=int(kind[5:]), max_size=int(kind[5:]))
    return WORDS[kind]


FUNCTIONS = [(name, part) for name in EXPORTED for part in exported_abi(name) if part["type"] == "function"]


@pytest.mark.parametrize(("contract", "part"), FUNCTIONS, ids=[f"{name}.{part['name']}" for name, part in FUNCTIONS])
def test_every_function_of_our_contracts_is_encoded_as_eth_abi_does(script, contract, part):
    @settings(max_examples=8, deadline=None, suppress_health_check=SLOW_IS_WELL)
    @given(st.tuples(*(values_of(entry) for entry in part["inputs"])))
    def holds(values):
        wanted = selector(part) + encode([collapse_if_tuple(entry) for entry in part["inputs"]], values)
        assert script.result("call", {"entry": part, "values": json_value(values)}) == "0x" + wanted.hex()
        read = tuple(from_json(entry, value) for entry, value in zip(part["inputs"], json_value(values), strict=True))
        assert encode([collapse_if_tuple(entry) for entry in part["inputs"]], read) == wanted[4:]

    holds()


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("uint8", "256"), ("uint8", "-1"), ("uint256", str(2**256)), ("uint256", "1.5"), ("uint256", "0x10"), ("uint256", 5),
        ("uint256", ""), ("uint256", "1e18"), ("int8", "128"), ("address", "0x12"), ("address", "0x" + "zz" * 20), ("bool", "true"),
        ("bytes32", "0x12"), ("bytes", "0x123"), ("string", 5), ("uint256[]", "1"), ("uint256[2]", ["1"]), ("function", "0x"),
    ],
)  # fmt: skip
def test_what_does_not_fit_its_type_is_an_error(script, kind, value):
    entry = {"name": "f", "inputs": [{"name": "x", "type": kind}]}
    assert "error" in script.ask("call", {"entry": entry, "values": [value]})


@pytest.mark.parametrize("values", [[], ["1", "2"], "1", None])
def test_a_wrong_number_of_values_is_an_error(script, values):
    entry = {"name": "f", "inputs": [{"name": "x", "type": "uint256"}]}
    assert "error" in script.ask("call", {"entry": entry, "values": values})


@pytest.mark.parametrize(
    ("text", "decimals", "units"),
    [("1", 18, 10**18), ("0.25", 18, 25 * 10**16), ("1,000.5", 1, 10005), ("2.50", 1, 25), ("2.55", 1, None), ("x", 1, None), ("-1", 1, None)],
)  # fmt: skip
def test_typed_amounts_are_read_as_the_server_does(script, text, decimals, units):
    assert script.result("units", {"text": text, "decimals": decimals}) == (None if units is None else str(units))


# --- the check before the wallet opens ----------------------------------------------------------------------------------

TERMS = Terms(
    seller=SELLER, currency=ETH, unit_price_units=25 * 10**16, arbiter=ARBITER, content_hash="0x" + "cc" * 32,
    salt="0x" + "dd" * 32, community_id=1, max_fee_bps=1000, accept_for_s=3600, deliver_for_s=3600, inspect_for_s=86400,
    rule_for_s=3 * 86400, arbiter_fee_units=7,
)  # fmt: skip
LISTING = listing_id(CHAIN_ID, MARKET, TERMS.to_abi())
PURCHASE = Purchase(salt="0x" + "ee" * 32, payer=BUYER, holder=BUYER, arbiter=ARBITER)
KEY = order_key(LISTING, BUYER, ref_of(PURCHASE.to_abi()))

CONTRACTS = {
    "Market": MARKET,
    "CommunityRegistry": REGISTRY,
    "Splits": SPLITS,
    "Personas": PERSONAS,
    "Claims": CLAIMS,
    "Curves": CURVES,
    "Memberships": MEMBERSHIPS,
    "Governors": GOVERNORS,
    "KeyRequests": KEY_REQUESTS,
    "Reviews": REVIEWS,
    "Blueprints": BLUEPRINTS,
}


def document(action, contract, function, args, *, to=MARKET, value=0, subject="", sender=BUYER, permit=None):
    call = Call(contract, to, function, args, value)
    return {
        "action": action, "chainId": CHAIN_ID, "from": sender, "to": to, "data": call.data, "value": hex(value),
        "call": call.to_json(), "subject": subject, "permit": permit,
    }  # fmt: skip


def buying(terms=TERMS, quantity=2, **changes):
    total = terms.unit_price_units * quantity
    args = (terms.to_abi(), quantity, total, 350, 2_000_000_000, PURCHASE.to_abi())
    value = total if terms.currency == ETH else 0
    return document("market.buy", "Market", "buy", args, value=value, **{"subject": KEY, **changes})


def verdict(script, intent, form=None, shown=None):
    return script.result(
        "check",
        {
            "intent": intent,
            "registry": {"chainId": CHAIN_ID, "contracts": CONTRACTS},
            "abi": exported_abi(intent["call"]["contract"]),
            "marketAbi": exported_abi("Market"),
            "form": form,
            "shownValue": str(int(intent["value"], 16)) if shown is None else shown,
        },
    )


FORM = {
    "path": f"/l/{LISTING}/buy",
    "fields": {"quantity": "2", "recipient": "me", "fee_shown": "350", "holder": "", "form_key": "k"},
}


def test_an_honest_purchase_passes(script):
    assert verdict(script, buying()) == []
    assert verdict(script, buying(), FORM) == []


def altered(intent, change):
    found = copy.deepcopy(intent)
    change(found)
    return found


def rebuilt(**changes):
    """Give a purchase whose calldata fits its arguments, though these are not what the form said."""
    values = {"terms": TERMS, "quantity": 2, "fee": 350, "purchase": PURCHASE, "deadline": 2_000_000_000} | changes
    total = changes.get("total", values["terms"].unit_price_units * values["quantity"])
    args = (
        values["terms"].to_abi(),
        values["quantity"],
        total,
        values["fee"],
        values["deadline"],
        values["purchase"].to_abi(),
    )
    listing = listing_id(CHAIN_ID, MARKET, values["terms"].to_abi())
    key = order_key(listing, values["purchase"].holder, ref_of(values["purchase"].to_abi()))
    return document("market.buy", "Market", "buy", args, value=changes.get("value", total), subject=key)


LIES = {
    "calldata that says something else": altered(buying(), lambda i: i.update(data=buying(quantity=3)["data"])),
    "arguments that say something else": altered(buying(), lambda i: i["call"]["values"].__setitem__(1, "3")),
    "another contract": altered(buying(), lambda i: i.update(to="0x" + "99" * 20)),
    "another chain": altered(buying(), lambda i: i.update(chainId=1)),
    "more money": altered(buying(), lambda i: i.update(value=hex(10**18))),
    "another function": altered(buying(), lambda i: i["call"].update(function="cancel")),
    "an unknown action": altered(buying(), lambda i: i.update(action="market.steal")),
    "a token's function at our own contract": document("token.approve", "ERC20", "approve", (MARKET, 5), to=MARKET),
    "an approval for somebody else": document("token.approve", "ERC20", "approve", (SELLER, 5), to=TOKEN),
    "another payer": rebuilt(purchase=Purchase("0x" + "ee" * 32, SELLER, BUYER, ARBITER)),
    "another arbiter": rebuilt(purchase=Purchase("0x" + "ee" * 32, BUYER, BUYER, SELLER)),
    "a higher limit than the price": rebuilt(total=10**18, value=5 * 10**17),
    "another order": buying(subject="0x" + "00" * 32),
    "a token that is not the community's": document(
        "tokens.transfer", "CommunityToken", "transfer", (SELLER, 5), to=TOKEN, subject="1"
    ),
    "another chain of the same number": altered(buying(), lambda i: i.update(genesisHash="0x" + "77" * 32)),
    "money with a withdrawal": document("credits.withdraw", "Market", "withdraw", (ETH, BUYER, 5), value=5),
}


@pytest.mark.parametrize("name", LIES)
def test_a_lying_server_is_found_out_without_the_form(script, name):
    assert verdict(script, LIES[name]) != []


DEARER = Terms(**{**TERMS.__dict__, "unit_price_units": 10**18})
FORM_LIES = {
    "another listing": rebuilt(terms=DEARER),
    "another quantity": rebuilt(quantity=20),
    "a higher commission": rebuilt(fee=2000),
    "another holder": rebuilt(purchase=Purchase("0x" + "ee" * 32, BUYER, SELLER, ARBITER)),
    "another deed altogether": document(
        "tokens.transfer", "CommunityToken", "transfer", (SELLER, 5), to=COMMUNITY_TOKEN, subject="1"
    ),
}


@pytest.mark.parametrize("name", FORM_LIES)
def test_a_lying_server_is_found_out_by_the_form(script, name):
    assert verdict(script, FORM_LIES[name]) == []  # consistent in itself ...
    assert verdict(script, FORM_LIES[name], FORM) != []  # ... but not what was asked for


def test_another_amount_than_the_page_shows_is_found_out(script):
    assert verdict(script, buying(), shown="1") != []


def test_a_step_of_another_order_is_found_out(script):
    ref = bytes.fromhex(ref_of(PURCHASE.to_abi())[2:])
    confirm = document("market.confirm", "Market", "confirm", (TERMS.to_abi(), BUYER, ref), subject=KEY)
    fields = {"form_key": "k"}
    assert verdict(script, confirm, {"path": f"/o/{KEY}/confirm", "fields": fields}) == []
    assert verdict(script, confirm, {"path": f"/o/0x{'11' * 32}/confirm", "fields": fields}) != []
    assert verdict(script, confirm, {"path": f"/o/{KEY}/dispute", "fields": fields}) != []


NOTE, OTHER_NOTE = "0x" + "5e" * 32, "0x" + "5f" * 32
NO_NOTE = "0x" + "00" * 32


@pytest.mark.parametrize(
    ("sealed", "sealed_to", "carried", "honest"),
    [
        (NOTE, SELLER, NOTE, True), (NOTE, SELLER, OTHER_NOTE, False), (NOTE, SELLER, NO_NOTE, False),
        ("", "", NOTE, False), ("", "", NO_NOTE, True), (NOTE, ARBITER, NOTE, False), (NOTE, "", NOTE, False),
    ],
)  # fmt: skip
def test_a_purchase_with_another_note_or_reader_than_sealed_is_found_out(script, sealed, sealed_to, carried, honest):
    intent = rebuilt(purchase=Purchase("0x" + "ee" * 32, BUYER, BUYER, ARBITER, carried))
    form = {**FORM, "fields": {**FORM["fields"], "sealed": sealed, "sealed_to": sealed_to}}
    assert (verdict(script, intent, form) == []) is honest


@pytest.mark.parametrize(
    ("fields", "carried", "honest"),
    [
        ({"sealed": NOTE, "note": ""}, NOTE, True), ({"sealed": NOTE, "note": ""}, OTHER_NOTE, False),
        ({"sealed": "", "note": ""}, NOTE, False), ({"note": ""}, NO_NOTE, True), ({"note": "kept by hand"}, NOTE, True),
    ],
)  # fmt: skip
def test_a_delivery_with_another_note_than_sealed_is_found_out(script, fields, carried, honest):
    ref = bytes.fromhex(ref_of(PURCHASE.to_abi())[2:])
    args = (TERMS.to_abi(), BUYER, ref, bytes.fromhex(carried[2:]))
    deliver = document("market.deliver", "Market", "deliver", args, subject=KEY, sender=SELLER)
    form = {"path": f"/o/{KEY}/deliver", "fields": {"form_key": "k", **fields}}
    assert (verdict(script, deliver, form) == []) is honest


@pytest.mark.parametrize(("value", "honest"), [(7, True), (8, False), (0, False)])
def test_a_stake_is_exactly_the_arbiters_fee(script, value, honest):
    ref = bytes.fromhex(ref_of(PURCHASE.to_abi())[2:])
    stake = document("market.stake", "Market", "stake", (TERMS.to_abi(), BUYER, ref), value=value, subject=KEY)
    assert (verdict(script, stake) == []) is honest


REF = bytes.fromhex(ref_of(PURCHASE.to_abi())[2:])
IN_TOKENS = Terms(**{**TERMS.__dict__, "currency": TOKEN})


def stepping(action, function, *extra, terms=TERMS, value=0, sender=BUYER):
    key = order_key(listing_id(CHAIN_ID, MARKET, terms.to_abi()), BUYER, "0x" + REF.hex())
    return document(
        f"market.{action}",
        "Market",
        function,
        (terms.to_abi(), BUYER, REF, *extra),
        subject=key,
        value=value,
        sender=sender,
    )


def of_step(intent, **fields):
    step = intent["action"].partition(".")[2]
    return {"path": f"/o/{intent['subject']}/{step}", "fields": {"form_key": "k", **fields}}


LINK = f"to=5&until=2000000000&mark={'ab' * 8}&sig=0x{'12' * 65}"
SIGNED = (5, 2_000_000_000, b"\x12" * 65)
STEPS = {
    "release": (stepping("release", "release", 10**18, 10**17), {"expected": str(10**18), "amount": "0.1"}),
    "release in tokens": (
        stepping("release", "release", 500, 125, terms=IN_TOKENS), {"expected": "500", "amount": "1.25"},
    ),
    "refund a part": (stepping("refund_part", "refundPart", 10**18, 10**17), {"expected": str(10**18), "amount": "0.1"}),
    "extend": (
        stepping("extend", "extend", 1_000, 1_000 + 2 * 86_400), {"clock": "1000", "more": "2", "more_unit": "days"},
    ),
    "transfer": (stepping("transfer", "transferOrder", ARBITER), {"to": ARBITER}),
    "offer": (stepping("offer", "offerSettlement", 10**18, 0), {"expected": str(10**18), "amount": "0"}),
    "accept an offer": (stepping("accept_offer", "acceptSettlement", 7), {"to_holder": "7"}),
    "withdraw an offer": (stepping("withdraw_offer", "withdrawSettlement"), {}),
    "accept a link": (stepping("settle_signed", "settleBySignature", *SIGNED), {"link": LINK}),
    "dispute from the bond": (stepping("dispute", "dispute", "uri", b"\1" * 32), {"text": "t", "from_bond": "y"}),
    "answer from the bond": (stepping("stake", "stake", sender=SELLER), {"from_bond": "y"}),
    "answer from the account": (stepping("stake", "stake", sender=SELLER, value=7), {}),
    "answer for the seller": (stepping("stake", "stake", value=7), {}),
    "dispute from the account": (stepping("dispute", "dispute", "uri", b"\1" * 32, value=7), {"text": "t"}),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_an_honest_change_of_an_order_passes(script, name):
    intent, fields = STEPS[name]
    assert verdict(script, intent) == []
    assert verdict(script, intent, of_step(intent, **fields)) == []


STEP_LIES = {
    "a larger part": ("release", {"amount": "0.01"}),
    "another amount seen": ("release", {"expected": "5"}),
    "a larger part in tokens": ("release in tokens", {"amount": "1.24"}),
    "a larger part back": ("refund a part", {"amount": "0.01"}),
    "more time": ("extend", {"more": "1"}),
    "days for hours": ("extend", {"more_unit": "hours"}),
    "another deadline seen": ("extend", {"clock": "999"}),
    "another holder": ("transfer", {"to": SELLER}),
    "another offer": ("offer", {"amount": "0.5"}),
    "another offer accepted": ("accept an offer", {"to_holder": "8"}),
    "another share than in the link": ("accept a link", {"link": LINK.replace("to=5", "to=6")}),
    "another time than in the link": ("accept a link", {"link": LINK.replace("until=2", "until=3")}),
    "another signature than in the link": ("accept a link", {"link": LINK.replace("0x12", "0x13")}),
    "a stake from the account instead of the bond": ("dispute from the account", {"from_bond": "y"}),
    "a stake from the bond instead of the account": ("dispute from the bond", {"from_bond": ""}),
    "an answer from the account instead of the bond": ("answer from the account", {"from_bond": "y"}),
    "an answer from the bond instead of the account": ("answer from the bond", {"from_bond": ""}),
}


@pytest.mark.parametrize("name", STEP_LIES)
def test_another_change_than_typed_is_found_out(script, name):
    honest, lie = STEP_LIES[name]
    intent, fields = STEPS[honest]
    assert verdict(script, intent, of_step(intent, **{**fields, **lie})) != []


def agreement(**changes):
    """Give what a party signs, and what its page wants to see in it."""
    typed = {
        "types": {"EIP712Domain": DOMAIN, "Settlement": SETTLEMENT},
        "primaryType": "Settlement",
        "domain": {
            "name": "Dokkaebi Market", "version": "1", "chainId": str(CHAIN_ID), "verifyingContract": MARKET,
        },
        "message": {
            "order": KEY, "holder": BUYER, "remaining": "500", "toHolder": "200", "basis": "0x" + "ba" * 32, "sequence": "3",
            "deadline": "2000000000",
        },
    }  # fmt: skip
    typed = copy.deepcopy(typed)
    for path, value in changes.items():
        place, name = path.split("_", 1)
        typed[place][name] = value
    wanted = {
        "chainId": CHAIN_ID, "market": MARKET, "order": KEY, "holder": BUYER, "remaining": "500", "toHolder": "200",
        "deadline": 2_000_000_000,
    }  # fmt: skip
    return [typed, wanted]


def test_an_honest_agreement_passes(script):
    assert script.result("settlement", agreement()) == []
    assert script.result("settlement", agreement(message_deadline="1999999999")) == []


@pytest.mark.parametrize(
    "change",
    [
        {"message_order": "0x" + "11" * 32}, {"message_holder": SELLER}, {"message_remaining": "501"}, {"message_toHolder": "201"},
        {"message_deadline": "2000090000"}, {"domain_chainId": "1"}, {"domain_verifyingContract": SELLER}, {"domain_name": "Other"},
        {"types_Settlement": SETTLEMENT[1:]}, {"types_Permit": []}, {"domain_version": "2"},
    ],
)  # fmt: skip
def test_another_agreement_than_typed_is_found_out(script, change):
    assert script.result("settlement", agreement(**change)) != []


def test_a_link_is_read_as_it_was_made(script):
    parts = {"toHolder": "200", "deadline": "2000000000", "mark": "ab" * 8, "signature": "0x" + "12" * 65}
    found = script.result("link", parts)
    assert found == {"toHolder": "200", "until": 2_000_000_000, "mark": "ab" * 8, "signature": "0x" + "12" * 65}
    assert read_link(f"http://127.0.0.1/o/{KEY}/settle#{LINK}") == SignedOffer(5, 2_000_000_000, "ab" * 8, b"\x12" * 65)
    assert script.result("link", {**parts, "signature": "0x12345"}) is None


@pytest.mark.parametrize(
    ("units", "decimals", "text"),
    [
        ("0", 18, "0"),
        (str(10**18), 18, "1"),
        ("1234567", 0, "1,234,567"),
        ("1234500000", 5, "12,345"),
        ("1", 6, "0.000001"),
    ],
)
def test_amounts_are_written_as_the_server_does(script, units, decimals, text):
    assert script.result("decimal", [units, decimals]) == text == decimal_text(int(units), decimals)


def permitted(**changes):
    terms = Terms(**{**TERMS.__dict__, "currency": TOKEN})
    key = order_key(listing_id(CHAIN_ID, MARKET, terms.to_abi()), BUYER, ref_of(PURCHASE.to_abi()))
    total = terms.unit_price_units * 2
    permit = Permit(TOKEN, "Club", CHAIN_ID, BUYER, MARKET, total, 0, 2_000_000_000)
    args = (terms.to_abi(), 2, total, 350, 2_000_000_000, PURCHASE.to_abi(), permit.unsigned())
    typed = permit.typed_data()
    for path, value in changes.items():
        place, name = path.split("_", 1)
        typed[place][name] = value
    return document("market.buy", "Market", "buyWithPermit", args, subject=key, permit=typed)


def test_an_honest_permit_passes(script):
    assert verdict(script, permitted()) == []


@pytest.mark.parametrize(
    "change",
    [
        {"message_spender": SELLER}, {"message_owner": SELLER}, {"message_value": str(2**256 - 1)}, {"message_deadline": str(2**256 - 1)},
        {"domain_chainId": "1"}, {"domain_verifyingContract": SELLER},
        {"types_Permit": [{"name": "owner", "type": "address"}, {"name": "spender", "type": "address"}]},
    ],
)  # fmt: skip
def test_a_permit_for_more_than_the_purchase_is_found_out(script, change):
    assert verdict(script, permitted(**change)) != []


def test_a_listing_with_another_price_than_typed_is_found_out(script):
    fields = {
        "currency": ETH, "price": "0.25", "quantity": "5", "arbiter": ARBITER, "backup_arbiter": "", "only_buyer": "", "max_fee": "10",
    }  # fmt: skip
    form = {"path": "/listings/new", "fields": fields}
    for terms, honest in ((TERMS, True), (DEARER, False)):
        listing = listing_id(CHAIN_ID, MARKET, terms.to_abi())
        intent = document("market.list", "Market", "list", (terms.to_abi(), 5), subject=listing, sender=SELLER)
        assert (verdict(script, intent, form) == []) is honest


@pytest.mark.parametrize("community", [1, 126, 127, 254, 255, 70_000, 2**40])
def test_a_token_is_known_by_its_communitys_number(script, community):
    assert script.result("token", [REGISTRY, community]) == token_of(REGISTRY, community)


def test_tokens_sent_in_another_community_than_the_forms_are_found_out(script):
    fields = {"to": SELLER, "amount": "5"}
    for community, honest in ((1, True), (2, False)):
        to = token_of(REGISTRY, community)
        intent = document(
            "tokens.transfer", "CommunityToken", "transfer", (SELLER, 5 * 10**18), to=to, subject=str(community)
        )
        found = verdict(script, intent, {"path": "/c/1/token/transfer", "fields": fields})
        assert (found == []) is honest, found


def test_a_withdrawal_to_another_address_is_found_out(script):
    form = {"path": f"/credits/{BUYER}/{ETH}/withdraw", "fields": {"amount": "0.5", "to": BUYER}}
    args = (ETH, BUYER, 5 * 10**17)
    assert verdict(script, document("credits.withdraw", "Market", "withdraw", args), form) == []
    for lie in ((ETH, SELLER, 5 * 10**17), (ETH, BUYER, 6 * 10**17), (TOKEN, BUYER, 5 * 10**17)):
        assert verdict(script, document("credits.withdraw", "Market", "withdraw", lie), form) != []


# --- reviews -------------------------------------------------------------------------------------------------------------

NO_TEXT = "0x" + "00" * 32


def speaking(action, *more, **changes):
    args = (TERMS.to_abi(), BUYER, raw(ref_of(PURCHASE.to_abi())), *more)
    return document(f"reviews.{action}", "Reviews", action, args, **{"to": REVIEWS, "subject": KEY, **changes})


def hash_of(text):
    return keccak(text=text) if text else bytes(32)


@pytest.mark.parametrize("typed", ["", "  \r\n ", "  Good.\r\nVery good. ", "좋아요", "é"])
def test_a_review_passes_when_rating_and_text_are_the_forms(script, typed):
    kept = typed.replace("\r\n", "\n").strip().replace("é", "é")
    form = {"path": f"/o/{KEY}/review", "fields": {"rating": "4", "text": typed}}
    assert verdict(script, speaking("review", 4, hash_of(kept)), form) == []
    assert verdict(script, speaking("review", 5, hash_of(kept)), form) != []
    assert verdict(script, speaking("review", 4, hash_of(kept + "!")), form) != []
    answer = {"path": f"/o/{KEY}/reply", "fields": {"text": typed}}
    assert verdict(script, speaking("reply", hash_of(kept)), answer) == []
    assert verdict(script, speaking("reply", hash_of(kept + "!")), answer) != []


@pytest.mark.parametrize("change", [{"to": MARKET}, {"subject": LISTING}, {"value": 1}])
def test_a_review_of_another_order_to_another_contract_or_with_money_is_found_out(script, change):
    assert verdict(script, speaking("review", 4, hash_of("Good."))) == []
    assert verdict(script, speaking("review", 4, hash_of("Good."), **change)) != []
    other = {"path": f"/o/{FILE_KEY}/review", "fields": {"rating": "4", "text": "Good."}}
    assert verdict(script, speaking("review", 4, hash_of("Good.")), other) != []


# --- blueprints ----------------------------------------------------------------------------------------------------------

MAKE_SALT = "0x" + "5a" * 32
MADE_FOR = Conditions(MAKE_SALT, ETH, 10**15, SELLER)
DRAWN = Terms(**{**TERMS.__dict__, "kind": "blueprint", "salt": conditions_hash(MADE_FOR)})
DRAWING = listing_id(CHAIN_ID, MARKET, DRAWN.to_abi())
DRAWN_REF = ref_of(PURCHASE.to_abi())
DRAWN_KEY = order_key(DRAWING, BUYER, DRAWN_REF)
LISTED = {
    "path": "/listings/new",
    "fields": {
        "kind": "blueprint", "currency": ETH, "price": "0.25", "quantity": "5", "arbiter": ARBITER, "max_fee": "10",
        "make_fee": "0.001", "make_salt": MAKE_SALT, "accept_for": "1", "accept_for_unit": "hours",
    },
}  # fmt: skip


def designing(action, function, args, **changes):
    return document(
        f"designs.{action}", "Blueprints", function, args, **{"to": BLUEPRINTS, "subject": DRAWING, **changes}
    )


def drawn(**changes):
    """Give a listing of a blueprint with these make conditions behind its salt."""
    terms = Terms(**{**DRAWN.__dict__, "salt": conditions_hash(Conditions(**{**MADE_FOR.__dict__, **changes}))})
    listing = listing_id(CHAIN_ID, MARKET, terms.to_abi())
    return document("market.list", "Market", "list", (terms.to_abi(), 5), sender=SELLER, subject=listing)


def typed(**fields):
    return {**LISTED, "fields": {**LISTED["fields"], **fields}}


@pytest.mark.parametrize(
    ("conditions", "fields"),
    [
        ({}, {}),
        ({}, {"make_payee": SELLER}),
        ({"payee": BUYER}, {"make_payee": BUYER}),
        ({"fee_units": 0, "payee": ETH}, {"make_fee": ""}),
        ({"fee_units": 0, "payee": ETH}, {"make_fee": "0", "make_payee": BUYER}),
        ({"fee_units": 2 * 10**18}, {"make_fee": "2"}),
    ],
)
def test_a_listed_blueprint_passes_when_its_salt_is_the_hash_of_what_was_typed(script, conditions, fields):
    assert verdict(script, drawn(**conditions), typed(**fields)) == []


@pytest.mark.parametrize(
    "conditions",
    [
        {"fee_units": 10**15 + 1}, {"payee": BUYER}, {"currency": TOKEN}, {"salt": "0x" + "5c" * 32},
        {"payee": ETH, "split_id": 1, "split_version": 1},
    ],
)  # fmt: skip
def test_a_listed_blueprint_with_other_make_conditions_is_found_out(script, conditions):
    assert verdict(script, drawn(**conditions), LISTED) != []


def test_a_fee_in_a_token_is_read_as_the_price_is(script):
    terms = {**DRAWN.__dict__, "currency": TOKEN, "unit_price_units": 25 * 10**4}
    said = Conditions(MAKE_SALT, TOKEN, 1_000, SELLER)
    for fee, honest in ((1_000, True), (10_000, False), (100, False)):
        of_fee = Conditions(**{**said.__dict__, "fee_units": fee})
        found = Terms(**{**terms, "salt": conditions_hash(of_fee)})
        listing = listing_id(CHAIN_ID, MARKET, found.to_abi())
        intent = document("market.list", "Market", "list", (found.to_abi(), 5), sender=SELLER, subject=listing)
        assert (verdict(script, intent, typed(currency=TOKEN)) == []) is honest


def test_another_kind_than_was_chosen_is_found_out(script):
    goods = document("market.list", "Market", "list", (TERMS.to_abi(), 5), sender=SELLER, subject=LISTING)
    assert verdict(script, goods, typed(kind="goods")) == []
    assert verdict(script, goods, LISTED) != []
    assert verdict(script, drawn(), typed(kind="goods")) != []


def test_conditions_pass_when_the_terms_name_them_and_no_others_do(script):
    form = {"path": f"/l/{DRAWING}/publish", "fields": {"form_key": "k"}}
    honest = designing("publish", "publish", (DRAWN.to_abi(), conditions_abi(MADE_FOR)))
    assert verdict(script, honest) == verdict(script, honest, form) == []
    other = Conditions(**{**MADE_FOR.__dict__, "payee": BUYER})
    assert verdict(script, designing("publish", "publish", (DRAWN.to_abi(), conditions_abi(other)))) != []
    assert verdict(script, honest, {**form, "path": f"/l/{LISTING}/publish"}) != []
    assert verdict(script, {**honest, "to": MARKET}) != []


def test_units_go_where_the_form_says(script):
    def claiming(to, **changes):
        args = (DRAWN.to_abi(), BUYER, raw(DRAWN_REF), to)
        return designing("claim", "claim", args, **{"subject": DRAWN_KEY, **changes})

    form = {"path": f"/o/{DRAWN_KEY}/claim_units", "fields": {"receiver": BUYER}}
    assert verdict(script, claiming(BUYER), form) == []
    assert verdict(script, claiming(SELLER), form) != []
    assert verdict(script, claiming(BUYER, subject=KEY), form) != []
    assert verdict(script, claiming(BUYER), {**form, "path": f"/o/{KEY}/claim_units"}) != []

    def handing(to, units=2, sender=BUYER, design=DRAWING, data=b""):
        return designing("hand_on", "safeTransferFrom", (sender, to, int(design, 16), units, data))

    form = {"path": f"/l/{DRAWING}/hand_on", "fields": {"to": SELLER, "quantity": "2"}}
    assert verdict(script, handing(SELLER), form) == []
    for lie in (handing(ARBITER), handing(SELLER, 3), handing(SELLER, sender=SELLER), handing(SELLER, data=b"x"),
                handing(SELLER, design=LISTING)):  # fmt: skip
        assert verdict(script, lie, form) != []


def test_a_make_burns_for_the_serials_that_were_typed_and_pays_the_fee_that_was_shown(script):
    def making(*serials, value=2 * 10**15, design=DRAWING):
        return designing("make", "make", (raw(design), [serial_word(text) for text in serials]), value=value)

    fields = {"serials": " L-1\r\n\r\nL/2 ", "fee": str(10**15), "currency": ETH}
    form = {"path": f"/l/{DRAWING}/make", "fields": fields}
    assert verdict(script, making("L-1", "L/2")) == verdict(script, making("L-1", "L/2"), form) == []
    for lie in (making("L-1", "L/3"), making("L/2", "L-1"), making("L-1"), making("L-1", "L/2", value=2 * 10**15 + 1),
                making("L-1", "L/2", design=LISTING)):  # fmt: skip
        assert verdict(script, lie, form) != []
    in_token = {**form, "fields": {**fields, "currency": TOKEN}}
    assert verdict(script, making("L-1", "L/2", value=0), in_token) == []
    assert verdict(script, making("L-1", "L/2"), in_token) != []


def test_the_approval_before_a_make_is_for_the_contract_of_makes_and_its_fees_alone(script):
    fields = {"serials": "A\r\nB", "fee": "700", "currency": TOKEN}
    form = {"path": f"/l/{DRAWING}/make", "fields": fields}

    def allowing(spender, amount):
        return document("token.approve", "ERC20", "approve", (spender, amount), to=TOKEN)

    assert verdict(script, allowing(BLUEPRINTS, 1_400), form) == []
    for lie in (allowing(MARKET, 1_400), allowing(BLUEPRINTS, 1_401), allowing(BLUEPRINTS, 700)):
        assert verdict(script, lie, form) != []
    other = {**form, "fields": {**fields, "currency": ETH}}
    assert verdict(script, allowing(BLUEPRINTS, 1_400), other) != []


# --- sealed files -------------------------------------------------------------------------------------------------------


def words(*signs):
    return ["0x" + sign * 32 for sign in signs]


FILE = SealedFile(*words("a1", "a2", "a3"), 1_234)
SEALED = Terms(**{**TERMS.__dict__, "kind": "file", "file": FILE})
POINT = tuple(words("b1", "b2"))
BOUGHT = Purchase(salt="0x" + "ee" * 32, payer=BUYER, holder=BUYER, arbiter=ARBITER, point=POINT)
WRAP, OTHER_WRAP = Wrap(*words("c1", "c2", "c3")), Wrap(*words("c1", "c2", "c4"))
FILE_REF = ref_of(BOUGHT.to_abi())
FILE_KEY = order_key(listing_id(CHAIN_ID, MARKET, SEALED.to_abi()), BUYER, FILE_REF)
ORDER_SECRET = 2**200 + 7
LISTING_FIELDS = {
    "currency": ETH, "price": "0.25", "quantity": "5", "arbiter": ARBITER, "backup_arbiter": "", "only_buyer": "",
    "max_fee": "10", "key_hash": FILE.key_hash, "ciphertext_hash": FILE.ciphertext_hash,
    "plaintext_hash": FILE.plaintext_hash, "size": "1234", "salt": TERMS.salt,
}  # fmt: skip
WRAP_FIELDS = {"point_x": WRAP.point_x, "point_y": WRAP.point_y, "masked": WRAP.masked}
POINT_FIELDS = {"key_x": POINT[0], "key_y": POINT[1]}


def raw(word):
    return bytes.fromhex(word[2:])


def selling(terms=SEALED, file=FILE, function="listFile", action="market.list_file"):
    args = (terms.to_abi(), 5, *([file_abi(file)] if function == "listFile" else []))
    return document(
        action, "Market", function, args, subject=listing_id(CHAIN_ID, MARKET, terms.to_abi()), sender=SELLER
    )


def of_file(action, function, *more, sender=BUYER):
    args = (SEALED.to_abi(), BUYER, raw(FILE_REF), *more)
    return document(action, "Market", function, args, subject=FILE_KEY, sender=sender)


def claiming(file=FILE, purchase=BOUGHT, wrap=WRAP, secret=ORDER_SECRET):
    return of_file("market.claim_bad_key", "claimBadKey", file_abi(file), purchase.to_abi(), wrap_abi(wrap), secret)


def requesting(action, function, *more, key=FILE_KEY, point=POINT, subject=FILE_KEY, sender=BUYER):
    args = (raw(key), *map(raw, point), *more)
    return document(action, "KeyRequests", function, args, to=KEY_REQUESTS, subject=subject, sender=sender)


FILE_DEEDS = {
    "list": (selling(), "/listings/new/file", LISTING_FIELDS),
    "deliver": (
        of_file("market.deliver_file", "deliverFile", wrap_abi(WRAP), sender=SELLER), f"/o/{FILE_KEY}/deliver_file",
        WRAP_FIELDS,
    ),
    "claim": (claiming(), f"/o/{FILE_KEY}/claim_bad_key", {"secret": hex(ORDER_SECRET), "understood": "y"}),
    "ask": (requesting("keys.ask", "ask"), f"/o/{FILE_KEY}/ask_key", POINT_FIELDS),
    "answer": (
        requesting("keys.answer", "answer", wrap_abi(WRAP), sender=SELLER), f"/o/{FILE_KEY}/answer_key",
        POINT_FIELDS | WRAP_FIELDS,
    ),
}  # fmt: skip


@pytest.mark.parametrize("deed", FILE_DEEDS)
def test_a_deed_of_a_sealed_file_passes_when_it_is_what_the_form_says_and_no_field_of_it_can_be_another(script, deed):
    intent, path, fields = FILE_DEEDS[deed]
    assert verdict(script, intent) == []
    assert verdict(script, intent, {"path": path, "fields": fields}) == []
    assert verdict(script, intent, {"path": path.replace(FILE_KEY, KEY), "fields": fields}) != [] or deed == "list"
    for name in ("key_hash", "ciphertext_hash", "plaintext_hash", "salt", *POINT_FIELDS, *WRAP_FIELDS):
        if name in fields:
            assert verdict(script, intent, {"path": path, "fields": fields | {name: "0x" + "0f" * 32}}) != [], name
    for lie in ({"size": "1235"}, {"secret": hex(ORDER_SECRET + 1)}, {"price": "0.26"}):
        if lie.keys() <= fields.keys():
            assert verdict(script, intent, {"path": path, "fields": fields | lie}) != [], lie


@pytest.mark.parametrize(
    "intent",
    [
        selling(file=replace(FILE, size_bytes=1)),
        selling(terms=Terms(**{**SEALED.__dict__, "kind": "service"})),
        selling(terms=SEALED, function="list", action="market.list"),
        claiming(file=replace(FILE, key_hash="0x" + "0f" * 32)),
        claiming(purchase=replace(BOUGHT, point=(POINT[1], POINT[0]))),
        requesting("keys.ask", "ask", key=KEY),
        requesting("keys.ask", "ask", subject=KEY),
        {**requesting("keys.ask", "ask"), "to": MARKET},
    ],
    ids=["another file", "another kind", "a file as something else", "another file claimed", "another purchase", "another order", "another subject", "another contract"],
)  # fmt: skip
def test_a_deed_of_a_sealed_file_that_contradicts_itself_is_found_out_without_the_form(script, intent):
    assert verdict(script, intent) != []


@pytest.mark.parametrize(
    ("terms", "point", "honest"), [(SEALED, POINT, True), (SEALED, NO_POINT, False), (TERMS, POINT, False), (TERMS, NO_POINT, True)]
)  # fmt: skip
def test_a_purchase_has_a_point_exactly_when_it_is_of_a_file(script, terms, point, honest):
    purchase = replace(BOUGHT, point=point)
    total = terms.unit_price_units * 2
    key = order_key(listing_id(CHAIN_ID, MARKET, terms.to_abi()), BUYER, ref_of(purchase.to_abi()))
    args = (terms.to_abi(), 2, total, 350, 2_000_000_000, purchase.to_abi())
    intent = document("market.buy", "Market", "buy", args, value=total, subject=key)
    assert (verdict(script, intent) == []) is honest
    items = ((terms.to_abi(), 2, total, 350, purchase.to_abi()),)
    cart = document("market.buy_many", "Market", "buyMany", (items, 2_000_000_000, ()), value=total)
    assert (verdict(script, cart) == []) is (terms is TERMS and honest)


@pytest.mark.parametrize(
    "lie", [{}, {"key_x": "0x" + "0f" * 32}, {"key_y": POINT[0]}, {"purchase_salt": "0x" + "0f" * 32}]
)
def test_a_file_bought_for_another_point_than_the_browsers_is_found_out(script, lie):
    args = (SEALED.to_abi(), 2, 5 * 10**17, 350, 2_000_000_000, BOUGHT.to_abi())
    intent = document("market.buy", "Market", "buy", args, value=5 * 10**17, subject=FILE_KEY)
    fields = {**FORM["fields"], **POINT_FIELDS, "purchase_salt": BOUGHT.salt, **lie}
    path = f"/l/{listing_id(CHAIN_ID, MARKET, SEALED.to_abi())}/buy"
    assert (verdict(script, intent, {"path": path, "fields": fields}) == []) is not bool(lie)


# --- rulings ------------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None, suppress_health_check=SLOW_IS_WELL)
@given(
    amount=st.integers(1, 2**100), bps=st.integers(0, 10_000), fee=st.integers(0, 2**90), fees=st.tuples(*[st.integers(0, 2_500)] * 3),
    referred=st.booleans(), offers=st.none() | st.tuples(st.none() | st.integers(0, 2**101), st.none() | st.integers(0, 2**101)),
)  # fmt: skip
def test_a_ruling_is_shown_as_the_contract_divides_it(script, amount, bps, fee, fees, referred, offers):
    platform, community, referral = fees
    listing = SimpleNamespace(
        terms={"arbiterFee": fee, "referralBps": referral}, extras=None if offers is None else Extras((), True)
    )
    buyers, sellers = offers or (None, None)
    order = SimpleNamespace(
        amount_units=amount, platform_fee_bps=platform, community_fee_bps=community, referrer=BUYER if referred else None,
        listing=listing, final_holder_units=buyers, final_seller_units=sellers,
    )  # fmt: skip
    values = {re.sub("-(.)", lambda found: found[1].upper(), name): text for name, text in ruling_values(order).items()}
    meant = ruled(order, bps)
    assert script.result("ruled", [values, bps]) == {
        "toBuyer": str(meant.to_buyer), "toSeller": str(meant.to_seller), "toOthers": str(meant.to_others),
        "stakeToBuyer": str(meant.stake_to_buyer), "stakeToSeller": str(meant.stake_to_seller), "toArbiter": str(meant.to_arbiter),
    }  # fmt: skip


# --- splits -------------------------------------------------------------------------------------------------------------

LOCKED_TS = 1_893_456_000  # 2030-01-01
SHARED = ((SELLER, BUYER), ((0, 6_000, 0), (1, 4_000, LOCKED_TS)))
PAYEES = {"payees-0-payee": SELLER, "payees-0-share": "60", "payees-0-locked": ""}
PAYEES |= {"payees-1-payee": BUYER, "payees-1-share": "40", "payees-1-locked": "2030-01-01"}
EMPTY_ROWS = {f"payees-{n}-{name}": "" for n in range(2, 32) for name in ("payee", "share", "locked")}
CHANGED = Change(3, (Share(0, 5_000), Share(1, 3_000, LOCKED_TS), Share(2, 2_000)), (ARBITER,), 2_000_000_000)
CHANGE_LINK = link_of(CHANGED, {0: b"\x12" * 65, 1: b"\x34" * 65})
WANTED = CHANGED.to_abi()
# of seat 3 the lock is shortened: refused while it holds
NOW_SHARED = ((SELLER, 3_000, 0), (BUYER, 2_000, 0), (ARBITER, 3_000, 5), (TOKEN, 2_000, LOCKED_TS))


def wanted(**changes):
    return replace(CHANGED, **changes).to_abi()


def hash_of_change(split_id=7, change=CHANGED, splits=SPLITS):
    """Compute a change's digest with the wallet's own library."""
    services = SplitChanges(
        SimpleNamespace(registry=SimpleNamespace(chain_id=CHAIN_ID, address=lambda _: splits)), None
    )
    return services.hash_of(split_id, change)


CHANGE_LIES = [
    wanted(shares=(Share(0, 6_000), *CHANGED.shares[1:])), wanted(shares=CHANGED.shares[:2]), wanted(new_payees=(SELLER,)),
    wanted(deadline_ts=2_000_000_001), wanted(shares=(CHANGED.shares[0], Share(1, 3_000), CHANGED.shares[2])), wanted(new_payees=()),
]  # fmt: skip
# action: function, path of its form, fields, honest arguments, and what a server might slip in instead
SPLIT_DEEDS = {
    "splits.create": (
        "create", "/splits/new", PAYEES | EMPTY_ROWS, SHARED,
        [
            ((SELLER, ARBITER), SHARED[1]), ((BUYER, SELLER), SHARED[1]), (SHARED[0], ((0, 5_000, 0), (1, 5_000, 0))),
            (SHARED[0], ((0, 6_000, 9), SHARED[1][1])), (SHARED[0], ((1, 6_000, 0), (0, 4_000, LOCKED_TS))),
            (SHARED[0], ((0, 6_000, 0), (1, 4_000, 0))), (SHARED[0], ((0, 6_000, 0), (1, 4_000, LOCKED_TS + 1))),
            ((*SHARED[0], ARBITER), (*SHARED[1], (2, 1, 0))), ((SELLER,), ((0, 10_000, 0),)),
        ],
    ),
    "splits.collect": (
        "collect", f"/splits/7/2/{ETH}/collect", {}, (MARKET, ETH, 7, 2),
        [(TOKEN, ETH, 7, 2), (MARKET, TOKEN, 7, 2), (MARKET, ETH, 8, 2), (MARKET, ETH, 7, 1)],
    ),
    "splits.collect_makes": (
        "collect", f"/splits/7/2/{ETH}/collect_makes", {}, (BLUEPRINTS, ETH, 7, 2),
        [(MARKET, ETH, 7, 2), (TOKEN, ETH, 7, 2), (BLUEPRINTS, TOKEN, 7, 2), (BLUEPRINTS, ETH, 8, 2), (BLUEPRINTS, ETH, 7, 1)],
    ),
    "splits.sweep": (
        "sweep", "/splits/7/sweep", {"currency": "other", "other_currency": TOKEN}, (7, TOKEN), [(7, ETH), (8, TOKEN)],
    ),
    "splits.claim": (
        "claim", f"/splits/7/2/1/{TOKEN}/claim", {"to": BUYER}, (7, 2, 1, TOKEN, BUYER),
        [(8, 2, 1, TOKEN, BUYER), (7, 1, 1, TOKEN, BUYER), (7, 2, 0, TOKEN, BUYER), (7, 2, 1, ETH, BUYER), (7, 2, 1, TOKEN, SELLER)],
    ),
    "splits.send": (
        "claim", f"/splits/7/2/1/{TOKEN}/send", {"payee": BUYER}, (7, 2, 1, TOKEN, BUYER),
        [(8, 2, 1, TOKEN, BUYER), (7, 1, 1, TOKEN, BUYER), (7, 2, 0, TOKEN, BUYER), (7, 2, 1, ETH, BUYER), (7, 2, 1, TOKEN, SELLER)],
    ),
    "splits.propose": (
        "propose", "/splits/7/propose", {"link": CHANGE_LINK}, (7, 0, WANTED),
        [(8, 0, WANTED), *((7, 0, lie) for lie in CHANGE_LIES)],
    ),
    "splits.approve": (
        "approve", "/splits/7/approve", {"link": CHANGE_LINK}, (bytes.fromhex(hash_of_change()[2:]), True),
        [
            (bytes.fromhex(hash_of_change()[2:]), False), (b"\1" * 32, True), (bytes.fromhex(hash_of_change(8)[2:]), True),
            (bytes.fromhex(hash_of_change(change=replace(CHANGED, version=4))[2:]), True),
        ],
    ),
    "splits.disapprove": (
        "approve", "/splits/7/disapprove", {"link": CHANGE_LINK}, (bytes.fromhex(hash_of_change()[2:]), False),
        [(bytes.fromhex(hash_of_change()[2:]), True), (b"\1" * 32, False)],
    ),
    "splits.change": (
        "change", "/splits/7/apply", {"link": CHANGE_LINK}, (7, WANTED, (b"\x12" * 65, b"")),
        [(8, WANTED, ()), (7, WANTED, (b"\x99" * 65,)), *((7, lie, ()) for lie in CHANGE_LIES)],
    ),
    "splits.move": (
        "movePayee", "/splits/7/seats/1/move", {"new_payee": SELLER}, (7, 1, SELLER),
        [(7, 0, SELLER), (8, 1, SELLER), (7, 1, ARBITER)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("action", SPLIT_DEEDS)
def test_a_deed_of_a_split_that_is_not_what_its_form_says_is_found_out(script, action):
    function, path, fields, honest, lies = SPLIT_DEEDS[action]
    form = {"path": path, "fields": {**fields, "form_key": "k"}}

    def wrong(args, **changes):
        first = args[2 if action.startswith("splits.collect") else 0]
        subject = "" if action == "splits.create" else "0x" + first.hex() if isinstance(first, bytes) else str(first)
        values = {"to": SPLITS, "subject": subject} | changes
        return verdict(script, document(action, "Splits", function, args, **values), form)

    assert wrong(honest) == []
    for lie in lies:
        assert wrong(lie) != [], lie
    for change in ({"to": MARKET}, {"subject": "9"}, {"value": 1}):
        assert wrong(honest, **change) != [], change


def test_a_link_of_a_change_is_read_as_the_server_wrote_it_and_hashed_as_a_wallet_does(script):
    found = script.result("change", [f"http://127.0.0.1/splits/7/agree#{CHANGE_LINK}", CHAIN_ID, SPLITS, 7])
    assert found["link"] == CHANGE_LINK
    assert found["hash"] == hash_of_change()
    signed = encode_typed_data(full_message=found["typed"])
    assert "0x" + keccak(b"\x19" + signed.version + signed.header + signed.body).hex() == hash_of_change()
    assert read_change(f"#{CHANGE_LINK}") == (CHANGED, {0: b"\x12" * 65, 1: b"\x34" * 65})
    assert script.result("change", [CHANGE_LINK[:-1], CHAIN_ID, SPLITS, 7]) is None


def test_shares_of_now_are_read_from_the_wallets_own_node(script):
    entry = function_abi("Splits", "sharesOf")
    meant = selector(entry) + encode(["uint64", "uint32"], [7, 2])
    assert script.result("sharesCall", ["7", 2]) == "0x" + meant.hex()
    shares = [(seat, bps, lock) for seat, (_, bps, lock) in enumerate(NOW_SHARED)]
    payees = [who for who, _, _ in NOW_SHARED]
    answer = encode([collapse_if_tuple(part) for part in entry["outputs"]], [shares, payees])
    assert script.result("shares", "0x" + answer.hex()) == [
        {"seat": seat, "bps": bps, "locked": lock, "account": who}
        for (seat, bps, lock), who in zip(shares, payees, strict=True)
    ]
    assert "error" in script.ask("shares", "0x")


def test_a_page_says_as_the_contract_does_who_must_agree_to_a_change(script):
    payees = [SplitPayee(n, n, who, bps, lock) for n, (who, bps, lock) in enumerate(NOW_SHARED)]
    split = Split(7, SELLER, 2, 4, 0, 0, "0x")
    change = Change(
        3, (Share(0, 2_000), Share(2, 3_000, LOCKED_TS + 9), Share(3, 3_000), Share(4, 2_000)), (BUYER,), 2_000_000_000
    )
    rows = rows_of(change, split, payees, {}, LOCKED_TS)
    assert [(row.seat, row.bps_now, row.bps, row.must_agree) for row in rows] == [
        (0, 3_000, 2_000, True), (1, 2_000, 0, True), (2, 3_000, 3_000, True), (3, 2_000, 3_000, False), (4, 0, 2_000, False),
    ]  # fmt: skip
    values = {
        "now": LOCKED_TS, "seats": 4, "former": {},
        "payees": [{"seat": p.seat, "account": p.account, "name": "", "bps": p.bps, "locked": p.locked_until_ts} for p in payees],
    }  # fmt: skip
    found = script.result("rows", [values, link_of(change)])
    assert [row[:5] for row in found] == [[r.seat, r.account, r.bps_now, r.bps, r.must_agree] for r in rows]
    assert [row[5] for row in found] == [False, False, False, False, False]
    values["now"] = LOCKED_TS - 1
    assert [row[5] for row in script.result("rows", [values, link_of(change)])] == [False, False, False, True, False]


# --- personas -----------------------------------------------------------------------------------------------------------

PERSONA, OTHER_PERSONA, SECRET = (persona_of(name) for name in ("도깨비", "dokkaebi", "not-a-name"))
CONTENT = f"http://x/content/{SECRET}"
# action: function, path of its form, fields, honest arguments, and what a server might slip in instead
PERSONA_DEEDS = {
    "personas.commit": ("commit", "/persona/commit", {"nickname": "도깨비", "commitment": SECRET}, (SECRET,), [(PERSONA,)]),
    "personas.claim": (
        "claim", "/persona/claim", {"nickname": "도깨비", "salt": SECRET}, ("도깨비", SECRET),
        [("dokkaebi", SECRET), ("도깨비", PERSONA)],
    ),
    "personas.set_profile": (
        "setProfile", "/persona/profile", {"text": "a"}, (PERSONA, CONTENT, SECRET), [(PERSONA, CONTENT, PERSONA)],
    ),
    "personas.offer": (
        "offer", "/persona/offer", {"to": SELLER}, (PERSONA, SELLER), [(PERSONA, BUYER), (PERSONA, ETH)],
    ),
    "personas.withdraw_offer": ("offer", "/persona/withdraw", {}, (PERSONA, ETH), [(PERSONA, SELLER)]),
    "personas.accept": (
        "accept", "/persona/%EB%8F%84%EA%B9%A8%EB%B9%84/accept", {"linked": "y"}, (PERSONA,), [(OTHER_PERSONA,)],
    ),
    "personas.retire": ("retire", "/persona/retire", {"typed": "도깨비"}, (PERSONA,), [(OTHER_PERSONA,)]),
}  # fmt: skip


@pytest.mark.parametrize("action", PERSONA_DEEDS)
def test_a_deed_of_a_persona_that_is_not_what_its_form_says_is_found_out(script, action):
    function, path, fields, honest, lies = PERSONA_DEEDS[action]
    form = {"path": path, "fields": {**fields, "form_key": "k"}}

    def wrong(args, **changes):
        about = {"commit": "", "claim": persona_of(args[0]) if function == "claim" else ""}.get(function, args[0])
        raw = tuple(bytes.fromhex(arg[2:]) if re.fullmatch("0x[0-9a-f]{64}", arg) else arg for arg in args)
        values = {"to": PERSONAS, "subject": about} | changes
        return verdict(script, document(action, "Personas", function, raw, **values), form)

    assert wrong(honest) == []
    for lie in lies:
        assert wrong(lie) != [], lie
    for change in ({"to": MARKET}, {"subject": "9"}, {"value": 1}):
        assert wrong(honest, **change) != [], change


MEMBERSHIP = membership_of(MEMBERSHIPS, REGISTRY, 7)
MEMBER_DEEDS = {
    "members.open": ("Memberships", "open", "/c/7/members/open", {}, (7,), [(8,)]),
    "members.set_tiers": (
        "Membership", "setTiers", "/c/7/members/tiers", {"tiers": "1\r\n 2.5\r\n"}, ((10**18, 25 * 10**17),),
        [((10**18,),), ((10**18, 26 * 10**17),)],
    ),
    "members.lock": ("Membership", "lock", "/c/7/members/lock", {"amount": "1.5"}, (15 * 10**17,), [(15 * 10**16,)]),
    "members.request_unlock": (
        "Membership", "requestUnlock", "/c/7/members/unlock", {"amount": "2"}, (2 * 10**18,), [(2 * 10**18 + 1,)],
    ),
    "members.cancel_unlock": ("Membership", "cancelUnlock", "/c/7/members/unlocks/3/cancel", {}, (3,), [(2,)]),
    "members.withdraw": (
        "Membership", "withdraw", "/c/7/members/unlocks/3/withdraw", {}, (BUYER, 3), [(SELLER, 3), (BUYER, 4)],
    ),
    "members.delegate": ("Membership", "delegate", "/c/7/members/delegate", {"to": SELLER}, (SELLER,), [(ARBITER,)]),
    "proposals.open_governor": (
        "Governors", "open", "/c/7/self-rule/open",
        {
            "voting_delay": "1", "voting_delay_unit": "days", "voting_period": "72", "voting_period_unit": "hours",
            "timelock_delay": "2", "timelock_delay_unit": "days", "quorum": "12.5", "quorum_floor": "100",
            "threshold": "10", "min_members": "3", "veto_until": "1970-01-11",
        },
        (7, (86400, 3 * 86400, 2 * 86400, 1250, 100 * 10**18, 10 * 10**18, 3, 10 * 86400)),
        [
            (8, (86400, 3 * 86400, 2 * 86400, 1250, 100 * 10**18, 10 * 10**18, 3, 10 * 86400)),
            (7, (86400, 3 * 86400, 2 * 86400, 1251, 100 * 10**18, 10 * 10**18, 3, 10 * 86400)),
            (7, (86400, 3 * 86400, 2 * 86400, 1250, 1, 10 * 10**18, 3, 10 * 86400)),
            (7, (86400, 3 * 86400, 2 * 86400, 1250, 100 * 10**18, 10 * 10**18, 3, 11 * 86400)),
        ],
    ),
}  # fmt: skip


@pytest.mark.parametrize("action", MEMBER_DEEDS)
def test_a_deed_of_a_member_that_is_not_what_its_form_says_is_found_out(script, action):
    contract, function, path, fields, honest, lies = MEMBER_DEEDS[action]
    form = {"path": path, "fields": {**fields, "form_key": "k"}}
    place = CONTRACTS.get(contract, MEMBERSHIP)

    def wrong(args, **changes):
        values = {"to": place, "subject": "7"} | changes
        return verdict(script, document(action, contract, function, args, **values), form)

    assert wrong(honest) == []
    for lie in lies:
        assert wrong(lie) != [], lie
    for change in ({"to": MARKET}, {"subject": "9"}, {"value": 1}, {"to": COMMUNITY_TOKEN}):
        assert wrong(honest, **change) != [], change


@pytest.mark.parametrize("community", [1, 7, 300, 2**62])
def test_a_membership_stands_in_the_browser_where_it_stands_for_the_command(script, community):
    assert script.result("membership", [CONTRACTS, str(community)]) == membership_of(MEMBERSHIPS, REGISTRY, community)


def test_a_permit_for_a_membership_lets_it_take_the_locked_amount_and_nothing_else(script):
    def wrong(**changes):
        values = {
            "token": token_of(REGISTRY, 7), "token_name": "K", "chain_id": CHAIN_ID, "owner": BUYER, "spender": MEMBERSHIP,
            "value_units": 10**18, "nonce": 0, "deadline_ts": 99,
        } | changes  # fmt: skip
        args = (10**18, 99, 0, bytes(32), bytes(32))
        typed = Permit(**values).typed_data()
        intent = document(
            "members.lock", "Membership", "lockWithPermit", args, to=MEMBERSHIP, subject="7", permit=typed
        )
        return verdict(script, intent, {"path": "/c/7/members/lock", "fields": {"amount": "1"}})

    assert wrong() == []
    lies = (
        {"token": COMMUNITY_TOKEN},
        {"spender": MARKET},
        {"value_units": 2},
        {"deadline_ts": 100},
        {"owner": SELLER},
    )
    for lie in lies:
        assert wrong(**lie) != [], lie


WHY = {"title": "Radio parts", "why": "We need them.\r\nReally."}
SAID = f"Radio parts\n\nWe need them.\nReally.\n\n#proposer={to_checksum_address(BUYER)}"
TRANSFER = Call("ERC20", COMMUNITY_TOKEN, "transfer", (to_checksum_address(SELLER), 25 * 10**17)).data
SET_FEE = Call("CommunityRegistry", REGISTRY, "setFeeBps", (1, 250)).data
SET_WAIVERS = Call("CommunityRegistry", REGISTRY, "setWaivers", (1, 50, 9)).data
ACCEPT = Call("CommunityRegistry", REGISTRY, "acceptStewardship", (1,)).data
DESCRIBE = Call("CommunityToken", COMMUNITY_TOKEN, "setContractURI", ("http://x", b"\1" * 32)).data
NO_DATA = "0x"
PROPOSALS = {
    "pay": ({"to": SELLER, "currency": ETH, "amount": "1.5"}, (SELLER, 15 * 10**17, NO_DATA)),
    "pay in tokens": (
        {"to": SELLER, "currency": COMMUNITY_TOKEN, "other_currency": "", "amount": "2.5"}, (COMMUNITY_TOKEN, 0, TRANSFER),
    ),
    "fee": ({"fee": "2.5"}, (REGISTRY, 0, SET_FEE)),
    "waivers": ({"token_waiver": "50", "member_waiver": "9"}, (REGISTRY, 0, SET_WAIVERS)),
    "accept": ({}, (REGISTRY, 0, ACCEPT)),
    "describe": ({"text": "new"}, (COMMUNITY_TOKEN, 0, DESCRIBE)),
    "call": ({"target": SELLER, "value": "1", "data": "0xaabb"}, (SELLER, 10**18, "0xaabb")),
}  # fmt: skip


@pytest.mark.parametrize("kind", PROPOSALS)
def test_a_proposal_that_is_not_what_its_form_says_is_found_out(script, kind):
    fields, (target, wei, data) = PROPOSALS[kind]
    form = {"path": f"/c/1/proposals/new/{kind.split()[0]}", "fields": {**WHY, **fields}}

    def wrong(targets=(target,), values=(wei,), calls=(data,), words=SAID, **changes):
        raw = tuple(bytes.fromhex(call[2:]) for call in calls)
        args = (tuple(map(to_checksum_address, targets)), values, raw, words)
        intent = document(
            "proposals.propose",
            "CommunityGovernor",
            "propose",
            args,
            **{"to": GOVERNOR, "subject": GOVERNOR, **changes},
        )
        return verdict(script, intent, form)

    assert wrong() == []
    assert wrong(targets=(ARBITER,)) != []
    assert wrong(values=(wei + 1,)) != []
    assert wrong(calls=("0x" + data[2:-2] + "77" if kind != "describe" and data != NO_DATA else "0x12345678",)) != []
    assert wrong(targets=(target, target), values=(wei, wei), calls=(data, data)) != []
    for words in (SAID + " ", SAID.replace("Really", "Perhaps"), SAID.partition("#")[0], SAID[:-1] + "2"):
        assert wrong(words=words) != [], words
    assert wrong(to=MARKET) != []
    assert wrong(subject=SELLER) != []


ADDED = [
    ("call", PROPOSALS["call"]),
    ("fee", PROPOSALS["fee"]),
    ("arbiter", ({"arbiter": SELLER}, (COMMUNITY_TOKEN, 0, DESCRIBE))),
]


@pytest.mark.parametrize("own", [None, "pay"])
def test_calls_that_were_added_before_are_compared_with_what_was_typed_then(script, own):
    made = [call for _kind, (_fields, call) in ADDED]
    kept = {f"kept-{i}-call": "{} {} {}".format(*call) for i, call in enumerate(made)}
    typed = [{"path": f"/c/1/proposals/new/{kind}", "fields": {**WHY, **fields}} for kind, (fields, _call) in ADDED]
    fields = {**WHY, **kept, **(PROPOSALS[own][0] if own else {})}
    honest = [*made, *([PROPOSALS[own][1]] if own else [])]

    def wrong(calls=honest, earlier=typed, fields=fields):
        targets, values, data = zip(*calls, strict=True)
        args = (tuple(map(to_checksum_address, targets)), values, tuple(bytes.fromhex(one[2:]) for one in data), SAID)
        place = {"to": GOVERNOR, "subject": GOVERNOR}
        intent = document("proposals.propose", "CommunityGovernor", "propose", args, **place)
        form = {"path": f"/c/1/proposals/new/{own or 'review'}", "fields": fields, "earlier": earlier}
        return verdict(script, intent, form)

    assert wrong() == []
    assert wrong(earlier=typed[::-1]) == []  # they can be put in another order before they are sent
    assert wrong(calls=[honest[1], honest[0], *honest[2:]]) != []
    assert wrong(calls=honest[1:]) != []
    assert wrong(calls=[*honest, honest[0]]) != []
    assert wrong(earlier=typed[1:]) != []
    assert wrong(earlier=None) != []
    elsewhere = [{**typed[0], "path": "/c/2/proposals/new/call"}, *typed[1:]]
    assert wrong(earlier=elsewhere) != []
    lie = (to_checksum_address(ARBITER).lower(), *made[0][1:])
    assert wrong(calls=[lie, *honest[1:]], fields={**fields, "kept-0-call": "{} {} {}".format(*lie)}) != []


NAMED = ((to_checksum_address(REGISTRY),), (0,), (bytes.fromhex(SET_FEE[2:]),), b"\7" * 32)
PROPOSAL = proposal_id(NAMED[0], NAMED[1], NAMED[2], NAMED[3])
GOVERNED = [("queue", NAMED, {}), ("execute", NAMED, {}), ("cancel", NAMED, {})]
VOTES = [
    ("castVote", (int(PROPOSAL, 16), 1), {"choice": "for", "reason": ""}),
    ("castVoteWithReason", (int(PROPOSAL, 16), 0, "no\nno"), {"choice": "against", "reason": "no\r\nno"}),
]


@pytest.mark.parametrize(("function", "args", "fields"), [*GOVERNED, *VOTES])
def test_a_step_of_another_proposal_or_governor_is_found_out(script, function, args, fields):
    step = "vote" if fields else function
    form = {"path": f"/c/1/proposals/{GOVERNOR}/{PROPOSAL}/{step}", "fields": fields}

    def wrong(given=args, **changes):
        values = {"to": GOVERNOR, "subject": PROPOSAL, **changes}
        return verdict(script, document(f"proposals.{step}", "CommunityGovernor", function, given, **values), form)

    assert wrong() == []
    assert wrong(to="0x" + "61" * 20) != []
    assert wrong(subject="0x" + "1" * 64) != []
    other = (int(PROPOSAL, 16) + 1, *args[1:]) if fields else (*args[:3], b"\x08" * 32)
    assert wrong(other) != []
    if fields:
        assert wrong((args[0], 2, *args[2:])) != []
    if fields.get("reason"):
        assert wrong((*args[:2], "yes")) != []


@pytest.mark.parametrize("nickname", ["abc", "도깨비", "한밤의라디오수리모임-1"])
def test_a_commitment_is_the_one_that_the_contract_looks_for(script, nickname):
    assert script.result("commitment", [SELLER, nickname, SECRET]) == commitment(SELLER, nickname, SECRET)


@pytest.mark.parametrize(
    "typed", ["Dokkaebi", " 도깨비 ", "\u1103\u1169\u1101\u1162\u1107\u1175", "\uff41bc", "a b", "e\u0301"]
)
def test_a_nickname_is_spelled_in_the_browser_as_on_the_server(script, typed):
    assert script.result("spelled", typed) == normalised(typed)


# --- bonds, advanced terms, referral, cart ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("account", "currency", "units", "value", "honest"),
    [
        (BUYER, ETH, 5 * 10**17, 5 * 10**17, True), (BUYER, TOKEN, 5 * 10**17, 0, False), (SELLER, ETH, 5 * 10**17, 5 * 10**17, False),
        (BUYER, ETH, 5 * 10**17, 0, False), (BUYER, ETH, 6 * 10**17, 6 * 10**17, False),
    ],
)  # fmt: skip
def test_a_bond_for_another_account_or_amount_is_found_out(script, account, currency, units, value, honest):
    intent = document("market.deposit_bond", "Market", "depositBond", (account, currency, units), value=value)
    form = {"path": "/bonds/deposit", "fields": {"currency": ETH, "amount": "0.5", "form_key": "k"}}
    assert (verdict(script, intent, form) == []) is honest


def test_a_bond_taken_out_in_another_currency_or_amount_is_found_out(script):
    form = {"path": f"/bonds/{ETH}/take-out", "fields": {"amount": "0.5", "form_key": "k"}}
    for args, honest in (((ETH, 5 * 10**17), True), ((TOKEN, 5 * 10**17), False), ((ETH, 4 * 10**17), False)):
        intent = document("market.withdraw_bond", "Market", "withdrawBond", args)
        assert (verdict(script, intent, form) == []) is honest


def test_an_approval_of_another_token_or_amount_than_the_bonds_is_found_out(script):
    form = {"path": "/bonds/deposit", "fields": {"currency": TOKEN, "amount": "5", "form_key": "k"}}
    for to, units, honest in ((TOKEN, 5_000_000, True), (TOKEN, 6_000_000, False), (SELLER, 5_000_000, False)):
        intent = document("token.approve", "ERC20", "approve", (MARKET, units), to=to)
        assert (verdict(script, intent, form) == []) is honest


SONG = Extras((Milestone(2_500, 3600, 86400), Milestone(7_500, 2 * 86400, 3 * 86400)), True)
ADVANCED = replace(TERMS, kind="service", bond_bps=2_000, referral_bps=500, per_buyer_open_quantity=2, extras=SONG)
ADVANCED_FIELDS = {
    "currency": ETH, "price": "0.25", "quantity": "5", "arbiter": ARBITER, "backup_arbiter": "", "only_buyer": "", "max_fee": "10",
    "deliver_for": "1", "deliver_for_unit": "hours", "inspect_for": "1", "inspect_for_unit": "days",
    "bond": "20", "referral": "5", "per_buyer": "2", "final_offer": "y", "milestones-0-share": "25", "milestones-0-deliver_within": "",
    "milestones-2-share": "75", "milestones-2-deliver_within": "2", "milestones-2-deliver_within_unit": "days",
    "milestones-2-inspect_within": "3", "milestones-2-inspect_within_unit": "days",
}  # fmt: skip


def listed(terms, extras=None):
    listing = listing_id(CHAIN_ID, MARKET, terms.to_abi())
    args = (terms.to_abi(), 5) if terms.extras is None else (terms.to_abi(), 5, extras_abi(extras or terms.extras))
    name = "list" if terms.extras is None else "listWithExtras"
    return document("market.list", "Market", name, args, subject=listing, sender=SELLER)


ADVANCED_LIES = {
    "another bond": replace(ADVANCED, bond_bps=0),
    "another referral": replace(ADVANCED, referral_bps=600),
    "another cap": replace(ADVANCED, per_buyer_open_quantity=0),
    "a split": replace(ADVANCED, split_id=1, split_version=1),
    "no final offer": replace(ADVANCED, extras=replace(SONG, final_offer=False)),
    "no extras": replace(ADVANCED, extras=None),
    "another share": replace(ADVANCED, extras=Extras((Milestone(5_000, 3600, 86400), replace(SONG.milestones[1], share_bps=5_000)), True)),
    "another time": replace(ADVANCED, extras=Extras((SONG.milestones[0], replace(SONG.milestones[1], inspect_for_s=86400)), True)),
    "one milestone less": replace(ADVANCED, extras=Extras(SONG.milestones[:1], True)),
}  # fmt: skip


def test_an_honest_listing_with_advanced_terms_passes(script):
    assert verdict(script, listed(ADVANCED), {"path": "/listings/new", "fields": ADVANCED_FIELDS}) == []


@pytest.mark.parametrize("name", ADVANCED_LIES)
def test_a_listing_with_another_advanced_term_than_typed_is_found_out(script, name):
    assert verdict(script, listed(ADVANCED_LIES[name])) == []
    assert verdict(script, listed(ADVANCED_LIES[name]), {"path": "/listings/new", "fields": ADVANCED_FIELDS}) != []


def test_a_listing_with_another_split_than_chosen_is_found_out(script):
    for split_id, version, typed, honest in (
        (7, 2, "7.2", True),
        (7, 3, "7.2", False),
        (0, 0, "7.2", False),
        (7, 2, "", False),
    ):
        terms = replace(ADVANCED, split_id=split_id, split_version=version)
        form = {"path": "/listings/new", "fields": {**ADVANCED_FIELDS, "split": typed}}
        assert (verdict(script, listed(terms), form) == []) is honest


def test_extras_that_are_not_those_of_the_terms_are_found_out(script):
    assert verdict(script, listed(ADVANCED, replace(SONG, final_offer=False))) != []


@pytest.mark.parametrize(
    ("referrer", "typed", "fee", "honest"),
    [
        (SELLER, SELLER, 850, True), (ETH, "", 350, True), (SELLER, "", 350, False), (ETH, SELLER, 850, False),
        (ARBITER, SELLER, 850, False), (SELLER, SELLER, 900, False), (ETH, "", 850, False),
    ],
)  # fmt: skip
def test_another_referrer_or_a_higher_commission_than_agreed_is_found_out(script, referrer, typed, fee, honest):
    terms = replace(TERMS, referral_bps=500)
    intent = rebuilt(terms=terms, purchase=replace(PURCHASE, referrer=referrer), fee=fee)
    listing = listing_id(CHAIN_ID, MARKET, terms.to_abi())
    form = {"path": f"/l/{listing}/buy", "fields": {**FORM["fields"], "referrer": typed}}
    assert (verdict(script, intent, form) == []) is honest


CHEAP = replace(TERMS, unit_price_units=10**16, salt="0x" + "d1" * 32)
IN_TOKENS = replace(TERMS, currency=TOKEN, unit_price_units=3, arbiter_fee_units=0, salt="0x" + "d2" * 32)
ALSO_IN_TOKENS = replace(IN_TOKENS, unit_price_units=5, salt="0x" + "d3" * 32)


def cart_item(terms, quantity, **changes):
    purchase = replace(PURCHASE, **changes.get("purchase", {}))
    total = changes.get("total", terms.unit_price_units * quantity)
    return terms.to_abi(), quantity, total, changes.get("fee", 350), purchase.to_abi()


def cart(*items, value=None, permits=(), permit=None):
    due = sum(item[0][3] * item[1] for item in items if item[0][2] == ETH) if value is None else value
    args = (tuple(items), 2_000_000_000, tuple(permits))
    return document("market.buy_many", "Market", "buyMany", args, value=due, permit=permit)


def cart_form(*lines):
    fields = {"form_key": "k"}
    for number, (terms, quantity) in enumerate(lines):
        row = {
            "listing": listing_id(CHAIN_ID, MARKET, terms.to_abi()), "quantity": str(quantity),
            "price": str(terms.unit_price_units), "fee": "350", "referrer": "",
        }  # fmt: skip
        fields |= {f"items-{number}-{name}": value for name, value in row.items()}
    return {"path": "/cart/buy", "fields": fields}


TWO = ((TERMS, 2), (CHEAP, 3))


def test_an_honest_cart_passes(script):
    intent = cart(*(cart_item(*one) for one in TWO))
    assert verdict(script, intent) == []
    assert verdict(script, intent, cart_form(*TWO)) == []


CART_LIES = {
    "more money": cart(cart_item(TERMS, 2), cart_item(CHEAP, 3), value=10**18),
    "another payer": cart(cart_item(TERMS, 2, purchase={"payer": SELLER}), cart_item(CHEAP, 3)),
    "another holder": cart(cart_item(TERMS, 2), cart_item(CHEAP, 3, purchase={"holder": SELLER})),
    "another arbiter": cart(cart_item(TERMS, 2, purchase={"arbiter": SELLER}), cart_item(CHEAP, 3)),
    "a higher limit than a price": cart(cart_item(TERMS, 2, total=10**18), cart_item(CHEAP, 3)),
    "a permit of nothing due": cart(
        cart_item(TERMS, 2), cart_item(CHEAP, 3), permits=[(TOKEN, (5, 2_000_000_000, 27, bytes(32), bytes(32)))]
    ),
}


@pytest.mark.parametrize("name", CART_LIES)
def test_a_lying_cart_is_found_out_without_the_form(script, name):
    assert verdict(script, CART_LIES[name]) != []


CART_FORM_LIES = {
    "another quantity": cart(cart_item(TERMS, 2), cart_item(CHEAP, 4)),
    "another listing": cart(cart_item(TERMS, 2), cart_item(DEARER, 3)),
    "one item more": cart(cart_item(TERMS, 2), cart_item(CHEAP, 3), cart_item(DEARER, 1)),
    "one item less": cart(cart_item(TERMS, 2)),
    "a higher commission": cart(cart_item(TERMS, 2, fee=900), cart_item(CHEAP, 3)),
    "a referrer": cart(cart_item(TERMS, 2, purchase={"referrer": SELLER}), cart_item(CHEAP, 3)),
    "a note": cart(cart_item(TERMS, 2, purchase={"specification": NOTE}), cart_item(CHEAP, 3)),
}


@pytest.mark.parametrize("name", CART_FORM_LIES)
def test_a_lying_cart_is_found_out_by_the_form(script, name):
    assert verdict(script, CART_FORM_LIES[name]) == []
    assert verdict(script, CART_FORM_LIES[name], cart_form(*TWO)) != []


@pytest.mark.parametrize(("units", "honest"), [(3 * 2 + 5, True), (3 * 2, False), (2**256 - 1, False)])
def test_a_cart_takes_one_permit_of_the_sum_in_its_token(script, units, honest):
    permit = Permit(TOKEN, "Club", CHAIN_ID, BUYER, MARKET, units, 0, 2_000_000_000)
    items = (cart_item(IN_TOKENS, 2), cart_item(TERMS, 1), cart_item(ALSO_IN_TOKENS, 1))
    intent = cart(*items, permits=[(TOKEN, permit.unsigned())], permit=permit.typed_data())
    assert (verdict(script, intent) == []) is honest


# --- what members get ---------------------------------------------------------------------------------------------------

FOR_MEMBERS = replace(TERMS, buyer_level=1, member_level=2, member_discount_bps=1_501, salt="0x" + "d4" * 32)
MEMBERS_PRICE = 25 * 10**16 - 25 * 10**16 * 1_501 // 10_000
SMALL = replace(FOR_MEMBERS, unit_price_units=7, arbiter_fee_units=0)  # 7 less 1.05, rounded up
LEVELS = {"buyer_level": "1", "member_level": "2", "member_discount": "15.01"}
LIST_FIELDS = {
    "currency": ETH, "price": "0.25", "quantity": "5", "arbiter": ARBITER, "backup_arbiter": "", "only_buyer": "", "max_fee": "10",
}  # fmt: skip


def buy_form_of(terms, shown, quantity="2"):
    fields = {**FORM["fields"], "quantity": quantity, "price_shown": str(shown)}
    return {"path": f"/l/{listing_id(CHAIN_ID, MARKET, terms.to_abi())}/buy", "fields": fields}


@pytest.mark.parametrize(
    ("total", "shown", "honest"),
    [
        (2 * MEMBERS_PRICE, MEMBERS_PRICE, True),
        (2 * FOR_MEMBERS.unit_price_units, FOR_MEMBERS.unit_price_units, True),
        (2 * MEMBERS_PRICE, FOR_MEMBERS.unit_price_units, True),  # it fell since: less is paid than was shown
        (2 * FOR_MEMBERS.unit_price_units, MEMBERS_PRICE, False),
        (2 * MEMBERS_PRICE, MEMBERS_PRICE + 1, False),
        (2 * MEMBERS_PRICE, "<b>", False),
    ],
)
def test_a_purchase_above_the_price_that_was_shown_is_found_out(script, total, shown, honest):
    intent = rebuilt(terms=FOR_MEMBERS, total=total)
    assert verdict(script, intent) == []
    assert (verdict(script, intent, buy_form_of(FOR_MEMBERS, shown)) == []) is honest


@pytest.mark.parametrize(
    ("terms", "total", "honest"),
    [
        (FOR_MEMBERS, 2 * MEMBERS_PRICE + 1, False), (FOR_MEMBERS, 2 * MEMBERS_PRICE - 1, False), (SMALL, 2 * 6, True),
        (SMALL, 2 * 5, False), (replace(FOR_MEMBERS, member_level=0), 2 * MEMBERS_PRICE, False), (TERMS, 2 * MEMBERS_PRICE, False),
    ],
)  # fmt: skip
def test_a_price_that_the_terms_do_not_have_is_found_out_without_the_form(script, terms, total, honest):
    assert (verdict(script, rebuilt(terms=terms, total=total)) == []) is honest
    assert (verdict(script, cart(cart_item(terms, 2, total=total), value=total)) == []) is honest


def test_a_permit_of_everybodys_price_for_a_members_purchase_is_found_out(script):
    terms = replace(FOR_MEMBERS, currency=TOKEN)
    key = order_key(listing_id(CHAIN_ID, MARKET, terms.to_abi()), BUYER, ref_of(PURCHASE.to_abi()))
    for units, honest in ((2 * MEMBERS_PRICE, True), (2 * terms.unit_price_units, False)):
        permit = Permit(TOKEN, "Club", CHAIN_ID, BUYER, MARKET, units, 0, 2_000_000_000)
        args = (terms.to_abi(), 2, 2 * MEMBERS_PRICE, 350, 2_000_000_000, PURCHASE.to_abi(), permit.unsigned())
        intent = document("market.buy", "Market", "buyWithPermit", args, subject=key, permit=permit.typed_data())
        assert (verdict(script, intent) == []) is honest


@pytest.mark.parametrize(("units", "honest"), [(2 * MEMBERS_PRICE, True), (2 * MEMBERS_PRICE + 1, False)])
def test_an_approval_above_the_price_that_was_shown_is_found_out(script, units, honest):
    intent = document("token.approve", "ERC20", "approve", (MARKET, units), to=TOKEN)
    assert verdict(script, intent) == []
    assert (verdict(script, intent, buy_form_of(FOR_MEMBERS, MEMBERS_PRICE)) == []) is honest


@pytest.mark.parametrize(
    ("total", "shown", "honest"),
    [
        (MEMBERS_PRICE, MEMBERS_PRICE, True), (FOR_MEMBERS.unit_price_units, FOR_MEMBERS.unit_price_units, True),
        (MEMBERS_PRICE, FOR_MEMBERS.unit_price_units, True), (FOR_MEMBERS.unit_price_units, MEMBERS_PRICE, False),
        (MEMBERS_PRICE, MEMBERS_PRICE - 1, False), (MEMBERS_PRICE, "", False),
    ],
)  # fmt: skip
def test_a_cart_above_the_prices_that_were_shown_is_found_out(script, total, shown, honest):
    intent = cart(cart_item(FOR_MEMBERS, 1, total=total), cart_item(CHEAP, 3), value=total + 3 * 10**16)
    form = cart_form((FOR_MEMBERS, 1), (CHEAP, 3))
    form["fields"]["items-0-price"] = str(shown)
    assert verdict(script, intent) == []
    assert (verdict(script, intent, form) == []) is honest


def test_an_honest_listing_for_members_passes(script):
    form = {"path": "/listings/new", "fields": {**LIST_FIELDS, **LEVELS}}
    assert verdict(script, listed(FOR_MEMBERS), form) == []


@pytest.mark.parametrize(
    "change",
    [
        {"buyer_level": 0}, {"buyer_level": 2}, {"member_level": 1}, {"member_discount_bps": 1_500},
        {"member_level": 0, "member_discount_bps": 0}, {"member_discount_bps": 1_501 + 2**16},
    ],
)  # fmt: skip
def test_a_listing_with_other_levels_than_chosen_is_found_out(script, change):
    form = {"path": "/listings/new", "fields": {**LIST_FIELDS, **LEVELS}}
    assert verdict(script, listed(replace(FOR_MEMBERS, **change)), form) != []


def test_levels_that_nobody_chose_are_found_out(script):
    form = {"path": "/listings/new", "fields": LIST_FIELDS}
    assert verdict(script, listed(TERMS), form) == []
    for change in ({"buyer_level": 1}, {"member_level": 1, "member_discount_bps": 1}):
        assert verdict(script, listed(replace(TERMS, **change)), form) != []


@pytest.mark.parametrize(
    ("values", "honest"), [((1, 50, 20), True), ((1, 20, 50), False), ((1, 0, 0), False), ((2, 50, 20), False)]
)
def test_other_waivers_than_typed_are_found_out(script, values, honest):
    form = {"path": "/c/1/waivers", "fields": {"token_waiver": "50", "member_waiver": "20"}}
    intent = document(
        "communities.set_waivers", "CommunityRegistry", "setWaivers", values, to=REGISTRY, subject=str(values[0])
    )
    assert verdict(script, intent) == []
    assert (verdict(script, intent, form) == []) is honest


def test_every_action_of_the_services_is_known_to_the_check():
    from frontend.blueprints.intents.texts import ACTIONS

    services = Path(__file__).parents[3] / "frontend" / "services"
    used = set()
    for path in services.glob("*.py"):
        used |= set(
            re.findall(
                r'"((?:communities|tokens|token|market|credits|splits|personas|curves|claims|members|proposals|keys|reviews|designs)\.[a-z_]+)"',
                path.read_text(encoding="utf-8"),
            )
        )
    known = set(re.findall(r'^  "([a-z_.]+)": \[', (SCRIPTS / "check.js").read_text(encoding="utf-8"), re.M))
    assert used == known
    assert used
    assert set(ACTIONS) == known
    assert function_abi("ERC20", "approve")
