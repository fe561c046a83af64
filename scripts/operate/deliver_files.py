"""Delivers the keys of a seller's sealed files, by itself and for as long as it runs.

    python -m tools.files deliver --keys dokkaebi-note-keys.txt --keystore seller.json --rpc https://... \\
        --record deployments/11155111.json --max-fee-gwei 20 --watch

Sends `deliverFile` for orders that are accepted, and with --answer also the answers to those who ask for a key again. A key
that was sent can never be taken back. docs/selling-files.md tells the rest. Ends with 0 when all is done, 1 when something
stops it, 2 for a wrong command line, 3 when something due is left.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from getpass import getpass
from pathlib import Path
from tempfile import TemporaryDirectory

from eth_account import Account
from eth_account.signers.local import LocalAccount
from web3 import Web3

from scripts.lib.files.book import Book
from scripts.lib.files.deliver import MATTERS, Care, Deliverer, SoldKeys, expect_fitting
from scripts.lib.files.logs import Logs
from scripts.lib.files.orders import Orders
from scripts.lib.files.place import open_chain
from scripts.lib.keep.journal import Journal, Owner, open_journal
from scripts.lib.keep.node import Node
from scripts.lib.keep.report import Report
from scripts.lib.keep.run import at_work, in_a_sentence, journal_path, owner_of
from scripts.lib.keep.settle import Desk, Limits
from scripts.lib.networks import is_local
from scripts.lib.problems import BadArgument
from scripts.lib.registry import Registry
from scripts.lib.units import units_from
from tools.files.keys import is_seen_by_others, read_identities
from tools.files.problems import FileProblem

CONTRACTS = ("Market", "KeyRequests")
DEEP_BLOCKS = 12  # where nothing else is said, and on no chain of this machine
LOCAL_MAX_FEE_GWEI = "100"


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line, deliver, and give the exit code."""
    options = _parser().parse_args(argv)
    return in_a_sentence(lambda: _deliver(options))


def _deliver(options: argparse.Namespace) -> int:
    keys = SoldKeys(_identities(options.keys))
    w3, registry = open_chain(options.rpc, options.record, CONTRACTS)
    limits = _limits(options, registry)
    stored = _stored_account(options.keystore)
    signer = None if options.dry_run else _signer(stored, options)
    account = Web3.to_checksum_address(signer.address if signer else _address_of(stored))
    book = Book(Logs(w3, registry), account, options.from_block or registry.entry("Market").block)
    book.catch_up(int(w3.eth.block_number))
    expect_fitting(keys, book.listings.values())
    print(f"{len(book.listings)} listings of sealed files, {len(book.orders)} orders so far", flush=True)
    owner = owner_of(registry, account)
    with _journal(options, owner) as journal:
        desk = _desk(Node(w3, registry, CONTRACTS), journal, signer, limits)
        care = Care(options.deep, options.least_left_s, options.answer)
        deliverer = Deliverer(desk, book, Orders(w3, registry), keys, care)
        if options.dry_run:
            return _show(deliverer, account)
        return at_work(deliverer, once=not options.watch, wait_s=options.wait_s, interval_s=options.interval_s)


@contextmanager
def _journal(options: argparse.Namespace, owner: Owner) -> Iterator[Journal]:
    """Give the journal; to a dry run an empty one, since the other may be in use."""
    with TemporaryDirectory() as aside:
        named = f"{aside}/none.db" if options.dry_run else options.journal
        with open_journal(journal_path(named, owner, "deliveries"), owner) as journal:
            yield journal


def _desk(node: Node, journal: Journal, signer: LocalAccount | None, limits: Limits) -> Desk:
    report = Report(lambda line: print(line, flush=True))
    # a dry run signs nothing, so that any account will do
    return Desk(node, journal, signer or Account.create(), limits, report, MATTERS)


def _show(deliverer: Deliverer, account: str) -> int:
    """Say what would be sent. Chain: reads."""
    node, ready = deliverer.desk.node, 0
    for due in deliverer.due(node.head()):
        refusal = node.refusal(account, node.data_of(due))
        ready += refusal is None
        verdict = "would be sent" if refusal is None else f"would be left: {refusal}"
        print(f"{due.subject}: {due.what}; {verdict}", flush=True)
    print(f"{ready} ready to send; this was a dry run", flush=True)
    return 0


