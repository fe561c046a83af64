"""What a run of hours needs: the sources that it is about by their hashes, and its state in a file that is never half written."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import MISSING, asdict, fields
from pathlib import Path
from typing import Any, TypeVar

from tools.places import ROOT

R = TypeVar("R")


def resumed(path: Path, new: R, *, any_seed: bool) -> R:
    """Give the run under way that a file tells of, if it is the one asked for; else the new one.

    Args: both are dataclasses; what has no default says which run it is, the rest how far it has come.
    """
    kind: Any = type(new)
    try:
        old: R = kind(**json.loads(path.read_text(encoding="utf-8")))
    except (FileNotFoundError, ValueError, TypeError):
        return new
    settled = {field.name for field in fields(kind) if field.default is MISSING and field.default_factory is MISSING}
    differing = {name for name in settled if getattr(old, name) != getattr(new, name)}
    return old if differing <= ({"seed"} if any_seed else set()) else new


def changed(run: Any, subjects: Sequence[str], state: Path) -> bool:
    """Tell whether the sources of a run were changed under way; then it must be begun anew, and its state is thrown away."""
    if hashes(subjects) == run.sources:
        return False
    print("✗ the sources were changed during the run; this is not recorded. Begin anew.", file=sys.stderr)
    state.unlink(missing_ok=True)
    return True


def hashes(subjects: Sequence[str]) -> dict[str, str]:
    """Give the hash that git would give each folder or file as it is now, committed or not."""
    return {subject: _hash(ROOT / subject) for subject in subjects}


def write(path: Path, run: Any) -> None:
    """Write a run, a dataclass, in one step."""
    path.parent.mkdir(exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(asdict(run), indent=2) + "\n", encoding="utf-8")
    unfinished.replace(path)


def _hash(path: Path) -> str:
    return tree_hash(path) if path.is_dir() else _object(b"blob", path.read_bytes())


def tree_hash(folder: Path) -> str:
    """Give a folder's git tree hash, of all files that git does not ignore."""
    listed = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "."]
    words = subprocess.run(listed, cwd=folder, check=True, capture_output=True, text=True).stdout.split("\0")
    return _tree(folder, sorted({word for word in words if word and (folder / word).is_file()}))


def _tree(folder: Path, names: list[str]) -> str:
    entries = []
    for first in {name.split("/", 1)[0] for name in names}:
        below = [name.split("/", 1)[1] for name in names if name.startswith(f"{first}/")]
        if below:
            entries.append((f"{first}/", b"40000", first, _tree(folder / first, below)))
        else:
            mode = b"100755" if os.access(folder / first, os.X_OK) else b"100644"
            entries.append((first, mode, first, _object(b"blob", (folder / first).read_bytes())))
    # git sorts folders as if their names ended with a slash
    lines = [mode + b" " + name.encode() + b"\0" + bytes.fromhex(digest) for _, mode, name, digest in sorted(entries)]
    return _object(b"tree", b"".join(lines))


def _object(kind: bytes, content: bytes) -> str:
    return hashlib.sha1(kind + b" %d\0" % len(content) + content, usedforsecurity=False).hexdigest()
