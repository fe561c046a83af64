"""The page's own check of trades on curves and of their openings: honest ones pass, each lie is found out."""

import pytest

from frontend.services.permits import Permit
from frontend.services.terms import ZERO_ADDRESS
from tests.frontend.core.test_scripts import (
    BUYER,
    CHAIN_ID,
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
ETHER, LATE = 10**18, 2_000_000_000
BOUND = 11 * 10**15
UNSIGNED = (0, bytes(32), bytes(32))
BY_TOKENS = {
    "by": "tokens", "amount": "5", "slippage": "1", "units": str(5 * ETHER), "bound": str(BOUND), "currency": ZERO_ADDRESS,
    "form_key": "k",
}  # fmt: skip
BY_MONEY = BY_TOKENS | {"by": "money", "amount": "0.011"}
LINE = (ZERO_ADDRESS, 100, 10**15, 4 * 10**30, ())
STEPS = ((100 * ETHER, 10**15), (1_000 * ETHER, 2 * 10**15))
OPENING = {
    "currency": ZERO_ADDRESS, "other_currency": "", "fee": "1", "kind": "line", "first_price": "0.001", "last_price": "0.005",
    "first_units": "5", "capacity": str(1_000 * ETHER), "backing": "7", "first_total": "9", "form_key": "k",
}  # fmt: skip
IN_STEPS = OPENING | {
    "kind": "steps", "first_price": "", "last_price": "", "steps-0-up_to": "100", "steps-0-price": "0.001",
    "steps-1-up_to": "", "steps-1-price": "", "steps-2-up_to": "1000", "steps-2-price": "0.002",
}  # fmt: skip


def curve(action, function, args, value=0, subject="1", permit=None):
    return document(
        f"curves.{action}", "Curves", function, args, to=CURVES, value=value, subject=subject, permit=permit
    )


def form(step, fields, community=1):
    return {"path": f"/c/{community}/curve/{step}", "fields": fields}


def buying(args=(OURS, 5 * ETHER, BOUND, LATE, BUYER), value=BOUND, **more):
    return curve("buy", "buy", args, value, **more)


@pytest.mark.parametrize("fields", [BY_TOKENS, BY_MONEY], ids=["by tokens", "by money"])
def test_honest_purchase_passes(script, fields):
    assert verdict(script, buying(), form("buy", fields)) == []
    assert verdict(script, buying()) == []


PURCHASE_LIES = {
    "another token": buying((OTHERS, 5 * ETHER, BOUND, LATE, BUYER)),
    "another receiver": buying((OURS, 5 * ETHER, BOUND, LATE, SELLER)),
    "more money than the bound": buying(value=BOUND + 1),
    "another community": buying(subject="2"),
    "no community": buying(subject=""),
}
PURCHASE_FORM_LIES = {
    "fewer tokens": buying((OURS, 4 * ETHER, BOUND, LATE, BUYER)),
    "a higher bound": buying((OURS, 5 * ETHER, BOUND + 1, LATE, BUYER), BOUND + 1),
    "no money where ETH is due": buying(value=0),
    "another community with its token": buying((OTHERS, 5 * ETHER, BOUND, LATE, BUYER), subject="2"),
    "a sale": curve("sell", "sell", (OURS, 5 * ETHER, 0, LATE, BUYER)),
}


@pytest.mark.parametrize("name", PURCHASE_LIES)
def test_lying_purchase_is_found_out_without_the_form(script, name):
    assert verdict(script, PURCHASE_LIES[name]) != []


@pytest.mark.parametrize("name", [*PURCHASE_LIES, *PURCHASE_FORM_LIES])
@pytest.mark.parametrize("fields", [BY_TOKENS, BY_MONEY], ids=["by tokens", "by money"])
def test_lying_purchase_is_found_out_with_the_form(script, name, fields):
    assert verdict(script, (PURCHASE_LIES | PURCHASE_FORM_LIES)[name], form("buy", fields)) != []


def permitted(action, function, args, token, units, **changes):
    permit = Permit(token, "Club", CHAIN_ID, BUYER, CURVES, units, 0, LATE)
    typed = permit.typed_data()
    for path, value in changes.items():
        place, name = path.split("_", 1)
        typed[place][name] = value
    return curve(action, function, (*args, permit.unsigned()), permit=typed)


def buying_with_permit(**changes):
    return permitted("buy", "buyWithPermit", (OURS, 5 * ETHER, BOUND, LATE, BUYER), TOKEN, BOUND, **changes)


def selling_with_permit(**changes):
    return permitted("sell", "sellWithPermit", (OURS, 5 * ETHER, 3, LATE, BUYER), OURS, 5 * ETHER, **changes)


PERMIT_LIES = [
    {"message_spender": MARKET}, {"message_owner": SELLER}, {"message_value": str(2**256 - 1)}, {"message_deadline": str(2**256 - 1)},
    {"domain_chainId": "1"}, {"domain_verifyingContract": SELLER},
]  # fmt: skip


@pytest.mark.parametrize("changes", [{}, *PERMIT_LIES], ids=str)
def test_permit_of_a_trade_passes_only_as_it_must_be(script, changes):
    in_tokens = form("buy", BY_TOKENS | {"currency": TOKEN})
    assert (verdict(script, buying_with_permit(**changes), in_tokens) == []) is (changes == {})
    selling = form("sell", {"amount": "5", "bound": "3", "units": str(5 * ETHER), "form_key": "k"})
    assert (verdict(script, selling_with_permit(**changes), selling) == []) is (changes == {})
    assert (verdict(script, selling_with_permit(**changes)) == []) is (changes == {})


def test_permit_in_the_call_for_another_amount_is_found_out(script):
    permit = (BOUND + 1, LATE, *UNSIGNED)
    assert verdict(script, curve("buy", "buyWithPermit", (OURS, 5 * ETHER, BOUND, LATE, BUYER, permit))) != []
    permit = (5 * ETHER + 1, LATE, *UNSIGNED)
    assert verdict(script, curve("sell", "sellWithPermit", (OURS, 5 * ETHER, 3, LATE, BUYER, permit))) != []


@pytest.mark.parametrize(
    ("args", "value", "honest"),
    [
        ((OURS, 5 * ETHER, 3, LATE, BUYER), 0, True), ((OURS, 6 * ETHER, 3, LATE, BUYER), 0, False),
        ((OURS, 5 * ETHER, 2, LATE, BUYER), 0, False), ((OURS, 5 * ETHER, 3, LATE, SELLER), 0, False),
        ((OTHERS, 5 * ETHER, 3, LATE, BUYER), 0, False), ((OURS, 5 * ETHER, 3, LATE, BUYER), 1, False),
    ],
)  # fmt: skip
def test_sale_of_another_amount_bound_or_receiver_is_found_out(script, args, value, honest):
    fields = {"amount": "5", "slippage": "1", "bound": "3", "units": str(5 * ETHER), "form_key": "k"}
    assert (verdict(script, curve("sell", "sell", args, value), form("sell", fields)) == []) is honest


@pytest.mark.parametrize(
    ("args", "honest"),
    [
        ((OURS, 5 * ETHER, OTHERS, 4 * ETHER, LATE), True), ((OURS, 6 * ETHER, OTHERS, 4 * ETHER, LATE), False),
        ((OURS, 5 * ETHER, token_of(REGISTRY, 3), 4 * ETHER, LATE), False), ((OURS, 5 * ETHER, TOKEN, 4 * ETHER, LATE), False),
        ((OURS, 5 * ETHER, OTHERS, 3 * ETHER, LATE), False), ((OTHERS, 5 * ETHER, OURS, 4 * ETHER, LATE), False),
    ],
)  # fmt: skip
def test_swap_into_another_token_or_amount_is_found_out(script, args, honest):
    fields = {"amount": "5", "other": "2", "units": str(4 * ETHER), "bound": str(5 * ETHER), "form_key": "k"}
    assert (verdict(script, curve("swap", "swap", args), form("swap", fields)) == []) is honest


@pytest.mark.parametrize(
    ("step", "fields", "to", "spender", "units", "honest"),
    [
        ("buy", BY_TOKENS | {"currency": TOKEN}, TOKEN, CURVES, BOUND, True),
        ("buy", BY_TOKENS | {"currency": TOKEN}, TOKEN, MARKET, BOUND, False),
        ("buy", BY_TOKENS | {"currency": TOKEN}, SELLER, CURVES, BOUND, False),
        ("buy", BY_TOKENS | {"currency": TOKEN}, TOKEN, CURVES, BOUND + 1, False),
        ("swap", {"amount": "5"}, OURS, CURVES, 5 * ETHER, True),
        ("swap", {"amount": "5"}, OTHERS, CURVES, 5 * ETHER, False),
        ("swap", {"amount": "5"}, OURS, CURVES, 6 * ETHER, False),
        ("open", OPENING | {"currency": "other", "other_currency": TOKEN}, TOKEN, CURVES, 16, True),
        ("open", OPENING | {"currency": "other", "other_currency": TOKEN}, SELLER, CURVES, 16, False),
        ("open", OPENING | {"currency": TOKEN}, TOKEN, CURVES, 17, False),
    ],
)
def test_approval_for_a_trade_is_for_the_curves_and_for_its_bound(script, step, fields, to, spender, units, honest):
    intent = document("token.approve", "ERC20", "approve", (spender, units), to=to)
    assert (verdict(script, intent, form(step, {**fields, "form_key": "k"})) == []) is honest


def opening(params=LINE, backing=7, units=5 * ETHER, total=9, value=16, token=OURS, subject="1"):
    return curve("open", "open", (token, params, backing, units, total, LATE), value, subject=subject)


def line(**changes):
    names = ("currency", "fee", "base", "slope", "steps")
    return tuple((dict(zip(names, LINE, strict=True)) | changes).values())


def test_honest_openings_pass(script):
    assert verdict(script, opening(), form("open", OPENING)) == []
    assert verdict(script, opening()) == []
    in_steps = opening(line(base=0, slope=0, steps=STEPS))
    assert verdict(script, in_steps, form("open", IN_STEPS)) == []


def test_line_whose_slope_had_to_be_rounded_passes(script):
    slope = -(-4 * 10**15 * 10**36 // (999 * ETHER))
    fields = OPENING | {"capacity": str(999 * ETHER)}
    assert verdict(script, opening(line(slope=slope)), form("open", fields)) == []
    assert verdict(script, opening(line(slope=slope - 1)), form("open", fields)) != []


OPENING_LIES = {
    "another token": opening(token=OTHERS),
    "another currency": opening(line(currency=TOKEN), value=0),
    "a higher fee": opening(line(fee=200)),
    "another first price": opening(line(base=2 * 10**15)),
    "another slope": opening(line(slope=5 * 10**30)),
    "more backing": opening(backing=8, value=17),
    "a larger purchase": opening(units=6 * ETHER),
    "a dearer purchase": opening(total=10, value=17),
    "more money": opening(value=17),
    "steps": opening(line(base=0, slope=0, steps=STEPS)),
}


@pytest.mark.parametrize("name", OPENING_LIES)
def test_lying_opening_is_found_out(script, name):
    assert verdict(script, OPENING_LIES[name], form("open", OPENING)) != []


@pytest.mark.parametrize(
    "steps",
    [
        STEPS[:1],
        (STEPS[0], (1_001 * ETHER, STEPS[1][1])),
        (STEPS[0], (STEPS[1][0], 3 * 10**15)),
        (*STEPS, (10**22, 10**16)),
        (),
    ],
)
def test_other_steps_than_typed_are_found_out(script, steps):
    assert verdict(script, opening(line(base=0, slope=0, steps=steps)), form("open", IN_STEPS)) != []


COMMUNITY = {"name": "Club", "symbol": "CLUB", "cap": "1000", "founder_allocation": "10", "fee": "2", "form_key": "k"}


@pytest.mark.parametrize(
    ("reserves", "fields", "honest"),
    [
        ((ZERO_ADDRESS, 0, ZERO_ADDRESS, 0), {}, True),
        ((CLAIMS, 5 * ETHER, CURVES, 7 * ETHER), {"claim_allocation": "5", "curve_allocation": "7"}, True),
        ((ZERO_ADDRESS, 0, CURVES, 7 * ETHER), {"claim_allocation": "", "curve_allocation": "7"}, True),
        ((SELLER, 5 * ETHER, CURVES, 7 * ETHER), {"claim_allocation": "5", "curve_allocation": "7"}, False),
        ((CLAIMS, 5 * ETHER, SELLER, 7 * ETHER), {"claim_allocation": "5", "curve_allocation": "7"}, False),
        ((CLAIMS, 5 * ETHER, CURVES, 8 * ETHER), {"claim_allocation": "5", "curve_allocation": "7"}, False),
        ((CLAIMS, 6 * ETHER, CURVES, 7 * ETHER), {"claim_allocation": "5", "curve_allocation": "7"}, False),
        ((CLAIMS, 6 * ETHER, ZERO_ADDRESS, 0), {}, False),
    ],
)
def test_reserves_of_a_new_community_are_those_of_its_form_for_the_recorded_contracts(script, reserves, fields, honest):
    params = ("Club", "CLUB", 1_000 * ETHER, 10 * ETHER, 0, 86400, 200, "http://x", bytes(32), *reserves)
    intent = document("communities.open", "CommunityRegistry", "openCommunity", (params,), to=REGISTRY)
    assert (verdict(script, intent, {"path": "/c/new", "fields": COMMUNITY | fields}) == []) is honest
