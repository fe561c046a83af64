"""Forms of communities and their stewards. The bounds are the contracts' own."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import ValidationError

from frontend.pages.amounts import say_units
from frontend.pages.fields import (
    LANGUAGES,
    AddressField,
    AmountField,
    ChoiceField,
    CountField,
    DurationField,
    LongWordsField,
    PageForm,
    PercentField,
    WordsField,
    read_tags,
)
from frontend.pages.pictures import PictureFields
from frontend.pages.relations import read_arbiters, read_recognised
from frontend.pages.text import DAY_S

MAX_UINT112 = 2**112 - 1
MAX_COMMUNITY_FEE_BPS = 2_000
MAX_PLATFORM_FEE_BPS = 500
MAX_WAIVER = 100
MAX_VESTING_S = 3_650 * DAY_S
MAX_TEXT = 10_000


class DescriptionForm(PictureFields, PageForm):
    """What a community says about itself."""

    text = LongWordsField(
        _l("What is it about?"),
        most=MAX_TEXT,
        render_kw={"rows": 6},
        description=_l("Up to 10,000 characters. Everyone can read it."),
    )
    rules = LongWordsField(
        _l("House rules"),
        most=4_000,
        needed=False,
        render_kw={"rows": 4},
        description=_l("What is welcome here, and what is not."),
    )
    lang = ChoiceField(_l("Language of these texts"), choices=LANGUAGES)
    tags = WordsField(
        _l("Words to be found by"), most=200, needed=False, description=_l("Up to 8, separated by commas.")
    )

    arbiters = LongWordsField(
        _l("Arbiters"),
        most=2_000,
        needed=False,
        render_kw={"rows": 3, "class": "mono", "spellcheck": "false"},
        description=_l("One line each: address, then a name. Sellers can choose them for their listings; up to 16."),
    )
    recognised = WordsField(
        _l("Communities that you recognise"),
        most=700,
        needed=False,
        description=_l("Their numbers, separated by commas; up to 32. The address of community 5 ends in /c/5."),
    )

    def validate_tags(self, field: Any) -> None:
        self.tag_list = read_tags(field.data or "")

    def validate_arbiters(self, field: Any) -> None:
        self.arbiter_list = read_arbiters(field.data or "")

    def validate_recognised(self, field: Any) -> None:
        self.recognised_list = read_recognised(field.data or "")

    def description(self, name: str) -> dict[str, Any]:
        """Give the description as it is stored and hashed."""
        return {
            "name": name,
            "text": self.text.data,
            "lang": self.lang.data,
            "picture": self.picture_or_none,
            "tags": self.tag_list,
            "rules": self.rules.data,
            "arbiters": self.arbiter_list,
            "recognised": self.recognised_list,
        }


class OpenForm(DescriptionForm):
    """A new community with its token."""

    name = WordsField(
        _l("Name"), most=64, bytes_most=64, description=_l("Also the token's name. It cannot be changed later.")
    )
    symbol = WordsField(
        _l("Symbol of the token"),
        most=11,
        bytes_most=11,
        description=_l("Up to 11 bytes, such as CLUB. It cannot be changed later."),
    )
    cap = AmountField(
        _l("Most tokens that can ever exist"),
        most=MAX_UINT112,
        description=_l("The cap. Nobody can raise it, not even you."),
    )
    founder_allocation = AmountField(
        _l("Reserved for you, the founder"),
        most=MAX_UINT112,
        zero=True,
        description=_l("A part of the cap that vests over time. 0 is fine."),
    )
    claim_allocation = AmountField(
        _l("Set aside for claims"),
        most=MAX_UINT112,
        zero=True,
        needed=False,
        description=_l(
            "Handed out in phases, to a list or to everybody, free or for a price. Cannot be set aside later."
        ),
    )
    curve_allocation = AmountField(
        _l("Set aside for a curve"),
        most=MAX_UINT112,
        zero=True,
        needed=False,
        description=_l(
            "Sold and bought back by a contract, at a price that follows the supply. Cannot be set aside later."
        ),
    )
    vesting_cliff = DurationField(
        _l("Nothing of it before"),
        most=MAX_VESTING_S,
        description=_l("The cliff, counted from the opening. Then what has grown so far is free."),
    )
    vesting_duration = DurationField(
        _l("All of it after"),
        most=MAX_VESTING_S,
        description=_l("At least the cliff; ten years at most. Grows evenly day by day."),
    )
    fee = PercentField(
        _l("Commission of the community"),
        most_bps=MAX_COMMUNITY_FEE_BPS,
        description=_l(
            "Taken from each finished sale; 20 % at most. A raise waits seven days and never touches orders already paid."
        ),
    )

    def validate_founder_allocation(self, field: Any) -> None:
        if self.cap.units is not None and field.units is not None and field.units > self.cap.units:
            raise ValidationError(
                _l("More is reserved than can exist: %(cap)s at most.", cap=say_units(self.cap.units, 18))
            )

    @property
    def set_aside_units(self) -> int:
        """What nobody can mint as steward."""
        fields = (self.founder_allocation, self.claim_allocation, self.curve_allocation)
        return sum(field.units or 0 for field in fields)

    def validate_curve_allocation(self, field: Any) -> None:
        if self.founder_allocation.errors or self.cap.units is None or self.set_aside_units <= self.cap.units:
            return
        raise ValidationError(
            _l("All that is set aside is more than can exist: %(cap)s at most.", cap=say_units(self.cap.units, 18))
        )

    def validate_vesting_duration(self, field: Any) -> None:
        cliff = self.vesting_cliff.seconds
        if cliff is not None and field.seconds is not None and cliff > field.seconds:
            raise ValidationError(_l("The end lies before the cliff."))


class FeeForm(PageForm):
    """A new commission."""

    fee = PercentField(_l("New commission"), most_bps=MAX_COMMUNITY_FEE_BPS)


class WaiverField(CountField):
    """Whole percents of the commission."""

    suffix = "%"


class WaiversForm(PageForm):
    """What part of the commission is not taken of some sales. Where both apply, the larger one counts."""

    token_waiver = WaiverField(
        _l("Not taken of sales in the community's own token"),
        least=0,
        most=MAX_WAIVER,
        description=_l("Of the commission, in whole percents. 0: all of it is taken; 100: none."),
    )
    member_waiver = WaiverField(
        _l("Not taken of members' sales"),
        least=0,
        most=MAX_WAIVER,
        description=_l("Whoever sells counts, and what he has locked when somebody buys."),
    )


class OfferForm(PageForm):
    """Stewardship offered to somebody."""

    to = AddressField(
        _l("New steward"),
        needed=False,
        description=_l("Nothing moves until that account accepts. Leave it empty to withdraw an offer."),
    )


class SureForm(PageForm):
    """A step that cannot be taken back."""

    sure = BooleanField(_l("I understand that this is for ever."))

    def validate_sure(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please tick this to go on."))


class PlainForm(PageForm):
    """A button and nothing else."""
