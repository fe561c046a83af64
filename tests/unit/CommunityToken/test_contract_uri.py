"""setContractURI and freezeContractURI: where the community's description is (ERC-7572)."""

import pytest

from tests.helpers.events import assert_events
from tests.helpers.reverts import refused

HASH = "0x" + "4d" * 32


@pytest.mark.parametrize("uri", ["", "ipfs://x", "https://market.example/도깨비", "깨" * 85 + "x"])
def test_description_moves_when_the_steward_says_so(token, steward, uri):
    tx = token.setContractURI(uri, HASH, {"from": steward})
    assert token.contractURI() == uri
    changed = ("ContractMetadataChanged", {"uri": uri, "hash": HASH})
    assert_events(tx, [token], ("ContractURIUpdated", {}), changed)


def test_description_is_refused_when_its_address_is_longer_than_256_bytes(token, steward):
    with refused("TokenURITooLong", 257, 256):
        token.setContractURI.call("깨" * 85 + "xx", HASH, {"from": steward})


def test_description_never_moves_again_when_it_was_frozen(token, steward):
    before = token.contractURI()
    tx = token.freezeContractURI({"from": steward})
    assert_events(tx, [token], ("ContractURIFrozen", {}))
    assert token.isContractURIFrozen()
    assert token.contractURI() == before
    with refused("TokenContractURIFrozen"):
        token.setContractURI.call("x", HASH, {"from": steward})
    with refused("TokenContractURIFrozen"):
        token.freezeContractURI.call({"from": steward})
