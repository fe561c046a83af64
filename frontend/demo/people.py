"""Who acts in the demo: seven accounts of the public test mnemonic, each with a role."""

from __future__ import annotations

from dataclasses import dataclass

MNEMONIC = "test test test test test test test test test test test junk"


@dataclass(frozen=True)
class Person:
    """One account; `number` is its place in the mnemonic. Personas come later, so the pages show a placeholder name."""

    number: int
    role: str


RADIO_KEEPER = Person(1, "founded the radio club; repairs and sells")
PAPER_MAKER = Person(2, "founded the hanji makers; makes and sells")
MUSHROOM_HOST = Person(3, "founded the mushroom café; grows and sells")
ARBITER = Person(4, "rules on disputes")
VISITOR = Person(5, "buys; the account that `make run` suggests for your wallet")
NEIGHBOUR = Person(6, "buys, sells one thing, and is the backup arbiter")

SINGER = Person(7, "sells a sealed file, whose key a program delivers")

PEOPLE = (RADIO_KEEPER, PAPER_MAKER, MUSHROOM_HOST, ARBITER, VISITOR, NEIGHBOUR, SINGER)
