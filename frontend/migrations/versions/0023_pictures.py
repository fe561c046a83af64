"""Descriptions with several pictures: their hashes, so that nobody takes them for unused."""

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("app_contents") as batch_op:
        batch_op.add_column(sa.Column("pictures", sa.Text(), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("app_contents") as batch_op:
        batch_op.drop_column("pictures")
