"""Shared vectors: the contracts, Python and the browser must agree on every point, every key and every wrap."""

import json
from pathlib import Path

import pytest
from brownie import web3

from tests.helpers.files import word_hex
from tools.files import wrap as curve

VECTORS = json.loads(Path(__file__).parents[2].joinpath("vectors", "age", "wrap.json").read_text(encoding="utf-8"))
P, N = curve.FIELD, curve.ORDER


def of(name: str):
    """Go through one list of the vectors, by title."""
    cases = VECTORS[name]
    return pytest.mark.parametrize("case", cases, ids=[case["title"].replace(" ", "_") for case in cases])


@pytest.fixture(scope="module")
def lib(FileParts, owner):
    return FileParts.deploy({"from": owner})


def number(word: str) -> int:
    return int(word, 16)


def point(case: dict) -> tuple[int, int]:
    return number(case["pointX"]), number(case["pointY"])


def words(wrap: dict) -> tuple[str, str, str]:
    return wrap["pointX"], wrap["pointY"], wrap["masked"]


def unwrapped(lib, case: dict) -> str:
    return str(lib.unwrap(case["orderKey"], words(case["wrap"]), number(case["secret"])))


def test_domains_are_those_of_the_vectors(lib):
    assert str(lib.KEY_DOMAIN()) == VECTORS["domains"]["key"]
    assert str(lib.WRAP_DOMAIN()) == VECTORS["domains"]["wrap"]
    assert VECTORS["domains"]["key"] != VECTORS["domains"]["wrap"]


@of("soldKeys")
def test_key_has_the_hash_to_which_a_listing_commits(lib, case):
    assert str(lib.keyHash(case["salt"], case["key"])) == case["keyHash"]


@of("points")
def test_coordinates_are_a_point_or_not_as_the_vector_says(lib, case):
    assert lib.isPoint(*point(case)) == case["isPoint"]


@of("orderSecrets")
def test_secret_of_an_order_has_the_vectors_point(lib, case):
    assert tuple(lib.multiply(1, 2, number(case["secret"]))) == point(case)


@of("askedSecrets")
def test_secret_of_a_request_has_the_vectors_point(lib, case):
    assert tuple(lib.multiply(1, 2, number(case["secret"]))) == point(case)


@of("wraps")
def test_wrap_gives_the_key_back_to_who_knows_the_secret(lib, case):
    assert unwrapped(lib, case) == case["key"]


@of("unwraps")
def test_wrap_gives_what_the_vector_says_and_its_hash_tells_whether_it_is_right(lib, case):
    """What Python and the browser refuse never comes to the contract: both points were checked before, and no secret of
    theirs is 0. A secret that is more than n is the same secret."""
    if case["error"] == "bad_secret":
        reduced = number(case["secret"]) % N
        assert tuple(lib.multiply(1, 2, number(case["secret"]))) == tuple(lib.multiply(1, 2, reduced))
        return
    if case["error"] == "bad_point":
        assert not lib.isPoint(*point(case["wrap"]))
        return
    key = unwrapped(lib, case)
    assert key == case["key"]
    assert (str(lib.keyHash(case["salt"], key)) == case["keyHash"]) == (case["error"] is None)


# the curve by itself


@pytest.mark.parametrize("by", [1, 2, 3, 7, 2**128, N - 1, N + 5, 2**256 - 1])
def test_generator_times_a_number_is_what_another_implementation_says(lib, by):
    x, y = lib.multiply(1, 2, by)
    expected = curve.point_of(by % N)
    assert (x, y) == (expected.x, expected.y)
    assert lib.isPoint(x, y)


@pytest.mark.parametrize("by", [0, N, 2 * N])
def test_generator_times_the_curves_order_is_infinity_which_is_no_point(lib, by):
    assert tuple(lib.multiply(1, 2, by)) == (0, 0)
    assert not lib.isPoint(0, 0)


@pytest.mark.parametrize("x", range(30))
def test_point_is_on_the_curve_exactly_when_another_implementation_says_so(lib, x):
    square = (x**3 + 3) % P
    root = pow(square, (P + 1) // 4, P)  # P is 3 mod 4
    if root * root % P == square:
        assert lib.isPoint(x, root)
        assert lib.isPoint(x, P - root)
    else:
        assert not lib.isPoint(x, root)
    for y in (root ^ 1, root + P):
        assert not lib.isPoint(x, y) or curve.is_point(curve.Point(x, y))


@pytest.mark.parametrize("x, y", [(1, 3), (P, 2), (1, P + 2)])
def test_multiplying_no_point_fails_instead_of_giving_one(lib, x, y):
    assert "error" in asked(lib, x, y, 3_000_000)


@pytest.mark.parametrize("gas", range(22_500, 29_000, 250))
def test_multiplying_fails_or_is_right_and_nothing_between_whatever_the_gas(lib, gas):
    answer = asked(lib, 1, 2, gas)
    assert "error" in answer or answer["result"] == expected_answer()


def test_multiplying_is_right_when_the_gas_is_enough(lib):
    assert asked(lib, 1, 2, 100_000)["result"] == expected_answer()


def asked(lib, x: int, y: int, gas: int) -> dict:
    call = {"to": lib.address, "data": lib.multiply.encode_input(x, y, N - 1), "gas": hex(gas)}
    return web3.provider.make_request("eth_call", [call, "latest"])


def expected_answer() -> str:
    return "0x" + (word_hex(1) + word_hex(P - 2)[2:])[2:]
