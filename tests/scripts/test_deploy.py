"""The deploy code itself, on a real chain: what it sends, checks, records, and how it goes on after an interruption."""

from dataclasses import dataclass, field, replace

import pytest
from web3 import Web3

from scripts.deploy import community_registry, everything, market
from scripts.lib.artifacts import artifact
from scripts.lib.problems import (
    FailedCheck,
    FailedTransaction,
    MissingDeployment,
    UnlinkedLibrary,
    UnsettledTransaction,
)
from scripts.lib.reading import bound
from scripts.lib.registry import Pending, Registry, open_registry
from scripts.lib.senders import Mined, NodeSender, Offer
from scripts.lib.steps import Step, carry_out, created_address
from tools import chain

LIBRARIES = ("Carts", "Changes", "Disputes", "Files", "Listings", "Milestones", "Settlements")

ALL = (
    "CommunityRegistry", "Splits", "Memberships", *LIBRARIES, "Market", "Personas", "Claims", "Curves", "Governors",
    "KeyRequests", "Reviews", "Blueprints",
)  # fmt: skip


class Killed(BaseException):
    """Stands for the end of the process: nothing catches it."""


@dataclass
class CutOff:
    """A real sender whose process ends before or after it sends its n-th deployment."""

    sender: NodeSender
    at: int
    after_sending: bool
    sent: list[str] = field(default_factory=list)

    @property
    def w3(self) -> Web3:
        return self.sender.w3

    @property
    def address(self) -> str:
        return self.sender.address

    def deploy(self, contract: str, args: tuple, offer: Offer | None = None, libraries=None) -> Mined:
        last = len(self.sent) + 1 == self.at
        if last and not self.after_sending:
            raise Killed
        mined = self.sender.deploy(contract, args, libraries=libraries)
        self.sent.append(contract)
        if last:
            raise Killed
        return mined

    def send(self, contract: str, address: str, function: str, args: tuple, value_wei: int = 0) -> Mined:
        raise AssertionError("deploying calls nothing")


def reopened(registry: Registry) -> Registry:
    """What the next run reads from the file."""
    return open_registry(31337, registry.genesis_hash, registry.path.parent, may_start_over=True)


def transactions_of(sender: NodeSender) -> int:
    return sender.w3.eth.get_transaction_count(sender.address)


def test_deploy_puts_every_contract_on_a_fresh_chain(params, registry, sender):
    everything.deploy(everything.plan(params, registry), sender)
    assert transactions_of(sender) == len(ALL)
    assert bound(sender.w3, registry, "Market").functions.REGISTRY().call() == registry.address("CommunityRegistry")
    assert bound(sender.w3, registry, "Reviews").functions.MARKET().call() == registry.address("Market")
    assert bound(sender.w3, registry, "Blueprints").functions.MARKET().call() == registry.address("Market")
    office = bound(sender.w3, registry, "CommunityRegistry").functions.officeOf(0).call()
    assert tuple(office) == (sender.address, 100, 0, 0, 0, 0, 0, 0)


def test_deploy_makes_somebody_else_the_steward_when_the_params_say_so(params, registry, sender):
    steward = sender.w3.eth.accounts[4]
    everything.deploy(everything.plan(replace(params, platform_steward=steward, platform_fee_bps=37), registry), sender)
    office = bound(sender.w3, registry, "CommunityRegistry").functions.officeOf(0).call()
    assert tuple(office) == (steward, 37, 0, 0, 0, 0, 0, 0)


def test_plan_is_empty_when_everything_is_recorded(params, registry, sender):
    assert [step.contract for step in everything.plan(params, registry).steps] == list(ALL)
    everything.deploy(everything.plan(params, registry), sender)
    assert everything.plan(params, registry).steps == ()


def test_deploy_sends_nothing_when_run_again(params, registry, sender):
    everything.deploy(everything.plan(params, registry), sender)
    before = registry.path.read_bytes()
    again = reopened(registry)
    everything.deploy(everything.plan(params, again), sender)
    assert transactions_of(sender) == len(ALL)
    assert registry.path.read_bytes() == before


def test_deploy_goes_on_when_it_was_cut_off_between_two_transactions(params, registry, sender):
    with pytest.raises(Killed):
        everything.deploy(everything.plan(params, registry), CutOff(sender, at=len(ALL), after_sending=False))
    again = reopened(registry)
    assert list(again.contracts) == list(ALL[:-1])
    everything.deploy(everything.plan(params, again), sender)
    assert transactions_of(sender) == len(ALL)
    assert bound(sender.w3, again, "Market").functions.REGISTRY().call() == again.address("CommunityRegistry")


