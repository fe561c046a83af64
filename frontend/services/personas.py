"""Personas: claiming a nickname, saying who one is, handing it over, giving it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext

from frontend.content.proofs import MOST_PROOFS, Claimant, Proof, is_subject, proof_of
from frontend.contracts.registry import Registry
from frontend.errors import Refused
from frontend.index.persona_views import Persona
from frontend.index.queries import Queries
from frontend.marks import N_
from frontend.nicknames import is_nickname, persona_of, skeleton
from frontend.services.content import Contents
from frontend.services.intents import Call, Intent, Intents, Line, Plan, checksummed

ABI = "Personas"
DESK = "/persona"
NOBODY = "0x" + "0" * 40
COOLING_OFF_S, ACCEPT_WINDOW_S = 3 * 86_400, 14 * 86_400
MIN_COMMIT_AGE_S, MAX_COMMIT_AGE_S = 60, 86_400


class Personas:
    """What an account can do with its nickname."""

    def __init__(self, registry: Registry, intents: Intents, contents: Contents, queries: Queries) -> None:
        self.registry = registry
        self.intents = intents
        self.contents = contents
        self.queries = queries

    def check_free(self, nickname: str) -> None:
        """Make sure that a nickname is one, that nobody has or had it, and that it looks like nobody's.

        Raises: Refused, by the field nickname.
        """
        if not is_nickname(nickname):
            raise Refused(
                gettext(
                    "A nickname has 3 to 32 bytes: small letters a to z, digits, Korean syllables (three bytes each), and single "
                    "hyphens between them."
                ),
                key="no_nickname",
                field="nickname",
            )
        alike = self.queries.personas_like(skeleton(nickname))
        if any(persona.nickname == nickname for persona in alike):
            raise Refused(
                gettext("Somebody has this nickname, or had it. Please choose another one."),
                key="nickname_taken",
                field="nickname",
            )
        if alike:
            raise Refused(
                gettext(
                    "This looks like “%(other)s”, which is somebody else's. Please choose one that nobody can mistake for it.",
                    other=alike[0].nickname,
                ),
                key="nickname_confusable",
                field="nickname",
            )

    def prepare_commit(self, account: str, nickname: str, commitment: str, form_key: str = "") -> Intent:
        """Give the intent that commits to a nickname.

        Args: commitment as the browser made it of account, salt and nickname; the salt stays there.
        """
        self.check_free(nickname)
        lines = [
            Line(N_("Nickname to be claimed"), "text", nickname),
            Line(N_("Its commitment, which tells nobody the name"), "hash", commitment),
            Line(
                N_("Then"), "note", N_("After a minute you claim it, in a second transaction. After a day you cannot.")
            ),
        ]
        return self._prepare(account, "personas.commit", "commit", (_raw(commitment),), lines, "", form_key)

    def prepare_claim(self, account: str, nickname: str, salt: str, form_key: str = "") -> Intent:
        """Give the intent that claims the nickname which the account is committed to."""
        self.check_free(nickname)
        lines = [
            Line(N_("Nickname"), "text", nickname),
            Line(N_("Effect"), "note", N_("It is yours until you hand it over or retire it. Everyone can see that.")),
        ]
        args = (nickname, _raw(salt))
        return self._prepare(account, "personas.claim", "claim", args, lines, persona_of(nickname), form_key)

    def claimant(self, persona: Persona) -> Claimant:
        """Give what proofs of a persona are about, under its holder of now."""
        contract = self.registry.address(ABI).lower()
        return Claimant(persona.nickname, persona.holder, contract, self.registry.chain_id)

    def prove(self, account: str, kind: str, of: str, signature: str, proofs: Sequence[Proof]) -> list[Proof]:
        """Add a proof to those that the profile has; one of the same takes its place.

        Args: of is a domain or an address; signature as the wallet gave it.
        Raises: Refused, by its field.
        """
        claimant = self.claimant(self._own(account))
        if not is_subject(kind, of):
            raise Refused(
                gettext("Please write a domain such as example.com, or an address."), key="bad_subject", field="of"
            )
        proof = proof_of({"kind": kind, "of": of, "signature": signature.strip().lower()})
        if proof is None or not claimant.holds(proof):
            raise Refused(
                gettext(
                    "This is no signature of that text by %(signer)s.",
                    signer=to_checksum_address(claimant.signer(kind, of)),
                ),
                key="bad_signature",
                field="signature",
            )
        kept = [known for known in proofs if (known.kind, known.of) != (kind, of)]
        if len(kept) >= MOST_PROOFS:
            raise Refused(
                gettext("At most %(most)s proofs. Withdraw one first.", most=MOST_PROOFS), key="too_many_proofs"
            )
        return [*kept, proof]

    def prepare_profile(
        self, account: str, profile: Mapping[str, Any], proofs: Sequence[Proof] = (), form_key: str = ""
    ) -> Intent:
        """Give the intent that points to a new profile, which is kept first. Args: proofs are all that it shall have."""
        persona = self._own(account)
        document = {**profile, "name": persona.nickname, "proofs": proofs}
        content_hash = self.contents.store_description(document, account=account)
        lines = [*_about(persona), Line(N_("Profile's hash"), "hash", content_hash)]
        args = (_raw(persona.id), self.contents.uri(content_hash), _raw(content_hash))
        return self._prepare(account, "personas.set_profile", "setProfile", args, lines, persona.id, form_key)

    def prepare_offer(self, account: str, to: str, form_key: str = "") -> Intent:
        """Give the intent that offers the persona to another account; an empty address withdraws the offer."""
        persona = self._own(account)
        if not to:
            lines = [*_about(persona), Line(N_("Effect"), "note", N_("Nobody can take it over any more."))]
            args: tuple[Any, ...] = (_raw(persona.id), NOBODY)
            return self._prepare(account, "personas.withdraw_offer", "offer", args, lines, persona.id, form_key)
        target = checksummed(to, "to")
        if target.lower() == account.lower():
            raise Refused(gettext("That is your own address."), key="own_address", field="to")
        lines = [
            *_about(persona),
            Line(N_("It is offered to"), "account", target),
            Line(N_("It can be taken over after"), "duration", str(COOLING_OFF_S)),
            Line(
                N_("Warning"),
                "note",
                N_(
                    "Everyone can see for ever that the name went from this account to that one. Orders and credits stay here."
                ),
            ),
        ]
        return self._prepare(
            account, "personas.offer", "offer", (_raw(persona.id), target), lines, persona.id, form_key
        )

    def prepare_accept(self, account: str, persona: Persona, form_key: str = "") -> Intent:
        """Give the intent that takes over a persona which was offered to the account."""
        lines = [
            *_about(persona),
            Line(N_("Its holder until now"), "account", to_checksum_address(persona.holder)),
            Line(
                N_("Warning"), "note", N_("Everyone can see for ever that the name came from that account to this one.")
            ),
        ]
        return self._prepare(account, "personas.accept", "accept", (_raw(persona.id),), lines, persona.id, form_key)

    def prepare_retire(self, account: str, form_key: str = "") -> Intent:
        """Give the intent that gives the nickname up for ever."""
        persona = self._own(account)
        note = N_("Nobody can ever claim this nickname again, not even you. What was done under it stays to be seen.")
        lines = [*_about(persona), Line(N_("Warning"), "note", note)]
        return self._prepare(account, "personas.retire", "retire", (_raw(persona.id),), lines, persona.id, form_key)

    def _own(self, account: str) -> Persona:
        found = self.queries.persona_held_by(account)
        if found is None:
            raise Refused(gettext("This account has no nickname now."), key="no_persona")
        return found

    def _prepare(
        self,
        account: str,
        action: str,
        function: str,
        args: tuple[Any, ...],
        lines: Sequence[Line],
        subject: str,
        form_key: str,
    ) -> Intent:
        call = Call(ABI, self.registry.address(ABI), function, args)
        return self.intents.prepare(account, Plan(action, call, lines, subject=subject, back=DESK), form_key)


def _about(persona: Persona) -> list[Line]:
    return [Line(N_("Nickname"), "text", persona.nickname)]


def _raw(hexed: str) -> bytes:
    """Give 32 bytes. Raises: Refused when it is no such hex."""
    try:
        found = bytes.fromhex(hexed.removeprefix("0x"))
    except ValueError:
        found = b""
    if len(found) != 32:
        raise Refused(gettext("The form is incomplete. Please reload the page."), key="bad_hash")
    return found
