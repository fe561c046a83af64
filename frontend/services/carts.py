"""Several purchases in one transaction, all or nothing: each with its own bounds, each currency taken once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.contracts.registry import Registry
from frontend.errors import Refused
from frontend.formatters import ETH
from frontend.index.queries import Queries
from frontend.index.views import Listing
from frontend.marks import N_
from frontend.services.approvals import THEN_MORE, THEN_PAY, Approvals
from frontend.services.chain import Chain
from frontend.services.content import Contents
from frontend.services.intents import (
    DEADLINE_AFTER_S,
    Call,
    Intent,
    Intents,
    Line,
    Plan,
    Spend,
    checksummed,
    new_form_key,
)
from frontend.services.market import ask_of, check_published, terms_abi, title_of
from frontend.services.quotes import total_units
from frontend.services.terms import FILE, ZERO_ADDRESS, Purchase, derived_salt

ABI = "Market"
PAGE = "/cart"
MOST_ITEMS = 10


@dataclass(frozen=True)
class Wanted:
    """One line of a cart: so many of a listing, within what the buyer saw. Units in the listing's currency."""

    listing_id: str
    quantity: int
    max_total_units: int
    max_fee_bps: int  # the referrer's part included
    referrer: str | None = None


class Carts:
    """Buys what a browser has collected. Nothing of a cart is kept here but the intent."""

    def __init__(
        self,
        registry: Registry,
        chain: Chain,
        intents: Intents,
        contents: Contents,
        queries: Queries,
        approvals: Approvals,
    ) -> None:
        self.registry = registry
        self.chain = chain
        self.intents = intents
        self.contents = contents
        self.queries = queries
        self.approvals = approvals

    def prepare_buy_many(self, account: str, wanted: Sequence[Wanted], form_key: str = "") -> Intent:
        """Give the intent that pays for all, or the approval that goes before it.

        A currency that several items have is summed up, so that one allowance or permit covers it and is spent once. At
        most one permit is signed; every other token without an allowance is allowed in a transaction of its own first.
        Each costs what the account pays now, who may be a member.
        Raises: Refused for an empty cart, too many items, one listing twice, one that is for others, or a total above what
        was seen.
        Chain: reads time, and for tokens allowances and a nonce.
        """
        form_key = form_key or new_form_key()
        listings = self._listings(wanted)
        deadline = self.chain.head()[1] + DEADLINE_AFTER_S
        totals = [
            total_units(self.queries, listing, account, one.quantity, one.max_total_units)
            for listing, one in zip(listings, wanted, strict=True)
        ]
        items = [
            self._item(account, listing, one, total, form_key)
            for listing, one, total in zip(listings, wanted, totals, strict=True)
        ]
        dues = _dues(listings, totals)
        short = [currency for currency in dues if currency != ETH and not self._is_allowed(account, currency, dues)]
        # whoever can sign an approval stands last: it goes along with the payment
        short.sort(key=lambda currency: self.queries.currency(currency).kind == "community")
        permit = None
        if short:
            permit = self.approvals.permit(account, short[-1], dues[short[-1]], deadline)
            if len(short) > 1 or permit is None:
                return self._approve(account, wanted, short, dues, form_key)
        permits = [] if permit is None else [(permit.token, permit.unsigned())]
        call = Call(
            ABI, self.registry.address(ABI), "buyMany", (tuple(items), deadline, tuple(permits)), dues.get(ETH, 0)
        )
        plan = Plan(
            "market.buy_many",
            call,
            self._lines(listings, wanted, totals, dues, deadline),
            subject="",
            back="/orders",
            spends=[Spend(to_checksum_address(currency), units) for currency, units in dues.items()],
            identity=[value for one in wanted for value in asdict(one).values()] + totals,
            permit=permit,
        )
        return self.intents.prepare(account, plan, form_key)

    def prepare_again(self, account: str, wanted: Sequence[Mapping[str, Any]], form_key: str) -> Intent:
        """Give the step behind an approval, from what was kept of the cart."""
        again = [Wanted(**{**one, "max_total_units": int(one["max_total_units"])}) for one in wanted]
        return self.prepare_buy_many(account, again, form_key)

    def _listings(self, wanted: Sequence[Wanted]) -> list[Listing]:
        if not 0 < len(wanted) <= MOST_ITEMS:
            raise Refused(gettext("A cart holds 1 to %(most)s items.", most=MOST_ITEMS), key="cart_size")
        if len({one.listing_id for one in wanted}) != len(wanted):
            raise Refused(gettext("One listing stands twice in the cart. Put its quantities together."), key="twice")
        found = []
        for one in wanted:
            listing = self.queries.listing(one.listing_id)
            if listing is None:
                raise Refused(gettext("There is no such listing."), key="no_listing")
            if listing.kind == FILE:
                raise Refused(
                    gettext(
                        "“%(title)s” is a sealed file. It is bought on its own page, where your browser makes the secret for "
                        "its key; take it out of the cart.",
                        title=title_of(listing),
                    ),
                    key="file_in_cart",
                )
            if ask_of(self.contents, listing):
                raise Refused(
                    gettext(
                        "“%(title)s” is made to order. It is bought on its own page, where you answer what the seller asks; take "
                        "it out of the cart.",
                        title=title_of(listing),
                    ),
                    key="made_to_order_in_cart",
                )
            check_published(self.queries, listing)
            found.append(listing)
        return found

    def _item(self, account: str, listing: Listing, one: Wanted, total: int, form_key: str) -> tuple[Any, ...]:
        terms = terms_abi(listing)
        purchase = Purchase(
            salt=derived_salt("purchase", account.lower(), listing.id, form_key),
            payer=account,
            holder=account,
            arbiter=terms[5],
            referrer=checksummed(one.referrer) if one.referrer else ZERO_ADDRESS,
        )
        return terms, one.quantity, total, one.max_fee_bps, purchase.to_abi()

    def _is_allowed(self, account: str, currency: str, dues: Mapping[str, int]) -> bool:
        return self.approvals.allowed(to_checksum_address(currency), account) >= dues[currency]

    def _approve(
        self, account: str, wanted: Sequence[Wanted], short: Sequence[str], dues: Mapping[str, int], form_key: str
    ) -> Intent:
        values = [{**asdict(one), "max_total_units": str(one.max_total_units)} for one in wanted]
        follow = {
            "service": "carts",
            "method": "prepare_buy_many",
            "values": {"wanted": values, "form_key": form_key},
        }
        return self.approvals.prepare(
            account,
            to_checksum_address(short[0]),
            dues[short[0]],
            title="",
            back=PAGE,
            follow=follow,
            form_key=form_key,
            then=THEN_MORE if len(short) > 1 else THEN_PAY,
        )

    def _lines(
        self,
        listings: Sequence[Listing],
        wanted: Sequence[Wanted],
        totals: Sequence[int],
        dues: Mapping[str, int],
        deadline: int,
    ) -> list[Line]:
        lines = []
        for listing, one, total in zip(listings, wanted, totals, strict=True):
            currency = to_checksum_address(listing.currency)
            lines.append(Line(N_("Item"), "text", f"{one.quantity} × {title_of(listing)}"))
            lines.append(Line(N_("Its price"), "amount", str(total), currency))
            lines.append(Line(N_("Its seller"), "account", to_checksum_address(listing.seller)))
            if one.referrer:
                lines.append(Line(N_("Referred by"), "account", to_checksum_address(one.referrer)))
        for address, units in dues.items():
            lines.append(Line(N_("You pay into escrow in all"), "amount", str(units), to_checksum_address(address)))
        lines.append(Line(N_("Effect"), "note", N_("All or nothing: if one item cannot be bought, nothing is paid.")))
        lines.append(Line(N_("Can be mined until"), "time", str(deadline)))
        return lines


def _dues(listings: Sequence[Listing], totals: Sequence[int]) -> dict[str, int]:
    """Sum up what is due in each currency."""
    dues: dict[str, int] = defaultdict(int)
    for listing, total in zip(listings, totals, strict=True):
        dues[listing.currency] += total
    return dict(dues)
