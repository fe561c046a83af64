"""Decides halmos's questions over the integers: `python -m tools.proofs.integers question.smt2` answers sat, unsat or unknown.

Solvers take bit vectors apart into single bits, and a product of two unknown 128-bit numbers divided by 10 000 is beyond them.
Over the integers the same question is a few lines of algebra. Each bit vector becomes the integer that it stands for, with
the range in which it must lie; where an operation cannot leave its width by that range, the wrap-around is left out, and
elsewhere it is written out. So the two questions have the same answer, and "unsat" here is a proof there.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import reduce
from pathlib import Path

import z3

TIMEOUT_MS = 600_000
ABSTRACTED = re.compile(r"f_evm_bv(mul|udiv|urem)_\d+")
DIVISIONS = (z3.Z3_OP_BUDIV, z3.Z3_OP_BUDIV_I, z3.Z3_OP_BUREM, z3.Z3_OP_BUREM_I)


class CannotTranslate(Exception):
    """An operation that no rule covers; the question stays open."""


@dataclass(frozen=True)
class Number:
    """The integer that a bit vector stands for, and a range in which it lies for certain."""

    value: z3.ArithRef
    low: int
    high: int


class Translation:
    """Translates the assertions of one question."""

    def __init__(self, assertions: list[z3.BoolRef]) -> None:
        self.numbers: dict[int, Number] = {}
        self.formulas: dict[int, z3.BoolRef] = {}
        self.facts: list[z3.BoolRef] = []
        self.variables: dict[str, int] = {}
        self.is_exact = True  # false once something was left open or out
        self.most = self._upper_bounds(assertions)
        self.kept = assertions  # z3 gives the numbers of dropped terms to new ones

    def formula(self, term: z3.BoolRef) -> z3.BoolRef:
        """Give a statement about integers that holds exactly when this one about bit vectors does."""
        found = self.formulas.get(term.get_id())
        if found is None:
            found = self.formulas[term.get_id()] = self._formula(term)
        return found

    def number(self, term: z3.BitVecRef) -> Number:
        """Give the integer of a bit vector."""
        found = self.numbers.get(term.get_id())
        if found is None:
            found = self.numbers[term.get_id()] = self._number(term)
        return found

    def _formula(self, term: z3.BoolRef) -> z3.BoolRef:
        kind, parts = term.decl().kind(), term.children()
        if z3.is_true(term) or z3.is_false(term):
            return term
        if kind == z3.Z3_OP_NOT:
            return z3.Not(self.formula(parts[0]))
        if kind == z3.Z3_OP_AND:
            return z3.And([self.formula(part) for part in parts])
        if kind == z3.Z3_OP_OR:
            return z3.Or([self.formula(part) for part in parts])
        if kind == z3.Z3_OP_IMPLIES:
            return z3.Implies(self.formula(parts[0]), self.formula(parts[1]))
        if kind == z3.Z3_OP_ITE:
            return z3.If(*(self.formula(part) for part in parts))
        if kind in (z3.Z3_OP_EQ, z3.Z3_OP_DISTINCT):
            return self._equality(term, kind, parts)
        if kind in (z3.Z3_OP_ULEQ, z3.Z3_OP_UGEQ, z3.Z3_OP_ULT, z3.Z3_OP_UGT):
            one, other = (self.number(part).value for part in parts)
            return {
                z3.Z3_OP_ULEQ: one <= other,
                z3.Z3_OP_UGEQ: one >= other,
                z3.Z3_OP_ULT: one < other,
                z3.Z3_OP_UGT: one > other,
            }[kind]
        if kind == z3.Z3_OP_UNINTERPRETED and not parts:
            return z3.Bool(term.decl().name())
        raise CannotTranslate(term.decl().name())

    def _equality(self, term: z3.BoolRef, kind: int, parts: list[z3.ExprRef]) -> z3.BoolRef:
        if len(parts) != 2:
            raise CannotTranslate("an equality of more than two")
        if z3.is_bool(parts[0]):
            one, other = (self.formula(part) for part in parts)
        elif z3.is_bv(parts[0]):
            one, other = (self.number(part).value for part in parts)
        else:
            raise CannotTranslate(f"an equality of {parts[0].sort()}")
        return one == other if kind == z3.Z3_OP_EQ else one != other

    def _number(self, term: z3.BitVecRef) -> Number:
        width, kind, parts = term.size(), term.decl().kind(), term.children()
        if z3.is_bv_value(term):
            return Number(z3.IntVal(term.as_long()), term.as_long(), term.as_long())
        if kind == z3.Z3_OP_UNINTERPRETED:
            operation = ABSTRACTED.fullmatch(term.decl().name())
            if operation is None:
                return self._unknown(term)
            return self._abstracted(operation[1], self.number(parts[0]), self.number(parts[1]), width)
        if kind == z3.Z3_OP_ITE:
            condition, (one, other) = self.formula(parts[0]), map(self.number, parts[1:])
            return Number(z3.If(condition, one.value, other.value), min(one.low, other.low), max(one.high, other.high))
        if kind == z3.Z3_OP_CONCAT:
            return self._concatenation(parts)
        if kind == z3.Z3_OP_EXTRACT:
            highest, lowest = term.params()
            return cut(shifted_down(self.number(parts[0]), lowest), highest - lowest + 1)
        if kind == z3.Z3_OP_ZERO_EXT:
            return self.number(parts[0])
        if not all(z3.is_bv(part) for part in parts):
            return self._opaque(term)
        numbers = [self.number(part) for part in parts]
        if kind == z3.Z3_OP_BADD:
            return reduce(lambda one, other: plus(one, other, width), numbers)
        if kind == z3.Z3_OP_BMUL:
            return reduce(lambda one, other: times(one, other, width), numbers)
        if kind == z3.Z3_OP_BSUB and len(numbers) == 2:
            return minus(numbers[0], numbers[1], width)
        if kind in (z3.Z3_OP_BUDIV, z3.Z3_OP_BUDIV_I):
            return self._quotient(numbers[0], numbers[1], width)
        if kind in (z3.Z3_OP_BUREM, z3.Z3_OP_BUREM_I):
            return remainder(*numbers)
        if kind == z3.Z3_OP_BSHL and z3.is_bv_value(parts[1]) and parts[1].as_long() < width:
            return times(numbers[0], constant(2 ** parts[1].as_long()), width)
        if kind == z3.Z3_OP_BLSHR and z3.is_bv_value(parts[1]):
            return shifted_down(numbers[0], parts[1].as_long())
        return self._opaque(term)

    def _opaque(self, term: z3.BitVecRef) -> Number:
        """Any number at all, for what no rule covers: less is known then, so what is unsatisfiable is so all the more."""
        self.is_exact = False
        value = z3.Int(f"opaque {term.get_id()}")
        self.facts.append(z3.And(value >= 0, value < 2 ** term.size()))
        return Number(value, 0, 2 ** term.size() - 1)

    def _abstracted(self, operation: str, one: Number, other: Number, width: int) -> Number:
        """What halmos leaves open at first: the EVM's operations, which divide by zero to zero."""
        if operation == "mul":
            return times(one, other, width)
        if other.low > 0:
            return self._quotient(one, other, width) if operation == "udiv" else remainder(one, other)
        result = one.value / other.value if operation == "udiv" else one.value % other.value
        return Number(z3.If(other.value == 0, 0, result), 0, one.high)

    def _unknown(self, term: z3.BitVecRef) -> Number:
        """A variable, or what an uninterpreted function gives: any number of its width."""
        most = self.most.get(term.get_id(), 2 ** term.size() - 1)
        if not all(z3.is_bv(part) for part in term.children()):
            return self._opaque(term)
        arguments = [self.number(part).value for part in term.children()]
        if arguments:
            sorts = [z3.IntSort()] * (len(arguments) + 1)
            value = z3.Function(term.decl().name(), *sorts)(*arguments)
        else:
            value = z3.Int(term.decl().name())
            self.variables[term.decl().name()] = term.size()
        self.facts.append(z3.And(value >= 0, value <= most))
        return Number(value, 0, most)

    def _concatenation(self, parts: list[z3.BitVecRef]) -> Number:
        whole = constant(0)
        for part in parts:
            number, shift = self.number(part), 2 ** part.size()
            value = number.value if whole.high == 0 else whole.value * shift + number.value
            whole = Number(value, whole.low * shift + number.low, whole.high * shift + number.high)
        return whole

    @staticmethod
    def _quotient(one: Number, other: Number, width: int) -> Number:
        """SMT-LIB divides by zero to all ones."""
        if other.low > 0:
            return Number(one.value / other.value, one.low // other.high, one.high // other.low)
        all_ones = 2**width - 1
        return Number(z3.If(other.value == 0, all_ones, one.value / other.value), 0, all_ones)

    @staticmethod
    def _upper_bounds(assertions: list[z3.BoolRef]) -> dict[int, int]:
        """Read off what is asserted of variables outright: that upper bits are zeros, then bounds of what they leave."""
        most: dict[int, int] = {}

        def note(variable: z3.BitVecRef, bound: int) -> None:
            if variable.decl().kind() == z3.Z3_OP_UNINTERPRETED:
                most[variable.get_id()] = min(bound, most.get(variable.get_id(), bound))

        for term in assertions:
            if term.decl().kind() == z3.Z3_OP_EQ and z3.is_bv(term.arg(0)):
                for found in (_equal_to_its_lower_bits(*term.children()), _upper_bits_zero(*term.children())):
                    if found is not None:
                        note(*found)
        for term in assertions:
            if term.decl().kind() == z3.Z3_OP_ULEQ and z3.is_bv_value(term.arg(1)):
                lower, bound = term.arg(0), term.arg(1).as_long()
                whole = lower
                if lower.decl().kind() == z3.Z3_OP_EXTRACT and lower.params()[1] == 0:
                    whole = lower.arg(0)
                if whole is lower or most.get(whole.get_id(), 2 ** whole.size()) < 2 ** lower.size():
                    note(whole, bound)
        return most


def _equal_to_its_lower_bits(one: z3.BitVecRef, other: z3.BitVecRef) -> tuple[z3.BitVecRef, int] | None:
    if other.decl().kind() != z3.Z3_OP_CONCAT or other.num_args() != 2:
        return None
    zeros, lower = other.children()
    if not (z3.is_bv_value(zeros) and zeros.as_long() == 0 and lower.decl().kind() == z3.Z3_OP_EXTRACT):
        return None
    return (one, 2 ** lower.size() - 1) if lower.params()[1] == 0 and lower.arg(0).eq(one) else None


def _upper_bits_zero(one: z3.BitVecRef, other: z3.BitVecRef) -> tuple[z3.BitVecRef, int] | None:
    if one.decl().kind() != z3.Z3_OP_EXTRACT or not z3.is_bv_value(other) or other.as_long() != 0:
        return None
    highest, lowest = one.params()
    return (one.arg(0), 2**lowest - 1) if highest == one.arg(0).size() - 1 else None


def constant(value: int) -> Number:
    """Give a number that is known."""
    return Number(z3.IntVal(value), value, value)


def cut(number: Number, width: int) -> Number:
    """Keep the lowest bits."""
    size = 2**width
    return number if number.high < size else Number(number.value % size, 0, size - 1)


def shifted_down(number: Number, bits: int) -> Number:
    """Drop the lowest bits."""
    return number if bits == 0 else Number(number.value / 2**bits, number.low >> bits, number.high >> bits)


def plus(one: Number, other: Number, width: int) -> Number:
    """Add; a sum of two goes over at most once."""
    total, high, size = one.value + other.value, one.high + other.high, 2**width
    if high < size:
        return Number(total, one.low + other.low, high)
    return Number(z3.If(total >= size, total - size, total), 0, size - 1)


def minus(one: Number, other: Number, width: int) -> Number:
    """Subtract; a difference goes under at most once."""
    difference, size = one.value - other.value, 2**width
    if one.low >= other.high:
        return Number(difference, one.low - other.high, one.high - other.low)
    return Number(z3.If(difference < 0, difference + size, difference), 0, size - 1)


def times(one: Number, other: Number, width: int) -> Number:
    """Multiply."""
    return cut(Number(one.value * other.value, one.low * other.low, one.high * other.high), width)


def remainder(one: Number, other: Number) -> Number:
    """SMT-LIB's remainder of a division by zero is the number itself."""
    if other.low > 0:
        return Number(one.value % other.value, 0, min(one.high, other.high - 1))
    return Number(z3.If(other.value == 0, one.value, one.value % other.value), 0, one.high)


def decide(question: str, timeout_ms: int = TIMEOUT_MS) -> str:
    """Answer a question in SMT-LIB.

    An assumption that is left out makes the claim stronger: what is unsatisfiable without it is so with it. So those that
    divide by an unknown are tried without first; a checked multiplication assumes such things, and they help nobody.
    """
    assertions = [part for whole in z3.parse_smt2_string(question) for part in conjuncts(whole)]
    translation = Translation(assertions)
    plain: list[z3.BoolRef] = []
    others: list[z3.BoolRef] = []
    for assertion in assertions:
        try:
            formula = translation.formula(assertion)
        except CannotTranslate:
            # what an array holds matters only where it is read, and that is left open and noted
            translation.is_exact = translation.is_exact and is_about_arrays(assertion)
            continue
        (others if divides_by_unknown(assertion, set()) else plain).append(formula)
    answer = ask(plain + translation.facts, translation.variables, timeout_ms)
    if answer != "unsat" and others:
        answer = ask(plain + others + translation.facts, translation.variables, timeout_ms)
    return "unknown" if answer.startswith("sat") and not translation.is_exact else answer


def is_about_arrays(term: z3.BoolRef) -> bool:
    """Tell whether a statement only says what an array is."""
    return term.decl().kind() == z3.Z3_OP_EQ and z3.is_array(term.arg(0))


def ask(formulas: list[z3.BoolRef], variables: dict[str, int], timeout_ms: int) -> str:
    """Let z3 decide; behind "sat" stand the values that show it, as bit vectors."""
    solver = z3.Solver()
    solver.set("timeout", timeout_ms)
    solver.add(formulas)
    answer = str(solver.check())
    if answer != "sat":
        return answer
    model = solver.model()
    lines = []
    for name, width in variables.items():
        value = model.eval(z3.Int(name), model_completion=True).as_long()
        lines.append(f"  (define-fun {name} () (_ BitVec {width}) #b{value:0{width}b})")
    return "\n".join(["sat", "(", *lines, ")"])


def divides_by_unknown(term: z3.ExprRef, seen: set[int]) -> bool:
    """Tell whether an expression holds a division by anything but a constant."""
    if term.get_id() in seen:
        return False
    seen.add(term.get_id())
    operation = ABSTRACTED.fullmatch(term.decl().name())
    divides = term.decl().kind() in DIVISIONS or (operation is not None and operation[1] != "mul")
    if divides and not z3.is_bv_value(term.arg(1)):
        return True
    return any(divides_by_unknown(part, seen) for part in term.children())


def conjuncts(term: z3.BoolRef) -> list[z3.BoolRef]:
    """Take apart what is asserted together."""
    if term.decl().kind() != z3.Z3_OP_AND:
        return [term]
    return [part for child in term.children() for part in conjuncts(child)]


def main(argv: list[str]) -> int:
    """Print the answer to the question in a file."""
    print(decide(Path(argv[-1]).read_text(encoding="utf-8")))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
