"""An honest party alone: what it calls, how long it waits, and what it takes out in the end, on a copy of the chain."""

from tests.helpers.deal import FINAL, State
from tests.helpers.hostility import FIGHTS, Hostility
from tests.helpers.life import BACKUPS, IN_TIME, LATE, RULING_BPS, WRONG_KEY, Life
from tests.helpers.promises import promised
from tests.helpers.terms import HOUR, ZERO

PURSE = "0x" + "77" * 20  # where the honest party has its money sent, and that nothing else pays


class Trial:
    """One honest party against some of the others, on a copy of the chain."""

    def __init__(self, life: Life, honest: str, hostile: dict[str, str], hostility: Hostility) -> None:
        self.hostility = hostility
        self.life, self.honest, self.hostile = life, honest, hostile
        self.other = "holder" if honest == "seller" else "seller"
        self.calls = self.waited = 0
        self.path: list[str] = []  # what was called and waited for

    def run(self) -> dict[str, int]:
        """Let it come to its end, which must be the promised one; give what everybody gained."""
        life = self.life
        promise, before = promised(life, self.honest, self.hostile), life.wealth()
        while life.node.state not in FINAL:
            self.somebody_acts()
        gained = life.gained(before)
        mine = (self.honest, f"{self.honest}'s bond", *(["split"] if self.honest == "seller" else []))
        assert (life.node.state, sum(gained.get(name, 0) for name in mine)) == promise[:2]
        assert self.calls <= promise.calls
        assert self.waited <= promise.seconds
        self.take_out(life.wealth()[str(life.roles[self.honest]), "credit"])
        return gained

    def somebody_acts(self) -> None:
        """Let one of the others do its part; if none does, the honest party; if it can only wait, time passes."""
        duty = next((duty for duty in self.duties() if duty[0] not in self.hostile), None)
        if duty is not None:
            self.life.do(*duty)
            return
        call = self.own_call()
        if call is None:
            self.waited += self.fight_or_wait()
            return
        self.life.do(self.honest, call)
        self.calls += 1
        self.path.append(f"`{call}`")

    def duties(self) -> list[tuple]:
        """Give what the others would do now if they were honest too."""
        state, phase = self.life.node[:2]
        if state == State.DISPUTED and phase in (IN_TIME, BACKUPS):
            return [("arbiter" if phase == IN_TIME else "backup", "rule", RULING_BPS)]
        work = {State.FUNDED: "accept", State.ACCEPTED: "deliver", State.CONTESTED: "stake"}
        if phase != IN_TIME:
            return []
        if self.honest == "holder" and state in work:
            return [("seller", work[state])]
        return [("holder", "confirm")] if self.honest == "seller" and state == State.DELIVERED else []

    def own_call(self) -> str | None:
        """Give what the honest party does now; None when it waits for somebody else's time to pass."""
        state, phase = self.life.node[:2]
        if state == State.FUNDED and self.honest == "holder":
            return "cancel"  # he need not wait for an answer
        if phase == LATE:
            return "expire"
        if self.honest == "seller":
            return {State.FUNDED: "accept", State.ACCEPTED: "deliver", State.CONTESTED: "stake"}.get(state)
        if state == State.DELIVERED and self.life.touch == WRONG_KEY:
            return "claimBadKey"
        if state == State.DELIVERED:
            return "dispute" if "seller" in self.hostile else "confirm"
        return None

    def fight_or_wait(self) -> int:
        """Let a hostile other side act in the last hour of its time if it fights; else let the time pass."""
        life = self.life
        fights = {("holder", State.DELIVERED): "dispute", ("seller", State.ACCEPTED): "deliver"}
        fights[("seller", State.CONTESTED)] = "stake"
        fight = fights.get((self.other, life.node.state))
        if self.hostile.get(self.other) != FIGHTS or fight is None:
            self.path.append(f"wait until {life.clock_name} is over")
            return life.wait()
        waited = life.jump_to(life.order.clock - HOUR)
        life.do(self.other, fight)
        self.path.append(f"the {self.other} calls `{fight}` at last")
        return waited

    def take_out(self, owed: int) -> None:
        """Withdraw to an address of one's own choice, when the token moves again."""
        if not owed:
            return
        life, currency = self.life, self.life.deal.terms.currency
        self.hostility.resume()
        assert life.raw.send(life.roles[self.honest], life.deal.market, "withdraw", (currency, PURSE, owed))[0]
        assert in_purse(life, self.hostility) == owed


def in_purse(life: Life, hostility: Hostility) -> int:
    coin = life.raw.reader if life.deal.terms.currency == ZERO else hostility.coin
    return life.raw.reads((coin, "balanceOf", (PURSE,)))[0][0]
