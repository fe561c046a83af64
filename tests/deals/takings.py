"""After the end: everybody takes out all that he has, in the way that his account has."""

from collections.abc import Callable
from functools import partial

from tests.deals.plan import Act
from tests.deals.steps import Steps
from tests.helpers.accounts import community_account, split_account
from tests.helpers.books import Event


class Takings(Steps):
    """Takes out bonds and credits until the Market holds nothing."""

    def _take_out(self) -> None:
        """Everybody takes out all that he has, the acts of different senders in one block."""
        for currency in self.currencies:
            free = [account for account in self.world.by_address if self.books.bonds[account, currency]]
            self._in_blocks([partial(self._take_bond, account, currency) for account in free])
        for currency in self.currencies:
            owed = [account for account in self.world.accounts if self.books.credits[account, currency]]
            for part in (True, False):
                left = [account for account in owed if self.books.credits[account, currency]]
                self._in_blocks([partial(self._take_credit, account, currency, part) for account in left])
            assert self.books.balances[self.books.market, currency] == 0, "something was left behind"

    def _in_blocks(self, makers: list[Callable[[int], Act | None]]) -> None:
        while makers:
            timestamp, block, rest = self.later(), [], []
            for make in makers:
                act = make(timestamp)
                if act is None:
                    continue
                if act.actor.sender in {other.actor.sender for other in block}:
                    rest.append(make)
                else:
                    block.append(act)
            if block and not self.do(*block):
                rest = makers
            makers = rest

    def _take_bond(self, account: str, currency: str, timestamp: int) -> Act:
        amount = self.books.bonds[account, currency]
        effect = partial(self.books.withdraw_bond, account, currency, amount)
        return self.act("withdrawBond", self.actor(account), effect, timestamp, currency=currency, amount=amount)

    def _take_credit(self, account: str, currency: str, part: bool, timestamp: int) -> Act | None:
        """Take a credit out in the way that its account has; a part of it first, sometimes."""
        owed = self.books.credits[account, currency]
        if part and not self.draws.once_in(5):
            return None
        amount = max(owed // 2, 1) if part else owed
        stewards = {community_account(0): "owner", community_account(self.world.community_id): "steward"}
        if account == split_account(*self.world.split):
            return self._collect_split(account, currency, timestamp)
        to = self.world.people[self.draws.pick(("friend", "buyer's wallet"))].address
        if account in stewards:
            effect = partial(self.books.withdraw, account, currency, to, amount)
            arguments = {"account": account, "currency": currency, "to": to, "amount": amount}
            return self.act("withdrawFrom", self.world.people[stewards[account]], effect, timestamp, **arguments)
        if not part and self.draws.once_in(3):
            effect = partial(self.books.withdraw, account, currency, account, owed)
            return self.act("push", self.anybody(), effect, timestamp, account=account, currency=currency)
        effect = partial(self.books.withdraw, account, currency, to, amount)
        return self.act("withdraw", self.actor(account), effect, timestamp, currency=currency, to=to, amount=amount)

    def _collect_split(self, account: str, currency: str, timestamp: int) -> Act:
        split_id, version = self.world.split
        said = {"ledger": self.books.market, "currency": currency, "splitId": split_id, "version": version}
        splits, amount = self.world.address("splits"), self.books.credits[account, currency]

        def effect() -> list[Event]:
            received = {"splitId": split_id, "version": version, "currency": currency, "source": self.books.market}
            events = self.books.withdraw(account, currency, splits, amount)
            return [*events, Event("SplitReceived", {**received, "amount": amount}, splits)]

        return self.act("collect", self.anybody(), effect, timestamp, contract="splits", **said)
