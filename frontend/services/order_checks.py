"""What is checked of an order's money before the chain is asked."""

from flask_babel import gettext

from frontend.errors import Refused
from frontend.index.views import Order


def check_part(order: Order, expected_units: int, units: int, *, least: int = 0) -> None:
    """Make sure that an amount is a part of what is in escrow, and that this is what the account saw. Raises: Refused."""
    if order.amount_units != expected_units:
        raise changed()
    if not least <= units <= order.amount_units:
        raise Refused(gettext("That is more than what is in escrow."), key="bad_amount", field="amount")


def changed() -> Refused:
    """Say that the page is behind the chain."""
    return Refused(
        gettext("What is in escrow has changed since you opened the page. Please look again."), key="amount_changed"
    )
