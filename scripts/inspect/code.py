"""Proves the code of a deployment: each constructor is run again by the node, and what it gives must stand on the chain.

That way immutables are compared where they stand, each with its own value, and constructor arguments are proved too.
"""

from collections.abc import Iterator
from typing import Any

from eth_typing import ChecksumAddress, HexStr
from web3 import Web3
from web3.exceptions import TransactionNotFound, Web3Exception

from scripts.deploy import community_registry, everything, governors, libraries, market, memberships, splits
from scripts.lib import runs
from scripts.lib.artifacts import artifact
from scripts.lib.problems import FailedCheck
from scripts.lib.reading import bound, token_at
from scripts.lib.steps import created_address, creation_code, expect

PUSH32_OF_ZEROS = b"\x7f" + bytes(32)  # an immutable in the compiler's runtime code
CLONE_HEAD = bytes.fromhex("363d3d373d3d3d363d73")  # ERC-1167, as Clones.sol writes it
CLONE_TAIL = bytes.fromhex("5af43d82803e903d91602b57fd5bf3")
ARGS_NUMBERS = 192
PARTS = tuple(part for part in everything.PARTS if part is not libraries)
PATTERNS = {memberships.NAME: ("Membership",), governors.NAME: ("CommunityGovernor", "CommunityTimelock")}
TOKEN_NONCE = 1  # the registry's constructor makes the token's implementation before anything else


def check_codes(found: runs.Connection) -> Iterator[str]:
    """Prove the code of all that is deployed. Raises: FailedCheck. Chain: reads, and simulates the constructors."""
    registry = found.registry.address(community_registry.NAME)
    implementation = created_address(registry, TOKEN_NONCE)
    told = bound(found.w3, found.registry, community_registry.NAME).functions.TOKEN_IMPLEMENTATION().call()
    expect("CommunityRegistry.TOKEN_IMPLEMENTATION", told, implementation)
    for name in (*libraries.names(), *(part.NAME for part in PARTS)):
        maker = _check_creation(found, name)
        entry = found.registry.entry(name)
        own = (_word(implementation), *(_word(address) for address in _made_by(found, name).values()))
        if name == splits.NAME:
            own = _own_values(found, entry.address)
        elif name in libraries.names():  # so that it knows a direct call
            own = (_word(entry.address),)
        _compare(found, name, entry.address, maker, creation_code(name, entry.args, entry.libraries), own)
        yield f"  ✓ {name} {found.registry.address(name)}: code, immutables and constructor arguments"
    linked = found.registry.entry(market.NAME).libraries
    expect(
        "the libraries linked into Market", linked, {name: found.registry.address(name) for name in libraries.names()}
    )
    _compare(
        found, "CommunityToken", implementation, registry, artifact("CommunityToken").bytecode, (_word(implementation),)
    )
    yield f"  ✓ CommunityToken {implementation}: the code behind every community's token"
    for maker in (memberships.NAME, governors.NAME):
        for name, address in _made_by(found, maker).items():
            args = (registry,) if name == "Membership" else ()
            own = _own_values(found, address) if name == "Membership" else (_word(address),)
            _compare(found, name, address, found.registry.address(maker), creation_code(name, args, {}), own)
            yield f"  ✓ {name} {address}: the code behind every community's own"


def _made_by(found: runs.Connection, name: str) -> dict[str, str]:
    """Give what a contract's constructor makes, in its order, by name: each at the address of the maker's next nonce."""
    address = found.registry.address(name)
    return {made: created_address(address, nonce) for nonce, made in enumerate(PATTERNS.get(name, ()), 1)}


def check_token(found: runs.Connection, community_id: int) -> str:
    """Prove a community's token: its place, its clone code and what stands behind it; give its address.

    Raises: FailedCheck. Chain: reads.
    """
    registry = found.registry.address(community_registry.NAME)
    address = bound(found.w3, found.registry, community_registry.NAME).functions.tokenOf(community_id).call()
    expect(f"the token of community {community_id}", address, created_address(registry, community_id + 1))
    code = bytes(found.w3.eth.get_code(Web3.to_checksum_address(address)))
    head = CLONE_HEAD + bytes.fromhex(created_address(registry, TOKEN_NONCE)[2:]) + CLONE_TAIL
    if not code.startswith(head):
        raise FailedCheck(
            f"the token of community {community_id} at {address} is no clone of the recorded implementation."
        )
    args = code[len(head) :]
    name_end = ARGS_NUMBERS + args[22]
    said = token_at(found.w3, address).functions
    what = f"the token of community {community_id}: "
    expect(f"{what}communityId", said.communityId().call(), int.from_bytes(args[:8], "big"))
    expect(f"{what}communityId in its code", int.from_bytes(args[:8], "big"), community_id)
    expect(f"{what}cap", said.cap().call(), int.from_bytes(args[8:22], "big"))
    expect(f"{what}founder", said.founder().call(), Web3.to_checksum_address(args[32:52]))
    expect(f"{what}name", said.name().call(), args[ARGS_NUMBERS:name_end].decode())
    expect(f"{what}symbol", said.symbol().call(), args[name_end : name_end + args[23]].decode())
    return str(address)


