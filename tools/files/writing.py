"""Files that are there whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from tools.files.problems import FileProblem


def expect_free(path: Path) -> None:
    """Make sure that nothing would be overwritten. Raises: FileProblem."""
    if path.exists():
        raise FileProblem(f"{path} is there already; name another file with -o, or move it away.")


@contextmanager
def written_whole(path: Path) -> Iterator[BinaryIO]:
    """Give a file to write, which gets its name when all went well, and is removed when not.

    Only the owner may read it (mode 600). A process that is killed leaves a file that ends with `.part`; it can be deleted.
    Raises: FileProblem when the name is taken, or the folder takes no file.
    """
    expect_free(path)
    try:
        handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".part", dir=path.parent)
    except OSError as problem:
        raise FileProblem(f"nothing can be written to {path.parent} ({problem.strerror}).") from None
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
            _flushed(file, path)
        expect_free(path)  # another process may have been quicker
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def unwritable(path: Path, problem: OSError) -> FileProblem:
    """Say that the disk does not take a file."""
    return FileProblem(f"{path} cannot be written ({problem.strerror}). Is there room on the disk?")


def _flushed(file: BinaryIO, path: Path) -> None:
    try:
        file.flush()
        os.fsync(file.fileno())
    except OSError as problem:
        raise unwritable(path, problem) from None
