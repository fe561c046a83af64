"""docs/admin-powers.md names every call that changes anything, and no contract gives anybody power over itself."""

import json
import re

import pytest

from scripts.export_abis import CONTRACTS, TARGET
from tools.places import ROOT

PAGE = ROOT / "docs" / "admin-powers.md"
POWER_OVER_A_CONTRACT = re.compile(
    r"owner|admin|upgrade|pause$|unpause|initiali[sz]e|grantRole|revokeRole|blacklist|blocklist|freezeAccount|seize|sweep"
    r"|rescue|setRegistry|setMarket|selfdestruct|kill",
    re.IGNORECASE,
)

# what sounds like a power and is none, and why
HARMLESS = {
    "Splits.sweep": "brings what lies at a split's deposit address into that split's books, whoever calls",
    "CommunityGovernor.initialize": "called in the transaction that makes the clone, and refused from then on",
    "CommunityTimelock.initialize": "the same",
}
# who takes ETH without a function's name, and when
TAKES_ETH = {
    "Splits": "only while it collects or sweeps; see tests/unit/Splits/test_income.py",
    "CommunityGovernor": "it refuses: what it decides is done by its timelock; see tests/unit/CommunityGovernor",
    "CommunityTimelock": "it is the community's treasury",
}


def state_changing(contract: str) -> set[str]:
    abi = json.loads((TARGET / f"{contract}.json").read_text(encoding="utf-8"))["abi"]
    return {
        f"{contract}.{entry['name']}"
        for entry in abi
        if entry["type"] == "function" and entry["stateMutability"] in ("nonpayable", "payable")
    }


def in_the_table() -> list[str]:
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    return [name for row in rows for name in re.findall(r"`(\w+\.\w+)`", row.split("|")[2])]


def test_every_state_changing_function_stands_in_the_table_once():
    functions = set().union(*(state_changing(contract) for contract in CONTRACTS))
    listed = in_the_table()
    assert sorted(listed) == sorted(functions)


def test_every_row_says_who_what_and_what_not():
    rows = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if line.startswith("| ")]
    for row in rows:
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        assert len(cells) == 4, row
        assert all(cells), row


@pytest.mark.parametrize("contract", CONTRACTS)
def test_no_contract_has_a_function_that_gives_power_over_it(contract):
    named = {name for name in state_changing(contract) if POWER_OVER_A_CONTRACT.search(name.split(".")[1])}
    assert named - set(HARMLESS) == set()


@pytest.mark.parametrize("contract", CONTRACTS)
def test_no_contract_takes_money_or_calls_without_a_name(contract):
    abi = json.loads((TARGET / f"{contract}.json").read_text(encoding="utf-8"))["abi"]
    nameless = [entry["type"] for entry in abi if entry["type"] in ("fallback", "receive")]
    assert nameless == (["receive"] if contract in TAKES_ETH else [])
