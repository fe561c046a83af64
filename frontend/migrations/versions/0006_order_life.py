"""The rest of an order's life: optional terms, holders, milestones, offers, and bonds."""

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

OPEN_ORDER = sa.text("state IN ('funded', 'accepted', 'delivered', 'contested', 'disputed')")
NEW_COLUMNS = ("first_holder", "flags", "milestone")


def upgrade() -> None:
    """Make the change. The follower reads the chain anew, and pages show the old state until then."""
    with op.batch_alter_table("chain_listings", schema=None) as batch_op:
        batch_op.add_column(sa.Column("extras", sa.Text(), nullable=True))
    with op.batch_alter_table("chain_orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_holder", sa.String(length=42), nullable=True))
        batch_op.add_column(sa.Column("flags", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("milestone", sa.BigInteger(), nullable=True))
    op.execute("UPDATE chain_orders SET first_holder = holder, flags = 0, milestone = 0")
    with op.batch_alter_table("chain_orders", schema=None) as batch_op:
        batch_op.alter_column("first_holder", existing_type=sa.String(length=42), nullable=False)
        batch_op.alter_column("flags", existing_type=sa.BigInteger(), nullable=False)
        batch_op.alter_column("milestone", existing_type=sa.BigInteger(), nullable=False)
    op.create_index(
        "ix_chain_orders_open",
        "chain_orders",
        ["listing_id", "first_holder"],
        sqlite_where=OPEN_ORDER,
        postgresql_where=OPEN_ORDER,
    )
    op.create_table(
        "chain_order_asides",
        sa.Column("order_key", sa.String(length=66), autoincrement=False, nullable=False),
        sa.Column("referrer", sa.String(length=42), nullable=True),
        sa.Column("extended_s", sa.BigInteger(), nullable=False),
        sa.Column("handovers", sa.BigInteger(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("holders_offer_basis", sa.String(length=66), nullable=True),
        sa.Column("holders_offer_units", Uint256(), nullable=False),
        sa.Column("sellers_offer_basis", sa.String(length=66), nullable=True),
        sa.Column("sellers_offer_units", Uint256(), nullable=False),
        sa.Column("final_offers_frozen", sa.Boolean(), nullable=False),
        sa.Column("final_holder_units", Uint256(), nullable=False),
        sa.Column("final_seller_units", Uint256(), nullable=False),
        sa.Column("settled", sa.Boolean(), nullable=False),
        sa.Column("settled_units", Uint256(), nullable=False),
        sa.PrimaryKeyConstraint("order_key"),
    )
    op.create_table(
        "chain_bonds",
        sa.Column("account", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("free_units", Uint256(), nullable=False),
        sa.PrimaryKeyConstraint("account", "currency"),
    )
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back. The chain is read anew then, too: what was of the new tables is gone from the journal."""
    op.drop_table("chain_bonds")
    op.drop_table("chain_order_asides")
    op.drop_index("ix_chain_orders_open", table_name="chain_orders")
    with op.batch_alter_table("chain_orders", schema=None) as batch_op:
        for name in NEW_COLUMNS:
            batch_op.drop_column(name)
    with op.batch_alter_table("chain_listings", schema=None) as batch_op:
        batch_op.drop_column("extras")
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")
