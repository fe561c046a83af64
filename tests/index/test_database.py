"""What ails the database is said in one sentence, nothing half is written, and the follower goes on when it is over."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, insert, select, text

from frontend.index.follow import Follower
from frontend.index.queries import Queries
from frontend.index.trouble import DamagedDatabase, require_sound
from frontend.store.database import create_engine, writing
from frontend.store.models import AppDraft
from tests.index.market import ROOT, Index, Market
from tests.index.storm import environment
from tests.index.waiting import wait_for
from tools.postgres import Server, throw_away

RECOVERY_S = 30
Fresh = Callable[..., list[str]]


@contextmanager
def following(index: Index) -> Iterator[Follower]:
    """Let a follower run in a thread."""
    follower = index.new_follower()
    problems: list[BaseException] = []

    def run() -> None:
        try:
            follower.run()
        except BaseException as problem:  # noqa: BLE001 whatever it is, the test must not miss it
            problems.append(problem)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield follower
    finally:
        follower.stop()
        thread.join(60)
    assert not thread.is_alive()
    assert not problems


def command(index: Index, word: str) -> subprocess.Popen[str]:
    """Start one of the index's commands."""
    return subprocess.Popen(
        [sys.executable, "-m", "frontend.index", word],
        cwd=ROOT,
        env=environment(index),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def said_by(index: Index, word: str) -> tuple[int, str]:
    """Run a command to its end, and give its exit code and what it said."""
    process = command(index, word)
    said, _ = process.communicate(timeout=150)
    return process.returncode, said


def is_plain(said: str) -> bool:
    """Tell whether a program has spoken in sentences only."""
    return "Traceback" not in said and '"stack"' not in said


def follows(index: Index, market: Market) -> bool:
    head = Queries(index.engine).head()
    return head is not None and head.number == market.head()


@contextmanager
def small_disk(folder: Path) -> Iterator[Path]:
    """Give a folder on a disk of four megabytes of its own, if this machine lets us make one; else any folder."""
    folder.mkdir()
    is_mounted = os.geteuid() == 0 and mounted(folder)
    try:
        yield folder
    finally:
        if is_mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)


