"""Forms of self-rule. The bounds are the contracts' own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from eth_utils.address import to_checksum_address
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from wtforms import FieldList, Form, FormField, HiddenField
from wtforms.validators import ValidationError

from frontend.blueprints.communities.forms import MAX_COMMUNITY_FEE_BPS, DescriptionForm, WaiversForm
from frontend.content.documents import Document
from frontend.content.relations import MAX_NAME, MAX_NUMBER, Arbiter
from frontend.errors import Refused
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
from frontend.pages.layout import page_language
from frontend.pages.relations import description_values, known_document
from frontend.pages.text import DAY_S
from frontend.services.proposals import CHOICE_TEXTS, RESERVED

MAX_UINT112 = 2**112 - 1
MAX_QUORUM_BPS = 5_000
MAX_VETO_S = 730 * DAY_S
MOST_DATA = 20_000
MOST_CALLS = 10
MOST_DATA_TOGETHER = 100_000  # a form of more than 256 kB is not read, and no node takes such a transaction
KEPT = re.compile(r"(0x[0-9a-f]{40}) ([0-9]{1,78}) (0x(?:[0-9a-f]{2})*)", re.ASCII)
ADD, REMOVE = "add", "remove"
REVIEW = "review"  # all calls, and none that is being written


class KeptCall(Form):
    """A call that was added before, as target, wei and data; `proposed` holds it after `validate`."""

    call = HiddenField(_l("A call added before"))

    def validate_call(self, field: Any) -> None:
        """Refuse what this page has not written."""
        if self.proposed is None:
            raise ValidationError(_l("The form is incomplete. Please reload the page."))

    @property
    def proposed(self) -> ProposedCall | None:
        """Read it; None when it is none."""
        found = KEPT.fullmatch(str(self.call.data or ""))
        if found is None or len(found[3]) > MOST_DATA or int(found[2]) >= 2**256:
            return None
        return ProposedCall(found[1], int(found[2]), found[3])


class ProposalForm(PageForm):
    """What every proposal has: words that explain it, and the calls that were added before. By itself it adds none."""

    title = WordsField(_l("Title"), most=120, description=_l("One line that says what would be done."))
    why = LongWordsField(
        _l("Why"), most=8_000, needed=False, render_kw={"rows": 6}, description=_l("Everybody can read it, for ever.")
    )

    kept = FieldList(FormField(KeptCall), _l("Calls"), max_entries=MOST_CALLS)

    @property
    def kept_calls(self) -> list[ProposedCall]:
        """Give the calls that were added before, in their order."""
        return [call for row in self.kept if (call := row.form.proposed) is not None]

    def move(self, step: str, number: int) -> None:
        """Take a call that was added before out, or let it change places with its neighbour. Args: number is from 1."""
        rows, place = self.kept.entries, number - 1
        other = place + {"up": -1, "down": 1}.get(step, 0)
        if not (0 <= place < len(rows) and 0 <= other < len(rows)):
            return
        if step == "remove":
            rows.pop(place)
        else:
            rows[place], rows[other] = rows[other], rows[place]

    def all_calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give all calls of the proposal: those added before, then what this form says. Raises: Refused."""
        found = [*self.kept_calls, *self.calls(community, account)]
        if not found:
            raise Refused(gettext("Nothing is proposed yet. Add a call first."), key="no_call")
        if len(found) > MOST_CALLS:
            text = gettext("At most %(most)s calls. Take one out first, or make it another proposal.", most=MOST_CALLS)
            raise Refused(text, key="too_many_calls")
        if sum(len(call.data) for call in found) > MOST_DATA_TOGETHER:
            raise Refused(
                gettext("These calls are too long together. Make it several proposals."), key="calls_too_long"
            )
        return found

    def fill(self, community: Community) -> None:
        """Write into a form that was just opened what there is already."""

    def description_before(self, community: Community) -> str | None:
        """Give the hash of the description that stands when this form's call is made: the last one that is put before it."""
        named = [services.calls.description_in(services.calls.decoded(call), community) for call in self.kept_calls]
        return next((one for one in reversed(named) if one is not None), community.metadata_hash)

    def validate_why(self, field: Any) -> None:
        """Refuse the mark that our own calls add."""
        if RESERVED in f"{self.title.data}{field.data}":
            raise ValidationError(_l("Please leave out “%(mark)s”: it has a meaning for the contract.", mark=RESERVED))

    def words(self) -> str:
        """Give title and reasons as they are proposed."""
        return f"{self.title.data}\n\n{self.why.data}".strip()

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the calls that this form adds."""
        return []


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


class WaiversProposalForm(ProposalForm, WaiversForm):
    """Another part of the commission that is not taken of some sales."""

    def fill(self, community: Community) -> None:
        """Show what is waived now."""
        of_token, of_members = community.waivers_at(chain_now())
        self.token_waiver.data, self.member_waiver.data = str(of_token), str(of_members)

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the change."""
        return [services.calls.set_waivers(community.id, self.token_waiver.count, self.member_waiver.count)]


