"""Parties that make trouble. An account of the node gets the code of a hostile wallet at its very address."""

from collections.abc import Callable

from tests.helpers.raw import Raw
from tests.helpers.terms import ZERO

GONE = "gone"  # no code, and no key that would ever sign again
FIGHTS = "fights"  # answers in the last hour, with whatever costs the other side most time
RECEPTIONS = ("refuses", "burns gas", "floods", "reverts with a flood")  # a HostileReceiver's, in its order
MANNERS = (GONE, *RECEPTIONS)


class Hostility:
    """Turns parties hostile: by code at their address, and by the currency's blocklist."""

    def __init__(self, raw: Raw, make_wallet: Callable, coin, owner) -> None:
        """Args: what talks to the node; makes a HostileReceiver of a kind; the token with a blocklist, and who may use it."""
        self.raw, self.coin, self.owner = raw, coin, owner
        self.is_paused = False
        self.codes = {
            manner: raw.ask("eth_getCode", make_wallet(kind).address, "latest")
            for kind, manner in enumerate(RECEPTIONS)
        }
        self.set_code = "anvil_setCode" if raw.on_anvil else "evm_setAccountCode"

    def turn(self, account, manner: str) -> None:
        """Make an account behave like this when it is called or paid."""
        if manner in self.codes:
            self.raw.ask(self.set_code, str(account), self.codes[manner])

    def block(self, *accounts) -> None:
        """Let the token move nothing from or to these accounts."""
        for account in accounts:
            assert self.raw.send(self.owner, self.coin, "setBlocked", (str(account), True))[0]

    def pause(self) -> None:
        """Let the token move nothing at all."""
        self._free_alone("0x" + "01" * 20)
        self.is_paused = True

    def resume(self) -> None:
        """Let it move again, but for who is blocked."""
        if self.is_paused:
            self._free_alone(ZERO)
            self.is_paused = False

    def _free_alone(self, account: str) -> None:
        assert self.raw.send(self.owner, self.coin, "blockAllBut", (account, account))[0]
