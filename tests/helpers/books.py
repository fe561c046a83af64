"""The Market in plain Python: what each call does to an order, who is owed what, what is announced, and why a call is refused.

Written from the design's table and the decisions, so that it can be an oracle: it shares no code with the contracts and
asks them nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from eth_utils import keccak

from tests.helpers.accounts import community_account, split_account
from tests.helpers.amounts import BPS, Shares, completed, given_back, to_split
from tests.helpers.deal import FINAL, OPEN, Deal, State
from tests.helpers.files import SealedFile, Wrapped, is_right
from tests.helpers.terms import DAY, GOODS, NONE, ZERO, Extras, Terms, words_of

STAKE_FOR = 3 * DAY
MAX_EXTENSION = 180 * DAY
TRANSFERRED, REFERRED, MILESTONES, FINAL_OFFER = 1, 2, 4, 8
HOLDER, SELLER = "holder", "seller"
EARLY = (State.FUNDED, State.ACCEPTED, State.DELIVERED)
CHANGES = (
    "release",
    "refundPart",
    "extend",
    "transferOrder",
    "offerSettlement",
    "withdrawSettlement",
    "acceptSettlement",
)
IN_PARTS = ("deliverMilestone", "confirmMilestone", "expireMilestone")
OF_FILES = ("deliverFile", "claimBadKey")


class Event(NamedTuple):
    """What a call announces, with its values by name."""

    name: str
    values: dict[str, Any]
    source: str = ""  # a contract's address; "" = the Market


@dataclass(frozen=True)
class Call:
    """One call about an order, as far as its outcome depends on it."""

    name: str
    account: str
    timestamp: int
    number: int = 0  # an amount, a ruling, a milestone, or the seconds of an extension
    value: int = 0  # ETH
    to: str = ZERO
    uri: str = ""
    hash: str = NONE
    wrap: Wrapped | None = None  # what is delivered


@dataclass(frozen=True)
class Offer:
    """What one side offers to the holder, and the order for which it was offered."""

    to_holder: int
    basis: bytes
    stands: bool = True


@dataclass
class Shelf:
    """A listing: how many units may be sold in all, whether it is paused, and the flags of its orders."""

    limit: int
    flags: int = 0
    paused: bool = False


@dataclass
class Entry:
    """One order in the books."""

    deal: Deal
    state: State
    amount: int
    clock: int
    platform_fee_bps: int
    community_fee_bps: int
    holder: str
    flags: int = 0
    milestone: int = 0
    extended_s: int = 0
    handovers: int = 0
    sequence: int = 0
    offers: dict[str, Offer] = field(default_factory=dict)  # by side
    frozen: tuple[int, int] = (0, 0)  # the last offers of holder and seller, in a dispute
    wrap: Wrapped | None = None  # of a file's key, as it was delivered

    @property
    def next_holder(self) -> str:
        """To whom the holder hands it over, if he does: a stranger, who hands it back."""
        first = self.deal.purchase.holder
        return str(self.deal.parties.stranger) if self.holder == first else first

    @property
    def bond(self) -> int:
        """What the terms lock at acceptance."""
        return self.deal.total * self.deal.terms.rule("bond_bps") // BPS

    @property
    def locked(self) -> int:
        """What of the seller's bond is locked now."""
        return self.bond if State.ACCEPTED <= self.state <= State.DISPUTED else 0

    @property
    def referral_bps(self) -> int:
        """What the referrer gets, if there is one."""
        return self.deal.terms.rule("referral_bps") if self.deal.purchase.referrer != ZERO else 0

    @property
    def key_is_right(self) -> bool:
        """Whether the delivered key is the one that was sold."""
        deal = self.deal
        return self.wrap is not None and is_right(deal.terms.salt, deal.key, deal.secret, self.wrap)

    @property
    def stakes(self) -> int:
        """What both sides have staked and not got back."""
        return sum(self.stakes_by_side)

    @property
    def stakes_by_side(self) -> tuple[int, int]:
        """What the holder and the seller have staked and not got back."""
        fee = self.deal.fee
        return {State.CONTESTED: (fee, 0), State.DISPUTED: (fee, fee)}.get(self.state, (0, 0))

    @property
    def last_second(self) -> int:
        """The last second in which nobody may expire the order."""
        more = self.deal.terms.clock("rule_for") if self.deal.terms.backup_arbiter != ZERO else 0
        return self.clock + (more if self.state == State.DISPUTED else 0)

    @property
    def bears_bond(self) -> bool:
        """Whether the terms ask for a bond."""
        return self.deal.terms.rule("bond_bps") != 0

    @property
    def milestone_due(self) -> int:
        """The share of the milestone at hand: of what is left, among those not yet paid, rounded down."""
        shares = [share for share, _, _ in self.deal.extras.milestones[self.milestone :]]
        return self.amount * shares[0] // sum(shares)

    def side_of(self, account: str) -> str | None:
        """Tell whose side an account is, if any."""
        return {self.deal.terms.seller: SELLER, self.holder: HOLDER}.get(account)

    def standing(self, account: str) -> int | None:
        """Give what the other side of an account offers, as long as that can be accepted."""
        offer = self.offers.get(HOLDER if self.side_of(account) == SELLER else SELLER)
        return offer.to_holder if offer is not None and offer.stands else None

    def word(self) -> tuple:
        """Give the order as the Market keeps it."""
        bps = (self.platform_fee_bps, self.community_fee_bps)
        return (self.amount, self.clock, self.deal.quantity, *bps, int(self.state), self.flags, self.milestone)

    def aside(self) -> tuple:
        """Give what the Market keeps besides."""
        holder = self.holder if self.flags & TRANSFERRED else ZERO
        referrer = self.deal.purchase.referrer if self.flags & REFERRED else ZERO
        return (holder.lower(), self.extended_s, self.handovers, referrer.lower(), *self.frozen)

    def talks(self) -> tuple:
        """Give the offers as the Market keeps them."""
        offers = (self.offers.get(side, Offer(0, bytes(32))) for side in (HOLDER, SELLER))
        return (self.sequence, *((offer.basis, offer.to_holder) for offer in offers))

    def basis(self) -> bytes:
        """Name the order as it is: the hash of key, word, holder and number of handovers."""
        return keccak(words_of(self.deal.key, *self.word(), self.holder, self.handovers))


