"""The operator's commands.

    python -m frontend.operations serve                     run the web server (WEB_BIND, WEB_WORKERS, WEB_THREADS)
    python -m frontend.operations backup FILE.tar           write what cannot be rebuilt into a new file
    python -m frontend.operations backup FILE.tar --without-files   the same without the bytes of sealed files
    python -m frontend.operations restore FILE.tar          put it into an empty database and content store
    python -m frontend.operations restore FILE.tar --force  the same, after emptying them
    python -m frontend.operations inspect FILE.tar          check a backup without touching anything

Settings come from the environment, the same as the web server's. docs/operations.md tells the rest.
"""

import argparse
import sys
from pathlib import Path

from frontend.config import Settings
from frontend.errors import MarketError
from frontend.index.lock import FollowerRuns
from frontend.operations import logs


def main(argv: list[str] | None = None) -> int:
    """Run one command and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m frontend.operations", description="Running a market.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("serve", help="run the web server")
    for name, text in (("backup", "write a backup"), ("restore", "read one back"), ("inspect", "check one")):
        command = commands.add_parser(name, help=text)
        command.add_argument("file", type=Path)
        if name == "backup":
            command.add_argument("--without-files", action="store_true", help="leave out the bytes of sealed files")
        if name == "restore":
            command.add_argument("--force", action="store_true", help="empty what is there before")
    options = parser.parse_args(argv)
    try:
        settings = Settings.from_env()
        logs.set_up(settings)
        run(options, settings)
    except (MarketError, FollowerRuns) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    return 0


def run(options: argparse.Namespace, settings: Settings) -> None:
    """Run the command that was asked for. Raises: MarketError, FollowerRuns."""
    if options.command == "serve":
        from frontend.operations.web import serve

        serve(settings)
        return
    from frontend.operations import backup, restore

    if options.command == "backup":
        print(backup.write(settings, options.file, with_files=not options.without_files).sentence())
    elif options.command == "restore":
        print(restore.read(settings, options.file, force=options.force).sentence())
    else:
        print(restore.inspect(options.file).sentence())


if __name__ == "__main__":
    sys.exit(main())
