"""Sealed files: what is known of their pieces, and of the files that are whole."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

TABLES = ("app_file_pieces", "app_files")


def upgrade() -> None:
    """Make the tables."""
    for table in TABLES:
        op.create_table(
            table,
            sa.Column("hash", sa.String(length=66), nullable=False),
            sa.Column("size_bytes", sa.BigInteger(), nullable=False),
            sa.Column("kept_at_ts", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("hash"),
        )
        op.create_index(f"ix_{table}_kept_at_ts", table, ["kept_at_ts"])


def downgrade() -> None:
    """Drop them."""
    for table in reversed(TABLES):
        op.drop_table(table)
