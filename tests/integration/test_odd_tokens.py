"""Odd tokens in every flow: money is conserved, or the call is refused and nothing has happened. Writes docs/odd-tokens.md."""

from collections.abc import Callable

import pytest

from tests.fixtures.market import ARBITER_FEE, COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import completed
from tests.helpers.deal import State
from tests.helpers.odd_flows import CART_WEI, END, FLOWS, LITTLE, SERVICE_EXTRAS, WORKS, Flow, reasons
from tests.helpers.odd_page import PAGE, page
from tests.helpers.odd_stage import NO_REASON, PAYEES, PAYEES_BPS, Reading, RefusedError, Stage, speaking
from tests.helpers.odd_tokens import TOKENS, OddToken
from tests.helpers.pages import keep_fresh
from tests.helpers.raw import Raw
from tests.helpers.terms import SERVICE, ZERO

pytestmark = pytest.mark.anvil_only(
    "1,400 calls, all balances read after each; tests/unit has odd tokens on both nodes"
)

OWNED = 2**100
DEAR = 2**97
IN_DEPOSIT = 1_009
BOND_BPS = 1_000
ROLES = ("owner", "seller", "buyer", "arbiter", "backup", "payer", "stranger", "steward")


@pytest.fixture(scope="module")
def roles(request, accounts):
    return {name: request.getfixturevalue(name) for name in ROLES} | {"guest": accounts[8]}


@pytest.fixture(scope="module")
def codes(request, owner) -> dict[tuple, str]:
    """Give the address of each token's code, by the mock and what it was made with."""
    wanted = {(token.container, token.arguments) for token in TOKENS}
    return {
        (name, arguments): request.getfixturevalue(name).deploy(*arguments, {"from": owner}).address
        for name, arguments in sorted(wanted)
    }


@pytest.fixture(scope="module")
def coin(request, ChangingToken, codes, owner, roles, market, steward):
    """Give a token that becomes any other one; everybody has much of it, and all but one have approved the Market."""
    containers = [request.getfixturevalue(name) for name in sorted({token.container for token in TOKENS})]
    made = ChangingToken.deploy(codes[TOKENS[0].container, TOKENS[0].arguments], {"from": owner})
    coin = speaking(made.address, ChangingToken, *containers)
    for account in roles.values():
        coin.mint(account, OWNED, {"from": owner})
        if account != steward:
            coin.approve(market, 2**256 - 1, {"from": account})
    return coin


@pytest.fixture(scope="module")
def solid(OddToken, owner, roles, market):
    made = OddToken.deploy(18, {"from": owner})
    made.mint(roles["guest"], OWNED, {"from": owner})
    made.approve(market, OWNED, {"from": roles["guest"]})
    return made


@pytest.fixture(scope="module")
def split(make_split, roles):
    return make_split(*zip((roles[name] for name in PAYEES), PAYEES_BPS, strict=True))


