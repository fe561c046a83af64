"""The follower as a process: its own figures, and its end after the step under way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families

from frontend.config import ROOT
from tests.frontend.chain.test_web_server import wait_for
from tests.helpers.tables import make_tables
from tools.chain import HOST, free_port


@contextmanager
def following(site, folder: Path, rpc_url: str) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """Run a follower on a database of its own; give its process and the port of its figures."""
    port = free_port()
    url = f"sqlite:///{folder / 'own.db'}"
    make_tables(url)
    environ = os.environ | {
        "DATABASE_URL": url,
        "RPC_URL": rpc_url,
        "CHAIN_ID": "31337",
        "ORIGIN": "http://127.0.0.1:9",
        "CONTENT_DIR": str(folder),
        "SECRET_KEY": "k" * 40,
        "DEPLOYMENTS_DIR": str(site.index.settings.deployments_dir),
        "METRICS_BIND": f"{HOST}:{port}",
        "LOG_FORMAT": "json",
    }
    with (folder / "follower.log").open("wb") as log:
        command = [sys.executable, "-m", "frontend.index", "follow"]
        process = subprocess.Popen(command, cwd=ROOT, env=environ, stderr=log, stdout=log)
    try:
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def figure(port: int, name: str, **labels: str) -> float:
    """Give one figure, -1 while there is none."""
    try:
        with urllib.request.urlopen(f"http://{HOST}:{port}/metrics", timeout=10) as answer:
            told = answer.read().decode()
    except OSError:
        return -1
    for family in text_string_to_metric_families(told):
        for sample in family.samples:
            if sample.name == name and sample.labels == labels:
                return float(sample.value)
    return -1


def test_a_follower_tells_its_steps_and_ends_when_asked(site, tmp_path):
    with following(site, tmp_path, site.market.url) as (process, port):
        wait_for(lambda: figure(port, "dokkaebi_follower_steps_total") >= 2, process, 120)
        assert figure(port, "dokkaebi_node_up") == 1
        assert figure(port, "dokkaebi_index_lag_blocks") == 0
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        assert time.monotonic() - began < 10
    assert "Traceback" not in (tmp_path / "follower.log").read_text()


def test_a_follower_whose_node_is_away_counts_that(site, tmp_path):
    with following(site, tmp_path, f"http://{HOST}:{free_port()}") as (process, port):
        wait_for(lambda: figure(port, "dokkaebi_node_errors_total", kind="NodeDown") >= 2, process, 120)
        assert figure(port, "dokkaebi_follower_steps_total") == 0
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
