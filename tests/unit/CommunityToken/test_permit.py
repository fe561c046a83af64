"""permit on a clone (ERC-2612): its own EIP-712 domain, and nothing signed for it holds anywhere else."""

import pytest
from eth_account.messages import encode_typed_data
from eth_utils import keccak

from tests.helpers.permits import TYPES, domain_of, permit_arguments, signer
from tests.helpers.reverts import refused
from tests.helpers.time import jump_to, now


@pytest.fixture(scope="module")
def key(buyer):
    return signer(buyer)


@pytest.fixture(scope="module")
def other(open_community):
    """Give another community's token with the very same name."""
    return open_community()[1]


def test_domain_is_the_tokens_own_when_a_wallet_asks_for_it(token, chain):
    fields, name, version, chain_id, contract, salt, extensions = token.eip712Domain()
    assert (str(fields), name, version, chain_id) == ("0x0f", token.name(), "1", chain.id)
    assert (contract, int(str(salt), 16), tuple(extensions)) == (token.address, 0, ())
    zero = {"owner": token.address, "spender": token.address, "value": 0, "nonce": 0, "deadline": 0}
    message = encode_typed_data(domain_of(token), TYPES, zero)
    assert str(token.DOMAIN_SEPARATOR()) == "0x" + message.header.hex()


def test_allowance_is_given_when_the_owner_signed(token, key, buyer, stranger):
    tx = token.permit(buyer, stranger, *permit_arguments(token, key, stranger, 55), {"from": stranger})
    assert token.allowance(buyer, stranger) == 55
    assert token.nonces(buyer) == 1
    assert tx.events["Approval"]["value"] == 55


def test_permit_is_refused_when_it_was_used(token, key, buyer, stranger):
    signed = permit_arguments(token, key, stranger, 55)
    token.permit(buyer, stranger, *signed, {"from": stranger})
    with refused("ERC2612InvalidSigner", ..., buyer):
        token.permit.call(buyer, stranger, *signed, {"from": stranger})


@pytest.mark.parametrize("offset, works", [(-1, True), (0, True), (1, False)])
def test_permit_holds_until_its_deadline(token, key, buyer, stranger, offset, works):
    deadline = now() + 100
    signed = permit_arguments(token, key, stranger, 55, deadline=deadline)
    jump_to(deadline + offset)
    if works:
        token.permit.call(buyer, stranger, *signed, {"from": stranger})
        return
    with refused("ERC2612ExpiredSignature", deadline):
        token.permit.call(buyer, stranger, *signed, {"from": stranger})


def test_permit_is_refused_when_it_was_signed_for_another_clone_of_the_same_name(token, other, key, buyer, stranger):
    assert token.name() == other.name()
    signed = permit_arguments(other, key, stranger, 55)
    other.permit.call(buyer, stranger, *signed, {"from": stranger})
    with refused("ERC2612InvalidSigner", ..., buyer):
        token.permit.call(buyer, stranger, *signed, {"from": stranger})


@pytest.mark.parametrize(
    "change", [{"chainId": 1}, {"name": ""}, {"version": "2"}, {"verifyingContract": "0x" + "11" * 20}], ids=str
)
def test_permit_is_refused_when_it_was_signed_for_another_domain(token, key, buyer, stranger, change):
    signed = permit_arguments(token, key, stranger, 55, **change)
    with refused("ERC2612InvalidSigner", ..., buyer):
        token.permit.call(buyer, stranger, *signed, {"from": stranger})


def test_permit_is_refused_when_it_was_signed_for_the_implementation(token, registry, key, buyer, stranger):
    signed = permit_arguments(token, key, stranger, 55, verifyingContract=registry.TOKEN_IMPLEMENTATION())
    with refused("ERC2612InvalidSigner", ..., buyer):
        token.permit.call(buyer, stranger, *signed, {"from": stranger})


@pytest.mark.parametrize("change", ["value", "spender", "owner"])
def test_permit_is_refused_when_something_else_was_signed(token, key, buyer, stranger, seller, change):
    value, deadline, *signature = permit_arguments(token, key, stranger, 55)
    owner, spender = buyer, stranger
    if change == "value":
        value = 56
    elif change == "spender":
        spender = seller
    else:
        owner = seller
    with refused("ERC2612InvalidSigner", ..., owner):
        token.permit.call(owner, spender, value, deadline, *signature, {"from": stranger})


def test_domain_type_is_the_one_of_eip_712(token):
    kind = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
    assert keccak(text=kind).hex() == "8b73c3c69bb8fe3d512ecc4cf759cc79239f7b179b0ffacaa9a75d522b39400f"
