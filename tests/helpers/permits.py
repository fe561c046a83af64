"""ERC-2612 permits, signed as a wallet signs them."""

from functools import cache

from brownie import chain
from eth_account import Account
from eth_account.messages import encode_typed_data

from tests.helpers.deal import FAR
from tools.chain import MNEMONIC

TYPES = {
    "Permit": [
        {"name": "owner", "type": "address"},
        {"name": "spender", "type": "address"},
        {"name": "value", "type": "uint256"},
        {"name": "nonce", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
    ]
}


def signer(account):
    """Give the signing key of one of the node's accounts, which come from the well-known test mnemonic."""
    for number in range(10):
        found = _key(number)
        if found.address == str(account):
            return found
    raise LookupError(f"{account} is none of the node's accounts")


@cache
def _key(number: int):
    """Derive a key once: 2,048 rounds of hashing and curve points in Python each time."""
    Account.enable_unaudited_hdwallet_features()
    return Account.from_mnemonic(MNEMONIC, account_path=f"m/44'/60'/0'/0/{number}")


def domain_of(token, **changes) -> dict:
    """Give the domain a wallet must show for a token: its own name, version 1, this chain, its address."""
    name = changes["name"] if "name" in changes else token.name()
    said = {"name": name, "version": "1", "chainId": chain.id, "verifyingContract": token.address}
    return {**said, **changes}


def permit_arguments(
    token, key, spender, value: int, deadline: int = FAR, nonce: int | None = None, **changes
) -> tuple:
    """Give a permit as the Market takes it: value, deadline, v, r, s. `owner` may be named to forge; the rest changes
    the domain."""
    owner = str(changes.pop("owner", key.address))
    message = {
        "owner": owner,
        "spender": str(spender),
        "value": value,
        "nonce": token.nonces(owner) if nonce is None else nonce,
        "deadline": deadline,
    }
    signed = key.sign_message(encode_typed_data(domain_of(token, **changes), TYPES, message))
    return (
        value,
        deadline,
        signed.v,
        "0x" + signed.r.to_bytes(32, "big").hex(),
        "0x" + signed.s.to_bytes(32, "big").hex(),
    )