@pytest.mark.parametrize("place", (1, 3, len(ALL)))
def test_deploy_takes_up_a_contract_when_it_was_cut_off_before_recording_it(params, registry, sender, place):
    with pytest.raises(Killed):
        everything.deploy(everything.plan(params, registry), CutOff(sender, at=place, after_sending=True))
    again = reopened(registry)
    assert len(again.contracts) == place - 1
    assert again.pending is not None
    everything.deploy(everything.plan(params, again), sender)
    assert transactions_of(sender) == len(ALL), "nothing was deployed twice"
    assert again.pending is None
    for number, name in enumerate(ALL):
        entry = again.entry(name)
        assert entry.address == created_address(sender.address, number)
        receipt = sender.w3.eth.get_transaction_receipt(entry.tx)
        assert (receipt["contractAddress"], receipt["blockNumber"]) == (entry.address, entry.block)


def test_deploy_waits_for_nobody_when_a_sent_transaction_is_still_in_the_pool(params, registry, sender, node):
    chain.rpc(node.url, "evm_setAutomine", [False])
    made = artifact("CommunityRegistry")
    maker = sender.w3.eth.contract(abi=made.abi, bytecode=made.bytecode)
    maker.constructor(sender.address, 100).transact({"from": sender.address})
    registry.announce(Pending("CommunityRegistry", sender.address, 0, (sender.address, 100)))
    with pytest.raises(UnsettledTransaction, match="not mined yet; wait, then run again"):
        everything.deploy(everything.plan(params, registry), sender)
    chain.rpc(node.url, "evm_setAutomine", [True])
    chain.mine(node.url)
    everything.deploy(everything.plan(params, registry), sender)
    assert transactions_of(sender) == len(ALL)


def test_deploy_takes_up_nothing_when_the_nonce_went_to_another_transaction(params, registry, sender):
    sender.w3.eth.wait_for_transaction_receipt(
        sender.w3.eth.send_transaction({"from": sender.address, "to": sender.w3.eth.accounts[1], "value": 1})
    )
    registry.announce(Pending("CommunityRegistry", sender.address, 0, (sender.address, 100)))
    everything.deploy(everything.plan(params, registry), sender)
    assert registry.address("CommunityRegistry") == created_address(sender.address, 1)


def test_deploy_stops_when_the_recorded_address_has_no_code(params, registry, sender):
    everything.deploy(everything.plan(params, registry), sender)
    nowhere = replace(registry.entry("Market"), address="0x" + "11" * 20)
    registry.contracts["Market"] = nowhere
    with pytest.raises(FailedCheck, match="there is no code"):
        everything.deploy(everything.plan(params, registry), sender)


def test_check_fails_when_the_market_asks_another_registry(params, registry, sender):
    everything.deploy(everything.plan(params, registry), sender)
    other = Registry(31337, registry.genesis_hash)
    community_registry.deploy(community_registry.plan(params, other), sender)
    registry.contracts["CommunityRegistry"] = other.entry("CommunityRegistry")
    with pytest.raises(FailedCheck, match=r"Market\.REGISTRY is"):
        market.check(registry, sender.w3)


def test_market_is_refused_when_there_is_no_registry(params, registry, sender):
    with pytest.raises(MissingDeployment, match="has no CommunityRegistry; deploy first"):
        market.deploy(market.plan(params, registry), sender)
    assert transactions_of(sender) == 0


def test_market_is_recorded_with_the_libraries_that_it_calls(params, registry, sender):
    everything.deploy(everything.plan(params, registry), sender)
    meant = {name: registry.address(name) for name in LIBRARIES}
    assert reopened(registry).entry("Market").libraries == meant
    code = sender.w3.eth.get_code(registry.address("Market")).hex()
    assert all(address[2:].lower() in code for address in meant.values())


@pytest.mark.parametrize("missing", ["Splits", "Memberships", *LIBRARIES])
def test_market_is_refused_when_something_that_it_calls_is_missing(params, registry, sender, missing):
    everything.deploy(everything.plan(params, registry), sender)
    del registry.contracts["Market"], registry.contracts[missing]
    with pytest.raises(MissingDeployment, match=f"has no {missing}; deploy first"):
        market.deploy(market.plan(params, registry), sender)


def test_code_is_refused_when_a_librarys_address_is_not_known():
    with pytest.raises(UnlinkedLibrary, match=r"Market calls the library \w+, of which no address"):
        artifact("Market").linked({})


def test_failed_deployment_names_the_contracts_error(params, registry, sender):
    plan = replace(everything.plan(params, registry), steps=(Step("CommunityRegistry", ("deployer", 501)),))
    with pytest.raises(FailedTransaction, match=r"RegistryFeeTooHigh\(feeBps=501, maxBps=500\)"):
        carry_out(plan, sender)


def test_record_keeps_the_old_entry_when_a_contract_is_deployed_anew(params, registry, sender):
    everything.deploy(everything.plan(params, registry), sender)
    old = registry.entry("Market")
    links = tuple(registry.address(name) for name in ("CommunityRegistry", "Splits", "Memberships"))
    mined = sender.deploy("Market", links, libraries=old.libraries)
    registry.record("Market", replace(old, address=mined.address, block=mined.block, tx=mined.tx))
    again = reopened(registry)
    assert again.previous == [{"name": "Market", **old.to_json()}]
    assert again.address("Market") == mined.address
