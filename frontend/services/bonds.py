"""Free bonds: money that a seller puts aside, from which orders lock what their terms ask for."""

from eth_utils.address import to_checksum_address

from frontend.contracts.registry import Registry
from frontend.formatters import ETH
from frontend.marks import N_
from frontend.services.approvals import Approvals
from frontend.services.intents import Call, Intent, Intents, Line, Plan, Spend, new_form_key

ABI = "Market"
PAGE = "/bonds"


class Bonds:
    """Putting a bond aside and taking a free one out. Who may take it out is its account alone."""

    def __init__(self, registry: Registry, intents: Intents, approvals: Approvals) -> None:
        self.registry = registry
        self.intents = intents
        self.approvals = approvals

    def prepare_deposit(self, account: str, currency: str, amount_units: int, form_key: str = "") -> Intent:
        """Give the intent that adds to the own free bond; for a token, the approval that goes first.

        Chain: for a token, reads the allowance.
        """
        form_key = form_key or new_form_key()
        token = to_checksum_address(currency)
        is_eth = currency == ETH
        if not is_eth and self.approvals.allowed(token, account) < amount_units:
            values = {"currency": currency, "amount_units": str(amount_units), "form_key": form_key}
            follow = {"service": "bonds", "method": "prepare_deposit", "values": values}
            return self.approvals.prepare(
                account, token, amount_units, title="", back=PAGE, follow=follow, form_key=form_key
            )
        lines = [
            Line(N_("Added to your free bond"), "amount", str(amount_units), token),
            Line(N_("Effect"), "note", N_("It stays yours. You take out what is free whenever you like.")),
        ]
        call = self._call("depositBond", account, token, amount_units, value_wei=amount_units if is_eth else 0)
        plan = Plan(
            "market.deposit_bond",
            call,
            lines,
            subject=currency.lower(),
            back=PAGE,
            spends=[Spend(token, amount_units)],
        )
        return self.intents.prepare(account, plan, form_key)

    def prepare_withdraw(self, account: str, currency: str, amount_units: int, form_key: str = "") -> Intent:
        """Give the intent that turns a free bond into a credit."""
        token = to_checksum_address(currency)
        lines = [
            Line(N_("Taken from your free bond"), "amount", str(amount_units), token),
            Line(N_("Effect"), "note", N_("It becomes a credit, which you take out on the page “Credits”.")),
        ]
        call = self._call("withdrawBond", token, amount_units)
        plan = Plan("market.withdraw_bond", call, lines, subject=currency.lower(), back="/credits")
        return self.intents.prepare(account, plan, form_key)

    def _call(self, function: str, *args: object, value_wei: int = 0) -> Call:
        return Call(ABI, self.registry.address(ABI), function, args, value_wei)
