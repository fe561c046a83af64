"""Forms of listings. Every bound is the protocol's own (TermsLib.sol); the contract checks all of it again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, FieldList, Form, FormField, HiddenField
from wtforms.validators import ValidationError

from frontend.blueprints.listings.kinds import GOODS, SERVICE
from frontend.content.documents import MAX_ASK
from frontend.extensions import services
from frontend.index.file_views import SealedFile
from frontend.index.views import Extras, Milestone
from frontend.pages.act import account
from frontend.pages.amounts import say_units
from frontend.pages.fields import (
    LANGUAGES,
    MAX_UINT128,
    AddressField,
    AmountField,
    ChoiceField,
    ChoicesField,
    CountField,
    DurationField,
    HashField,
    LongWordsField,
    PageForm,
    PercentField,
    WordsField,
    choices,
    read_tags,
)
from frontend.pages.pictures import PicturesFields
from frontend.pages.text import DAY_S, HOUR_S
from frontend.services.market import MAX_FILE_BYTES
from frontend.services.quotes import discounted_units
from frontend.services.terms import (
    BLUEPRINT,
    FILE,
    MAX_BPS,
    MAX_MEMBER_DISCOUNT_BPS,
    MOST_MILESTONES,
    ZERO_ADDRESS,
    Conditions,
)

MAX_UINT32 = 2**32 - 1
INSTANT_MOST_S = 48 * HOUR_S
# what age adds to a file: a header with one stanza or a few, a nonce, and 16 bytes to each 64 KiB
MOST_HEADER_BYTES, AGE_NONCE_BYTES, AGE_TAG_BYTES, AGE_CHUNK_BYTES = 64 * 1024, 16, 16, 64 * 1024


class MilestoneForm(Form):
    """One part of a service. A row without a share is no milestone."""

    share = PercentField(_l("Share of the price"), most_bps=MAX_BPS, needed=False)
    deliver_within = DurationField(
        _l("Delivered within"),
        least=HOUR_S,
        most=180 * DAY_S,
        needed=False,
        description=_l("After the one before is paid."),
    )
    inspect_within = DurationField(_l("Inspected within"), least=DAY_S, most=60 * DAY_S, needed=False)

    @property
    def is_used(self) -> bool:
        """Tell whether anything stands in the row."""
        return any((self.share.data, self.deliver_within.data, self.inspect_within.data))


class AdvancedFields:
    """Terms that few listings need; all of them are off by default."""

    bond = PercentField(
        _l("Bond"),
        most_bps=MAX_BPS,
        needed=False,
        description=_l(
            "Of the price. Accepting an order locks it from your free bond; if you then do not deliver in time, the buyer gets it. Empty: none."
        ),
    )
    per_buyer = CountField(
        _l("Most units of one buyer in open orders"),
        most=MAX_UINT32,
        needed=False,
        description=_l(
            "Empty: any number. One person can have several accounts, so this keeps nobody determined away."
        ),
    )
    referral = PercentField(
        _l("A referrer gets"),
        most_bps=MAX_BPS,
        needed=False,
        description=_l(
            "Of the price, out of your part, for whoever the buyer names, even the buyer. It counts within your highest commission. Empty: nothing."
        ),
    )
    split = ChoiceField(
        _l("Your part goes to"),
        default="",
        description=_l("A split divides it among several payees. Its version as it is now is frozen in the terms."),
    )
    buyer_level = ChoiceField(
        _l("Who may buy"),
        choices=choices([("", _l("everybody"))]),
        default="",
        description=_l("Whoever holds the order counts, so that a gift to a member can be bought by anybody."),
    )
    member_discount = PercentField(
        _l("Members pay less, by"),
        most_bps=MAX_MEMBER_DISCOUNT_BPS,
        needed=False,
        description=_l("Of the price of one; what they pay is rounded up. Empty: the same price for everybody."),
    )
    member_level = ChoiceField(_l("Who pays less"), choices=choices([("", _l("nobody"))]), default="")
    final_offer = BooleanField(
        _l("The arbiter picks one of the two last offers"),
        description=_l(
            "Each side's last settlement offer is frozen at the dispute; the ruling takes the nearer one. It makes both sides reasonable."
        ),
    )
    milestones = FieldList(
        FormField(MilestoneForm), _l("Milestones"), min_entries=MOST_MILESTONES, max_entries=MOST_MILESTONES
    )


class ListingForm(AdvancedFields, PicturesFields, PageForm):
    """New terms of a sale. They never change; another price is another listing."""

    commission_bps = 0  # platform and community as they are now; the page sets it
    tag_list: Sequence[str] = ()  # once they were checked

    title = WordsField(_l("Title"), most=120)
    text = LongWordsField(
        _l("What exactly does the buyer get?"),
        most=10_000,
        render_kw={"rows": 7},
        description=_l("An arbiter will measure a dispute by this text. Size, state, what is included, what is not."),
    )
    ask: Any = LongWordsField(
        _l("Made to order: what must the buyer tell you?"),
        most=MAX_ASK,
        needed=False,
        render_kw={"rows": 3},
        description=_l(
            "Size, colour, text, deadline. Whoever buys must answer this in a note that only you can read; its hash stands in the order. Empty: a note is optional."
        ),
    )
    lang = ChoiceField(_l("Language of these texts"), choices=LANGUAGES)
    tags = WordsField(
        _l("Words to be found by"), most=200, needed=False, description=_l("Up to 8, separated by commas.")
    )
    kind: Any = ChoicesField(
        _l("Kind"),
        choices=choices(
            [
                (GOODS, _l("Goods: something is shipped")),
                (SERVICE, _l("Service: work for the buyer")),
                (BLUEPRINT, _l("Blueprint: the right to make pieces of your design")),
            ]
        ),
        default=GOODS,
    )
    instant = BooleanField(
        _l("Instant: no acceptance by me"),
        description=_l("Paying starts your time to deliver, 48 hours at most. The buyer cannot cancel."),
    )

    currency = ChoiceField(_l("Currency"))
    other_currency = AddressField(
        _l("Address of the token"),
        needed=False,
        description=_l(
            "Only for another ERC-20. Buyers see a warning: nobody here knows that token, and one that taxes transfers is refused."
        ),
    )
    price = AmountField(_l("Price of one"), most=MAX_UINT128)
    quantity = CountField(_l("How many"), most=MAX_UINT32, default="1", description=_l("You can change this later."))

    accept_for = DurationField(
        _l("You accept within"),
        least=HOUR_S,
        most=30 * DAY_S,
        needed=False,
        default="2",
        description=_l("1 hour to 30 days."),
    )
    deliver_for = DurationField(
        _l("You deliver within"),
        least=HOUR_S,
        most=180 * DAY_S,
        default="7",
        description=_l("1 hour to 180 days after accepting; 48 hours at most if instant."),
    )
    transit_for: Any = DurationField(
        _l("On the way for"),
        least=0,
        most=90 * DAY_S,
        needed=False,
        default="7",
        description=_l("Goods only, up to 90 days."),
    )
    inspect_for = DurationField(
        _l("The buyer inspects within"),
        least=DAY_S,
        most=60 * DAY_S,
        default="3",
        description=_l("1 to 60 days."),
    )
    sell_for = DurationField(
        _l("The offer ends after"),
        least=HOUR_S,
        most=3_650 * DAY_S,
        needed=False,
        description=_l("May stay empty."),
    )

    arbiter = AddressField(
        _l("Arbiter"),
        description=_l(
            "Decides if the buyer disputes. Neither you nor the buyer; buyers see who it is before they pay."
        ),
    )
    backup_arbiter = AddressField(
        _l("Backup arbiter"), needed=False, description=_l("Decides if the arbiter stays silent.")
    )
    arbiter_fee = AmountField(
        _l("Arbiter's fee"),
        most=MAX_UINT128,
        zero=True,
        default="0",
        description=_l(
            "In the currency of the sale. Each side stakes it in a dispute; whoever loses pays. At most the price of one; 0: free arbitration."
        ),
    )
    rule_for = DurationField(
        _l("The arbiter rules within"),
        least=3 * DAY_S,
        most=60 * DAY_S,
        default="7",
        description=_l("3 to 60 days."),
    )

    make_fee: Any = AmountField(
        _l("Fee for each make"),
        most=MAX_UINT128,
        zero=True,
        needed=False,
        description=_l(
            "In the currency of the sale. Whoever makes a piece burns a unit and pays this. It never changes. Empty: making costs nothing but the unit."
        ),
    )
    make_payee: Any = AddressField(
        _l("The fee goes to"), needed=False, description=_l("Empty: to you, or to the split that you choose below.")
    )
    make_salt: Any = HashField(_l("Make conditions"))

    max_fee = PercentField(
        _l("Highest commission you accept"),
        most_bps=10_000,
        description=_l("Platform and community together. If they rise above it, the listing cannot be bought."),
    )
    only_buyer = AddressField(_l("For one buyer only"), needed=False, description=_l("Empty: anyone may buy."))

    def validate_tags(self, field: Any) -> None:
        self.tag_list = read_tags(field.data or "")

    def validate_ask(self, field: Any) -> None:
        if not field.data:
            return
        if services.notes.key_of(account()) is None:
            raise ValidationError(
                _l(
                    "Publish a key for private notes first: without it nobody could answer you, and so nobody could buy."
                )
            )
        if self.instant.data:
            raise ValidationError(_l("What is made to order cannot be instant: you decide whether you can make it."))

    def validate_accept_for(self, field: Any) -> None:
        if not self.instant.data and not field.data:
            raise ValidationError(_l("Please fill this in, or make the listing instant."))

    def validate_deliver_for(self, field: Any) -> None:
        if self.instant.data and field.seconds is not None and field.seconds > INSTANT_MOST_S:
            raise ValidationError(_l("48 hours at most for an instant listing."))

    def validate_backup_arbiter(self, field: Any) -> None:
        if field.address and field.address == self.arbiter.address:
            raise ValidationError(_l("The backup must be somebody else than the arbiter."))

    def validate_arbiter_fee(self, field: Any) -> None:
        if field.units is None or self.price.units is None:
            return
        if field.units > self.price.units:
            raise ValidationError(_l("Not more than the price of one: nobody would dispute."))
        if field.units > discounted_units(self.price.units, self.member_discount.bps):
            raise ValidationError(_l("Not more than what a member pays for one: no member would dispute."))

    def validate_member_discount(self, field: Any) -> None:
        if self.member_level.data and not field.bps and not field.errors:
            raise ValidationError(_l("Say how much less they pay, or choose nobody below."))

    def validate_member_level(self, field: Any) -> None:
        if self.member_discount.bps and not field.data:
            raise ValidationError(_l("Choose who pays less, or empty the discount."))

    def validate_bond(self, field: Any) -> None:
        if self.instant.data and field.bps:
            raise ValidationError(_l("An instant listing carries no bond: nothing is accepted."))

    def validate_make_salt(self, field: Any) -> None:
        if self.kind_name == BLUEPRINT and not field.data:
            raise ValidationError(_l("The form is incomplete. Please reload the page."))

    def validate_max_fee(self, field: Any) -> None:
        needed = self.commission_bps + self.referral.bps
        if self.referral.bps and field.bps < needed:
            raise ValidationError(
                _l(
                    "With the commission as it is now and the referrer's part, at least %(needed)s %% is needed here.",
                    needed=say_units(needed, 2),
                )
            )

    def validate_milestones(self, field: Any) -> None:
        rows = self.milestone_rows
        if not rows:
            return
        if self.kind_name != SERVICE or self.instant.data:
            raise ValidationError(
                _l("Milestones are for services that you accept first. Empty the rows, or choose that.")
            )
        incomplete = [row for row in rows if not _is_whole(row.form, is_first=row is rows[0])]
        if incomplete:
            raise ValidationError(_l("A milestone is incomplete."))
        total = sum(row.form.share.bps for row in rows)
        if total != MAX_BPS:
            raise ValidationError(
                _l("The shares make %(total)s %% together; it must be 100 %%.", total=say_units(total, 2))
            )

    @property
    def kind_name(self) -> str:
        """What is sold."""
        return str(self.kind.data)

    @property
    def split_and_version(self) -> tuple[int, int]:
        """Give the chosen split and its version; zeros for the seller alone."""
        split_id, _, version = (self.split.data or "0.0").partition(".")
        return int(split_id), int(version)

    @property
    def levels(self) -> tuple[int, int]:
        """Give the level that a buyer needs, and the one from which members pay less; 0 where none was chosen."""
        return int(self.buyer_level.data or 0), int(self.member_level.data or 0)

    @property
    def milestone_rows(self) -> list[Any]:
        """Rows in which something stands, in their order."""
        return [row for row in self.milestones if row.form.is_used]

    def extras(self) -> Extras | None:
        """Give the optional terms, None where nothing was asked for. The first milestone keeps the listing's own times."""
        rows = [row.form for row in self.milestone_rows]
        parts = tuple(
            Milestone(
                row.share.bps,
                (self.deliver_for.seconds if first else row.deliver_within.seconds) or 0,
                (self.inspect_for.seconds if first else row.inspect_within.seconds) or 0,
            )
            for first, row in zip([True, *[False] * len(rows)], rows, strict=False)
        )
        found = Extras(parts, bool(self.final_offer.data))
        return found if found.milestones or found.final_offer else None

    def make(self, seller: str, currency: str) -> Conditions | None:
        """Give what each make of a blueprint costs and who gets it; None for anything else."""
        if self.kind_name != BLUEPRINT:
            return None
        salt, fee_units = str(self.make_salt.data), self.make_fee.units or 0
        if not fee_units:
            return Conditions(salt)
        split_id, version = (0, 0) if self.make_payee.address else self.split_and_version
        payee = ZERO_ADDRESS if split_id else (self.make_payee.address or seller)
        return Conditions(salt, currency, fee_units, payee, split_id, version)

    def times(self) -> dict[str, int]:
        """Give the times in seconds as terms want them: what does not apply is 0."""
        instant, goods = bool(self.instant.data), self.kind_name == GOODS
        return {
            "accept_for_s": 0 if instant else self.accept_for.seconds or 0,
            "deliver_for_s": self.deliver_for.seconds or 0,
            "transit_for_s": (self.transit_for.seconds or 0) if goods else 0,
            "inspect_for_s": self.inspect_for.seconds or 0,
            "rule_for_s": self.rule_for.seconds or 0,
        }

    def description(self) -> dict[str, Any]:
        """Give the description as it is stored and hashed."""
        return {
            "title": self.title.data,
            "text": self.text.data,
            "lang": self.lang.data,
            "pictures": self.gallery,
            "kind": self.kind_name,
            "tags": self.tag_list,
            "ask": self.ask.data if self.ask is not None else "",
        }


