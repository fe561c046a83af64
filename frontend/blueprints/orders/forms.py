"""Forms of an order: one small form per step."""

from __future__ import annotations

from typing import Any

from eth_utils.crypto import keccak
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField
from wtforms.validators import ValidationError

from frontend.index.file_views import Wrap
from frontend.pages.amounts import BadAmount, parse_bps
from frontend.pages.fields import (
    AddressField,
    AmountField,
    ChoicesField,
    DurationField,
    HashField,
    LongWordsField,
    PageForm,
    PercentField,
    SeenField,
    choices,
)
from frontend.pages.pictures import PictureFields
from frontend.pages.text import DAY_S, HOUR_S

NO_HASH = "0x" + "0" * 64


class StepForm(PageForm):
    """A step that needs nothing but the wallet."""


class DeliverForm(PageForm):
    """Delivered, with an optional note whose hash is kept."""

    note = LongWordsField(
        _l("A note to prove later what you sent"),
        most=2_000,
        needed=False,
        render_kw={"rows": 3},
        description=_l(
            "A tracking number, a link, a checksum. Only its hash is recorded: keep the exact words and send them to the buyer yourself."
        ),
    )

    sealed = HashField(_l("Private note to the buyer"))

    def validate_sealed(self, field: Any) -> None:
        if field.data and self.note.data:
            raise ValidationError(_l("Only one of the two notes can be recorded. Please empty the other."))

    @property
    def commitment(self) -> str:
        """Hash of the sealed or the plain note, zeros without one."""
        if self.sealed.data:
            return str(self.sealed.data)
        return "0x" + keccak(text=self.note.data).hex() if self.note.data else NO_HASH


class WrapFields:
    """A file's key, wrapped by the seller's browser."""

    point_x = HashField(_l("Wrapped key"))
    point_y = HashField(_l("Wrapped key"))
    masked = HashField(_l("Wrapped key"))

    def validate_masked(self, field: Any) -> None:
        if not all(word.data for word in (self.point_x, self.point_y, field)):
            raise ValidationError(
                _l("Your browser has not wrapped the key. Please allow scripts, and reload the page.")
            )

    @property
    def wrap(self) -> Wrap:
        """The wrapped key."""
        return Wrap(str(self.point_x.data), str(self.point_y.data), str(self.masked.data))


class PointFields:
    """A point to which a key is to be wrapped."""

    key_x = HashField(_l("Secret for the file's key"))
    key_y = HashField(_l("Secret for the file's key"))

    def validate_key_y(self, field: Any) -> None:
        if not self.key_x.data or not field.data:
            raise ValidationError(
                _l(
                    "Your browser has not made the secret for the file's key. Please allow scripts, and reload the page."
                )
            )

    @property
    def point(self) -> tuple[str, str]:
        """Its two coordinates."""
        return str(self.key_x.data), str(self.key_y.data)


class DeliverFileForm(WrapFields, PageForm):
    """A file's key for the point in its purchase."""


class AskKeyForm(PointFields, PageForm):
    """A new point, for a key whose secret was lost."""


class AnswerKeyForm(PointFields, WrapFields, PageForm):
    """The key once more, for the point that was asked with."""


class SecretField(HashField):
    """An order's secret; no page is ever drawn with it."""

    def _value(self) -> str:
        return ""


class ClaimBadKeyForm(PageForm):
    """The proof that a wrong key was delivered: what the buyer's browser would have opened the right one with."""

    secret = SecretField(_l("The order's secret"))
    understood = BooleanField(
        _l("I understand: with this claim the order's secret becomes public, and with it the key that was delivered.")
    )

    @property
    def number(self) -> int:
        """The secret; 0 when there is none."""
        return int(self.secret.data or "0x0", 16)


class StatementForm(PageForm):
    """Words for the arbiter."""

    text = LongWordsField(
        _l("What happened?"),
        most=10_000,
        render_kw={"rows": 5},
        description=_l("Everyone can read this, for ever. Leave out names, homes and telephone numbers."),
    )


