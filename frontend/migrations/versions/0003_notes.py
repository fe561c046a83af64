"""Private notes: published keys and ciphertexts."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "app_note_keys",
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("recipient", sa.String(length=80), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("market", sa.String(length=42), nullable=False),
        sa.Column("issued_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("by_contract", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "app_notes",
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("author", sa.String(length=42), nullable=False),
        sa.Column("reader", sa.String(length=42), nullable=False),
        sa.Column("salt", sa.String(length=66), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("order_key", sa.String(length=66), nullable=True),
        sa.Column("on_chain", sa.Boolean(), nullable=False),
        sa.Column("created_at_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_index("ix_app_notes_author", "app_notes", ["author", "created_at_ts"])
    op.create_index("ix_app_notes_unused", "app_notes", ["on_chain", "created_at_ts"])


def downgrade() -> None:
    """Drop them."""
    op.drop_table("app_notes")
    op.drop_table("app_note_keys")
