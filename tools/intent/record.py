"""What a document is compared with: the record of the chain's contracts, and their ABIs."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tools.intent.codec import ADDRESS, Part, signature
from tools.intent.keccak import keccak256
from tools.intent.problems import BadInput

DEPLOYED = (
    "Blueprints",
    "Claims",
    "CommunityRegistry",
    "Curves",
    "Governors",
    "KeyRequests",
    "Market",
    "Memberships",
    "Personas",
    "Reviews",
    "Splits",
)
ERC20_FUNCTIONS = ("approve", "transfer", "balanceOf", "allowance", "nonces", "name", "symbol", "decimals")


@dataclass(frozen=True)
class Record:
    """The contracts of one chain as the reader's own files have them; addresses in lower case."""

    chain_id: int
    genesis_hash: str
    entries: dict[str, dict[str, Any]]
    abis: Path
    loaded: dict[str, list[Part]] = field(default_factory=dict)
    hashes: dict[str, str] = field(default_factory=dict)

    def address(self, name: str) -> str:
        """Give where a contract stands."""
        return str(self.entries[name]["address"]).lower()

    def name_at(self, address: str) -> str | None:
        """Give which of the recorded contracts stands at an address."""
        return next((name for name in self.entries if self.address(name) == address.lower()), None)

    def abi(self, name: str) -> list[Part]:
        """Give a contract's ABI, or for ERC20 what every token has. Raises: BadInput."""
        if name == "ERC20":
            return [part for part in self.abi("CommunityToken") if part.get("name") in ERC20_FUNCTIONS]
        if name not in self.loaded:
            self.loaded[name], self.hashes[name] = _read_abi(self.abis / f"{name}.json")
        return self.loaded[name]

    def abi_hash(self, name: str) -> str:
        """Give an ABI's fingerprint. Raises: BadInput."""
        abi = self.abi(name)
        if name not in self.hashes:
            self.hashes[name] = _hash(abi)
        return self.hashes[name]

    def function(self, contract: str, name: str) -> Part | None:
        """Give a function of a contract, or None."""
        found = [part for part in self.abi(contract) if part["type"] == "function" and part["name"] == name]
        return found[0] if len(found) == 1 else None

    def error_of(self, data: bytes) -> str:
        """Give the signature of the contract error in a revert's data."""
        parts = [part for name in (*DEPLOYED, "CommunityToken") for part in self.abi(name) if part["type"] == "error"]
        found = (signature(part) for part in parts if keccak256(signature(part).encode())[:4] == data[:4])
        return next(found, "an error that none of our contracts has")


def _hash(abi: list[Part]) -> str:
    """Give an ABI's fingerprint: keccak256 of its JSON with sorted keys and no spaces."""
    return "0x" + keccak256(json.dumps(abi, sort_keys=True, separators=(",", ":")).encode()).hex()


def load(chain_id: int, deployments: Path, abis: Path) -> Record:
    """Read a chain's record, and make sure that the ABIs are those that were deployed. Raises: BadInput."""
    path = deployments / f"{chain_id}.json"
    found = _json(path, "the contracts of this chain are unknown here. Get the record from a source that you trust")
    contracts = found.get("contracts")
    if found.get("chainId") != chain_id or not isinstance(contracts, dict):
        raise BadInput(f"{path.name} is no record of chain {chain_id}.")
    for name in DEPLOYED:
        entry = contracts.get(name)
        if not isinstance(entry, dict) or not ADDRESS.fullmatch(str(entry.get("address"))):
            raise BadInput(f"{path.name} has no address for {name}.")
    record = Record(chain_id, str(found.get("genesisHash", "")).lower(), contracts, abis)
    for name in DEPLOYED:
        if record.abi_hash(name) != contracts[name].get("abiHash"):
            raise BadInput(f"{name}.json is not the ABI that {path.name} says was deployed. Check out its commit.")
    return record


def _read_abi(path: Path) -> tuple[list[Part], str]:
    found = _json(path, "run: make abi")
    if not isinstance(found.get("abi"), list) or _hash(found["abi"]) != found.get("abiHash"):
        raise BadInput(f"{path.name} was changed by hand: its hash does not fit. Run: make abi.")
    return list(found["abi"]), str(found["abiHash"])


def _json(path: Path, way_out: str) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise BadInput(f"there is no {path}; {way_out}.") from None
    except (OSError, ValueError) as problem:
        raise BadInput(f"{path} cannot be read ({problem}).") from None
    if not isinstance(found, dict):
        raise BadInput(f"{path} is no JSON object.")
    return found
