"""The seller desk, its files, the library and receipts: what they say, what they refuse, and that they ask no node."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from frontend.extensions import bound
from frontend.index.desk_views import Sale
from frontend.index.views import Currency
from frontend.pages.codes import qr_code
from frontend.pages.payees import payees_of
from frontend.pages.receipts import receipt_of
from frontend.pages.sales import sales_of
from frontend.pages.sheets import BOM, safe, sheet_of
from frontend.services.splits import account_of_version
from tests.frontend.pages.conftest import ORIGIN
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import ARBITER, BUYER, ETH, FOUNDER, SELLER, STRANGER, Story, community_account
from tests.frontend.pages.test_forms import assert_asked, post

SignedIn = Callable[[str], tuple[FlaskClient, str]]
FILES = ("orders", "payouts", "fees", "referrals", "referral-income")


def words(client: FlaskClient, path: str) -> str:
    return " ".join(Page(client.get(path).get_data(as_text=True)).words.split())


def rows_of(client: FlaskClient, name: str) -> list[dict[str, str]]:
    """Give a file's lines by the names of their columns."""
    answer = client.get(f"/desk/{name}.csv")
    assert answer.status_code == 200
    text = answer.get_data().decode("utf-8")
    assert text.startswith(BOM)
    return list(csv.DictReader(io.StringIO(text.removeprefix(BOM))))


def mark_on(client: FlaskClient, key: str) -> str:
    """Give the mark that stands on an order's receipt."""
    found = re.search(r"receipt=(0x[0-9a-f]{32})", client.get(f"/o/{key}/receipt").get_data(as_text=True))
    assert found
    return found[1]


# --- the desk


