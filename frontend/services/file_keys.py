"""Sealed files after their sale: delivering the key, proving that it is a wrong one, asking for it again and answering.

Keys and secrets are made and used in browsers; here come and go points, hashes and wrapped keys. The one secret that passes
is that of a claim against a wrong key, which the claim itself makes public. The contracts check all but the parties of a
request (KeyRequests knows no order), so these are checked here.
"""

from collections.abc import Sequence
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.errors import Refused
from frontend.index.file_queries import PAID_BACK
from frontend.index.file_views import Wrap
from frontend.index.views import Order
from frontend.marks import N_
from frontend.services.file_lines import wrap_line
from frontend.services.intents import Call, Intent, Line, Plan
from frontend.services.market import Market, hash_bytes, title_of
from frontend.services.milestones import inspect_for_s
from frontend.services.order_lines import amount_line
from frontend.services.terms import FILE, file_abi, wrap_abi

ABI = "KeyRequests"
CURVE_ORDER = 0x30644E72E131A029B85045B68181585D2833E84879B9709143E1F593F0000001  # of bn254, EIP-197
PURCHASE_WORDS = ("salt", "payer", "holder", "referrer", "arbiter", "encryptionKeyX", "encryptionKeyY", "specification")


class FileKeys:
    """Builds the intents that are about a file's key. Points and wraps are words of 32 bytes as 0x hex."""

    def __init__(self, market: Market) -> None:
        self.market = market
        self.registry = market.registry
        self.queries = market.queries
        self.intents = market.intents

    @property
    def address(self) -> str:
        """Give the address of KeyRequests."""
        return self.registry.address(ABI)

    def prepare_deliver_file(self, account: str, key: str, wrap: Wrap, form_key: str = "") -> Intent:
        """Give the seller's intent to deliver a file's key, wrapped to the point in the order's purchase."""
        order = self._file_order(key)
        lines = [
            Line(N_("The buyer may dispute for"), "duration", str(inspect_for_s(order))),
            wrap_line(wrap),
            Line(N_("Effect"), "note", N_("The key is wrapped for this order's buyer; nobody else can read it.")),
        ]
        extra = (_checked(wrap),)
        return self.market.step(account, "market.deliver_file", "deliverFile", order, lines, form_key, extra=extra)

    def prepare_claim_bad_key(
        self, account: str, key: str, secret: int, form_key: str = "", *, understood: bool = False
    ) -> Intent:
        """Give the buyer's intent to prove that a wrong key was delivered, and to get all back.

        The secret is in the calldata and becomes public with the transaction. So nothing is done with it before the buyer
        says that he has understood that, and it is kept (as the intent's calldata) only after the node has tried the claim:
        against the right key it is refused, and of a wrong one the secret tells nothing that was sold.

        Args: secret is the order's, from 1 to the curve's order less 1; understood says that the buyer agreed to the above.
        Raises: Refused, which never repeats the secret.
        """
        order = self._file_order(key)
        if not understood:
            raise Refused(
                gettext("Please confirm that you understand: with this claim the order's secret becomes public."),
                key="not_understood",
                field="understood",
            )
        if not 0 < secret < CURVE_ORDER:
            raise Refused(gettext("This is no secret of an order."), key="bad_secret", field="secret")
        file, wrap = order.listing.file, order.wrap
        if file is None or wrap is None:
            raise _no_key_yet()
        lines = [
            amount_line(N_("Goes back to the buyer"), order.amount_units, order),
            wrap_line(wrap),
            Line(
                N_("Warning"), "note", N_("The order's secret becomes public, and with it the key that was delivered.")
            ),
        ]
        extra = (file_abi(file), _purchase_abi(order), wrap_abi(wrap), secret)
        return self.market.step(account, "market.claim_bad_key", "claimBadKey", order, lines, form_key, extra=extra)

    def prepare_ask_key(self, account: str, key: str, point: Sequence[str], form_key: str = "") -> Intent:
        """Give the buyer's intent to ask for a file's key once more, wrapped to another point (x and y) of his.

        Raises: Refused when the account does not hold the order, or there is no key to be asked for.
        """
        order = self._file_order(key)
        if order.holder != account.lower():
            raise Refused(
                gettext("Only the account that holds the order can ask for its key again."), key="not_the_holder"
            )
        _check_has_key(order)
        note = N_("The seller is asked to wrap the key once more. He answers of his own will, and no deadline moves.")
        lines = [*_point_lines(point), Line(N_("Effect"), "note", note)]
        return self._request(account, "keys.ask", "ask", order, (*_words(point),), lines, form_key)

    def prepare_answer_key(
        self, account: str, key: str, point: Sequence[str], wrap: Wrap, form_key: str = ""
    ) -> Intent:
        """Give the seller's intent to answer a request with the key, wrapped to the point that was asked with.

        Raises: Refused when the account is not the seller, or nobody who counts has asked with this point.
        """
        order = self._file_order(key)
        if order.listing.seller != account.lower():
            raise Refused(gettext("Only the order's seller can answer with its key."), key="not_the_seller")
        _check_has_key(order)
        x, y = ("0x" + word.hex() for word in _words(point))
        if (x, y) not in {(asked.x, asked.y) for asked in self.queries.key_requests(order.key)}:
            raise Refused(
                gettext("The order's buyer has not asked for this. Reload the order and look again."), key="not_asked"
            )
        note = N_("The key is wrapped for this order's buyer; nobody else can read it.")
        lines = [*_point_lines((x, y)), wrap_line(wrap), Line(N_("Effect"), "note", note)]
        return self._request(account, "keys.answer", "answer", order, (*_words(point), _checked(wrap)), lines, form_key)

    def _request(
        self,
        account: str,
        action: str,
        function: str,
        order: Order,
        values: tuple[Any, ...],
        lines: Sequence[Line],
        form_key: str,
    ) -> Intent:
        call = Call(ABI, self.address, function, (bytes.fromhex(order.key[2:]), *values))
        plan = Plan(action, call, lines, title=title_of(order.listing), subject=order.key, back=f"/o/{order.key}")
        return self.intents.prepare(account, plan, form_key)

    def _file_order(self, key: str) -> Order:
        order = self.market.order(key)
        if order.listing.kind != FILE:
            raise Refused(gettext("This order is of no sealed file, so it has no key."), key="no_file")
        return order


