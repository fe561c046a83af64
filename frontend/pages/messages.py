"""What pages need to know of an order's messages, and of those that were picked as evidence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from frontend.extensions import queries, registry, services
from frontend.index.views import Order
from frontend.pages.layout import same_account
from frontend.services.message_proofs import Picked, parts_of
from frontend.services.messages import Thread
from frontend.services.notes import NoteKey


@dataclass(frozen=True)
class MessagePlace:
    """The messages of an order as one account sees them.

    mine and theirs are the keys of the account and of whom it may write to, None where one is missing or signs no messages.
    """

    threads: list[Thread]
    may_write: bool
    reader: str  # whom the account writes to
    is_seller: bool
    mine: dict[str, Any] | None
    theirs: dict[str, Any] | None


def message_place(order: Order, account: str | None) -> MessagePlace | None:
    """Give an order's messages to who may read some of them; None to anybody else."""
    threads = services.messages.threads(order, account) if account else []
    if account is None or not threads:
        return None
    is_seller = same_account(account, order.listing.seller)
    reader = order.holder if is_seller else order.listing.seller
    may_write = is_seller or same_account(account, order.holder)
    mine, theirs = (_signing(services.notes.key_of(one)) for one in (account, reader))
    return MessagePlace(threads, may_write, reader, is_seller, mine, theirs)


def key_values(key: NoteKey) -> dict[str, Any]:
    """Give a published key as the scripts read it."""
    return {
        "account": key.account,
        "recipient": key.recipient,
        "signer": key.signer,
        "issuedAt": key.issued_at,
        "signature": key.signature,
        "byContract": "yes" if key.by_contract else "no",
    }


def picked_in(order: Order, text: str) -> list[str | Picked]:
    """Cut a statement about an order into words and picked messages, each with what is proven of it."""

    def keeps(account: str, signer: str) -> bool:
        found = services.messages.statement(account, signer)
        return found is not None and found.by_contract

    return parts_of(
        text,
        order_key=order.key,
        chain_id=registry.chain_id,
        market=services.notes.market,
        seller=order.listing.seller,
        holders=_holders(order) if "[message " in text else (),
        keeps=keeps,
    )


def _holders(order: Order) -> set[str]:
    """Give every account that ever held an order, in lower case."""
    handed = [step.data["to"] for step in queries.timeline(order.key) if step.name == "transferred"]
    return {one.lower() for one in (order.first_holder, order.holder, *handed)}


def _signing(key: NoteKey | None) -> dict[str, Any] | None:
    return key_values(key) if key is not None and key.signer is not None else None
