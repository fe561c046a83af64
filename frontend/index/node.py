"""The node as the follower asks it: raw JSON-RPC in batches, with an end to every wait and no trust in any answer."""

import logging
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import orjson
import requests
from urllib3.exceptions import HTTPError

from frontend.errors import NodeDown
from frontend.index.decode import Log

log = logging.getLogger(__name__)

TIMEOUT_S = 10
MAX_ANSWER_BYTES = 200 * 1024 * 1024
PART_BYTES = 256 * 1024
MAX_BATCH = 50
LOOPBACK = ("127.0.0.1", "localhost", "::1")
MAX_INT64 = 2**63 - 1

LOWER_HEX = b"0123456789abcdef"

Call = tuple[str, list[Any]]


class BadAnswer(NodeDown):
    """The node answered with something that cannot be: no JSON, the wrong id, a header without a hash."""


class TooLarge(BadAnswer):
    """The node's answer is more than is read into memory; ask for less."""


class Busy(NodeDown):
    """The node asks us to come back later."""

    def __init__(self, text: str, retry_after_s: float | None) -> None:
        super().__init__(text)
        self.retry_after_s = retry_after_s


class RpcRefused(NodeDown):
    """The node answered with a JSON-RPC error."""

    def __init__(self, method: str, error: Any) -> None:
        found = error if isinstance(error, dict) else {}
        self.code = found.get("code")
        super().__init__(f"The node refused {method}: {str(found.get('message', ''))[:200]} (code {self.code}).")


@dataclass(frozen=True)
class Header:
    """What the index needs of a block."""

    number: int
    hash: str
    parent_hash: str
    timestamp_ts: int
    bloom: int  # of all addresses and topics of its logs; 0 if the node gives none


