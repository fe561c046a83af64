"""Sealed files behave the same in a folder and in a bucket of a real server that speaks S3 (moto)."""

from __future__ import annotations

import hashlib
import threading
import time
from dataclasses import replace

import pytest
from sqlalchemy import func, select, update

from frontend.config import Settings
from frontend.content import file_upkeep
from frontend.content.file_upkeep import WEEK_S, ListMissing, broken, remove_file, remove_piece, unlisted
from frontend.content.pieces import LIST_BYTES, MOST_PIECES, PIECE_BYTES, TooLarge, cid_of
from frontend.content.quota import FilesSpent
from frontend.errors import NotFound, Refused
from frontend.services import files as module
from frontend.services.files import Busy, FilesFull, SealedFiles
from frontend.store.database import Database, create_engine, writing
from frontend.store.models import AppFile, AppFilePiece
from tests.helpers.sealed import PIECE, Cut, sealed
from tests.helpers.tables import make_tables

WHO = {"account": "0x" + "a1" * 20, "network": "203.0.113.7"}
LONG_AGO = int(time.time()) - WEEK_S - 60
SMALL = sealed(3 * PIECE + 5_000)
ZEROS = bytes(PIECE)


@pytest.fixture(params=["folder", "s3"])
def settings(request, tmp_path):
    """Settings with a new place for files."""
    if request.param == "folder":
        return Settings.for_tests(tmp_path)
    return Settings.for_tests(tmp_path, content_bucket=request.getfixturevalue("s3_server").bucket("market/"))


@pytest.fixture
def db(settings):
    make_tables(settings.database_url)
    return Database(create_engine(settings.database_url))


@pytest.fixture
def files(settings, db):
    return SealedFiles(settings, db)


def sent(files, cut, numbers=None):
    for number, (name, piece) in enumerate(zip(cut.names, cut.pieces, strict=True)):
        if numbers is None or number in numbers:
            files.keep_piece("0x" + name, piece, **WHO)


def kept(files, cut):
    sent(files, cut)
    return files.keep(cut.piece_list, **WHO)


def read(files, file, first=0, last=None):
    return b"".join(files.read(file, first, file.size_bytes - 1 if last is None else last))


def refused(act):
    with pytest.raises(Refused) as found:
        act()
    return found.value.key


def count(db, table):
    with db.reading() as session:
        return session.execute(select(func.count()).select_from(table)).scalar_one()


def grow_old(db, *, files_too=True):
    with writing(db.engine).begin() as connection:
        connection.execute(update(AppFilePiece).values(kept_at_ts=LONG_AGO))
        if files_too:
            connection.execute(update(AppFile).values(kept_at_ts=LONG_AGO))


def named(monkeypatch, *hashes):
    monkeypatch.setattr(file_upkeep, "files_named", lambda _engine, asked: set(hashes) & set(asked))


def test_a_file_comes_back_byte_for_byte_under_the_hash_of_its_list(files):
    found = kept(files, SMALL)
    assert (found.hash, found.size_bytes) == (SMALL.hash, len(SMALL.data))
    assert files.is_whole(found.hash)
    assert files.size_of(found.hash) == len(SMALL.data)
    assert files.find(found.hash) == found
    assert files.piece_list(found.hash) == SMALL.piece_list
    assert read(files, found) == SMALL.data


@pytest.mark.parametrize(
    ("first", "last"), [(0, 0), (PIECE - 1, PIECE), (PIECE, 2 * PIECE - 1), (5, 3 * PIECE), (3 * PIECE + 10, None)]
)
def test_a_part_is_given_wherever_pieces_meet(files, first, last):
    found = kept(files, SMALL)
    assert read(files, found, first, last) == SMALL.data[first : None if last is None else last + 1]


def test_a_file_of_one_short_piece_is_kept(files):
    cut = sealed(1)
    assert read(files, kept(files, cut)) == cut.data


def test_an_upload_goes_on_where_it_was_cut_off(files):
    assert files.missing(SMALL.piece_list) == [0, 1, 2, 3]
    sent(files, SMALL, {0, 2})
    assert files.missing(SMALL.piece_list) == [1, 3]
    assert refused(lambda: files.keep(SMALL.piece_list, **WHO)) == "pieces_missing"
    assert not files.is_whole(SMALL.hash)
    sent(files, SMALL, {1, 3})
    assert files.missing(SMALL.piece_list) == []
    files.keep(SMALL.piece_list, **WHO)
    assert files.is_whole(SMALL.hash), "a file that was just made whole is not taken for the broken one of before"


