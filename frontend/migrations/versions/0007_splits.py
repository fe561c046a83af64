"""Splits: versions, seats, books, claims and agreements."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TABLES = (
    "chain_splits",
    "chain_split_seats",
    "chain_split_versions",
    "chain_split_shares",
    "chain_split_books",
    "chain_split_claims",
    "chain_split_changes",
    "chain_split_approvals",
)


def _key(name: str, kind: sa.types.TypeEngine[Any] | None = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.BigInteger(), primary_key=True, autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _address(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=42), nullable=False)


def _hash(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=66), nullable=False)


def _units(name: str) -> sa.Column[int]:
    return sa.Column(name, Uint256(), nullable=False)


def upgrade() -> None:
    """Make the tables. The follower reads the chain anew for them."""
    opened = ("opened_block", "opened_log_index")
    op.create_table(
        "chain_splits",
        *(_key("id"), _address("creator"), _number("version"), _number("seat_count")),
        *map(_number, ("opened_at_ts", "changed_at_ts", *opened)),
        _hash("tx_hash"),
    )
    op.create_index("ix_chain_splits_creator", "chain_splits", ["creator", "id"])
    op.create_table("chain_split_seats", _key("split_id"), _key("seat"), _address("payee"))
    op.create_index("ix_chain_split_seats_payee", "chain_split_seats", ["payee", "split_id", "seat"])
    op.create_table(
        "chain_split_versions",
        *(_key("split_id"), _key("version"), _address("opened_by"), _number("opened_at_ts"), _hash("tx_hash")),
    )
    op.create_table(
        "chain_split_shares",
        *map(_key, ("split_id", "version", "place")),
        *map(_number, ("seat", "bps", "locked_until_ts")),
    )
    op.create_index("ix_chain_split_shares_seat", "chain_split_shares", ["split_id", "seat", "version", "place"])
    currency = sa.String(length=42)
    op.create_table(
        "chain_split_books",
        *(_key("split_id"), _key("version"), _key("currency", currency), _units("received_units")),
    )
    op.create_table(
        "chain_split_claims",
        *(_key("split_id"), _key("version"), _key("place"), _key("currency", currency), _units("claimed_units")),
    )
    op.create_table(
        "chain_split_changes",
        *(_key("hash", sa.String(length=66)), _number("split_id"), _number("version"), _address("proposer")),
        sa.Column("change", sa.Text(), nullable=False),
        *map(_number, ("proposed_at_ts", *opened)),
        _hash("tx_hash"),
    )
    op.create_index("ix_chain_split_changes_split", "chain_split_changes", ["split_id", "version", *opened])
    op.create_table(
        "chain_split_approvals",
        *(_key("change_hash", sa.String(length=66)), _key("payee", sa.String(length=42)), _number("approved_at_ts")),
    )
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM chain_journal WHERE table_name LIKE 'chain_split%'")
