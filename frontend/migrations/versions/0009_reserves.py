"""What a community's token reserves for claims and for a curve."""

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

TABLE = "chain_communities"
AMOUNTS = ("claim_allocation_units", "curve_allocation_units")


def upgrade() -> None:
    """Add the columns. The follower reads the chain anew for them, and pages show nothing reserved until then."""
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for minter, amount in zip(("claims", "curve"), AMOUNTS, strict=True):
            batch_op.add_column(sa.Column(minter, sa.String(length=42), nullable=True))
            batch_op.add_column(sa.Column(amount, Uint256(), nullable=True))
    op.execute(f"UPDATE {TABLE} SET " + ", ".join(f"{amount} = '{0:078d}'" for amount in AMOUNTS))  # noqa: S608 no word of a user
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for amount in AMOUNTS:
            batch_op.alter_column(amount, existing_type=Uint256(), nullable=False)
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table(TABLE, schema=None) as batch_op:
        for column in (*AMOUNTS, "claims", "curve"):
            batch_op.drop_column(column)
    op.execute(f"DELETE FROM chain_journal WHERE table_name = '{TABLE}'")  # noqa: S608 no word of a user
