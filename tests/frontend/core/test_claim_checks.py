"""The page's own check of claim phases, claims, airdrops and what phases earned: honest ones pass, each lie is found out."""

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak

from frontend.account_lists import read_text
from frontend.merkle import leaf_of
from frontend.services.claim_lists import root_of, tree_over
from frontend.services.claims import cost_of
from frontend.services.terms import ZERO_ADDRESS
from tests.frontend.core.test_scripts import (
    BUYER,
    CLAIMS,
    CURVES,
    MARKET,
    REGISTRY,
    SELLER,
    TOKEN,
    document,
    script,
    token_of,
    verdict,
)

__all__ = ["script"]

OURS, OTHERS = token_of(REGISTRY, 1), token_of(REGISTRY, 2)
ETHER = 10**18
START, END = 1_893_456_000, 1_893_542_400  # 2030-01-01 and 02, midnight UTC
ENTRIES = ((BUYER, 7 * ETHER), (SELLER, 5), ("0x" + "11" * 20, ETHER))
TYPED = "\n".join(
    ("account;amount", "# founders", f"{BUYER};7", f'"{SELLER}",0.000000000000000005', f"0x{'11' * 20}\t1")
)
ROOT = root_of(ENTRIES, OURS, 3)
PRICE = 10**15 + 1


def phase(**changes):
    values = {
        "token": OURS, "community": 1, "number": 3, "start": START, "end": END, "supply": 20 * ETHER, "limit": 4 * ETHER,
        "price": PRICE, "currency": ZERO_ADDRESS, "root": ROOT,
    }  # fmt: skip
    values |= changes
    return (*list(values.values())[:-1], bytes.fromhex(values["root"][2:]))


FORM = {
    "start": "2030-01-01T00:00", "end": "2030-01-02T00:00", "supply": "20", "limit": "4", "price": "0.001000000000000001",
    "currency": ZERO_ADDRESS, "other_currency": "", "open_to": "list", "lines": TYPED, "number": "3", "root": ROOT, "kept": "",
    "form_key": "k",
}  # fmt: skip
NO_ROOT = "0x" + "00" * 32


def opening(subject="1", value=0, **changes):
    return document("claims.open", "Claims", "openPhase", (phase(**changes),), to=CLAIMS, subject=subject, value=value)


def opened_by(**fields):
    return {"path": "/c/1/claims/open", "fields": FORM | fields}


def test_tree_of_a_typed_list_is_the_one_of_the_server(script):
    assert read_text(TYPED).is_whole
    assert script.result("root", [TYPED, OURS, 3]) == ROOT
    assert script.result("root", ["\ufeff" + TYPED.replace("\n", "\r\n"), OURS, 3]) == ROOT
    for count in (1, 2, 3, 8, 33):
        entries = [(f"0x{number:040x}", number * ETHER) for number in range(1, count + 1)]
        text = "\n".join(f"{account}, {units // ETHER}.0" for account, units in entries)
        assert script.result("root", [text, OURS, 3]) == root_of(entries, OURS, 3)


@pytest.mark.parametrize("text", ["", "# nothing", f"{BUYER}", f"{BUYER},1,2", f"{BUYER},x", f"<b>{BUYER}</b>,1"])
def test_text_that_is_no_list_has_no_tree(script, text):
    assert script.result("root", [text, OURS, 3]) is None


def test_honest_opening_passes(script):
    assert verdict(script, opening(), opened_by()) == []
    assert verdict(script, opening(), opened_by(lines="", kept="0x" + "12" * 32)) == []
    assert verdict(script, opening()) == []
    assert verdict(script, opening(root=NO_ROOT), opened_by(open_to="all")) == []
    plain = opened_by(open_to="all", limit="", price="", currency="other", other_currency=TOKEN)
    assert verdict(script, opening(root=NO_ROOT, limit=0, price=0, currency=TOKEN), plain) == []


OPENING_LIES = {
    "another token": opening(token=OTHERS),
    "another community": opening(subject="2"),
    "another community in the phase": opening(community=2),
    "money that goes along": opening(value=1),
}
OPENING_FORM_LIES = {
    "another community with its token": opening(token=OTHERS, community=2, subject="2"),
    "another number": opening(number=4),
    "another start": opening(start=START + 60),
    "another end": opening(end=END - 1),
    "another supply": opening(supply=21 * ETHER),
    "another limit": opening(limit=0),
    "another price": opening(price=PRICE - 1),
    "another currency": opening(currency=TOKEN),
    "another list": opening(root="0x" + "22" * 32),
    "no list": opening(root=NO_ROOT),
}


@pytest.mark.parametrize("name", OPENING_LIES)
def test_lying_opening_is_found_out_without_the_form(script, name):
    assert verdict(script, OPENING_LIES[name]) != []


@pytest.mark.parametrize("name", [*OPENING_LIES, *OPENING_FORM_LIES])
def test_lying_opening_is_found_out_with_the_form(script, name):
    assert verdict(script, (OPENING_LIES | OPENING_FORM_LIES)[name], opened_by()) != []


def test_root_of_other_lines_is_found_out_although_the_page_showed_it(script):
    other = root_of(((BUYER, 7 * ETHER), (SELLER, 6), ("0x" + "11" * 20, ETHER)), OURS, 3)
    assert verdict(script, opening(root=other), opened_by(root=other)) != []
    assert verdict(script, opening(root=ROOT), opened_by(open_to="all")) != []


# ---- claiming

AMOUNT = 3 * ETHER + 1
COST = cost_of(AMOUNT, PRICE)
STRUCT = "(address,uint64,uint32,uint40,uint40,uint112,uint112,uint128,address,bytes32)"
KEY = "0x" + keccak(encode([STRUCT], [phase()])).hex()
PROOF = tuple(tree_over(ENTRIES, OURS, 3).proof(leaf_of(OURS, 3, BUYER, 7 * ETHER)))
CLAIM = {"amount": "3.000000000000000001", "price": str(PRICE), "currency": ZERO_ADDRESS, "form_key": "k"}


