"""Selling, buying, and every step of an order."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.content.documents import no_picture
from frontend.contracts.registry import Registry
from frontend.errors import NotFound, Refused
from frontend.formatters import ETH, units, visible
from frontend.index.currencies import DECIMALS, NAME, SYMBOL, decimals_of, name_of
from frontend.index.file_views import SealedFile
from frontend.index.queries import Queries
from frontend.index.views import Currency, Extras, Listing, Order
from frontend.marks import N_
from frontend.services.approvals import Approvals
from frontend.services.chain import Chain
from frontend.services.content import WEBP, Contents, hash_of
from frontend.services.division import bond_units, is_final_offer, ruled, settled
from frontend.services.file_lines import sealed_file_lines
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
from frontend.services.make_conditions import conditions_json, fee_lines
from frontend.services.milestones import has_next, inspect_for_s, piece_of
from frontend.services.notes import PrivateNotes
from frontend.services.order_lines import lines_of, lost_bond_lines, milestone_lines, offer_lines, paid_lines
from frontend.services.quotes import total_units
from frontend.services.reverts import Reverted
from frontend.services.terms import (
    BLUEPRINT,
    FILE,
    NO_POINT,
    ZERO_ADDRESS,
    ZERO_HASH,
    Conditions,
    Purchase,
    Terms,
    conditions_hash,
    derived_salt,
    extras_abi,
    file_abi,
    listing_id,
    order_key,
    ref_of,
)

ABI = "Market"
MAX_UINT128 = 2**128 - 1
MAX_UINT32 = 2**32 - 1
MAX_BPS = 10_000
MAX_DECIMALS = 36
MAX_FILE_BYTES = 2**30  # of a plaintext
FILE_NOTE = N_("The seller wraps the file's key to a secret that comes out of your key file: keep that file safe.")


@dataclass(frozen=True)
class NewListing:
    """What a seller wants to list. Amounts in the currency's smallest unit, times in seconds, bps of 10 000.

    description: title, text, lang, picture (hash or None), tags. file and salt belong together: the salt with which the
    browser made the file's key stands in the terms.
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
    referral_bps: int = 0
    bond_bps: int = 0
    per_buyer_open_quantity: int = 0
    extras: Extras | None = None
    split_id: int = 0
    split_version: int = 0
    buyer_level: int = 0  # the lowest level of a buyer; 0 = anyone
    member_level: int = 0  # from which the discount is given; 0 = there is none
    member_discount_bps: int = 0
    file: SealedFile | None = None  # of the kind "file", and of no other
    salt: str | None = None
    make: Conditions | None = None  # of the kind "blueprint", and of no other


