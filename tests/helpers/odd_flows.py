"""Every way in which a currency meets the contracts, each from the same stage."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from tests.fixtures.market import PRICE
from tests.helpers.accounts import community_account
from tests.helpers.deal import ANY_FEE, ANY_TOTAL, FAR, OPEN
from tests.helpers.odd_stage import NO_REASON, PAYEES, VERSION, RefusedError, Stage
from tests.helpers.permits import permit_arguments, signer
from tests.helpers.terms import DAY, Extras
from tests.helpers.time import jump_to

WORKS = "works"
LITTLE = 10_007
GREATEST = 2**256 - 1
SERVICE_EXTRAS = Extras(((2_500, 7 * DAY, 3 * DAY), (7_500, 2 * DAY, 5 * DAY)))


@dataclass(frozen=True)
class Flow:
    """One step, what group it belongs to, and how it is done. `run` gives what came of it, unless it simply works."""

    title: str
    group: str
    run: Callable[[Stage], str | None]
    eth: int = 0  # what comes in besides, in wei


ALLOW, PERMIT, PAY_IN, CARRY_ON, TAKE_OUT, SPLIT, END, EXTREME = (
    "approve",
    "permit",
    "pay in",
    "go on",
    "take out",
    "splits",
    "end all",
    "extremes",
)


def approves(role: str, amount: int) -> Callable[[Stage], None]:
    return lambda stage: stage.send(role, stage.coin, "approve", stage.market, amount)


def listing(stage: Stage, unit_price: int) -> None:
    terms = stage.listable.but(unit_price=unit_price)
    stage.send("seller", stage.market, "list", terms.words(), 5)


def lists(stage: Stage) -> None:
    listing(stage, stage.listable.unit_price)


def lists_a_whole_token(stage: Stage) -> None:
    listing(stage, 10**stage.decimals)


def buys(stage: Stage, name: str) -> None:
    deal = stage.deals[name]
    stage.send(stage.role_of[deal.purchase.payer], stage.market, "buy", *deal.buy_arguments())


def buys_with_permit(role: str, name: str) -> Callable[[Stage], None]:
    def run(stage: Stage) -> None:
        deal = stage.deals[name]
        spoken = {"name": "Permit Token", "nonce": 0}  # what the token's permit would be called, if it has one
        permit = permit_arguments(stage.coin, signer(stage.roles[role]), stage.market, deal.total, **spoken)
        stage.send(role, stage.market, "buyWithPermit", *deal.buy_arguments(ANY_TOTAL, ANY_FEE, FAR), permit)

    return run


CART = ("in_cart", "also_in_cart", "in_cart_for_eth")
CART_WEI = 4_000_021


def buys_a_cart(stage: Stage) -> None:
    deals = [stage.deals[name] for name in CART]
    items = [(deal.terms.words(), deal.quantity, ANY_TOTAL, ANY_FEE, deal.purchase.words()) for deal in deals]
    assert sum(deal.value(deal.total) for deal in deals) == CART_WEI
    stage.send("buyer", stage.market, "buyMany", items, FAR, [], value=CART_WEI)


def deposits(role: str, amount: int) -> Callable[[Stage], None]:
    return lambda stage: stage.send(role, stage.market, "depositBond", stage.roles[role], stage.coin, amount)


def pays_a_part(role: str, name: str) -> Callable[[Stage], None]:
    return lambda stage: stage.act(role, "delivered", name, stage.deals["delivered"].order.amount, LITTLE)


def expires(name: str) -> Callable[[Stage], None]:
    def run(stage: Stage) -> None:
        jump_to(stage.deals[name].overdue_at())
        stage.act("stranger", name, "expire")

    return run


def settles(stage: Stage) -> None:
    stage.act("buyer", "delivered", "acceptSettlement", LITTLE)


def pays_a_milestone(stage: Stage) -> None:
    stage.act("buyer", "in_parts", "confirmMilestone", SERVICE_EXTRAS.words(), 0)


def taken_out(stage: Stage, role: str, account: str | None = None) -> tuple[int, int]:
    """Withdraw a whole credit to the taker; give what was asked and what came."""
    account = account or str(stage.roles[role])
    owed = stage.ask(stage.market, "creditOf", account, stage.coin)
    assert owed, f"{role} is owed nothing"
    return arriving(stage, owed, role, stage.market, "withdrawFrom", account, stage.coin.address, stage.taker, owed)


def arriving(stage: Stage, asked: int, role: str, contract, name: str, *arguments) -> tuple[int, int]:
    """Make a call that sends money to the taker; give what was asked and what came, as far as the token tells."""
    had = stage.coins_of(stage.taker)
    stage.send(role, contract, name, *arguments)
    return asked, stage.coins_of(stage.taker) - had


def withdraws(role: str, account: Callable[[Stage], str] | None = None) -> Callable[[Stage], str | None]:
    return lambda stage: difference(*taken_out(stage, role, account(stage) if account else None))


def difference(asked: int, came: int) -> str | None:
    """Say what arrives, if it is not what was sent."""
    if came == asked:
        return None
    return f"{WORKS}; {'1 unit less arrives' if asked - came == 1 else f'{came / asked:.0%} of it arrive'}"


def pushes(stage: Stage) -> None:
    stage.send("stranger", stage.market, "push", stage.roles["seller"], stage.coin)


def collect(stage: Stage) -> None:
    stage.send("stranger", stage.splits, "collect", stage.market, stage.coin, stage.split, VERSION)


def received(stage: Stage) -> int:
    return stage.ask(stage.splits, "receivedBy", stage.split, VERSION, stage.coin)


def booked(what: Callable[[Stage], None], waiting: Callable[[Stage], int]) -> Callable[[Stage], str | None]:
    """Do what brings income into the split's books, and say if another amount arrives there than was waiting."""

    def run(stage: Stage) -> str | None:
        asked, had = waiting(stage), received(stage)
        what(stage)
        return difference(asked, received(stage) - had)

    return run


