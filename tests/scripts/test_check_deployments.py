"""The proof of a deployment, on real chains: an honest one passes, and one with anything altered does not."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from web3 import HTTPProvider, Web3

from scripts.deploy import community_registry, everything
from scripts.inspect import check_deployments
from scripts.inspect.powers import powers
from scripts.lib.artifacts import artifact
from scripts.lib.params import load
from scripts.lib.problems import FailedCheck
from scripts.lib.reading import bound, token_at
from scripts.lib.registry import Registry
from scripts.lib.runs import Connection
from scripts.lib.senders import NodeSender
from tests.helpers.terms import NO_RESERVES
from tools import chain
from tools.places import ROOT


@contextmanager
def deployment_on(kind: chain.Kind) -> Iterator[Connection]:
    """A deployment with two communities."""
    with chain.throw_away(kind) as node:
        w3 = Web3(HTTPProvider(node.url, request_kwargs={"timeout": 30}))
        params = load(node.kind.chain_id)
        registry = Registry(params.chain_id, Web3.to_hex(w3.eth.get_block(0)["hash"]))
        sender = NodeSender(w3, w3.eth.accounts[0])
        everything.deploy(everything.plan(params, registry), sender)
        for name in ("하나", "둘"):
            values = (name, "TKN", 10**24, 10**20, 0, 86400, 250, "http://x", b"\1" * 32, *NO_RESERVES)
            sender.send("CommunityRegistry", registry.address("CommunityRegistry"), "openCommunity", (values,))
        sender.send("Memberships", registry.address("Memberships"), "open", (2,))
        yield Connection(w3, params, registry)


@pytest.fixture(scope="module")
def deployed() -> Iterator[Connection]:
    """On Anvil, where a test can put other code at an address."""
    with deployment_on(chain.ANVIL) as found:
        yield found


@pytest.fixture
def apart(deployed: Connection) -> Connection:
    """The same deployment with a record of the test's own."""
    registry = Registry(deployed.registry.chain_id, deployed.registry.genesis_hash)
    registry.contracts = dict(deployed.registry.contracts)
    return replace(deployed, registry=registry)


@pytest.fixture
def change(deployed: Connection) -> Iterator[Callable[..., object]]:
    """Change the chain itself; undone behind the test."""
    url = deployed.w3.provider.endpoint_uri  # type: ignore[attr-defined]  # ours is HTTP
    before = chain.rpc(url, "evm_snapshot")
    yield lambda method, *params: chain.rpc(url, method, list(params))
    chain.rpc(url, "evm_revert", [before])


@pytest.mark.parametrize("kind", [chain.ANVIL, chain.GANACHE], ids=["anvil", "ganache"])
def test_an_honest_deployment_is_proved(kind):
    with deployment_on(kind) as deployed:
        said = "\n".join(check_deployments.lines(deployed))
        steward = deployed.w3.eth.accounts[0]
    for name in (
        "CommunityRegistry",
        "Personas",
        "Claims",
        "Curves",
        "Memberships",
        "Governors",
        "KeyRequests",
        "Reviews",
        "Blueprints",
        "Splits",
        "Files",
        "Settlements",
        "Market",
        "CommunityToken",
    ):
        assert re.search(rf"✓ {name} 0x\w{{40}}", said), said
    assert re.search(rf"{steward}  CommunityRegistry.setFeeBps +the platform: now 1%, at most 5%", said), said
    assert re.search(rf"{steward}  CommunityToken.mint +community 2: 999900 more tokens at most", said), said
    assert re.search(r"nobody +CommunityRegistry.acceptStewardship +the platform", said), said


def test_the_table_follows_what_stewards_give_up_and_hand_over(deployed, change):
    steward, heir = deployed.w3.eth.accounts[:2]
    sender = NodeSender(deployed.w3, steward)
    registry = deployed.registry.address("CommunityRegistry")
    token = bound(deployed.w3, deployed.registry, "CommunityRegistry").functions.tokenOf(1).call()
    sender.send("CommunityToken", token, "renounceMint", ())
    sender.send("CommunityToken", token, "freezeContractURI", ())
    sender.send("CommunityRegistry", registry, "offerStewardship", (1, heir))
    sender.send("CommunityRegistry", registry, "offerStewardship", (0, heir))
    NodeSender(deployed.w3, heir).send("CommunityRegistry", registry, "acceptStewardship", (0,))
    rows = {(row.function, row.extent.partition(":")[0]): row.holder for row in powers(deployed, 100)}
    assert rows["CommunityToken.mint", "community 1"] == "nobody"
    assert rows["CommunityToken.setContractURI", "community 1"] == "nobody"
    assert rows["CommunityToken.mint", "community 2"] == steward
    assert rows["CommunityRegistry.acceptStewardship", "community 1"] == heir
    assert rows["CommunityRegistry.setFeeBps", "the platform"] == heir
    assert rows["Market.withdrawFrom", "the commission of the platform"] == heir


