"""The content store's commands.

    python -m frontend.content check                           look at all that the chain describes now
    python -m frontend.content prune --older-than-days 30      list what nothing refers to
    python -m frontend.content prune --older-than-days 30 --yes   and remove it

    python -m frontend.content prune-files                     list sealed files, and pieces, that no listing names
    python -m frontend.content prune-files --yes               and remove them

`check` compares each description and its picture with its hash, and each piece of the sealed files that listings name; it
ends with 1 when something is missing or does not match.
`prune` removes uploads that neither the chain nor a draft, an intent or a description names and that were last given
so many days ago; `prune-files` removes what no listing names a week after it was given. They need an index that is up to date, and change nothing without --yes. What they removed comes back only
by being uploaded again. Settings come from the environment, the same as the web server's.
"""

import argparse
import sys
import time

from frontend.config import Settings
from frontend.content.file_upkeep import broken, remove_file, remove_piece, unlisted
from frontend.content.store import StoreDown
from frontend.content.upkeep import DAY_S, need_whole_index, orphans, remove, troubles
from frontend.errors import MarketError
from frontend.index.migrate import check as check_tables
from frontend.index.queries import Queries
from frontend.services.content import store_of
from frontend.services.files import file_store_of
from frontend.store.database import Database, create_engine


def main(argv: list[str] | None = None) -> int:
    """Run one command and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m frontend.content", description="The content store.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("check", help="compare what is kept with its hashes")
    prune = commands.add_parser("prune", help="list, or remove, what nothing refers to")
    prune.add_argument("--older-than-days", type=_days, required=True, metavar="N")
    prune.add_argument("--yes", action="store_true", help="remove it; without this, nothing is changed")
    prune_files = commands.add_parser("prune-files", help="list, or remove, sealed files that no listing names")
    prune_files.add_argument("--yes", action="store_true", help="remove them; without this, nothing is changed")
    asked = parser.parse_args(argv)
    try:
        settings = Settings.from_env()
        engine = create_engine(settings.database_url)
        check_tables(engine)
        db = Database(engine)
        if asked.command == "check":
            return run_check(db, settings)
        if asked.command == "prune-files":
            return run_prune_files(db, settings, sure=asked.yes)
        return run_prune(db, settings, asked.older_than_days * DAY_S, sure=asked.yes)
    except StoreDown:
        print("✗ The content store does not answer, or refuses. Nothing further was done.", file=sys.stderr)
    except MarketError as problem:
        print(f"✗ {problem}", file=sys.stderr)
    return 1


def run_check(db: Database, settings: Settings) -> int:
    """Print what cannot be shown."""
    counted = 0

    def count(number: int) -> None:
        nonlocal counted
        counted = number

    found = 0
    for trouble in troubles(db, store_of(settings), count):
        found += 1
        print(f"{trouble.state.value:12} {trouble.kind:10} {trouble.hash}")
    for file_hash in broken(db, file_store_of(settings)):
        found += 1
        print(f"{'not whole':12} {'file':10} {file_hash}")
    print(f"{counted} descriptions looked at, {found} with trouble")
    return 1 if found else 0


def run_prune(db: Database, settings: Settings, older_than_s: int, *, sure: bool) -> int:
    """Print what nothing refers to, and remove it when that is sure."""
    store = store_of(settings)
    need_whole_index(Queries(db.engine), int(time.time()))
    removed = size_bytes = 0
    for orphan in orphans(db, store, older_than_s):
        if sure and not remove(db, store, orphan, older_than_s):
            continue
        print(f"{orphan.hash} {orphan.size_bytes} bytes")
        removed, size_bytes = removed + 1, size_bytes + orphan.size_bytes
    print(
        f"{removed} files, {size_bytes} bytes: {'removed' if sure else 'nothing was changed; add --yes to remove them'}"
    )
    return 0


def run_prune_files(db: Database, settings: Settings, *, sure: bool) -> int:
    """Print which sealed files and how many pieces no listing names, and remove them when that is sure."""
    store = file_store_of(settings)
    need_whole_index(Queries(db.engine), int(time.time()))
    found = unlisted(db, store)
    for file_hash in found.files:
        print(f"file {file_hash}")
        if sure:
            remove_file(db, file_hash)
    count = size_bytes = 0
    # looked for anew: a file that was given again meanwhile is still there, and so are its pieces
    for name, size in (unlisted(db, store) if sure else found).pieces.items():
        if sure and not remove_piece(db, store, name):
            continue
        count, size_bytes = count + 1, size_bytes + size
    done = "removed" if sure else "nothing was changed; add --yes to remove them"
    print(f"{len(found.files)} sealed files, {count} pieces, {size_bytes} bytes: {done}")
    return 0


def _days(text: str) -> int:
    days = int(text)
    if days < 1:
        raise argparse.ArgumentTypeError("at least 1 day: somebody may just be writing a listing")
    return days


if __name__ == "__main__":
    sys.exit(main())
