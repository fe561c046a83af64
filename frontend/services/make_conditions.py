"""What a blueprint's listing says about makes: conditions, and how a description carries them."""

from collections.abc import Mapping
from typing import Any

from eth_utils.address import is_address, to_checksum_address

from frontend.content.documents import HASH
from frontend.index.design_views import Design
from frontend.marks import N_
from frontend.services.intents import Line
from frontend.services.terms import ZERO_ADDRESS, Conditions

MAX_UINT128, MAX_UINT64, MAX_UINT32 = 2**128 - 1, 2**64 - 1, 2**32 - 1
MOST_DIGITS = 39  # of a number of 128 bits


def conditions_json(conditions: Conditions) -> dict[str, Any]:
    """Give make conditions as a description carries them: the fee as text, so that every reader has it whole."""
    return {
        "currency": conditions.currency.lower(),
        "fee": str(conditions.fee_units),
        "payee": conditions.payee.lower(),
        "split": conditions.split_id,
        "version": conditions.split_version,
        "salt": conditions.salt,
    }


def conditions_from(found: Any) -> Conditions | None:
    """Read make conditions out of a description, whoever wrote it; None when they are none."""
    if not isinstance(found, Mapping):
        return None
    currency, payee, fee, salt = (found.get(name) for name in ("currency", "payee", "fee", "salt"))
    split_id, version = found.get("split"), found.get("version")
    if not (isinstance(currency, str) and isinstance(payee, str) and isinstance(fee, str) and isinstance(salt, str)):
        return None
    if not (is_address(currency) and is_address(payee) and HASH.fullmatch(salt)):
        return None
    if not (fee.isascii() and fee.isdigit() and len(fee) <= MOST_DIGITS and int(fee) <= MAX_UINT128):
        return None
    if type(split_id) is not int or type(version) is not int:
        return None
    if not (0 <= split_id <= MAX_UINT64 and 0 <= version <= MAX_UINT32):
        return None
    return Conditions(salt, currency.lower(), int(fee), payee.lower(), split_id, version)


def conditions_of(design: Design) -> Conditions:
    """Give the conditions of a published design."""
    payee = design.payee or ZERO_ADDRESS
    return Conditions(design.salt, design.currency, design.fee_units, payee, design.split_id, design.split_version)


def fee_lines(conditions: Conditions) -> list[Line]:
    """Say what a make costs and who gets it."""
    if not conditions.fee_units:
        return [Line(N_("Each make"), "note", N_("Making costs nothing but the unit."))]
    lines = [
        Line(N_("Fee for each make"), "amount", str(conditions.fee_units), to_checksum_address(conditions.currency))
    ]
    if conditions.split_id:
        return [
            *lines,
            Line(N_("The fee goes to split number"), "number", str(conditions.split_id)),
            Line(N_("Version of the split"), "number", str(conditions.split_version)),
        ]
    return [*lines, Line(N_("The fee goes to"), "account", to_checksum_address(conditions.payee))]
