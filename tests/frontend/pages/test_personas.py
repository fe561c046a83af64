"""Personas: their page and desk, nicknames beside addresses, and what the forms refuse."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import quote

import pytest
from eth_account import Account
from eth_account.messages import encode_defunct
from eth_utils.address import to_checksum_address
from flask import Flask, get_template_attribute
from flask.testing import FlaskClient

from frontend.content.documents import Document, canonical, read_document
from frontend.content.findings import State
from frontend.content.proofs import Claimant, Proof, proofs_of
from frontend.extensions import queries, services
from frontend.nicknames import persona_of
from frontend.pages.described import Described
from frontend.pages.personas import ProofState, is_offered, offered_until, outcomes, proof_states
from tests.frontend.pages.page import Page
from tests.frontend.pages.story import (
    ARBITER,
    BUYER,
    HANDED_NAME,
    PAYER,
    RETIRED_NAME,
    SELLER,
    SELLERS_NAME,
    STRANGER,
    Story,
)
from tests.frontend.pages.test_forms import assert_asked, post
from tests.frontend.pages.test_selling import words

SignedIn = Callable[[str], tuple[FlaskClient, str]]
SELLERS_PAGE = f"/p/{quote(SELLERS_NAME)}"
COMMITMENT = "0x" + "5c" * 32


def test_persona_shows_holder_profile_and_trades_to_everybody(client: FlaskClient, story: Story) -> None:
    said = words(client, SELLERS_PAGE)
    assert SELLERS_NAME in said
    assert "I mend lamps." in said
    assert SELLER[2:].lower() in client.get(SELLERS_PAGE).get_data(as_text=True).lower()
    assert "This nickname is being handed over" in said
    assert "Holders so far 1" in said
    trades = said.partition("today")[2].partition("nothing yet")[0]  # of the seller, who has bought nothing
    sold = [int(number) for number in re.findall(r": (\d+)", trades)]
    of_seller = [key for key, name, _ in story.orders.values() if story.listings[name][1].seller == SELLER]
    assert sum(sold) == len(of_seller)


def test_visitor_is_led_to_a_tip_in_each_token_that_they_hold(app: Flask, signed_in: SignedIn, story: Story) -> None:
    holder, _ = signed_in(BUYER)
    links = [link for link in hrefs(holder, SELLERS_PAGE) if "/token?to=" in link]
    with app.app_context():
        held = [number for number in range(1, 10) if queries.balance(story.token(number), BUYER)]
    assert [int(link.split("/")[2]) for link in links] == held != []
    form = Page(holder.get(links[0].partition("#")[0]).get_data(as_text=True))
    assert {"name": "transfer-to", "value": to_checksum_address(SELLER)}.items() <= next(
        field.items() for field in form.all("input") if field.get("name") == "transfer-to"
    )
    assert "open" in next(panel for panel in form.all("details") if panel.get("id") == "send")


def test_nobody_is_led_to_a_tip_for_themselves_or_for_a_name_that_nobody_bears(
    client: FlaskClient, signed_in: SignedIn
) -> None:
    visits = [(signed_in(SELLER)[0], SELLERS_PAGE), (client, SELLERS_PAGE), (signed_in(BUYER)[0], f"/p/{RETIRED_NAME}")]
    assert not [link for visitor, path in visits for link in hrefs(visitor, path) if "/token?to=" in link]


def test_token_page_takes_no_receiver_that_is_no_account(signed_in: SignedIn) -> None:
    page = Page(signed_in(BUYER)[0].get('/c/1/token?to="><script>').get_data(as_text=True))
    assert "open" not in next(panel for panel in page.all("details") if panel.get("id") == "send")


def hrefs(client: FlaskClient, path: str) -> list[str]:
    page = Page(client.get(path).get_data(as_text=True))
    return [str(link.get("href")) for link in page.all("a")]


def test_trades_are_counted_by_what_became_of_them() -> None:
    counted = outcomes({"completed": 2, "funded": 1, "delivered": 3, "contested": 1, "disputed": 1, "refunded": 4})
    assert counted == [("completed", 2), ("refunded", 4), ("disputed", 2), ("open", 4)]
    assert outcomes({}) == []


def test_page_tells_each_holder_when_a_name_has_changed_hands(client: FlaskClient) -> None:
    said = words(client, f"/p/{HANDED_NAME}")
    assert "This nickname has changed hands." in said
    page = Page(client.get(f"/p/{HANDED_NAME}").get_data(as_text=True))
    assert [str(code["title"]).lower() for code in page.all("code") if code.get("title")][:2] == [PAYER, STRANGER]
    assert "being handed over" not in said


def test_page_says_that_nobody_bears_a_retired_name(client: FlaskClient, signed_in: SignedIn) -> None:
    assert "nobody can claim it again" in words(client, f"/p/{RETIRED_NAME}")
    assert (
        "Your nickname"
        not in Page(signed_in(STRANGER)[0].get(f"/p/{RETIRED_NAME}").get_data(as_text=True))
        .words.partition("Retired")[2]
        .partition("History")[0]
    )


@pytest.mark.parametrize(
    "path", ["/p/nobody", "/p/ab", "/p/%EB%8F%84", "/p/%ff%fe%fd", "/p/a--b", "/p/" + "a" * 40, "/p/x%00y"]
)
def test_there_is_no_page_of_what_nobody_claimed(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_other_spellings_lead_to_the_one_page(client: FlaskClient) -> None:
    answer = client.get("/p/Night-OWL")
    assert (answer.status_code, answer.headers["Location"]) == (308, f"/p/{HANDED_NAME}")
    decomposed = quote("\u1103\u1173\u11bc\u1107\u116e\u11af-장수")
    assert client.get(f"/p/{decomposed}").headers["Location"] == SELLERS_PAGE


def test_claimed_nickname_takes_the_drawn_names_place_and_the_address_stays(client: FlaskClient, story: Story) -> None:
    listing, _ = next(found for found in story.listings.values() if found[1].seller == SELLER)
    text = client.get(f"/l/{listing}").get_data(as_text=True)
    assert f'<a class="name" href="{SELLERS_PAGE}"><bdi>{SELLERS_NAME}</bdi></a> <code title="{SELLER}">' in text


def test_nickname_is_asked_for_once_a_request(app: Flask, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    with app.app_context():
        kind = type(queries._get_current_object())  # type: ignore[attr-defined]  # a proxy, not typed as one
    real = kind.nicknames_of
    monkeypatch.setattr(kind, "nicknames_of", lambda self, accounts: (asked.extend(accounts), real(self, accounts))[1])
    client, _ = signed_in(SELLER)
    asked.clear()
    client.get("/c/1")
    assert len(asked) == len(set(asked)) > 1


def test_chip_holds_no_link_within_its_button(signed_in: SignedIn) -> None:
    text = signed_in(SELLER)[0].get("/help/escrow").get_data(as_text=True)
    chip = text.partition('<summary class="chip-button">')[2].partition("</summary>")[0]
    assert SELLERS_NAME in chip
    assert "<a " not in chip


def test_search_finds_nicknames_by_their_beginning(client: FlaskClient) -> None:
    assert "Nicknames that begin so" in words(client, f"/explore?q={quote('등불')}")
    assert "Nicknames that begin so" not in words(client, "/explore?q=old-owl"), "it is retired"


def test_desk_offers_what_the_account_can_do(signed_in: SignedIn) -> None:
    def actions(account: str) -> list[str]:
        page = Page(signed_in(account)[0].get("/persona").get_data(as_text=True))
        found = [str(form["action"]) for form in page.all("form")]
        return [path for path in found if path.startswith("/persona")]

    assert actions(ARBITER) == ["/persona/commit"]
    assert actions(BUYER) == ["/persona/claim", "/persona/commit"]
    assert actions(SELLER) == [f"/persona/{verb}" for verb in ("withdraw", "profile", "proof", "offer", "retire")]
    assert actions(STRANGER) == ["/persona/commit", f"/persona/{quote(SELLERS_NAME)}/accept"]


def test_offer_stands_until_its_window_is_over(app: Flask, story: Story) -> None:
    with app.app_context():
        (persona,) = [found for found in queries.personas_offered_to(STRANGER) if found.nickname == SELLERS_NAME]
    assert is_offered(persona, story.at_ts)
    assert is_offered(persona, offered_until(persona))
    assert not is_offered(persona, offered_until(persona) + 1)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("ab", "A nickname has 3 to 32 bytes"),
        ("", "Please fill this in"),
        ("a_b_c", "A nickname has 3 to 32 bytes"),
        (HANDED_NAME, "Somebody has this nickname, or had it"),
        (RETIRED_NAME, "Somebody has this nickname, or had it"),
        ("n1ght-owl", "This looks like “night-owl”"),
        ("NightOwl", "This looks like “night-owl”"),
        ("0ldowl", "This looks like “old-owl”"),
    ],
)
def test_name_is_refused_when_it_cannot_or_should_not_be_claimed(signed_in: SignedIn, typed: str, why: str) -> None:
    client, csrf = signed_in(ARBITER)
    answer = post(client, csrf, "/persona/commit", {"commit-nickname": typed, "commit-commitment": COMMITMENT})
    assert answer.status_code in (400, 409, 422)
    assert why in answer.get_data(as_text=True)


def test_forms_go_as_far_as_the_node(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(ARBITER)
    name = {"commit-nickname": "Brand-New", "commit-commitment": COMMITMENT}
    assert_asked(asked, post(client, csrf, "/persona/commit", name))
    client, csrf = signed_in(BUYER)
    assert_asked(asked, post(client, csrf, "/persona/claim", {"claim-nickname": "brand-new", "claim-salt": COMMITMENT}))
    client, csrf = signed_in(SELLER)
    assert_asked(asked, post(client, csrf, "/persona/profile", {"profile-text": "Hello.", "profile-lang": "en"}))
    assert_asked(asked, post(client, csrf, "/persona/offer", {"offer-to": BUYER, "offer-linked": "y"}))
    assert_asked(asked, post(client, csrf, "/persona/withdraw", {}))
    assert_asked(asked, post(client, csrf, "/persona/retire", {"retire-typed": SELLERS_NAME}))
    client, csrf = signed_in(STRANGER)
    assert_asked(
        asked,
        post(
            client,
            csrf,
            f"{quote('/persona/' + SELLERS_NAME)}/accept",
            {f"a{persona_of(SELLERS_NAME)[2:]}-linked": "y"},
        ),
    )


def test_forms_are_refused_when_something_is_missing(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    for path, data in (
        ("/persona/offer", {"offer-to": BUYER}),
        ("/persona/offer", {"offer-to": "", "offer-linked": "y"}),
        ("/persona/offer", {"offer-to": SELLER, "offer-linked": "y"}),
        ("/persona/retire", {"retire-typed": "night-owl"}),
        ("/persona/profile", {"profile-text": "x" * 2001, "profile-lang": "en"}),
        ("/persona/accept", {}),
    ):
        answer = post(client, csrf, path, data)
        assert answer.status_code in (400, 404, 405, 409, 422), path
    client, csrf = signed_in(ARBITER)
    assert post(client, csrf, "/persona/commit", {"commit-nickname": "brand-new"}).status_code == 422
    answer = post(client, csrf, "/persona/profile", {"profile-text": "a", "profile-lang": "en"})
    assert answer.status_code in (400, 409, 422)
    assert "This account has no nickname now." in answer.get_data(as_text=True)
    assert asked == []


# --- proofs of identity ---------------------------------------------------------------------------------------------------

KEY = Account.from_key("0x" + "44" * 32)


def signature_of(app: Flask, kind: str, of: str, signer: Account = KEY) -> str:
    """Sign the statement that the seller's persona needs."""
    with app.app_context():
        persona = queries.persona_held_by(SELLER)
        assert persona is not None
        text = services.personas.claimant(persona).statement(kind, of)
    return "0x" + signer.sign_message(encode_defunct(text=text)).signature.hex().removeprefix("0x")


