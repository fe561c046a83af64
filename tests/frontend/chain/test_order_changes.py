"""What the pages promise about an order's changes is what the contract does: who may take a step, and who gets what."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from eth_utils.address import to_checksum_address

from frontend.errors import Refused
from frontend.index.views import Extras
from frontend.pages.deadlines import actions_for, roles_of, settlements_for
from frontend.pages.layout import account_of_community
from tests.frontend.chain.agreeing import DAY_S, list_work, send_call, signed_link
from tests.frontend.chain.conftest import ETH, buy_form, listing_form, new_key
from tests.frontend.chain.site import Person, Site

LAST_OFFERS = Extras((), True)
STATES = ("funded", "accepted", "delivered", "contested", "disputed")
# what leads from one state to the next
WAY = (("seller", "accept"), ("seller", "deliver"), ("buyer", "dispute"), ("seller", "stake"))


class Deal:
    """One order, and what its parties do with it."""

    def __init__(self, site: Site, key: str) -> None:
        self.site = site
        self.key = key
        self.people = {
            name: site.person(number) for number, name in enumerate(("seller", "buyer", "arbiter", "stranger"), 1)
        }

    @property
    def order(self) -> Any:
        with self.site.app.app_context():
            return self.site.bound.queries.order(self.key)

    def prepared(self, name: str, step: str, *values: Any) -> Any:
        """Build a step's intent as somebody. Raises: Refused."""
        services = self.site.bound.services
        order, account = self.order, self.people[name].address
        half = order.amount_units // 2
        others = order.sellers_offer_units if name == "buyer" else order.holders_offer_units
        steps: dict[str, Callable[[], Any]] = {
            "dispute": lambda: services.market.prepare_dispute(account, self.key, "No.", new_key()),
            "evidence": lambda: services.market.prepare_submit_evidence(account, self.key, "See.", new_key()),
            "rule": lambda: services.market.prepare_rule(account, self.key, *(values or (3_333,)), new_key()),
            "release": lambda: services.changes.prepare_release(account, self.key, order.amount_units, *(values or (half,)), new_key()),
            "refund_part": lambda: services.changes.prepare_refund_part(account, self.key, order.amount_units, *(values or (half,)), new_key()),
            "extend": lambda: services.changes.prepare_extend(account, self.key, order.clock_ts, DAY_S, new_key()),
            "transfer": lambda: services.changes.prepare_transfer(account, self.key, self.site.person(6).address, new_key()),
            "offer": lambda: services.settlements.prepare_offer(account, self.key, order.amount_units, *(values or (half,)), new_key()),
            "accept_offer": lambda: services.settlements.prepare_accept_offer(account, self.key, others or 0, new_key()),
            "withdraw_offer": lambda: services.settlements.prepare_withdraw_offer(account, self.key, new_key()),
            "settle_signed": lambda: services.settlements.prepare_settle_signed(account, self.key, *values, new_key()),
        }  # fmt: skip
        with self.site.app.test_request_context():
            plain = lambda: getattr(services.market, f"prepare_{step}")(account, self.key, form_key=new_key())  # noqa: E731 one of two ways, chosen here
            return steps.get(step, plain)()

    def may(self, name: str, step: str) -> bool:
        """Tell whether the contract would let somebody take a step now."""
        try:
            self.prepared(name, step)
        except Refused:
            return False
        return True

    def do(self, name: str, step: str, *values: Any) -> tuple[Any, str]:
        """Take a step; give its intent and its transaction's hash."""
        intent, person = self.prepared(name, step, *values), self.people[name]
        sent = person.send(person.intent(intent.id))
        self.site.follow()
        return intent, sent

    def go(self, state: str) -> Deal:
        """Take the steps on the way to a state."""
        for name, step in WAY[: STATES.index(state)]:
            self.do(name, step)
        return self


def bought(site: Site, buyer: Person, listing: str, quantity: int = 1) -> Deal:
    """Buy, and give the order."""
    return Deal(site, str(buyer.do(f"/l/{listing}/buy", buy_form(quantity=str(quantity)))["subject"]))


