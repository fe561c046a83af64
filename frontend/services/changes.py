"""What a party may change about an open order: pay or give back a part, give more time, hand the order over.

The contract checks all of it again (Changes.sol).
"""

from flask_babel import gettext

from frontend.errors import Refused
from frontend.marks import N_
from frontend.services.division import paid_to_seller, settled
from frontend.services.intents import Intent, Line, checksummed
from frontend.services.market import Market
from frontend.services.order_checks import check_part
from frontend.services.order_lines import amount_line, lines_of
from frontend.services.terms import MAX_EXTENSION_S


class Changes:
    """Builds the intents of such changes. Amounts in the order's currency, smallest units."""

    def __init__(self, market: Market) -> None:
        self.market = market

    def prepare_release(self, account: str, key: str, expected_units: int, units: int, form_key: str = "") -> Intent:
        """Give the buyer's intent to pay the seller a part, or all.

        Args: expected_units is what was in escrow on the page that the buyer saw; the contract refuses if it is not any more.
        """
        order = self.market.order(key)
        check_part(order, expected_units, units, least=1)
        is_all = units == order.amount_units
        lines = [
            amount_line(N_("You pay the seller, before commissions"), units, order),
            *lines_of(order, settled(order, 0) if is_all else paid_to_seller(order, units)),
            amount_line(N_("Stays in escrow"), order.amount_units - units, order),
            Line(N_("Warning"), "note", _all_note(is_all, N_("What is paid cannot be taken back or disputed."))),
        ]
        extra = (expected_units, units)
        return self.market.step(account, "market.release", "release", order, lines, form_key, extra=extra)

    def prepare_refund_part(
        self, account: str, key: str, expected_units: int, units: int, form_key: str = ""
    ) -> Intent:
        """Give the seller's intent to give a part back, or all; expected_units as for `prepare_release`.

        Chain: for all of it, reads time, since who is late loses his bond.
        """
        order = self.market.order(key)
        check_part(order, expected_units, units, least=1)
        is_all = units == order.amount_units
        lines = [
            amount_line(N_("You give back to the buyer"), units, order),
            *(self.market.late_bond_lines(order) if is_all else ()),
            amount_line(N_("Stays in escrow"), order.amount_units - units, order),
            Line(N_("Warning"), "note", _all_note(is_all, N_("What is given back cannot be asked for again."))),
        ]
        extra = (expected_units, units)
        return self.market.step(account, "market.refund_part", "refundPart", order, lines, form_key, extra=extra)

    def prepare_extend(self, account: str, key: str, expected_clock_ts: int, more_s: int, form_key: str = "") -> Intent:
        """Give the intent to give the other side more time: the buyer's while the seller is to act, and the other way round.

        Args: expected_clock_ts is the deadline that the account saw, unix time; more_s comes on top of it, seconds.
        """
        order = self.market.order(key)
        if order.clock_ts != expected_clock_ts:
            raise Refused(
                gettext("The deadline has changed since you opened the page. Please look again."), key="clock"
            )
        room_s = MAX_EXTENSION_S - order.extended_s
        if not 0 < more_s <= room_s:
            raise Refused(gettext("That is more time than this order can still get."), key="room", field="more")
        new_clock_ts = expected_clock_ts + more_s
        lines = [
            Line(N_("The deadline now"), "time", str(expected_clock_ts)),
            Line(N_("The deadline to be"), "time", str(new_clock_ts)),
            Line(N_("More time that this order can still get"), "duration", str(room_s - more_s)),
            Line(N_("Warning"), "note", N_("Time that was given cannot be taken back.")),
        ]
        extra = (expected_clock_ts, new_clock_ts)
        return self.market.step(account, "market.extend", "extend", order, lines, form_key, extra=extra)

    def prepare_transfer(self, account: str, key: str, to: str, form_key: str = "") -> Intent:
        """Give the holder's intent to hand the order over, with all its rights."""
        order = self.market.order(key)
        receiver = checksummed(to, "to")
        lines = [
            Line(N_("The order will belong to"), "account", receiver),
            amount_line(N_("In escrow now"), order.amount_units, order),
            Line(N_("Effect"), "note", N_("The new holder confirms, disputes and gets refunds. You cannot any more.")),
            Line(
                N_("Warning"),
                "note",
                N_(
                    "Everyone can see for ever that this order went from one account to the other. Do not link two of your own."
                ),
            ),
        ]
        return self.market.step(account, "market.transfer", "transferOrder", order, lines, form_key, extra=(receiver,))


def _all_note(is_all: bool, note: str) -> str:
    return N_("This is all that is left, so it ends the order.") if is_all else note
