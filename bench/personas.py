"""The part of the gas benchmark about nicknames: claimed, described, handed over, retired."""

from bench.story import BUYER, DAY_S, SELLER, Story

NICKNAME = "night-radio1"
LONGEST = "한밤의라디오수리모임-1"  # 32 bytes
WAIT_S = 120


def measure(story: Story) -> None:
    """Claim both nicknames, then carry the first one through its life."""
    commit = _claim(story, SELLER, NICKNAME, "reveal_nickname")
    _claim(story, BUYER, LONGEST, "reveal_nickname_longest")
    story.gas["commit_nickname"] = commit
    story.gas["claim_nickname"] = commit + story.gas["reveal_nickname"]
    personas = story.personas.functions
    persona, longest = personas.personaOf(NICKNAME).call(), personas.personaOf(LONGEST).call()
    uri = "https://dokkaebi.example/content/" + story.hash().hex()
    story.call(SELLER, personas.setProfile(persona, uri, story.hash()), key="persona_profile")
    story.call(SELLER, personas.offer(persona, story.accounts[BUYER]), key="persona_offer")
    story.call(BUYER, personas.retire(longest), key="persona_retire")
    story.wait(3 * DAY_S)
    story.call(BUYER, personas.accept(persona), key="persona_accept")


def _claim(story: Story, who: int, nickname: str, key: str) -> int:
    """Commit, wait, claim; give what the commitment cost."""
    personas, salt = story.personas.functions, story.hash()
    commitment = personas.commitmentOf(story.accounts[who], nickname, salt).call()
    gas = story.call(who, personas.commit(commitment))
    story.wait(WAIT_S)
    story.call(who, personas.claim(nickname, salt), key=key)
    return gas
