"""Sent transactions are followed to their end, whatever the wallet and the chain make of them."""

import time

import pytest

from frontend.services import watch as watching
from tests.frontend.chain.conftest import buy_form, new_key
from tests.frontend.chain.site import GAS_PRICE


@pytest.fixture
def held(site, listing):
    """A node that mines only when told; the listing is there before."""
    site.mines = False
    site.rpc("evm_setAutomine", False)
    yield site
    site.rpc("anvil_dropAllTransactions")
    site.rpc("evm_setAutomine", True)
    site.mines = True
    site.market.mine()
    site.follow()


def built(buyer, listing):
    return buyer.built(buyer.post_form(f"/l/{listing}/buy", buy_form()))


def status(person, intent):
    return person.intent(intent["id"])["status"]


def row_of(person, intent):
    """Give what /tx says about one intent."""
    page = person.get("/tx").get_data(as_text=True)
    return page.partition(f'<tr data-intent="{intent["id"]}"')[2].partition("</tr>")[0]


def nonce_of(site, person):
    return int(site.rpc("eth_getTransactionCount", person.address, "latest"), 16)


def test_an_intent_goes_from_built_to_final(held, buyer, listing):
    intent = built(buyer, listing)
    assert intent["status"] == "built"
    buyer.post_json(f"/intents/{intent['id']}/wallet", {"asking": True})
    assert status(buyer, intent) == "awaiting_wallet"
    buyer.send(intent)
    assert status(buyer, intent) == "submitted"
    held.market.mine()
    with held.app.app_context():
        held.bound.services.watch.step()
    assert status(buyer, intent) == "mined"
    held.follow()
    assert status(buyer, intent) == "final"


def test_no_get_asks_the_node(held, buyer, listing, monkeypatch):
    from web3 import HTTPProvider

    intent = built(buyer, listing)
    buyer.send(intent)

    def refuse(*_):
        raise AssertionError("a GET has asked the node")

    with monkeypatch.context() as patched:
        patched.setattr(HTTPProvider, "make_request", refuse)
        for path in ("", ".json", "/panel"):
            assert buyer.get(f"/intents/{intent['id']}{path}").status_code == 200
        assert buyer.get("/tx").status_code == 200
        assert buyer.get("/tx/tray").status_code == 200


def test_the_panel_says_nothing_while_nothing_has_changed(held, buyer, listing):
    import re

    intent = built(buyer, listing)
    buyer.send(intent)
    path = f"/intents/{intent['id']}/panel"
    text = buyer.get(path).get_data(as_text=True)
    poll = re.search(r'hx-get="([^"]+)"', text)[1].replace("&amp;", "&")
    assert buyer.get(poll).status_code == 204
    held.market.mine()
    held.follow()
    done = buyer.get(poll)
    assert done.status_code == 200
    assert 'data-state="final"' in done.get_data(as_text=True)
    assert "hx-get" not in done.get_data(as_text=True)


def test_a_rejected_intent_can_be_signed_again(site, buyer, listing):
    intent = built(buyer, listing)
    buyer.post_json(f"/intents/{intent['id']}/wallet", {"code": 4001, "message": "User rejected"})
    assert status(buyer, intent) == "rejected"
    buyer.send(intent)
    site.follow()
    assert status(buyer, intent) == "final"


def test_a_wallets_failure_is_noted_and_can_be_tried_again(site, buyer, listing):
    intent = built(buyer, listing)
    buyer.post_json(f"/intents/{intent['id']}/wallet", {"code": -32603, "message": "<script>x</script>"})
    assert status(buyer, intent) == "failed"
    assert "<script>x" not in buyer.get(f"/intents/{intent['id']}").get_data(as_text=True)
    buyer.send(intent)
    site.follow()
    assert status(buyer, intent) == "final"


def test_a_sped_up_transaction_is_followed_under_its_new_hash(held, buyer, listing):
    intent = built(buyer, listing)
    nonce = nonce_of(held, buyer)
    first = buyer.send(intent, nonce=nonce)
    second = buyer.send(intent, report=False, nonce=nonce, gasPrice=GAS_PRICE * 3)
    assert first != second
    held.market.mine()
    held.follow()
    done = buyer.intent(intent["id"])
    assert (done["status"], done["txHash"]) == ("final", second)


