"""Writes tests/vectors/age/wrap.json, to which browser, contract and Python are held.

    .venv/bin/python -m tests.helpers.wrap_vectors

It is made with py_ecc alone, not with what the browser or the contract uses; the same words give the same file.
"""

from __future__ import annotations

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pyrage

from tools.files import wrap as w

FILE = Path(__file__).resolve().parents[1] / "vectors" / "age" / "wrap.json"
CHAIN_ID = 31337
MARKET = bytes.fromhex("c0ffee254729296a45a3885639ac7e10f9d54979")
# made once with age-keygen and used for nothing else
IDENTITIES = (
    "AGE-SECRET-KEY-1EFXCLGYWUQT4NNQT5K2H4MV5DGD8VMZHPY0SWRMR0WA2PY9S4KEQRE64L0",
    "AGE-SECRET-KEY-1QAP762VYMGCDUZ7E9M6QJ3HEJEA8CAL882KZ8X9KGEJZWUEUG2US2XX5TU",
)
LAST = w.ORDER - 1


def words(label: str) -> bytes:
    """Give 32 bytes that look like any others."""
    return sha256(f"dokkaebi vector: {label}".encode()).digest()


def number(label: str) -> int:
    """Give a number from 1 to n - 1."""
    return 1 + int.from_bytes(words(label), "big") % LAST


def hexed(value: bytes | int) -> str:
    """Give a word, or other bytes, as 0x hex."""
    return "0x" + (value.to_bytes(32, "big") if isinstance(value, int) else value).hex()


def point_words(point: w.Point) -> dict[str, str]:
    return {"pointX": hexed(point.x), "pointY": hexed(point.y)}


def wrap_words(wrapped: w.Wrap) -> dict[str, str]:
    return {**point_words(wrapped.point), "masked": hexed(wrapped.masked)}


def sold_keys() -> list[dict[str, str]]:
    found = []
    for title, identity, salt in (
        ("a listing", IDENTITIES[0], words("salt")),
        ("the same seller's other listing", IDENTITIES[0], words("other salt")),
        ("another seller under the same salt", IDENTITIES[1], words("salt")),
        ("a salt of zeros", IDENTITIES[0], bytes(32)),
    ):
        key = w.derive_sold_key(identity, salt)
        whole = {"title": title, "identity": identity, "salt": hexed(salt), "key": hexed(key)}
        found.append({**whole, "keyHash": hexed(w.key_hash(salt, key))})
    return found


def order_secrets() -> list[dict[str, Any]]:
    found = []
    for title, identity, chain_id, salt, listing in (
        ("an order", IDENTITIES[1], CHAIN_ID, words("purchase"), words("listing")),
        ("the same purchase on another chain", IDENTITIES[1], 1, words("purchase"), words("listing")),
        ("the same buyer's next purchase", IDENTITIES[1], CHAIN_ID, words("next purchase"), words("listing")),
        ("the same salt for another listing", IDENTITIES[1], CHAIN_ID, words("purchase"), words("other listing")),
    ):
        secret = w.derive_order_secret(identity, salt, chain_id, MARKET, listing)
        whole = {"title": title, "identity": identity, "chainId": str(chain_id), "market": hexed(MARKET)}
        whole |= {"listing": hexed(listing), "salt": hexed(salt), "secret": hexed(secret)}
        found.append({**whole, **point_words(w.point_of(secret))})
    return found


def asked_secrets() -> list[dict[str, str]]:
    secret = w.derive_asked_secret(IDENTITIES[1], words("order"))
    whole = {"title": "a key asked for again", "identity": IDENTITIES[1], "orderKey": hexed(words("order"))}
    return [{**whole, "secret": hexed(secret), **point_words(w.point_of(secret))}]


def off_curve() -> w.Point:
    return replace(w.point_of(number("ephemeral")), y=7)


def points() -> list[dict[str, Any]]:
    some, generator = w.point_of(number("secret")), w.Point(1, 2)
    cases = (
        ("the generator", generator),
        ("the generator's negative", w.Point(1, w.FIELD - 2)),
        ("the point of some secret", some),
        ("the point of n - 1", w.point_of(LAST)),
        ("off the curve", off_curve()),
        ("at infinity", w.Point(0, 0)),
        ("x is p", w.Point(w.FIELD, generator.y)),
        ("x is more than p by that of a point", w.Point(w.FIELD + generator.x, generator.y)),
        ("y is more than p by that of a point", w.Point(generator.x, w.FIELD + generator.y)),
        ("both as large as can be", w.Point(2**256 - 1, 2**256 - 1)),
        ("coordinates of a point, the wrong way round", w.Point(some.y, some.x)),
    )
    return [{"title": title, **point_words(point), "isPoint": w.is_point(point)} for title, point in cases]


