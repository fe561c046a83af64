"""Publishing a key from a contract wallet, and a purchase that carries a note: what needs a chain."""

from __future__ import annotations

import base64
import time
from typing import Any

import pytest

from frontend.errors import Refused
from frontend.services.notes import NoteKey, note_hash, stamp, statement_of
from tests.frontend.chain.conftest import buy_form
from tests.frontend.chain.site import ORIGIN, Person, Site, key_of
from tests.frontend.chain.test_sign_in import deployed, signed
from tests.frontend.notes.conftest import identity, sealed_for

RECIPIENT = identity()[1]
SALT = "0x" + "5a" * 32


def publish(site: Site, account: str, signer: Any) -> NoteKey:
    """Publish a key for an account, signed by a key."""
    notes = site.bound.services.notes
    issued_at = stamp(int(time.time()))
    facts = {"origin": ORIGIN, "chain_id": notes.registry.chain_id, "market": notes.market}
    text = statement_of(**facts, account=account, recipient=RECIPIENT, issued_at=issued_at)
    with site.app.test_request_context():
        return notes.publish(account, RECIPIENT, issued_at, signed(signer, text))


def test_contract_wallets_key_counts_when_the_contract_agrees(site: Site) -> None:
    wallet = deployed(site, "SignatureWallet", key_of(7).address[2:].lower().rjust(64, "0"))
    found = publish(site, wallet, key_of(7))
    assert (found.account, found.recipient, found.by_contract) == (wallet, RECIPIENT, True)
    assert site.bound.services.notes.key_of(wallet) == found


@pytest.mark.parametrize("name", ["SignatureWallet", "SaysYesToNobody", "AnswersTooShort"])
def test_contract_wallets_key_is_refused_when_the_contract_does_not_agree(site: Site, name: str) -> None:
    wallet = deployed(site, name, key_of(7).address[2:].lower().rjust(64, "0") if name == "SignatureWallet" else "")
    with pytest.raises(Refused) as refused:
        publish(site, wallet, key_of(6))
    assert refused.value.key == "note_key_signature"
    assert site.bound.services.notes.key_of(wallet) is None


def test_key_of_an_account_without_contract_counts_by_its_own_signature_alone(site: Site, seller: Person) -> None:
    assert publish(site, seller.address, seller.key).by_contract is False
    with pytest.raises(Refused) as refused:
        publish(site, seller.address, key_of(6))
    assert refused.value.key == "note_key_signature"


def put(author: Person, reader: Person, sealed: bytes) -> str:
    """Send a ciphertext as the page does."""
    body = {"reader": reader.address, "salt": SALT, "sealed": base64.b64encode(sealed).decode()}
    return str(author.post_json("/notes", body).get_json()["hash"])


def test_note_travels_with_a_purchase_in_a_token_when_the_approval_comes_first(
    site: Site, buyer: Person, seller: Person, listing: str, token_listing: str
) -> None:
    for listing_id in (listing, token_listing):
        sealed = sealed_for(RECIPIENT)
        found = put(buyer, seller, sealed)
        assert found == note_hash(SALT, sealed)
        done = buyer.do(f"/l/{listing_id}/buy", buy_form(sealed=found))
        order = site.bound.queries.order(done["subject"])
        assert order.purchase["specification"] == found
        told = seller.get(f"/notes/{order.key}/wish.json").get_json()
        assert base64.b64decode(told["sealed"]) == sealed


def test_delivery_carries_the_sellers_note(site: Site, buyer: Person, seller: Person, listing: str) -> None:
    key = buyer.do(f"/l/{listing}/buy", buy_form())["subject"]
    seller.do(f"/o/{key}/accept", {"accept-form_key": "a"})
    found = put(seller, buyer, sealed_for(RECIPIENT))
    stolen = buyer.post_form(f"/o/{key}/deliver", {"deliver-sealed": found, "deliver-form_key": "b"})
    assert stolen.status_code == 422, "it is not the buyer's own"
    seller.do(f"/o/{key}/deliver", {"deliver-sealed": found, "deliver-form_key": "c"})
    assert site.bound.queries.order(key).commitment == found
    assert buyer.get(f"/notes/{key}/delivery.json").status_code == 200
