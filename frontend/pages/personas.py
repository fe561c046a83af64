"""Personas as pages show them: nicknames beside addresses, and what was done under one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from flask import request

from frontend.content.proofs import Proof
from frontend.extensions import queries, services
from frontend.index.persona_views import Persona, PersonaHolding
from frontend.index.review_views import Rating
from frontend.index.views import Page
from frontend.pages.described import Described
from frontend.services.personas import ACCEPT_WINDOW_S

NICKNAMES_OF_REQUEST = "dokkaebi.nicknames"


# what has become of an order, by its state; the other states are open
OUTCOMES = {
    "completed": "completed",
    "resolved": "resolved",
    "refunded": "refunded",
    "cancelled": "cancelled",
    "contested": "disputed",
    "disputed": "disputed",
}
OPEN = "open"


@dataclass(frozen=True)
class HoldingState:
    """One holder's time with a persona, and how many of the orders in it came to what."""

    holding: PersonaHolding
    sold: list[tuple[str, int]]
    bought: list[tuple[str, int]]
    ratings: dict[str, Rating]  # by the side that others spoke about


def nickname(address: str) -> str | None:
    """Give the nickname that an account bears; None when it has none, or the index cannot be asked.

    Each account is asked about once in a request.
    """
    if queries.head() is None:
        return None
    known = cast(dict[str, str | None], request.environ.setdefault(NICKNAMES_OF_REQUEST, {}))
    account = address.lower()
    if account not in known:
        known[account] = queries.nicknames_of([account]).get(account)
    return known[account]


def is_offered(persona: Persona, now_ts: int) -> bool:
    """Tell whether an offer stands: it can be taken, now or later."""
    return persona.offered_to is not None and now_ts <= offered_until(persona)


def offered_until(persona: Persona) -> int:
    """Give the last second in which an offer can be taken."""
    return persona.accept_from_ts + ACCEPT_WINDOW_S


def holding_states(page: Page[PersonaHolding]) -> list[HoldingState]:
    """Give each holder's time with what was traded and said in it."""
    found = []
    for holding in page:
        record = queries.persona_record(holding)
        ratings = services.reviews.ratings_in(holding)
        found.append(HoldingState(holding, outcomes(record.sold), outcomes(record.bought), ratings))
    return found


@dataclass(frozen=True)
class ProofState:
    """One proof of a profile, and whether the right account has signed it."""

    proof: Proof
    holds: bool
    record_name: str  # of a domain: where its TXT record stands, and what it says
    record_text: str


def proof_states(persona: Persona, about: Described) -> list[ProofState]:
    """Check the proofs in a persona's profile against its holder of now. Nobody is asked: a domain's record is shown only."""
    claimant = services.personas.claimant(persona)
    return [
        ProofState(proof, claimant.holds(proof), claimant.record_name(proof.of), claimant.record_text)
        for proof in (about.document.proofs if about.document else ())
    ]


def outcomes(states: Mapping[str, int]) -> list[tuple[str, int]]:
    """Count orders by what has become of them. Args: how many there are in each state."""
    counted = dict.fromkeys([*OUTCOMES.values(), OPEN], 0)
    for state, count in states.items():
        counted[OUTCOMES.get(state, OPEN)] += count
    return [(outcome, count) for outcome, count in counted.items() if count]
