"""Chain id and name in, address and ABI out. Reads deployments/<chain id>.json and abi/*.json, once, at start."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from eth_utils.abi import abi_to_signature, function_signature_to_4byte_selector
from eth_utils.address import is_checksum_address, to_checksum_address
from eth_utils.crypto import keccak

from frontend.config import Settings
from frontend.errors import AbiMismatch, UnknownDeployment

FOLDER = Path(__file__).parent / "abi"
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
EXPORTED = (*DEPLOYED, "CommunityToken", "Membership", "CommunityGovernor", "CommunityTimelock")
ERC20_FUNCTIONS = ("approve", "transfer", "balanceOf", "allowance", "nonces", "name", "symbol", "decimals")

Abi = list[dict[str, Any]]


@dataclass(frozen=True)
class Deployment:
    """Where one contract stands."""

    name: str
    address: str  # with checksum
    block: int
    tx: str


def abi_hash(abi: Abi) -> str:
    """Give an ABI's fingerprint: keccak256 of its JSON with sorted keys and no spaces."""
    return "0x" + keccak(json.dumps(abi, sort_keys=True, separators=(",", ":")).encode()).hex()


@cache
def exported_abi(name: str) -> Abi:
    """Give the ABI of one of our contracts, or of ERC20: the part of the token's that every ERC-20 has.

    Raises: UnknownDeployment when it was not exported, AbiMismatch when the file is not what was exported.
    """
    if name == "ERC20":
        return [part for part in exported_abi("CommunityToken") if part.get("name") in ERC20_FUNCTIONS]
    path = FOLDER / f"{name}.json"
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnknownDeployment(f"There is no frontend/contracts/abi/{name}.json; export the ABIs: make abi.") from None
    if abi_hash(found["abi"]) != found["abiHash"]:
        raise AbiMismatch(f"frontend/contracts/abi/{name}.json was changed by hand; export the ABIs again: make abi.")
    return list(found["abi"])


@cache
def exported_hash(name: str) -> str:
    """Give the fingerprint of an exported ABI. Raises: as exported_abi."""
    return abi_hash(exported_abi(name))


def function_abi(name: str, function: str) -> dict[str, Any]:
    """Give one function of a contract. Raises: UnknownDeployment when it has none of this name."""
    for part in exported_abi(name):
        if part["type"] == "function" and part["name"] == function:
            return part
    raise UnknownDeployment(f"{name} has no function {function}; export the ABIs again: make abi.")


def selector(function: dict[str, Any]) -> bytes:
    """Give the first four bytes of a call."""
    return function_signature_to_4byte_selector(abi_to_signature(function))  # type: ignore[arg-type]  # our ABI files are plain JSON, not eth_typing dicts


class Registry:
    """The contracts of one chain."""

    def __init__(self, chain_id: int, genesis_hash: str, deployments: dict[str, Deployment]) -> None:
        self.chain_id = chain_id
        self.genesis_hash = genesis_hash
        self.deployments = deployments

    @staticmethod
    def load(settings: Settings) -> "Registry":
        """Read the record of the settings' chain.

        Raises: UnknownDeployment when there is no record or it lacks a contract, AbiMismatch when the exported ABI is
        not the deployed one.
        """
        path = settings.deployments_dir / f"{settings.chain_id}.json"
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            raise UnknownDeployment(
                f"There is no deployments/{settings.chain_id}.json, so the contracts on {settings.chain_name} are unknown. "
                "Deploy first: brownie run scripts/deploy/everything.py main --network <network>."
            ) from None
        except ValueError:
            raise UnknownDeployment(f"deployments/{settings.chain_id}.json is not JSON; restore it.") from None
        if found.get("chainId") != settings.chain_id:
            raise UnknownDeployment(
                f"deployments/{settings.chain_id}.json says it is about chain {found.get('chainId')}."
            )
        deployments = {name: _deployment(settings, name, found.get("contracts", {})) for name in DEPLOYED}
        return Registry(settings.chain_id, str(found.get("genesisHash", "")).lower(), deployments)

    def __getitem__(self, name: str) -> Deployment:
        try:
            return self.deployments[name]
        except KeyError:
            raise UnknownDeployment(f"deployments/{self.chain_id}.json has no {name}; deploy it first.") from None

    def address(self, name: str) -> str:
        """Give a contract's address with checksum. Raises: UnknownDeployment."""
        return self[name].address

    @property
    def start_block(self) -> int:
        """Give the first block in which something of ours happened."""
        return min(entry.block for entry in self.deployments.values())


def _deployment(settings: Settings, name: str, contracts: dict[str, Any]) -> Deployment:
    record = contracts.get(name)
    if not isinstance(record, dict) or not is_checksum_address(record.get("address", "")):
        raise UnknownDeployment(
            f"deployments/{settings.chain_id}.json has no address with checksum for {name}. Deploy it: "
            "brownie run scripts/deploy/everything.py main --network <network>."
        )
    exported = exported_hash(name)
    if record.get("abiHash") != exported:
        raise AbiMismatch(
            f"The exported ABI of {name} ({exported[:10]}…) is not the one that was deployed on "
            f"{settings.chain_name} ({str(record.get('abiHash'))[:10]}…). Run make abi, or deploy again."
        )
    return Deployment(name, to_checksum_address(record["address"]), int(record["block"]), str(record["tx"]))
