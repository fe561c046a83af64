"""The search index's command.

    python -m frontend.search rebuild    make the search index anew from the stored descriptions and the communities' names

For after a restore, or when pages and search say different things. The web server and the follower may go on meanwhile.
Settings come from the environment, the same as the web server's.
"""

import argparse
import sys

from frontend.config import Settings
from frontend.errors import MarketError
from frontend.index.migrate import check
from frontend.search.store import rebuild
from frontend.store.database import create_engine


def main(argv: list[str] | None = None) -> int:
    """Run the command and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m frontend.search", description="The search index.")
    parser.add_argument("command", choices=["rebuild"])
    parser.parse_args(argv)
    try:
        engine = create_engine(Settings.from_env().database_url)
        check(engine)
        print(f"{rebuild(engine)} descriptions and names can be found.")
    except MarketError as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
