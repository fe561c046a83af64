"""offer and accept: a persona changes hands after a cooling-off in which its holder can think again."""

import pytest

from tests.fixtures.personas import SALT
from tests.helpers.events import assert_events
from tests.helpers.nicknames import ACCEPT_WINDOW_S, COOLING_OFF_S, commitment, persona_of
from tests.helpers.reverts import refused
from tests.helpers.terms import NONE, ZERO
from tests.helpers.time import jump, jump_to

NAME = "한밤-라디오"


@pytest.fixture(scope="module")
def persona(claim, seller) -> str:
    """Give the seller's persona."""
    return claim(seller, NAME)


def test_offer_waits_out_the_cooling_off(personas, persona, seller, stranger):
    tx = personas.offer(persona, stranger, {"from": seller})
    ready = tx.timestamp + COOLING_OFF_S
    assert personas.offerOf(persona) == (stranger, ready)
    assert personas.holderOf(persona) == seller
    said = {"persona": persona, "from": str(seller), "to": str(stranger), "acceptFrom": ready}
    assert_events(tx, [personas], ("PersonaOffered", said))
    jump_to(ready - 1)
    with refused("PersonasTooEarly", ..., ready):
        personas.accept.call(persona, {"from": stranger})
    jump_to(ready)
    personas.accept.call(persona, {"from": stranger})


def test_persona_has_another_holder_when_the_offer_is_accepted(personas, persona, offer, seller, stranger):
    offer(persona, seller, stranger)
    tx = personas.accept(persona, {"from": stranger})
    assert personas.stateOf(persona) == (stranger, tx.timestamp, False)
    assert (personas.heldBy(stranger).hex(), personas.heldBy(seller).hex()) == (persona[2:], NONE[2:])
    assert personas.offerOf(persona) == (ZERO, 0)
    said = {"persona": persona, "from": str(seller), "to": str(stranger)}
    assert_events(tx, [personas], ("PersonaHandedOver", said))
    with refused("PersonasNotOffered", persona, stranger):
        personas.accept.call(persona, {"from": stranger})


def test_former_holder_can_claim_another_nickname(personas, persona, offer, claim, seller, stranger):
    offer(persona, seller, stranger)
    personas.accept(persona, {"from": stranger})
    assert personas.holderOf(claim(seller, "another")) == seller


def test_offer_ends_when_nobody_accepts_it_in_time(personas, persona, seller, stranger):
    last = personas.offer(persona, stranger, {"from": seller}).timestamp + COOLING_OFF_S + ACCEPT_WINDOW_S
    jump_to(last)
    personas.accept.call(persona, {"from": stranger})
    jump_to(last + 1)
    with refused("PersonasTooLate", ..., last):
        personas.accept.call(persona, {"from": stranger})


def test_offer_is_gone_when_it_is_withdrawn(personas, persona, offer, seller, stranger):
    offer(persona, seller, stranger)
    tx = personas.offer(persona, ZERO, {"from": seller})
    said = {"persona": persona, "from": str(seller), "to": ZERO, "acceptFrom": 0}
    assert_events(tx, [personas], ("PersonaOffered", said))
    for caller in (stranger, seller):
        with refused("PersonasNotOffered", persona, caller):
            personas.accept.call(persona, {"from": caller})


def test_cooling_off_begins_anew_when_another_offer_is_made(personas, persona, offer, seller, stranger, buyer):
    offer(persona, seller, stranger)
    ready = personas.offer(persona, buyer, {"from": seller}).timestamp + COOLING_OFF_S
    with refused("PersonasNotOffered", persona, stranger):
        personas.accept.call(persona, {"from": stranger})
    with refused("PersonasTooEarly", ..., ready):
        personas.accept.call(persona, {"from": buyer})


def test_persona_is_not_taken_over_when_the_account_has_one(personas, persona, offer, claim, seller, stranger):
    own = claim(stranger, "my-own")
    offer(persona, seller, stranger)
    with refused("PersonasHasOne", stranger, own):
        personas.accept.call(persona, {"from": stranger})
    personas.retire(own, {"from": stranger})
    personas.accept(persona, {"from": stranger})
    assert personas.holderOf(persona) == stranger


