"""Which account sends: named on the command line, its key encrypted by brownie; on a local chain the node's own."""

from typing import Any

from scripts.lib.networks import is_local
from scripts.lib.params import NetworkProfile
from scripts.lib.problems import BadArgument, UnknownAccount
from scripts.lib.senders import BrownieSender


def sender_for(network: NetworkProfile, name: str | None) -> BrownieSender:
    """Give the sender for a network.

    Args: name is an account of `brownie accounts list`; on a local chain also a number of the node's accounts, or None
    for the first.
    Raises: UnknownAccount when a live network gets no name, or there is no such account.
    """
    if is_local(network.chain_id) and (name is None or name.isdigit()):
        return BrownieSender(_of_the_node(int(name or 0)), network.confirmations)
    if name is None:
        raise UnknownAccount(
            f"{network.name} is a live network: name the account that sends, as in "
            "`brownie run scripts/deploy/everything.py main my-account --network sepolia`."
        )
    return BrownieSender(_encrypted(name), network.confirmations)


def _of_the_node(number: int) -> Any:
    from brownie import accounts

    if number >= len(accounts):
        raise BadArgument(f"the node has {len(accounts)} accounts, numbered from 0; there is no {number}.")
    return accounts[number]


def _encrypted(name: str) -> Any:
    from brownie import accounts

    try:
        return accounts.load(name)
    except FileNotFoundError:
        raise UnknownAccount(
            f'brownie has no account "{name}"; make one: python -m tools.inside brownie accounts generate {name}.'
        ) from None
    except ValueError:
        raise UnknownAccount(f'the password for the account "{name}" is wrong; nothing was sent.') from None
