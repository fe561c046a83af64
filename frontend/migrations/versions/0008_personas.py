"""Personas: nicknames, who bears them and who did."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = ("chain_personas", "chain_persona_accounts", "chain_persona_holdings")


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def _number(name: str, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _address(name: str, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.String(length=42), nullable=nullable)


def _hash() -> sa.String:
    return sa.String(length=66)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def upgrade() -> None:
    """Make the tables. The follower reads the chain anew for them."""
    op.create_table(
        "chain_personas",
        *(_key("id", _hash()), _text("nickname"), _text("skeleton"), _address("holder")),
        *(_number("held_since_ts"), _number("holder_count"), sa.Column("retired", sa.Boolean(), nullable=False)),
        *(_address("offered_to", nullable=True), _number("accept_from_ts"), _text("profile_uri")),
        sa.Column("profile_hash", _hash(), nullable=True),
        *map(_number, ("claimed_at_ts", "claimed_block", "claimed_log_index")),
    )
    op.create_index("ix_chain_personas_skeleton", "chain_personas", ["skeleton", "id"])
    op.create_index("ix_chain_personas_offered", "chain_personas", ["offered_to", "id"])
    op.create_table(
        "chain_persona_accounts",
        _key("account", sa.String(length=42)),
        *(sa.Column(name, _hash(), nullable=True) for name in ("persona", "commitment")),
        _number("committed_at_ts"),
    )
    op.create_table(
        "chain_persona_holdings",
        *(_key("persona", _hash()), _key("place", sa.BigInteger()), _address("holder")),
        *map(_number, ("from_ts", "from_block", "from_log_index", "until_ts")),
        *(_number("until_block", nullable=True), _number("until_log_index", nullable=True)),
    )
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def downgrade() -> None:
    """Take it back."""
    for table in reversed(TABLES):
        op.drop_table(table)
    op.execute("DELETE FROM chain_journal WHERE table_name LIKE 'chain_persona%'")
