"""Search, and the history of each token by days."""

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# texts come cut into tokens already: `ascii` leaves all letters beyond ASCII as they are
SQLITE_WORDS = """
    CREATE VIRTUAL TABLE app_search_words
    USING fts5(title, tags, text, tokenize = "ascii tokenchars '_'", columnsize = 0)
"""


def upgrade() -> None:
    """Make the change. The follower enters what is to be found, and reads the chain anew for the tokens' days."""
    op.create_table(
        "app_search",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=True),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("symbol", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("app_search", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_app_search_hash"), ["hash"], unique=False)
        batch_op.create_index("ix_app_search_name", ["name", "symbol"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        op.execute(SQLITE_WORDS)
    else:
        op.execute("CREATE TABLE app_search_words (id bigint PRIMARY KEY, words tsvector NOT NULL)")
        op.execute("CREATE INDEX ix_app_search_words ON app_search_words USING gin (words) WITH (fastupdate = off)")

    op.create_table(
        "chain_token_days",
        sa.Column("token", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("day", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("supply_units", Uint256(), nullable=False),
        sa.Column("holder_count", sa.BigInteger(), nullable=False),
        sa.Column("transfer_count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("token", "day"),
    )
    read_the_chain_anew()


def read_the_chain_anew() -> None:
    """Make the index one of no known contracts: the follower builds it anew, and pages show the old state until then."""
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    op.drop_table("chain_token_days")
    op.execute("DELETE FROM chain_journal WHERE table_name = 'chain_token_days'")
    op.drop_table("app_search_words")
    with op.batch_alter_table("app_search", schema=None) as batch_op:
        batch_op.drop_index("ix_app_search_name")
        batch_op.drop_index(batch_op.f("ix_app_search_hash"))
    op.drop_table("app_search")
