"""What members get, on a real chain: their price, listings for them alone, waived commissions, and what follows when they unlock."""

from __future__ import annotations

import re
from html import unescape
from itertools import count
from typing import Any

import pytest

from frontend.errors import Refused
from frontend.pages.fees import fees_on
from frontend.services.carts import Wanted
from frontend.services.market import terms_abi
from frontend.services.quotes import level_of, price_at_units
from tests.frontend.chain.conftest import ETH, buy_form, key_address, listing_form, new_key, open_community
from tests.frontend.chain.site import Person, Site, problems

ETHER = 10**18
FULL, MEMBERS = ETHER // 4, ETHER // 4 * 85 // 100
GONE = "The members' price does not hold for"
COUNT = count(1)


class Bakery:
    """A community of the test's own, with tiers at 10 and 50 tokens; the buyer and the stranger have 100 each."""

    def __init__(self, site: Site, symbol: str) -> None:
        self.site = site
        self.steward, self.buyer, self.arbiter, self.stranger = (site.person(n) for n in (1, 2, 3, 4))
        self.id = open_community(site, self.steward, symbol, fee="4")
        for person in (self.buyer, self.stranger):
            self.do(self.steward, "mint", **{"mint-to": person.address, "mint-amount": "100"})
        self.do(self.steward, "members/open")
        self.do(self.steward, "members/tiers", **{"tiers-tiers": "10\n50"})

    @property
    def token(self) -> str:
        return str(self.site.bound.queries.community(self.id).token)

    def do(self, person: Person, path: str, **fields: str) -> dict[str, Any]:
        name = {"members/open": "open", "members/tiers": "tiers", "members/lock": "lock", "members/unlock": "unlock"}
        form = name.get(path, path)
        return person.do(f"/c/{self.id}/{path}", {**fields, f"{form}-form_key": new_key()})

    def lock(self, person: Person, amount: str) -> None:
        self.do(person, "members/lock", **{"lock-amount": amount})

    def unlock(self, person: Person, amount: str) -> None:
        self.do(person, "members/unlock", **{"unlock-amount": amount})

    def list(self, seller: Person, **changes: Any) -> str:
        form = listing_form(self.arbiter.address, **changes)
        return str(seller.do(f"/listings/new?community={self.id}", form)["subject"])

    def quote(self, listing_id: str, holder: Person) -> tuple[int, int, int]:
        """Ask the Market what it would take now, and make sure that the index says the same."""
        with self.site.app.test_request_context():
            queries = self.site.bound.queries
            listing = queries.listing(listing_id)
            fees = fees_on(listing, queries.community(0), queries.community(self.id), self.site.market.now())
            price_units = price_at_units(listing, level_of(queries, self.id, holder.address))
            said = (price_units, fees.platform_bps, fees.community_bps)
        (found,) = self.site.market.ask(
            "Market", self.site.market.market, "quoteFor", terms_abi(listing), holder.address
        )
        assert tuple(found) == said
        return said


@pytest.fixture
def bakery(site: Site) -> Bakery:
    return Bakery(site, f"BREAD{next(COUNT)}")


def checkout(person: Person, listing_id: str, **changes: str) -> dict[str, str]:
    """Give the checkout's form as its page fills it in."""
    page = person.get(f"/l/{listing_id}/buy").get_data(as_text=True)
    shown = {name: re.search(rf'name="{name}" value="(\d+)"', page) for name in ("fee_shown", "price_shown")}
    return {**buy_form(), **{name: found[1] for name, found in shown.items() if found}, **changes}


def order_of(site: Site, done: dict[str, Any]) -> Any:
    with site.app.app_context():
        return site.bound.queries.order(done["subject"])


