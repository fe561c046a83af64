"""Curves in plain Python: what each call gives, moves and refuses, in exact fractions.

Written from the promises, so that it can be an oracle: it shares no code with the contracts or the pages and asks them nothing.
"""

from collections import Counter
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import ceil, floor

WHOLE = 10**18  # smallest units of a whole token
WAD = 10**18
BPS = 10_000
MAX_FEE_BPS = 1_000
MAX_STEPS = 16
MAX_RESERVE = (2**128 - 1) // 2


class Refused(Exception):
    """The contract must refuse, with this error and these arguments."""

    def __init__(self, error: str, *args):
        super().__init__(error, *args)
        self.error, self.arguments = error, args


@dataclass(frozen=True)
class Shape:
    """What a curve is opened with. Steps are pairs of the supply at which each ends and its price."""

    currency: str
    fee_bps: int = 0
    base_price: int = 0
    slope: int = 0
    steps: tuple[tuple[int, int], ...] = ()

    def words(self) -> tuple:
        """Give it as the contract takes it."""
        return self.currency, self.fee_bps, self.base_price, self.slope, [list(step) for step in self.steps]

    def but(self, **changes) -> "Shape":
        """Give it with some of it changed."""
        return replace(self, **changes)

    def worth(self, supply: int) -> Fraction:
        """Give what the first `supply` units cost exactly, in the currency's smallest unit."""
        if not self.steps:
            tokens = Fraction(supply, WHOLE)
            return self.base_price * tokens + Fraction(self.slope, WAD) * tokens * tokens / 2
        total, start = Fraction(0), 0
        for end, price in self.steps:
            total += Fraction(max(0, min(supply, end) - start), WHOLE) * price
            start = end
        return total

    def price(self, supply: int) -> int:
        """Give the price of the unit that follows a supply, per whole token; on steps the last one goes on."""
        if not self.steps:
            return floor(self.base_price + Fraction(self.slope, WAD) * Fraction(supply, WHOLE))
        return next((price for end, price in self.steps if supply < end), self.steps[-1][1])


@dataclass
class Book:
    """One curve: its shape, and what trades have moved."""

    shape: Shape
    capacity: int
    backed: int
    sold: int
    reserve: int
    credit: int = 0

    def fee(self, amount: int) -> int:
        """Give the community's part of an amount."""
        return ceil(Fraction(amount * self.shape.fee_bps, BPS))

    def cost(self, amount: int) -> tuple[int, int]:
        """Give what a purchase brings into the reserve, and its fee."""
        if amount == 0:
            raise Refused("CurvesNoAmount")
        if amount > self.capacity - self.sold:
            raise Refused("CurvesSoldOut", amount, self.capacity - self.sold)
        cost = ceil(self.shape.worth(self.sold + amount) - self.shape.worth(self.sold))
        return cost, self.fee(cost)

    def proceeds(self, amount: int) -> tuple[int, int]:
        """Give what a sale takes out of the reserve, and the fee that goes off it."""
        if amount == 0:
            raise Refused("CurvesNoAmount")
        if amount > self.sold:
            raise Refused("CurvesMoreThanSold", amount, self.sold)
        proceeds = floor(self.shape.worth(self.sold) - self.shape.worth(self.sold - amount))
        return proceeds, self.fee(proceeds)

    def check(self) -> None:
        """Make sure that the reserve covers every unit that was sold, and is what rounding leaves above it."""
        assert 0 <= self.sold <= self.capacity
        assert self.reserve >= self.shape.worth(self.sold)


def opened(shape: Shape, beside: int, allocation: int) -> Book:
    """Give a curve just opened: every token of other origin is paid for."""
    check_shape(shape, beside + allocation)
    return Book(shape, beside + allocation, beside, beside, ceil(shape.worth(beside)))


def check_shape(shape: Shape, capacity: int) -> None:
    """Refuse what is no price."""
    if shape.fee_bps > MAX_FEE_BPS:
        raise Refused("CurvesFeeTooHigh", shape.fee_bps, MAX_FEE_BPS)
    if not shape.steps:
        if shape.base_price == shape.slope == 0:
            raise Refused("CurvesNoPrice")
    else:
        _check_steps(shape, capacity)
    whole = ceil(shape.worth(capacity))
    if whole > MAX_RESERVE:
        raise Refused("CurvesTooDear", whole, MAX_RESERVE)


def _check_steps(shape: Shape, capacity: int) -> None:
    if shape.base_price or shape.slope:
        raise Refused("CurvesTwoShapes")
    if len(shape.steps) > MAX_STEPS:
        raise Refused("CurvesTooManySteps", len(shape.steps), MAX_STEPS)
    if shape.steps[0][1] == 0:
        raise Refused("CurvesNoPrice")
    last_end, last_price = 0, 0
    for place, (end, price) in enumerate(shape.steps):
        if end <= last_end or price < last_price:
            raise Refused("CurvesBadStep", place)
        last_end, last_price = end, price
    if last_end < capacity:
        raise Refused("CurvesStepsTooShort", last_end, capacity)


@dataclass
class Books:
    """All curves of one contract, and who has which tokens."""

    curves: dict[str, Book] = field(default_factory=dict)
    tokens: Counter = field(default_factory=Counter)  # (token, account)
    stray: Counter = field(default_factory=Counter)  # money that came in by the back door, by currency

    def copy(self) -> "Books":
        """Give books that go their own way from here."""
        return Books({token: replace(book) for token, book in self.curves.items()}, +self.tokens, +self.stray)

    def buy(self, token: str, to: str, amount: int, max_total: int) -> tuple[int, int]:
        """Buy; give cost and fee."""
        book = self.curves[token]
        cost, fee = book.cost(amount)
        if cost + fee > max_total:
            raise Refused("CurvesCostTooHigh", cost + fee, max_total)
        book.sold += amount
        book.reserve += cost
        book.credit += fee
        self.tokens[token, to] += amount
        return cost, fee

    def sell(self, token: str, seller: str, amount: int, min_proceeds: int) -> tuple[int, int]:
        """Sell; give proceeds and fee."""
        book = self.curves[token]
        proceeds, fee = book.proceeds(amount)
        if amount > self.tokens[token, seller]:
            raise Refused("ERC20InsufficientBalance", seller, self.tokens[token, seller], amount)
        if proceeds - fee < min_proceeds:
            raise Refused("CurvesProceedsTooLow", proceeds - fee, min_proceeds)
        book.sold -= amount
        book.reserve -= proceeds
        book.credit += fee
        self.tokens[token, seller] -= amount
        return proceeds, fee

    def swap(self, sold: str, amount_in: int, bought: str, amount_out: int, who: str) -> tuple:
        """Sell one and buy the other, or neither; give both results and the rest."""
        tried = self.copy()
        given = tried.sell(sold, who, amount_in, 0)
        one, other = (self.curves[token].shape.currency for token in (sold, bought))
        if one != other:
            raise Refused("CurvesOtherCurrency", one, other)
        taken = tried.buy(bought, who, amount_out, 2**256 - 1)
        net, total = given[0] - given[1], sum(taken)
        if net < total:
            raise Refused("CurvesSwapNotCovered", net, total)
        self.__dict__.update(tried.__dict__)
        return given, taken, net - total

    def must_hold(self, currency: str) -> int:
        """Give what the contract must hold: reserves, fees not taken out, and what came in by the back door."""
        books = [book for book in self.curves.values() if book.shape.currency == currency]
        return sum(book.reserve + book.credit for book in books) + self.stray[currency]
