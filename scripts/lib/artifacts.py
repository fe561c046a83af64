"""What the compiler made: ABI and bytecode of our contracts, from build/contracts."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from web3 import Web3

from scripts.lib.problems import MissingArtifact, UnlinkedLibrary

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build" / "contracts"
LINK = re.compile(r"__([A-Za-z0-9]+)_+")  # brownie's mark for a library's address: its name, filled up to 40 characters
LINK_CHARACTERS = 40
LINK_IN_RUNTIME = re.compile(r"__\$[0-9a-f]{34}\$__")  # the compiler's own mark, which brownie leaves there


@dataclass(frozen=True)
class Artifact:
    """One compiled contract; the bytecode is hex with 0x, and marks where addresses of libraries belong."""

    name: str
    abi: list[dict[str, Any]]
    bytecode: str
    runtime: str  # what stands at the address, immutables and libraries' addresses as zeros

    @property
    def runtime_bytes(self) -> int:
        """How long the deployed code is."""
        return len(self.runtime) // 2 - 1

    @property
    def libraries(self) -> tuple[str, ...]:
        """The libraries that it calls at addresses of their own, by name."""
        return tuple(sorted(set(LINK.findall(self.bytecode))))

    def linked(self, libraries: Mapping[str, str]) -> str:
        """Give the bytecode with each library's address in its places. Raises: UnlinkedLibrary."""

        def address(mark: re.Match[str]) -> str:
            if mark[1] not in libraries or len(mark[0]) != LINK_CHARACTERS:
                raise UnlinkedLibrary(f"{self.name} calls the library {mark[1]}, of which no address is known.")
            return libraries[mark[1]].removeprefix("0x").lower()

        return LINK.sub(address, self.bytecode)

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
        return _read(name, path, path.stat().st_mtime_ns)
    except FileNotFoundError:
        raise MissingArtifact(f"build/contracts has no {name}.json; compile first: make compile.") from None


@lru_cache(maxsize=64)
def _read(name: str, path: Path, changed_ns: int) -> Artifact:
    """Read a file of some megabytes once, and again when it has changed."""
    made = json.loads(path.read_text(encoding="utf-8"))
    bytecode, runtime = ("0x" + made[key].removeprefix("0x") for key in ("bytecode", "deployedBytecode"))
    return Artifact(name, made["abi"], bytecode, LINK_IN_RUNTIME.sub("0" * LINK_CHARACTERS, runtime))
