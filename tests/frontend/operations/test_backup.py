"""Backup and restore: what cannot be rebuilt comes back, whole or not at all, on either database."""

import contextlib
import io
import itertools
import json
import os
import tarfile
import time

import pytest
from sqlalchemy import func, insert, inspect, select, text

from frontend.config import Settings
from frontend.index.lock import FollowerRuns, only_writer
from frontend.index.migrate import check, migrate
from frontend.operations import archive, backup, restore
from frontend.operations.archive import KEPT, LEFT_OUT, BadBackup
from frontend.services.content import Contents
from frontend.services.files import SealedFiles
from frontend.store.database import Database, create_engine, writing
from frontend.store.models import AppDraft, AppIntent, AppMembersPage, AppSession, app_metadata
from tests.helpers.sealed import PIECE, sealed

ACCOUNT = "0x" + "a1" * 20
MAX_UINT256 = 2**256 - 1
SEALED = sealed(PIECE + 5)


def settings_in(folder, **changes) -> Settings:
    folder.mkdir(parents=True, exist_ok=True)
    return Settings.for_tests(folder, **changes)


def draft(number, fields="{}"):
    return {
        "id": f"0x{number:064x}",
        "account": ACCOUNT,
        "area": "listing",
        "fields": fields,
        "updated_at_ts": number,
    }


def intent(number, **changes):
    values = {
        "id": f"{number:032x}",
        "idempotency_key": f"key {number}",
        "account": ACCOUNT,
        "chain_id": 31337,
        "genesis_hash": "0x" + "11" * 32,
        "action": "market.buy",
        "to": "0x" + "22" * 20,
        "data": "0x",
        "value_wei": MAX_UINT256,
        "gas": 21_000,
        "args": "{}",
        "summary": '{"title":"진공관 \\"라디오\\" \\n 🧿"}',
        "status": "final",
        "created_at_ts": number,
        "expires_at_ts": number,
    }
    return values | changes


def members_page(number):
    return {
        "genesis_hash": "0x" + "11" * 32,
        "token": "0x" + "22" * 20,
        "number": number,
        "title": "우물",
        "text": "방앗간 뒤 🧿\n\n**쉿**",
        "lang": "ko",
        "tier": 8,
        "author": ACCOUNT,
        "form_hash": "0x" + "33" * 32,
        "version": 1,
        "created_at_ts": number,
        "changed_at_ts": number,
        "removed_at_ts": number if number == 2 else None,
    }


def fill(settings):
    """Make a market with something in each kind of table; give its engine."""
    engine = create_engine(settings.database_url)
    migrate(engine)
    contents = Contents(settings, Database(engine))
    contents.store_text("우리 동네 라디오")
    contents.store_list(b"0x1,2", root="0x" + "1f" * 32)
    contents.store_description({"name": "밤 라디오", "text": "x", "lang": "ko"})
    files = SealedFiles(settings, Database(engine))
    for name, piece in zip(SEALED.names, SEALED.pieces, strict=True):
        files.keep_piece("0x" + name, piece, account=ACCOUNT, network="203.0.113.7")
    files.keep(SEALED.piece_list, account=ACCOUNT, network="203.0.113.7")
    now = int(time.time())
    with writing(engine).begin() as connection:
        connection.execute(insert(AppDraft), [draft(n, json.dumps({"title": "초안"})) for n in range(1200)])
        connection.execute(insert(AppMembersPage), [members_page(n) for n in range(1, 3)])
        connection.execute(insert(AppIntent), [intent(n) for n in range(3)])
        row = {"id_hash": "0x" + "5e" * 32, "account": ACCOUNT, "csrf": "the csrf secret", "revoked": False}
        times = {"created_at_ts": now, "last_seen_ts": now, "expires_at_ts": now + 60}
        connection.execute(insert(AppSession), [row | times])
    return engine


def everything(engine):
    """Give all rows of all kept tables, in one order."""
    found = {}
    with engine.connect() as connection:
        for table in archive.kept_tables():
            key = list(table.primary_key.columns)
            found[table.name] = [tuple(row) for row in connection.execute(select(table).order_by(*key))]
    return found


def contents_of(settings):
    return {
        path.name: path.read_bytes()
        for path in settings.content_dir.rglob("0x*")
        if path.is_file() and not path.name.endswith(".tmp")
    }


@pytest.fixture
def full(tmp_path):
    settings = settings_in(tmp_path / "full")
    return settings, fill(settings)