def _identities(path: Path) -> list[str]:
    try:
        found = read_identities(path)
    except FileProblem as problem:
        raise BadArgument(str(problem)) from None
    if is_seen_by_others(path):
        print(
            f"! other users of this machine can read {path}; protect it: chmod 600 {path}", file=sys.stderr, flush=True
        )
    return found


def _limits(options: argparse.Namespace, registry: Registry) -> Limits:
    local = is_local(registry.chain_id)
    if options.max_fee_gwei is None and not local:
        raise BadArgument("say what gas may cost, tip included, as in --max-fee-gwei 20.")
    if options.deep is None:
        options.deep = 0 if local else DEEP_BLOCKS
    return Limits(
        gas_price_wei=units_from(options.max_fee_gwei or LOCAL_MAX_FEE_GWEI, 9),
        confirmations=max(1, options.deep),
    )


def _stored_account(path: Path) -> dict[str, object]:
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except OSError as problem:
        raise BadArgument(f"the keystore {path} cannot be read ({problem.strerror}).") from None
    except ValueError:
        found = None
    if not isinstance(found, dict) or not ("crypto" in found or "Crypto" in found):
        raise BadArgument(f"{path} is no keystore: an encrypted account as geth, brownie or MetaMask's tools write it.")
    return found


def _address_of(stored: dict[str, object]) -> str:
    found = "0x" + str(stored.get("address", "")).removeprefix("0x")
    if not Web3.is_address(found):
        raise BadArgument(
            "the keystore does not say its address, so that a dry run cannot tell whose listings are meant."
        )
    return found


def _signer(stored: dict[str, object], options: argparse.Namespace) -> LocalAccount:
    password = _password(options.password_file)
    try:
        return Account.from_key(Account.decrypt(stored, password))
    except (ValueError, KeyError, TypeError):
        raise BadArgument(
            "the keystore does not open: its password is wrong, or it is damaged. Nothing was sent."
        ) from None


def _password(path: Path | None) -> str:
    if path is None:
        if not sys.stdin.isatty():
            raise BadArgument(
                "nobody can type the keystore's password here; name a file that holds it: --password-file."
            )
        return getpass("Password of the keystore: ")
    try:
        if is_seen_by_others(path):
            raise BadArgument(f"other users of this machine can read {path}; protect it first: chmod 600 {path}")
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except (OSError, UnicodeDecodeError):
        raise BadArgument(f"--password-file names a file that cannot be read: {path}.") from None


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tools.files deliver", description="Deliver the keys of sealed files."
    )
    parser.add_argument("--keys", type=Path, required=True, help="the saved key file: dokkaebi-note-keys.txt")
    parser.add_argument("--keystore", type=Path, required=True, help="the seller's account, encrypted (JSON)")
    parser.add_argument("--password-file", type=Path, help="file with its password, for your eyes only (mode 600)")
    parser.add_argument("--rpc", required=True, help="URL of a node")
    parser.add_argument("--record", type=Path, required=True, help="deployments/<chain id>.json")
    parser.add_argument("--watch", action="store_true", help="go on until it is stopped")
    parser.add_argument("--answer", action="store_true", help="also answer buyers who ask for their key once more")
    parser.add_argument("--dry-run", action="store_true", help="say what is due and sign nothing")
    parser.add_argument("--max-fee-gwei", help="the most per gas, tip included; a must but on local chains")
    parser.add_argument(
        "--deep",
        type=_whole,
        metavar="BLOCKS",
        help=f"an order is accepted for so many first ({DEEP_BLOCKS}; local: 0)",
    )
    parser.add_argument("--least-left-s", type=_whole, default=600, help="seconds left to deliver, or it is left (600)")
    parser.add_argument(
        "--interval-s", type=_at_least_one, default=15, help="with --watch: seconds between rounds (15)"
    )
    parser.add_argument(
        "--wait-s", type=_at_least_one, default=60, help="without --watch: patience for what was sent (60)"
    )
    parser.add_argument("--from-block", type=_whole, help="the first block to read; that of the Market")
    parser.add_argument("--journal", help="file of what was signed (data/<chain id>/deliveries-<address>.db)")
    return parser


def _whole(text: str) -> int:
    number = int(text)
    if number < 0:
        raise argparse.ArgumentTypeError("must not be negative")
    return number


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