@pytest.mark.parametrize("path", ["/desk", "/desk/ship?order=0x" + "11" * 32, "/desk/orders.csv", "/library"])
def test_desk_and_library_want_a_sign_in(client: FlaskClient, path: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/auth/sign-in?next=")


def test_desk_puts_first_what_is_due_first_and_asks_no_node(
    app: Flask, signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, _ = signed_in(SELLER)
    source = client.get("/desk").get_data(as_text=True)
    with app.app_context():
        queries = bound().queries
        now_ts = queries.head().timestamp_ts
        waiting = queries.orders_waiting_for(SELLER, now_ts, per_page=100).items
    assert [order.clock_ts for order in waiting] == sorted(order.clock_ts for order in waiting)
    places = [source.index(f'href="/o/{order.key}"') for order in waiting[:20]]
    assert places == sorted(places)
    assert story.orders["late"][0] not in {order.key for order in waiting}  # its time to accept is over
    assert asked == []


def test_desk_offers_to_ship_only_what_was_accepted(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(SELLER)
    boxes = [
        attrs
        for attrs in Page(client.get("/desk").get_data(as_text=True)).all("input")
        if attrs.get("type") == "checkbox"
    ]
    keys = {attrs["value"] for attrs in boxes}
    assert story.orders["accepted"][0] in keys
    assert not keys & {story.orders[name][0] for name in ("funded", "delivered", "contested", "completed")}


def test_desk_says_what_is_in_escrow_and_what_can_be_taken_out(app: Flask, signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    with app.app_context():
        owed = {row.currency: row.amount_units for row in bound().queries.credits(SELLER)}
    assert owed[ETH] > 0
    said = words(client, "/desk")
    assert "Can be taken out now" in said
    assert "In escrow in open orders" in said


def test_desk_of_a_newcomer_says_that_nothing_waits(signed_in: SignedIn) -> None:
    client, _ = signed_in("0x" + "77" * 20)
    said = words(client, "/desk")
    for text in ("Nothing waits for you.", "You have no listings yet.", "Nothing was sold in these days."):
        assert text in said


def test_sales_are_added_up_by_day_and_currency_and_the_chart_has_every_day() -> None:
    token = "0x" + "dd" * 20
    known = {ETH: Currency(ETH, "ETH", 18, "Ether", "eth"), token: Currency(token, "T", 2, "T", "community")}
    day = 86_400
    sold = [Sale(10 * day + 5, ETH, 10**18, 2), Sale(10 * day + 9, ETH, 1, 1), Sale(8 * day, token, 150, 3)]
    sales = sales_of(sold, 10, 5, known)
    assert [(row.day, row.orders, row.quantity, row.paid_units) for row in sales.rows] == [
        (10, 2, 3, 10**18 + 1),
        (8, 1, 3, 150),
    ]
    assert [chart.currency.symbol for chart in sales.charts] == ["ETH", "T"]
    assert sales.charts[0].days == "6,7,8,9,10"
    assert sales.charts[0].paid == "0,0,0,0,1.000000000000000001"
    assert sales.charts[1].paid == "0,0,1.5,0,0"


def test_chart_and_table_say_the_same_when_something_was_sold(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    page = Page(client.get("/desk?days=90").get_data(as_text=True))
    figures = [attrs for attrs in page.all("figure") if "data-sales" in attrs]
    assert figures
    assert len(str(figures[0]["data-days"]).split(",")) == 90
    assert "The numbers by day" in page.words
    assert any(str(attrs.get("src", "")).endswith("sales-chart.js") for attrs in page.all("script"))


# --- shipping several


def test_ship_page_shows_one_form_at_a_time_and_what_is_done(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(SELLER)
    first, second, done = (story.orders[name][0] for name in ("accepted", "sung", "delivered"))
    page = Page(client.get(f"/desk/ship?order={first}&order={done}&order={second}").get_data(as_text=True))
    states = {attrs["data-order"]: attrs["data-state"] for attrs in page.all("li") if "data-order" in attrs}
    assert states == {first: "waiting", done: "done", second: "waiting"}
    forms = [str(attrs["action"]) for attrs in page.all("form") if "/deliver" in str(attrs.get("action"))]
    assert [form.partition("?")[0] for form in forms] == [f"/o/{first}/deliver"]
    assert "1 of 3 shipped" in page.words
    chosen = Page(client.get(f"/desk/ship?order={first}&order={second}&at={second}").get_data(as_text=True))
    assert any(f"/o/{second}/deliver" in str(attrs.get("action")) for attrs in chosen.all("form"))


def test_ship_page_passes_over_other_peoples_orders_and_nonsense(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(STRANGER)
    said = words(client, f"/desk/ship?order={story.orders['accepted'][0]}&order=nonsense")
    assert "None of these orders is yours to ship." in said
    assert client.get("/desk/ship?order=nonsense").status_code == 302


def test_delivery_of_a_queue_goes_to_the_chain_and_comes_back_to_the_queue_when_refused(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, csrf = signed_in(SELLER)
    first, second = (story.orders[name][0] for name in ("accepted", "sung"))
    path = f"/o/{first}/deliver?ship={first}&ship={second}"
    answer = post(client, csrf, path, {"deliver-note": "EMS 123", "deliver-form_key": "k"})
    assert_asked(asked, answer)
    page = answer.get_data(as_text=True)
    assert "Ship several orders" in page
    assert "EMS 123" in page


# --- a listing again


def test_duplicate_has_the_terms_and_words_of_the_old_listing(app: Flask, signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(SELLER)
    listing_id, terms = story.listings["song"]
    source = client.get(f"/listings/new?like={listing_id}").get_data(as_text=True)
    page = Page(source)
    values = page.values()
    with app.app_context():
        document = bound().queries.listing(listing_id).description
    assert values["title"] == document.title
    assert document.text.split("\n")[0] in page.words
    assert values["price"] == "0.1"
    assert values["bond"] == "20"
    assert values["referral"] == "5"
    assert values["per_buyer"] == "2"
    assert [values[f"milestones-{row}-share"] for row in range(3)] == ["25", "25", "50"]
    assert (values["milestones-1-deliver_within"], values["milestones-1-inspect_within"]) == ("3", "2")
    assert values["arbiter"].lower() == terms.arbiter
    form = next(attrs for attrs in page.all("form") if "data-draft" in attrs)
    assert form["data-draft"] == f"listing-{listing_id}"


def test_duplicate_sent_back_unchanged_gives_the_same_terms(
    signed_in: SignedIn, story: Story, asked: list[str]
) -> None:
    client, csrf = signed_in(SELLER)
    listing_id, _terms = story.listings["song"]
    path = f"/listings/new?community=1&like={listing_id}"
    page = Page(client.get(path).get_data(as_text=True))
    typed = {name: value for name, value in page.values().items() if name not in ("csrf_token", "kind", "instant")}
    typed |= {"text": "The same words.", "kind": "service", "lang": "en", "currency": ETH}
    units = {f"{name}_unit": "days" for name in ("accept_for", "deliver_for", "transit_for", "inspect_for", "rule_for")}
    assert_asked(asked, post(client, csrf, path, {**typed, **units, "max_fee": "20"}))


def test_duplicate_of_somebody_elses_listing_is_refused(signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(BUYER)
    assert client.get(f"/listings/new?like={story.listings['song'][0]}").status_code == 403
    assert client.get("/listings/new?like=0x" + "00" * 32).status_code == 404
    assert client.get("/listings/new?like=nonsense").status_code == 404


# --- files


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@cmd", "'@cmd"), ("  =1", "'  =1"), ("\t=1", "'\t=1"), ("\r", "'\r"),
        ("\uff1d1", "'\uff1d1"), ("달빛 램프", "달빛 램프"), ("a=b", "a=b"), ("", ""), ("'x", "'x"),
    ],
)  # fmt: skip
def test_cell_is_no_formula_whatever_it_begins_with(typed: str, kept: str) -> None:
    assert safe(typed) == kept


def test_file_is_read_back_as_it_was_written_when_texts_have_commas_and_lines() -> None:
    text = sheet_of(["a", "b"], [['x,"y"\nz', 2**200], ["=HYPERLINK(1)", 0]])
    assert text.startswith(BOM)
    rows = list(csv.reader(io.StringIO(text.removeprefix(BOM))))
    assert rows == [["a", "b"], ['x,"y"\nz', str(2**200)], ["'=HYPERLINK(1)", "0"]]


def test_orders_file_has_every_order_of_the_seller_and_its_parts(app: Flask, signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(SELLER)
    rows = {row["order"]: row for row in rows_of(client, "orders")}
    with app.app_context():
        everything = bound().queries.orders(SELLER, "seller", None, per_page=200)
    assert set(rows) == {order.key for order in everything}
    done = rows[story.orders["completed"][0]]
    paid = int(done["paid_smallest_units"])
    parts = [int(done[f"to_{role}_smallest_units"]) for role in ("seller", "platform", "community")]
    assert parts == [paid * 9650 // 10_000, paid // 100, paid * 250 // 10_000]
    assert sum(parts) == paid
    assert done["paid_decimal"] == "0.1"
    assert rows[story.orders["cancelled"][0]]["to_buyer_smallest_units"] == str(10**17)


def test_fees_and_payouts_files_add_up_to_what_the_orders_file_says(signed_in: SignedIn) -> None:
    client, _ = signed_in(SELLER)
    orders = rows_of(client, "orders")
    fees = rows_of(client, "fees")
    for role in ("platform", "community"):
        told = sum(int(row["fee_smallest_units"]) for row in fees if row["to"] == role)
        assert told == sum(int(row[f"to_{role}_smallest_units"]) for row in orders) > 0
    sales = [row for row in rows_of(client, "payouts") if row["what"] == "sale_to_seller"]
    assert sum(int(row["amount_smallest_units"]) for row in sales) == sum(
        int(row["to_seller_smallest_units"]) for row in orders
    )


@pytest.mark.parametrize("name", FILES)
def test_file_is_the_same_when_it_is_fetched_again_and_nothing_happened(signed_in: SignedIn, name: str) -> None:
    client, _ = signed_in(SELLER)
    answers = [client.get(f"/desk/{name}.csv") for _ in range(2)]
    assert answers[0].data == answers[1].data
    assert answers[0].mimetype == "text/csv"
    assert answers[0].headers["Content-Disposition"] == f'attachment; filename="{name}.csv"'


def test_files_are_of_the_account_alone_and_of_no_other_name(signed_in: SignedIn) -> None:
    client, _ = signed_in("0x" + "77" * 20)
    assert [rows_of(client, name) for name in FILES] == [[], [], [], [], []]
    assert client.get("/desk/secrets.csv").status_code == 404


# --- as what somebody is paid


def test_payees_are_told_apart_by_their_place_when_one_account_is_two_of_them() -> None:
    terms = {
        "splitId": 7,
        "splitVersion": 2,
        "seller": SELLER,
        "communityId": 1,
        "arbiter": ARBITER,
        "backupArbiter": ETH,
    }
    payees = payees_of(terms, frozenset({BUYER, STRANGER}), BUYER)
    split, platform, community = account_of_version(7, 2), community_account(0), community_account(1)
    assert payees.roles_of([BUYER, split, BUYER, platform, community, ARBITER]) == [
        "buyer", "split", "referrer", "platform", "community", "arbiter",
    ]  # fmt: skip
    assert payees.roles_of([SELLER, split, BUYER]) == ["seller", "split", "referrer"]
    assert payees.roles_of([STRANGER]) == ["buyer"]
    assert payees.roles_of([FOUNDER, BUYER]) == ["other", "buyer"]


# --- library


def test_library_shows_what_was_bought_by_kind_the_newest_first(app: Flask, signed_in: SignedIn, story: Story) -> None:
    client, _ = signed_in(BUYER)
    source = client.get("/library").get_data(as_text=True)
    with app.app_context():
        bought = bound().queries.bought(BUYER, None).items
    places = [source.index(f'href="/o/{order.key}"') for order in bought]
    assert places == sorted(places)
    assert f'href="/o/{story.orders["completed"][0]}/receipt"' in source
    assert f'href="/o/{story.orders["accepted"][0]}/receipt"' not in source
    services = client.get("/library?kind=service").get_data(as_text=True)
    assert f'href="/o/{story.orders["delivered"][0]}"' in services
    assert f'href="/o/{story.orders["completed"][0]}"' not in services
    assert client.get("/library?kind=nonsense").status_code == 200


def test_library_has_what_was_handed_over_and_not_what_was_given_away(signed_in: SignedIn, story: Story) -> None:
    handed = f'href="/o/{story.orders["handed"][0]}"'
    assert handed in signed_in(STRANGER)[0].get("/library").get_data(as_text=True)
    assert handed not in signed_in(BUYER)[0].get("/library").get_data(as_text=True)


# --- receipts


def test_receipt_shows_who_got_what_and_is_open_to_everybody(
    client: FlaskClient, story: Story, asked: list[str]
) -> None:
    key = story.orders["completed"][0]
    source = client.get(f"/o/{key}/receipt").get_data(as_text=True)
    page = Page(source)
    assert key in page.words
    for text in ("0.0965 ETH", "Platform's commission", "0.001 ETH", "Community's commission", "0.0025 ETH"):
        assert text in page.words
    address = f"{ORIGIN}/verify?order={key}&receipt={mark_on(client, key)}"
    assert str(qr_code(address)) in source  # the code leads to where the page says
    assert address in page.words
    assert "style=" not in source[source.index('class="qr"') :]
    assert asked == []


def test_receipt_is_not_there_when_the_order_is_open_or_unknown(client: FlaskClient, story: Story) -> None:
    answer = client.get(f"/o/{story.orders['funded'][0]}/receipt")
    assert answer.status_code == 404
    assert "still open" in answer.get_data(as_text=True)
    assert client.get("/o/0x" + "00" * 32 + "/receipt").status_code == 404


@pytest.mark.parametrize("name", ["completed", "cancelled", "refunded"])
def test_receipt_stands_when_it_is_checked(client: FlaskClient, story: Story, name: str) -> None:
    key = story.orders[name][0]
    said = client.get(f"/verify?order={key}&receipt={mark_on(client, key)}").get_data(as_text=True)
    assert 'data-verdict="stands"' in said
    assert "This receipt stands." in said


def test_receipt_does_not_stand_when_its_mark_is_anothers(client: FlaskClient, story: Story) -> None:
    key, other = story.orders["completed"][0], story.orders["refunded"][0]
    said = client.get(f"/verify?order={key}&receipt={mark_on(client, other)}").get_data(as_text=True)
    assert 'data-verdict="differs"' in said
    assert "Does not hold:" in said
    assert key in said


def test_check_says_so_when_the_order_is_open_unknown_or_nonsense(client: FlaskClient, story: Story) -> None:
    mark = "0x" + "12" * 16
    assert 'data-verdict="open"' in client.get(f"/verify?order={story.orders['funded'][0]}&receipt={mark}").get_data(
        as_text=True
    )
    assert 'data-verdict="unknown"' in client.get(f"/verify?order=0x{'00' * 32}&receipt={mark}").get_data(as_text=True)
    said = client.get("/verify?order=<script>&receipt=1").get_data(as_text=True)
    assert "That is no order key" in said
    assert "<script>&" not in said
    assert "data-verdict" not in client.get("/verify").get_data(as_text=True)


def test_mark_changes_when_any_of_what_the_receipt_says_does(app: Flask, story: Story) -> None:
    with app.app_context():
        queries = bound().queries
        order = queries.order(story.orders["completed"][0])
        timeline = queries.timeline(order.key)
    market = "0x" + "aa" * 20
    told = receipt_of(order, timeline, 1, market)
    assert told.adds_up
    assert told.keeps_to_the_rates
    others = [
        receipt_of(order, timeline, 2, market),
        receipt_of(order, timeline, 1, "0x" + "ab" * 20),
        receipt_of(replace(order, paid_units=order.paid_units + 1), timeline, 1, market),
        receipt_of(replace(order, state="resolved"), timeline, 1, market),
        replace(told, paid=(replace(told.paid[0], units=told.paid[0].units - 1), *told.paid[1:])),
        replace(told, paid=(replace(told.paid[0], block=1), *told.paid[1:])),
    ]
    assert len({one.mark for one in [told, *others]}) == 1 + len(others)
    assert not others[4].adds_up
    dearer = replace(
        told, paid=tuple(replace(part, units=part.units + (part.role == "platform")) for part in told.paid)
    )
    assert not dearer.keeps_to_the_rates
