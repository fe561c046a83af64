"""This machine and what bootstrap put into the checkout: Python, packages, Node, compiler, disk, clock."""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.doctor.findings import Finding, Findings, ill, judged, unseen, well
from tools.places import HOME, NODE_MODULES, ROOT, SOLC_VERSION, SOLCX, VENV, tool_env

OLDEST_PYTHON, OLDEST_NODE = (3, 11), 20
LEAST_DISK_BYTES = 10**9
BOOTSTRAP = "run: make bootstrap"
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;#]+)", re.MULTILINE)
# one process for all: what is installed, and whether brownie runs interpreted
ASK_VERSIONS = """
import importlib.metadata as m, importlib.util as u, json, sys
found = {}
for name in json.load(sys.stdin):
    try: found[name] = m.version(name)
    except m.PackageNotFoundError: found[name] = None
spec = u.find_spec("brownie._config")
print(json.dumps([sys.version.split()[0], found, bool(spec and spec.origin.endswith(".py"))]))
"""
COMMAND_TIMEOUT_S = 60


def look() -> Findings:
    """Look at all of it. Works before anything is installed."""
    found = platform.python_version()
    yield judged(
        sys.version_info >= OLDEST_PYTHON, f"Python {found}", "3.11 or newer is needed: make PYTHON=python3.11 ..."
    )
    yield _disk()
    yield _clock()
    yield from _packages(ROOT / "requirements.txt", VENV / "bin" / "python")
    yield from _node(ROOT / "package.json", NODE_MODULES)
    yield _compiler()
    yield _networks()


def _disk() -> Finding:
    free = shutil.disk_usage(ROOT).free
    return judged(free >= LEAST_DISK_BYTES, f"disk: {free // 10**6:,} MB free", "free some space: databases stop at 0")


def _clock() -> Finding:
    """A clock that is behind the files here is surely wrong; more cannot be known without a network."""
    newest = max((ROOT / name).stat().st_mtime for name in ("requirements.txt", "package.json", "tools", "frontend"))
    is_well = time.time() >= newest - 60
    shown = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime())
    return judged(
        is_well, f"clock of this machine: {shown}", "it is behind the files here: set it (timedatectl set-ntp true)"
    )


def _packages(wanted: Path, python: Path) -> Findings:
    """Compare .venv with requirements.txt."""
    if not python.exists():
        yield ill("Python packages", f"there is no .venv; {BOOTSTRAP}")
        return
    pins = dict(PIN.findall(wanted.read_text(encoding="utf-8")))
    try:
        done = subprocess.run(
            [python, "-c", ASK_VERSIONS], input=json.dumps(list(pins)), capture_output=True, text=True,
            env=tool_env(os.environ), timeout=COMMAND_TIMEOUT_S,
        )  # fmt: skip
        version, found, interpreted = json.loads(done.stdout)
    except (OSError, ValueError, subprocess.TimeoutExpired):
        yield ill("Python packages", "the Python of .venv does not run; delete .venv and " + BOOTSTRAP)
        return
    wrong = [f"{name} {found[name] or 'missing'} instead of {pin}" for name, pin in pins.items() if found[name] != pin]
    what = f"Python packages ({len(pins)} pinned, Python {version})"
    yield judged(not wrong, what, f"{'; '.join(wrong[:5])}; {BOOTSTRAP}")
    todo = f"its compiled modules break it; delete .venv and {BOOTSTRAP}"
    yield judged(interpreted, "brownie runs interpreted", todo)


def _node(wanted: Path, modules: Path) -> Findings:
    """Compare node and node_modules with package.json."""
    node = shutil.which("node", path=tool_env(os.environ)["PATH"])
    said = _said([node, "--version"]) if node else ""
    major = re.match(r"v(\d+)\.", said)
    is_well = bool(major and int(major[1]) >= OLDEST_NODE)
    yield judged(is_well, f"Node {said or 'missing'}", f"{OLDEST_NODE} or newer is needed; {BOOTSTRAP}")
    about = json.loads(wanted.read_text(encoding="utf-8"))
    pins = {**about["dependencies"], **about["devDependencies"]}
    if platform.system() == "Linux" and platform.machine() == "x86_64":
        pins |= about.get("optionalDependencies", {})
    wrong = [
        f"{name} {found or 'missing'} instead of {pin}"
        for name, pin in pins.items()
        if (found := _module(modules, name)) != pin
    ]
    yield judged(not wrong, f"Node packages ({len(pins)} pinned)", f"{'; '.join(wrong[:5])}; {BOOTSTRAP}")


def _module(modules: Path, name: str) -> str | None:
    try:
        return str(json.loads((modules / name / "package.json").read_text(encoding="utf-8"))["version"])
    except (OSError, ValueError, KeyError):
        return None


def _compiler() -> Finding:
    program = SOLCX / f"solc-v{SOLC_VERSION}"
    if not program.exists():
        return ill(f"Solidity compiler {SOLC_VERSION}", BOOTSTRAP)
    said = _said([str(program), "--version"])
    return judged(
        SOLC_VERSION in said,
        f"Solidity compiler {SOLC_VERSION}",
        f"it does not run; delete .local/solcx and {BOOTSTRAP}",
    )


def _networks() -> Finding:
    there = HOME / ".brownie" / "network-config.yaml"
    if not there.exists():
        return ill("brownie's networks", BOOTSTRAP)
    same = there.read_bytes() == (ROOT / "tools" / "networks.yaml").read_bytes()
    return (
        well("brownie's networks")
        if same
        else ill("brownie's networks", f"they are not those of tools/networks.yaml; {BOOTSTRAP}")
    )


def keystores(folder: Path) -> Findings:
    """Look at who may read encrypted accounts."""
    files = sorted(folder.glob("*.json"))
    if not files:
        yield unseen("encrypted accounts", "there are none; deploying to a public chain needs one (docs/deploy.md)")
        return
    loose = [path.name for path in files if path.stat().st_mode & 0o077]
    yield judged(not loose, f"encrypted accounts ({len(files)})", f"others may read {', '.join(loose)}: chmod 600 them")


def _said(command: list[str]) -> str:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=tool_env(os.environ), timeout=COMMAND_TIMEOUT_S
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
