"""Where things live inside the checkout, and the environment that our commands get (standard library only)."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
LOCAL = ROOT / ".local"
HOME = LOCAL / "home"
SOLCX = LOCAL / "solcx"
NODE_BIN = LOCAL / "bin"
CHROMIUM = LOCAL / "chromium"
PYCACHE = LOCAL / "pycache"
NODE_MODULES = ROOT / "node_modules"
DATA = ROOT / "data"
DEPLOYMENTS = ROOT / "deployments"

SOLC_VERSION = "0.8.30"


def venv_python() -> Path:
    """Give the interpreter of the project's own virtual environment."""
    return VENV / "bin" / "python"


def tool_path(inherited: str) -> str:
    """Give a PATH that finds the project's tools before the machine's."""
    ours = [VENV / "bin", NODE_BIN, NODE_MODULES / ".bin"]
    return os.pathsep.join([*(str(folder) for folder in ours), inherited])


def tool_env(inherited: Mapping[str, str], *, own_home: bool = True) -> dict[str, str]:
    """Give the environment for a project command.

    HOME and SOLCX_BINARY_PATH point into the checkout, so that two clones never share
    brownie's networks or a compiler, and nothing is written to the user's home. Python keeps what it has compiled there
    too, whatever the machine says: without that each process compiles all that it imports, 4 s for one that uses brownie.
    """
    env = dict(inherited)
    env["PATH"] = tool_path(env.get("PATH", os.defpath))
    env["SOLCX_BINARY_PATH"] = str(SOLCX)
    env["PYTHONUNBUFFERED"] = "1"
    env["PYTHONPYCACHEPREFIX"] = str(PYCACHE)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    if own_home:
        env["HOME"] = str(HOME)
    return env


def installer_env(inherited: Mapping[str, str]) -> dict[str, str]:
    """Give the environment for pip and npm: the user's own settings (index, certificates), but our caches."""
    return tool_env(inherited, own_home=False) | {
        "PIP_CACHE_DIR": str(LOCAL / "cache" / "pip"),
        "npm_config_cache": str(LOCAL / "cache" / "npm"),
        "npm_config_update_notifier": "false",
        "BROWNIE_NOCOMPILE": "1",  # should pip have to build brownie, then without its compiled modules
    }


def data_folder(chain_id: int) -> Path:
    """Give the folder that holds everything a local chain's market needs to come back."""
    return DATA / str(chain_id)


def deployment_record(chain_id: int) -> Path:
    """Give the file that the deploy scripts write for a chain."""
    return DEPLOYMENTS / f"{chain_id}.json"