@pytest.fixture
def new_url(request, tmp_path):
    """Give the URL of a new database without tables, of either kind."""

    def make(kind):
        if kind == "postgresql":
            return request.getfixturevalue("new_postgres")("template1")
        return f"sqlite:///{tmp_path / 'one-more' / 'test.db'}"

    return make


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_a_backup_of_either_database_is_restored_into_either(new_url, tmp_path, source, target):
    changes = {"database_url": new_url(source)} if source == "postgresql" else {}
    old = settings_in(tmp_path / "source", **changes)
    engine = fill(old)
    backup.write(old, tmp_path / "x.tar")
    new = settings_in(tmp_path / "target", database_url=new_url(target))
    restore.read(new, tmp_path / "x.tar")
    check(create_engine(new.database_url))
    assert everything(create_engine(new.database_url)) == everything(engine)
    assert contents_of(new) == contents_of(old)
    backup.write(new, tmp_path / "y.tar")
    first, second = restore.inspect(tmp_path / "x.tar").manifest, restore.inspect(tmp_path / "y.tar").manifest
    assert first.members == second.members


@pytest.fixture
def saved(full, tmp_path):
    file = tmp_path / "market.tar"
    backup.write(full[0], file)
    return file


def test_a_restored_market_has_the_same_rows_and_contents(full, saved, tmp_path):
    settings = settings_in(tmp_path / "new")
    report = restore.read(settings, saved)
    engine = create_engine(settings.database_url)
    check(engine)
    assert everything(engine) == everything(full[1])
    assert contents_of(settings) == contents_of(full[0])
    assert len(contents_of(settings)) == 6
    assert report.manifest.rows["app_drafts"] == 1200
    assert "1212 rows" in report.sentence()


def test_every_table_is_kept_or_left_out_on_purpose():
    assert set(app_metadata.tables) == KEPT | set(LEFT_OUT)
    assert not KEPT & set(LEFT_OUT)


def test_a_backup_stops_when_nobody_decided_about_a_table(full, tmp_path, monkeypatch):
    monkeypatch.setattr(archive, "LEFT_OUT", {name: why for name, why in LEFT_OUT.items() if name != "app_nonces"})
    with pytest.raises(BadBackup, match="app_nonces"):
        backup.write(full[0], tmp_path / "x.tar")


def test_a_backup_holds_no_secrets_and_is_its_owners_alone(full, saved):
    data = saved.read_bytes()
    for secret in ("the csrf secret", "5e" * 32, full[0].secret_key):
        assert secret.encode() not in data
    assert "초안".encode() in data or b"\\\\u" in data
    assert saved.stat().st_mode & 0o777 == 0o600


def test_a_backup_is_never_written_over_another_file(full, saved):
    before = saved.read_bytes()
    with pytest.raises(BadBackup, match="there already"):
        backup.write(full[0], saved)
    assert saved.read_bytes() == before