def _check_creation(found: runs.Connection, name: str) -> ChecksumAddress:
    """Compare the recorded transaction with what it must have been; give who sent it. Raises: FailedCheck."""
    entry = found.registry.entry(name)
    try:
        sent: Any = found.w3.eth.get_transaction(HexStr(entry.tx))
        receipt = found.w3.eth.get_transaction_receipt(HexStr(entry.tx))
    except TransactionNotFound:
        raise FailedCheck(
            f"the node does not know {entry.tx}, which is recorded as the deployment of {name}."
        ) from None
    expect(f"the address that {name} was deployed to", receipt.get("contractAddress"), entry.address)
    expect(f"the block in which {name} was deployed", receipt["blockNumber"], entry.block)
    if Web3.to_hex(sent["input"]) != creation_code(name, entry.args, entry.libraries):
        raise FailedCheck(
            f"{name} was not deployed with the recorded arguments {list(entry.args)}, or from other sources than these; "
            f"check out its commit ({entry.commit or 'not recorded'})."
        )
    return Web3.to_checksum_address(sent["from"])


def _word(address: str) -> bytes:
    return int(address, 16).to_bytes(32, "big")


def _own_values(found: runs.Connection, address: str) -> tuple[bytes, ...]:
    """Give what a contract that signs keeps of itself: its address, and its domain's hash.

    Source: OpenZeppelin, EIP712.sol; EIP-712, "Definition of domainSeparator". Chain: reads.
    """
    _, name, version, chain_id, contract, *_ = (
        found.w3.eth.contract(address=Web3.to_checksum_address(address), abi=artifact(splits.NAME).abi)
        .functions.eip712Domain()
        .call()
    )
    kind = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    hashes = [bytes(Web3.keccak(text=text)) for text in (kind, name, version)]
    return _word(address), bytes(Web3.keccak(b"".join([*hashes, chain_id.to_bytes(32, "big"), _word(contract)])))


def _compare(
    found: runs.Connection, name: str, address: str, maker: str, creation: str, own: tuple[bytes, ...]
) -> None:
    """Run a constructor again and compare its code with what stands on the chain. Raises: FailedCheck.

    Args: own holds the words that follow from the contract's place, which is another one when it is made again.
    """
    code = bytes(found.w3.eth.get_code(Web3.to_checksum_address(address)))
    try:
        meant = bytes(found.w3.eth.call({"from": Web3.to_checksum_address(maker), "data": HexStr(creation)}))
    except (Web3Exception, ValueError) as problem:
        raise FailedCheck(
            f"the node does not run the constructor of {name} again ({problem}); ask another node."
        ) from None
    if len(code) != len(meant):
        raise FailedCheck(
            f"{name} has {len(code)} bytes of code, the sources here make {len(meant)}; check out its commit."
        )
    for real in own:
        meant = _with_own_word(name, code, meant, real)
    if code == meant:
        return
    if _without_metadata(code) == _without_metadata(meant):
        raise FailedCheck(
            f"the code of {name} does what it should, but was compiled from other comments, names or settings than these; "
            "check out its commit."
        )
    raise FailedCheck(f"the code of {name} differs from what the sources here make; do not use it before you know why.")


def _with_own_word(name: str, code: bytes, meant: bytes, real: bytes) -> bytes:
    """Put a word that follows from a maker's nonce, another one today, where the simulated constructor has another one.

    It stands for one value: two in the simulation would mean that it took a place where something else belongs.
    """
    runtime = bytes.fromhex(artifact(name).runtime[2:])
    filled = bytearray(meant)
    place = runtime.find(PUSH32_OF_ZEROS)
    simulated: set[bytes] = set()
    while place >= 0:
        slot = slice(place + 1, place + 33)
        if code[slot] == real and meant[slot] != real:
            simulated.add(meant[slot])
            filled[slot] = real
        place = runtime.find(PUSH32_OF_ZEROS, place + 33)
    if len(simulated) > 1:
        raise FailedCheck(f"{name} holds an address of its own in a place where something else belongs; do not use it.")
    return bytes(filled)


def _without_metadata(code: bytes) -> bytes:
    """Give code without the compiler's note at its end. Source: Solidity, "Contract Metadata"."""
    return code[: -2 - int.from_bytes(code[-2:], "big")]
