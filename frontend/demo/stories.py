"""What happens to the demo's orders: who buys what, and the steps that follow, in two times.

Between the two the chain's clock moves on, so that some silences come to their end; what happens after it is still open
when the demo is done. No buyer buys the same thing twice, so that an order is known by its listing and its buyer.
"""

from __future__ import annotations

from dataclasses import dataclass

from frontend.demo import goods
from frontend.demo.people import ARBITER, MUSHROOM_HOST, NEIGHBOUR, PAPER_MAKER, RADIO_KEEPER, VISITOR, Person

SELLER = "seller"
BUYER = "buyer"


@dataclass(frozen=True)
class Deed:
    """One step on an order: its name on the page, who does it, and what is typed."""

    step: str
    by: str | Person = SELLER
    text: str = ""
    percent: str = ""


@dataclass(frozen=True)
class Story:
    """One order: a listing (by its picture), its buyer, how many, and what happens then."""

    listing: str
    buyer: Person
    deeds: tuple[Deed, ...] = ()
    quantity: int = 1


ACCEPT, DELIVER, STAKE = (
    Deed("accept"),
    Deed("deliver", text="한밤에 포장했습니다 · packed past midnight"),
    Deed("stake"),
)
CONFIRM, CANCEL = Deed("confirm", BUYER), Deed("cancel", BUYER)
DECLINE, REFUND = Deed("decline"), Deed("refund")
EXPIRE = Deed("expire", NEIGHBOUR)

BEFORE = (
    Story("crystal_kit", VISITOR, (ACCEPT, DELIVER, CONFIRM), 2),
    Story("bound_book", VISITOR, (ACCEPT, DELIVER, CONFIRM)),
    Story("pocket_radio", NEIGHBOUR, (ACCEPT, DELIVER, CONFIRM)),
    Story("grower_talk", VISITOR, (DELIVER, CONFIRM)),
    Story("lions_mane", RADIO_KEEPER, (ACCEPT, DELIVER, CONFIRM), 3),
    Story("hanji_sheets", NEIGHBOUR, (CANCEL,)),
    Story("oyster_log", NEIGHBOUR, (DECLINE,)),
    Story("grower_talk", PAPER_MAKER, (DELIVER, REFUND)),
    Story(
        "lamp_design",
        VISITOR,
        (ACCEPT, DELIVER, Deed("dispute", BUYER, goods.TALE_OF_THE_LAMP), STAKE, Deed("rule", ARBITER, percent="40")),
    ),
    # four silences
    Story("night_watch", VISITOR, (DELIVER,)),
    Story("lions_mane", PAPER_MAKER),
    Story("lantern_kit", RADIO_KEEPER, (ACCEPT,)),
    Story("valve_repair", PAPER_MAKER, (ACCEPT, DELIVER, Deed("dispute", BUYER, goods.TALE_OF_THE_RADIO))),
)

SILENCES = (
    Story("night_watch", VISITOR, (EXPIRE,)),
    Story("lions_mane", PAPER_MAKER, (EXPIRE,)),
    Story("lantern_kit", RADIO_KEEPER, (EXPIRE,)),
    Story("valve_repair", PAPER_MAKER, (EXPIRE,)),
)

AFTER = (
    Story("valve_repair", VISITOR),
    Story("hanji_sheets", RADIO_KEEPER, (), 2),
    Story("crystal_kit", NEIGHBOUR, (ACCEPT,)),
    Story("spore_print", VISITOR, (ACCEPT,)),
    Story("night_watch", MUSHROOM_HOST),
    Story("lantern_kit", VISITOR, (ACCEPT, DELIVER)),
    Story("hanji_sheets", MUSHROOM_HOST, (ACCEPT, DELIVER)),
    Story("lantern_kit", NEIGHBOUR, (ACCEPT, DELIVER, Deed("dispute", BUYER, goods.TALE_OF_THE_LANTERN))),
    Story(
        "oyster_log",
        VISITOR,
        (
            ACCEPT,
            DELIVER,
            Deed("dispute", BUYER, goods.TALE_OF_THE_LOG),
            STAKE,
            Deed("evidence", SELLER, goods.ANSWER_OF_THE_GROWER),
        ),
        2,
    ),
)
