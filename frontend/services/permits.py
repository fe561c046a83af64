"""ERC-2612 permits: what the account signs, and the call that carries the signature."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from eth_account import Account
from eth_account.messages import encode_typed_data
from flask_babel import gettext

from frontend.contracts.registry import function_abi
from frontend.errors import Refused

if TYPE_CHECKING:
    from frontend.services.intents import Call, Intent

DOMAIN = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]
PERMIT = [
    {"name": "owner", "type": "address"},
    {"name": "spender", "type": "address"},
    {"name": "value", "type": "uint256"},
    {"name": "nonce", "type": "uint256"},
    {"name": "deadline", "type": "uint256"},
]
ZERO = bytes(32)
SIGNATURE_BYTES = 65
# value, deadline, v, r, s while nothing is signed: the call's last argument, or its last three and what stands before
Unsigned = tuple[int, int, int, bytes, bytes]


@dataclass(frozen=True)
class Permit:
    """An approval to be signed: `spender` may take `value_units` of `owner`, once, until the deadline."""

    token: str  # with checksum
    token_name: str
    chain_id: int
    owner: str
    spender: str
    value_units: int
    nonce: int
    deadline_ts: int

    def typed_data(self) -> dict[str, Any]:
        """Give the EIP-712 document for eth_signTypedData_v4; numbers as text, since they may be large."""
        return {
            "types": {"EIP712Domain": DOMAIN, "Permit": PERMIT},
            "primaryType": "Permit",
            "domain": {
                "name": self.token_name,
                "version": "1",
                "chainId": str(self.chain_id),
                "verifyingContract": self.token,
            },
            "message": {
                "owner": self.owner,
                "spender": self.spender,
                "value": str(self.value_units),
                "nonce": str(self.nonce),
                "deadline": str(self.deadline_ts),
            },
        }

    def unsigned(self) -> Unsigned:
        """Give the call's permit argument before the signature is there."""
        return (self.value_units, self.deadline_ts, 0, ZERO, ZERO)

    @staticmethod
    def signed_call(intent: "Intent", signature: str) -> "Call":
        """Give an intent's call with its permit signed.

        Args: signature is 65 bytes as 0x hex, as a wallet gives it.
        Raises: Refused when it is not the account's over this very document.
        """
        from frontend.services.intents import Call

        assert intent.permit is not None
        raw = _bytes(signature)
        v = raw[64] if raw[64] >= 27 else raw[64] + 27
        try:
            message = encode_typed_data(full_message=intent.permit)
            signer = Account.recover_message(message, vrs=(v, raw[:32], raw[32:64]))
        except Exception as problem:
            raise _refused() from problem
        if signer != intent.account:
            raise _refused()
        inputs = function_abi(intent.contract, intent.function)["inputs"]
        values = tuple(from_json(part, value) for part, value in zip(inputs, intent.values, strict=True))
        if [part["name"] for part in inputs][-3:] == ["v", "r", "s"]:
            signed = (*values[:-3], v, raw[:32], raw[32:64])
        else:
            signed = (*values[:-1], _with_signature(values[-1], v, raw))
        return Call(intent.contract, intent.to, intent.function, signed, intent.value_wei)


def _with_signature(last: Any, v: int, raw: bytes) -> Any:
    """Put a signature into a call's last argument: a permit, or the list of a cart with the one permit that it has."""
    if isinstance(last[0], tuple):
        (currency, permit), *others = last
        return ((currency, _with_signature(permit, v, raw)), *others)
    value, deadline, *_ = last
    return value, deadline, v, raw[:32], raw[32:64]


def from_json(part: dict[str, Any], value: Any) -> Any:
    """Give an ABI value back from its JSON form."""
    kind = part["type"]
    if kind.endswith("[]"):
        return tuple(from_json({**part, "type": kind[:-2]}, entry) for entry in value)
    if kind == "tuple":
        return tuple(from_json(inner, entry) for inner, entry in zip(part["components"], value, strict=True))
    if kind.startswith(("uint", "int")):
        return int(value)
    if kind.startswith("bytes"):
        return bytes.fromhex(value.removeprefix("0x"))
    return value


def _bytes(signature: str) -> bytes:
    try:
        raw = bytes.fromhex(signature.removeprefix("0x"))
    except ValueError:
        raise _refused() from None
    if len(raw) != SIGNATURE_BYTES:
        raise _refused()
    return raw


def _refused() -> Refused:
    return Refused(
        gettext("The signature is not your account's over this approval. Please sign again."), key="bad_permit"
    )
