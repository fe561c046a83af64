"""Curves in the index: what a page shows of one is what the contract says, also after a reorganisation, and nonsense changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from typing import Any

import pytest

from frontend.curve import Shape
from frontend.index.changes import Changes
from frontend.index.curve_state import HANDLERS
from frontend.index.curve_views import Curve
from frontend.index.decode import Event, Log, Malformed
from frontend.index.models import curve_trades, curves
from frontend.index.queries import Queries
from frontend.pages.curves import beside_units
from tests.index.market import BACKED, CURVED, ETHER, ZERO_ADDRESS, Index, Market, Told

RADIO, MOSS = 1, 2
STRANGE = "0x" + "99" * 32
LATE = 2**40


@pytest.fixture
def stage(told: Told) -> Market:
    return told.market


def curve_of(queries: Queries) -> Curve:
    found = queries.curve(MOSS)
    assert found is not None
    return found


def assert_as_the_contract_says(queries: Queries, stage: Market) -> None:
    """Compare the whole curve, its price, and what trades would cost and bring."""
    found, token = curve_of(queries), stage.token(MOSS)
    (state,) = stage.ask("Curves", stage.curves, "curveOf", token)
    (currency, fee_bps, base_price, slope, steps), community_id, capacity, backed, sold, reserve = state
    assert (found.token, found.community_id, found.currency, found.fee_bps) == (
        token.lower(),
        community_id,
        currency,
        fee_bps,
    )
    assert found.shape == Shape(base_price, slope, tuple(steps))
    assert (found.capacity_units, found.backed_units) == (capacity, backed)
    assert (found.sold_units, found.reserve_units) == (sold, reserve)
    assert stage.ask("Curves", stage.curves, "priceAt", token, sold) == (found.price_units,)
    for units in (1, ETHER // 7, found.left_units):
        cost, fee = found.cost_of(units)
        assert stage.ask("Curves", stage.curves, "quoteBuy", token, units) == (cost, fee, cost + fee)
    for units in (1, ETHER // 7, sold):
        proceeds, fee = found.proceeds_of(units)
        assert stage.ask("Curves", stage.curves, "quoteSell", token, units) == (proceeds, fee, proceeds - fee)


def test_curve_stands_as_its_last_trade_left_it(queries: Queries, stage: Market):
    found = curve_of(queries)
    assert (found.capacity_units, found.backed_units) == (BACKED + CURVED, BACKED)
    assert found.sold_units == BACKED + 10 * ETHER + 70 * ETHER + 3 + 7 + 20 * ETHER - 30 * ETHER - 1 - ETHER // 3
    assert found.out_units == found.sold_units - BACKED
    assert (found.trade_count, found.opened_by) == (6, stage.stranger.lower())
    assert queries.curve(RADIO) is None


def test_what_the_index_says_of_the_curve_is_what_the_contract_says(queries: Queries, stage: Market):
    assert_as_the_contract_says(queries, stage)


def test_trades_come_newest_first_and_lead_from_the_opening_to_the_present(queries: Queries, stage: Market):
    found = curve_of(queries)
    trades = queries.curve_trades(found.token).items
    assert [(trade.is_purchase, trade.account, trade.receiver) for trade in trades] == [
        (bought, account.lower(), receiver.lower())
        for bought, account, receiver in (
            (False, stage.buyer, stage.backup),
            (False, stage.buyer, stage.buyer),
            (True, stage.other, stage.other),
            (True, stage.other, stage.buyer),
            (True, stage.buyer, stage.buyer),
            (True, stage.stranger, stage.stranger),
        )
    ]
    sold, reserve, fees = found.backed_units, found.backing_units, 0
    for trade in reversed(trades):
        sign = 1 if trade.is_purchase else -1
        sold, reserve, fees = (
            sold + sign * trade.amount_units,
            reserve + sign * trade.money_units,
            fees + trade.fee_units,
        )
        assert (trade.sold_units, trade.reserve_units) == (sold, reserve)
        assert trade.price_units == found.shape.price_down(sold)
        assert trade.total_units == trade.money_units + sign * trade.fee_units
    assert (sold, reserve, fees) == (found.sold_units, found.reserve_units, found.fees_units)


def test_fees_stand_in_the_ledger_of_the_curves(queries: Queries, stage: Market):
    account = stage.ask("CommunityRegistry", stage.registry, "accountOf", MOSS)[0]
    (owed,) = stage.ask("Curves", stage.curves, "creditOf", account, ZERO_ADDRESS)
    assert [(row.currency, row.amount_units) for row in queries.ledger_credits(stage.curves, account)] == [
        (ZERO_ADDRESS, owed)
    ]
    assert owed == curve_of(queries).fees_units - 10**12


def test_what_the_curve_mints_and_burns_does_not_count_as_minted_by_the_steward(queries: Queries, stage: Market):
    moss = queries.community(MOSS)
    assert moss is not None
    assert moss.minted_by_steward_units == 0
    assert moss.supply_units == curve_of(queries).out_units
    assert stage.ask("CommunityToken", moss.token, "totalSupply") == (moss.supply_units,)


def test_supply_beside_a_curve_is_what_the_token_says(queries: Queries, stage: Market):
    radio = queries.community(RADIO)
    assert radio is not None
    assert radio.token is not None
    said = stage.ask("CommunityToken", radio.token, "supplyBesideCurve")
    assert said == (beside_units(radio, queries.claimed_units(RADIO)),)


def test_curves_of_a_currency_are_listed(queries: Queries):
    assert queries.curves_in(ZERO_ADDRESS) == [(MOSS, "이끼 Moss 클럽", "DKB")]
    assert queries.curves_in("0x" + "12" * 20) == []


def test_trades_of_blocks_that_were_undone_are_undone(market: Market, index: Index, fresh: Callable[..., list[str]]):
    market.play()
    index.follow()
    queries, token = Queries(index.engine), market.token(MOSS)
    before = curve_of(queries)
    snapshot = market.rpc("evm_snapshot")
    market.on_curves("buy", [token, 9 * ETHER, ETHER, LATE, market.seller], market.seller, ETHER)
    market.mine(2)
    index.follow()
    assert curve_of(queries).sold_units == before.sold_units + 9 * ETHER
    assert curve_of(queries).trade_count == before.trade_count + 1
    market.rpc("evm_revert", snapshot)
    market.on_curves("sell", [token, 5 * ETHER, 0, LATE, market.buyer], market.buyer)
    market.mine(3)
    assert index.follow() == fresh()
    after = curve_of(queries)
    assert after.sold_units == before.sold_units - 5 * ETHER
    newest = queries.curve_trades(after.token).items[0]
    assert (newest.is_purchase, newest.amount_units) == (False, 5 * ETHER)
    assert_as_the_contract_says(queries, market)


def opening(stage: Market, **changes: Any) -> dict[str, Any]:
    price = {
        "currency": ZERO_ADDRESS,
        "feeBps": 100,
        "basePrice": 0,
        "slope": 0,
        "steps": [[5, 1], [100, 2**127]],
    }
    args = {
        "token": stage.token(RADIO).lower(),
        "steward": stage.seller.lower(),
        "params": price,
        "capacity": 100,
        "backed": 7,
        "reserve": 12,
    }
    return args | changes


def nonsense(queries: Queries, stage: Market) -> list[tuple[str, dict[str, Any]]]:
    curve = curve_of(queries)
    someone = stage.buyer.lower()
    sold, reserve = curve.sold_units, curve.reserve_units
    buying = {"token": curve.token, "buyer": someone, "to": someone, "amount": 5, "cost": 3, "fee": 1}
    buying |= {"sold": sold + 5, "reserve": reserve + 3}
    selling = {"token": curve.token, "seller": someone, "to": someone, "amount": 5, "proceeds": 3, "fee": 1}
    selling |= {"sold": sold - 5, "reserve": reserve - 3}
    strange, radio = "0x" + "98" * 20, stage.token(RADIO).lower()
    return [
        ("CurveOpened", opening(stage, token=strange)),
        ("CurveOpened", opening(stage, token=curve.token)),
        ("CurveOpened", opening(stage, backed=101)),
        ("CurveBought", buying | {"token": radio}),
        ("CurveBought", buying | {"sold": sold + 6}),
        ("CurveBought", buying | {"reserve": reserve + 4}),
        ("CurveBought", buying | {"amount": curve.left_units + 1, "sold": curve.capacity_units + 1}),
        ("CurveSold", selling | {"token": radio}),
        ("CurveSold", selling | {"sold": sold - 4}),
        ("CurveSold", selling | {"reserve": reserve - 4}),
        ("CurveSold", selling | {"fee": 4}),
    ]


def event_of(name: str, args: dict[str, Any], stage: Market) -> Event:
    return Event(name, args, Log(10**6, STRANGE, 0, STRANGE, stage.curves.lower(), (), b""))


def test_nonsense_is_refused(queries: Queries, stage: Market, read: Index):
    with read.engine.connect() as connection:
        changes = Changes(connection, journal_from=1)
        changes.begin_block(10**6)
        for name, args in nonsense(queries, stage):
            with pytest.raises(Malformed):
                HANDLERS[name](changes, event_of(name, args, stage), args, 1)


def test_a_curve_in_steps_is_kept_with_its_prices_to_the_last_digit(queries: Queries, stage: Market, read: Index):
    with read.engine.connect() as connection:
        changes = Changes(connection, journal_from=1)
        changes.begin_block(10**6)
        args = opening(stage)
        token, someone = args["token"], stage.buyer.lower()
        HANDLERS["CurveOpened"](changes, event_of("CurveOpened", args, stage), args, 1)
        buying = {"token": token, "buyer": someone, "to": someone, "amount": 5, "cost": 1, "fee": 0}
        buying |= {"sold": 12, "reserve": 13}
        assert HANDLERS["CurveBought"](changes, event_of("CurveBought", buying, stage), buying, 1) == f"curve:{token}"
        row, trade = changes.get(curves, token), changes.get(curve_trades, 10**6, 0)
    assert row is not None
    assert trade is not None
    found = Curve(**{part.name: row[part.name] for part in fields(Curve)})
    assert [(step.up_to_units, step.price_units) for step in found.shape.steps] == [(5, 1), (100, 2**127)]
    assert (found.price_units, trade["price_units"]) == (2**127, 2**127)
