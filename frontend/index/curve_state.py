"""What each event of Curves changes: curves with their supply and reserve, and the trades on them.

Checks first; nonsense raises Malformed. Source: Curves.sol.
"""

import json
from collections.abc import Callable, Iterable

from sqlalchemy import Table

from frontend.curve import Shape, Step
from frontend.index.bulk import Key
from frontend.index.changes import Changes, Row, canonical
from frontend.index.claim_state import not_the_stewards
from frontend.index.decode import Event, Malformed
from frontend.index.models import communities, curve_trades, curves


def subject_of(token: str) -> str:
    """Give the subject of a curve's events; a bare address would be an account's."""
    return f"curve:{token}"


def curve_opened(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """A token has its curve."""
    token, params = str(args["token"]), args["params"]
    community_id = changes.community_of_token(token)
    if community_id is None:
        raise Malformed("no community has this token")
    if changes.get(curves, token) is not None:
        raise Malformed("this curve was opened before")
    if args["backed"] > args["capacity"]:
        raise Malformed("more is backed than can be sold")
    row = {
        "token": token,
        "community_id": community_id,
        "opened_by": args["steward"],
        "currency": params["currency"],
        "fee_bps": params["feeBps"],
        "base_price_units": params["basePrice"],
        "slope_wad": params["slope"],
        # numbers as text, since JSON's may lose digits on their way
        "steps": canonical([[str(part) for part in step] for step in params["steps"]]),
        "capacity_units": args["capacity"],
        "backed_units": args["backed"],
        "backing_units": args["reserve"],
        "sold_units": args["backed"],
        "reserve_units": args["reserve"],
        "fees_units": 0,
        "trade_count": 0,
        "opened_at_ts": at_ts,
        "opened_block": event.log.block,
        "opened_log_index": event.log.log_index,
        "tx_hash": event.log.tx_hash,
    }
    changes.put(curves, row)
    return subject_of(token)


def curve_bought(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Tokens were bought, and minted."""
    row = _open(changes, args["token"])
    if args["sold"] != row["sold_units"] + args["amount"] or args["sold"] > row["capacity_units"]:
        raise Malformed("the supply does not follow from the purchase")
    if args["reserve"] != row["reserve_units"] + args["cost"]:
        raise Malformed("the reserve does not follow from the purchase")
    _traded(changes, event, row, at_ts, is_purchase=True, account=args["buyer"], money_units=args["cost"])
    not_the_stewards(changes, row["community_id"], args["amount"])
    return subject_of(row["token"])


def curve_sold(changes: Changes, event: Event, args: Row, at_ts: int) -> str:
    """Tokens were sold, and burned."""
    row = _open(changes, args["token"])
    if args["sold"] != row["sold_units"] - args["amount"]:
        raise Malformed("the supply does not follow from the sale")
    if args["reserve"] != row["reserve_units"] - args["proceeds"] or args["fee"] > args["proceeds"]:
        raise Malformed("the reserve does not follow from the sale")
    _traded(changes, event, row, at_ts, is_purchase=False, account=args["seller"], money_units=args["proceeds"])
    return subject_of(row["token"])


HANDLERS: dict[str, Callable[[Changes, Event, Row, int], str]] = {
    "CurveOpened": curve_opened,
    "CurveBought": curve_bought,
    "CurveSold": curve_sold,
}


def curve_keys(changes: Changes, events: Iterable[Event]) -> dict[Table, list[Key]]:
    """Give the rows that these events of Curves will ask for, by table, so that they are read together."""
    found: dict[Table, list[Key]] = {curves: [], curve_trades: [], communities: []}
    tokens: set[str] = set()
    for event in events:
        tokens.add(event.args["token"])
        found[curve_trades].append((event.log.block, event.log.log_index))
    changes.expect_tokens(tokens)
    for token in sorted(tokens):
        found[curves].append((token,))
        community_id = changes.community_of_token(token)
        if community_id is not None:
            found[communities].append((community_id,))
    return found


def shape_of(base_price_units: int, slope_wad: int, steps: str) -> Shape:
    """Give a price's shape from what is stored of it."""
    return Shape(base_price_units, slope_wad, tuple(Step(int(up_to), int(price)) for up_to, price in json.loads(steps)))


def _traded(
    changes: Changes, event: Event, row: Row, at_ts: int, *, is_purchase: bool, account: str, money_units: int
) -> None:
    """Note a trade, and where it left the curve."""
    args = event.args
    shape = shape_of(row["base_price_units"], row["slope_wad"], row["steps"])
    trade = {
        "block": event.log.block,
        "log_index": event.log.log_index,
        "token": row["token"],
        "at_ts": at_ts,
        "is_purchase": is_purchase,
        "account": account,
        "receiver": args["to"],
        "amount_units": args["amount"],
        "money_units": money_units,
        "fee_units": args["fee"],
        "sold_units": args["sold"],
        "reserve_units": args["reserve"],
        "price_units": shape.price_down(args["sold"]),
        "tx_hash": event.log.tx_hash,
    }
    changes.put(curve_trades, trade)
    moved = {
        "sold_units": args["sold"],
        "reserve_units": args["reserve"],
        "fees_units": row["fees_units"] + args["fee"],
        "trade_count": row["trade_count"] + 1,
    }
    changes.put(curves, row | moved)


def _open(changes: Changes, token: str) -> Row:
    row = changes.get(curves, token)
    if row is None:
        raise Malformed("this token has no curve")
    return row
