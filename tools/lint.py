"""Runs every linter and tells which failed: `make lint`."""

from __future__ import annotations

import subprocess
import sys

from tools.places import ROOT

TYPED = ("frontend", "scripts/lib", "scripts/operate", "tools")


def commands() -> list[tuple[str, list[str]]]:
    """Give each linter's name and command line; what it reads is set in pyproject.toml and .solhint.json."""
    typed = [folder for folder in TYPED if (ROOT / folder).is_dir()]
    templates = ROOT / "frontend" / "templates"
    found = [
        ("ruff", ["ruff", "check", "."]),
        ("ruff format", ["ruff", "format", "--check", "."]),
        ("mypy", ["mypy", *typed]),
        ("solhint", ["solhint", "--max-warnings", "0", "--noPoster", "--disc", "contracts/**/*.sol"]),
    ]
    if (ROOT / "frontend" / "translations").is_dir():
        found.append(("translations", ["python", "-m", "tools.messages", "--check"]))
    if templates.is_dir():
        found.append(("djlint", ["djlint", "--lint", "--quiet", "frontend/templates"]))
    return found


def main() -> int:
    """Run them all; give 1 when one complained."""
    failed = []
    for name, words in commands():
        print(f"━━ {name}", flush=True)
        if subprocess.run(words, cwd=ROOT).returncode != 0:
            failed.append(name)
    if failed:
        print(f"✗ complaints from: {', '.join(failed)}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
