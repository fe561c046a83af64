"""Finding what is due and sending it: tried out, stored, sent."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from web3.exceptions import Web3Exception

from scripts.lib.fees import gwei_text, money_text
from scripts.lib.keep import journal as states
from scripts.lib.keep.due import KINDS, DueCall
from scripts.lib.keep.fees import capped
from scripts.lib.keep.index import Index
from scripts.lib.keep.node import Head, Node
from scripts.lib.keep.report import Report
from scripts.lib.keep.settle import Desk

ASK_AGAIN_BLOCKS = 20  # a call that was refused is tried out again after so many
MOST_LOOKED_AT = 1_000  # of what is due, in one round
MOST_FAILURES = 3  # what fails on the chain though it went through when tried out costs gas each time
REFUSED = "refused by the chain when tried out"
NOBODY = "0x" + "00" * 20


@dataclass
class Refused:
    """Calls that the chain refused, not to be tried out at every round: until which block they rest, and why."""

    resting: dict[str, tuple[int, str | None]] = field(default_factory=dict)

    def rests(self, due: DueCall, head: Head) -> bool:
        """Tell whether a call is not to be tried out yet."""
        return due.subject in self.resting and self.resting[due.subject][0] > head.number

    def note(self, due: DueCall, head: Head, why: str | None) -> None:
        """Let a call rest. Args: why is None when there is nothing left to do."""
        self.resting[due.subject] = (head.number + ASK_AGAIN_BLOCKS, why)

    def why(self, due: DueCall) -> str | None:
        """Give why a resting call is left, None when there is nothing left to do."""
        return self.resting[due.subject][1]


def all_due(index: Index, head: Head) -> Iterator[DueCall]:
    """Give every call that is due at the newest block's time, kind by kind, the longest due first."""
    for kind in KINDS:
        yield from kind.find(index, head.timestamp_ts)


def show_due(node: Node, index: Index, head: Head, report: Report, sender: str | None) -> int:
    """Say what is due and whether it would go through; give how many would. Nothing is signed. Chain: reads."""
    ready = 0
    for due in all_due(index, head):
        refusal = node.refusal(sender or NOBODY, node.data_of(due))
        ready += refusal is None
        verdict = "would be sent" if refusal is None else f"would be left: {refusal}"
        report.say(f"{due.subject}: {due.what}; due for {_span(head.timestamp_ts - due.due_ts)}; {verdict}")
    return ready


def send_due(desk: Desk, calls: Iterable[DueCall], head: Head, refused: Refused) -> None:
    """Send what is due, as much as the limits allow; say of the rest why not. Chain: reads, and sends."""
    unfinished = desk.journal.unfinished()
    under_way = {(call.kind, call.subject) for call in unfinished}
    room = desk.limits.calls_a_round - len(unfinished)
    stopped: str | None = None
    for due in islice(calls, MOST_LOOKED_AT):
        if (due.kind, due.subject) in under_way:
            continue
        if refused.rests(due, head):
            if (why := refused.why(due)) is not None:
                desk.report.leave(due.subject, why)
            continue
        if stopped is None and room <= 0:
            stopped = "more is due than is sent in one round"
        if stopped is not None:
            desk.report.leave(due.subject, stopped)
            continue
        if not _is_worth_it(desk, due, head, refused):
            continue
        stopped = _send(desk, due, head)
        room -= 1


def _is_worth_it(desk: Desk, due: DueCall, head: Head, refused: Refused) -> bool:
    """Tell whether a call goes through when it is tried out, and say why not."""
    if desk.journal.count(due.kind, due.subject, states.REVERTED) >= MOST_FAILURES:
        desk.report.leave(due.subject, "failed too often")
        desk.report.tell(due.subject, f"✗ {due.subject}: left, it was mined without effect {MOST_FAILURES} times")
        return False
    refusal = desk.node.refusal(desk.account, desk.node.data_of(due))
    if refusal is not None:
        _leave_refused(desk, due, refusal, head, refused)
    return refusal is None


