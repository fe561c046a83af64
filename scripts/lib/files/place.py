"""The chain that a record is about, behind a node: for commands that take both on their command line."""

from pathlib import Path

from web3 import HTTPProvider, Web3

from scripts.lib.abis import expect_abi
from scripts.lib.problems import BadArgument, WrongChain
from scripts.lib.registry import Registry, open_registry
from scripts.lib.steps import expect_code

NODE_TIMEOUT_S = 30


def open_chain(rpc_url: str, record: Path, contracts: tuple[str, ...]) -> tuple[Web3, Registry]:
    """Give a node and the record of its chain, sure that both are about the same contracts.

    Args: record is a file of deployments/, named by its chain's id. contracts are those that are needed.
    Raises: BadArgument, WrongChain, BrokenRecord, MissingDeployment, FailedCheck. Chain: reads.
    """
    if not rpc_url.startswith(("http://", "https://")):
        raise BadArgument("--rpc must begin with http:// or https://.")
    if not (record.stem.isascii() and record.stem.isdigit() and record.suffix == ".json"):
        raise BadArgument("--record takes the record of a chain, as in deployments/11155111.json.")
    if not record.is_file():
        raise BadArgument(f"there is no {record}; it comes with the market's source.")
    w3 = Web3(HTTPProvider(rpc_url, request_kwargs={"timeout": NODE_TIMEOUT_S}))
    chain_id = int(w3.eth.chain_id)
    if chain_id != int(record.stem):
        raise WrongChain(
            f"the node answers for chain {chain_id}, but {record.name} is the record of chain {record.stem}. Nothing was sent; "
            "correct --rpc or --record."
        )
    genesis_hash = Web3.to_hex(w3.eth.get_block(0)["hash"])
    registry = open_registry(chain_id, genesis_hash, record.parent, may_start_over=False)
    for name in contracts:
        expect_abi(registry, name)
        expect_code(w3, registry, name)
    return w3, registry
