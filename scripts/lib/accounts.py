"""Which account sends: named on the command line, its key encrypted by brownie; on a local chain the node's own."""

from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from scripts.lib.networks import is_local
from scripts.lib.params import NetworkProfile
from scripts.lib.problems import BadArgument, UnknownAccount
from scripts.lib.senders import BrownieSender
from tools import chain


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


def signer_for(network: NetworkProfile, name: str | None, password: str | None = None) -> LocalAccount:
    """Give the account that signs by itself, for transactions that are kept before they are sent.

    Args: name is an account of `brownie accounts list`; on a local chain also a number of the test accounts, whose keys
    everybody knows, or None for the last. password is asked for when it is None.
    Raises: UnknownAccount, BadArgument.
    """
    if is_local(network.chain_id) and (name is None or name.isdigit()):
        return _of_the_mnemonic(int(name or chain.ACCOUNTS - 1))
    if name is None:
        raise UnknownAccount(f"{network.name} is a live network: name the account that sends with --account.")
    return Account.from_key(_encrypted(name, password).private_key)


def _of_the_mnemonic(number: int) -> LocalAccount:
    if number >= chain.ACCOUNTS:
        raise BadArgument(f"there are {chain.ACCOUNTS} test accounts, numbered from 0; there is no {number}.")
    Account.enable_unaudited_hdwallet_features()  # for keys that everybody knows
    return Account.from_mnemonic(chain.MNEMONIC, account_path=f"m/44'/60'/0'/0/{number}")


def _of_the_node(number: int) -> Any:
    from brownie import accounts

    if number >= len(accounts):
        raise BadArgument(f"the node has {len(accounts)} accounts, numbered from 0; there is no {number}.")
    return accounts[number]


def _encrypted(name: str, password: str | None = None) -> Any:
    from brownie import accounts

    try:
        return accounts.load(name, password)
    except FileNotFoundError:
        raise UnknownAccount(
            f'brownie has no account "{name}"; make one: python -m tools.inside brownie accounts generate {name}.'
        ) from None
    except ValueError:
        raise UnknownAccount(f'the password for the account "{name}" is wrong; nothing was sent.') from None
