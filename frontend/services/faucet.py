"""Test money on local chains: the node's own unlocked account gives some to whoever signed in and has little."""

from flask_babel import gettext

from frontend.config import Settings
from frontend.errors import NotAllowed, Refused
from frontend.formatters import eth
from frontend.services.chain import Chain
from frontend.store.database import Database

GIVER = 9  # the last of the local chain's ten accounts
GIFT_WEI = 10 * 10**18
ENOUGH_WEI = 5 * 10**18


class Faucet:
    """Gives test ETH. There is none on public chains."""

    def __init__(self, settings: Settings, chain: Chain, db: Database) -> None:
        self.is_open = settings.is_local
        self.chain = chain
        self.db = db

    def give(self, account: str) -> str:
        """Send test ETH to an account and give the transaction's hash.

        Raises: NotAllowed on a public chain, Refused when the account has enough.
        Chain: sends from the node's account 9.
        """
        if not self.is_open:
            raise NotAllowed(gettext("There is a faucet on local test chains only."), key="no_faucet")
        self.chain.check()
        held = self.chain.balance(account)
        if held >= ENOUGH_WEI:
            raise Refused(
                gettext("Your account has %(held)s already; that is enough to try everything.", held=eth(held)),
                key="has_enough",
            )
        givers = self.chain.ask("eth_accounts", [])
        if len(givers) <= GIVER:
            raise Refused(gettext("The node has no account to give from."), key="no_giver")
        sending = {"from": givers[GIVER], "to": account, "value": hex(GIFT_WEI)}
        return str(self.chain.ask("eth_sendTransaction", [sending])).lower()
