"""What the compiler made: ABI and bytecode of our contracts, from build/contracts."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3 import Web3

from scripts.lib.problems import MissingArtifact

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "contracts"


@dataclass(frozen=True)
class Artifact:
    """One compiled contract; the bytecode is hex with 0x."""

    name: str
    abi: list[dict[str, Any]]
    bytecode: str

    @property
    def abi_hash(self) -> str:
        """The ABI's fingerprint in deployment records and exported ABIs."""
        return abi_hash(self.abi)


def abi_hash(abi: list[dict[str, Any]]) -> str:
    """Give keccak256 of the ABI as JSON with sorted keys and no spaces, as 0x hex."""
    text = json.dumps(abi, sort_keys=True, separators=(",", ":"))
    return Web3.to_hex(Web3.keccak(text=text))


def artifact(name: str, build: Path = BUILD) -> Artifact:
    """Give a compiled contract.

    Raises: MissingArtifact when it was not compiled.
    """
    path = build / f"{name}.json"
    try:
        made = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingArtifact(f"build/contracts has no {name}.json; compile first: make compile.") from None
    return Artifact(name, made["abi"], "0x" + made["bytecode"].removeprefix("0x"))