def test_member_buys_at_the_members_price_and_others_at_everybodys(site: Site, bakery: Bakery) -> None:
    listing = bakery.list(bakery.steward, member_level="2", member_discount="15")
    bakery.lock(bakery.buyer, "10")
    bakery.lock(bakery.stranger, "9")
    assert bakery.quote(listing, bakery.buyer)[0] == MEMBERS
    assert bakery.quote(listing, bakery.stranger)[0] == FULL
    for person, price in ((bakery.buyer, MEMBERS), (bakery.stranger, FULL)):
        done = person.do(f"/l/{listing}/buy", checkout(person, listing, quantity="3"))
        assert int(done["value"], 16) == 3 * price
        assert order_of(site, done).paid_units == 3 * price


def test_order_in_the_communitys_token_freezes_the_waived_commission_that_the_page_said(
    site: Site, bakery: Bakery
) -> None:
    bakery.do(bakery.steward, "waivers", **{"waivers-token_waiver": "50", "waivers-member_waiver": "25"})
    bakery.lock(bakery.buyer, "20")
    in_token = {
        "currency": bakery.token,
        "price": "3",
        "arbiter_fee": "0",
        "member_level": "1",
        "member_discount": "10",
    }
    by_member = {"member_level": "1", "member_discount": "10"}
    for seller, changes, holder, community_bps in (
        (bakery.steward, in_token, bakery.buyer, 200),  # half of 4 %
        (bakery.buyer, by_member, bakery.stranger, 300),  # a quarter less
        (bakery.steward, by_member, bakery.buyer, 400),
    ):
        listing = bakery.list(seller, **changes)
        _, platform_bps, found_bps = bakery.quote(listing, holder)
        assert found_bps == community_bps
        form = checkout(holder, listing)
        assert form["fee_shown"] == str(platform_bps + community_bps)
        order = order_of(site, holder.do(f"/l/{listing}/buy", form))
        assert (order.platform_fee_bps, order.community_fee_bps) == (platform_bps, community_bps)
    assert order.paid_units == FULL * 9 // 10


def test_purchase_is_refused_with_a_sentence_when_the_member_unlocked_since_the_page(
    site: Site, bakery: Bakery
) -> None:
    listing = bakery.list(bakery.steward, member_level="1", member_discount="15")
    bakery.lock(bakery.buyer, "1")
    form = checkout(bakery.buyer, listing)
    assert form["price_shown"] == str(MEMBERS)
    bakery.unlock(bakery.buyer, "1")
    answer = bakery.buyer.post_form(f"/l/{listing}/buy", form)
    assert answer.status_code == 422
    said = unescape(problems(answer))
    assert GONE in said
    assert "one costs 0.25 ETH" in said
    assert f'name="price_shown" value="{FULL}"' in answer.get_data(as_text=True)
    done = bakery.buyer.do(f"/l/{listing}/buy", {**form, "price_shown": str(FULL)})
    assert order_of(site, done).paid_units == FULL


def test_purchase_costs_less_when_the_buyer_became_a_member_since_the_page(site: Site, bakery: Bakery) -> None:
    listing = bakery.list(bakery.steward, member_level="1", member_discount="15")
    form = checkout(bakery.buyer, listing, quantity="2")
    assert form["price_shown"] == str(FULL)
    bakery.lock(bakery.buyer, "1")
    done = bakery.buyer.do(f"/l/{listing}/buy", form)
    assert order_of(site, done).paid_units == 2 * MEMBERS


def test_nothing_is_paid_when_the_member_unlocks_between_signing_and_mining(site: Site, bakery: Bakery) -> None:
    listing = bakery.list(bakery.steward, member_level="1", member_discount="15")
    bakery.lock(bakery.buyer, "1")
    intent = bakery.buyer.built(bakery.buyer.post_form(f"/l/{listing}/buy", checkout(bakery.buyer, listing)))
    bakery.unlock(bakery.buyer, "1")
    bakery.buyer.send(intent)
    site.follow()
    assert bakery.buyer.intent(intent["id"])["status"] == "reverted"
    with site.app.app_context():
        assert site.bound.queries.order(intent["subject"]) is None


