"""The hashes of an ERC-2612 permit, as a hardware wallet shows them. Source: EIP-712, EIP-2612."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tools.intent.codec import ADDRESS, DIGITS
from tools.intent.keccak import keccak256

DOMAIN = (("name", "string"), ("version", "string"), ("chainId", "uint256"), ("verifyingContract", "address"))
PERMIT = (
    ("owner", "address"),
    ("spender", "address"),
    ("value", "uint256"),
    ("nonce", "uint256"),
    ("deadline", "uint256"),
)


class PermitError(ValueError):
    """The typed data is no permit of the kind that our tokens know."""


def hashes(typed: Mapping[str, Any]) -> dict[str, str]:
    """Give the hashes of domain and message, and the digest that is signed. Raises: PermitError."""
    _check_shape(typed)
    domain = _struct("EIP712Domain", DOMAIN, typed["domain"])
    message = _struct("Permit", PERMIT, typed["message"])
    digest = keccak256(b"\x19\x01" + domain + message)
    return {name: "0x" + part.hex() for name, part in (("domain", domain), ("message", message), ("digest", digest))}


def _check_shape(typed: Mapping[str, Any]) -> None:
    if set(typed) != {"types", "primaryType", "domain", "message"} or typed["primaryType"] != "Permit":
        raise PermitError("it must hold types, primaryType Permit, domain and message, and nothing else")
    types = typed["types"]
    if not isinstance(types, dict) or set(types) != {"EIP712Domain", "Permit"}:
        raise PermitError("it must define EIP712Domain and Permit, and nothing else")
    for name, fields in (("EIP712Domain", DOMAIN), ("Permit", PERMIT)):
        if types[name] != [{"name": field, "type": kind} for field, kind in fields]:
            raise PermitError(f"the fields of {name} are not the standard's")
    for name, fields in (("domain", DOMAIN), ("message", PERMIT)):
        if not isinstance(typed[name], dict) or set(typed[name]) != {field for field, _ in fields}:
            raise PermitError(f"its {name} must hold exactly {', '.join(field for field, _ in fields)}")


def _struct(name: str, fields: tuple[tuple[str, str], ...], values: Mapping[str, Any]) -> bytes:
    kind = f"{name}({','.join(f'{kind} {field}' for field, kind in fields)})"
    return keccak256(keccak256(kind.encode()) + b"".join(_word(kind, field, values[field]) for field, kind in fields))


def _word(kind: str, field: str, value: Any) -> bytes:
    if isinstance(value, str):
        if kind == "string":
            return keccak256(value.encode())
        if kind == "address" and ADDRESS.fullmatch(value):
            return bytes(12) + bytes.fromhex(value[2:])
        if kind == "uint256" and DIGITS.fullmatch(value) and int(value) < 2**256:
            return int(value).to_bytes(32, "big")
    raise PermitError(f"{field} is no {kind}")
