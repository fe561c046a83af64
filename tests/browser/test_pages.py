"""Every page, in both languages, light and dark, on a phone and on a desk: readable, quiet, and light enough."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterator
from itertools import combinations, product

import pytest
from playwright.sync_api import Browser, Page, Response

from tests.browser.conftest import DESKTOP, PHONE, Visitors
from tests.browser.files import buy_file, deliver_file, list_file
from tests.browser.market import RunningMarket
from tests.browser.people import Person
from tests.browser.town import Clerk, Stall, Town, community_form, eventually

pytestmark = pytest.mark.xdist_group("pages")  # one worker makes what the pages show, for all of them

# How a page is looked at in each language: any two of language, size and scheme meet in one of the four looks. The scheme
# changes colours alone; what none of them sees is a colour wrong in one scheme only, on what stands there in one language
# only, and in one size only.
LOOKS = {
    "ko": (("phone", PHONE, "light"), ("desk", DESKTOP, "dark")),
    "en": (("phone", PHONE, "dark"), ("desk", DESKTOP, "light")),
}
MOST_GZIP_BYTES = 60 * 1024
NICKNAME = "밤가마-지기"
# what answers with something else than a page of its own
NO_PAGES = {
    "static", "auth.state", "content.show", "content.thumbnail", "contracts.addresses", "contracts.abi", "health.alive",
    "health.ready", "health.show", "identicon.show", "intents.document", "intents.index", "intents.panel", "notes.read", "messages.read",
    "members.members_file", "orders.by_transaction", "tokens.history", "transactions.tray", "curves.again", "proposals.try_now",
    "files.show", "files.show_pieces",
    "claims.again", "claims.proof", "airdrops.again", "desk.sheet", "reviews.figures",
    "notifications.atom", "notifications.deadlines", "notifications.deadline",
}  # fmt: skip


@pytest.fixture(scope="module")
def buyer(town: Town) -> Clerk:
    """Somebody who has bought."""
    return town.clerk()


@pytest.fixture(scope="module")
def things(buyer: Clerk, stall: Stall) -> dict[str, str]:
    """Ids that the pages show."""
    proposal = proposal_to_vote_on(buyer, stall)
    waiting = buyer.buy(stall.in_eth)
    disputed = buyer.buy(stall.with_stakes)
    stall.seller.take(disputed, "accept")
    stall.seller.take(disputed, "deliver")
    buyer.take(disputed, "dispute", text="The glaze is blue. 유약이 파래요.")
    ruled = buyer.buy(stall.with_stakes)
    for who, step in ((stall.seller, "accept"), (stall.seller, "deliver")):
        who.take(ruled, step)
    buyer.take(ruled, "dispute", text="It hums at night. 밤마다 웅웅거려요.")
    stall.seller.take(ruled, "stake")
    work = buyer.buy(stall.seller.list_work(stall.community_id, stall.arbiter))
    stall.seller.take(work, "accept")
    stall.seller.act(f"/o/{work}/settle", f"/o/{work}/offer", amount="0.3")
    done = buyer.buy(stall.in_eth)
    stall.seller.take(done, "decline")
    sold = buyer.buy(stall.in_eth)
    for who, step in ((stall.seller, "accept"), (stall.seller, "deliver"), (buyer, "confirm")):
        who.take(sold, step)
    buyer.take(sold, "review", rating="4", text="It rings when the moon is up. 달이 뜨면 울려요.")
    stall.seller.take(sold, "reply", text="So it should.")
    file, file_key = list_file(stall.seller, stall.community_id, stall.arbiter, b"Songs.\n" * 1_000)
    file_due, file_delivered = buy_file(buyer, file), buy_file(buyer, file)
    deliver_file(buyer.town, stall.seller.wallet, file_delivered, file_key)
    design, unpublished, claimable = make_pieces(buyer, stall)
    steward = stall.steward.account
    path = f"/l/{stall.in_eth}/buy"
    stall.steward.claim(NICKNAME)
    stall.steward.act("/persona", "/persona/profile", text="Clay, **at night**.")
    stall.steward.act("/persona", "/persona/offer", to=buyer.address, linked=True)
    intent = stall.steward.browser.submit(path, path, {"quantity": "1"}).request.path
    curve = stall.steward.open_curve("Bog of Lamps", "BOG")
    buyer.trade(curve, "buy", "30")
    buyer.trade(curve, "sell", "4.5")
    claims = stall.steward.open_with_claims("Reeds by Moonlight", "REED").id
    lines = f"{buyer.address},12.5\n{stall.seller.address},3"
    stall.steward.open_phase(claims, 1, open_to="list", lines=lines, supply="15.5")
    stall.steward.open_phase(claims, 2, limit="5", supply="50")
    buyer.act(f"/c/{claims}/claims/1", f"/c/{claims}/claims/1/claim", amount="2.25")
    airdrop = stall.steward.browser.submit(
        f"/c/{claims}/airdrop", f"/c/{claims}/airdrop", {"lines": lines}
    ).request.path
    reserved = stall.steward
    reserved.act("/c/new", "/c/new", **{**community_form("Fen of Lamps", "FEN"), "curve_allocation": "1000"})
    town = stall.steward.town
    fen = eventually(
        lambda: next((c for c in town.queries.communities_of(reserved.account) if c.symbol == "FEN"), None)
    )
    reserved.act(f"/c/{fen.id}/desk", f"/c/{fen.id}/renounce", sure=True)
    return {
        "curve": str(curve),
        "no_curve_yet": str(fen.id),
        "claims": str(claims),
        "airdrop": airdrop,
        "waiting": waiting,
        "disputed": disputed,
        "done": done,
        "reviewed": sold,
        "file": file,
        "file_due": file_due,
        "file_delivered": file_delivered,
        "ruled": ruled,
        "work": work,
        "steward": steward,
        "intent": intent,
        "proposal": proposal,
        "split": split_with_income(buyer, stall),
        "design": design,
        "unpublished": unpublished,
        "claimable": claimable,
    }


def make_pieces(buyer: Clerk, stall: Stall) -> tuple[str, str, str]:
    """Sell units of a blueprint and make a piece; give the design, one that is not published, and an order to be claimed."""
    words = {"kind": "blueprint", "make_fee": "0.002", "price": "0.01"}
    design, unpublished = (
        stall.seller.list(stall.community_id, stall.arbiter, title=title, **words)
        for title in ("Lantern, drawn. 등불 설계도", "Kite, drawn")
    )
    stall.seller.act(f"/l/{design}/makes", f"/l/{design}/publish")
    for claims in (True, False):
        key = buyer.buy(design)
        for who, step in ((stall.seller, "accept"), (stall.seller, "deliver"), (buyer, "confirm")):
            who.take(key, step)
        if claims:
            buyer.take(key, "claim_units")
    buyer.act(f"/l/{design}/makes", f"/l/{design}/make", **{"make-serials": "LANTERN-1"})
    other = buyer.buy(design)
    for who, step in ((stall.seller, "accept"), (stall.seller, "deliver"), (buyer, "confirm"), (buyer, "claim_units")):
        who.take(other, step)
    return design, unpublished, key


def proposal_to_vote_on(buyer: Clerk, stall: Stall) -> str:
    """Open membership and governor, and propose something that members vote on; give the proposal's address."""
    home, town = f"/c/{stall.community_id}", buyer.town
    stall.steward.act(f"{home}/desk", f"{home}/mint", to=buyer.address, amount="500")
    stall.steward.act(f"{home}/members", f"{home}/members/open")
    stall.steward.act(f"{home}/members", f"{home}/members/tiers", tiers="10\n250.5")
    rules = {"quorum_floor": "10", "threshold": "1", "min_members": "2"}
    stall.steward.act(f"{home}/self-rule", f"{home}/self-rule/open", **rules)
    for member in (buyer, stall.seller):
        member.act(f"{home}/members", f"{home}/members/lock", amount="300")
    buyer.act(f"{home}/members", f"{home}/members/unlock", amount="7")
    town.pass_time(2)  # votes count for a proposal from the second after the lock
    for tier, title in enumerate(("Where the clay lies", "가마 여는 날", "What the glaze is")):
        stall.steward.write_for_members(stall.community_id, title, f"Behind kiln {tier}, **at dusk**.", tier)
    new = f"{home}/proposals/new/call"
    buyer.act(
        new, new, title="벽돌을 사요, bricks", why="Kiln 3 leans.", target=stall.arbiter.address, data="0x12345678"
    )
    one = town.queries.proposals(stall.community_id).items[0]
    place = f"{home}/proposals/{one.governor}/{one.id}"
    town.pass_time(25 * 3_600)
    stall.seller.act(place, f"{place}/vote", choice="against", reason="Nobody says what it does.")
    return place


