"""Forms of a persona: claiming, describing, handing over, retiring."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, HiddenField
from wtforms.validators import ValidationError

from frontend.content.proofs import is_subject
from frontend.nicknames import MAX_BYTES, normalised
from frontend.pages.fields import LANGUAGES, AddressField, ChoiceField, LongWordsField, PageForm, WordsField, choices
from frontend.pages.pictures import PictureFields

MAX_PROFILE = 2_000


class NicknameForm(PageForm):
    """A nickname to commit to. The browser adds the commitment; the salt in it stays there."""

    nickname = WordsField(
        _l("Nickname"),
        most=MAX_BYTES,
        description=_l(
            "3 to 32 bytes: a to z, 0 to 9, Korean syllables (three bytes each), single hyphens between them. It cannot be changed."
        ),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    commitment = HiddenField()

    def validate_nickname(self, field: Any) -> None:
        field.data = normalised(field.data or "")

    def validate_commitment(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("This step needs JavaScript: your browser makes a secret for it."))


class ClaimForm(PageForm):
    """What this browser remembers of the commitment."""

    nickname = HiddenField()
    salt = HiddenField()


class ProfileForm(PictureFields, PageForm):
    """What a persona says about itself."""

    text = LongWordsField(
        _l("About you"),
        most=MAX_PROFILE,
        needed=False,
        render_kw={"rows": 6},
        description=_l("Up to 2,000 characters. Everyone can read it, and older versions may be kept by anybody."),
    )
    lang = ChoiceField(_l("Language of these texts"), choices=LANGUAGES)

    def profile(self) -> dict[str, Any]:
        """Give the profile as it is stored and hashed; the name is added there."""
        return {"text": self.text.data or "", "lang": self.lang.data, "picture": self.picture_or_none}


class ProofForm(PageForm):
    """A domain or another account of the holder, and the signature that proves it."""

    kind = ChoiceField(
        _l("What is yours too"), choices=choices([("domain", _l("A domain")), ("account", _l("Another account"))])
    )
    of = WordsField(
        _l("Domain or address"),
        most=253,
        description=_l("Such as example.com, or 0x and 40 signs. Everyone will see that it belongs to this nickname."),
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    signature = WordsField(
        _l("Signature"),
        most=200,
        needed=False,
        description=_l("Of the text above: by this account for a domain, by the other account for an account."),
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )

    def validate_of(self, field: Any) -> None:
        field.data = (field.data or "").lower()
        if not is_subject(self.kind.data, field.data):
            raise ValidationError(_("Please write a domain such as example.com, or an address."))


class WithdrawProofForm(PageForm):
    """A proof that is shown no longer."""

    of = HiddenField()


class LinkingForm(PageForm):
    """A step after which everybody knows two accounts of one persona."""

    linked = BooleanField(
        _l("I understand that everyone can see for ever that these two accounts had the same nickname.")
    )

    def validate_linked(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_("Please tick this to go on."))


class OfferForm(LinkingForm):
    """A persona offered to another account."""

    to = AddressField(
        _l("Address of the next holder"),
        description=_l(
            "It can be taken over after three days, and within two weeks from then. You can withdraw until it is."
        ),
    )


class RetireForm(PageForm):
    """The end of a persona; its name is typed once more."""

    typed = WordsField(
        _l("Type the nickname once more"),
        most=MAX_BYTES,
        render_kw={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"},
    )
    nickname = ""  # the one that is meant

    def validate_typed(self, field: Any) -> None:
        if field.data != self.nickname:
            raise ValidationError(_("This is not your nickname."))
