"""A community's token: minting, burning, sending, and its description."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask_babel import gettext

from frontend.account_lists import Entry
from frontend.contracts.registry import Registry
from frontend.errors import NotFound, Refused
from frontend.formatters import MAX_UINT256
from frontend.index.queries import Queries
from frontend.index.views import Community
from frontend.marks import N_
from frontend.services.content import Contents
from frontend.services.intents import Call, Intent, Intents, Line, Plan, checksummed

ABI = "CommunityToken"
MAX_BATCH = 200


class Tokens:
    """What stewards and holders do with a community's token. Amounts in smallest units (18 decimals)."""

    def __init__(self, registry: Registry, intents: Intents, contents: Contents, queries: Queries) -> None:
        self.registry = registry
        self.intents = intents
        self.contents = contents
        self.queries = queries

    def prepare_mint(self, account: str, community_id: int, to: str, amount_units: int, form_key: str = "") -> Intent:
        """Give the intent that mints to one account. Steward only."""
        community = self._known(community_id)
        target = checksummed(to, "to")
        lines = [
            Line(N_("New tokens"), "tokens", _amount(amount_units), community.symbol),
            Line(N_("They go to"), "account", target),
        ]
        return self._prepare(account, "tokens.mint", "mint", community, (target, amount_units), lines, form_key)

    def prepare_mint_batch(
        self, account: str, community_id: int, entries: Sequence[Entry], form_key: str = "", back: str | None = None
    ) -> Intent:
        """Give the intent that mints to several accounts in one call.

        Args: entries, 1 to 200; back is the page to return to, the token's unless told otherwise.
        """
        community = self._known(community_id)
        if not 1 <= len(entries) <= MAX_BATCH:
            raise Refused(gettext("A batch has 1 to %(most)s lines.", most=MAX_BATCH), key="bad_batch", field="entries")
        call = batch_call(community, entries)
        lines = [
            Line(N_("New tokens in all"), "tokens", _amount(sum(units for _, units in entries)), community.symbol),
            Line(N_("Accounts"), "number", str(len(entries))),
        ]
        return self._prepare(
            account, "tokens.mint_batch", call.function, community, call.args, lines, form_key, back=back
        )

    def prepare_renounce_mint(self, account: str, community_id: int, form_key: str = "") -> Intent:
        """Give the intent that ends the steward's minting for ever."""
        community = self._known(community_id)
        lines = [
            Line(
                N_("Warning"),
                "note",
                N_("Nobody can mint this token any more, for ever. The founder's share goes on vesting."),
            )
        ]
        return self._prepare(account, "tokens.renounce_mint", "renounceMint", community, (), lines, form_key)

    def prepare_mint_vested(self, account: str, community_id: int, form_key: str = "") -> Intent:
        """Give the intent that mints what has vested, to the founder. Anybody may call it."""
        community = self._known(community_id)
        lines = [Line(N_("What is due goes to the founder"), "account", str(community.founder))]
        return self._prepare(account, "tokens.mint_vested", "mintVested", community, (), lines, form_key)

    def prepare_burn(self, account: str, community_id: int, amount_units: int, form_key: str = "") -> Intent:
        """Give the intent that destroys one's own tokens."""
        community = self._known(community_id)
        lines = [
            Line(N_("Destroyed for ever"), "tokens", _amount(amount_units), community.symbol),
        ]
        return self._prepare(account, "tokens.burn", "burn", community, (amount_units,), lines, form_key)

    def prepare_transfer(
        self, account: str, community_id: int, to: str, amount_units: int, form_key: str = ""
    ) -> Intent:
        """Give the intent that sends tokens to another account."""
        community = self._known(community_id)
        target = checksummed(to, "to")
        lines = [
            Line(N_("You send"), "tokens", _amount(amount_units), community.symbol),
            Line(N_("To"), "account", target),
        ]
        return self._prepare(account, "tokens.transfer", "transfer", community, (target, amount_units), lines, form_key)

    def prepare_set_contract_uri(
        self, account: str, community_id: int, description: Mapping[str, Any], form_key: str = ""
    ) -> Intent:
        """Give the intent that points to a new description, which is kept first. Steward only."""
        community = self._known(community_id)
        metadata = self.contents.store_description({**description, "name": community.name}, account=account)
        lines = [Line(N_("Description's hash"), "hash", metadata)]
        args = (self.contents.uri(metadata), bytes.fromhex(metadata[2:]))
        return self._prepare(account, "tokens.set_contract_uri", "setContractURI", community, args, lines, form_key)

    def prepare_freeze_contract_uri(self, account: str, community_id: int, form_key: str = "") -> Intent:
        """Give the intent that makes the description final."""
        community = self._known(community_id)
        lines = [Line(N_("Warning"), "note", N_("The description can never be changed again, by nobody."))]
        return self._prepare(account, "tokens.freeze_contract_uri", "freezeContractURI", community, (), lines, form_key)

    def _known(self, community_id: int) -> Community:
        found = self.queries.community(community_id) if 0 < community_id < 2**63 else None
        if found is None:
            raise NotFound(gettext("There is no such community."))
        return found

    def _prepare(
        self,
        account: str,
        action: str,
        function: str,
        community: Community,
        args: tuple[Any, ...],
        lines: list[Line],
        form_key: str,
        back: str | None = None,
    ) -> Intent:
        plan = Plan(
            action,
            Call(ABI, checksummed(str(community.token)), function, args),
            lines,
            title=community.name,
            subject=str(community.id),
            back=back or f"/c/{community.id}/token",
        )
        return self.intents.prepare(account, plan, form_key)


def batch_call(community: Community, entries: Sequence[Entry]) -> Call:
    """Give the call that mints to several accounts."""
    accounts = tuple(checksummed(account, "entries") for account, _ in entries)
    amounts = tuple(units for _, units in entries)
    return Call(ABI, checksummed(str(community.token)), "mintBatch", (accounts, amounts))


def _amount(units: int) -> str:
    if not 0 < units <= MAX_UINT256:
        raise Refused(gettext("Please write an amount above 0."), key="bad_amount", field="amount")
    return str(units)
