"""Finds the mutants of our contracts: small faults, each at one place, read off the compiler's syntax tree.

A mutant replaces one expression or one statement. Those that the compiler refuses are dropped later, since only it knows.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Node = dict[str, Any]

RELATIONS = {"<": ("<=", ">="), "<=": ("<", ">"), ">": (">=", "<="), ">=": (">", "<"), "==": ("!=",), "!=": ("==",)}
ARITHMETIC = {"+": "-", "-": "+", "*": "/", "/": "*", "%": "*", "<<": ">>", ">>": "<<", "|": "&", "&": "|"}
ASSIGNMENTS = {"+=": "-=", "-=": "+=", "*=": "/=", "|=": "&="}
STEPS = {"++": "--", "--": "++"}
GUARD = "nonReentrant"
NOT_CODE = {"typeName", "documentation", "overrides", "parameters", "returnParameters", "typeDescriptions"}


@dataclass(frozen=True)
class Mutant:
    """One fault. `start` and `length` are bytes of the file; `form` says what stands there."""

    file: str
    start: int
    length: int
    line: int
    function: str
    operator: str
    original: str
    replacement: str
    form: str  # "expression", "statement" or "modifier"

    @property
    def name(self) -> str:
        """Name the mutant by what it is rather than by where it stands, so that a moved line changes nothing."""
        return f"{self.function}: {self.original} -> {self.replacement or '(removed)'}"


@dataclass(frozen=True)
class Constants:
    """What syntax trees say of names: constant numbers by their node's id, and the members of each enum."""

    numbers: frozenset[int]
    next_member: dict[int, str]

    @classmethod
    def of(cls, trees: list[Node]) -> Constants:
        """Collect them from every file."""
        numbers, members = set(), {}
        for node in (node for tree in trees for node in nodes_of(tree)):
            if node["nodeType"] == "VariableDeclaration" and node.get("constant"):
                if node["typeDescriptions"]["typeString"].startswith("uint"):
                    numbers.add(node["id"])
            elif node["nodeType"] == "EnumDefinition":
                names = [member["name"] for member in node["members"]]
                for place, member in enumerate(node["members"]):
                    members[member["id"]] = names[(place + 1) % len(names)]
        return cls(frozenset(numbers), members)


def children_of(node: Node) -> list[Node]:
    """Give the nodes right below a node, in the order of the text; types and documentation are left out."""
    found = []
    for key, value in node.items():
        if key not in NOT_CODE:
            found += [part for part in (value if isinstance(value, list) else [value]) if is_node(part)]
    return sorted(found, key=lambda part: span_of(part)[0])


def is_node(value: object) -> bool:
    """Tell whether this is a node with a place in the text."""
    return isinstance(value, dict) and "nodeType" in value and "src" in value


def nodes_of(node: Node) -> Iterator[Node]:
    """Give a node and all below it."""
    yield node
    for child in children_of(node):
        yield from nodes_of(child)


def span_of(node: Node) -> tuple[int, int]:
    """Give where a node begins and how long it is, in bytes."""
    start, length, _ = node["src"].split(":")
    return int(start), int(length)


