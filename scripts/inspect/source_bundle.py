"""Writes what an explorer wants for verifying sources: the compiler's standard JSON input of the deployed contracts.

    python -m scripts.inspect.source_bundle 11155111                 write build/verify/11155111/
    python -m scripts.inspect.source_bundle 11155111 --compile       and compile it with solc alone, to be sure

It is one file for all contracts, input.json, with every source that was compiled with them: through the IR a contract's bytes
can depend on what is compiled beside it. For each contract stands in manifest.json: address, compiler version, contract name as the explorer asks for it,
the constructor's arguments as hex, and the libraries that the explorer asks for by name and address. Changes nothing else; connects to nothing.
"""

import argparse
import json
import os
import posixpath
import re
import subprocess
import sys
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

import yaml
from eth_abi import encode
from eth_utils import keccak
from eth_utils.abi import collapse_if_tuple

from scripts.lib.artifacts import BUILD, ROOT, artifact
from scripts.lib.problems import BrokenRecord, FailedCheck, MissingDeployment, told_in_a_sentence
from scripts.lib.registry import Registry, folder, open_registry
from scripts.lib.steps import created_address

TARGET = ROOT / "build" / "verify"
INPUT = "input.json"
IMPORT = re.compile(r'^\s*import\s+(?:[^"\';]*?\bfrom\s+)?["\']([^"\']+)["\']\s*;', re.MULTILINE)
TOKEN, REGISTRY = "CommunityToken", "CommunityRegistry"
COMPILE_TIMEOUT_S = 600
OUTPUTS = [
    "abi",
    "metadata",
    "evm.bytecode.object",
    "evm.deployedBytecode.object",
    "evm.deployedBytecode.immutableReferences",
]


def standard_input() -> dict[str, Any]:
    """Give the standard JSON input that compiles the contracts to what was deployed.

    Addresses of libraries are no part of it: they were filled in after compiling, and would change the metadata.
    """
    settings = _compiler()
    solc = settings["solc"]
    sources = _sources(_remappings(solc))
    return {
        "language": "Solidity",
        "sources": {path: {"content": text} for path, text in sorted(sources.items())},
        "settings": {
            "evmVersion": settings["evm_version"],
            "optimizer": solc["optimizer"],
            "viaIR": solc["viaIR"],
            "remappings": solc["remappings"],
            "outputSelection": {"*": {"*": OUTPUTS}},
        },
    }


def manifest_entry(contract: str, address: str, args: tuple[Any, ...]) -> dict[str, Any]:
    """Give what an explorer's form asks for besides the file."""
    about = _about(contract)
    inputs: list[Any] = next((entry["inputs"] for entry in about["abi"] if entry["type"] == "constructor"), [])
    return {
        "address": address,
        "contract": f"{about['sourcePath']}:{contract}",
        "compiler": f"v{about['compiler']['version']}",
        "constructorArguments": encode([collapse_if_tuple(part) for part in inputs], args).hex(),
        "input": INPUT,
        "license": "MIT",
    }


def write(registry: Registry, target: Path) -> dict[str, Any]:
    """Write the bundle of a chain's contracts; give the manifest. Raises: MissingArtifact."""
    target.mkdir(parents=True, exist_ok=True)
    deployed = {name: (entry.address, entry.args) for name, entry in registry.contracts.items()}
    if REGISTRY in deployed:  # its constructor made the implementation with its first nonce
        deployed[TOKEN] = (created_address(deployed[REGISTRY][0], 1), ())
    manifest = {
        name: manifest_entry(name, address, args) | {"libraries": dict(libraries_of(registry, name))}
        for name, (address, args) in deployed.items()
    }
    _write(target / INPUT, standard_input())
    _write(target / "manifest.json", {"chainId": registry.chain_id, "contracts": manifest})
    return manifest


def libraries_of(registry: Registry, contract: str) -> Mapping[str, str]:
    """Give the libraries that were linked into a contract, by name."""
    return registry.contracts[contract].libraries if contract in registry.contracts else {}


def compiled(file: Path, environ: Mapping[str, str] = os.environ) -> dict[str, Any]:
    """Compile a bundle's file with solc alone; give its output by source and contract. Raises: FailedCheck."""
    version = _compiler()["solc"]["version"]
    solc = Path(environ.get("SOLCX_BINARY_PATH", ROOT / ".local" / "solcx")) / f"solc-v{version}"
    done = subprocess.run(
        [solc, "--standard-json"],
        input=file.read_text(encoding="utf-8"),
        capture_output=True,
        text=True,
        cwd=file.parent,
        timeout=COMPILE_TIMEOUT_S,
    )
    try:
        said = json.loads(done.stdout)
    except ValueError:
        raise FailedCheck(f"solc gave no answer for {file.name}: {done.stderr.strip()[:300]}") from None
    wrong = [problem["formattedMessage"] for problem in said.get("errors", []) if problem["severity"] == "error"]
    if wrong:
        raise FailedCheck(f"{file.name} does not compile: {wrong[0][:300]}")
    return dict(said["contracts"])