def test_a_cancelled_transaction_is_told_as_cancelled(held, buyer, listing):
    intent = built(buyer, listing)
    nonce = nonce_of(held, buyer)
    buyer.send(intent, nonce=nonce)
    cancel = {"to": buyer.address, "value": 0, "data": "0x", "gasPrice": GAS_PRICE * 3}
    buyer.send(intent, report=False, nonce=nonce, **cancel)
    held.market.mine()
    held.follow()
    assert status(buyer, intent) == "cancelled"
    assert "You cancelled it in the wallet" in buyer.get(f"/intents/{intent['id']}").get_data(as_text=True)
    assert "You cancelled it in the wallet" in row_of(buyer, intent)


def test_a_replaced_transaction_is_told_and_its_form_builds_another(held, buyer, listing):
    form = buy_form()
    intent = buyer.built(buyer.post_form(f"/l/{listing}/buy", form))
    nonce = nonce_of(held, buyer)
    buyer.send(intent, nonce=nonce)
    fields = {"to": "0x" + "11" * 20, "value": 5, "data": "0x", "gasPrice": GAS_PRICE * 3}
    other = buyer.send(intent, report=False, nonce=nonce, **fields)
    held.market.mine()
    held.follow()
    assert status(buyer, intent) == "replaced"
    assert other in row_of(buyer, intent)
    another = buyer.built(buyer.post_form(f"/l/{listing}/buy", form))
    assert another["id"] != intent["id"]
    assert another["status"] == "built"


def test_a_lost_transaction_is_told_as_dropped_after_a_while(held, buyer, listing, monkeypatch):
    intent = built(buyer, listing)
    buyer.send(intent)
    held.rpc("anvil_dropAllTransactions")
    held.follow()
    assert status(buyer, intent) == "submitted"
    monkeypatch.setattr(watching, "DROPPED_AFTER_S", -1)
    held.follow()
    assert status(buyer, intent) == "dropped"
    assert "The network does not know it any more" in row_of(buyer, intent)


def test_a_lost_transaction_that_the_network_knows_again_goes_on_by_itself(held, buyer, listing, monkeypatch):
    intent = built(buyer, listing)
    nonce = nonce_of(held, buyer)
    tx_hash = buyer.send(intent, nonce=nonce)
    held.rpc("anvil_dropAllTransactions")
    with monkeypatch.context() as hasty:
        hasty.setattr(watching, "DROPPED_AFTER_S", -1)
        held.follow()
    assert status(buyer, intent) == "dropped"
    assert buyer.send(intent, report=False, nonce=nonce) == tx_hash
    held.market.mine()
    held.follow()
    assert status(buyer, intent) == "dropped"  # it is looked for now and then only
    monkeypatch.setattr(watching, "LOST_EVERY_S", -5)
    held.follow()
    assert status(buyer, intent) == "final"


def test_a_lost_transaction_whose_number_was_used_is_told_as_replaced(held, buyer, listing, monkeypatch):
    intent = built(buyer, listing)
    nonce = nonce_of(held, buyer)
    buyer.send(intent, nonce=nonce)
    held.follow()
    held.rpc("anvil_dropAllTransactions")
    with monkeypatch.context() as hasty:
        hasty.setattr(watching, "DROPPED_AFTER_S", -1)
        held.follow()
    assert status(buyer, intent) == "dropped"
    buyer.send(intent, report=False, nonce=nonce, to="0x" + "11" * 20, value=5, data="0x")
    held.market.mine()
    monkeypatch.setattr(watching, "LOST_EVERY_S", -5)
    held.follow()
    assert status(buyer, intent) == "replaced"


def test_a_reverted_transaction_is_told_with_the_contracts_reason(held, seller, buyer, listing):
    intent = built(buyer, listing)
    stop = seller.built(
        seller.post_form(f"/l/{listing}/paused", {f"p{listing[2:12]}-form_key": new_key(), "paused": "1"})
    )
    seller.send(stop, gasPrice=GAS_PRICE * 5)
    held.market.mine()
    buyer.send(intent)
    held.market.mine()
    held.follow()
    done = buyer.intent(intent["id"])
    assert done["status"] == "reverted"
    assert "The seller has paused this listing" in buyer.get(f"/intents/{intent['id']}").get_data(as_text=True)
    assert "The seller has paused this listing" in row_of(buyer, intent)


