"""One order's life by plain JSON-RPC: where it stands, what can be called, and a walk to every state that calls reach."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from tests.helpers.accounts import community_account, split_account
from tests.helpers.deal import FAR, FINAL, Deal, Order, State
from tests.helpers.files import WRONG
from tests.helpers.permits import signer
from tests.helpers.raw import Raw
from tests.helpers.settlements import signed
from tests.helpers.terms import ZERO, Extras

IN_TIME, BACKUPS, LATE, OVER = "in time", "backup's time", "late", "over"
DONE = "0x" + "d0" * 32
PART, AGREED, RULING_BPS = 300_007, 1_111_111, 6_000
EXTENSION_S = 86_399
CLOCKS = {
    State.FUNDED: "acceptBy",
    State.ACCEPTED: "deliverBy",
    State.DELIVERED: "inspectBy",
    State.CONTESTED: "stakeBy",
    State.DISPUTED: "ruleBy",
}


class Node(NamedTuple):
    """Where an order stands: what decides who may do what."""

    state: State
    phase: str  # of the clock
    milestone: int = 0
    touch: str = ""  # what was changed about the order on the way

    def __str__(self) -> str:
        milestone = f", milestone {self.milestone}" if self.milestone else ""
        return f"{self.state.name.lower()}, {self.phase}{milestone}{', ' if self.touch else ''}{self.touch}"


class Move(NamedTuple):
    """A call of an order, with the arguments that it gets wherever the order stands."""

    call: str
    rest: Callable[["Life"], tuple] = lambda life: ()
    note: str = ""
    touch: str = ""  # how it marks the order
    first: Callable[["Life"], object] = lambda life: None  # what somebody must have said before
    by: str = ""  # who makes it; else everybody is asked


class Step(NamedTuple):
    """A call that went through: where, who could have made it, where it led and what it paid."""

    before: Node
    move: Move
    who: frozenset[str]
    after: Node
    paid: dict[str, int]
    left: int  # in escrow before


@dataclass
class Life:
    """An order, its parties by role, and the chain."""

    raw: Raw
    deal: Deal
    roles: dict[str, object]  # the holder is whoever holds the order now
    extras: Extras
    touch: str = ""
    signatures: dict[str, bytes] = field(default_factory=dict)  # which a role can bring of the other side's
    order: Order = field(init=False)
    node: Node = field(init=False)
    free_bonds: dict[str, int] = field(init=False)  # of both sides
    now: int = field(init=False)

    def look(self) -> Node:
        """See where the order stands."""
        market, key = self.deal.market, self.deal.key
        bonds = [(account, self.deal.terms.currency) for account in (self.deal.terms.seller, self.deal.purchase.holder)]
        (word,), (aside,), (self.now,), *free = self.raw.reads(
            (market, "orderOf", (key,)),
            (market, "asideOf", (key,)),
            (self.raw.reader, "time", ()),
            *((market, "bondOf", bond) for bond in bonds),
        )
        self.order = Order(*word)
        holder = aside[0] if self.order.flags & 1 else self.deal.purchase.holder
        self.roles["holder"] = next(role for role in self.roles.values() if str(role).lower() == holder.lower())
        mine = holder == self.deal.purchase.holder
        self.free_bonds = {"seller": free[0][0], "holder": free[1][0] if mine else 0}
        self.node = Node(State(self.order.state), self._phase(), self.order.milestone, self.touch)
        return self.node

    def _phase(self) -> str:
        if self.order.state in (State.NONE, *FINAL):
            return OVER
        if self.now <= self.order.clock:
            return IN_TIME
        return BACKUPS if self.now <= self.last_second else LATE

    @property
    def clock_name(self) -> str:
        """Give the name of the time that runs now."""
        return "the backup's time" if self.node.phase == BACKUPS else CLOCKS[self.node.state]

    @property
    def last_second(self) -> int:
        """The last second in which nobody may expire the order."""
        backup = self.order.state == State.DISPUTED and self.deal.terms.backup_arbiter != ZERO
        return self.order.clock + (self.deal.terms.clock("rule_for") if backup else 0)

    @property
    def open_milestones(self) -> int:
        """How often a part is still delivered and paid; 1 for what is delivered in one piece."""
        return max(1, len(self.extras.milestones) - self.order.milestone)

    def transaction(self, role: str, call: str, *rest) -> dict:
        """Give a call of this order, as its role would send it; deliveries and so on are about the milestone at hand, and
        of a file they bring its key."""
        of_parts = ("deliver", "confirm", "expire") if self.order.state == State.DELIVERED else ("deliver",)
        if self.extras.milestones and call in of_parts:
            rest = (self.extras.words(), self.order.milestone, *([DONE] if call == "deliver" else []))
            call = f"{call}Milestone"
        if self.deal.is_file and call == "deliver":
            call = "deliverFile"
        return self.named(role, call, *rest)

    def named(self, role: str, call: str, *rest) -> dict:
        """Give a call of this order by its very name."""
        arguments = self.deal.arguments(call, *(rest or self.deal.default_rest(call)))
        value = self.deal.default_value(call)
        return self.raw.transaction(self.roles[role], self.deal.market, call, arguments, value)

    def do(self, role: str, call: str, *rest) -> None:
        """Make a call, which must go through, and see where the order stands."""
        assert self.raw.sends(self.transaction(role, call, *rest)), f"{role} cannot {call} when {self.node}"
        self.look()

    def buy(self) -> None:
        """Let the payer pay for it."""
        deal = self.deal
        arguments, value = deal.buy_arguments(), deal.value(deal.total)
        assert self.raw.send(self.roles["payer"], deal.market, "buy", arguments, value)[0]
        self.look()

    def put_aside(self, role: str, amount: int) -> None:
        """Let the payer give a party a free bond."""
        deal = self.deal
        arguments = (self.roles[role], deal.terms.currency, amount)
        assert self.raw.send(self.roles["payer"], deal.market, "depositBond", arguments, deal.value(amount))[0]

    def who_may(self, call: str, *rest, among: tuple[str, ...] = ()) -> frozenset[str]:
        """Ask for every role, or those named, whether it may make a call now."""
        roles = among or tuple(self.roles)
        answers = self.raw.refusals(self.transaction(role, call, *rest) for role in roles)
        return frozenset(role for role, refusal in zip(roles, answers, strict=True) if refusal is None)

    @property
    def end_of_phase(self) -> int:
        """The last second of the time that runs now."""
        return self.order.clock if self.node.phase == IN_TIME else self.last_second

    def wait(self) -> int:
        """Go to the first second of the next phase; give how long that is."""
        return self.jump_to(self.end_of_phase + 1)

    def jump_to(self, timestamp: int) -> int:
        """Go to a second; give how long that is."""
        waited = timestamp - self.now
        self.raw.jump_to(timestamp)
        self.look()
        assert self.now == timestamp
        return waited

    @property
    def accounts(self) -> dict[str, str]:
        """Everybody whom this order can owe money."""
        rule = self.deal.terms.rule
        named = ("holder", "first buyer", "seller", "arbiter", "backup", "payer", "stranger", "referrer")
        return {
            **{role: str(self.roles[role]) for role in named},
            "split": split_account(rule("split_id"), rule("split_version")),
            "platform": community_account(0),
            "community": community_account(rule("community_id")),
        }

    def wealth(self) -> dict[tuple[str, str], int]:
        """Give what everybody can take out of the Market: credits and free bonds by account."""
        currency = self.deal.terms.currency
        kept = [("credit", "creditOf", account) for account in dict.fromkeys(self.accounts.values())]
        kept += [("bond", "bondOf", str(self.roles[role])) for role in ("seller", "first buyer", "stranger")]
        found = self.raw.reads(*((self.deal.market, getter, (account, currency)) for _, getter, account in kept))
        return {(account, kind): amount for (kind, _, account), (amount,) in zip(kept, found, strict=True)}

    def gained(self, before: dict[tuple[str, str], int]) -> dict[str, int]:
        """Give what has grown or shrunk since, by role; a free bond as "seller's bond"."""
        names = {account: name for name, account in reversed(self.accounts.items())}
        return {
            names[account] + ("'s bond" if kind == "bond" else ""): amount - before[account, kind]
            for (account, kind), amount in self.wealth().items()
            if amount != before[account, kind]
        }

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Go on here on a copy of the chain, and come back."""
        mark, known = self.raw.snapshot(), {**vars(self), "roles": dict(self.roles)}
        yield
        self.raw.revert(mark)
        vars(self).update(known)

    def walk(
        self,
        moves: tuple[Move, ...],
        visit: Callable[[], None],
        taken: Callable[[Step], None] | None = None,
        seen: set[Node] | None = None,
    ) -> set[Node]:
        """Go to every open state that the moves and waiting reach, each once; give all states, final ones too."""
        seen = set() if seen is None else seen
        here = self.look()
        seen.add(here)
        if here.state in FINAL:
            return seen
        visit()
        for move in moves:
            if not (move.touch and self.touch):
                with self.aside():
                    self._try(move, taken)
                    if self.look() not in seen:
                        self.walk(moves, visit, taken, seen)
        if here.phase != LATE:
            with self.aside():
                self.wait()
                if self.node not in seen:
                    self.walk(moves, visit, taken, seen)
        return seen

    def _try(self, move: Move, taken: Callable[[Step], None] | None) -> None:
        move.first(self)
        who = self.who_may(move.call, *move.rest(self), among=(move.by,) if move.by else ())
        if not who:
            return
        before, left, wealth = self.node, self.order.amount, self.wealth() if taken else {}
        self.touch = move.touch or self.touch
        self.do(next(role for role in self.roles if role in who), move.call, *move.rest(self))
        if taken:
            taken(Step(before, move, who, self.node, self.gained(wealth), left))