def test_statement_is_shown_before_a_signature_is_asked_for(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, "/persona/proof", {"proof-kind": "domain", "proof-of": "Example.COM"})
    text = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert (
        f"The persona {SELLERS_NAME} is also the domain example.com.\nHolder: {to_checksum_address(SELLER)}\n" in text
    )
    assert '<details class="act" open id="proof">' in text
    assert f'data-signer="{to_checksum_address(SELLER)}"' in text
    assert asked == []


def test_proof_goes_as_far_as_the_node_when_the_right_account_has_signed(
    app: Flask, signed_in: SignedIn, asked: list[str]
) -> None:
    client, csrf = signed_in(SELLER)
    of = KEY.address.lower()
    fields = {"proof-kind": "account", "proof-of": KEY.address, "proof-signature": signature_of(app, "account", of)}
    assert_asked(asked, post(client, csrf, "/persona/proof", fields))


@pytest.mark.parametrize(
    ("kind", "of", "typed"),
    [
        ("account", "0x" + "77" * 20, None),
        ("domain", "example.com", None),
        ("account", KEY.address, "0x1234"),
        ("domain", "no domain", ""),
        ("domain", "localhost", ""),
        ("account", "0x12", ""),
        ("other", "example.com", ""),
        ("domain", "-a.com", ""),
    ],
)
def test_proof_is_refused_when_somebody_else_signed_or_there_is_nothing_to_prove(
    app: Flask, signed_in: SignedIn, asked: list[str], kind: str, of: str, typed: str | None
) -> None:
    client, csrf = signed_in(SELLER)
    signature = signature_of(app, kind, of) if typed is None else typed
    answer = post(client, csrf, "/persona/proof", {"proof-kind": kind, "proof-of": of, "proof-signature": signature})
    assert answer.status_code in (400, 409, 422)
    assert asked == []


