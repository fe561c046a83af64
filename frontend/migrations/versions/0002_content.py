"""Content store: the thumbnails of a picture."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    with op.batch_alter_table("app_contents") as batch_op:
        batch_op.add_column(sa.Column("thumb_320_hash", sa.String(length=66), nullable=True))
        batch_op.add_column(sa.Column("thumb_640_hash", sa.String(length=66), nullable=True))


def downgrade() -> None:
    """Take it back."""
    with op.batch_alter_table("app_contents") as batch_op:
        batch_op.drop_column("thumb_640_hash")
        batch_op.drop_column("thumb_320_hash")
