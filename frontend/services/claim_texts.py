"""Every error of Claims as a sentence: what is wrong, and what to do. In the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from frontend.formatters import short
from frontend.services.error_words import moment, tokens

SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "ClaimsNoCode": lambda a: gettext(
        "There is no contract at %(address)s, so it is no register of communities.", address=short(a["registry"])
    ),
    "ClaimsNotSteward": lambda a: gettext(
        "%(caller)s is not the steward of community %(id)s. Switch to the steward's account; after its end, anyone may close a "
        "claim phase.",
        caller=short(a["caller"]),
        id=a["communityId"],
    ),
    "ClaimsUnknownToken": lambda a: gettext(
        "%(token)s is not the token of community %(id)s.", token=short(a["token"]), id=a["communityId"]
    ),
    "ClaimsNotNamed": lambda a: gettext(
        "This community reserved nothing for claims here when it was opened, which cannot be done later. Mint to accounts "
        "instead.",
    ),
    "ClaimsWrongNumber": lambda a: gettext(
        "The next claim phase of this community has number %(next)s, not %(number)s. Another one was opened meanwhile: make "
        "the list anew.",
        next=a["next"],
        number=a["number"],
    ),
    "ClaimsBadTimes": lambda a: gettext(
        "A claim phase ends after it starts, after now, and at the latest on %(latest)s. This one would run from %(start)s to "
        "%(end)s.",
        latest=moment(a["latestEnd"]),
        start=moment(a["start"]),
        end=moment(a["end"]),
    ),
    "ClaimsBadCurrency": lambda a: gettext(
        "%(currency)s cannot be the currency of a claim phase: it is the community's own token, or no contract.",
        currency=short(a["currency"]),
    ),
    "ClaimsReserveExceeded": lambda a: gettext(
        "The claim phase asks for %(supply)s tokens; %(left)s of what is reserved for claims are left for new phases.",
        supply=tokens(a["supply"]),
        left=tokens(a["left"]),
    ),
    "ClaimsNotOpen": lambda a: gettext("This claim phase is closed, or was never opened. Load the page again."),
    "ClaimsNotNow": lambda a: gettext(
        "Tokens can be claimed in this phase from %(start)s to %(end)s; now it is %(now)s.",
        start=moment(a["start"]),
        end=moment(a["end"]),
        now=moment(a["timestamp"]),
    ),
    "ClaimsNotListed": lambda a: gettext(
        "The list of this claim phase does not give %(account)s so much, or the proof is not of this list. Switch to the "
        "account that is on the list.",
        account=short(a["account"]),
    ),
    "ClaimsTooMuch": lambda a: gettext(
        "%(account)s may claim %(left)s more tokens in this phase, not %(amount)s.",
        account=short(a["account"]),
        left=tokens(a["left"]),
        amount=tokens(a["amount"]),
    ),
    "ClaimsSoldOut": lambda a: gettext(
        "This claim phase has %(left)s tokens left; %(amount)s were asked for. Claim at least a little, and no more than that.",
        left=tokens(a["left"]),
        amount=tokens(a["amount"]),
    ),
    "ClaimsCostTooHigh": lambda a: gettext(
        "The claim costs more than was agreed to. Load the page again and look at the price."
    ),
}
