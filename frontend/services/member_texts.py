"""Every error of Membership, Memberships and Governors as a sentence: what is wrong, and what to do."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from frontend.formatters import short, visible
from frontend.services.error_words import moment, tokens


def _field(word: bytes | str) -> str:
    raw = bytes.fromhex(word[2:]) if isinstance(word, str) else word
    return visible(raw.rstrip(b"\0").decode(errors="replace"))


SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "MembershipIsImplementation": lambda a: gettext(
        "This address is the pattern of all memberships, not a membership."
    ),
    "MembershipNothing": lambda a: gettext("Give an amount above 0."),
    "MembershipNotLocked": lambda a: gettext(
        "%(account)s has %(active)s tokens locked, not %(amount)s.",
        account=short(a["account"]),
        active=tokens(a["active"]),
        amount=tokens(a["amount"]),
    ),
    "MembershipNoUnlock": lambda a: gettext(
        "There is no such unlock of %(account)s (any more). Load the page again.", account=short(a["account"])
    ),
    "MembershipTooEarly": lambda a: gettext(
        "These tokens can be taken out from %(when)s on.", when=moment(a["availableAt"])
    ),
    "MembershipNotTransferable": lambda a: gettext("A member's badge cannot be handed on."),
    "MembershipNoBadge": lambda a: gettext("Nobody holds this badge."),
    "MembershipNotSteward": lambda a: gettext(
        "Only the community's steward may do this; you are %(caller)s.", caller=short(a["caller"])
    ),
    "MembershipBadTiers": lambda a: gettext("Give at most eight tiers, each with more tokens than the one before it."),
    "MembershipsUnknownCommunity": lambda a: gettext("There is no community number %(id)s.", id=a["id"]),
    "MembershipsOpenAlready": lambda a: gettext("The membership of community %(id)s is open already.", id=a["id"]),
    "GovernorsNotSteward": lambda a: gettext(
        "Only the steward of community %(id)s may do this; you are signed in as %(caller)s.",
        id=a["id"],
        caller=short(a["caller"]),
    ),
    "GovernorsNoMembership": lambda a: gettext(
        "Community %(id)s has no membership yet, so nobody could vote. Open the membership first.", id=a["id"]
    ),
    "GovernorsBadParam": lambda a: gettext(
        "%(field)s must be from %(min)s to %(max)s; it is %(value)s.",
        field=_field(a["field"]),
        min=a["min"],
        max=a["max"],
        value=a["value"],
    ),
}
