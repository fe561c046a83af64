"""Claim phases and airdrops by their forms alone, on a real chain: a list is claimed from by proofs that the site serves."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from frontend.pages.layout import account_of_community
from tests.frontend.chain.conftest import ETH, new_key, open_community
from tests.frontend.chain.site import Person, Site, problems
from tests.frontend.chain.test_curves import quoted

ETHER = 10**18
DAY_S = 86_400
PRICE = "0.000000000000000003"  # 3 wei a token: every cost shows how it is rounded
RESERVED = {"cap": "5000", "claim_allocation": "1000"}


def open_phase(site: Site, seller: Person, community_id: int, **changes: Any) -> dict[str, Any]:
    """Open a phase by its form and its preview."""
    end = datetime.fromtimestamp(site.market.now() + DAY_S, UTC).strftime("%Y-%m-%dT%H:%M")
    fields = {
        "end": end, "supply": "100", "price": PRICE, "currency": ETH, "open_to": "all", "lines": "", "form_key": new_key(), **changes,
    }  # fmt: skip
    path = f"/c/{community_id}/claims/open"
    return seller.do(path, quoted(seller, path, fields))


def claim(person: Person, page: str, amount: str) -> dict[str, Any]:
    return person.do(f"{page}/claim", {"claim-amount": amount, "claim-form_key": new_key()})


def ask(site: Site, function: str, *args: Any) -> tuple[Any, ...]:
    return tuple(site.market.ask("Claims", site.market.claims, function, *args))


def test_list_is_claimed_from_closed_and_its_proceeds_are_withdrawn(
    site: Site, seller: Person, buyer: Person, stranger: Person
) -> None:
    community_id = open_community(site, seller, "PEAT", **RESERVED)
    lines = f"address,amount\n{buyer.address.lower()},7.5\n{seller.address},200"
    opened = open_phase(site, seller, community_id, open_to="list", lines=lines)
    page = f"/c/{community_id}/claims/1"
    with site.app.app_context():
        phase = site.bound.queries.claim_phase(community_id, 1)
        token = site.bound.queries.community(community_id).token
    assert phase.merkle_root == opened["call"]["values"][0][9]

    # the proof that is served is the one that the contract takes, and the claim's own form needs nothing else
    told = stranger.get(f"{page}/proof/{buyer.address}.json").get_json()
    done = claim(buyer, page, "2.000000000000000001")
    assert done["call"]["values"][2:4] == [told["allowance_units"], told["proof"]]
    assert (int(done["value"], 16), done["call"]["values"][4]) == (7, "7"), "6 wei for two tokens, and one for the rest"
    assert ask(site, "claimedOf", bytes.fromhex(phase.key[2:]), buyer.address) == (2 * ETHER + 1,)
    with site.app.app_context():
        assert site.bound.queries.balance(token, buyer.address.lower()) == 2 * ETHER + 1

    too_much = buyer.post_form(f"{page}/claim", {"claim-amount": "6", "claim-form_key": new_key()})
    assert too_much.status_code == 422
    assert "may claim 5.499999999999999999 more tokens" in problems(too_much)
    unlisted = stranger.post_form(f"{page}/claim", {"claim-amount": "1", "claim-form_key": new_key()})
    assert unlisted.status_code == 422
    assert "does not give" in problems(unlisted)
    early = stranger.post_form(f"{page}/close", {"close-form_key": new_key()})
    assert early.status_code == 422
    assert "is not the steward" in problems(early)

    seller.do(f"{page}/close", {"close-form_key": new_key()})
    assert ask(site, "stateOf", bytes.fromhex(phase.key[2:])) == (False, 0)
    late = buyer.post_form(f"{page}/claim", {"claim-amount": "1", "claim-form_key": new_key()})
    assert "is closed" in problems(late)

    account = account_of_community(community_id)
    assert ask(site, "creditOf", account, ETH) == (7,)
    name = f"wclaims{account[-8:]}{'0' * 8}"
    form = {f"{name}-amount": "0.000000000000000007", f"{name}-to": seller.address, f"{name}-form_key": new_key()}
    seller.do(f"/credits/claims/{account}/{ETH}/withdraw", form)
    assert ask(site, "creditOf", account, ETH) == (0,)
    treasury = seller.get(f"/c/{community_id}/treasury").get_data(as_text=True)
    assert "Nothing has come in yet." in treasury


def test_everybody_claims_for_a_token_after_allowing_its_exact_cost(
    site: Site, seller: Person, buyer: Person, stranger: Person
) -> None:
    community_id = open_community(site, seller, "SEDGE", **RESERVED)
    with site.app.app_context():
        nite = site.bound.queries.community(1).token
    open_phase(site, seller, community_id, currency="other", other_currency=nite, price="0.3", limit="5")
    page = f"/c/{community_id}/claims/1"
    first = claim(buyer, page, "4.5")
    assert (first["action"], first["call"]["values"][1]) == ("token.approve", str(135 * ETHER // 100))
    second = buyer.built(buyer.post_form(f"/intents/{first['id']}/next", {}))
    assert second["action"] == "claims.claim"
    buyer.send(second)
    site.follow()
    assert buyer.intent(second["id"])["status"] == "final"
    again = claim(buyer, page, "0.3")
    assert again["action"] == "token.approve", "the exact cost of the first claim was allowed, and is spent"
    site.market.warp(2 * DAY_S)
    site.follow()
    stranger.do(f"{page}/close", {"close-form_key": new_key()})
    with site.app.app_context():
        reserve = site.bound.queries.claim_reserve(community_id)
    assert reserve.unallotted_units == 995 * ETHER + ETHER // 2


def test_phase_that_another_one_came_before_is_previewed_anew(site: Site, seller: Person) -> None:
    community_id = open_community(site, seller, "FERN", **RESERVED)
    path = f"/c/{community_id}/claims/open"
    end = datetime.fromtimestamp(site.market.now() + DAY_S, UTC).strftime("%Y-%m-%dT%H:%M")
    fields = {
        "end": end,
        "supply": "1",
        "currency": ETH,
        "open_to": "list",
        "lines": f"{seller.address},1",
        "form_key": new_key(),
    }
    previewed = quoted(seller, path, fields)
    open_phase(site, seller, community_id)
    again = seller.post_form(path, previewed)
    assert again.status_code == 200
    assert 'name="number" type="hidden" value="2"' in again.get_data(as_text=True)


def test_airdrop_in_two_parts_mints_each_once(site: Site, seller: Person) -> None:
    community_id = open_community(site, seller, "MOSS", **RESERVED)
    page = f"/c/{community_id}/airdrop"
    lines = "\n".join(f"0x{number:040x},0.5" for number in range(10**30, 10**30 + 210))
    kept = seller.post_form(page, {"lines": lines, "form_key": new_key()})
    parts = kept.headers["Location"]
    assert seller.get(parts).get_data(as_text=True).count("-entries") == 2
    first = seller.do(f"{parts}/1", {"part1-form_key": new_key()})
    assert len(first["call"]["values"][0]) == 200
    assert seller.get(parts).get_data(as_text=True).count("-entries") == 1
    again = seller.built(seller.post_form(f"{parts}/1", {"part1-form_key": new_key()}))
    assert (again["id"], again["status"]) == (first["id"], "final")
    seller.do(f"{parts}/2", {"part2-form_key": new_key()})
    with site.app.app_context():
        community = site.bound.queries.community(community_id)
    assert (community.supply_units, community.holder_count) == (105 * ETHER, 210)
