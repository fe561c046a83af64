"""Whose a second is: which outcomes that nobody agreed to are possible in it, and who can bring them about."""

from tests.helpers.life import Life

# calls that decide how the order goes on without the other side's word; what somebody may give away is not among them
DECIDING = ("accept", "deliver", "dispute", "stake", "rule", "expire")
ROLES = ("seller", "holder", "arbiter", "backup", "stranger")
OFFSETS = (-1, 0, 1)


def outcomes(life: Life) -> dict[str, frozenset[str]]:
    """Give the deciding calls that are possible now, and who may make them."""
    asked = [(call, role) for call in DECIDING for role in ROLES]
    refusals = life.raw.refusals(life.transaction(role, call) for call, role in asked)
    found: dict[str, set[str]] = {}
    for (call, role), refusal in zip(asked, refusals, strict=True):
        if refusal is None:
            found.setdefault(call, set()).add(role)
    return {call: frozenset(roles) for call, roles in found.items()}


def around_the_clock(life: Life) -> list[dict[str, frozenset[str]]]:
    """Give what is possible a second before the end of the time that runs, in its last second, and a second after it."""
    end = life.end_of_phase
    found = []
    for offset in OFFSETS:
        with life.aside():
            life.jump_to(end + offset)
            found.append(outcomes(life))
    return found
