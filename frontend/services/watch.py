"""Follows sent transactions until the index shows them: called by the follower after each step, and when a hash arrives.

The page's truth is the indexed block; the receipt is progress. What is looked at is (sender, nonce), not the hash alone, so
that a transaction that the wallet sped up or cancelled is found. Nothing is final for ever: an undone block brings what
was in it back on its way, and a transaction that the network forgot is looked for once more for a day.
"""

import logging
import time
from dataclasses import replace
from typing import Any

from frontend.errors import NodeError
from frontend.index.queries import Queries
from frontend.services.chain import Chain, Receipt, Transaction
from frontend.services.intent_store import IntentStore
from frontend.services.intents import ON_ITS_WAY, SIGNABLE, Intent
from frontend.services.reverts import NoFunds, Reverted, decode_revert

log = logging.getLogger(__name__)

DROPPED_AFTER_S = 600
LOOK_BACK_BLOCKS = 64  # how far a replacement is looked for
MAX_UNSEEN_S = 86_400  # so long a forgotten transaction is looked for
LOST_EVERY_S = 30
UNDONE_WITHIN_S = 2 * 86_400
UNDONE = {"undone": True}


class Watch:
    """Moves intents along as their transactions do."""

    def __init__(self, chain: Chain, store: IntentStore, queries: Queries, *, confirmations: int) -> None:
        self.chain = chain
        self.store = store
        self.queries = queries
        self.confirmations = confirmations
        self._looked_to: int | None = None

    def step(self) -> int:
        """Look once at everything that is on its way; give how many intents that was. Raises: NodeError."""
        now = int(time.time())
        self.store.expire(now)
        self.find_unreported()
        self.find_undone(now)
        self.find_lost(now)
        intents = self.store.in_states(*ON_ITS_WAY)
        for intent in intents:
            self.look(intent)
        return len(intents)

    def find_unreported(self) -> None:
        """Find transactions whose page was left between the wallet's yes and our hearing of it.

        Only blocks behind the one in which the wallet was asked are looked through, each once.
        """
        asked = [intent for intent in self.store.in_states("awaiting_wallet") if intent.block is not None]
        if not asked:
            self._looked_to = None
            return
        newest, _ = self.chain.head()
        first = min(intent.block or 0 for intent in asked)
        start = max(first, self._looked_to if self._looked_to is not None else first, newest - LOOK_BACK_BLOCKS) + 1
        for number in range(start, newest + 1):
            for found in self.chain.transactions_of_block(number):
                for intent in asked:
                    if number > (intent.block or 0) and is_same(intent, found) and not self.store.knows(found.hash):
                        self.report(intent, found.hash)
        self._looked_to = newest

    def find_undone(self, now: int) -> None:
        """Put finished intents whose block was undone on their way again. Asks the database only."""
        for intent in self.store.undone(now - UNDONE_WITHIN_S):
            self._wait_again(intent, ("final", "reverted"), nonce=intent.nonce)

    def find_lost(self, now: int) -> None:
        """Look now and then whether the network knows a forgotten transaction again."""
        for intent in self.store.lost(now - MAX_UNSEEN_S, now - LOST_EVERY_S):
            assert intent.tx_hash is not None
            self.store.note(intent.id, checked_at_ts=now)
            is_known = self.chain.transaction(intent.tx_hash) is not None
            nonce_is_used = intent.nonce is not None and self.chain.nonce(intent.account) > intent.nonce
            if is_known or nonce_is_used:
                self.store.move(intent.id, from_states=("dropped",), to="submitted")

    def look(self, intent: Intent) -> Intent:
        """Look at one intent's transaction and give the intent as it is now."""
        if intent.tx_hash is None or intent.status not in ON_ITS_WAY:
            return intent
        receipt = self.chain.receipt(intent.tx_hash)
        if receipt is not None:
            return self._mined(intent, receipt)
        found = self.chain.transaction(intent.tx_hash)
        if found is not None:
            return self._waiting(intent, found)
        return self._unknown(intent)

    def report(self, intent: Intent, tx_hash: str) -> Intent:
        """Take the hash that the wallet gave, and look at it at once if the node can be asked.

        A hash that comes after the intent expired counts as well: the transaction was sent.
        """
        moved = self.store.move(
            intent.id,
            from_states=(*SIGNABLE, "expired", "dropped"),
            to="submitted",
            tx_hash=tx_hash,
            error=None,
            nonce=None,
            block=None,
            submitted_at_ts=int(time.time()),
        )
        if not moved:
            return self._fresh(intent)
        intent = self._fresh(intent)
        try:
            return self.look(intent)
        except NodeError:
            return intent  # the follower will look

    def _mined(self, intent: Intent, receipt: Receipt) -> Intent:
        if intent.nonce is None:
            found = self.chain.transaction(receipt.hash)
            if found is not None:
                if not is_same(intent, found):
                    return self._end(intent, "mismatch", block=receipt.block)
                self.store.note(intent.id, nonce=found.nonce)
        where = {"block": receipt.block, "block_hash": receipt.block_hash}
        if not receipt.succeeded:
            return self._end(intent, "reverted", error=self._why(intent, receipt), **where)
        head = self.queries.head()
        indexed = head is not None and self.store.index_agrees(receipt.block, receipt.block_hash)
        deep = head is not None and head.number - receipt.block + 1 >= self.confirmations
        if indexed and deep:
            return self._end(intent, "final", error=None, **where)
        if intent.status != "mined" or intent.block != receipt.block:
            self.store.move(intent.id, from_states=ON_ITS_WAY, to="mined", error=None, **where)
        return replace(intent, status="mined", block=receipt.block)

    def _waiting(self, intent: Intent, found: Transaction) -> Intent:
        if not is_same(intent, found):
            return self._end(intent, "mismatch")
        if intent.status == "mined":
            return self._wait_again(intent, ON_ITS_WAY, nonce=found.nonce)
        if intent.nonce != found.nonce:
            self.store.note(intent.id, nonce=found.nonce)
        return replace(intent, nonce=found.nonce)

    def _wait_again(self, intent: Intent, from_states: tuple[str, ...], *, nonce: int | None) -> Intent:
        """Note that the block with a transaction was undone: it waits for another one."""
        seen = {"checked_at_ts": int(time.time()), "nonce": nonce, "block": None, "block_hash": None}
        self.store.move(intent.id, from_states=from_states, to="submitted", error=UNDONE, **seen)
        return self._fresh(intent)

    def _unknown(self, intent: Intent) -> Intent:
        """The node does not know the hash: replaced, dropped, of a chain that is gone, or just not there yet."""
        if intent.genesis_hash and self.chain.genesis_hash() != intent.genesis_hash:
            return self._end(intent, "chain_reset")
        if intent.nonce is not None and self.chain.nonce(intent.account) > intent.nonce:
            other = self._with_nonce(intent)
            if other is not None and is_same(intent, other):  # sped up in the wallet: the same call under a new hash
                self.store.note(intent.id, tx_hash=other.hash)
                return self.look(replace(intent, tx_hash=other.hash))
            if other is not None:
                return self._end(intent, "replaced" if is_call(other) else "cancelled", error={"tx": other.hash})
            return self._end(intent, "replaced", error={"tx": None})
        if intent.status == "mined":
            return self._wait_again(intent, ON_ITS_WAY, nonce=intent.nonce)
        last_seen_ts = max(intent.checked_at_ts or 0, intent.submitted_at_ts or intent.created_at_ts)
        if time.time() - last_seen_ts > DROPPED_AFTER_S:
            return self._end(intent, "dropped", error=None, checked_at_ts=int(time.time()))
        return intent

    def _with_nonce(self, intent: Intent) -> Transaction | None:
        """Find the transaction that used the intent's nonce, in the newest blocks."""
        newest, _ = self.chain.head()
        for number in range(newest, max(-1, newest - LOOK_BACK_BLOCKS), -1):
            for found in self.chain.transactions_of_block(number):
                if found.sender == intent.account.lower() and found.nonce == intent.nonce:
                    return found
        return None

    def _why(self, intent: Intent, receipt: Receipt) -> dict[str, Any]:
        """Run the call again as of the block before, to learn what the contract said."""
        gas_used: dict[str, Any] = {"gas_used": receipt.gas_used}
        try:
            self.chain.call(
                intent.to,
                intent.data,
                sender=intent.account,
                value_wei=intent.value_wei,
                block=max(receipt.block - 1, 0),
            )
        except Reverted as reverted:
            return decode_revert(reverted).to_json() | gas_used
        except (NoFunds, NodeError):
            return gas_used
        found = self.chain.transaction(receipt.hash)
        if found is not None and found.gas == receipt.gas_used:
            return gas_used | {"out_of_gas": True}
        return gas_used  # it would have gone through: somebody else's transaction in the same block came first

    def _end(self, intent: Intent, status: str, **changes: Any) -> Intent:
        self.store.move(intent.id, from_states=ON_ITS_WAY, to=status, **changes)
        log.info("intent %s: %s", intent.action, status)
        return self._fresh(intent)

    def _fresh(self, intent: Intent) -> Intent:
        return self.store.by_id(intent.id) or intent


def is_same(intent: Intent, found: Transaction) -> bool:
    """Tell whether a transaction is the intent's: sender, recipient, calldata and value."""
    return (
        found.sender == intent.account.lower()
        and found.to == intent.to.lower()
        and found.data == intent.data.lower()
        and found.value_wei == intent.value_wei
    )


def is_call(found: Transaction) -> bool:
    """Tell whether a transaction calls something, or only uses a nonce up."""
    return found.to != found.sender or found.data not in ("", "0x") or found.value_wei != 0
