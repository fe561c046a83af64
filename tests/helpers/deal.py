"""One order between its parties: every call of the Market with terms, holder and ref filled in."""

from dataclasses import dataclass
from enum import IntEnum
from typing import NamedTuple

from brownie import chain

from tests.helpers.accounts import community_account, split_account
from tests.helpers.amounts import Shares
from tests.helpers.files import RIGHT, WRONG, SealedFile, Wrapped, file_of, secret_of, sold_key, wrapped
from tests.helpers.terms import FILE, ZERO, Extras, Purchase, Terms, key_of
from tests.helpers.time import now

FAR = 2**40 - 1
ANY_FEE = 10_000
ANY_TOTAL = 2**256 - 1
NO_EXTRAS = ((), False)


class State(IntEnum):
    """An order's state, in the contract's order."""

    NONE = 0
    FUNDED = 1
    ACCEPTED = 2
    DELIVERED = 3
    CONTESTED = 4
    DISPUTED = 5
    COMPLETED = 6
    CANCELLED = 7
    REFUNDED = 8
    RESOLVED = 9


OPEN = (State.FUNDED, State.ACCEPTED, State.DELIVERED, State.CONTESTED, State.DISPUTED)
FINAL = (State.COMPLETED, State.CANCELLED, State.REFUNDED, State.RESOLVED)


class Order(NamedTuple):
    """What the Market keeps of an order."""

    amount: int
    clock: int
    quantity: int
    platform_fee_bps: int
    community_fee_bps: int
    state: int
    flags: int
    milestone: int


class Listing(NamedTuple):
    """What the Market keeps of a listing."""

    listed: bool
    paused: bool
    quantity_limit: int
    quantity_sold: int
    flags: int


class Aside(NamedTuple):
    """What the Market keeps of few orders besides."""

    holder: str
    extended_for: int
    handovers: int
    referrer: str
    holders_offer: int
    sellers_offer: int


@dataclass(frozen=True)
class Parties:
    """The accounts of a deal, and a stranger to it."""

    seller: object
    holder: object
    payer: object
    arbiter: object
    backup: object
    stranger: object


