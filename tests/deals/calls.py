"""Valid calls about an order: at random moments in time for them, with random amounts."""

from functools import partial
from typing import Any

from tests.deals import signing
from tests.deals.goods import BPS
from tests.deals.plan import Act
from tests.deals.steps import Steps
from tests.helpers.books import MAX_EXTENSION, Call, Entry, Event
from tests.helpers.deal import FAR, State
from tests.helpers.files import RIGHT, WRONG
from tests.helpers.terms import DAY, ZERO

LONG = 3 * DAY
URI = "ipfs://bafybeigdyrzt5sfp7udm7hu76uh7y26nf3efuylqabf3oclgtqy55fbzdi"
DONE = "0x" + "de" * 32


class Calls(Steps):
    """Makes each call that the parties have."""

    def order_act(self, entry: Entry, call: Call, **rest: Any) -> Act:
        """Give a valid call about an order: `rest` are its own arguments."""
        head = {"terms": entry.deal.terms, "holder": entry.deal.purchase.holder, "ref": entry.deal.ref}
        actor = self.actor(call.account)
        effect = partial(self._applied, entry, call)
        return Act(call.name, actor, {**head, **rest}, call.timestamp, effect, "market", call.value, entry)

    def _applied(self, entry: Entry, call: Call) -> list[Event]:
        refused = None if call.name == "settleBySignature" else self.books.refusal(entry, call)
        assert refused is None, f"{call} is planned, but is refused: {refused}"
        return self.books.apply(entry, call)

    def until(self, last: int) -> int:
        """Give a moment up to a deadline, its last second included."""
        soon = min(self.later(), last)
        return self.draws.pick((soon, last, min(self.now + self.draws.number(0, LONG), last)))

    def some_of(self, amount: int) -> int:
        """Give a part of an amount, none and all included."""
        return self.draws.pick((amount // 2, 0, amount, self.draws.number(0, amount)))

    def _plain(self, entry: Entry, name: str, account: str) -> None:
        self.do(self.order_act(entry, Call(name, account, self.later())))

    def _changed(self, entry: Entry, name: str, account: str) -> None:
        self.changes_left = max(self.changes_left - 1, 0)
        self._plain(entry, name, account)

    def _accept(self, entry: Entry) -> None:
        terms = entry.deal.terms
        free = self.books.bonds[terms.seller, terms.currency]
        if free < entry.bond:
            self.deposit(terms.seller, terms.currency, entry.bond - free)
        if self.now <= entry.clock:
            self.do(self.order_act(entry, Call("accept", terms.seller, self.until(entry.clock))))

    def _deliver(self, entry: Entry, name: str) -> None:
        call = Call(name, entry.deal.terms.seller, self.until(entry.clock), entry.milestone, hash=DONE)
        extras = entry.deal.extras
        rest = {} if name == "deliver" else {"extras": extras, "milestone": entry.milestone}
        self.do(self.order_act(entry, call, **rest, commitment=DONE))

    def _deliver_file(self, entry: Entry) -> None:
        wrap = entry.deal.wrap(self.goods.one_of("key", RIGHT, WRONG))
        call = Call("deliverFile", entry.deal.terms.seller, self.until(entry.clock), wrap=wrap)
        self.do(self.order_act(entry, call, wrap=wrap))

    def _claim(self, entry: Entry) -> None:
        deal = entry.deal
        shown = {"file": deal.file, "purchase": deal.purchase, "wrap": entry.wrap, "secret": deal.secret}
        self.do(self.order_act(entry, Call("claimBadKey", entry.holder, self.until(entry.clock)), **shown))

    def _parts(self, entry: Entry, name: str, account: str) -> None:
        call = Call(name, account, self.later(), entry.milestone)
        in_parts = {"extras": entry.deal.extras, "milestone": entry.milestone} if name == "confirmMilestone" else {}
        self.do(self.order_act(entry, call, **in_parts))

    def _expire(self, entry: Entry, name: str) -> None:
        timestamp = max(self.later(), entry.last_second + self.draws.pick((1, DAY)))
        call = Call(name, self.anybody().address, timestamp, entry.milestone)
        in_parts = {"extras": entry.deal.extras, "milestone": entry.milestone} if name == "expireMilestone" else {}
        self.do(self.order_act(entry, call, **in_parts))

    def _dispute(self, entry: Entry) -> None:
        terms, fee = entry.deal.terms, entry.deal.fee
        enough = self.books.bonds[entry.holder, terms.currency] >= fee
        value = fee if terms.currency == ZERO and (not enough or self.draws.once_in(2)) else 0
        call = Call("dispute", entry.holder, self.until(entry.clock), 0, value, uri=URI, hash=DONE)
        self.do(self.order_act(entry, call, uri=URI, hash=DONE))

    def _stake(self, entry: Entry) -> None:
        terms, fee = entry.deal.terms, entry.deal.fee
        account = self.draws.pick((terms.seller, self.anybody().address))
        from_bond = (
            account == terms.seller and self.books.bonds[account, terms.currency] >= fee and self.draws.once_in(2)
        )
        value = fee if terms.currency == ZERO and not from_bond else 0
        self.do(self.order_act(entry, Call("stake", account, self.until(entry.clock), 0, value)))

    def _submit(self, entry: Entry, account: str) -> None:
        self.changes_left = max(self.changes_left - 1, 0)
        uri = self.draws.pick((URI, "", "u" * 256))
        self.do(
            self.order_act(entry, Call("submitEvidence", account, self.later(), uri=uri, hash=DONE), uri=uri, hash=DONE)
        )

    def _rule(self, entry: Entry, account: str) -> None:
        first, last = self.now, entry.clock
        if account == entry.deal.terms.backup_arbiter:
            first, last = max(self.now, entry.clock + 1), entry.last_second
        timestamp = min(max(self.draws.pick((first, last, first + LONG)), first), last)
        bps = self.draws.pick((5_000, 0, BPS, self.draws.number(0, BPS)))
        self.do(self.order_act(entry, Call("rule", account, timestamp, bps), bpsToBuyer=bps))

    def _part(self, entry: Entry, name: str, account: str, amount: int, small: bool = False) -> None:
        self.changes_left = max(self.changes_left - small, 0)
        call = Call(name, account, self.later(), amount)
        self.do(self.order_act(entry, call, expectedAmount=entry.amount, amount=amount))

    def _offer(self, entry: Entry, account: str) -> None:
        self.changes_left = max(self.changes_left - 1, 0)
        to_holder = self.some_of(entry.amount)
        call = Call("offerSettlement", account, self.later(), to_holder)
        self.do(self.order_act(entry, call, expectedAmount=entry.amount, toHolder=to_holder))

    def _accept_offer(self, entry: Entry, account: str) -> None:
        to_holder = entry.standing(account)
        assert to_holder is not None
        call = Call("acceptSettlement", account, self.later(), to_holder)
        self.do(self.order_act(entry, call, toHolder=to_holder))

    def _settle_signed(self, entry: Entry) -> None:
        seller = entry.deal.terms.seller
        account, signer = self.draws.pick(((entry.holder, seller), (seller, entry.holder)))
        timestamp, to_holder = self.later(), self.some_of(entry.amount)
        deadline = self.draws.pick((FAR, timestamp))
        signature = signing.settlement(self.world, entry, self.actor(signer), to_holder, deadline)
        call = Call("settleBySignature", account, timestamp, to_holder)
        self.do(self.order_act(entry, call, toHolder=to_holder, deadline=deadline, signature=signature))

    def _transfer(self, entry: Entry) -> None:
        self.changes_left = max(self.changes_left - 1, 0)
        people = self.world.people
        others = [people[name].address for name in ("friend", "buyer", "buyer's wallet")]
        to = self.draws.pick([other for other in others if other != entry.holder])
        self.do(self.order_act(entry, Call("transferOrder", entry.holder, self.later(), to=to), to=to))

    def _extend(self, entry: Entry) -> None:
        self.changes_left = max(self.changes_left - 1, 0)
        account = entry.deal.terms.seller if entry.state == State.DELIVERED else entry.holder
        more = min(self.draws.pick((1, DAY, MAX_EXTENSION)), MAX_EXTENSION - entry.extended_s)
        call = Call("extend", account, self.until(entry.clock), more)
        self.do(self.order_act(entry, call, expectedClock=entry.clock, newClock=entry.clock + more))

    def deposit(self, owner: str, currency: str, amount: int) -> None:
        payer = self.anybody() if self.draws.once_in(2) else self.actor(owner)
        effect = partial(self.books.deposit_bond, payer.address, owner, currency, amount)
        value = amount if currency == ZERO else 0
        arguments = {"account": owner, "currency": currency, "amount": amount}
        self.do(self.act("depositBond", payer, effect, value=value, **arguments))
