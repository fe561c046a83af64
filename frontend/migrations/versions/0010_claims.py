"""Claim phases, who claimed in them, and what ledgers beside the Market owe."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("chain_claim_phases", "chain_claims", "chain_ledger_credits")


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _units(name: str) -> sa.Column[int]:
    return sa.Column(name, Uint256(), nullable=False)


def _address() -> sa.String:
    return sa.String(length=42)


def _hash() -> sa.String:
    return sa.String(length=66)


def upgrade() -> None:
    """Make the tables. The follower reads the chain anew for them."""
    op.create_table(
        "chain_claim_phases",
        *(_key("key", _hash()), *map(_number, ("community_id", "number", "start_ts", "end_ts"))),
        *map(_units, ("supply_units", "limit_units", "price_units")),
        *(sa.Column("currency", _address(), nullable=False), sa.Column("merkle_root", _hash(), nullable=True)),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        *map(_units, ("left_units", "claimed_units", "earned_units")),
        *map(_number, ("claimant_count", "opened_at_ts", "opened_block", "opened_log_index")),
    )
    op.create_index("ix_chain_claim_phases_community", "chain_claim_phases", ["community_id", "number"], unique=True)
    op.create_table(
        "chain_claims",
        *(_key("phase_key", _hash()), _key("account", _address())),
        *(_units("claimed_units"), _units("paid_units"), _number("claimed_at_ts")),
    )
    op.create_index("ix_chain_claims_account", "chain_claims", ["account", "phase_key"])
    op.create_index("ix_chain_claims_rank", "chain_claims", ["phase_key", "claimed_units", "account"])
    op.create_table(
        "chain_ledger_credits",
        *(_key(name, _address()) for name in ("ledger", "account", "currency")),
        _units("amount_units"),
    )
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    for table in reversed(TABLES):
        op.drop_table(table)
        op.execute(f"DELETE FROM chain_journal WHERE table_name = '{table}'")  # noqa: S608 no word of a user
