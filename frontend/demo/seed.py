"""Fills a market: every act goes through the pages, as a person's would, and is left out when it has happened already."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from flask import Flask

from frontend.config import Settings
from frontend.demo.browser import Browser, SeedProblem
from frontend.demo.file import TEXT, TITLE, DemoFile
from frontend.demo.goods import (
    COMMUNITIES,
    ETH,
    FREQUENCIES,
    HANJI,
    LISTINGS,
    MUSHROOM,
    RADIO,
    WHY_TAKE_OVER,
    CommunityPlan,
    ListingPlan,
    in_turn,
)
from frontend.demo.people import (
    ARBITER,
    MUSHROOM_HOST,
    NEIGHBOUR,
    PAPER_MAKER,
    PEOPLE,
    RADIO_KEEPER,
    SINGER,
    VISITOR,
    Person,
)
from frontend.demo.pictures.scenes import drawn
from frontend.demo.stories import AFTER, BEFORE, BUYER, SELLER, SILENCES, Deed, Story
from frontend.demo.wallet import Node, Wallet
from frontend.formatters import plain_units
from frontend.index.queries import Queries
from frontend.index.views import Community, Listing, ListingFilter, Order
from frontend.pages.layout import account_of_community
from frontend.services import Services

DAY_S = 86_400
ETH_ADDRESS = "0x" + "0" * 40
# what has happened to an order when a step was taken
TRACES = {
    "accept": {"accepted"},
    "deliver": {"delivered"},
    "confirm": {"completed"},
    "cancel": {"cancelled"},
    "decline": {"cancelled"},
    "refund": {"refunded"},
    "dispute": {"contested", "disputed"},
    "stake": {"disputed"},
    "rule": {"resolved"},
    "expire": {"completed", "cancelled", "refunded"},
}


class Seed:
    """The demo on one market. `sync` brings the index up to the chain's head."""

    def __init__(
        self,
        app: Flask,
        settings: Settings,
        sync: Callable[[], None],
        say: Callable[[str], None],
        sealed: tuple[Path, Path] | None = None,
    ) -> None:
        self.origin = settings.origin
        self.sync = sync
        self.say = say
        self.queries: Queries = app.extensions["dokkaebi"].queries
        self.services: Services = app.extensions["dokkaebi"].services
        self.node = Node(settings.rpc_url)
        self.wallets = {person: Wallet(person, self.node, settings.chain_id) for person in PEOPLE}
        self.file = DemoFile(*sealed) if sealed else None
        self._app = app
        self._browsers: dict[Person, Browser] = {}

    def run(self) -> None:
        """Do everything that has not been done. Raises: SeedProblem."""
        self.sync()
        for community in COMMUNITIES:
            self.open_community(community)
        self.hand_out_tokens()
        for listing in in_turn():
            self.list(listing)
        self.sell_the_file()
        self.say("orders of the past ...")
        for story in BEFORE:
            self.tell(story)
        self.let_silences_end()
        self.take_money_out()
        self.say("orders of today ...")
        for story in AFTER:
            self.tell(story)
        self.run_the_shops()
        self.open_the_curve()
        self.hand_out_by_a_list()
        self.gather_members()
        # every intent is where its transaction is
        self.services.watch.step()

    # ---- acting

    def browser(self, person: Person) -> Browser:
        """Give a person's browser, signed in."""
        if person not in self._browsers:
            browser, wallet = Browser(self._app, self.origin), self.wallets[person]
            csrf = browser.read("/auth/session")["csrfToken"]
            message = browser.ask("/auth/message", {"account": wallet.address}, csrf)["message"]
            browser.ask("/auth/verify", {"message": message, "signature": wallet.sign_text(message)}, csrf)
            self._browsers[person] = browser
        return self._browsers[person]

    def act(
        self,
        person: Person,
        path: str,
        action: str,
        key: str,
        then: Mapping[str, str] | None = None,
        /,
        **typed: str | bool | bytes,
    ) -> None:
        """Fill in a form, sign what comes of it, send it, tell the site, and wait for the index.

        Args: key makes the form's key, so that the same demo gives the same ids everywhere; then is what is pressed behind
        a preview or a quote.
        Raises: SeedProblem.
        """
        browser, wallet = self.browser(person), self.wallets[person]
        answer = browser.submit(path, action, {**typed, "form_key": f"demo-{key}"}, then)
        place = urlsplit(answer.request.path).path
        if not place.startswith("/intents/"):
            raise SeedProblem(f"{key}: the form to {action} led to {place} and not to a transaction.")
        intent = browser.read(f"{place}.json")
        csrf = browser.read("/auth/session")["csrfToken"]
        if intent["permit"]:
            intent = browser.ask(f"{place}/permit", {"signature": wallet.sign_typed(intent["permit"])}, csrf)
        tx_hash = wallet.send(intent)
        browser.ask(f"{place}/wallet", {"hash": tx_hash}, csrf)
        self.sync()

    def address(self, person: Person) -> str:
        """Give a person's address with checksum."""
        return self.wallets[person].address

    # ---- communities and their tokens

    def community(self, symbol: str) -> Community:
        """Give a community of the demo. Raises: SeedProblem when it is not there."""
        plan = next(plan for plan in COMMUNITIES if plan.symbol == symbol)
        found = self.find_community(plan)
        if found is None:
            raise SeedProblem(f"the community {symbol} was opened, but the index does not show it.")
        return found

    def find_community(self, plan: CommunityPlan) -> Community | None:
        """Give a community by its name and founder."""
        founder = self.address(plan.founder).lower()
        own = self.queries.communities_of(founder)
        return next((row for row in own if row.founder == founder and row.name == plan.name), None)

    def open_community(self, plan: CommunityPlan) -> None:
        """Open a community, with its picture."""
        if self.find_community(plan) is not None:
            return
        self.say(f"community {plan.name}")
        self.act(
            plan.founder,
            "/c/new",
            "/c/new",
            f"community-{plan.symbol}",
            name=plan.name,
            symbol=plan.symbol,
            cap=plan.cap,
            founder_allocation=plan.founder_allocation,
            curve_allocation=plan.curve_allocation,
            claim_allocation=plan.claim_allocation,
            vesting_cliff=str(plan.cliff_days),
            vesting_cliff_unit="days",
            vesting_duration=str(plan.vesting_days),
            vesting_duration_unit="days",
            fee=plan.fee_percent,
            lang=plan.lang,
            tags=plan.tags,
            text=plan.text,
            rules=plan.rules,
            picture=drawn(plan.picture),
        )

    def hand_out_tokens(self) -> None:
        """Mint to members, and let some of it move."""
        gifts = {
            RADIO: {VISITOR: 3_000, NEIGHBOUR: 1_500, RADIO_KEEPER: 500, PAPER_MAKER: 200},
            HANJI: {VISITOR: 400, NEIGHBOUR: 250, MUSHROOM_HOST: 90},
            MUSHROOM: {VISITOR: 120, NEIGHBOUR: 80, ARBITER: 15, RADIO_KEEPER: 40},
        }
        for plan in COMMUNITIES:
            found = self.community(plan.symbol)
            if found.minted_by_steward_units:
                continue
            rows = "\n".join(f"{self.address(person)}, {amount}" for person, amount in gifts[plan.symbol].items())
            self.say(f"tokens {plan.symbol}")
            page = f"/c/{found.id}/airdrop"
            parts = urlsplit(self.browser(plan.founder).submit(page, page, {"lines": rows}).request.path).path
            self.act(plan.founder, parts, f"{parts}/1", f"mint-{plan.symbol}")
        self.give(VISITOR, RADIO, NEIGHBOUR, "42.5")
        self.give(NEIGHBOUR, HANJI, RADIO_KEEPER, "12")
        self.give(RADIO_KEEPER, MUSHROOM, MUSHROOM_HOST, "3.25")

    def give(self, giver: Person, symbol: str, to: Person, amount: str) -> None:
        """Transfer tokens, unless such a transfer is there."""
        found = self.community(symbol)
        pair = (self.address(giver).lower(), self.address(to).lower())
        if any((row.sender, row.to) == pair for row in self.queries.transfers(found.id, page=1).items):
            return
        token = f"/c/{found.id}/token"
        self.act(giver, token, f"{token}/transfer", f"give-{symbol}", to=self.address(to), amount=amount)

    # ---- listings

    def find_listing(self, plan: ListingPlan) -> Listing | None:
        """Give a listing by its seller and title."""
        wanted = ListingFilter(seller=self.address(plan.seller).lower())
        page = self.queries.listings(wanted, per_page=100)
        return next((row for row in page.items if row.description and row.description.title == plan.title), None)

    def list(self, plan: ListingPlan) -> None:
        """Put something on sale, with its picture."""
        if self.find_listing(plan) is not None:
            return
        self.say(f"listing {plan.title}")
        community = self.community(plan.community)
        self.act(
            plan.seller,
            f"/listings/new?community={community.id}",
            "/listings/new",
            f"listing-{plan.picture}",
            title=plan.title,
            text=plan.text,
            lang=plan.lang,
            tags=plan.tags,
            kind=plan.kind,
            instant=plan.instant,
            currency=ETH_ADDRESS if plan.currency == ETH else str(community.token),
            price=plan.price,
            quantity=str(plan.quantity),
            accept_for="" if plan.instant else str(plan.accept_days),
            accept_for_unit="days",
            deliver_for=str(plan.deliver_days),
            deliver_for_unit="days",
            transit_for=str(plan.transit_days),
            transit_for_unit="days",
            inspect_for=str(plan.inspect_days),
            inspect_for_unit="days",
            rule_for=str(plan.rule_days),
            rule_for_unit="days",
            arbiter=self.address(plan.arbiter),
            backup_arbiter=self.address(plan.backup) if plan.backup else "",
            arbiter_fee=plan.arbiter_fee,
            max_fee="10",
            picture=drawn(plan.picture),
        )

    def sell_the_file(self) -> None:
        """Put the sealed file on sale, where there is one."""
        own = ListingFilter(seller=self.address(SINGER).lower())
        if self.file is None or self.queries.listings(own, per_page=1).items:
            return
        self.say(f"listing {TITLE}")
        page = f"/listings/new/file?community={self.community(RADIO).id}"
        self.file.send(self.browser(SINGER))
        self.act(
            SINGER,
            page,
            "/listings/new/file",
            "listing-file",
            **self.file.fields(),
            title=TITLE,
            text=TEXT,
            lang="ko",
            tags="자장가, 음악, lullaby, wav",
            currency=ETH_ADDRESS,
            price="0.001",
            arbiter=self.address(ARBITER),
            max_fee="10",
        )

    # ---- orders

    def find_order(self, story: Story) -> Order | None:
        """Give a story's order."""
        listing = self.listing_of(story)
        mine = self.queries.orders(self.address(story.buyer).lower(), role="buyer", state=None, per_page=100)
        return next((order for order in mine.items if order.listing_id == listing.id), None)

    def plan_of(self, story: Story) -> ListingPlan:
        """Give what a story's listing was to be."""
        return next(plan for plan in LISTINGS if plan.picture == story.listing)

    def listing_of(self, story: Story) -> Listing:
        """Give a story's listing. Raises: SeedProblem when it is not there."""
        found = self.find_listing(self.plan_of(story))
        if found is None:
            raise SeedProblem(f"the listing {story.listing} was opened, but the index does not show it.")
        return found

    def tell(self, story: Story) -> None:
        """Let a story happen, from where it stands."""
        order = self.find_order(story)
        if order is None:
            listing = self.listing_of(story)
            key = f"buy-{story.listing}-{story.buyer.number}"
            buy = f"/l/{listing.id}/buy"
            self.act(story.buyer, f"{buy}?quantity={story.quantity}", buy, key, quantity=str(story.quantity))
            order = self.find_order(story)
        if order is None:
            raise SeedProblem(f"{story.listing} was bought, but the index does not show the order.")
        for deed in story.deeds:
            if not self.is_done(order, deed):
                self.take(order, story, deed)

    def take(self, order: Order, story: Story, deed: Deed) -> None:
        """Take one step."""
        typed: dict[str, str | bool | bytes] = {}
        if deed.text:
            typed["note" if deed.step == "deliver" else "text"] = deed.text
        if deed.percent:
            typed["share"] = deed.percent
        if deed.step == "refund":
            typed["sure"] = True
        key = f"{deed.step}-{story.listing}-{story.buyer.number}"
        self.act(self.doer(story, deed), f"/o/{order.key}", f"/o/{order.key}/{deed.step}", key, **typed)

    def doer(self, story: Story, deed: Deed) -> Person:
        """Give who takes a step."""
        if isinstance(deed.by, Person):
            return deed.by
        return self.plan_of(story).seller if deed.by == SELLER else story.buyer

    def is_done(self, order: Order, deed: Deed) -> bool:
        """Tell whether a step was taken already."""
        if deed.step == "evidence":
            party = order.holder if deed.by == BUYER else order.listing.seller
            return any(row.party == party for row in self.queries.evidence(order.key))
        return bool(TRACES[deed.step] & {step.name for step in self.queries.timeline(order.key)})

    def let_silences_end(self) -> None:
        """Move the chain's clock behind every deadline that somebody has let pass, and apply the rule."""
        waiting = []
        for story in SILENCES:
            order = self.find_order(story)
            if order is not None and not self.is_done(order, story.deeds[0]):
                waiting.append((story, order))
        if not waiting:
            return
        seconds = max(order.clock_ts for _, order in waiting) + 3_600 - self.node.now_ts()
        if seconds > 0:
            self.say(f"the clock moves on by {seconds // DAY_S} days, so that four silences end ...")
            self.node.pass_time(seconds)
            self.sync()
        for story, _ in waiting:
            self.tell(story)

    # ---- money and shops

    def take_money_out(self) -> None:
        """Withdraw some credits, and one commission."""
        self.withdraw(RADIO_KEEPER, self.address(RADIO_KEEPER).lower(), ETH_ADDRESS)
        self.withdraw(VISITOR, self.address(VISITOR).lower(), ETH_ADDRESS)
        alley = self.community(HANJI)
        self.withdraw(PAPER_MAKER, self.commission_account(alley), str(alley.token))

    def commission_account(self, community: Community) -> str:
        """Give the account under which a community's commission is credited."""
        return account_of_community(community.id)

    def withdraw(self, person: Person, of_account: str, currency: str) -> None:
        """Withdraw everything that is owed, once."""
        if any(row.currency == currency.lower() for row in self.queries.withdrawals(of_account, page=1).items):
            return
        owed = next((row for row in self.queries.credits(of_account) if row.currency == currency.lower()), None)
        if owed is None or owed.amount_units == 0:
            return
        action = f"/credits/{of_account}/{currency.lower()}/withdraw"
        key = f"withdraw-{of_account[-4:]}-{person.number}"
        amount = plain_units(owed.amount_units, self.queries.currency(currency.lower()).decimals)
        self.act(person, "/credits", action, key, amount=amount, to=self.address(person))

    def run_the_shops(self) -> None:
        """Announce a higher commission, pause one listing, change one stock."""
        café = self.community(MUSHROOM)
        if not café.raise_at_ts:
            self.act(MUSHROOM_HOST, f"/c/{café.id}/desk", f"/c/{café.id}/fee", "raise", fee="3")
        radio = next(plan for plan in LISTINGS if plan.picture == "pocket_radio")
        found = self.find_listing(radio)
        if found is not None and not found.paused:
            self.act(RADIO_KEEPER, "/listings", f"/l/{found.id}/paused", "pause", paused="1")
        book = next(plan for plan in LISTINGS if plan.picture == "bound_book")
        found = self.find_listing(book)
        if found is not None and found.quantity_limit == book.quantity:
            self.act(PAPER_MAKER, "/listings", f"/l/{found.id}/quantity", "stock", quantity="24")

    # ---- claims

    def hand_out_by_a_list(self) -> None:
        """Let the radio club open a claim phase for three neighbours, one of whom claims at once."""
        found = self.community(RADIO)
        if not found.claim_allocation_units:
            return  # it was opened before there were claims
        page, head = f"/c/{found.id}/claims", self.queries.head()
        if self.queries.claim_phase(found.id, 1) is None and head is not None:
            self.say(f"claim phase {RADIO}")
            shares = {VISITOR: 2_500, NEIGHBOUR: 1_200, PAPER_MAKER: 300}
            lines = "\n".join(f"{self.address(person)}, {amount}" for person, amount in shares.items())
            end = datetime.fromtimestamp(head.timestamp_ts + 60 * DAY_S, UTC).strftime("%Y-%m-%dT%H:%M")
            form = {"end": end, "supply": "4000", "price": "0.000001", "open_to": "list", "lines": lines}
            self.act(RADIO_KEEPER, f"{page}/open", f"{page}/open", "phase", {"step": "go"}, step="preview", **form)
        phase = self.queries.claim_phase(found.id, 1)
        if phase is not None and not phase.claimant_count:
            self.act(NEIGHBOUR, f"{page}/1", f"{page}/1/claim", "claim", amount="450")

    # ---- the curve

    def open_the_curve(self) -> None:
        """Let the paper makers give up minting, open their curve, and let two neighbours trade on it."""
        found = self.community(HANJI)
        if not found.curve_allocation_units:
            return  # it was opened before there were curves
        page, desk = f"/c/{found.id}/curve", f"/c/{found.id}/desk"
        if not found.mint_renounced:
            self.act(PAPER_MAKER, desk, f"/c/{found.id}/renounce", "renounce", sure=True)
        if self.queries.curve(found.id) is None:
            self.say(f"curve {HANJI}")
            price = {
                "kind": "line",
                "first_price": "0.000002",
                "last_price": "0.00004",
                "first_units": "500",
                "fee": "1",
            }
            self.act(PAPER_MAKER, f"{page}/open", f"{page}/open", "curve", {"step": "go"}, step="preview", **price)
        trades = ((VISITOR, "buy", "12000"), (NEIGHBOUR, "buy", "4500"), (VISITOR, "sell", "3250.5"))
        curve = self.queries.curve(found.id)
        done = 0 if curve is None else max(0, curve.trade_count - 1)  # the first one is the founder's
        for number, (person, step, amount) in list(enumerate(trades))[done:]:
            key = f"trade-{number}"
            self.act(person, page, f"{page}/{step}", key, {"step": "go"}, step="quote", amount=amount)

    # ---- members

    def gather_members(self) -> None:
        """Let two neighbours lock tokens of the radio club, read what is for members, and propose to take the club over."""
        found = self.community(RADIO)
        home = f"/c/{found.id}"
        if self.queries.membership(found.id) is None:
            self.say(f"members {RADIO}")
            self.act(RADIO_KEEPER, f"{home}/members", f"{home}/members/open", "members")
            self.act(RADIO_KEEPER, f"{home}/members", f"{home}/members/tiers", "tiers", tiers="100\n1000")
        for person, amount in ((VISITOR, "1250"), (NEIGHBOUR, "300")):
            self.join(found.id, person, amount)
        self.write_for_members(found.id)
        if not self.queries.governors(found.id):
            rules = {"quorum_floor": "500", "threshold": "100", "min_members": "2"}
            self.act(RADIO_KEEPER, f"{home}/self-rule", f"{home}/self-rule/open", "governor", **rules)
            self.act(RADIO_KEEPER, f"{home}/self-rule", f"{home}/stewardship", "handover")
        if not self.queries.proposals(found.id).total:
            self.node.pass_time(2)  # votes count for a proposal from the second after the lock
            self.sync()
            new = f"{home}/proposals/new/accept"
            self.act(VISITOR, new, new, "takeover", title="우리가 맡아요 · We take the club over", why=WHY_TAKE_OVER)

    def join(self, community_id: int, person: Person, amount: str) -> None:
        """Lock tokens, once."""
        membership = self.queries.membership(community_id)
        if membership is None or self.queries.member(membership.address, self.address(person)).locked_units:
            return
        page = f"/c/{community_id}/members"
        self.act(person, page, f"{page}/lock", f"lock-{person.number}", amount=amount)

    def write_for_members(self, community_id: int) -> None:
        """Write one page for members, once."""
        page = f"/c/{community_id}/members-only"
        if not self.services.members_only.count(self.community(RADIO)):
            form = {
                "title": "이번 달 주파수표 · Where to listen this month",
                "text": FREQUENCIES,
                "tier": "1",
                "lang": "ko",
            }
            self.browser(RADIO_KEEPER).submit(f"{page}/new", f"{page}/new", form)
