"""What the index answers with: frozen rows of plain values.

Addresses and hashes are lower-case 0x hex, amounts integers in smallest units, times unix seconds.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Generic, TypeVar

from frontend.index.basis import basis_of
from frontend.index.file_views import SealedFile, Wrap

T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list.

    `total` counts no further than the last page that can be opened; `capped` tells that there is more.
    """

    items: list[T]
    page: int
    pages: int
    total: int
    capped: bool = False

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)


@dataclass(frozen=True)
class Head:
    """How far the index is, and how its follower fares.

    status: "following", "catching_up", "rebuilding", "node_down", "waiting_for_deployment" or "starting".
    """

    number: int
    hash: str
    timestamp_ts: int
    epoch_genesis: str
    seen_at_ts: int | None
    node_ok: bool
    node_number: int | None = None
    status: str = "following"
    detail: str | None = None

    @property
    def behind(self) -> int:
        """How many blocks the node had that the index did not have yet."""
        return max(0, (self.node_number or 0) - self.number)

    def is_current(self, now_ts: int, silent_s: int) -> bool:
        """Tell whether all that the node knows is here, and the node answered not longer ago than this."""
        is_fresh = now_ts - (self.seen_at_ts or 0) < silent_s
        return is_fresh and self.node_ok and self.status == "following" and not self.behind


@dataclass(frozen=True)
class Description:
    """A published text, if this server has it."""

    hash: str
    title: str
    text: str
    lang: str
    picture_hash: str | None
    tags: list[str]
    rules: str = ""


@dataclass(frozen=True)
class Community:
    """A community, or the platform (id 0), which has no token."""

    id: int
    name: str
    symbol: str
    token: str | None
    steward: str
    pending_steward: str | None
    founder: str | None
    cap_units: int
    founder_allocation_units: int
    vesting_start_ts: int
    vesting_cliff_s: int
    vesting_duration_s: int
    fee_bps: int
    token_waiver: int  # percent of the commission that is not taken of sales in the community's token
    member_waiver: int  # percent of it that is not taken of its members' sales
    raised_fee_bps: int
    raised_token_waiver: int
    raised_member_waiver: int
    raise_at_ts: int
    metadata_uri: str
    metadata_hash: str | None
    claims: str | None
    claim_allocation_units: int
    curve: str | None
    curve_allocation_units: int
    opened_at_ts: int
    holder_count: int
    listing_count: int
    transfer_count: int
    supply_units: int
    minted_by_steward_units: int
    minted_by_founder_units: int
    mint_renounced: bool
    uri_frozen: bool
    description: Description | None

    def fee_bps_at(self, now_ts: int) -> int:
        """Give the commission in force: a raise counts from the second it was announced for."""
        return self.raised_fee_bps if self._raised(now_ts) else self.fee_bps

    def waivers_at(self, now_ts: int) -> tuple[int, int]:
        """Give what is waived of the commission in force, percent: of sales in the token, of sales by members."""
        if self._raised(now_ts):
            return self.raised_token_waiver, self.raised_member_waiver
        return self.token_waiver, self.member_waiver

    def _raised(self, now_ts: int) -> bool:
        return bool(self.raise_at_ts) and now_ts >= self.raise_at_ts

    @property
    def mintable_units(self) -> int:
        """What the steward can still mint."""
        if self.mint_renounced:
            return 0
        reserved_units = self.founder_allocation_units + self.claim_allocation_units + self.curve_allocation_units
        return max(0, self.cap_units - reserved_units - self.minted_by_steward_units)

    def vested_units_at(self, now_ts: int) -> int:
        """Give what of the founder's allocation has vested, minted or not; rounds down.

        Source: CommunityToken.vestedAt.
        """
        return vested_units(
            self.founder_allocation_units, self.vesting_start_ts, self.vesting_cliff_s, self.vesting_duration_s, now_ts
        )


def vested_units(allocation_units: int, start_ts: int, cliff_s: int, duration_s: int, now_ts: int) -> int:
    """Give what has vested at a time: nothing before the cliff, then linear since the start; rounds down.

    Source: CommunityToken._vestedAt.
    """
    if now_ts < start_ts + cliff_s:
        return 0
    elapsed = now_ts - start_ts
    return allocation_units if elapsed >= duration_s else allocation_units * elapsed // duration_s


@dataclass(frozen=True)
class Holder:
    """Somebody who has some of a token; the share is of the supply, basis points, rounded down."""

    account: str
    balance_units: int
    share_bps: int


@dataclass(frozen=True)
class TokenDay:
    """How a token stood at the end of a day (unix day of block time); transfers are counted from its beginning."""

    day: int
    supply_units: int
    holder_count: int
    transfer_count: int


@dataclass(frozen=True)
class Currency:
    """How a currency is written. kind: "eth", "community", "configured" or "unknown"."""

    address: str
    symbol: str
    decimals: int
    name: str
    kind: str


@dataclass(frozen=True)
class ListingFilter:
    """Which listings are wanted; None or empty means any. Prices make sense with a currency only."""

    q: str = ""
    community_id: int | None = None
    kind: str | None = None
    currency: str | None = None
    seller: str | None = None
    min_price_units: int | None = None
    max_price_units: int | None = None
    available_only: bool = False
    only_buyer: str | None = None


@dataclass(frozen=True)
class Milestone:
    """A part of a service that is delivered, inspected and paid by itself; its share is of the price."""

    share_bps: int
    deliver_for_s: int
    inspect_for_s: int


