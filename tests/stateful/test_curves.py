"""Random trades on three curves at once, two for ETH and one for a token, against books kept in exact fractions.

Promises looked after: every call gives, announces and refuses exactly what the books say, to the unit; the reserve covers all
that was sold; the contract holds reserves and credits of each currency, and at any moment everybody can sell all he has.
256 runs; `make soak PART=curves` makes 100,000.
"""

import os
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from tests.fixtures.curves import ALL, CURVE_UNITS, GIVEN_UNITS, LINE, STEPS
from tests.helpers.accounts import community_account
from tests.helpers.curve_model import Books, Refused
from tests.helpers.deal import FAR
from tests.helpers.raw import Raw, revert_of
from tests.helpers.receipts import receipt_of
from tests.helpers.runs import ON_ANVIL, assert_reached
from tests.helpers.terms import ZERO

pytestmark = ON_ANVIL

RUNS = int(os.environ.get("CURVE_RUNS", "256"))  # bench/trades.py asks for more
RICH = 10**20
CURVES = 3
AT_BOUND, BEYOND, WITHIN = range(3)  # how a trader bounds what he pays or gets
places = st.integers(0, CURVES - 1)
people = st.integers(0, 2)
bounds = st.sampled_from((AT_BOUND, WITHIN, WITHIN, BEYOND))
amounts = st.one_of(
    st.integers(0, 3),
    st.integers(1, 10**18),
    st.integers(1, 10**22),
    st.integers(1, CURVE_UNITS),
    st.just(CURVE_UNITS + 1),
)