def cart_form(listing: str, price_units: int, fee_bps: int) -> dict[str, str]:
    line = {"listing": listing, "quantity": "2", "price": str(price_units), "fee": str(fee_bps), "referrer": ""}
    return {"form_key": new_key(), **{f"items-0-{name}": value for name, value in line.items()}}


def test_cart_takes_what_the_account_pays_now_and_never_more_than_was_seen(site: Site, bakery: Bakery) -> None:
    listing = bakery.list(bakery.steward, member_level="1", member_discount="15")
    buyer = bakery.buyer
    fee_bps = sum(bakery.quote(listing, buyer)[1:])
    bakery.lock(buyer, "1")
    done = buyer.do("/cart/buy", cart_form(listing, MEMBERS, fee_bps))
    assert int(done["value"], 16) == 2 * MEMBERS
    # seen as a member's, and no member any more: refused by page and service
    bakery.unlock(buyer, "1")
    answer = buyer.post_form("/cart/buy", cart_form(listing, MEMBERS, fee_bps))
    assert answer.status_code == 422
    assert "You saw another price: 0.2125 ETH." in answer.get_data(as_text=True)
    seen = [Wanted(listing, 2, 2 * MEMBERS, fee_bps)]
    with site.app.test_request_context(), pytest.raises(Refused, match=GONE):
        site.bound.services.carts.prepare_buy_many(buyer.address, seen, new_key())
    # seen as everybody's, and a member since: the lower sum is taken
    bakery.lock(buyer, "1")
    with site.app.test_request_context():
        intent = site.bound.services.carts.prepare_buy_many(
            buyer.address, [Wanted(listing, 2, 2 * FULL, fee_bps)], new_key()
        )
    assert intent.value_wei == 2 * MEMBERS


def test_listing_for_a_tier_is_bought_by_its_members_and_as_a_gift_to_them(site: Site, bakery: Bakery) -> None:
    listing = bakery.list(bakery.steward, buyer_level="2")
    bakery.lock(bakery.buyer, "10")
    bakery.lock(bakery.stranger, "5")
    path, form = f"/l/{listing}/buy", checkout(bakery.stranger, listing)
    answer = bakery.stranger.post_form(path, form)
    assert answer.status_code == 422
    assert "This is only for members of tier 1 and above" in problems(answer)
    gift = {**form, "form_key": new_key(), "recipient": "other", "holder": key_address(2)}
    order = order_of(site, bakery.stranger.do(path, gift))
    assert (order.holder, order.payer) == (bakery.buyer.address.lower(), bakery.stranger.address.lower())
    assert order_of(site, bakery.buyer.do(path, checkout(bakery.buyer, listing))).paid_units == FULL
    assert order.listing.currency == ETH


def test_contracts_refusal_is_said_in_words_when_the_index_knows_no_better(site: Site, bakery: Bakery) -> None:
    listing = bakery.list(bakery.steward, buyer_level="1")
    bakery.lock(bakery.buyer, "1")
    form = checkout(bakery.buyer, listing)
    # the chain hears of the unlock first
    with site.app.test_request_context():
        asked = site.bound.services.members.prepare_request_unlock(bakery.buyer.address, bakery.id, ETHER)
    bakery.buyer.send(bakery.buyer.intent(asked.id))
    answer = bakery.buyer.post_form(f"/l/{listing}/buy", form)
    site.follow()
    assert answer.status_code == 422
    assert "is no member now. Lock tokens" in problems(answer)


def test_waivers_that_go_too_far_are_refused_by_the_contract_in_words(site: Site, bakery: Bakery) -> None:
    with site.app.test_request_context(), pytest.raises(Refused, match="At most 100 % of a commission can be waived"):
        site.bound.services.communities.prepare_set_waivers(bakery.steward.address, bakery.id, 101, 0, 0, new_key())
