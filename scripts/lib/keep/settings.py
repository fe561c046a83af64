"""The settings that a keeper shares with the follower, from the environment."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from scripts.lib.problems import BadSetting
from scripts.lib.registry import folder


@dataclass(frozen=True)
class KeeperSettings:
    """Where node, index and deployment record are. The first two may hold a password: they are never printed."""

    rpc_url: str = field(repr=False)
    database_url: str = field(repr=False)
    chain_id: int
    deployments: Path


def settings_from(environ: Mapping[str, str] = os.environ) -> KeeperSettings:
    """Read RPC_URL, DATABASE_URL (or each with _FILE), CHAIN_ID and DEPLOYMENTS_DIR. Raises: BadSetting."""
    rpc_url = text_from(environ, "RPC_URL")
    if not rpc_url.startswith(("http://", "https://")):
        raise BadSetting("RPC_URL must begin with http:// or https://.")
    chain_id = environ.get("CHAIN_ID", "")
    if not (chain_id.isascii() and chain_id.isdigit()):
        raise BadSetting("CHAIN_ID must say which chain is meant, in digits.")
    return KeeperSettings(rpc_url, text_from(environ, "DATABASE_URL"), int(chain_id), folder(environ))


def text_from(environ: Mapping[str, str], name: str) -> str:
    """Give a setting, which may come as a file's name. Raises: BadSetting."""
    path = environ.get(f"{name}_FILE")
    if path and environ.get(name):
        raise BadSetting(f"{name} and {name}_FILE are both set; keep one of them.")
    try:
        found = Path(path).read_text(encoding="utf-8").strip() if path else environ.get(name, "")
    except (OSError, UnicodeDecodeError):
        raise BadSetting(f"{name}_FILE names a file that cannot be read.") from None
    if not found:
        raise BadSetting(f"{name} is not set; it is the one that the follower has (docs/keeper.md).")
    return found
