"""The index's commands.

    python -m frontend.index migrate    bring the database's tables up to date
    python -m frontend.index follow     follow the chain until Ctrl-C
    python -m frontend.index rebuild    read everything anew (stop the follower first)
    python -m frontend.index dump       print the chain tables as canonical text, for comparing two indexes

Settings come from the environment, the same as the web server's: DATABASE_URL, RPC_URL, CHAIN_ID and so on.
"""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Callable
from types import FrameType

from sqlalchemy import Engine

from frontend.config import Settings
from frontend.contracts.registry import Registry
from frontend.errors import MarketError, NodeError
from frontend.index.currencies import Currencies
from frontend.index.follow import Follower
from frontend.index.lock import FollowerRuns, only_writer
from frontend.index.migrate import check, migrate
from frontend.index.queries import Queries
from frontend.index.writer import Place, dump
from frontend.store.database import Database, create_engine

log = logging.getLogger("frontend.index")

WAIT_S = 2


def main(argv: list[str] | None = None) -> int:
    """Run one command and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m frontend.index", description="The event index.")
    parser.add_argument("command", choices=["migrate", "follow", "rebuild", "dump"])
    command = parser.parse_args(argv).command
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s", datefmt="%H:%M:%S", stream=sys.stderr)
    logging.getLogger("alembic").setLevel(logging.WARNING)
    try:
        settings = Settings.from_env()
        engine = create_engine(settings.database_url)
        COMMANDS[command](settings, engine)
    except (MarketError, FollowerRuns) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def run_migrate(settings: Settings, engine: Engine) -> None:
    """Bring the tables up to date."""
    migrate(engine)


def run_follow(settings: Settings, engine: Engine) -> None:
    """Follow until a signal comes; when another follower runs, wait for its end."""
    signal.signal(signal.SIGTERM, _interrupt)
    check(engine)
    said = False
    while True:
        try:
            with only_writer(engine):
                log.info("Following chain %s.", settings.chain_id)
                Follower(settings, engine, after_step=_companions(settings, engine)).run()
                return
        except FollowerRuns as problem:
            if not said:
                log.warning("%s Waiting for its end.", problem)
                said = True
            time.sleep(WAIT_S)


def run_rebuild(settings: Settings, engine: Engine) -> None:
    """Read everything anew. Raises: FollowerRuns."""
    check(engine)
    try:
        with only_writer(engine):
            Follower(settings, engine).rebuild()
    except FollowerRuns:
        raise FollowerRuns("A follower writes this database's index. Stop it, then rebuild.") from None


def run_dump(settings: Settings, engine: Engine) -> None:
    """Print the chain tables."""
    check(engine)
    for line in dump(engine):
        print(line)


COMMANDS: dict[str, Callable[[Settings, Engine], None]] = {
    "migrate": run_migrate,
    "follow": run_follow,
    "rebuild": run_rebuild,
    "dump": run_dump,
}


def _companions(settings: Settings, engine: Engine) -> Callable[[Place], None]:
    """Give what is done after each step: currencies are looked up, sent intents are followed to their end."""
    from frontend.services import Services

    currencies = Currencies(settings, engine)
    services: dict[Place, Services] = {}

    def after_step(place: Place) -> None:
        if place not in services:
            services.clear()
            services[place] = Services(settings, Registry.load(settings), Database(engine), Queries(engine))
        try:
            currencies.look_up()
            services[place].watch.step()
        except NodeError as problem:
            log.warning("%s", problem)

    return after_step


def _interrupt(_signal: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
