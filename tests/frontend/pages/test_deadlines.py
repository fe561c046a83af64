"""Who acts next, until when, and what each role is offered: against the table in IMarket.sol."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from frontend.extensions import queries
from frontend.pages.deadlines import (
    actions_for,
    extension_room_s,
    is_my_turn,
    last_ruling_ts,
    next_step,
    progress,
    roles_of,
    settlements_for,
)
from frontend.pages.terms import terms_of
from tests.frontend.pages.story import ARBITER, BACKUP, BUYER, SELLER, STRANGER, Story


@pytest.fixture(autouse=True)
def _in_app(app: Flask) -> object:
    with app.app_context():
        yield


def order(story: Story, name: str) -> Any:
    """Give an order of the story."""
    return queries.order(story.orders[name][0])


IN_TIME = [
    ("funded", "seller", SELLER, ["accept", "decline", "refund_part"]),
    ("funded", "seller", BUYER, ["cancel", "release", "extend", "transfer"]),
    ("accepted", "seller", SELLER, ["deliver", "refund", "refund_part"]),
    ("accepted", "seller", BUYER, ["release", "extend", "transfer"]),
    ("delivered", "buyer", BUYER, ["confirm", "dispute", "release", "transfer"]),
    ("delivered", "buyer", SELLER, ["refund", "refund_part", "extend"]),
    ("contested", "seller", SELLER, ["stake", "evidence", "refund", "refund_part"]),
    ("contested", "seller", BUYER, ["stake", "evidence", "release"]),
    ("contested", "seller", STRANGER, ["stake"]),
    ("disputed", "arbiter", ARBITER, ["rule"]),
    ("disputed", "arbiter", BACKUP, []),
    ("disputed", "arbiter", SELLER, ["evidence", "refund", "refund_part"]),
    ("parts", "buyer", BUYER, ["confirm", "dispute", "release", "transfer"]),
    ("handed", "seller", BUYER, []),
    ("handed", "seller", STRANGER, ["cancel", "release", "extend", "transfer"]),
    ("completed", "nobody", SELLER, []),
]


@pytest.mark.parametrize(("name", "actor", "account", "actions"), IN_TIME)
def test_role_is_offered_its_steps_when_in_time(
    story: Story, name: str, actor: str, account: str, actions: list[str]
) -> None:
    found = order(story, name)
    at_ts = found.clock_ts  # the last second still counts
    assert next_step(found, at_ts).actor == actor
    assert actions_for(found, roles_of(found, account), at_ts) == actions


OVERDUE = [
    ("funded", SELLER, ["expire", "decline", "refund_part"]),
    ("funded", BUYER, ["expire", "cancel", "release", "transfer"]),
    ("accepted", SELLER, ["expire", "refund", "refund_part"]),
    ("delivered", BUYER, ["expire", "confirm", "release", "transfer"]),
    ("contested", SELLER, ["expire", "evidence", "refund", "refund_part"]),
    ("contested", STRANGER, ["expire"]),
]


@pytest.mark.parametrize(("name", "account", "actions"), OVERDUE)
def test_anyone_may_end_it_when_a_second_late(story: Story, name: str, account: str, actions: list[str]) -> None:
    found = order(story, name)
    late_ts = found.clock_ts + 1
    assert next_step(found, late_ts).actor == "anyone"
    assert actions_for(found, roles_of(found, account), late_ts) == actions


def test_backup_rules_when_arbiter_was_silent(story: Story) -> None:
    found = order(story, "disputed")
    late_ts = found.clock_ts + 1
    assert next_step(found, late_ts).actor == "backup"
    assert (
        next_step(found, late_ts).by_ts == found.clock_ts + terms_of(found.listing).rule_for_s == last_ruling_ts(found)
    )
    assert actions_for(found, roles_of(found, BACKUP), late_ts) == ["rule"]
    assert actions_for(found, roles_of(found, ARBITER), late_ts) == []
    assert "expire" not in actions_for(found, roles_of(found, BUYER), last_ruling_ts(found))
    assert actions_for(found, roles_of(found, BUYER), last_ruling_ts(found) + 1)[0] == "expire"


def test_dispute_ends_with_the_arbiter_when_there_is_no_backup(story: Story) -> None:
    found = order(story, "disputed")
    nobody = {**found.listing.terms, "backupArbiter": "0x" + "0" * 40}
    alone = replace(found, listing=replace(found.listing, terms_json=json.dumps(nobody)))
    assert last_ruling_ts(alone) == alone.clock_ts
    assert next_step(alone, alone.clock_ts + 1).actor == "anyone"


def test_turn_is_whose_it_helps_when_time_is_over(story: Story) -> None:
    delivered, funded = order(story, "delivered"), order(story, "funded")
    assert is_my_turn(delivered, roles_of(delivered, SELLER), delivered.clock_ts + 1)
    assert not is_my_turn(delivered, roles_of(delivered, BUYER), delivered.clock_ts + 1)
    assert is_my_turn(funded, roles_of(funded, BUYER), funded.clock_ts + 1)


def test_nobody_has_a_role_when_nobody_is_signed_in(story: Story) -> None:
    assert roles_of(order(story, "funded"), None).names == []


@pytest.mark.parametrize(
    ("name", "steps"),
    [
        ("funded", (1, 4)), ("accepted", (2, 4)), ("instant", (1, 3)), ("delivered", (3, 4)), ("contested", (4, 6)),
        ("disputed", (5, 6)), ("completed", (4, 4)), ("cancelled", (2, 2)), ("refunded", (3, 3)), ("resolved", (6, 6)),
        ("settled", (2, 2)),
    ],
)  # fmt: skip
def test_progress_counts_steps_when_order_has_come_so_far(story: Story, name: str, steps: tuple[int, int]) -> None:
    assert progress(order(story, name)) == steps


AGREEING = ["offer", "sign", "settle_signed", "withdraw_offer"]


@pytest.mark.parametrize(
    ("name", "account", "steps"),
    [
        ("haggled", BUYER, ["accept_offer", *AGREEING]), ("haggled", SELLER, ["accept_offer", *AGREEING]), ("haggled", ARBITER, []),
        ("haggled", STRANGER, []), ("funded", BUYER, AGREEING), ("disputed", SELLER, AGREEING), ("settled", BUYER, []),
        ("completed", SELLER, []),
    ],
)  # fmt: skip
def test_party_may_agree_while_the_order_is_open(story: Story, name: str, account: str, steps: list[str]) -> None:
    found = order(story, name)
    assert settlements_for(found, roles_of(found, account)) == steps


def test_no_more_time_is_offered_when_the_maximum_was_given(story: Story) -> None:
    found = order(story, "funded")
    used_up = replace(found, extended_s=180 * 86_400)
    assert extension_room_s(found) == 180 * 86_400
    assert extension_room_s(used_up) == 0
    assert "extend" not in actions_for(used_up, roles_of(used_up, BUYER), used_up.clock_ts)


def test_order_cannot_be_handed_over_when_it_is_for_one_buyer_only(story: Story) -> None:
    found = order(story, "funded")
    only = {**found.listing.terms, "onlyBuyer": BUYER}
    alone = replace(found, listing=replace(found.listing, terms_json=json.dumps(only)))
    assert "transfer" not in actions_for(alone, roles_of(alone, BUYER), alone.clock_ts)