class FileListingForm(ListingForm):
    """New terms of a sealed file's sale: what the browser has sealed and sent comes along as hashes."""

    kind = None
    ask = None
    transit_for = None
    make_fee = None
    make_payee = None
    make_salt = None
    final_offer = None
    milestones = None

    text = LongWordsField(
        _l("What exactly does the buyer get?"),
        most=10_000,
        render_kw={"rows": 7},
        description=_l(
            "An arbiter will measure a dispute by this text. What the file is, its format, with what program it opens, what the buyer may do with it."
        ),
    )
    instant = BooleanField(
        _l("Instant: no acceptance by me"),
        default=True,
        description=_l("Paying starts your time to deliver, 48 hours at most. The buyer cannot cancel."),
    )
    quantity = CountField(
        _l("How many"),
        most=MAX_UINT32,
        default="1000000",
        description=_l("A file does not run out; a large number is usual."),
    )
    deliver_for = DurationField(
        _l("You deliver the key within"),
        least=HOUR_S,
        most=180 * DAY_S,
        default="48",
        unit="hours",
        description=_l("1 to 48 hours after the payment if instant."),
    )
    key_hash = HashField(_l("Sealed file"))
    ciphertext_hash = HashField(_l("Sealed file"))
    plaintext_hash = HashField(_l("Sealed file"))
    salt = HashField(_l("Sealed file"))
    size = HiddenField(_l("Sealed file"))

    def validate_ciphertext_hash(self, field: Any) -> None:
        words = (self.key_hash, self.ciphertext_hash, self.plaintext_hash, self.salt)
        if not all(word.data for word in words):
            raise ValidationError(_l("Choose the file first, and have it sealed and sent."))
        if not services.files.is_whole(field.data):
            raise ValidationError(
                _l("The sealed file is not here, or not all of it. Please have it sealed and sent again.")
            )
        _check_number(self.size.data or "", MAX_FILE_BYTES)
        if not _may_hold(services.files.size_of(field.data) or 0, int(self.size.data)):
            raise ValidationError(
                _l(
                    "The sealed file that is here does not hold a file of this size. Please have it sealed and sent again."
                )
            )

    @property
    def kind_name(self) -> str:
        """What is sold."""
        return FILE

    @property
    def milestone_rows(self) -> list[Any]:
        """A file has no milestones."""
        return []

    def extras(self) -> Extras | None:
        """A file has neither milestones nor last offers."""
        return None

    def make(self, seller: str, currency: str) -> Conditions | None:
        """Nobody makes pieces of a file."""
        return None

    def file(self) -> SealedFile:
        """Give what a checked form commits to."""
        return SealedFile(
            str(self.key_hash.data),
            str(self.ciphertext_hash.data),
            str(self.plaintext_hash.data),
            int(self.size.data or 0),
        )