def claiming(amount=AMOUNT, allowance=7 * ETHER, proof=PROOF, cost=COST, to=BUYER, value=COST, subject="1", **changes):
    args = (phase(**changes), amount, allowance, proof, cost, to)
    return document("claims.claim", "Claims", "claim", args, to=CLAIMS, subject=subject, value=value)


def claimed_by(number=3, **fields):
    return {"path": f"/c/1/claims/{number}/claim", "fields": CLAIM | {"key": KEY} | fields}


def test_cost_is_rounded_up():
    assert COST == 3 * 10**15 + 3 + 1
    assert (cost_of(1, 1), cost_of(10**18, 1), cost_of(10**18 + 1, 1), cost_of(5, 0)) == (1, 1, 2, 0)


def test_honest_claim_passes(script):
    assert verdict(script, claiming(), claimed_by()) == []
    assert verdict(script, claiming()) == []
    for_everybody = claiming(allowance=0, proof=(), root=NO_ROOT)
    assert verdict(script, for_everybody) == []
    assert verdict(script, claiming(currency=TOKEN, value=0)) == []


CLAIM_LIES = {
    "a higher bound": claiming(cost=COST + 1),
    "more money": claiming(value=COST + 1),
    "no money": claiming(value=0),
    "another receiver": claiming(to=SELLER),
    "another allowance": claiming(allowance=8 * ETHER),
    "a proof cut off": claiming(proof=PROOF[:-1]),
    "another token": claiming(token=OTHERS),
    "another community": claiming(subject="2"),
}
CLAIM_FORM_LIES = {
    "another amount": claiming(amount=2 * ETHER, cost=cost_of(2 * ETHER, PRICE), value=cost_of(2 * ETHER, PRICE)),
    "a dearer phase": claiming(price=2 * PRICE, cost=cost_of(AMOUNT, 2 * PRICE), value=cost_of(AMOUNT, 2 * PRICE)),
    "another phase": claiming(allowance=0, proof=(), root=NO_ROOT),
    "a closing": document("claims.close", "Claims", "closePhase", (phase(),), to=CLAIMS, subject="1"),
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIM_LIES)
def test_lying_claim_is_found_out_without_the_form(script, name):
    assert verdict(script, CLAIM_LIES[name]) != []


@pytest.mark.parametrize("name", [*CLAIM_LIES, *CLAIM_FORM_LIES])
def test_lying_claim_is_found_out_with_the_form(script, name):
    assert verdict(script, (CLAIM_LIES | CLAIM_FORM_LIES)[name], claimed_by()) != []


def approval(units=COST, spender=CLAIMS, to=TOKEN):
    return document("token.approve", "ERC20", "approve", (spender, units), to=to, subject=to)


@pytest.mark.parametrize(
    ("lie", "honest"),
    [({}, True), ({"units": COST + 1}, False), ({"spender": CURVES}, False), ({"spender": MARKET}, False), ({"to": SELLER}, False)],
)  # fmt: skip
def test_approval_of_a_claim_is_for_its_cost_alone(script, lie, honest):
    assert (verdict(script, approval(**lie), claimed_by(currency=TOKEN)) == []) is honest


@pytest.mark.parametrize(("number", "honest"), [(3, True), (4, False)])
def test_closing_is_of_the_phase_of_its_page(script, number, honest):
    closing = document("claims.close", "Claims", "closePhase", (phase(),), to=CLAIMS, subject="1")
    form = {"path": f"/c/1/claims/{number}/close", "fields": {"form_key": "k"}}
    assert (verdict(script, closing, form) == []) is honest


# ---- airdrops, and what was earned


@pytest.mark.parametrize(
    ("accounts", "amounts", "honest"),
    [((BUYER, SELLER), (7, 5), True), ((BUYER, SELLER), (7, 6), False), ((BUYER,), (7,), False), ((SELLER, BUYER), (7, 5), False)],
)  # fmt: skip
def test_airdrop_mints_the_lines_that_the_page_showed(script, accounts, amounts, honest):
    minting = document("tokens.mint_batch", "CommunityToken", "mintBatch", (accounts, amounts), to=OURS, subject="1")
    fields = {"entries": f"{BUYER},7\r\n{SELLER},5", "form_key": "k"}
    assert (verdict(script, minting, {"path": f"/c/1/airdrop/{ROOT}/2", "fields": fields}) == []) is honest
    assert verdict(script, minting, {"path": f"/c/2/airdrop/{ROOT}/2", "fields": fields}) != []


@pytest.mark.parametrize(("name", "to"), [("Claims", CLAIMS), ("Curves", CURVES)])
def test_earnings_are_taken_out_of_the_ledger_of_the_form(script, name, to):
    owner, word = "0x" + "77" * 20, name.lower()
    args = (owner, ZERO_ADDRESS, BUYER, 5 * ETHER)
    taking = document(f"credits.withdraw_{word}", name, "withdrawFrom", args, to=to, subject=owner)

    def form(ledger=word, account=owner, amount="5"):
        fields = {"amount": amount, "to": BUYER, "form_key": "k"}
        return {"path": f"/credits/{ledger}/{account}/{ZERO_ADDRESS}/withdraw", "fields": fields}

    assert verdict(script, taking, form()) == []
    assert verdict(script, taking) == []
    assert verdict(script, taking, form(amount="4")) != []
    assert verdict(script, taking, form(account=SELLER)) != []
    assert verdict(script, taking, form(ledger="curves" if word == "claims" else "claims")) != []
