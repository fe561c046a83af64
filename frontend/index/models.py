"""Chain tables: a pure function of blocks and logs. No clock, no autoincrement, no content, no key into app tables.

State tables (communities, balances, listings, orders, roles, credits, bonds) say how things are at the cursor's block; the
journal holds what their rows were before each recent block, so that a block can be undone.
Addresses and hashes are lower-case 0x hex, times unix seconds, JSON is canonical text (sorted keys, no spaces).
"""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, MetaData, String, Table, Text, text

from frontend.store.columns import Uint256

ADDRESS = String(42)
HASH = String(66)

OPEN_ORDER = text("state IN ('funded', 'accepted', 'delivered', 'contested', 'disputed')")

chain_metadata = MetaData()


def _number(name: str, **options: bool) -> Column[int]:
    return Column(name, BigInteger, nullable=False, **options)  # type: ignore[arg-type]  # the options are Column's own


def _key(name: str, kind: String | type[BigInteger]) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


cursor = Table(
    "chain_cursor",
    chain_metadata,
    _key("id", BigInteger),  # always 1
    _number("chain_id"),
    Column("genesis_hash", HASH, nullable=False),
    Column("deployments_hash", HASH, nullable=False),  # which contracts this index is about
    _number("start_block"),
    _number("number"),
    Column("hash", HASH, nullable=False),
    _number("timestamp_ts"),
    _number("journal_from"),  # blocks from here on can be undone
)

blocks = Table(
    "chain_blocks",
    chain_metadata,
    _key("number", BigInteger),
    Column("hash", HASH, nullable=False),
    Column("parent_hash", HASH, nullable=False),
    _number("timestamp_ts"),
)

events = Table(
    "chain_events",
    chain_metadata,
    _key("block", BigInteger),
    _key("log_index", BigInteger),
    Column("block_hash", HASH, nullable=False),
    Column("tx_hash", HASH, nullable=False),
    _number("at_ts"),
    Column("address", ADDRESS, nullable=False),
    Column("name", String(64), nullable=False),
    Column("subject", String(78), nullable=False),  # what it is about: order key, listing id, community id, account
    Column("args", Text, nullable=False),  # JSON
    Index("ix_chain_events_tx", "tx_hash"),
    Index("ix_chain_events_subject", "subject", "block", "log_index"),
    Index("ix_chain_events_address", "address", "name", "block", "log_index"),
)

quarantine = Table(
    "chain_quarantine",
    chain_metadata,
    _key("block", BigInteger),
    _key("log_index", BigInteger),
    Column("block_hash", HASH, nullable=False),
    Column("tx_hash", HASH, nullable=False),
    Column("address", ADDRESS, nullable=False),
    Column("topics", Text, nullable=False),  # JSON
    Column("data", Text, nullable=False),  # hex, at most its first kilobytes
    Column("reason", Text, nullable=False),
)

journal = Table(
    "chain_journal",
    chain_metadata,
    _key("block", BigInteger),
    _key("step", BigInteger),  # counts the rows that this block touched
    Column("table_name", String(64), nullable=False),
    Column("key", Text, nullable=False),  # JSON list
    Column("before", Text),  # JSON of the row; NULL if there was none
)

