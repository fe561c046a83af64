"""Chance in one small shape, so that one generator serves Hypothesis, which shrinks, and a run of many thousand seeds."""

from collections.abc import Sequence
from random import Random
from typing import Any, Protocol

from hypothesis import strategies as st


class Numbers(Protocol):
    """Where numbers come from."""

    def number(self, low: int, high: int) -> int:
        """Give a number from low to high, both included; the simplest is the lowest."""


class Seeded:
    """Numbers that follow from a seed."""

    def __init__(self, seed: str) -> None:
        self.random = Random(seed)

    def number(self, low: int, high: int) -> int:
        """Give the next number."""
        return self.random.randint(low, high)


class Shrinking:
    """Numbers from Hypothesis's `data()`."""

    def __init__(self, data: st.DataObject) -> None:
        self.data = data

    def number(self, low: int, high: int) -> int:
        """Draw a number."""
        return self.data.draw(st.integers(low, high))


class Draws:
    """What a generator asks of chance. The first of several options is the simplest."""

    def __init__(self, numbers: Numbers) -> None:
        self.number = numbers.number

    def pick(self, options: Sequence[Any]) -> Any:
        """Give one of some options."""
        return options[self.number(0, len(options) - 1)]

    def once_in(self, times: int) -> bool:
        """Say yes once in so many times."""
        return self.number(1, times) == times

    def weighed(self, options: Sequence[tuple[int, Any]]) -> Any:
        """Give one of some options with weights."""
        at = self.number(0, sum(weight for weight, _ in options) - 1)
        for weight, option in options:
            at -= weight
            if at < 0:
                return option
        raise AssertionError("the weights do not sum up")
