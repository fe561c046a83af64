"""What a community waives of its commission, now and when its raise comes due."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

COLUMNS = ("token_waiver", "member_waiver", "raised_token_waiver", "raised_member_waiver")


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("chain_communities") as batch_op:
        for name in COLUMNS:
            batch_op.add_column(sa.Column(name, sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("chain_communities") as batch_op:
        for name in reversed(COLUMNS):
            batch_op.drop_column(name)
