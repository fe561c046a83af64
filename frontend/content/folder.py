"""Bytes in a folder of this machine: <folder>/<first two hex digits>/<hash>."""

import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from frontend.content.documents import HASH
from frontend.content.store import Mark, StoreDown

FOLDER_MODE, FILE_MODE = 0o750, 0o640
UNFINISHED = ".tmp"
UNFINISHED_FOR_S = 86_400


class Folder:
    """A store in files. 256 folders keep each of them short up to millions of files."""

    believed_for_s = 0

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._root = str(folder)

    def path(self, content_hash: str) -> Path:
        """Give where an entry lies. Raises: ValueError for what is no hash, so that no path is ever made of other words."""
        if not HASH.fullmatch(content_hash):
            raise ValueError("not a hash")
        return self.folder / content_hash[2:4] / content_hash

    def put(self, content_hash: str, data: bytes) -> None:
        """Write beside, flush to the disk, then rename: a reader sees the old bytes or the new, also after a power cut."""
        path = self.path(content_hash)
        with said_as_down():
            if path.is_file() and path.read_bytes() == data:
                return
            path.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
            unfinished = path.with_name(f"{path.name}.{secrets.token_hex(8)}{UNFINISHED}")
            try:
                _write(unfinished, data)
                unfinished.replace(path)
            except OSError:
                unfinished.unlink(missing_ok=True)
                raise
            _flush_folder(path.parent)

    def get(self, content_hash: str) -> bytes | None:
        """Give the file's bytes."""
        with said_as_down():
            try:
                return self.path(content_hash).read_bytes()
            except FileNotFoundError:
                return None

    def part(self, content_hash: str, first: int, last: int) -> bytes | None:
        """Give some of the file's bytes."""
        with said_as_down():
            try:
                with self.path(content_hash).open("rb") as opened:
                    opened.seek(first)
                    return opened.read(max(0, last - first + 1))
            except FileNotFoundError:
                return None

    def mark(self, content_hash: str) -> Mark | None:
        """Give size and times of the file; the time of its last change cannot be set back by whoever writes to it."""
        with said_as_down():
            try:
                if not HASH.fullmatch(content_hash):
                    raise ValueError("not a hash")
                # asked some dozen times a page: no Path is made for it
                return _mark(os.stat(f"{self._root}/{content_hash[2:4]}/{content_hash}"))
            except FileNotFoundError:
                return None

    def delete(self, content_hash: str) -> None:
        """Remove the file."""
        with said_as_down():
            self.path(content_hash).unlink(missing_ok=True)

    def marks(self) -> Iterator[tuple[str, Mark]]:
        """Give every entry, and sweep up what a process killed while writing has left."""
        with said_as_down():
            for folder in sorted(self.folder.glob("[0-9a-f][0-9a-f]")):
                for path in sorted(folder.iterdir()):
                    if path.name.endswith(UNFINISHED):
                        _sweep(path)
                    elif HASH.fullmatch(path.name) and (mark := self.mark(path.name)) is not None:
                        yield path.name, mark


@contextmanager
def said_as_down() -> Iterator[None]:
    """Tell a full, read-only or broken disk as StoreDown."""
    try:
        yield
    except OSError as problem:
        raise StoreDown from problem


def _mark(found: os.stat_result) -> Mark:
    stamp = f"{found.st_ino}.{found.st_mtime_ns}.{found.st_ctime_ns}"
    return Mark(found.st_size, stamp, int(found.st_mtime))


def _write(path: Path, data: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(data)
        opened.flush()
        os.fsync(opened.fileno())


def _flush_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sweep(path: Path) -> None:
    try:
        if path.stat().st_mtime < time.time() - UNFINISHED_FOR_S:
            path.unlink()
    except FileNotFoundError:
        pass
