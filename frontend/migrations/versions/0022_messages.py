"""Messages of orders, the keys that sign them, and which key that is in a published statement."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

ADDRESS, HASH = sa.String(42), sa.String(66)


def upgrade() -> None:
    """Make the tables and the column."""
    with op.batch_alter_table("app_note_keys") as table:
        table.add_column(sa.Column("signer", ADDRESS))
    op.create_table(
        "app_message_keys",
        sa.Column("account", ADDRESS, primary_key=True),
        sa.Column("signer", ADDRESS, primary_key=True),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("recipient", sa.String(80), nullable=False),
        sa.Column("issued_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("signature", sa.Text(), nullable=False),
        sa.Column("by_contract", sa.Boolean(), nullable=False),
    )
    op.create_table(
        "app_messages",
        sa.Column("order_key", HASH, primary_key=True),
        sa.Column("holder", ADDRESS, primary_key=True),
        sa.Column("number", sa.BigInteger(), primary_key=True, autoincrement=False),
        *(sa.Column(name, ADDRESS, nullable=False) for name in ("author", "reader")),
        *(sa.Column(name, HASH, nullable=False) for name in ("after", "hash", "words", "salt")),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signer", ADDRESS, nullable=False),
        sa.Column("signature", sa.String(132), nullable=False),
        sa.Column("sent_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("site", sa.Text(), nullable=False),
        sa.Column("is_read", sa.Boolean(), nullable=False),
    )
    op.create_index("ix_app_messages_unread", "app_messages", ["reader", "is_read", "sent_at_ts"])


def downgrade() -> None:
    """Take it back."""
    op.drop_table("app_messages")
    op.drop_table("app_message_keys")
    with op.batch_alter_table("app_note_keys") as table:
        table.drop_column("signer")
