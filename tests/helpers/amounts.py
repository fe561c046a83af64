"""The books in plain Python: what each party must get, computed without the contracts."""

from dataclasses import dataclass

BPS = 10_000


@dataclass(frozen=True)
class Shares:
    """What an order's end gives to each account, smallest unit."""

    holder: int = 0
    seller: int = 0
    platform: int = 0
    community: int = 0
    arbiter: int = 0

    def total(self) -> int:
        """Give the sum of all shares."""
        return self.holder + self.seller + self.platform + self.community + self.arbiter


def completed(amount: int, platform_bps: int, community_bps: int) -> Shares:
    """Give the shares of an order that ended well: commissions round down, the seller gets the rest."""
    platform = amount * platform_bps // BPS
    community = amount * community_bps // BPS
    return Shares(seller=amount - platform - community, platform=platform, community=community)


def given_back(amount: int, holder_stake: int = 0, seller_stake: int = 0) -> Shares:
    """Give the shares of an order that was taken back: each side has its own money again."""
    return Shares(holder=amount + holder_stake, seller=seller_stake)


def ruled(amount: int, arbiter_fee: int, bps_to_buyer: int, platform_bps: int, community_bps: int) -> Shares:
    """Give the shares of a ruling: the holder's part rounds down, the fee comes out of both stakes as each side lost."""
    holder_part = amount * bps_to_buyer // BPS
    holder_stake_back = arbiter_fee * bps_to_buyer // BPS
    rest = completed(amount - holder_part, platform_bps, community_bps)
    return Shares(
        holder=holder_part + holder_stake_back,
        seller=rest.seller + arbiter_fee - holder_stake_back,
        platform=rest.platform,
        community=rest.community,
        arbiter=arbiter_fee,
    )
