"""A community's membership: opening it, its tiers, and what a member does with locked tokens."""

from collections.abc import Sequence
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.contracts.registry import Registry
from frontend.errors import NotFound
from frontend.index.member_views import Membership
from frontend.index.queries import Queries
from frontend.index.views import Community
from frontend.marks import N_
from frontend.services.approvals import Approvals
from frontend.services.chain import Chain
from frontend.services.intents import DEADLINE_AFTER_S, Call, Intent, Intents, Line, Plan, Spend, checksummed

ABI = "Membership"
FACTORY = "Memberships"
NOTICE_S = 30 * 86_400  # Membership.NOTICE
MAX_TIERS = 8


class Members:
    """What stewards and members do. Amounts in the token's smallest units."""

    def __init__(
        self, registry: Registry, chain: Chain, intents: Intents, queries: Queries, approvals: Approvals
    ) -> None:
        self.registry = registry
        self.chain = chain
        self.intents = intents
        self.queries = queries
        self.approvals = approvals

    def prepare_open(self, account: str, community_id: int, form_key: str = "") -> Intent:
        """Give the intent that opens a community's membership. Anybody may: there is nothing to choose."""
        note = N_("Holders can then lock tokens here for a badge and votes. It cannot be closed again.")
        call = Call(FACTORY, self.registry.address(FACTORY), "open", (community_id,))
        community = self._known(community_id)
        return self._prepare(account, "members.open", call, community, [Line(N_("Effect"), "note", note)], form_key)

    def prepare_set_tiers(
        self, account: str, community_id: int, thresholds: Sequence[int], form_key: str = ""
    ) -> Intent:
        """Give the intent that sets where tiers begin. Steward only."""
        community = self._known(community_id)
        lines = [Line(N_("A tier begins at"), "tokens", str(units), community.symbol) for units in thresholds]
        lines = lines or [Line(N_("Effect"), "note", N_("There will be no tiers: all members are the same."))]
        return self._on_members(
            account, "members.set_tiers", "setTiers", community, (tuple(thresholds),), lines, form_key
        )

    def prepare_lock(self, account: str, community_id: int, amount_units: int, form_key: str = "") -> Intent:
        """Give the intent that locks tokens, with a permit where the allowance is not enough.

        Chain: reads allowance, nonce and time.
        """
        community = self._known(community_id)
        membership = to_checksum_address(self.membership_of(community_id).address)
        token = checksummed(str(community.token))
        lines = [
            Line(N_("You lock"), "tokens", str(amount_units), community.symbol),
            Line(N_("Effect"), "note", N_("Your votes rise at once. Getting tokens back takes 30 days of notice.")),
        ]
        call = Call(ABI, membership, "lock", (amount_units,))
        common: dict[str, Any] = self._about(community) | {"spends": [Spend(token, amount_units)]}
        if self.chain.read("ERC20", token, "allowance", account, membership) >= amount_units:
            return self.intents.prepare(account, Plan("members.lock", call, lines, **common), form_key)
        deadline = self.chain.head()[1] + DEADLINE_AFTER_S
        permit = self.approvals.permit(account, token, amount_units, deadline, spender=membership)
        assert permit is not None, "every community's token knows permits"
        call = Call(ABI, membership, "lockWithPermit", permit.unsigned())
        plan = Plan("members.lock", call, lines, permit=permit, identity=(membership, amount_units), **common)
        return self.intents.prepare(account, plan, form_key)

    def prepare_request_unlock(self, account: str, community_id: int, amount_units: int, form_key: str = "") -> Intent:
        """Give the intent that asks for tokens back."""
        community = self._known(community_id)
        lines = [
            Line(N_("You unlock"), "tokens", str(amount_units), community.symbol),
            Line(N_("They can be taken out after"), "duration", str(NOTICE_S)),
            Line(N_("Effect"), "note", N_("Votes and tier fall at once; the badge goes with the last token.")),
        ]
        return self._on_members(
            account, "members.request_unlock", "requestUnlock", community, (amount_units,), lines, form_key
        )

    def prepare_cancel_unlock(self, account: str, community_id: int, number: int, form_key: str = "") -> Intent:
        """Give the intent that takes an unlock back."""
        community = self._known(community_id)
        lines = [
            Line(N_("Unlock"), "number", str(number)),
            Line(N_("Effect"), "note", N_("These tokens count again from now on.")),
        ]
        return self._on_members(account, "members.cancel_unlock", "cancelUnlock", community, (number,), lines, form_key)

    def prepare_withdraw(self, account: str, community_id: int, number: int, form_key: str = "") -> Intent:
        """Give the intent that sends unlocked tokens back to the account."""
        community = self._known(community_id)
        lines = [Line(N_("Unlock"), "number", str(number)), Line(N_("It goes to"), "account", account)]
        return self._on_members(account, "members.withdraw", "withdraw", community, (account, number), lines, form_key)

    def prepare_delegate(self, account: str, community_id: int, to: str, form_key: str = "") -> Intent:
        """Give the intent that has somebody vote with the account's tokens; its own address takes the votes back."""
        community = self._known(community_id)
        target = checksummed(to, "to")
        lines = [
            Line(N_("Votes with your tokens"), "account", target),
            Line(N_("Effect"), "note", N_("It holds for proposals whose votes are counted after this.")),
        ]
        return self._on_members(account, "members.delegate", "delegate", community, (target,), lines, form_key)

    def membership_of(self, community_id: int) -> Membership:
        """Give a community's membership. Raises: NotFound."""
        found = self.queries.membership(community_id)
        if found is None:
            raise NotFound(gettext("The membership of this community is not open yet."))
        return found

    def _known(self, community_id: int) -> Community:
        found = self.queries.community(community_id) if 0 < community_id < 2**63 else None
        if found is None:
            raise NotFound(gettext("There is no such community."))
        return found

    def _about(self, community: Community) -> dict[str, Any]:
        return {"title": community.name, "subject": str(community.id), "back": f"/c/{community.id}/members"}

    def _on_members(
        self,
        account: str,
        action: str,
        function: str,
        community: Community,
        args: tuple[Any, ...],
        lines: list[Line],
        form_key: str,
    ) -> Intent:
        call = Call(ABI, to_checksum_address(self.membership_of(community.id).address), function, args)
        return self._prepare(account, action, call, community, lines, form_key)

    def _prepare(
        self, account: str, action: str, call: Call, community: Community, lines: list[Line], form_key: str
    ) -> Intent:
        return self.intents.prepare(account, Plan(action, call, lines, **self._about(community)), form_key)
