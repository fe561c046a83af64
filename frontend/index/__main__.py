"""The index's commands.

    python -m frontend.index migrate    bring the database's tables up to date
    python -m frontend.index follow     follow the chain until Ctrl-C
    python -m frontend.index rebuild    read everything anew (stop the follower first); mends a damaged SQLite file before
    python -m frontend.index dump       print the chain tables as canonical text, for comparing two indexes

Settings come from the environment, the same as the web server's: DATABASE_URL, RPC_URL, CHAIN_ID and so on.
"""

import argparse
import logging
import signal
import sys
import time
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from frontend.config import Settings
from frontend.contracts.registry import Registry
from frontend.errors import MarketError, NodeError
from frontend.index.currencies import Currencies
from frontend.index.follow import Follower
from frontend.index.lock import FollowerRuns, LockLost, only_writer
from frontend.index.mend import mended
from frontend.index.migrate import check, migrate
from frontend.index.queries import Queries
from frontend.index.trouble import DAMAGED, DamagedDatabase, require_sound, sentence_of
from frontend.index.writer import Place, dump
from frontend.operations import logs
from frontend.operations.counts import counts
from frontend.search.store import fill, fill_names
from frontend.store.database import Database, create_engine

log = logging.getLogger("frontend.index")

WAIT_S = 2


def main(argv: list[str] | None = None) -> int:
    """Run one command and give the exit code."""
    parser = argparse.ArgumentParser(prog="python -m frontend.index", description="The event index.")
    parser.add_argument("command", choices=["migrate", "follow", "rebuild", "dump"])
    command = parser.parse_args(argv).command
    try:
        settings = Settings.from_env()
        logs.set_up(settings)
        engine = create_engine(settings.database_url)
        COMMANDS[command](settings, engine)
    except (MarketError, FollowerRuns) as problem:
        print(f"✗ {problem}", file=sys.stderr)
        return 1
    except DBAPIError as problem:
        print(f"✗ {sentence_of(problem) or problem}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


def run_migrate(settings: Settings, engine: Engine) -> None:
    """Bring the tables up to date."""
    migrate(engine)


def run_follow(settings: Settings, engine: Engine) -> None:
    """Follow until a signal comes; while another follower runs, or the database is away, wait for the end of that.

    Raises: WrongSchema, DamagedDatabase, WrongChain.
    """
    running: list[Follower] = []
    signal.signal(signal.SIGTERM, lambda _signal, _frame: _end(running))
    _show_figures(settings, engine)
    said: str | None = None
    looked_at = False  # reading through a large file takes a while: not at every turn of waiting
    while True:
        try:
            if not looked_at:
                require_sound(engine)
                check(engine)
                looked_at = True
            with only_writer(engine) as still_ours:
                said = None
                log.info("Following chain %s.", settings.chain_id)
                companions = _companions(settings, engine)
                follower = Follower(settings, engine, after_step=companions, still_ours=still_ours)
                running.append(follower)
                try:
                    follower.run()
                finally:
                    running.clear()
                return
        except FollowerRuns as problem:
            told = f"{problem} Waiting for its end."
        except LockLost as problem:
            told = f"{problem} Waiting for it."
        except DBAPIError as problem:
            told = _ailment(problem)
            looked_at = False
        if told != said:
            log.warning("%s", told)
            said = told
        time.sleep(WAIT_S)


def run_rebuild(settings: Settings, engine: Engine) -> None:
    """Read everything anew; what is left of a damaged SQLite file is brought into a new one first. Raises: FollowerRuns."""
    try:
        with only_writer(engine):
            engine = mended(engine)
            check(engine)
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
    """Give what is done after each step: names become searchable, currencies are looked up, sent intents are followed."""
    from frontend.services import Services

    currencies = Currencies(settings, engine)
    services: dict[Place, Services] = {}
    entered = False  # after a migration or a restore the search index may lack anything, later only what is new

    def after_step(place: Place) -> None:
        nonlocal entered
        counts().follower_steps.inc()
        if entered:
            fill_names(engine)
        else:
            fill(engine)
            entered = True
        if place not in services:
            services.clear()
            services[place] = Services(settings, Registry.load(settings), Database(engine), Queries(engine))
        try:
            currencies.look_up()
            services[place].watch.step()
        except NodeError as problem:
            log.warning("%s", problem)

    return after_step


def _ailment(problem: DBAPIError) -> str:
    """Say what ails the database. Raises: DamagedDatabase, and the problem itself when it is no known one."""
    sentence = sentence_of(problem)
    if sentence is None:
        raise problem
    if sentence == DAMAGED:
        raise DamagedDatabase(DAMAGED) from None
    return sentence


def _end(running: list[Follower]) -> None:
    """End after the step under way; at once when there is none, or when asked a second time."""
    if not running:
        raise KeyboardInterrupt
    running.pop().stop()


def _show_figures(settings: Settings, engine: Engine) -> None:
    """Answer Prometheus on METRICS_BIND, in a thread, if that is wanted."""
    if settings.metrics_bind is None:
        return
    from prometheus_client import start_http_server

    from frontend.operations.figures import all_of

    host, _, port = settings.metrics_bind.rpartition(":")
    start_http_server(int(port), host.strip("[]"), registry=all_of(engine))


if __name__ == "__main__":
    sys.exit(main())
