"""Memberships and their members, governors, proposals and votes."""

from typing import Any

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = (
    "chain_memberships",
    "chain_members",
    "chain_unlocks",
    "chain_vote_checkpoints",
    "chain_governors",
    "chain_proposals",
    "chain_proposal_votes",
)
OPENED = ("opened_block", "opened_log_index")


def _key(name: str, kind: sa.types.TypeEngine[Any]) -> sa.Column[Any]:
    return sa.Column(name, kind, primary_key=True, autoincrement=False, nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _units(name: str) -> sa.Column[int]:
    return sa.Column(name, Uint256(), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=False)


def _address() -> sa.String:
    return sa.String(length=42)


def _hash() -> sa.String:
    return sa.String(length=66)


def _index(table: str, name: str, *columns: str, unique: bool = False) -> None:
    op.create_index(f"ix_{table}_{name}", table, list(columns), unique=unique)


def upgrade() -> None:
    """Make the tables. The follower reads the chain anew for them."""
    _make_members()
    _make_proposals()
    op.execute("UPDATE chain_cursor SET deployments_hash = ''")


def _make_members() -> None:
    op.create_table(
        "chain_memberships",
        *(_key("address", _address()), sa.Column("community_id", sa.BigInteger(), nullable=False, unique=True)),
        *(sa.Column("token", _address(), nullable=False), _text("tiers"), _units("locked_units")),
        *map(_number, ("member_count", "opened_at_ts", *OPENED)),
    )
    op.create_table(
        "chain_members",
        *(_key("membership", _address()), _key("account", _address())),
        *(_units("locked_units"), _units("votes_units"), sa.Column("delegate", _address(), nullable=False)),
        *map(_number, ("unlock_count", "joined_at_ts")),
    )
    _index("chain_members", "rank", "membership", "locked_units", "account")
    _index("chain_members", "account", "account", "membership")
    _index("chain_members", "delegate", "membership", "delegate", "account")
    op.create_table(
        "chain_unlocks",
        *(_key("membership", _address()), _key("account", _address()), _key("number", sa.BigInteger())),
        *(_units("amount_units"), sa.Column("state", sa.String(length=16), nullable=False)),
        *map(_number, ("requested_at_ts", "available_at_ts")),
    )
    op.create_table(
        "chain_vote_checkpoints",
        *(_key("membership", _address()), _key("account", _address()), _key("at_ts", sa.BigInteger())),
        _units("votes_units"),
    )


def _make_proposals() -> None:
    op.create_table(
        "chain_governors",
        *(_key("address", _address()), _number("community_id")),
        sa.Column("timelock", _address(), nullable=False, unique=True),
        sa.Column("founder", _address(), nullable=False),
        *map(_number, ("voting_delay_s", "voting_period_s", "timelock_delay_s", "quorum_bps")),
        *map(_units, ("quorum_floor_units", "proposal_threshold_units")),
        *map(_number, ("min_members", "veto_until_ts", "proposal_count", "opened_at_ts", *OPENED)),
    )
    _index("chain_governors", "community", "community_id", *OPENED)
    op.create_table(
        "chain_proposals",
        *(_key("governor", _address()), _key("id", _hash()), _number("number")),
        *(sa.Column("proposer", _address(), nullable=False), _text("calls"), _text("description")),
        sa.Column("description_hash", _hash(), nullable=False),
        *map(_number, ("proposed_at_ts", "start_ts", "end_ts")),
        *map(_units, ("for_units", "against_units", "abstain_units")),
        *map(_number, ("voter_count", "queued_at_ts", "eta_ts", "executed_at_ts")),
        sa.Column("executed_tx", _hash(), nullable=True),
        *map(_number, ("cancelled_at_ts", *OPENED)),
        sa.Column("tx_hash", _hash(), nullable=False),
    )
    _index("chain_proposals", "number", "governor", "number", unique=True)
    _index("chain_proposals", "executed", "executed_tx")
    op.create_table(
        "chain_proposal_votes",
        *(_key("governor", _address()), _key("proposal_id", _hash()), _key("voter", _address())),
        *(sa.Column("choice", sa.String(length=8), nullable=False), _units("weight_units"), _text("reason")),
        *(_number("voted_at_ts"), sa.Column("tx_hash", _hash(), nullable=False)),
    )
    _index("chain_proposal_votes", "rank", "governor", "proposal_id", "weight_units", "voter")


def downgrade() -> None:
    """Take it back."""
    for table in reversed(TABLES):
        op.drop_table(table)
        op.execute(f"DELETE FROM chain_journal WHERE table_name = '{table}'")  # noqa: S608 no word of a user