def mounted(folder: Path) -> bool:
    words = ["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "none", str(folder)]
    return subprocess.run(words, capture_output=True).returncode == 0


class Tap:
    """Says at the start of each transaction what its state asks for. Made before anybody follows: a listener that comes or
    goes while another thread begins a transaction would disturb it.
    """

    def __init__(self, index: Index, shut: Callable[[Any], None], opened: str) -> None:
        self.is_shut: bool | None = None  # None = was never touched

        def begin(connection: Any, *_: Any) -> None:
            if self.is_shut:
                shut(connection)
            elif self.is_shut is not None:
                connection.exec_driver_sql(opened)

        event.listen(index.engine, "begin", begin)

    @contextmanager
    def shut(self) -> Iterator[None]:
        """Keep it shut for a while."""
        self.is_shut = True
        try:
            yield
        finally:
            self.is_shut = False


@contextmanager
def no_room(tap: Tap, folder: Path) -> Iterator[None]:
    """Fill the disk up to its last byte; where it is not ours to fill, let SQLite itself refuse to grow."""
    if not os.path.ismount(folder):
        with tap.shut():
            yield
        return
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as handle, suppress(OSError):  # no space left, at last
        while True:
            handle.write(b"\0" * 4096)
    assert shutil.disk_usage(folder).free == 0
    try:
        yield
    finally:
        ballast.unlink()


def pages_of(index: Index) -> Tap:
    """Give what keeps a database from growing."""

    def limit(connection: Any) -> None:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")

    return Tap(index, limit, "PRAGMA max_page_count = 1073741823")


def fill(market: Market, count: int = 30) -> None:
    """Let so much happen that it does not fit into the pages that are there."""
    community = market.open_community(market.seller)
    terms = market.terms(community)
    market.list(terms, 1000)
    for _ in range(count):
        market.buy(terms)


@pytest.mark.parametrize("way", ["disk", "pages"])
def test_follower_waits_with_one_line_and_goes_on_when_the_disk_was_full(
    way: str, tmp_path: Path, market: Market, fresh: Fresh, caplog: pytest.LogCaptureFixture
):
    with small_disk(tmp_path / "small") as folder:
        index = Index(folder, market)
        tap = pages_of(index)
        before = index.follow()
        caplog.clear()
        with following(index):
            wait_for(lambda: follows(index, market))
            with no_room(tap, folder) if way == "disk" else tap.shut():
                fill(market)
                wait_for(lambda: "no room left" in caplog.text)
                time.sleep(2.5)
                assert Queries(index.engine).communities().total == 0  # reading goes on
                assert index.dump()[1:] == before[1:]
            wait_for(lambda: follows(index, market), RECOVERY_S)
        assert index.dump() == fresh()
        assert caplog.text.count("no room left") == 1
        assert "Traceback" not in caplog.text
        index.engine.dispose()


def test_follower_waits_with_one_line_and_goes_on_when_the_database_was_locked_for_long(
    index: Index, market: Market, fresh: Fresh, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    event.listen(index.engine, "begin", lambda connection: connection.exec_driver_sql("PRAGMA busy_timeout = 300"))
    index.follow()
    caplog.clear()
    with following(index), closing(sqlite3.connect(str(index.engine.url.database), isolation_level=None)) as other:
        wait_for(lambda: follows(index, market))
        other.execute("BEGIN IMMEDIATE")
        market.open_community(market.seller)
        wait_for(lambda: "holds the database for long" in caplog.text)
        time.sleep(2)
        other.execute("ROLLBACK")
        wait_for(lambda: follows(index, market), RECOVERY_S)
    assert index.dump() == fresh()
    assert caplog.text.count("holds the database for long") == 1
    assert "Traceback" not in caplog.text


def test_follower_waits_with_one_line_and_goes_on_when_the_database_was_read_only(
    index: Index, market: Market, fresh: Fresh, caplog: pytest.LogCaptureFixture
):
    index.follow()
    caplog.clear()
    tap = Tap(index, lambda connection: connection.exec_driver_sql("PRAGMA query_only = ON"), "PRAGMA query_only = OFF")
    with following(index):
        wait_for(lambda: follows(index, market))
        with tap.shut():
            market.open_community(market.seller)
            wait_for(lambda: "cannot be written to" in caplog.text)
            assert Queries(index.engine).communities().total == 0
        wait_for(lambda: follows(index, market), RECOVERY_S)
    assert index.dump() == fresh()
    assert "Traceback" not in caplog.text


def spoiled(index: Index, table: str = "chain_events") -> Path:
    """Overwrite a table's pages with noise, and give the file."""
    path = Path(str(index.engine.url.database))
    index.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        root = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", (table,)).fetchone()[0]
    with path.open("r+b") as handle:
        handle.seek((root - 1) * size)
        handle.write(os.urandom(size))
    return path


def draft(number: int) -> dict[str, Any]:
    return {"id": f"0x{number:064x}", "account": "0x" + "1" * 40, "area": "listing", "fields": "{}", "updated_at_ts": 1}


def test_follow_command_refuses_a_damaged_file_and_rebuild_mends_it_and_keeps_the_apps_own_rows(
    index: Index, market: Market, fresh: Fresh
):
    market.play()
    index.follow()
    with writing(index.engine).begin() as connection:
        connection.execute(insert(AppDraft), [draft(number) for number in range(50)])
    path = spoiled(index)
    code, said = said_by(index, "follow")
    assert code == 1
    assert "✗ The database file is damaged." in said
    assert "python -m frontend.index rebuild" in said
    assert is_plain(said)

    code, said = said_by(index, "rebuild")
    assert code == 0, said
    assert is_plain(said)
    assert index.dump() == fresh()
    with index.engine.connect() as connection:
        assert len(connection.execute(select(AppDraft.id)).all()) == 50
    (aside,) = path.parent.glob("test.db.damaged-*[0-9]")
    assert aside.name in said
    require_sound(index.engine)


def test_rebuild_saves_the_rows_before_and_after_a_damaged_page_of_the_apps_own(
    index: Index, market: Market, fresh: Fresh
):
    index.follow()
    with writing(index.engine).begin() as connection:
        connection.execute(insert(AppDraft), [draft(number) for number in range(2000)])
    path = Path(str(index.engine.url.database))
    index.engine.dispose()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = connection.execute("PRAGMA page_size").fetchone()[0]
    content = path.read_bytes()
    page = content.index(draft(1000)["id"].encode()) // size
    with path.open("r+b") as handle:
        handle.seek(page * size)
        handle.write(b"\xff" * size)
    with pytest.raises(DamagedDatabase):
        require_sound(index.engine)
    index.engine.dispose()

    code, said = said_by(index, "rebuild")
    assert code == 0, said
    assert "app_drafts: some rows cannot be read." in said
    with index.engine.connect() as connection:
        saved = set(connection.execute(select(AppDraft.id)).scalars())
    assert 1800 < len(saved) < 2000
    assert {draft(0)["id"], draft(1999)["id"]} <= saved
    assert index.dump() == fresh()


def test_follower_ends_with_the_remedy_when_the_file_is_damaged_while_it_runs(index: Index, market: Market):
    fill(market)
    index.follow()
    spoiled(index)
    for table in ("chain_blocks", "chain_journal", "chain_orders"):
        spoiled(index, table)
    fill(market)
    with pytest.raises(DamagedDatabase, match=r"run: python -m frontend\.index rebuild"):
        index.new_follower().run()


def test_file_that_is_no_database_is_refused_and_rebuilt(index: Index, market: Market, fresh: Fresh):
    index.follow()
    index.engine.dispose()
    path = Path(str(index.engine.url.database))
    path.write_bytes(b"this was a database once" * 500)
    for part in ("-wal", "-shm"):
        Path(f"{path}{part}").unlink(missing_ok=True)
    code, said = said_by(index, "follow")
    assert (code, "✗ The database file is damaged." in said, is_plain(said)) == (1, True, True)
    assert said_by(index, "rebuild")[0] == 0
    assert index.dump() == fresh()


def test_index_equals_fresh_build_when_the_write_ahead_log_was_deleted_after_a_kill(
    index: Index, market: Market, fresh: Fresh
):
    fill(market, 5)
    process = command(index, "follow")
    wait_for(lambda: follows(index, market), 60)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    index.engine.dispose()
    for part in ("-wal", "-shm"):
        Path(f"{index.engine.url.database}{part}").unlink(missing_ok=True)
    fill(market, 5)
    assert index.follow() == fresh()
    require_sound(index.engine)


def test_follow_command_refuses_an_older_schema_and_says_how_to_bring_it_up_to_date(index: Index):
    with writing(index.engine).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '0001'"))
    code, said = said_by(index, "follow")
    assert (code, said) == (
        1,
        "✗ The database's tables are not up to date. Run: python -m frontend.index migrate\n",
    )


def test_follow_command_refuses_a_schema_of_a_later_program(index: Index):
    with writing(index.engine).begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for word in ("follow", "migrate", "rebuild", "dump"):
        code, said = said_by(index, word)
        assert code == 1
        assert "✗ The database was made by a later version of this program" in said
        assert is_plain(said)


def test_command_says_in_one_sentence_that_the_database_does_not_answer(index: Index, tmp_path: Path):
    process = subprocess.Popen(
        [sys.executable, "-m", "frontend.index", "dump"],
        cwd=ROOT,
        env=environment(index) | {"DATABASE_URL": "postgresql+psycopg://nobody@127.0.0.1:9/none"},
        stderr=subprocess.PIPE,
        text=True,
    )
    _, said = process.communicate(timeout=150)
    assert process.returncode == 1
    assert said == "✗ The database does not answer; nothing was written. Start it, or correct DATABASE_URL.\n"


@pytest.mark.timeout(300)
def test_follower_goes_on_when_postgresql_was_killed_in_the_middle_of_writing_three_times(
    tmp_path: Path, market: Market, fresh: Fresh, caplog: pytest.LogCaptureFixture
):
    from psycopg import sql

    from frontend.index.migrate import migrate
    from tools import postgres

    with throw_away(careful=True) as server:
        server.run(sql.SQL("CREATE DATABASE index"))
        migrate(create_engine(server.url("index")))
        index = Index(tmp_path / "index", market, database_url=server.url("index"))
        process = command(index, "follow")
        try:
            wait_for(lambda: follows(index, market), 90)
            for _ in range(3):
                wait_for(lambda: follows(index, market), RECOVERY_S)
                fill(market, 8)
                kill_and_start_again(server, postgres)
                fill(market, 3)
            wait_for(lambda: comes(lambda: follows(index, market)), RECOVERY_S)
        finally:
            process.send_signal(signal.SIGTERM)
            said, _ = process.communicate(timeout=60)
        assert process.returncode == 0
        assert is_plain(said)
        assert index.dump() == fresh()
        index.engine.dispose()


def kill_and_start_again(server: Server, postgres: Any) -> None:
    """Kill the server by its number, as a crash would, wait a second, and start it on the same data."""
    server.process.kill()
    server.process.wait()
    time.sleep(1)
    user = postgres._user()
    programs = postgres._programs(server.folder, user)
    deadline = time.monotonic() + 20
    while True:  # the children of the dead one need a moment to notice
        server.process = postgres._start(programs, server.folder, user, {}).process
        try:
            server.wait_until_ready()
        except Exception:  # noqa: BLE001 a server that starts can fail in any way
            assert time.monotonic() < deadline
            time.sleep(0.3)
            continue
        return


def comes(found: Callable[[], bool]) -> bool:
    try:
        return found()
    except Exception:  # noqa: BLE001 a server that starts can fail in any way
        return False
