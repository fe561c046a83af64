"""Compares integers.py with a solver of bit vectors on many small random questions, where both can answer.

Run with halmos's Python by `make proofs`: a rule of the translation that is wrong would make every proof worthless.
"""

from __future__ import annotations

import random
import sys

import z3

from tools.proofs.integers import decide

QUESTIONS = 100
SEED = 1
WIDTH = 3
DEPTH = 2
TIMEOUT_MS = 500
FEWEST_ANSWERED = 80


def expression(dice: random.Random, variables: list[z3.BitVecRef], depth: int) -> z3.BitVecRef:
    """Make up an expression of the one width."""
    if depth == 0 or dice.random() < 0.15:
        return dice.choice([*variables, z3.BitVecVal(dice.randrange(2**WIDTH), WIDTH)])
    one, other = (expression(dice, variables, depth - 1) for _ in "ab")
    shift = dice.randrange(WIDTH)
    cut = dice.randrange(1, WIDTH)
    mul = z3.Function(f"f_evm_bvmul_{WIDTH}", one.sort(), one.sort(), one.sort())
    return dice.choice(
        [
            one + other,
            one - other,
            one * other,
            z3.UDiv(one, other),
            z3.URem(one, other),
            z3.LShR(one, shift),
            one << shift,
            z3.Concat(z3.BitVecVal(0, WIDTH - cut), z3.Extract(cut - 1, 0, one)),
            z3.Concat(z3.Extract(cut - 1, 0, one), z3.Extract(WIDTH - 1, cut, other)),
            z3.If(z3.ULE(one, other), one, other),
            mul(one, other),
        ]
    )


def question(dice: random.Random) -> list[z3.BoolRef]:
    """Make up bounds of some variables and a statement about them."""
    variables = [z3.BitVec(name, WIDTH) for name in "xyz"]
    bounds = [z3.ULE(variable, dice.randrange(2**WIDTH)) for variable in variables if dice.random() < 0.5]
    one, other = (expression(dice, variables, DEPTH) for _ in "ab")
    statement = dice.choice([one == other, z3.ULT(one, other), z3.And(z3.ULE(one, other), one != other)])
    return [*bounds, dice.choice([statement, z3.Not(statement)])]


def by_bits(asked: list[z3.BoolRef]) -> str:
    """Decide over bit vectors, with what halmos leaves open filled in."""
    sort = z3.BitVecSort(WIDTH)
    one, other = z3.Var(0, sort), z3.Var(1, sort)
    mul = z3.Function(f"f_evm_bvmul_{WIDTH}", sort, sort, sort)
    solver = z3.Solver()
    solver.add([z3.substitute_funs(part, (mul, one * other)) for part in asked])
    return str(solver.check())


def main() -> int:
    """Print how many were compared; give 1 when an answer differs."""
    dice = random.Random(SEED)  # noqa: S311 no secret
    answered = 0
    for number in range(QUESTIONS):
        asked = question(dice)
        solver = z3.Solver()
        solver.add(asked)
        said, expected = decide(solver.to_smt2(), TIMEOUT_MS).split("\n")[0], by_bits(asked)
        answered += said != "unknown"
        if said not in (expected, "unknown"):
            print(f"✗ question {number}: {said} over integers, {expected} over bit vectors:\n{solver.to_smt2()}")
            return 1
    print(f"  {answered} of {QUESTIONS} small questions answered over integers, all as over bit vectors")
    return 0 if answered >= FEWEST_ANSWERED else 1


if __name__ == "__main__":
    sys.exit(main())