class Market:
    """What sellers, buyers and arbiters do. The contract checks all of it again."""

    def __init__(
        self,
        registry: Registry,
        chain: Chain,
        intents: Intents,
        contents: Contents,
        queries: Queries,
        notes: PrivateNotes,
        approvals: Approvals,
    ) -> None:
        self.registry = registry
        self.chain = chain
        self.intents = intents
        self.contents = contents
        self.queries = queries
        self.notes = notes
        self.approvals = approvals

    def ask_currency(self, address: str) -> Currency:
        """Give a token that the index does not know, as it describes itself. Raises: Refused when it is none.

        Chain: reads decimals and symbol.
        """
        token = checksummed(address, "other_currency")
        known = self.queries.currency(token.lower())
        if known.kind != "unknown":
            return known
        try:
            name, symbol, said = (self.chain.call(token, data).hex() for data in (NAME, SYMBOL, DECIMALS))
        except Reverted:
            name, symbol, said = "", "", ""
        decimals = decimals_of(said)
        if decimals is None:
            raise Refused(gettext("There is no ERC-20 token at this address."), key="no_token", field="other_currency")
        if decimals > MAX_DECIMALS:
            raise Refused(gettext("This token has too many decimals."), key="no_token", field="other_currency")
        return Currency(token.lower(), visible(name_of(symbol)), decimals, visible(name_of(name)), "unknown")

    def prepare_list(self, account: str, new: NewListing, quantity_limit: int, form_key: str = "") -> Intent:
        """Give the intent that puts terms on sale; the description is kept first."""
        form_key = form_key or new_form_key()
        _within(quantity_limit, 0, MAX_UINT32, "quantity")
        _within(new.unit_price_units, 1, MAX_UINT128, "price")
        _within(new.arbiter_fee_units, 0, MAX_UINT128, "arbiter_fee")
        _check_file(new)
        _check_make(new)
        terms = Terms(
            seller=account,
            currency=checksummed(new.currency, "currency"),
            unit_price_units=new.unit_price_units,
            arbiter=checksummed(new.arbiter, "arbiter"),
            content_hash=self.contents.store_description(_described(new), account=account),
            salt=_salt_of(new) or derived_salt("listing", account.lower(), form_key),
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
            referral_bps=new.referral_bps,
            bond_bps=new.bond_bps,
            per_buyer_open_quantity=new.per_buyer_open_quantity,
            extras=new.extras,
            file=new.file,
            split_id=new.split_id,
            split_version=new.split_version,
            buyer_level=new.buyer_level,
            member_level=new.member_level,
            member_discount_bps=new.member_discount_bps,
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
            *_advanced_lines(new),
            *sealed_file_lines(new.file),
            *([] if new.make is None else fee_lines(new.make)),
        ]  # fmt: skip
        identity = (terms.content_hash, *(v for v in abi if isinstance(v, int | str)), abi[-1].hex(), quantity_limit)
        action, call = "market.list", self._call("list", abi, quantity_limit)
        if new.extras is not None:
            call = self._call("listWithExtras", abi, quantity_limit, extras_abi(new.extras))
        if new.file is not None:
            action, call = "market.list_file", self._call("listFile", abi, quantity_limit, file_abi(new.file))
        plan = Plan(
            action,
            call,
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
        referrer: str | None = None,
        point: Sequence[str] | None = None,
        salt: str | None = None,
    ) -> Intent:
        """Give the intent that pays into escrow: one transaction with ETH or a permit, else the approval that goes first.

        What it costs is what the holder pays now, who may be a member, and never more than the bound.

        Args: max_total_units is what the buyer saw and agreed to; max_fee_bps likewise, the referrer's part included;
        specification_hash is that of a private note which the account has sealed for the seller; referrer gets what the
        terms give to one; point (x and y) and salt are of a file, and of nothing else: the browser draws the purchase's
        salt, makes a secret with it, and has the key wrapped to the secret's point.
        Raises: Refused for a file without them, or for somebody else.
        Chain: reads time, and for a token allowance and nonce.
        """
        form_key = form_key or new_form_key()
        listing = self._listing(listing_id)
        _within(quantity, 1, MAX_UINT32, "quantity")
        _within(max_fee_bps, 0, MAX_BPS, "max_fee")
        check_published(self.queries, listing)
        terms = terms_abi(listing)
        receiver = checksummed(holder, "holder") if holder else account
        x, y = _point_of(listing, point, salt, is_own=receiver == account)
        if ask_of(self.contents, listing) and not specification_hash:
            raise Refused(
                gettext("This is made to order. Please answer what the seller asks, in the private note."),
                key="specification_missing",
                field="sealed",
            )
        total = total_units(self.queries, listing, receiver, quantity, max_total_units)
        purchase = Purchase(
            salt=salt
            if salt and listing.kind == FILE
            else derived_salt("purchase", account.lower(), listing.id, form_key),
            payer=account,
            holder=receiver,
            arbiter=terms[5],
            specification=specification_hash or ZERO_HASH,
            referrer=checksummed(referrer, "referrer") if referrer else ZERO_ADDRESS,
            point=(x, y),
        )
        key = order_key(listing.id, receiver, ref_of(purchase.to_abi()))
        if specification_hash:
            self.notes.claim(specification_hash, account, listing.seller, key)
        deadline = self.chain.head()[1] + DEADLINE_AFTER_S
        args = (terms, quantity, total, max_fee_bps, deadline, purchase.to_abi())
        currency = to_checksum_address(listing.currency)
        is_eth = listing.currency == ETH
        lines = [
            Line(N_("You pay into escrow"), "amount", str(total), currency),
            *_member_price_lines(listing, total, quantity),
            Line(N_("Quantity"), "number", str(quantity)),
            Line(N_("Seller"), "account", to_checksum_address(listing.seller)),
            *([Line(N_("The order will belong to"), "account", receiver)] if receiver != account else []),
            *([Line(N_("Hash of your sealed note"), "hash", specification_hash)] if specification_hash else []),
            Line(N_("Arbiter"), "account", terms[5]),
            *referral_lines(listing, purchase),
            Line(
                N_("Commission, paid by the seller, at most"),
                "bps",
                str(min(max_fee_bps, int(listing.terms["maxFeeBps"]))),
            ),
            *([Line(N_("Effect"), "note", FILE_NOTE)] if listing.kind == FILE else []),
            Line(N_("Can be mined until"), "time", str(deadline)),
        ]
        of_file = (purchase.salt, x, y) if listing.kind == FILE else ()
        wish = (receiver, purchase.specification, purchase.referrer)
        identity = (listing.id, quantity, total, max_fee_bps, *wish, *of_file)
        common: dict[str, Any] = {"title": title_of(listing), "subject": key, "back": f"/o/{key}", "identity": identity}
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
        permit = self.approvals.permit(account, listing.currency, total, deadline)
        if permit is not None:
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
                "referrer": referrer,
                "point": None if point is None else list(point),
                "salt": salt,
            },
        }
        return self._approve(account, currency, total, title_of(listing), f"/l/{listing.id}", follow, form_key)

    def prepare_accept(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the seller's intent to take an order on."""
        order = self.order(key)
        lines = [Line(N_("You then deliver within"), "duration", str(order.listing.terms["deliverFor"]))]
        lines += self._locked_lines(account, order)
        return self.step(account, "market.accept", "accept", order, lines, form_key)

    def prepare_decline(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the seller's intent to turn an order down."""
        order = self.order(key)
        return self.step(account, "market.decline", "decline", order, [self._back_line(order)], form_key)

    def prepare_cancel(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the buyer's intent to take the money back before acceptance."""
        order = self.order(key)
        return self.step(account, "market.cancel", "cancel", order, [self._back_line(order)], form_key)

    def prepare_deliver(
        self,
        account: str,
        key: str,
        commitment: str | None = None,
        form_key: str = "",
        *,
        sealed: bool = False,
        back: str | None = None,
    ) -> Intent:
        """Give the seller's intent to say that it is shipped or done.

        Args: commitment is a 0x hash, None = none; sealed tells that it is of a private note for the buyer; back is the
        path to return to, None = the order's page.
        """
        order = self.order(key)
        if commitment and sealed:
            self.notes.claim(commitment, account, order.payer, order.key)
        found = hash_bytes(commitment or ZERO_HASH, "commitment")
        lines = [
            *milestone_lines(order),
            Line(N_("The buyer may dispute for"), "duration", str(inspect_for_s(order))),
            *([Line(N_("Hash of your note"), "hash", commitment)] if commitment and any(found) else []),
        ]
        function, extra = piece_of(order, "deliver")
        extra = (*extra, found)
        return self.step(account, "market.deliver", function, order, lines, form_key, extra=extra, back=back)

    def prepare_confirm(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the buyer's intent to have the seller paid."""
        order = self.order(key)
        warning = (
            N_("What is paid cannot be disputed any more; the next milestone begins.")
            if has_next(order)
            else N_("This ends the order: there is no dispute after it.")
        )
        lines = [*milestone_lines(order), *paid_lines(order), Line(N_("Warning"), "note", warning)]
        function, extra = piece_of(order, "confirm")
        return self.step(account, "market.confirm", function, order, lines, form_key, extra=extra)

    def prepare_refund(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give the seller's intent to give all the money back. Chain: reads time, since who is late loses his bond."""
        order = self.order(key)
        lines = [self._back_line(order), *self.late_bond_lines(order)]
        return self.step(account, "market.refund", "refund", order, lines, form_key)

    def late_bond_lines(self, order: Order) -> list[Line]:
        """Say what the seller loses by giving all back when the time to deliver is over. Chain: reads time."""
        return lost_bond_lines(order) if self.chain.head()[1] > order.clock_ts else []

    def prepare_expire(self, account: str, key: str, form_key: str = "") -> Intent:
        """Give anybody's intent to apply the rule for whoever was silent too long."""
        order = self.order(key)
        if order.state == "delivered":
            note = Line(N_("Effect"), "note", N_("The buyer was silent: the seller is paid."))
            function, extra = piece_of(order, "expire")
            lines = [note, *milestone_lines(order), *paid_lines(order)]
            return self.step(account, "market.expire", function, order, lines, form_key, extra=extra)
        note = Line(N_("Effect"), "note", N_("The time is over: the buyer gets all back."))
        lines = [note, *lines_of(order, settled(order, order.amount_units)), *lost_bond_lines(order)]
        return self.step(account, "market.expire", "expire", order, lines, form_key)

    def prepare_dispute(
        self, account: str, key: str, text: str, form_key: str = "", *, from_bond: bool = False
    ) -> Intent:
        """Give the buyer's intent to dispute what was delivered, staking the arbiter's fee; the text is kept by its hash.

        Args: from_bond takes the stake out of the account's free bond, which must be enough, instead of its ETH. A stake in
        tokens the contract takes from there by itself when it is enough.
        Chain: reads free bonds, and for a token the allowance.
        """
        order = self.order(key)
        from_bond = from_bond or self._takes_from_bond(account, order)
        evidence = self.contents.store_text(text, account=account)
        lines = [
            Line(N_("Arbiter"), "account", to_checksum_address(order.listing.terms["arbiter"])),
            *(self._bond_lines(order) if from_bond else self._fee_lines(order)),
            *self._answer_lines(order),
            *(offer_lines(order, self.last_offers(order)) if is_final_offer(order) else []),
            Line(N_("Your statement's hash; the text is public"), "hash", evidence),
        ]
        extra = (self.contents.uri(evidence), bytes.fromhex(evidence[2:]))
        if from_bond:
            return self.step(account, "market.dispute", "dispute", order, lines, form_key, extra=extra)
        values = {"key": order.key, "text": text, "form_key": form_key}
        return self._with_fee(
            account, "market.dispute", "dispute", order, lines, form_key, extra, ("prepare_dispute", values)
        )

    def prepare_stake(self, account: str, key: str, form_key: str = "", *, from_bond: bool = False) -> Intent:
        """Give the intent to answer a dispute by staking the arbiter's fee for the seller.

        Args: from_bond takes the stake out of the seller's own free bond, as in a dispute; nobody else's is taken.
        Chain: reads the seller's free bond, and for a token the allowance.
        """
        order = self.order(key)
        if account.lower() == order.listing.seller and (from_bond or self._takes_from_bond(account, order)):
            return self.step(account, "market.stake", "stake", order, self._bond_lines(order), form_key)
        values = {"key": order.key, "form_key": form_key}
        return self._with_fee(
            account, "market.stake", "stake", order, self._fee_lines(order), form_key, (), ("prepare_stake", values)
        )

    def prepare_submit_evidence(self, account: str, key: str, text: str, form_key: str = "") -> Intent:
        """Give a party's intent to show something to the arbiter; the text is kept by its hash."""
        order = self.order(key)
        evidence = self.contents.store_text(text, account=account)
        lines = [Line(N_("Your statement's hash; the text is public"), "hash", evidence)]
        extra = (self.contents.uri(evidence), bytes.fromhex(evidence[2:]))
        return self.step(account, "market.submit_evidence", "submitEvidence", order, lines, form_key, extra=extra)

    def prepare_submit_picture(self, account: str, key: str, picture_hash: str, form_key: str = "") -> Intent:
        """Give a party's intent to show a picture to the arbiter. Args: picture_hash is that of a picture kept here.

        Raises: Refused when there is none.
        """
        order = self.order(key)
        if self.contents.media_type(picture_hash) != WEBP:
            raise no_picture()
        lines = [Line(N_("Your picture's hash; the picture is public"), "hash", picture_hash)]
        extra = (self.contents.uri(picture_hash), bytes.fromhex(picture_hash[2:]))
        return self.step(account, "market.submit_evidence", "submitEvidence", order, lines, form_key, extra=extra)

    def prepare_rule(self, account: str, key: str, bps_to_buyer: int, form_key: str = "") -> Intent:
        """Give the arbiter's intent to divide the money left."""
        order = self.order(key)
        _within(bps_to_buyer, 0, MAX_BPS, "bps_to_buyer")
        nearer = N_("The terms let a ruling pick the nearer of the two last offers; this is what it picks.")
        lines = [
            Line(N_("The buyer's part"), "bps", str(bps_to_buyer)),
            *([Line(N_("Effect"), "note", nearer)] if is_final_offer(order) else []),
            *lines_of(order, ruled(order, bps_to_buyer)),
            Line(N_("Warning"), "note", N_("A ruling is final.")),
        ]
        return self.step(account, "market.rule", "rule", order, lines, form_key, extra=(bps_to_buyer,))

    def last_offers(self, order: Order) -> tuple[int, int]:
        """Give what goes to the buyer by each side's last offer, the buyer's first; without one, the extreme in its favour.

        Chain: reads talksOf. Source: LastOffers.freeze.
        """
        key = bytes.fromhex(order.key[2:])
        _, holders, sellers = self.chain.read(ABI, self.registry.address(ABI), "talksOf", key)
        return (
            int(holders[1]) if any(holders[0]) else order.amount_units,
            int(sellers[1]) if any(sellers[0]) else 0,
        )

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
            return self._approve(account, currency, fee, title_of(order.listing), f"/o/{order.key}", follow, form_key)
        value_wei = fee if currency == ETH else 0
        spends = [Spend(currency, fee)] if fee else []
        return self.step(
            account, action, function, order, lines, form_key, extra=extra, value_wei=value_wei, spends=spends
        )

    def _approve(
        self, account: str, currency: str, amount: int, title: str, back: str, follow: dict[str, Any], form_key: str
    ) -> Intent:
        """Allow the Market exactly one amount; the step that uses it comes behind."""
        return self.approvals.prepare(
            account, currency, amount, title=title, back=back, follow=follow, form_key=form_key
        )

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
        plan = Plan(action, call, lines, title=title_of(listing), subject=listing.id, back=f"/l/{listing.id}")
        return self.intents.prepare(account, plan, form_key)

    def step(
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
        back: str | None = None,
        contract: str = ABI,
    ) -> Intent:
        """Give the intent of one step of an order.

        Args: extra is what the call takes behind terms, holder and ref; back is where to return to, None = the order's page;
        contract is whose call it is.
        """
        # the key keeps the first holder, who stands in the purchase
        holder = to_checksum_address(order.purchase["holder"])
        args = (terms_abi(order.listing), holder, bytes.fromhex(order.ref.removeprefix("0x")), *extra)
        plan = Plan(
            action,
            Call(contract, self.registry.address(contract), function, args, value_wei),
            lines,
            title=title_of(order.listing),
            subject=order.key,
            back=back or f"/o/{order.key}",
            spends=spends,
        )
        return self.intents.prepare(account, plan, form_key)

    def _locked_lines(self, account: str, order: Order) -> list[Line]:
        """Say what accepting locks. Raises: Refused naming what is missing. Chain: reads the free bond."""
        needed = bond_units(order)
        if needed == 0 or order.state != "funded":
            return []
        currency = to_checksum_address(order.listing.currency)
        seller = to_checksum_address(order.listing.seller)
        if seller == account:
            free = int(self.chain.read(ABI, self.registry.address(ABI), "bondOf", seller, currency))
            if free < needed:
                raise self._bond_missing(needed, free, order.listing.currency)
        return [Line(N_("Locked from your free bond until the order ends"), "amount", str(needed), currency)]

    def _bond_missing(self, needed: int, free: int, address: str) -> Refused:
        currency = self.queries.currency(address)
        return Refused(
            gettext(
                "Accepting locks a bond of %(needed)s, but your free bond is %(free)s: %(missing)s are missing. Deposit them "
                "on the page “Bonds” (under Credits), and then accept.",
                needed=units(needed, currency),
                free=units(free, currency),
                missing=units(needed - free, currency),
            ),
            key="MarketBondTooLow",
        )

    def _back_line(self, order: Order) -> Line:
        return Line(N_("Goes back to the buyer"), "amount", str(order.amount_units), order.listing.currency)

    def _fee_lines(self, order: Order) -> list[Line]:
        fee = int(order.listing.terms["arbiterFee"])
        return [Line(N_("Stake: the arbiter's fee"), "amount", str(fee), order.listing.currency)] if fee else []

    def _bond_lines(self, order: Order) -> list[Line]:
        fee = int(order.listing.terms["arbiterFee"])
        return [Line(N_("Stake, out of your free bond"), "amount", str(fee), order.listing.currency)]

    def _bond_covers(self, account: str, order: Order) -> bool:
        """Tell whether a free bond is enough for the arbiter's fee, which must be more than nothing. Chain: reads bondOf."""
        fee, currency = int(order.listing.terms["arbiterFee"]), to_checksum_address(order.listing.currency)
        free = self.chain.read(ABI, self.registry.address(ABI), "bondOf", to_checksum_address(account), currency)
        return 0 < fee <= int(free)

    def _takes_from_bond(self, account: str, order: Order) -> bool:
        """Tell whether a stake in tokens comes out of a free bond by itself."""
        return order.listing.currency != ETH and self._bond_covers(account, order)

    def _answer_lines(self, order: Order) -> list[Line]:
        if not self._bond_covers(order.listing.seller, order):
            return []
        note = N_("The seller's stake is taken out of his free bond by itself, so that the arbiter is asked at once.")
        return [Line(N_("Effect"), "note", note)]

    def _allowance(self, currency: str, account: str) -> int:
        return self.approvals.allowed(currency, account)

    def _call(self, function: str, *args: Any, value_wei: int = 0) -> Call:
        return Call(ABI, self.registry.address(ABI), function, args, value_wei)

    def _listing(self, found_id: str) -> Listing:
        found = self.queries.listing(found_id.lower())
        if found is None:
            raise NotFound(gettext("There is no such listing."))
        return found

    def order(self, key: str) -> Order:
        """Give an order as the index has it. Raises: NotFound."""
        found = self.queries.order(key.lower())
        if found is None:
            raise NotFound(gettext("There is no such order."))
        return found


def _advanced_lines(new: NewListing) -> list[Line]:
    """Say the terms that few listings have."""
    found = []
    if new.bond_bps:
        found.append(Line(N_("Your bond, of each order's price"), "bps", str(new.bond_bps)))
    if new.referral_bps:
        found.append(Line(N_("A referrer gets"), "bps", str(new.referral_bps)))
    if new.per_buyer_open_quantity:
        found.append(Line(N_("Most units of one buyer in open orders"), "number", str(new.per_buyer_open_quantity)))
    if new.split_id:
        found.append(Line(N_("Your part goes to the split"), "number", str(new.split_id)))
        found.append(Line(N_("in its version"), "number", str(new.split_version)))
    found += _member_lines(new)
    if new.extras is None:
        return found
    if new.extras.milestones:
        found.append(Line(N_("Milestones"), "number", str(len(new.extras.milestones))))
    for part in new.extras.milestones:
        found.append(Line(N_("A milestone's share"), "bps", str(part.share_bps)))
        found.append(Line(N_("to be delivered within"), "duration", str(part.deliver_for_s)))
        found.append(Line(N_("and inspected within"), "duration", str(part.inspect_for_s)))
    if new.extras.final_offer:
        found.append(Line(N_("A ruling"), "note", N_("picks the nearer of the two last offers.")))
    return found


def _check_file(new: NewListing) -> None:
    """Make sure that a file can be one. Raises: Refused."""
    if new.file is None:
        return
    if new.extras is not None:
        raise Refused(gettext("A sealed file has neither milestones nor last offers."), key="file_extras")
    _within(new.file.size_bytes, 1, MAX_FILE_BYTES, "size")
    for name in ("key_hash", "ciphertext_hash", "plaintext_hash"):
        hash_bytes(getattr(new.file, name), name)
    hash_bytes(new.salt or "", "salt")


def _point_of(listing: Listing, point: Sequence[str] | None, salt: str | None, *, is_own: bool) -> tuple[str, str]:
    """Give the point to which a purchase wants its key; none for what is no file. Raises: Refused."""
    if listing.kind != FILE:
        return NO_POINT
    if not is_own:
        raise Refused(
            gettext("A file's key is for whoever buys it, so it cannot be bought for somebody else."),
            key="file_for_another",
            field="holder",
        )
    if point is None or len(point) != len(NO_POINT) or not salt:
        raise Refused(
            gettext(
                "Your browser has not made the secret for the file's key. Open the listing's own page with scripts allowed, "
                "and buy there."
            ),
            key="no_point",
        )
    hash_bytes(salt, "purchase_salt")
    x, y = (("0x" + hash_bytes(word, name).hex()) for word, name in zip(point, ("key_x", "key_y"), strict=True))
    return x, y


def _check_make(new: NewListing) -> None:
    """Make sure that a blueprint has make conditions, and nothing else has."""
    if (new.kind == BLUEPRINT) is (new.make is None):
        raise Refused(gettext("Make conditions are for blueprints, and each has some."), key="bad_make", field="kind")
    if new.make is not None:
        _within(new.make.fee_units, 0, MAX_UINT128, "make_fee")


def _described(new: NewListing) -> dict[str, Any]:
    """Give the description, which of a blueprint carries the make conditions: see services/designs.py."""
    made = {} if new.make is None else {"make": conditions_json(new.make)}
    return {**new.description, "kind": new.kind, **made}


def _salt_of(new: NewListing) -> str | None:
    """Give the salt that something else has made: a file's browser, or a blueprint's conditions."""
    return new.salt if new.make is None else conditions_hash(new.make)


def check_published(queries: Queries, listing: Listing) -> None:
    """Raises: Refused for a blueprint whose make conditions are not known."""
    if listing.kind == BLUEPRINT and queries.design(listing.id) is None:
        raise not_published()


def not_published() -> Refused:
    """Give the refusal of what needs published conditions."""
    return Refused(
        gettext("The make conditions of this blueprint are not published yet, so it cannot be sold or made."),
        key="not_published",
    )


def _member_lines(new: NewListing) -> list[Line]:
    """Say who may buy, and what members pay."""
    found = []
    if new.buyer_level == 1:
        found.append(Line(N_("Who may buy"), "note", N_("members of the community only")))
    elif new.buyer_level:
        found.append(Line(N_("Only members may buy, from tier"), "number", str(new.buyer_level - 1)))
    if new.member_discount_bps:
        found.append(Line(N_("Members pay less, by"), "bps", str(new.member_discount_bps)))
    if new.member_level > 1:
        found.append(Line(N_("They are members from tier"), "number", str(new.member_level - 1)))
    return found


def _member_price_lines(listing: Listing, total: int, quantity: int) -> list[Line]:
    if total == listing.unit_price_units * quantity:
        return []
    note = N_("This is the members' price. If it does not hold any more when this is mined, nothing is paid.")
    return [Line(N_("Effect"), "note", note)]


def terms_abi(listing: Listing) -> tuple[Any, ...]:
    """Give an indexed listing's terms as the contract takes them, from its own words."""
    found = listing.terms
    return (
        to_checksum_address(found["seller"]),
        hash_bytes(found["persona"], "persona"),
        to_checksum_address(found["currency"]),
        int(found["unitPrice"]),
        int(found["arbiterFee"]),
        to_checksum_address(found["arbiter"]),
        to_checksum_address(found["backupArbiter"]),
        to_checksum_address(found["onlyBuyer"]),
        int(found["rules"]),
        int(found["clocks"]),
        hash_bytes(found["contentHash"], "contentHash"),
        hash_bytes(found["salt"], "salt"),
        hash_bytes(found["extras"], "extras"),
    )


def text_hash(text: str) -> str:
    """Give keccak256 of a text, as evidence and sealed notes are named by."""
    return hash_of(text.encode())


def referral_lines(listing: Listing, purchase: Purchase) -> list[Line]:
    """Say who gets the referrer's part, and how much of the price it is."""
    if purchase.referrer == ZERO_ADDRESS:
        return []
    return [
        Line(N_("Referred by"), "account", to_checksum_address(purchase.referrer)),
        Line(N_("The referrer gets, out of the seller's part"), "bps", str(listing.terms["referralBps"])),
    ]


def ask_of(contents: Contents, listing: Listing) -> str:
    """Give what the buyer of something made to order must say in a sealed note; empty where nothing is asked."""
    document = contents.look(listing.content_hash).document
    return document.ask if document is not None else ""


def title_of(listing: Listing) -> str:
    return listing.description.title if listing.description else f"{listing.id[:10]}…"


def _within(value: int, low: int, high: int, field: str) -> None:
    if not isinstance(value, int) or not low <= value <= high:
        raise Refused(
            gettext("This must be a whole number from %(low)s to %(high)s.", low=low, high=high),
            key="out_of_range",
            field=field,
        )


def hash_bytes(found: str, field: str) -> bytes:
    """Read a hash. Raises: Refused when it is none."""
    text = found.removeprefix("0x")
    try:
        data = bytes.fromhex(text)
    except ValueError:
        data = b""
    if len(data) != 32:
        raise Refused(gettext("This is no hash: 0x and 64 more signs."), key="bad_hash", field=field)
    return data
