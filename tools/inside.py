"""Runs a command with the project's own tools, HOME and compiler: `python -m tools.inside brownie console --network anvil`."""

from __future__ import annotations

import os
import shutil
import sys

from tools.places import tool_env


def main(words: list[str]) -> int:
    """Become the command; give 1 only when it cannot be started."""
    if not words:
        print("✗ say which command to run: python -m tools.inside brownie accounts list", file=sys.stderr)
        return 1
    env = tool_env(os.environ)
    program = shutil.which(words[0], path=env["PATH"])
    if program is None:
        print(f"✗ {words[0]} was not found; run: make bootstrap", file=sys.stderr)
        return 1
    os.execve(program, words, env)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
