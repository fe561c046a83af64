"""The record of what stands on a chain: deployments/<chain id>.json, rewritten after each transaction.

Shape: {"chainId", "genesisHash", "contracts": {name: entry}, "previous": [entry with its name]} and, only while a
transaction is on its way, "pending": what it deploys, from whom and with which nonce.
"""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from scripts.lib.problems import BrokenRecord, MissingDeployment

ROOT = Path(__file__).resolve().parents[2]
FOLDER_VARIABLE = "DEPLOYMENTS_DIR"


@dataclass(frozen=True)
class Entry:
    """One deployed contract."""

    address: str  # with checksum
    block: int
    tx: str
    args: tuple[Any, ...]
    abi_hash: str
    commit: str | None  # git commit of its sources; None when they differed from any
    libraries: Mapping[str, str] = field(default_factory=dict)  # those linked into it: name and address

    def to_json(self) -> dict[str, Any]:
        """Give the entry as it stands in the file."""
        return {
            "address": self.address,
            "block": self.block,
            "tx": self.tx,
            "args": list(self.args),
            "abiHash": self.abi_hash,
            "commit": self.commit,
            **({"libraries": dict(self.libraries)} if self.libraries else {}),
        }

    @staticmethod
    def from_json(found: Mapping[str, Any]) -> "Entry":
        """Read an entry of the file."""
        return Entry(
            found["address"],
            int(found["block"]),
            found["tx"],
            tuple(found["args"]),
            found["abiHash"],
            found["commit"],
            dict(found.get("libraries", {})),
        )


@dataclass(frozen=True)
class Pending:
    """A deployment that was about to be sent: enough to find it again after an interruption."""

    contract: str
    sender: str
    nonce: int
    args: tuple[Any, ...]
    tx: str | None = None  # its hash, once the node has taken it
    libraries: Mapping[str, str] = field(default_factory=dict)  # those linked into it: name and address


class Registry:
    """The deployed contracts of one chain, kept in a file (or only in memory, for throw-away chains)."""

    def __init__(self, chain_id: int, genesis_hash: str, path: Path | None = None) -> None:
        self.chain_id = chain_id
        self.genesis_hash = genesis_hash
        self.path = path
        self.contracts: dict[str, Entry] = {}
        self.previous: list[dict[str, Any]] = []
        self.pending: Pending | None = None

    def has(self, name: str) -> bool:
        """Tell whether a contract is recorded."""
        return name in self.contracts

    def entry(self, name: str) -> Entry:
        """Give a recorded contract.

        Raises: MissingDeployment when it is not recorded.
        """
        if name not in self.contracts:
            raise MissingDeployment(
                f"deployments/{self.chain_id}.json has no {name}; deploy first: "
                "brownie run scripts/deploy/everything.py main --network <network>."
            )
        return self.contracts[name]

    def address(self, name: str) -> str:
        """Give the address of a recorded contract. Raises: MissingDeployment."""
        return self.entry(name).address

    def announce(self, pending: Pending | None) -> None:
        """Write down what is about to be sent, or that nothing is any more."""
        self.pending = pending
        self._write()

    def record(self, name: str, entry: Entry) -> None:
        """Write down a deployed contract; an older one with this name moves to `previous`."""
        if name in self.contracts:
            self.previous.append({"name": name, **self.contracts[name].to_json()})
        self.contracts[name] = entry
        self.pending = None
        self._write()

    def _write(self) -> None:
        if self.path is None:
            return
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_suffix(".tmp")
        with unfinished.open("w", encoding="utf-8") as file:
            json.dump(self._to_json(), file, indent=2, ensure_ascii=False)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.path)

    def _to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "chainId": self.chain_id,
            "genesisHash": self.genesis_hash,
            "contracts": {name: entry.to_json() for name, entry in self.contracts.items()},
            "previous": self.previous,
        }
        if self.pending is not None:
            found["pending"] = {
                "contract": self.pending.contract,
                "sender": self.pending.sender,
                "nonce": self.pending.nonce,
                "args": list(self.pending.args),
                "tx": self.pending.tx,
                "libraries": dict(self.pending.libraries),
            }
        return found


def folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Give the folder of the records: DEPLOYMENTS_DIR, or deployments/."""
    return Path(environ[FOLDER_VARIABLE]) if environ.get(FOLDER_VARIABLE) else ROOT / "deployments"


def open_registry(chain_id: int, genesis_hash: str, where: Path, *, may_start_over: bool) -> Registry:
    """Give the record of a chain, a new empty one if there is none.

    Args: may_start_over lets a record of a chain that is gone (another genesis) be forgotten; for local chains only.
    Raises: BrokenRecord when the file cannot be read, or is about another chain and may not be forgotten.
    """
    path = where / f"{chain_id}.json"
    registry = Registry(chain_id, genesis_hash, path)
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return registry
    except ValueError as problem:
        raise BrokenRecord(f"deployments/{path.name} is no JSON ({problem}); restore it from git.") from None
    try:
        _fill(registry, found, may_start_over=may_start_over)
    except (KeyError, TypeError, AttributeError) as problem:
        raise BrokenRecord(f"deployments/{path.name} lacks {problem}; restore it from git.") from None
    return registry


def _fill(registry: Registry, found: dict[str, Any], *, may_start_over: bool) -> None:
    if found["chainId"] != registry.chain_id:
        raise BrokenRecord(f"deployments/{registry.chain_id}.json is about chain {found['chainId']}.")
    if found["genesisHash"].lower() != registry.genesis_hash.lower():
        if may_start_over:
            return
        raise BrokenRecord(
            f"deployments/{registry.chain_id}.json was written for a chain with another first block; "
            "the node is on a different chain with the same id. Nothing was sent."
        )
    registry.contracts = {name: Entry.from_json(entry) for name, entry in found["contracts"].items()}
    registry.previous = list(found["previous"])
    if found.get("pending"):
        waiting = found["pending"]
        registry.pending = Pending(
            waiting["contract"],
            waiting["sender"],
            int(waiting["nonce"]),
            tuple(waiting["args"]),
            waiting.get("tx"),
            dict(waiting.get("libraries", {})),
        )
