"""The command: says what an intent would do, and whether it is what it claims to be.

    python3 -m tools.intent verify intent.json
    curl ... | python3 -m tools.intent verify - --account 0x... --max-total 0.5 --expect listing=0x...
    python3 -m tools.intent verify intent.json --rpc http://127.0.0.1:8545

Exit code 0: it agrees with your ABIs and your record of the chain. 1: it does not; each difference is named. 2: it cannot
be judged: no such file, no JSON, no record of that chain. docs/verifying.md describes the document.
"""

from __future__ import annotations

import argparse
import re
import sys
from pathlib import Path

from tools.intent import checks, claim_list, document, ids, record, story
from tools.intent.bounds import time_text
from tools.intent.codec import ADDRESS
from tools.intent.node import Node, look
from tools.intent.problems import BadInput
from tools.intent.reading import Reading

ROOT = Path(__file__).resolve().parents[2]
AMOUNT = re.compile(r"[0-9]{1,60}(?:\.[0-9]{1,36})?")


def main(argv: list[str] | None = None) -> int:
    """Read the command line, judge, and give the exit code."""
    options = _options(argv)
    try:
        found, notes = judge(options)
    except BadInput as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 2
    show(found, notes)
    return 1 if found.differences else 0


def judge(options: argparse.Namespace) -> tuple[checks.Findings, list[str]]:
    """Compare the document with everything that was asked for. Raises: BadInput."""
    told = document.read(_text_of(options.file))
    known = record.load(told["chainId"], options.deployments, options.abis)
    found = checks.check(told, known)
    if options.account:
        found.expect("from", told.account, _address(options.account, "--account"))
    if found.reading is not None:
        _check_total(found, found.reading, options.max_total)
        for wish in options.expect:
            _check_wish(found, found.reading, wish)
        if options.list:
            _check_list(found, found.reading, options.list)
    notes = look(found, Node(options.rpc)) if options.rpc else []
    return found, notes


def show(found: checks.Findings, notes: list[str]) -> None:
    """Print what signing would do, warnings, and the verdict."""
    if found.reading is not None:
        print(f"Signing this would do the following ({found.reading.action}):")
        for sentence in story.told(found.reading):
            print(f"  {sentence}")
        told = found.reading.document
        print(f"  It can be signed until {time_text(told['expiresAt'])}.")
        if told["permit"] is not None and isinstance(told["permitHashes"], dict):
            names = ", ".join(f"{name} {told['permitHashes'].get(name)}" for name in ("domain", "message"))
            print(f"  Hashes of the approval, as a hardware wallet shows them: {names}.")
    for note in notes:
        print(f"  node: {note}")
    for warning in found.warnings:
        print(f"! {warning}")
    for difference in found.differences:
        print(f"✗ {difference}")
    if found.differences:
        print(f"✗ DO NOT SIGN: {len(found.differences)} difference{'s' if len(found.differences) > 1 else ''}.")
    else:
        print("✓ It is what it claims to be: calldata, contract, money, parties and texts agree with your own files.")


WISHES = (
    "account",
    "action",
    "community",
    "contract",
    "function",
    "holder",
    "listing",
    "order",
    "quantity",
    "seller",
    "to",
)


def facts(reading: Reading) -> dict[str, str]:
    """Give what --expect can be compared with, all in lower case."""
    args = reading.args
    found: dict[str, object] = {
        "account": reading.document.account,
        "action": reading.action,
        "community": reading.document["subject"] if reading.curve_token or "phase" in args else reading.community,
        "contract": reading.document.to,
        "function": reading.function,
        "holder": args["purchase"]["holder"] if "purchase" in args else args.get("holder"),
        "listing": reading.listing,
        "order": reading.order,
        "quantity": args.get("quantity"),
        "seller": reading.terms.get("seller"),
        "to": args.get("to"),
    }
    return {name: str(value).lower() for name, value in found.items() if value not in (None, "")}


def _check_wish(found: checks.Findings, reading: Reading, wish: str) -> None:
    name, _, value = wish.partition("=")
    if name not in WISHES or not value:
        raise BadInput(f"--expect {wish!r} is not understood; write name=value with one of {', '.join(WISHES)}.")
    known = facts(reading)
    if name not in known:
        found.differences.append(f"{name}: you expect {value}, but this call has no {name}")
    elif known[name] != value.lower():
        found.differences.append(f"{name}: you expect {value}, the call says {known[name]}")


