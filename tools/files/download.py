"""Fetching a sealed file from a market's server, piece by piece: each is checked, and what is on the disk is not asked for again."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable
from hashlib import sha256
from http.client import HTTPException
from pathlib import Path
from urllib.parse import urlsplit

from tools.files.pieces import HASH_BYTES, MOST_PLAIN_BYTES, PIECE_BYTES
from tools.files.problems import FileProblem, WrongContent

TIMEOUT_S = 60
TRIES = 5
PAUSE_S = 1.0  # doubled after each try
MOST_LIST_BYTES = (MOST_PLAIN_BYTES // PIECE_BYTES + 2) * HASH_BYTES  # age adds 16 bytes to each 64 kB, and a head
PASSING = frozenset({408, 425, 429, 500, 502, 503, 504})


class Server:
    """A market's server, as far as its sealed files go."""

    def __init__(self, origin: str, pause_s: float = PAUSE_S) -> None:
        parts = urlsplit(origin)
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise FileProblem("--from takes the address of a market, as in https://market.example.")
        self._files = f"{origin.rstrip('/')}/files/"
        self._pause_s = pause_s
        local = parts.hostname in ("127.0.0.1", "localhost", "::1")
        self._opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))

    def piece_list(self, hash_: bytes) -> list[bytes]:
        """Give the hashes of a file's pieces. Raises: FileProblem, WrongContent."""
        found = self._get(f"0x{hash_.hex()}/pieces", MOST_LIST_BYTES)
        if sha256(found).digest() != hash_ or len(found) % HASH_BYTES:
            raise WrongContent("the server's list of pieces is not that of the file on the chain; ask another server.")
        return [found[at : at + HASH_BYTES] for at in range(0, len(found), HASH_BYTES)]

    def piece(self, hash_: bytes, index: int) -> bytes:
        """Give one piece, unchecked. Raises: FileProblem."""
        first = index * PIECE_BYTES
        return self._get(f"0x{hash_.hex()}", PIECE_BYTES, f"bytes={first}-{first + PIECE_BYTES - 1}")

    def _get(self, path: str, most_bytes: int, wanted: str | None = None) -> bytes:
        """Ask, and again where that may help. An answer that is cut or too long is none."""
        why = ""
        for attempt in range(TRIES):
            if attempt:
                time.sleep(self._pause_s * 2 ** (attempt - 1))
            try:
                return self._once(path, most_bytes, wanted)
            except urllib.error.HTTPError as problem:
                why = f"HTTP {problem.code}"
                if problem.code == 404:
                    raise FileProblem(
                        "the server does not have this file; ask the seller, or another server."
                    ) from None
                if problem.code not in PASSING:
                    break
            except (OSError, EOFError, HTTPException) as problem:
                why = type(problem).__name__
        raise FileProblem(
            f"the server does not give the file ({why}). What has come is kept: give the same command again later."
        )

    def _once(self, path: str, most_bytes: int, wanted: str | None) -> bytes:
        request = urllib.request.Request(self._files + path, headers={"Range": wanted} if wanted else {})
        with self._opener.open(request, timeout=TIMEOUT_S) as answer:
            if wanted and answer.status != 206:
                raise FileProblem("the server does not give parts of files, so it is none of ours; check --from.")
            content: bytes = answer.read(most_bytes + 1)
            said = answer.headers.get("Content-Length")
        if len(content) > most_bytes or (said is not None and len(content) != int(said)):
            raise EOFError
        return content


def fetch(server: Server, hash_: bytes, target: Path, progress: Callable[[int, int], None] = lambda *_: None) -> None:
    """Fetch a sealed file; pieces that are in `target` already, and are right, stay.

    Args: hash_: the pieces hash of the ciphertext, 32 bytes. progress: takes pieces done and pieces in all.
    Raises: FileProblem, WrongContent; what has come by then stays in `target`.
    """
    pieces = server.piece_list(hash_)
    try:
        with target.open("r+b" if target.exists() else "w+b") as file:
            done = 0
            while done < len(pieces) and sha256(file.read(PIECE_BYTES)).digest() == pieces[done]:
                done += 1
            file.seek(done * PIECE_BYTES)
            file.truncate()
            for index in range(done, len(pieces)):
                progress(index, len(pieces))
                file.write(_checked(server, hash_, index, pieces[index]))
                file.flush()
            progress(len(pieces), len(pieces))
    except OSError as problem:
        raise FileProblem(f"{target} cannot be written ({problem.strerror}).") from None


def _checked(server: Server, hash_: bytes, index: int, expected: bytes) -> bytes:
    for _ in range(2):  # a second time: the first may have been spoilt on the way
        piece = server.piece(hash_, index)
        if sha256(piece).digest() == expected:
            return piece
    raise WrongContent(f"piece {index} of the file is not the one that was sealed; ask another server.")
