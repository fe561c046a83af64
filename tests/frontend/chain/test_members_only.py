"""Members' pages on a real chain: the text is for those whose locked tokens reach the tier at this very moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.frontend.chain.conftest import new_key, open_community
from tests.frontend.chain.site import Person, Site

SECRET = "the-well-behind-the-mill"
TIERS = "10\n500"


@dataclass
class Club:
    """A community with a membership, and pages for each tier by their number."""

    site: Site
    steward: Person
    home: str

    def act(self, person: Person, path: str, part: str, **typed: str) -> dict[str, Any]:
        """Send one of the forms, sign, and wait for the index."""
        return person.do(f"{self.home}/{path}", self.form(part, **typed))

    def form(self, part: str, **typed: str) -> dict[str, str]:
        """Give a form as it is sent."""
        return {f"{part}-{name}": value for name, value in {**typed, "form_key": new_key()}.items()}

    def write(self, tier: int) -> str:
        """Have the steward write a page, and give its address."""
        typed = {"title": f"For tier {tier}", "text": f"Dig at {SECRET}.", "lang": "en", "tier": str(tier), "seen": "0"}
        answer = self.steward.post_form(f"{self.home}/members-only/new", {**typed, "form_key": new_key()})
        assert answer.status_code == 303, answer.get_data(as_text=True)
        return answer.headers["Location"].partition("?")[0]


@pytest.fixture
def club(site: Site, seller: Person, buyer: Person) -> Club:
    """A club of the seller's; the buyer has 1 000 tokens and has locked none."""
    community_id = open_community(site, seller, "CLUB")
    found = Club(site, seller, f"/c/{community_id}")
    found.act(seller, "mint", "mint", to=buyer.address, amount="1000")
    found.act(seller, "members/open", "open")
    found.act(seller, "members/tiers", "tiers", tiers=TIERS)
    return found


def may_read(answer: TestResponse) -> bool:
    """Tell whether the text is in an answer; a closed page is one that says so, and holds it nowhere."""
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert (SECRET in text) != ('id="closed"' in text)
    return SECRET in text


def said(answer: TestResponse) -> str:
    """Give why a page is closed, without its tags."""
    part = answer.get_data(as_text=True).partition('id="closed"')[2].partition("</div>")[0]
    return " ".join("".join(piece.partition(">")[2] for piece in part.split("<")).split())


def test_each_page_opens_with_its_tier_and_closes_when_tokens_are_asked_back(club: Club, buyer: Person) -> None:
    pages = [club.write(tier) for tier in (0, 1, 2)]
    assert [may_read(buyer.get(page)) for page in pages] == [False, False, False]
    assert "This takes a membership" in said(buyer.get(pages[0]))
    assert "This takes tier 2 (500 CLUB locked). You have nothing locked: lock 500 CLUB." in said(buyer.get(pages[2]))

    club.act(buyer, "members/lock", "lock", amount="0.000000000000000001")
    assert [may_read(buyer.get(page)) for page in pages] == [True, False, False]
    club.act(buyer, "members/lock", "lock", amount="119.999999999999999999")
    assert [may_read(buyer.get(page)) for page in pages] == [True, True, False]
    assert "You have 120 CLUB locked: lock 380 CLUB more." in said(buyer.get(pages[2]))
    club.act(buyer, "members/lock", "lock", amount="380")
    assert [may_read(buyer.get(page)) for page in pages] == [True, True, True]

    club.act(buyer, "members/unlock", "unlock", amount="0.000000000000000001")
    assert [may_read(buyer.get(page)) for page in pages] == [True, True, False]
    club.act(buyer, "members/unlock", "unlock", amount="499.999999999999999999")
    assert [may_read(buyer.get(page)) for page in pages] == [False, False, False]
    club.act(buyer, "members/unlocks/1/cancel", "u")
    assert [may_read(buyer.get(page)) for page in pages] == [True, True, False]


def test_unlock_closes_the_page_before_the_index_knows_of_it(club: Club, buyer: Person) -> None:
    page = club.write(1)
    club.act(buyer, "members/lock", "lock", amount="10")
    assert may_read(buyer.get(page))
    intent = buyer.built(buyer.post_form(f"{club.home}/members/unlock", club.form("unlock", amount="1")))
    buyer.send(intent)
    assert not may_read(buyer.get(page))
    assert "You have 9 CLUB locked: lock 1 CLUB more." in said(buyer.get(page))
    club.site.follow()


def test_higher_threshold_and_another_tier_close_the_page_at_once(club: Club, buyer: Person) -> None:
    page = club.write(1)
    club.act(buyer, "members/lock", "lock", amount="10")
    assert may_read(buyer.get(page))
    club.act(club.steward, "members/tiers", "tiers", tiers="11")
    assert "This takes tier 1 (11 CLUB locked)" in said(buyer.get(page))
    club.act(club.steward, "members/tiers", "tiers", tiers="")
    assert "the steward has set no such tier" in said(buyer.get(page))
    typed = {"title": "t", "text": SECRET, "lang": "en", "tier": "0", "seen": "1", "form_key": new_key()}
    assert club.steward.post_form(f"{page}/edit", typed).status_code == 303
    assert may_read(buyer.get(page))


def test_answer_to_a_reader_cannot_be_had_again_by_who_is_none(club: Club, buyer: Person, stranger: Person) -> None:
    page = club.write(0)
    club.act(buyer, "members/lock", "lock", amount="1")
    read = buyer.get(page)
    assert may_read(read)
    assert not {"ETag", "Last-Modified"} & set(read.headers.keys())
    length = len(read.get_data())
    conditions = {
        "If-None-Match": '"any"',
        "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT",
        "Range": "bytes=0-9999",
    }
    assert may_read(buyer.get(page, headers=conditions))
    assert not may_read(stranger.get(page, headers=conditions))

    head = stranger.browser.head(page, base_url="http://127.0.0.1:8000")
    assert head.get_data() == b""
    assert int(head.headers.get("Content-Length", 0)) != length

    # the same browser, another account: nothing of the first one's is left
    visitor = Person(club.site, buyer.key)
    visitor.sign_in()
    assert may_read(visitor.get(page))
    visitor.key, visitor.address = stranger.key, stranger.address
    visitor.sign_in()
    assert not may_read(visitor.get(page))


def test_delegated_votes_and_tokens_in_the_account_open_nothing(club: Club, buyer: Person, stranger: Person) -> None:
    page = club.write(1)
    club.act(buyer, "members/lock", "lock", amount="10")
    club.act(buyer, "members/delegate", "delegate", to=stranger.address)
    assert may_read(buyer.get(page))
    assert not may_read(stranger.get(page))


def test_former_steward_reads_as_anybody_else(club: Club, arbiter: Person) -> None:
    page = club.write(0)
    assert may_read(club.steward.get(page))
    club.act(club.steward, "stewardship", "offer", to=arbiter.address)
    club.act(arbiter, "stewardship/accept", "accept")
    assert not may_read(club.steward.get(page))
    assert may_read(arbiter.get(page))
    assert club.steward.get(f"{page}/edit").status_code == 403