def made_of(output: Mapping[str, Any], contract: str, libraries: Mapping[str, str]) -> dict[str, Any]:
    """Give one contract's part of a compiler's output, its libraries linked."""
    made = deepcopy(output[_about(contract)["sourcePath"]][contract])
    for code in ("bytecode", "deployedBytecode"):
        made["evm"][code]["object"] = _linked(made["evm"][code]["object"], libraries)
    return dict(made)


def _linked(code: str, libraries: Mapping[str, str]) -> str:
    """Put addresses where solc left places. Source: Solidity, "Using the Commandline Compiler", library linking."""
    for name, address in libraries.items():
        place = keccak(text=f"{_about(name)['sourcePath']}:{name}").hex()[:34]
        code = code.replace(f"__${place}$__", address.removeprefix("0x").lower())
    return code


def _sources(remappings: Mapping[str, str]) -> dict[str, str]:
    """Give our sources with all that they import, by the names under which the compiler knows them."""
    found: dict[str, str] = {}
    left = [path.relative_to(ROOT).as_posix() for path in (ROOT / "contracts").rglob("*.sol")]
    while left:
        path = left.pop()
        if path in found:
            continue
        found[path] = (ROOT / path).read_text(encoding="utf-8")
        for name in IMPORT.findall(found[path]):
            if name.startswith("."):
                left.append(posixpath.normpath(posixpath.join(posixpath.dirname(path), name)))
                continue
            prefix = next((prefix for prefix in remappings if name.startswith(prefix)), None)
            left.append(name if prefix is None else remappings[prefix] + name.removeprefix(prefix))
    return found


def _remappings(solc: Mapping[str, Any]) -> dict[str, str]:
    return dict(entry.split("=", 1) for entry in solc["remappings"])


def _compiler() -> dict[str, Any]:
    return dict(yaml.safe_load((ROOT / "brownie-config.yaml").read_text(encoding="utf-8"))["compiler"])


def _about(contract: str) -> dict[str, Any]:
    artifact(contract)  # says what to do when it is missing
    return dict(json.loads((BUILD / f"{contract}.json").read_text(encoding="utf-8")))


def _write(path: Path, content: Any) -> None:
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    unfinished.replace(path)


def registry_of(chain_id: int, where: Path) -> Registry:
    """Read a record without asking a node. Raises: MissingDeployment, BrokenRecord."""
    path = where / f"{chain_id}.json"
    if not path.exists():
        raise MissingDeployment(f"there is no deployments/{path.name}; deploy first: docs/deploy.md.")
    try:
        genesis = str(json.loads(path.read_text(encoding="utf-8"))["genesisHash"])
    except (ValueError, KeyError, TypeError):
        raise BrokenRecord(f"deployments/{path.name} cannot be read; restore it from git.") from None
    return open_registry(chain_id, genesis, where, may_start_over=False)


def main(argv: list[str] | None = None) -> int:
    """Write the bundle, and compile it when asked."""
    parser = argparse.ArgumentParser(prog="python -m scripts.inspect.source_bundle", description="For explorers.")
    parser.add_argument("chain_id", type=int)
    parser.add_argument("--out", type=Path, default=TARGET, help="folder; default build/verify")
    parser.add_argument("--compile", action="store_true", help="compile it and compare with build/contracts")
    options = parser.parse_args(argv)
    with told_in_a_sentence():
        target = options.out / str(options.chain_id)
        registry = registry_of(options.chain_id, folder())
        manifest = write(registry, target)
        output = compiled(target / INPUT) if options.compile else None
        for name, entry in manifest.items():
            print(f"  {entry['contract']} at {entry['address']}, {entry['compiler']}")
            if output is not None:
                libraries = libraries_of(registry, name)
                code = made_of(output, name, libraries)["evm"]["bytecode"]["object"]
                if "0x" + code != artifact(name).linked(libraries):
                    raise FailedCheck(f"{name} compiles to something else than build/contracts has; run: make compile.")
                print("    ✓ compiles to the same bytecode")
        print(f"  {target / INPUT}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
