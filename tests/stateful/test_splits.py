"""Random lives of several splits at once, in ETH and in a token, against books kept in plain Python.

Promises looked after: money is conserved to the unit in each version's own books; a change never touches past income; no
share falls without its payee, and no locked one at all; and at any moment each payee alone takes out all that is due to it.
"""

from dataclasses import replace

import pytest
from hypothesis import strategies as st

from tests.helpers.raw import Raw
from tests.helpers.runs import ON_ANVIL, assert_reached, machine_settings
from tests.helpers.split_books import Split, SplitBooks
from tests.helpers.splits import BPS, LATE, Change, Share
from tests.helpers.terms import ZERO
from tests.helpers.time import jump_to

pytestmark = ON_ANVIL

MOST_SPLITS = 4
MOST_SEATS = 9
LOCK_S = 5_000


class Machine:
    st_number = st.integers(0, 2**32)
    st_amount = st.one_of(st.integers(1, 30), st.integers(1, 10**9))
    st_parts = st.lists(st.integers(1, 4_000), min_size=1, max_size=6)

    def __init__(self, splits, ledger, coin, roles, owner, reader, ForcedEther, reached):
        # brownie calls this once, with the class as self
        shared = {
            "splits": splits,
            "ledger": ledger,
            "coin": coin,
            "roles": roles,
            "owner": owner,
            "forced_ether": ForcedEther,
            "raw": Raw(reader, splits, ledger, coin),
            "currencies": (ZERO, str(coin.address)),
            "reached": reached,
        }
        first = Machine.__new__(Machine)
        first.__dict__.update(shared, books=SplitBooks())
        # what every run finds, since Hypothesis likes short runs: a split of three with income, changed and locked
        first.rule_split_is_created([3_333, 3_333, 3_334], 0)
        first.rule_split_is_created([1], 4)
        for currency in range(2):
            first.rule_ledger_credits(currency, 1_000_003)
            first.rule_credit_is_collected(currency)
        first.rule_payee_claims(0, 0)
        first.rule_deposit_is_paid_and_swept(64, 77)
        first.rule_shares_change(0, [5_000, 3_333, 1_667], 0)  # locks the first seat's share
        first.rule_shares_change(0, [1], 2)  # would take it away
        first.rule_payee_moves(0, 800)  # the first seat, from the first account to the fourth
        for name, value in shared.items():
            setattr(self, name, value)
        self.first_books = first.books

    def setup(self):
        self.books = self.first_books.copy()

    # what may happen

    def rule_split_is_created(self, parts="st_parts", who="st_number"):
        if len(self.books.splits) == MOST_SPLITS:
            return
        shares = whole(tuple(Share(seat, part) for seat, part in enumerate(parts)))
        payees = [self.account(who + seat) for seat in range(len(shares))]
        words = (payees, [share.words() for share in shares])
        assert self.raw.send(self.owner, self.splits, "create", words)[0]
        self.books.splits.append(Split(payees, [shares]))

    def rule_ledger_credits(self, which="st_number", amount="st_amount"):
        split_id, version, currency = self.pick_version(which)
        account = self.splits.accountOf(split_id, version)
        value = amount if currency == ZERO else 0
        assert self.raw.send(self.owner, self.ledger, "credit", (account, currency, amount), value)[0]
        self.books.credited[split_id, version, currency] += amount

    def rule_credit_is_collected(self, which="st_number"):
        where = split_id, version, currency = self.pick_version(which)
        arguments = (self.ledger, currency, split_id, version)
        amount = self.books.credited[where]
        expected = None if amount else "CreditsNotEnough"
        assert self.raw.refusal(self.owner, self.splits, "collect", arguments) == expected
        if expected is None:
            assert self.raw.send(self.owner, self.splits, "collect", arguments)[0]
            self.books.received[where] += amount
            self.books.credited[where] = 0
            self.reached.add("collected")

    def rule_deposit_is_paid_and_swept(self, which="st_number", amount="st_amount"):
        split_id, _, currency = self.pick_version(which)
        if which // 64 % 3:
            self.pay(self.splits.depositOf(split_id), amount, currency)
            self.books.deposited[split_id, currency] += amount
        if which // 64 % 2:
            self.sweep(split_id, currency)

    def rule_payee_claims(self, which="st_number", who="st_number"):
        split_id, version, currency = self.pick_version(which)
        shares = self.books.splits[split_id - 1].versions[version - 1]
        place = who % (len(shares) + 1)
        sender, to = self.account(who // 16), self.account(who // 256)
        expected = self.refusal_of_claim(split_id, version, place, currency, sender, to)
        arguments = (split_id, version, place, currency, to)
        assert self.raw.refusal(sender, self.splits, "claim", arguments) == expected
        if expected is None:
            self.claim(split_id, version, place, currency, sender, to)

    def rule_shares_change(self, which="st_number", parts="st_parts", who="st_number"):
        """Try a change before each of those who must agree has; then with all of them."""
        split_id = which % len(self.books.splits) + 1
        split = self.books.splits[split_id - 1]
        change = self.change_of(split, parts, who)
        expected = self.refusal_of_change(split, change)
        words = (split_id, change.words())
        if expected is not None:
            assert self.raw.refusal(self.owner, self.splits, "change", (*words, [])) == expected
            self.reached.add(expected)
            return
        (seats,) = self.raw.reads((self.splits, "seatsToAgree", words))[0]
        assert list(seats) == split.seats_to_agree(change, self.raw.now())
        (changed,) = self.raw.reads((self.splits, "hashOfChange", words))[0]
        words = (*words, [b""] * len(seats))
        for payee in sorted({split.payees[seat] for seat in seats}):  # one may have two seats
            assert self.raw.refusal(self.nobody, self.splits, "change", words) == "SplitsNotSigned"
            assert self.raw.send(payee, self.splits, "approve", (changed, True))[0]
        if self.raw.send(self.nobody, self.splits, "change", words)[0]:
            split.versions.append(change.shares)
            split.payees.extend(change.new_payees)
            self.reached.add("changed")
        else:  # a lock ran out or began to hold within the second
            assert self.refusal_of_change(split, change) is not None

    def rule_payee_moves(self, which="st_number", who="st_number"):
        split_id = which % len(self.books.splits) + 1
        split = self.books.splits[split_id - 1]
        seat, sender, to = who % (len(split.payees) + 1), self.account(who // 16), self.account(who // 256)
        may = seat < len(split.payees) and split.payees[seat] == sender
        expected = None if may else "SplitsNotPayee"
        assert self.raw.refusal(sender, self.splits, "movePayee", (split_id, seat, to)) == expected
        if may:
            assert self.raw.send(sender, self.splits, "movePayee", (split_id, seat, to))[0]
            split.payees[seat] = to
            self.reached.add("moved")

    def rule_time_passes_or_money_comes_in_by_the_back_door(self, which="st_number", amount="st_amount"):
        if which // 4 % 2:
            jump_to(self.raw.now() + (LOCK_S if which // 8 % 2 else LOCK_S // 3))
            return
        currency = self.currencies[which % 2]
        self.books.stray[currency] += amount
        if currency == ZERO:
            self.forced_ether.deploy(self.splits, {"from": self.owner, "value": amount})
        else:
            self.pay(self.splits, amount, currency)

    # what must always be true

    def invariant_splits_say_what_the_books_say(self):
        self.books.check()
        reads, expected = [], []
        for split_id, split in enumerate(self.books.splits, 1):
            for version, shares in enumerate(split.versions, 1):
                words = tuple(share.words() for share in shares)
                payees = tuple(split.payees[share.seat].lower() for share in shares)
                reads.append((self.splits, "sharesOf", (split_id, version)))
                expected.append((words, payees))
                for currency in self.currencies:
                    reads.append((self.splits, "receivedBy", (split_id, version, currency)))
                    expected.append((self.books.received[split_id, version, currency],))
                    for place in range(len(shares)):
                        reads.append((self.splits, "claimableOf", (split_id, version, place, currency)))
                        expected.append((self.books.claimable(split_id, version, place, currency),))
        reads += [(self.coin, "balanceOf", (self.splits,)), (self.raw.reader, "balanceOf", (self.splits.address,))]
        expected += [(self.books.must_hold(self.currencies[1]),), (self.books.must_hold(ZERO),)]
        assert self.raw.reads(*reads) == expected

    def teardown(self):
        """Everybody takes out everything: on the way nobody is short, and less than a unit a payee stays in each book."""
        remembered, kept = self.raw.snapshot(), self.books.copy()
        for split_id, split in enumerate(self.books.splits, 1):
            for version, shares in enumerate(split.versions, 1):
                for currency in self.currencies:
                    for place, share in enumerate(shares):
                        if self.books.claimable(split_id, version, place, currency):
                            payee = split.payees[share.seat]
                            self.claim(split_id, version, place, currency, payee, payee)
        self.invariant_splits_say_what_the_books_say()
        places = sum(len(shares) - 1 for split in self.books.splits for shares in split.versions)
        for currency in self.currencies:
            assert self.books.owed(currency) <= places
        self.raw.revert(remembered)
        self.books = kept

    # helpers

    @property
    def nobody(self):
        """Give an account that is nobody's payee."""
        return self.owner

    def account(self, number: int) -> str:
        return str(self.roles[number % len(self.roles)])

    def pick_version(self, which: int) -> tuple[int, int, str]:
        split_id = which // 2 % len(self.books.splits) + 1
        versions = len(self.books.splits[split_id - 1].versions)
        return split_id, which // 16 % versions + 1, self.currencies[which % 2]

    def pay(self, to, amount: int, currency: str) -> None:
        if currency == ZERO:
            self.owner.transfer(to, amount, silent=True)
        else:
            assert self.raw.send(self.owner, self.coin, "transfer", (to, amount))[0]

    def sweep(self, split_id: int, currency: str) -> None:
        amount = self.books.deposited[split_id, currency]
        expected = None if amount else "SplitsNothingArrived"
        assert self.raw.refusal(self.owner, self.splits, "sweep", (split_id, currency)) == expected
        if expected is None:
            assert self.raw.send(self.owner, self.splits, "sweep", (split_id, currency))[0]
            self.books.received[split_id, len(self.books.splits[split_id - 1].versions), currency] += amount
            self.books.deposited[split_id, currency] = 0
            self.reached.add("swept")

    def refusal_of_claim(self, split_id, version, place, currency, sender, to) -> str | None:
        split = self.books.splits[split_id - 1]
        shares = split.versions[version - 1]
        if place == len(shares):
            return "SplitsNoPayeeAt"
        if split.payees[shares[place].seat] not in (sender, to):
            return "SplitsNotPayee"
        return None if self.books.claimable(split_id, version, place, currency) else "SplitsNothingToClaim"

    def claim(self, split_id, version, place, currency, sender, to) -> None:
        amount = self.books.claimable(split_id, version, place, currency)
        before = self.held(to, currency)
        assert self.raw.send(sender, self.splits, "claim", (split_id, version, place, currency, to))[0]
        if currency != ZERO or sender != to:  # who pays for gas has less ETH than before
            assert self.held(to, currency) == before + amount
        self.books.claimed[split_id, version, place, currency] += amount
        self.reached.add("claimed")

    def held(self, account, currency: str) -> int:
        contract = self.raw.reader if currency == ZERO else self.coin
        return self.raw.reads((contract, "balanceOf", (account,)))[0][0]

    def change_of(self, split: Split, parts: list[int], who: int) -> Change:
        """Give a change of some of the seats, with a new payee or a lock now and then."""
        seats = [seat for seat in range(len(split.payees)) if who >> seat & 1] or [0]
        new = [self.account(who // 32)] if who // 512 % 3 == 0 and len(split.payees) < MOST_SEATS else []
        seats = [*seats, *(len(split.payees) + number for number in range(len(new)))]
        parts = [parts[number % len(parts)] for number in range(len(seats))]
        shares = whole(tuple(Share(seat, part) for seat, part in zip(seats, parts, strict=True)))
        until = self.raw.now() + LOCK_S
        kept = tuple(
            replace(share, locked_until=until if who // 1024 % 4 == 0 else split.share_of(share.seat).locked_until)
            for share in shares
        )
        return Change(kept, tuple(new), LATE)

    def refusal_of_change(self, split: Split, change: Change) -> str | None:
        seats = split.seats_to_agree(change, self.raw.now())
        if seats is None:
            return "SplitsShareLocked"
        return None if seats else "SplitsNothingChanges"


def whole(shares: tuple[Share, ...]) -> tuple[Share, ...]:
    """Scale shares so that together they make 10 000 basis points, none of them 0."""
    total = sum(share.bps for share in shares)
    scaled = [max(1, share.bps * (BPS - len(shares)) // total) for share in shares]
    scaled[0] += BPS - sum(scaled)
    return tuple(replace(share, bps=bps) for share, bps in zip(shares, scaled, strict=True))


@pytest.fixture(scope="module")
def roles(seller, buyer, payer, arbiter, backup):
    return (seller, buyer, payer, arbiter, backup)


@pytest.fixture(scope="module")
def coin(coin_of, ledger, owner):
    made = coin_of()
    made.approve(ledger, 2**256 - 1, {"from": owner})
    return made


@pytest.mark.timeout(600)
def test_splits_keep_their_promises_when_anything_happens(
    splits, ledger, coin, roles, owner, ManyReads, ForcedEther, state_machine
):
    reader = ManyReads.deploy({"from": owner})
    reached = set()
    state_machine(
        Machine, splits, ledger, coin, roles, owner, reader, ForcedEther, reached, settings=machine_settings(20)
    )
    wanted = {"collected", "swept", "claimed", "changed", "moved", "SplitsShareLocked"}
    assert_reached(wanted, reached)