@pytest.fixture(scope="module")
def deals(market, splits, coin, solid, split, roles, make_deal, list_terms, seller, steward, stranger, payer):
    """Orders in every state in the coin, and somebody else's in it, in another token and in ETH."""
    currency = coin.address
    ours = list_terms(currency=currency, referral_bps=211)
    bonded = list_terms(currency=currency, bond_bps=BOND_BPS)
    shared = list_terms(currency=currency, split_id=split, split_version=1, arbiter_fee=0)
    work = {"kind": SERVICE, "transit_for": 0}
    in_parts = list_terms(currency=currency, extras=SERVICE_EXTRAS, **work)
    dear = list_terms(currency=currency, unit_price=DEAR)
    guest = {"holder": roles["guest"], "payer": roles["guest"], "seller": stranger}
    for_guest = [
        list_terms(currency=unit, seller=str(stranger), sender=stranger) for unit in (currency, solid.address, ZERO)
    ]
    for_eth = list_terms(unit_price=CART_WEI)

    made = {
        "contested": make_deal(State.CONTESTED, ours),
        "disputed": make_deal(State.DISPUTED, ours),
        "completed": make_deal(State.COMPLETED, ours, referrer=payer),
        "resolved": make_deal(State.RESOLVED, ours),
        "cancelled": make_deal(State.CANCELLED, ours),
        "delivered": make_deal(State.DELIVERED, ours),
        "shared": make_deal(State.COMPLETED, shared),
        "in_parts": make_deal(State.ACCEPTED, in_parts),
        "innocent": make_deal(State.DELIVERED, for_guest[0], **guest),
        "innocent_completed": make_deal(State.COMPLETED, for_guest[0], **guest),
        "innocent_solid": make_deal(State.DELIVERED, for_guest[1], **guest),
        "innocent_eth": make_deal(State.DELIVERED, for_guest[2], **guest),
        "unpaid": make_deal(terms=ours, referrer=payer),
        "unapproved": make_deal(terms=ours, holder=steward, payer=steward),
        "gift": make_deal(terms=ours, payer=payer),
        "dear": make_deal(terms=dear, quantity=1),
        "in_cart": make_deal(terms=ours),
        "also_in_cart": make_deal(terms=bonded),
        "in_cart_for_eth": make_deal(terms=for_eth, quantity=1),
    }
    made["delivered"].now_offer("seller", LITTLE)
    made["in_parts"].do("deliverMilestone", seller, SERVICE_EXTRAS.words(), 0, "0x" + "d0" * 32)
    splits.collect(market, currency, split, 1, {"from": stranger})
    made["shared_too"] = make_deal(State.COMPLETED, shared)
    coin.transfer(splits.depositOf(split), IN_DEPOSIT, {"from": seller})
    # a free bond pays the seller's stakes, so it comes last
    bond = 3 * ours.unit_price * BOND_BPS // 10_000
    market.depositBond(seller, coin, 3 * bond + ARBITER_FEE, {"from": seller})
    made["backed"] = make_deal(State.DELIVERED, ours, holder=payer, payer=payer)
    market.depositBond(payer, coin, ARBITER_FEE, {"from": payer})
    made["funded"] = make_deal(State.FUNDED, bonded)
    made["accepted"] = make_deal(State.ACCEPTED, bonded)
    return made


@pytest.fixture(scope="module")
def stage(
    market,
    splits,
    coin,
    solid,
    split,
    deals,
    roles,
    community_id,
    terms,
    accounts,
    owner,
    ManyReads,
    ReentrantParty,
    Splits,
    SplitDeposit,
):
    watcher = ReentrantParty.deploy({"from": owner})
    errors = speaking(splits.address, Splits, SplitDeposit)  # a deposit stands nowhere before it is swept
    raw = Raw(ManyReads.deploy({"from": owner}), market, splits, coin, solid, watcher, errors)
    raw.errors["0x"] = NO_REASON
    # prices above 128 bits are for the contract to refuse
    selector, inputs, outputs = raw.functions[market.address, "list"]
    raw.functions[market.address, "list"] = (selector, [kind.replace("uint128", "uint256") for kind in inputs], outputs)
    return Stage(
        raw=raw,
        market=market,
        splits=splits,
        coin=coin,
        solid=solid,
        split=split,
        deposit=splits.depositOf(split),
        roles=roles,
        deals=deals,
        community_id=community_id,
        taker=accounts[9],
        watcher=watcher,
        listable=terms.but(currency=coin.address, arbiter_fee=0, salt="0x" + "0d" * 32),
    )


@pytest.fixture(scope="module")
def results(stage, codes) -> Callable[[OddToken], dict[str, str]]:
    """Give a function for what each flow gives with a token; each token is looked at once."""
    known: dict[str, dict[str, str]] = {}

    def found(token: OddToken) -> dict[str, str]:
        if token.title not in known:
            known[token.title] = in_every_flow(stage, token, codes[token.container, token.arguments])
        return known[token.title]

    return found


