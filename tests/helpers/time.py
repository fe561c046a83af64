"""The chain's clock: go to a second, exactly."""

from brownie import web3

from tools import chain as local


def now() -> int:
    """Give the time of the newest block, which is the time that eth_call sees."""
    return int(web3.eth.get_block("latest")["timestamp"])


def jump_to(timestamp: int) -> None:
    """Mine a block at exactly this second. Later transactions go on from there."""
    local.set_clock(web3.provider.endpoint_uri, timestamp)
    web3.provider.make_request("evm_mine", [timestamp])
    assert now() == timestamp, f"the node mined at {now()}, not at {timestamp}"


def jump(seconds: int) -> None:
    """Move on by so many seconds."""
    jump_to(now() + seconds)
