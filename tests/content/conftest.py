"""A real server that speaks S3, in a process of its own."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import boto3
import pytest

from frontend.config import Bucket
from tools.places import ROOT

PATIENCE_S = 30


class S3Server:
    """A server on a port of this machine. Until it is started nobody listens there, and nobody else can."""

    def __init__(self) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.port = int(self.socket.getsockname()[1])
        self.process: subprocess.Popen[bytes] | None = None
        self.buckets = 0

    def start(self) -> None:
        """Start it and wait until it answers."""
        given = self.socket.fileno()
        command = [sys.executable, "-m", "tests.content.s3_server", str(given)]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen(command, cwd=ROOT, pass_fds=[given], **quiet)
        self.socket.close()
        deadline = time.monotonic() + PATIENCE_S
        while not self._answers():
            assert self.process.poll() is None, "the S3 server ended"
            assert time.monotonic() < deadline, "the S3 server does not start"
            time.sleep(0.1)

    def stop(self) -> None:
        """End it."""
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        self.process.wait(10)

    def sleep(self) -> None:
        """Let it accept connections and never answer."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGSTOP)

    def wake(self) -> None:
        """Let it answer again."""
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def bucket(self, prefix: str = "") -> Bucket:
        """Give a new bucket."""
        self.buckets += 1
        found = Bucket(
            f"market-{self.buckets}", f"http://127.0.0.1:{self.port}", "us-east-1", "test", "not a secret", prefix
        )
        self.client(found).create_bucket(Bucket=found.name)
        return found

    def client(self, bucket: Bucket):
        """Give a plain client, as an operator's tool has it."""
        return boto3.session.Session().client(
            "s3",
            endpoint_url=bucket.endpoint,
            region_name=bucket.region,
            aws_access_key_id=bucket.key_id,
            aws_secret_access_key=bucket.secret,
        )

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
        try:
            connection.request("GET", "/moto-api/")
            return connection.getresponse().status < 500
        except OSError:
            return False
        finally:
            connection.close()


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3Server]:
    server = S3Server()
    server.start()
    with pytest.MonkeyPatch.context() as patch:
        # each session reads anew how S3 is spoken, for longer than most tests here last; a process of the market has one
        shared = boto3.session.Session()
        patch.setattr(boto3.session, "Session", lambda: shared)
        yield server
    server.stop()
