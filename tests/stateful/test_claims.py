"""Random lives of two communities' phases, in ETH and in a token, against books kept in plain Python.

Promises looked after: an open phase can always give all that it has left, whatever else is minted; nobody gets more than
phase, bound and list say; the reserve is never exceeded; and each unit that is paid is the community's, and is there.
"""

import pytest
from hypothesis import strategies as st

from tests.helpers.claim_books import ClaimBooks, Opened
from tests.helpers.claims import WHOLE_TOKEN, ClaimList, Phase, account_of, cost_of
from tests.helpers.raw import Raw
from tests.helpers.runs import ON_ANVIL, assert_reached, machine_settings
from tests.helpers.terms import NONE, ZERO
from tests.helpers.time import jump_to

pytestmark = ON_ANVIL

RESERVED = 1_000
MOST_PHASES = 6
LASTS_S = 5_000
PRICES = (0, 1, WHOLE_TOKEN // 3, 7 * WHOLE_TOKEN + 5)


class Machine:
    st_number = st.integers(0, 2**32)
    st_amount = st.one_of(st.integers(0, 30), st.integers(0, RESERVED + 10))

    def __init__(self, claims, tokens, coin, roles, steward, owner, reader, ForcedEther, reached):
        # brownie calls this once, with the class as self
        shared = {
            "claims": claims,
            "tokens": tokens,
            "coin": coin,
            "roles": roles,
            "steward": steward,
            "owner": owner,
            "forced_ether": ForcedEther,
            "raw": Raw(reader, claims, coin, *(token for _, token in tokens)),
            "currencies": (ZERO, str(coin.address)),
            "reached": reached,
        }
        names = [str(token.address) for _, token in tokens]
        first = Machine.__new__(Machine)
        books = ClaimBooks(dict.fromkeys(names, RESERVED), {name: [] for name in names})
        first.__dict__.update(shared, books=books, stray=0)
        # what every run finds, since Hypothesis likes short runs: a paid list, what it earned taken out, a free phase for all, one that is closed
        first.rule_phase_is_opened(0, 400, 0b11_0111)
        first.rule_phase_is_opened(1, 500, 0)
        first.rule_phase_is_opened(1, 600, 2)  # more than is left
        for who in range(5):
            first.rule_account_claims(0, 3, who)
            first.rule_account_claims(1, 4, who)
        first.rule_steward_takes_proceeds_out(0, 1)
        first.rule_phase_is_opened(1, 100, 4)
        first.rule_phase_is_closed(3, 5)
        for name, value in shared.items():
            setattr(self, name, value)
        self.first_books, self.first_stray = first.books, first.stray

    def setup(self):
        self.books, self.stray = self.first_books.copy(), self.first_stray

    # what may happen

    def rule_phase_is_opened(self, which="st_number", supply="st_amount", how="st_number"):
        """Try an opening by anybody; with a list, a bound, a price and a currency as the bits of `how` say."""
        community_id, token = self.tokens[which % 2]
        name = str(token.address)
        phases = self.books.phases[name]
        if len(phases) == MOST_PHASES:
            return
        number = len(phases) + 1 + (which // 2 % 8 == 7)
        lines = self.list_of(name, number, how) if how & 1 else None
        start = self.raw.now() + (LASTS_S // 2 if how >> 6 & 3 == 3 else 0)
        phase = Phase(
            name, community_id, number, start, start + LASTS_S, supply, (how >> 8 & 3) * 11,
            PRICES[how >> 1 & 3], self.currencies[how >> 3 & 1], lines.root if lines else NONE,
        )  # fmt: skip
        sender = self.steward if which // 16 % 8 != 7 else self.roles[0]
        expected = self.books.refusal_of_opening(phase, sender == self.steward)
        assert self.raw.refusal(sender, self.claims, "openPhase", (phase.words(),)) == expected
        self.reached.add(expected or "opened")
        if expected is None:
            assert self.raw.send(sender, self.claims, "openPhase", (phase.words(),))[0]
            phases.append(Opened(phase, lines, supply))

    def rule_account_claims(self, which="st_number", amount="st_amount", who="st_number"):
        opened = self.pick(which)
        account, to = self.account(who), self.account(who // 16)
        phase, lines = opened.phase, opened.lines
        cost = cost_of(amount, phase.price)
        paid = cost - 1 if who // 256 % 8 == 7 and cost else cost
        allowance, proof = 0, []
        if lines is not None:  # who is not on it tries with another's line
            line = account if account in lines.allowances else next(iter(lines.allowances))
            allowance, proof = lines.allowances[line], lines.proof(line)
        arguments = (phase.words(), amount, allowance, proof, paid, to)
        value = paid if phase.currency == ZERO else 0
        expected = self.books.refusal_of_claim(opened, account, amount, self.raw.now(), paid)
        assert self.raw.refusal(account, self.claims, "claim", arguments, value) == expected
        self.reached.add(expected or "claimed")
        if expected is None and self.raw.send(account, self.claims, "claim", arguments, value)[0]:
            self.books.claim(opened, account, amount)
            if to != account:
                self.books.balances[phase.token, account] -= amount
                self.books.balances[phase.token, to] += amount

    def rule_phase_is_closed(self, which="st_number", who="st_number"):
        opened = self.pick(which)
        sender = self.steward if who % 2 else self.roles[0]
        arguments = (opened.phase.words(),)
        expected = self.books.refusal_of_closing(opened, self.raw.now(), sender == self.steward)
        assert self.raw.refusal(sender, self.claims, "closePhase", arguments) == expected
        self.reached.add(expected or "closed")
        if expected is None:
            assert self.raw.send(sender, self.claims, "closePhase", arguments)[0]
            self.books.close(opened)

    def rule_steward_takes_proceeds_out(self, which="st_number", amount="st_amount"):
        community_id, _ = self.tokens[which % 2]
        currency, account = self.currencies[which // 2 % 2], account_of(community_id)
        owed = self.books.credits[account, currency]
        expected = None if 0 < amount <= owed else "CreditsNotEnough"
        arguments = (account, currency, str(self.owner), amount)
        assert self.raw.refusal(self.roles[0], self.claims, "withdrawFrom", arguments) == "CreditsNotOwner"
        assert self.raw.refusal(self.steward, self.claims, "withdrawFrom", arguments) == expected
        if expected is None:
            assert self.raw.send(self.steward, self.claims, "withdrawFrom", arguments)[0]
            self.books.credits[account, currency] -= amount
            self.reached.add("withdrawn")

    def rule_steward_mints_time_passes_or_money_comes_in_by_the_back_door(self, which="st_number", amount="st_amount"):
        if which % 4 == 0:
            jump_to(self.raw.now() + (LASTS_S if which // 4 % 2 else LASTS_S // 4))
        elif which % 4 == 1:
            self.stray += amount
            self.forced_ether.deploy(self.claims, {"from": self.owner, "value": amount})
        else:  # all that is left of the cap: no reserve may feel it
            token = self.tokens[which // 4 % 2][1]
            if token.mintable():
                assert self.raw.send(self.steward, token, "mint", (str(self.owner), token.mintable()))[0]

    # what must always be true

    def invariant_claims_say_what_the_books_say(self):
        self.books.check()
        reads, expected = [], []
        for community_id, token in self.tokens:
            name = str(token.address)
            phases = self.books.phases[name]
            reads += [(self.claims, "bookOf", (name,)), (token, "reserves", ())]
            given = sum(opened.claimed.total() for opened in phases)
            expected += [
                (len(phases), self.books.allotted(name)),
                (self.claims.address.lower(), RESERVED, given, ZERO, 0, 0),
            ]
            for opened in phases:
                key = opened.phase.key()
                reads.append((self.claims, "stateOf", (key,)))
                expected.append((opened.is_open, opened.left))
                for account in self.roles:
                    reads.append((self.claims, "claimedOf", (key, str(account))))
                    expected.append((opened.claimed[str(account)],))
            for account in self.roles:
                reads.append((token, "balanceOf", (str(account),)))
                expected.append((self.books.balances[name, str(account)],))
            for currency in self.currencies:
                account = account_of(community_id)
                reads.append((self.claims, "creditOf", (account, currency)))
                expected.append((self.books.credits[account, currency],))
        held = [
            sum(amount for (_, paid_in), amount in self.books.credits.items() if paid_in == currency)
            for currency in self.currencies
        ]
        reads += [(self.raw.reader, "balanceOf", (self.claims.address,)), (self.coin, "balanceOf", (self.claims,))]
        expected += [(held[0] + self.stray,), (held[1],)]
        assert self.raw.reads(*reads) == expected

    def teardown(self):
        """Everybody claims what is still to be had: an open phase in its time gives to its last unit."""
        remembered, kept = self.raw.snapshot(), self.books.copy()
        for phases in self.books.phases.values():
            for opened in phases:
                for account in map(str, self.roles):
                    most = opened.most(account)
                    amount = min(opened.left, (most or 0) - opened.claimed[account])
                    paid = cost_of(amount, opened.phase.price)
                    if self.books.refusal_of_claim(opened, account, amount, self.raw.now() + 1, paid) is None:
                        self.take(opened, account, amount, paid)
        self.invariant_claims_say_what_the_books_say()
        self.raw.revert(remembered)
        self.books = kept

    # helpers

    def take(self, opened: Opened, account: str, amount: int, paid: int) -> None:
        allowance, proof = 0, []
        if opened.lines is not None:
            allowance, proof = opened.lines.allowances[account], opened.lines.proof(account)
        arguments = (opened.phase.words(), amount, allowance, proof, paid, account)
        value = paid if opened.phase.currency == ZERO else 0
        went, second = self.raw.send(account, self.claims, "claim", arguments, value)
        assert went == (second <= opened.phase.end)
        if went:
            self.books.claim(opened, account, amount)
            self.reached.add("taken at the end")

    def account(self, number: int) -> str:
        return str(self.roles[number % len(self.roles)])

    def pick(self, which: int) -> Opened:
        phases = self.books.phases[str(self.tokens[which % 2][1].address)]
        return phases[which // 2 % len(phases)]

    def list_of(self, token: str, number: int, how: int) -> ClaimList:
        """Give a list of some of the accounts, with allowances of any size."""
        chosen = [str(account) for place, account in enumerate(self.roles) if how >> 4 + place & 1]
        chosen = chosen or [str(self.roles[0])]
        return ClaimList(token, number, {account: (how >> place) % 70 + 1 for place, account in enumerate(chosen)})


@pytest.fixture(scope="module")
def roles(seller, buyer, payer, arbiter, backup):
    return (seller, buyer, payer, arbiter, backup)


@pytest.fixture(scope="module")
def coin(OddToken, claims, roles, owner):
    made = OddToken.deploy(6, {"from": owner})
    for account in roles:
        made.mint(account, 10**15, {"from": owner})
        made.approve(claims, 2**256 - 1, {"from": account})
    return made


@pytest.fixture(scope="module")
def tokens(open_community, claims):
    reserve = {
        "claims": str(claims.address),
        "claim_allocation": RESERVED,
        "cap": 10 * RESERVED,
        "founder_allocation": 0,
    }
    return tuple(open_community(**reserve) for _ in range(2))


@pytest.mark.timeout(600)
def test_claims_keep_their_promises_when_anything_happens(
    claims, tokens, coin, roles, steward, owner, ManyReads, ForcedEther, state_machine
):
    reader = ManyReads.deploy({"from": owner})
    reached = set()
    arguments = (claims, tokens, coin, roles, steward, owner, reader, ForcedEther, reached)
    state_machine(Machine, *arguments, settings=machine_settings(20))
    wanted = {
        "opened",
        "claimed",
        "closed",
        "withdrawn",
        "taken at the end",
        "ClaimsReserveExceeded",
        "ClaimsNotListed",
    }
    assert_reached(wanted, reached)
