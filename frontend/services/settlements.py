"""How the parties agree to end an order: by offers on the chain, or by a link that carries one side's signature.

The signature stands in the link behind the `#`, which a browser sends to no server. Source: Settlements.sol, EIP-712.
"""

import re
from dataclasses import dataclass
from typing import Any

from eth_account.messages import encode_typed_data
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from flask_babel import gettext

from frontend.errors import NotAllowed, Refused
from frontend.formatters import when
from frontend.index.views import Order
from frontend.marks import N_
from frontend.services.division import settled
from frontend.services.intents import Intent, Line
from frontend.services.market import ABI, Market, hash_bytes, terms_abi
from frontend.services.order_checks import changed, check_part
from frontend.services.order_lines import lines_of
from frontend.services.permits import DOMAIN, SIGNATURE_BYTES
from frontend.signatures import signer_of

SETTLEMENT = [
    {"name": "order", "type": "bytes32"},
    {"name": "holder", "type": "address"},
    {"name": "remaining", "type": "uint256"},
    {"name": "toHolder", "type": "uint256"},
    {"name": "basis", "type": "bytes32"},
    {"name": "sequence", "type": "uint256"},
    {"name": "deadline", "type": "uint256"},
]
LINK = re.compile(
    r"to=([0-9]{1,39})&until=([0-9]{1,12})&mark=([0-9a-f]{16})&sig=0x((?:[0-9a-fA-F]{2}){1,2000})", re.ASCII
)


@dataclass(frozen=True)
class SignedOffer:
    """What a link says: so much to the holder of what was in escrow, signed until a unix time."""

    to_holder_units: int
    deadline_ts: int
    mark: str  # of the order as it was when this was signed
    signature: bytes


