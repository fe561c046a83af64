"""docs/order-states.md, written from what was observed of orders on a chain."""

from collections.abc import Iterable

from tests.helpers.amounts import BPS, completed
from tests.helpers.deal import FINAL, OPEN, State
from tests.helpers.life import AGREED, BACKUPS, CLOCKS, IN_TIME, LATE, PART, RULING_BPS, Life, Move, Node, Step
from tests.helpers.seconds import ROLES
from tools.places import ROOT

PAGE = ROOT / "docs" / "order-states.md"
COMMAND = "make order-states"
PARTIES = ("seller", "holder", "arbiter", "backup")
COMMISSIONS = ("referrer", "platform", "community")
HEAD = """<!-- Written by tests/integration/test_order_states.py from what it saw on a chain; do not edit. Anew: make order-states -->
# The life of an order, and why it never gets stuck

Between your payment and the seller's delivery your money lies in a contract that nobody owns. No company, no moderator and no
administrator can move it, hold it or change the rules of an order that is paid; not even we can. So the rules must bring every
order to an end by themselves, also when the other side vanishes, loses its keys, or turns against you. This page shows how,
and everything on it was observed: a program makes orders on a chain, walks into every state that calls can reach, tries every
call by everybody there, and writes down what went through, when, and who was paid. If the contracts did something else than
stands here, our tests would fail.

How to read it:

- An order is in one **state** at a time. Each open state has one **clock**: a second until which somebody may act. All clocks
  are fixed in the terms before anybody pays. A clock can be made longer only by whom it favours.
- When a clock has run out, **anyone** may call `expire`, and the order goes on as the table says. You need nobody for it: not
  the other side, not us, not this site.
- Money is never thrown at anybody. It becomes a **credit**, which its owner takes out to any address. A wallet that refuses
  money, or a token that blocks an account, stops nobody else.
- **Holder** is who holds the order: the buyer, until he hands it over.

In short: **until something is delivered, silence pays the holder back. After it is delivered, the holder's silence pays the
seller. In a dispute, the silence of the seller or of both arbiters pays the holder back.** So you lose by your own silence, by a
ruling, or, as a seller, when nobody rules whom you named as arbiter.
"""
MERMAID = """
## The states

```mermaid
stateDiagram-v2
"""
TAIL = """
## What this does not promise

- **An arbiter judges as he likes.** He stands in the terms before you pay, both sides name the same one, and all he can do is
  divide this order's money between holder and seller. No contract can make his judgement wise: if he is in league
  with the other side, you lose the dispute. When he and the backup are silent, the holder is paid back.
- **Arbiters may be silent.** A seller who has delivered, and is disputed by a holder against whom nobody rules, gets his stake
  and his bond back, but not the price: silence must have one end, and this one asks least of who has already paid. Name
  arbiters who answer, and a backup.
- **Your own silence counts.** If what was delivered is not as promised, dispute it until inspectBy. The order's page shows how much
  time is left, but no clock waits for whom it belongs to.
- **A token can stop.** If the issuer pauses it, or blocks the market, the order still goes on and ends as stated, and your
  credit waits until the token moves again. But a stake cannot be paid in a token that does not move: who wants to be sure of
  a dispute even then puts the arbiter's fee aside as a free bond (`depositBond`), from which it is taken without moving anything.
  If the token blocks you alone, anybody may put it aside for you, and you withdraw to another address.
- **A chain can stop, or be full.** Clocks are seconds of the chain. Acting in the last minutes is a risk of your own.
- **One person can be several addresses.** Seller, holder and arbiters are different addresses; that they are different people
  nobody can prove.
"""


def title(state: State) -> str:
    """Give a state's name as the pages of the market write it."""
    return state.name.capitalize()


def who(roles: Iterable[str], everybody: Iterable[str]) -> str:
    """Say who may make a call. Until an order is handed over, its first buyer is its holder."""
    found = set(roles)
    if found == set(everybody):
        return "anyone"
    named = [role for role in PARTIES if role in found]
    assert found - {"first buyer"} == set(named), found
    return " or ".join(named)


def when(phases: Iterable[str], state: State) -> str:
    """Say during which part of a state's time a call is possible."""
    clock = CLOCKS[state]
    end = "the backup's time" if state == State.DISPUTED else clock
    said = {
        (IN_TIME,): f"until {clock}",
        (LATE,): f"after {end}",
        (BACKUPS,): "after ruleBy, in the backup's time",
        (IN_TIME, LATE): "any time",
        (IN_TIME, BACKUPS, LATE): "any time",
    }
    return said[tuple(phase for phase in (IN_TIME, BACKUPS, LATE) if phase in set(phases))]


