"""What both local nodes say when a contract refuses, and what a node does that fails."""

from __future__ import annotations

import http.server
import json
import threading

import pytest
from eth_abi.abi import encode

from frontend.contracts.registry import function_abi, selector
from frontend.errors import NodeDown, WrongChain
from frontend.services.chain import Chain, RpcError
from frontend.services.reverts import NoFunds, Reverted, decode_revert
from tests.helpers.receipts import receipt_of
from tests.index.market import bytecode
from tools.chain import ANVIL, GANACHE, rpc, throw_away

# runtime code that reverts with Error("쉿 text"), and one that panics with 0x11
ERROR_STRING = "08c379a0" + encode(["string"], ["쉿 text"]).hex()
PANIC = "4e487b71" + encode(["uint256"], [0x11]).hex()


def reverting(data):
    """Give creation code of a contract that always reverts with these bytes."""
    # PUSH2 size DUP1 PUSH1 12 PUSH1 0 CODECOPY PUSH1 0 REVERT, then the bytes; 12 bytes before them
    code = f"61{len(data) // 2:04x}80600c6000396000fd" + data
    # the same with RETURN brings that code to the chain
    return f"0x61{len(code) // 2:04x}80600c6000396000f3" + code


@pytest.fixture(scope="module", params=[ANVIL, GANACHE], ids=["anvil", "ganache"])
def node(request):
    with throw_away(request.param) as found:
        yield found


@pytest.fixture(scope="module")
def chain(node):
    return Chain(node.url, node.kind.chain_id)


@pytest.fixture(scope="module")
def registry(node):
    return create(node, bytecode("CommunityRegistry") + encode(["address", "uint16"], [people(node)[0], 250]).hex())


def people(node):
    return rpc(node.url, "eth_accounts")


def asking(node):
    return lambda method, *params: rpc(node.url, method, list(params))


def create(node, code):
    tx_hash = rpc(node.url, "eth_sendTransaction", [{"from": people(node)[0], "data": code, "gas": hex(8_000_000)}])
    return receipt_of(asking(node), tx_hash)["contractAddress"]


def set_fee(value):
    abi = function_abi("CommunityRegistry", "setFeeBps")
    return "0x" + (selector(abi) + encode(["uint64", "uint16"], [0, value])).hex()


def refusals(chain, to, data, sender):
    """Give what call and estimate say."""
    found = []
    for ask in (chain.call, chain.estimate_gas):
        with pytest.raises(Reverted) as reverted:
            ask(to, data, sender=sender)
        found.append(decode_revert(reverted.value))
    return found


def test_a_custom_error_is_decoded_with_its_arguments(node, chain, registry):
    for refusal in refusals(chain, registry, set_fee(501), people(node)[0]):
        assert (refusal.name, refusal.args) == ("RegistryFeeTooHigh", {"feeBps": 501, "maxBps": 500})


