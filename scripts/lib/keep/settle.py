"""Finding out what became of what was sent: mined, undone, dropped, stuck, or overtaken.

A call never has two nonces at once: what was stored is sent again as it is, or replaced under its own nonce.
"""

from dataclasses import dataclass

from eth_account.signers.local import LocalAccount

from scripts.lib.fees import gwei_text, money_text
from scripts.lib.keep import journal as states
from scripts.lib.keep.due import KINDS, Matter
from scripts.lib.keep.fees import raised
from scripts.lib.keep.journal import Call, Journal, Signed
from scripts.lib.keep.node import Head, Node, Receipt
from scripts.lib.keep.report import Report


@dataclass(frozen=True)
class Limits:
    """What a keeper may spend, and how patient it is."""

    gas_price_wei: int  # the most per gas, base fee and tip together
    floor_wei: int = 0  # the account keeps at least so much
    calls_a_round: int = 20
    replace_after_blocks: int = 10
    confirmations: int = 1
    max_lag_blocks: int = 50


@dataclass(frozen=True)
class Desk:
    """All that a keeper works with."""

    node: Node
    journal: Journal
    signer: LocalAccount
    limits: Limits
    report: Report
    kinds: tuple[Matter, ...] = KINDS

    @property
    def account(self) -> str:
        """The account that sends."""
        return str(self.signer.address)

    def is_moot(self, kind: str, refusal: str) -> bool:
        """Tell whether a refusal says that the subject has moved on, so that there is nothing left to do."""
        return any(found.moved_on(refusal) for found in self.kinds if found.name == kind)


def settle(desk: Desk, head: Head) -> None:
    """Bring every unfinished call of the journal forward. Chain: reads, and sends what is stored."""
    # both before the receipts: what they count is mined by then
    used = desk.node.nonce(desk.account)
    used_deep = desk.node.nonce(desk.account, max(0, head.number - desk.limits.confirmations + 1))
    unfinished = desk.journal.unfinished()
    for call in unfinished:
        signed = desk.journal.transactions(call)
        receipt, mined = _mined(desk.node, signed)
        if receipt is not None and mined is not None:
            _settle_mined(desk, call, mined, receipt, head)
            continue
        if call.state == states.MINED:
            desk.journal.mark(call, states.SENT)
            desk.report.tell(call.subject, f"↺ {call.subject}: the block with it was undone; it waits again")
        if used > call.nonce:
            _overtaken(desk, call, is_sure=used_deep > call.nonce)
            continue
        _push(desk, call, signed[-1], head, is_last=call.nonce == unfinished[-1].nonce)


def _mined(node: Node, signed: list[Signed]) -> tuple[Receipt | None, Signed | None]:
    for one in reversed(signed):
        receipt = node.receipt(one.hash)
        if receipt is not None:
            return receipt, one
    return None, None


def _settle_mined(desk: Desk, call: Call, signed: Signed, receipt: Receipt, head: Head) -> None:
    if receipt.block + desk.limits.confirmations - 1 > head.number:
        if call.state != states.MINED:
            desk.journal.mark(call, states.MINED)
        desk.report.leave(call.subject, "not deep enough in the chain yet")
        return
    desk.report.spent_wei += receipt.cost_wei
    paid = f"block {receipt.block}, {receipt.gas_used:,} gas, {money_text(receipt.cost_wei)}, tx {receipt.tx}"
    if signed.empty:
        desk.journal.mark(call, states.FREED)
        desk.report.tell(call.subject, f"· {call.subject}: not needed any more; its nonce was used up in {paid}")
        return
    if receipt.succeeded:
        desk.journal.mark(call, states.DONE)
        desk.report.done += 1
        desk.report.tell(call.subject, f"✓ {call.subject}: {call.what}; {paid}")
        return
    desk.journal.mark(call, states.REVERTED)
    refusal = desk.node.refusal(desk.account, call.data) or "it would go through now"
    if desk.is_moot(call.kind, refusal):
        desk.report.by_others += 1
        desk.report.tell(
            call.subject, f"· {call.subject}: done by somebody else in the same moment; ours had no effect, {paid}"
        )
        return
    desk.report.failed += 1
    desk.report.tell(call.subject, f"✗ {call.subject}: mined without effect ({refusal}); {paid}")


def _overtaken(desk: Desk, call: Call, *, is_sure: bool) -> None:
    """The nonce went to a transaction that is not ours; if the call is still due, it is found again."""
    if not is_sure:
        desk.report.leave(call.subject, "another transaction of the account has its nonce, not deep in the chain yet")
        return
    desk.journal.mark(call, states.OVERTAKEN)
    desk.report.tell(
        call.subject,
        f"· {call.subject}: another transaction of this account took nonce {call.nonce}; ours can never be mined. Is the "
        "account used elsewhere?",
    )


def _push(desk: Desk, call: Call, newest: Signed, head: Head, *, is_last: bool) -> None:
    """Make sure that a call that is in no block is on its way, at a price at which it can be mined."""
    desk.report.leave(call.subject, "sent, not mined yet")
    refusal = None if newest.empty else desk.node.refusal(desk.account, call.data)
    known = desk.node.knows(newest.hash)
    if refusal is not None and not known and is_last:
        desk.journal.mark(call, states.DROPPED)
        desk.report.left.pop(call.subject)
        desk.report.by_others += desk.is_moot(call.kind, refusal)
        desk.report.tell(
            call.subject, f"· {call.subject}: not needed any more ({refusal}); ours was not mined and is given up"
        )
        return
    if _is_stuck(desk, newest, head, known=known) or (refusal is not None and not known):
        _replace(desk, call, newest, head, empty=newest.empty or refusal is not None)
        return
    if not known:
        complaint = desk.node.broadcast(newest.raw)
        told = f"the node does not take it: {complaint}" if complaint else "sent again as it was stored"
        desk.report.tell(call.subject, f"→ {call.subject}: {told}, tx {newest.hash}")


def _is_stuck(desk: Desk, newest: Signed, head: Head, *, known: bool) -> bool:
    if newest.max_fee_wei < desk.node.fees().base_wei:
        return True
    return known and head.number - newest.block >= desk.limits.replace_after_blocks


def _replace(desk: Desk, call: Call, old: Signed, head: Head, *, empty: bool) -> None:
    """Sign the same call, or nothing in its place, with the same nonce and a higher fee; store it, then send it."""
    now, cap_wei = desk.node.fees(), desk.limits.gas_price_wei
    fees = raised(now, cap_wei, old.max_fee_wei, old.priority_wei)
    if fees is None:
        why = f"gas costs {gwei_text(now.base_wei)} now, it offers {gwei_text(old.max_fee_wei)}"
        desk.report.leave(call.subject, "waits for a lower gas price")
        desk.report.tell(
            call.subject,
            f"… {call.subject}: waits ({why}); the cap of {gwei_text(cap_wei)} allows no more",
            once_for=old.hash,
        )
        desk.node.broadcast(old.raw)  # a node may have dropped it meanwhile
        return
    if empty:
        signed = desk.node.sign_empty(desk.signer, call.nonce, fees, head.number)
    else:
        signed = desk.node.sign(desk.signer, call.nonce, call.data, call.gas, fees, head.number)
    desk.journal.store_replacement(call, signed)
    complaint = desk.node.broadcast(signed.raw)
    what = "replaced by an empty one, being not needed any more" if empty else "replaced"
    told = f", but the node says: {complaint}" if complaint else ""
    desk.report.tell(
        call.subject,
        f"→ {call.subject}: waited too long, {what}, at most {gwei_text(fees.max_wei)} per gas{told}, tx {signed.hash}",
    )
