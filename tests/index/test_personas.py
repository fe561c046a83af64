"""Personas in the index: what a page shows of them is what the contract says, and nonsense changes nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontend.index.changes import Changes
from frontend.index.decode import Event, Log, Malformed
from frontend.index.persona_state import HANDLERS
from frontend.index.queries import Queries
from frontend.nicknames import persona_of, skeleton
from tests.index.market import BUYERS_NAME, SELLERS_NAME, ZERO_ADDRESS, Index, Market, Told, running_market

SELLERS, BUYERS, NEWEST = map(persona_of, (SELLERS_NAME, BUYERS_NAME, "dokkaebi"))
NOBODY = "0x" + "99" * 20
NONE = "0x" + "00" * 32


@pytest.fixture
def market(told: Told) -> Market:
    return told.market


def test_persona_stands_as_its_last_event_left_it(queries: Queries, market: Market):
    persona = queries.persona(SELLERS)
    assert persona is not None
    assert (persona.nickname, persona.holder, persona.holder_count) == (SELLERS_NAME, market.backup.lower(), 2)
    assert (persona.profile_uri, persona.profile_hash) == ("http://x/profile", "0x" + "88" * 32)
    assert (persona.offered_to, persona.retired) == (market.other.lower(), False)
    assert persona.claimed_at_ts < persona.held_since_ts < persona.accept_from_ts
    retired = queries.persona(BUYERS)
    assert retired is not None
    assert (retired.holder, retired.retired, retired.offered_to) == (market.buyer.lower(), True, None)
    assert queries.persona(persona_of("nobody")) is None


def test_what_the_index_says_of_each_persona_is_what_the_contract_says(queries: Queries, market: Market):
    for persona_id in (SELLERS, BUYERS, NEWEST, persona_of("nobody")):
        raw, persona = bytes.fromhex(persona_id[2:]), queries.persona(persona_id)
        ((holder, held_since_ts, retired),) = market.ask("Personas", market.personas, "stateOf", raw)
        ((offered_to, accept_from_ts),) = market.ask("Personas", market.personas, "offerOf", raw)
        if persona is None:
            assert holder == ZERO_ADDRESS
            continue
        assert (persona.holder, persona.held_since_ts, persona.retired) == (holder.lower(), held_since_ts, retired)
        assert (persona.offered_to or ZERO_ADDRESS, persona.accept_from_ts) == (offered_to.lower(), accept_from_ts)
    for account in market.people[:7]:
        (held,) = market.ask("Personas", market.personas, "heldBy", account)
        found = queries.persona_held_by(account)
        assert "0x" + held.hex() == (found.id if found else NONE)
        _, committed_at_ts = market.ask("Personas", market.personas, "committedBy", account)
        commitment = queries.commitment_of(account)
        assert committed_at_ts == (commitment.committed_at_ts if commitment else 0)


def test_accounts_are_found_by_what_they_bear_await_or_hide(queries: Queries, market: Market):
    assert queries.nicknames_of([market.backup, market.buyer.lower(), market.seller, market.other]) == {
        market.backup.lower(): SELLERS_NAME,
        market.buyer.lower(): "dokkaebi",
    }
    assert queries.persona_held_by(market.seller) is None, "he gave it away"
    assert [persona.id for persona in queries.personas_offered_to(market.other)] == [SELLERS]
    commitment = queries.commitment_of(market.other)
    assert commitment is not None
    assert commitment.commitment == "0x" + "77" * 32
    assert queries.commitment_of(market.buyer) is None


def test_names_are_found_by_their_beginning_and_by_their_looks(queries: Queries):
    assert [persona.nickname for persona in queries.personas_named("한")] == [SELLERS_NAME]
    assert [persona.nickname for persona in queries.personas_named("dok")] == ["dokkaebi"]
    assert queries.personas_named("d0k") == [], "it is retired"
    assert queries.personas_named("") == []
    assert {persona.nickname for persona in queries.personas_like(skeleton("dokk-aebi"))} == {"d0kkaebi", "dokkaebi"}
    assert queries.personas_like(skeleton("dokkaebj")) == []


def test_holders_have_their_times_and_what_was_traded_in_them(queries: Queries, market: Market):
    newest, first = queries.persona_holdings(SELLERS)
    assert [held.holder for held in (newest, first)] == [market.backup.lower(), market.seller.lower()]
    assert (newest.until_ts, newest.until_block) == (0, None)
    assert first.until_ts == newest.from_ts
    sold = queries.persona_record(first)
    mine = list(queries.orders(market.seller, "seller", per_page=200))
    assert sold.sold_count == len(mine) > 5
    assert sold.sold["completed"] == len([order for order in mine if order.state == "completed"])
    assert queries.persona_record(newest).sold_count == 0, "the new holder has sold nothing under it"
    (ended,) = queries.persona_holdings(BUYERS)
    assert queries.persona_record(ended).bought_count == len(list(queries.orders(market.buyer, per_page=200)))
    (begun,) = queries.persona_holdings(NEWEST)
    assert queries.persona_record(begun).bought_count == 0, "nothing was bought since"


def test_persona_tells_its_story_the_newest_first(queries: Queries):
    assert [step.name for step in queries.persona_steps(SELLERS)] == [
        *("offered", "handed_over", "offered", "profile_set", "claimed"),
    ]
    assert [step.name for step in queries.persona_steps(BUYERS)] == ["retired", "offered", "offered", "claimed"]


def impossible(market: Market) -> list[tuple[str, dict]]:
    """Give events that cannot follow the story."""
    buyer, backup, other = market.buyer.lower(), market.backup.lower(), market.other.lower()
    free = persona_of("free-name")
    return [
        ("NicknameCommitted", {"account": buyer, "commitment": NONE}),
        ("PersonaClaimed", {"persona": SELLERS, "holder": other}),
        ("PersonaClaimed", {"persona": BUYERS, "holder": other}),
        ("PersonaClaimed", {"persona": free, "holder": NOBODY}),
        ("PersonaClaimed", {"persona": free, "holder": buyer}),
        ("PersonaClaimed", {"persona": persona_of("Free"), "holder": other}),
        ("PersonaClaimed", {"persona": "0x" + "ff" * 32, "holder": other}),
        ("PersonaClaimed", {"persona": NONE, "holder": other}),
        ("PersonaProfileSet", {"persona": SELLERS, "holder": buyer, "uri": "", "contentHash": NONE}),
        ("PersonaProfileSet", {"persona": BUYERS, "holder": buyer, "uri": "", "contentHash": NONE}),
        ("PersonaProfileSet", {"persona": free, "holder": buyer, "uri": "", "contentHash": NONE}),
        ("PersonaOffered", {"persona": SELLERS, "from": buyer, "to": other, "acceptFrom": 1}),
        ("PersonaHandedOver", {"persona": SELLERS, "from": buyer, "to": other}),
        ("PersonaHandedOver", {"persona": SELLERS, "from": backup, "to": NOBODY}),
        ("PersonaRetired", {"persona": SELLERS, "holder": other}),
        ("PersonaRetired", {"persona": BUYERS, "holder": buyer}),
    ]


def test_an_event_that_cannot_be_is_refused(read: Index, market: Market):
    log = Log(1, "0x", 0, "0x", "0x", (), b"")
    with read.engine.connect() as connection:
        for name, args in impossible(market):
            changes = Changes(connection, 0)
            with pytest.raises(Malformed):
                HANDLERS[name](changes, Event(name, args, log), args, 7)


def test_personas_are_undone_with_their_blocks(tmp_path: Path):
    """A name is claimed, described, offered and retired; the chain forgets it; the index too, row by row."""
    with running_market() as market:
        market.claim("night-owl", market.seller)
        index = Index(tmp_path / "index", market)
        before = index.follow()
        snapshot = market.rpc("evm_snapshot")
        market.claim("early-bird", market.buyer)
        owl = bytes.fromhex(persona_of("night-owl")[2:])
        market.on_personas("setProfile", [owl, "http://x", b"\x11" * 32], market.seller)
        market.on_personas("offer", [owl, market.other], market.seller)
        market.on_personas("retire", [owl], market.seller)
        assert index.follow() != before
        market.rpc("evm_revert", snapshot)
        after = index.follow()
        assert any("night-owl" in line for line in before)
        assert [line for line in after if "chain_persona" in line] == [
            line for line in before if "chain_persona" in line
        ]
        index.engine.dispose()
