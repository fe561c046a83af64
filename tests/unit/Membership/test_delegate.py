"""delegate and delegateBySig (ERC-5805): votes follow the delegate, and come back by naming oneself or nobody."""

import pytest
from eth_account.messages import encode_typed_data

from tests.helpers.permits import signer
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to, now

TYPES = {
    "Delegation": [
        {"name": "delegatee", "type": "address"},
        {"name": "nonce", "type": "uint256"},
        {"name": "expiry", "type": "uint256"},
    ]
}


def signed(membership, chain, account, delegatee, nonce=0, expiry=2**40, contract=None) -> tuple:
    domain = {
        "name": "Membership",
        "version": "1",
        "chainId": chain.id,
        "verifyingContract": contract or membership.address,
    }
    message = {"delegatee": str(delegatee), "nonce": nonce, "expiry": expiry}
    found = signer(account).sign_message(encode_typed_data(domain, TYPES, message))
    return delegatee, nonce, expiry, found.v, found.r.to_bytes(32, "big"), found.s.to_bytes(32, "big")


def test_delegate_has_the_votes_and_the_member_keeps_badge_and_tokens(membership, join, buyer, seller):
    join(buyer, 10)
    membership.delegate(seller, {"from": buyer})
    assert (membership.delegates(buyer), membership.getVotes(seller), membership.getVotes(buyer)) == (seller, 10, 0)
    assert (membership.balanceOf(buyer), membership.balanceOf(seller), membership.memberCount()) == (1, 0, 1)
    join(buyer, 5)
    membership.requestUnlock(12, {"from": buyer})
    assert membership.getVotes(seller) == 3
    membership.requestUnlock(3, {"from": buyer})
    assert (membership.getVotes(seller), membership.delegates(buyer)) == (0, seller)


@pytest.mark.parametrize("back_to", ["self", "nobody"])
def test_votes_come_back_when_the_member_names_himself_or_nobody(membership, join, buyer, seller, back_to):
    join(buyer, 10)
    membership.delegate(seller, {"from": buyer})
    membership.delegate(buyer if back_to == "self" else ZERO, {"from": buyer})
    assert (membership.delegates(buyer), membership.getVotes(seller), membership.getVotes(buyer)) == (buyer, 0, 10)
    join(buyer, 1)
    assert membership.getVotes(buyer) == membership.totalActive() == 11


def test_votes_go_to_a_delegate_who_was_named_before_the_first_lock(membership, join, buyer, seller):
    membership.delegate(seller, {"from": buyer})
    join(buyer, 10)
    assert (membership.getVotes(seller), membership.getVotes(buyer), membership.delegates(seller)) == (10, 0, seller)


def test_naming_oneself_twice_gives_no_vote_twice(membership, join, buyer):
    join(buyer, 10)
    for _ in range(2):
        membership.delegate(buyer, {"from": buyer})
    assert membership.getVotes(buyer) == membership.totalActive() == 10


def test_signature_delegates_once_and_until_it_expires(membership, chain, join, buyer, seller, stranger):
    join(buyer, 10)
    expiry = now() + 100
    words = signed(membership, chain, buyer, seller, expiry=expiry)
    membership.delegateBySig(*words, {"from": stranger})
    assert (membership.delegates(buyer), membership.getVotes(seller)) == (seller, 10)
    with refused("InvalidAccountNonce", str(buyer), 1):
        membership.delegateBySig.call(*words, {"from": stranger})
    late = signed(membership, chain, buyer, buyer, nonce=1, expiry=expiry)
    jump_to(expiry)
    membership.delegateBySig.call(*late, {"from": stranger})
    jump_to(expiry + 1)
    with refused("VotesExpiredSignature", expiry):
        membership.delegateBySig.call(*late, {"from": stranger})


def test_signature_for_another_community_delegates_nothing_here(
    membership, open_membership, open_community, chain, join, buyer, seller, stranger
):
    join(buyer, 10)
    other = open_membership(open_community()[0])
    membership.delegateBySig(*signed(membership, chain, buyer, seller, contract=other.address), {"from": stranger})
    assert (membership.delegates(buyer), membership.getVotes(buyer)) == (
        buyer,
        10,
    )  # it names somebody unknown as signer


def test_domain_names_this_membership(membership, chain):
    fields, name, version, chain_id, contract, salt, extensions = membership.eip712Domain()
    assert (str(fields), name, version, chain_id, contract) == ("0x0f", "Membership", "1", chain.id, membership.address)
    assert (int(str(salt), 16), tuple(extensions)) == (0, ())