class Node:
    """One node. Not for sharing between threads."""

    def __init__(self, rpc_url: str, timeout_s: float = TIMEOUT_S) -> None:
        self._url = rpc_url
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = urlsplit(rpc_url).hostname not in LOOPBACK  # a proxy must never see a local chain
        self._next_id = 1

    def ask(self, method: str, *params: Any) -> Any:
        """Give the result of one request. Raises: NodeDown."""
        return self.ask_all([(method, list(params))])[0]

    def ask_all(self, calls: Sequence[Call]) -> list[Any]:
        """Give the results of several requests, in their order. Raises: NodeDown; RpcRefused for the first that is refused."""
        results: list[Any] = []
        for start in range(0, len(calls), MAX_BATCH):
            results += self._batch(calls[start : start + MAX_BATCH])
        return results

    def _batch(self, calls: Sequence[Call]) -> list[Any]:
        requests_by_id: dict[int, Call] = {}
        for call in calls:
            requests_by_id[self._next_id] = call
            self._next_id += 1
        body = [
            {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
            for number, (method, params) in requests_by_id.items()
        ]
        found = self._post(orjson.dumps(body if len(body) > 1 else body[0]))
        answers = found if isinstance(found, list) else [found]
        by_id = {answer.get("id"): answer for answer in answers if isinstance(answer, dict)}
        if len(body) > 1 and isinstance(found, dict) and "error" in found:
            raise RpcRefused("a batch", found["error"])
        return [_result(by_id.get(number), method) for number, (method, _) in requests_by_id.items()]

    def _post(self, body: bytes) -> Any:
        deadline = time.monotonic() + 3 * self._timeout_s
        try:
            with self._session.post(
                self._url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=self._timeout_s,
                stream=True,
                allow_redirects=False,
            ) as answer:
                if answer.status_code != 200:
                    raise Busy(f"The node answered with HTTP status {answer.status_code}.", _retry_after(answer))
                content = _read(answer, deadline)
        except (requests.RequestException, HTTPError) as problem:  # its text may hold the URL, and the URL a key
            raise NodeDown(f"The node does not answer ({type(problem).__name__}).") from None
        try:
            return orjson.loads(content)
        except ValueError:
            raise BadAnswer("The node answered with something that is no JSON.") from None

    def headers(self, numbers: Sequence[int | str]) -> list[Header]:
        """Give blocks' headers in the order asked, by number or tag. Raises: NodeDown when there is no such block."""
        calls: list[Call] = [
            ("eth_getBlockByNumber", [hex(number) if isinstance(number, int) else number, False]) for number in numbers
        ]
        found = [header_of(answer) for answer in self.ask_all(calls)]
        for number, header in zip(numbers, found, strict=True):
            if isinstance(number, int) and header.number != number:
                raise BadAnswer(f"The node gave block {header.number} when asked for {number}.")
        return found

    def logs(self, filters: Sequence[dict[str, Any]]) -> list[list[Log]]:
        """Give the logs of each filter. Raises: NodeDown."""
        answers = self.ask_all([("eth_getLogs", [wanted]) for wanted in filters])
        return [logs_of(answer) for answer in answers]

    def logs_by_receipts(self, block_hash: str) -> list[Log]:
        """Give all logs of a block from its transactions' receipts: slower, and told by another way than eth_getLogs."""
        block = self.ask("eth_getBlockByHash", block_hash, False)
        if not isinstance(block, dict) or not isinstance(block.get("transactions"), list):
            raise BadAnswer("The node does not know a block that it told of.")
        calls: list[Call] = [("eth_getTransactionReceipt", [tx_hash]) for tx_hash in block["transactions"]]
        found: list[Log] = []
        for receipt in self.ask_all(calls):
            if not isinstance(receipt, dict) or hex_of(receipt.get("blockHash"), 32) != block_hash:
                raise BadAnswer("The node gave a receipt of another block.")
            found += logs_of(receipt.get("logs"))
        return found


def header_of(found: Any) -> Header:
    """Read a header. Raises: BadAnswer."""
    if not isinstance(found, dict):
        raise BadAnswer("The node has no such block.")
    bloom = found.get("logsBloom")
    return Header(
        number_of(found.get("number")),
        hex_of(found.get("hash"), 32),
        hex_of(found.get("parentHash"), 32),
        number_of(found.get("timestamp")),
        int(hex_of(bloom, 256), 16) if bloom not in (None, "0x") else 0,
    )


def logs_of(found: Any) -> list[Log]:
    """Read a list of logs; those of blocks that were undone are left out. Raises: BadAnswer."""
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadAnswer("The node answered with something that is no list of logs.")
    return [_log(entry) for entry in found if not entry.get("removed")]


def _log(entry: dict[str, Any]) -> Log:
    topics = entry.get("topics")
    if not isinstance(topics, list):
        raise BadAnswer("The node gave a log without topics.")
    address, *hashes = entry.get("address"), entry.get("blockHash"), entry.get("transactionHash"), *topics
    if not _usual(address, hashes):
        address, hashes = hex_of(address, 20), [hex_of(found, 32) for found in hashes]
    block_hash, tx_hash, *topics = hashes
    number, log_index, data = entry.get("blockNumber"), entry.get("logIndex"), bytes_of(entry.get("data"))
    return Log._make((_number(number), block_hash, _number(log_index), tx_hash, address, tuple(topics), data))


def _usual(address: Any, hashes: list[Any]) -> bool:
    """Tell whether an address and hashes are written as nodes write them, so that nothing has to be read piece by piece."""
    try:
        text = " ".join((*hashes, address))
    except TypeError:  # not a text
        return False
    # 66 digits and a space each, 42 digits at the end: the spaces can only be ours, and every x is the one behind a 0
    count = len(hashes)
    return (
        len(text) == 67 * count + 42
        and text[66::67] == " " * count
        and text[::67] == "0" * (count + 1)
        and text[1::67] == "x" * (count + 1)
        and text.encode().translate(None, LOWER_HEX) == b"x " * count + b"x"
    )


def number_of(found: Any) -> int:
    """Read a hex number that the database can keep. Raises: BadAnswer."""
    try:
        number = int(found, 16) if isinstance(found, str) and found.startswith("0x") else -1
    except ValueError:
        number = -1
    if not 0 <= number <= MAX_INT64:
        raise BadAnswer("The node gave something that is no number.")
    return number


_known_number = lru_cache(maxsize=4096)(number_of)


def _number(found: Any) -> int:
    """Read a hex number that comes again and again. Raises: BadAnswer."""
    return _known_number(found) if type(found) is str else number_of(found)


def hex_of(found: Any, length_bytes: int | None) -> str:
    """Read bytes as lower-case hex, of a length if one is given. Raises: BadAnswer."""
    try:
        if isinstance(found, str) and found.startswith("0x"):
            raw = bytes.fromhex(found[2:])
            if length_bytes is None or len(raw) == length_bytes:
                return "0x" + raw.hex()
    except ValueError:
        pass
    raise BadAnswer("The node gave something that is no hash, address or data.")


def bytes_of(found: Any) -> bytes:
    """Read hex of any length. Raises: BadAnswer."""
    try:
        if isinstance(found, str) and found.startswith("0x"):
            return bytes.fromhex(found[2:])
    except ValueError:
        pass
    raise BadAnswer("The node gave something that is no hash, address or data.")


def _result(answer: Any, method: str) -> Any:
    if not isinstance(answer, dict):
        raise BadAnswer(f"The node did not answer {method}.")
    if answer.get("error") is not None:
        raise RpcRefused(method, answer["error"])
    if "result" not in answer:
        raise BadAnswer(f"The node answered {method} without a result.")
    return answer["result"]


def _read(answer: requests.Response, deadline: float) -> bytearray:
    content = bytearray()
    while part := answer.raw.read1(PART_BYTES, decode_content=True):  # what is there; a full part could take for ever
        content += part
        if len(content) > MAX_ANSWER_BYTES:
            raise TooLarge("The node's answer is too large.")
        if time.monotonic() > deadline:
            raise NodeDown("The node's answer takes too long.")
    return content


def _retry_after(answer: requests.Response) -> float | None:
    said = answer.headers.get("Retry-After", "")
    return float(said) if said.isascii() and said.isdigit() and len(said) < 6 else None
