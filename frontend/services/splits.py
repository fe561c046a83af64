"""Splits: making one, taking income into its books, claiming a part, moving a payee."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from frontend.contracts.registry import Registry
from frontend.formatters import ETH
from frontend.marks import N_
from frontend.services.chain import Chain
from frontend.services.intents import Call, Intent, Intents, Line, Plan, checksummed

ABI = "Splits"
MOST_PAYEES = 32
# which contracts owe splits, how taking it in is called, and what is said of it
LEDGERS = {
    "Market": ("splits.collect", N_("Waits in the Market")),
    "Blueprints": ("splits.collect_makes", N_("Waits from makes of designs")),
}
MARK = keccak(text="dokkaebi.split.account")[:8]


@dataclass(frozen=True)
class Part:
    """A payee with its share."""

    payee: str
    bps: int
    locked_until_ts: int = 0  # until then the share cannot fall; 0 = not locked


@dataclass(frozen=True)
class Deposit:
    """The address of a split for plain transfers, and what lies there now: currency and smallest units."""

    address: str
    holdings: list[tuple[str, int]]


def account_of_version(split_id: int, version: int) -> str:
    """Give the account under which a ledger credits a version of a split, lower case. Source: SplitAccount.sol."""
    return "0x" + (MARK + split_id.to_bytes(8) + version.to_bytes(4)).hex()


class Splits:
    """What payees and everybody else can do with a split."""

    def __init__(self, registry: Registry, chain: Chain, intents: Intents) -> None:
        self.registry = registry
        self.chain = chain
        self.intents = intents

    def ask_deposit(self, split_id: int, currencies: Sequence[str]) -> Deposit:
        """Give a split's deposit address as the contract says it, and what lies there.

        Raises: NodeError, also of another chain; Reverted when the chain does not know the split.

        Chain: reads. The address follows from code that no ABI holds, and money sent to a wrong one is lost.
        """
        self.intents.check_chain()
        address = to_checksum_address(self.chain.read(ABI, self.registry.address(ABI), "depositOf", split_id))
        return Deposit(address, [(currency, self.chain.held(currency, address)) for currency in currencies])

    def prepare_create(self, account: str, parts: Sequence[Part], form_key: str = "") -> Intent:
        """Give the intent that makes a split of these payees, in this order."""
        payees = tuple(checksummed(part.payee) for part in parts)
        shares = tuple((seat, part.bps, part.locked_until_ts) for seat, part in enumerate(parts))
        lines = []
        for payee, part in zip(payees, parts, strict=True):
            lines += [Line(N_("Payee"), "account", payee), Line(N_("Its share of all income"), "bps", str(part.bps))]
            if part.locked_until_ts:
                lines.append(Line(N_("It cannot fall before"), "time", str(part.locked_until_ts)))
        lines.append(
            Line(
                N_("Effect"),
                "note",
                N_(
                    "From then on no share falls unless its payee agrees. You have no power over the split as its maker."
                ),
            )
        )
        plan = Plan("splits.create", self.call("create", payees, shares), lines, back="/splits")
        return self.intents.prepare(account, plan, form_key)

    def prepare_collect(
        self,
        account: str,
        split_id: int,
        version: int,
        currency: str,
        amount_units: int,
        form_key: str = "",
        ledger: str = "Market",
    ) -> Intent:
        """Give the intent that takes a ledger's credit of a version into its books.

        Args: amount as the index has it; ledger is the contract that owes it, one of LEDGERS.
        """
        action, waits = LEDGERS[ledger]
        token = to_checksum_address(currency)
        lines = [
            *self.about(split_id, version),
            Line(waits, "amount", str(amount_units), token),
            Line(
                N_("Effect"), "note", N_("It goes into the books of this version; its payees then claim their parts.")
            ),
        ]
        call = self.call("collect", self.registry.address(ledger), token, split_id, version)
        return self.prepare(account, action, call, lines, split_id, form_key)

    def prepare_sweep(self, account: str, split_id: int, currency: str, form_key: str = "") -> Intent:
        """Give the intent that takes what lies at the deposit address into the books of the current version."""
        token = to_checksum_address(currency)
        what = Line(N_("Currency"), "text", "ETH") if currency == ETH else Line(N_("Token"), "address", token)
        note = N_(
            "All of this currency at the deposit address goes into the books of the version that is current then."
        )
        lines = [*self.about(split_id), what, Line(N_("Effect"), "note", note)]
        return self.prepare(account, "splits.sweep", self.call("sweep", split_id, token), lines, split_id, form_key)

    def prepare_claim(
        self,
        account: str,
        split_id: int,
        version: int,
        place: int,
        currency: str,
        to: str,
        amount_units: int,
        form_key: str = "",
    ) -> Intent:
        """Give the intent that takes out all that is due to a payee. Args: amount as the index has it."""
        token, target = to_checksum_address(currency), checksummed(to, "to")
        lines = [
            *self.about(split_id, version),
            Line(N_("Due to you"), "amount", str(amount_units), token),
            Line(N_("It goes to"), "account", target),
        ]
        call = self.call("claim", split_id, version, place, token, target)
        return self.prepare(account, "splits.claim", call, lines, split_id, form_key)

    def prepare_send(
        self,
        account: str,
        split_id: int,
        version: int,
        place: int,
        currency: str,
        payee: str,
        amount_units: int,
        form_key: str = "",
    ) -> Intent:
        """Give the intent that sends a payee all that is due to it; anyone may. Args: amount as the index has it."""
        token, target = to_checksum_address(currency), to_checksum_address(payee)
        lines = [
            *self.about(split_id, version),
            Line(N_("Due to the payee"), "amount", str(amount_units), token),
            Line(N_("It goes to"), "account", target),
            Line(N_("Effect"), "note", N_("You pay the network's fee and get nothing.")),
        ]
        call = self.call("claim", split_id, version, place, token, target)
        return self.prepare(account, "splits.send", call, lines, split_id, form_key)

    def prepare_move(self, account: str, split_id: int, seat: int, new_payee: str, form_key: str = "") -> Intent:
        """Give the intent that moves a seat, with all that is due to it, to another address."""
        target = checksummed(new_payee, "new_payee")
        lines = [
            *self.about(split_id),
            Line(N_("Seat"), "number", str(seat + 1)),
            Line(N_("It will belong to"), "account", target),
            Line(N_("Warning"), "note", N_("Only the new address can ever claim, or move the seat again.")),
        ]
        call = self.call("movePayee", split_id, seat, target)
        return self.prepare(account, "splits.move", call, lines, split_id, form_key)

    def prepare(
        self,
        account: str,
        action: str,
        call: Call,
        lines: Sequence[Line],
        split_id: int,
        form_key: str,
        subject: str = "",
    ) -> Intent:
        """Give the intent of a call about one split."""
        plan = Plan(action, call, lines, subject=subject or str(split_id), back=f"/splits/{split_id}")
        return self.intents.prepare(account, plan, form_key)

    def about(self, split_id: int, version: int | None = None) -> list[Line]:
        """Give the lines that say which split it is."""
        lines = [Line(N_("Split"), "number", str(split_id))]
        return lines if version is None else [*lines, Line(N_("Version"), "number", str(version))]

    def call(self, function: str, *args: object) -> Call:
        """Give a call of the contract."""
        return Call(ABI, self.registry.address(ABI), function, args)
