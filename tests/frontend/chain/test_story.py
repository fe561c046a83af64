"""What people do, through the pages' own forms, on a real chain."""

from tests.frontend.chain.conftest import ETH, buy_form, listing_form, new_key
from tests.frontend.chain.site import Person, problems


def order_of(site, key):
    return site.bound.queries.order(key)


def test_a_purchase_goes_to_its_end_when_everybody_does_their_part(site, seller, buyer, listing):
    done = buyer.do(f"/l/{listing}/buy", buy_form(quantity="2"))
    key = done["subject"]
    assert order_of(site, key).state == "funded"
    seller.do(f"/o/{key}/accept", {"accept-form_key": new_key()})
    seller.do(f"/o/{key}/deliver", {"deliver-form_key": new_key(), "deliver-note": "우체국 1234"})
    buyer.do(f"/o/{key}/confirm", {"confirm-form_key": new_key()})
    order = order_of(site, key)
    assert (order.state, order.amount_units, order.paid_units) == ("completed", 0, 5 * 10**17)
    name = f"w{seller.address[-8:]}{ETH[2:10]}".lower()
    before = int(site.rpc("eth_getBalance", "0x" + "ee" * 20, "latest"), 16)
    form = {f"{name}-amount": "0.4", f"{name}-to": "0x" + "ee" * 20, f"{name}-form_key": new_key()}
    seller.do(f"/credits/{seller.address}/{ETH}/withdraw", form)
    assert int(site.rpc("eth_getBalance", "0x" + "ee" * 20, "latest"), 16) - before == 4 * 10**17


def test_a_purchase_in_the_communitys_token_takes_one_transaction_with_a_permit(site, buyer, token_listing):
    count = int(site.rpc("eth_getTransactionCount", buyer.address, "latest"), 16)
    done = buyer.do(f"/l/{token_listing}/buy", buy_form(quantity="2"))
    assert done["call"]["function"] == "buyWithPermit"
    assert int(site.rpc("eth_getTransactionCount", buyer.address, "latest"), 16) == count + 1
    assert order_of(site, done["subject"]).paid_units == 6 * 10**18


def test_a_stake_in_tokens_is_approved_exactly_and_then_paid(site, seller, buyer, token_listing):
    key = buyer.do(f"/l/{token_listing}/buy", buy_form())["subject"]
    seller.do(f"/o/{key}/accept", {"accept-form_key": new_key()})
    seller.do(f"/o/{key}/deliver", {"deliver-form_key": new_key()})
    form = {"dispute-form_key": new_key(), "dispute-text": "It is broken. 고장 났어요."}
    first = buyer.do(f"/o/{key}/dispute", form)
    assert (first["action"], first["call"]["values"][1], first["hasNext"]) == ("token.approve", str(10**18), True)
    second = buyer.built(buyer.post_form(f"/intents/{first['id']}/next", {}))
    assert second["action"] == "market.dispute"
    buyer.send(second)
    site.follow()
    assert order_of(site, key).state == "contested"
    (evidence,) = site.bound.queries.evidence(key)
    assert buyer.get(f"/content/{evidence.hash}").get_data(as_text=True) == "It is broken. 고장 났어요."
    again = buyer.built(buyer.post_form(f"/intents/{first['id']}/next", {}))
    assert again["id"] == second["id"]


def test_a_dispute_is_ruled_and_divided(site, seller, buyer, arbiter, listing):
    key = buyer.do(f"/l/{listing}/buy", buy_form())["subject"]
    seller.do(f"/o/{key}/accept", {"accept-form_key": new_key()})
    seller.do(f"/o/{key}/deliver", {"deliver-form_key": new_key()})
    buyer.do(f"/o/{key}/dispute", {"dispute-form_key": new_key(), "dispute-text": "No."})
    seller.do(f"/o/{key}/stake", {"stake-form_key": new_key()})
    seller.do(f"/o/{key}/evidence", {"evidence-form_key": new_key(), "evidence-text": "Yes."})
    arbiter.do(f"/o/{key}/rule", {"rule-form_key": new_key(), "rule-share": "33.33"})
    order = order_of(site, key)
    assert (order.state, order.ruled_bps_to_buyer) == ("resolved", 3333)


def test_a_form_posted_twice_gives_one_intent_and_is_paid_once(site, buyer, listing):
    form = buy_form()
    first = buyer.built(buyer.post_form(f"/l/{listing}/buy", form))
    second = buyer.built(buyer.post_form(f"/l/{listing}/buy", form))
    assert first["id"] == second["id"]
    buyer.send(first)
    site.follow()
    third = buyer.built(buyer.post_form(f"/l/{listing}/buy", form))
    assert (third["id"], third["status"]) == (first["id"], "final")


