"""Members' pages: texts that only members of a tier may read."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "app_members_pages",
        sa.Column("genesis_hash", sa.String(length=66), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("lang", sa.String(length=8), nullable=False),
        sa.Column("tier", sa.Integer(), nullable=False),
        sa.Column("author", sa.String(length=42), nullable=False),
        sa.Column("form_hash", sa.String(length=66), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("created_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("changed_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("removed_at_ts", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("genesis_hash", "token", "number"),
    )


def downgrade() -> None:
    """Drop it."""
    op.drop_table("app_members_pages")
