"""Read-only views of the deployed contracts, for operate and inspect scripts."""

from web3 import Web3
from web3.contract import Contract

from scripts.lib.artifacts import artifact
from scripts.lib.problems import BadArgument
from scripts.lib.registry import Registry

ETH = "0x" + "00" * 20
ETH_WORD = "eth"


def bound(w3: Web3, registry: Registry, name: str) -> Contract:
    """Bind a recorded contract. Raises: MissingDeployment."""
    return w3.eth.contract(address=Web3.to_checksum_address(registry.address(name)), abi=artifact(name).abi)


def token_at(w3: Web3, address: str) -> Contract:
    """Bind an ERC-20; the community token's ABI holds all of it."""
    return w3.eth.contract(address=Web3.to_checksum_address(address), abi=artifact("CommunityToken").abi)


def decimals_and_symbol(w3: Web3, currency: str) -> tuple[int, str]:
    """Give how a currency is divided and called. Chain: reads the token.

    Raises: BadArgument when there is no token at the address.
    """
    if currency == ETH:
        return 18, "ETH"
    if not w3.eth.get_code(Web3.to_checksum_address(currency)):
        raise BadArgument(f"there is no contract at {currency}, so it is no currency.")
    token = token_at(w3, currency).functions
    return int(token.decimals().call()), str(token.symbol().call())