class ReviewForm(PageForm):
    """What one side thinks of the other."""

    rating = ChoicesField(
        _l("Your rating"),
        choices=choices(
            [("5", _l("5, very good")), ("4", _l("4, good")), ("3", "3"), ("2", _l("2, bad")), ("1", _l("1, very bad"))]
        ),
    )
    text = LongWordsField(
        _l("In your words"),
        most=5_000,
        needed=False,
        render_kw={"rows": 4},
        description=_l("Everyone can read this, for ever. Leave out names, homes and telephone numbers."),
    )


class ClaimUnitsForm(PageForm):
    """Where the units of a blueprint's order go."""

    receiver = AddressField(
        _l("The units go to"), description=_l("The order's holder. He himself may name another address.")
    )


class ReplyForm(PageForm):
    """The answer to a review."""

    text = LongWordsField(
        _l("Your reply"),
        most=5_000,
        render_kw={"rows": 4},
        description=_l("Everyone can read this, for ever. Leave out names, homes and telephone numbers."),
    )


class StakeForm(PageForm):
    """Where a stake comes from."""

    from_bond = BooleanField(_l("Take the stake out of my free bond."))


class DisputeForm(StakeForm, StatementForm):
    """Words for the arbiter, and a stake."""


class PictureForm(PictureFields, PageForm):
    """A picture for the arbiter."""

    def validate_picture(self, field: Any) -> None:
        super().validate_picture(field)
        if self.picture_or_none is None:
            raise ValidationError(_l("Please choose a picture."))


class RefundForm(PageForm):
    """All the money back to the buyer."""

    sure = BooleanField(_l("Give all the money back to the buyer."))

    def validate_sure(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please tick this to go on."))


class RuleForm(PageForm):
    """A ruling: the buyer's part in percent."""

    share = PercentField(
        _l("To the buyer"),
        most_bps=10_000,
        default="50",
        description=_l("0 to 100 %. The rest goes to the seller, less the commissions on it."),
    )

    def validate_share(self, field: Any) -> None:
        try:
            self.bps_to_buyer = parse_bps(field.data or "", 10_000)
        except BadAmount:
            return  # the field has said so already


class PartForm(PageForm):
    """A part of what is in escrow, in the order's currency."""

    amount = AmountField(_l("Amount"))
    expected = SeenField()


class ExtendForm(PageForm):
    """More time for the other side."""

    more = DurationField(_l("More time"), least=HOUR_S, most=180 * DAY_S)
    clock = SeenField()


class TransferForm(PageForm):
    """The order to another account."""

    to = AddressField(_l("New holder"))
    sure = BooleanField(_l("I know that everyone can see for ever that these two accounts are linked by this order."))

    def validate_sure(self, field: Any) -> None:
        if not field.data:
            raise ValidationError(_l("Please tick this to go on."))


class OfferForm(PageForm):
    """An offer to end the order, made on the chain."""

    amount = AmountField(
        _l("To the buyer"),
        zero=True,
        description=_l("The rest of what is in escrow goes to the seller, less commissions."),
    )
    expected = SeenField()


class AcceptOfferForm(PageForm):
    """The other side's offer, as the page showed it."""

    to_holder = SeenField()


class SignForm(PageForm):
    """An offer to be signed in the wallet, for a link."""

    amount = AmountField(
        _l("To the buyer"),
        zero=True,
        description=_l("The rest of what is in escrow goes to the seller, less commissions."),
    )
    valid = DurationField(_l("You stand by it for"), least=HOUR_S, most=30 * DAY_S, default="3")


class SettleSignedForm(PageForm):
    """The link that the other side gave."""

    link = LongWordsField(_l("The link you were given"), most=4_500, render_kw={"rows": 3, "class": "mono"})