def sweep(stage: Stage) -> None:
    stage.send("stranger", stage.splits, "sweep", stage.split, stage.coin)


def in_deposit(stage: Stage) -> int:
    return stage.coins_of(stage.deposit)


def in_credit(stage: Stage) -> int:
    return stage.ask(stage.market, "creditOf", stage.split_account, stage.coin)


def claim(stage: Stage, place: int) -> tuple[int, int]:
    """Claim a payee's part to the taker; give what was due and what came."""
    share = (stage.split, VERSION, place, stage.coin.address)
    due = stage.ask(stage.splits, "claimableOf", *share)
    return arriving(stage, due, PAYEES[place], stage.splits, "claim", *share, stage.taker)


def everything_ends(stage: Stage) -> str | None:
    """Every order in the currency is given back, every bond and credit taken out, one account after the other."""
    for name, deal in stage.deals.items():
        if deal.terms.currency == stage.coin.address and deal.state in OPEN:
            stage.act(stage.role_of[deal.terms.seller], name, "refund")
    for (account, currency), free in stage.read().bonds.items():
        if currency == stage.coin.address and free:
            stage.send(stage.role_of[account], stage.market, "withdrawBond", stage.coin, free)
    credits = stage.read().credits
    owed = [account for (account, currency), amount in credits.items() if currency == stage.coin.address and amount]
    return in_turn(
        [partial(withdraw_or_collect, stage, account) for account in owed]
        + [partial(sweep, stage)]
        + [partial(claim, stage, place) for place in range(len(PAYEES))]
    )


def withdraw_or_collect(stage: Stage, account: str) -> None:
    if account == stage.split_account:
        collect(stage)
    else:
        taken_out(stage, {**stage.role_of, **stage.stewards}[account], account)


def reasons(errors: Iterable[str]) -> str:
    """Give the errors' names, each once."""
    return ", ".join(error if error == NO_REASON else f"`{error}`" for error in sorted(set(errors)))