class Deal:
    """A listing's terms and one purchase against it, paid or not."""

    def __init__(
        self,
        market,
        terms: Terms,
        purchase: Purchase,
        quantity: int,
        parties: Parties,
        extras: Extras | None = None,
        chain_id: int | None = None,
    ) -> None:
        self.market = market
        self.terms = terms
        self.purchase = purchase
        self.quantity = quantity
        self.parties = parties
        self.extras = extras
        self.ref = purchase.ref()
        self.listing_id = terms.listing_id(chain_id or chain.id, market.address)
        self.key = key_of(self.listing_id, purchase.holder, self.ref)

    @property
    def total(self) -> int:
        """The price of all units."""
        return self.terms.unit_price * self.quantity

    @property
    def fee(self) -> int:
        """The arbiter's fee."""
        return self.terms.arbiter_fee

    @property
    def is_file(self) -> bool:
        """Whether a sealed file is sold."""
        return self.terms.rule("kind") == FILE

    @property
    def file(self) -> SealedFile:
        """The file that is sold under such terms."""
        return file_of(self.terms.salt)

    @property
    def secret(self) -> int:
        """The secret of the purchase's point."""
        return secret_of(self.purchase.salt)

    def wrap(self, right: bool = RIGHT) -> Wrapped:
        """Wrap the file's key for this order, or another one."""
        key = sold_key(self.terms.salt)
        return wrapped(self.key, self.secret, key if right else key[::-1])

    def claim(self, wrap: Wrapped | None = None) -> tuple:
        """Give the last arguments of `claimBadKey`; without a wrap one of a wrong key."""
        return (self.file.words(), self.purchase.words(), (wrap or self.wrap(WRONG)).words(), self.secret)

    @property
    def order(self) -> Order:
        """The order as the Market keeps it."""
        return Order(*self.market.orderOf(self.key))

    @property
    def aside(self) -> Aside:
        """What the Market keeps of the order besides."""
        return Aside(*self.market.asideOf(self.key))

    @property
    def state(self) -> State:
        """The order's state."""
        return State(self.order.state)

    @property
    def listing(self) -> Listing:
        """The listing as the Market keeps it."""
        return Listing(*self.market.listingOf(self.listing_id))

    def value(self, amount: int) -> int:
        """Give the ETH to send for an amount: all of it, or none when the currency is a token."""
        return amount if self.terms.currency == ZERO else 0

    def arguments(self, name: str, *rest) -> tuple:
        """Give a call's arguments: terms, holder, ref, and what follows."""
        return (self.terms.words(), self.purchase.holder, self.ref, *rest)

    def default_rest(self, name: str) -> tuple:
        """Give plausible further arguments of a call."""
        if name in ("release", "refundPart", "offerSettlement"):
            return (self.order.amount, 1)
        if name == "extend":
            clock = self.order.clock
            return (clock, clock + 1)
        if name == "deliverFile":
            return (self.wrap().words(),)
        if name == "claimBadKey":
            return self.claim()
        return {
            "deliver": ("0x" + "de" * 32,),
            "dispute": ("ipfs://why", "0x" + "d1" * 32),
            "submitEvidence": ("ipfs://more", "0x" + "d2" * 32),
            "rule": (5_000,),
            "acceptSettlement": (1,),
            "settleBySignature": (1, FAR, b"\1" * 65),
            "deliverMilestone": (NO_EXTRAS, 0, "0x" + "de" * 32),
            "confirmMilestone": (NO_EXTRAS, 0),
            "expireMilestone": (NO_EXTRAS, 0),
            "transferOrder": (self.parties.payer,),
        }.get(name, ())

    def default_value(self, name: str) -> int:
        """Give the ETH that a call needs."""
        return self.value(self.fee) if name in ("dispute", "stake") else 0

    def do(self, name: str, sender, *rest, **tx):
        """Send a call of this order as a transaction."""
        tx = {"from": sender, "value": self.default_value(name), **tx}
        return getattr(self.market, name)(*self.arguments(name, *(rest or self.default_rest(name))), tx)

    def ask(self, name: str, sender, *rest, **tx):
        """Try a call of this order by eth_call; raises what a transaction would raise now."""
        tx = {"from": sender, "value": self.default_value(name), **tx}
        return getattr(self.market, name).call(*self.arguments(name, *(rest or self.default_rest(name))), tx)

    def buy_arguments(self, max_total: int = ANY_TOTAL, max_fee_bps: int = ANY_FEE, deadline: int = FAR) -> tuple:
        """Give the arguments of `buy`."""
        return (self.terms.words(), self.quantity, max_total, max_fee_bps, deadline, self.purchase.words())

    def buy(self, **tx):
        """Pay for the order."""
        tx = {"from": self.purchase.payer, "value": self.value(self.total), **tx}
        return self.market.buy(*self.buy_arguments(), tx)

    def ask_buy(self, max_total: int = ANY_TOTAL, max_fee_bps: int = ANY_FEE, deadline: int = FAR, **tx):
        """Try to pay for the order by eth_call."""
        tx = {"from": self.purchase.payer, "value": self.value(self.total), **tx}
        return self.market.buy.call(*self.buy_arguments(max_total, max_fee_bps, deadline), tx)

    def accept(self):
        return self.do("accept", self.parties.seller)

    def decline(self):
        return self.do("decline", self.parties.seller)

    def cancel(self):
        return self.do("cancel", self.parties.holder)

    def deliver(self):
        return self.do("deliverFile" if self.is_file else "deliver", self.parties.seller)

    def deliver_wrong_key(self):
        return self.do("deliverFile", self.parties.seller, self.wrap(WRONG).words())

    def claim_bad_key(self):
        return self.do("claimBadKey", self.parties.holder)

    def confirm(self):
        return self.do("confirm", self.parties.holder)

    def refund(self):
        return self.do("refund", self.parties.seller)

    def dispute(self):
        return self.do("dispute", self.parties.holder)

    def stake(self):
        return self.do("stake", self.parties.seller)

    def rule(self, bps: int, sender=None):
        return self.do("rule", sender or self.parties.arbiter, bps)

    def expire(self, sender=None):
        return self.do("expire", sender or self.parties.stranger)

    def bring_to(self, state: State) -> "Deal":
        """Take a new order to a state, by the shortest way."""
        instant = self.terms.rule("instant")
        if state == State.NONE:
            return self
        self.buy()
        if state == State.CANCELLED:
            self.cancel()
        if state in (State.FUNDED, State.CANCELLED):
            return self
        if not instant:
            self.accept()
        if state == State.REFUNDED:
            self.refund()
        if state in (State.ACCEPTED, State.REFUNDED):
            return self
        self.deliver()
        if state == State.COMPLETED:
            self.confirm()
        if state in (State.DELIVERED, State.COMPLETED):
            return self
        self.dispute()
        if state == State.CONTESTED:
            return self
        if self.fee:
            self.stake()
        if state == State.RESOLVED:
            self.rule(5_000)
        return self

    def now_offer(self, role: str, to_holder: int):
        """Offer a settlement on what is in escrow now."""
        return self.do("offerSettlement", getattr(self.parties, role), self.order.amount, to_holder)

    @property
    def accounts(self) -> dict[str, str]:
        """The accounts that money of this order can go to, by the names in Shares."""
        return {
            "holder": self.purchase.holder,
            "seller": self.terms.seller,
            "split": split_account(self.terms.rule("split_id"), self.terms.rule("split_version")),
            "referrer": self.purchase.referrer,
            "platform": community_account(0),
            "community": community_account(self.terms.rule("community_id")),
            "arbiter": self.terms.arbiter,
        }

    def credits(self) -> Shares:
        """Give what the Market owes to the accounts of this order, from all orders."""
        return Shares(
            **{name: self.market.creditOf(account, self.terms.currency) for name, account in self.accounts.items()}
        )

    def payouts(self, shares: Shares, ruler=None) -> tuple:
        """Give the payouts of an event: who gets something, in the contract's order."""
        accounts = {**self.accounts, **({"arbiter": str(ruler)} if ruler else {})}
        return tuple((accounts[name], getattr(shares, name)) for name in accounts if getattr(shares, name))

    def credits_added(self, shares: Shares, ruler=None) -> tuple[str, dict]:
        """Give the event that announces these shares."""
        return (
            "CreditsAdded",
            {"source": self.key, "currency": self.terms.currency, "payouts": self.payouts(shares, ruler)},
        )

    def overdue_at(self) -> int:
        """Give the first second in which `expire` works."""
        order = self.order
        last = order.clock
        if order.state == State.DISPUTED and self.terms.backup_arbiter != ZERO:
            last += self.terms.clock("rule_for")
        return max(last + 1, now())
