"""The demo's command line.

    python -m frontend.demo seed      fill the local market that the environment names (DATABASE_URL, RPC_URL, ORIGIN ...)
        --sealed FILE.age --hashes FILE.json      also sell this file, which `python -m tools.files seal` has sealed
    python -m frontend.demo pictures FOLDER    draw the demo's pictures into a folder, to look at them

`seed` can be run again at any time: what has happened already is left out, and an interrupted run goes on. It refuses any
chain but the two local ones, since its keys are known to everybody.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from frontend.config import LOCAL_CHAINS, Settings
from frontend.demo.browser import SeedProblem
from frontend.errors import MarketError


def seed(sealed: tuple[Path, Path] | None = None) -> None:
    """Fill the market. Args: sealed names a sealed file and its hashes, to be sold too. Raises: SeedProblem, MarketError."""
    settings = Settings.from_env()
    if settings.chain_id not in LOCAL_CHAINS:
        raise SeedProblem(
            f"chain {settings.chain_id} is not a local one; the demo's keys are public, so it runs on 1337 and 31337 only."
        )
    from frontend import create_app
    from frontend.demo.seed import Seed
    from frontend.demo.sync import following

    began = time.monotonic()
    app = create_app(settings)
    with following(settings) as sync:
        Seed(app, settings, sync, lambda line: print(line, flush=True), sealed).run()
    print(f"the demo is there ({time.monotonic() - began:.0f} s)", flush=True)


def pictures(folder: Path) -> None:
    """Draw every picture into a folder."""
    from frontend.demo.pictures.scenes import SCENES, drawn

    folder.mkdir(parents=True, exist_ok=True)
    for name in SCENES:
        (folder / f"{name}.png").write_bytes(drawn(name))
        print(folder / f"{name}.png")


def main(argv: list[str] | None = None) -> int:
    """Run one command; give 1 after one sentence when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m frontend.demo", description="The demo of a local market.")
    commands = parser.add_subparsers(dest="command", required=True)
    filling = commands.add_parser("seed", help="fill the local market that the environment names")
    filling.add_argument("--sealed", type=Path, metavar="FILE.age", help="a sealed file to sell")
    filling.add_argument("--hashes", type=Path, metavar="FILE.json", help="what sealing it gave")
    commands.add_parser("pictures", help="draw the demo's pictures").add_argument("folder", type=Path)
    options = parser.parse_args(argv)
    try:
        if options.command == "pictures":
            pictures(options.folder)
        elif (options.sealed is None) is not (options.hashes is None):
            raise SeedProblem("--sealed and --hashes go together.")
        else:
            seed((options.sealed, options.hashes) if options.sealed else None)
    except (SeedProblem, MarketError) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
