"""Intents in the database: one row each, whose status only moves forward."""

import json
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from eth_utils.address import to_checksum_address
from sqlalchemy import Select, func, select, update
from sqlalchemy.exc import IntegrityError

from frontend.index.models import blocks
from frontend.index.views import Page
from frontend.store.database import Database
from frontend.store.models import AppIntent

if TYPE_CHECKING:
    from frontend.services.intents import Intent

MAX_AT_ONCE = 200
ENDED_SHOWN_S = 600
MAX_IN_TRAY = 8
MAX_PAGES = 100
DAY_S = 86_400


class IntentStore:
    """Keeps intents. Every change is one short transaction."""

    def __init__(self, db: Database) -> None:
        self.db = db

    def add(self, intent: "Intent", key: str) -> "Intent":
        """Keep a new intent; if its key is taken meanwhile (a double click), give the one that has it."""
        summary = {
            "title": intent.title,
            "lines": [[line.label, line.kind, line.value, line.more] for line in intent.lines],
            "back": intent.back,
            "permit": intent.permit,
            "follow": intent.follow,
        }
        row = AppIntent(
            id=intent.id,
            idempotency_key=key,
            account=intent.account.lower(),
            chain_id=intent.chain_id,
            genesis_hash=intent.genesis_hash,
            action=intent.action,
            to=intent.to.lower(),
            data=intent.data,
            value_wei=intent.value_wei,
            gas=intent.gas,
            args=_json({"contract": intent.contract, "function": intent.function, "values": intent.values}),
            summary=_json(summary),
            status=intent.status,
            subject=intent.subject or None,
            created_at_ts=intent.created_at_ts,
            expires_at_ts=intent.expires_at_ts,
        )
        try:
            with self.db.session() as session:
                session.add(row)
        except IntegrityError:
            known = self.by_key(key)
            if known is None:
                raise
            return known
        return intent

    def by_id(self, intent_id: str) -> "Intent | None":
        """Give an intent, or None."""
        with self.db.reading() as session:
            row = session.get(AppIntent, intent_id) if len(intent_id) <= 66 else None
            return None if row is None else _intent(row)

    def by_key(self, key: str) -> "Intent | None":
        """Give the intent of an idempotency key, or None."""
        with self.db.reading() as session:
            row = session.scalar(select(AppIntent).where(AppIntent.idempotency_key == key))
            return None if row is None else _intent(row)

    def knows(self, tx_hash: str) -> bool:
        """Tell whether some intent has this transaction."""
        with self.db.reading() as session:
            return session.scalar(select(AppIntent.id).where(AppIntent.tx_hash == tx_hash).limit(1)) is not None

    def sent_calls(self, to: str, genesis_hash: str, calls: Sequence[str]) -> "dict[str, Intent]":
        """Give the intents of these calls at a contract that were sent and not refused, whoever sent them, by their calldata."""
        with self.db.reading() as session:
            rows = session.scalars(
                select(AppIntent)
                .where(AppIntent.to == to.lower(), AppIntent.genesis_hash == genesis_hash, AppIntent.data.in_(calls))
                .where(AppIntent.status.in_(("submitted", "mined", "final")))
                .order_by(AppIntent.created_at_ts)
            )
            return {row.data: _intent(row) for row in rows}

    def about(self, account: str, action: str, subjects: Sequence[str]) -> "dict[str, Intent]":
        """Give the newest intent of one kind that an account has about each of these subjects, by the subject."""
        with self.db.reading() as session:
            rows = session.scalars(
                _of(account)
                .where(AppIntent.action == action, AppIntent.subject.in_(subjects))
                .order_by(AppIntent.created_at_ts, AppIntent.id)
            )
            return {row.subject or "": _intent(row) for row in rows}

    def tray(self, account: str) -> "list[Intent]":
        """Give an account's newest intents that are on their way, or have ended a moment ago."""
        now = int(time.time())
        with self.db.reading() as session:
            rows = session.scalars(
                _of(account)
                .where(AppIntent.created_at_ts > now - 7 * DAY_S, AppIntent.submitted_at_ts.is_not(None))
                .where(AppIntent.status.in_(("submitted", "mined")) | (AppIntent.changed_at_ts > now - ENDED_SHOWN_S))
                .order_by(AppIntent.created_at_ts.desc())
                .limit(MAX_IN_TRAY)
            )
            return [_intent(row) for row in rows]

    def page(self, account: str, states: tuple[str, ...], page: int, per_page: int) -> "Page[Intent]":
        """List an account's intents, the newest first. Args: states is empty for all of them."""
        wanted = _of(account)
        if states:
            wanted = wanted.where(AppIntent.status.in_(states))
        with self.db.reading() as session:
            total = session.scalar(select(func.count()).select_from(wanted.subquery())) or 0
            pages = max(1, min(MAX_PAGES, -(-total // per_page)))
            page = max(1, min(page, pages))
            order = (AppIntent.created_at_ts.desc(), AppIntent.id)
            rows = session.scalars(wanted.order_by(*order).limit(per_page).offset((page - 1) * per_page))
            return Page([_intent(row) for row in rows], page, pages, total)

    def lost(self, since_ts: int, unchecked_since_ts: int) -> "list[Intent]":
        """Give intents whose transaction the node forgot, sent not long ago and not looked at since a while."""
        waiting = AppIntent.checked_at_ts.is_(None) | (AppIntent.checked_at_ts < unchecked_since_ts)
        with self.db.reading() as session:
            rows = session.scalars(
                select(AppIntent)
                .where(AppIntent.status == "dropped", AppIntent.created_at_ts > since_ts, waiting)
                .where(AppIntent.tx_hash.is_not(None))
                .limit(MAX_AT_ONCE)
            )
            return [_intent(row) for row in rows]

    def undone(self, since_ts: int) -> "list[Intent]":
        """Give finished intents whose block is not the index's block of that number any more."""
        with self.db.reading() as session:
            rows = session.scalars(
                select(AppIntent)
                .join(blocks, blocks.c.number == AppIntent.block)
                .where(AppIntent.status.in_(("final", "reverted")), AppIntent.created_at_ts > since_ts)
                .where(AppIntent.block_hash != blocks.c.hash)
                .limit(MAX_AT_ONCE)
            )
            return [_intent(row) for row in rows]

    def in_states(self, *states: str) -> "list[Intent]":
        """Give intents in any of these states, the oldest first, some at a time."""
        with self.db.reading() as session:
            rows = session.scalars(
                select(AppIntent)
                .where(AppIntent.status.in_(states))
                .order_by(AppIntent.created_at_ts)
                .limit(MAX_AT_ONCE)
            )
            return [_intent(row) for row in rows]

    def index_agrees(self, number: int, block_hash: str) -> bool:
        """Tell whether the index has read past a block, and knows it by no other hash."""
        with self.db.reading() as session:
            newest = session.scalar(select(func.max(blocks.c.number)))
            known = session.scalar(select(blocks.c.hash).where(blocks.c.number == number))
        return newest is not None and newest >= number and known in (None, block_hash)

    def move(self, intent_id: str, *, from_states: tuple[str, ...], to: str, **changes: Any) -> bool:
        """Change an intent's status if it is in one of the given states; tell whether it was."""
        values: dict[str, Any] = {"status": to, "changed_at_ts": int(time.time())}
        for name, value in changes.items():
            values[name] = _json(value) if name == "error" and value is not None else value
        with self.db.session() as session:
            result = session.execute(
                update(AppIntent).where(AppIntent.id == intent_id, AppIntent.status.in_(from_states)).values(**values)
            )
            return bool(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult

    def note(self, intent_id: str, **changes: Any) -> None:
        """Write down something about an intent without changing its status: nonce, block, checked_at_ts, tx_hash."""
        with self.db.session() as session:
            session.execute(update(AppIntent).where(AppIntent.id == intent_id).values(**changes))

    def complete_call(self, intent_id: str, *, data: str, gas: int, call: dict[str, Any]) -> None:
        """Put the calldata in that a signed permit has made whole."""
        with self.db.session() as session:
            row = session.get_one(AppIntent, intent_id)
            summary = json.loads(row.summary)
            summary["permit"] = None
            row.data, row.gas, row.args, row.summary = data, gas, _json(call), _json(summary)

    def link_next(self, intent_id: str, next_id: str) -> None:
        """Write down which intent is the step behind this one."""
        with self.db.session() as session:
            row = session.get_one(AppIntent, intent_id)
            summary = json.loads(row.summary)
            summary["next"] = next_id
            row.summary = _json(summary)

    def release_key(self, intent_id: str) -> None:
        """Let the form of an intent that came to nothing build another one."""
        with self.db.session() as session:
            row = session.get_one(AppIntent, intent_id)
            row.idempotency_key = f"spent {intent_id}"
            if row.status in ("built", "awaiting_wallet", "rejected", "failed"):
                row.status = "expired"

    def expire(self, now_ts: int) -> int:
        """Mark what nobody signed in time; give how many."""
        with self.db.session() as session:
            result = session.execute(
                update(AppIntent)
                .where(AppIntent.status.in_(("built", "awaiting_wallet", "rejected", "failed")))
                .where(AppIntent.expires_at_ts < now_ts)
                .values(status="expired")
            )
            return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult


def _of(account: str) -> Select[AppIntent]:
    return select(AppIntent).where(AppIntent.account == account.lower())


def _json(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def _intent(row: AppIntent) -> "Intent":
    from frontend.services.intents import Intent, Line

    args, summary = json.loads(row.args), json.loads(row.summary)
    return Intent(
        id=row.id,
        account=to_checksum_address(row.account),
        chain_id=row.chain_id,
        genesis_hash=row.genesis_hash,
        action=row.action,
        status=row.status,
        contract=args["contract"],
        function=args["function"],
        values=args["values"],
        to=to_checksum_address(row.to),
        data=row.data,
        value_wei=row.value_wei,
        gas=row.gas,
        title=summary["title"],
        lines=tuple(Line(*entry) for entry in summary["lines"]),
        subject=row.subject or "",
        back=summary["back"],
        created_at_ts=row.created_at_ts,
        expires_at_ts=row.expires_at_ts,
        submitted_at_ts=row.submitted_at_ts,
        tx_hash=row.tx_hash,
        error=json.loads(row.error) if row.error else None,
        permit=summary.get("permit"),
        follow=summary.get("follow"),
        nonce=row.nonce,
        block=row.block,
        next_id=summary.get("next"),
        checked_at_ts=row.checked_at_ts,
        changed_at_ts=row.changed_at_ts,
    )
