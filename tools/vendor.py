"""Copies what the pages ship from node_modules into frontend/static/vendor: `make vendor`.

Some libraries come as one file and are copied; of others esbuild makes one file, from an entry in tools/bundles, with the
licences of all that went into it beside it. The files are committed, so that a market runs without Node; vendor.json says
where each came from and its hash, and a test compares. To take a new version: change package.json, npm install, make
vendor, commit.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from tools.places import NODE_MODULES, ROOT

VENDOR = ROOT / "frontend" / "static" / "vendor"
RECORD = VENDOR / "vendor.json"

# package → file inside it → name that the pages use (the version is put in)
FILES = (
    ("htmx.org", "dist/htmx.min.js", "htmx", "js"),
    ("@picocss/pico", "css/pico.min.css", "pico", "css"),
    ("uplot", "dist/uPlot.iife.min.js", "uplot", "js"),
    ("uplot", "dist/uPlot.min.css", "uplot", "css"),
)

BUNDLES = ROOT / "tools" / "bundles"
LEFT_OUT = BUNDLES / "left-out.js"


@dataclass(frozen=True)
class Bundle:
    """One file to be made of several packages."""

    package: str  # the one that it is named for and has its version from
    entry: str  # in tools/bundles
    name: str
    left_out: tuple[str, ...]  # modules whose place left-out.js takes


BUNDLED = (
    Bundle(
        "age-encryption",
        "age.js",
        "age",
        (
            "@noble/curves/ed25519.js",
            "@noble/curves/nist.js",
            "@noble/hashes/scrypt.js",
            "@noble/post-quantum/hybrid.js",
        ),
    ),
    Bundle("@noble/curves", "bn254.js", "bn254", ()),
)


@dataclass(frozen=True)
class Vendored:
    """One committed file: a copy, or a bundle whose packages stand in `parts`."""

    file: str
    package: str
    version: str
    licence: str
    source: str
    sha256: str
    parts: tuple[str, ...] = ()


def sha256_of(path: Path) -> str:
    """Give the hex hash of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def describe(package: str, source: str, name: str, ending: str) -> Vendored:
    """Say what the copy of one file would be."""
    about = about_package(package)
    version = about["version"]
    origin = NODE_MODULES / package / source
    return Vendored(f"{name}-{version}.{ending}", package, version, about["license"], source, sha256_of(origin))


def about_package(package: str) -> dict[str, str]:
    """Give what a package says of itself."""
    found: dict[str, str] = json.loads((NODE_MODULES / package / "package.json").read_text())
    return found


def make_bundle(bundle: Bundle, folder: Path) -> list[Vendored]:
    """Make a bundle and its licences in a folder, and describe both. The same packages give the same bytes.

    Raises: CalledProcessError when esbuild cannot make it.
    """
    version = about_package(bundle.package)["version"]
    code, licences = folder / f"{bundle.name}-{version}.js", folder / f"{bundle.name}-{version}.licences.txt"
    banner = f"/* Made by tools/vendor.py from tools/bundles/{bundle.entry}; licences: {licences.name} */"
    with tempfile.TemporaryDirectory() as scratch:
        inputs = Path(scratch) / "inputs.json"
        command = [
            str(NODE_MODULES / ".bin" / "esbuild"), f"tools/bundles/{bundle.entry}", "--bundle", "--format=esm",
            "--minify", "--target=es2022", "--legal-comments=none", "--log-level=error", f"--banner:js={banner}",
            f"--outfile={code}", f"--metafile={inputs}", *(f"--alias:{name}={LEFT_OUT}" for name in bundle.left_out),
        ]  # fmt: skip
        subprocess.run(command, cwd=ROOT, check=True, timeout=120)
        packages = packages_in(json.loads(inputs.read_text()))
    licences.write_text("\n\n".join(licence_of(package) for package in packages) + "\n")
    parts = tuple(f"{package} {about_package(package)['version']}" for package in packages)
    names = " AND ".join(sorted({about_package(package)["license"] for package in packages}))
    source = f"tools/bundles/{bundle.entry}"
    return [
        Vendored(code.name, bundle.package, version, names, source, sha256_of(code), parts),
        Vendored(licences.name, bundle.package, version, names, source, sha256_of(licences)),
    ]


def packages_in(inputs: dict[str, dict[str, dict[str, object]]]) -> list[str]:
    """Give the packages that a bundle's files came from, each once and in order."""
    found = (re.match(r"node_modules/((?:@[^/]+/)?[^/]+)/", path) for path in inputs["inputs"])
    return sorted({match[1] for match in found if match})


def licence_of(package: str) -> str:
    """Give a package's name, version and licence text."""
    text = (NODE_MODULES / package / "LICENSE").read_text().strip()
    return f"{package} {about_package(package)['version']}\n\n{text}"


def main() -> int:
    """Copy or make every file and write the record; files of older versions go."""
    VENDOR.mkdir(parents=True, exist_ok=True)
    copies = [describe(*words) for words in FILES]
    bundles = [made for bundle in BUNDLED for made in make_bundle(bundle, VENDOR)]
    entries = [*copies, *bundles]
    for old in VENDOR.iterdir():
        if old != RECORD and old.name not in {entry.file for entry in entries}:
            old.unlink()
    for entry in copies:
        shutil.copyfile(NODE_MODULES / entry.package / entry.source, VENDOR / entry.file)
    for entry in entries:
        print(f"  {entry.file}  {entry.licence}  {entry.sha256[:16]}…")
    made_by = {"made_by": "tools/vendor.py (make vendor)", "files": [asdict(entry) for entry in entries]}
    RECORD.write_text(json.dumps(made_by, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
