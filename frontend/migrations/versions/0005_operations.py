"""Operations: limits that all workers share, and when an intent changed and in which block it was mined."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "app_limits",
        sa.Column("key_hash", sa.String(66), primary_key=True),
        sa.Column("ends_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
    )
    op.create_index("ix_app_limits_ends_at_ts", "app_limits", ["ends_at_ts"])
    op.create_table(
        "app_limit_keys",
        sa.Column("day", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("secret", sa.String(66), nullable=False),
    )
    with op.batch_alter_table("app_intents", schema=None) as batch_op:
        batch_op.add_column(sa.Column("block_hash", sa.String(66), nullable=True))
        batch_op.add_column(sa.Column("changed_at_ts", sa.BigInteger(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("app_intents", schema=None) as batch_op:
        batch_op.drop_column("changed_at_ts")
        batch_op.drop_column("block_hash")
    op.drop_table("app_limit_keys")
    op.drop_index("ix_app_limits_ends_at_ts", table_name="app_limits")
    op.drop_table("app_limits")
