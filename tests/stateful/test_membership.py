"""Members lock, delegate, leave and come back in any order, against books kept in plain Python.

Promises looked after: the membership holds what is locked and what is on its way back, to the unit; votes are the locked tokens, counted
once, by whom the member names; votes of a past second never change; tokens come out to their member alone, after the notice.
"""

import pytest
from hypothesis import strategies as st

from tests.helpers.member_books import NOTICE_S, MemberBooks
from tests.helpers.raw import Raw
from tests.helpers.runs import ON_ANVIL, assert_reached, machine_settings
from tests.helpers.terms import ZERO

pytestmark = ON_ANVIL

PLENTY = 10**9


class Machine:
    st_who = st.integers(0, 2**16)
    st_amount = st.one_of(st.integers(0, 30), st.integers(1, PLENTY))
    st_wait = st.sampled_from((1, NOTICE_S // 3, NOTICE_S))

    def __init__(self, membership, token, steward, people, reader, reached):
        # brownie calls this once, with the class as self
        shared = {
            "raw": Raw(reader, membership, token),
            "membership": membership,
            "token": token,
            "steward": steward,
            "people": [str(person) for person in people],
            "reached": reached,
        }
        first = Machine.__new__(Machine)
        first.__dict__.update(shared, books=MemberBooks(dict.fromkeys(shared["people"], PLENTY)))
        # what every run finds, since Hypothesis likes short runs: a member who has been through all of it, and two on their way
        for who in range(3):
            first.rule_member_locks(who, 100 + who)
            first.rule_member_asks_for_tokens(who, 7)
            first.rule_somebody_brings_tokens_home(who)
        first.rule_member_takes_an_unlock_back(0)
        first.rule_time_passes(NOTICE_S)
        first.rule_somebody_brings_tokens_home(130)  # those of 1, brought by 2
        first.rule_somebody_brings_tokens_home(1)
        first.rule_member_names_a_delegate(33)  # 0 names 2
        for name, value in shared.items():
            setattr(self, name, value)
        self.first_books = first.books

    def setup(self):
        self.books = self.first_books.copy()

    # what may happen

    def rule_member_locks(self, who="st_who", amount="st_amount"):
        account = self.account(who)
        enough = amount <= self.books.wallets[account]
        expected = "MembershipNothing" if not amount else None if enough else "ERC20InsufficientBalance"
        if self.tried(account, "lock", (amount,), expected):
            self.books.lock(account, amount)

    def rule_member_asks_for_tokens(self, who="st_who", amount="st_amount"):
        account = self.account(who)
        amount = amount % (self.books.locked_by(account) + 2)  # all of it and one more now and then
        enough = amount <= self.books.locked_by(account)
        expected = "MembershipNothing" if not amount else None if enough else "MembershipNotLocked"
        second = self.tried(account, "requestUnlock", (amount,), expected)
        if second:
            self.books.request(account, amount, second)

    def rule_member_takes_an_unlock_back(self, who="st_who"):
        account, number = self.account(who), who // 16 % 4
        known = self.books.unlock_of(account, number)
        if self.tried(account, "cancelUnlock", (number,), None if known else "MembershipNoUnlock"):
            self.books.cancel(account, number)
            self.reached.add("taken back")

    def rule_somebody_brings_tokens_home(self, who="st_who"):
        account, number, sender = self.account(who), who // 16 % 4, self.account(who // 64)
        known = self.books.unlock_of(account, number)
        early = known is not None and self.raw.now() < known.available_at
        expected = "MembershipNoUnlock" if known is None else "MembershipTooEarly" if early else None
        if self.tried(sender, "withdraw", (account, number), expected):
            self.books.withdraw(account, number)
            self.reached.add("withdrawn")
        self.reached.add(expected)

    def rule_member_names_a_delegate(self, who="st_who"):
        account, delegate = self.account(who), (*self.people, ZERO)[who // 16 % (len(self.people) + 1)]
        assert self.tried(account, "delegate", (delegate,), None)
        self.books.named[account] = account if delegate == ZERO else delegate
        self.reached.add("delegated" if self.books.named[account] != account else "voting for himself")

    def rule_steward_sets_tiers(self, amount="st_amount"):
        self.books.tiers = (amount + 1, 2 * amount + 2)
        assert self.tried(self.steward, "setTiers", (self.books.tiers,), None)

    def rule_time_passes(self, wait="st_wait"):
        self.raw.jump_to(self.raw.now() + wait)

    # what must be so, always

    def invariant(self):
        now, books, who = self.raw.now(), self.books, self.membership
        asked = [(self.token, "balanceOf", (who,)), (who, "totalActive", ()), (who, "memberCount", ())]
        expected = [books.held(), sum(books.active.values()), sum(amount > 0 for amount in books.active.values())]
        for account in self.people:
            for name, value in (
                ("activeOf", books.locked_by(account)),
                ("balanceOf", int(books.locked_by(account) > 0)),
                ("getVotes", books.votes_of(account)),
                ("tierOf", books.tier_of(account)),
                ("delegates", books.delegate_of(account).lower()),
                ("unlockCount", len(books.leaving.get(account, []))),
            ):
                asked.append((who, name, (account,)))
                expected.append(value)
            asked.append((self.token, "balanceOf", (account,)))
            expected.append(books.wallets[account])
        for second, votes in books.past.items():
            for account, amount in votes.items():
                asked.append((who, "getPastVotes", (account, second)))
                expected.append(amount)
        assert [found[0] for found in self.raw.reads(*asked)] == expected
        self.raw.jump_to(now + 1)  # the second is over: what is true in it must stay so
        books.past = {second: votes for second, votes in books.past.items() if second > now - NOTICE_S}
        if len(books.past) < 4:
            books.past[now] = {account: books.votes_of(account) for account in self.people}

    # how it is done

    def account(self, number: int) -> str:
        return self.people[number % len(self.people)]

    def tried(self, sender, name: str, arguments: tuple, expected: str | None) -> int:
        """Make a call that must go through, or see it refused as it must be; give the second of one that went through."""
        assert self.raw.refusal(sender, self.membership, name, arguments) == expected
        if expected is not None:
            return 0
        done, second = self.raw.send(sender, self.membership, name, arguments)
        assert done
        return second


@pytest.fixture(scope="module")
def people(membership, token, steward, seller, buyer, payer):
    """Give three people with plenty of tokens, which the membership may take."""
    for account in (seller, buyer, payer):
        token.mint(account, PLENTY, {"from": steward})
        token.approve(membership, 2**256 - 1, {"from": account})
    return seller, buyer, payer


@pytest.mark.timeout(600)
def test_members_keep_tokens_and_votes_when_anything_happens(
    membership, token, steward, people, owner, ManyReads, state_machine
):
    reader, reached = ManyReads.deploy({"from": owner}), set()
    state_machine(Machine, membership, token, steward, people, reader, reached, settings=machine_settings(20))
    wanted = {"taken back", "withdrawn", "delegated", "voting for himself", "MembershipTooEarly", "MembershipNoUnlock"}
    assert_reached(wanted, reached)
