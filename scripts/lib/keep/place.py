"""The checks before anything is sent: node, deployment record and index must speak of the same contracts on one chain."""

import json

from web3 import Web3
from web3.exceptions import BlockNotFound

from scripts.lib.abis import expect_abi
from scripts.lib.keep.index import Index
from scripts.lib.problems import IndexNotReady, UnusableIndex, WrongChain
from scripts.lib.registry import Registry
from scripts.lib.steps import expect_code

INDEXED = (
    "Blueprints",
    "Claims",
    "CommunityRegistry",
    "Curves",
    "Governors",
    "KeyRequests",
    "Market",
    "Memberships",
    "Personas",
    "Reviews",
    "Splits",
)


def deployments_hash(registry: Registry) -> str:
    """Give the fingerprint under which an index says which contracts it is about. Raises: MissingDeployment.

    keccak256 of {name: [address in lower case, block]} as JSON with sorted keys and no spaces.
    """
    contracts = {name: [registry.address(name).lower(), registry.entry(name).block] for name in INDEXED}
    return Web3.to_hex(Web3.keccak(text=json.dumps(contracts, sort_keys=True, separators=(",", ":"))))


def expect_deployment(w3: Web3, registry: Registry) -> None:
    """Make sure that the Market stands where it is recorded, with our ABI. Raises: FailedCheck, MissingDeployment."""
    expect_abi(registry, "Market")
    expect_code(w3, registry, "Market")


def expect_chain(w3: Web3, registry: Registry) -> None:
    """Make sure that the node is still on the chain that it was on. Raises: WrongChain. Chain: reads."""
    found = int(w3.eth.chain_id)
    if found != registry.chain_id:
        raise WrongChain(
            f"the node answers for chain {found}, but chain {registry.chain_id} is meant. Nothing was sent; correct "
            "RPC_URL or CHAIN_ID."
        )
    if Web3.to_hex(w3.eth.get_block(0)["hash"]).lower() != registry.genesis_hash.lower():
        raise WrongChain(
            "the node's chain began with another block than before: it was started anew. Nothing was sent."
        )


def expect_index(w3: Web3, registry: Registry, index: Index, max_lag_blocks: int) -> None:
    """Make sure that the index is about these contracts on this chain, and near the node's newest block.

    Raises: UnusableIndex, and IndexNotReady where waiting helps. Chain: reads.
    """
    found = index.position()
    if found is None:
        raise IndexNotReady("the index is empty; start its follower: python -m frontend.index follow.")
    if found.chain_id != registry.chain_id or found.genesis_hash.lower() != registry.genesis_hash.lower():
        raise UnusableIndex(
            f"the index is about another chain (id {found.chain_id}, first block {found.genesis_hash[:10]}…). Nothing was "
            "sent; correct DATABASE_URL, or let the follower build it anew."
        )
    if found.deployments_hash != deployments_hash(registry):
        raise UnusableIndex(
            f"the index is about other contracts than deployments/{registry.chain_id}.json names. Nothing was sent; give "
            "keeper and follower the same DEPLOYMENTS_DIR, and let the follower run."
        )
    _expect_near(w3, found.number, found.hash, max_lag_blocks)


def _expect_near(w3: Web3, number: int, block_hash: str, max_lag_blocks: int) -> None:
    newest = int(w3.eth.block_number)
    if newest - number > max_lag_blocks:
        raise IndexNotReady(
            f"the index is {newest - number} blocks behind the node (at most {max_lag_blocks} are allowed). Does its follower "
            "run? python -m frontend.index follow"
        )
    try:
        there = Web3.to_hex(w3.eth.get_block(number)["hash"])
    except BlockNotFound:
        there = None
    if there != block_hash:
        raise IndexNotReady(
            f"the index ends with a block {number} that is not on the node's chain: blocks were undone, or the node lags. "
            "The follower puts that right; if it does not run, start it."
        )