def test_the_same_form_with_another_quantity_is_another_intent(buyer, listing):
    form = buy_form()
    first = buyer.built(buyer.post_form(f"/l/{listing}/buy", form))
    second = buyer.built(buyer.post_form(f"/l/{listing}/buy", {**form, "quantity": "2"}))
    assert first["id"] != second["id"]
    assert first["subject"] == second["subject"]  # the contract takes only one of them


def test_a_call_that_the_contract_would_refuse_is_told_before_the_wallet_opens(buyer, listing):
    answer = buyer.post_form(f"/l/{listing}/buy", buy_form(fee_shown="100"))
    assert answer.status_code == 422
    assert "Commissions are 5 % now, above the limit of 1 %" in problems(answer)


def test_a_refusal_is_told_in_korean_when_the_page_is_korean(site, buyer, listing):
    reader = Person(site, buyer.key)  # a browser of its own: it remembers the language
    reader.sign_in()
    answer = reader.post_form(f"/l/{listing}/buy?lang=ko", buy_form(quantity="51"))
    assert answer.status_code == 422
    assert "50개만 남았어요" in problems(answer)


def test_somebody_elses_order_is_refused_with_the_reason(seller, buyer, stranger, listing):
    key = buyer.do(f"/l/{listing}/buy", buy_form())["subject"]
    answer = stranger.post_form(f"/o/{key}/accept", {"accept-form_key": new_key()})
    assert answer.status_code == 422
    assert f"Only {seller.address[:6]}…{seller.address[-4:]} may do this" in problems(answer)


def test_too_little_money_is_told_with_what_is_missing(site, seller, arbiter, stranger):
    form = listing_form(arbiter.address, price="100000")
    listing = seller.do("/listings/new?community=1", form)["subject"]
    answer = stranger.post_form(f"/l/{listing}/buy", buy_form())
    assert answer.status_code == 422
    assert "but this takes 100,000 ETH" in problems(answer)


def test_too_few_tokens_are_told_with_what_is_missing(stranger, token_listing):
    answer = stranger.post_form(f"/l/{token_listing}/buy", buy_form())
    assert "Your account has 0 NITE, but this takes 3 NITE: 3 NITE are missing." in problems(answer)


def test_a_permit_signed_by_another_account_is_refused(buyer, stranger, token_listing):
    from eth_account.messages import encode_typed_data

    intent = buyer.built(buyer.post_form(f"/l/{token_listing}/buy", buy_form()))
    signed = stranger.key.sign_message(encode_typed_data(full_message=intent["permit"]))
    answer = buyer.post_json(f"/intents/{intent['id']}/permit", {"signature": "0x" + signed.signature.hex()})
    assert answer.status_code == 422
    assert answer.get_json()["error"]["key"] == "bad_permit"
    assert buyer.intent(intent["id"])["permit"]


def test_an_intent_is_its_accounts_alone(buyer, stranger, listing):
    intent = buyer.built(buyer.post_form(f"/l/{listing}/buy", buy_form()))
    path = f"/intents/{intent['id']}"
    assert buyer.get(path).status_code == 200
    assert stranger.get(path).status_code == 404
    assert stranger.get(f"{path}.json").status_code == 404
    assert stranger.post_json(f"{path}/wallet", {"hash": "0x" + "11" * 32}).status_code == 404
    assert buyer.intent(intent["id"])["status"] == "built"


def test_an_unknown_token_is_asked_for_its_decimals(site, seller, arbiter):
    token = site.bound.queries.community(1).token
    with site.app.test_request_context():
        found = site.bound.services.market.ask_currency(token)
    assert (found.symbol, found.decimals, found.kind) == ("NITE", 18, "community")
    market = site.bound.registry.address("Market")
    form = listing_form(arbiter.address, currency="other", other_currency=market)
    answer = seller.post_form("/listings/new?community=1", form)
    assert answer.status_code == 422
    assert "There is no ERC-20 token at this address" in problems(answer)


def test_the_faucet_gives_to_an_account_that_has_little(site):
    from eth_account import Account

    from tests.frontend.chain.site import Person

    poor = Person(site, Account.create())
    poor.sign_in()
    assert poor.post_form("/start/faucet", {}).status_code == 303
    site.market.mine()
    assert int(site.rpc("eth_getBalance", poor.address, "latest"), 16) == 10 * 10**18
    answer = poor.post_form("/start/faucet", {})
    assert answer.status_code == 422
    assert "that is enough" in problems(answer)