def in_turn(steps: list[Callable[[], None]]) -> str | None:
    """Do what can be done of many payments, and say how many cannot."""
    refused = []
    for step in steps:
        try:
            step()
        except RefusedError as problem:
            refused.append(str(problem))
    if not refused:
        return None
    count = "every payment" if len(refused) == len(steps) else f"{len(refused)} of {len(steps)} payments"
    return f"all orders end; {count} refused: {reasons(refused)}"


FLOWS = (
    Flow("approve the price, with no approval before", ALLOW, approves("steward", 3 * PRICE)),
    Flow("approve the price, with an approval left over", ALLOW, approves("buyer", 3 * PRICE)),
    Flow("take an approval back", ALLOW, approves("buyer", 0)),
    Flow("buy with a permit alone", PERMIT, buys_with_permit("steward", "unapproved")),
    Flow("buy", PAY_IN, lambda stage: buys(stage, "unpaid")),
    Flow("buy with an approval and a permit", PAY_IN, buys_with_permit("buyer", "unpaid")),
    Flow("buy as a gift", PAY_IN, lambda stage: buys(stage, "gift")),
    Flow("buy a cart", PAY_IN, buys_a_cart, eth=CART_WEI),
    Flow("deposit a bond", PAY_IN, deposits("seller", LITTLE)),
    Flow("dispute, with a stake", PAY_IN, lambda stage: stage.act("buyer", "delivered", "dispute")),
    Flow("answer a dispute, with a stake", PAY_IN, lambda stage: stage.act("guest", "contested", "stake")),
    Flow("list", CARRY_ON, lists),
    Flow("dispute, with a stake out of a bond", CARRY_ON, lambda stage: stage.act("payer", "backed", "dispute")),
    Flow("answer a dispute out of a bond", CARRY_ON, lambda stage: stage.act("seller", "contested", "stake")),
    Flow("accept, with a bond", CARRY_ON, lambda stage: stage.act("seller", "funded", "accept")),
    Flow("release a part", CARRY_ON, pays_a_part("buyer", "release")),
    Flow("refund a part", CARRY_ON, pays_a_part("seller", "refundPart")),
    Flow("confirm", CARRY_ON, lambda stage: stage.act("buyer", "delivered", "confirm")),
    Flow("confirm: an order between others", CARRY_ON, lambda stage: stage.act("guest", "innocent", "confirm")),
    Flow("confirm a milestone", CARRY_ON, pays_a_milestone),
    Flow("settle", CARRY_ON, settles),
    Flow("rule", CARRY_ON, lambda stage: stage.act("arbiter", "disputed", "rule", 3_333)),
    Flow("expire: nobody inspected", CARRY_ON, expires("delivered")),
    Flow("expire: not delivered, the bond is lost", CARRY_ON, expires("accepted")),
    Flow("take a bond back", CARRY_ON, lambda stage: stage.send("seller", stage.market, "withdrawBond", stage.coin, 7)),
    Flow("withdraw: seller", TAKE_OUT, withdraws("seller")),
    Flow("withdraw: buyer", TAKE_OUT, withdraws("buyer")),
    Flow("withdraw: referrer", TAKE_OUT, withdraws("payer")),
    Flow("withdraw: arbiter", TAKE_OUT, withdraws("arbiter")),
    Flow("withdraw: platform", TAKE_OUT, withdraws("owner", lambda stage: community_account(0))),
    Flow("withdraw: community", TAKE_OUT, withdraws("steward", lambda stage: community_account(stage.community_id))),
    Flow("push to the seller", TAKE_OUT, pushes),
    Flow("withdraw: the seller of other orders", TAKE_OUT, withdraws("stranger")),
    Flow("collect a split's credit", SPLIT, booked(collect, in_credit)),
    Flow("sweep a split's deposit address", SPLIT, booked(sweep, in_deposit)),
    Flow("claim a share", SPLIT, lambda stage: difference(*claim(stage, 0))),
    Flow("end every order and take everything out", END, everything_ends),
    Flow("list at one whole token", EXTREME, lists_a_whole_token),
    Flow("buy for more than 2^96 units", EXTREME, lambda stage: buys(stage, "dear")),
    Flow("deposit a bond of 2^256 - 1 units", EXTREME, deposits("buyer", GREATEST)),
)
