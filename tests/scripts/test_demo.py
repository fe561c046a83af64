"""The demo: made through the pages on a real chain, whole, once, and again after it was killed half-way."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyrage
import pytest
from web3 import HTTPProvider, Web3

from frontend.demo.file import TEXT, TITLE
from frontend.demo.goods import COMMUNITIES, LISTINGS
from frontend.demo.pictures.scenes import SCENES, drawn
from frontend.index.queries import Queries
from frontend.index.views import ListingFilter
from frontend.services.intents import Call
from frontend.services.market import terms_abi
from frontend.services.terms import Purchase, order_key, ref_of
from frontend.store.database import create_engine
from scripts.deploy import everything
from scripts.lib.params import load
from scripts.lib.reading import ETH, bound
from scripts.lib.registry import Registry, open_registry
from scripts.lib.senders import NodeSender
from scripts.lib.units import units_text
from tests.scripts.conftest import Runner
from tools import chain
from tools.demo_seller import ACCOUNT, SOLD, Seller
from tools.files import wrap as wraps
from tools.files.identity import identity_of
from tools.places import ROOT, tool_env

SEED_TIMEOUT_S = 400
STATES = {
    "funded",
    "accepted",
    "delivered",
    "contested",
    "disputed",
    "completed",
    "cancelled",
    "refunded",
    "resolved",
}
pytestmark = pytest.mark.timeout(600)


@dataclass
class Market:
    """A market that the demo was made on."""

    url: str
    env: dict[str, str]
    queries: Queries
    seller: Seller
    record: Path

    def seed(self) -> subprocess.CompletedProcess[str]:
        return self.command("frontend.demo", "seed", *self.seller.for_the_demo())

    def command(self, *words: str, **env: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *words],
            cwd=ROOT,
            env=self.env | env,
            capture_output=True,
            text=True,
            timeout=SEED_TIMEOUT_S,
        )


@pytest.fixture(scope="module")
def market(tmp_path_factory) -> Iterator[Market]:
    """A fresh chain, the contracts, and the demo: killed after its third listing, then made to the end."""
    folder: Path = tmp_path_factory.mktemp("demo")
    with chain.throw_away(chain.ANVIL) as node:
        w3 = Web3(HTTPProvider(node.url))
        genesis = Web3.to_hex(w3.eth.get_block(0)["hash"])
        registry = Registry(31337, genesis, folder / "deployments" / "31337.json")
        everything.deploy(everything.plan(load(31337), registry), NodeSender(w3, w3.eth.accounts[0]))
        env = tool_env(os.environ) | {
            "DATABASE_URL": f"sqlite:///{folder / 'demo.db'}",
            "RPC_URL": node.url,
            "CHAIN_ID": "31337",
            "ORIGIN": "http://127.0.0.1:8000",
            "CONTENT_DIR": str(folder / "content"),
            "DEPLOYMENTS_DIR": str(folder / "deployments"),
            "SECRET_KEY": "a secret for tests only, long enough",
        }
        seller = Seller(folder / "seller")
        seller.prepare()
        record = folder / "deployments" / "31337.json"
        made = Market(node.url, env, Queries(create_engine(env["DATABASE_URL"])), seller, record)
        migrated = made.command("frontend.index", "migrate")
        assert migrated.returncode == 0, migrated.stderr
        kill_after(made, "listing", 3)
        done = made.seed()
        assert done.returncode == 0, done.stdout + done.stderr
        yield made


def kill_after(market: Market, word: str, times: int) -> None:
    """Start the demo and end its process, without a warning, once it has said a word so often."""
    process = subprocess.Popen(
        [sys.executable, "-m", "frontend.demo", "seed", *market.seller.for_the_demo()],
        cwd=ROOT,
        env=market.env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=chain.die_with_parent,
    )
    assert process.stdout is not None
    heard, said = 0, ""
    for line in process.stdout:
        said += line
        heard += line.startswith(word)
        if heard == times:
            break
    process.kill()
    process.wait()
    assert heard == times, f"the demo ended before it could be interrupted: {said}"


def orders_of(market: Market) -> list:
    accounts = Web3(HTTPProvider(market.url)).eth.accounts
    return [
        order
        for account in accounts
        for order in market.queries.orders(account.lower(), role="buyer", state=None, per_page=100).items
    ]


def test_demo_has_every_community_and_listing_once(market):
    assert sorted(row.name for row in market.queries.communities(per_page=100).items) == sorted(
        plan.name for plan in COMMUNITIES
    )
    listings = market.queries.listings(ListingFilter(), per_page=100).items
    assert sorted(row.description.title for row in listings) == sorted([*(plan.title for plan in LISTINGS), TITLE])
    pictures = [row.description.picture_hash for row in listings if row.kind != "file"]
    assert all(pictures)
    assert len(set(pictures)) == len(LISTINGS)


def test_demo_has_a_curve_with_trades_of_its_founder_and_of_others(market):
    (found,) = (curve for row in market.queries.communities().items if (curve := market.queries.curve(row.id)))
    trades = market.queries.curve_trades(found.token).items
    assert [trade.is_purchase for trade in trades] == [False, True, True, True]
    assert len({trade.account for trade in trades}) == 3
    assert found.reserve_units >= found.shape.cost_up(0, found.sold_units)


def test_demo_has_a_claim_phase_with_a_list_that_one_account_has_claimed_in(market):
    radio = next(row for row in market.queries.communities().items if row.claim_allocation_units)
    (phase,) = market.queries.claim_phases(radio.id).items
    assert phase.is_open
    assert phase.merkle_root is not None
    assert (phase.left_units, phase.claimant_count) == (3_550 * 10**18, 1)


def test_demo_has_orders_in_every_state(market):
    states = Counter(order.state for order in orders_of(market))
    assert set(states) == STATES
    assert sum(states.values()) == 22


def test_demo_has_one_dispute_that_waits_for_its_arbiter_with_both_sides_heard(market):
    open_disputes = [order for order in orders_of(market) if order.state == "disputed"]
    assert len(open_disputes) == 1
    parties = {row.party for row in market.queries.evidence(open_disputes[0].key)}
    assert parties == {open_disputes[0].holder, open_disputes[0].listing.seller}


def test_demo_leaves_open_orders_time_to_act(market):
    now_ts = market.queries.head().timestamp_ts
    for order in orders_of(market):
        if order.state in ("funded", "accepted", "delivered", "contested", "disputed"):
            assert order.clock_ts > now_ts + 12 * 3600, order.listing.description.title


def test_demo_has_money_withdrawn_and_money_waiting(market):
    accounts = [account.lower() for account in Web3(HTTPProvider(market.url)).eth.accounts]
    assert any(market.queries.withdrawals(account, page=1).items for account in accounts)
    assert any(market.queries.credits(account) for account in accounts)


def test_demo_tells_every_text_in_korean_and_in_english(market):
    texts = [plan.text for plan in COMMUNITIES] + [plan.text for plan in LISTINGS] + [TEXT]
    for text in texts:
        assert sum("가" <= sign <= "힣" for sign in text) > 20, text
        assert sum(sign.isascii() and sign.isalpha() for sign in text) > 60, text


def test_demo_adds_nothing_when_run_again(market):
    before = chain.head(market.url).number
    done = market.seed()
    assert done.returncode == 0, done.stdout + done.stderr
    assert chain.head(market.url).number == before


def test_demo_is_refused_when_the_chain_is_not_local(market):
    done = market.command("frontend.demo", "seed", CHAIN_ID="11155111")
    assert done.returncode == 1
    assert done.stderr.startswith("✗ chain 11155111 is not a local one")


def test_demo_names_what_is_missing_when_the_environment_is_empty(market):
    done = market.command("frontend.demo", "seed", DATABASE_URL="")
    assert done.returncode == 1
    assert "DATABASE_URL is not set" in done.stderr


def test_index_of_the_demo_equals_a_rebuild(market):
    assert market.seed().returncode == 0  # it brings the index to the chain's head
    before = market.command("frontend.index", "dump").stdout
    assert market.command("frontend.index", "rebuild").returncode == 0
    assert before.strip()
    assert market.command("frontend.index", "dump").stdout == before


def test_scripts_report_and_withdraw_a_commission_when_the_steward_asks(market, tmp_path):
    runner = Runner(market.url, Path(market.env["DEPLOYMENTS_DIR"]))
    w3 = Web3(HTTPProvider(market.url))
    registry = open_registry(31337, chain.genesis_hash(market.url), runner.records, may_start_over=False)
    account = bound(w3, registry, "CommunityRegistry").functions.accountOf(1).call()
    credit = bound(w3, registry, "Market").functions.creditOf(account, ETH)
    owed_wei, receiver = credit.call(), w3.eth.accounts[8]
    before_wei = w3.eth.get_balance(receiver)
    code, said = runner.run("inspect/print_state.py")
    assert code == 0, said
    assert "communities: 3" in said
    assert "listings: 13" in said  # and the sealed file
    assert "orders: 22" in said
    assert f"{units_text(owed_wei, 18)} ETH to withdraw" in said
    code, said = runner.run("operate/withdraw_commission.py", "1", "eth", receiver, "0.000000000000000001", "1")
    assert code == 0, said
    code, said = runner.run("operate/withdraw_commission.py", "1", "eth", receiver, "all", "1")
    assert code == 0, said
    assert f"withdraw {units_text(owed_wei - 1, 18)} ETH of the commission of 1 to {receiver}" in said
    assert credit.call() == 0
    assert w3.eth.get_balance(receiver) == before_wei + owed_wei


def test_pictures_are_the_same_each_time_and_differ_from_each_other():
    assert drawn("crystal_kit") == drawn("crystal_kit")
    assert {plan.picture for plan in (*COMMUNITIES, *LISTINGS)} == set(SCENES)


def test_demo_sells_a_file_whose_key_its_program_delivers_and_that_opens(market):
    accounts = Web3(HTTPProvider(market.url)).eth.accounts
    (listing,) = market.queries.listings(ListingFilter(seller=accounts[ACCOUNT].lower()), per_page=2).items
    buyer, secret, w3 = accounts[9], 1 + int("12" * 30, 16), Web3(HTTPProvider(market.url))
    point = wraps.point_of(secret)
    purchase = Purchase(
        salt="0x" + "34" * 32, payer=buyer, holder=buyer, arbiter=Web3.to_checksum_address(listing.terms["arbiter"]),
        point=(f"0x{point.x:064x}", f"0x{point.y:064x}"),
    )  # fmt: skip
    market_address = json.loads(market.record.read_text())["contracts"]["Market"]["address"]
    values = (terms_abi(listing), 1, listing.unit_price_units, 1_000, 2**40, purchase.to_abi())
    data = Call("Market", market_address, "buy", values).data
    sent = w3.eth.send_transaction(
        {"from": buyer, "to": market_address, "data": data, "value": listing.unit_price_units, "gas": 1_500_000}
    )
    assert w3.eth.wait_for_transaction_receipt(sent)["status"] == 1
    key = order_key(listing.id, buyer, ref_of(purchase.to_abi()))
    program = subprocess.Popen(
        [sys.executable, *market.seller.command(market.url, market.record)],
        cwd=ROOT, env=market.env, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        preexec_fn=chain.die_with_parent,
    )  # fmt: skip
    try:
        assert program.stdout is not None
        said = ""
        while "✓" not in said:
            line = program.stdout.readline()
            assert line, said
            said += line
    finally:
        program.terminate()
        program.wait()
    sealed = market.seller.folder / f"{SOLD}.age"
    assert market.seed().returncode == 0, "which lets the index follow"
    order = market.queries.order(key)
    assert order.wrap is not None
    wrapped = wraps.Wrap(
        wraps.Point(int(order.wrap.point_x, 16), int(order.wrap.point_y, 16)), bytes.fromhex(order.wrap.masked[2:])
    )
    sold = wraps.unwrap(wrapped, bytes.fromhex(key[2:]), secret)
    opened = pyrage.decrypt(sealed.read_bytes(), [pyrage.x25519.Identity.from_str(identity_of(sold))])
    assert opened == (market.seller.folder / SOLD).read_bytes()
