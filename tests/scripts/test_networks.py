"""Which chains the scripts talk to, what their parameters may be, and who is asked."""

import pytest
from web3 import Web3

from scripts.lib import networks, params
from scripts.lib.confirm import confirm
from scripts.lib.problems import BadParams, NotConfirmed, UnknownNetwork, WrongChain
from tools import chain

GOOD = """
[network]
chain_id = 5
name = "Five"
live = true
confirmations = 2
[platform]
steward = "deployer"
fee_bps = 100
"""


@pytest.mark.parametrize("chain_id", (1337, 31337, 11155111))
def test_committed_parameters_are_valid(chain_id):
    found = params.load(chain_id)
    assert found.chain_id == chain_id
    assert found.network.live is (chain_id not in networks.LOCAL_CHAINS)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    (
        ("chain_id = 5", "chain_id = 6", "name and content must agree"),
        ("fee_bps = 100", "fee_bps = 501", "from 0 to 500"),
        ("fee_bps = 100", "fee_bps = -1", "from 0 to 500"),
        ("fee_bps = 100", "fee_bps = 1.5", "whole number"),
        ("fee_bps = 100", "fee_bps = true", "whole number"),
        ("fee_bps = 100", "", "fee_bps must be"),
        ('"deployer"', '"0x70997970c51812dc3a010c7d01b50e0d17dc79c8"', "address with checksum"),
        ('"deployer"', '"0x0000000000000000000000000000000000000000"', "address with checksum"),
        ('"deployer"', '"me"', "address with checksum"),
        ("live = true", 'live = "yes"', "true or false"),
        ("confirmations = 2", "confirmations = 0", "from 1 to"),
        ("[platform]", "[platfrom]", "no \\[platform\\]"),
        ("live = true", "live = true\ncolour = 1", "knows no colour"),
        ("chain_id = 5", "chain_id = ", "no TOML"),
        ('name = "Five"', 'name = " "', "name is missing"),
        ('name = "Five"', 'name = "Five"\nexplorer = "http://x"', "https"),
    ),
)
def test_parameters_are_refused_when_a_value_cannot_be_right(tmp_path, old, new, said):
    (tmp_path / "5.toml").write_text(GOOD)
    assert params.load(5, tmp_path).platform_fee_bps == 100
    (tmp_path / "5.toml").write_text(GOOD.replace(old, new))
    with pytest.raises(BadParams, match=said):
        params.load(5, tmp_path)


def test_parameters_are_refused_when_there_is_no_file_for_the_chain(tmp_path):
    with pytest.raises(UnknownNetwork, match="chain 1 is unknown"):
        params.load(1, tmp_path)


def test_network_is_refused_when_it_is_not_in_our_list(w3):
    with pytest.raises(UnknownNetwork, match='"mainnet" is none of our networks'):
        networks.params_for(w3, "mainnet", {})


@pytest.mark.parametrize("said", ("", "mainnet", "-1", "0x539", "１３３７"))
def test_network_rpc_is_refused_when_the_chain_meant_is_not_said(w3, said):
    with pytest.raises(UnknownNetwork, match="RPC_CHAIN_ID must say which chain"):
        networks.params_for(w3, "rpc", {"RPC_CHAIN_ID": said})


def test_network_is_refused_when_the_node_is_on_another_chain(w3: Web3):
    with pytest.raises(WrongChain, match="answers for chain 31337, but chain 11155111 is meant"):
        networks.params_for(w3, "sepolia", {})


def test_network_is_taken_when_node_and_name_agree(w3: Web3):
    assert networks.params_for(w3, "anvil", {}).chain_id == chain.ANVIL.chain_id


@pytest.mark.parametrize("answer", ("", "y", "yes", "1337", "sepolia"))
def test_live_network_is_not_written_to_when_the_answer_is_not_its_chain_id(answer):
    with pytest.raises(NotConfirmed, match="nothing was sent to Sepolia"):
        confirm(params.load(11155111).network, "?", lambda _: answer)


def test_live_network_is_not_written_to_when_nobody_can_answer():
    def closed(_: str) -> str:
        raise EOFError

    with pytest.raises(NotConfirmed, match="nobody can answer"):
        confirm(params.load(11155111).network, "?", closed)


def test_live_network_is_written_to_when_its_chain_id_was_typed():
    asked = []
    confirm(params.load(11155111).network, "Deploying.", lambda text: asked.append(text) or "11155111")
    assert "Deploying.\nThis is Sepolia, a live network." in asked[0]


def test_unknown_chain_counts_as_live_when_its_parameters_say_otherwise(tmp_path):
    (tmp_path / "5.toml").write_text(GOOD.replace("live = true", "live = false"))
    with pytest.raises(NotConfirmed):
        confirm(params.load(5, tmp_path).network, "?", lambda _: "yes")


@pytest.mark.parametrize("chain_id", (1337, 31337))
def test_nobody_is_asked_when_the_chain_is_local(chain_id):
    confirm(params.load(chain_id).network, "?", lambda _: pytest.fail("asked"))
