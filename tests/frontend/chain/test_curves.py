"""Curves by their forms alone, on a real chain: set aside, opened, bought from, sold to, and what follows when the price moves."""

from __future__ import annotations

import re
from typing import Any

from tests.frontend.chain.conftest import ETH, new_key, open_community
from tests.frontend.chain.site import Person, Site, problems

ETHER = 10**18


def quoted(person: Person, path: str, fields: dict[str, Any]) -> dict[str, Any]:
    """Ask for a quote, and give the form that goes on with it."""
    answer = person.post_form(path, {**fields, "step": "quote"})
    assert answer.status_code == 200, problems(answer)
    inputs = re.findall(r"<input[^>]*>", answer.get_data(as_text=True))
    found: dict[str, Any] = {}
    for text in inputs:
        name, value = re.search(r'name="([^"]*)"', text), re.search(r'value="([^"]*)"', text)
        if 'type="hidden"' in text and name and name[1] != "csrf_token":
            found[name[1]] = value[1] if value else ""
    return {**found, **fields, "step": "go"}


def open_curve(site: Site, seller: Person, symbol: str) -> int:
    """Open a community that sets 1 000 tokens aside, and its curve: from 0.001 to 0.002 ETH; give the community's id."""
    community_id = open_community(site, seller, symbol, curve_allocation="1000")
    seller.do(f"/c/{community_id}/renounce", {"renounce-sure": "y", "renounce-form_key": new_key()})
    fields = {
        "currency": ETH, "fee": "1", "kind": "line", "first_price": "0.001", "last_price": "0.002", "first_units": "10",
        "form_key": new_key(),
    }  # fmt: skip
    seller.do(f"/c/{community_id}/curve/open", quoted(seller, f"/c/{community_id}/curve/open", fields))
    return community_id


def buying(amount: str) -> dict[str, str]:
    return {"buy-by": "tokens", "buy-amount": amount, "buy-slippage": "1", "buy-form_key": new_key()}


def test_curve_is_opened_bought_from_and_sold_to_by_its_forms(site: Site, seller: Person, buyer: Person):
    community_id = open_curve(site, seller, "BOG")
    path = f"/c/{community_id}/curve"
    buyer.do(f"{path}/buy", quoted(buyer, f"{path}/buy", buying("20")))
    selling = {"sell-amount": "5", "sell-slippage": "1", "sell-form_key": new_key()}
    done = buyer.do(f"{path}/sell", quoted(buyer, f"{path}/sell", selling))
    assert done["call"]["function"] == "sellWithPermit"
    with site.app.app_context():
        curve = site.bound.queries.curve(community_id)
        assert site.bound.queries.balance(curve.token, buyer.address.lower()) == 15 * ETHER
    assert (curve.sold_units, curve.trade_count) == (25 * ETHER, 3)
    (state,) = site.market.ask("Curves", site.market.curves, "curveOf", curve.token)
    assert state[4:] == (curve.sold_units, curve.reserve_units)


def test_trade_whose_price_moved_beyond_its_bound_is_refused_with_a_new_quote(
    site: Site, seller: Person, buyer: Person
):
    path = f"/c/{open_curve(site, seller, 'FEN')}/curve"
    form = quoted(buyer, f"{path}/buy", buying("20"))
    other = quoted(seller, f"{path}/buy", buying("500"))
    seller.do(f"{path}/buy", other)
    answer = buyer.post_form(f"{path}/buy", form)
    assert answer.status_code == 422
    assert "The price has risen above your bound." in problems(answer)
    told = re.search(r'name="buy-bound"[^>]*value="(\d+)"', answer.get_data(as_text=True))
    assert told is not None
    assert int(told[1]) > int(form["buy-bound"])


def test_purchase_is_mined_within_its_bound_when_others_trade_first(site: Site, seller: Person, buyer: Person):
    community_id = open_curve(site, seller, "MIRE")
    path = f"/c/{community_id}/curve"
    intent = buyer.built(buyer.post_form(f"{path}/buy", quoted(buyer, f"{path}/buy", buying("20"))))
    seller.do(f"{path}/buy", quoted(seller, f"{path}/buy", buying("1")))
    buyer.send(intent)
    site.follow()
    assert buyer.intent(intent["id"])["status"] == "final"
    with site.app.app_context():
        curve = site.bound.queries.curve(community_id)
        (newest, *_) = site.bound.queries.curve_trades(curve.token).items
    assert newest.amount_units == 20 * ETHER
    assert newest.total_units < int(intent["value"], 16)