@dataclass
class Books:
    """All orders, credits and what the Market must hold."""

    market: str = ""
    orders: list[Entry] = field(default_factory=list)
    credits: Counter = field(default_factory=Counter)
    sold: Counter = field(default_factory=Counter)
    stray: Counter = field(default_factory=Counter)
    bonds: Counter = field(default_factory=Counter)
    balances: Counter = field(default_factory=Counter)  # what each account owns, or by how much it has changed
    listings: dict[str, Shelf] = field(default_factory=dict)

    def copy(self) -> Books:
        """Give books that go their own way from here."""
        orders = [replace(entry, offers=dict(entry.offers)) for entry in self.orders]
        listings = {name: replace(shelf) for name, shelf in self.listings.items()}
        counters = (self.credits, self.sold, self.stray, self.bonds, self.balances)
        return Books(self.market, orders, *(counter.copy() for counter in counters), listings)

    def open_quantity(self, listing_id: str, buyer: str) -> int:
        """Give the units in open orders of a first holder."""
        mine = (entry for entry in self.orders if entry.deal.listing_id == listing_id and entry.state in OPEN)
        return sum(entry.deal.quantity for entry in mine if entry.deal.purchase.holder == buyer)

    def must_hold(self, currency: str) -> int:
        """Give what the Market must hold in a currency: escrow, stakes, bonds, credits, and what came by the back door."""
        owed = sum(amount for (_, unit), amount in self.credits.items() if unit == currency)
        mine = [entry for entry in self.orders if entry.deal.terms.currency == currency]
        locked = sum(entry.amount + entry.stakes + entry.locked for entry in mine)
        free = sum(amount for (_, unit), amount in self.bonds.items() if unit == currency)
        return owed + locked + free + self.stray[currency]

    # listings and purchases

    def open_listing(
        self,
        terms: Terms,
        listing_id: str,
        limit: int,
        extras: Extras | None = None,
        file: SealedFile | None = None,
    ) -> list[Event]:
        """Open a listing."""
        flags = 0
        if extras is not None:
            flags = (MILESTONES if extras.milestones else 0) | (FINAL_OFFER if extras.final_offer else 0)
        self.listings[listing_id] = Shelf(limit, flags)
        said = {"listingId": listing_id, "seller": terms.seller, "communityId": terms.rule("community_id")}
        events = [Event("ListingOpened", {**said, "terms": terms.words(), "quantityLimit": limit})]
        if extras is not None:
            events.append(Event("ListingExtras", {"listingId": listing_id, "extras": extras.words()}))
        if file is not None:
            events.append(Event("ListingFile", {"listingId": listing_id, "file": file.words()}))
        return events

    def set_paused(self, listing_id: str, paused: bool) -> list[Event]:
        """Stop or resume new orders."""
        self.listings[listing_id].paused = paused
        return [Event("ListingPaused", {"listingId": listing_id, "paused": paused})]

    def set_limit(self, listing_id: str, limit: int) -> list[Event]:
        """Change how many units may be sold in all."""
        self.listings[listing_id].limit = limit
        return [Event("ListingQuantityLimitSet", {"listingId": listing_id, "quantityLimit": limit})]

    def left(self, listing_id: str) -> int:
        """Give the units that may still be bought."""
        return max(self.listings[listing_id].limit - self.sold[listing_id], 0)

    def buy(self, deal: Deal, timestamp: int, platform_fee_bps: int, community_fee_bps: int) -> Entry:
        """Open an order. Its payment is `pay`."""
        instant = deal.terms.rule("instant")
        clock = timestamp + deal.terms.clock("deliver_for" if instant else "accept_for")
        state = State.ACCEPTED if instant else State.FUNDED
        entry = Entry(deal, state, deal.total, clock, platform_fee_bps, community_fee_bps, deal.purchase.holder)
        entry.flags = REFERRED if entry.referral_bps else 0
        if deal.extras is not None:
            entry.flags |= (MILESTONES if deal.extras.milestones else 0) | (
                FINAL_OFFER if deal.extras.final_offer else 0
            )
        self.orders.append(entry)
        self.sold[deal.listing_id] += deal.quantity
        return entry

    @staticmethod
    def funded(entry: Entry) -> Event:
        """Give the event that announces a new order."""
        deal = entry.deal
        return Event(
            "OrderFunded",
            {
                "key": deal.key,
                "listingId": deal.listing_id,
                "holder": deal.purchase.holder,
                "purchase": deal.purchase.words(),
                "amount": entry.amount,
                "quantity": deal.quantity,
                "clock": entry.clock,
                "platformFeeBps": entry.platform_fee_bps,
                "communityFeeBps": entry.community_fee_bps,
            },
        )

    # money outside of orders

    def pay(self, account: str, currency: str, amount: int) -> list[Event]:
        """Take money into the Market."""
        return self._transferred(account, self.market, currency, amount)

    def deposit_bond(self, payer: str, account: str, currency: str, amount: int) -> list[Event]:
        """Add to a free bond."""
        changed = self._bond_changed(account, currency, amount)
        return [changed, *self.pay(payer, currency, amount)]

    def withdraw_bond(self, account: str, currency: str, amount: int) -> list[Event]:
        """Turn a free bond into a credit."""
        changed = self._bond_changed(account, currency, -amount)
        return [changed, *self._credited(NONE, currency, ((account, amount),))]

    def withdraw(self, account: str, currency: str, to: str, amount: int) -> list[Event]:
        """Pay out of a credit."""
        self.credits[account, currency] -= amount
        said = {"account": account, "currency": currency, "to": to, "amount": amount}
        return [Event("CreditWithdrawn", said), *self._transferred(self.market, to, currency, amount)]

    # what may be done

    def refusal(self, entry: Entry, call: Call) -> str | None:
        """Give the error with which a call is refused, or None: who may do what, when."""
        if call.name in CHANGES:
            return self._refusal_of_change(entry, call)
        terms, holder, name = entry.deal.terms, entry.holder, call.name
        parties = {
            **{call: {terms.seller} for call in ("accept", "decline", "refund")},
            **{call: {terms.seller} for call in ("deliver", "deliverMilestone", "deliverFile")},
            **{call: {holder} for call in ("cancel", "confirm", "dispute", "confirmMilestone", "claimBadKey")},
            "submitEvidence": {terms.seller, holder},
            "rule": {terms.arbiter, terms.backup_arbiter},
        }
        if name in parties and call.account not in parties[name]:
            return "MarketNotParty"
        if name == "rule" and entry.state in FINAL:
            return None
        states = {
            "accept": (State.FUNDED,),
            "decline": (State.FUNDED,),
            "cancel": (State.FUNDED,),
            "deliver": (State.ACCEPTED,),
            "deliverMilestone": (State.ACCEPTED,),
            "deliverFile": (State.ACCEPTED,),
            "claimBadKey": (State.DELIVERED,),
            "confirm": (State.DELIVERED,),
            "confirmMilestone": (State.DELIVERED,),
            "expireMilestone": (State.DELIVERED,),
            "dispute": (State.DELIVERED,),
            "stake": (State.CONTESTED,),
            "submitEvidence": (State.CONTESTED, State.DISPUTED),
            "rule": (State.DISPUTED,),
            "refund": OPEN,
            "expire": OPEN,
        }
        if entry.state not in states[name]:
            return "MarketWrongState"
        if name in ("deliver", *OF_FILES) and entry.deal.is_file != (name in OF_FILES):
            return "MarketWrongKind"
        refused = self._refusal_of_parts(entry, call) or self._refusal_of_time(entry, call)
        return "MarketKeyIsRight" if name == "claimBadKey" and not refused and entry.key_is_right else refused

    @staticmethod
    def _refusal_of_parts(entry: Entry, call: Call) -> str | None:
        in_parts = bool(entry.flags & MILESTONES)
        if call.name in IN_PARTS:
            return None if in_parts and call.number == entry.milestone else "MarketWrongMilestone"
        whole = call.name in ("deliver", "confirm") or (call.name == "expire" and entry.state == State.DELIVERED)
        return "MarketHasMilestones" if whole and in_parts else None

    def _refusal_of_time(self, entry: Entry, call: Call) -> str | None:
        terms, name, timestamp = entry.deal.terms, call.name, call.timestamp
        if name in ("expire", "expireMilestone"):
            return None if timestamp > entry.last_second else "MarketTooEarly"
        if name == "rule" and call.account == terms.backup_arbiter:
            if timestamp <= entry.clock:
                return "MarketTooEarly"
            return None if timestamp <= entry.last_second else "MarketTooLate"
        timed = ("accept", "deliver", "deliverMilestone", "dispute", "stake", "rule", *OF_FILES)
        if name in timed and timestamp > entry.clock:
            return "MarketTooLate"
        too_low = name == "accept" and self.bonds[terms.seller, terms.currency] < entry.bond
        return "MarketBondTooLow" if too_low else None

    def _refusal_of_change(self, entry: Entry, call: Call) -> str | None:
        """Give the error with which a call that few orders see is refused, or None."""
        name, account, number = call.name, call.account, call.number
        seller = entry.deal.terms.seller
        if name == "extend":
            if entry.state not in EARLY:
                return "MarketWrongState"
            if account != (seller if entry.state == State.DELIVERED else entry.holder):
                return "MarketNotParty"
            if call.timestamp > entry.clock:
                return "MarketTooLate"
            return None if 0 < number <= MAX_EXTENSION - entry.extended_s else "MarketBadClock"
        if name == "transferOrder":
            if account != entry.holder:
                return "MarketNotParty"
            if entry.state not in EARLY:
                return "MarketWrongState"
            return "MarketWrongKind" if entry.deal.is_file else None
        if name in ("release", "refundPart"):
            if account != (entry.holder if name == "release" else seller):
                return "MarketNotParty"
            if entry.state not in OPEN:
                return "MarketWrongState"
            return None if 0 < number <= entry.amount else "MarketBadAmount"
        if entry.state not in OPEN:
            return "MarketWrongState"
        if name == "offerSettlement" and number > entry.amount:
            return "MarketBadAmount"
        if entry.side_of(account) is None:
            return "MarketNotParty"
        missing = name == "acceptSettlement" and entry.standing(account) != number
        return "MarketNoSuchOffer" if missing else None

    # what it does

    def apply(self, entry: Entry, call: Call) -> list[Event]:
        """Do what a call does, and give what it announces, in order."""
        does = {
            "accept": self._accept,
            "deliver": self._deliver,
            "deliverMilestone": self._deliver,
            "deliverFile": self._deliver_file,
            "claimBadKey": self._claim_bad_key,
            "confirm": self._confirm,
            "confirmMilestone": self._confirm,
            "expireMilestone": self._confirm,
            "expire": self._confirm if entry.state == State.DELIVERED else self._give_back,
            "cancel": self._give_back,
            "decline": self._give_back,
            "refund": self._give_back,
            "dispute": self._dispute,
            "stake": self._stake,
            "submitEvidence": lambda entry, call: [self._evidence(entry, call)],
            "rule": self._rule,
            "release": self._release,
            "refundPart": self._refund_part,
            "extend": self._extend,
            "transferOrder": self._transfer,
            "offerSettlement": self._offer,
            "withdrawSettlement": self._withdraw_offer,
            "acceptSettlement": self._settle,
            "settleBySignature": self._settle,
        }
        return does[call.name](entry, call)

    def _accept(self, entry: Entry, call: Call) -> list[Event]:
        terms = entry.deal.terms
        self._move(entry, State.ACCEPTED, call.timestamp + terms.clock("deliver_for"))
        events = [Event("OrderAccepted", {"key": entry.deal.key, "deliverBy": entry.clock})]
        if entry.bears_bond:
            events.append(self._bond_changed(terms.seller, terms.currency, -entry.bond, entry.deal.key))
        return events

    def _deliver(self, entry: Entry, call: Call) -> list[Event]:
        terms = entry.deal.terms
        inspect_for = terms.clock("inspect_for") + (terms.clock("transit_for") if terms.rule("kind") == GOODS else 0)
        if call.name == "deliverMilestone":
            inspect_for = entry.deal.extras.milestones[entry.milestone][2]
        self._move(entry, State.DELIVERED, call.timestamp + inspect_for)
        if entry.flags & FINAL_OFFER:
            entry.offers.clear()  # a last offer is about what was delivered
        said = {"key": entry.deal.key, "commitment": call.hash, "inspectBy": entry.clock}
        return [Event("OrderDelivered", said)]

    def _deliver_file(self, entry: Entry, call: Call) -> list[Event]:
        assert call.wrap is not None
        entry.wrap = call.wrap
        wrapped = Event("OrderKeyWrapped", {"key": entry.deal.key, "wrap": call.wrap.words()})
        return [*self._deliver(entry, replace(call, hash=call.wrap.hash())), wrapped]

    def _claim_bad_key(self, entry: Entry, call: Call) -> list[Event]:
        return [Event("OrderKeyRefuted", {"key": entry.deal.key}), *self._give_back(entry, call)]

    def _confirm(self, entry: Entry, call: Call) -> list[Event]:
        if not entry.flags & MILESTONES or entry.milestone + 1 == len(entry.deal.extras.milestones):
            return self._complete(entry, call)
        paid = entry.milestone_due
        entry.amount -= paid
        entry.milestone += 1
        self._move(entry, State.ACCEPTED, call.timestamp + entry.deal.extras.milestones[entry.milestone][1])
        said = {"key": entry.deal.key, "milestone": entry.milestone - 1, "by": call.account, "amount": paid}
        event = Event("MilestonePaid", {**said, "left": entry.amount, "deliverBy": entry.clock})
        return [event, *self._pay_out(entry, self._paid(entry, paid))]

    def _complete(self, entry: Entry, call: Call) -> list[Event]:
        shares = self._divided(entry, 0, *entry.stakes_by_side)
        return self._end(entry, State.COMPLETED, shares, _ended("OrderCompleted", entry, call))

    def _give_back(self, entry: Entry, call: Call) -> list[Event]:
        cancelled = entry.state == State.FUNDED
        if cancelled:
            self.sold[entry.deal.listing_id] -= entry.deal.quantity
        lost = entry.bond if entry.state == State.ACCEPTED and call.timestamp > entry.clock else 0
        shares = given_back(entry.amount + lost, *entry.stakes_by_side)
        end, event = (State.CANCELLED, "OrderCancelled") if cancelled else (State.REFUNDED, "OrderRefunded")
        late = entry.state == State.ACCEPTED and call.timestamp > entry.clock
        return self._end(entry, end, shares, _ended(event, entry, call), lost=lost, bond_is_lost=late)

    def _dispute(self, entry: Entry, call: Call) -> list[Event]:
        terms, key, fee = entry.deal.terms, entry.deal.key, entry.deal.fee
        events = [self._evidence(entry, call)]
        if entry.flags & FINAL_OFFER:
            holders, sellers = (entry.offers.get(side) for side in (HOLDER, SELLER))
            entry.frozen = (holders.to_holder if holders else entry.amount, sellers.to_holder if sellers else 0)
            said = {"key": key, "holdersOffer": entry.frozen[0], "sellersOffer": entry.frozen[1]}
            events.append(Event("FinalOffersFrozen", said))
        from_bond = not call.value and self.bonds[entry.holder, terms.currency] >= fee
        if from_bond and fee:
            events.append(self._bond_changed(entry.holder, terms.currency, -fee, key))
        if self.bonds[terms.seller, terms.currency] >= fee:
            if fee:
                events.append(self._bond_changed(terms.seller, terms.currency, -fee, key))
            events.append(self._open_dispute(entry, call))
        else:
            self._move(entry, State.CONTESTED, call.timestamp + STAKE_FOR)
            events.append(Event("OrderContested", {"key": key, "stakeBy": entry.clock}))
        return events if from_bond else [*events, *self.pay(call.account, terms.currency, fee)]

    def _stake(self, entry: Entry, call: Call) -> list[Event]:
        seller, currency, fee = entry.deal.terms.seller, entry.deal.terms.currency, entry.deal.fee
        if call.account == seller and not call.value and self.bonds[seller, currency] >= fee:
            taken = self._bond_changed(seller, currency, -fee, entry.deal.key)
            return [taken, self._open_dispute(entry, call)]
        return [self._open_dispute(entry, call), *self.pay(call.account, currency, fee)]

    def _open_dispute(self, entry: Entry, call: Call) -> Event:
        self._move(entry, State.DISPUTED, call.timestamp + entry.deal.terms.clock("rule_for"))
        return Event("OrderDisputed", {"key": entry.deal.key, "ruleBy": entry.clock})

    @staticmethod
    def _evidence(entry: Entry, call: Call) -> Event:
        group = int(entry.deal.key, 16)
        said = {"arbitrator": entry.deal.terms.arbiter, "evidenceGroupID": group, "party": call.account}
        return Event("Evidence", {**said, "uri": call.uri, "hash": call.hash})

    def _rule(self, entry: Entry, call: Call) -> list[Event]:
        if entry.state in FINAL:
            return []
        key, fee = entry.deal.key, entry.deal.fee
        to_holder, stake_back = entry.amount * call.number // BPS, fee * call.number // BPS
        events = [Event("OrderResolved", {"key": key, "by": call.account, "bpsToBuyer": call.number})]
        if entry.flags & FINAL_OFFER:
            to_holder = self.picked(entry, call.number)
            stake_back = fee * to_holder // entry.amount
            events.append(Event("FinalOfferPicked", {"key": key, "toHolder": to_holder}))
        shares = replace(self._divided(entry, to_holder, stake_back, fee - stake_back), arbiter=fee)
        return self._end(entry, State.RESOLVED, shares, *events, ruler=call.account)

    @staticmethod
    def picked(entry: Entry, bps: int) -> int:
        """Give what the nearer of the two last offers gives to the holder; his own when both are as near."""
        holders, sellers = (min(offer, entry.amount) for offer in entry.frozen)
        ruled = entry.amount * bps
        return sellers if abs(sellers * BPS - ruled) < abs(holders * BPS - ruled) else holders

    def _release(self, entry: Entry, call: Call) -> list[Event]:
        self._void(entry)
        if call.number == entry.amount:
            return self._complete(entry, call)
        entry.amount -= call.number
        said = {"key": entry.deal.key, "amount": call.number, "left": entry.amount}
        return [Event("OrderReleased", said), *self._pay_out(entry, self._paid(entry, call.number))]

    def _refund_part(self, entry: Entry, call: Call) -> list[Event]:
        self._void(entry)
        given = call.number
        if given == entry.amount:
            return self._give_back(entry, call)
        entry.amount -= given
        if entry.flags & FINAL_OFFER and entry.state == State.DELIVERED:
            for side, offer in entry.offers.items():
                entry.offers[side] = replace(offer, to_holder=max(offer.to_holder - given, 0))
        elif entry.flags & FINAL_OFFER and entry.state > State.DELIVERED:
            holders, sellers = entry.frozen
            entry.frozen = (max(holders - given, 0), max(sellers - given, 0))
        said = {"key": entry.deal.key, "amount": given, "left": entry.amount}
        return [Event("OrderPartRefunded", said), *self._pay_out(entry, Shares(holder=given))]

    def _extend(self, entry: Entry, call: Call) -> list[Event]:
        self._void(entry)
        entry.clock += call.number
        entry.extended_s += call.number
        return [Event("OrderExtended", {"key": entry.deal.key, "clock": entry.clock})]

    def _transfer(self, entry: Entry, call: Call) -> list[Event]:
        self._void(entry)
        entry.offers.pop(HOLDER, None)
        said = {"key": entry.deal.key, "from": entry.holder, "to": call.to}
        entry.holder, entry.flags = call.to, entry.flags | TRANSFERRED
        entry.handovers += 1
        return [Event("OrderTransferred", said)]

    @staticmethod
    def _offer(entry: Entry, call: Call) -> list[Event]:
        entry.offers[entry.side_of(call.account)] = Offer(call.number, entry.basis())
        entry.sequence += 1
        said = {"key": entry.deal.key, "by": call.account, "toHolder": call.number, "sequence": entry.sequence}
        return [Event("SettlementOffered", said)]

    @staticmethod
    def _withdraw_offer(entry: Entry, call: Call) -> list[Event]:
        entry.offers.pop(entry.side_of(call.account), None)
        entry.sequence += 1
        said = {"key": entry.deal.key, "by": call.account, "sequence": entry.sequence}
        return [Event("SettlementWithdrawn", said)]

    def _settle(self, entry: Entry, call: Call) -> list[Event]:
        said = {"key": entry.deal.key, "by": call.account, "toHolder": call.number}
        shares = self._divided(entry, call.number, *entry.stakes_by_side)
        return self._end(entry, State.RESOLVED, shares, Event("OrderSettled", said))

    # money of orders

    def _paid(self, entry: Entry, gross: int) -> Shares:
        shares = completed(gross, entry.platform_fee_bps, entry.community_fee_bps, entry.referral_bps)
        return to_split(shares) if entry.deal.terms.rule("split_id") else shares

    def _divided(self, entry: Entry, to_holder: int, holder_stake: int, seller_stake: int) -> Shares:
        rest = self._paid(entry, entry.amount - to_holder)
        return replace(rest, holder=to_holder + holder_stake, seller=rest.seller + seller_stake)

    def _end(
        self,
        entry: Entry,
        state: State,
        shares: Shares,
        *events: Event,
        ruler: str | None = None,
        lost: int = 0,
        bond_is_lost: bool = False,
    ) -> list[Event]:
        assert shares.total() == entry.amount + entry.stakes + lost, "the oracle itself must conserve money"
        terms, back = entry.deal.terms, entry.locked
        bonded = entry.bears_bond and entry.state >= State.ACCEPTED and not bond_is_lost
        entry.amount = 0
        self._move(entry, state, 0)
        returned = [self._bond_changed(terms.seller, terms.currency, back, entry.deal.key)] if bonded else []
        return [*returned, *events, *self._pay_out(entry, shares, ruler)]

    def _pay_out(self, entry: Entry, shares: Shares, ruler: str | None = None) -> list[Event]:
        terms = entry.deal.terms
        accounts = {
            "holder": entry.holder,
            "seller": terms.seller,
            "split": split_account(terms.rule("split_id"), terms.rule("split_version")),
            "referrer": entry.deal.purchase.referrer,
            "platform": community_account(0),
            "community": community_account(terms.rule("community_id")),
            "arbiter": ruler,
        }
        payouts = tuple((account, getattr(shares, name)) for name, account in accounts.items() if getattr(shares, name))
        return self._credited(entry.deal.key, terms.currency, payouts) if payouts else []

    def _credited(self, source: str, currency: str, payouts: tuple) -> list[Event]:
        for account, amount in payouts:
            self.credits[account, currency] += amount
        return [Event("CreditsAdded", {"source": source, "currency": currency, "payouts": payouts})]

    def _bond_changed(self, account: str, currency: str, by: int, source: str = NONE) -> Event:
        self.bonds[account, currency] += by
        said = {"account": account, "currency": currency, "source": source}
        return Event("BondChanged", {**said, "free": self.bonds[account, currency]})

    def _transferred(self, sender: str, to: str, currency: str, amount: int) -> list[Event]:
        self.balances[sender, currency] -= amount
        self.balances[to, currency] += amount
        if currency == ZERO or not amount:
            return []
        return [Event("Transfer", {"from": sender, "to": to, "value": amount}, currency)]

    def _move(self, entry: Entry, state: State, clock: int) -> None:
        entry.state, entry.clock = state, clock
        self._void(entry)

    @staticmethod
    def _void(entry: Entry) -> None:
        """Nobody can accept an offer about what the order was before."""
        entry.offers = {side: replace(offer, stands=False) for side, offer in entry.offers.items()}


def _ended(name: str, entry: Entry, call: Call) -> Event:
    return Event(name, {"key": entry.deal.key, "by": call.account})
