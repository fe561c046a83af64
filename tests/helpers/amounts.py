"""The books in plain Python: what each party must get, computed without the contracts."""

from dataclasses import dataclass, replace

BPS = 10_000


@dataclass(frozen=True)
class Shares:
    """What an order's end gives to each account, smallest unit."""

    holder: int = 0
    seller: int = 0
    platform: int = 0
    community: int = 0
    arbiter: int = 0
    split: int = 0
    referrer: int = 0

    def total(self) -> int:
        """Give the sum of all shares."""
        return sum(vars(self).values())


def completed(amount: int, platform_bps: int, community_bps: int, referral_bps: int = 0) -> Shares:
    """Give the shares of an order that ended well: commissions round down, the seller gets the rest."""
    platform = amount * platform_bps // BPS
    community = amount * community_bps // BPS
    referrer = amount * referral_bps // BPS
    rest = amount - platform - community - referrer
    return Shares(seller=rest, platform=platform, community=community, referrer=referrer)


def to_split(shares: Shares) -> Shares:
    """Give the same shares when a split stands in the seller's place."""
    return replace(shares, seller=0, split=shares.seller)


def given_back(amount: int, holder_stake: int = 0, seller_stake: int = 0) -> Shares:
    """Give the shares of an order that was taken back: each side has its own money again."""
    return Shares(holder=amount + holder_stake, seller=seller_stake)


def ruled(amount: int, arbiter_fee: int, bps_to_buyer: int, platform_bps: int, community_bps: int) -> Shares:
    """Give the shares of a ruling: the holder's part rounds down, the fee comes out of both stakes as each side lost."""
    shares = settled(amount, amount * bps_to_buyer // BPS, platform_bps, community_bps)
    holder_stake_back = arbiter_fee * bps_to_buyer // BPS
    return replace(
        shares,
        holder=shares.holder + holder_stake_back,
        seller=shares.seller + arbiter_fee - holder_stake_back,
        arbiter=arbiter_fee,
    )


def settled(
    amount: int, to_holder: int, platform_bps: int, community_bps: int, holder_stake: int = 0, seller_stake: int = 0
) -> Shares:
    """Give the shares of an agreement: each side has its stake again, commissions come out of the seller's part."""
    rest = completed(amount - to_holder, platform_bps, community_bps)
    return replace(rest, holder=to_holder + holder_stake, seller=rest.seller + seller_stake)