communities = Table(
    "chain_communities",
    chain_metadata,
    _key("id", BigInteger),  # 0 = the platform
    Column("name", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("token", ADDRESS, unique=True),
    Column("steward", ADDRESS, nullable=False),
    Column("pending_steward", ADDRESS),
    Column("founder", ADDRESS),
    Column("cap_units", Uint256, nullable=False),
    Column("founder_allocation_units", Uint256, nullable=False),
    _number("vesting_start_ts"),
    _number("vesting_cliff_s"),
    _number("vesting_duration_s"),
    _number("fee_bps"),
    _number("raised_fee_bps"),
    _number("raise_at_ts"),
    *(_number(name) for name in ("token_waiver", "member_waiver", "raised_token_waiver", "raised_member_waiver")),
    Column("metadata_uri", Text, nullable=False),
    Column("metadata_hash", HASH),
    Column("claims", ADDRESS),
    Column("claim_allocation_units", Uint256, nullable=False),
    Column("curve", ADDRESS),
    Column("curve_allocation_units", Uint256, nullable=False),
    _number("opened_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    _number("holder_count"),
    _number("listing_count"),
    _number("transfer_count"),
    Column("supply_units", Uint256, nullable=False),
    Column("minted_by_steward_units", Uint256, nullable=False),
    Column("minted_by_founder_units", Uint256, nullable=False),
    Column("mint_renounced", Boolean, nullable=False),
    Column("uri_frozen", Boolean, nullable=False),
    Index("ix_chain_communities_steward", "steward", "id"),
    Index("ix_chain_communities_pending", "pending_steward", "id"),
    Index("ix_chain_communities_name", "name", "id"),
    Index("ix_chain_communities_holders", "holder_count", "id"),
)

balances = Table(
    "chain_balances",
    chain_metadata,
    _key("token", ADDRESS),
    _key("account", ADDRESS),
    Column("balance_units", Uint256, nullable=False),  # never 0: such rows are taken out
    Index("ix_chain_balances_rank", "token", "balance_units", "account"),
    Index("ix_chain_balances_account", "account", "token"),
)

token_days = Table(
    "chain_token_days",
    chain_metadata,
    _key("token", ADDRESS),
    _key("day", BigInteger),  # unix day of the block's time; days without a transfer have no row
    Column("supply_units", Uint256, nullable=False),  # at the end of the day, so far
    _number("holder_count"),
    _number("transfer_count"),  # since the token's beginning
)

listings = Table(
    "chain_listings",
    chain_metadata,
    _key("id", HASH),
    Column("seller", ADDRESS, nullable=False),
    _number("community_id"),
    Column("currency", ADDRESS, nullable=False),
    Column("unit_price_units", Uint256, nullable=False),
    Column("kind", String(16), nullable=False),
    Column("instant", Boolean, nullable=False),
    _number("quantity_limit"),
    _number("quantity_sold"),
    Column("paused", Boolean, nullable=False),
    Column("in_stock", Boolean, nullable=False),  # not paused, and something is left
    _number("valid_until_ts"),
    Column("only_buyer", ADDRESS),
    Column("content_hash", HASH, nullable=False),
    Column("terms", Text, nullable=False),  # JSON
    Column("extras", Text),  # JSON; NULL where the terms name none
    _number("opened_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_listings_new", "opened_block", "opened_log_index"),
    Index("ix_chain_listings_stock", "in_stock", "opened_block", "opened_log_index"),
    Index("ix_chain_listings_community", "community_id", "opened_block", "opened_log_index"),
    Index("ix_chain_listings_seller", "seller", "opened_block", "opened_log_index"),
    Index("ix_chain_listings_kind", "kind", "opened_block", "opened_log_index"),
    Index("ix_chain_listings_price", "currency", "unit_price_units", "id"),
    Index("ix_chain_listings_prices", "unit_price_units", "id"),
    Index("ix_chain_listings_sold", "quantity_sold", "opened_block", "opened_log_index"),
    Index("ix_chain_listings_only", "only_buyer", "opened_block", "opened_log_index"),
    Index("ix_chain_listings_content", "content_hash"),
)

orders = Table(
    "chain_orders",
    chain_metadata,
    _key("key", HASH),
    Column("listing_id", HASH, nullable=False),
    Column("holder", ADDRESS, nullable=False),  # who holds it now
    Column("first_holder", ADDRESS, nullable=False),  # a part of the key
    Column("payer", ADDRESS, nullable=False),
    Column("ref", HASH, nullable=False),
    Column("purchase", Text, nullable=False),  # JSON
    _number("quantity"),
    Column("paid_units", Uint256, nullable=False),
    Column("amount_units", Uint256, nullable=False),  # still in escrow
    Column("returned_units", Uint256, nullable=False),  # what of the price the holder has back
    _number("clock_ts"),
    Column("state", String(16), nullable=False),
    _number("flags"),  # the contract's OrderFlags
    _number("milestone"),  # milestones paid; the last one is paid by the order's completion and not counted
    _number("platform_fee_bps"),
    _number("community_fee_bps"),
    Column("commitment", HASH),
    Column("holder_stake_units", Uint256, nullable=False),
    Column("seller_stake_units", Uint256, nullable=False),
    Column("ruled_bps_to_buyer", Integer),
    _number("funded_at_ts"),
    _number("updated_at_ts"),
    _number("funded_block"),
    _number("funded_log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_orders_listing", "listing_id", "funded_block", "funded_log_index"),
    Index("ix_chain_orders_tx", "tx_hash"),
    Index("ix_chain_orders_open", "listing_id", "first_holder", sqlite_where=OPEN_ORDER, postgresql_where=OPEN_ORDER),
)

# what few orders have besides, in rows that are written only when used
order_asides = Table(
    "chain_order_asides",
    chain_metadata,
    _key("order_key", HASH),
    Column("referrer", ADDRESS),  # who gets the referral commission
    _number("extended_s"),  # by how much its clocks were extended in all
    _number("handovers"),  # how often it was handed over
    _number("sequence"),  # offers and withdrawals so far
    Column("holders_offer_basis", HASH),  # hash of the order as it was when the offer was made; NULL = no offer
    Column("holders_offer_units", Uint256, nullable=False),  # to the holder
    Column("sellers_offer_basis", HASH),
    Column("sellers_offer_units", Uint256, nullable=False),
    Column("final_offers_frozen", Boolean, nullable=False),  # a ruling picks one of these two:
    Column("final_holder_units", Uint256, nullable=False),
    Column("final_seller_units", Uint256, nullable=False),
    Column("settled", Boolean, nullable=False),  # it ended by agreement
    Column("settled_units", Uint256, nullable=False),  # to the holder
    Index("ix_chain_order_asides_referrer", "referrer", "order_key"),
)

order_roles = Table(
    "chain_order_roles",
    chain_metadata,
    _key("account", ADDRESS),
    _key("role", String(8)),  # buyer, seller, arbiter (the backup too)
    _key("order_key", HASH),
    Column("is_open", Boolean, nullable=False),
    Column("is_disputed", Boolean, nullable=False),  # contested or before the arbiter
    _number("funded_block"),
    _number("funded_log_index"),
    Index("ix_chain_order_roles_all", "account", "role", "funded_block", "funded_log_index"),
    Index("ix_chain_order_roles_open", "account", "role", "is_open", "funded_block", "funded_log_index"),
    Index("ix_chain_order_roles_disputed", "account", "role", "is_disputed", "funded_block", "funded_log_index"),
)

credits = Table(
    "chain_credits",
    chain_metadata,
    _key("account", ADDRESS),
    _key("currency", ADDRESS),
    Column("amount_units", Uint256, nullable=False),  # never 0: such rows are taken out
)

bonds = Table(
    "chain_bonds",
    chain_metadata,
    _key("account", ADDRESS),
    _key("currency", ADDRESS),
    Column("free_units", Uint256, nullable=False),  # never 0: such rows are taken out
)

splits = Table(
    "chain_splits",
    chain_metadata,
    _key("id", BigInteger),
    Column("creator", ADDRESS, nullable=False),
    _number("version"),  # the current one
    _number("seat_count"),
    _number("opened_at_ts"),
    _number("changed_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_splits_creator", "creator", "id"),
)

split_seats = Table(
    "chain_split_seats",
    chain_metadata,
    _key("split_id", BigInteger),
    _key("seat", BigInteger),
    Column("payee", ADDRESS, nullable=False),  # by its address of now
    Index("ix_chain_split_seats_payee", "payee", "split_id", "seat"),
)

split_versions = Table(
    "chain_split_versions",
    chain_metadata,
    _key("split_id", BigInteger),
    _key("version", BigInteger),
    Column("opened_by", ADDRESS, nullable=False),
    _number("opened_at_ts"),
    Column("tx_hash", HASH, nullable=False),
)

split_shares = Table(
    "chain_split_shares",
    chain_metadata,
    _key("split_id", BigInteger),
    _key("version", BigInteger),
    _key("place", BigInteger),
    _number("seat"),
    _number("bps"),
    _number("locked_until_ts"),
    Index("ix_chain_split_shares_seat", "split_id", "seat", "version", "place"),
)

split_books = Table(
    "chain_split_books",
    chain_metadata,
    _key("split_id", BigInteger),
    _key("version", BigInteger),
    _key("currency", ADDRESS),
    Column("received_units", Uint256, nullable=False),
)

split_claims = Table(
    "chain_split_claims",
    chain_metadata,
    _key("split_id", BigInteger),
    _key("version", BigInteger),
    _key("place", BigInteger),
    _key("currency", ADDRESS),
    Column("claimed_units", Uint256, nullable=False),
)

split_changes = Table(
    "chain_split_changes",
    chain_metadata,
    _key("hash", HASH),
    _number("split_id"),
    _number("version"),  # what the changed split's version would be
    Column("proposer", ADDRESS, nullable=False),
    Column("change", Text, nullable=False),  # JSON
    _number("proposed_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_split_changes_split", "split_id", "version", "opened_block", "opened_log_index"),
)

split_approvals = Table(
    "chain_split_approvals",
    chain_metadata,
    _key("change_hash", HASH),
    _key("payee", ADDRESS),  # taken out when the approval is taken back
    _number("approved_at_ts"),
)

personas = Table(
    "chain_personas",
    chain_metadata,
    _key("id", HASH),  # the nickname's bytes, filled up with zeros
    Column("nickname", Text, nullable=False),
    Column("skeleton", Text, nullable=False),  # what look-alikes have in common; see nicknames.py
    Column("holder", ADDRESS, nullable=False),  # the last one when retired
    _number("held_since_ts"),
    _number("holder_count"),  # the place of the present holding
    Column("retired", Boolean, nullable=False),
    Column("offered_to", ADDRESS),
    _number("accept_from_ts"),  # 0 = nothing is offered
    Column("profile_uri", Text, nullable=False),
    Column("profile_hash", HASH),
    _number("claimed_at_ts"),
    _number("claimed_block"),
    _number("claimed_log_index"),
    Index("ix_chain_personas_skeleton", "skeleton", "id"),
    Index("ix_chain_personas_offered", "offered_to", "id"),
)

persona_accounts = Table(
    "chain_persona_accounts",
    chain_metadata,
    _key("account", ADDRESS),  # taken out when it has neither
    Column("persona", HASH),
    Column("commitment", HASH),
    _number("committed_at_ts"),
)

persona_holdings = Table(
    "chain_persona_holdings",
    chain_metadata,
    _key("persona", HASH),
    _key("place", BigInteger),  # 1 is who claimed it
    Column("holder", ADDRESS, nullable=False),
    _number("from_ts"),
    _number("from_block"),
    _number("from_log_index"),
    _number("until_ts"),  # 0 while it lasts
    Column("until_block", BigInteger),
    Column("until_log_index", BigInteger),
)

claim_phases = Table(
    "chain_claim_phases",
    chain_metadata,
    _key("key", HASH),
    _number("community_id"),
    _number("number"),  # counts from 1 in each community
    _number("start_ts"),
    _number("end_ts"),
    Column("supply_units", Uint256, nullable=False),
    Column("limit_units", Uint256, nullable=False),  # 0 = none
    Column("price_units", Uint256, nullable=False),  # of the currency, for a whole token
    Column("currency", ADDRESS, nullable=False),
    Column("merkle_root", HASH),  # NULL = open to everybody
    Column("is_open", Boolean, nullable=False),
    Column("left_units", Uint256, nullable=False),
    Column("claimed_units", Uint256, nullable=False),
    Column("earned_units", Uint256, nullable=False),
    _number("claimant_count"),
    _number("opened_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    Index("ix_chain_claim_phases_community", "community_id", "number", unique=True),
)

claims = Table(
    "chain_claims",
    chain_metadata,
    _key("phase_key", HASH),
    _key("account", ADDRESS),
    Column("claimed_units", Uint256, nullable=False),
    Column("paid_units", Uint256, nullable=False),
    _number("claimed_at_ts"),  # the last time
    Index("ix_chain_claims_account", "account", "phase_key"),
    Index("ix_chain_claims_rank", "phase_key", "claimed_units", "account"),
)

ledger_credits = Table(
    "chain_ledger_credits",  # what contracts other than the Market owe
    chain_metadata,
    _key("ledger", ADDRESS),
    _key("account", ADDRESS),
    _key("currency", ADDRESS),
    Column("amount_units", Uint256, nullable=False),  # never 0: such rows are taken out
)

curves = Table(
    "chain_curves",
    chain_metadata,
    _key("token", ADDRESS),
    _number("community_id"),
    Column("opened_by", ADDRESS, nullable=False),
    Column("currency", ADDRESS, nullable=False),
    _number("fee_bps"),
    Column("base_price_units", Uint256, nullable=False),
    Column("slope_wad", Uint256, nullable=False),
    Column("steps", Text, nullable=False),  # JSON: pairs of the supply at which each ends and its price, as text
    Column("capacity_units", Uint256, nullable=False),
    Column("backed_units", Uint256, nullable=False),  # paid for at the opening,
    Column("backing_units", Uint256, nullable=False),  # with this
    Column("sold_units", Uint256, nullable=False),
    Column("reserve_units", Uint256, nullable=False),
    Column("fees_units", Uint256, nullable=False),  # of all trades so far, taken out or not
    _number("trade_count"),
    _number("opened_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_curves_community", "community_id", unique=True),
    Index("ix_chain_curves_currency", "currency", "community_id"),
)

curve_trades = Table(
    "chain_curve_trades",
    chain_metadata,
    _key("block", BigInteger),
    _key("log_index", BigInteger),
    Column("token", ADDRESS, nullable=False),
    _number("at_ts"),
    Column("is_purchase", Boolean, nullable=False),
    Column("account", ADDRESS, nullable=False),  # who bought or sold
    Column("receiver", ADDRESS, nullable=False),  # who has the tokens, or the money
    Column("amount_units", Uint256, nullable=False),
    Column("money_units", Uint256, nullable=False),  # into the reserve, or out of it
    Column("fee_units", Uint256, nullable=False),  # on top of that, or off it
    Column("sold_units", Uint256, nullable=False),  # from then on
    Column("reserve_units", Uint256, nullable=False),
    Column("price_units", Uint256, nullable=False),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_curve_trades_token", "token", "block", "log_index"),
)

memberships = Table(
    "chain_memberships",
    chain_metadata,
    _key("address", ADDRESS),
    Column("community_id", BigInteger, nullable=False, unique=True),
    Column("token", ADDRESS, nullable=False),
    Column("tiers", Text, nullable=False),  # JSON list of thresholds, smallest unit as text
    Column("locked_units", Uint256, nullable=False),  # all that counts
    _number("member_count"),
    _number("opened_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
)

members = Table(
    "chain_members",  # everybody who ever locked, delegated or was named
    chain_metadata,
    _key("membership", ADDRESS),
    _key("account", ADDRESS),
    Column("locked_units", Uint256, nullable=False),  # 0 = holds no badge
    Column("votes_units", Uint256, nullable=False),  # own and delegated ones
    Column("delegate", ADDRESS, nullable=False),
    _number("unlock_count"),
    _number("joined_at_ts"),  # since when the badge is held; 0 = holds none
    Index("ix_chain_members_rank", "membership", "locked_units", "account"),
    Index("ix_chain_members_account", "account", "membership"),
    Index("ix_chain_members_delegate", "membership", "delegate", "account"),
)

unlocks = Table(
    "chain_unlocks",
    chain_metadata,
    _key("membership", ADDRESS),
    _key("account", ADDRESS),
    _key("number", BigInteger),
    Column("amount_units", Uint256, nullable=False),
    Column("state", String(16), nullable=False),  # waiting, cancelled, withdrawn
    _number("requested_at_ts"),
    _number("available_at_ts"),
)

vote_checkpoints = Table(
    "chain_vote_checkpoints",  # how many votes an account had from a second on; the zero address: all that was locked
    chain_metadata,
    _key("membership", ADDRESS),
    _key("account", ADDRESS),
    _key("at_ts", BigInteger),
    Column("votes_units", Uint256, nullable=False),
)

governors = Table(
    "chain_governors",
    chain_metadata,
    _key("address", ADDRESS),
    _number("community_id"),
    Column("timelock", ADDRESS, nullable=False, unique=True),
    Column("founder", ADDRESS, nullable=False),
    _number("voting_delay_s"),
    _number("voting_period_s"),
    _number("timelock_delay_s"),
    _number("quorum_bps"),
    Column("quorum_floor_units", Uint256, nullable=False),
    Column("proposal_threshold_units", Uint256, nullable=False),
    _number("min_members"),
    _number("veto_until_ts"),
    _number("proposal_count"),
    _number("opened_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    Index("ix_chain_governors_community", "community_id", "opened_block", "opened_log_index"),
)

proposals = Table(
    "chain_proposals",
    chain_metadata,
    _key("governor", ADDRESS),
    _key("id", HASH),  # the proposal's number as hex
    _number("number"),  # from 1, in the order of the proposals of its governor
    Column("proposer", ADDRESS, nullable=False),
    Column("calls", Text, nullable=False),  # JSON list of target, wei as text, data
    Column("description", Text, nullable=False),
    Column("description_hash", HASH, nullable=False),
    _number("proposed_at_ts"),
    _number("start_ts"),  # the second at which votes are counted
    _number("end_ts"),
    Column("for_units", Uint256, nullable=False),
    Column("against_units", Uint256, nullable=False),
    Column("abstain_units", Uint256, nullable=False),
    _number("voter_count"),
    _number("queued_at_ts"),  # 0 = not yet, for this and what follows
    _number("eta_ts"),
    _number("executed_at_ts"),
    Column("executed_tx", HASH),
    _number("cancelled_at_ts"),
    _number("opened_block"),
    _number("opened_log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_proposals_number", "governor", "number", unique=True),
    Index("ix_chain_proposals_executed", "executed_tx"),
)

proposal_votes = Table(
    "chain_proposal_votes",
    chain_metadata,
    _key("governor", ADDRESS),
    _key("proposal_id", HASH),
    _key("voter", ADDRESS),
    Column("choice", String(8), nullable=False),  # for, against, abstain
    Column("weight_units", Uint256, nullable=False),
    Column("reason", Text, nullable=False),
    _number("voted_at_ts"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_proposal_votes_rank", "governor", "proposal_id", "weight_units", "voter"),
)

sealed_files = Table(
    "chain_sealed_files",  # what listings of files sell
    chain_metadata,
    _key("listing_id", HASH),
    Column("key_hash", HASH, nullable=False),
    Column("ciphertext_hash", HASH, nullable=False),
    Column("plaintext_hash", HASH, nullable=False),
    Column("size_bytes", Uint256, nullable=False),  # of the plaintext, as the seller says: up to 2**64 - 1
    Index("ix_chain_sealed_files_ciphertext", "ciphertext_hash", "listing_id"),
)

key_wraps = Table(
    "chain_key_wraps",  # keys of files as they were delivered
    chain_metadata,
    _key("order_key", HASH),
    Column("point_x", HASH, nullable=False),
    Column("point_y", HASH, nullable=False),
    Column("masked", HASH, nullable=False),
    Column("refuted", Boolean, nullable=False),  # it was proven to be another key than the one that was sold
)

key_requests = Table(
    "chain_key_requests",  # points to which an order's holder wants the key once more
    chain_metadata,
    _key("order_key", HASH),
    _key("x", HASH),
    _key("y", HASH),
    Column("seller", ADDRESS, nullable=False),  # who can answer
    Column("waiting", Boolean, nullable=False),  # there was no answer since it was asked the last time
    _number("asked_at_ts"),  # the last time, like the rest
    _number("asked_block"),
    _number("asked_log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_key_requests_waiting", "seller", "waiting", "asked_block", "asked_log_index"),
)

key_answers = Table(
    "chain_key_answers",  # the seller's answers to them; any may be the right one, which only the holder can see
    chain_metadata,
    _key("block", BigInteger),
    _key("log_index", BigInteger),
    Column("order_key", HASH, nullable=False),
    Column("x", HASH, nullable=False),
    Column("y", HASH, nullable=False),
    Column("point_x", HASH, nullable=False),
    Column("point_y", HASH, nullable=False),
    Column("masked", HASH, nullable=False),
    _number("answered_at_ts"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_key_answers_order", "order_key", "block", "log_index"),
)

reviews = Table(
    "chain_reviews",  # what the sides of finished orders say about each other
    chain_metadata,
    _key("order_key", HASH),
    _key("role", String(8)),  # of whom it is about: seller or buyer
    Column("about", ADDRESS, nullable=False),
    Column("reviewer", ADDRESS, nullable=False),
    _number("rating"),  # 1 to 5
    Column("hash", HASH),  # of the text; NULL = there is none
    Column("currency", ADDRESS, nullable=False),
    Column("earned_units", Uint256, nullable=False),  # what the order brought its seller, before commissions
    _number("said_at_ts"),
    _number("block"),
    _number("log_index"),
    Column("tx_hash", HASH, nullable=False),
    Column("reply_hash", HASH),
    _number("replied_at_ts"),  # 0 = not yet
    Column("reply_tx", HASH),
    Index("ix_chain_reviews_about", "about", "role", "block", "log_index"),
    Index("ix_chain_reviews_reviewer", "reviewer", "role", "block", "log_index"),
)

designs = Table(
    "chain_designs",  # blueprints whose make conditions are known
    chain_metadata,
    _key("listing_id", HASH),
    Column("currency", ADDRESS, nullable=False),
    Column("fee_units", Uint256, nullable=False),  # per make; 0 = free
    Column("payee", ADDRESS),  # NULL = a split, or nobody
    _number("split_id"),  # 0 = none
    _number("split_version"),
    Column("salt", HASH, nullable=False),
    _number("claimed"),  # units that were given out
    _number("made"),  # of these burned for a serial each
    _number("published_at_ts"),
    Column("tx_hash", HASH, nullable=False),
)

unit_claims = Table(
    "chain_unit_claims",  # orders whose units were given out
    chain_metadata,
    _key("order_key", HASH),
    Column("receiver", ADDRESS, nullable=False),
    _number("quantity"),
    _number("claimed_at_ts"),
    Column("tx_hash", HASH, nullable=False),
)

units = Table(
    "chain_units",  # of designs, by who holds them
    chain_metadata,
    _key("listing_id", HASH),
    _key("account", ADDRESS),
    _number("units"),  # never 0: such rows are taken out
    Index("ix_chain_units_account", "account", "listing_id"),
)

makes = Table(
    "chain_makes",
    chain_metadata,
    _key("listing_id", HASH),
    _key("serial", String(32)),
    Column("looks", String(32), nullable=False),  # the same for serials that are easily taken for each other
    Column("maker", ADDRESS, nullable=False),
    _number("number"),  # the design's how manieth, from 1
    _number("made_at_ts"),
    _number("block"),
    _number("log_index"),
    Column("tx_hash", HASH, nullable=False),
    Index("ix_chain_makes_number", "listing_id", "number"),
    Index("ix_chain_makes_looks", "listing_id", "looks"),
    Index("ix_chain_makes_maker", "maker", "block", "log_index"),
)

REVIEW_TABLES = (reviews,)
DESIGN_TABLES = (designs, unit_claims, units, makes)
PERSONA_TABLES = (personas, persona_accounts, persona_holdings)
CLAIM_TABLES = (claim_phases, claims, ledger_credits)
CURVE_TABLES = (curves, curve_trades)
FILE_TABLES = (sealed_files, key_wraps, key_requests, key_answers)
SELF_RULE_TABLES = (memberships, members, unlocks, vote_checkpoints, governors, proposals, proposal_votes)
SPLIT_TABLES = (
    splits,
    split_seats,
    split_versions,
    split_shares,
    split_books,
    split_claims,
    split_changes,
    split_approvals,
)
STATE_TABLES = (
    communities,
    balances,
    token_days,
    listings,
    orders,
    order_asides,
    order_roles,
    credits,
    bonds,
    *SPLIT_TABLES,
    *PERSONA_TABLES,
    *CLAIM_TABLES,
    *CURVE_TABLES,
    *SELF_RULE_TABLES,
    *FILE_TABLES,
    *REVIEW_TABLES,
    *DESIGN_TABLES,
)
DUMPED_TABLES = (blocks, events, quarantine, *STATE_TABLES)
