"""Checks the proofs in a persona's profile, domains included, without any server of the market.

    python3 -m tools.inside python -m tools.persona profile.json --nickname night-owl --holder 0x... --contract 0x... --chain-id 1
    ... --resolver 9.9.9.9        ask this name server instead of the system's first one

The profile is the file whose keccak256 the chain names; holder and contract are what the chain says (`stateOf`). For an account
the signature settles it; for a domain, its TXT record must name the holder too. Exit code 0: every proof holds. 1: one does not.
2: it cannot be judged. docs/personas.md describes the statement and the record. Changes nothing.
"""

from __future__ import annotations

import argparse
import json
import secrets
import socket
import struct
import sys
from pathlib import Path
from typing import Any

from eth_account import Account
from eth_account.messages import encode_defunct
from eth_keys.exceptions import BadSignature, ValidationError
from eth_utils.address import is_address, to_checksum_address

RESOLV_CONF = Path("/etc/resolv.conf")
DNS_PORT, TIMEOUT_S, TXT, IN = 53, 5.0, 16, 1
LONGEST_ANSWER = 65_535


class NoAnswer(Exception):
    """The name server did not answer, or not in a way that can be read."""


def statement(kind: str, of: str, options: argparse.Namespace) -> str:
    """Give the text that must have been signed."""
    what = f"domain {of}" if kind == "domain" else f"account {to_checksum_address(of)}"
    return (
        f"The persona {options.nickname} is also the {what}.\nHolder: {to_checksum_address(options.holder)}\n"
        f"Contract: {to_checksum_address(options.contract)}\nChain: {options.chain_id}"
    )


def record_text(options: argparse.Namespace) -> str:
    """Give what a domain's TXT record must say."""
    return f"dokkaebi-persona={options.chain_id}:{options.contract.lower()}:{options.holder.lower()}"


def judged(proof: Any, options: argparse.Namespace) -> tuple[bool, str]:
    """Tell whether a proof holds, and why."""
    kind, of, signature = (str(proof.get(name, "")) for name in ("kind", "of", "signature"))
    if kind not in ("domain", "account") or (kind == "account" and not is_address(of)):
        return False, f"{kind[:20]!r} {of[:80]!r} is nothing that can be checked"
    signer = options.holder if kind == "domain" else of
    try:
        found = Account.recover_message(encode_defunct(text=statement(kind, of, options)), signature=signature)
    except (BadSignature, ValidationError, ValueError):
        found = "nobody"
    if found.lower() != signer.lower():
        return False, f"{kind} {of}: signed by {found}, not by {signer}"
    if kind == "account":
        return True, f"account {of}: it has signed"
    name = f"_dokkaebi.{of}"
    if record_text(options) not in txt_records(name, options.resolver, options.port):
        return False, f"domain {of}: the holder has signed, but {name} has no TXT record {record_text(options)}"
    return True, f"domain {of}: the holder has signed, and {name} says so"


def txt_records(name: str, resolver: str, port: int = DNS_PORT) -> list[str]:
    """Ask a name server for the TXT records of a name, over TCP. Raises: NoAnswer. Source: RFC 1035, sections 3.3.14, 4.1, 4.2.2."""
    number = secrets.randbelow(2**16)
    labels = b"".join(bytes([len(label)]) + label.encode("ascii") for label in name.split("."))
    question = struct.pack(">HHHHHH", number, 0x0100, 1, 0, 0, 0) + labels + b"\0" + struct.pack(">HH", TXT, IN)
    try:
        with socket.create_connection((resolver, port), TIMEOUT_S) as line:
            line.sendall(struct.pack(">H", len(question)) + question)
            (length,) = struct.unpack(">H", _read(line, 2))
            return _txt_in(_read(line, length), number)
    except (OSError, struct.error, IndexError, UnicodeError) as problem:
        raise NoAnswer(f"{resolver} did not answer about {name} ({problem}).") from None


def _read(line: socket.socket, length: int) -> bytes:
    found = b""
    while len(found) < length:
        part = line.recv(length - len(found))
        if not part:
            raise OSError("the line was closed")
        found += part
    return found


def _txt_in(answer: bytes, number: int) -> list[str]:
    found_number, flags, questions, answers = struct.unpack(">HHHH", answer[:8])
    if found_number != number or not flags & 0x8000 or flags & 0x000F not in (0, 3):
        raise OSError("that is no answer to the question")
    at = 12
    for _ in range(questions):
        at = _after_name(answer, at) + 4
    texts = []
    for _ in range(answers):
        at = _after_name(answer, at)
        kind, _, _, length = struct.unpack(">HHIH", answer[at : at + 10])
        at += 10
        if kind == TXT:
            texts.append(_joined(answer[at : at + length]))
        at += length
    return texts


def _after_name(answer: bytes, at: int) -> int:
    """Give where a name ends: with a 0, or with a pointer of two bytes."""
    while answer[at] and answer[at] < 0xC0:
        at += 1 + answer[at]
    return at + (2 if answer[at] else 1)


def _joined(data: bytes) -> str:
    """Join a record's strings."""
    text, at = b"", 0
    while at < len(data):
        text += data[at + 1 : at + 1 + data[at]]
        at += 1 + data[at]
    return text.decode("utf-8", "replace")


def system_resolver() -> str:
    """Give the system's first name server. Raises: NoAnswer."""
    lines = RESOLV_CONF.read_text(encoding="utf-8").splitlines() if RESOLV_CONF.exists() else []
    found = [line.split()[1] for line in lines if line.startswith("nameserver") and len(line.split()) > 1]
    if not found:
        raise NoAnswer("this system names no name server; give one with --resolver.")
    return found[0]


def main(argv: list[str] | None = None) -> int:
    """Read the profile, judge each proof, and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m tools.persona", description="Checks a persona's proofs.")
    parser.add_argument("profile", type=Path)
    parser.add_argument("--nickname", required=True)
    parser.add_argument("--holder", required=True)
    parser.add_argument("--contract", required=True)
    parser.add_argument("--chain-id", type=int, required=True)
    parser.add_argument("--resolver")
    parser.add_argument("--port", type=int, default=DNS_PORT)
    options = parser.parse_args(argv)
    try:
        if not (is_address(options.holder) and is_address(options.contract)):
            raise ValueError("holder and contract must be addresses")
        proofs = json.loads(options.profile.read_text(encoding="utf-8")).get("proofs") or []
        if any(proof.get("kind") == "domain" for proof in proofs):
            options.resolver = options.resolver or system_resolver()
        verdicts = [judged(proof, options) for proof in proofs]
    except (OSError, ValueError, AttributeError, TypeError, NoAnswer) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 2
    for holds, why in verdicts:
        print(f"{'✓' if holds else '✗'} {why}")
    if not verdicts:
        print("There is no proof in it.")
    return 0 if all(holds for holds, _ in verdicts) else 1


if __name__ == "__main__":
    sys.exit(main())