@pytest.fixture(scope="module")
def pricey(site: Site) -> str:
    """A listing with an arbiter's fee and an odd price."""
    form = listing_form(site.person(3).address, price="0.250000000000000007", arbiter_fee="0.010000000000000003")
    return str(site.person(1).do("/listings/new?community=1", form)["subject"])


STEPS = (
    "accept", "decline", "cancel", "deliver", "confirm", "dispute", "stake", "evidence", "rule", "refund", "expire", "release",
    "refund_part", "extend", "transfer", "offer", "accept_offer", "withdraw_offer",
)  # fmt: skip


@pytest.mark.parametrize("state", STATES)
def test_page_offers_exactly_the_steps_that_the_contract_takes(
    site: Site, buyer: Person, pricey: str, state: str
) -> None:
    deal = bought(site, buyer, pricey).go(state)
    deal.do("seller", "offer")
    order = deal.order
    assert order.state == state
    for name, person in deal.people.items():
        with site.app.app_context():
            roles = roles_of(order, person.address)
            offered = {*actions_for(order, roles, site.market.now()), *settlements_for(order, roles)} - {
                "sign",
                "settle_signed",
            }
        taken = {step for step in STEPS if deal.may(name, step)}
        if state == "funded":
            taken.discard("refund")  # the page calls it declining, which does the same
        assert offered == taken, name


def credited(site: Site, tx_hash: str, order: Any) -> Counter[str]:
    """Give what the chain has credited in a transaction, by whose it is."""
    names = {
        order.holder: "buyer",
        order.listing.seller: "seller",
        account_of_community(0): "platform",
        account_of_community(order.listing.community_id): "community",
        site.person(3).address.lower(): "arbiter",
    }
    with site.app.app_context():
        rows = [row for row in site.bound.queries.payouts(order.key) if row.tx_hash == tx_hash.lower()]
    return Counter({names[row.account]: row.amount_units for row in rows})


def said(intent: Any) -> Counter[str]:
    """Give what an intent's page says who gets."""
    names = {
        "To the buyer": "buyer", "You give back to the buyer": "buyer", "Stake back to the buyer": "buyer",
        "To the seller, after commissions": "seller", "Stake back to the seller": "seller",
        "Commission of the platform": "platform", "Commission of this community": "community",
        "To the arbiter, out of the stakes": "arbiter", "The seller's bond, to the buyer": "buyer",
    }  # fmt: skip
    found: Counter[str] = Counter()
    for line in intent.lines:
        if line.label in names:
            found[names[line.label]] += line.number
    return found


def amount_of(deal: Deal) -> int:
    return int(deal.order.amount_units)


