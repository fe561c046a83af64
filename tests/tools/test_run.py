"""The supervisor of `make run`, with a real node and a real web server; only what they serve is a stand-in.

Each test gets a small checkout of its own: the real tools/, and a market of a few lines that notes each of its calls.
"""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from tools import chain
from tools.places import NODE_MODULES, ROOT

PATIENCE_S = 90  # a busy machine is slow to end a process too

BROWNIE = """#!{python}
# Stands in for `brownie run scripts/deploy/everything.py`: one contract, and its record.
import json, os, pathlib, sys
from tools import chain
url = os.environ["TEST_RPC_URL"]
sender = chain.rpc(url, "eth_accounts")[0]
sent = chain.rpc(url, "eth_sendTransaction", [{{"from": sender, "data": "0x600160005360016000f3", "gas": "0x30d40"}}])
while (receipt := chain.rpc(url, "eth_getTransactionReceipt", [sent])) is None:
    pass
address = receipt["contractAddress"]
record = {{"genesisHash": chain.genesis_hash(url), "contracts": {{"Market": {{"address": address}}}}}}
pathlib.Path("deployments").mkdir(exist_ok=True)
pathlib.Path("deployments/31337.json").write_text(json.dumps(record))
pathlib.Path("calls").open("a").write("deploy\\n")
print("deployed by", " ".join(sys.argv[1:]))
"""
WEB = """
import os

def create_app_from_env():
    def app(environ, start_response):
        start_response("200 OK", [("Content-Type", "text/plain")])
        return [os.environ["ORIGIN"].encode()]
    return app
"""
INDEX = """
import pathlib, sys, time
pathlib.Path("calls").open("a").write(sys.argv[1] + "\\n")
if sys.argv[1] == "follow":
    while not pathlib.Path("break-the-follower").exists():
        time.sleep(0.1)
    print("the follower lost its way")
    sys.exit(3)
"""
OPERATIONS = """
import os, sys
assert sys.argv[1] == "serve"
words = ["--workers", os.environ["WEB_WORKERS"], "--bind", os.environ["WEB_BIND"], "frontend:create_app_from_env()"]
os.execv(sys.executable, [sys.executable, "-m", "gunicorn", *words])
"""
DEMO = """
import pathlib, sys
pathlib.Path("calls").open("a").write(sys.argv[1] + "\\n")
print("two of two listings")
"""
DELIVER = """
import time

def main(words):
    assert "--watch" in words
    while True:
        time.sleep(0.1)
"""
START = """
import sys
from tools import chain, run
chain.KINDS["anvil"] = chain.Kind("anvil", 31337, int(sys.argv[1]))
sys.exit(run.main(["--chain", "anvil", "--port", sys.argv[2]]))
"""
RESET = """
import sys
from tools import chain, reset
chain.KINDS["anvil"] = chain.Kind("anvil", 31337, int(sys.argv[1]))
sys.exit(reset.main(["--chain", "anvil"]))
"""


