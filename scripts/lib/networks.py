"""Which networks our scripts may talk to, and the check that the node is the one meant."""

import os
from collections.abc import Mapping

from web3 import Web3

from scripts.lib.params import DeployParams, load
from scripts.lib.problems import UnknownNetwork, WrongChain

LOCAL_CHAINS = frozenset({1337, 31337})
CHAIN_OF_NETWORK = {"ganache": 1337, "anvil": 31337, "sepolia": 11155111}
ANY_NETWORK = "rpc"
ANY_CHAIN_VARIABLE = "RPC_CHAIN_ID"


def params_for(w3: Web3, network: str, environ: Mapping[str, str] = os.environ) -> DeployParams:
    """Give the parameters of the network that brownie is connected to, sure that the node is on its chain.

    Args: network is brownie's id for it; for "rpc", RPC_CHAIN_ID says which chain is meant.
    Raises: UnknownNetwork, WrongChain, BadParams.
    Chain: reads eth_chainId.
    """
    meant = _chain_meant(network, environ)
    found = w3.eth.chain_id
    if found != meant:
        raise WrongChain(
            f'the node behind "{network}" answers for chain {found}, but chain {meant} is meant. '
            "Nothing was sent; correct the node's address or the chain id."
        )
    return load(meant)


def is_local(chain_id: int) -> bool:
    """Tell whether a chain is one of the two that `make run` starts; every other one counts as live."""
    return chain_id in LOCAL_CHAINS


def _chain_meant(network: str, environ: Mapping[str, str]) -> int:
    if network in CHAIN_OF_NETWORK:
        return CHAIN_OF_NETWORK[network]
    if network != ANY_NETWORK:
        known = ", ".join([*CHAIN_OF_NETWORK, ANY_NETWORK])
        raise UnknownNetwork(f'"{network}" is none of our networks ({known}); nothing is sent to a network by chance.')
    said = environ.get(ANY_CHAIN_VARIABLE, "")
    if not said.isascii() or not said.isdigit():
        raise UnknownNetwork(f"for the network rpc, {ANY_CHAIN_VARIABLE} must say which chain is meant, in digits.")
    return int(said)
