"""Orders are found by who gets their referral commission."""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

NAME = "ix_chain_order_asides_referrer"


def upgrade() -> None:
    """Make the index."""
    op.create_index(NAME, "chain_order_asides", ["referrer", "order_key"])


def downgrade() -> None:
    """Drop it."""
    op.drop_index(NAME, "chain_order_asides")
