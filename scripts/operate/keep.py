"""Keeps the market moving: makes every call that is due and that anyone may make, such as `expire` of an overdue order.

    python -m tools.inside python -m scripts.operate.keep --account my-keeper --max-gas-price-gwei 20
    make keep CHAIN=anvil ARGS="--dry-run"                      on the local chain of `make run`

Node, index and contracts are the follower's: RPC_URL, DATABASE_URL, CHAIN_ID, DEPLOYMENTS_DIR. What it sends pays gas and
moves no money of its own; nothing can be undone, and nothing needs to be: anyone may make these calls. docs/keeper.md
tells the rest. Ends with 0 when all is done, 1 when something stops it, 2 for a wrong command line, 3 when something due
is left.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eth_account.signers.local import LocalAccount
from web3 import HTTPProvider, Web3

from scripts.lib.accounts import signer_for
from scripts.lib.confirm import confirm
from scripts.lib.keep.index import Index
from scripts.lib.keep.journal import open_journal
from scripts.lib.keep.keeper import Keeper
from scripts.lib.keep.node import Node
from scripts.lib.keep.place import expect_chain, expect_deployment, expect_index
from scripts.lib.keep.report import Report
from scripts.lib.keep.run import at_work, in_a_sentence, journal_path, owner_of
from scripts.lib.keep.send import show_due
from scripts.lib.keep.settings import KeeperSettings, settings_from
from scripts.lib.keep.settle import Desk, Limits
from scripts.lib.networks import is_local
from scripts.lib.params import NetworkProfile, load
from scripts.lib.problems import BadArgument, WrongChain
from scripts.lib.registry import open_registry
from scripts.lib.units import units_from

NODE_TIMEOUT_S = 30
LOCAL_GAS_PRICE_GWEI = "100"


def main(argv: Sequence[str] | None = None) -> int:
    """Read the command line, keep, and give the exit code."""
    options = _parser().parse_args(argv)
    return in_a_sentence(lambda: _keep(options))


def _keep(options: argparse.Namespace) -> int:
    settings = settings_from()
    network = load(settings.chain_id).network
    node = _node(settings)
    index = Index(settings.database_url)
    report = Report(lambda line: print(line, flush=True))
    if options.dry_run:
        expect_index(node.w3, node.registry, index, options.max_lag_blocks)
        ready = show_due(node, index, node.head(), report, None)
        print(f"{ready} due and ready to send; this was a dry run")
        return 0
    limits = _limits(options, network)
    signer = _signer(options, network)
    question = (
        f"Keeping {network.name}, chain {network.chain_id}, with gas at no more than {options.max_gas_price_gwei} gwei."
    )
    confirm(network, question, input if options.send_on is None else lambda _: str(options.send_on))
    owner = owner_of(node.registry, str(signer.address))
    with open_journal(journal_path(options.journal, owner, "keeper"), owner) as journal:
        keeper = Keeper(Desk(node, journal, signer, limits, report), index)
        return at_work(keeper, once=options.once, wait_s=options.wait_s, interval_s=options.interval_s)


def _node(settings: KeeperSettings) -> Node:
    """Give the node, sure of its chain and of what stands there. Raises: ScriptProblem. Chain: reads."""
    w3 = Web3(HTTPProvider(settings.rpc_url, request_kwargs={"timeout": NODE_TIMEOUT_S}))
    found = int(w3.eth.chain_id)
    if found != settings.chain_id:
        raise WrongChain(
            f"the node answers for chain {found}, but CHAIN_ID says {settings.chain_id}. Nothing was sent; correct RPC_URL or "
            "CHAIN_ID."
        )
    genesis_hash = Web3.to_hex(w3.eth.get_block(0)["hash"])
    registry = open_registry(settings.chain_id, genesis_hash, settings.deployments, may_start_over=False)
    expect_chain(w3, registry)
    expect_deployment(w3, registry)
    return Node(w3, registry)


def _limits(options: argparse.Namespace, network: NetworkProfile) -> Limits:
    if options.max_gas_price_gwei is None:
        if not is_local(network.chain_id):
            raise BadArgument(f"say what gas may cost on {network.name}, as in --max-gas-price-gwei 20.")
        options.max_gas_price_gwei = LOCAL_GAS_PRICE_GWEI
    return Limits(
        gas_price_wei=units_from(options.max_gas_price_gwei, 9),
        floor_wei=units_from(options.balance_floor_eth, 18),
        calls_a_round=options.batch,
        replace_after_blocks=options.replace_after_blocks,
        confirmations=network.confirmations,
        max_lag_blocks=options.max_lag_blocks,
    )


def _signer(options: argparse.Namespace, network: NetworkProfile) -> LocalAccount:
    password = None
    if options.password_file is not None:
        try:
            password = Path(options.password_file).read_text(encoding="utf-8").rstrip("\n")
        except (OSError, UnicodeDecodeError):
            raise BadArgument("--password-file names a file that cannot be read.") from None
    return signer_for(network, options.account, password)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scripts.operate.keep", description="Make every call that is due.")
    parser.add_argument("--account", help="brownie account that signs; on a local chain also a test account's number")
    parser.add_argument("--password-file", help="file with the account's password; asked for when not given")
    parser.add_argument("--send-on", type=int, metavar="CHAIN_ID", help="answer to the question that a live chain asks")
    parser.add_argument("--max-gas-price-gwei", help="the most per gas, tip included; a must on live chains")
    parser.add_argument("--balance-floor-eth", default="0.01", help="the account keeps at least this (0.01)")
    parser.add_argument("--batch", type=_at_least_one, default=20, help="calls under way at once (20)")
    parser.add_argument("--once", action="store_true", help="one round")
    parser.add_argument(
        "--watch", dest="once", action="store_false", help="a round every --interval-s (what it does anyway)"
    )
    parser.add_argument(
        "--wait-s", type=_at_least_one, default=60, help="with --once: patience for node and index (60)"
    )
    parser.add_argument("--interval-s", type=_at_least_one, default=15, help="seconds between rounds (15)")
    parser.add_argument("--dry-run", action="store_true", help="say what is due and sign nothing")
    parser.add_argument(
        "--journal", help="file of what was signed (data/<chain id>/keeper-<first digits of the address>.db)"
    )
    parser.add_argument("--max-lag-blocks", type=_at_least_one, default=50, help="how old the index may be (50)")
    parser.add_argument(
        "--replace-after-blocks", type=_at_least_one, default=10, help="then a waiting call pays more (10)"
    )
    return parser


def _at_least_one(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number


if __name__ == "__main__":
    sys.exit(main())
