"""How far an account has read its notifications, what it wants to be told of, and the key of its private feed."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "app_notice_marks",
        sa.Column("genesis_hash", sa.String(length=66), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("block", sa.BigInteger(), nullable=False),
        sa.Column("log_index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("genesis_hash", "account"),
    )
    op.create_table(
        "app_notice_switches",
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("off", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
    )
    op.create_table(
        "app_feed_keys",
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("key_hash", sa.String(length=66), nullable=False),
        sa.Column("created_at_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account"),
        sa.UniqueConstraint("key_hash"),
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_table("app_feed_keys")
    op.drop_table("app_notice_switches")
    op.drop_table("app_notice_marks")
