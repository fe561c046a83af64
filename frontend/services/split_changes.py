"""How payees change a split: what they agree on, the link that carries their signatures, and the calls that make it so.

Change and signatures stand in the link behind the `#`, which a browser sends to no server. Source: Splits.sol, ShareLib.sol.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from eth_account.messages import encode_typed_data
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from flask_babel import gettext

from frontend.errors import CallWouldRevert, NotFound, Refused
from frontend.formatters import short
from frontend.index.queries import Queries
from frontend.index.split_views import Split, SplitChange, SplitPayee
from frontend.marks import N_
from frontend.services.intents import Intent, Line
from frontend.services.permits import DOMAIN, SIGNATURE_BYTES
from frontend.services.revert_texts import sentence
from frontend.services.reverts import Reverted, decode_revert
from frontend.services.splits import ABI, Splits
from frontend.signatures import signer_of

SHARE = [
    {"name": "seat", "type": "uint16"},
    {"name": "bps", "type": "uint16"},
    {"name": "lockedUntil", "type": "uint40"},
]
CHANGE = [
    {"name": "splitId", "type": "uint64"},
    {"name": "version", "type": "uint32"},
    {"name": "shares", "type": "Share[]"},
    {"name": "newPayees", "type": "address[]"},
    {"name": "deadline", "type": "uint40"},
]
_SHARE = r"[0-9]{1,5}\.[0-9]{1,5}\.[0-9]{1,12}"
_PAYEE = r"0x[0-9a-fA-F]{40}"
_SIGNATURE = r"[0-9]{1,5}\.0x(?:[0-9a-fA-F]{2}){1,2000}"
LINK = re.compile(
    rf"version=([0-9]{{1,9}})&until=([0-9]{{1,12}})&shares=({_SHARE}(?:,{_SHARE}){{0,31}})"
    rf"&new=((?:{_PAYEE}(?:,{_PAYEE}){{0,31}})?)&sig=((?:{_SIGNATURE}(?:,{_SIGNATURE}){{0,31}})?)",
    re.ASCII,
)


@dataclass(frozen=True)
class Share:
    """One payee's part of the new version."""

    seat: int
    bps: int
    locked_until_ts: int = 0


@dataclass(frozen=True)
class Change:
    """A new version of a split: the whole new list by ascending seat, and who takes the next free seats."""

    version: int  # that it would make
    shares: tuple[Share, ...]
    new_payees: tuple[str, ...]
    deadline_ts: int

    def to_abi(self) -> tuple[Any, ...]:
        """Give it as the contract takes it."""
        shares = tuple((share.seat, share.bps, share.locked_until_ts) for share in self.shares)
        return (shares, tuple(to_checksum_address(payee) for payee in self.new_payees), self.deadline_ts)


@dataclass(frozen=True)
class Row:
    """What a change does to one payee."""

    seat: int
    account: str  # empty for a seat that does not exist
    bps_now: int
    bps: int
    locked_until_ts: int  # as it would be
    must_agree: bool
    is_new: bool


def rows_of(
    change: Change, split: Split, payees: Sequence[SplitPayee], seats: Mapping[int, str], now_ts: int
) -> list[Row]:
    """Give what a change does to each payee, by seat; seats say whose those are that have no share now.

    Source: ShareLib.seatsToAgree.
    """
    wanted = {share.seat: share for share in change.shares}
    rows = []
    for payee in payees:
        share = wanted.pop(payee.seat, Share(payee.seat, 0))
        longer = share.locked_until_ts > max(payee.locked_until_ts, now_ts)
        gives = share.bps < payee.bps or longer
        rows.append(Row(payee.seat, payee.account, payee.bps, share.bps, share.locked_until_ts, gives, False))
    for share in wanted.values():
        place = share.seat - split.seat_count
        is_new = 0 <= place < len(change.new_payees)
        account = change.new_payees[place] if is_new else seats.get(share.seat, "")
        rows.append(Row(share.seat, account, 0, share.bps, share.locked_until_ts, False, is_new))
    return sorted(rows, key=lambda row: row.seat)


def link_of(change: Change, signatures: Mapping[int, bytes] | None = None) -> str:
    """Give what stands behind the `#` of a link."""
    shares = ",".join(f"{share.seat}.{share.bps}.{share.locked_until_ts}" for share in change.shares)
    signed = ",".join(f"{seat}.0x{signature.hex()}" for seat, signature in sorted((signatures or {}).items()))
    payees = ",".join(payee.lower() for payee in change.new_payees)
    return f"version={change.version}&until={change.deadline_ts}&shares={shares}&new={payees}&sig={signed}"