def _may_hold(sealed_bytes: int, size_bytes: int) -> bool:
    """Tell whether an age file of one size can hold a file of another."""
    chunks = -(-size_bytes // AGE_CHUNK_BYTES)
    header = sealed_bytes - size_bytes - AGE_NONCE_BYTES - chunks * AGE_TAG_BYTES
    return size_bytes > 0 and 0 < header <= MOST_HEADER_BYTES


def _is_whole(row: Any, is_first: bool) -> bool:
    """Tell whether a milestone lacks nothing, and note beside each field that it is missing."""
    missing = [] if row.share.bps else [row.share]
    if not is_first:
        missing += [field for field in (row.deliver_within, row.inspect_within) if field.seconds is None]
    for field in missing:
        field.errors = [*field.errors] or [_l("Please fill this in.")]
    return not missing


class QuantityForm(PageForm):
    """How many may be sold in all; `expected` is what the seller saw."""

    expected = CountField(_l("Limit as shown"), least=0, most=MAX_UINT32)
    quantity = CountField(
        _l("How many in all"), least=0, most=MAX_UINT32, description=_l("Those sold before included.")
    )


class PauseForm(PageForm):
    """Stop or resume new orders."""


class BuyForm(PageForm):
    """A purchase, with the bounds that the buyer saw."""

    quantity = CountField(_l("How many"), most=MAX_UINT32, default="1")
    recipient = ChoicesField(
        _l("Who receives it"),
        choices=choices([("me", _l("I do, with this account")), ("other", _l("Another account"))]),
        default="me",
    )
    holder = AddressField(
        _l("Address of the other account"),
        needed=False,
        description=_l(
            "It will hold the order: confirm, dispute, and receive refunds. Your payment links the two addresses for everyone to see, for ever."
        ),
    )
    price_shown = HiddenField()
    referrer = AddressField(
        _l("Who sent you here"),
        needed=False,
        description=_l(
            "Gets a part out of the seller's part; you pay the same. Everyone can see the name. Empty: nobody."
        ),
    )
    sealed = HashField(_l("Private note to the seller"))
    fee_shown = HiddenField()
    purchase_salt = HashField(_l("Secret for the file's key"))
    key_x = HashField(_l("Secret for the file's key"))
    key_y = HashField(_l("Secret for the file's key"))

    def validate_holder(self, field: Any) -> None:
        if self.recipient.data == "other" and not field.data:
            raise ValidationError(_l("Please fill this in, or choose yourself."))

    def validate_fee_shown(self, field: Any) -> None:
        _check_number(field.data or "", MAX_BPS)

    def validate_price_shown(self, field: Any) -> None:
        if field.data:
            _check_number(field.data, MAX_UINT128)

    @property
    def point(self) -> tuple[str, str] | None:
        """To what a file's key is to be wrapped; None when the browser has made nothing."""
        return (str(self.key_x.data), str(self.key_y.data)) if self.key_x.data and self.key_y.data else None

    @property
    def max_fee_bps(self) -> int:
        """The commission that the buyer saw; a higher one is refused by the contract."""
        return int(self.fee_shown.data)

    def max_total_units(self, listing: Any) -> int:
        """Give the bound: the price of one that the buyer saw, else that of everybody, times the quantity."""
        return int(self.price_shown.data or listing.unit_price_units) * self.quantity.count


def _check_number(text: str, most: int) -> None:
    """Refuse a hidden field that does not hold what the page put into it. Raises: ValidationError."""
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(most)) and int(text) <= most):
        raise ValidationError(_l("The form is incomplete. Please reload the page."))