class Checkout:
    """A checkout in a temporary folder, and the market that runs from it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.chain_port, self.web_port = chain.free_port(), chain.free_port()
        self.market: subprocess.Popen[str] | None = None
        shutil.copytree(ROOT / "tools", root / "tools", ignore=shutil.ignore_patterns("__pycache__"))
        (root / "node_modules").symlink_to(NODE_MODULES)
        self._make_venv()
        parts = {"__init__": WEB, "index": INDEX, "operations": OPERATIONS, "demo": DEMO}
        files = {f"frontend/{name}.py": text for name, text in parts.items()}
        for path, text in {**files, "scripts/operate/deliver_files.py": DELIVER}.items():
            (root / path).parent.mkdir(parents=True, exist_ok=True)
            (root / path).write_text(text)

    def _make_venv(self) -> None:
        real, ours = Path(sys.prefix), self.root / ".venv"
        (ours / "bin").mkdir(parents=True)
        shutil.copy(real / "pyvenv.cfg", ours)
        (ours / "lib").symlink_to(real / "lib")
        (ours / "bin" / "python").symlink_to(Path(sys.executable).resolve())
        brownie = ours / "bin" / "brownie"
        brownie.write_text(BROWNIE.format(python=ours / "bin" / "python"))
        brownie.chmod(0o755)

    def python(self, program: str, *words: object) -> subprocess.Popen[str]:
        env = os.environ | {"OPEN": "0", "PYTHONPATH": str(self.root), "TEST_RPC_URL": self.rpc_url}
        env.pop("MAKELEVEL", None)
        return subprocess.Popen(
            [str(self.root / ".venv" / "bin" / "python"), "-c", program, *map(str, words)],
            cwd=self.root,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    @property
    def rpc_url(self) -> str:
        return f"http://127.0.0.1:{self.chain_port}"

    def start(self) -> subprocess.Popen[str]:
        self.market = self.python(START, self.chain_port, self.web_port)
        return self.market

    def start_and_wait(self) -> str:
        """Start the market and give what it says up to its last line."""
        self.start()
        said = ""
        for line in self.market.stdout:
            said += line
            if "Ctrl-C" in line:
                return said
        raise AssertionError(f"the market did not open:\n{said}")

    def end(self, number: int) -> tuple[int, str]:
        self.market.send_signal(number)
        rest = self.market.communicate(timeout=PATIENCE_S)[0]
        return self.market.returncode, rest

    def reset(self) -> tuple[int, str]:
        process = self.python(RESET, self.chain_port)
        said = process.communicate(timeout=PATIENCE_S)[0]
        return process.returncode, said

    def calls(self) -> list[str]:
        return (self.root / "calls").read_text().split()

    def living(self) -> list[str]:
        """Give the command line of every process that belongs to this checkout."""
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
                at = (folder / "cwd").readlink()
            except OSError:
                continue
            if any(words) and (at == self.root or str(self.root) in " ".join(words)):
                found.append(" ".join(words))
        return found

    def wait_until_nothing_lives(self, limit_s: float) -> list[str]:
        deadline = time.monotonic() + limit_s
        while self.living() and time.monotonic() < deadline:
            time.sleep(0.1)
        return self.living()


@pytest.fixture
def checkout(tmp_path):
    made = Checkout(tmp_path.resolve() / "checkout")
    yield made
    if made.market is not None and made.market.poll() is None:
        made.market.kill()
        made.market.communicate()
    assert made.wait_until_nothing_lives(PATIENCE_S) == []


@pytest.fixture(autouse=True)
def folder(tmp_path):
    (tmp_path / "checkout").mkdir()


def test_market_opens_and_says_what_to_type_into_metamask_when_started(checkout):
    said = checkout.start_and_wait()
    with urllib.request.urlopen(f"http://127.0.0.1:{checkout.web_port}/healthz", timeout=5) as answer:
        assert answer.read().decode() == f"http://127.0.0.1:{checkout.web_port}"
    for fact in ("Anvil 31337", checkout.rpc_url, "31337", "ETH", "0x9965507D1a55bcC2695C58ba16FB37d819B0A4dc"):
        assert fact in said
    assert "0x8b3a350cf5c34c9194ca85829a2df0ec3153be0318b5e2d3348e872092edffba" in said
    assert "WARNING: everybody in the world knows this key" in said
    assert "deployed by run scripts/deploy/everything.py main --network anvil" in said
    assert checkout.calls() == ["deploy", "migrate", "seed", "follow"]


def test_printed_key_is_the_printed_accounts_when_derived():
    from eth_account import Account

    from tools.run import BUYER, BUYER_ADDRESS, BUYER_KEY

    Account.enable_unaudited_hdwallet_features()
    derived = Account.from_mnemonic(chain.MNEMONIC, account_path=f"m/44'/60'/0'/0/{BUYER}")
    assert (derived.address, derived.key.hex().removeprefix("0x")) == (BUYER_ADDRESS, BUYER_KEY.removeprefix("0x"))


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda number: number.name)
def test_market_leaves_no_process_when_stopped(checkout, number):
    checkout.start_and_wait()
    assert len(checkout.living()) >= 5
    code, rest = checkout.end(number)
    assert code == 0
    assert "nothing is left running" in rest
    assert checkout.living() == []
    assert chain.port_is_free(checkout.chain_port)
    assert chain.port_is_free(checkout.web_port)


def test_market_leaves_no_process_when_killed_by_force(checkout):
    checkout.start_and_wait()
    checkout.end(signal.SIGKILL)
    assert checkout.wait_until_nothing_lives(PATIENCE_S) == []


def test_market_leaves_no_process_when_stopped_half_way_up(checkout):
    checkout.start()
    deadline = time.monotonic() + PATIENCE_S
    while chain.port_is_free(checkout.chain_port) and time.monotonic() < deadline:
        time.sleep(0.02)
    code, _ = checkout.end(signal.SIGTERM)
    assert code == 0
    assert checkout.living() == []


def test_second_start_deploys_and_seeds_nothing_when_all_is_there(checkout):
    checkout.start_and_wait()
    block = chain.head(checkout.rpc_url).number
    genesis = chain.genesis_hash(checkout.rpc_url)
    checkout.end(signal.SIGINT)
    (checkout.root / "calls").unlink()

    said = checkout.start_and_wait()
    assert "contracts: there already" in said
    assert "demo: there already" in said
    assert checkout.calls() == ["migrate", "follow"]
    assert chain.genesis_hash(checkout.rpc_url) == genesis
    assert chain.head(checkout.rpc_url).number >= block


def test_contracts_and_demo_are_made_again_when_the_chain_is_another(checkout):
    checkout.start_and_wait()
    checkout.end(signal.SIGINT)
    shutil.rmtree(checkout.root / "data" / "31337" / "chain")
    time.sleep(1)  # a genesis block of another second has another hash
    checkout.start_and_wait()
    assert checkout.calls() == ["deploy", "migrate", "seed", "follow"] * 2


def test_everything_stops_with_the_reason_when_one_part_ends(checkout):
    checkout.start_and_wait()
    (checkout.root / "break-the-follower").touch()
    rest = checkout.market.communicate(timeout=PATIENCE_S)[0]
    assert checkout.market.returncode == 1
    assert "follower has ended (exit code 3)" in rest
    assert "the follower lost its way" in rest
    assert checkout.living() == []


def test_everything_stops_with_the_reason_when_the_node_is_killed(checkout):
    checkout.start_and_wait()
    node = next(folder for folder in Path("/proc").glob("[0-9]*") if is_node(folder, checkout.chain_port))
    os.kill(int(node.name), signal.SIGKILL)
    rest = checkout.market.communicate(timeout=PATIENCE_S)[0]
    assert checkout.market.returncode == 1
    assert "anvil has ended (killed by SIGKILL)" in rest
    assert "make reset CHAIN=anvil" in rest


def is_node(folder: Path, port: int) -> bool:
    try:
        words = (folder / "cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        return False
    return words[0].endswith("anvil") and str(port) in words


@pytest.mark.parametrize(
    ("which", "remedy"), [("web_port", "make run PORT="), ("chain_port", "the anvil chain has this port alone")]
)
def test_one_line_names_the_port_when_it_is_busy(checkout, which, remedy):
    with socket.create_server(("127.0.0.1", getattr(checkout, which))):
        said = checkout.start().communicate(timeout=PATIENCE_S)[0]
    assert checkout.market.returncode == 1
    assert said.count("\n") == 1
    assert f"port {getattr(checkout, which)} is busy" in said
    assert remedy in said


def test_second_market_is_refused_when_one_runs(checkout):
    checkout.start_and_wait()
    second = checkout.python(START, checkout.chain_port, checkout.web_port)
    said = second.communicate(timeout=PATIENCE_S)[0]
    assert second.returncode == 1
    assert "already runs" in said
    assert checkout.market.poll() is None


def test_reset_is_refused_when_the_market_runs_and_wipes_it_afterwards(checkout):
    checkout.start_and_wait()
    code, said = checkout.reset()
    assert code == 1
    assert "Stop it first" in said
    checkout.end(signal.SIGINT)
    assert (checkout.root / "deployments" / "31337.json").exists()

    code, said = checkout.reset()
    assert code == 0, said
    assert not (checkout.root / "data" / "31337").exists()
    assert not (checkout.root / "deployments" / "31337.json").exists()


def test_secret_is_made_once_and_for_the_owner_only_when_first_needed(checkout):
    checkout.start_and_wait()
    checkout.end(signal.SIGINT)
    secret = checkout.root / "data" / "31337" / "secret"
    first = secret.read_text()
    assert len(first) == 64
    assert secret.stat().st_mode & 0o777 == 0o600
    checkout.start_and_wait()
    assert secret.read_text() == first


def test_failing_step_says_where_its_output_is_when_the_demo_breaks(checkout):
    (checkout.root / "frontend" / "demo.py").write_text("raise SystemExit('no demo today')")
    said = checkout.start().communicate(timeout=PATIENCE_S)[0]
    assert checkout.market.returncode == 1
    assert "no demo today" in said
    assert "data/31337/logs/demo.log" in said
    assert checkout.living() == []


def test_record_of_the_deployment_is_refused_when_it_holds_no_contracts(tmp_path):
    from tools.run import recorded_contracts

    for text in ("", "[]", "{}", '{"contracts": []}', json.dumps({"contracts": {"Market": 7}})):
        (tmp_path / "record.json").write_text(text)
        assert recorded_contracts(tmp_path / "record.json") == {}
