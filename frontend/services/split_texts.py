"""Every error of Splits as a sentence: what is wrong, and what to do. In the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from frontend.formatters import bps, short
from frontend.services.error_words import moment

SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "SplitsUnknownVersion": lambda a: gettext(
        "There is no version %(version)s of split %(id)s.", version=a["version"], id=a["splitId"]
    ),
    "SplitsBadCount": lambda a: gettext(
        "A split has 1 to %(max)s payees, not %(count)s.", max=a["max"], count=a["count"]
    ),
    "SplitsBadSeat": lambda a: gettext(
        "Line %(line)s of the list does not fit: each payee stands in it once, in order. Reload the page and try again.",
        line=int(a["place"]) + 1,
    ),
    "SplitsBadShares": lambda a: gettext(
        "The shares make %(total)s; together they must make exactly 100 %%, and none may be 0.",
        total=bps(int(a["totalBps"])),
    ),
    "SplitsLockTooLong": lambda a: gettext(
        "A share can be locked until %(latest)s at the latest.", latest=moment(a["max"])
    ),
    "SplitsBadPayee": lambda a: gettext(
        "%(payee)s cannot be a payee: nobody holds a key for it. Name an account of a person or a wallet.",
        payee=short(a["payee"]),
    ),
    "SplitsShareLocked": lambda a: gettext(
        "Payee number %(seat)s has a locked share: it cannot fall, nor be freed, before %(until)s.",
        seat=int(a["seat"]) + 1,
        until=moment(a["lockedUntil"]),
    ),
    "SplitsNothingChanges": lambda a: gettext(
        "This is how split %(id)s stands already; nothing would change.", id=a["splitId"]
    ),
    "SplitsChangeExpired": lambda a: gettext(
        "The agreed change is too old (it ended %(when)s). Agree on it again.", when=moment(a["deadline"])
    ),
    "SplitsWrongSignatureCount": lambda a: gettext(
        "%(needed)s payees must agree, and %(count)s signatures are there. Reload the page and try again.",
        needed=a["needed"],
        count=a["count"],
    ),
    "SplitsNotSigned": lambda a: gettext(
        "%(payee)s gives something up and has not agreed to this very change yet. Ask for the signature again.",
        payee=short(a["payee"]),
    ),
    "SplitsNotPayee": lambda a: gettext(
        "You are signed in as %(caller)s, and that is not this payee's account. Switch to the right account.",
        caller=short(a["caller"]),
    ),
    "SplitsNoPayeeAt": lambda a: gettext(
        "Version %(version)s of split %(id)s has no payee at this place.", version=a["version"], id=a["splitId"]
    ),
    "SplitsNothingArrived": lambda a: gettext(
        "Nothing came from %(source)s: there is nothing to take in just now, or the token did not move.",
        source=short(a["source"]),
    ),
    "SplitsNothingToClaim": lambda a: gettext("Nothing is due to this payee in this currency just now."),
    "SplitsBadRecipient": lambda a: gettext("Money cannot go to %(to)s. Name another address.", to=short(a["to"])),
    "SplitsEthRefused": lambda a: gettext("%(to)s does not accept ETH. Name another address.", to=short(a["to"])),
    "SplitsNotADeposit": lambda a: gettext(
        "Splits takes no ETH by itself. Pay to the deposit address of the split instead."
    ),
    # OpenZeppelin's tools that only Splits uses
    "AddressEmptyCode": lambda a: gettext("There is no contract at %(address)s.", address=short(a["target"])),
    "FailedCall": lambda a: gettext("One of the calls failed without saying why. Nothing was sent."),
    "InvalidShortString": lambda a: gettext("A text is not what it should be. Please tell the operator."),
}