def test_page_shows_what_it_has_checked_and_what_the_reader_has_to(app: Flask, client: FlaskClient) -> None:
    of = KEY.address.lower()
    proofs = [
        Proof("account", of, signature_of(app, "account", of)),
        Proof("account", BUYER, signature_of(app, "account", BUYER)),
        Proof("domain", "example.com", signature_of(app, "domain", "example.com")),
    ]
    with app.test_request_context():
        persona = queries.persona_held_by(SELLER)
        assert persona is not None
        document = Document("0x", SELLERS_NAME, "", "en", None, (), "", tuple(proofs))
        states = proof_states(persona, Described(State.MATCHING, None, document, ""))
        assert [state.holds for state in states] == [True, False, False]
        drawn = get_template_attribute("personas/proof.html", "proof_line")
        said = [str(drawn(state)) for state in states]
    assert "signed by that account" in said[0]
    assert "not signed by the right account" in said[1]
    assert "dig" not in said[2], "the holder has not signed it"


def test_domain_that_the_holder_signed_names_the_record_to_look_up(app: Flask) -> None:
    holder = Account.from_key("0x" + "55" * 32)
    claimant = Claimant("night-owl", holder.address.lower(), "0x" + "9a" * 20, 1)
    text = claimant.statement("domain", "example.com")
    proof = Proof(
        "domain",
        "example.com",
        "0x" + holder.sign_message(encode_defunct(text=text)).signature.hex().removeprefix("0x"),
    )
    assert claimant.holds(proof)
    with app.test_request_context():
        state = ProofState(proof, True, claimant.record_name("example.com"), claimant.record_text)
        said = str(get_template_attribute("personas/proof.html", "proof_line")(state))
    assert "dig +short TXT _dokkaebi.example.com" in said
    assert f"dokkaebi-persona=1:{claimant.contract}:{claimant.holder}" in said


