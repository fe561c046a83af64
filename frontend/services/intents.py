"""Intents: transactions that are checked, simulated and explained here, and signed and sent by the account's own wallet.

built → awaiting_wallet → submitted → mined → final
side exits: rejected and failed (may be signed again), reverted, replaced, cancelled, dropped, expired, mismatch, chain_reset
ways back: dropped → submitted when the network knows it again; mined or final → submitted when its block was undone
"""

import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from eth_abi.abi import encode
from eth_abi.exceptions import EncodingError
from eth_utils.abi import get_abi_input_types
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from flask_babel import gettext

from frontend.contracts.registry import Registry, function_abi, selector
from frontend.errors import CallWouldRevert, ChainReset, NotEnoughMoney, NotFound, Refused
from frontend.formatters import ETH, eth, units
from frontend.index.queries import Queries
from frontend.services.chain import Chain
from frontend.services.intent_store import IntentStore
from frontend.services.permits import Permit
from frontend.services.revert_texts import sentence
from frontend.services.reverts import NoFunds, Refusal, Reverted, decode_revert

INTENT_LIFE_S = 600
DEADLINE_AFTER_S = 1800  # longer than an intent lives, so that what is signed in time can still be mined
GAS_MARGIN_PERCENT = 25
# votes are kept by the second: in another second than that of the estimate the account's, the delegate's and the total take a
# new word each
CHECKPOINTS_GAS = {"Membership": 3 * 22_100}
MAX_FORM_KEY = 100

SIGNABLE = ("built", "awaiting_wallet", "rejected", "failed")
ON_ITS_WAY = ("submitted", "mined")
CAME_TO_NOTHING = ("expired", "reverted", "replaced", "cancelled", "dropped", "mismatch", "chain_reset")


@dataclass(frozen=True)
class Call:
    """One call of a contract: what the browser rebuilds."""

    contract: str  # name of the ABI; ERC20 for somebody else's token
    address: str  # with checksum
    function: str
    args: tuple[Any, ...]  # in the ABI's order; tuples for structs
    value_wei: int = 0

    @property
    def data(self) -> str:
        """Give the calldata. Raises: Refused when an argument does not fit its type."""
        abi = function_abi(self.contract, self.function)
        try:
            return "0x" + (selector(abi) + encode(get_abi_input_types(abi), self.args)).hex()  # type: ignore[arg-type]  # our ABI files are plain JSON, not eth_typing dicts
        except (EncodingError, OverflowError, TypeError) as problem:
            raise Refused(
                gettext("A value does not fit: %(what)s", what=str(problem)[:200]), key="bad_value"
            ) from problem

    def to_json(self) -> dict[str, Any]:
        """Give contract, function and arguments as the browser reads them: numbers as text, bytes as 0x hex."""
        return {"contract": self.contract, "function": self.function, "values": json_value(self.args)}


@dataclass(frozen=True)
class Line:
    """One line of an intent's summary; the template shows it by its kind.

    Kinds: amount (smallest units, with currency), address, account, bps, time (unix), duration (seconds), text (somebody's
    own words), number, hash, contract (name; the address stands in `more`).
    """

    label: str  # an English text marked with N_
    kind: str
    value: str
    more: str = ""

    @property
    def number(self) -> int:
        """Give the value of a line whose kind is a number."""
        return int(self.value)


@dataclass(frozen=True)
class Spend:
    """Money that must be there before the wallet opens; a token must be allowed to the spender as well."""

    currency: str
    amount_units: int
    spender: str | None = None


