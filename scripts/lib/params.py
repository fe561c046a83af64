"""The values a deployment needs, from params/<chain id>.toml: reviewed like code, checked on load."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from web3 import Web3

from scripts.lib.problems import BadParams, UnknownNetwork

FOLDER = Path(__file__).resolve().parents[1] / "params"
DEPLOYER = "deployer"
MAX_PLATFORM_FEE_BPS = 500  # CommunityRegistry.MAX_PLATFORM_FEE_BPS
MAX_CONFIRMATIONS = 64


@dataclass(frozen=True)
class NetworkProfile:
    """What a script must know of the chain that it sends to."""

    name: str
    chain_id: int
    live: bool  # money is real, or others watch: ask before sending
    confirmations: int  # blocks to wait for before a transaction is recorded; at least 1
    explorer: str | None


@dataclass(frozen=True)
class DeployParams:
    """All that is decided by hand for one chain."""

    network: NetworkProfile
    platform_steward: str  # checksum address, or "deployer"
    platform_fee_bps: int

    @property
    def chain_id(self) -> int:
        """The chain that these values are for."""
        return self.network.chain_id

    def steward_for(self, deployer: str) -> str:
        """Give the platform's steward when this account deploys."""
        return deployer if self.platform_steward == DEPLOYER else self.platform_steward


def load(chain_id: int, folder: Path = FOLDER) -> DeployParams:
    """Give the checked parameters of a chain.

    Raises: UnknownNetwork when there is no file for it, BadParams when a value cannot be right.
    """
    path = folder / f"{chain_id}.toml"
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise UnknownNetwork(
            f"chain {chain_id} is unknown: there is no scripts/params/{chain_id}.toml. "
            "Write one (docs/deploy.md shows how) if this chain is really meant."
        ) from None
    except tomllib.TOMLDecodeError as problem:
        raise BadParams(f"scripts/params/{path.name} is no TOML: {problem}.") from None
    return _checked(found, chain_id, path.name)


def _checked(found: dict[str, Any], chain_id: int, file: str) -> DeployParams:
    network = _table(found, "network", {"chain_id", "name", "live", "confirmations", "explorer"}, file)
    platform = _table(found, "platform", {"steward", "fee_bps"}, file)
    if set(found) - {"network", "platform"}:
        raise BadParams(f"scripts/params/{file} has tables that mean nothing: {sorted(found)}.")
    stated = _int(network, "chain_id", 1, 2**53, file)
    if stated != chain_id:
        raise BadParams(f"scripts/params/{file} says chain_id = {stated}; name and content must agree.")
    live = network.get("live")
    if not isinstance(live, bool):
        raise BadParams(f"scripts/params/{file}: network.live must be true or false.")
    explorer = network.get("explorer")
    if explorer is not None and not (isinstance(explorer, str) and explorer.startswith("https://")):
        raise BadParams(f"scripts/params/{file}: network.explorer must be an https address.")
    name = network.get("name")
    if not isinstance(name, str) or not name.strip():
        raise BadParams(f"scripts/params/{file}: network.name is missing.")
    return DeployParams(
        network=NetworkProfile(
            name, chain_id, live, _int(network, "confirmations", 1, MAX_CONFIRMATIONS, file), explorer
        ),
        platform_steward=_steward(platform.get("steward"), file),
        platform_fee_bps=_int(platform, "fee_bps", 0, MAX_PLATFORM_FEE_BPS, file),
    )


def _table(found: dict[str, Any], name: str, keys: set[str], file: str) -> dict[str, Any]:
    table = found.get(name)
    if not isinstance(table, dict):
        raise BadParams(f"scripts/params/{file} has no [{name}].")
    unknown = set(table) - keys
    if unknown:
        raise BadParams(f"scripts/params/{file}: [{name}] knows no {', '.join(sorted(unknown))}.")
    return table


def _int(table: dict[str, Any], key: str, least: int, most: int, file: str) -> int:
    value = table.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        raise BadParams(f"scripts/params/{file}: {key} must be a whole number from {least} to {most}, not {value!r}.")
    return value


def _steward(value: Any, file: str) -> str:
    if value == DEPLOYER:
        return DEPLOYER
    if not isinstance(value, str) or not Web3.is_checksum_address(value) or int(value, 16) == 0:
        raise BadParams(f'scripts/params/{file}: steward must be "deployer" or an address with checksum.')
    return value
