"""Agreement by signature: of a key, or of a contract by ERC-1271; for one change of one version, here, and once."""

import pytest
from brownie import chain

from tests.helpers.permits import signer
from tests.helpers.reverts import refused
from tests.helpers.splits import change_to, hash_of, signature_of
from tests.helpers.terms import ZERO

HONEST, WRONG, REJECT, BURN_GAS, RETURN_BOMB, REVERT_BOMB, SHORT = range(7)
LESS = change_to((0, 4_000), (1, 6_000))
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141  # of secp256k1


@pytest.fixture
def split(make_split, seller, buyer):
    return make_split((seller, 5_000), (buyer, 5_000))


def test_change_is_made_by_anybody_when_the_payee_signed_it(splits, split, seller, stranger):
    signature = signature_of(signer(seller), splits, split, 2, LESS)
    splits.change(split, LESS.words(), [signature], {"from": stranger})
    assert splits.sharesOf(split, 2)[0] == ((0, 4_000, 0), (1, 6_000, 0))


def test_digest_is_the_one_that_a_wallet_computes(splits, split, stranger):
    wanted = change_to((0, 4_000, 77), (1, 3_000), (2, 3_000), new_payees=(stranger,), deadline=2**40 - 2)
    assert str(splits.hashOfChange(split, wanted.words())) == hash_of(splits, split, 2, wanted)


def test_several_payees_sign_when_several_shares_fall(splits, make_split, seller, buyer, payer, stranger):
    split = make_split((seller, 5_000), (buyer, 3_000), (payer, 2_000))
    wanted = change_to((0, 1_000), (1, 1_000), (2, 8_000))
    signatures = [signature_of(signer(payee), splits, split, 2, wanted) for payee in (seller, buyer)]
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, wanted.words(), signatures[::-1], {"from": stranger})
    splits.change(split, wanted.words(), signatures, {"from": stranger})


@pytest.mark.parametrize(
    "domain",
    [{"chainId": 1}, {"verifyingContract": ZERO}, {"name": "Dokkaebi"}, {"version": "2"}],
    ids=["another chain", "another contract", "another name", "another version"],
)
def test_signature_counts_nothing_when_it_was_given_elsewhere(splits, split, seller, stranger, domain):
    assert domain.get("chainId") != chain.id
    signature = signature_of(signer(seller), splits, split, 2, LESS, domain)
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, LESS.words(), [signature], {"from": stranger})


def test_signature_counts_nothing_when_it_is_for_another_split_version_or_change(splits, split, seller, stranger):
    others = [
        signature_of(signer(seller), splits, split + 1, 2, LESS),
        signature_of(signer(seller), splits, split, 1, LESS),
        signature_of(signer(seller), splits, split, 3, LESS),
        signature_of(signer(seller), splits, split, 2, change_to((0, 4_001), (1, 5_999))),
        signature_of(signer(seller), splits, split, 2, change_to((0, 4_000), (1, 6_000), deadline=2**40 - 2)),
        signature_of(signer(stranger), splits, split, 2, LESS),
    ]
    for signature in others:
        with refused("SplitsNotSigned", 0, seller):
            splits.change.call(split, LESS.words(), [signature], {"from": stranger})


def test_signature_serves_once_when_the_shares_come_back(splits, split, seller, buyer, stranger):
    signature = signature_of(signer(seller), splits, split, 2, LESS)
    splits.change(split, LESS.words(), [signature], {"from": stranger})
    splits.change(split, change_to((0, 5_000), (1, 5_000)).words(), ["0x"], {"from": buyer})
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, LESS.words(), [signature], {"from": stranger})


def test_signature_of_the_other_half_of_the_curve_is_refused(splits, split, seller, stranger):
    given = bytes.fromhex(signature_of(signer(seller), splits, split, 2, LESS)[2:])
    other = given[:32] + (ORDER - int.from_bytes(given[32:64], "big")).to_bytes(32, "big") + bytes([given[64] ^ 7])
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, LESS.words(), ["0x" + other.hex()], {"from": stranger})


@pytest.mark.parametrize("length", [1, 64, 66])
def test_signature_is_refused_when_its_length_is_wrong(splits, split, seller, stranger, length):
    given = (signature_of(signer(seller), splits, split, 2, LESS) + "00")[: 2 + 2 * length]
    with refused("SplitsNotSigned", 0, seller):
        splits.change.call(split, LESS.words(), [given], {"from": stranger})


@pytest.fixture
def wallet_split(SigningWallet, make_split, seller, buyer, owner):
    """Give a factory of a wallet of the seller's that answers as told, and a split in which it falls."""

    def made(answer):
        wallet = SigningWallet.deploy(seller, answer, {"from": owner})
        return wallet, make_split((wallet, 5_000), (buyer, 5_000))

    return made


def test_contract_wallet_signs_by_its_owners_key(splits, wallet_split, seller, stranger):
    _, split = wallet_split(HONEST)
    signature = signature_of(signer(seller), splits, split, 2, LESS)
    splits.change(split, LESS.words(), [signature], {"from": stranger})
    assert splits.versionOf(split) == 2


def test_contract_wallet_does_not_sign_by_anothers_key(splits, wallet_split, stranger):
    wallet, split = wallet_split(HONEST)
    signature = signature_of(signer(stranger), splits, split, 2, LESS)
    with refused("SplitsNotSigned", 0, wallet):
        splits.change.call(split, LESS.words(), [signature], {"from": stranger})


@pytest.mark.parametrize("answer", [WRONG, REJECT, RETURN_BOMB, REVERT_BOMB])
def test_contract_wallet_has_not_signed_when_it_answers_anything_else(splits, wallet_split, seller, stranger, answer):
    wallet, split = wallet_split(answer)
    signature = signature_of(signer(seller), splits, split, 2, LESS)
    with refused("SplitsNotSigned", 0, wallet):
        splits.change.call(split, LESS.words(), [signature], {"from": stranger, "gas": 4_000_000})


@pytest.mark.parametrize("answer", [BURN_GAS, SHORT])
def test_change_fails_when_the_wallet_that_must_agree_spoils_the_answer(splits, wallet_split, seller, stranger, answer):
    _, split = wallet_split(answer)
    signature = signature_of(signer(seller), splits, split, 2, LESS)
    with pytest.raises(Exception, match=r"revert|SplitsNotSigned|gas"):
        splits.change.call(split, LESS.words(), [signature], {"from": stranger, "gas": 1_000_000})
    assert splits.versionOf(split) == 1


def test_others_change_among_themselves_when_one_wallet_is_hostile(
    splits, SigningWallet, make_split, buyer, payer, owner
):
    wallet = SigningWallet.deploy(owner, BURN_GAS, {"from": owner})
    split = make_split((wallet, 5_000), (buyer, 3_000), (payer, 2_000))
    splits.change(split, change_to((0, 5_000), (1, 2_000), (2, 3_000)).words(), ["0x"], {"from": buyer})
    assert splits.versionOf(split) == 2


def test_contract_wallet_agrees_by_a_call_when_it_cannot_sign(splits, wallet_split, owner, stranger):
    wallet, split = wallet_split(REJECT)
    approval = splits.approve.encode_input(splits.hashOfChange(split, LESS.words()), True)
    wallet.act(splits, 0, approval, {"from": owner})
    splits.change(split, LESS.words(), ["0x"], {"from": stranger})
    assert splits.versionOf(split) == 2
