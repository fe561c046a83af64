"""Curves: opening one, buying from it, selling to it, and changing one community's token into another's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.contracts.registry import Registry
from frontend.curve import Shape, Step
from frontend.errors import NotFound, Refused
from frontend.formatters import ETH
from frontend.index.curve_views import Curve
from frontend.index.queries import Queries
from frontend.index.views import Community
from frontend.marks import N_
from frontend.services.approvals import Approvals
from frontend.services.chain import Chain
from frontend.services.curve_quotes import quote_purchase, quote_sale
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
from frontend.services.permits import Permit
from frontend.services.revert_texts import sentence
from frontend.services.reverts import Refusal

ABI = "Curves"
THEN_TRADE = N_("This is step 1 of 2. The trade itself is the second transaction.")
THEN_OPEN = N_("This is step 1 of 2. The opening itself is the second transaction.")


@dataclass(frozen=True)
class NewCurve:
    """What a steward opens a curve with. The first purchase is his own, in the same call; 0 = none."""

    currency: str
    fee_bps: int
    shape: Shape
    first_units: int = 0


class Curves:
    """Trades and openings. Amounts of tokens are exact and in smallest units; money carries its bound."""

    def __init__(
        self, registry: Registry, chain: Chain, intents: Intents, queries: Queries, approvals: Approvals
    ) -> None:
        self.registry = registry
        self.chain = chain
        self.intents = intents
        self.queries = queries
        self.approvals = approvals

    def prepare_purchase(
        self, account: str, community_id: int, amount_units: int, max_total_units: int, form_key: str = ""
    ) -> Intent:
        """Give the intent that buys: one transaction with ETH or a permit, else the approval that goes first.

        Chain: reads time, and for a token allowance and nonce.
        """
        form_key = form_key or new_form_key()
        community, curve = self._known(community_id)
        quote = quote_purchase(curve, amount_units)
        if quote.total_units > max_total_units:
            raise Refused(sentence(Refusal("CurvesCostTooHigh", {})), key="CurvesCostTooHigh", field="amount")
        deadline = self._deadline()
        currency = to_checksum_address(curve.currency)
        args = (_token(community), amount_units, max_total_units, deadline, account)
        lines = [
            Line(N_("You get exactly"), "tokens", str(amount_units), community.symbol),
            Line(N_("You pay at most, fee included"), "amount", str(max_total_units), currency),
            Line(N_("At the price of now you pay"), "amount", str(quote.total_units), currency),
            Line(N_("The community's fee in it"), "amount", str(quote.fee_units), currency),
            Line(N_("Can be mined until"), "time", str(deadline)),
        ]
        identity = ("buy", community_id, amount_units, max_total_units)
        if curve.currency == ETH:
            call = self._call("buy", *args, value_wei=max_total_units)
            return self._prepare(
                account, "curves.buy", call, community, lines, form_key, identity, Spend(ETH, max_total_units)
            )
        spend = Spend(currency, max_total_units)
        if self.approvals.allowed(currency, account) >= max_total_units:
            return self._prepare(
                account, "curves.buy", self._call("buy", *args), community, lines, form_key, identity, spend
            )
        permit = self.approvals.permit(account, curve.currency, max_total_units, deadline)
        if permit is not None:
            call = self._call("buyWithPermit", *args, permit.unsigned())
            return self._prepare(account, "curves.buy", call, community, lines, form_key, identity, spend, permit)
        values = {
            "community_id": community_id,
            "amount_units": str(amount_units),
            "max_total_units": str(max_total_units),
            "form_key": form_key,
        }
        follow = {"service": "curves", "method": "prepare_purchase", "values": values}
        return self._approve(account, currency, max_total_units, community, follow, form_key)

    def prepare_sale(
        self, account: str, community_id: int, amount_units: int, min_proceeds_units: int, form_key: str = ""
    ) -> Intent:
        """Give the intent that sells, with the allowance signed for in the same call.

        Chain: reads time, allowance and nonce.
        """
        form_key = form_key or new_form_key()
        community, curve = self._known(community_id)
        quote = quote_sale(curve, amount_units)
        if quote.total_units < min_proceeds_units:
            raise Refused(sentence(Refusal("CurvesProceedsTooLow", {})), key="CurvesProceedsTooLow", field="amount")
        deadline = self._deadline()
        token, currency = _token(community), to_checksum_address(curve.currency)
        args = (token, amount_units, min_proceeds_units, deadline, account)
        lines = [
            Line(N_("You sell exactly"), "tokens", str(amount_units), community.symbol),
            Line(N_("You get at least, fee taken off"), "amount", str(min_proceeds_units), currency),
            Line(N_("At the price of now you get"), "amount", str(quote.total_units), currency),
            Line(N_("The community's fee, taken off already"), "amount", str(quote.fee_units), currency),
            Line(N_("Can be mined until"), "time", str(deadline)),
        ]
        identity = ("sell", community_id, amount_units, min_proceeds_units)
        spend = Spend(token, amount_units)
        if self.approvals.allowed(token, account) >= amount_units:
            call = self._call("sell", *args)
            return self._prepare(account, "curves.sell", call, community, lines, form_key, identity, spend)
        permit = self.approvals.permit(account, token.lower(), amount_units, deadline)
        assert permit is not None, "a community's token knows permits"
        call = self._call("sellWithPermit", *args, permit.unsigned())
        return self._prepare(account, "curves.sell", call, community, lines, form_key, identity, spend, permit)

    def prepare_swap(
        self,
        account: str,
        community_id: int,
        amount_units: int,
        other_id: int,
        amount_out_units: int,
        form_key: str = "",
    ) -> Intent:
        """Give the intent that changes one token into another; the approval goes first. Chain: reads time and allowance."""
        form_key = form_key or new_form_key()
        community, curve = self._known(community_id)
        other, bought = self._known(other_id)
        sale, purchase = quote_sale(curve, amount_units), quote_purchase(bought, amount_out_units)
        if sale.total_units < purchase.total_units:
            raise Refused(sentence(Refusal("CurvesSwapNotCovered", {})), key="CurvesSwapNotCovered", field="amount")
        token = _token(community)
        if self.approvals.allowed(token, account) < amount_units:
            values = {
                "community_id": community_id,
                "amount_units": str(amount_units),
                "other_id": other_id,
                "amount_out_units": str(amount_out_units),
                "form_key": form_key,
            }
            follow = {"service": "curves", "method": "prepare_swap", "values": values}
            return self._approve(account, token, amount_units, community, follow, form_key)
        deadline = self._deadline()
        rest = sale.total_units - purchase.total_units
        lines = [
            Line(N_("You sell exactly"), "tokens", str(amount_units), community.symbol),
            Line(N_("You get exactly"), "tokens", str(amount_out_units), other.symbol),
            Line(
                N_("Paid out to you besides, at the price of now"),
                "amount",
                str(rest),
                to_checksum_address(curve.currency),
            ),
            Line(N_("Can be mined until"), "time", str(deadline)),
        ]
        call = self._call("swap", token, amount_units, _token(other), amount_out_units, deadline)
        identity = ("swap", community_id, amount_units, other_id, amount_out_units)
        return self._prepare(
            account, "curves.swap", call, community, lines, form_key, identity, Spend(token, amount_units)
        )

    def prepare_opening(
        self,
        account: str,
        community_id: int,
        new: NewCurve,
        max_backing_units: int,
        max_total_units: int,
        form_key: str = "",
    ) -> Intent:
        """Give the intent that opens a curve; for a token, the approval that goes first.

        Args: max_backing is what the tokens beside the curve cost at most, max_total what the first purchase does.
        Chain: reads time, and for a token the allowance.
        """
        form_key = form_key or new_form_key()
        community = self.queries.community(community_id)
        if community is None or community.token is None:
            raise NotFound(gettext("There is no such community."))
        currency = checksummed(new.currency, "other_currency")
        due = max_backing_units + max_total_units
        is_eth = currency == ETH
        if not is_eth and self.approvals.allowed(currency, account) < due:
            values = {
                "community_id": community_id,
                "currency": currency,
                "fee_bps": new.fee_bps,
                "base_price_units": str(new.shape.base_price_units),
                "slope_wad": str(new.shape.slope_wad),
                "steps": [[str(step.up_to_units), str(step.price_units)] for step in new.shape.steps],
                "first_units": str(new.first_units),
                "max_backing_units": str(max_backing_units),
                "max_total_units": str(max_total_units),
                "form_key": form_key,
            }
            follow = {"service": "curves", "method": "prepare_opening_again", "values": values}
            return self._approve(account, currency, due, community, follow, form_key, then=THEN_OPEN)
        deadline = self._deadline()
        steps = tuple((step.up_to_units, step.price_units) for step in new.shape.steps)
        params = (currency, new.fee_bps, new.shape.base_price_units, new.shape.slope_wad, steps)
        args = (_token(community), params, max_backing_units, new.first_units, max_total_units, deadline)
        lines = [
            *_price_lines(new, community.symbol, currency),
            Line(N_("Fee of the community, on each purchase and each sale"), "bps", str(new.fee_bps)),
            Line(
                N_("You pay for tokens that are not from the curve, at most"),
                "amount",
                str(max_backing_units),
                currency,
            ),
            *_first_lines(new, community.symbol, currency, max_total_units),
            Line(N_("Warning"), "note", N_("Price, fee and currency can never be changed, by nobody.")),
            Line(N_("Can be mined until"), "time", str(deadline)),
        ]
        call = self._call("open", *args, value_wei=due if is_eth else 0)
        identity = ("open", community_id, params, max_backing_units, new.first_units, max_total_units)
        return self._prepare(account, "curves.open", call, community, lines, form_key, identity, Spend(currency, due))

    def prepare_opening_again(
        self, account: str, community_id: int, currency: str, fee_bps: int, form_key: str, **numbers: Any
    ) -> Intent:
        """Give the opening itself, behind its approval. Args: numbers as the approval kept them, each a text."""
        steps = tuple(Step(int(up_to), int(price)) for up_to, price in numbers["steps"])
        shape = Shape(int(numbers["base_price_units"]), int(numbers["slope_wad"]), steps)
        new = NewCurve(currency, fee_bps, shape, int(numbers["first_units"]))
        backing, total = int(numbers["max_backing_units"]), int(numbers["max_total_units"])
        return self.prepare_opening(account, community_id, new, backing, total, form_key)

    def _known(self, community_id: int) -> tuple[Community, Curve]:
        community = self.queries.community(community_id) if 0 < community_id < 2**63 else None
        curve = self.queries.curve(community_id) if community is not None else None
        if community is None or curve is None:
            raise NotFound(gettext("This community has no curve."))
        return community, curve

    def _deadline(self) -> int:
        return self.chain.head()[1] + DEADLINE_AFTER_S

    def _prepare(
        self,
        account: str,
        action: str,
        call: Call,
        community: Community,
        lines: Sequence[Line],
        form_key: str,
        identity: Sequence[Any],
        spend: Spend,
        permit: Permit | None = None,
    ) -> Intent:
        plan = Plan(
            action,
            call,
            lines,
            title=community.name,
            subject=str(community.id),
            back=_page(community),
            spends=[spend],
            identity=identity,
            permit=permit,
        )
        return self.intents.prepare(account, plan, form_key)

    def _approve(
        self,
        account: str,
        currency: str,
        units: int,
        community: Community,
        follow: dict[str, Any],
        form_key: str,
        then: str = THEN_TRADE,
    ) -> Intent:
        return self.approvals.prepare(
            account,
            currency,
            units,
            title=community.name,
            back=_page(community),
            follow=follow,
            form_key=form_key,
            then=then,
        )

    def _call(self, function: str, *args: object, value_wei: int = 0) -> Call:
        return Call(ABI, self.registry.address(ABI), function, args, value_wei)


def _price_lines(new: NewCurve, symbol: str, currency: str) -> list[Line]:
    if not new.shape.steps:
        return [
            Line(N_("Price of the first token"), "amount", str(new.shape.base_price_units), currency),
            Line(
                N_("With each token the price rises by, in 1e-18 of the smallest unit"),
                "number",
                str(new.shape.slope_wad),
            ),
        ]
    lines = []
    for step in new.shape.steps:
        lines.append(Line(N_("Up to a supply of"), "tokens", str(step.up_to_units), symbol))
        lines.append(Line(N_("a token costs"), "amount", str(step.price_units), currency))
    return lines


def _first_lines(new: NewCurve, symbol: str, currency: str, max_total_units: int) -> list[Line]:
    if not new.first_units:
        return []
    return [
        Line(N_("You buy at once, for yourself"), "tokens", str(new.first_units), symbol),
        Line(N_("For at most, fee included"), "amount", str(max_total_units), currency),
    ]


def _token(community: Community) -> str:
    return to_checksum_address(str(community.token))


def _page(community: Community) -> str:
    return f"/c/{community.id}/curve"
