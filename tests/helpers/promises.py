"""What an honest party is promised, whoever else is silent or hostile: written from the promise, not from the contracts.

A party loses by its own silence, when a clock of its has run out before it acts, by a ruling, and a seller also by the
silence of every arbiter in his terms: then the holder is paid back.
"""

from typing import NamedTuple

from tests.fixtures.market import COMMUNITY_FEE_BPS, PLATFORM_FEE_BPS
from tests.helpers.amounts import BPS, completed
from tests.helpers.deal import State
from tests.helpers.hostility import FIGHTS
from tests.helpers.life import EXTENSION_S, IN_TIME, LATE, RULING_BPS, WRONG_KEY, Life
from tests.helpers.terms import DAY, GOODS, ZERO

STAKE_FOR_S = 3 * DAY
OTHERS = {"seller": ("holder", "arbiter", "backup"), "holder": ("seller", "arbiter", "backup")}


class Promise(NamedTuple):
    """How an order ends for an honest party: what it gets in credits and free bond, within so many calls and seconds."""

    end: State
    gain: int
    calls: int
    seconds: int


def others(life: Life, honest: str) -> tuple[str, ...]:
    """Give the parties on whom the end may depend."""
    backed = life.deal.terms.backup_arbiter != ZERO
    return tuple(role for role in OTHERS[honest] if role != "backup" or backed)


def promised(life: Life, honest: str, hostile: dict[str, str]) -> Promise:
    """Give what this party gets from here when these others are hostile in their manners, and the rest do their part."""
    end, gain = _SellersSide(life, hostile).due() if honest == "seller" else _HoldersSide(life, hostile).due()
    # two calls for each part of the work, one to take the order on, one to answer a dispute
    return Promise(end, gain, 2 * life.open_milestones + 2, _longest(life, honest))


def _longest(life: Life, honest: str) -> int:
    """Give the longest wait in all: the clocks of others, each with the second after it."""
    clock = life.deal.terms.clock
    ruling = 2 * (clock("rule_for") + 1)
    extended = EXTENSION_S if life.touch == "extended" else 0
    if life.order.state >= State.CONTESTED:
        return STAKE_FOR_S + 1 + ruling
    if honest == "holder":
        parts = life.extras.milestones[life.order.milestone :]
        delivery = max((part[1] for part in parts), default=clock("deliver_for"))
        return delivery + 1 + STAKE_FOR_S + 1 + ruling + extended
    transit = clock("transit_for") if life.deal.terms.rule("kind") == GOODS else 0
    inspections = [part[2] for part in life.extras.milestones[life.order.milestone :]] or [clock("inspect_for")]
    return sum(transit + inspection + 1 for inspection in inspections) + ruling + extended


