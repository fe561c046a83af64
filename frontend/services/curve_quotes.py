"""What trades on a curve cost and bring, in whole numbers, from the index: the contract computes the same and checks the bound.

Source: Curves.sol, quoteBuy and quoteSell.
"""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext

from frontend.curve import BPS, TOKEN, largest
from frontend.errors import Refused
from frontend.index.curve_views import Curve
from frontend.services.revert_texts import sentence
from frontend.services.reverts import Refusal


@dataclass(frozen=True)
class Quote:
    """A trade at the price of now. Tokens and money in smallest units.

    money: into the reserve, or out of it; fee: on top of it, or off it; total: paid, or paid out; bound: most of that, or
    least; prices: those of a whole token before and after.
    """

    amount_units: int
    money_units: int
    fee_units: int
    total_units: int
    bound_units: int
    price_before_units: int
    price_after_units: int

    @property
    def average_price_units(self) -> int:
        """What a whole token costs or brings in this trade, before the fee; rounds down."""
        return self.money_units * TOKEN // self.amount_units

    @property
    def impact_bps(self) -> int | None:
        """By how much the average price is away from the price before; None where that was 0. Rounds down."""
        if self.price_before_units == 0:
            return None
        return abs(self.average_price_units - self.price_before_units) * BPS // self.price_before_units


@dataclass(frozen=True)
class SwapQuote:
    """Both halves of a change of one token into another; what is left over comes back as money."""

    sale: Quote
    purchase: Quote

    @property
    def rest_units(self) -> int:
        """What is paid out besides, at the price of now."""
        return self.sale.total_units - self.purchase.total_units


def quote_purchase(curve: Curve, amount_units: int, slippage_bps: int = 0) -> Quote:
    """Say what an exact amount of tokens costs; the bound is that, and the slippage on top. Raises: Refused."""
    if amount_units > curve.left_units:
        raise _refused("CurvesSoldOut", amount=amount_units, left=curve.left_units)
    cost, fee = curve.cost_of(amount_units)
    total = cost + fee
    return _quote(curve, amount_units, (cost, fee, total), _more(total, slippage_bps), +1)


def quote_budget(curve: Curve, budget_units: int, slippage_bps: int) -> Quote:
    """Say how many tokens can be had for an amount of money that is spent at most; the slippage is kept back of it. Raises: Refused."""
    spent_units = budget_units * BPS // (BPS + slippage_bps)
    amount_units = largest(lambda units: sum(curve.cost_of(units)) <= spent_units, curve.left_units)
    if amount_units == 0:
        if curve.left_units == 0:
            raise Refused(gettext("The curve has sold all that it can sell."), key="sold_out", field="amount")
        raise Refused(
            gettext("That is too little for even the smallest part of a token."), key="budget_too_small", field="amount"
        )
    cost, fee = curve.cost_of(amount_units)
    return _quote(curve, amount_units, (cost, fee, cost + fee), budget_units, +1)


def quote_sale(curve: Curve, amount_units: int, slippage_bps: int = 0) -> Quote:
    """Say what an exact amount of tokens brings; the bound is that, less the slippage. Raises: Refused."""
    if amount_units > curve.sold_units:
        raise _refused("CurvesMoreThanSold", amount=amount_units, sold=curve.sold_units)
    proceeds, fee = curve.proceeds_of(amount_units)
    net = proceeds - fee
    return _quote(curve, amount_units, (proceeds, fee, net), net * (BPS - slippage_bps) // BPS, -1)


def quote_swap(one: Curve, other: Curve, amount_units: int, slippage_bps: int) -> SwapQuote:
    """Say how many tokens of another curve an amount of one curve's tokens buys, with the slippage kept back. Raises: Refused."""
    if one.currency != other.currency:
        raise _refused("CurvesOtherCurrency", sold=one.currency, bought=other.currency)
    sale = quote_sale(one, amount_units, slippage_bps)
    return SwapQuote(sale, quote_budget(other, sale.total_units, slippage_bps))


def _quote(curve: Curve, amount_units: int, money: tuple[int, int, int], bound_units: int, sign: int) -> Quote:
    after_units = curve.shape.price_down(curve.sold_units + sign * amount_units)
    return Quote(amount_units, *money, bound_units, curve.price_units, after_units)


def _more(units: int, slippage_bps: int) -> int:
    """Give an amount and a part of it on top; rounds up."""
    return units + -(-units * slippage_bps // BPS)


def _refused(error: str, **args: object) -> Refused:
    return Refused(sentence(Refusal(error, dict(args))), key=error, field="amount")
