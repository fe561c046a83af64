"""What contract wallets say of a signature: ERC-1271."""

from eth_abi.abi import encode

from frontend.services.chain import Chain, RpcError
from frontend.services.reverts import NoFunds, Reverted

MAGIC = bytes.fromhex("1626ba7e")  # isValidSignature(bytes32,bytes), the call's selector and its answer


def contract_wallet_agrees(chain: Chain, account: str, digest: bytes, signature: bytes) -> bool:
    """Tell whether a contract wallet takes a signature for its own. Chain: eth_call at the newest block."""
    if not chain.has_code(account):
        return False
    data = MAGIC + encode(["bytes32", "bytes"], [digest, signature])
    try:
        answer = chain.call(account, "0x" + data.hex())
    except (Reverted, NoFunds, RpcError):
        return False
    return len(answer) >= 32 and answer[:4] == MAGIC and not any(answer[4:32])
