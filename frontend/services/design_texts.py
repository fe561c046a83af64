"""Errors of Blueprints and of ERC-1155 as sentences."""

from collections.abc import Callable
from typing import Any

from flask_babel import gettext

from frontend.formatters import short
from frontend.serials import text_of_serial

SENTENCES: dict[str, Callable[[dict[str, Any]], str]] = {
    "BlueprintsNoCode": lambda a: gettext("There is no contract at %(account)s.", account=short(a["account"])),
    "BlueprintsNotListed": lambda a: gettext("These terms are not on sale as a blueprint."),
    "BlueprintsWrongConditions": lambda a: gettext(
        "The make conditions are not those that the terms name. Reload the page."
    ),
    "BlueprintsBadPayee": lambda a: gettext(
        "The fee for a make needs one payee: an account that can take it out, or a version of a split."
    ),
    "BlueprintsUnknownSplit": lambda a: gettext(
        "There is no version %(version)s of split number %(id)s.", id=a["splitId"], version=a["version"]
    ),
    "BlueprintsPublishedBefore": lambda a: gettext("The make conditions are known already."),
    "BlueprintsNotPublished": lambda a: gettext(
        "The make conditions of this blueprint are not published yet, so it cannot be sold or made."
    ),
    "BlueprintsNotCompleted": lambda a: gettext(
        "This order gives no units: it is not completed. For one that was refunded or divided, its seller may grant them."
    ),
    "BlueprintsClaimedBefore": lambda a: gettext("The units of this order were claimed already."),
    "BlueprintsNotHolder": lambda a: gettext(
        "The units go to the order's holder, %(holder)s; only he may name another address.", holder=short(a["holder"])
    ),
    "BlueprintsNoSerial": lambda a: gettext("Write at least one serial."),
    "BlueprintsBadSerial": lambda a: gettext(
        "A serial is 1 to 32 letters of the English alphabet, digits and signs, without spaces. Look whether you typed it as it stands on the piece."
    ),
    "BlueprintsSerialTaken": lambda a: gettext(
        "The serial %(serial)s is registered already. Choose another one.",
        serial=text_of_serial(str(a["serial"])) or "",
    ),
    "ERC1155InsufficientBalance": lambda a: gettext(
        "You have %(held)s units of this design, and this needs %(needed)s.", held=a["balance"], needed=a["needed"]
    ),
    "ERC1155InvalidReceiver": lambda a: gettext(
        "%(to)s cannot receive units: it is a contract that does not know them. Name another address.",
        to=short(a["receiver"]),
    ),
    "ERC1155InvalidSender": lambda a: gettext("Units cannot come from %(sender)s.", sender=short(a["sender"])),
    "ERC1155MissingApprovalForAll": lambda a: gettext(
        "%(operator)s may not move the units of %(owner)s.", operator=short(a["operator"]), owner=short(a["owner"])
    ),
    "ERC1155InvalidApprover": lambda a: gettext(
        "%(address)s cannot let others move units.", address=short(a["approver"])
    ),
    "ERC1155InvalidOperator": lambda a: gettext(
        "%(address)s cannot be let to move units.", address=short(a["operator"])
    ),
    "ERC1155InvalidArrayLength": lambda a: gettext("The call does not name as many amounts as designs."),
}
