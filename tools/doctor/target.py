"""Which market is looked at: a local one with its folder, or the one in the environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tools import chain
from tools.places import DEPLOYMENTS, data_folder

NEEDED = ("RPC_URL", "CHAIN_ID", "DATABASE_URL", "CONTENT_DIR", "SECRET_KEY")


@dataclass(frozen=True)
class Target:
    """Where a market's parts are. An empty text: not set."""

    name: str
    rpc_url: str
    chain_id: int
    database_url: str
    content_dir: str
    deployments: Path
    secret_key: str | None = None  # from the environment; None for a local market, whose secret is a file
    folder: Path | None = None  # of a local market
    missing: tuple[str, ...] = ()

    @property
    def record(self) -> Path:
        """The deployment record."""
        return self.deployments / f"{self.chain_id}.json"

    @property
    def way_to_start(self) -> str:
        """What to do when the node or the follower does not run."""
        return f"start the market: make run CHAIN={self.name}" if self.folder else "start it, and look at its log"


def local(kind: chain.Kind) -> Target:
    """Give the market that `make run` starts on this machine."""
    folder = data_folder(kind.chain_id)
    database = f"sqlite:///{folder / 'dokkaebi.db'}"
    return Target(kind.name, kind.url, kind.chain_id, database, str(folder / "content"), DEPLOYMENTS, folder=folder)


def from_environment(environ: Mapping[str, str]) -> Target:
    """Give the market whose settings stand in the environment, as the web server reads them."""
    said = {name: environ.get(name, "").strip() for name in NEEDED}
    number = said["CHAIN_ID"]
    is_number = number.isascii() and number.isdigit() and len(number) < 19
    missing = [name for name, value in said.items() if not value]
    return Target(
        name="the settings in the environment",
        rpc_url=said["RPC_URL"],
        chain_id=int(number) if is_number else 0,
        database_url=said["DATABASE_URL"],
        content_dir=said["CONTENT_DIR"],
        deployments=Path(environ.get("DEPLOYMENTS_DIR") or DEPLOYMENTS),
        secret_key=said["SECRET_KEY"],
        missing=tuple(missing if is_number or "CHAIN_ID" in missing else [*missing, "CHAIN_ID (digits)"]),
    )