def test_a_backup_that_fails_leaves_no_file(full, tmp_path, monkeypatch):
    monkeypatch.setattr(backup, "_add_contents", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        backup.write(full[0], tmp_path / "x.tar")
    assert not [path for path in tmp_path.iterdir() if "x.tar" in path.name]


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_a_backup_under_writes_is_of_one_moment(new_url, tmp_path, monkeypatch, kind):
    """Two tables change together before each table is read and while its rows are: a mix of two moments would show it."""
    settings = settings_in(tmp_path / "busy", database_url=new_url(kind))
    engine = fill(settings)
    rounds = itertools.count()
    lines = itertools.count()

    def write_round():
        with writing(engine).begin() as connection:
            number = {"n": next(rounds)}
            connection.execute(text("update app_drafts set updated_at_ts = :n"), number)
            connection.execute(text("update app_intents set gas = :n"), number)

    def add_table(*words, really=backup._add_table):
        write_round()
        really(*words)

    def line_of(row):
        if next(lines) % 250 == 249:
            write_round()
        return archive.line_of(row)

    write_round()  # so that what was filled in, each row with numbers of its own, is of one moment too
    monkeypatch.setattr(backup, "_add_table", add_table)
    monkeypatch.setattr(backup, "line_of", line_of)
    backup.write(settings, tmp_path / "x.tar")
    with tarfile.open(tmp_path / "x.tar") as tar:
        drafts, intents = (
            [json.loads(line) for line in tar.extractfile(f"tables/{name}.jsonl")]
            for name in ("app_drafts", "app_intents")
        )
    assert (len(drafts), len(intents)) == (1200, 3)
    assert {row["updated_at_ts"] for row in drafts} | {row["gas"] for row in intents} == {0}
    assert next(rounds) == 1 + len(archive.kept_tables()) + 1205 // 250, "each round was written while the backup ran"


def test_contents_that_the_store_has_lost_are_told_and_the_rest_is_saved(full, tmp_path):
    settings = full[0]
    lost = next(path for path in settings.content_dir.rglob("0x*") if path.is_file())
    lost.unlink()
    report = backup.write(settings, tmp_path / "x.tar")
    assert report.manifest.missing == 1
    assert "1 contents are named in the database and missing" in report.sentence()


def test_a_restore_refuses_a_database_that_is_not_empty_and_changes_nothing(full, saved, tmp_path):
    settings = settings_in(tmp_path / "other")
    engine = create_engine(settings.database_url)
    migrate(engine)
    with writing(engine).begin() as connection:
        connection.execute(insert(AppDraft), [draft(7, '{"mine": 1}')])
    before = everything(engine)
    with pytest.raises(BadBackup, match="not empty"):
        restore.read(settings, saved)
    assert everything(engine) == before
    assert contents_of(settings) == {}
    restore.read(settings, saved, force=True)
    assert everything(engine) == everything(full[1])


def test_a_forced_restore_ends_the_sessions_that_were_there(full, saved):
    settings, engine = full
    restore.read(settings, saved, force=True)
    with engine.connect() as connection:
        assert connection.execute(select(func.count()).select_from(AppSession)).scalar_one() == 0


def test_a_restore_waits_for_no_follower_but_refuses_beside_one(saved, tmp_path):
    settings = settings_in(tmp_path / "new")
    with only_writer(create_engine(settings.database_url)), pytest.raises(FollowerRuns):
        restore.read(settings, saved)


def test_a_backup_of_another_chain_is_refused(saved, tmp_path):
    with pytest.raises(BadBackup, match="of chain 31337, the settings say 1337"):
        restore.read(settings_in(tmp_path / "new", chain_id=1337), saved)


def test_a_backup_of_an_older_schema_is_restored_and_brought_up_to_date(full, tmp_path, monkeypatch):
    from alembic import command

    from frontend.index.migrate import config

    old = settings_in(tmp_path / "old")
    engine = create_engine(old.database_url)
    with writing(engine).begin() as connection:
        command.upgrade(config(connection), "0001")
        connection.execute(text("insert into app_drafts values ('0x01', '0x02', 'listing', '{}', 5)"))
    # what the program of that time did: it knew fewer tables
    monkeypatch.setattr(backup, "check", lambda engine: None)
    monkeypatch.setattr(backup, "kept_tables", lambda: [app_metadata.tables["app_drafts"]])
    backup.write(old, tmp_path / "old.tar", with_files=False)
    monkeypatch.undo()
    settings = settings_in(tmp_path / "new")
    report = restore.read(settings, tmp_path / "old.tar")
    assert report.manifest.revision == "0001"
    check(create_engine(settings.database_url))
    assert [row[4] for row in everything(create_engine(settings.database_url))["app_drafts"]] == [5]


def test_a_sealed_file_is_whole_again_when_restored_and_told_as_missing_when_it_was_left_out(full, tmp_path):
    settings, _ = full
    for name, with_files in (("all", True), ("less", False)):
        report = backup.write(settings, tmp_path / f"{name}.tar", with_files=with_files)
        assert (report.manifest.pieces, report.manifest.missing) == (3 if with_files else 0, 0)
        new = settings_in(tmp_path / name)
        restore.read(new, tmp_path / f"{name}.tar")
        files = SealedFiles(new, Database(create_engine(new.database_url)))
        assert files.size_of(SEALED.hash) == len(SEALED.data)
        assert files.is_whole(SEALED.hash) is with_files
        if with_files:
            assert b"".join(files.read(files.find(SEALED.hash), 0, len(SEALED.data) - 1)) == SEALED.data
        else:
            assert files.missing(SEALED.piece_list) == [0, 1]


def test_an_altered_piece_is_not_put_back(full, tmp_path):
    settings, _ = full
    place = settings.content_dir / "sealed" / SEALED.names[0][:2] / f"0x{SEALED.names[0]}"
    place.write_bytes(SEALED.pieces[0][:-1] + b"?")
    backup.write(settings, tmp_path / "b.tar")
    new = settings_in(tmp_path / "new")
    restore.read(new, tmp_path / "b.tar")
    files = SealedFiles(new, Database(create_engine(new.database_url)))
    assert files.missing(SEALED.piece_list) == [0]


def rewritten(file, change, target):
    """Write an archive anew after a change of its members, given as a list of (TarInfo, bytes)."""
    with tarfile.open(file) as tar:
        members = [(info, tar.extractfile(info).read() if info.isreg() else b"") for info in tar]
    change(members)
    with tarfile.open(target, "w") as tar:
        for info, data in members:
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return target


def named(members, part):
    return next(index for index, (info, _) in enumerate(members) if part in info.name)


def flip_a_byte(members):
    at = named(members, "app_drafts")
    info, data = members[at]
    members[at] = (info, data.replace(b"listing", b"listinG", 1))


def drop_a_content(members):
    del members[named(members, "content/")]


def drop_the_manifest(members):
    del members[named(members, "manifest")]


def add(name, kind=tarfile.REGTYPE, link=""):
    def change(members):
        info = tarfile.TarInfo(name)
        info.type, info.linkname = kind, link
        members.append((info, b""))

    return change


def twice(members):
    members.append(members[named(members, "content/")])


def another_version(members):
    at = named(members, "manifest")
    info, data = members[at]
    members[at] = (info, data.replace(b'"version": 1', b'"version": 2'))


def no_json(members):
    at = named(members, "manifest")
    members[at] = (members[at][0], b"[]")


@pytest.mark.parametrize(
    "change",
    [
        flip_a_byte,
        drop_a_content,
        drop_the_manifest,
        twice,
        another_version,
        no_json,
        add("../../etc/cron.d/evil"),
        add("/etc/passwd"),
        add("content/../../evil"),
        add("content/0x" + "zz" * 32),
        add("tables/chain_cursor.jsonl"),
        add("content/0x" + "11" * 32, tarfile.SYMTYPE, "/etc/passwd"),
        add("content/0x" + "11" * 32, tarfile.LNKTYPE, "manifest.json"),
        add("content/0x" + "11" * 32, tarfile.FIFOTYPE),
    ],
)
def test_a_backup_that_was_altered_is_refused_before_anything_is_written(saved, tmp_path, change):
    evil = rewritten(saved, change, tmp_path / "evil.tar")
    settings = settings_in(tmp_path / "new")
    for attempt in (lambda: restore.inspect(evil), lambda: restore.read(settings, evil)):
        with pytest.raises(BadBackup):
            attempt()
    assert contents_of(settings) == {}
    assert not (tmp_path / "new" / "test.db").exists()


@pytest.mark.parametrize("kept", [0, 1, 700, 5_000, 100_000])
def test_a_backup_that_was_cut_off_is_refused(saved, tmp_path, kept):
    cut = tmp_path / "cut.tar"
    cut.write_bytes(saved.read_bytes()[:kept])
    with pytest.raises(BadBackup):
        restore.inspect(cut)


def test_a_failing_row_leaves_the_database_empty(full, saved, tmp_path, monkeypatch):
    settings = settings_in(tmp_path / "new")
    fill_one = restore._fill

    def fail(connection, table, rows):
        fill_one(connection, table, rows)
        if table.name == "app_intents":
            connection.execute(insert(table), [intent(1)])

    monkeypatch.setattr(restore, "_fill", fail)
    with contextlib.suppress(Exception):
        restore.read(settings, saved)
    monkeypatch.undo()
    assert not inspect(create_engine(settings.database_url)).get_table_names()
    restore.read(settings, saved)


def test_the_commands_say_what_they_did_and_what_is_wrong(full, tmp_path, capsys, monkeypatch):
    from frontend.operations.__main__ import main

    settings = full[0]
    monkeypatch.setattr(Settings, "from_env", staticmethod(lambda *_: settings))
    file = tmp_path / "by-command.tar"
    assert main(["backup", str(file)]) == 0
    assert "1212 rows" in capsys.readouterr().out
    assert main(["inspect", str(file)]) == 0
    assert "is whole" in capsys.readouterr().out
    assert main(["restore", str(file)]) == 1
    assert "not empty" in capsys.readouterr().err
    assert main(["backup", str(file)]) == 1
    assert "there already" in capsys.readouterr().err


def test_memory_does_not_grow_with_the_backup(tmp_path):
    """Twenty megabytes of rows pass through in a few."""
    import tracemalloc

    settings = settings_in(tmp_path / "large")
    engine = create_engine(settings.database_url)
    migrate(engine)
    with writing(engine).begin() as connection:
        for start in range(0, 2000, 100):
            connection.execute(insert(AppDraft), [draft(n, os.urandom(5_000).hex()) for n in range(start, start + 100)])
    tracemalloc.start()
    try:
        backup.write(settings, tmp_path / "large.tar")
        restore.read(settings_in(tmp_path / "new"), tmp_path / "large.tar")
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert (tmp_path / "large.tar").stat().st_size > 20_000_000
    assert most < 15_000_000
