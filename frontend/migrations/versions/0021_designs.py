"""Designs of blueprints, the units that accounts hold of them, and the serials for which units were burned."""

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ADDRESS, HASH, SERIAL = sa.String(42), sa.String(66), sa.String(32)
TABLES = ("chain_designs", "chain_unit_claims", "chain_units", "chain_makes")


def upgrade() -> None:
    """Make the tables. The follower reads the chain anew for them."""
    op.create_table(
        "chain_designs",
        sa.Column("listing_id", HASH, primary_key=True),
        sa.Column("currency", ADDRESS, nullable=False),
        sa.Column("fee_units", Uint256(), nullable=False),
        sa.Column("payee", ADDRESS),
        *_numbers("split_id", "split_version"),
        sa.Column("salt", HASH, nullable=False),
        *_numbers("claimed", "made", "published_at_ts"),
        sa.Column("tx_hash", HASH, nullable=False),
    )
    op.create_table(
        "chain_unit_claims",
        sa.Column("order_key", HASH, primary_key=True),
        sa.Column("receiver", ADDRESS, nullable=False),
        *_numbers("quantity", "claimed_at_ts"),
        sa.Column("tx_hash", HASH, nullable=False),
    )
    op.create_table(
        "chain_units",
        sa.Column("listing_id", HASH, primary_key=True),
        sa.Column("account", ADDRESS, primary_key=True),
        *_numbers("units"),
    )
    op.create_table(
        "chain_makes",
        sa.Column("listing_id", HASH, primary_key=True),
        sa.Column("serial", SERIAL, primary_key=True),
        sa.Column("looks", SERIAL, nullable=False),
        sa.Column("maker", ADDRESS, nullable=False),
        *_numbers("number", "made_at_ts", "block", "log_index"),
        sa.Column("tx_hash", HASH, nullable=False),
    )
    op.create_index("ix_chain_units_account", "chain_units", ["account", "listing_id"])
    op.create_index("ix_chain_makes_number", "chain_makes", ["listing_id", "number"])
    op.create_index("ix_chain_makes_looks", "chain_makes", ["listing_id", "looks"])
    op.create_index("ix_chain_makes_maker", "chain_makes", ["maker", "block", "log_index"])
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    for table in TABLES:
        op.drop_table(table)
        op.execute(f"DELETE FROM chain_journal WHERE table_name = '{table}'")  # noqa: S608 no word of a user


def _numbers(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.BigInteger(), nullable=False) for name in names]
