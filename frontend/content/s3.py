"""Bytes in a bucket of an S3-compatible store: <prefix><first two hex digits>/<hash>."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from frontend.config import Bucket
from frontend.content.documents import HASH
from frontend.content.store import Mark, StoreDown

log = logging.getLogger(__name__)

CONNECT_S, READ_S, TRIES = 3, 10, 2
AWAY_FOR_S = 5.0
BELIEVED_FOR_S = 600
NOT_THERE = {"NoSuchKey", "404", "NotFound"}
BEHIND_THE_END = {"InvalidRange", "416"}


class S3:
    """A store in a bucket. Nothing is asked before the first use."""

    believed_for_s = BELIEVED_FOR_S

    def __init__(self, bucket: Bucket) -> None:
        self._bucket = bucket
        self._lock = threading.Lock()
        self._made: Any = None
        self._away_until = 0.0

    def put(self, content_hash: str, data: bytes) -> None:
        """Write an object; S3 shows it whole or not at all."""
        with self._asking("put") as client:
            client.put_object(**self._at(content_hash), Body=data, ContentType="application/octet-stream")

    def get(self, content_hash: str) -> bytes | None:
        """Read an object."""
        return self._read(content_hash)

    def part(self, content_hash: str, first: int, last: int) -> bytes | None:
        """Read a part of an object."""
        return self._read(content_hash, Range=f"bytes={first}-{last}")

    def mark(self, content_hash: str) -> Mark | None:
        """Ask for an object's size, tag and time."""
        with self._asking("look") as client:
            try:
                head = client.head_object(**self._at(content_hash))
            except _client_error() as problem:
                if _code(problem) in NOT_THERE:
                    return None
                raise
            return _mark(head["ContentLength"], head)

    def delete(self, content_hash: str) -> None:
        """Remove an object."""
        with self._asking("delete") as client:
            client.delete_object(**self._at(content_hash))

    def marks(self) -> Iterator[tuple[str, Mark]]:
        """List the bucket, a thousand objects at a time; what is not ours in it is passed over."""
        with self._asking("list") as client:
            pages = client.get_paginator("list_objects_v2")
            for page in pages.paginate(Bucket=self._bucket.name, Prefix=self._bucket.prefix):
                for entry in page.get("Contents", ()):
                    content_hash = entry["Key"].rpartition("/")[2]
                    if HASH.fullmatch(content_hash) and entry["Key"] == self._key(content_hash):
                        yield content_hash, _mark(entry["Size"], entry)

    def _read(self, content_hash: str, **how: str) -> bytes | None:
        with self._asking("get") as client:
            try:
                return bytes(client.get_object(**self._at(content_hash), **how)["Body"].read())
            except _client_error() as problem:
                if _code(problem) in BEHIND_THE_END:
                    return b""
                if _code(problem) in NOT_THERE:
                    return None
                raise

    def _key(self, content_hash: str) -> str:
        if not HASH.fullmatch(content_hash):
            raise ValueError("not a hash")
        return f"{self._bucket.prefix}{content_hash[2:4]}/{content_hash}"

    def _at(self, content_hash: str) -> dict[str, str]:
        return {"Bucket": self._bucket.name, "Key": self._key(content_hash)}

    @contextmanager
    def _asking(self, what: str) -> Iterator[Any]:
        """Give the client, and tell what goes wrong as StoreDown.

        A store that did not answer is left alone for some seconds: a page with many cards must not wait for each of them.
        """
        from botocore.exceptions import BotoCoreError, ClientError

        if time.monotonic() < self._away_until:
            raise StoreDown
        try:
            yield self._client()
        except ClientError as problem:
            # the code only: the message may name the key id
            log.error("The S3 store refused to %s: %s", what, _code(problem))
            raise StoreDown from None
        except (BotoCoreError, OSError) as problem:
            self._away_until = time.monotonic() + AWAY_FOR_S
            log.error("The S3 store does not answer (%s): %s", what, type(problem).__name__)
            raise StoreDown from None

    def _client(self) -> Any:
        """Give the client, made at the first use, so that each worker process has one of its own."""
        with self._lock:
            if self._made is None:
                self._made = _connect(self._bucket)
            return self._made


def _connect(bucket: Bucket) -> Any:
    import boto3  # slow to import, and only this store needs it
    from botocore.config import Config

    config = Config(
        connect_timeout=CONNECT_S,
        read_timeout=READ_S,
        retries={"total_max_attempts": TRIES, "mode": "standard"},
        s3={"addressing_style": "path"},
        # newer checksums are unknown to many stores that speak S3; we compare hashes ourselves
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=bucket.endpoint,
        region_name=bucket.region,
        aws_access_key_id=bucket.key_id,
        aws_secret_access_key=bucket.secret,
        config=config,
    )


def _client_error() -> Any:
    from botocore.exceptions import ClientError

    return ClientError


def _code(problem: Any) -> str:
    return str(problem.response.get("Error", {}).get("Code", "unknown"))


def _mark(size_bytes: int, told: dict[str, Any]) -> Mark:
    changed_at_ts = int(told["LastModified"].timestamp())
    return Mark(size_bytes, f"{told['ETag']}.{changed_at_ts}", changed_at_ts)
