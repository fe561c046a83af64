"""Throws a local market away: its chain, index, uploads and deployment record. `make reset`, or `make reset CHAIN=anvil`."""

from __future__ import annotations

import argparse
import shutil
import sys

from tools import chain
from tools.places import data_folder, deployment_record
from tools.problems import SetupProblem
from tools.run import sole_owner


def reset(kind: chain.Kind) -> None:
    """Remove everything that one local market keeps.

    Raises: SetupProblem while it runs.
    """
    folder = data_folder(kind.chain_id)
    if not folder.exists() and not deployment_record(kind.chain_id).exists():
        return
    with sole_owner(folder):
        if not chain.port_is_free(kind.port):
            raise SetupProblem(f"something still listens on port {kind.port}; stop the {kind.name} chain first.")
        deployment_record(kind.chain_id).unlink(missing_ok=True)
        shutil.rmtree(folder)


def main(argv: list[str] | None = None) -> int:
    """Read the command line and reset one market."""
    parser = argparse.ArgumentParser(prog="python -m tools.reset", description="Throw a local market away.")
    parser.add_argument("--chain", choices=sorted(chain.KINDS), default="ganache")
    kind = chain.KINDS[parser.parse_args(argv).chain]
    try:
        reset(kind)
    except SetupProblem as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    print(f"{kind.name}: data/{kind.chain_id} and deployments/{kind.chain_id}.json are gone; make run starts afresh")
    return 0


if __name__ == "__main__":
    sys.exit(main())