class Trades(RuleBasedStateMachine):
    """What may happen. The class is given the contracts and how they began before it runs."""

    @initialize()
    def go_back_to_the_start(self):
        self.raw.revert(type(self).start)
        type(self).start = self.raw.snapshot()
        self.books = self.first_books.copy()

    @rule(place=places, who=people, to=people, amount=amounts, bound=bounds)
    def buy(self, place, who, to, amount, bound):
        token, sender, receiver = self.tokens[place], self.people[who], self.people[to]
        currency = self.books.curves[token.address].shape.currency
        total = self.total_of(token, amount)
        most = {AT_BOUND: total, WITHIN: total + RICH // 2**40, BEYOND: max(total - 1, 0)}[bound]
        value = total + 5 * (bound == WITHIN) if currency == ZERO else 0
        call = self.raw.transaction(sender, self.curves, "buy", (token, amount, most, FAR, receiver), value)
        result = self.tried(call, "buy", token.address, receiver, amount, most)
        if result is not None:
            logs = [*self.logs_of_purchase(token, sender, receiver, amount, *result)]
            self.sent(call, [*logs, *self.logs_of_money(currency, sender, self.curves.address, sum(result))])

    @rule(place=places, who=people, to=people, amount=amounts, bound=bounds)
    def sell(self, place, who, to, amount, bound):
        token, sender, receiver = self.tokens[place], self.people[who], self.people[to]
        currency = self.books.curves[token.address].shape.currency
        net = self.net_of(token, amount)
        least = {AT_BOUND: net, WITHIN: net // 2, BEYOND: net + 1}[bound]
        call = self.raw.transaction(sender, self.curves, "sell", (token, amount, least, FAR, receiver))
        result = self.tried(call, "sell", token.address, sender, amount, least)
        if result is not None:
            logs = [*self.logs_of_sale(token, sender, receiver, amount, *result)]
            self.sent(
                call, [*logs, *self.logs_of_money(currency, self.curves.address, receiver, result[0] - result[1])]
            )

    @rule(place=places, other=places, who=people, amount=amounts, part=st.integers(1, 120))
    def swap(self, place, other, who, amount, part):
        token, bought, sender = self.tokens[place], self.tokens[other], self.people[who]
        wanted = amount * part // 100
        call = self.raw.transaction(sender, self.curves, "swap", (token, amount, bought, wanted, FAR))
        before = self.books.copy()
        result = self.tried(call, "swap", token.address, amount, bought.address, wanted, sender)
        if result is None:
            return
        given, taken, rest = result
        after, self.books = self.books, before  # events tell how each curve stands in between
        self.books.sell(token.address, sender, amount, 0)
        logs = [*self.logs_of_sale(token, sender, sender, amount, *given)]
        self.books = after
        logs += self.logs_of_purchase(bought, sender, sender, wanted, *taken)
        currency = after.curves[token.address].shape.currency
        self.sent(call, [*logs, *self.logs_of_money(currency, self.curves.address, sender, rest)])

    @rule(place=places, who=people)
    def sell_everything(self, place, who):
        token = self.tokens[place]
        self.sell(place, who, who, self.books.tokens[token.address, self.people[who]], AT_BOUND)

    @rule(place=places, who=people, amount=amounts)
    def burn(self, place, who, amount):
        token, sender = self.tokens[place], self.people[who]
        if amount <= self.books.tokens[token.address, sender]:
            assert self.raw.send(sender, token, "burn", (amount,))[0]
            self.books.tokens[token.address, sender] -= amount

    @rule(place=places)
    def steward_takes_the_fees(self, place):
        token = self.tokens[place]
        book = self.books.curves[token.address]
        if book.credit:
            account = community_account(self.numbers[token.address])
            arguments = (account, book.shape.currency, self.steward, book.credit)
            assert self.raw.send(self.steward, self.curves, "withdrawFrom", arguments)[0]
            book.credit = 0

    @rule(amount=st.integers(1, 10**9))
    def token_money_comes_in_by_the_back_door(self, amount):
        assert self.raw.send(self.steward, self.coin, "mint", (self.curves.address, amount))[0]
        self.books.stray[self.coin.address] += amount

    @invariant()
    def everything_is_what_the_books_say(self):
        if not hasattr(self, "books"):
            return
        reads, expected = [], []
        for token in self.tokens:
            book = self.books.curves[token.address]
            book.check()
            account = community_account(self.numbers[token.address])
            reads.append((self.curves, "creditOf", (account, book.shape.currency)))
            expected.append((book.credit,))
            reads.append((self.curves, "priceAt", (token, book.sold)))
            expected.append((book.shape.price(book.sold),))
            for person in self.people:
                reads.append((token, "balanceOf", (person,)))
                expected.append((self.books.tokens[token.address, person],))
        reads.append((self.raw.reader, "balanceOf", (self.curves.address,)))
        expected.append((self.books.must_hold(ZERO),))
        reads.append((self.coin, "balanceOf", (self.curves,)))
        expected.append((self.books.must_hold(self.coin.address),))
        assert self.raw.reads(*reads) == expected

    def tried(self, call, name, *arguments):
        """Ask books and contract alike; give what the books say, or None when both refuse for the same reason."""
        answer = self.raw.batch(("eth_call", [call, "latest"]))[0]
        result, problem = self.asked(name, *arguments)
        if problem is None:
            assert "error" not in answer, answer
            self.reached.add(name)
            return result
        assert "error" in answer, f"{name} goes through, though {problem} was expected"
        assert revert_of(answer) == self.raw.error(problem.error, problem.arguments)
        self.reached.add(problem.error)
        return None

    def asked(self, name, *arguments) -> tuple:
        """Give what the books do, and why not."""
        try:
            return getattr(self.books, name)(*arguments), None
        except Refused as problem:
            return None, problem

    def sent(self, call, logs) -> None:
        """Send it, and compare all that it announces."""
        answer = self.raw.batch(("eth_sendTransaction", [call]))[0]
        receipt = receipt_of(self.raw.ask, answer["result"])
        assert int(receipt["status"], 16) == 1
        found = [(log["address"].lower(), tuple(log["topics"]), log["data"]) for log in receipt["logs"]]
        assert found == logs

    def total_of(self, token, amount) -> int:
        try:
            return sum(self.books.curves[token.address].cost(amount))
        except Refused:
            return RICH

    def net_of(self, token, amount) -> int:
        try:
            proceeds, fee = self.books.curves[token.address].proceeds(amount)
        except Refused:
            return 0
        return proceeds - fee

    def logs_of_purchase(self, token, buyer, to, amount, cost, fee):
        said = {"token": token.address, "buyer": buyer, "to": to, "amount": amount, "cost": cost, "fee": fee}
        yield self.raw.log(self.curves.address, "CurveBought", {**said, **self.level(token)})
        yield from self.logs_of_fee(token, fee)
        yield self.raw.log(token.address, "Transfer", {"from": ZERO, "to": to, "value": amount})

    def logs_of_sale(self, token, seller, to, amount, proceeds, fee):
        said = {"token": token.address, "seller": seller, "to": to, "amount": amount, "proceeds": proceeds, "fee": fee}
        yield self.raw.log(self.curves.address, "CurveSold", {**said, **self.level(token)})
        yield from self.logs_of_fee(token, fee)
        yield self.raw.log(token.address, "Transfer", {"from": seller, "to": ZERO, "value": amount})

    def level(self, token) -> dict:
        book = self.books.curves[token.address]
        return {"sold": book.sold, "reserve": book.reserve}

    def logs_of_fee(self, token, fee):
        if fee:
            source = "0x" + token.address[2:].lower().rjust(64, "0")
            payouts = [(community_account(self.numbers[token.address]), fee)]
            currency = self.books.curves[token.address].shape.currency
            said = {"source": source, "currency": currency, "payouts": payouts}
            yield self.raw.log(self.curves.address, "CreditsAdded", said)

    def logs_of_money(self, currency, source, to, amount):
        if currency != ZERO and amount:
            yield self.raw.log(currency, "Transfer", {"from": source, "to": to, "value": amount})


@pytest.fixture(scope="module")
def coin(OddToken, curves, owner, steward, seller, buyer, stranger):
    made = OddToken.deploy(6, {"from": owner})
    for account in (steward, seller, buyer, stranger):
        made.mint(account, RICH, {"from": owner})
        made.approve(curves, ALL, {"from": account})
    return made


@pytest.mark.timeout(1_200)
def test_curves_keep_their_promises_whatever_is_traded(
    curves, open_curve, coin, steward, seller, buyer, stranger, owner, ManyReads
):
    shapes = (LINE, STEPS, LINE.but(currency=coin.address, fee_bps=0, base_price=3, slope=10**14 + 1))
    opened = [open_curve(shape) for shape in shapes]
    tokens = [token for token, _ in opened]
    books = Books({token.address: replace(book) for token, book in opened})
    for token in tokens:
        books.tokens[token.address, str(stranger)] = GIVEN_UNITS
    raw = Raw(ManyReads.deploy({"from": owner}), curves, coin, *tokens)
    reached: set[str] = set()

    class Here(Trades):
        start = raw.snapshot()

    for name, value in {
        "raw": raw,
        "curves": curves,
        "coin": coin,
        "tokens": tokens,
        "numbers": {token.address: token.communityId() for token in tokens},
        "people": [str(account) for account in (stranger, seller, buyer)],
        "steward": str(steward),
        "first_books": books,
        "reached": reached,
    }.items():
        setattr(Here, name, value)
    run_state_machine_as_test(
        Here,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=12,
            deadline=None,
            database=None,
            derandomize=os.environ.get("CI") == "true",
            suppress_health_check=HealthCheck.all(),
        ),
    )
    wanted = {"buy", "sell", "swap", "CurvesNoAmount", "CurvesSoldOut", "CurvesCostTooHigh", "CurvesProceedsTooLow"}
    wanted |= {"CurvesSwapNotCovered", "CurvesOtherCurrency", "ERC20InsufficientBalance", "CurvesMoreThanSold"}
    assert_reached(wanted, reached)
