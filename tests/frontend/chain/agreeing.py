"""What a browser or a program of somebody's own does for an agreement or a listing in parts, without a page."""

from __future__ import annotations

import secrets
from typing import Any

from eth_account.messages import encode_typed_data

from frontend.index.views import Extras, Milestone
from frontend.services.intents import Call
from frontend.services.settlements import mark_of
from frontend.services.terms import Terms, extras_abi, listing_id
from tests.frontend.chain.site import Person, Site

DAY_S = 86400
HALVES = Extras((Milestone(4_000, 3 * DAY_S, DAY_S), Milestone(6_000, 2 * DAY_S, DAY_S)), True)


def send_call(
    site: Site, person: Person, function: str, *args: Any, value_wei: int = 0, contract: str = "Market", to: str = ""
) -> str:
    """Send a call from a person's own program, the Market's or that of `to`, and wait for the index; the hash comes back."""
    call = Call(contract, to or site.bound.registry.address(contract), function, args, value_wei)
    intent = {
        "id": "", "permit": None, "chainId": site.bound.registry.chain_id, "to": call.address, "data": call.data,
        "value": hex(value_wei), "gas": hex(1_500_000),
    }  # fmt: skip
    sent = person.send(intent, report=False)
    site.follow()
    return sent


def list_work(site: Site, seller: Person, arbiter: Person, community_id: int, extras: Extras = HALVES) -> str:
    """Put a service with optional terms on sale; the listing's id comes back."""
    first = extras.milestones[0] if extras.milestones else Milestone(10_000, 3 * DAY_S, DAY_S)
    terms = Terms(
        seller=seller.address, currency="0x" + "0" * 40, unit_price_units=10**17 + 7, arbiter=arbiter.address,
        content_hash="0x" + "77" * 32, salt="0x" + secrets.token_hex(32), community_id=community_id,
        kind="service", max_fee_bps=1_000, accept_for_s=DAY_S, deliver_for_s=first.deliver_for_s,
        inspect_for_s=first.inspect_for_s, rule_for_s=3 * DAY_S, arbiter_fee_units=10**15, extras=extras,
    )  # fmt: skip
    send_call(site, seller, "listWithExtras", terms.to_abi(), 20, extras_abi(extras))
    return listing_id(site.bound.registry.chain_id, site.bound.registry.address("Market"), terms.to_abi())


def signed_link(site: Site, person: Person, key: str, to_holder_units: int, valid_s: int = DAY_S) -> str:
    """Give the link that a person's browser makes of a signed offer."""
    deadline_ts = site.market.now() + valid_s
    with site.app.test_request_context():
        typed = site.bound.services.settlements.document(person.address, key, to_holder_units, deadline_ts)
        mark = mark_of(site.bound.queries.order(key))
    signature = signature_of(person, typed).hex()
    return (
        f"http://127.0.0.1:8000/o/{key}/settle#to={to_holder_units}&until={deadline_ts}&mark={mark}&sig=0x{signature}"
    )


def signature_of(person: Person, typed: dict[str, Any]) -> bytes:
    """Give a person's signature of a document."""
    return bytes(person.key.sign_message(encode_typed_data(full_message=typed)).signature)
