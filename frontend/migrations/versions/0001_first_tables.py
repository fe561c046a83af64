"""Make the chain's tables and our own."""

import sqlalchemy as sa
from alembic import op

from frontend.store.columns import Uint256

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "chain_balances",
        sa.Column("token", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("account", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("balance_units", Uint256(), nullable=False),
        sa.PrimaryKeyConstraint("token", "account"),
    )
    with op.batch_alter_table("chain_balances", schema=None) as batch_op:
        batch_op.create_index("ix_chain_balances_account", ["account", "token"], unique=False)
        batch_op.create_index("ix_chain_balances_rank", ["token", "balance_units", "account"], unique=False)

    op.create_table(
        "chain_blocks",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("parent_hash", sa.String(length=66), nullable=False),
        sa.Column("timestamp_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "chain_communities",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("token", sa.String(length=42), nullable=True),
        sa.Column("steward", sa.String(length=42), nullable=False),
        sa.Column("pending_steward", sa.String(length=42), nullable=True),
        sa.Column("founder", sa.String(length=42), nullable=True),
        sa.Column("cap_units", Uint256(), nullable=False),
        sa.Column("founder_allocation_units", Uint256(), nullable=False),
        sa.Column("vesting_start_ts", sa.BigInteger(), nullable=False),
        sa.Column("vesting_cliff_s", sa.BigInteger(), nullable=False),
        sa.Column("vesting_duration_s", sa.BigInteger(), nullable=False),
        sa.Column("fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("raised_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("raise_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("metadata_uri", sa.Text(), nullable=False),
        sa.Column("metadata_hash", sa.String(length=66), nullable=True),
        sa.Column("opened_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("opened_block", sa.BigInteger(), nullable=False),
        sa.Column("opened_log_index", sa.BigInteger(), nullable=False),
        sa.Column("holder_count", sa.BigInteger(), nullable=False),
        sa.Column("listing_count", sa.BigInteger(), nullable=False),
        sa.Column("transfer_count", sa.BigInteger(), nullable=False),
        sa.Column("supply_units", Uint256(), nullable=False),
        sa.Column("minted_by_steward_units", Uint256(), nullable=False),
        sa.Column("minted_by_founder_units", Uint256(), nullable=False),
        sa.Column("mint_renounced", sa.Boolean(), nullable=False),
        sa.Column("uri_frozen", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token"),
    )
    with op.batch_alter_table("chain_communities", schema=None) as batch_op:
        batch_op.create_index("ix_chain_communities_holders", ["holder_count", "id"], unique=False)
        batch_op.create_index("ix_chain_communities_name", ["name", "id"], unique=False)
        batch_op.create_index("ix_chain_communities_pending", ["pending_steward", "id"], unique=False)
        batch_op.create_index("ix_chain_communities_steward", ["steward", "id"], unique=False)

    op.create_table(
        "chain_credits",
        sa.Column("account", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("currency", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("amount_units", Uint256(), nullable=False),
        sa.PrimaryKeyConstraint("account", "currency"),
    )
    op.create_table(
        "chain_cursor",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("genesis_hash", sa.String(length=66), nullable=False),
        sa.Column("deployments_hash", sa.String(length=66), nullable=False),
        sa.Column("start_block", sa.BigInteger(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("timestamp_ts", sa.BigInteger(), nullable=False),
        sa.Column("journal_from", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "chain_events",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("at_ts", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.String(length=78), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index"),
    )
    with op.batch_alter_table("chain_events", schema=None) as batch_op:
        batch_op.create_index("ix_chain_events_address", ["address", "name", "block", "log_index"], unique=False)
        batch_op.create_index("ix_chain_events_subject", ["subject", "block", "log_index"], unique=False)
        batch_op.create_index("ix_chain_events_tx", ["tx_hash"], unique=False)

    op.create_table(
        "chain_journal",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("step", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("table_name", sa.String(length=64), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("block", "step"),
    )
    op.create_table(
        "chain_listings",
        sa.Column("id", sa.String(length=66), autoincrement=False, nullable=False),
        sa.Column("seller", sa.String(length=42), nullable=False),
        sa.Column("community_id", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=42), nullable=False),
        sa.Column("unit_price_units", Uint256(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("instant", sa.Boolean(), nullable=False),
        sa.Column("quantity_limit", sa.BigInteger(), nullable=False),
        sa.Column("quantity_sold", sa.BigInteger(), nullable=False),
        sa.Column("paused", sa.Boolean(), nullable=False),
        sa.Column("in_stock", sa.Boolean(), nullable=False),
        sa.Column("valid_until_ts", sa.BigInteger(), nullable=False),
        sa.Column("only_buyer", sa.String(length=42), nullable=True),
        sa.Column("content_hash", sa.String(length=66), nullable=False),
        sa.Column("terms", sa.Text(), nullable=False),
        sa.Column("opened_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("opened_block", sa.BigInteger(), nullable=False),
        sa.Column("opened_log_index", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("chain_listings", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chain_listings_community", ["community_id", "opened_block", "opened_log_index"], unique=False
        )
        batch_op.create_index("ix_chain_listings_content", ["content_hash"], unique=False)
        batch_op.create_index("ix_chain_listings_kind", ["kind", "opened_block", "opened_log_index"], unique=False)
        batch_op.create_index("ix_chain_listings_new", ["opened_block", "opened_log_index"], unique=False)
        batch_op.create_index(
            "ix_chain_listings_only", ["only_buyer", "opened_block", "opened_log_index"], unique=False
        )
        batch_op.create_index("ix_chain_listings_price", ["currency", "unit_price_units", "id"], unique=False)
        batch_op.create_index("ix_chain_listings_prices", ["unit_price_units", "id"], unique=False)
        batch_op.create_index("ix_chain_listings_seller", ["seller", "opened_block", "opened_log_index"], unique=False)
        batch_op.create_index(
            "ix_chain_listings_sold", ["quantity_sold", "opened_block", "opened_log_index"], unique=False
        )
        batch_op.create_index("ix_chain_listings_stock", ["in_stock", "opened_block", "opened_log_index"], unique=False)

    op.create_table(
        "chain_order_roles",
        sa.Column("account", sa.String(length=42), autoincrement=False, nullable=False),
        sa.Column("role", sa.String(length=8), autoincrement=False, nullable=False),
        sa.Column("order_key", sa.String(length=66), autoincrement=False, nullable=False),
        sa.Column("is_open", sa.Boolean(), nullable=False),
        sa.Column("is_disputed", sa.Boolean(), nullable=False),
        sa.Column("funded_block", sa.BigInteger(), nullable=False),
        sa.Column("funded_log_index", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("account", "role", "order_key"),
    )
    with op.batch_alter_table("chain_order_roles", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chain_order_roles_all", ["account", "role", "funded_block", "funded_log_index"], unique=False
        )
        batch_op.create_index(
            "ix_chain_order_roles_disputed",
            ["account", "role", "is_disputed", "funded_block", "funded_log_index"],
            unique=False,
        )
        batch_op.create_index(
            "ix_chain_order_roles_open",
            ["account", "role", "is_open", "funded_block", "funded_log_index"],
            unique=False,
        )

    op.create_table(
        "chain_orders",
        sa.Column("key", sa.String(length=66), autoincrement=False, nullable=False),
        sa.Column("listing_id", sa.String(length=66), nullable=False),
        sa.Column("holder", sa.String(length=42), nullable=False),
        sa.Column("payer", sa.String(length=42), nullable=False),
        sa.Column("ref", sa.String(length=66), nullable=False),
        sa.Column("purchase", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), nullable=False),
        sa.Column("paid_units", Uint256(), nullable=False),
        sa.Column("amount_units", Uint256(), nullable=False),
        sa.Column("clock_ts", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("platform_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("community_fee_bps", sa.BigInteger(), nullable=False),
        sa.Column("commitment", sa.String(length=66), nullable=True),
        sa.Column("holder_stake_units", Uint256(), nullable=False),
        sa.Column("seller_stake_units", Uint256(), nullable=False),
        sa.Column("ruled_bps_to_buyer", sa.Integer(), nullable=True),
        sa.Column("funded_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("updated_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("funded_block", sa.BigInteger(), nullable=False),
        sa.Column("funded_log_index", sa.BigInteger(), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    with op.batch_alter_table("chain_orders", schema=None) as batch_op:
        batch_op.create_index(
            "ix_chain_orders_listing", ["listing_id", "funded_block", "funded_log_index"], unique=False
        )
        batch_op.create_index("ix_chain_orders_tx", ["tx_hash"], unique=False)

    op.create_table(
        "chain_quarantine",
        sa.Column("block", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("log_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("block_hash", sa.String(length=66), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=False),
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("topics", sa.Text(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("block", "log_index"),
    )
    op.create_table(
        "app_contents",
        sa.Column("hash", sa.String(length=66), nullable=False),
        sa.Column("media_type", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("lang", sa.String(length=8), nullable=True),
        sa.Column("picture_hash", sa.String(length=66), nullable=True),
        sa.Column("tags", sa.Text(), nullable=True),
        sa.Column("rules", sa.Text(), nullable=True),
        sa.Column("created_at_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("hash"),
    )
    op.create_table(
        "app_currencies",
        sa.Column("address", sa.String(length=42), nullable=False),
        sa.Column("symbol", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("decimals", sa.Integer(), nullable=False),
        sa.Column("configured", sa.Boolean(), nullable=False),
        sa.Column("asked_at_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("address"),
    )
    op.create_table(
        "app_drafts",
        sa.Column("id", sa.String(length=66), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("area", sa.String(length=32), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("updated_at_ts", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    with op.batch_alter_table("app_drafts", schema=None) as batch_op:
        batch_op.create_index("ix_app_drafts_account", ["account", "area", "updated_at_ts"], unique=False)

    op.create_table(
        "app_follower",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seen_at_ts", sa.BigInteger(), nullable=True),
        sa.Column("node_ok", sa.Boolean(), nullable=False),
        sa.Column("node_number", sa.BigInteger(), nullable=True),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "app_intents",
        sa.Column("id", sa.String(length=66), nullable=False),
        sa.Column("idempotency_key", sa.String(length=66), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=False),
        sa.Column("chain_id", sa.BigInteger(), nullable=False),
        sa.Column("genesis_hash", sa.String(length=66), nullable=False),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("to", sa.String(length=42), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("value_wei", Uint256(), nullable=False),
        sa.Column("gas", sa.BigInteger(), nullable=False),
        sa.Column("args", sa.Text(), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=32), nullable=False),
        sa.Column("tx_hash", sa.String(length=66), nullable=True),
        sa.Column("nonce", sa.BigInteger(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("ref", sa.String(length=66), nullable=True),
        sa.Column("subject", sa.String(length=128), nullable=True),
        sa.Column("created_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("submitted_at_ts", sa.BigInteger(), nullable=True),
        sa.Column("checked_at_ts", sa.BigInteger(), nullable=True),
        sa.Column("block", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("idempotency_key"),
    )
    with op.batch_alter_table("app_intents", schema=None) as batch_op:
        batch_op.create_index("ix_app_intents_account_created", ["account", "created_at_ts"], unique=False)
        batch_op.create_index("ix_app_intents_status", ["status", "created_at_ts"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_intents_tx_hash"), ["tx_hash"], unique=False)

    op.create_table(
        "app_nonces",
        sa.Column("nonce_hash", sa.String(length=66), nullable=False),
        sa.Column("session_id_hash", sa.String(length=66), nullable=False),
        sa.Column("expires_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("used", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("nonce_hash"),
    )
    with op.batch_alter_table("app_nonces", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_app_nonces_expires_at_ts"), ["expires_at_ts"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_nonces_session_id_hash"), ["session_id_hash"], unique=False)

    op.create_table(
        "app_sessions",
        sa.Column("id_hash", sa.String(length=66), nullable=False),
        sa.Column("account", sa.String(length=42), nullable=True),
        sa.Column("csrf", sa.String(length=128), nullable=True),
        sa.Column("created_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("last_seen_ts", sa.BigInteger(), nullable=False),
        sa.Column("expires_at_ts", sa.BigInteger(), nullable=False),
        sa.Column("revoked", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id_hash"),
    )
    with op.batch_alter_table("app_sessions", schema=None) as batch_op:
        batch_op.create_index("ix_app_sessions_account", ["account"], unique=False)
        batch_op.create_index(batch_op.f("ix_app_sessions_expires_at_ts"), ["expires_at_ts"], unique=False)


def downgrade() -> None:
    """Undo the change."""
    with op.batch_alter_table("app_sessions", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_sessions_expires_at_ts"))
        batch_op.drop_index("ix_app_sessions_account")

    op.drop_table("app_sessions")
    with op.batch_alter_table("app_nonces", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_nonces_session_id_hash"))
        batch_op.drop_index(batch_op.f("ix_app_nonces_expires_at_ts"))

    op.drop_table("app_nonces")
    with op.batch_alter_table("app_intents", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_app_intents_tx_hash"))
        batch_op.drop_index("ix_app_intents_status")
        batch_op.drop_index("ix_app_intents_account_created")

    op.drop_table("app_intents")
    op.drop_table("app_follower")
    with op.batch_alter_table("app_drafts", schema=None) as batch_op:
        batch_op.drop_index("ix_app_drafts_account")

    op.drop_table("app_drafts")
    op.drop_table("app_currencies")
    op.drop_table("app_contents")
    op.drop_table("chain_quarantine")
    with op.batch_alter_table("chain_orders", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_orders_tx")
        batch_op.drop_index("ix_chain_orders_listing")

    op.drop_table("chain_orders")
    with op.batch_alter_table("chain_order_roles", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_order_roles_open")
        batch_op.drop_index("ix_chain_order_roles_disputed")
        batch_op.drop_index("ix_chain_order_roles_all")

    op.drop_table("chain_order_roles")
    with op.batch_alter_table("chain_listings", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_listings_stock")
        batch_op.drop_index("ix_chain_listings_sold")
        batch_op.drop_index("ix_chain_listings_seller")
        batch_op.drop_index("ix_chain_listings_prices")
        batch_op.drop_index("ix_chain_listings_price")
        batch_op.drop_index("ix_chain_listings_only")
        batch_op.drop_index("ix_chain_listings_new")
        batch_op.drop_index("ix_chain_listings_kind")
        batch_op.drop_index("ix_chain_listings_content")
        batch_op.drop_index("ix_chain_listings_community")

    op.drop_table("chain_listings")
    op.drop_table("chain_journal")
    with op.batch_alter_table("chain_events", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_events_tx")
        batch_op.drop_index("ix_chain_events_subject")
        batch_op.drop_index("ix_chain_events_address")

    op.drop_table("chain_events")
    op.drop_table("chain_cursor")
    op.drop_table("chain_credits")
    with op.batch_alter_table("chain_communities", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_communities_steward")
        batch_op.drop_index("ix_chain_communities_pending")
        batch_op.drop_index("ix_chain_communities_name")
        batch_op.drop_index("ix_chain_communities_holders")

    op.drop_table("chain_communities")
    op.drop_table("chain_blocks")
    with op.batch_alter_table("chain_balances", schema=None) as batch_op:
        batch_op.drop_index("ix_chain_balances_rank")
        batch_op.drop_index("ix_chain_balances_account")

    op.drop_table("chain_balances")
