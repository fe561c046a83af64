"""The committed ABIs, for scripts that run where nothing was compiled."""

import json
from functools import cache
from typing import Any

from scripts.lib.artifacts import ROOT, abi_hash
from scripts.lib.problems import FailedCheck, MissingArtifact
from scripts.lib.registry import Registry

ABI_FOLDER = ROOT / "frontend" / "contracts" / "abi"


@cache
def exported_abi(name: str) -> list[dict[str, Any]]:
    """Give the exported ABI of a contract. Raises: MissingArtifact."""
    try:
        found = json.loads((ABI_FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise MissingArtifact(f"there is no exported ABI of {name}; export it: make abi.") from None
    return list(found["abi"])


def expect_abi(registry: Registry, name: str) -> None:
    """Make sure that a deployed contract has the exported ABI. Raises: FailedCheck, MissingDeployment."""
    found = abi_hash(exported_abi(name))
    if registry.entry(name).abi_hash != found:
        raise FailedCheck(
            f"deployments/{registry.chain_id}.json tells of a {name} with another ABI than this checkout has; "
            "check out the version that was deployed."
        )