def _check_total(found: checks.Findings, reading: Reading, most: str | None) -> None:
    if most is None:
        return
    spent = _spent(reading)
    if reading.action == "market.buy_many" and not reading.currency:
        raise BadInput("--max-total cannot be compared: this cart has several currencies.")
    if reading.decimals is None:
        raise BadInput("--max-total cannot be compared: nobody here knows the decimals of that token.")
    if not AMOUNT.fullmatch(most):
        raise BadInput(f"--max-total {most!r} is no amount; write it like 0.5.")
    whole, _, places = most.partition(".")
    limit = int(whole) * 10**reading.decimals + int(places[: reading.decimals].ljust(reading.decimals, "0") or "0")
    if spent > limit:
        found.differences.append(f"maximum: it costs {reading.amount(spent)}, more than your {most}")


def _check_list(found: checks.Findings, reading: Reading, file: str) -> None:
    """Compare the root in a phase with that of the list which its steward has."""
    if reading.action != "claims.open":
        raise BadInput("--list is for the opening of a claim phase.")
    phase, entries = reading.args["phase"], claim_list.read(_text_of(file))
    meant = claim_list.root(entries, phase["token"], phase["number"])
    found.expect("root of the list", "0x" + phase["merkleRoot"].hex(), meant)


def _spent(reading: Reading) -> int:
    """Give what the call takes from the account, in the smallest units of its currency."""
    args = reading.args
    if reading.action == "market.buy":
        return reading.total
    if reading.action == "market.buy_many":
        return reading.dues.get(reading.currency, 0)
    if reading.action in ("market.dispute", "market.stake"):
        return int(reading.terms["arbiterFee"])
    if reading.action == "claims.claim":
        return int(args["maxCost"])
    if reading.action in ("curves.buy", "curves.open"):
        return int(args["maxTotal"] + args.get("maxBacking", 0))
    if reading.action in ("token.approve", "tokens.transfer", "tokens.burn", "market.deposit_bond"):
        return int(args.get("value", args.get("amount", 0)))
    return reading.document.value_wei


def _text_of(file: str) -> str:
    try:
        raw = sys.stdin.buffer.read(document.MOST_BYTES + 1) if file == "-" else Path(file).read_bytes()
        return raw.decode()
    except UnicodeDecodeError:
        raise BadInput(f"{file} is no UTF-8 text.") from None
    except OSError as problem:
        raise BadInput(f"{file} cannot be read: {problem.strerror}.") from None


def _address(text: str, option: str) -> str:
    if not ADDRESS.fullmatch(text):
        raise BadInput(f"{option} {text!r} is no address.")
    mixed = text[2:] not in (text[2:].lower(), text[2:].upper())
    if mixed and ids.with_checksum(text) != text:
        raise BadInput(f"{option} {text!r} has a typing mistake: its capital letters do not fit.")
    return text.lower()


def _options(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m tools.intent", description="Check an intent before signing it.")
    commands = parser.add_subparsers(dest="command", required=True)
    verify = commands.add_parser("verify", help="say what signing would do, and whether the document is true")
    verify.add_argument("file", help="the intent's JSON document, or - for standard input")
    verify.add_argument("--account", help="your own account: the intent must be for it")
    verify.add_argument("--max-total", metavar="AMOUNT", help="refuse above this, in whole ETH or tokens: 0.5")
    verify.add_argument(
        "--expect",
        metavar="NAME=VALUE",
        action="append",
        default=[],
        help=f"refuse otherwise; names: {', '.join(WISHES)}",
    )
    verify.add_argument("--list", metavar="FILE", help="of a claim phase: your own list, address and amount a line")
    verify.add_argument("--rpc", metavar="URL", help="also ask a node of yours: chain, code, simulation")
    verify.add_argument("--deployments", type=Path, default=ROOT / "deployments", help="folder of your records")
    verify.add_argument(
        "--abis", type=Path, default=ROOT / "frontend" / "contracts" / "abi", help="folder of your ABIs"
    )
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
