"""Claim phases: opening one, claiming in it, closing it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.account_lists import Entry
from frontend.contracts.registry import Registry
from frontend.errors import NotFound, Refused
from frontend.formatters import ETH
from frontend.index.claim_views import ClaimPhase
from frontend.index.queries import Queries
from frontend.index.views import Community
from frontend.marks import N_
from frontend.services.approvals import Approvals
from frontend.services.claim_lists import ClaimLists
from frontend.services.intents import Call, Intent, Intents, Line, Plan, Spend, checksummed, new_form_key
from frontend.services.revert_texts import sentence
from frontend.services.reverts import Refusal

ABI = "Claims"
WHOLE_TOKEN = 10**18
NO_ROOT = bytes(32)
THEN_CLAIM = N_("This is step 1 of 2. The claim itself is the second transaction.")


@dataclass(frozen=True)
class NewPhase:
    """What a steward opens a phase with. Times in unix seconds; a limit of 0 is none; no entries: open to everybody."""

    start_ts: int
    end_ts: int
    supply_units: int
    limit_units: int
    price_units: int
    currency: str
    entries: tuple[Entry, ...] = ()


def cost_of(amount_units: int, price_units: int) -> int:
    """Give what a claim costs, smallest unit of the currency, rounded up. Source: Claims.costOf."""
    return -(-amount_units * price_units // WHOLE_TOKEN)


class Claims:
    """What stewards and accounts on a list do with claim phases. Amounts in smallest units (18 decimals)."""

    def __init__(
        self, registry: Registry, intents: Intents, queries: Queries, approvals: Approvals, lists: ClaimLists
    ) -> None:
        self.registry = registry
        self.intents = intents
        self.queries = queries
        self.approvals = approvals
        self.lists = lists

    def prepare_open(self, account: str, community_id: int, number: int, new: NewPhase, form_key: str = "") -> Intent:
        """Give the intent that opens a phase; its list is kept first. Steward only.

        Args: number is the one that the phase was previewed under. Raises: Refused when it is taken meanwhile.
        """
        community = self._community(community_id)
        reserve = self.queries.claim_reserve(community_id)
        following = reserve.next_number if reserve else 1
        if number != following:
            raise Refused(sentence(Refusal("ClaimsWrongNumber", {"number": number, "next": following})), key="number")
        currency, token = checksummed(new.currency, "other_currency"), _token(community)
        root = NO_ROOT
        if new.entries:
            root = bytes.fromhex(self.lists.keep(new.entries, token, number, account)[0][2:])
        phase = (
            token, community_id, number, new.start_ts, new.end_ts, new.supply_units, new.limit_units, new.price_units,
            currency, root,
        )  # fmt: skip
        lines = [
            Line(N_("Phase"), "number", str(number)),
            Line(N_("It starts"), "time", str(new.start_ts)),
            Line(N_("It ends"), "time", str(new.end_ts)),
            Line(N_("Set aside for it"), "tokens", str(new.supply_units), community.symbol),
            *_limit_line(new.limit_units, community.symbol),
            Line(N_("Price of a whole token"), "amount", str(new.price_units), currency),
            *_list_lines(new.entries, root),
            Line(N_("Warning"), "note", N_("Nothing of a phase can be changed later; it can only be closed.")),
        ]
        plan = self._plan("claims.open", self._call("openPhase", phase), lines, community)
        return self.intents.prepare(account, plan, form_key)

    def prepare_close(self, account: str, community_id: int, number: int, form_key: str = "") -> Intent:
        """Give the intent that closes a phase: the steward's at any time, anybody's after its end."""
        community, phase = self._known(community_id, number)
        lines = [
            Line(N_("Phase"), "number", str(number)),
            Line(N_("Goes back for later phases"), "tokens", str(phase.left_units), community.symbol),
        ]
        call = self._call("closePhase", _packed(phase, community))
        return self.intents.prepare(account, self._plan("claims.close", call, lines, community, number), form_key)

    def prepare_claim(
        self, account: str, community_id: int, number: int, amount_units: int, form_key: str = ""
    ) -> Intent:
        """Give the intent that claims for the account, with its proof; for a token, the approval that goes first.

        Chain: for a phase with a price in a token, reads the allowance.
        """
        form_key = form_key or new_form_key()
        community, phase = self._known(community_id, number)
        allowance_units, proof = self._proof(phase, community, account)
        cost = cost_of(amount_units, phase.price_units)
        currency = to_checksum_address(phase.currency)
        is_eth = phase.currency == ETH
        if cost and not is_eth and self.approvals.allowed(currency, account) < cost:
            values = {
                "community_id": community_id,
                "number": number,
                "amount_units": str(amount_units),
                "form_key": form_key,
            }
            return self.approvals.prepare(
                account,
                currency,
                cost,
                title=community.name,
                back=_page(community, number),
                follow={"service": "claims", "method": "prepare_claim", "values": values},
                form_key=form_key,
                then=THEN_CLAIM,
            )
        lines = [
            Line(N_("Phase"), "number", str(number)),
            Line(N_("You get exactly"), "tokens", str(amount_units), community.symbol),
            Line(N_("You pay exactly"), "amount", str(cost), currency),
            Line(N_("The tokens go to"), "account", account),
        ]
        packed = _packed(phase, community)
        args = (packed, amount_units, allowance_units, tuple(proof), cost, account)
        call = self._call("claim", *args, value_wei=cost if is_eth else 0)
        plan = self._plan("claims.claim", call, lines, community, number, [Spend(currency, cost)])
        return self.intents.prepare(account, plan, form_key)

    def _proof(self, phase: ClaimPhase, community: Community, account: str) -> tuple[int, Sequence[bytes]]:
        if phase.merkle_root is None:
            return 0, ()
        kept = self.lists.find(phase, _token(community)).kept
        if kept is None:
            raise Refused(
                gettext(
                    "The list of this phase is missing here, so nothing proves what you may claim. Upload it again."
                ),
                key="no_list",
            )
        found = kept.proof(account)
        if found is None:
            raise Refused(sentence(Refusal("ClaimsNotListed", {"account": account})), key="ClaimsNotListed")
        return found

    def _community(self, community_id: int) -> Community:
        found = self.queries.community(community_id) if 0 < community_id < 2**63 else None
        if found is None:
            raise NotFound(gettext("There is no such community."))
        return found

    def _known(self, community_id: int, number: int) -> tuple[Community, ClaimPhase]:
        community = self._community(community_id)
        phase = self.queries.claim_phase(community_id, number) if 0 < number < 2**32 else None
        if phase is None:
            raise NotFound(gettext("There is no such claim phase."))
        return community, phase

    def _plan(
        self,
        action: str,
        call: Call,
        lines: list[Line],
        community: Community,
        number: int | None = None,
        spends: Sequence[Spend] = (),
    ) -> Plan:
        return Plan(
            action,
            call,
            lines,
            title=community.name,
            subject=str(community.id),
            back=_page(community, number),
            spends=spends,
        )

    def _call(self, function: str, *args: object, value_wei: int = 0) -> Call:
        return Call(ABI, self.registry.address(ABI), function, args, value_wei)


def _packed(phase: ClaimPhase, community: Community) -> tuple[Any, ...]:
    """Give a phase as it was opened, in the order of the contract's struct."""
    root = bytes.fromhex(phase.merkle_root[2:]) if phase.merkle_root else NO_ROOT
    return (
        _token(community), phase.community_id, phase.number, phase.start_ts, phase.end_ts, phase.supply_units,
        phase.limit_units, phase.price_units, to_checksum_address(phase.currency), root,
    )  # fmt: skip


def _limit_line(limit_units: int, symbol: str) -> list[Line]:
    return [Line(N_("One account may claim at most"), "tokens", str(limit_units), symbol)] if limit_units else []


def _list_lines(entries: Sequence[Entry], root: bytes) -> list[Line]:
    if not entries:
        return [Line(N_("Open to"), "note", N_("everybody"))]
    return [
        Line(N_("Accounts on the list"), "number", str(len(entries))),
        Line(N_("Root of the list"), "hash", "0x" + root.hex()),
    ]


def _token(community: Community) -> str:
    return to_checksum_address(str(community.token))


def _page(community: Community, number: int | None = None) -> str:
    return f"/c/{community.id}/claims" + (f"/{number}" if number else "")