def in_every_flow(stage: Stage, token: OddToken, code: str) -> dict[str, str]:
    """Let the coin become a token, and try each flow from there."""
    with stage.undone():
        stage.decimals, stage.coin_answers = token.decimals, True
        fair = stage.read()
        assert_conserved(stage, fair, fair)
        stage.send("owner", stage.coin, "become", code)
        if token.odd is not None:
            token.odd(stage)
        stage.coin_answers = not token.gone
        odd = stage.read()
        # what changed without a transfer is not the contracts' doing, and stays what it is
        moved = {} if token.gone else {who: odd.held[who] - fair.held[who] for who in fair.held}
        results = {flow.title: in_flow(stage, token, flow, odd, moved) for flow in FLOWS}
        others_are_paid(stage)
    return results


def in_flow(stage: Stage, token: OddToken, flow: Flow, before: Reading, moved: dict) -> str:
    """Run one flow; give what came of it, and see that money is conserved."""
    with stage.undone():
        supply, stage.payouts = stage.ask(stage.coin, "totalSupply") if token.sender_loses else 0, 0
        try:
            result = flow.run(stage) or WORKS
        except RefusedError as problem:
            assert stage.read() == before, "a refused call has changed something"
            return f"refused: {reasons([str(problem)])}"
        after = stage.read()
        burnt = supply - stage.ask(stage.coin, "totalSupply") if token.sender_loses else 0
        lost = (burnt if stage.payouts else 0) - token.kept_units * stage.payouts
        assert_conserved(stage, before, after, moved, lost, flow.eth)
        if flow.group == END and result == WORKS and not lost and not any(moved.values()):
            assert after.held["market", stage.coin.address] == 0
            assert after.held["splits", stage.coin.address] < len(PAYEES_BPS)  # what no division gives to anybody
        return result


def assert_conserved(
    stage: Stage, before: Reading, after: Reading, moved: dict | None = None, lost: int = 0, eth: int = 0
) -> None:
    """Compare what Market and Splits hold with what they owe: to the unit, in each currency."""
    coin = stage.coin.address
    found = {
        (who, currency): after.held[who, currency] - owed
        for currency in stage.currencies
        for who, owed in (
            ("market", after.owed_by_market(stage.deals, currency)),
            ("splits", after.owed_by_splits(currency)),
        )
        if (who, currency) in after.held
    }
    wanted = {pair: (moved or {}).get(pair, 0) if pair[1] == coin else 0 for pair in found}
    assert sum(wanted.values()) - sum(found.values()) == lost
    if not lost:
        assert found == wanted
    if not stage.coin_answers:
        assert after.owed_by_market(stage.deals, coin) == before.owed_by_market(stage.deals, coin)
    for currency in stage.currencies[1:]:
        for who in ("market", "splits"):
            more = eth if (who, currency) == ("market", ZERO) else 0
            assert after.held[who, currency] == before.held[who, currency] + more


def others_are_paid(stage: Stage) -> None:
    """Whoever sold for another currency gets his part of the price to the unit."""
    before = stage.read()
    for name, currency in (("innocent_solid", stage.solid.address), ("innocent_eth", ZERO)):
        stage.act("guest", name, "confirm")
        owed = stage.ask(stage.market, "creditOf", stage.roles["stranger"], currency)
        assert owed == completed(stage.deals[name].total, PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS).seller
        stage.send("stranger", stage.market, "withdraw", currency, stage.taker, owed)
        assert stage.read().held["market", currency] == before.held["market", currency] - owed


@pytest.mark.parametrize("token", TOKENS, ids=[token.title.lower().replace(" ", "_") for token in TOKENS])
def test_money_is_conserved_or_the_call_refused_in_every_flow_when_the_token_is_odd(results, token):
    found = results(token)
    assert set(found) == {flow.title for flow in FLOWS}
    assert any(result.startswith(WORKS) for result in found.values())


def test_every_step_works_when_nothing_is_odd_but_what_the_token_cannot_do(results):
    found = results(TOKENS[0])
    assert [title for title, result in found.items() if result != WORKS] == [
        "buy with a permit alone",
        "deposit a bond of 2^256 - 1 units",
    ]


@pytest.mark.timeout(900)
def test_page_about_odd_tokens_says_what_happens(results):
    keep_fresh(PAGE, page({token: results(token) for token in TOKENS}), "make odd-tokens")
