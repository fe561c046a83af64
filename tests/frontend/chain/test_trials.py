"""Calls of a proposal tried one after the other, on both local nodes, without anything being scheduled."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from eth_abi.abi import encode
from flask import Flask
from flask_babel import Babel

from frontend.contracts.registry import function_abi, selector
from frontend.index.proposal_views import Governor, ProposedCall
from frontend.services.chain import ZERO, Chain, RpcError
from frontend.services.intents import Intents
from frontend.services.proposals import Proposals, Trial
from tests.frontend.chain.test_node import asking, chain, create, node, people, rpc
from tests.helpers.receipts import receipt_of
from tests.index.market import bytecode

__all__ = ["chain", "node"]
ETHER = 10**18
NOBODY = "0x" + "77" * 20


def raw(contract: str, function: str, *args: Any) -> str:
    abi = function_abi(contract, function)
    return "0x" + (selector(abi) + encode([part["type"] for part in abi["inputs"]], args)).hex()


@pytest.fixture(scope="module")
def timelock(node: Any) -> str:
    """A clone of the timelock whose governor is the node's second account; it holds one ether."""
    made = create(node, bytecode("CommunityTimelock"))
    code = f"0x3d602d80600a3d3981f3363d3d373d3d3d363d73{made[2:]}5af43d82803e903d91602b57fd5bf3"
    clone = create(node, code)
    governor = people(node)[1]
    send(node, clone, raw("CommunityTimelock", "initialize", 86_400, [governor], [governor], ZERO))
    send(node, clone, "0x", ETHER)
    return str(clone)


def send(node: Any, to: str, data: str, wei: int = 0) -> None:
    sent = {"from": people(node)[0], "to": to, "data": data, "value": hex(wei), "gas": hex(1_000_000)}
    assert receipt_of(asking(node), rpc(node.url, "eth_sendTransaction", [sent]))["status"] == "0x1"


@pytest.fixture
def office(node: Any, timelock: str) -> str:
    """A registry whose platform the timelock is the steward of."""
    return create(node, bytecode("CommunityRegistry") + encode(["address", "uint16"], [timelock, 250]).hex()).lower()


@pytest.fixture
def tried(node: Any, chain: Chain, timelock: str) -> Any:
    governor = cast(Governor, SimpleNamespace(address=people(node)[1], timelock=timelock))
    intents = cast(Intents, SimpleNamespace(check_chain=chain.check))
    app = Flask("words")
    Babel(app)

    def ask(*calls: ProposedCall, by: Chain = chain) -> Trial:
        with app.test_request_context():
            return Proposals(cast(Any, None), by, intents, cast(Any, None)).ask_trial(governor, calls)

    return ask


def on(office: str, function: str, *args: Any) -> ProposedCall:
    return ProposedCall(office, 0, raw("CommunityRegistry", function, *args))


def test_a_call_that_needs_the_one_before_it_goes_through_after_it_and_not_alone(
    tried: Any, office: str, timelock: str
) -> None:
    offer, accept = on(office, "offerStewardship", 0, timelock), on(office, "acceptStewardship", 0)
    trial = tried(offer, accept)
    assert trial.is_in_order
    assert [outcome.problem for outcome in trial.outcomes] == ["", ""]
    alone = tried(accept)
    assert alone.outcomes[0].problem


def test_calls_behind_one_that_fails_are_not_reached(tried: Any, office: str) -> None:
    trial = tried(on(office, "setFeeBps", 0, 200), on(office, "setFeeBps", 0, 501), on(office, "setFeeBps", 0, 100))
    first, second, third = trial.outcomes
    assert (first.problem, first.is_reached) == ("", True)
    assert "5" in second.problem
    assert (third.problem, third.is_reached) == ("", False)


def test_payments_together_are_measured_by_what_the_treasury_holds(tried: Any) -> None:
    half, more = ProposedCall(NOBODY, ETHER // 2, "0x"), ProposedCall(NOBODY, ETHER * 6 // 10, "0x")
    assert [outcome.problem for outcome in tried(half, half).outcomes] == ["", ""]
    first, second = tried(half, more).outcomes
    assert not first.problem
    assert "does not hold so much ETH" in second.problem
    assert not tried(more).outcomes[0].problem


def test_a_call_to_nobody_is_said_to_do_nothing(tried: Any, office: str) -> None:
    trial = tried(on(office, "setFeeBps", 0, 200), ProposedCall(NOBODY, 0, "0x12345678"))
    assert "no contract at this address" in trial.outcomes[1].problem


@pytest.mark.parametrize("how", ["refuses", "ignores"])
def test_each_call_is_tried_alone_where_the_node_pretends_nothing(
    tried: Any, node: Any, office: str, timelock: str, how: str
) -> None:
    trial = tried(
        on(office, "offerStewardship", 0, timelock),
        on(office, "acceptStewardship", 0),
        by=Plain(how, node.url, node.kind.chain_id),
    )
    assert not trial.is_in_order
    first, second = trial.outcomes
    assert not first.problem
    assert second.problem
    assert second.is_reached


class Plain(Chain):
    """A node without pretended storage: it ignores what it does not know, or refuses it."""

    def __init__(self, how: str, *args: Any) -> None:
        super().__init__(*args)
        self.how = how

    def ask(self, method: str, params: list[Any]) -> Any:
        if method == "eth_call" and len(params) > 2 and self.how == "refuses":
            raise RpcError({"code": -32602, "message": "too many arguments, want at most 2"})
        return super().ask(method, params[:2])