def wraps() -> list[dict[str, Any]]:
    cases = (
        ("an order", number("secret"), number("ephemeral"), words("key")),
        ("the smallest secret", 1, number("ephemeral"), words("key")),
        ("the largest secret", LAST, number("ephemeral"), words("key")),
        ("the smallest ephemeral", number("secret"), 1, words("key")),
        ("the largest ephemeral", number("secret"), LAST, words("key")),
        ("a key of zeros", number("secret"), number("ephemeral"), bytes(32)),
        ("a key of ones", number("secret"), number("ephemeral"), b"\xff" * 32),
    )
    found = []
    for title, secret, ephemeral, key in cases:
        point, order_key = w.point_of(secret), words("order")
        wrapped = w.wrap(key, order_key, point, ephemeral)
        whole = {"title": title, "orderKey": hexed(order_key), "secret": hexed(secret), **point_words(point)}
        whole |= {"ephemeral": hexed(ephemeral), "key": hexed(key)}
        found.append({**whole, "wrap": wrap_words(wrapped)})
    return found


def unwraps() -> list[dict[str, Any]]:
    secret, key, order_key, salt = number("secret"), words("key"), words("order"), words("salt")
    right = w.wrap(key, order_key, w.point_of(secret), number("ephemeral"))
    other = w.wrap(words("other key"), order_key, w.point_of(secret), number("ephemeral"))
    tampered = replace(right, masked=bytes([right.masked[0] ^ 1]) + right.masked[1:])
    negative = replace(right, point=w.Point(right.point.x, w.FIELD - right.point.y))
    cases = (
        ("right", secret, order_key, right),
        ("another key", secret, order_key, other),
        ("a bit of the mask turned", secret, order_key, tampered),
        ("the point's negative", secret, order_key, negative),
        ("another order's key", secret, words("other order"), right),
        ("another secret", number("other secret"), order_key, right),
        ("the secret's negative", w.ORDER - secret, order_key, right),
        ("point off the curve", secret, order_key, replace(right, point=off_curve())),
        ("point at infinity", secret, order_key, replace(right, point=w.Point(0, 0))),
        ("x is p", secret, order_key, replace(right, point=w.Point(w.FIELD, right.point.y))),
        ("y more than p", secret, order_key, replace(right, point=replace(right.point, y=w.FIELD + right.point.y))),
        ("secret of zero", 0, order_key, right),
        ("secret of n", w.ORDER, order_key, right),
        ("secret more than n", w.ORDER + secret, order_key, right),
        ("secret as large as can be", 2**256 - 1, order_key, right),
    )
    about = {"salt": hexed(salt), "keyHash": hexed(w.key_hash(salt, key))}
    found = []
    for title, number_, order, wrapped in cases:
        case = {
            "title": title,
            "orderKey": hexed(order),
            "secret": hexed(number_),
            "wrap": wrap_words(wrapped),
            **about,
        }
        found.append({**case, **outcome(wrapped, order, number_, salt, w.key_hash(salt, key))})
    return found


ERRORS = {w.BadPoint: "bad_point", w.BadSecret: "bad_secret", w.WrongKey: "wrong_key"}


def outcome(wrapped: w.Wrap, order_key: bytes, secret: int, salt: bytes, expected: bytes) -> dict[str, str | None]:
    """Say what comes out, right or wrong, and what is wrong with it."""
    try:
        error: str | None = None
        w.open_wrap(wrapped, order_key, secret, salt, expected)
    except w.WrapError as problem:
        error = ERRORS[type(problem)]
    key = None if error in ("bad_point", "bad_secret") else hexed(w.unwrap(wrapped, order_key, secret))
    return {"key": key, "error": error}


def made() -> str:
    """Give the file's text."""
    for identity in IDENTITIES:
        pyrage.x25519.Identity.from_str(identity)  # a text with a slip in it would be no identity at all
    found = {
        "made_by": "tests/helpers/wrap_vectors.py (python -m tests.helpers.wrap_vectors)",
        "about": "The key of a sealed file on its way to a buyer. All words are 32 bytes in hex, the market is an address. "
        "unwraps: key is what comes out, right or wrong; error is null where its hash is keyHash. See docs/files-in-the-browser.md.",
        "domains": {"wrap": hexed(w.WRAP_DOMAIN), "key": hexed(w.KEY_DOMAIN)},
        "field": hexed(w.FIELD),
        "order": hexed(w.ORDER),
        "soldKeys": sold_keys(),
        "orderSecrets": order_secrets(),
        "askedSecrets": asked_secrets(),
        "points": points(),
        "wraps": wraps(),
        "unwraps": unwraps(),
    }
    return json.dumps(found, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(parents=True, exist_ok=True)
    FILE.write_text(made(), encoding="utf-8")
    print(f"wrote {FILE}")
