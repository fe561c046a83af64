"""Airdrops: minting to a list of accounts, a part of the list in each transaction."""

from __future__ import annotations

from dataclasses import dataclass

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.account_lists import Entry, written
from frontend.errors import NotFound, Refused
from frontend.index.views import Community
from frontend.services.claim_lists import ClaimLists
from frontend.services.intent_store import IntentStore
from frontend.services.intents import Intent
from frontend.services.tokens import MAX_BATCH, Tokens, batch_call


@dataclass(frozen=True)
class Part:
    """So much of a list as fits into one transaction, and the transaction that minted it or is on its way to; None: none yet."""

    number: int
    entries: tuple[Entry, ...]
    intent: Intent | None

    @property
    def total_units(self) -> int:
        """All its amounts together, smallest units."""
        return sum(units for _account, units in self.entries)

    @property
    def as_text(self) -> str:
        """The same lines as whoever signs compares them."""
        return "\n".join(f"{account},{units}" for account, units in self.entries)


class Airdrops:
    """Lists that a steward mints to. A part is known by its call, so it is never offered twice, whoever sent it."""

    def __init__(self, lists: ClaimLists, tokens: Tokens, store: IntentStore) -> None:
        self.lists = lists
        self.tokens = tokens
        self.store = store

    def keep(self, community: Community, entries: tuple[Entry, ...], account: str) -> str:
        """Keep a list, and give its hash. Raises: StoreDown; UploadsSpent."""
        remark = f"who gets how much of the token {to_checksum_address(str(community.token))}"
        return self.lists.contents.store_list(written(entries, remark), account=account)

    def parts(self, community: Community, content_hash: str) -> list[Part]:
        """Give a kept list in parts, each with what became of it. Raises: Refused when the list is not here."""
        entries = self.lists.entries_in(content_hash)
        divided = [entries[at : at + MAX_BATCH] for at in range(0, len(entries), MAX_BATCH)]
        calls = [batch_call(community, part).data for part in divided]
        sent = self.store.sent_calls(str(community.token), self.tokens.registry.genesis_hash, calls)
        return [
            Part(number, part, sent.get(call))
            for number, (part, call) in enumerate(zip(divided, calls, strict=True), start=1)
        ]

    def prepare(self, account: str, community: Community, content_hash: str, number: int) -> Intent:
        """Give the intent that mints a part, or the one that does so already.

        Raises: NotFound for a part that is none; Refused when another account has minted it.
        """
        parts = self.parts(community, content_hash)
        if not 1 <= number <= len(parts):
            raise NotFound(gettext("This list has no such part."))
        part = parts[number - 1]
        if part.intent is not None:
            if part.intent.account != account:
                raise Refused(gettext("Another account has minted this part already."), key="minted_already")
            return part.intent
        back = f"/c/{community.id}/airdrop/{content_hash}"
        # one key for a list's part, so that two windows cannot have two of it
        return self.tokens.prepare_mint_batch(
            account, community.id, part.entries, form_key=f"airdrop {content_hash[:42]} {number}", back=back
        )
