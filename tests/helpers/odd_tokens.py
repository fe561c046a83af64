"""The odd tokens: what is odd about each, and how it is made so while orders are open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.helpers.deal import OPEN
from tests.helpers.odd_stage import VERSION, Stage

NOTHING, ZERO_TRANSFER, ZERO_APPROVAL, CHANGED_APPROVAL, APPROVAL_TO_NOBODY, ABOVE_UINT96, EVERYTHING = range(7)
NONE, GREATEST_MEANS_ALL, WHAT_THERE_IS, ONE_LESS = range(4)


@dataclass(frozen=True)
class OddToken:
    """A token: its name on the page, what it does, the mock that does it, and how that is set.

    `odd` is done when the coin has become this token. `sender_loses`: payouts cost more than they bring; `kept_units`: or
    so much less.
    """

    title: str
    does: str
    container: str = "OddToken"
    arguments: tuple[int, ...] = ()
    odd: Callable[[Stage], None] | None = None
    decimals: int = 18
    sender_loses: bool = False
    kept_units: int = 0
    gone: bool = False


def tells(name: str, *arguments: object, by: str = "owner") -> Callable[[Stage], None]:
    """Give the call that makes the coin odd; an argument that names a role or contract stands for its address."""

    def told(stage: Stage) -> None:
        places = {"market": stage.market, "splits": stage.splits, "deposit": stage.deposit, **stage.roles}
        stage.send(by, stage.coin, name, *(places.get(str(argument), argument) for argument in arguments))

    return told


def each(*steps: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """Give several steps as one."""

    def done(stage: Stage) -> None:
        for step in steps:
            step(stage)

    return done


def rebases(percent: int) -> Callable[[Stage], None]:
    """Let what Market and Splits hold grow or shrink, as everybody's balance does."""

    def told(stage: Stage) -> None:
        for account in (stage.market, stage.splits):
            stage.send("owner", stage.coin, "rebase", account, stage.coins_of(account) * percent // 100)

    return told


def watched(stage: Stage) -> None:
    """Have the token call a contract before and after each transfer."""
    stage.send("owner", stage.coin, "setWatcher", stage.watcher)


def re_entered(stage: Stage) -> None:
    """Have that contract try to move everybody's money while it is called."""
    order = next(deal for deal in stage.deals.values() if deal.state in OPEN)
    calls = [
        (stage.market, "push", (stage.roles["seller"], stage.coin)),
        (stage.market, "push", (stage.roles["buyer"], stage.coin)),
        (stage.market, "withdraw", (stage.coin, stage.watcher, 1)),
        (stage.market, "depositBond", (stage.watcher, stage.coin, 1)),
        (stage.market, "expire", order.arguments("expire")),
        (stage.splits, "collect", (stage.market, stage.coin, stage.split, VERSION)),
        (stage.splits, "sweep", (stage.split, stage.coin)),
        (stage.splits, "claim", (stage.split, VERSION, 0, stage.coin, stage.roles["seller"])),
    ]
    attempts = [
        (contract.address, 0, bytes.fromhex(stage.raw.data(contract, name, arguments)[2:]))
        for contract, name, arguments in calls
    ]
    stage.send("owner", stage.watcher, "arm", attempts)
    watched(stage)


def says(name: bytes, symbol: bytes, decimals: bytes) -> Callable[[Stage], None]:
    """Let the token say something about itself. Sent by brownie, which gives as much gas as long words take."""
    return lambda stage: stage.coin.say(name, symbol, decimals, {"from": stage.roles["owner"]})


def text(said: str) -> bytes:
    """Give a text as a getter answers it."""
    raw = said.encode()
    return (32).to_bytes(32, "big") + len(raw).to_bytes(32, "big") + raw + b"\0" * (-len(raw) % 32)


def number(value: int) -> bytes:
    return value.to_bytes(32, "big")


HOSTILE_NAME = "<script>alert(1)</script>\n\u202e\u2066{{ 7 * 7 }}"

TOKENS = (
    OddToken(
        "Nothing odd",
        "An ERC-20 with 18 decimals and without permit.",
        arguments=(18,),
    ),
    OddToken("ERC-2612 permit", "Takes a signature instead of an approval.", "PermitToken"),
    OddToken(
        "DAI-style permit",
        "Has a permit, with another signature than ERC-2612's. It has to be submitted, or the Market approved, beforehand.",
        "DaiPermitToken",
    ),
    OddToken(
        "Phantom permit",
        "Has no permit, and takes every call that it does not know for a success, as wrapped ETH does.",
        "PhantomPermitToken",
    ),
    OddToken(
        "No return value",
        "Its transfers and approvals answer nothing, as those of USDT.",
        "NoReturnToken",
    ),
    OddToken(
        "Returns false",
        "Answers false instead of reverting, and moves nothing.",
        "FalseReturningToken",
        odd=tells("setFails", True),
    ),
    OddToken("0 decimals", "Cannot be divided.", arguments=(0,), decimals=0),
    OddToken("2 decimals", "Is divided as coarsely as cents.", arguments=(2,), decimals=2),
    OddToken("6 decimals", "As USDC and USDT.", arguments=(6,), decimals=6),
    OddToken(
        "50 decimals",
        "One whole token is more units than a price can say.",
        arguments=(50,),
        decimals=50,
    ),
    OddToken(
        "Amounts of 96 bits",
        "Refuses to move 2^96 units or more, as UNI and COMP.",
        "StrictToken",
        odd=tells("setRefuses", ABOVE_UINT96),
    ),
    OddToken(
        "Refuses to transfer 0",
        "Nobody is ever sent 0 units here: whoever gets nothing is left out.",
        "StrictToken",
        odd=tells("setRefuses", ZERO_TRANSFER),
    ),
    OddToken(
        "Refuses to approve 0",
        "As BNB: an approval cannot be taken back.",
        "StrictToken",
        odd=tells("setRefuses", ZERO_APPROVAL),
    ),
    OddToken(
        "Refuses to change an approval",
        "As USDT: an approval that is left over has to be taken back before there is another one.",
        "StrictToken",
        odd=tells("setRefuses", CHANGED_APPROVAL),
    ),
    OddToken(
        "Refuses to approve nobody",
        "Reverts when the zero address is approved. Nothing here ever approves it.",
        "StrictToken",
        odd=tells("setRefuses", APPROVAL_TO_NOBODY),
    ),
    OddToken(
        "Fee on transfer",
        "Keeps 1 % of what arrives. So do tokens that can switch a fee on later, as USDT can.",
        "TaxedToken",
        odd=tells("setTaxBps", 100),
    ),
    OddToken(
        "Bonus on transfer",
        "Adds 1 % to what arrives.",
        "TaxedToken",
        odd=tells("setTaxBps", -100),
    ),
    OddToken(
        "Fee on top",
        "Takes 1 % more from the sender than it sends.",
        "TaxedToken",
        odd=tells("setTopBps", 100),
        sender_loses=True,
    ),
    OddToken(
        "Sends one unit less",
        "Leaves a unit with the sender and says that all is well.",
        "LooseToken",
        odd=tells("setHabit", ONE_LESS),
        kept_units=1,
    ),
    OddToken(
        "Sends what there is",
        "Who owns less than he sends sends all he owns, and the token says that all is well.",
        "LooseToken",
        odd=tells("setHabit", WHAT_THERE_IS),
    ),
    OddToken(
        "2^256 - 1 means all",
        "The greatest amount stands for the sender's balance.",
        "LooseToken",
        odd=tells("setHabit", GREATEST_MEANS_ALL),
    ),
    OddToken(
        "Rebases down",
        "Every balance shrinks by 40 % without a transfer.",
        "RebasingToken",
        odd=rebases(-40),
    ),
    OddToken("Rebases up", "Every balance grows by 40 % without a transfer.", "RebasingToken", odd=rebases(40)),
    OddToken(
        "Blocklist: the seller",
        "Moves nothing to or from the seller, as USDC and USDT can.",
        "BlocklistingToken",
        odd=tells("setBlocked", "seller", True),
    ),
    OddToken(
        "Blocklist: the buyer",
        "Moves nothing to or from the buyer.",
        "BlocklistingToken",
        odd=tells("setBlocked", "buyer", True),
    ),
    OddToken(
        "Blocklist: the Market",
        "Moves nothing to or from the Market.",
        "BlocklistingToken",
        odd=tells("setBlocked", "market", True),
    ),
    OddToken(
        "Blocklist: Splits and a deposit address",
        "Moves nothing to or from the Splits contract and the split's deposit address.",
        "BlocklistingToken",
        odd=each(tells("setBlocked", "splits", True), tells("setBlocked", "deposit", True)),
    ),
    OddToken(
        "Paused",
        "Moves and approves nothing for the time being.",
        "StrictToken",
        odd=tells("setRefuses", EVERYTHING),
    ),
    OddToken(
        "Calls sender and recipient",
        "Requires of Market and Splits that they answer when money moves (the habit of ERC-777), which they do not.",
        "HookToken",
        odd=each(tells("hook", "market", True), tells("hook", "splits", True)),
    ),
    OddToken(
        "Calls a third party",
        "Calls somebody else's contract before and after each transfer.",
        "WatchedToken",
        odd=watched,
    ),
    OddToken(
        "Re-enters",
        "While money moves it tries to push credits, to collect, sweep and claim for a split, to deposit and to withdraw. What "
        "anybody may do at any time works from there too, so that the next one finds it done.",
        "WatchedToken",
        odd=re_entered,
    ),
    OddToken(
        "Upgraded under way",
        "Becomes another token while orders are open: its transfers answer nothing from now on. (Every row of this page is "
        "made so: the token turns odd when the orders are paid already.)",
        "NoReturnToken",
    ),
    OddToken(
        "No code any more",
        "Its contract is gone.",
        "VanishingToken",
        odd=tells("vanish"),
        gone=True,
    ),
    OddToken(
        "Name is no text",
        "Answers 32 bytes where a text is expected, as MKR.",
        "BoastingToken",
        odd=says(b"Maker".ljust(32, b"\0"), b"MKR".ljust(32, b"\0"), number(18)),
    ),
    OddToken(
        "Says nothing about itself",
        "Answers nothing when asked for name, symbol and decimals.",
        "BoastingToken",
        odd=says(b"", b"", b""),
    ),
    OddToken(
        "Hostile name",
        "Has markup, line ends and signs that turn text around in its name, and decimals beyond all bounds.",
        "BoastingToken",
        odd=says(text(HOSTILE_NAME), text(HOSTILE_NAME), number(2**256 - 1)),
    ),
    OddToken(
        "Name of 10,000 bytes",
        "Has a name and a symbol that fill pages.",
        "BoastingToken",
        odd=says(text("ㅋ" * 3_333), text("W" * 10_000), number(18)),
    ),
)
