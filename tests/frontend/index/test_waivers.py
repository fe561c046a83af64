"""Commission and waivers in the index: one raise waits for both, and what has come due stays."""

from __future__ import annotations

from pathlib import Path

from frontend.extensions import bound
from frontend.index.views import Community
from tests.frontend.pages.conftest import make_app
from tests.frontend.pages.story import DAY, FOUNDER, REGISTRY, Story

FEES = {"FeeSet": ("feeBps",), "FeeRaiseAnnounced": ("feeBps", "raiseAt")}
WAIVERS = {
    "WaiversSet": ("tokenWaiver", "memberWaiver"),
    "WaiverCutAnnounced": ("tokenWaiver", "memberWaiver", "raiseAt"),
}


def folded(folder: Path, *said: tuple[str, ...] | tuple[object, ...]) -> tuple[Community, int]:
    """Give a community after some announcements (a wait in days between them is a number), and the time."""

    def tell(story: Story) -> None:
        story.platform(FOUNDER, 100)
        story.community("Bakery", "BREAD", None, fee_bps=500)
        for name, *values in said:
            if name == "wait":
                story.wait(int(str(values[0])) * DAY)
                continue
            if "Announced" in str(name):
                values.append(story.at_ts + 7 * DAY)
            names = (FEES | WAIVERS)[str(name)]
            story.emit("CommunityRegistry", REGISTRY, str(name), id=1, **dict(zip(names, values, strict=True)))

    app, story = make_app(folder, tell)
    with app.app_context():
        found = bound().queries.community(1)
    assert found is not None
    return found, story.at_ts


def at(community: Community, now_ts: int) -> tuple[int, tuple[int, int]]:
    return community.fee_bps_at(now_ts), community.waivers_at(now_ts)


def test_waivers_hold_at_once_when_they_are_set(tmp_path: Path) -> None:
    community, now_ts = folded(tmp_path, ("WaiversSet", 50, 20))
    assert at(community, now_ts) == (500, (50, 20))
    assert community.raise_at_ts == 0


def test_cut_waits_and_leaves_the_rate_alone_when_it_is_announced(tmp_path: Path) -> None:
    community, now_ts = folded(tmp_path, ("WaiversSet", 50, 20), ("WaiverCutAnnounced", 10, 30))
    assert at(community, now_ts) == (500, (50, 20))
    assert at(community, now_ts + 8 * DAY) == (500, (10, 30))


def test_raise_that_came_due_stays_when_waivers_change_after_it(tmp_path: Path) -> None:
    said = (("FeeRaiseAnnounced", 900), ("wait", 8), ("WaiverCutAnnounced", 0, 0), ("wait", 8), ("WaiversSet", 5, 5))
    community, now_ts = folded(tmp_path, *said)
    assert at(community, now_ts) == (900, (5, 5))


def test_waiting_raise_is_dropped_when_more_is_waived(tmp_path: Path) -> None:
    community, now_ts = folded(tmp_path, ("FeeRaiseAnnounced", 900), ("WaiversSet", 5, 5))
    assert at(community, now_ts + 30 * DAY) == (500, (5, 5))