PAYING: dict[str, tuple[str, str, str, Callable[[Deal], tuple[Any, ...]]]] = {
    "a part": ("funded", "buyer", "release", lambda deal: (12_345_678_901,)),
    "all": ("disputed", "buyer", "release", lambda deal: (amount_of(deal),)),
    "a part back": ("accepted", "seller", "refund_part", lambda deal: ()),
    "all by confirming": ("delivered", "buyer", "confirm", lambda deal: ()),
    "a ruling": ("disputed", "arbiter", "rule", lambda deal: (3_333,)),
    "a ruling for the buyer": ("disputed", "arbiter", "rule", lambda deal: (10_000,)),
    "an offer accepted in dispute": ("disputed", "buyer", "accept_offer", lambda deal: ()),
    "a link accepted": (
        "accepted", "buyer", "settle_signed", lambda deal: (signed_link(deal.site, deal.people["seller"], deal.key, 7),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", PAYING)
def test_intent_says_what_the_chain_then_credits(site: Site, buyer: Person, pricey: str, name: str) -> None:
    state, who, step, values = PAYING[name]
    deal = bought(site, buyer, pricey, 3).go(state)
    if step == "accept_offer":
        deal.do("seller", "offer", 98_765)
    order = deal.order
    intent, sent = deal.do(who, step, *values(deal))
    assert said(intent) == credited(site, sent, order)
    assert said(intent).total() > 0


@pytest.mark.parametrize(("ruled_bps", "to_buyer"), [(9_000, 80), (4_500, 80), (4_400, 10), (0, 10)])
def test_ruling_picks_the_nearer_offer_as_its_intent_says(
    site: Site, seller: Person, buyer: Person, arbiter: Person, ruled_bps: int, to_buyer: int
) -> None:
    deal = bought(site, buyer, list_work(site, seller, arbiter, 1, LAST_OFFERS)).go("delivered")
    whole = amount_of(deal)
    deal.do("buyer", "offer", whole * 80 // 100)
    deal.do("seller", "offer", whole * 10 // 100)
    deal.do("buyer", "dispute")
    deal.do("seller", "stake")
    order = deal.order
    assert (order.final_holder_units, order.final_seller_units) == (whole * 80 // 100, whole * 10 // 100)
    intent, sent = deal.do("arbiter", "rule", ruled_bps)
    assert said(intent) == credited(site, sent, order)
    assert next(line.number for line in intent.lines if line.label == "To the buyer") == whole * to_buyer // 100


def test_milestone_pays_the_share_that_its_intent_says(
    site: Site, seller: Person, buyer: Person, arbiter: Person
) -> None:
    deal = bought(site, buyer, list_work(site, seller, arbiter, 1)).go("delivered")
    for _ in range(2):
        order = deal.order
        intent, sent = deal.do("buyer", "confirm")
        assert said(intent) == credited(site, sent, order)
        if deal.order.state != "completed":
            deal.do("seller", "deliver")
    assert deal.order.state == "completed"


def test_link_is_refused_with_its_reason_when_it_cannot_be_taken(site: Site, buyer: Person, pricey: str) -> None:
    deal = bought(site, buyer, pricey)
    link = signed_link(site, deal.people["seller"], deal.key, 7)
    for name, text, bad in (
        ("seller", "your own offer", link),
        ("buyer", "not the whole link", link[:-1]),
        ("buyer", "ran out", signed_link(site, deal.people["seller"], deal.key, 7, valid_s=-5)),
        ("buyer", "has not signed", link.replace("to=7&", "to=8&")),
    ):
        with pytest.raises(Refused, match=text):
            deal.prepared(name, "settle_signed", bad)
    deal.do("buyer", "extend")
    with pytest.raises(Refused, match="void"):
        deal.prepared("buyer", "settle_signed", link)
    again = signed_link(site, deal.people["buyer"], deal.key, 5)
    deal.do("seller", "withdraw_offer")
    with pytest.raises(Refused, match="void"):
        deal.prepared("seller", "settle_signed", again)


def test_stale_page_is_refused_when_the_order_has_changed(site: Site, buyer: Person, pricey: str) -> None:
    deal = bought(site, buyer, pricey)
    order = deal.order
    deal.do("buyer", "release")
    services = site.bound.services
    with site.app.test_request_context():
        for prepare in (services.changes.prepare_release, services.settlements.prepare_offer):
            with pytest.raises(Refused, match="has changed"):
                prepare(buyer.address, deal.key, order.amount_units, 5)
        with pytest.raises(Refused, match="more time"):
            services.changes.prepare_extend(buyer.address, deal.key, deal.order.clock_ts, 181 * DAY_S)
        with pytest.raises(Refused, match="deadline has changed"):
            services.changes.prepare_extend(buyer.address, deal.key, deal.order.clock_ts - 1, DAY_S)


def with_bond(site: Site, person: Person, token: str, units: int) -> None:
    """Put tokens aside as a person's free bond."""
    market = site.bound.registry.address("Market")
    send_call(site, person, "approve", market, units, contract="ERC20", to=token)
    send_call(site, person, "depositBond", person.address, token, units)


def test_stakes_in_tokens_come_out_of_bonds_when_they_are_enough(
    site: Site, seller: Person, buyer: Person, token_listing: str
) -> None:
    deal = bought(site, buyer, token_listing).go("delivered")
    token = to_checksum_address(deal.order.listing.currency)
    fee = int(deal.order.listing.terms["arbiterFee"])
    seller.do("/c/1/mint", {"mint-to": seller.address, "mint-amount": "10", "mint-form_key": new_key()})
    for person in (seller, buyer):
        with_bond(site, person, token, fee)
    intent, _ = deal.do("buyer", "dispute")
    assert intent.action == "market.dispute"
    labels = [line.label for line in intent.lines]
    assert "Stake, out of your free bond" in labels
    assert "Effect" in labels  # the seller's as well
    assert deal.order.state == "disputed"
    with site.app.app_context():
        left = [site.bound.queries.bond_of(person.address.lower(), token.lower()) for person in (seller, buyer)]
    assert left == [0, 0]


def test_stake_in_eth_comes_out_of_the_bond_only_when_it_is_asked_for(site: Site, buyer: Person, pricey: str) -> None:
    deal = bought(site, buyer, pricey).go("delivered")
    fee = int(deal.order.listing.terms["arbiterFee"])
    send_call(site, buyer, "depositBond", buyer.address, ETH, fee, value_wei=fee)
    services = site.bound.services
    with site.app.test_request_context():
        paid = services.market.prepare_dispute(buyer.address, deal.key, "No.", new_key())
        saved = services.market.prepare_dispute(buyer.address, deal.key, "No.", new_key(), from_bond=True)
    assert (paid.value_wei, saved.value_wei) == (fee, 0)


def test_seller_answers_out_of_his_bond_when_he_asks_for_it_and_nobody_else_can(
    site: Site, seller: Person, buyer: Person, stranger: Person, pricey: str
) -> None:
    deal = bought(site, buyer, pricey).go("contested")
    fee = int(deal.order.listing.terms["arbiterFee"])
    send_call(site, seller, "depositBond", seller.address, ETH, fee, value_wei=fee)
    services = site.bound.services
    with site.app.test_request_context():
        paid = services.market.prepare_stake(seller.address, deal.key, new_key())
        foreign = services.market.prepare_stake(stranger.address, deal.key, new_key(), from_bond=True)
        saved = services.market.prepare_stake(seller.address, deal.key, new_key(), from_bond=True)
    assert (paid.value_wei, foreign.value_wei, saved.value_wei) == (fee, fee, 0)
    assert "Stake, out of your free bond" in [line.label for line in saved.lines]
    seller.send(seller.intent(saved.id))
    site.follow()
    assert deal.order.state == "disputed"
    with site.app.app_context():
        assert site.bound.queries.bond_of(seller.address.lower(), ETH) == 0


@pytest.fixture
def bonded(site: Site, seller: Person) -> Iterator[None]:
    """A free bond of the seller's in ETH for one test; with it the others' disputes would answer themselves."""
    send_call(site, seller, "depositBond", seller.address, ETH, 10**18, value_wei=10**18)
    yield
    with site.app.app_context():
        left = site.bound.queries.bond_of(seller.address.lower(), ETH)
    send_call(site, seller, "withdrawBond", ETH, left)


@pytest.mark.usefixtures("bonded")
@pytest.mark.parametrize("step", ["refund", "refund_part"])
def test_refund_of_all_says_that_the_bond_is_lost_when_the_time_to_deliver_is_over(
    site: Site, seller: Person, buyer: Person, step: str
) -> None:
    form = listing_form(site.person(3).address, bond="20", deliver_for="1")
    listing = str(seller.do("/listings/new?community=1", form)["subject"])
    deal = bought(site, buyer, listing).go("accepted")
    whole = amount_of(deal)
    values = (whole,) if step == "refund_part" else ()
    assert said(deal.prepared("seller", step, *values))["buyer"] in (whole, 0)
    if step == "refund_part":
        deal.do("seller", "refund_part", whole // 4)
    site.market.warp(2 * DAY_S)
    site.follow()
    order, values = deal.order, (amount_of(deal),) if step == "refund_part" else ()
    intent, sent = deal.do("seller", step, *values)
    lost = [line.number for line in intent.lines if line.label == "The seller's bond, to the buyer"]
    assert lost == [whole * 2_000 // 10_000]
    assert credited(site, sent, order) == {"buyer": order.amount_units + lost[0]}
