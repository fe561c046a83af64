"""Sealed files without a browser: `python -m tools.files hash|seal|open|key|deliver`, or `make files ARGS="seal FILE ..."`.

    hash FILE                       the pieces hash of a file, and its size
    seal FILE --keys KEYS           seals a file for sale; says what its listing must say
    deliver --keys KEYS ...         delivers the keys of what was sold
    open FILE.age --order 0x... ... opens what was bought
    key --order 0x... --to FILE ... saves the key of what was bought

docs/selling-files.md explains all of it. Each takes --help.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
from pathlib import Path

from tools.files.keys import is_seen_by_others, read_identities
from tools.files.pieces import pieces_of
from tools.files.problems import FileProblem
from tools.files.progress import Bar
from tools.files.wrap import WORD_BYTES

VERBS = ("hash", "seal", "open", "key", "deliver")


def main(argv: list[str]) -> int:
    """Do what the command line says, and give the exit code."""
    verb, words = (argv[0], argv[1:]) if argv else ("", [])
    if verb not in VERBS:
        print(__doc__, file=sys.stdout if verb in ("-h", "--help") else sys.stderr)
        return 0 if verb in ("-h", "--help") else 2
    # what reads the chain is loaded only when it is asked for
    if verb == "deliver":
        from scripts.operate import deliver_files

        return deliver_files.main(words)
    if verb in ("open", "key"):
        from scripts.inspect import open_file

        return open_file.main(verb, words)
    try:
        return _hash(words) if verb == "hash" else _seal(words)
    except FileProblem as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _hash(words: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.files hash", description="Give a file's pieces hash.")
    parser.add_argument("file", type=Path)
    found = pieces_of(parser.parse_args(words).file)
    print(json.dumps({"hash": f"0x{found.hash().hex()}", "size": found.size}, indent=2))
    return 0


def _seal(words: list[str]) -> int:
    from tools.files.seal import seal

    options = _seal_parser().parse_args(words)
    newest = read_identities(options.keys)[0]
    if is_seen_by_others(options.keys):
        print(
            f"! other users of this machine can read {options.keys}; protect it: chmod 600 {options.keys}",
            file=sys.stderr,
        )
    target = options.o or options.file.with_name(options.file.name + ".age")
    with Bar("sealing", "bytes") as bar:
        sealed = seal(options.file, target, newest, options.salt or secrets.token_bytes(WORD_BYTES), bar.show)
    print(json.dumps({"file": str(target), **sealed.to_json()}, indent=2))
    return 0


def _seal_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tools.files seal", description="Seal a file for sale.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--keys", type=Path, required=True, help="the saved key file; its first key is used")
    parser.add_argument(
        "--salt", type=_salt, metavar="0x...", help="32 bytes; drawn when not given. Never one of another file"
    )
    parser.add_argument(
        "-o", type=Path, metavar="FILE.age", help="where the sealed file goes (FILE.age beside the file)"
    )
    return parser


def _salt(text: str) -> bytes:
    try:
        found = bytes.fromhex(text.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != WORD_BYTES:
        raise argparse.ArgumentTypeError("a salt has 0x and 64 hexadecimal digits")
    return found


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
