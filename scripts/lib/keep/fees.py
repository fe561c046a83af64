"""What a keeper offers per gas: what the node asks, never more than its cap."""

from scripts.lib.fees import REPLACEMENT_PERCENT, Fees


def capped(now: Fees, cap_wei: int) -> Fees | None:
    """Give the fees to offer now, None when the gas price is above the cap. All in wei per gas."""
    if now.base_wei == 0:
        # no base fee: one price, which the node proposes
        return now if now.max_wei <= cap_wei else None
    if now.base_wei >= cap_wei:
        return None
    max_wei = min(now.max_wei, cap_wei)
    return Fees(now.base_wei, min(now.priority_wei, cap_wei - now.base_wei), max_wei)


def raised(now: Fees, cap_wei: int, old_max_wei: int, old_priority_wei: int) -> Fees | None:
    """Give the fees of a transaction that replaces another one, None when the cap does not allow any.

    Nodes take a replacement only when both fields are higher by a tenth or an eighth.
    """
    least_max_wei = old_max_wei * REPLACEMENT_PERCENT // 100 + 1
    least_priority_wei = old_priority_wei * REPLACEMENT_PERCENT // 100 + 1
    if now.base_wei == 0:
        price_wei = max(now.max_wei, least_max_wei)
        return Fees(0, 0, price_wei) if price_wei <= cap_wei else None
    priority_wei = max(now.priority_wei, least_priority_wei)
    max_wei = min(max(now.max_wei, least_max_wei, now.base_wei + priority_wei), cap_wei)
    if max_wei < max(least_max_wei, now.base_wei + least_priority_wei):
        return None
    return Fees(now.base_wei, min(priority_wei, max_wei - now.base_wei), max_wei)
