"""What every place that keeps content promises; each kind of store runs these tests on itself."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from frontend.content.documents import hash_of


class BehavesLikeAStore:
    """Tests on a fixture `store`; `other` is a second object on the same place, as another process has it."""

    def test_bytes_come_back_as_they_were_when_kept(self, store, other):
        for data in (b"", b"\0\xff" * 1000, "도깨비".encode(), b"x" * 3_000_000):
            store.put(hash_of(data), data)
            assert other.get(hash_of(data)) == data

    def test_nothing_is_given_when_nothing_was_kept(self, store):
        unknown = hash_of(b"never kept")
        assert store.get(unknown) is None
        assert store.part(unknown, 0, 10) is None
        assert store.mark(unknown) is None
        store.delete(unknown)

    def test_the_last_bytes_count_when_kept_twice(self, store, other):
        name = hash_of(b"right")
        store.put(name, b"wrong")
        store.put(name, b"right")
        store.put(name, b"right")
        assert other.get(name) == b"right"

    @pytest.mark.parametrize(
        ("first", "last", "wanted"),
        [(0, 0, b"0"), (0, 3, b"0123"), (2, 5, b"2345"), (7, 100, b"789"), (9, 9, b"9"), (10, 20, b"")],
    )
    def test_a_part_is_given_when_asked_for(self, store, first, last, wanted):
        data = b"0123456789"
        store.put(hash_of(data), data)
        assert store.part(hash_of(data), first, last) == wanted

    def test_a_mark_tells_the_size_and_the_time_of_keeping(self, store):
        data = b"marked"
        before = int(time.time())
        store.put(hash_of(data), data)
        mark = store.mark(hash_of(data))
        assert mark.size_bytes == 6
        assert before - 2 <= mark.kept_at_ts <= time.time() + 2

    def test_a_mark_changes_when_other_bytes_are_written(self, store, other):
        name = hash_of(b"first")
        store.put(name, b"first")
        mark = store.mark(name)
        assert other.mark(name) == mark
        other.put(name, b"other")
        assert store.mark(name) != mark

    def test_an_entry_is_gone_when_deleted(self, store, other):
        name = hash_of(b"short life")
        store.put(name, b"short life")
        other.delete(name)
        assert store.get(name) is None
        assert store.mark(name) is None

    def test_every_entry_is_listed_once(self, store, other):
        kept = {}
        for number in range(30):
            data = f"entry {number}".encode()
            store.put(hash_of(data), data)
            kept[hash_of(data)] = len(data)
        listed = list(other.marks())
        assert {name: mark.size_bytes for name, mark in listed} == kept
        assert len(listed) == len(kept)

    @pytest.mark.parametrize("name", ["", "0x12", "../../etc/passwd", "0x" + "AB" * 32, "0x" + "00" * 31 + "/."])
    def test_words_that_are_no_hash_are_refused(self, store, name):
        for act in (store.get, store.mark, store.delete, lambda found: store.put(found, b"x")):
            with pytest.raises(ValueError, match="not a hash"):
                act(name)

    def test_a_reader_sees_whole_bytes_when_many_write_at_once(self, store, other):
        name, sizes, seen = hash_of(b"contended"), (1, 700_000), set()
        store.put(name, b"a" * sizes[0])

        def write(letter: bytes) -> None:
            for size in sizes * 3:
                store.put(name, letter * size)

        with ThreadPoolExecutor() as pool:
            writers = [pool.submit(write, letter) for letter in (b"a", b"b", b"c")]
            while not all(writer.done() for writer in writers):
                data = other.get(name)
                seen.add((len(data), len(set(data))))
        for writer in writers:
            writer.result()
        assert seen <= {(size, 1) for size in sizes}
