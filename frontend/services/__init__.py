"""What the pages may ask for, one module per area; the only place that talks to a node."""

from frontend.config import Settings
from frontend.contracts.registry import Registry
from frontend.index.queries import Queries
from frontend.services.airdrops import Airdrops
from frontend.services.approvals import Approvals
from frontend.services.bonds import Bonds
from frontend.services.carts import Carts
from frontend.services.chain import Chain
from frontend.services.changes import Changes
from frontend.services.claim_lists import ClaimLists
from frontend.services.claims import Claims
from frontend.services.communities import Communities
from frontend.services.content import Contents
from frontend.services.credits import Credits
from frontend.services.curves import Curves
from frontend.services.designs import Designs
from frontend.services.faucet import Faucet
from frontend.services.fiat import Fiat
from frontend.services.file_keys import FileKeys
from frontend.services.files import SealedFiles
from frontend.services.intent_store import IntentStore
from frontend.services.intents import Intents
from frontend.services.market import Market
from frontend.services.members import Members
from frontend.services.members_only import MembersOnly
from frontend.services.messages import Messages
from frontend.services.notes import PrivateNotes
from frontend.services.notices import Notices
from frontend.services.personas import Personas
from frontend.services.proposals import Proposals
from frontend.services.proposed_calls import Calls
from frontend.services.reviews import Reviews
from frontend.services.settlements import Settlements
from frontend.services.split_changes import SplitChanges
from frontend.services.splits import Splits
from frontend.services.tokens import Tokens
from frontend.services.watch import Watch
from frontend.store.database import Database


class Services:
    """All services of one app, made once. Making them asks nobody anything."""

    def __init__(self, settings: Settings, registry: Registry, db: Database, queries: Queries) -> None:
        self.chain = Chain(settings.rpc_url, settings.chain_id, settings.rpc_timeout_s)
        self.contents = Contents(settings, db)
        self.files = SealedFiles(settings, db)
        self.fiat = Fiat(settings)
        self.intent_store = IntentStore(db)
        self.intents = Intents(registry, self.chain, self.intent_store, queries)
        self.watch = Watch(self.chain, self.intent_store, queries, confirmations=settings.confirmations)
        self.communities = Communities(registry, self.intents, self.contents, queries)
        self.tokens = Tokens(registry, self.intents, self.contents, queries)
        self.notes = PrivateNotes(settings, registry, self.chain, db, queries)
        self.messages = Messages(db, self.notes)
        self.notices = Notices(db, queries, self.messages)
        approvals = Approvals(registry, self.chain, self.intents, queries)
        self.market = Market(registry, self.chain, self.intents, self.contents, queries, self.notes, approvals)
        self.bonds = Bonds(registry, self.intents, approvals)
        self.carts = Carts(registry, self.chain, self.intents, self.contents, queries, approvals)
        self.changes = Changes(self.market)
        self.file_keys = FileKeys(self.market)
        self.settlements = Settlements(self.market)
        self.reviews = Reviews(settings, self.market)
        for_designs = Approvals(registry, self.chain, self.intents, queries, spender="Blueprints")
        self.designs = Designs(self.market, for_designs)
        self.credits = Credits(registry, self.intents, queries)
        self.personas = Personas(registry, self.intents, self.contents, queries)
        self.splits = Splits(registry, self.chain, self.intents)
        self.split_changes = SplitChanges(self.splits, queries)
        for_curves = Approvals(registry, self.chain, self.intents, queries, spender="Curves")
        self.curves = Curves(registry, self.chain, self.intents, queries, for_curves)
        for_claims = Approvals(registry, self.chain, self.intents, queries, spender="Claims")
        self.claim_lists = ClaimLists(self.contents)
        self.claims = Claims(registry, self.intents, queries, for_claims, self.claim_lists)
        self.airdrops = Airdrops(self.claim_lists, self.tokens, self.intent_store)
        self.members = Members(registry, self.chain, self.intents, queries, approvals)
        self.members_only = MembersOnly(db, queries, self.chain, self.intents)
        self.calls = Calls(registry, queries)
        self.proposals = Proposals(registry, self.chain, self.intents, queries)
        self.faucet = Faucet(settings, self.chain, db)
