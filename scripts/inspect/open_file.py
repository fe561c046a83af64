"""Gives a buyer without a browser the key of a file, or the file itself: `python -m tools.files open` and `… key`.

    python -m tools.files open FILE.age --order 0x... --keys dokkaebi-note-keys.txt --rpc https://... \\
        --record deployments/11155111.json -o FILE
    python -m tools.files key --order 0x... --keys ... --rpc ... --record ... --to key.txt

Reads the chain and sends nothing. The key goes to a file of mode 600 and is never shown. docs/selling-files.md tells the rest.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

from scripts.lib.files.bought import find, key_of
from scripts.lib.files.logs import Logs
from scripts.lib.files.orders import Listing
from scripts.lib.files.place import open_chain
from scripts.lib.keep.run import in_a_sentence
from scripts.lib.problems import BadArgument
from tools.files.download import Server, fetch
from tools.files.identity import identity_of
from tools.files.keys import read_identities
from tools.files.pieces import pieces_of
from tools.files.problems import FileProblem
from tools.files.progress import Bar
from tools.files.seal import open_sealed
from tools.files.writing import expect_free, written_whole

CONTRACTS = ("Market", "KeyRequests")


def main(verb: str, argv: Sequence[str] | None = None) -> int:
    """Read the command line of "open" or "key", do it, and give the exit code."""
    options = _parser(verb).parse_args(argv)
    return in_a_sentence(lambda: _told(options, verb))


def _told(options: argparse.Namespace, verb: str) -> int:
    try:
        return _open(options) if verb == "open" else _save_key(options)
    except FileProblem as problem:
        raise BadArgument(str(problem)) from None


def _open(options: argparse.Namespace) -> int:
    target = _target(options)
    expect_free(target)
    listing, key = _bought(options)
    sealed = options.file or target.with_name(target.name + ".age.part")
    if options.file is None:
        with Bar("fetching", "pieces") as bar:
            fetch(Server(options.origin), listing.ciphertext_hash, sealed, bar.show)
    elif pieces_of(sealed).hash() != listing.ciphertext_hash:
        raise FileProblem(f"{sealed} is not the sealed file of this listing; fetch it again, or use --from.")
    with Bar("opening", "bytes") as bar:
        size = open_sealed(sealed, target, key, listing.plaintext_hash, bar.show)
    if options.file is None:
        sealed.unlink()
    print(f"{target}: {size:,} bytes, with the hash that the listing promised")
    return 0


def _save_key(options: argparse.Namespace) -> int:
    expect_free(options.to)
    _, key = _bought(options)
    with written_whole(options.to) as file:
        file.write(f"{identity_of(key)}\n".encode())
    print(
        f"{options.to}: the key of the file, for you alone. It opens it: age --decrypt --identity {options.to} FILE.age"
    )
    return 0


def _bought(options: argparse.Namespace) -> tuple[Listing, bytes]:
    identities = read_identities(options.keys)
    w3, registry = open_chain(options.rpc, options.record, CONTRACTS)
    bought = find(Logs(w3, registry), options.order)
    return bought.order.listing, key_of(bought, identities, registry)


def _target(options: argparse.Namespace) -> Path:
    if options.o is not None:
        return Path(options.o)
    if options.file is None:
        raise FileProblem("say where the file is to go: -o FILE.")
    if options.file.suffix != ".age":
        raise FileProblem(f"{options.file} does not end with .age; say where the opened file is to go: -o FILE.")
    return Path(options.file.with_suffix(""))


def _parser(verb: str) -> argparse.ArgumentParser:
    does = {"open": "Open a file that was bought.", "key": "Save the key of a file that was bought."}
    parser = argparse.ArgumentParser(prog=f"python -m tools.files {verb}", description=does[verb])
    if verb == "open":
        where = parser.add_mutually_exclusive_group(required=True)
        where.add_argument("file", type=Path, nargs="?", metavar="FILE.age", help="the sealed file")
        where.add_argument(
            "--from", dest="origin", metavar="URL", help="the market to fetch it from; can be gone on with"
        )
        parser.add_argument("-o", metavar="FILE", help="where the opened file goes (FILE.age without .age)")
    else:
        parser.add_argument("--to", type=Path, required=True, metavar="FILE", help="where the key goes; mode 600")
    parser.add_argument("--order", type=_order_key, required=True, metavar="0x...", help="the order's key")
    parser.add_argument("--keys", type=Path, required=True, help="the buyer's saved key file: dokkaebi-note-keys.txt")
    parser.add_argument("--rpc", required=True, help="URL of a node")
    parser.add_argument("--record", type=Path, required=True, help="deployments/<chain id>.json")
    return parser


def _order_key(text: str) -> bytes:
    try:
        key = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        key = b""
    if len(key) != 32:
        raise argparse.ArgumentTypeError("an order's key has 0x and 64 hexadecimal digits")
    return key