def read_link(link: str) -> tuple[Change, dict[int, bytes]]:
    """Read a link, or the part of it behind the `#`: the change, and signatures by seat.

    Raises: Refused when it is no such link.
    """
    found = LINK.fullmatch(link.strip().rpartition("#")[2])
    if found is None:
        raise Refused(bad_link_text(), key="bad_link", field="link")
    version, until, shares, payees, signed = found.groups()
    change = Change(
        int(version),
        tuple(Share(*map(int, share.split("."))) for share in shares.split(",")),
        tuple(payee.lower() for payee in payees.split(",") if payee),
        int(until),
    )
    if not _fits(change):
        raise Refused(bad_link_text(), key="bad_link", field="link")
    pairs = (entry.split(".0x") for entry in signed.split(",") if entry)
    return change, {int(seat): bytes.fromhex(signature) for seat, signature in pairs}


def _fits(change: Change) -> bool:
    """Tell whether every number fits its type."""
    times = [change.deadline_ts, *(share.locked_until_ts for share in change.shares)]
    shares_fit = all(share.seat < 2**16 and share.bps < 2**16 for share in change.shares)
    return shares_fit and all(time < 2**40 for time in times)


def proposed(found: SplitChange) -> Change:
    """Give a change that was proposed on the chain."""
    shares = tuple(Share(*share) for share in found.shares)
    return Change(found.version, shares, tuple(found.new_payees), found.deadline_ts)


def bad_link_text() -> str:
    """Say that a link was cut off."""
    return gettext("This is not the whole link. Copy it again, to its very end.")


def void_change_text() -> str:
    """Say that a change was agreed on for another version."""
    return gettext("This change is void: the split has another version now. Agree on it anew.")


