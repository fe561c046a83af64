"""What a keeper tells: one line a call, each line once, and a summary. No address of anybody stands in it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from scripts.lib.fees import money_text


@dataclass
class Report:
    """Lines for a person, and the figures of a run."""

    say: Callable[[str], None] = print
    sent: int = 0  # calls; a replacement is not counted again
    done: int = 0
    by_others: int = 0  # found due, and done by somebody else before us
    failed: int = 0  # ours was mined without effect
    spent_wei: int = 0
    left: dict[str, str] = field(default_factory=dict)  # subject -> why, as of the last round
    _told: dict[str, str] = field(default_factory=dict)

    def tell(self, subject: str, line: str, once_for: str | None = None) -> None:
        """Say a line, unless it is what was said of the subject last.

        Args: once_for is what counts as the same, for lines with figures in them that change all the time.
        """
        what = once_for or line
        if self._told.get(subject) != what:
            self._told[subject] = what
            self.say(line)

    def forget(self, subject: str) -> None:
        """Let the next line about a subject be said even when it is the same again."""
        self._told.pop(subject, None)

    def leave(self, subject: str, why: str) -> None:
        """Note that a due call is not sent, or not finished."""
        self.left[subject] = why

    def summary(self) -> str:
        """Give the figures in one line."""
        parts = [f"{self.done} done", f"{self.by_others} done by somebody else", f"{self.failed} failed"]
        parts += [f"{len(self.left)} left", f"gas paid: {money_text(self.spent_wei)}"]
        return f"{self.sent} sent, " + ", ".join(parts)
