"""The browser's own encoder and check, run in Node: equal to eth_abi, and not to be lied to."""

from __future__ import annotations

import copy
import json
import shutil
import subprocess
from pathlib import Path

import pytest
from eth_abi.abi import encode
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak
from hypothesis import given, settings
from hypothesis import strategies as st

from frontend.contracts.registry import EXPORTED, exported_abi, function_abi, selector
from frontend.formatters import ETH
from frontend.services.intents import Call, json_value
from frontend.services.permits import Permit, from_json
from frontend.services.terms import Purchase, Terms, listing_id, order_key, ref_of

SCRIPTS = Path(__file__).parents[3] / "frontend" / "static" / "js"
MARKET, REGISTRY, TOKEN = "0x" + "12" * 20, "0x" + "34" * 20, "0x" + "56" * 20
SELLER, BUYER, ARBITER = "0x" + "51" * 20, "0x" + "b1" * 20, "0x" + "a1" * 20
CHAIN_ID = 31337

RUNNER = """
import { createInterface } from "node:readline";
import { keccak256 } from "./keccak.js";
import { bytesOf, encodeCall, hex } from "./abi.js";
import { check, unitsOf } from "./check.js";
const jobs = {
  keccak: data => hex(keccak256(bytesOf(data))),
  call: ({entry, values}) => encodeCall(entry, values),
  check: args => check(args),
  units: ({text, decimals}) => { const found = unitsOf(text, decimals); return found === null ? null : String(found); },
};
for await (const line of createInterface({ input: process.stdin })) {
  const { job, args } = JSON.parse(line);
  let answer;
  try { answer = { result: jobs[job](args) }; } catch (error) { answer = { error: error.message }; }
  console.log(JSON.stringify(answer));
}
"""


class Script:
    """A Node that has loaded our modules and answers line by line."""

    def __init__(self, folder: Path) -> None:
        for name in ("keccak.js", "abi.js", "check.js"):
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
    @settings(max_examples=8, deadline=None)
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
            "registry": {"chainId": CHAIN_ID, "contracts": {"Market": MARKET, "CommunityRegistry": REGISTRY}},
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
    "another deed altogether": document("tokens.transfer", "CommunityToken", "transfer", (SELLER, 5), to=TOKEN),
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


@pytest.mark.parametrize(("value", "honest"), [(7, True), (8, False), (0, False)])
def test_a_stake_is_exactly_the_arbiters_fee(script, value, honest):
    ref = bytes.fromhex(ref_of(PURCHASE.to_abi())[2:])
    stake = document("market.stake", "Market", "stake", (TERMS.to_abi(), BUYER, ref), value=value, subject=KEY)
    assert (verdict(script, stake) == []) is honest


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


def test_a_withdrawal_to_another_address_is_found_out(script):
    form = {"path": f"/credits/{BUYER}/{ETH}/withdraw", "fields": {"amount": "0.5", "to": BUYER}}
    args = (ETH, BUYER, 5 * 10**17)
    assert verdict(script, document("credits.withdraw", "Market", "withdraw", args), form) == []
    for lie in ((ETH, SELLER, 5 * 10**17), (ETH, BUYER, 6 * 10**17), (TOKEN, BUYER, 5 * 10**17)):
        assert verdict(script, document("credits.withdraw", "Market", "withdraw", lie), form) != []


def test_every_action_of_the_services_is_known_to_the_check():
    import re

    from frontend.blueprints.intents.texts import action_text

    services = Path(__file__).parents[3] / "frontend" / "services"
    used = set()
    for path in services.glob("*.py"):
        used |= set(
            re.findall(r'"((?:communities|tokens|token|market|credits)\.[a-z_]+)"', path.read_text(encoding="utf-8"))
        )
    known = set(re.findall(r'^  "([a-z_.]+)": \[', (SCRIPTS / "check.js").read_text(encoding="utf-8"), re.M))
    assert used == known
    assert used
    named = set(
        re.findall(r'"([a-z]+\.[a-z_]+)": gettext', Path(action_text.__code__.co_filename).read_text(encoding="utf-8"))
    )
    assert named == known
    assert function_abi("ERC20", "approve")