def test_a_custom_error_with_an_address_gives_it_with_checksum(node, chain, registry):
    for refusal in refusals(chain, registry, set_fee(1), people(node)[1]):
        assert refusal.name == "RegistryNotSteward"
        assert refusal.args == {"id": 0, "caller": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8"}


def test_an_error_string_is_read(node, chain):
    for refusal in refusals(chain, create(node, reverting(ERROR_STRING)), "0x", people(node)[0]):
        assert (refusal.name, refusal.args) == ("Error", {"reason": "쉿 text"})


def test_a_panic_is_read(node, chain):
    for refusal in refusals(chain, create(node, reverting(PANIC)), "0x", people(node)[0]):
        assert (refusal.name, refusal.args) == ("Panic", {"code": 0x11})


def test_an_unknown_error_is_named_by_its_selector(node, chain):
    for refusal in refusals(chain, create(node, reverting("deadbeef" + "00" * 32)), "0x", people(node)[0]):
        assert (refusal.name, refusal.args) == ("Unknown", {"selector": "0xdeadbeef"})


def test_a_revert_without_data_is_an_error_without_reason(node, chain):
    for refusal in refusals(chain, create(node, reverting("")), "0x", people(node)[0]):
        assert (refusal.name, refusal.args) == ("Error", {"reason": ""})


def test_too_little_money_is_no_revert(node, chain, registry):
    poor = "0x" + "11" * 20
    with pytest.raises(NoFunds):
        chain.call(people(node)[1], "0x", sender=poor, value_wei=10**24)


def test_another_chain_is_told(node):
    with pytest.raises(WrongChain, match=str(node.kind.chain_id)):
        Chain(node.url, 1).check()


def test_a_transaction_and_its_receipt_are_read(node, chain):
    one, other = people(node)[:2]
    tx_hash = rpc(node.url, "eth_sendTransaction", [{"from": one, "to": other, "value": hex(7)}])
    receipt_of(asking(node), tx_hash)
    found, receipt = chain.transaction(tx_hash), chain.receipt(tx_hash)
    assert (found.sender, found.to, found.value_wei, found.data) == (one.lower(), other.lower(), 7, "0x")
    assert receipt.succeeded
    assert receipt.block == found.block
    assert found in chain.transactions_of_block(receipt.block)
    assert chain.transaction("0x" + "ab" * 32) is None
    assert chain.receipt("0x" + "ab" * 32) is None


BAD_ANSWERS = {
    "html": (200, "<html>502 Bad Gateway</html>"),
    "empty": (200, ""),
    "not json": (200, "{"),
    "a list": (200, "[]"),
    "null": (200, "null"),
    "no result": (200, '{"jsonrpc": "2.0", "id": 1}'),
    "busy": (429, '{"error": "slow down"}'),
    "gateway": (502, "bad gateway"),
    "an error of its own": (200, '{"jsonrpc":"2.0","id":1,"error":{"code":-32005,"message":"limit exceeded"}}'),
    "a strange error": (200, '{"jsonrpc":"2.0","id":1,"error":"no"}'),
    "a number that is none": (200, '{"jsonrpc":"2.0","id":1,"result":"0xzz"}'),
}


@pytest.fixture
def odd_node():
    """A server that answers with whatever it is told, and says where it is."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            status, text = self.server.answer
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(status)
            self.end_headers()
            self.wfile.write(text.encode())

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_is_a_dead_node_and_never_shows_the_url(odd_node, name):
    odd_node.answer = BAD_ANSWERS[name]
    url = f"http://127.0.0.1:{odd_node.server_port}/v3/SECRETKEY"
    with pytest.raises(NodeDown) as down:
        Chain(url, 1).check()
    assert "SECRETKEY" not in str(down.value)
    assert "SECRETKEY" not in repr(down.value.__cause__)


def test_an_error_of_the_node_keeps_its_code(odd_node):
    odd_node.answer = BAD_ANSWERS["an error of its own"]
    with pytest.raises(RpcError) as refused:
        Chain(f"http://127.0.0.1:{odd_node.server_port}", 1).head()
    assert refused.value.code == -32005


def test_a_page_tells_that_the_node_is_away_and_shows_what_is_known(site, monkeypatch):
    seller = site.person(1)
    away = Chain("http://127.0.0.1:9", 31337, timeout_s=1)
    services = site.bound.services
    for owner in (services.intents, services.market, services.watch):
        monkeypatch.setattr(owner, "chain", away)
    form = {"mint-to": seller.address, "mint-amount": "1", "mint-form_key": "k"}
    answer = seller.post_form("/c/1/mint", form)
    assert answer.status_code == 503
    assert int(answer.headers["Retry-After"]) > 0
    assert "node does not answer" in answer.get_data(as_text=True)
    assert seller.get("/c/1").status_code == 200


def test_a_reset_chain_is_told_before_anything_is_built(site, monkeypatch):
    seller = site.person(1)
    registry = site.bound.services.intents.registry
    monkeypatch.setattr(registry, "genesis_hash", "0x" + "99" * 32)
    answer = seller.post_form("/c/1/mint", {"mint-to": seller.address, "mint-amount": "1", "mint-form_key": "k2"})
    assert answer.status_code == 503
    assert "started afresh" in answer.get_data(as_text=True)


def test_json_is_told_errors_as_json(site):
    answer = site.person(1).get("/intents/nothing.json")
    assert answer.status_code == 404
    assert json.loads(answer.get_data())["error"]["key"] == "not_found"
