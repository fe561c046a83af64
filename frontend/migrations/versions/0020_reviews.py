"""Reviews of finished orders, and what of an order's price went back to its holder."""

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

ADDRESS, HASH = sa.String(42), sa.String(66)


def upgrade() -> None:
    """Make the table and the column. The follower reads the chain anew for them."""
    op.create_table(
        "chain_reviews",
        sa.Column("order_key", HASH, primary_key=True),
        sa.Column("role", sa.String(8), primary_key=True),
        *(sa.Column(name, ADDRESS, nullable=False) for name in ("about", "reviewer")),
        sa.Column("rating", sa.BigInteger(), nullable=False),
        sa.Column("hash", HASH),
        sa.Column("currency", ADDRESS, nullable=False),
        sa.Column("earned_units", Uint256(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in ("said_at_ts", "block", "log_index")),
        sa.Column("tx_hash", HASH, nullable=False),
        sa.Column("reply_hash", HASH),
        sa.Column("replied_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("reply_tx", HASH),
    )
    for name in ("about", "reviewer"):
        op.create_index(f"ix_chain_reviews_{name}", "chain_reviews", [name, "role", "block", "log_index"])
    with op.batch_alter_table("chain_orders") as table:
        table.add_column(sa.Column("returned_units", Uint256(), nullable=False, server_default="0"))
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("chain_orders") as table:
        table.drop_column("returned_units")
    op.drop_table("chain_reviews")
    op.execute("DELETE FROM chain_journal WHERE table_name = 'chain_reviews'")