# the way of an order, and what may change about it on the way
STEPS = (
    Move("accept", by="seller"),
    Move("deliver", by="seller"),
    Move("confirm", by="holder"),
    Move("dispute", by="holder"),
    Move("stake", by="seller"),
)
PART_PAID = Move("release", lambda life: (life.order.amount, PART), "a part", "part paid", by="holder")
PART_BACK = Move("refundPart", lambda life: (life.order.amount, PART), "a part", "part given back", by="seller")
EXTENDED = Move("extend", lambda life: (life.order.clock, life.order.clock + EXTENSION_S), touch="extended")
HANDED_OVER = Move("transferOrder", lambda life: (str(life.roles["stranger"]),), touch="handed over", by="holder")
TOUCHES = (PART_PAID, PART_BACK, EXTENDED, HANDED_OVER)


WRONG_KEY = "wrong key"
SEND_WRONG_KEY = Move("deliverFile", lambda life: (life.deal.wrap(WRONG).words(),), "with a wrong key", WRONG_KEY)
CLAIM = Move("claimBadKey", note="about a wrong key")


def both_offer(life: Life) -> None:
    """Let each side offer the same."""
    for role in ("seller", "holder"):
        life.do(role, "offerSettlement", life.order.amount, AGREED)


def signed_by(role: str) -> Callable[[Life], tuple]:
    """Give the arguments with which the other side brings this one's signature."""
    return lambda life: (AGREED, FAR, signed(life.deal, signer(life.roles[role]), AGREED))


# every call of an order in one piece, of its milestones too where it has some
MOVES = (
    *(Move(call) for call in ("accept", "deliver", "decline", "cancel", "confirm", "refund", "expire")),
    *(Move(call) for call in ("dispute", "stake", "submitEvidence")),
    Move("rule", lambda life: (RULING_BPS,)),
    *(move._replace(touch="", by="") for move in TOUCHES),
    Move("release", lambda life: (life.order.amount, life.order.amount), "all that is left"),
    Move("refundPart", lambda life: (life.order.amount, life.order.amount), "all that is left"),
    Move("offerSettlement", lambda life: (life.order.amount, AGREED)),
    Move("withdrawSettlement"),
    Move("acceptSettlement", lambda life: (AGREED,), "what the other side offers", first=both_offer),
    Move("settleBySignature", signed_by("seller"), "what the seller signed"),
    Move("settleBySignature", signed_by("holder"), "what the holder signed"),
)
