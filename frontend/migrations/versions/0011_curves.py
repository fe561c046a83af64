"""Curves, and the trades on them."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

TABLES = ("chain_curves", "chain_curve_trades")


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _units(name: str) -> sa.Column[int]:
    return sa.Column(name, Uint256(), nullable=False)


def _address(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=42), nullable=False)


def upgrade() -> None:
    """Make the tables. The follower reads the chain anew for them."""
    op.create_table(
        "chain_curves",
        _key("token", sa.String(length=42)),
        *(_number("community_id"), _address("opened_by"), _address("currency"), _number("fee_bps")),
        *map(_units, ("base_price_units", "slope_wad")),
        sa.Column("steps", sa.Text(), nullable=False),
        *map(_units, ("capacity_units", "backed_units", "backing_units", "sold_units", "reserve_units", "fees_units")),
        *map(_number, ("trade_count", "opened_at_ts", "opened_block", "opened_log_index")),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
    )
    op.create_index("ix_chain_curves_community", "chain_curves", ["community_id"], unique=True)
    op.create_index("ix_chain_curves_currency", "chain_curves", ["currency", "community_id"])
    op.create_table(
        "chain_curve_trades",
        *(_key("block", sa.BigInteger()), _key("log_index", sa.BigInteger())),
        *(_address("token"), _number("at_ts"), sa.Column("is_purchase", sa.Boolean(), nullable=False)),
        *map(_address, ("account", "receiver")),
        *map(_units, ("amount_units", "money_units", "fee_units", "sold_units", "reserve_units", "price_units")),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
    )
    op.create_index("ix_chain_curve_trades_token", "chain_curve_trades", ["token", "block", "log_index"])
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    for table in reversed(TABLES):
        op.drop_table(table)
        op.execute(f"DELETE FROM chain_journal WHERE table_name = '{table}'")  # noqa: S608 no word of a user
