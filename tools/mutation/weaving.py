"""Writes contracts that hold all mutants at once, each behind a switch, so that one compilation serves every trial.

A mutated expression becomes `on(7) ? mutant : original`, a statement `if (on(7)) mutant; else original;`. With all switches
off the contracts do what the originals do; the whole test suite is run on them to show it.
"""

from __future__ import annotations

import re

from tools.mutation.operators import GUARD, Mutant, Node, children_of, span_of

SWITCH_FILE = "contracts/MutationSwitch.sol"
GUARD_FILE = "contracts/MutationGuard.sol"
GUARD_IMPORT = "@openzeppelin/contracts/utils/ReentrancyGuard.sol"
PRAGMA = re.compile(rb"^pragma solidity [^;]+;", re.M)
COMMENT = re.compile(rb"//[^\n]*|/\*.*?\*/", re.S)
AND_ITS_SEMICOLON = re.compile(rb"\0\s*;")
ON = re.compile(rb"MutationSwitch\.on\((\d+)\)|nonReentrantUnless\((\d+)\)")

# The coinbase of the block says which mutants are on: up to ten numbers of 16 bits. No test of ours looks at it, and every
# contract sees it at once. With PROBING in its highest byte nothing is on, but each switch that is asked leaves a trace.
PROBE_BASE = 0x6D75746174696F6E << 64
PROBING = 0xA7 << 152
SWITCH = f"""// SPDX-License-Identifier: MIT
pragma solidity 0.8.30;

library MutationSwitch {{
    function on(uint256 number) internal view returns (bool) {{
        uint256 word = uint160(address(block.coinbase));
        if (word >> 152 == {PROBING >> 152}) return address(uint160({PROBE_BASE} + number)).balance != 0;
        while (word != 0) {{
            if (word & 0xffff == number) return true;
            word >>= 16;
        }}
        return false;
    }}
}}
"""
GUARD_MODIFIER = """
    modifier nonReentrantUnless(uint256 number) {
        if (!MutationSwitch.on(number)) _nonReentrantBefore();
        _;
        if (!MutationSwitch.on(number)) _nonReentrantAfter();
    }
"""


def coinbase_for(numbers: list[int]) -> str:
    """Give the coinbase that turns on these mutants, at most nine, and no other."""
    if len(numbers) > 9 or any(not 0 < number < 2**16 for number in numbers):
        raise ValueError(f"no coinbase for {numbers}")
    word = sum(number << 16 * place for place, number in enumerate(numbers))
    return f"0x{word:040x}"


def guard_with_switch(openzeppelins: str) -> str:
    """Give OpenZeppelin's lock with a modifier that a switch takes away."""
    end = openzeppelins.rindex("}")
    imported = 'import {MutationSwitch} from "./MutationSwitch.sol";\n'
    pragma = openzeppelins.index("abstract contract")
    return openzeppelins[:pragma] + imported + openzeppelins[pragma:end] + GUARD_MODIFIER + "}\n"


def without_pure(source: bytes) -> bytes:
    """Let functions read the switch: what was pure is a view. Comments stay as they are."""
    pieces, at = [], 0
    for comment in COMMENT.finditer(source):
        pieces += [re.sub(rb"\bpure\b", b"view", source[at : comment.start()]), comment.group()]
        at = comment.end()
    return b"".join([*pieces, re.sub(rb"\bpure\b", b"view", source[at:])])


class Weaver:
    """Weaves mutants into one file."""

    def __init__(self, source: bytes, mutants: dict[int, Mutant]) -> None:
        self.source = source
        self.at: dict[tuple[int, int, bool], list[tuple[int, Mutant]]] = {}
        for number, mutant in mutants.items():
            key = (mutant.start, mutant.length, mutant.form == "statement")
            self.at.setdefault(key, []).append((number, mutant))

    def weave(self, tree: Node) -> bytes:
        """Give the file with every mutant behind its switch."""
        # where a statement's semicolon lies, only the text behind it knows
        woven = without_pure(AND_ITS_SEMICOLON.sub(b"", self._render(tree, tree)))
        woven = woven.replace(b'"' + GUARD_IMPORT.encode() + b'"', b'"../MutationGuard.sol"')
        pragma = PRAGMA.search(woven)
        if pragma is None:
            raise ValueError("a contract without a pragma")
        imported = b'\n\nimport {MutationSwitch} from "../MutationSwitch.sol";'
        return woven[: pragma.end()] + imported + woven[pragma.end() :]

    def _render(self, node: Node, root: Node) -> bytes:
        start, length = (0, len(self.source)) if node is root else span_of(node)
        pieces, at = [], start
        for child in [] if node["nodeType"] == "ModifierInvocation" else children_of(node):
            child_start, child_length = span_of(child)
            end = child_start + child_length
            if child_start < at or end > start + length:
                continue  # a name inside a node that has been written already
            pieces += [self.source[at:child_start], self._render(child, root)]
            at = end
        text = b"".join([*pieces, self.source[at : start + length]])
        if node is root:
            return text
        if statements := self._statements(node):
            return _as_statements(text, statements)
        return _as_expression(text, self.at.get((start, length, False), []), node)

    def _statements(self, node: Node) -> list[tuple[int, Mutant]]:
        is_statement = node["nodeType"].endswith("Statement") or node["nodeType"] == "Return"
        return self.at.get((*span_of(node), True), []) if is_statement else []


def _as_statements(text: bytes, mutants: list[tuple[int, Mutant]]) -> bytes:
    """Give a statement behind those that may stand in its place; a mark tells that its semicolon is inside."""
    chain = ""
    for number, mutant in mutants:
        instead = f"{mutant.replacement}; " if mutant.replacement else ""
        chain += f"if (MutationSwitch.on({number})) {{ {instead}}} else "
    return b"{ " + chain.encode() + b"{ " + text + b"; } }\0"


def _as_expression(text: bytes, mutants: list[tuple[int, Mutant]], node: Node) -> bytes:
    """Give an expression behind those that may stand in its place."""
    if not mutants:
        return text
    if node["nodeType"] == "ModifierInvocation":
        return f"{GUARD}Unless({mutants[0][0]})".encode()
    chain = "".join(f"MutationSwitch.on({number}) ? {mutant.replacement} : " for number, mutant in mutants)
    return b"(" + chain.encode() + text + b")"
