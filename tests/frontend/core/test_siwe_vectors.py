"""The reference vectors of Sign-In with Ethereum (tests/vectors/siwe; their licences lie beside them)."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from frontend.auth.siwe import Expected, check, parse
from frontend.errors import SignInRefused

FOLDER = Path(__file__).parents[2] / "vectors" / "siwe"


def load(name):
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture(autouse=True)
def _in_a_request(lasting_app):
    with lasting_app.test_request_context(base_url="http://127.0.0.1:8000"):
        yield


@pytest.mark.parametrize("name", load("parsing_positive"))
def test_a_good_message_is_parsed_to_its_fields(name):
    case = load("parsing_positive")[name]
    parsed = parse(case["message"])
    names = {"issuedAt": "issued_at", "expirationTime": "expiration_time", "notBefore": "not_before"}
    names |= {"chainId": "chain_id", "requestId": "request_id"}
    for field, wanted in case["fields"].items():
        found = getattr(parsed, names.get(field, field))
        assert (str(found) if field == "version" else found) == wanted, field


@pytest.mark.parametrize("name", load("parsing_negative"))
def test_a_bad_message_is_refused(name):
    with pytest.raises(SignInRefused):
        parse(load("parsing_negative")[name])


@pytest.mark.parametrize("name", load("parsing_negative_objects"))
def test_a_bad_message_object_is_refused(name):
    from pydantic import ValidationError
    from siwe import SiweMessage

    def build():
        # what the library lets through (an address without checksum) our own check does not
        parse(SiweMessage(**snake(load("parsing_negative_objects")[name])).prepare_message())

    with pytest.raises((ValidationError, SignInRefused)):
        build()


@pytest.mark.parametrize("name", load("verification_positive"))
def test_a_good_signature_is_taken(name):
    case = load("verification_positive")[name]
    verify(case)


@pytest.mark.parametrize("name", load("verification_negative"))
def test_a_bad_signature_or_message_is_refused(name):
    with pytest.raises(SignInRefused):
        verify(load("verification_negative")[name])


def verify(case):
    from pydantic import ValidationError
    from siwe import SiweMessage

    fields = dict(case)
    signature = fields.pop("signature")
    expected = Expected(
        domain=fields.pop("domainBinding", None),
        nonce=fields.pop("matchNonce", None),
        now=moment(fields.pop("time", None)),
    )
    try:
        message = SiweMessage(**snake(fields)).prepare_message()
    except ValidationError as problem:
        raise SignInRefused(str(problem)) from problem
    check(parse(message), signature, expected)


def moment(text):
    return datetime.fromisoformat(text.replace("Z", "+00:00")) if text else datetime.now(UTC)


def snake(fields):
    names = {"issuedAt": "issued_at", "expirationTime": "expiration_time", "notBefore": "not_before"}
    names |= {"chainId": "chain_id", "requestId": "request_id"}
    return {names.get(key, key): value for key, value in fields.items()}


def test_an_address_without_checksum_is_refused_before_the_library_sees_it():
    good = load("parsing_positive")["no optional field"]["message"]
    address = good.split("\n")[1]
    for wrong in (address.lower(), "0x" + address[2:].upper()):
        with pytest.raises(SignInRefused) as refused:
            parse(good.replace(address, wrong))
        assert refused.value.key == "siwe_address"
