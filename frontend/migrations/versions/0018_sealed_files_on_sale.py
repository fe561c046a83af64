"""Sealed files: what listings sell, the keys that orders got, and keys that were asked for again."""

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

TABLES = ("chain_sealed_files", "chain_key_wraps", "chain_key_requests", "chain_key_answers")
HASH = sa.String(66)
WRAP = ("point_x", "point_y", "masked")


def upgrade() -> None:
    """Make the tables. The follower reads the chain anew for them."""
    op.create_table(
        "chain_sealed_files",
        sa.Column("listing_id", HASH, primary_key=True),
        *(sa.Column(name, HASH, nullable=False) for name in ("key_hash", "ciphertext_hash", "plaintext_hash")),
        sa.Column("size_bytes", Uint256(), nullable=False),
    )
    op.create_index("ix_chain_sealed_files_ciphertext", "chain_sealed_files", ["ciphertext_hash", "listing_id"])
    op.create_table(
        "chain_key_wraps",
        sa.Column("order_key", HASH, primary_key=True),
        *(sa.Column(name, HASH, nullable=False) for name in WRAP),
        sa.Column("refuted", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "chain_key_requests",
        *(sa.Column(name, HASH, primary_key=True) for name in ("order_key", "x", "y")),
        sa.Column("seller", sa.String(42), nullable=False),
        sa.Column("waiting", sa.Boolean(), nullable=False),
        *(
            sa.Column(name, sa.BigInteger(), nullable=False)
            for name in ("asked_at_ts", "asked_block", "asked_log_index")
        ),
        sa.Column("tx_hash", HASH, nullable=False),
    )
    op.create_index(
        "ix_chain_key_requests_waiting", "chain_key_requests", ["seller", "waiting", "asked_block", "asked_log_index"]
    )
    op.create_table(
        "chain_key_answers",
        *(sa.Column(name, sa.BigInteger(), primary_key=True, autoincrement=False) for name in ("block", "log_index")),
        *(sa.Column(name, HASH, nullable=False) for name in ("order_key", "x", "y", *WRAP)),
        sa.Column("answered_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", HASH, nullable=False),
    )
    op.create_index("ix_chain_key_answers_order", "chain_key_answers", ["order_key", "block", "log_index"])
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    for table in reversed(TABLES):
        op.drop_table(table)
        op.execute(f"DELETE FROM chain_journal WHERE table_name = '{table}'")  # noqa: S608 no word of a user
