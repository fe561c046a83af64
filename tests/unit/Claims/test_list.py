"""Phases with a list: who stands on it claims what it says, and each kind of wrong proof is refused."""

import json
import random
import subprocess

import pytest

from frontend.merkle import hash_pair, leaf_of, tree_of
from tests.helpers.claims import ClaimList
from tests.helpers.reverts import refused
from tests.helpers.terms import NONE
from tools.places import ROOT

LINES = 10_000


def allowances_of(*accounts, lines: int = LINES) -> dict[str, int]:
    """Give a list of made-up accounts and these; the accounts' allowances are 100, 101 and so on."""
    numbers = random.Random(7)
    made = {f"0x{numbers.getrandbits(160):040x}": numbers.randrange(1, 10**18) for _ in range(lines - len(accounts))}
    return made | {str(account): 100 + place for place, account in enumerate(accounts)}


@pytest.fixture(scope="module")
def listed(launched_token, open_phase, buyer, seller, payer):
    """Give an open phase for 10 000 accounts, and its list."""
    found = ClaimList(launched_token, 1, allowances_of(buyer, seller, payer))
    return open_phase(root=found.root), found


def test_account_on_the_list_claims_its_allowance_in_parts(claims, listed, claim_tokens, launched_token, seller):
    phase, lines = listed
    proof = lines.proof(seller)
    assert len(proof) in (13, 14)
    claim_tokens(phase, seller, 60, 101, proof)
    with refused("ClaimsTooMuch", seller, 42, 41):
        claim_tokens(phase, seller, 42, 101, proof, call=True)
    claim_tokens(phase, seller, 41, 101, proof)
    assert launched_token.balanceOf(seller) == 101 == claims.claimedOf(phase.key(), seller)


def test_proof_is_worth_nothing_in_other_hands(listed, claim_tokens, buyer, stranger):
    phase, lines = listed
    with refused("ClaimsNotListed", stranger, 100):
        claim_tokens(phase, stranger, 1, 100, lines.proof(buyer), call=True)


@pytest.mark.parametrize("allowance", [0, 99, 101, 2**256 - 1])
def test_proof_is_worth_nothing_for_another_allowance(listed, claim_tokens, buyer, allowance):
    phase, lines = listed
    with refused("ClaimsNotListed", buyer, allowance):
        claim_tokens(phase, buyer, 1, allowance, lines.proof(buyer), call=True)


def spoiled(proof: list[str]) -> dict[str, list[str]]:
    return {
        "none": [],
        "cut short below": proof[1:],
        "cut short above": proof[:-1],
        "too long": [*proof, NONE],
        "swapped": [proof[1], proof[0], *proof[2:]],
        "turned round": proof[::-1],
        "one bit": [*proof[:-1], f"0x{int(proof[-1], 16) ^ 1:064x}"],
        "zeros": [NONE] * len(proof),
    }


@pytest.mark.parametrize("how", spoiled(["0x1", "0x2"]))
def test_spoiled_proof_is_refused(listed, claim_tokens, buyer, how):
    phase, lines = listed
    with refused("ClaimsNotListed", buyer, 100):
        claim_tokens(phase, buyer, 1, 100, spoiled(lines.proof(buyer))[how], call=True)


def test_proof_of_another_account_is_refused(listed, claim_tokens, buyer, seller):
    phase, lines = listed
    with refused("ClaimsNotListed", buyer, 100):
        claim_tokens(phase, buyer, 1, 100, lines.proof(seller), call=True)


def test_inner_node_is_no_line_of_the_list(listed, claim_tokens, buyer):
    """The proof without its first hash shows the parent; no account and allowance hash to it, since leaves are hashed twice."""
    phase, lines = listed
    _, parent = lines.parents[lines.leaf(str(buyer))]
    proof = lines.proof(buyer)[1:]
    with refused("ClaimsNotListed", buyer, int.from_bytes(parent, "big")):
        claim_tokens(phase, buyer, 1, int.from_bytes(parent, "big"), proof, call=True)


def test_same_list_is_worth_nothing_in_the_next_phase(listed, open_phase, claim_tokens, buyer):
    first, lines = listed
    second = open_phase(root=lines.root)
    claim_tokens(first, buyer, 1, 100, lines.proof(buyer))
    with refused("ClaimsNotListed", buyer, 100):
        claim_tokens(second, buyer, 1, 100, lines.proof(buyer), call=True)