def _leave_refused(desk: Desk, due: DueCall, refusal: str, head: Head, refused: Refused) -> None:
    if not desk.is_moot(due.kind, refusal):
        refused.note(due, head, REFUSED)
        desk.report.leave(due.subject, REFUSED)
        desk.report.tell(due.subject, f"✗ {due.subject}: left, the chain would refuse it: {refusal}")
        return
    is_news = due.subject not in refused.resting
    refused.note(due, head, None)
    if is_news and not desk.journal.count(due.kind, due.subject, states.DONE, states.REVERTED, states.DROPPED):
        desk.report.by_others += 1
        desk.report.tell(due.subject, f"· {due.subject}: somebody else has acted meanwhile ({refusal})")


def _send(desk: Desk, due: DueCall, head: Head) -> str | None:
    """Send one call; give why nothing more is to be sent in this round, None when more may be."""
    data = desk.node.data_of(due)
    fees = capped(desk.node.fees(), desk.limits.gas_price_wei)
    if fees is None:
        return _wait_for_gas(desk, due)
    try:
        gas = desk.node.gas_limit(desk.account, data)
    except (Web3Exception, ValueError):
        desk.report.leave(due.subject, REFUSED)  # somebody was faster, just now
        return None
    missing_wei = desk.limits.floor_wei - _rest_wei(desk, gas * fees.max_wei)
    if missing_wei > 0:
        return _wait_for_money(desk, due, missing_wei)
    nonce = _next_nonce(desk)
    signed = desk.node.sign(desk.signer, nonce, data, gas, fees, head.number)
    desk.journal.store(due.kind, due.subject, due.what, data, gas, nonce, signed)
    complaint = desk.node.broadcast(signed.raw)
    desk.report.sent += 1
    desk.report.leave(due.subject, "sent, not mined yet")
    told = f"sent, at most {gwei_text(fees.max_wei)} per gas"
    if complaint:
        told = f"stored, but the node says: {complaint}"
    desk.report.tell(due.subject, f"→ {due.subject}: {due.what}; {told}, tx {signed.hash}")
    return None


def _wait_for_gas(desk: Desk, due: DueCall) -> str:
    why = "waits for a lower gas price"
    now = desk.node.fees()
    desk.report.leave(due.subject, why)
    desk.report.tell(
        due.subject,
        f"… {due.subject}: waits, and all behind it; gas costs {gwei_text(now.base_wei or now.max_wei)}, the cap is "
        f"{gwei_text(desk.limits.gas_price_wei)}",
        once_for=why,
    )
    return why


def _wait_for_money(desk: Desk, due: DueCall, missing_wei: int) -> str:
    why = "the account's balance would fall below its floor"
    desk.report.leave(due.subject, why)
    desk.report.tell(
        due.subject,
        f"… {due.subject}: left, and all behind it; the account would fall below its floor of "
        f"{money_text(desk.limits.floor_wei)} by {money_text(missing_wei)}. Send it ETH",
        once_for=why,
    )
    return why


def _rest_wei(desk: Desk, cost_wei: int) -> int:
    """Give what is left of the balance if this, and everything under way, costs the most that it may."""
    under_way = desk.journal.unfinished()
    reserved_wei = sum(call.gas * desk.journal.transactions(call)[-1].max_fee_wei for call in under_way)
    return desk.node.balance_wei(desk.account) - reserved_wei - cost_wei


def _next_nonce(desk: Desk) -> int:
    """Give the first nonce that neither a block, the node's pool nor the journal has."""
    stored = max((call.nonce for call in desk.journal.unfinished()), default=-1)
    return max(desk.node.nonce(desk.account), desk.node.nonce(desk.account, "pending"), stored + 1)


def _span(seconds: int) -> str:
    days, rest = divmod(max(0, seconds), 86_400)
    return f"{days} d {rest // 3_600} h" if days else f"{rest // 3_600} h {rest % 3_600 // 60} min"