class Money:
    """Says in words where money went, from the amounts alone: each sum has one meaning, or the page is not written."""

    def __init__(self, life: Life, step: Step) -> None:
        terms, order = life.deal.terms, life.order
        self.step = step
        rates = (order.platform_fee_bps, order.community_fee_bps, terms.rule("referral_bps"))
        fee, bond = terms.arbiter_fee, life.deal.total * terms.rule("bond_bps") // BPS
        ruled, staked = step.left * RULING_BPS // BPS, fee * RULING_BPS // BPS
        self.to_holder = {
            "all that is left": step.left,
            "the part": PART,
            "what was agreed": AGREED,
            "what was ruled": ruled,
            "own stake": fee,
            "the ruled part of the stake": staked,
            "the bond": bond,
        }
        shares = [part[0] for part in life.extras.milestones[step.before.milestone :]]
        gross = {
            "all that is left": step.left,
            "the part": PART,
            "the rest": step.left - AGREED,
            "the ruled rest": step.left - ruled,
        }
        if len(shares) > 1:
            gross["the milestone's share"] = step.left * shares[0] // sum(shares)
        self.to_seller = {
            f"{name} less commissions": completed(amount, *rates).seller for name, amount in gross.items()
        }
        self.to_seller |= {"own stake": fee, "the ruled part of the stake": fee - staked}
        self.to_arbiter = {"the fee": fee}
        self.bonds = {"the bond": bond, "the stake": fee}

    def words(self) -> str:
        """Say who got what."""
        said = []
        names = {
            "holder": self.to_holder,
            "seller": self.to_seller,
            "arbiter": self.to_arbiter,
            "backup": self.to_arbiter,
        }
        paid = dict(self.step.paid)
        for role, meanings in names.items():
            if role in paid:
                said.append(f"{role}: {_meaning(paid.pop(role), meanings)}")
        for role in COMMISSIONS:
            paid.pop(role, None)
        change = paid.pop("seller's bond", 0)
        if change:
            verb = "locks" if change < 0 else "has back"
            said.append(f"seller {verb} {_meaning(abs(change), self.bonds)}")
        assert not paid, paid
        return "; ".join(said)


def _meaning(amount: int, meanings: dict[str, int]) -> str:
    names = list(meanings)
    sums = [
        [name for place, name in enumerate(names) if chosen >> place & 1]
        for chosen in range(1, 1 << len(names))
        if sum(meanings[name] for place, name in enumerate(names) if chosen >> place & 1) == amount
    ]
    fewest = min(map(len, sums))
    found = [names for names in sums if len(names) == fewest]
    assert len(found) == 1, (amount, found)
    return " and ".join(found[0])


def page(
    life: Life,
    steps: list[Step],
    parts: tuple[Life, list[Step]],
    sealed: tuple[Life, list[Step]],
    seconds: list[tuple],
    alone: list[tuple],
) -> str:
    """Give the whole page: an order in one piece, one of milestones, one of a file, whose each second is, and honest parties
    alone."""
    roles = life.roles
    return (
        "\n".join(
            [
                HEAD
                + MERMAID
                + diagram([*steps, *(step for step in sealed[1] if step.move.call == "claimBadKey")]).rstrip(),
                "```",
                "",
                *table(("State", "Clock", "After the clock anyone calls", "and the order is"), state_rows(steps)),
                "",
                "## Every call",
                "",
                "What is not in this table is refused. Commissions of platform, community and referrer are taken of what the seller gets",
                "and of nothing else, at the rates that were fixed at the purchase.",
                "",
                *table(("In", "Call", "Who", "When", "Then", "Who is paid"), call_rows(life, steps, roles)),
                "",
                "### Milestones",
                "",
                "A service may be sold in up to ten parts. Each is delivered, inspected and paid by itself; refund, settlement, dispute and",
                "ruling are about all that is left. These calls take the place of `deliver`, `confirm` and, when delivered, `expire`:",
                "",
                *table(("In", "Call", "Who", "When", "Then", "Who is paid"), call_rows(*parts, roles)),
                "",
                "### Sealed files",
                "",
                "Of a file the seller delivers the key, sealed to this order's buyer. The contract can see for itself whether a key is",
                "the one that was sold, once the buyer shows it his order's secret: if it is another one, everything is paid back at",
                "once, and no arbiter is asked. Against the right key the claim is refused. `deliver` is not for files, and the order of",
                "a file is not handed over: the key is for who bought it. What is in the file, an arbiter judges as of anything else.",
                "See [sealed files](sealed-files.md).",
                "",
                *table(("In", "Call", "Who", "When", "Then", "Who is paid"), call_rows(*sealed, roles)),
                "",
                "## Whose a second is",
                "",
                "At the last second of a clock its party may still act and nobody may expire; one second later it is the other way round.",
                "There is no second in which two outcomes that nobody agreed to are both possible, and none in which none is.",
                "",
                *table(("Clock", "A second before its end", "In its last second", "A second later"), seconds),
                "",
                "## Alone against all others",
                "",
                "Each row was played through on a chain while all others were silent, and their addresses refused every call and payment.",
                "Where the other side can still harm by acting, it does so in the last hour of its time. The party is done after at",
                "most two calls for each part of the work and two more.",
                "",
                *table(("You are", "The order is", "What you do", "It ends", "You get"), alone),
            ]
        )
        + "\n"
        + TAIL
    )