def split_with_income(buyer: Clerk, stall: Stall) -> str:
    """Make a split of seller and buyer by its form, and take in what somebody sent to its deposit address; give its id."""
    parts = {"payees-0-share": "60", "payees-1-payee": buyer.address, "payees-1-share": "40"}
    stall.seller.act("/splits/new", "/splits/new", **parts)
    town = buyer.town
    splits = town.contracts["Splits"]
    split_id = town.call(splits, "splitCount()")
    town.set_wealth(f"0x{town.call(splits, 'depositOf(uint64)', split_id):040x}", 10**18)
    place = f"/splits/{split_id}"
    buyer.act(f"{place}/deposit", f"{place}/sweep", **{"sweep-currency": "0x" + "0" * 40})
    return str(split_id)


# endpoint → path, as the seller (s), the steward (c), the buyer (b), the arbiter (a), a newcomer (n) or nobody (-) sees it
PAGES: dict[str, tuple[str, str, Callable[[dict[str, str], Stall], str]]] = {
    "home": ("explore.home", "-", lambda t, s: "/"),
    "explore": ("explore.results", "-", lambda t, s: "/explore"),
    "explore-nothing-found": ("explore.results", "-", lambda t, s: "/explore?q=zzzzzz&min=5&max=1"),
    "explore-found": ("explore.results", "-", lambda t, s: "/explore?q=moon&kind=goods&min=0.1&stock=1"),
    "explore-page-two": ("explore.results", "n", lambda t, s: "/explore?page=2&sort=price_up"),
    "reviews-of-a-seller": ("reviews.show", "-", lambda t, s: f"/a/{s.seller.account}/reviews"),
    "reviews-of-nobody": ("reviews.show", "b", lambda t, s: f"/a/{s.steward.account}/reviews?as=buyer"),
    "order-reviewed": ("orders.show", "s", lambda t, s: f"/o/{t['reviewed']}"),
    "blueprint": ("listings.show", "n", lambda t, s: f"/l/{t['design']}"),
    "blueprint-not-published": ("listings.show", "n", lambda t, s: f"/l/{t['unpublished']}"),
    "blueprint-at-the-checkout": ("listings.buy", "n", lambda t, s: f"/l/{t['design']}/buy"),
    "order-with-units-to-claim": ("orders.show", "b", lambda t, s: f"/o/{t['claimable']}"),
    "pieces-for-a-maker": ("designs.show", "b", lambda t, s: f"/l/{t['design']}/makes"),
    "pieces-for-a-stranger": ("designs.show", "-", lambda t, s: f"/l/{t['design']}/makes"),
    "conditions-to-publish": ("designs.show", "s", lambda t, s: f"/l/{t['unpublished']}/makes"),
    "label-of-a-piece": ("designs.label", "-", lambda t, s: f"/l/{t['design']}/label?serial=LANTERN-1"),
    "genuine-serial": ("designs.check", "-", lambda t, s: f"/check/{t['design']}/LANTERN-1"),
    "counterfeit-serial": ("designs.check", "-", lambda t, s: f"/check/{t['design']}/LANTERN-I"),
    "serial-in-a-query": ("designs.check_serial", "-", lambda t, s: f"/check/{t['design']}?serial=a/b"),
    "check-a-serial": ("designs.check_any", "-", lambda t, s: "/check"),
    "communities": ("communities.index", "-", lambda t, s: "/c"),
    "communities-found": ("communities.index", "-", lambda t, s: "/c?q=kiln"),
    "community": ("communities.show", "-", lambda t, s: f"/c/{s.community_id}"),
    "open-a-community": ("communities.new", "s", lambda t, s: "/c/new"),
    "desk": ("communities.desk", "c", lambda t, s: f"/c/{s.community_id}/desk"),
    "token": ("tokens.show", "c", lambda t, s: f"/c/{s.community_id}/token"),
    "token-of-a-stranger": ("tokens.show", "-", lambda t, s: f"/c/{s.community_id}/token"),
    "transfers": ("tokens.transfers", "-", lambda t, s: f"/c/{s.community_id}/token/transfers"),
    "curve": ("curves.show", "b", lambda t, s: f"/c/{t['curve']}/curve"),
    "curve-for-a-stranger": ("curves.show", "-", lambda t, s: f"/c/{t['curve']}/curve"),
    "token-with-a-curve": ("tokens.show", "b", lambda t, s: f"/c/{t['curve']}/token"),
    "no-curve": ("curves.show", "-", lambda t, s: f"/c/{s.community_id}/curve"),
    "curve-to-be-opened": ("curves.opening", "c", lambda t, s: f"/c/{t['no_curve_yet']}/curve/open"),
    "desk-with-a-curve": ("communities.desk", "c", lambda t, s: f"/c/{t['no_curve_yet']}/desk"),
    "claim-phases": ("claims.index", "-", lambda t, s: f"/c/{t['claims']}/claims"),
    "claim-phases-for-the-steward": ("claims.index", "c", lambda t, s: f"/c/{t['claims']}/claims"),
    "no-claim-phases": ("claims.index", "-", lambda t, s: f"/c/{s.community_id}/claims"),
    "claim-phase-for-who-is-listed": ("claims.show", "b", lambda t, s: f"/c/{t['claims']}/claims/1"),
    "claim-phase-for-a-newcomer": ("claims.show", "n", lambda t, s: f"/c/{t['claims']}/claims/1"),
    "claim-phase-for-the-steward": ("claims.show", "c", lambda t, s: f"/c/{t['claims']}/claims/2"),
    "claim-phase-for-a-stranger": ("claims.show", "-", lambda t, s: f"/c/{t['claims']}/claims/2"),
    "claim-phase-to-be-opened": ("claims.opening", "c", lambda t, s: f"/c/{t['claims']}/claims/open"),
    "token-with-claims": ("tokens.show", "b", lambda t, s: f"/c/{t['claims']}/token"),
    "desk-with-claims": ("communities.desk", "c", lambda t, s: f"/c/{t['claims']}/desk"),
    "new-airdrop": ("airdrops.new", "c", lambda t, s: f"/c/{t['claims']}/airdrop"),
    "airdrop": ("airdrops.show", "c", lambda t, s: t["airdrop"]),
    "treasury-with-earnings": ("proposals.treasury", "c", lambda t, s: f"/c/{t['claims']}/treasury"),
    "members": ("members.show", "-", lambda t, s: f"/c/{s.community_id}/members"),
    "own-membership": ("members.show", "b", lambda t, s: f"/c/{s.community_id}/members"),
    "members-for-the-steward": ("members.show", "c", lambda t, s: f"/c/{s.community_id}/members"),
    "for-members-only": ("members_only.index", "-", lambda t, s: f"/c/{s.community_id}/members-only"),
    "for-members-only-for-the-steward": ("members_only.index", "c", lambda t, s: f"/c/{s.community_id}/members-only"),
    "nothing-for-members-yet": ("members_only.index", "-", lambda t, s: f"/c/{t['claims']}/members-only"),
    "members-page-for-a-member": ("members_only.show", "b", lambda t, s: f"/c/{s.community_id}/members-only/3"),
    "members-page-for-the-steward": ("members_only.show", "c", lambda t, s: f"/c/{s.community_id}/members-only/1"),
    "members-page-for-a-newcomer": ("members_only.show", "n", lambda t, s: f"/c/{s.community_id}/members-only/2"),
    "members-page-for-a-stranger": ("members_only.show", "-", lambda t, s: f"/c/{s.community_id}/members-only/3"),
    "write-for-members": ("members_only.new", "c", lambda t, s: f"/c/{s.community_id}/members-only/new"),
    "change-a-members-page": ("members_only.edit", "c", lambda t, s: f"/c/{s.community_id}/members-only/2/edit"),
    "proposals": ("proposals.index", "-", lambda t, s: f"/c/{s.community_id}/proposals"),
    "proposal-for-a-member": ("proposals.show", "b", lambda t, s: t["proposal"]),
    "proposal-for-a-stranger": ("proposals.show", "-", lambda t, s: t["proposal"]),
    "propose-a-payment": ("proposals.new", "b", lambda t, s: f"/c/{s.community_id}/proposals/new/pay"),
    "propose-waivers": ("proposals.new", "b", lambda t, s: f"/c/{s.community_id}/proposals/new/waivers"),
    "propose-a-call": ("proposals.new", "n", lambda t, s: f"/c/{s.community_id}/proposals/new/call"),
    "propose-an-arbiter": ("proposals.new", "b", lambda t, s: f"/c/{s.community_id}/proposals/new/arbiter"),
    "propose-a-description": ("proposals.new", "b", lambda t, s: f"/c/{s.community_id}/proposals/new/describe"),
    "self-rule": ("proposals.self_rule", "-", lambda t, s: f"/c/{s.community_id}/self-rule"),
    "self-rule-for-the-steward": ("proposals.self_rule", "c", lambda t, s: f"/c/{s.community_id}/self-rule"),
    "treasury": ("proposals.treasury", "-", lambda t, s: f"/c/{s.community_id}/treasury"),
    "decided-commission": ("proposals.commission", "-", lambda t, s: f"/c/{s.community_id}/commission"),
    "choose-a-community": ("listings.new", "s", lambda t, s: "/listings/new"),
    "new-listing": ("listings.new", "s", lambda t, s: f"/listings/new?community={s.community_id}"),
    "new-file": ("listings.new_file", "s", lambda t, s: f"/listings/new/file?community={s.community_id}"),
    "listing-of-a-file": ("listings.show", "n", lambda t, s: f"/l/{t['file']}"),
    "checkout-of-a-file": ("listings.buy", "n", lambda t, s: f"/l/{t['file']}/buy"),
    "file-to-be-delivered": ("orders.show", "s", lambda t, s: f"/o/{t['file_due']}"),
    "file-that-waits": ("orders.show", "b", lambda t, s: f"/o/{t['file_due']}"),
    "file-to-be-opened": ("orders.show", "b", lambda t, s: f"/o/{t['file_delivered']}"),
    "order-of-a-file-for-a-stranger": ("orders.show", "-", lambda t, s: f"/o/{t['file_delivered']}"),
    "library-with-a-file": ("library.show", "b", lambda t, s: "/library?kind=file"),
    "my-listings": ("listings.mine", "s", lambda t, s: "/listings"),
    "listing": ("listings.show", "-", lambda t, s: f"/l/{s.in_eth}"),
    "share-a-listing": ("listings.share", "n", lambda t, s: f"/l/{s.in_eth}/share"),
    "own-listing": ("listings.show", "s", lambda t, s: f"/l/{s.in_eth}"),
    "checkout": ("listings.buy", "c", lambda t, s: f"/l/{s.in_token}/buy"),
    "missing-file": ("content.restore", "s", lambda t, s: "/descriptions/restore?hash=0x" + "12" * 32),
    "my-orders": ("orders.mine", "s", lambda t, s: "/orders?role=seller"),
    "order-that-waits": ("orders.show", "s", lambda t, s: f"/o/{t['waiting']}"),
    "order-in-dispute": ("orders.show", "s", lambda t, s: f"/o/{t['disputed']}"),
    "order-that-is-done": ("orders.show", "-", lambda t, s: f"/o/{t['done']}"),
    "order-for-its-buyer": ("orders.show", "b", lambda t, s: f"/o/{t['disputed']}"),
    "order-for-its-arbiter": ("orders.show", "a", lambda t, s: f"/o/{t['disputed']}"),
    "dispute-for-its-arbiter": ("orders.dispute", "a", lambda t, s: f"/o/{t['ruled']}/dispute"),
    "dispute-for-its-buyer": ("orders.dispute", "b", lambda t, s: f"/o/{t['disputed']}/dispute"),
    "no-dispute": ("orders.dispute", "-", lambda t, s: f"/o/{t['waiting']}/dispute"),
    "agreement-for-its-buyer": ("orders.settle", "b", lambda t, s: f"/o/{t['work']}/settle"),
    "agreement-for-a-stranger": ("orders.settle", "-", lambda t, s: f"/o/{t['waiting']}/settle"),
    "order-in-milestones": ("orders.show", "b", lambda t, s: f"/o/{t['work']}"),
    "bought-orders": ("orders.mine", "b", lambda t, s: "/orders?role=buyer&state=done"),
    "disputes-to-rule-on": ("orders.arbitration", "a", lambda t, s: "/arbitration"),
    "seller-desk": ("desk.show", "s", lambda t, s: "/desk?days=90"),
    "seller-desk-of-a-newcomer": ("desk.show", "n", lambda t, s: "/desk"),
    "orders-to-ship": ("desk.ship", "s", lambda t, s: f"/desk/ship?order={t['work']}&order={t['ruled']}&order={t['done']}"),
    "listing-again": ("listings.new", "s", lambda t, s: f"/listings/new?like={s.in_eth}"),
    "library": ("library.show", "b", lambda t, s: "/library"),
    "library-of-a-newcomer": ("library.show", "n", lambda t, s: "/library"),
    "notifications-of-a-buyer": ("notifications.show", "b", lambda t, s: "/notifications"),
    "notifications-of-a-seller": ("notifications.show", "s", lambda t, s: "/notifications"),
    "notifications-of-a-newcomer": ("notifications.show", "n", lambda t, s: "/notifications"),
    "receipt": ("receipts.show", "-", lambda t, s: f"/o/{t['done']}/receipt"),
    "receipt-of-a-ruling-to-come": ("", "-", lambda t, s: f"/o/{t['ruled']}/receipt"),
    "receipt-to-be-checked": ("receipts.verify", "-", lambda t, s: "/verify"),
    "receipt-that-does-not-stand": ("receipts.verify", "-", lambda t, s: f"/verify?order={t['done']}&receipt=0x{'12' * 16}"),
    "no-listings": ("listings.mine", "n", lambda t, s: "/listings"),
    "no-orders": ("orders.mine", "n", lambda t, s: "/orders"),
    "no-credits": ("credits.index", "n", lambda t, s: "/credits"),
    "no-transactions": ("transactions.index", "n", lambda t, s: "/tx"),
    "checkout-of-a-stranger": ("listings.buy", "-", lambda t, s: f"/l/{s.in_eth}/buy?quantity=3"),
    "arbitration": ("orders.arbitration", "s", lambda t, s: "/arbitration"),
    "credits": ("credits.index", "c", lambda t, s: "/credits"),
    "bonds": ("bonds.index", "s", lambda t, s: "/bonds"),
    "splits": ("splits.index", "s", lambda t, s: "/splits"),
    "split-for-its-payee": ("splits.show", "s", lambda t, s: f"/splits/{t['split']}"),
    "split-for-a-stranger": ("splits.show", "-", lambda t, s: f"/splits/{t['split']}"),
    "deposit-of-a-split": ("splits.deposit", "b", lambda t, s: f"/splits/{t['split']}/deposit"),
    "history-of-a-split": ("splits.history", "-", lambda t, s: f"/splits/{t['split']}/history"),
    "change-of-a-split": ("splits.change", "s", lambda t, s: f"/splits/{t['split']}/change"),
    "change-that-was-cut-off": ("splits.agree", "b", lambda t, s: f"/splits/{t['split']}/agree"),
    "new-split": ("splits.new", "s", lambda t, s: "/splits/new"),
    "persona": ("personas.show", "-", lambda t, s: f"/p/{NICKNAME}"),
    "own-persona": ("personas.show", "c", lambda t, s: f"/p/{NICKNAME}"),
    "persona-for-a-buyer": ("personas.show", "b", lambda t, s: f"/p/{NICKNAME}"),
    "nickname-desk": ("personas.desk", "c", lambda t, s: "/persona"),
    "no-nickname": ("personas.desk", "n", lambda t, s: "/persona"),
    "offered-nickname": ("personas.desk", "b", lambda t, s: "/persona"),
    "empty-cart": ("cart.show", "b", lambda t, s: "/cart"),
    "escrow": ("help.escrow", "-", lambda t, s: "/help/escrow"),
    "first-steps": ("start.index", "s", lambda t, s: "/start"),
    "note-keys": ("notes.keys", "s", lambda t, s: "/notes/keys"),
    "sign-in": ("auth.sign_in", "-", lambda t, s: "/auth/sign-in"),
    "my-transactions": ("transactions.index", "c", lambda t, s: "/tx"),
    "intent": ("intents.show", "c", lambda t, s: t["intent"]),
    "nothing-here": ("", "-", lambda t, s: "/l/0x" + "00" * 32),
    "please-sign-in": ("auth.sign_in", "-", lambda t, s: "/credits"),
}  # fmt: skip


