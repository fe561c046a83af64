"""The step before a payment in tokens: letting one of our contracts take exactly one amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address

from frontend.contracts.registry import Registry
from frontend.index.queries import Queries
from frontend.marks import N_
from frontend.services.chain import Chain
from frontend.services.intents import Call, Intent, Intents, Line, Plan, Spend
from frontend.services.permits import Permit

THEN_PAY = N_("This is step 1 of 2. The payment itself is the second transaction.")
THEN_MORE = N_("Each token is allowed by itself; then all is paid in one transaction.")


@dataclass(frozen=True)
class Approvals:
    """Allowances of one of our contracts: what it has, and how it gets more."""

    registry: Registry
    chain: Chain
    intents: Intents
    queries: Queries
    spender: str = "Market"

    def allowed(self, currency: str, account: str) -> int:
        """Give what the contract may take of an account. Chain: read."""
        return int(self.chain.read("ERC20", currency, "allowance", account, self.registry.address(self.spender)))

    def permit(
        self, account: str, currency: str, amount_units: int, deadline_ts: int, spender: str | None = None
    ) -> Permit | None:
        """Give the approval of exactly one amount, to be signed; None for a token that may know none. Chain: reads a nonce.

        Args: spender is the one of these approvals unless told otherwise.
        """
        known = self.queries.currency(currency)
        if known.kind != "community":
            return None
        token = to_checksum_address(currency)
        return Permit(
            token=token,
            token_name=known.name,
            chain_id=self.registry.chain_id,
            owner=account,
            spender=spender or self.registry.address(self.spender),
            value_units=amount_units,
            nonce=self.chain.read("ERC20", token, "nonces", account),
            deadline_ts=deadline_ts,
        )

    def prepare(
        self,
        account: str,
        currency: str,
        amount_units: int,
        *,
        title: str,
        back: str,
        follow: Mapping[str, Any],
        form_key: str,
        then: str = THEN_PAY,
    ) -> Intent:
        """Give the intent that allows exactly one amount; `follow` is the step that uses it."""
        spender = self.registry.address(self.spender)
        lines = [
            Line(N_("You allow exactly"), "amount", str(amount_units), currency),
            Line(N_("To be taken by"), "contract", self.spender, spender),
            Line(N_("Then"), "note", then),
        ]
        plan = Plan(
            "token.approve",
            Call("ERC20", currency, "approve", (spender, amount_units)),
            lines,
            title=title,
            subject=currency.lower(),
            back=back,
            spends=[Spend(currency, amount_units)],
            follow=follow,
        )
        return self.intents.prepare(account, plan, form_key)