def test_a_piece_is_told_as_new_once(files):
    name, piece = "0x" + SMALL.names[0], SMALL.pieces[0]
    assert files.keep_piece(name, piece, **WHO) is True
    assert files.keep_piece(name, piece, **WHO) is False


def test_nothing_is_kept_when_a_piece_is_not_what_it_is_called(files, db):
    name = "0x" + SMALL.names[0]
    assert refused(lambda: files.keep_piece(name, SMALL.pieces[1], **WHO)) == "other_hash"
    assert refused(lambda: files.keep_piece(name, b"", **WHO)) == "empty_piece"
    too_long = bytes(PIECE + 1)
    with pytest.raises(TooLarge):
        files.keep_piece("0x" + hashlib.sha256(too_long).hexdigest(), too_long, **WHO)
    assert list(files.store.marks()) == []
    assert count(db, AppFilePiece) == 0


def test_a_list_is_refused_when_it_is_none_or_names_too_much(files):
    for piece_list in (b"", b"x", SMALL.piece_list + b"x", SMALL.piece_list[:-1]):
        assert refused(lambda piece_list=piece_list: files.missing(piece_list)) == "bad_piece_list"
        assert refused(lambda piece_list=piece_list: files.keep(piece_list, **WHO)) == "bad_piece_list"
    with pytest.raises(TooLarge):
        files.missing(bytes(LIST_BYTES + 32))
    with pytest.raises(TooLarge):
        files.keep(bytes(32) * 10_000_000, **WHO)
    assert len(files.missing(bytes(LIST_BYTES))) == MOST_PIECES


def test_a_file_is_refused_when_a_piece_in_its_middle_is_short(files):
    sent(files, SMALL)
    turned = Cut(SMALL.data).names
    wrong = b"".join(bytes.fromhex(name) for name in (turned[0], turned[3], turned[1]))
    assert refused(lambda: files.keep(wrong, **WHO)) == "bad_piece_size"


def test_what_is_not_sealed_is_refused_with_words_that_say_so(files, db):
    for data in (b"%PDF-1.7" + bytes(5_000), b"-----BEGIN AGE ENCRYPTED FILE-----\n", b"age-encryption.org/v1"):
        with pytest.raises(Refused, match="not sealed") as problem:
            kept(files, Cut(data))
        assert problem.value.key == "not_sealed"
    assert count(db, AppFile) == 0


def test_a_gigabyte_of_zeros_takes_the_room_of_one_piece(files, db):
    first = (b"age-encryption.org/v1\n").ljust(PIECE, b"\0")
    cut = Cut(first)
    sent(files, cut)
    files.keep_piece("0x" + hashlib.sha256(ZEROS).hexdigest(), ZEROS, **WHO)
    piece_list = cut.piece_list + hashlib.sha256(ZEROS).digest() * 1023
    found = files.keep(piece_list, **WHO)
    assert found.size_bytes == 1024 * PIECE
    assert sum(mark.size_bytes for _, mark in files.store.marks()) == 2 * PIECE + len(piece_list)
    assert files.is_whole(found.hash)
    assert read(files, found, 1023 * PIECE - 7, 1023 * PIECE + 7) == bytes(15)
    zeros = hashlib.sha256(ZEROS).digest() * 1024
    assert refused(lambda: files.keep(zeros, **WHO)) == "not_sealed"


def test_a_file_is_not_whole_when_a_piece_or_its_list_is_gone(files, monkeypatch):
    monkeypatch.setattr(module, "WHOLE_FOR_S", 0)
    monkeypatch.setattr(files.store, "believed_for_s", 0)
    found = kept(files, SMALL)
    for name in ("0x" + SMALL.names[2], found.hash):
        data = files.store.get(name)
        assert files.is_whole(found.hash)
        files.store.delete(name)
        assert not files.is_whole(found.hash)
        with pytest.raises(NotFound) as problem:
            files.find(found.hash)
        assert problem.value.key == "file_not_whole"
        files.store.put(name, data)
        assert files.is_whole(found.hash)
    files.store.put("0x" + SMALL.names[2], SMALL.pieces[2][:-1])
    assert not files.is_whole(found.hash), "a piece that was cut off counts as missing"
    assert files.missing(SMALL.piece_list) == [2]
    sent(files, SMALL, {2})
    assert files.is_whole(found.hash)