@pytest.fixture(scope="module")
def looker(
    browser: Browser, market: RunningMarket, town: Town, stall: Stall, buyer: Clerk
) -> Iterator[Callable[[str], Person]]:
    """Give somebody who looks at a page. Each role keeps its window: what a page leaves behind is the next one's start."""
    visitors = Visitors(browser, market.origin)
    wallets = {
        "s": stall.seller.wallet,
        "c": stall.steward.wallet,
        "b": buyer.wallet,
        "a": stall.arbiter.wallet,
        "n": town.wallet(),
    }
    known: dict[str, Person] = {}

    def found(role: str) -> Person:
        if role not in known:
            wallet = wallets.get(role)
            known[role] = Person(visitors.open(wallet), wallet or town.wallet(), town)
            if role != "-":
                known[role].arrive_signed_in()
        known[role].complaints.clear()
        return known[role]

    yield found
    visitors.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_is_readable_and_quiet_in_each_language_scheme_and_size(
    name: str, looker: Callable[[str], Person], things: dict[str, str], stall: Stall
) -> None:
    endpoint, role, path_of = PAGES[name]
    person = looker(role)
    page = person.page
    weights = Weights(page)
    path = path_of(things, stall)
    wrong: list[str] = []
    for lang, looks in LOOKS.items():
        weights.begin()
        status = person.open(f"{path}{'&' if '?' in path else '?'}lang={lang}")
        assert (status < 400) == bool(endpoint), f"{path} was answered with {status}"
        settle(page)
        if page.locator("html").get_attribute("lang") != lang:
            wrong.append(f"{lang}: the page says that its language is another")
        if page.locator("h1").count() != 1:
            wrong.append(f"{lang}: {page.locator('h1').count()} h1")
        if weights.total() > MOST_GZIP_BYTES:
            wrong.append(f"{lang}: {weights.total()} bytes of script and style")
        for size_name, size, scheme in looks:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            page.set_viewport_size(size)
            here = f"{lang} {size_name} {scheme}"
            wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            if wide > 0:
                wrong.append(f"{here}: {wide} px wider than the window")
            wrong += [f"{here}: {finding}" for finding in person.violations()]
    expected = [
        line for line in person.complaints if endpoint or "the server responded with a status of 40" not in line
    ]
    wrong += [f"console: {line}" for line in expected]
    assert wrong == []


