"""Every error of Curves as a sentence: what is wrong, and what to do. In the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from frontend.formatters import bps, short, when
from frontend.services.error_words import tokens

SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "CurvesExpired": lambda a: gettext(
        "The trade came too late (its deadline was %(when)s). Ask for a new price and try again.",
        when=when(int(a["deadline"])).striptags(),
    ),
    "CurvesUnknownToken": lambda a: gettext(
        "%(token)s is no token of a community here, so it cannot have a curve.", token=short(a["token"])
    ),
    "CurvesNotSteward": lambda a: gettext(
        "Only the community's steward can open its curve; you are %(caller)s.", caller=short(a["caller"])
    ),
    "CurvesNotReserved": lambda a: gettext(
        "This community was opened without tokens for a curve, and that cannot be changed afterwards."
    ),
    "CurvesMintNotRenounced": lambda a: gettext(
        "Give up minting first: a curve can only answer for tokens whose number is final."
    ),
    "CurvesAlreadyOpen": lambda a: gettext("This token has its curve already."),
    "CurvesNotOpen": lambda a: gettext("%(token)s has no curve (yet).", token=short(a["token"])),
    "CurvesBadCurrency": lambda a: gettext(
        "%(currency)s cannot be a curve's currency: it is no contract, or the community's own token.",
        currency=short(a["currency"]),
    ),
    "CurvesFeeTooHigh": lambda a: gettext(
        "A fee of %(fee)s is above the highest possible, %(max)s.", fee=bps(int(a["feeBps"])), max=bps(int(a["max"]))
    ),
    "CurvesNoPrice": lambda a: gettext("The first token must cost something: name a price or a slope."),
    "CurvesTwoShapes": lambda a: gettext("A price is a line or goes in steps, not both. Leave one of them out."),
    "CurvesTooManySteps": lambda a: gettext(
        "A price has at most %(max)s steps, not %(count)s.", max=a["max"], count=a["count"]
    ),
    "CurvesBadStep": lambda a: gettext(
        "Step %(line)s does not fit: each must end above the one before it and must not be cheaper.",
        line=int(a["place"]) + 1,
    ),
    "CurvesStepsTooShort": lambda a: gettext(
        "The last step ends at %(last)s tokens, but the curve sells up to %(capacity)s. Let it end there or above.",
        last=tokens(a["last"]),
        capacity=tokens(a["capacity"]),
    ),
    "CurvesTooDear": lambda a: gettext("All tokens together would cost more than a reserve can hold. Lower the price."),
    "CurvesNoAmount": lambda a: gettext("Name an amount of tokens above 0."),
    "CurvesSoldOut": lambda a: gettext(
        "The curve has %(left)s tokens left, fewer than %(amount)s.",
        left=tokens(a["left"]),
        amount=tokens(a["amount"]),
    ),
    "CurvesMoreThanSold": lambda a: gettext(
        "More tokens cannot be sold than exist: %(sold)s at most.", sold=tokens(a["sold"])
    ),
    "CurvesBeyondCapacity": lambda a: gettext(
        "The curve has no price above %(capacity)s tokens.", capacity=tokens(a["capacity"])
    ),
    "CurvesCostTooHigh": lambda a: gettext(
        "The price has risen above your bound. Nothing was paid; ask for a new price and try again."
    ),
    "CurvesProceedsTooLow": lambda a: gettext(
        "The price has fallen below your bound. Nothing was sold; ask for a new price and try again."
    ),
    "CurvesOtherCurrency": lambda a: gettext("These two curves have different currencies, so there is no direct swap."),
    "CurvesSwapNotCovered": lambda a: gettext(
        "What you sell does not pay for what you want to buy. Sell more, or buy less."
    ),
    "CurvesNoCode": lambda a: gettext("There is no contract at %(account)s.", account=short(a["registry"])),
}
