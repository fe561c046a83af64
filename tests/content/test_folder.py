"""Content in a folder."""

from __future__ import annotations

import os
import stat
import time

import pytest

from frontend.content.documents import hash_of
from frontend.content.folder import Folder
from frontend.content.store import StoreDown
from tests.content.behaves_like_a_store import BehavesLikeAStore

NAME = hash_of(b"light")


class TestFolder(BehavesLikeAStore):
    @pytest.fixture
    def store(self, tmp_path):
        return Folder(tmp_path / "content")

    @pytest.fixture
    def other(self, tmp_path):
        return Folder(tmp_path / "content")


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "content")


def test_files_are_readable_by_owner_and_group_only_when_written(folder):
    before = os.umask(0)
    try:
        folder.put(NAME, b"light")
    finally:
        os.umask(before)
    path = folder.path(NAME)
    assert path == folder.folder / NAME[2:4] / NAME
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o750


def test_old_bytes_stay_when_the_disk_fails_while_writing(folder, monkeypatch):
    folder.put(NAME, b"light")

    def full(descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreDown):
        folder.put(NAME, b"other")
    assert folder.get(NAME) == b"light"
    assert [path.name for path in folder.path(NAME).parent.iterdir()] == [NAME]


def test_bytes_are_on_the_disk_before_they_get_their_name(folder, monkeypatch):
    flushed = []
    fsync = os.fsync

    def watched(descriptor):
        flushed.append((os.fstat(descriptor).st_size, folder.path(NAME).exists()))
        fsync(descriptor)

    monkeypatch.setattr(os, "fsync", watched)
    folder.put(NAME, b"light")
    assert flushed[0] == (5, False)
    assert flushed[1][1] is True


def test_leftovers_are_swept_up_when_listing_and_old(folder):
    folder.put(NAME, b"light")
    old, young = (folder.path(NAME).with_name(f"{NAME}.{kind}.tmp") for kind in ("old", "young"))
    for path in (old, young):
        path.write_bytes(b"half")
    os.utime(old, (time.time() - 90_000,) * 2)
    assert [name for name, _ in folder.marks()] == [NAME]
    assert not old.exists()
    assert young.exists()


def test_store_is_told_as_down_when_the_folder_is_a_file(tmp_path):
    (tmp_path / "content").write_text("not a folder")
    broken = Folder(tmp_path / "content")
    for act in (lambda: broken.put(NAME, b"light"), lambda: broken.get(NAME), lambda: broken.mark(NAME)):
        with pytest.raises(StoreDown):
            act()


def test_a_mark_changes_when_a_file_is_altered_and_its_time_set_back(folder):
    folder.put(NAME, b"light")
    before, mark = folder.path(NAME).stat(), folder.mark(NAME)
    folder.path(NAME).write_bytes(b"LIGHT")
    os.utime(folder.path(NAME), ns=(before.st_atime_ns, before.st_mtime_ns))
    assert folder.mark(NAME) != mark
