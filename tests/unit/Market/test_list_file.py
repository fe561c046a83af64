"""listFile: which sealed files may be put on sale, and where else they may not."""

import pytest
from brownie import web3

from tests.helpers.deal import Listing
from tests.helpers.events import assert_events
from tests.helpers.files import SealedFile, file_of
from tests.helpers.reverts import field, refused
from tests.helpers.terms import BLUEPRINT, FILE, GOODS, NONE, SERVICE, Extras, salt

UINT64 = 2**64 - 1
FINAL_OFFER = Extras(final_offer=True)


@pytest.fixture(scope="module")
def file(terms) -> SealedFile:
    return file_of(terms.salt)


@pytest.fixture(scope="module")
def sealed(terms, file):
    """Give terms of a sealed file that are not listed."""
    return terms.but(kind=FILE, transit_for=0, extras=file.hash())


def ask(market, terms, file, sender):
    return market.listFile.call(terms.words(), 1, file.words(), {"from": sender})


def test_file_is_on_sale_and_everybody_reads_its_hashes_when_the_seller_lists_it(
    market, sealed, file, seller, community_id, chain
):
    listing_id = sealed.listing_id(chain.id, market.address)
    tx = market.listFile(sealed.words(), 7, file.words(), {"from": seller})
    assert tx.return_value == listing_id
    assert Listing(*market.listingOf(listing_id)) == (True, False, 7, 0, 0)
    opened = {
        "listingId": listing_id,
        "seller": str(seller),
        "communityId": community_id,
        "terms": sealed.words(),
        "quantityLimit": 7,
    }
    shown = {"listingId": listing_id, "file": file.words()}
    assert_events(tx, [market], ("ListingOpened", opened), ("ListingFile", shown))


def test_file_is_refused_when_the_same_terms_were_listed_before(market, list_file, seller, chain):
    listed = list_file()
    with refused("MarketListingExists", listed.listing_id(chain.id, market.address)):
        ask(market, listed, file_of(listed.salt), seller)


def test_file_is_refused_when_the_caller_is_not_the_seller(market, sealed, file, stranger, seller):
    with refused("MarketNotParty", stranger, seller):
        ask(market, sealed, file, stranger)


@pytest.mark.parametrize("kind", [GOODS, SERVICE])
def test_anything_else_is_refused_when_it_is_listed_as_a_file(market, sealed, file, seller, kind):
    with refused("MarketWrongKind", kind):
        ask(market, sealed.but(kind=kind), file, seller)


def test_blueprint_is_refused_when_it_is_listed_as_a_file(market, sealed, file, seller):
    with refused("MarketWrongKind", BLUEPRINT):
        ask(market, sealed.but(kind=BLUEPRINT), file, seller)


@pytest.mark.parametrize("extras", [NONE, "the file's"])
def test_file_is_refused_when_it_is_listed_by_the_plain_call(market, sealed, file, seller, extras):
    hashed = NONE if extras == NONE else file.hash()
    with refused("MarketWrongKind", FILE):
        market.list.call(sealed.but(extras=hashed).words(), 1, {"from": seller})


def test_file_is_refused_when_it_is_listed_with_other_optional_terms(market, sealed, seller):
    with refused("MarketWrongKind", FILE):
        terms = sealed.but(extras=FINAL_OFFER.hash())
        market.listWithExtras.call(terms.words(), 1, FINAL_OFFER.words(), {"from": seller})


@pytest.mark.parametrize(
    "change",
    [{"key_hash": salt(1)}, {"ciphertext_hash": salt(1)}, {"plaintext_hash": salt(1)}, {"size": 1}],
    ids=lambda change: next(iter(change)),
)
def test_file_is_refused_when_it_is_not_the_one_in_the_terms(market, sealed, file, seller, change):
    other = file.but(**change)
    with refused("MarketWrongExtras", other.hash(), file.hash()):
        ask(market, sealed, other, seller)


@pytest.mark.parametrize("size, works", [(0, False), (1, True), (UINT64, True)])
def test_file_has_at_least_one_byte_when_it_is_sold(market, sealed, file, seller, size, works):
    sized = file.but(size=size)
    terms = sealed.but(extras=sized.hash())
    if works:
        assert ask(market, terms, sized, seller)
        return
    with refused("MarketBadTerm", field("size"), size, 1, UINT64):
        ask(market, terms, sized, seller)


def test_file_is_refused_when_its_terms_are_out_of_bounds(market, sealed, file, seller):
    with refused("MarketBadTerm", field("transitFor"), 1, 0, 0):
        ask(market, sealed.but(transit_for=1), file, seller)
    with refused("MarketBadTerm", field("unitPrice"), 0, 1, 2**128 - 1):
        ask(market, sealed.but(unit_price=0), file, seller)


def test_file_is_refused_when_its_size_has_a_bit_too_many(market, sealed, file, seller):
    """It would be a second spelling of another file."""
    data = market.listFile.encode_input(sealed.words(), 1, file.words())
    for word, refusal in ((file.size, False), (file.size + 2**64, True)):
        call = {"from": str(seller), "to": market.address, "data": data[:-64] + f"{word:064x}"}
        assert ("error" in web3.provider.make_request("eth_call", [call, "latest"])) == refusal