def table(head: tuple[str, ...], rows: Iterable[tuple]) -> list[str]:
    """Give a table in Markdown."""
    return [f"| {' | '.join(head)} |", "|---" * len(head) + "|", *(f"| {' | '.join(map(str, row))} |" for row in rows)]


def call_name(life: Life, step: Step) -> str:
    """Give a call's name as it was made."""
    call, milestones = step.move.call, bool(life.extras.milestones)
    if life.deal.is_file and call == "deliver":
        return "deliverFile"
    parted = call in ("deliver", "confirm") or (call == "expire" and step.before.state == State.DELIVERED)
    return f"{call}Milestone" if milestones and parted else call


def call_rows(life: Life, steps: list[Step], roles: Iterable[str]) -> list[tuple]:
    """Give a row for every call that does one thing, with all phases in which it does it."""
    rows: dict[tuple, set[str]] = {}
    for step in steps:
        called = f"`{call_name(life, step)}`" + (f" {step.move.note}" if step.move.note else "")
        after = "stays" if step.after.state == step.before.state else title(step.after.state)
        if step.after.milestone != step.before.milestone:
            after = f"{after}, next milestone"
        said = (step.before.state, called, who(step.who, roles), after, Money(life, step).words())
        rows.setdefault(said, set()).add(step.before.phase)
    return [
        (title(state), called, acting, when(phases, state), after, paid or "nobody")
        for (state, called, acting, after, paid), phases in sorted(rows.items(), key=lambda row: row[0][0])
    ]


def state_rows(steps: list[Step]) -> list[tuple]:
    """Give a row for every state: its clock, and how it ends when that has run out."""
    ends = {step.before.state: title(step.after.state) for step in steps if step.move.call == "expire"}
    also = {State.DISPUTED: ", and the backup's time after it, which is as long"}
    rows = [(title(state), CLOCKS[state] + also.get(state, ""), "`expire`", ends[state]) for state in OPEN]
    return rows + [(title(state), "none: final, for ever", "–", "–") for state in FINAL]


def diagram(steps: list[Step]) -> str:
    """Give the arrows between the states."""
    arrows: dict[tuple[State, State], list[str]] = {}
    for step in steps:
        calls = arrows.setdefault((step.before.state, step.after.state), [])
        called = step.move.call + (" all" if step.move.note == "all that is left" else "")
        if called not in (*calls, "refundPart all"):  # which is a refund
            calls.append(called)
    lines = ["[*] --> Funded: buy", "[*] --> Accepted: buy, instant kinds"]
    lines += [f"{title(a)} --> {title(b)}: {', '.join(calls)}" for (a, b), calls in sorted(arrows.items()) if a != b]
    return "".join(f"    {line}\n" for line in (*lines, *(f"{title(state)} --> [*]" for state in FINAL)))


def outcome(found: dict[str, frozenset[str]]) -> str:
    """Say what is possible in a second, and who can do it."""
    return "; ".join(f"`{call}`: {who(roles, ROLES)}" for call, roles in found.items())


def standing(node: Node) -> str:
    """Say where an order stands."""
    return f"{title(node.state)}, {when([node.phase], node.state)}"


def gain(life: Life, honest: str, gained: dict[str, int], left: int) -> str:
    """Say what a party got in the end."""
    step = Step(life.node, Move(""), frozenset(), life.node, {honest: gained.get(honest, 0)}, left)
    money = Money(life, step)
    said = (
        [_meaning(gained[honest], money.to_holder if honest == "holder" else money.to_seller)]
        if honest in gained
        else []
    )
    if f"{honest}'s bond" in gained:
        said.append(_meaning(gained[f"{honest}'s bond"], money.bonds))
    return " and ".join(said) or "nothing"
