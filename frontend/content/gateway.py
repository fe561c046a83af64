"""An IPFS gateway, asked for a piece that is missing here. It is believed nothing: an answer counts if its hash is the piece's name."""

import http.client
import logging
import ssl
import time
from urllib.parse import urlsplit

from frontend.content.pieces import PIECE_BYTES, cid_of, name_of

log = logging.getLogger(__name__)

STEP_S, WHOLE_S = 3, 15
AWAY_FOR_S = 5.0
READ_BYTES = 64 * 1024


class Gateway:
    """One gateway, the one in the settings. No redirect is followed and no proxy asked, so nothing leads anywhere else."""

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        self._is_tls = parts.scheme == "https"
        self._host, self._port, self._path = parts.hostname or "", parts.port, parts.path.rstrip("/")
        self._away_until = 0.0

    def piece(self, name: str) -> bytes | None:
        """Give a piece; None when the gateway has it not, gives something else, or does not answer in time.

        A gateway that did not answer is left alone for some seconds.
        """
        if time.monotonic() < self._away_until:
            return None
        connection = self._connection()
        try:
            data = self._asked(connection, f"{self._path}/ipfs/{cid_of(name)}?format=raw")
        except (OSError, http.client.HTTPException) as problem:
            self._away_until = time.monotonic() + AWAY_FOR_S
            log.warning("The IPFS gateway does not answer: %s", type(problem).__name__)
            return None
        finally:
            connection.close()
        if data is None or name_of(data) != name:
            log.info("The IPFS gateway does not have a piece, or gave another one.")
            return None
        return data

    def _connection(self) -> http.client.HTTPConnection:
        if self._is_tls:
            return http.client.HTTPSConnection(
                self._host, self._port, timeout=STEP_S, context=ssl.create_default_context()
            )
        return http.client.HTTPConnection(self._host, self._port, timeout=STEP_S)

    def _asked(self, connection: http.client.HTTPConnection, path: str) -> bytes | None:
        """Give what comes, at most one byte more than a piece has. Raises: OSError, HTTPException."""
        ends_at = time.monotonic() + WHOLE_S
        headers = {"Accept": "application/vnd.ipld.raw", "Accept-Encoding": "identity"}
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        if answer.status != http.client.OK:
            return None
        found = bytearray()
        # read1 gives what there is: a gateway that sends a byte now and then must not keep us
        while len(found) <= PIECE_BYTES and (part := answer.read1(READ_BYTES)):
            found += part
            if time.monotonic() > ends_at:
                raise TimeoutError
        return bytes(found) if len(found) <= PIECE_BYTES else None
