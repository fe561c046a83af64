"""Every error of Personas as a sentence: what is wrong, and what to do. In the reader's language."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from frontend.formatters import short
from frontend.nicknames import nickname_of
from frontend.services.error_words import moment


def _named(args: dict[str, Any]) -> str:
    return nickname_of(str(args["persona"])) or short(str(args["persona"]))


SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "PersonasBadLength": lambda a: gettext(
        "The nickname has %(length)s bytes; it must have %(min)s to %(max)s. A Korean syllable takes three.",
        length=a["length"],
        min=a["min"],
        max=a["max"],
    ),
    "PersonasBadByte": lambda a: gettext(
        "Byte number %(number)s of the nickname belongs to no small letter, digit or Korean syllable.",
        number=int(a["index"]) + 1,
    ),
    "PersonasBadHyphen": lambda a: gettext(
        "A hyphen stands between two other characters, and only one at a time. The one at byte number %(number)s does not.",
        number=int(a["index"]) + 1,
    ),
    "PersonasNotCommitted": lambda a: gettext(
        "%(caller)s is not committed to this nickname, or has committed to another one since. Begin anew.",
        caller=short(a["caller"]),
    ),
    "PersonasTooEarly": lambda a: gettext(
        "It is too early: this can be done from %(when)s on. Wait, and try again.", when=moment(a["from"])
    ),
    "PersonasTooLate": lambda a: gettext(
        "It is too late: this could be done until %(when)s. Begin anew.", when=moment(a["until"])
    ),
    "PersonasTaken": lambda a: gettext(
        "Somebody has the nickname “%(name)s”, or had it. Choose another one.", name=_named(a)
    ),
    "PersonasHasOne": lambda a: gettext(
        "%(account)s has the nickname “%(name)s”. An account has one at a time: use another account, or retire or hand over "
        "that one first.",
        account=short(a["account"]),
        name=_named(a),
    ),
    "PersonasNotHolder": lambda a: gettext(
        "%(caller)s does not bear the nickname “%(name)s” now. Switch to the right account.",
        caller=short(a["caller"]),
        name=_named(a),
    ),
    "PersonasBadRecipient": lambda a: gettext(
        "A nickname cannot be offered to %(to)s. Name another account.", to=short(a["to"])
    ),
    "PersonasNotOffered": lambda a: gettext(
        "The nickname “%(name)s” is not offered to %(caller)s (any more).", name=_named(a), caller=short(a["caller"])
    ),
    "PersonasUriTooLong": lambda a: gettext(
        "The profile's address has %(length)s bytes; at most %(max)s are allowed.", length=a["length"], max=a["max"]
    ),
}
