"""A claim phase's list as its steward has it, and the root of its Merkle tree. Shares no code with the frontend.

Source: OpenZeppelin, merkle-tree, StandardMerkleTree; contracts/community/IClaims.sol, leafOf.
"""

from __future__ import annotations

import re

from tools.intent.codec import ADDRESS
from tools.intent.ids import claim_leaf
from tools.intent.keccak import keccak256
from tools.intent.problems import BadInput

AMOUNT = re.compile(r"([0-9]{1,40})(?:\.([0-9]{1,18})0*)?", re.ASCII)
DECIMALS = 18


def read(text: str) -> dict[str, int]:
    """Give accounts in lower case with what each may claim, smallest units. Raises: BadInput naming the line."""
    found: dict[str, int] = {}
    lines = [line.strip() for line in text.removeprefix("\ufeff").splitlines()]
    wanted = [(number, line) for number, line in enumerate(lines, start=1) if line and not line.startswith("#")]
    for place, (number, line) in enumerate(wanted):
        cells = [cell.strip().strip('"').strip() for cell in re.split(r"[,;\t]", line)]
        if place == 0 and not any(sign.isdigit() for cell in cells for sign in cell):
            continue  # a heading
        amount = AMOUNT.fullmatch(cells[1]) if len(cells) == 2 else None
        if amount is None or not ADDRESS.fullmatch(cells[0]):
            raise BadInput(f"line {number} of the list is no address with an amount.")
        if cells[0].lower() in found:
            raise BadInput(f"line {number} of the list names an account for another time.")
        found[cells[0].lower()] = int(amount[1]) * 10**DECIMALS + int((amount[2] or "").ljust(DECIMALS, "0"))
    if not found:
        raise BadInput("the list names nobody.")
    return found


def root(entries: dict[str, int], token: str, number: int) -> str:
    """Give the root of the tree over a list, for a token's phase of this number."""
    leaves = sorted((claim_leaf(token, number, account, units) for account, units in entries.items()), reverse=True)
    nodes = [b""] * (len(leaves) - 1) + leaves
    for place in range(len(leaves) - 2, -1, -1):
        below = nodes[2 * place + 1 : 2 * place + 3]
        nodes[place] = keccak256(min(below) + max(below))
    return "0x" + nodes[0].hex()
