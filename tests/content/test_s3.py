"""Content in a bucket of a real server that speaks S3 (moto)."""

from __future__ import annotations

import dataclasses
import logging
import time
from types import SimpleNamespace

import pytest

from frontend.content import s3 as module
from frontend.content.documents import hash_of
from frontend.content.findings import Findings, State
from frontend.content.s3 import S3
from frontend.content.store import StoreDown
from tests.content.behaves_like_a_store import BehavesLikeAStore
from tests.content.conftest import S3Server

NAME = hash_of(b"light")


class TestS3(BehavesLikeAStore):
    @pytest.fixture(params=["", "market/one/"], ids=["whole bucket", "under a prefix"])
    def bucket(self, request, s3_server):
        return s3_server.bucket(request.param)

    @pytest.fixture
    def store(self, bucket):
        return S3(bucket)

    @pytest.fixture
    def other(self, bucket):
        return S3(bucket)


@pytest.fixture
def bucket(s3_server):
    return s3_server.bucket()


def test_what_others_keep_in_the_bucket_is_left_alone(s3_server, bucket):
    store = S3(dataclasses.replace(bucket, prefix="ours/"))
    store.put(NAME, b"light")
    for key in (NAME, f"theirs/{NAME[2:4]}/{NAME}", "ours/readme.txt", f"ours/{NAME}"):
        s3_server.client(bucket).put_object(Bucket=bucket.name, Key=key, Body=b"theirs")
    assert [name for name, _ in store.marks()] == [NAME]
    store.delete(NAME)
    left = s3_server.client(bucket).list_objects_v2(Bucket=bucket.name)
    assert left["KeyCount"] == 4


def test_all_is_listed_when_there_are_more_objects_than_one_answer_holds(s3_server, bucket):
    store = S3(bucket)
    names = {hash_of(str(number).encode()) for number in range(1_050)}
    for name in names:
        store.put(name, b"x")
    assert {name for name, _ in store.marks()} == names


def test_store_is_down_and_nothing_secret_is_logged_when_the_bucket_is_missing(bucket, caplog):
    store = S3(dataclasses.replace(bucket, name="no-such-bucket"))
    with caplog.at_level(logging.INFO, "frontend"):
        for act in (lambda: store.get(NAME), lambda: store.put(NAME, b"light"), lambda: list(store.marks())):
            with pytest.raises(StoreDown):
                act()
    assert "NoSuchBucket" in caplog.text
    assert bucket.secret not in caplog.text
    assert bucket.secret not in repr(bucket)


def test_store_is_left_alone_for_seconds_and_comes_back_when_nobody_listened(bucket, monkeypatch):
    server, now_s = S3Server(), [1000.0]
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: now_s[0]))
    there = dataclasses.replace(bucket, endpoint=f"http://127.0.0.1:{server.port}")
    store, asked = S3(there), []
    monkeypatch.setattr(store, "_client", lambda: (asked.append(now_s[0]), S3._client(store))[1])
    with pytest.raises(StoreDown):
        store.put(NAME, b"light")
    server.start()
    try:
        server.client(there).create_bucket(Bucket=bucket.name)
        for now_s[0] in (1000.0, 1000.0 + module.AWAY_FOR_S - 0.1):
            with pytest.raises(StoreDown):
                store.get(NAME)
        assert asked == [1000.0], "each card of a page would wait for the store"
        now_s[0] = 1000.0 + module.AWAY_FOR_S + 0.1
        store.put(NAME, b"light")
        assert store.get(NAME) == b"light"
    finally:
        server.stop()


def test_store_is_down_in_bounded_time_and_loses_nothing_when_the_server_hangs(s3_server, bucket, monkeypatch):
    monkeypatch.setattr(module, "READ_S", 1)
    monkeypatch.setattr(module, "AWAY_FOR_S", 0.0)
    store = S3(bucket)
    store.put(NAME, b"light")
    s3_server.sleep()
    try:
        began = time.monotonic()
        with pytest.raises(StoreDown):
            store.get(NAME)
        with pytest.raises(StoreDown):
            store.put(hash_of(b"new"), b"new")
        assert time.monotonic() - began < 15
    finally:
        s3_server.wake()
    assert store.get(NAME) == b"light"


def test_a_description_is_shown_while_the_store_is_away_when_it_was_seen_before(s3_server, bucket, monkeypatch):
    data = b'{"title":"Lamp","text":"Blue."}'
    store = S3(bucket)
    store.put(hash_of(data), data)
    findings = Findings(store)
    assert findings.look(hash_of(data)).state is State.MATCHING
    monkeypatch.setattr(store, "believed_for_s", -1)
    monkeypatch.setattr(store, "_away_until", time.monotonic() + 60)
    assert findings.look(hash_of(data)).document.title == "Lamp"
    assert findings.look(NAME).state is State.UNREACHABLE


def test_an_object_altered_in_the_bucket_is_found_when_looked_at_again(s3_server, bucket, monkeypatch):
    data = b'{"title":"Lamp","text":"Blue."}'
    store = S3(bucket)
    store.put(hash_of(data), data)
    findings = Findings(store)
    assert findings.look(hash_of(data)).state is State.MATCHING
    key = f"{hash_of(data)[2:4]}/{hash_of(data)}"
    s3_server.client(bucket).put_object(Bucket=bucket.name, Key=key, Body=data.replace(b"Blue", b"Gold"))
    assert findings.look(hash_of(data)).state is State.MATCHING, "it is believed for some minutes"
    monkeypatch.setattr(store, "believed_for_s", -1)
    assert findings.look(hash_of(data)).state is State.ALTERED
    assert findings.matching(hash_of(data)) == (State.ALTERED, b"")
