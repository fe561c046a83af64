"""Record, ABIs, build and node: is the chain the one meant, and do our contracts stand on it?"""

from __future__ import annotations

import json
import re
import socket
import time
from pathlib import Path
from typing import Any

from tools.doctor.findings import Finding, Findings, ill, judged, unseen, well
from tools.doctor.target import Target
from tools.intent.keccak import keccak256
from tools.intent.node import Node, Refused
from tools.intent.problems import BadInput
from tools.places import ROOT

ABIS = ROOT / "frontend" / "contracts" / "abi"
BUILD = ROOT / "build" / "contracts"
DEPLOYED = (
    "Blueprints",
    "Claims",
    "CommunityRegistry",
    "Curves",
    "Governors",
    "KeyRequests",
    "Market",
    "Memberships",
    "Personas",
    "Reviews",
    "Splits",
)
EXPORTED = (*DEPLOYED, "CommunityToken")
PUSH32_OF_ZEROS = b"\x7f" + bytes(32)  # an immutable in the compiler's output
LIBRARY = re.compile(r"__\$[0-9a-f]{34}\$__")  # where a library's address belongs
LOCAL = (1337, 31337)
LATE_BLOCK_S, EARLY_BLOCK_S = 300, 30


def look(target: Target, abis: Path = ABIS, build: Path = BUILD) -> Findings:
    """Look at files first, then at the node."""
    yield from _abis(abis, build)
    record = _json(target.record)
    if record is None:
        todo = "make run deploys" if target.folder else "deploy first (docs/deploy.md), or set DEPLOYMENTS_DIR"
        yield ill(f"record {target.record.name}", f"there is none that can be read: {todo}")
    else:
        yield from _record(target, record, abis)
    yield from _node(target, record, build)


def _abis(abis: Path, build: Path) -> Findings:
    for name in EXPORTED:
        found = _json(abis / f"{name}.json")
        what = f"ABI of {name}"
        if found is None or not isinstance(found.get("abi"), list):
            yield ill(what, "the exported file is missing or broken: make abi")
            continue
        if _hash(found["abi"]) != found.get("abiHash"):
            yield ill(what, "the exported file was changed by hand, its hash does not fit: make abi")
            continue
        made = _json(build / f"{name}.json")
        if made is None:
            yield unseen(f"{what} against the sources", "nothing is compiled here: make compile")
        else:
            yield judged(
                made.get("abi") == found["abi"], what, "the sources have changed since it was exported: make abi"
            )


def _record(target: Target, record: dict[str, Any], abis: Path) -> Findings:
    named = f"record {target.record.name}"
    if record.get("chainId") != target.chain_id:
        yield ill(named, f"it is about chain {record.get('chainId')}, not {target.chain_id}: restore it from git")
        return
    if record.get("pending"):
        todo = f"a deployment of {record['pending'].get('contract')} was interrupted: run scripts/deploy/everything.py again"
        yield ill(named, todo)
    for name in DEPLOYED:
        entry = record.get("contracts", {}).get(name)
        if not isinstance(entry, dict):
            yield ill(f"{named}: {name}", "it is not deployed: docs/deploy.md")
            continue
        exported = (_json(abis / f"{name}.json") or {}).get("abiHash")
        todo = "the ABI here is another one than was deployed: check out the record's commit, or deploy again"
        yield judged(entry.get("abiHash") == exported, f"{named}: ABI of {name}", todo)


def _node(target: Target, record: dict[str, Any] | None, build: Path) -> Findings:
    if not target.rpc_url:
        yield ill("node", "RPC_URL is not set")
        return
    try:
        node = Node(target.rpc_url)
        chain_id = int(str(node.ask("eth_chainId")), 16)
    except (BadInput, Refused, ValueError) as problem:
        yield ill("node", f"{problem} To do: {target.way_to_start}.")
        return
    if chain_id != target.chain_id:
        yield ill(f"node: chain {chain_id}", f"chain {target.chain_id} is meant: correct RPC_URL or CHAIN_ID")
        return
    yield well(f"node: answers for chain {chain_id}")
    try:
        yield _pace(node, target)
        if record is not None:
            yield from _on_chain(node, target, record, build)
    except (BadInput, Refused, ValueError, KeyError, TypeError) as problem:
        yield ill("node", f"an answer cannot be used ({type(problem).__name__}): ask another node, or look at its log")