def test_a_transaction_that_ran_out_of_gas_is_told_as_such(held, buyer, listing):
    intent = built(buyer, listing)
    buyer.send(intent, gas=60_000)
    held.market.mine()
    held.follow()
    assert status(buyer, intent) == "reverted"
    assert "too little gas" in row_of(buyer, intent)


@pytest.mark.parametrize("change", [{"value": 1}, {"to": "0x" + "11" * 20}, {"data": "0x"}])
def test_another_transaction_than_the_intents_is_a_mismatch(site, buyer, listing, change):
    intent = built(buyer, listing)
    fields = {"value": 0, "to": "0x" + "22" * 20, "data": "0x12", "gas": 100_000} | change
    tx_hash = buyer.send(intent, report=False, **fields)
    buyer.report(intent, tx_hash)
    site.follow()
    assert status(buyer, intent) == "mismatch"


def test_a_transaction_whose_page_was_left_is_found_by_what_it_does(site, buyer, listing):
    intent = built(buyer, listing)
    buyer.post_json(f"/intents/{intent['id']}/wallet", {"asking": True})
    tx_hash = buyer.send(intent, report=False)
    site.follow()
    site.follow()
    done = buyer.intent(intent["id"])
    assert (done["status"], done["txHash"]) == ("final", tx_hash)


def test_a_mined_intent_goes_back_when_its_block_is_undone(held, buyer, listing):
    intent = built(buyer, listing)
    buyer.send(intent)
    held.market.mine()
    with held.app.app_context():
        held.bound.services.watch.step()
    assert status(buyer, intent) == "mined"
    held.rpc("anvil_reorg", 1, [])
    with held.app.app_context():
        held.bound.services.watch.step()
    assert status(buyer, intent) == "submitted"
    assert "undone by the network" in buyer.get(f"/intents/{intent['id']}").get_data(as_text=True)
    assert "undone by the network" in row_of(buyer, intent)
    held.rpc("anvil_dropAllTransactions")
    held.market.mine(2)
    held.follow()


def test_a_finished_intent_waits_again_when_its_block_is_undone(held, buyer, listing):
    intent = built(buyer, listing)
    nonce = nonce_of(held, buyer)
    buyer.send(intent, nonce=nonce)
    held.market.mine()
    held.follow()
    assert status(buyer, intent) == "final"
    held.rpc("anvil_reorg", 1, [])
    held.rpc("anvil_dropAllTransactions")
    held.market.mine()
    held.follow()
    assert status(buyer, intent) == "submitted"
    assert "undone by the network" in row_of(buyer, intent)
    buyer.send(intent, report=False, nonce=nonce)
    held.market.mine()
    held.follow()
    assert status(buyer, intent) == "final"
    assert "undone" not in row_of(buyer, intent)


def test_a_sent_intent_of_a_chain_that_is_gone_is_told_as_such(held, buyer, listing):
    from sqlalchemy import update

    from frontend.store.models import AppIntent

    intent = built(buyer, listing)
    buyer.send(intent)
    held.rpc("anvil_dropAllTransactions")
    with held.bound.db.session() as session:
        session.execute(update(AppIntent).where(AppIntent.id == intent["id"]).values(genesis_hash="0x" + "77" * 32))
    buyer.post_json(f"/intents/{intent['id']}/check", {})
    assert status(buyer, intent) == "chain_reset"
    assert "started afresh" in row_of(buyer, intent)


def test_nobody_signs_an_expired_intent_but_its_sent_hash_still_counts(site, buyer, listing):
    from sqlalchemy import update

    from frontend.store.models import AppIntent

    intent = built(buyer, listing)
    with site.bound.db.session() as session:
        session.execute(
            update(AppIntent).where(AppIntent.id == intent["id"]).values(expires_at_ts=int(time.time()) - 1)
        )
    assert status(buyer, intent) == "expired"
    assert 'id="sign-button"' not in buyer.get(f"/intents/{intent['id']}").get_data(as_text=True)
    buyer.send(intent)
    site.follow()
    assert status(buyer, intent) == "final"


@pytest.mark.parametrize(
    "body", [None, [], "x", {}, {"hash": "0x12"}, {"hash": 5}, {"code": "4001"}, {"hash": "0x" + "zz" * 32}]
)
def test_nonsense_from_the_page_changes_nothing(buyer, listing, body):
    intent = built(buyer, listing)
    answer = buyer.post_json(f"/intents/{intent['id']}/wallet", body)
    assert answer.status_code == 422
    assert status(buyer, intent) == "built"
