"""Withdraws the commission that a community, or the platform, has earned.

    brownie run scripts/operate/withdraw_commission.py main <community|platform> <eth|token> <to> [amount|all] [account]

with `--network <network>` at the end. The account must be the steward; "token" is a currency's address; the amount is
decimal, "all" takes everything. Undo: none, the money has left.
"""

from scripts.lib import runs
from scripts.lib.problems import BadArgument
from scripts.lib.reading import ETH, ETH_WORD, bound, decimals_and_symbol
from scripts.lib.units import units_from, units_text
from scripts.lib.words import address_from, community_id_from

ALL = "all"


def call(found: runs.Connection, community: str, currency: str, to: str, amount: str) -> runs.Call:
    """Give the transaction. Raises: BadArgument, MissingDeployment. Chain: reads what is owed."""
    community_id, receiver = community_id_from(community), address_from(to)
    token = ETH if currency.lower() == ETH_WORD else address_from(currency)
    decimals, symbol = decimals_and_symbol(found.w3, token)
    account = bound(found.w3, found.registry, "CommunityRegistry").functions.accountOf(community_id).call()
    owed_units = bound(found.w3, found.registry, "Market").functions.creditOf(account, token).call()
    asked_units = owed_units if amount == ALL else units_from(amount, decimals)
    if not 0 < asked_units <= owed_units:
        raise BadArgument(
            f"the commission of {community} that can be withdrawn is {units_text(owed_units, decimals)} {symbol}; "
            f"{units_text(asked_units, decimals)} cannot."
        )
    return runs.Call(
        f"withdraw {units_text(asked_units, decimals)} {symbol} of the commission of {community} to {receiver}",
        "Market",
        found.registry.address("Market"),
        "withdrawFrom",
        (account, token, receiver, asked_units),
    )


def main(community: str, currency: str, to: str, amount: str = ALL, account: str | None = None) -> None:
    """Say it, confirm when live, send, report."""
    runs.transaction(lambda found: call(found, community, currency, to, amount), account)