@dataclass(frozen=True)
class Intent:
    """An intent as pages show it. Amounts in wei or smallest units; times in unix seconds of the server's clock."""

    id: str
    account: str
    chain_id: int
    genesis_hash: str
    action: str
    status: str
    contract: str
    function: str
    values: list[Any]
    to: str
    data: str
    value_wei: int
    gas: int
    title: str  # what it is about, in its owner's words; may be empty
    lines: tuple[Line, ...]
    subject: str  # listing id, order key, community id ...: what it changes; may be empty
    back: str  # path of the page to return to
    created_at_ts: int
    expires_at_ts: int
    submitted_at_ts: int | None = None
    tx_hash: str | None = None
    error: dict[str, Any] | None = None
    permit: dict[str, Any] | None = None  # typed data still to be signed; the calldata comes after it
    follow: dict[str, Any] | None = None  # the step behind this one: {"service", "method", "values"}
    nonce: int | None = None  # of the transaction, once the node has shown it
    block: int | None = None  # in which it was mined
    next_id: str | None = None  # the intent of the step behind this one
    checked_at_ts: int | None = None  # when the node last showed its transaction, if that was not when it was sent
    changed_at_ts: int | None = None  # when its status last changed

    def status_at(self, now_ts: float) -> str:
        """Give the status, counting an intent that nobody signed in time as expired."""
        return "expired" if self.status in SIGNABLE and now_ts > self.expires_at_ts else self.status

    @property
    def is_signable(self) -> bool:
        """Tell whether the wallet may still be asked."""
        return self.status_at(time.time()) in SIGNABLE

    @property
    def is_on_its_way(self) -> bool:
        """Tell whether it is worth asking again."""
        return self.status in ON_ITS_WAY

    @property
    def state(self) -> str:
        """Give the status now."""
        return self.status_at(time.time())

    @property
    def was_undone(self) -> bool:
        """Tell whether a block with it was undone, so that it waits once more."""
        return self.status == "submitted" and bool(self.error and self.error.get("undone"))

    def refusal_text(self) -> str:
        """Give why the chain refused it, as a sentence."""
        if not self.error:
            return ""
        if "name" in self.error:
            return sentence(Refusal.from_json(self.error))
        if self.error.get("out_of_gas"):
            return gettext(
                "It was given too little gas and stopped halfway; all of it was taken back. Only the network fee was spent. "
                "Please send the form again and leave the gas limit in the wallet as it is."
            )
        return ""

    def to_json(self) -> dict[str, Any]:
        """Give everything that a wallet or a checking program needs."""
        return {
            "id": self.id,
            "action": self.action,
            "status": self.state,
            "chainId": self.chain_id,
            "genesisHash": self.genesis_hash,
            "from": self.account,
            "to": self.to,
            "data": self.data,
            "value": hex(self.value_wei),
            "gas": hex(self.gas),
            "call": {"contract": self.contract, "function": self.function, "values": self.values},
            "subject": self.subject,
            "permit": self.permit,
            "txHash": self.tx_hash,
            "expiresAt": self.expires_at_ts,
            "next": self.next_id,
            "hasNext": self.follow is not None,
        }


@dataclass(frozen=True)
class Plan:
    """What a service wants to have built."""

    action: str
    call: Call
    lines: Sequence[Line]
    title: str = ""
    subject: str = ""
    back: str = "/"
    spends: Sequence[Spend] = ()
    identity: Sequence[Any] = ()  # what makes two plans the same one; empty: the calldata
    permit: Permit | None = None
    follow: Mapping[str, Any] | None = None


def json_value(value: Any) -> Any:
    """Give an ABI value as JSON: whole numbers as text (they may be large), bytes as 0x hex."""
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, bytes):
        return "0x" + value.hex()
    if isinstance(value, tuple | list):
        return [json_value(part) for part in value]
    return value