class AcceptForm(ProposalForm):
    """Taking over the stewardship that was offered to the timelock."""

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the acceptance."""
        return [services.calls.accept_stewardship(community.id)]


class DescribeForm(ProposalForm, DescriptionForm):
    """Another description of the community."""

    def fill(self, community: Community) -> None:
        """Show the description as it would stand before this call."""
        before = self.description_before(community)
        if before == community.metadata_hash:
            document = known_document(community)
        else:
            document = services.contents.look(before).document
        for name, value in {"lang": page_language(), **description_values(document)}.items():
            self[name].data = value

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Keep the description, and give the call that points to it."""
        return [describe(community, self.description(community.name), self.description_before(community), account)]


class ListedForm(ProposalForm):
    """One entry of a list in the description, put in or taken out; all the rest stays as it is."""

    deed = ChoicesField(
        _l("What shall be done"), choices=choices([(ADD, _l("Add")), (REMOVE, _l("Take off the list"))])
    )

    def fill(self, community: Community) -> None:
        """Begin with adding."""
        self.deed.data = ADD

    def relisted(
        self, community: Community, account: str, changed: Callable[[Document], dict[str, Any]]
    ) -> list[ProposedCall]:
        """Keep the description with the entry put in or taken out, and give the call that points to it. Raises: Refused."""
        before = self.description_before(community)
        return [describe(community, changed(written_description(before)), before, account)]

    @property
    def is_added(self) -> bool:
        """Tell whether the entry is to be put in."""
        return bool(self.deed.data == ADD)


class ArbiterForm(ListedForm):
    """An arbiter whom the community proposes to its sellers."""

    arbiter = AddressField(_l("Arbiter"), description=_l("An account, or a court's contract."))
    name = WordsField(
        _l("Name"),
        most=MAX_NAME,
        needed=False,
        description=_l("How the community calls this arbiter. It proves nothing."),
    )

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the change. Raises: Refused."""
        return self.relisted(community, account, self._changed)

    def _changed(self, document: Document) -> dict[str, Any]:
        """Give the description with the arbiter, under the name that was typed, or without."""
        address = str(self.arbiter.address).lower()
        others = [one for one in document.arbiters if one.address != address]
        if not self.is_added and len(others) == len(document.arbiters):
            raise Refused(gettext("This account is not on the list."), key="not_listed", field="arbiter")
        named = [Arbiter(address, self.name.data or "")] if self.is_added else []
        return {**document.fields(), "arbiters": [*others, *named]}


class RecogniseForm(ListedForm):
    """Another community of this market that this one recognises."""

    number = CountField(
        _l("Number of the community"), description=_l("The address of community 5 ends in /c/5."), most=MAX_NUMBER
    )

    def calls(self, community: Community, account: str) -> list[ProposedCall]:
        """Give the change. Raises: Refused."""
        return self.relisted(community, account, self._changed)

    def _changed(self, document: Document) -> dict[str, Any]:
        """Give the description with the number or without."""
        number = self.number.count
        others = [one for one in document.recognised if one != number]
        if not self.is_added and number not in document.recognised:
            raise Refused(gettext("This community is not on the list."), key="not_listed", field="number")
        if self.is_added and queries.community(number) is None:
            raise Refused(
                gettext("There is no community number %(number)s.", number=number), key="unknown", field="number"
            )
        return {**document.fields(), "recognised": [*others, number] if self.is_added else others}


def written_description(content_hash: str | None) -> Document:
    """Give a description to which something is added. Raises: Refused when it is not to be had."""
    document = services.contents.look(content_hash).document
    if document is None:
        text = gettext(
            "The description that stands there now is not kept here, so nothing can be added to it. Bring its file back, or propose a whole description."
        )
        raise Refused(text, key="description_missing")
    return document


def describe(community: Community, fields: dict[str, Any], before: str | None, account: str) -> ProposedCall:
    """Keep a description that takes the place of another, and give the call that points to it. Raises: Refused, StoreDown."""
    document = {**fields, "name": community.name, "replaces": before}
    kept = services.contents.store_description(document, account=account)
    return services.calls.describe(community, services.contents.uri(kept), kept)


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
    "waivers": WaiversProposalForm,
    "describe": DescribeForm,
    "accept": AcceptForm,
    "arbiter": ArbiterForm,
    "recognise": RecogniseForm,
    "call": CallForm,
    REVIEW: ProposalForm,
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