def test_every_power_of_a_steward_in_the_docs_is_in_the_table(deployed):
    page = (ROOT / "docs" / "admin-powers.md").read_text(encoding="utf-8")
    offices = [line for line in page.splitlines() if re.match(r"\| [^|]*(steward|offered)", line)]
    documented = {name for line in offices for name in re.findall(r"`(\w+\.\w+)`", line.split("|")[2])}
    assert {row.function for row in powers(deployed, 100)} == documented


@pytest.mark.parametrize(
    ("alter", "what"),
    [
        (lambda entry: replace(entry, args=(entry.args[0], 101)), "was not deployed with the recorded arguments"),
        (lambda entry: replace(entry, block=entry.block + 1), "the block in which CommunityRegistry was deployed"),
        (lambda entry: replace(entry, tx="0x" + "11" * 32), "the node does not know 0x1111"),
        (lambda entry: replace(entry, abi_hash="0x" + "11" * 32), "ABI hash of CommunityRegistry"),
    ],
)
def test_an_altered_record_is_found_out(apart, alter, what):
    apart.registry.contracts["CommunityRegistry"] = alter(apart.registry.entry("CommunityRegistry"))
    with pytest.raises(FailedCheck, match=what):
        list(check_deployments.lines(apart))


def test_a_market_linked_to_another_registry_is_found_out(apart):
    sender = NodeSender(apart.w3, apart.w3.eth.accounts[0])
    other = Registry(apart.registry.chain_id, apart.registry.genesis_hash)
    community_registry.deploy(community_registry.plan(apart.params, other), sender)
    apart.registry.contracts["CommunityRegistry"] = other.entry("CommunityRegistry")
    with pytest.raises(FailedCheck, match=r"Market\.REGISTRY is"):
        list(check_deployments.lines(apart))


def test_a_market_linked_to_another_library_is_found_out(apart):
    sender = NodeSender(apart.w3, apart.w3.eth.accounts[0])
    mined = sender.deploy("Settlements", ())
    entry = apart.registry.entry("Settlements")
    apart.registry.contracts["Settlements"] = replace(entry, address=mined.address, tx=mined.tx, block=mined.block)
    with pytest.raises(FailedCheck, match="the libraries linked into Market"):
        list(check_deployments.lines(apart))


@pytest.mark.parametrize("name", ["CommunityRegistry", "Settlements", "Market", "CommunityToken"])
def test_a_single_byte_of_code_is_found_out(deployed, change, name):
    place = address_of(deployed, name)
    code = bytearray(deployed.w3.eth.get_code(place))
    code[len(code) // 2] ^= 1
    change("anvil_setCode", place, "0x" + code.hex())
    with pytest.raises(FailedCheck, match=f"the code of {name} differs|is "):
        list(check_deployments.lines(deployed))


@pytest.mark.parametrize("name", ["CommunityRegistry", "Splits", "Market", "CommunityToken"])
def test_an_immutable_with_another_value_is_found_out(deployed, change, name):
    place = address_of(deployed, name)
    runtime = bytes.fromhex(artifact(name).runtime[2:])
    slot = runtime.rfind(b"\x7f" + bytes(32)) + 1
    code = bytearray(deployed.w3.eth.get_code(place))
    # another address of ours, which a check of "some known value" would let pass
    code[slot : slot + 32] = bytes(12) + bytes.fromhex(address_of(deployed, "Market")[2:])
    change("anvil_setCode", place, "0x" + code.hex())
    with pytest.raises(FailedCheck):
        list(check_deployments.lines(deployed))


def test_other_comments_are_told_from_other_code(deployed, change):
    place = address_of(deployed, "Market")
    code = bytearray(deployed.w3.eth.get_code(place))
    code[-20] ^= 1  # within the compiler's note
    change("anvil_setCode", place, "0x" + code.hex())
    with pytest.raises(FailedCheck, match="does what it should, but was compiled from other comments"):
        list(check_deployments.lines(deployed))


def test_a_token_that_is_no_clone_is_found_out(deployed, change):
    registry = bound(deployed.w3, deployed.registry, "CommunityRegistry").functions
    token = registry.tokenOf(2).call()
    code = bytearray(deployed.w3.eth.get_code(token))
    code[12] ^= 1  # within the address that it forwards to
    change("anvil_setCode", token, "0x" + code.hex())
    with pytest.raises(FailedCheck, match=r"the token of community 2 at .* is no clone"):
        list(check_deployments.lines(deployed))


def test_a_clone_with_the_constants_of_another_community_is_found_out(deployed, change):
    registry = bound(deployed.w3, deployed.registry, "CommunityRegistry").functions
    one, two = (registry.tokenOf(number).call() for number in (1, 2))
    change("anvil_setCode", two, Web3.to_hex(deployed.w3.eth.get_code(one)))
    with pytest.raises(FailedCheck, match="the token of community 2: communityId in its code is 1"):
        list(check_deployments.lines(deployed))
    assert token_at(deployed.w3, two).functions.communityId().call() == 1


def address_of(found: Connection, name: str) -> str:
    if name == "CommunityToken":
        return bound(found.w3, found.registry, "CommunityRegistry").functions.TOKEN_IMPLEMENTATION().call()
    return found.registry.address(name)
