"""The index's reads: they find what they should, and cost the same however long the history is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, delete, event, insert, text

from frontend.index.basis import STATES, basis_of
from frontend.index.models import (
    balances,
    bonds,
    communities,
    credits,
    cursor,
    events,
    listings,
    order_asides,
    order_roles,
    orders,
)
from frontend.index.queries import COMMUNITY_SORTS, LISTING_SORTS, Queries
from frontend.index.selects import MAX_PAGES
from frontend.index.views import Bond, Extras, ListingFilter, Milestone
from frontend.search.store import fill as fill_search
from frontend.store.database import create_engine
from frontend.store.models import AppContent, AppCurrency, AppFollower

ETH = "0x" + "0" * 40
SELLER, BUYER, ARBITER = ("0x" + letter * 40 for letter in "abc")
TOKEN = "0x" + "d" * 40
NOW_TS = 1_800_000_000


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    found = create_engine(database_url)
    yield found
    found.dispose()


def hash_of(number: int) -> str:
    return f"0x{number:064x}"


def community_row(number: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: 0 for column in communities.c}
    row |= {
        "id": number,
        "name": f"community {number:06d}",
        "symbol": "DKB",
        "token": f"0x{number:040x}",
        "steward": SELLER,
    }
    row |= {"pending_steward": BUYER, "founder": SELLER, "metadata_uri": "", "metadata_hash": hash_of(number)}
    row |= {"claims": None, "curve": None}
    return (
        row
        | {"mint_renounced": False, "uri_frozen": False, "holder_count": number % 7, "supply_units": 10**18}
        | changes
    )


def listing_row(number: int, **changes: Any) -> dict[str, Any]:
    terms = {"arbiter": ARBITER, "onlyBuyer": ETH, "validUntil": 0}
    row: dict[str, Any] = {
        "id": hash_of(number),
        "seller": SELLER,
        "community_id": 1,
        "currency": ETH,
        "unit_price_units": number * 10**15 + 1,
        "kind": "goods",
        "instant": False,
        "quantity_limit": 9,
        "quantity_sold": number % 5,
        "paused": False,
        "in_stock": True,
        "valid_until_ts": 0,
        "only_buyer": None,
        "content_hash": hash_of(number),
        "terms": json.dumps(terms),
        "extras": None,
        "opened_at_ts": NOW_TS,
        "opened_block": number,
        "opened_log_index": 0,
        "tx_hash": hash_of(number),
    }
    return row | changes


def order_row(number: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: 0 for column in orders.c}
    row |= {"key": hash_of(number), "listing_id": hash_of(1), "holder": BUYER, "payer": BUYER, "ref": hash_of(number)}
    row |= {"purchase": "{}", "quantity": 1, "paid_units": 5, "amount_units": 5, "state": "funded", "commitment": None}
    row |= {"ruled_bps_to_buyer": None, "funded_block": number, "tx_hash": hash_of(number)}
    return row | {"first_holder": f"0x{number:040x}"} | changes


def aside_row(number: int, **changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = {column.name: 0 for column in order_asides.c}
    row |= {"order_key": hash_of(number), "final_offers_frozen": False, "settled": False}
    return row | {"referrer": None, "holders_offer_basis": None, "sellers_offer_basis": None} | changes


def role_rows(number: int) -> list[dict[str, Any]]:
    flags = {"is_open": number % 2 == 0, "is_disputed": number % 2 == 0}
    return [
        {
            "account": account,
            "role": role,
            "order_key": hash_of(number),
            "funded_block": number,
            "funded_log_index": 0,
            **flags,
        }
        for account, role in ((BUYER, "buyer"), (SELLER, "seller"), (ARBITER, "arbiter"))
    ]


def event_row(number: int, name: str, subject: str, args: dict[str, Any]) -> dict[str, Any]:
    index = {"Transfer": 0, "CreditWithdrawn": 1}[name]
    return {
        "block": number,
        "log_index": index,
        "block_hash": hash_of(number),
        "tx_hash": hash_of(number),
        "at_ts": NOW_TS,
        "address": TOKEN,
        "name": name,
        "subject": subject,
        "args": json.dumps(args),
    }


def fill(engine: Engine, first: int, last: int) -> None:
    """Write so many rows into every table that grows, all of them about the same few people."""
    numbers = range(first, last)
    transfer = {"from": BUYER, "to": SELLER, "value": 1}
    withdrawn = {"account": BUYER, "currency": ETH, "to": SELLER, "amount": 1}
    with engine.begin() as connection:
        connection.execute(
            insert(communities), [community_row(n, token=TOKEN if n == 1 else f"0x{n:040x}") for n in numbers]
        )
        connection.execute(
            insert(listings), [listing_row(n, only_buyer=BUYER if n % 2 == 0 else None) for n in numbers]
        )
        connection.execute(insert(orders), [order_row(n) for n in numbers])
        connection.execute(insert(order_roles), [row for n in numbers for row in role_rows(n)])
        connection.execute(insert(events), [event_row(n, "Transfer", "1", transfer) for n in numbers])
        connection.execute(insert(events), [event_row(n, "CreditWithdrawn", BUYER, withdrawn) for n in numbers])
        held = [{"token": TOKEN, "account": f"0x{n:040x}", "balance_units": n} for n in numbers]
        connection.execute(insert(balances), held)
        owed = [{"account": f"0x{n:040x}", "currency": ETH, "amount_units": n} for n in numbers]
        connection.execute(insert(credits), owed)
        aside = [{"account": f"0x{n:040x}", "currency": ETH, "free_units": n} for n in numbers]
        connection.execute(insert(bonds), aside)
        connection.execute(insert(order_asides), [aside_row(n) for n in numbers])
        if first == 1:
            connection.execute(insert(cursor), [cursor_row()])
            connection.execute(insert(AppFollower).values(id=1, node_ok=True, seen_at_ts=1, status="following"))
        connection.execute(
            text("UPDATE chain_communities SET transfer_count = :n, holder_count = :n WHERE id = 1"), {"n": last - 1}
        )


def cursor_row() -> dict[str, Any]:
    row: dict[str, Any] = {column.name: 1 for column in cursor.c}
    return row | {
        "genesis_hash": hash_of(7),
        "deployments_hash": hash_of(8),
        "hash": hash_of(9),
        "timestamp_ts": NOW_TS,
    }


READS: dict[str, Callable[[Queries], object]] = {
    "head": lambda q: q.head(),
    **{f"communities {sort}": (lambda q, sort=sort: q.communities(sort=sort)) for sort in COMMUNITY_SORTS},
    **{f"listings {sort}": (lambda q, sort=sort: q.listings(ListingFilter(), sort=sort)) for sort in LISTING_SORTS},
    "last page of listings": lambda q: q.listings(ListingFilter(), page=MAX_PAGES),
    "listings in stock": lambda q: q.listings(ListingFilter(available_only=True)),
    "listings of a community": lambda q: q.listings(ListingFilter(community_id=1)),
    "listings of a seller": lambda q: q.listings(ListingFilter(seller=SELLER)),
    "listings of a kind": lambda q: q.listings(ListingFilter(kind="goods")),
    "listings in a currency by price": lambda q: q.listings(ListingFilter(currency=ETH, min_price_units=5), "price_up"),
    "listings for a buyer": lambda q: q.listings(ListingFilter(only_buyer=BUYER)),
    "community": lambda q: q.community(1),
    "community names": lambda q: q.community_names(),
    "holders": lambda q: q.holders(1),
    "history of a token": lambda q: q.token_history(1),
    "balance": lambda q: q.balance(TOKEN, BUYER),
    "tokens_held": lambda q: q.tokens_held(BUYER, 20),
    "listing": lambda q: q.listing(hash_of(5)),
    **{
        f"orders of a {role}, {state}": (
            lambda q, account=account, role=role, state=state: q.orders(account, role, state)
        )
        for account, role in ((BUYER, "buyer"), (SELLER, "seller"), (ARBITER, "arbiter"))
        for state in (None, "open", "disputed", "done")
    },
    "open disputes": lambda q: q.open_disputes(ARBITER),
    "orders of a listing": lambda q: q.orders_of_listing(hash_of(1)),
    "order": lambda q: q.order(hash_of(5)),
    "order by transaction": lambda q: q.order_by_tx(hash_of(5)),
    "timeline": lambda q: q.timeline(hash_of(5)),
    "payouts": lambda q: q.payouts(hash_of(5)),
    "evidence": lambda q: q.evidence(hash_of(5)),
    "credits": lambda q: q.credits(f"0x{5:040x}"),
    "credits of several": lambda q: q.credits_of([f"0x{5:040x}", f"0x{6:040x}"]),
    "bonds": lambda q: q.bonds_of(f"0x{5:040x}"),
    "bond": lambda q: q.bond_of(f"0x{5:040x}", ETH),
    "open quantity": lambda q: q.open_quantity(hash_of(1), f"0x{5:040x}"),
    "withdrawals": lambda q: q.withdrawals(BUYER),
    "transfers": lambda q: q.transfers(1),
    "currency": lambda q: q.currency("0x" + "9" * 40),
    "currencies": lambda q: q.currencies([ETH, TOKEN, "0x" + "9" * 40]),
    "events of a transaction": lambda q: q.transaction_events(hash_of(5)),
    "communities of a steward": lambda q: q.communities_of(SELLER),
    "communities offered": lambda q: q.communities_offered_to(BUYER),
    "communities by number": lambda q: q.communities_with([1, 2, 3]),
    "quarantined": lambda q: q.quarantined(),
}


def steps_of(engine: Engine, read: Callable[[Queries], object]) -> int:
    """Count how many steps SQLite takes for a read, in tens."""
    count = 0

    def one_more() -> int:
        nonlocal count
        count += 1
        return 0

    def watched(connection: Any, *_: Any) -> None:
        connection.set_progress_handler(one_more, 10)

    engine.dispose()
    event.listen(engine, "connect", watched)
    try:
        read(Queries(engine))
    finally:
        event.remove(engine, "connect", watched)
        engine.dispose()
    return count


def test_every_read_is_among_those_whose_cost_is_watched(engine: Engine, monkeypatch: pytest.MonkeyPatch):
    public = {name for name in vars(Queries) if not name.startswith("_")}
    called = set()
    for name in public:
        monkeypatch.setattr(Queries, name, lambda self, *args, _name=name, **options: called.add(_name))
    for read in READS.values():
        read(Queries(engine))
    assert called == public


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_reads_cost_the_same_when_the_history_is_three_times_longer(engine: Engine):
    rows = MAX_PAGES * 50 + 10  # more than what any list counts up to
    fill(engine, 1, rows)
    before = {name: steps_of(engine, read) for name, read in READS.items()}
    fill(engine, rows, rows * 3)
    after = {name: steps_of(engine, read) for name, read in READS.items()}
    grown = {name: (before[name], after[name]) for name in READS if after[name] > before[name] * 1.3 + 20}
    assert grown == {}


def test_pages_end_where_they_are_counted_to_when_there_is_more(engine: Engine):
    fill(engine, 1, MAX_PAGES * 24 + 50)
    queries = Queries(engine)
    page = queries.listings(ListingFilter(), page=10**6)
    assert (page.page, page.pages, page.total, page.capped) == (MAX_PAGES, MAX_PAGES, MAX_PAGES * 24, True)
    assert len(page.items) == 24
    assert queries.listings(ListingFilter(), page=-5).page == 1


@pytest.fixture
def searchable(engine: Engine) -> Queries:
    texts = {
        1: ("달빛 라디오", "밤에 듣는 이야기"),
        2: ("100% Moss_lamp", "glows IN the dark"),
        3: ("moss lamp 1000", "no glow"),
    }
    with engine.begin() as connection:
        connection.execute(
            insert(communities), [community_row(1, name="이끼 클럽", metadata_hash=hash_of(1)), community_row(2)]
        )
        connection.execute(insert(listings), [listing_row(n, community_id=1 if n == 3 else 2) for n in (1, 2, 3, 4)])
        for number, (title, body) in texts.items():
            row = {
                "hash": hash_of(number),
                "media_type": "application/json",
                "size_bytes": 1,
                "title": title,
                "text": body,
            }
            connection.execute(insert(AppContent).values(**row, lang="ko", tags='["a"]', created_at_ts=1))
    fill_search(engine)
    return Queries(engine)


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("라디오", [1]),
        ("달빛", [1]),
        ("빛 라", [1]),
        ("이야기", [1]),
        ("이끼", [3]),
        ("MOSS", [3, 2]),
        ("glow dark", [2]),
        ("100%", [2]),
        ("s_l", []),
        ("%", []),
        ("\\", []),
        ("' OR 1=1 --", []),
        ("\x00", [4, 3, 2, 1]),
        ("  ", [4, 3, 2, 1]),
        ("nothing like it", []),
    ],
)
def test_search_finds_words_in_both_languages_and_no_sign_is_a_command(searchable: Queries, q: str, found: list[int]):
    assert [int(listing.id, 16) for listing in searchable.listings(ListingFilter(q=q))] == found


def test_search_finds_a_name_typed_in_decomposed_letters(searchable: Queries):
    import unicodedata

    assert searchable.listings(ListingFilter(q=unicodedata.normalize("NFD", "라디오"))).total == 1


def test_communities_are_found_by_name_and_text(searchable: Queries):
    assert [c.id for c in searchable.communities("이끼")] == [1]
    assert [c.id for c in searchable.communities("밤에")] == [1]
    assert searchable.communities("dkb").total == 2


def test_description_is_joined_when_this_server_has_it(searchable: Queries):
    with_text, without = searchable.listing(hash_of(1)), searchable.listing(hash_of(4))
    assert with_text is not None
    assert with_text.description is not None
    assert (with_text.description.title, with_text.description.tags) == ("달빛 라디오", ["a"])
    assert without is not None
    assert without.description is None


def test_price_filter_is_exact_when_amounts_are_large(engine: Engine):
    prices = [1, 9, 10, 10**18, 2**128, 2**256 - 1]
    with engine.begin() as connection:
        connection.execute(insert(listings), [listing_row(n, unit_price_units=price) for n, price in enumerate(prices)])
    queries = Queries(engine)
    found = queries.listings(ListingFilter(min_price_units=10, max_price_units=2**255), "price_up")
    assert [listing.unit_price_units for listing in found] == [10, 10**18, 2**128]
    assert queries.listings(ListingFilter(min_price_units=-5, max_price_units=2**300)).total == len(prices)
    assert [row.unit_price_units for row in queries.listings(ListingFilter(), "price_down")] == prices[::-1]


def test_ended_listings_are_left_out_when_only_available_ones_are_wanted(engine: Engine):
    ends = {1: 0, 2: NOW_TS - 1, 3: NOW_TS, 4: NOW_TS + 1}
    with engine.begin() as connection:
        connection.execute(insert(cursor), [cursor_row()])
        rows = [listing_row(n, valid_until_ts=end) for n, end in ends.items()]
        connection.execute(insert(listings), [*rows, listing_row(5, in_stock=False)])
    found = Queries(engine).listings(ListingFilter(available_only=True))
    assert [int(listing.id, 16) for listing in found] == [4, 3, 1]


@pytest.mark.parametrize("unknown", ["", "0x", "0x" + "f" * 64, "%", "\x00", "x" * 100_000])
def test_nothing_is_found_when_an_id_is_unknown(engine: Engine, unknown: str):
    queries = Queries(engine)
    assert queries.listing(unknown) is None
    assert queries.order(unknown) is None
    assert queries.order_by_tx(unknown) is None
    assert queries.timeline(unknown) == []
    assert queries.credits(unknown) == []
    assert not queries.transaction_events(unknown)


def test_bonds_are_found_by_account_and_currency(engine: Engine):
    with engine.begin() as connection:
        rows = [{"account": SELLER, "currency": TOKEN, "free_units": 2**200}]
        rows += [
            {"account": account, "currency": ETH, "free_units": units} for account, units in ((SELLER, 7), (BUYER, 9))
        ]
        connection.execute(insert(bonds), rows)
    queries = Queries(engine)
    assert queries.bonds_of(SELLER.upper().replace("0X", "0x")) == [Bond(ETH, 7), Bond(TOKEN, 2**200)]
    assert queries.bond_of(SELLER, TOKEN) == 2**200
    assert (queries.bond_of(BUYER, TOKEN), queries.bonds_of(ARBITER)) == (0, [])


def test_open_quantity_counts_the_units_of_a_first_holder_in_open_orders_of_one_listing(engine: Engine):
    mine = {"first_holder": BUYER, "quantity": 3}
    rows = [order_row(n, **mine, state=state) for n, state in enumerate(STATES[1:])]  # five of them are open
    rows += [
        order_row(20, **mine, listing_id=hash_of(2)),
        order_row(21, quantity=3),
        order_row(22, **mine, holder=SELLER),
    ]
    with engine.begin() as connection:
        connection.execute(insert(orders), rows)
    queries = Queries(engine)
    assert queries.open_quantity(hash_of(1), BUYER) == 6 * 3
    assert (queries.open_quantity(hash_of(2), BUYER), queries.open_quantity(hash_of(1), SELLER)) == (3, 0)


def test_optional_terms_are_read_where_a_listing_has_them(engine: Engine):
    found = {"milestones": [[2500, 86400, 3600], [7500, 172800, 7200]], "finalOffer": True}
    with engine.begin() as connection:
        connection.execute(insert(listings), [listing_row(1, extras=json.dumps(found)), listing_row(2)])
    with_extras, without = Queries(engine).listing(hash_of(1)), Queries(engine).listing(hash_of(2))
    assert with_extras is not None
    assert with_extras.extras == Extras((Milestone(2500, 86400, 3600), Milestone(7500, 172800, 7200)), True)
    assert without is not None
    assert without.extras is None


def test_offers_are_shown_as_long_as_they_stand(engine: Engine):
    row = order_row(1, amount_units=2**127, clock_ts=NOW_TS, holder=SELLER)
    basis = basis_of(row["key"], row["holder"], row, 3)
    offers = {"holders_offer_units": 2**100, "sellers_offer_units": 0, "handovers": 3}
    bases = {1: (basis, basis), 2: (basis, None), 3: (None, basis), 4: (hash_of(9), hash_of(8))}
    found = {}
    with engine.begin() as connection:
        connection.execute(insert(listings), [listing_row(1)])
        connection.execute(insert(orders), [row])
    for number, (holders, sellers) in bases.items():
        with engine.begin() as connection:
            connection.execute(delete(order_asides))
            aside = aside_row(1, **offers, holders_offer_basis=holders, sellers_offer_basis=sellers)
            connection.execute(insert(order_asides), [aside])
        order = Queries(engine).order(hash_of(1))
        assert order is not None
        assert order.basis == basis
        found[number] = (order.holders_offer_units, order.sellers_offer_units)
    assert found == {1: (2**100, 0), 2: (2**100, None), 3: (None, 0), 4: (None, None)}


def test_order_has_what_few_orders_have_only_where_it_was_written(engine: Engine):
    more = {"referrer": ARBITER, "extended_s": 60, "handovers": 2, "sequence": 4, "settled": True, "settled_units": 0}
    frozen = {"final_offers_frozen": True, "final_holder_units": 5, "final_seller_units": 0}
    with engine.begin() as connection:
        connection.execute(insert(listings), [listing_row(1)])
        connection.execute(insert(orders), [order_row(n) for n in (1, 2)])
        connection.execute(insert(order_asides), [aside_row(2, **more, **frozen)])
    plain, other = (Queries(engine).order(hash_of(number)) for number in (1, 2))
    names = [*more, *frozen, "holders_offer_units", "sellers_offer_units"]
    names = [name for name in names if name not in ("settled", "final_offers_frozen")]
    assert [getattr(plain, name) for name in names] == [None, 0, 0, 0, None, None, None, None, None]
    assert [getattr(other, name) for name in names] == [ARBITER, 60, 2, 4, 0, 5, 0, None, None]
    assert plain is not None
    assert (plain.first_holder, plain.holder) == (f"0x{1:040x}", BUYER)


@pytest.mark.parametrize("unknown", [-1, 5, 2**63, 2**200])
def test_no_community_is_found_when_its_id_is_unknown(engine: Engine, unknown: int):
    queries = Queries(engine)
    assert queries.community(unknown) is None
    assert queries.holders(unknown).items == []
    assert queries.transfers(unknown).items == []
    assert queries.listings(ListingFilter(community_id=unknown)).items == []


def test_currency_says_how_it_is_written_by_what_is_known_of_it(engine: Engine):
    configured, asked, stranger = ("0x" + digit * 40 for digit in "456")
    with engine.begin() as connection:
        connection.execute(insert(communities), [community_row(1, token=TOKEN, name="Moss", symbol="MOSS")])
        for address, is_configured in ((configured, True), (asked, False)):
            values = {"address": address, "symbol": "USDC", "name": "USD Coin", "decimals": 6, "asked_at_ts": 1}
            connection.execute(insert(AppCurrency).values(**values, configured=is_configured))
    queries = Queries(engine)
    found = [
        queries.currency(address.upper().replace("0X", "0x")) for address in (ETH, TOKEN, configured, asked, stranger)
    ]
    assert [(c.kind, c.symbol, c.decimals) for c in found] == [
        ("eth", "ETH", 18),
        ("community", "MOSS", 18),
        ("configured", "USDC", 6),
        ("unknown", "USDC", 6),
        ("unknown", "0x6666…6666", 0),
    ]


def test_head_is_nothing_when_no_block_is_in(engine: Engine):
    assert Queries(engine).head() is None
