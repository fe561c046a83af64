"""The bare implementation belongs to no community: whatever needs one is refused."""

import pytest

from tests.helpers.permits import signer
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO


@pytest.fixture(scope="module")
def bare(registry, CommunityToken):
    return CommunityToken.at(registry.TOKEN_IMPLEMENTATION())


@pytest.mark.parametrize(
    "name",
    [
        "name",
        "symbol",
        "cap",
        "mintable",
        "founder",
        "vesting",
        "communityId",
        "contractURI",
        "DOMAIN_SEPARATOR",
        "eip712Domain",
    ],
)
def test_implementation_tells_nothing_when_it_has_no_community(bare, name):
    with refused("TokenIsImplementation"):
        getattr(bare, name)()


@pytest.mark.parametrize("role", ["owner", "steward", "stranger"])
@pytest.mark.parametrize(
    "name, arguments",
    [
        ("mint", (ZERO[:-1] + "1", 1)),
        ("mintBatch", ([ZERO[:-1] + "1"], [1])),
        ("mintVested", ()),
        ("renounceMint", ()),
        ("setContractURI", ("x", "0x" + "00" * 32)),
        ("freezeContractURI", ()),
    ],
)
def test_implementation_is_governed_by_nobody(bare, request, name, arguments, role):
    with refused("TokenIsImplementation"):
        getattr(bare, name).call(*arguments, {"from": request.getfixturevalue(role)})


def test_implementation_takes_no_permit(bare, buyer, stranger):
    key = signer(buyer)
    signed = key.unsafe_sign_hash(b"\1" * 32)
    r, s = ("0x" + number.to_bytes(32, "big").hex() for number in (signed.r, signed.s))
    with refused("TokenIsImplementation"):
        bare.permit.call(buyer, stranger, 1, 2**40, signed.v, r, s, {"from": stranger})


def test_implementation_has_no_supply_and_knows_its_registry(bare, registry):
    assert bare.totalSupply() == 0
    assert bare.REGISTRY() == registry.address