class Intents:
    """Builds intents, and keeps them."""

    def __init__(self, registry: Registry, chain: Chain, store: IntentStore, queries: Queries) -> None:
        self.registry = registry
        self.chain = chain
        self.store = store
        self.queries = queries

    def prepare(self, account: str, plan: Plan, form_key: str) -> Intent:
        """Check a plan against the chain and give its intent; the same plan of the same form gives the same intent.

        Raises: Refused and its kin when the account cannot do it; NodeError when the chain cannot be asked.
        Chain: reads at the newest block.
        """
        data = plan.call.data
        key = self._key(account, plan, form_key, data)
        known = self.store.by_key(key)
        if known is not None and not self.is_spent(known):
            return known
        self.check_chain()
        self._check_money(account, plan)
        gas = self._simulate(account, plan.call, data, waits_for_permit=plan.permit is not None)
        now = int(time.time())
        intent = Intent(
            id=secrets.token_hex(16),
            account=account,
            chain_id=self.registry.chain_id,
            genesis_hash=self.registry.genesis_hash,
            action=plan.action,
            status="built",
            contract=plan.call.contract,
            function=plan.call.function,
            values=json_value(plan.call.args),
            to=plan.call.address,
            data=data,
            value_wei=plan.call.value_wei,
            gas=gas,
            title=plan.title,
            lines=tuple(plan.lines),
            subject=plan.subject,
            back=plan.back,
            created_at_ts=now,
            expires_at_ts=now + INTENT_LIFE_S,
            permit=plan.permit.typed_data() if plan.permit else None,
            follow=dict(plan.follow) if plan.follow else None,
        )
        if known is not None:  # the old one came to nothing: its key is free again
            self.store.release_key(known.id)
        return self.store.add(intent, key)

    def of_account(self, intent_id: str, account: str | None) -> Intent:
        """Give an account's own intent. Raises: NotFound, also for somebody else's."""
        found = self.store.by_id(intent_id)
        if found is None or account is None or found.account != account:
            raise NotFound(gettext("There is no such transaction of yours."))
        return found

    def add_permit(self, intent: Intent, signature: str) -> Intent:
        """Put the signed permit into the call, and simulate it whole.

        Raises: Refused when the signature is not the account's.
        """
        if intent.permit is None or not intent.is_signable:
            raise Refused(gettext("This transaction needs no signature any more."), key="no_permit_wanted")
        call = Permit.signed_call(intent, signature)
        data = call.data
        gas = self._simulate(intent.account, call, data, waits_for_permit=False)
        values = json_value(call.args)
        self.store.complete_call(intent.id, data=data, gas=gas, call=call.to_json())
        return replace(intent, data=data, gas=gas, values=values, permit=None)

    def _key(self, account: str, plan: Plan, form_key: str, data: str) -> str:
        if len(form_key) > MAX_FORM_KEY:
            raise Refused(gettext("The form is incomplete. Please reload the page."), key="bad_form_key")
        form_key = form_key or f"minute {int(time.time()) // 60}"  # a form without a key: a second click is the same
        identity = "|".join(map(str, plan.identity)) if plan.identity else data
        parts = (self.registry.genesis_hash, account.lower(), plan.action, form_key, identity)
        return "0x" + keccak("\n".join(parts).encode()).hex()

    def is_spent(self, known: Intent) -> bool:
        """Tell whether an intent came to nothing, so that its form may build another."""
        return known.state in CAME_TO_NOTHING

    def check_chain(self) -> None:
        """Make sure that the node is on the recorded chain. Raises: NodeError."""
        self.chain.check()
        if self.registry.genesis_hash and self.chain.genesis_hash() != self.registry.genesis_hash:
            raise ChainReset("The node's chain began anew; the recorded contracts are not on it.")

    def _check_money(self, account: str, plan: Plan) -> None:
        """Make sure that the account has, and has allowed, what the call takes."""
        for spend in plan.spends:
            if spend.currency == ETH or spend.amount_units == 0:
                continue
            held = self.chain.read("ERC20", spend.currency, "balanceOf", account)
            if held < spend.amount_units:
                raise self._short(spend.amount_units, held, spend.currency)
        if plan.call.value_wei:
            held = self.chain.balance(account)
            if held < plan.call.value_wei:
                raise self._short(plan.call.value_wei, held, ETH)

    def _short(self, needed: int, held: int, currency: str) -> NotEnoughMoney:
        found = self.queries.currency(currency)
        return NotEnoughMoney(
            gettext(
                "Your account has %(held)s, but this takes %(needed)s: %(missing)s are missing.",
                held=units(held, found),
                needed=units(needed, found),
                missing=units(needed - held, found),
            ),
            currency=currency,
            missing_units=needed - held,
        )

    def _simulate(self, account: str, call: Call, data: str, *, waits_for_permit: bool) -> int:
        """Run the call as the account and give the gas to send with it; 0 while a permit is missing.

        Raises: CallWouldRevert, NotEnoughMoney.
        """
        try:
            self.chain.call(call.address, data, sender=account, value_wei=call.value_wei)
            if waits_for_permit:
                return 0
            estimate = self.chain.estimate_gas(call.address, data, sender=account, value_wei=call.value_wei)
        except Reverted as reverted:
            refusal = decode_revert(reverted)
            # the token is asked last: when only the allowance is missing, all else is well
            if waits_for_permit and refusal.name == "ERC20InsufficientAllowance":
                return 0
            raise CallWouldRevert(sentence(refusal), key=refusal.name, refusal=refusal) from None
        except NoFunds:
            raise NotEnoughMoney(
                gettext("Your account cannot pay the amount and the network fee; it needs more ETH.")
            ) from None
        gas = estimate + estimate * GAS_MARGIN_PERCENT // 100 + CHECKPOINTS_GAS.get(call.contract, 0)
        self._check_fee(account, call.value_wei, gas)
        return gas

    def _check_fee(self, account: str, value_wei: int, gas: int) -> None:
        needed = value_wei + gas * self.chain.gas_price()
        held = self.chain.balance(account)
        if held < needed:
            raise NotEnoughMoney(
                gettext(
                    "Your account has %(held)s; amount and network fee take about %(needed)s.",
                    held=eth(held),
                    needed=eth(needed),
                ),
                currency=ETH,
                missing_units=needed - held,
            )


def new_form_key() -> str:
    """Give the key of a form that is about to be shown: posted twice, it means one thing."""
    return secrets.token_hex(16)


def checksummed(address: str, field_name: str | None = None) -> str:
    """Give an address with checksum. Raises: Refused when it is none, or its capital letters are wrong."""
    text = address.strip()
    try:
        found = to_checksum_address(text)
    except ValueError:
        raise Refused(
            gettext("This is no address: it begins with 0x and has 40 more signs."), key="bad_address", field=field_name
        ) from None
    mixed = text[2:] not in (text[2:].lower(), text[2:].upper())
    if mixed and text != found:
        raise Refused(
            gettext("This address has a typing mistake: its capital letters do not fit. Please copy it again."),
            key="bad_checksum",
            field=field_name,
        )
    return found