def test_commitment_is_dropped_when_a_persona_is_taken_over(personas, persona, offer, seller, stranger):
    offer(persona, seller, stranger)
    personas.commit(commitment(stranger, "my-own", SALT), {"from": stranger})
    personas.accept(persona, {"from": stranger})
    assert personas.committedBy(stranger) == ("0x" + "00" * 26, 0)
    jump(60)
    with refused("PersonasHasOne", stranger, persona):
        personas.claim.call("my-own", SALT, {"from": stranger})


def test_persona_comes_back_only_by_another_offer(personas, persona, offer, seller, stranger):
    offer(persona, seller, stranger)
    personas.accept(persona, {"from": stranger})
    with refused("PersonasNotHolder", persona, seller):
        personas.offer.call(persona, ZERO, {"from": seller})
    offer(persona, stranger, seller)
    personas.accept(persona, {"from": seller})
    assert personas.holderOf(persona) == seller


@pytest.mark.parametrize("to", ["the holder", "the contract"])
def test_offer_is_refused_when_nothing_would_come_of_it(personas, persona, seller, to):
    recipient = {"the holder": str(seller), "the contract": personas.address}[to]
    with refused("PersonasBadRecipient", recipient):
        personas.offer.call(persona, recipient, {"from": seller})


def test_retired_persona_is_gone_for_ever(personas, persona, offer, claim, commit, seller, stranger):
    offer(persona, seller, stranger)
    before = personas.stateOf(persona)
    tx = personas.retire(persona, {"from": seller})
    assert personas.stateOf(persona) == (*before[:2], True)
    assert (personas.holderOf(persona), personas.heldBy(seller).hex()) == (ZERO, NONE[2:])
    assert personas.offerOf(persona) == (ZERO, 0)
    assert_events(tx, [personas], ("PersonaRetired", {"persona": persona, "holder": str(seller)}))
    with refused("PersonasNotOffered", persona, stranger):
        personas.accept.call(persona, {"from": stranger})
    for account in (seller, stranger):
        commit(account, NAME)
        with refused("PersonasTaken", persona):
            personas.claim.call(NAME, SALT, {"from": account})
    assert personas.holderOf(claim(seller, "another")) == seller


def test_profile_is_announced_and_can_be_taken_back(personas, persona, seller):
    for uri, content in (("https://dokkaebi.example/content/1", "0x" + "ab" * 32), ("", NONE)):
        tx = personas.setProfile(persona, uri, content, {"from": seller})
        said = {"persona": persona, "holder": str(seller), "uri": uri, "contentHash": content}
        assert_events(tx, [personas], ("PersonaProfileSet", said))


def test_profile_is_refused_when_its_address_is_too_long(personas, persona, seller):
    personas.setProfile.call(persona, "u" * 256, NONE, {"from": seller})
    with refused("PersonasUriTooLong", 257, 256):
        personas.setProfile.call(persona, "u" * 257, NONE, {"from": seller})


CALLS = {"setProfile": ("", NONE), "offer": (ZERO,), "retire": ()}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("who", ["stranger", "recipient", "former holder", "holder of another"])
def test_only_the_holder_acts_for_a_persona(personas, persona, offer, claim, seller, stranger, buyer, call, who):
    caller = {"stranger": buyer, "recipient": stranger, "former holder": seller, "holder of another": buyer}[who]
    if who == "holder of another":
        claim(buyer, "somebody")
    if who in ("recipient", "former holder"):
        offer(persona, seller, stranger)
    if who == "former holder":
        personas.accept(persona, {"from": stranger})
    with refused("PersonasNotHolder", persona, caller):
        getattr(personas, call).call(persona, *CALLS[call], {"from": caller})


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("nobodys", [NONE, persona_of("nobody"), "0x" + "ff" * 32])
def test_nobody_acts_for_a_persona_that_was_never_claimed(personas, stranger, call, nobodys):
    with refused("PersonasNotHolder", nobodys, stranger):
        getattr(personas, call).call(nobodys, *CALLS[call], {"from": stranger})
    with refused("PersonasNotOffered", nobodys, stranger):
        personas.accept.call(nobodys, {"from": stranger})