class Finder:
    """Finds the mutants of one file."""

    def __init__(self, file: str, source: bytes, constants: Constants) -> None:
        self.file = file
        self.source = source
        self.constants = constants
        self.function = ""
        self.found: list[Mutant] = []

    def find(self, tree: Node) -> list[Mutant]:
        """Give the mutants of every function with a body, in the order of the text."""
        for contract in (node for node in tree["nodes"] if node["nodeType"] == "ContractDefinition"):
            for part in contract["nodes"]:
                if part["nodeType"] == "FunctionDefinition" and part.get("body"):
                    self.function = f"{contract['name']}.{part['name'] or part['kind']}"
                    self._guards(part)
                    self._statement(part["body"])
        return self.found

    def text(self, node: Node) -> str:
        """Give what a node says."""
        start, length = span_of(node)
        return self.source[start : start + length].decode()

    def add(self, node: Node, operator: str, replacement: str, form: str = "expression") -> None:
        """Note a mutant at a node."""
        start, length = span_of(node)
        line = self.source.count(b"\n", 0, start) + 1
        original = " ".join(self.text(node).split())
        replacement = " ".join(replacement.split())
        self.found.append(Mutant(self.file, start, length, line, self.function, operator, original, replacement, form))

    def _guards(self, function: Node) -> None:
        for modifier in function["modifiers"]:
            if self.text(modifier) == GUARD:
                self.add(modifier, "guard removed", "", "modifier")

    def _statement(self, node: Node) -> None:
        kind = node["nodeType"]
        if kind in ("Block", "UncheckedBlock"):
            for statement in node["statements"]:
                self._statement(statement)
        elif kind == "IfStatement":
            self._condition(node["condition"])
            self._statement(node["trueBody"])
            if node.get("falseBody"):
                self._statement(node["falseBody"])
        elif kind in ("ForStatement", "WhileStatement"):
            for part in ("initializationExpression", "loopExpression"):
                if node.get(part):
                    self._expression(node[part])
            self._condition(node["condition"])
            self._statement(node["body"])
        elif kind == "TryStatement":
            for child in children_of(node["externalCall"]):  # what is tried must remain a call
                self._expression(child)
            for clause in node["clauses"]:
                self._statement(clause["block"])
        elif kind == "ExpressionStatement":
            self._bare(node)
        elif kind == "EmitStatement":
            self.add(node, "event removed", "", "statement")
            self._swaps(node["eventCall"], node)
            self._expression(node["eventCall"], top=True)
        elif kind == "Return":
            if node.get("expression"):
                if not points_to_storage(node["expression"]):
                    self.add(node, "return removed", "", "statement")
                self._expression(node["expression"])
        else:
            self._expression(node)

    def _bare(self, statement: Node) -> None:
        """An expression that stands alone: it can be left out as a whole."""
        node = statement["expression"]
        called = node["nodeType"] == "FunctionCall" and self.text(node["expression"])
        operator = "check removed" if called == "require" else "call removed" if called else "assignment removed"
        if called or node["nodeType"] != "Assignment" or not points_to_storage(node["leftHandSide"]):
            self.add(statement, operator, "", "statement")
        if called == "require":
            self._expression(node["arguments"][0])
            for refusal in node["arguments"][1:]:
                self._swaps(refusal, statement)
                self._expression(refusal, top=True)
        elif called:
            self._swaps(node, statement)
            self._expression(node, top=True)
        else:
            self._expression(node)

    def _condition(self, node: Node) -> None:
        if node["nodeType"] not in ("BinaryOperation", "UnaryOperation"):
            self.add(node, "condition negated", f"!({self.text(node)})")
        self._expression(node)

    def _expression(self, node: Node, *, top: bool = False) -> None:
        """Note the mutants of an expression and of its parts; `top` when its own are noted elsewhere."""
        kind = node["nodeType"]
        if kind == "Literal":
            return self._literal(node)
        if kind in ("Identifier", "MemberAccess") and self._name(node):
            return None
        if kind == "BinaryOperation":
            self._binary(node)
        elif kind == "UnaryOperation":
            self._unary(node)
        elif kind == "Conditional":
            for branch in ("trueExpression", "falseExpression"):
                self.add(node, "choice fixed", self.text(node[branch]))
        elif kind == "Assignment" and node["operator"] in ASSIGNMENTS:
            self.add(node, "assignment changed", self._between(node, "leftHandSide", "rightHandSide", ASSIGNMENTS))
        elif kind == "FunctionCall" and not top:
            self._swaps(node, None)
        if kind == "FunctionCall" and node["kind"] == "typeConversion":
            children = [part for part in node["arguments"] if part["nodeType"] != "Literal"]
        else:
            children = children_of(node)
        for child in children:
            self._expression(child)
        return None

    def _literal(self, node: Node) -> None:
        if node["kind"] == "bool":
            self.add(node, "literal changed", "false" if node["value"] == "true" else "true")
        elif node["kind"] == "number":
            self.add(node, "literal changed", f"({self.text(node)} + 1)")
            if node["value"] != "0":
                self.add(node, "literal changed", f"({self.text(node)} - 1)")

    def _name(self, node: Node) -> bool:
        """Note what a constant may be instead; tell whether it is one."""
        declared = node.get("referencedDeclaration")
        if declared in self.constants.numbers:
            for sign in "+-":
                self.add(node, "constant changed", f"({self.text(node)} {sign} 1)")
            return True
        if declared in self.constants.next_member and node["nodeType"] == "MemberAccess":
            enum = self.text(node["expression"])
            self.add(node, "member changed", f"{enum}.{self.constants.next_member[declared]}")
            return True
        return False

    def _binary(self, node: Node) -> None:
        sign = node["operator"]
        for other in RELATIONS.get(sign, ()):
            self.add(node, "relation changed", self._between(node, "leftExpression", "rightExpression", {sign: other}))
        if sign in ARITHMETIC:
            changed = self._between(node, "leftExpression", "rightExpression", ARITHMETIC)
            self.add(node, "arithmetic changed", f"({changed})")
        if sign in ("&&", "||"):
            for side in ("leftExpression", "rightExpression"):
                self.add(node, "condition halved", self.text(node[side]))

    def _unary(self, node: Node) -> None:
        sign = node["operator"]
        operand = self.text(node["subExpression"])
        if sign in STEPS:
            self.add(node, "step reversed", f"{STEPS[sign]}{operand}" if node["prefix"] else f"{operand}{STEPS[sign]}")
        elif sign == "!":
            self.add(node, "condition negated", operand)

    def _between(self, node: Node, left: str, right: str, signs: dict[str, str]) -> str:
        """Give an operation with another sign; what stands around the sign, brackets for one, stays."""
        start, length = span_of(node)
        (left_at, left_length), (right_at, _) = span_of(node[left]), span_of(node[right])
        before = self.source[start : left_at + left_length].decode()
        middle = self.source[left_at + left_length : right_at].decode()
        after = self.source[right_at : start + length].decode()
        return before + middle.replace(node["operator"], signs[node["operator"]]) + after

    def _swaps(self, call: Node, statement: Node | None) -> None:
        """Exchange neighbours of one type in a call; a call that gives nothing is changed as a statement."""
        if call["nodeType"] != "FunctionCall" or call["kind"] == "typeConversion":
            return
        whole = statement or call
        start, length = span_of(whole)
        for one, other in zip(call["arguments"], call["arguments"][1:], strict=False):
            same_type = one["typeDescriptions"]["typeString"] == other["typeDescriptions"]["typeString"]
            if not same_type or self.text(one) == self.text(other):
                continue
            (at, size), (other_at, other_size) = span_of(one), span_of(other)
            parts = (
                self.source[start:at],
                self.source[other_at : other_at + other_size],
                self.source[at + size : other_at],
                self.source[at : at + size],
                self.source[other_at + other_size : start + length],
            )
            swapped = b"".join(parts).decode()
            self.add(whole, "arguments swapped", swapped, "statement" if statement else "expression")


def points_to_storage(node: Node) -> bool:
    """Tell whether an expression is a pointer into storage, which the compiler never leaves unset."""
    return "storage pointer" in node["typeDescriptions"]["typeString"]