@dataclass(frozen=True)
class Extras:
    """Optional terms. With `final_offer` a ruling picks the nearer of the two last offers."""

    milestones: tuple[Milestone, ...]
    final_offer: bool


@dataclass(frozen=True)
class Listing:
    """Terms on sale.

    terms: every field of the contract's struct under its own name, and the fields unpacked from `rules` (kind, instant,
    maxFeeBps, referralBps, bondBps, splitVersion, splitId, perBuyerOpenQuantity, communityId) and `clocks` (acceptFor,
    deliverFor, transitFor, inspectFor, ruleFor, validUntil); numbers are int, the rest hex.
    """

    id: str
    terms_json: str
    extras_json: str | None
    content_hash: str
    seller: str
    community_id: int
    community_name: str
    currency: str
    unit_price_units: int
    kind: str
    instant: bool
    quantity_limit: int
    quantity_sold: int
    paused: bool
    valid_until_ts: int  # 0 = for ever
    only_buyer: str | None  # the one account that may buy, if there is one
    opened_at_ts: int
    block: int
    tx_hash: str
    description: Description | None
    file: SealedFile | None = None  # of the kind "file"

    @cached_property
    def terms(self) -> dict[str, Any]:
        """All terms, read only when asked for: once a listing, however often it is drawn."""
        return dict(json.loads(self.terms_json))

    @cached_property
    def extras(self) -> Extras | None:
        """The optional terms, None where the terms name none."""
        if self.extras_json is None:
            return None
        found = json.loads(self.extras_json)
        return Extras(tuple(Milestone(*values) for values in found["milestones"]), found["finalOffer"])

    @property
    def left(self) -> int:
        """Units that can still be bought."""
        return max(0, self.quantity_limit - self.quantity_sold)

    def ended(self, now_ts: int) -> bool:
        """Tell whether the time for purchases is over."""
        return bool(self.valid_until_ts) and now_ts > self.valid_until_ts


@dataclass(frozen=True)
class Stakes:
    """The arbiter's fee as each side has staked it and not got it back; 0 when not staked."""

    holder_units: int
    seller_units: int


@dataclass(frozen=True)
class Order:
    """A purchase against a listing. state: "funded" … "resolved", the contract's names in lower case.

    An offer says what goes to the holder of what is in escrow, and is None when it does not stand: never made, withdrawn, or
    void since the order changed. The final offers are those that a ruling picks from, frozen when the dispute began.
    """

    key: str
    listing_id: str
    listing: Listing
    holder: str  # who holds it now
    first_holder: str  # who it was bought for; this one is a part of the key and of every call
    payer: str
    ref: str
    purchase: dict[str, Any]
    quantity: int
    paid_units: int
    amount_units: int  # still in escrow
    clock_ts: int
    state: str
    flags: int  # the contract's OrderFlags
    milestone: int  # how many are paid; the last one is paid by the completion and not counted
    platform_fee_bps: int
    community_fee_bps: int
    commitment: str | None
    stakes: Stakes
    ruled_bps_to_buyer: int | None
    funded_at_ts: int
    updated_at_ts: int
    block: int
    tx_hash: str
    referrer: str | None  # who gets the referral commission
    extended_s: int  # by how much its clocks were extended in all
    handovers: int  # how often it was handed over
    sequence: int  # offers and withdrawals so far
    holders_offer_units: int | None
    sellers_offer_units: int | None
    final_holder_units: int | None
    final_seller_units: int | None
    settled_units: int | None  # to the holder, when it ended by agreement
    wrap: Wrap | None = None  # the key of a file, once it was delivered
    key_refuted: bool = False  # it was proven to be another key than the one that was sold

    @property
    def basis(self) -> str:
        """Names the order as it is now, to be signed in a settlement."""
        return basis_of(self.key, self.holder, vars(self), self.handovers)


@dataclass(frozen=True)
class Step:
    """Something that happened to an order.

    name: funded, accepted, delivered, contested, disputed, evidence, released, part_refunded, milestone_paid, extended,
    transferred, settlement_offered, settlement_withdrawn, final_offers_frozen, final_offer_picked, completed, cancelled,
    refunded, resolved, settled, paid_out, key_refuted, key_asked, key_answered, reviewed, replied, units_claimed.
    data: the event's arguments under their own names (CreditsAdded's payouts: list of [account, amount]).
    """

    name: str
    at_ts: int
    block: int
    tx_hash: str
    data: dict[str, Any]


@dataclass(frozen=True)
class PayoutRow:
    """Somebody's share of a payout, as it was credited."""

    account: str
    currency: str
    amount_units: int
    at_ts: int
    tx_hash: str


@dataclass(frozen=True)
class Evidence:
    """What a party showed to the arbiter."""

    party: str
    uri: str
    hash: str
    at_ts: int
    tx_hash: str


@dataclass(frozen=True)
class Credit:
    """Money that the Market owes to an account."""

    currency: str
    amount_units: int


@dataclass(frozen=True)
class Bond:
    """Money that an account has put aside and nothing has locked."""

    currency: str
    free_units: int


@dataclass(frozen=True)
class Withdrawal:
    """Money that left the ledger."""

    account: str
    currency: str
    to: str
    amount_units: int
    at_ts: int
    block: int
    tx_hash: str


@dataclass(frozen=True)
class Transfer:
    """Tokens that moved; from the zero address they were minted, to it burned."""

    sender: str
    to: str
    amount_units: int
    at_ts: int
    block: int
    tx_hash: str
