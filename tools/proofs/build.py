"""Compiles tests/proofs for halmos, with the project's own compiler and settings. Halmos calls it by the name of `forge`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from tools.places import LOCAL, ROOT, tool_env

SPECS = ROOT / "tests" / "proofs"
OUT = LOCAL / "proofs" / "out"
OUTPUTS = ["abi", "metadata", "storageLayout", "evm.bytecode", "evm.deployedBytecode", "evm.methodIdentifiers"]


def standard_input(folder: Path) -> dict[str, Any]:
    """Give the compiler input of the specifications in a folder; what they import is read beside it."""
    sources = {
        path.relative_to(ROOT).as_posix(): {"content": path.read_text()} for path in sorted(folder.glob("*.sol"))
    }
    return {
        "language": "Solidity",
        "sources": sources,
        "settings": {
            "remappings": ["@openzeppelin=node_modules/@openzeppelin"],
            "evmVersion": "shanghai",
            "viaIR": True,
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {name: {"*": OUTPUTS, "": ["ast"]} for name in sources},
        },
    }


def build(folder: Path = SPECS) -> None:
    """Write what halmos reads: one file for each contract of the folder."""
    words = ["node", str(ROOT / "tools" / "solcjs.js"), "--standard-json", "-"]
    asked = json.dumps(standard_input(folder)).encode()
    done = subprocess.run(words, cwd=ROOT, env=tool_env(os.environ), input=asked, capture_output=True, check=True)
    answer = json.loads(done.stdout)
    wrong = [problem["formattedMessage"] for problem in answer.get("errors", []) if problem["severity"] == "error"]
    if wrong:
        sys.exit(f"✗ {wrong[0]}")
    shutil.rmtree(OUT, ignore_errors=True)
    for name, contracts in answer["contracts"].items():
        target = OUT / Path(name).name
        target.mkdir(parents=True)
        for contract, made in contracts.items():
            (target / f"{contract}.json").write_text(json.dumps(artifact(made, answer["sources"][name])))


def artifact(made: dict[str, Any], source: dict[str, Any]) -> dict[str, Any]:
    """Give a contract as forge would write it."""
    return {
        "abi": made["abi"],
        "bytecode": _code(made["evm"]["bytecode"]),
        "deployedBytecode": _code(made["evm"]["deployedBytecode"]),
        "methodIdentifiers": made["evm"]["methodIdentifiers"],
        "metadata": json.loads(made["metadata"]),
        "storageLayout": made["storageLayout"],
        "ast": source["ast"],
        "id": source["id"],
    }


def _code(made: dict[str, Any]) -> dict[str, Any]:
    return {**made, "object": f"0x{made['object']}"}


if __name__ == "__main__":
    build()
