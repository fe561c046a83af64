"""Keys of sealed files on the seller's machine: what the vectors say, what comes out again, and what is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import Any

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.browser.shelf import pieces_hash
from tests.helpers import wrap_vectors
from tools.files import wrap as w
from tools.files.identity import identity_of
from tools.places import ROOT

FOLDER = wrap_vectors.FILE.parent
SEALED = json.loads((FOLDER / "sealed.json").read_text())
CONTENT = "".join(f"{number} 도깨비 시장\n" for number in range(4200)).encode()
IDENTITY = wrap_vectors.IDENTITIES[0]
keys = st.binary(min_size=32, max_size=32)
secrets = st.integers(1, w.ORDER - 1)


def test_committed_vectors_are_what_the_generator_writes() -> None:
    assert wrap_vectors.FILE.read_text(encoding="utf-8") == wrap_vectors.made(), f"run: {wrap_vectors.__doc__}"


@given(key=keys, order_key=keys, secret=secrets)
@settings(max_examples=30, deadline=None)
def test_key_comes_out_for_the_secret_it_was_wrapped_to(key: bytes, order_key: bytes, secret: int) -> None:
    wrapped = w.wrap(key, order_key, w.point_of(secret))
    assert w.unwrap(wrapped, order_key, secret) == key
    salt = order_key[::-1]
    assert w.open_wrap(wrapped, order_key, secret, salt, w.key_hash(salt, key)) == key
    with pytest.raises(w.WrongKey):
        w.open_wrap(wrapped, bytes(32) if any(order_key) else b"\1" * 32, secret, salt, w.key_hash(salt, key))


@given(secret=secrets, other=secrets)
@settings(max_examples=20, deadline=None)
def test_both_sides_of_two_secrets_meet_at_one_point(secret: int, other: int) -> None:
    met = w.times(w.point_of(secret), other)
    assert met == w.times(w.point_of(other), secret) == w.point_of(secret * other % w.ORDER)
    assert w.is_point(met)


def test_order_and_field_are_those_of_the_chains_precompiles() -> None:
    # EIP-196
    assert w.FIELD == 21888242871839275222246405745257275088696311157297823662689037894645226208583
    assert w.ORDER == 21888242871839275222246405745257275088548364400416034343698204186575808495617
    assert w.point_of(1) == w.Point(1, 2)


@pytest.mark.parametrize(
    ("refused", "act"),
    [
        (w.BadIdentity, lambda: w.derive_sold_key("AGE-SECRET-KEY-1", bytes(32))),
        (w.BadIdentity, lambda: w.derive_asked_secret("age1" + "q" * 58, bytes(32))),
        (w.BadWord, lambda: w.derive_sold_key(IDENTITY, bytes(31))),
        (w.BadWord, lambda: w.derive_order_secret(IDENTITY, bytes(32), 1, bytes(32), bytes(32))),
        (w.BadWord, lambda: w.key_hash(bytes(32), bytes(33))),
        (w.BadWord, lambda: w.wrap(bytes(31), bytes(32), w.Point(1, 2))),
        (w.BadPoint, lambda: w.wrap(bytes(32), bytes(32), w.Point(0, 0))),
        (w.BadSecret, lambda: w.wrap(bytes(32), bytes(32), w.Point(1, 2), w.ORDER)),
        (w.BadSecret, lambda: w.point_of(0)),
    ],
)
def test_what_does_not_fit_is_refused_by_name(refused: type[Exception], act: Any) -> None:
    with pytest.raises(refused):
        act()


def test_identity_is_not_repeated_when_it_is_refused() -> None:
    with pytest.raises(w.BadIdentity) as refused:
        w.derive_sold_key(IDENTITY[:-1], bytes(32))
    assert IDENTITY[20:40] not in str(refused.value)


@given(key=keys)
@settings(max_examples=30, deadline=None)
def test_sold_key_is_an_identity_that_age_knows(key: bytes) -> None:
    text = identity_of(key)
    recipient = pyrage.x25519.Identity.from_str(text).to_public()
    assert pyrage.decrypt(pyrage.encrypt(b"it", [recipient]), [pyrage.x25519.Identity.from_str(text)]) == b"it"


def test_sealed_vector_opens_with_the_key_of_its_listing() -> None:
    key = w.derive_sold_key(SEALED["identity"], bytes.fromhex(SEALED["salt"][2:]))
    assert (key.hex(), identity_of(key)) == (SEALED["key"][2:], SEALED["keyIdentity"])
    assert w.key_hash(bytes.fromhex(SEALED["salt"][2:]), key).hex() == SEALED["keyHash"][2:]
    sealed = (FOLDER / "sealed.age").read_bytes()
    assert (len(sealed), pieces_hash(sealed)) == (SEALED["ciphertextSize"], SEALED["ciphertextHash"])
    assert (len(CONTENT), pieces_hash(CONTENT)) == (SEALED["size"], SEALED["plaintextHash"])
    identity = pyrage.x25519.Identity.from_str(identity_of(key))
    assert str(identity.to_public()) == SEALED["recipient"]
    assert pyrage.decrypt(sealed, [identity]) == CONTENT


@pytest.mark.skipif(shutil.which("age") is None, reason="the program age is missing (apt install age)")
def test_sealed_vector_opens_with_the_program_age(tmp_path: Any) -> None:
    (tmp_path / "key.txt").write_text(SEALED["keyIdentity"] + "\n")
    command = ["age", "--decrypt", "-i", str(tmp_path / "key.txt"), str(FOLDER / "sealed.age")]
    assert subprocess.run(command, capture_output=True, check=True).stdout == CONTENT


def test_deep_json_is_refused_as_before_when_the_curve_is_loaded():
    code = "import json, tools.files.wrap\ntry: json.loads('[' * 100_000)\nexcept RecursionError: print('refused')"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True).stdout == "refused\n"
