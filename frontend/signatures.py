"""Who has signed a message, as far as a key tells; of a contract's signature only the chain can say."""

from __future__ import annotations

from eth_account import Account
from eth_account.messages import SignableMessage


def signer_of(message: SignableMessage, signature: bytes | str) -> str | None:
    """Give the account whose key has signed, with checksum; None when the bytes are no key's signature."""
    try:
        return str(Account.recover_message(message, signature=signature))
    except Exception:  # noqa: BLE001 whatever the libraries say of bytes that are no signature
        return None
