"""Orders on the chain, walked through to every state; docs/order-states.md is what was seen."""

from typing import NamedTuple

import pytest

from tests.helpers import order_states
from tests.helpers.books import OF_FILES
from tests.helpers.deal import FINAL, OPEN
from tests.helpers.hostility import FIGHTS, RECEPTIONS, Hostility
from tests.helpers.life import CLAIM, LATE, MOVES, SEND_WRONG_KEY, STEPS, Life, Move, Node, Step
from tests.helpers.pages import keep_fresh
from tests.helpers.promises import others
from tests.helpers.seconds import around_the_clock
from tests.helpers.trials import Trial

pytestmark = pytest.mark.anvil_only("some 300 calls; liveness, roles and deadlines are shown on both nodes")


class Seen(NamedTuple):
    """What a walk has seen."""

    life: Life
    steps: list[Step]
    nodes: set[Node]


def walked(life: Life, moves: tuple[Move, ...]) -> Seen:
    life.buy()
    steps: list[Step] = []
    return Seen(life, steps, life.walk(moves, lambda: None, steps.append))


@pytest.fixture(scope="module")
def plain(make_life) -> Seen:
    return walked(make_life("goods with bond and referrer"), MOVES)


@pytest.fixture(scope="module")
def parts(make_life) -> Seen:
    """See what is different where an order is delivered in parts."""
    moves = tuple(move for move in MOVES if move.call in ("accept", "deliver", "confirm", "expire"))
    return walked(make_life("milestones in a token"), moves)


@pytest.fixture(scope="module")
def sealed(make_life) -> Seen:
    """See what is different where a file is sold."""
    accept, deliver = (move for move in MOVES if move.call in ("accept", "deliver"))
    return walked(make_life("a sealed file"), (accept, deliver, SEND_WRONG_KEY, CLAIM))


def test_every_state_is_reached_and_every_call_seen(plain, parts, sealed, market):
    assert {node.state for node in plain.nodes} == {*OPEN, *FINAL}
    calls = {called(seen, step) for seen in (plain, parts, sealed) for step in seen.steps}
    of_orders = {
        entry["name"]
        for entry in market.abi
        if entry["type"] == "function" and [part["name"] for part in entry["inputs"]][:3] == ["terms", "holder", "ref"]
    }
    assert calls == of_orders - {"basisOf"}


def test_page_of_order_states_is_what_orders_do(plain, parts, sealed, hostility):
    found = order_states.page(
        plain.life,
        plain.steps,
        (parts.life, [step for step in parts.steps if called(parts, step).endswith("Milestone")]),
        (sealed.life, [step for step in sealed.steps if called(sealed, step) in OF_FILES]),
        seconds_of(plain.life),
        alone(plain.life, hostility),
    )
    keep_fresh(order_states.PAGE, found, order_states.COMMAND)


def called(seen: Seen, step: Step) -> str:
    return order_states.call_name(seen.life, step)


def seconds_of(life: Life) -> list[tuple]:
    """Give a row for every clock."""
    rows = []

    def visit() -> None:
        if life.node.phase != LATE:
            said = [order_states.outcome(found) for found in around_the_clock(life)]
            rows.append((life.clock_name, *said))

    life.walk(STEPS, visit)
    return rows


def alone(life: Life, hostility: Hostility) -> list[tuple]:
    """Give a row for each honest party in every open state, all others silent or fighting."""
    rows = []

    def visit() -> None:
        for honest in ("seller", "holder"):
            silent, fighting = (trial(life, hostility, honest, fights) for fights in (False, True))
            rows.extend([silent] if silent == fighting else [silent, fighting])

    life.walk(STEPS, visit)
    return sorted(rows, key=lambda row: ("seller", "holder").index(row[0]))


def trial(life: Life, hostility: Hostility, honest: str, fights: bool) -> tuple:
    """Play a party's part to its end on a copy of the chain and give its row."""
    hostile = dict.fromkeys(others(life, honest), RECEPTIONS[0])
    if fights:
        hostile[next(iter(hostile))] = FIGHTS
    start, left = life.node, life.order.amount
    with life.aside():
        for role, manner in hostile.items():
            hostility.turn(life.roles[role], manner)
        one = Trial(life, honest, hostile, hostility)
        gained = one.run()
        got = order_states.gain(life, honest, gained, left)
        return (honest, order_states.standing(start), ", ".join(one.path), order_states.title(life.node.state), got)
