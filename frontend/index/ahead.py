"""Which rows a batch of events will ask for, so that they are read together and not one by one.

This only saves time: what is missed here is read when it is asked for, and what is read in vain does no harm.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from frontend.index.bulk import Key
from frontend.index.changes import Changes
from frontend.index.claim_state import HANDLERS as CLAIM_EVENTS
from frontend.index.claim_state import claim_keys
from frontend.index.curve_state import HANDLERS as CURVE_EVENTS
from frontend.index.curve_state import curve_keys
from frontend.index.decode import Event
from frontend.index.design_state import HANDLERS as DESIGN_EVENTS
from frontend.index.design_state import design_keys
from frontend.index.file_state import HANDLERS as FILE_EVENTS
from frontend.index.file_state import file_keys
from frontend.index.member_state import HANDLERS as MEMBER_EVENTS
from frontend.index.member_state import member_keys
from frontend.index.models import (
    balances,
    bonds,
    communities,
    credits,
    listings,
    order_asides,
    order_roles,
    orders,
    token_days,
)
from frontend.index.persona_state import HANDLERS as PERSONA_EVENTS
from frontend.index.persona_state import persona_keys
from frontend.index.proposal_state import HANDLERS as PROPOSAL_EVENTS
from frontend.index.proposal_state import proposal_keys
from frontend.index.review_state import HANDLERS as REVIEW_EVENTS
from frontend.index.review_state import review_keys
from frontend.index.split_state import HANDLERS as SPLIT_EVENTS
from frontend.index.split_state import split_keys
from frontend.index.state import DAY_S, MAX_ID, parties, terms_of

ORDER_EVENTS = frozenset(
    {
        "OrderFunded",
        "OrderAccepted",
        "OrderDelivered",
        "OrderContested",
        "OrderDisputed",
        "OrderReleased",
        "OrderPartRefunded",
        "MilestonePaid",
        "OrderExtended",
        "OrderTransferred",
        "SettlementOffered",
        "SettlementWithdrawn",
        "FinalOffersFrozen",
        "OrderCompleted",
        "OrderCancelled",
        "OrderRefunded",
        "OrderResolved",
        "FinalOfferPicked",
        "OrderSettled",
        "OrderKeyWrapped",
        "OrderKeyRefuted",
        "KeyAsked",
        "KeyAnswered",
        "Reviewed",
        "Replied",
        "UnitsClaimed",
    }
)
ASIDE_EVENTS = frozenset(
    {
        "OrderDelivered",
        "OrderPartRefunded",
        "OrderExtended",
        "OrderTransferred",
        "SettlementOffered",
        "SettlementWithdrawn",
        "FinalOffersFrozen",
        "OrderSettled",
    }
)


TOKEN_EVENTS = frozenset({"Transfer", "VestedMinted", "MintRenounced", "ContractMetadataChanged", "ContractURIFrozen"})


def read_ahead(changes: Changes, events: Sequence[Event], times: Mapping[int, int], *, journalled: bool) -> None:
    """Read what the events will ask for.

    Args: times of the blocks; journalled: of every row that changes it is asked how it was before.
    """
    named: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        named[event.name].append(event)
    transfers = [(event.log.address, event.log.block, event.args) for event in named["Transfer"]]
    changes.expect_tokens({event.log.address for name in TOKEN_EVENTS for event in named[name]})
    changes.expect(communities, _communities_of(changes, named))
    changes.expect(balances, [(token, args[side]) for token, _, args in transfers for side in ("from", "to")])
    changes.expect(credits, _credits_of(named))
    changes.expect(bonds, [(event.args["account"], event.args["currency"]) for event in named["BondChanged"]])
    changes.expect(order_asides, [(event.args["key"],) for name in ASIDE_EVENTS for event in named[name]])
    for table, keys in split_keys([event for name in SPLIT_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in persona_keys([event for name in PERSONA_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in claim_keys([event for name in CLAIM_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in curve_keys(changes, [event for name in CURVE_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in member_keys([event for name in MEMBER_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in proposal_keys([event for name in PROPOSAL_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in review_keys([event for name in REVIEW_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in design_keys([event for name in DESIGN_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    for table, keys in file_keys([event for name in FILE_EVENTS for event in named[name]]).items():
        changes.expect(table, keys)
    order_keys = [event.args["key"] for name in ORDER_EVENTS for event in named[name]]
    changes.expect(orders, ((key,) for key in order_keys))
    wanted = [event.args["listingId"] for found in named.values() for event in found if "listingId" in event.args]
    known = (changes.known(orders, key) for key in order_keys)
    changes.expect(listings, ((found,) for found in [*wanted, *(row["listing_id"] for row in known if row)]))
    if journalled:
        changes.expect(order_roles, _roles_of(changes, order_keys))
        changes.expect(token_days, ((token, times[block] // DAY_S) for token, block, _ in transfers))


def _communities_of(changes: Changes, named: Mapping[str, list[Event]]) -> Iterable[Key]:
    for name, events in named.items():
        if name in TOKEN_EVENTS:
            found = {changes.community_of_token(token) for token in {event.log.address for event in events}}
        else:
            found = {event.args.get("communityId", event.args.get("id")) for event in events}
        yield from ((number,) for number in found if isinstance(number, int) and number <= MAX_ID)


def _credits_of(named: Mapping[str, list[Event]]) -> Iterable[Key]:
    for event in named["CreditWithdrawn"]:
        yield event.args["account"], event.args["currency"]
    for event in named["CreditsAdded"]:
        yield from ((account, event.args["currency"]) for account, _ in event.args["payouts"])


def _roles_of(changes: Changes, order_keys: Iterable[str]) -> Iterable[Key]:
    """Give the roles in orders that are stored; those of new ones cannot be there."""
    for key in dict.fromkeys(order_keys):
        order = changes.known(orders, key)
        listing = changes.known(listings, order["listing_id"]) if order else None
        if order and listing:
            yield from ((account, role, key) for account, role in parties(order["holder"], terms_of(listing)))