class SplitChanges:
    """Builds what makes a change: proposals and approvals on the chain, and the change itself with its signatures."""

    def __init__(self, splits: Splits, queries: Queries) -> None:
        self.splits = splits
        self.queries = queries

    def ask_seats(self, split_id: int, change: Change) -> list[int]:
        """Give the seats whose payees must agree.

        Raises: Refused when the change is for another version; CallWouldRevert when the contract would refuse it.
        Chain: reads seatsToAgree.
        """
        if self._split(split_id).version + 1 != change.version:
            raise Refused(void_change_text(), key="change_void", field="link")
        self.splits.intents.check_chain()
        address = self.splits.registry.address(ABI)
        try:
            return list(self.splits.chain.read(ABI, address, "seatsToAgree", split_id, change.to_abi()))
        except Reverted as reverted:
            refusal = decode_revert(reverted)
            raise CallWouldRevert(sentence(refusal), key=refusal.name, refusal=refusal) from None

    def prepare_propose(self, account: str, split_id: int, link: str, form_key: str = "") -> Intent:
        """Give a payee's intent to suggest a change on the chain, and to agree to it."""
        change, _ = read_link(link)
        self.ask_seats(split_id, change)
        seat = next((payee.seat for payee in self._payees(split_id) if payee.account == account.lower()), None)
        if seat is None:
            raise Refused(gettext("Only a payee can propose a change. You can still send the link."), key="no_payee")
        note = N_("The others see it on the page of the split, and agree there.")
        lines = [*self._lines(split_id, change), Line(N_("Effect"), "note", note)]
        call = self.splits.call("propose", split_id, seat, change.to_abi())
        return self.splits.prepare(account, "splits.propose", call, lines, split_id, form_key)

    def prepare_approve(
        self, account: str, split_id: int, link: str, approved: bool = True, form_key: str = ""
    ) -> Intent:
        """Give an account's intent to agree to a change on the chain, or to take that back."""
        change, _ = read_link(link)
        if approved:
            self.ask_seats(split_id, change)
        note = (
            N_("Whoever has the others' agreement can then make the change.")
            if approved
            else N_("Your agreement on the chain is taken back. One that you signed stays good until it runs out.")
        )
        change_hash = self.hash_of(split_id, change)
        lines = [
            Line(N_("Hash of the change"), "hash", change_hash),
            *self._lines(split_id, change),
            Line(N_("Effect"), "note", note),
        ]
        call = self.splits.call("approve", bytes.fromhex(change_hash[2:]), approved)
        action = "splits.approve" if approved else "splits.disapprove"
        return self.splits.prepare(account, action, call, lines, split_id, form_key, subject=change_hash)

    def prepare_change(self, account: str, split_id: int, link: str, form_key: str = "") -> Intent:
        """Give the intent that makes a change, which anyone may send once all who must have agreed.

        Raises: Refused when the link is none, or void, or somebody has not agreed yet, or a signature is not the payee's.
        """
        change, signatures = read_link(link)
        seats = self.ask_seats(split_id, change)
        payees = {payee.seat: payee.account for payee in self._payees(split_id)}
        approvals = self.queries.split_approvals(self.hash_of(split_id, change))
        lines, used = self._lines(split_id, change), []
        for seat in seats:
            payee = payees[seat]
            if payee == account.lower():
                lines.append(Line(N_("Agrees by sending this"), "account", to_checksum_address(payee)))
                used.append(b"")
            elif payee in approvals:
                lines.append(Line(N_("Has agreed on the chain"), "account", to_checksum_address(payee)))
                used.append(b"")
            else:
                used.append(self._signature(split_id, change, payee, signatures.get(seat)))
                lines.append(Line(N_("Has signed"), "account", to_checksum_address(payee)))
        note = N_("What older versions earned stays with their payees.")
        warning = N_("What lies at the deposit address goes to the new version unless somebody takes it in first.")
        lines += [Line(N_("Effect"), "note", note), Line(N_("Warning"), "note", warning)]
        call = self.splits.call("change", split_id, change.to_abi(), tuple(used))
        return self.splits.prepare(account, "splits.change", call, lines, split_id, form_key)

    def hash_of(self, split_id: int, change: Change) -> str:
        """Give the EIP-712 digest of a change."""
        message = encode_typed_data(full_message=self.document(split_id, change))
        return "0x" + keccak(b"\x19" + message.version + message.header + message.body).hex()

    def document(self, split_id: int, change: Change) -> dict[str, Any]:
        """Give what a payee signs: the EIP-712 document, numbers as text."""
        shares, payees, deadline_ts = change.to_abi()
        names = [field["name"] for field in SHARE]
        return {
            "types": {"EIP712Domain": DOMAIN, "Change": CHANGE, "Share": SHARE},
            "primaryType": "Change",
            "domain": {
                "name": "Dokkaebi Splits",
                "version": "1",
                "chainId": str(self.splits.registry.chain_id),
                "verifyingContract": self.splits.registry.address(ABI),
            },
            "message": {
                "splitId": str(split_id),
                "version": str(change.version),
                "shares": [dict(zip(names, map(str, share), strict=True)) for share in shares],
                "newPayees": list(payees),
                "deadline": str(deadline_ts),
            },
        }

    def _signature(self, split_id: int, change: Change, payee: str, signature: bytes | None) -> bytes:
        """Give a payee's signature. Raises: Refused when there is none, or a key's that is not the payee's."""
        if signature is None:
            raise Refused(
                gettext("%(payee)s has not agreed yet. Send the link there to be signed.", payee=short(payee)),
                key="not_agreed",
                field="link",
            )
        if len(signature) == SIGNATURE_BYTES and not self._may_have_signed(split_id, change, payee, signature):
            raise Refused(
                gettext("The signature of %(payee)s does not fit this change. Ask for it again.", payee=short(payee)),
                key="bad_signature",
                field="link",
            )
        return signature

    def _may_have_signed(self, split_id: int, change: Change, payee: str, signature: bytes) -> bool:
        """Tell whether a signature can be the payee's; of a contract only the chain can say."""
        message = encode_typed_data(full_message=self.document(split_id, change))
        return (signer_of(message, signature) or "").lower() == payee or self.splits.chain.has_code(
            to_checksum_address(payee)
        )

    def _lines(self, split_id: int, change: Change) -> list[Line]:
        split = self._split(split_id)
        lines = [*self.splits.about(split_id), Line(N_("Version to be"), "number", str(change.version))]
        for row in rows_of(change, split, self._payees(split_id), self.queries.split_seats(split_id), 0):
            if not row.account:
                continue  # a seat that does not exist: the contract refuses it
            label = N_("New payee") if row.is_new else N_("Payee so far")
            lines.append(Line(label, "account", to_checksum_address(row.account)))
            if not row.is_new:
                lines.append(Line(N_("Its share now"), "bps", str(row.bps_now)))
            lines.append(Line(N_("Its share to be"), "bps", str(row.bps)))
            if row.locked_until_ts:
                lines.append(Line(N_("It cannot fall before"), "time", str(row.locked_until_ts)))
        return [*lines, Line(N_("The change can be made until"), "time", str(change.deadline_ts))]

    def _split(self, split_id: int) -> Split:
        found = self.queries.split(split_id)
        if found is None:
            raise NotFound(gettext("There is no such split."))
        return found

    def _payees(self, split_id: int) -> list[SplitPayee]:
        found = self.queries.split_version(split_id, self._split(split_id).version)
        return found.payees if found else []