class _Side:
    """What both sides know of an order."""

    def __init__(self, life: Life, hostile: dict[str, str]) -> None:
        terms, order = life.deal.terms, life.order
        self.life, self.hostile = life, hostile
        self.state, self.in_time = State(order.state), life.node.phase == IN_TIME
        self.left, self.fee = order.amount, terms.arbiter_fee
        self.bond = life.deal.total * terms.rule("bond_bps") // BPS
        referral_bps = terms.rule("referral_bps") if life.deal.purchase.referrer != ZERO else 0
        self.rates = (PLATFORM_FEE_BPS, COMMUNITY_FEE_BPS, referral_bps)  # as they were at the purchase
        # a free bond that is enough pays a stake by itself, the seller's whatever he does
        coming = self.bond if self.state == State.FUNDED else 0
        sellers, holders = life.free_bonds["seller"] - coming, life.free_bonds["holder"]
        self.bond_stakes = self.state < State.CONTESTED and sellers >= self.fee
        self.holders_bond_stakes = self.state < State.CONTESTED and holders >= self.fee

    def is_ruled(self, phase: str) -> bool:
        """Will somebody rule, from this phase of the arbiters' time on?"""
        backed = self.life.deal.terms.backup_arbiter != ZERO
        if phase == IN_TIME and "arbiter" not in self.hostile:
            return True
        return phase != LATE and backed and "backup" not in self.hostile

    def ruled(self, left: int) -> tuple[int, int]:
        """Give what the ruling gives to the holder of the money that is left, and of the stakes."""
        if self.life.extras.final_offer:  # nobody made an offer, and the ruling is nearer to all for the holder
            return left, self.fee
        return left * RULING_BPS // BPS, self.fee * RULING_BPS // BPS

    def net(self, amount: int) -> int:
        """Give what the seller's side keeps of an amount."""
        return completed(amount, *self.rates).seller

    def parts(self) -> list[int]:
        """Give what is paid for each part of the work: its share of what is left, the last one all of it."""
        shares = [part[0] for part in self.life.extras.milestones[self.life.order.milestone :]]
        parts, left = [], self.left
        while len(shares) > 1:
            parts.append(left * shares[0] // sum(shares))
            left -= parts[-1]
            shares.pop(0)
        return [*parts, left]

    def phase_of_ruling(self) -> str:
        return self.life.node.phase if self.state == State.DISPUTED else IN_TIME


class _SellersSide(_Side):
    def due(self) -> tuple[State, int]:
        """Give the end and what the seller and his split get."""
        if self.state == State.FUNDED and not self.in_time:
            return State.CANCELLED, 0  # he did not answer
        if self.state == State.ACCEPTED and not self.in_time:
            return State.REFUNDED, 0  # he did not deliver
        locked = self.bond if self.state >= State.ACCEPTED else 0  # what accept takes comes back
        if self.state == State.CONTESTED and not self.in_time:
            return State.REFUNDED, locked  # he did not answer the dispute
        paid, left = 0, self.left
        if self.state <= State.DELIVERED:
            parts = self.parts()
            if self.state == State.DELIVERED and not self.in_time:
                paid = self.net(parts.pop(0))  # nobody can dispute it any more
            if self.hostile.get("holder") != FIGHTS or not parts:
                return State.COMPLETED, paid + sum(self.net(part) for part in parts) + locked
            left = sum(parts)
        taken = self.fee if self.bond_stakes else 0
        if not self.is_ruled(self.phase_of_ruling()):
            return State.REFUNDED, paid + self.fee - taken + locked
        of_money, of_stakes = self.ruled(left)
        return State.RESOLVED, paid + self.net(left - of_money) + self.fee - of_stakes - taken + locked


class _HoldersSide(_Side):
    def due(self) -> tuple[State, int]:
        """Give the end and what the holder gets, besides goods that are as promised."""
        seller = self.hostile.get("seller")
        if self.state == State.DELIVERED and self.in_time and self.life.touch == WRONG_KEY:
            return State.REFUNDED, self.left  # he proves it, and needs nobody
        if self.state == State.DELIVERED and not self.in_time:
            # he did not look at this part in time: it is paid, and the next one is begun
            part, *rest = self.parts()
            if not rest:
                return State.COMPLETED, 0
            self.state, self.in_time, self.left = State.ACCEPTED, True, self.left - part
        works = self.state <= State.ACCEPTED and self.in_time
        if seller is None and (works or self.state == State.DELIVERED):
            return State.COMPLETED, 0  # he has what he paid for
        if self.state == State.FUNDED:
            return State.CANCELLED, self.left
        if self.state == State.ACCEPTED and not (works and seller == FIGHTS):
            return State.REFUNDED, self.left + self.bond
        silent = seller not in (None, FIGHTS) or (self.state == State.CONTESTED and not self.in_time)
        taken = self.fee if self.holders_bond_stakes else 0
        unanswered = self.state < State.DISPUTED and silent and not self.bond_stakes
        if unanswered or not self.is_ruled(self.phase_of_ruling()):
            return State.REFUNDED, self.left + self.fee - taken
        return State.RESOLVED, sum(self.ruled(self.left)) - taken
