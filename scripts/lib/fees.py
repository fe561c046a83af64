"""What a transaction may cost: fee fields for the node's chain, and the most that a plan can take."""

from dataclasses import dataclass
from typing import Any

from eth_typing import HexStr
from web3 import Web3
from web3.exceptions import Web3Exception

from scripts.lib.artifacts import artifact
from scripts.lib.problems import NotEnoughMoney
from scripts.lib.units import ETH_DECIMALS, units_text

GWEI = 10**9
PRIORITY_WEI = GWEI  # where the node has no opinion
BASE_FEE_ROOM = 2  # blocks may be full six times in a row before a waiting transaction is too cheap
REPLACEMENT_PERCENT = 125  # nodes ask for 10 % or 12.5 % more before they replace
# what a creation costs besides its code, and what a constructor of ours does: EIP-2, EIP-170, EIP-3860 and a margin
CREATION_GAS, CODE_BYTE_GAS, DATA_BYTE_GAS, CONSTRUCTOR_GAS = 53_000, 200, 16, 250_000


@dataclass(frozen=True)
class Fees:
    """Fee fields of EIP-1559, in wei per gas. A chain without a base fee has 0 there."""

    base_wei: int
    priority_wei: int
    max_wei: int

    def fields(self) -> dict[str, int]:
        """Give them as a transaction has them."""
        if self.base_wei == 0:
            return {"gasPrice": self.max_wei}
        return {"maxFeePerGas": self.max_wei, "maxPriorityFeePerGas": self.priority_wei}


def fees_of(w3: Web3, replacing_wei: int = 0) -> Fees:
    """Give the fees to offer now. Args: replacing_wei is what the transaction to be replaced pays at most. Chain: reads."""
    base_wei = int(w3.eth.get_block("latest").get("baseFeePerGas") or 0)
    least_wei = replacing_wei * REPLACEMENT_PERCENT // 100 + 1 if replacing_wei else 0
    if base_wei == 0:
        return Fees(0, 0, max(int(w3.eth.gas_price), least_wei))
    try:
        priority_wei = int(w3.eth.max_priority_fee)
    except (Web3Exception, ValueError):
        priority_wei = PRIORITY_WEI
    max_wei = max(BASE_FEE_ROOM * base_wei + priority_wei, least_wei)
    # a replacement must raise both fields
    return Fees(base_wei, max(priority_wei, min(least_wei, max_wei)), max_wei)


def creation_gas(contract: str) -> int:
    """Give about how much gas a deployment takes, from its code alone, and rather too much."""
    made = artifact(contract)
    runtime_bytes = made.runtime_bytes
    if contract == "CommunityRegistry":  # its constructor makes the token's implementation
        runtime_bytes += artifact("CommunityToken").runtime_bytes
    data_bytes = len(made.bytecode) // 2
    return CREATION_GAS + CONSTRUCTOR_GAS + CODE_BYTE_GAS * runtime_bytes + DATA_BYTE_GAS * data_bytes


def money_text(wei: int) -> str:
    """Write wei as ETH, rounded up to a millionth where there is that much."""
    step = 10**12
    return f"{units_text(-(-wei // step) * step, ETH_DECIMALS)} ETH"


def gwei_text(wei: int) -> str:
    """Write wei per gas as gwei."""
    return f"{units_text(wei, 9)} gwei"


def expect_money(w3: Web3, account: str, needed_wei: int) -> None:
    """Make sure that an account can pay. Raises: NotEnoughMoney. Chain: reads."""
    held_wei = int(w3.eth.get_balance(Web3.to_checksum_address(account)))
    if held_wei < needed_wei:
        raise NotEnoughMoney(
            f"{account} has {money_text(held_wei)} and this can take up to {money_text(needed_wei)}; "
            f"send it at least {money_text(needed_wei - held_wei)} and run again. Nothing was sent."
        )


def stuck_fee_wei(w3: Web3, tx: str | None) -> int | None:
    """Give what a waiting transaction pays at most per gas when the base fee has risen above it; None when it has not.

    Chain: reads.
    """
    if tx is None:
        return None
    try:
        found: Any = w3.eth.get_transaction(HexStr(tx))
    except Web3Exception:
        return None
    most_wei = int(found.get("maxFeePerGas") or found.get("gasPrice") or 0)
    base_wei = int(w3.eth.get_block("latest").get("baseFeePerGas") or 0)
    return most_wei if most_wei < base_wei else None