def test_same_list_is_worth_nothing_in_another_community(
    claims, listed, open_community, phase_of, claim_tokens, steward, buyer
):
    phase, lines = listed
    community_id, token = open_community(claims=str(claims.address), claim_allocation=10**21)
    other = phase.but(community_id=community_id, token=str(token), supply=10**21)
    claims.openPhase(other.words(), {"from": steward})
    with refused("ClaimsNotListed", buyer, 100):
        claim_tokens(other, buyer, 1, 100, lines.proof(buyer), call=True)


@pytest.mark.parametrize("limit, most", [(99, 99), (100, 100), (101, 100)])
def test_bound_and_allowance_hold_together(listed, open_phase, claim_tokens, launched_token, buyer, limit, most):
    lines = ClaimList(launched_token, 2, {str(buyer): 100})
    phase = open_phase(root=lines.root, limit=limit)
    assert claim_tokens(phase, buyer, most, 100, [], call=True) == 0
    with refused("ClaimsTooMuch", buyer, most + 1, most):
        claim_tokens(phase, buyer, most + 1, 100, [], call=True)


def test_list_may_promise_more_than_there_is_and_the_first_get_it(
    listed, open_phase, claim_tokens, launched_token, buyer, seller
):
    lines = ClaimList(launched_token, 2, {str(buyer): 100, str(seller): 100})
    phase = open_phase(root=lines.root, supply=150)
    claim_tokens(phase, buyer, 100, 100, lines.proof(buyer))
    with refused("ClaimsSoldOut", 100, 50):
        claim_tokens(phase, seller, 100, 100, lines.proof(seller), call=True)


def test_second_line_for_an_account_gives_what_is_above_the_first_and_nothing_twice(
    listed, open_phase, claim_tokens, launched_token, buyer
):
    small, large = (leaf_of(launched_token.address, 2, str(buyer), allowance) for allowance in (40, 100))
    phase = open_phase(root="0x" + hash_pair(small, large).hex())
    claim_tokens(phase, buyer, 100, 100, [small])
    for amount, allowance, proof in ((1, 40, [large]), (1, 100, [small])):
        with refused("ClaimsTooMuch", buyer, amount, 0):
            claim_tokens(phase, buyer, amount, allowance, proof, call=True)


# the tree itself


@pytest.mark.parametrize("lines", [1, 2, 3, 7, 8, 9, 1_000])
def test_contract_and_both_our_trees_agree_about_every_line(claims, launched_token, lines):
    allowances = allowances_of(lines=lines)
    tree = tree_of(leaf_of(str(launched_token), 3, account, amount) for account, amount in allowances.items())
    other = ClaimList(launched_token, 3, allowances)
    assert "0x" + tree.root.hex() == other.root
    for account, amount in list(allowances.items())[:50]:
        leaf = leaf_of(str(launched_token), 3, account, amount)
        assert leaf == other.leaf(account)
        assert ["0x" + node.hex() for node in tree.proof(leaf)] == other.proof(account)
    account, amount = next(iter(allowances.items()))
    assert bytes(claims.leafOf(launched_token, 3, account, amount)) == other.leaf(account)


@pytest.mark.parametrize("lines", [1, 2, 5, 64, 777])
def test_our_tree_is_openzeppelins(launched_token, lines):
    allowances = allowances_of(lines=lines)
    rows = [[str(launched_token), "5", account, str(amount)] for account, amount in allowances.items()]
    program = """
    const { StandardMerkleTree } = require("@openzeppelin/merkle-tree");
    const rows = JSON.parse(require("fs").readFileSync(0, "utf8"));
    const tree = StandardMerkleTree.of(rows, ["address", "uint32", "address", "uint256"]);
    process.stdout.write(JSON.stringify([tree.root, rows.map((row) => tree.getProof(row))]));
    """
    done = subprocess.run(
        ["node", "-e", program], cwd=ROOT, input=json.dumps(rows), capture_output=True, text=True, check=True
    )
    root, proofs = json.loads(done.stdout)
    leaves = [leaf_of(str(launched_token), 5, account, amount) for account, amount in allowances.items()]
    tree = tree_of(leaves)
    assert "0x" + tree.root.hex() == root
    assert [["0x" + node.hex() for node in tree.proof(leaf)] for leaf in leaves] == proofs


def test_tree_over_nothing_is_refused():
    with pytest.raises(ValueError, match="without lines"):
        tree_of([])