def test_nobody_waits_for_a_thousand_looks_when_asked_again(files, monkeypatch):
    found = kept(files, SMALL)
    looks = []
    mark = files.store.mark
    monkeypatch.setattr(files.store, "mark", lambda name: (looks.append(name), mark(name))[1])
    files._whole = type(files._whole)(10_000)
    assert files.is_whole(found.hash)
    assert len(looks) == 4
    assert files.is_whole(found.hash)
    assert len(looks) == 4


def test_an_altered_piece_is_never_given_and_can_be_sent_again(files):
    found = kept(files, SMALL)
    files.store.put("0x" + SMALL.names[1], SMALL.pieces[0])  # as long, but another one
    slices = files.read(found, 0, found.size_bytes - 1)
    came = [next(slices) for _ in range(PIECE // module.SLICE_BYTES)]
    assert b"".join(came) == SMALL.pieces[0]
    with pytest.raises(ConnectionResetError):
        next(slices)
    with pytest.raises(NotFound):
        next(files.read(found, PIECE, PIECE))
    assert not files.is_whole(found.hash), "what a download has found out is known at once"
    sent(files, SMALL, {1})
    assert read(files, found) == SMALL.data


def test_never_more_than_a_piece_is_read_at_a_time(files, monkeypatch):
    found = kept(files, SMALL)
    asked = []
    part = files.store.part
    monkeypatch.setattr(files.store, "part", lambda name, *at: (asked.append((name, at)), part(name, *at))[1])
    slices = files.read(found, 0, found.size_bytes - 1)
    next(slices)
    assert asked == [(SMALL.hash, (0, PIECE)), ("0x" + SMALL.names[0], (0, PIECE))]


def test_a_reader_is_left_when_a_piece_takes_too_long(files, monkeypatch):
    found = kept(files, SMALL)
    monkeypatch.setattr(module, "PIECE_TAKEN_S", -1)
    with pytest.raises(ConnectionResetError):
        read(files, found)


def test_an_account_is_held_to_its_day_and_a_network_to_five_times_that(settings, db):
    files = SealedFiles(replace(settings, files_bytes_a_day=2 * PIECE), db)
    sent(files, SMALL, {0, 1})
    with pytest.raises(FilesSpent) as problem:
        sent(files, SMALL, {2})
    assert problem.value.status == 429
    assert files.missing(SMALL.piece_list) == [2, 3], "what came before stays"
    for number in range(4):
        for piece in SMALL.pieces[:2]:
            name = "0x" + hashlib.sha256(piece).hexdigest()
            files.keep_piece(name, piece, account=f"0x{number:040x}", network=WHO["network"])
    with pytest.raises(FilesSpent):
        files.keep_piece("0x" + SMALL.names[0], SMALL.pieces[0], account="0x" + "b2" * 20, network=WHO["network"])
    files.keep_piece("0x" + SMALL.names[0], SMALL.pieces[0], account="0x" + "b2" * 20, network="198.51.100.1")


def test_a_small_piece_counts_too_so_that_nobody_sends_them_without_end(settings, db):
    files = SealedFiles(replace(settings, files_bytes_a_day=256 * 1024), db)
    for number in range(4):
        files.keep_piece("0x" + hashlib.sha256(bytes([number])).hexdigest(), bytes([number]), **WHO)
    with pytest.raises(FilesSpent):
        files.keep_piece("0x" + hashlib.sha256(b"x").hexdigest(), b"x", **WHO)


def test_nothing_new_is_taken_when_all_room_is_used(settings, db):
    files = SealedFiles(replace(settings, files_bytes=2 * PIECE), db)
    sent(files, SMALL, {0, 1})
    with pytest.raises(FilesFull) as problem:
        sent(files, SMALL, {2})
    assert problem.value.status == 507
    sent(files, SMALL, {0})
    assert files.missing(SMALL.piece_list) == [2, 3]


def test_half_of_the_threads_stay_for_pages_when_many_download(files):
    files.begin_download()
    files.begin_download()
    with pytest.raises(Busy):
        files.begin_download()
    files.end_download()
    files.begin_download()


def test_what_no_listing_names_goes_after_a_week_and_takes_its_pieces_along(files, db, monkeypatch):
    listed, loose = SMALL, Cut(sealed(PIECE).data + SMALL.pieces[1])  # pieces of both would be cut differently
    shared = b"".join(bytes.fromhex(name) for name in (listed.names[0], listed.names[1], loose.names[-1]))
    kept(files, listed)
    sent(files, loose)
    unnamed = files.keep(shared, **WHO)
    named(monkeypatch, listed.hash)
    nothing = unlisted(db, files.store)
    assert (nothing.files, nothing.pieces) == ([], {})
    grow_old(db)
    files.keep_piece("0x" + hashlib.sha256(b"young").hexdigest(), b"young", **WHO)
    found = unlisted(db, files.store)
    assert found.files == [unnamed.hash]
    wanted = {"0x" + name: len(piece) for name, piece in zip(loose.names, loose.pieces, strict=True)}
    assert found.pieces == wanted | {unnamed.hash: len(shared)}
    assert all(remove_file(db, name) for name in found.files)
    assert all(remove_piece(db, files.store, name) for name in found.pieces)
    assert read(files, files.find(listed.hash)) == listed.data
    assert files.size_of(unnamed.hash) is None
    assert {name for name, _ in files.store.marks()} == {
        listed.hash, "0x" + hashlib.sha256(b"young").hexdigest(), *("0x" + name for name in listed.names)
    }  # fmt: skip


def test_a_file_stays_when_its_list_is_given_again_or_it_is_about_to_be_listed(files, db, monkeypatch):
    named(monkeypatch)
    found = kept(files, SMALL)
    grow_old(db)
    assert unlisted(db, files.store).files == [found.hash]
    files.renew(found.hash)
    after = unlisted(db, files.store)
    assert (after.files, after.pieces) == ([], {})
    grow_old(db)
    going = unlisted(db, files.store)
    files.keep(SMALL.piece_list, **WHO)
    assert not remove_file(db, found.hash)
    assert not any(remove_piece(db, files.store, name) for name in going.pieces)
    assert files.is_whole(found.hash)


def test_a_piece_stays_when_it_is_sent_while_it_is_cleaned_away(files, db, monkeypatch):
    named(monkeypatch)
    name = "0x" + SMALL.names[0]
    sent(files, SMALL, {0})
    grow_old(db)
    delete, put = files.store.delete, files.store.put
    sending = threading.Thread(target=lambda: sent(files, SMALL, {0}))
    has_put = threading.Event()

    def put_and_tell(name, data):
        put(name, data)
        has_put.set()

    def while_sending(name):
        sending.start()
        assert has_put.wait(10)
        delete(name)

    # counting waits for the clean-up as well; whoever was counted before is the one who can meet it
    monkeypatch.setattr(files.quota, "spend", lambda *_: None)
    monkeypatch.setattr(files.store, "put", put_and_tell)
    monkeypatch.setattr(files.store, "delete", while_sending)
    assert remove_piece(db, files.store, name)
    sending.join(10)
    assert files.store.get(name) == SMALL.pieces[0]
    assert files.missing(SMALL.piece_list) == [1, 2, 3]


def test_a_list_is_refused_when_a_piece_is_cleaned_away_just_then(files, db, monkeypatch):
    sent(files, SMALL)
    grow_old(db)
    put = files.store.put

    def put_after_cleaning(name, data):
        put(name, data)
        remove_piece(db, files.store, "0x" + SMALL.names[2])

    monkeypatch.setattr(files.store, "put", put_after_cleaning)
    assert refused(lambda: files.keep(SMALL.piece_list, **WHO)) == "pieces_missing"
    assert files.size_of(SMALL.hash) is None


def test_nothing_is_cleaned_away_when_a_kept_list_is_lost(files, db, monkeypatch):
    kept(files, SMALL)
    named(monkeypatch, SMALL.hash)
    grow_old(db)
    files.store.delete(SMALL.hash)
    with pytest.raises(ListMissing, match=SMALL.hash):
        unlisted(db, files.store)


def test_a_listed_file_is_told_as_broken_when_a_piece_is_altered(files, db, monkeypatch):
    kept(files, SMALL)
    named(monkeypatch)
    files.store.put("0x" + SMALL.names[3], b"other")
    assert list(broken(db, files.store)) == []
    named(monkeypatch, SMALL.hash)
    assert list(broken(db, files.store)) == [SMALL.hash]
    sent(files, SMALL, {3})
    assert list(broken(db, files.store)) == []


def test_a_piece_has_the_name_that_ipfs_gives_it():
    # `printf hello | ipfs add --cid-version=1 --raw-leaves -q`
    assert cid_of("0x" + hashlib.sha256(b"hello").hexdigest()) == (
        "bafkreibm6jg3ux5qumhcn2b3flc3tyu6dmlb4xa7u5bf44yegnrjhc4yeq"
    )
    assert PIECE_BYTES == PIECE
