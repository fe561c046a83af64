"""Reading the words of a command line: ids and addresses."""

from web3 import Web3

from scripts.lib.problems import BadArgument

MAX_UINT64 = 2**64 - 1


def community_id_from(text: str) -> int:
    """Read a community's id; "platform" is 0. Raises: BadArgument."""
    if text == "platform":
        return 0
    if not (text.isascii() and text.isdigit()) or int(text) > MAX_UINT64:
        raise BadArgument(f'"{text}" is no community; write its number, or "platform".')
    return int(text)


def address_from(text: str) -> str:
    """Read an address, which must carry its checksum. Raises: BadArgument."""
    if not Web3.is_checksum_address(text):
        raise BadArgument(
            f'"{text}" is no address; write 0x and 40 hex digits, with the checksum as the wallet shows it.'
        )
    return Web3.to_checksum_address(text)
