"""Taking out what the Market, Claims, Curves and Blueprints owe."""

from eth_utils.address import to_checksum_address

from frontend.contracts.registry import Registry
from frontend.index.queries import Queries
from frontend.marks import N_
from frontend.services.intents import Call, Intent, Intents, Line, Plan, checksummed

ABI = "Market"
# what each ledger's withdrawals are called
WITHDRAWALS = {
    "Market": "credits.withdraw",
    "Claims": "credits.withdraw_claims",
    "Curves": "credits.withdraw_curves",
    "Blueprints": "credits.withdraw_blueprints",
}


class Credits:
    """Withdrawals: the own credit, a community's commission, and pushing somebody's credit to themselves."""

    def __init__(self, registry: Registry, intents: Intents, queries: Queries) -> None:
        self.registry = registry
        self.intents = intents
        self.queries = queries

    def prepare_withdraw(
        self,
        account: str,
        of_account: str,
        currency: str,
        to: str,
        amount_units: int,
        form_key: str = "",
        ledger: str = ABI,
    ) -> Intent:
        """Give the intent that takes a credit out.

        Args: of_account is the own one, or a community's; ledger is the contract that owes it, one of WITHDRAWALS.
        """
        owner, target = to_checksum_address(of_account), checksummed(to, "to")
        token = to_checksum_address(currency)
        lines = [
            Line(N_("You take out"), "amount", str(amount_units), token),
            Line(N_("It goes to"), "account", target),
        ]
        if owner == account:
            call = self._call(ledger, "withdraw", token, target, amount_units)
        else:
            lines.insert(0, Line(N_("From the account"), "address", owner))
            call = self._call(ledger, "withdrawFrom", owner, token, target, amount_units)
        plan = Plan(WITHDRAWALS[ledger], call, lines, subject=owner.lower(), back="/credits")
        return self.intents.prepare(account, plan, form_key)

    def prepare_push(self, account: str, of_account: str, currency: str, form_key: str = "") -> Intent:
        """Give the intent that sends somebody's whole credit to that same account."""
        owner, token = to_checksum_address(of_account), to_checksum_address(currency)
        lines = [Line(N_("The whole credit goes to its owner"), "account", owner)]
        plan = Plan(
            "credits.push", self._call(ABI, "push", owner, token), lines, subject=owner.lower(), back="/credits"
        )
        return self.intents.prepare(account, plan, form_key)

    def _call(self, ledger: str, function: str, *args: object) -> Call:
        return Call(ledger, self.registry.address(ledger), function, args)
