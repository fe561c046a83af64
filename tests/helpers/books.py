"""The Market in plain Python: what each call does to an order, who is owed what, and why a call is refused.

Written from the design's table, so that it can be an oracle: it shares no code with the contracts and asks them nothing.
"""

from collections import Counter
from dataclasses import dataclass, field, replace

from tests.helpers.accounts import community_account
from tests.helpers.amounts import Shares, completed, given_back, ruled
from tests.helpers.deal import FINAL, OPEN, Deal, State
from tests.helpers.terms import DAY, GOODS, ZERO

STAKE_FOR = 3 * DAY


@dataclass
class Entry:
    """One order in the books."""

    deal: Deal
    state: State
    amount: int
    clock: int
    platform_fee_bps: int
    community_fee_bps: int

    @property
    def stakes(self) -> int:
        """What both sides have staked and not got back."""
        return self.deal.fee * {State.CONTESTED: 1, State.DISPUTED: 2}.get(self.state, 0)

    @property
    def last_second(self) -> int:
        """The last second in which nobody may expire the order."""
        more = self.deal.terms.clock("rule_for") if self.deal.terms.backup_arbiter != ZERO else 0
        return self.clock + (more if self.state == State.DISPUTED else 0)

    def word(self) -> tuple:
        """Give the order as the Market keeps it."""
        bps = (self.platform_fee_bps, self.community_fee_bps)
        return (self.amount, self.clock, self.deal.quantity, *bps, int(self.state), 0, 0)


@dataclass
class Books:
    """All orders, credits and what the Market must hold."""

    orders: list[Entry] = field(default_factory=list)
    credits: Counter = field(default_factory=Counter)
    sold: Counter = field(default_factory=Counter)
    stray: Counter = field(default_factory=Counter)

    def copy(self) -> "Books":
        """Give books that go their own way from here."""
        orders = [replace(entry) for entry in self.orders]
        return Books(orders, self.credits.copy(), self.sold.copy(), self.stray.copy())

    def must_hold(self, currency: str) -> int:
        """Give what the Market must hold in a currency: escrow, stakes, credits, and what came in by the back door."""
        owed = sum(amount for (_, unit), amount in self.credits.items() if unit == currency)
        locked = sum(entry.amount + entry.stakes for entry in self.orders if entry.deal.terms.currency == currency)
        return owed + locked + self.stray[currency]

    def buy(self, deal: Deal, timestamp: int, platform_fee_bps: int, community_fee_bps: int) -> Entry:
        """Open an order."""
        instant = deal.terms.rule("instant")
        clock = timestamp + deal.terms.clock("deliver_for" if instant else "accept_for")
        state = State.ACCEPTED if instant else State.FUNDED
        entry = Entry(deal, state, deal.total, clock, platform_fee_bps, community_fee_bps)
        self.orders.append(entry)
        self.sold[deal.listing_id] += deal.quantity
        return entry

    def refusal(self, entry: Entry, name: str, account: str, timestamp: int) -> str | None:
        """Give the error with which a call is refused, or None: who may do what, when."""
        terms, holder = entry.deal.terms, entry.deal.purchase.holder
        parties = {
            **{call: {terms.seller} for call in ("accept", "decline", "deliver", "refund")},
            **{call: {holder} for call in ("cancel", "confirm", "dispute")},
            "submitEvidence": {terms.seller, holder},
            "rule": {terms.arbiter, terms.backup_arbiter},
        }
        if name in parties and account not in parties[name]:
            return "MarketNotParty"
        if name == "rule" and entry.state in FINAL:
            return None
        states = {
            "accept": (State.FUNDED,),
            "decline": (State.FUNDED,),
            "cancel": (State.FUNDED,),
            "deliver": (State.ACCEPTED,),
            "confirm": (State.DELIVERED,),
            "dispute": (State.DELIVERED,),
            "stake": (State.CONTESTED,),
            "submitEvidence": (State.CONTESTED, State.DISPUTED),
            "rule": (State.DISPUTED,),
            "refund": OPEN,
            "expire": OPEN,
        }
        if entry.state not in states[name]:
            return "MarketWrongState"
        if name == "expire":
            return None if timestamp > entry.last_second else "MarketTooEarly"
        if name == "rule" and account == terms.backup_arbiter:
            if timestamp <= entry.clock:
                return "MarketTooEarly"
            return None if timestamp <= entry.last_second else "MarketTooLate"
        timed = ("accept", "deliver", "dispute", "stake", "rule")
        return "MarketTooLate" if name in timed and timestamp > entry.clock else None

    def apply(self, entry: Entry, name: str, account: str, timestamp: int, bps: int = 0) -> None:
        """Do what a call does."""
        terms = entry.deal.terms
        if name == "submitEvidence" or (name == "rule" and entry.state in FINAL):
            return
        if name == "accept":
            self._move(entry, State.ACCEPTED, timestamp + terms.clock("deliver_for"))
        elif name == "deliver":
            transit = terms.clock("transit_for") if terms.rule("kind") == GOODS else 0
            self._move(entry, State.DELIVERED, timestamp + transit + terms.clock("inspect_for"))
        elif name == "dispute" and entry.deal.fee:
            self._move(entry, State.CONTESTED, timestamp + STAKE_FOR)
        elif name in ("dispute", "stake"):
            self._move(entry, State.DISPUTED, timestamp + terms.clock("rule_for"))
        elif name == "confirm" or (name == "expire" and entry.state == State.DELIVERED):
            self._end(entry, State.COMPLETED, completed(entry.amount, *self._bps(entry)))
        elif name == "rule":
            shares = ruled(entry.amount, entry.deal.fee, bps, *self._bps(entry))
            self._end(entry, State.RESOLVED, shares, ruler=account)
        else:
            self._give_back(entry)

    def _give_back(self, entry: Entry) -> None:
        fee = entry.deal.fee
        if entry.state == State.FUNDED:
            self.sold[entry.deal.listing_id] -= entry.deal.quantity
        end = State.CANCELLED if entry.state == State.FUNDED else State.REFUNDED
        holder_stake = fee if entry.state in (State.CONTESTED, State.DISPUTED) else 0
        seller_stake = fee if entry.state == State.DISPUTED else 0
        self._end(entry, end, given_back(entry.amount, holder_stake, seller_stake))

    def _end(self, entry: Entry, state: State, shares: Shares, ruler: str | None = None) -> None:
        paid_in = entry.amount + entry.stakes
        assert shares.total() == paid_in, "the oracle itself must conserve money"
        terms = entry.deal.terms
        accounts = {
            "holder": entry.deal.purchase.holder,
            "seller": terms.seller,
            "platform": community_account(0),
            "community": community_account(terms.rule("community_id")),
            "arbiter": ruler,
        }
        for name, account in accounts.items():
            if getattr(shares, name):
                self.credits[account, terms.currency] += getattr(shares, name)
        entry.amount = 0
        self._move(entry, state, 0)

    @staticmethod
    def _move(entry: Entry, state: State, clock: int) -> None:
        entry.state, entry.clock = state, clock

    @staticmethod
    def _bps(entry: Entry) -> tuple[int, int]:
        return entry.platform_fee_bps, entry.community_fee_bps
