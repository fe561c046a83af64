"""mint, mintBatch and renounceMint: the steward mints within the cap, until he gives it up for ever."""

import pytest

from tests.fixtures.market import CAP_UNITS, FOUNDER_UNITS
from tests.helpers.events import assert_events
from tests.helpers.reverts import refused
from tests.helpers.terms import ZERO

OPEN_UNITS = CAP_UNITS - FOUNDER_UNITS
MAX256 = 2**256 - 1


def transfer(to, value):
    return ("Transfer", {"from": ZERO, "to": str(to), "value": value})


def test_mint_gives_tokens_when_the_steward_calls(token, steward, buyer):
    tx = token.mint(buyer, 1_000, {"from": steward})
    assert token.balanceOf(buyer) == token.totalSupply() == 1_000
    assert token.mintable() == OPEN_UNITS - 1_000
    assert_events(tx, [token], transfer(buyer, 1_000))


def test_mint_reaches_the_cap_and_not_a_unit_more(token, steward, buyer):
    token.mint(buyer, OPEN_UNITS, {"from": steward})
    assert token.mintable() == 0
    with refused("TokenCapExceeded", 1, 0):
        token.mint.call(buyer, 1, {"from": steward})


@pytest.mark.parametrize("amount", [OPEN_UNITS + 1, 2**112, MAX256])
def test_mint_reverts_when_the_cap_does_not_leave_so_much(token, steward, buyer, amount):
    with refused("TokenCapExceeded", amount, OPEN_UNITS):
        token.mint.call(buyer, amount, {"from": steward})


def test_mint_reverts_when_it_would_take_the_founders_part(token, steward, buyer, stranger):
    token.mint(buyer, OPEN_UNITS, {"from": steward})
    assert token.cap() - token.totalSupply() == FOUNDER_UNITS
    with refused("TokenCapExceeded", FOUNDER_UNITS, 0):
        token.mint.call(buyer, FOUNDER_UNITS, {"from": steward})


def test_mint_reverts_when_the_receiver_is_nobody(token, steward):
    with refused("ERC20InvalidReceiver", ZERO):
        token.mint.call(ZERO, 1, {"from": steward})


def test_batch_gives_each_account_its_amount_when_the_steward_calls(token, steward, buyer, seller):
    tx = token.mintBatch([buyer, seller, buyer], [1, 2, 3], {"from": steward})
    assert token.balanceOf(buyer) == 4
    assert token.balanceOf(seller) == 2
    assert token.mintable() == OPEN_UNITS - 6
    assert_events(tx, [token], transfer(buyer, 1), transfer(seller, 2), transfer(buyer, 3))


def test_batch_takes_200_accounts_and_no_more(token, steward, buyer):
    tx = token.mintBatch([buyer] * 200, [1] * 200, {"from": steward})
    assert token.balanceOf(buyer) == 200
    assert tx.gas_used < 6_000_000
    with refused("TokenBadBatch", 201, 201, 200):
        token.mintBatch.call([buyer] * 201, [1] * 201, {"from": steward})


@pytest.mark.parametrize("accounts_count, amounts_count", [(0, 0), (1, 0), (0, 1), (2, 1), (1, 2)])
def test_batch_reverts_when_it_is_empty_or_uneven(token, steward, buyer, accounts_count, amounts_count):
    with refused("TokenBadBatch", accounts_count, amounts_count, 200):
        token.mintBatch.call([buyer] * accounts_count, [1] * amounts_count, {"from": steward})


def test_batch_mints_nothing_when_its_sum_is_above_the_cap(token, steward, buyer, seller):
    with refused("TokenCapExceeded", OPEN_UNITS + 1, OPEN_UNITS):
        token.mintBatch.call([buyer, seller], [OPEN_UNITS, 1], {"from": steward})


def test_batch_mints_nothing_when_its_sum_overflows(token, steward, buyer, seller):
    with refused("Integer overflow"):
        token.mintBatch.call([buyer, seller], [MAX256, 2], {"from": steward})


def test_minting_ends_for_ever_when_it_is_renounced(token, steward, buyer):
    tx = token.renounceMint({"from": steward})
    assert_events(tx, [token], ("MintRenounced", {}))
    assert token.isMintRenounced()
    assert token.mintable() == 0
    with refused("TokenMintRenounced"):
        token.mint.call(buyer, 1, {"from": steward})
    with refused("TokenMintRenounced"):
        token.mintBatch.call([buyer], [1], {"from": steward})
    with refused("TokenMintRenounced"):
        token.renounceMint.call({"from": steward})


@pytest.mark.parametrize("role", ["owner", "buyer", "stranger"])
@pytest.mark.parametrize(
    "name, arguments",
    [
        ("mint", lambda to: (to, 1)),
        ("mintBatch", lambda to: ([to], [1])),
        ("renounceMint", lambda to: ()),
        ("setContractURI", lambda to: ("x", "0x" + "00" * 32)),
        ("freezeContractURI", lambda to: ()),
    ],
)
def test_steward_alone_governs_the_token(token, request, buyer, name, arguments, role):
    sender = request.getfixturevalue(role)
    with refused("TokenNotSteward", sender):
        getattr(token, name).call(*arguments(buyer), {"from": sender})


def test_new_steward_mints_and_the_old_one_does_not_when_the_office_moved(
    registry, token, community_id, steward, stranger, buyer
):
    registry.offerStewardship(community_id, stranger, {"from": steward})
    registry.acceptStewardship(community_id, {"from": stranger})
    token.mint.call(buyer, 1, {"from": stranger})
    with refused("TokenNotSteward", steward):
        token.mint.call(buyer, 1, {"from": steward})


def test_steward_of_another_community_mints_nothing_here(token, open_community, stranger, buyer):
    open_community(stranger)
    with refused("TokenNotSteward", stranger):
        token.mint.call(buyer, 1, {"from": stranger})
