"""What the index says of splits: frozen rows of plain values, as in views.py."""

from dataclasses import dataclass


@dataclass(frozen=True)
class SplitPayee:
    """One payee of a version, by its address of now."""

    place: int
    seat: int
    account: str
    bps: int
    locked_until_ts: int  # 0 or a past time = not locked

    def is_locked_at(self, now_ts: int) -> bool:
        """Tell whether the share cannot fall at a time."""
        return now_ts < self.locked_until_ts


@dataclass(frozen=True)
class SplitDue:
    """What one place of a version has had and can have in one currency, smallest units."""

    split_id: int
    version: int
    place: int
    account: str
    currency: str
    claimed_units: int
    claimable_units: int


@dataclass(frozen=True)
class SplitBook:
    """What a version has received in one currency, and what of it each place has had and can have."""

    currency: str
    received_units: int
    dues: list[SplitDue]

    @property
    def rest_units(self) -> int:
        """Give what nobody can claim yet: less than a unit for each payee; it counts with later income."""
        return self.received_units - sum(due.claimed_units + due.claimable_units for due in self.dues)


@dataclass(frozen=True)
class SplitVersion:
    """One version of a split: its payees by place, and its books by currency."""

    split_id: int
    version: int
    opened_by: str
    opened_at_ts: int
    tx_hash: str
    payees: list[SplitPayee]
    books: list[SplitBook]


@dataclass(frozen=True)
class Split:
    """A split as it stands."""

    id: int
    creator: str
    version: int
    seat_count: int
    opened_at_ts: int
    changed_at_ts: int
    tx_hash: str


@dataclass(frozen=True)
class SplitChange:
    """A change that a payee has proposed, and who has agreed to it on the chain.

    shares: [seat, basis points, locked until] by ascending seat; new_payees take the next free seats in order.
    """

    hash: str
    split_id: int
    version: int
    proposer: str
    shares: list[list[int]]
    new_payees: list[str]
    deadline_ts: int
    proposed_at_ts: int
    tx_hash: str
    approved_by: list[str]


@dataclass(frozen=True)
class SplitStep:
    """Something that happened to a split.

    name: version_opened, change_proposed, payee_moved, received, claimed. data: the event's arguments under their own names.
    """

    name: str
    at_ts: int
    block: int
    tx_hash: str
    data: dict[str, object]
