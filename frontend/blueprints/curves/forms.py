"""Forms of trades on a curve, and of a curve's opening. The bounds are the contract's own."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, FormField, HiddenField
from wtforms.form import Form
from wtforms.validators import ValidationError

from frontend.curve import MAX_FEE_BPS, MAX_RESERVE, MAX_STEPS, Shape, Step
from frontend.pages.fields import (
    MAX_UINT128,
    AddressField,
    AmountField,
    ChoiceField,
    ChoicesField,
    PageForm,
    PercentField,
    choices,
)

MAX_UINT112 = 2**112 - 1
MAX_SLIPPAGE_BPS = 5_000
USUAL_SLIPPAGE = "1"
TOKENS, MONEY = "tokens", "money"
LINE, STEPS = "line", "steps"


class SeenOrNot(HiddenField):
    """A whole number that a quote brought; `number` holds it, None before there was one."""

    number: int | None = None

    def process_formdata(self, valuelist: list[Any]) -> None:
        text = str(valuelist[0]) if valuelist else ""
        self.number = int(text) if text.isascii() and text.isdigit() and len(text) < 80 else None
        self.data = "" if self.number is None else text


class TradeForm(PageForm):
    """A trade: what for, and what was quoted for exactly that. It goes to the wallet only as it was quoted."""

    amount = AmountField(_l("How many"))
    slippage = PercentField(
        _l("How far the price may move until then"),
        most_bps=MAX_SLIPPAGE_BPS,
        default=USUAL_SLIPPAGE,
        description=_l("If it moves further before your transaction is in a block, nothing happens."),
    )
    quoted = HiddenField()  # what the quote was for
    units = SeenOrNot()  # tokens that come out of it
    bound = SeenOrNot()

    @property
    def asked(self) -> str:
        """What a quote is about; another one is another quote."""
        return f"{self.amount.units} {self.slippage.bps}"

    @property
    def is_as_quoted(self) -> bool:
        """Tell whether the form asks for what it brings a quote of."""
        return self.quoted.data == self.asked and self.units.number is not None and self.bound.number is not None

    def show(self, units: int, bound_units: int) -> None:
        """Let the form carry a quote."""
        self.quoted.data = self.asked
        self.units.number, self.units.data = units, str(units)
        self.bound.number, self.bound.data = bound_units, str(bound_units)


class BuyForm(TradeForm):
    """Tokens from the curve, by their number or by what may be spent."""

    by = ChoicesField(_l("You name"), default=TOKENS)

    @property
    def asked(self) -> str:
        """The same, with what the amount is of."""
        return f"{self.by.data} {super().asked}"


class SellForm(TradeForm):
    """Tokens back to the curve."""


class SwapForm(TradeForm):
    """Tokens of this curve for those of another."""

    other = ChoiceField(_l("For tokens of"))

    @property
    def asked(self) -> str:
        """The same, with the other curve."""
        return f"{self.other.data} {super().asked}"


class StepForm(Form):
    """One step of a price."""

    up_to = AmountField(_l("Up to a supply of"), most=MAX_UINT112, needed=False)
    price = AmountField(_l("a token costs"), most=MAX_UINT128, needed=False)

    @property
    def is_used(self) -> bool:
        """Tell whether anything stands in the row."""
        return bool(self.up_to.data or self.price.data)


class OpenForm(PageForm):
    """A new curve. Set `capacity_units` and the currency's decimals before `validate`."""

    currency = ChoiceField(_l("Currency"))
    other_currency = AddressField(_l("Address of the token"), needed=False)
    fee = PercentField(
        _l("Fee of the community"),
        most_bps=MAX_FEE_BPS,
        default="1",
        description=_l("On top of each purchase and off each sale; 10 % at most. The steward takes it out."),
    )
    kind = ChoicesField(_l("How the price follows the supply"), default=LINE)
    first_price = AmountField(
        _l("Price of the first token"), most=MAX_UINT128, zero=True, needed=False, description=_l("At a supply of 0.")
    )
    last_price = AmountField(
        _l("Price of the last token"),
        most=MAX_UINT128,
        needed=False,
        description=_l("When everything is sold. In between it rises evenly."),
    )
    steps = FieldList(FormField(StepForm), _l("Steps"), min_entries=MAX_STEPS, max_entries=MAX_STEPS)
    first_units = AmountField(
        _l("You buy at once, for yourself"),
        most=MAX_UINT112,
        zero=True,
        needed=False,
        description=_l("In the same transaction, before anybody else can. Empty for none."),
    )
    capacity = HiddenField()
    quoted = HiddenField()
    backing = SeenOrNot()
    first_total = SeenOrNot()

    capacity_units = 0

    def set_decimals(self, decimals: int) -> None:
        """Say how the prices' currency is divided."""
        self.first_price.decimals = self.last_price.decimals = decimals
        for row in self.steps:
            row.form.price.decimals = decimals

    def validate_last_price(self, field: Any) -> None:
        if self.kind.data != LINE:
            return
        if field.units is None or self.first_price.units is None:
            raise ValidationError(_("Name the first price and the last one."))
        if field.units < self.first_price.units:
            raise ValidationError(_("The price cannot fall: the last one must be at least the first."))
        if self.shape.cost_up(0, self.capacity_units) > MAX_RESERVE:
            raise ValidationError(_("All tokens together would cost more than a reserve can hold. Lower the price."))

    def validate_steps(self, field: Any) -> None:
        if self.kind.data != STEPS:
            return
        rows = [row.form for row in field if row.form.is_used]
        if not rows:
            raise ValidationError(_("Name at least one step."))
        end, price = 0, 0
        for number, row in enumerate(rows, start=1):
            if row.up_to.units is None or row.price.units is None:
                raise ValidationError(_("Step %(number)s is incomplete.", number=number))
            if row.up_to.units <= end or row.price.units < price:
                raise ValidationError(
                    _(
                        "Step %(line)s does not fit: each must end above the one before it and must not be cheaper.",
                        line=number,
                    )
                )
            end, price = row.up_to.units, row.price.units
        if end < self.capacity_units:
            raise ValidationError(_("The last step must end at the whole supply or above it."))
        if self.shape.cost_up(0, self.capacity_units) > MAX_RESERVE:
            raise ValidationError(_("All tokens together would cost more than a reserve can hold. Lower the price."))

    @property
    def shape(self) -> Shape:
        """The price, as the contract takes it. A slope is rounded up, by so little that the last price comes out exactly."""
        if self.kind.data == STEPS:
            rows = [row.form for row in self.steps if row.form.is_used]
            return Shape(steps=tuple(Step(row.up_to.units or 0, row.price.units or 0) for row in rows))
        first, last = self.first_price.units or 0, self.last_price.units or 0
        return Shape(first, -((first - last) * 10**36 // self.capacity_units))

    @property
    def asked(self) -> str:
        """What a preview is about; another one is another preview."""
        return " ".join(
            str(part)
            for part in (
                self.currency.data,
                self.other_currency.address,
                self.fee.bps,
                self.first_units.units,
                self.capacity_units,
                self.shape,
            )
        )

    @property
    def is_as_quoted(self) -> bool:
        """Tell whether the form asks for what it was previewed as."""
        seen = self.backing.number is not None and self.first_total.number is not None
        return seen and self.quoted.data == self.asked

    def show(self, backing_units: int, first_total_units: int) -> None:
        """Let the form carry a preview."""
        self.quoted.data, self.capacity.data = self.asked, str(self.capacity_units)
        self.backing.number, self.backing.data = backing_units, str(backing_units)
        self.first_total.number, self.first_total.data = first_total_units, str(first_total_units)


def shapes() -> list[Any]:
    """Give the choice of a price's shape."""
    return choices([(LINE, _l("It rises evenly, along a line")), (STEPS, _l("It rises in steps"))])
