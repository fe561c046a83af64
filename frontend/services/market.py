"""Selling, buying, and every step of an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.contracts.registry import Registry
from frontend.errors import NotFound, Refused
from frontend.formatters import ETH, visible
from frontend.index.queries import Queries
from frontend.index.views import Currency, Listing, Order
from frontend.marks import N_
from frontend.services.chain import Chain
from frontend.services.content import Contents, hash_of
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
from frontend.services.reverts import Reverted
from frontend.services.terms import (
    ZERO_ADDRESS,
    ZERO_HASH,
    Purchase,
    Terms,
    derived_salt,
    listing_id,
    order_key,
    ref_of,
)

ABI = "Market"
MAX_UINT128 = 2**128 - 1
MAX_UINT32 = 2**32 - 1
MAX_BPS = 10_000
MAX_SYMBOL = 32
MAX_DECIMALS = 36


@dataclass(frozen=True)
class NewListing:
    """What a seller wants to list. Amounts in the currency's smallest unit, times in seconds, bps of 10 000.

    description: title, text, lang, picture (hash or None), tags.
    """

    community_id: int
    kind: str
    instant: bool
    currency: str
    unit_price_units: int
    arbiter: str
    max_fee_bps: int
    accept_for_s: int
    deliver_for_s: int
    transit_for_s: int
    inspect_for_s: int
    rule_for_s: int
    description: Mapping[str, Any]
    valid_until_ts: int = 0
    arbiter_fee_units: int = 0
    backup_arbiter: str | None = None
    only_buyer: str | None = None


class Market:
    """What sellers, buyers and arbiters do. The contract checks all of it again."""

    def __init__(
        self, registry: Registry, chain: Chain, intents: Intents, contents: Contents, queries: Queries
    ) -> None:
        self.registry = registry
        self.chain = chain
        self.intents = intents
        self.contents = contents
        self.queries = queries

    def ask_currency(self, address: str) -> Currency:
        """Give a token that the index does not know, as it describes itself. Raises: Refused when it is none.

        Chain: reads decimals and symbol.
        """
        token = checksummed(address, "other_currency")
        known = self.queries.currency(token.lower())
        if known.kind != "unknown":
            return known
        try:
            decimals = self.chain.read("ERC20", token, "decimals")
            symbol = self.chain.read("ERC20", token, "symbol")
            name = self.chain.read("ERC20", token, "name")
        except (Reverted, ValueError):
            raise Refused(
                gettext("There is no ERC-20 token at this address."), key="no_token", field="other_currency"
            ) from None
        if decimals > MAX_DECIMALS:
            raise Refused(gettext("This token has too many decimals."), key="no_token", field="other_currency")
        return Currency(token.lower(), visible(symbol)[:MAX_SYMBOL], decimals, visible(name)[:64], "unknown")

    def prepare_list(self, account: str, new: NewListing, quantity_limit: int, form_key: str = "") -> Intent:
        """Give the intent that puts terms on sale; the description is kept first."""
        form_key = form_key or new_form_key()
        _within(quantity_limit, 0, MAX_UINT32, "quantity")
        _within(new.unit_price_units, 1, MAX_UINT128, "price")
        _within(new.arbiter_fee_units, 0, MAX_UINT128, "arbiter_fee")
        terms = Terms(
            seller=account,
            currency=checksummed(new.currency, "currency"),
            unit_price_units=new.unit_price_units,
            arbiter=checksummed(new.arbiter, "arbiter"),
            content_hash=self.contents.store_description({**new.description, "kind": new.kind}),
            salt=derived_salt("listing", account.lower(), form_key),
            community_id=new.community_id,
            kind=new.kind,
            instant=new.instant,
            max_fee_bps=new.max_fee_bps,
            accept_for_s=new.accept_for_s,
            deliver_for_s=new.deliver_for_s,
            transit_for_s=new.transit_for_s,
            inspect_for_s=new.inspect_for_s,
            rule_for_s=new.rule_for_s,
            valid_until_ts=new.valid_until_ts,
            arbiter_fee_units=new.arbiter_fee_units,
            backup_arbiter=checksummed(new.backup_arbiter, "backup_arbiter") if new.backup_arbiter else ZERO_ADDRESS,
            only_buyer=checksummed(new.only_buyer, "only_buyer") if new.only_buyer else ZERO_ADDRESS,
        )
        abi = terms.to_abi()
        listing = listing_id(self.registry.chain_id, self.registry.address(ABI), abi)
        lines = [
            Line(N_("Price of one"), "amount", str(new.unit_price_units), terms.currency),
            Line(N_("Quantity"), "number", str(quantity_limit)),
            Line(N_("Highest commission you accept"), "bps", str(new.max_fee_bps)),
            Line(N_("Arbiter"), "account", terms.arbiter),
            *([Line(N_("Backup arbiter"), "account", terms.backup_arbiter)] if new.backup_arbiter else []),
            *([Line(N_("Arbiter's fee, staked by each side"), "amount", str(new.arbiter_fee_units), terms.currency)] if new.arbiter_fee_units else []),
            *([] if new.instant else [Line(N_("You accept within"), "duration", str(new.accept_for_s))]),
            Line(N_("You deliver within"), "duration", str(new.deliver_for_s)),
            Line(N_("The buyer inspects within"), "duration", str(new.transit_for_s + new.inspect_for_s)),
            *([Line(N_("For this buyer alone"), "account", terms.only_buyer)] if new.only_buyer else []),
        ]  # fmt: skip
        identity = (terms.content_hash, *(v for v in abi if isinstance(v, int | str)), quantity_limit)
        plan = Plan(
            "market.list",
            self._call("list", abi, quantity_limit),
            lines,
            title=str(new.description.get("title", "")),
            subject=listing,
            back=f"/l/{listing}",
            identity=identity,
        )
        return self.intents.prepare(account, plan, form_key)

    def prepare_set_paused(self, account: str, listing_id: str, paused: bool, form_key: str = "") -> Intent:
        """Give the intent that stops or resumes new orders."""
        listing = self._listing(listing_id)
        note = N_("No new orders; those already paid go on.") if paused else N_("New orders are taken again.")
        return self._on_listing(
            account, "market.set_paused", "setPaused", listing, (paused,), [Line(N_("Effect"), "note", note)], form_key
        )

    def prepare_set_quantity_limit(
        self, account: str, listing_id: str, expected: int, new: int, form_key: str = ""
    ) -> Intent:
        """Give the intent that changes how many may be sold in all; refused when it is not `expected` any more."""
        listing = self._listing(listing_id)
        _within(expected, 0, MAX_UINT32, "expected")
        _within(new, 0, MAX_UINT32, "quantity")
        lines = [
            Line(N_("Quantity limit now"), "number", str(expected)),
            Line(N_("Quantity limit to be, those sold included"), "number", str(new)),
        ]
        return self._on_listing(
            account, "market.set_quantity_limit", "setQuantityLimit", listing, (expected, new), lines, form_key
        )

    def prepare_buy(
        self,
        account: str,
        listing_id: str,
        quantity: int,
        max_total_units: int,
        max_fee_bps: int,
        holder: str | None = None,
        specification_hash: str | None = None,
        form_key: str = "",
    ) -> Intent:
        """Give the intent that pays into escrow: one transaction with ETH or a permit, else the approval that goes first.

        Args: max_total_units is what the buyer saw and agreed to; max_fee_bps likewise.
        Chain: reads time, and for a token allowance and nonce.
        """
        form_key = form_key or new_form_key()
        listing = self._listing(listing_id)
        _within(quantity, 1, MAX_UINT32, "quantity")
        _within(max_fee_bps, 0, MAX_BPS, "max_fee")
        total = listing.unit_price_units * quantity
        if total > max_total_units:
            raise Refused(
                gettext("The price is above your limit. Reload the listing: what you saw is not what is asked."),
                key="MarketTotalTooHigh",
                field="quantity",
            )
        terms = terms_abi(listing)
        receiver = checksummed(holder, "holder") if holder else account
        purchase = Purchase(
            salt=derived_salt("purchase", account.lower(), listing.id, form_key),
            payer=account,
            holder=receiver,
            arbiter=terms[5],
            specification=specification_hash or ZERO_HASH,
        )
        key = order_key(listing.id, receiver, ref_of(purchase.to_abi()))
        deadline = self.chain.head()[1] + DEADLINE_AFTER_S
        args = (terms, quantity, total, max_fee_bps, deadline, purchase.to_abi())
        currency = to_checksum_address(listing.currency)
        is_eth = listing.currency == ETH
        lines = [
            Line(N_("You pay into escrow"), "amount", str(total), currency),
            Line(N_("Quantity"), "number", str(quantity)),
            Line(N_("Seller"), "account", to_checksum_address(listing.seller)),
            *([Line(N_("The order will belong to"), "account", receiver)] if receiver != account else []),
            Line(N_("Arbiter"), "account", terms[5]),
            Line(
                N_("Commission, paid by the seller, at most"),
                "bps",
                str(min(max_fee_bps, int(listing.terms["maxFeeBps"]))),
            ),
            Line(N_("Can be mined until"), "time", str(deadline)),
        ]
        identity = (listing.id, quantity, total, max_fee_bps, receiver, purchase.specification)
        common: dict[str, Any] = {"title": _title(listing), "subject": key, "back": f"/o/{key}", "identity": identity}
        if is_eth:
            plan = Plan(
                "market.buy", self._call("buy", *args, value_wei=total), lines, spends=[Spend(ETH, total)], **common
            )
            return self.intents.prepare(account, plan, form_key)
        spends = [Spend(currency, total)]
        if self._allowance(currency, account) >= total:
            return self.intents.prepare(
                account, Plan("market.buy", self._call("buy", *args), lines, spends=spends, **common), form_key
            )
        known = self.queries.currency(listing.currency)
        if known.kind == "community":
            permit = Permit(
                token=currency,
                token_name=known.name,
                chain_id=self.registry.chain_id,
                owner=account,
                spender=self.registry.address(ABI),
                value_units=total,
                nonce=self.chain.read("ERC20", currency, "nonces", account),
                deadline_ts=deadline,
            )
            call = self._call("buyWithPermit", *args, permit.unsigned())
            return self.intents.prepare(
                account, Plan("market.buy", call, lines, spends=spends, permit=permit, **common), form_key
            )
        follow = {
            "service": "market",
            "method": "prepare_buy",
            "values": {
                "listing_id": listing.id,
                "quantity": quantity,
                "max_total_units": str(total),
                "max_fee_bps": max_fee_bps,
                "holder": holder,
                "specification_hash": specification_hash,
                "form_key": form_key,
            },
        }
        return self._approve(account, currency, total, _title(listing), f"/l/{listing.id}", follow, form_key)

    def prepare_accept(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the seller's intent to take an order on."""
        order = self._order(key)
        lines = [Line(N_("You then deliver within"), "duration", str(order.listing.terms["deliverFor"]))]
        return self._on_order(account, "market.accept", "accept", order, lines, form_key)

    def prepare_decline(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the seller's intent to turn an order down."""
        order = self._order(key)
        return self._on_order(account, "market.decline", "decline", order, [self._back_line(order)], form_key)

    def prepare_cancel(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the buyer's intent to take the money back before acceptance."""
        order = self._order(key)
        return self._on_order(account, "market.cancel", "cancel", order, [self._back_line(order)], form_key)

    def prepare_deliver(self, account: str, key: str, commitment: str | None = None, form_key: str = "") -> Intent:
        """Give the seller's intent to say that it is shipped or done.

        Args: commitment is a 0x hash of a sealed note; None = none.
        """
        order = self._order(key)
        found = _hash_bytes(commitment or ZERO_HASH, "commitment")
        terms = order.listing.terms
        lines = [
            Line(N_("The buyer may dispute for"), "duration", str(int(terms["transitFor"]) + int(terms["inspectFor"]))),
            *([Line(N_("Hash of your note"), "hash", commitment)] if commitment and any(found) else []),
        ]
        return self._on_order(account, "market.deliver", "deliver", order, lines, form_key, extra=(found,))

    def prepare_confirm(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the buyer's intent to have the seller paid."""
        order = self._order(key)
        lines = [
            Line(N_("The seller is paid, less commission"), "amount", str(order.amount_units), order.listing.currency),
            Line(N_("Commission"), "bps", str(order.platform_fee_bps + order.community_fee_bps)),
            Line(N_("Warning"), "note", N_("This ends the order: there is no dispute after it.")),
        ]
        return self._on_order(account, "market.confirm", "confirm", order, lines, form_key)

    def prepare_refund(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the seller's intent to give all the money back."""
        order = self._order(key)
        return self._on_order(account, "market.refund", "refund", order, [self._back_line(order)], form_key)

    def prepare_expire(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give anybody's intent to apply the rule for whoever was silent too long."""
        order = self._order(key)
        to_seller = order.state == "delivered"
        note = (
            N_("The buyer was silent: the seller is paid.")
            if to_seller
            else N_("The time is over: the buyer gets all back.")
        )
        return self._on_order(account, "market.expire", "expire", order, [Line(N_("Effect"), "note", note)], form_key)

    def prepare_dispute(self, account: str, key: str, text: str, form_key: str = "") -> Intent:
        """Give the buyer's intent to dispute what was delivered, staking the arbiter's fee; the text is kept by its hash."""
        order = self._order(key)
        evidence = self.contents.store_text(text)
        lines = [
            Line(N_("Arbiter"), "account", to_checksum_address(order.listing.terms["arbiter"])),
            *self._fee_lines(order),
            Line(N_("Your statement's hash; the text is public"), "hash", evidence),
        ]
        extra = (self.contents.uri(evidence), bytes.fromhex(evidence[2:]))
        values = {"key": order.key, "text": text, "form_key": form_key}
        return self._with_fee(
            account, "market.dispute", "dispute", order, lines, form_key, extra, ("prepare_dispute", values)
        )

    def prepare_stake(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the intent to answer a dispute by staking the arbiter's fee for the seller."""
        order = self._order(key)
        values = {"key": order.key, "form_key": form_key}
        return self._with_fee(
            account, "market.stake", "stake", order, self._fee_lines(order), form_key, (), ("prepare_stake", values)
        )

    def prepare_submit_evidence(self, account: str, key: str, text: str, form_key: str = "") -> Intent:
        """Give a party's intent to show something to the arbiter; the text is kept by its hash."""
        order = self._order(key)
        evidence = self.contents.store_text(text)
        lines = [Line(N_("Your statement's hash; the text is public"), "hash", evidence)]
        extra = (self.contents.uri(evidence), bytes.fromhex(evidence[2:]))
        return self._on_order(account, "market.submit_evidence", "submitEvidence", order, lines, form_key, extra=extra)

    def prepare_rule(self, account: str, key: str, bps_to_buyer: int, form_key: str = "") -> Intent:
        """Give the arbiter's intent to divide the money left."""
        order = self._order(key)
        _within(bps_to_buyer, 0, MAX_BPS, "bps_to_buyer")
        to_buyer = order.amount_units * bps_to_buyer // MAX_BPS
        currency = order.listing.currency
        lines = [
            Line(N_("To the buyer"), "amount", str(to_buyer), currency),
            Line(N_("To the seller, before commission"), "amount", str(order.amount_units - to_buyer), currency),
            Line(N_("The buyer's part"), "bps", str(bps_to_buyer)),
            Line(N_("Warning"), "note", N_("A ruling is final.")),
        ]
        return self._on_order(account, "market.rule", "rule", order, lines, form_key, extra=(bps_to_buyer,))

    # --- parts ----------------------------------------------------------------------------------------------------------
    def _with_fee(
        self,
        account: str,
        action: str,
        function: str,
        order: Order,
        lines: Sequence[Line],
        form_key: str,
        extra: tuple[Any, ...],
        again: tuple[str, dict[str, Any]],
    ) -> Intent:
        """A step that takes the arbiter's fee: with ETH in the call, with a token after an approval."""
        fee, currency = int(order.listing.terms["arbiterFee"]), to_checksum_address(order.listing.currency)
        if fee and currency != ETH and self._allowance(currency, account) < fee:
            method, values = again
            follow = {"service": "market", "method": method, "values": values}
            return self._approve(account, currency, fee, _title(order.listing), f"/o/{order.key}", follow, form_key)
        value_wei = fee if currency == ETH else 0
        spends = [Spend(currency, fee)] if fee else []
        return self._on_order(
            account, action, function, order, lines, form_key, extra=extra, value_wei=value_wei, spends=spends
        )

    def _approve(
        self, account: str, currency: str, amount: int, title: str, back: str, follow: dict[str, Any], form_key: str
    ) -> Intent:
        """Allow the Market exactly one amount; the step that uses it comes behind."""
        market = self.registry.address(ABI)
        lines = [
            Line(N_("You allow exactly"), "amount", str(amount), currency),
            Line(N_("To be taken by"), "contract", ABI, market),
            Line(N_("Then"), "note", N_("This is step 1 of 2. The payment itself is the second transaction.")),
        ]
        plan = Plan(
            "token.approve",
            Call("ERC20", currency, "approve", (market, amount)),
            lines,
            title=title,
            subject=currency.lower(),
            back=back,
            spends=[Spend(currency, amount)],
            follow=follow,
        )
        return self.intents.prepare(account, plan, form_key)

    def _on_listing(
        self,
        account: str,
        action: str,
        function: str,
        listing: Listing,
        extra: tuple[Any, ...],
        lines: Sequence[Line],
        form_key: str,
    ) -> Intent:
        call = self._call(function, terms_abi(listing), *extra)
        plan = Plan(action, call, lines, title=_title(listing), subject=listing.id, back=f"/l/{listing.id}")
        return self.intents.prepare(account, plan, form_key)

    def _on_order(
        self,
        account: str,
        action: str,
        function: str,
        order: Order,
        lines: Sequence[Line],
        form_key: str,
        *,
        extra: tuple[Any, ...] = (),
        value_wei: int = 0,
        spends: Sequence[Spend] = (),
    ) -> Intent:
        # the key keeps the first holder, who stands in the purchase
        holder = to_checksum_address(order.purchase["holder"])
        args = (terms_abi(order.listing), holder, bytes.fromhex(order.ref.removeprefix("0x")), *extra)
        plan = Plan(
            action,
            self._call(function, *args, value_wei=value_wei),
            lines,
            title=_title(order.listing),
            subject=order.key,
            back=f"/o/{order.key}",
            spends=spends,
        )
        return self.intents.prepare(account, plan, form_key)

    def _back_line(self, order: Order) -> Line:
        return Line(N_("Goes back to the buyer"), "amount", str(order.amount_units), order.listing.currency)

    def _fee_lines(self, order: Order) -> list[Line]:
        fee = int(order.listing.terms["arbiterFee"])
        return [Line(N_("Stake: the arbiter's fee"), "amount", str(fee), order.listing.currency)] if fee else []

    def _allowance(self, currency: str, account: str) -> int:
        return int(self.chain.read("ERC20", currency, "allowance", account, self.registry.address(ABI)))

    def _call(self, function: str, *args: Any, value_wei: int = 0) -> Call:
        return Call(ABI, self.registry.address(ABI), function, args, value_wei)

    def _listing(self, found_id: str) -> Listing:
        found = self.queries.listing(found_id.lower())
        if found is None:
            raise NotFound(gettext("There is no such listing."))
        return found

    def _order(self, key: str) -> Order:
        found = self.queries.order(key.lower())
        if found is None:
            raise NotFound(gettext("There is no such order."))
        return found


def terms_abi(listing: Listing) -> tuple[Any, ...]:
    """Give an indexed listing's terms as the contract takes them, from its own words."""
    found = listing.terms
    return (
        to_checksum_address(found["seller"]),
        _hash_bytes(found["persona"], "persona"),
        to_checksum_address(found["currency"]),
        int(found["unitPrice"]),
        int(found["arbiterFee"]),
        to_checksum_address(found["arbiter"]),
        to_checksum_address(found["backupArbiter"]),
        to_checksum_address(found["onlyBuyer"]),
        int(found["rules"]),
        int(found["clocks"]),
        _hash_bytes(found["contentHash"], "contentHash"),
        _hash_bytes(found["salt"], "salt"),
        _hash_bytes(found["extras"], "extras"),
    )


def text_hash(text: str) -> str:
    """Give keccak256 of a text, as evidence and sealed notes are named by."""
    return hash_of(text.encode())


def _title(listing: Listing) -> str:
    return listing.description.title if listing.description else f"{listing.id[:10]}…"


def _within(value: int, low: int, high: int, field: str) -> None:
    if not isinstance(value, int) or not low <= value <= high:
        raise Refused(
            gettext("This must be a whole number from %(low)s to %(high)s.", low=low, high=high),
            key="out_of_range",
            field=field,
        )


def _hash_bytes(found: str, field: str) -> bytes:
    text = found.removeprefix("0x")
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != 32:
        raise Refused(gettext("This is no hash: 0x and 64 more signs."), key="bad_hash", field=field)
    return data
