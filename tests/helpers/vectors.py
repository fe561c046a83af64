"""The shared vectors of tests/vectors/terms.json, as the helpers' own objects."""

import json
from dataclasses import dataclass
from pathlib import Path

from tests.helpers.terms import Purchase, Terms

FILE = Path(__file__).resolve().parents[1] / "vectors" / "terms.json"


@dataclass(frozen=True)
class Vector:
    """One case: terms and purchase, and what they must hash to."""

    title: str
    terms: Terms
    purchase: Purchase
    rules: dict[str, int]
    clocks: dict[str, int]
    listing_id: str
    ref: str
    key: str


def load() -> tuple[int, str, list[Vector]]:
    """Give the vectors' chain id and market address, and all cases."""
    found = json.loads(FILE.read_text(encoding="utf-8"))
    return found["chainId"], found["market"], [_vector(case) for case in found["cases"]]


def _vector(case: dict) -> Vector:
    numbers = ("unit_price", "arbiter_fee", "rules", "clocks")
    terms = {snake(name): value for name, value in case["terms"].items()}
    return Vector(
        title=case["title"],
        terms=Terms(**{name: int(value) if name in numbers else value for name, value in terms.items()}),
        purchase=Purchase(**{snake(name): value for name, value in case["purchase"].items()}),
        rules={snake(name): int(value) for name, value in case["rules"].items()},
        clocks={snake(name): int(value) for name, value in case["clocks"].items()},
        listing_id=case["listingId"],
        ref=case["ref"],
        key=case["key"],
    )


def snake(name: str) -> str:
    """Give encryptionKeyX as encryption_key_x."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
