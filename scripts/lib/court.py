"""Calls to a CourtArbiter about one order, whose terms are read from the index."""

import os
import re

from scripts.lib import runs
from scripts.lib.artifacts import artifact
from scripts.lib.keep.due import order_args
from scripts.lib.keep.index import Index
from scripts.lib.keep.settings import text_from
from scripts.lib.problems import BadArgument

NAME = "CourtArbiter"


def call_about(found: runs.Connection, key: str, function: str, what: str, pays: bool = False) -> runs.Call:
    """Give the call of an order's arbiter, which must be a CourtArbiter. Args: pays sends along what the court asks now.

    Raises: BadArgument, BadSetting, UnusableIndex, IndexNotReady. Chain: reads the arbiter's code and the court's price.
    """
    if not re.fullmatch(r"0x[0-9a-fA-F]{64}", key):
        raise BadArgument(f"{key} is no order's key: 0x and 64 hex digits, as on the order's page.")
    index = Index(text_from(os.environ, "DATABASE_URL"))
    try:
        order = index.order(key.lower())
    finally:
        index.close()
    if order is None:
        raise BadArgument("the index knows no such order; has the follower come that far?")
    w3 = found.w3
    arbiter = w3.to_checksum_address(order.terms["arbiter"])
    abi = artifact(NAME).abi
    if not w3.eth.get_code(arbiter):
        raise BadArgument(f"this order's arbiter {arbiter} is no contract; nothing can be brought before a court.")
    value_wei = w3.eth.contract(address=arbiter, abi=abi).functions.cost().call() if pays else 0
    return runs.Call(what, NAME, arbiter, function, order_args(abi, function, order), value_wei)
