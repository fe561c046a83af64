"""Lists of claim phases: the root of each one's tree, beside the bytes that it was made of."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("app_contents") as batch_op:
        batch_op.add_column(sa.Column("merkle_root", sa.String(length=66), nullable=True))
        batch_op.create_index("ix_app_contents_merkle_root", ["merkle_root"])


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("app_contents") as batch_op:
        batch_op.drop_index("ix_app_contents_merkle_root")
        batch_op.drop_column("merkle_root")
