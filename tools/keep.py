"""Runs the keeper on the local market that is running: `make keep`, or `make keep CHAIN=anvil ARGS="--dry-run"`."""

from __future__ import annotations

import os
import sys

from tools import chain
from tools.places import ROOT, VENV, data_folder, deployment_record, tool_env
from tools.problems import SetupProblem
from tools.run import Market, chain_settings

DEFAULT_PORT = 8000  # the web server's, which a keeper does not need


def main(words: list[str]) -> int:
    """Become the keeper of a market; give 1 only when its chain does not run."""
    name = words[0] if words else ""
    try:
        if name not in chain.KINDS:
            raise SetupProblem(f"there is no chain {name}; there are: {', '.join(sorted(chain.KINDS))}")
        kind = chain.local_chain(name)
    except SetupProblem as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    market = Market(kind, DEFAULT_PORT, data_folder(kind.chain_id), deployment_record(kind.chain_id))
    env = tool_env(os.environ) | chain_settings(market)
    os.chdir(ROOT)
    program = str(VENV / "bin" / "python")
    # one round, since a person waits for it; ARGS may say --watch
    os.execve(program, [program, "-m", "scripts.operate.keep", "--once", *words[1:]], env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
