"""Proofs of who a persona is, as its profile carries them: a domain or another account, with a signature over a statement.

The statement names persona, holder, contract and chain, so a proof serves nobody else, and no later holder.
docs/personas.md tells others how to check one.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_account.messages import encode_defunct
from eth_utils.address import to_checksum_address

from frontend.signatures import signer_of

DOMAIN, ACCOUNT = "domain", "account"
KINDS = (DOMAIN, ACCOUNT)
MOST_PROOFS = 5
_DOMAIN = re.compile(r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
_ADDRESS = re.compile(r"0x[0-9a-f]{40}")
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}")


@dataclass(frozen=True)
class Proof:
    """One proof. `of` is a domain in ASCII, or an address in lower case."""

    kind: str
    of: str
    signature: str

    def to_json(self) -> dict[str, str]:
        """Give it as profiles write it."""
        return {"kind": self.kind, "of": self.of, "signature": self.signature}


@dataclass(frozen=True)
class Claimant:
    """Who is proved to be somebody: a persona under its holder of now, in one contract. Addresses in lower case."""

    nickname: str
    holder: str
    contract: str
    chain_id: int

    def statement(self, kind: str, of: str) -> str:
        """Give the text that is signed: by the holder for a domain, by the other account for an account."""
        what = f"domain {of}" if kind == DOMAIN else f"account {to_checksum_address(of)}"
        return (
            f"The persona {self.nickname} is also the {what}.\n"
            f"Holder: {to_checksum_address(self.holder)}\n"
            f"Contract: {to_checksum_address(self.contract)}\n"
            f"Chain: {self.chain_id}"
        )

    def signer(self, kind: str, of: str) -> str:
        """Give who has to sign, lower case."""
        return self.holder if kind == DOMAIN else of

    def holds(self, proof: Proof) -> bool:
        """Tell whether the right account has signed. Accounts without a key of their own (contracts) cannot."""
        message = encode_defunct(text=self.statement(proof.kind, proof.of))
        return (signer_of(message, proof.signature) or "").lower() == self.signer(proof.kind, proof.of)

    def record_name(self, domain: str) -> str:
        """Give where the domain says it too: the name of its TXT record."""
        return f"_dokkaebi.{domain}"

    @property
    def record_text(self) -> str:
        """Give what the domain's TXT record says."""
        return f"dokkaebi-persona={self.chain_id}:{self.contract}:{self.holder}"


def is_subject(kind: str, of: str) -> bool:
    """Tell whether a text is a domain, or an address, as proofs write it."""
    return kind in KINDS and bool((_DOMAIN if kind == DOMAIN else _ADDRESS).fullmatch(of))


def proof_of(found: Any) -> Proof | None:
    """Read one proof; None when it is none that we know."""
    if not isinstance(found, Mapping):
        return None
    kind, of, signature = (found.get(name) for name in ("kind", "of", "signature"))
    if not (isinstance(kind, str) and isinstance(of, str) and isinstance(signature, str)):
        return None
    return Proof(kind, of, signature) if is_subject(kind, of) and _SIGNATURE.fullmatch(signature) else None


def proofs_of(found: Any) -> tuple[Proof, ...]:
    """Read a profile's proofs, at most MOST_PROOFS; what is none is passed over, as other fields are."""
    listed = found if isinstance(found, list) else []
    return tuple(proof for one in listed[:MOST_PROOFS] if (proof := proof_of(one)) is not None)
