"""Forms of self-rule. The bounds are the contracts' own."""

from __future__ import annotations

from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import lazy_gettext as _l
from wtforms.validators import ValidationError

from frontend.blueprints.communities.forms import MAX_COMMUNITY_FEE_BPS, DescriptionForm
from frontend.extensions import queries, services
from frontend.index.proposal_views import GovernorRules, ProposedCall
from frontend.index.views import Community
from frontend.pages.act import chain_now
from frontend.pages.currencies import OTHER
from frontend.pages.fields import (
    AddressField,
    AmountField,
    ChoiceField,
    ChoicesField,
    CountField,
    DayField,
    DurationField,
    LongWordsField,
    PageForm,
    PercentField,
    WordsField,
    choices,
)
from frontend.pages.text import DAY_S
from frontend.services.proposals import CHOICE_TEXTS, RESERVED

MAX_UINT112 = 2**112 - 1
MAX_QUORUM_BPS = 5_000
MAX_VETO_S = 730 * DAY_S
MOST_DATA = 20_000


class ProposalForm(PageForm):
    """What every proposal has: words that explain it."""

    title = WordsField(_l("Title"), most=120, description=_l("One line that says what would be done."))
    why = LongWordsField(
        _l("Why"), most=8_000, needed=False, render_kw={"rows": 6}, description=_l("Everybody can read it, for ever.")
    )

    def validate_why(self, field: Any) -> None:
        """Refuse the mark that our own calls add."""
        if RESERVED in f"{self.title.data}{field.data}":
            raise ValidationError(_l("Please leave out “%(mark)s”: it has a meaning for the contract.", mark=RESERVED))

    def words(self) -> str:
        """Give title and reasons as they are proposed."""
        return f"{self.title.data}\n\n{self.why.data}".strip()

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the calls that are proposed."""
        raise NotImplementedError  # each kind of proposal has its own


class PayForm(ProposalForm):
    """Money out of the treasury."""

    to = AddressField(_l("To whom"))
    currency = ChoiceField(_l("Currency"))
    other_currency = AddressField(_l("Address of another token"), needed=False)
    amount = AmountField(_l("How much"))

    def validate(self, extra_validators: Any = None) -> bool:
        """Read the amount in the currency's own decimals."""
        self.amount.decimals = queries.currency(self.chosen_currency()).decimals
        return bool(super().validate(extra_validators))

    def validate_other_currency(self, field: Any) -> None:
        """Ask for an address where another token is meant."""
        if self.currency.data == OTHER and not field.data:
            raise ValidationError(_l("Please fill this in."))

    def chosen_currency(self) -> str:
        """Give the currency's address, in lower case."""
        typed = self.other_currency.data if self.currency.data == OTHER else self.currency.data
        return str(typed or "").lower()

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the payment."""
        currency = to_checksum_address(self.chosen_currency())
        return [services.calls.pay(currency, self.to.address or "", self.amount.units or 0)]


class FeeProposalForm(ProposalForm):
    """Another commission."""

    fee = PercentField(
        _l("New commission"),
        most_bps=MAX_COMMUNITY_FEE_BPS,
        description=_l("A raise waits seven days more after it is carried out; orders already paid keep theirs."),
    )

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the change."""
        return [services.calls.set_fee(community.id, self.fee.bps)]


class AcceptForm(ProposalForm):
    """Taking over the stewardship that was offered to the timelock."""

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the acceptance."""
        return [services.calls.accept_stewardship(community.id)]


class DescribeForm(ProposalForm, DescriptionForm):
    """Another description of the community."""

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Keep the description, and give the call that points to it."""
        kept = services.contents.store_description(self.description(community.name), account=account)
        return [services.calls.describe(community, services.contents.uri(kept), kept)]


class CallForm(ProposalForm):
    """Any call."""

    target = AddressField(_l("Address that is called"))
    value = AmountField(_l("ETH that goes along"), zero=True, needed=False)
    data = WordsField(
        _l("Data"),
        most=MOST_DATA,
        needed=False,
        render_kw={"class": "mono", "spellcheck": "false", "autocomplete": "off"},
        description=_l("0x and an even number of digits or letters a to f; empty for a plain payment."),
    )

    def validate_data(self, field: Any) -> None:
        """Read it as bytes."""
        text = str(field.data or "").lower()
        try:
            self.raw = bytes.fromhex(text.removeprefix("0x"))
        except ValueError:
            raise ValidationError(_l("This is no data: 0x and an even number of digits or letters a to f.")) from None
        if text and not text.startswith("0x"):
            raise ValidationError(_l("This is no data: 0x and an even number of digits or letters a to f."))

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the call as it was typed."""
        return [ProposedCall(str(self.target.address).lower(), self.value.units or 0, "0x" + self.raw.hex())]


KINDS: dict[str, type[ProposalForm]] = {
    "pay": PayForm,
    "fee": FeeProposalForm,
    "describe": DescribeForm,
    "accept": AcceptForm,
    "call": CallForm,
}


class VoteForm(PageForm):
    """A vote, once and for good."""

    choice = ChoicesField(_l("Your vote"))
    reason = LongWordsField(
        _l("Your reason"),
        most=2_000,
        needed=False,
        render_kw={"rows": 3},
        description=_l("Everybody can read it, for ever."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choice.choices = choices([(name, _l(CHOICE_TEXTS[name])) for name in ("for", "against", "abstain")])


class GovernorForm(PageForm):
    """How a community shall decide; fixed for ever."""

    voting_delay = DurationField(
        _l("Before votes are counted"),
        least=DAY_S,
        most=3 * DAY_S,
        default="1",
        description=_l("1 to 3 days from a proposal on, in which members can lock, delegate or leave."),
    )
    voting_period = DurationField(
        _l("Time of voting"), least=2 * DAY_S, most=10 * DAY_S, default="5", description=_l("2 to 10 days.")
    )
    timelock_delay = DurationField(
        _l("Before a won vote is carried out"),
        least=DAY_S,
        most=7 * DAY_S,
        default="2",
        description=_l("1 to 7 days, in which everybody can see what is coming."),
    )
    quorum = PercentField(
        _l("Quorum"),
        most_bps=MAX_QUORUM_BPS,
        default="20",
        description=_l("Share of all locked tokens that must vote for or abstain; 50 % at most."),
    )
    quorum_floor = AmountField(
        _l("Quorum, at least"),
        most=MAX_UINT112,
        description=_l("In tokens, however little is locked: the first to lock shall not own everything."),
    )
    threshold = AmountField(
        _l("Votes to propose"), most=MAX_UINT112, zero=True, description=_l("In tokens. 0: anybody may propose.")
    )
    min_members = CountField(
        _l("Members to propose"), default="5", description=_l("Nothing can be proposed while there are fewer.")
    )
    veto_until = DayField(
        _l("You can veto until"),
        description=_l(
            "Two years at most. Until then you can end any proposal before it is carried out, and do nothing else. Empty: no veto."
        ),
    )

    def validate_veto_until(self, field: Any) -> None:
        """Keep it within two years of the chain's clock."""
        if field.begins_ts > chain_now() + MAX_VETO_S:
            raise ValidationError(_l("Two years from now at most."))

    def rules(self) -> GovernorRules:
        """Give what was chosen."""
        return GovernorRules(
            self.voting_delay.seconds or 0,
            self.voting_period.seconds or 0,
            self.timelock_delay.seconds or 0,
            self.quorum.bps,
            self.quorum_floor.units or 0,
            self.threshold.units or 0,
            self.min_members.count,
            self.veto_until.begins_ts,
        )