def _check_has_key(order: Order) -> None:
    if order.wrap is None:
        raise _no_key_yet()
    if order.state in PAID_BACK:
        raise Refused(
            gettext("The order's money went back to its buyer, so he has no right to the key."), key="paid_back"
        )


def _no_key_yet() -> Refused:
    return Refused(gettext("No key was delivered yet. Wait for the seller, or for the deadline."), key="no_key_yet")


def _checked(wrap: Wrap) -> tuple[bytes, ...]:
    """Give a wrap as the calls take it. Raises: Refused."""
    names = ("point_x", "point_y", "masked")
    return tuple(hash_bytes(getattr(wrap, name), name) for name in names)


def _words(point: Sequence[str]) -> tuple[bytes, bytes]:
    """Give a point as the calls take it. Raises: Refused."""
    x, y = point
    return hash_bytes(x, "key_x"), hash_bytes(y, "key_y")


def _point_lines(point: Sequence[str]) -> list[Line]:
    return [Line(N_("The key is to be wrapped to, x"), "hash", point[0]), Line(N_("and y"), "hash", point[1])]


def _purchase_abi(order: Order) -> tuple[Any, ...]:
    """Give an order's purchase as it was made."""
    found = (order.purchase[name] for name in PURCHASE_WORDS)
    return tuple(bytes.fromhex(one[2:]) if len(one) == 66 else to_checksum_address(one) for one in found)
