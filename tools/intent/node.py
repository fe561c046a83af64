"""What a node adds: is it the chain, does the code stand there, would the call go through right now?"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from tools.intent import ids
from tools.intent.checks import Findings, permit_of
from tools.intent.codec import CodecError, Part, decode, encode_call
from tools.intent.keccak import keccak256
from tools.intent.problems import BadInput
from tools.intent.reading import Reading

TIMEOUT_S = 15
MOST_ANSWER_BYTES = 2_000_000
LATEST = "latest"


class Refused(Exception):
    """The node answered with an error; `data` is what a contract said, if anything."""

    def __init__(self, message: str, data: bytes) -> None:
        super().__init__(message)
        self.data = data


class Node:
    """A JSON-RPC node. Its URL may hold a key, so it is never shown."""

    def __init__(self, url: str) -> None:
        if not url.startswith(("http://", "https://")):
            raise BadInput("--rpc must begin with http:// or https://.")
        self.url = url
        local = urlsplit(url).hostname in ("127.0.0.1", "localhost", "::1")
        self.opener = urllib.request.build_opener(*([urllib.request.ProxyHandler({})] if local else []))

    def ask(self, method: str, params: Sequence[Any] = ()) -> Any:
        """Ask, and give the result. Raises: Refused, BadInput."""
        body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": list(params)}).encode()
        request = urllib.request.Request(self.url, body, {"Content-Type": "application/json"})
        try:
            with self.opener.open(request, timeout=TIMEOUT_S) as answer:
                said = json.loads(answer.read(MOST_ANSWER_BYTES))
        except urllib.error.HTTPError as problem:
            raise BadInput(f"the node answers {method} with HTTP {problem.code}.") from None
        except (OSError, ValueError) as problem:
            raise BadInput(f"the node does not answer {method} ({type(problem).__name__}).") from None
        if not isinstance(said, dict) or ("result" not in said and "error" not in said):
            raise BadInput(f"the node's answer to {method} is no JSON-RPC.")
        if said.get("error"):
            raise _refusal(said["error"])
        return said["result"]

    def call(self, to: str, entry: Part, values: Sequence[Any]) -> list[Any]:
        """Read a contract. Raises: Refused, CodecError, BadInput."""
        data = "0x" + encode_call(entry, values).hex()
        answer = self.ask("eth_call", [{"to": to, "data": data}, LATEST])
        return decode(entry["outputs"], _bytes(answer))

    def code(self, address: str) -> bytes:
        """Give the code at an address."""
        return _bytes(self.ask("eth_getCode", [address, LATEST]))


def look(found: Findings, node: Node) -> list[str]:
    """Add what the node knows to the findings; give what was compared. Raises: BadInput when it does not answer."""
    reading = found.reading
    if reading is None:
        return []
    try:
        _check_chain(found, node, reading)
        notes = _check_code(found, node, reading)
        _check_token(found, node, reading)
        return [*notes, _simulate(found, node, reading)]
    except (Refused, CodecError) as problem:
        found.differences.append(f"node: it does not answer as this chain must ({problem})")
        return []


def _check_chain(found: Findings, node: Node, reading: Reading) -> None:
    found.expect("chainId of the node", int(str(node.ask("eth_chainId")), 16), reading.record.chain_id)
    first = node.ask("eth_getBlockByNumber", ["0x0", False]) or {}
    found.expect("genesis hash of the node", str(first.get("hash")).lower(), reading.record.genesis_hash)


def _check_code(found: Findings, node: Node, reading: Reading) -> list[str]:
    notes = []
    places = {name: reading.record.address(name) for name in reading.record.entries} | {
        "called contract": reading.document.to
    }
    for name, place in places.items():
        code = node.code(place)
        if not code:
            found.differences.append(f"code: there is no contract at {ids.with_checksum(place)} ({name})")
        notes.append(f"{name} {ids.with_checksum(place)}: {len(code)} bytes of code, hash 0x{keccak256(code).hex()}")
    return notes


def _check_token(found: Findings, node: Node, reading: Reading) -> None:
    """Compare a community's token with what the registry says, and a permit with the token."""
    token = reading.document.to if reading.document["call"]["contract"] == "CommunityToken" else reading.currency
    if reading.community is not None and token:
        entry = reading.record.function("CommunityRegistry", "tokenOf")
        assert entry is not None
        (said,) = node.call(reading.record.address("CommunityRegistry"), entry, [reading.community])
        found.expect(f"token of community {reading.community}", token, said)
    typed = reading.document["permit"]
    carried = permit_of(reading)
    if not isinstance(typed, dict) or carried is None:
        return
    token = carried[1]
    name, nonces = reading.record.function("ERC20", "name"), reading.record.function("ERC20", "nonces")
    assert name is not None
    assert nonces is not None
    found.expect("permit.domain.name", typed["domain"].get("name"), node.call(token, name, [])[0])
    nonce = node.call(token, nonces, [reading.document.account])[0]
    found.expect("permit.message.nonce", typed["message"].get("nonce"), str(nonce))


def _simulate(found: Findings, node: Node, reading: Reading) -> str:
    """Run the call as the account, without sending it."""
    document = reading.document
    transaction = {name: document[name] for name in ("from", "to", "data", "value")}
    try:
        node.ask("eth_call", [transaction, LATEST])
    except Refused as refused:
        why = reading.record.error_of(refused.data) if refused.data else str(refused)[:200]
        if document["permit"] is not None and why.startswith("ERC20InsufficientAllowance"):
            return "simulated: all is well but for the approval that is still to be signed"
        found.differences.append(f"simulation: the call would be refused now: {why}")
        return "simulated: refused"
    return "simulated: it would go through now"


def _refusal(error: Any) -> Refused:
    if not isinstance(error, dict):
        return Refused("an error without a text", b"")
    # Anvil gives hex under "data", Ganache a text or a dictionary with "result"
    data = error.get("data")
    if isinstance(data, dict):
        data = data.get("result") or data.get("data")
    return Refused(str(error.get("message", ""))[:200], _bytes(data))


def _bytes(text: Any) -> bytes:
    try:
        return bytes.fromhex(str(text).removeprefix("0x"))
    except ValueError:
        return b""
