"""The form of a members' page."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from frontend.content.documents import MAX_TEXT, MAX_TITLE
from frontend.formatters import token_units
from frontend.pages.fields import LANGUAGES, ChoiceField, LongWordsField, PageForm, SeenField, WordsField, choices
from frontend.pages.text import plain
from frontend.services.members_only import Words


class WritingForm(PageForm):
    """A members' page, new or changed."""

    seen = SeenField(default="0")  # the version that was changed; 0 of a new page
    title = WordsField(_l("Title"), most=MAX_TITLE, description=_l("Everybody sees it, members or not."))
    text = LongWordsField(
        _l("Text for members"),
        most=MAX_TEXT,
        render_kw={"rows": 14},
        description=_l("Up to 10,000 characters. A picture in it can be opened by whoever has the picture's address."),
    )
    lang = ChoiceField(_l("Language of these texts"), choices=LANGUAGES)
    tier = ChoiceField(_l("Who can read it"))

    def offer(self, tiers: tuple[int, ...], symbol: str, current: int | None = None) -> None:
        """Offer the tiers that there are. Args: tiers in smallest units; current is the page's own, there or not."""
        pairs = [("0", _("Every member"))]
        for number, units in enumerate(tiers, start=1):
            amount = plain(token_units(units, symbol), 120)
            pairs.append((str(number), _("Tier %(number)s: from %(amount)s locked", number=number, amount=amount)))
        if current is not None and current > len(tiers):
            pairs.append((str(current), _("Tier %(number)s: not set now, so nobody", number=current)))
        self.tier.choices = choices(pairs)

    @property
    def words(self) -> Words:
        """What was typed, once it is valid."""
        return Words(self.title.data or "", self.text.data or "", self.lang.data, int(self.tier.data))
