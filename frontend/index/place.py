"""Which contracts the index is about, read again whenever their record changes."""

import json

from eth_utils.crypto import keccak

from frontend.config import Settings
from frontend.contracts.registry import Registry
from frontend.index.writer import Place


def place_of(registry: Registry) -> Place:
    """Give the place that a chain's record describes."""
    contracts = {name: [entry.address.lower(), entry.block] for name, entry in registry.deployments.items()}
    spelling = json.dumps(contracts, sort_keys=True, separators=(",", ":"))
    return Place(
        registry.chain_id,
        registry.genesis_hash,
        registry.address("CommunityRegistry").lower(),
        registry.address("Market").lower(),
        registry.address("Splits").lower(),
        registry.address("Personas").lower(),
        registry.address("Claims").lower(),
        registry.address("Curves").lower(),
        registry.address("Memberships").lower(),
        registry.address("Governors").lower(),
        registry.address("KeyRequests").lower(),
        registry.address("Reviews").lower(),
        registry.address("Blueprints").lower(),
        registry.start_block,
        "0x" + keccak(spelling.encode()).hex(),
    )


class Deployments:
    """The record of one chain's contracts, kept in step with its file."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._path = settings.deployments_dir / f"{settings.chain_id}.json"
        self._seen: tuple[int, int] | None = None
        self._place: Place | None = None

    def place(self) -> Place:
        """Give the place. Raises: UnknownDeployment, AbiMismatch."""
        seen = self._stamp()
        if self._place is None or seen != self._seen:
            self._place = place_of(Registry.load(self._settings))
            self._seen = seen
        return self._place

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size