def test_withdrawn_proof_goes_as_far_as_the_node(signed_in: SignedIn, asked: list[str]) -> None:
    client, csrf = signed_in(SELLER)
    assert_asked(asked, post(client, csrf, "/persona/proof/withdraw", {"unproof-of": "example.com"}))


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("/persona/proof/withdraw", {"unproof-of": "example.com"}),
        ("/persona/profile", {"profile-text": "New.", "profile-lang": "en"}),
    ],
)
def test_nothing_is_published_while_the_present_profile_cannot_be_read(
    signed_in: SignedIn, asked: list[str], monkeypatch: pytest.MonkeyPatch, path: str, data: dict[str, str]
) -> None:
    """Else text and proofs that the store does not give out just now would be published away."""
    monkeypatch.setattr(
        "frontend.blueprints.personas.routes.described",
        lambda persona: Described(State.UNREACHABLE, persona.profile_hash, None, ""),
    )
    client, csrf = signed_in(SELLER)
    answer = post(client, csrf, path, data)
    assert answer.status_code == 503
    assert "Nothing was changed; please try again in a moment." in answer.get_data(as_text=True)
    assert asked == []


def test_proofs_are_read_from_any_profile_and_others_are_passed_over() -> None:
    good = {"kind": "domain", "of": "example.com", "signature": "0x" + "ab" * 65}
    mixed = [good, {**good, "kind": "other"}, {**good, "of": 5}, "x", {**good, "signature": "0x"}, good, good]
    assert [proof.of for proof in proofs_of(mixed)] == ["example.com"]
    assert proofs_of(None) == proofs_of({}) == proofs_of("x") == ()
    data = canonical({"name": "a", "text": "", "proofs": [good]})
    assert read_document("0x", data).proofs == (Proof("domain", "example.com", good["signature"]),)
