"""commit and claim: a nickname goes to who committed to it first, and nobody learns it from a commitment."""

import pytest

from tests.fixtures.personas import SALT
from tests.helpers.events import assert_events
from tests.helpers.nicknames import MAX_COMMIT_AGE_S, MIN_COMMIT_AGE_S, commitment, persona_of
from tests.helpers.reverts import refused
from tests.helpers.terms import NONE, ZERO, salt
from tests.helpers.time import jump, jump_to

NAME = "도깨비-1"
OTHER = "dokkaebi"


def test_commitment_is_kept_with_its_time_and_tells_no_name(personas, seller):
    hidden = commitment(seller, NAME, SALT)
    tx = personas.commit(hidden, {"from": seller})
    kept, at = personas.committedBy(seller)
    assert (kept.hex(), at) == (hidden[2:54], tx.timestamp)
    assert personas.heldBy(seller).hex() == NONE[2:]
    assert personas.commitmentOf(seller, NAME, SALT).hex() == hidden[2:]
    assert_events(tx, [personas], ("NicknameCommitted", {"account": str(seller), "commitment": hidden}))


def test_nickname_belongs_to_the_account_when_it_was_committed_to(personas, commit, seller):
    commit(seller, NAME)
    tx = personas.claim(NAME, SALT, {"from": seller})
    persona = persona_of(NAME)
    assert tx.return_value.hex() == persona[2:]
    assert personas.heldBy(seller).hex() == persona[2:]
    assert personas.holderOf(persona) == seller
    assert personas.stateOf(persona) == (seller, tx.timestamp, False)
    assert personas.committedBy(seller) == ("0x" + "00" * 26, 0)
    assert_events(tx, [personas], ("PersonaClaimed", {"persona": persona, "holder": str(seller)}))


def test_claim_is_refused_when_the_name_is_no_nickname(personas, commit, seller):
    commit(seller, "Abc")
    with refused("PersonasBadByte", 0, ...):
        personas.claim.call("Abc", SALT, {"from": seller})


def test_claim_waits_until_the_commitment_is_old_enough(personas, seller):
    since = personas.commit(commitment(seller, NAME, SALT), {"from": seller}).timestamp
    ready = since + MIN_COMMIT_AGE_S
    jump_to(ready - 1)
    with refused("PersonasTooEarly", ..., ready):
        personas.claim.call(NAME, SALT, {"from": seller})
    jump_to(ready)
    assert personas.claim.call(NAME, SALT, {"from": seller}).hex() == persona_of(NAME)[2:]


def test_claim_is_refused_when_the_commitment_is_a_second_too_old(personas, seller):
    since = personas.commit(commitment(seller, NAME, SALT), {"from": seller}).timestamp
    last = since + MAX_COMMIT_AGE_S
    jump_to(last)
    assert personas.claim.call(NAME, SALT, {"from": seller}).hex() == persona_of(NAME)[2:]
    jump_to(last + 1)
    with refused("PersonasTooLate", ..., last):
        personas.claim.call(NAME, SALT, {"from": seller})


def test_account_can_commit_again_when_its_commitment_is_too_old(personas, seller, claim):
    personas.commit(commitment(seller, NAME, SALT), {"from": seller})
    jump(MAX_COMMIT_AGE_S + 1)
    assert personas.holderOf(claim(seller, NAME)) == seller


@pytest.mark.parametrize("what", ["nothing", "another salt", "another name", "a later commitment"])
def test_claim_is_refused_when_the_account_is_not_committed_to_it(personas, commit, seller, what):
    if what != "nothing":
        commit(seller, OTHER if what == "another name" else NAME, salt(8) if what == "another salt" else SALT)
    if what == "a later commitment":
        commit(seller, OTHER)
    with refused("PersonasNotCommitted", seller):
        personas.claim.call(NAME, SALT, {"from": seller})


def test_copied_commitment_is_worth_nothing(personas, seller, stranger):
    """Somebody repeats a waiting commitment as his own, gets it in first, and reads name and salt later."""
    hidden = commitment(seller, NAME, SALT)
    personas.commit(hidden, {"from": stranger})
    personas.commit(hidden, {"from": seller})
    jump(MIN_COMMIT_AGE_S)
    with refused("PersonasNotCommitted", stranger):
        personas.claim.call(NAME, SALT, {"from": stranger})
    personas.claim(NAME, SALT, {"from": seller})
    assert personas.holderOf(persona_of(NAME)) == seller


def test_nickname_is_not_sniped_when_the_claim_is_seen_waiting(personas, commit, seller, stranger):
    """Somebody reads the name in a waiting claim and gets everything he sends in first: he still has to wait."""
    commit(seller, NAME)
    since = personas.commit(commitment(stranger, NAME, SALT), {"from": stranger}).timestamp
    with refused("PersonasTooEarly", ..., since + MIN_COMMIT_AGE_S):
        personas.claim.call(NAME, SALT, {"from": stranger})
    personas.claim(NAME, SALT, {"from": seller})
    jump(MIN_COMMIT_AGE_S)
    with refused("PersonasTaken", persona_of(NAME)):
        personas.claim.call(NAME, SALT, {"from": stranger})


def test_loser_of_a_race_commits_to_another_name(personas, commit, claim, seller, stranger):
    commit(stranger, NAME)
    claim(seller, NAME)
    with refused("PersonasTaken", persona_of(NAME)):
        personas.claim.call(NAME, SALT, {"from": stranger})
    assert personas.holderOf(claim(stranger, OTHER)) == stranger


def test_account_has_one_persona_at_a_time(personas, claim, seller):
    persona = claim(seller, NAME)
    with refused("PersonasHasOne", seller, persona):
        personas.commit.call(commitment(seller, OTHER, SALT), {"from": seller})
    with refused("PersonasHasOne", seller, persona):
        personas.claim.call(OTHER, SALT, {"from": seller})


def test_another_account_has_another_persona(personas, claim, seller, buyer):
    first, second = claim(seller, NAME), claim(buyer, OTHER)
    assert (personas.holderOf(first), personas.holderOf(second)) == (seller, buyer)


def test_commitment_serves_once(personas, claim, seller):
    personas.retire(claim(seller, NAME), {"from": seller})
    with refused("PersonasNotCommitted", seller):
        personas.claim.call(NAME, SALT, {"from": seller})


def test_nickname_that_nobody_claimed_is_nobodys(personas, commit, seller):
    commit(seller, NAME)
    assert personas.holderOf(persona_of(NAME)) == ZERO
    assert personas.stateOf(persona_of(NAME)) == (ZERO, 0, False)
    assert personas.offerOf(persona_of(NAME)) == (ZERO, 0)