class Settlements:
    """Builds offers, what is signed for a link, and the calls that accept either."""

    def __init__(self, market: Market) -> None:
        self.market = market

    def prepare_offer(
        self, account: str, key: str, expected_units: int, to_holder_units: int, form_key: str = ""
    ) -> Intent:
        """Give a party's intent to offer an end on the chain; it replaces that party's offer made before.

        Args: expected_units is what was in escrow on the page that the account saw.
        """
        order = self.market.order(key)
        check_part(order, expected_units, to_holder_units)
        note = N_("Nothing moves until the other side accepts. Any change of the order makes the offer void.")
        lines = [*lines_of(order, settled(order, to_holder_units)), Line(N_("Effect"), "note", note)]
        extra = (expected_units, to_holder_units)
        return self.market.step(account, "market.offer", "offerSettlement", order, lines, form_key, extra=extra)

    def prepare_withdraw_offer(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give a party's intent to stand by no offer and no signature given before."""
        order = self.market.order(key)
        note = N_("Your offer is withdrawn, and every signature given about this order before is void.")
        lines = [Line(N_("Effect"), "note", note)]
        return self.market.step(account, "market.withdraw_offer", "withdrawSettlement", order, lines, form_key)

    def prepare_accept_offer(self, account: str, key: str, to_holder_units: int, form_key: str = "") -> Intent:
        """Give a party's intent to accept the other side's offer. Args: to_holder_units is what the account saw in it."""
        order = self.market.order(key)
        check_part(order, order.amount_units, to_holder_units)
        lines = _final_lines(order, to_holder_units)
        extra = (to_holder_units,)
        return self.market.step(account, "market.accept_offer", "acceptSettlement", order, lines, form_key, extra=extra)

    def document(self, account: str, key: str, to_holder_units: int, deadline_ts: int) -> dict[str, Any]:
        """Give what a party signs for a link: the EIP-712 document, numbers as text.

        Raises: NotAllowed for a stranger; Refused when the index is behind the chain.
        Chain: reads orderOf, basisOf and talksOf.
        """
        order = self.market.order(key)
        if account.lower() not in (order.holder.lower(), order.listing.seller.lower()):
            raise NotAllowed(gettext("Only the buyer and the seller can settle this order."))
        check_part(order, order.amount_units, to_holder_units)
        if int(self._read("orderOf", hash_bytes(order.key, "key"))[0]) != order.amount_units:
            raise changed()
        return self._typed(order, to_holder_units, deadline_ts)

    def prepare_settle_signed(self, account: str, key: str, link: str, form_key: str = "") -> Intent:
        """Give a party's intent to end an order as the other side has signed.

        Raises: Refused when the link is none, too old, void since the order has changed, or the account's own.
        """
        order, offer = self.market.order(key), read_link(link)
        now_ts = self.market.chain.head()[1]
        if offer.deadline_ts < now_ts:
            raise Refused(
                gettext(
                    "This offer ran out at %(when)s. Ask for a new link.", when=when(offer.deadline_ts).striptags()
                ),
                key="offer_expired",
                field="link",
            )
        if offer.mark != mark_of(order):
            raise Refused(void_text(), key="offer_void", field="link")
        check_part(order, order.amount_units, offer.to_holder_units)
        if self._signer(order, offer) == account:
            raise Refused(
                gettext("This is your own offer. Send the link to the other side."), key="own_offer", field="link"
            )
        lines = [
            *_final_lines(order, offer.to_holder_units),
            Line(N_("Signed by the other side until"), "time", str(offer.deadline_ts)),
        ]
        extra = (offer.to_holder_units, offer.deadline_ts, offer.signature)
        return self.market.step(
            account, "market.settle_signed", "settleBySignature", order, lines, form_key, extra=extra
        )

    def _typed(self, order: Order, to_holder_units: int, deadline_ts: int) -> dict[str, Any]:
        first = to_checksum_address(order.purchase["holder"])
        basis = self._read("basisOf", terms_abi(order.listing), first, hash_bytes(order.ref, "ref"))
        sequence, *_ = self._read("talksOf", hash_bytes(order.key, "key"))
        return {
            "types": {"EIP712Domain": DOMAIN, "Settlement": SETTLEMENT},
            "primaryType": "Settlement",
            "domain": {
                "name": "Dokkaebi Market",
                "version": "1",
                "chainId": str(self.market.registry.chain_id),
                "verifyingContract": self.market.registry.address(ABI),
            },
            "message": {
                "order": order.key,
                "holder": to_checksum_address(order.holder),
                "remaining": str(order.amount_units),
                "toHolder": str(to_holder_units),
                "basis": "0x" + basis.hex(),
                "sequence": str(sequence),
                "deadline": str(deadline_ts),
            },
        }

    def _signer(self, order: Order, offer: SignedOffer) -> str | None:
        """Give whose key has signed; None where a contract is to say it, or nobody's has."""
        if len(offer.signature) != SIGNATURE_BYTES:
            return None
        message = encode_typed_data(full_message=self._typed(order, offer.to_holder_units, offer.deadline_ts))
        return signer_of(message, offer.signature)

    def _read(self, function: str, *args: Any) -> Any:
        return self.market.chain.read(ABI, self.market.registry.address(ABI), function, *args)


def read_link(link: str) -> SignedOffer:
    """Read a link, or the part of it behind the `#`. Raises: Refused when it is no such link."""
    found = LINK.fullmatch(link.strip().rpartition("#")[2])
    if found is None:
        raise Refused(
            gettext("This is not the whole link. Copy it again, to its very end."), key="bad_link", field="link"
        )
    to_holder, until, mark, signature = found.groups()
    return SignedOffer(int(to_holder), int(until), mark, bytes.fromhex(signature))


def mark_of(order: Order) -> str:
    """Give a short name of an order as it is now: another after anything that makes a signature void."""
    return keccak(text=f"{order.basis}|{order.sequence}")[:8].hex()


def void_text() -> str:
    """Say that a signed offer is void."""
    return gettext(
        "This offer is void: something about the order has changed since it was signed, or it was withdrawn. Ask for a new link."
    )


def _final_lines(order: Order, to_holder_units: int) -> list[Line]:
    warning = Line(N_("Warning"), "note", N_("This ends the order: there is no dispute after it."))
    return [*lines_of(order, settled(order, to_holder_units)), warning]