def _pace(node: Node, target: Target) -> Finding:
    """Compare the newest block's time with this machine's."""
    if node.ask("eth_syncing"):
        return ill("node: still reading the chain", "wait until it has caught up; pages would be old until then")
    block = node.ask("eth_getBlockByNumber", ["latest", False])
    ahead_s = int(block["timestamp"], 16) - int(time.time())
    what = f"node: block {int(block['number'], 16)}, {abs(ahead_s)} s {'ahead of' if ahead_s > 0 else 'behind'} this machine's clock"
    if target.chain_id in LOCAL:  # make warp moves it on purpose
        return well(what)
    if ahead_s > EARLY_BLOCK_S:
        return ill(what, "this machine's clock is behind: set it (timedatectl set-ntp true)")
    return judged(ahead_s > -LATE_BLOCK_S, what, "the node lags behind its chain, or this machine's clock is ahead")


def _on_chain(node: Node, target: Target, record: dict[str, Any], build: Path) -> Findings:
    first = str(node.ask("eth_getBlockByNumber", ["0x0", False])["hash"]).lower()
    if first != str(record.get("genesisHash")).lower():
        anew = (
            f"the chain began anew: make reset CHAIN={target.name}, then make run"
            if target.folder
            else "it is another chain with this id"
        )
        yield ill("first block", f"it is not the recorded one; {anew}")
        return
    yield well(f"first block {first[:10]}…, as recorded")
    for name, entry in record.get("contracts", {}).items():
        code = node.code(str(entry["address"]))
        what = f"{name} at {entry['address']}"
        if not code:
            yield ill(what, "there is no code: the record belongs to another chain, or the chain was rolled back")
            continue
        yield _code(what, name, code, build)


def _code(what: str, name: str, code: bytes, build: Path) -> Finding:
    made = _json(build / f"{name}.json")
    what = f"{what}: {len(code)} bytes of code, hash 0x{keccak256(code).hex()[:16]}…"
    if made is None:
        return unseen(what, "nothing is compiled here to compare it with: make compile")
    runtime = str(made["deployedBytecode"]).removeprefix("0x")
    meant = bytes.fromhex(LIBRARY.sub("00" * 20, runtime))
    if len(meant) == len(code):
        for found in LIBRARY.finditer(runtime):
            start = found.start() // 2
            code = code[:start] + bytes(20) + code[start + 20 :]
        place = meant.find(PUSH32_OF_ZEROS)
        while place >= 0:
            code = code[: place + 1] + bytes(32) + code[place + 33 :]
            place = meant.find(PUSH32_OF_ZEROS, place + 33)
    todo = "it is not what the sources here make: check out the record's commit; scripts/inspect/check_deployments.py says more"
    return judged(code == meant, what, todo)


def port(number: int, what: str, ours: bool) -> Finding:
    """Say who has a port of this machine."""
    with socket.socket() as probe:
        probe.settimeout(1)
        taken = probe.connect_ex(("127.0.0.1", number)) == 0
    if ours == taken:
        return well(f"port {number} ({what}): {'ours' if taken else 'free'}")
    if taken:
        return ill(f"port {number} ({what})", "another program listens there: end it, or choose another port")
    return ill(f"port {number} ({what})", "nobody listens there, though the market seems to run: look at data/*/logs")


def _hash(abi: list[Any]) -> str:
    return "0x" + keccak256(json.dumps(abi, sort_keys=True, separators=(",", ":")).encode()).hex()


def _json(path: Path) -> dict[str, Any] | None:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return found if isinstance(found, dict) else None