def settle(page: Page) -> None:
    """Wait until what the page does by itself is done: scripts have run, and nothing is being fetched or moved."""
    page.wait_for_load_state("load")
    page.locator("body:not(:has(.htmx-request, .htmx-swapping, .htmx-settling))").wait_for(state="attached")
    page.evaluate("async () => { await document.fonts.ready; await new Promise(requestAnimationFrame) }")


def test_any_two_of_language_size_and_scheme_meet_in_a_look() -> None:
    seen = [{lang, size, scheme} for lang, looks in LOOKS.items() for size, _, scheme in looks]
    choices = ({"ko", "en"}, {"phone", "desk"}, {"light", "dark"})
    for one, other in combinations(choices, 2):
        for pair in product(one, other):
            assert any(set(pair) <= look for look in seen), pair


def test_every_page_is_looked_at(town: Town) -> None:
    looked_at = {endpoint for endpoint, _, _ in PAGES.values()}
    pages = {rule.endpoint for rule in town.app.url_map.iter_rules() if "GET" in (rule.methods or set())}
    assert pages - NO_PAGES - looked_at == set()


class Weights:
    """Adds up what a page loads of scripts and styles, as gzip makes it."""

    def __init__(self, page: Page) -> None:
        self._answers: list[Response] = []
        page.on("response", self._note)

    def _note(self, answer: Response) -> None:
        if answer.request.resource_type in ("script", "stylesheet"):
            self._answers.append(answer)

    def begin(self) -> None:
        """Forget what was loaded before."""
        self._answers.clear()

    def total(self) -> int:
        """Give the bytes."""
        bodies = {answer.url: answer.body() for answer in self._answers}
        return sum(len(gzip.compress(body)) for body in bodies.values())
