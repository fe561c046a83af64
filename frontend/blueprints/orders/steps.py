"""The steps of an order: the form of each, and which service builds its intent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from frontend.blueprints.orders.forms import (
    AcceptOfferForm,
    AnswerKeyForm,
    AskKeyForm,
    ClaimBadKeyForm,
    ClaimUnitsForm,
    DeliverFileForm,
    DeliverForm,
    DisputeForm,
    ExtendForm,
    OfferForm,
    PartForm,
    PictureForm,
    RefundForm,
    ReplyForm,
    ReviewForm,
    RuleForm,
    SettleSignedForm,
    SignForm,
    StakeForm,
    StatementForm,
    StepForm,
    TransferForm,
)
from frontend.extensions import queries, services
from frontend.index.views import Order
from frontend.pages.act import account
from frontend.pages.deadlines import extension_room_s
from frontend.pages.desks import forms_of, posted
from frontend.pages.fields import PageForm

FORMS: dict[str, type[PageForm]] = {
    "accept": StepForm,
    "decline": StepForm,
    "cancel": StepForm,
    "deliver": DeliverForm,
    "confirm": StepForm,
    "dispute": DisputeForm,
    "stake": StakeForm,
    "evidence": StatementForm,
    "picture": PictureForm,
    "rule": RuleForm,
    "refund": RefundForm,
    "expire": StepForm,
    "release": PartForm,
    "refund_part": PartForm,
    "extend": ExtendForm,
    "transfer": TransferForm,
    "offer": OfferForm,
    "accept_offer": AcceptOfferForm,
    "withdraw_offer": StepForm,
    "settle_signed": SettleSignedForm,
    "review": ReviewForm,
    "reply": ReplyForm,
    "claim_units": ClaimUnitsForm,
    "deliver_file": DeliverFileForm,
    "claim_bad_key": ClaimBadKeyForm,
    "ask_key": AskKeyForm,
    "answer_key": AnswerKeyForm,
}
SETTLING = ("offer", "accept_offer", "withdraw_offer", "settle_signed")


def step_form(name: str, order: Order) -> Any:
    """Give a step's form as it was just sent, with the bounds that this order sets."""
    return fitted(posted(FORMS[name], name), order)


def sign_form(order: Order) -> Any:
    """Give the form of what is signed for a link, as it was just sent."""
    return fitted(posted(SignForm, "sign"), order)


def step_forms(names: list[str], sent: dict[str, PageForm], order: Order, **values: Any) -> dict[str, PageForm]:
    """Give the forms of a page's steps; hidden fields hold what the page shows."""
    kinds = {name: SignForm if name == "sign" else FORMS[name] for name in names}
    seen = {"expected": str(order.amount_units), "clock": str(order.clock_ts)}
    return {name: fitted(form, order) for name, form in forms_of(kinds, sent, **seen, **values).items()}


def fitted(form: Any, order: Order) -> Any:
    """Set the bounds that an order gives to a form's fields."""
    if "amount" in form:
        form.amount.decimals = queries.currency(order.listing.currency).decimals
        form.amount.most = order.amount_units
    if "more" in form:
        form.more.most = max(form.more.least, extension_room_s(order))
    return form


def prepare(name: str, key: str, form: Any) -> Any:
    """Build a step's intent from its checked form."""
    return PREPARE[name](key, form)


def prepare_delivery(key: str, form: Any, back: str | None = None) -> Any:
    """Build a delivery's intent from its checked form. Args: back is where to go on, None = the order's page."""
    return services.market.prepare_deliver(
        account(), key, form.commitment, form_key=form.form_key.data, sealed=bool(form.sealed.data), back=back
    )


def _plain(name: str) -> Callable[[str, Any], Any]:
    """A step whose service method takes the account and the order's key."""
    return lambda key, form: getattr(services.market, name)(account(), key, form_key=form.form_key.data)


PREPARE: dict[str, Callable[[str, Any], Any]] = {
    "accept": _plain("prepare_accept"),
    "decline": _plain("prepare_decline"),
    "cancel": _plain("prepare_cancel"),
    "confirm": _plain("prepare_confirm"),
    "refund": _plain("prepare_refund"),
    "stake": lambda key, form: services.market.prepare_stake(
        account(), key, form_key=form.form_key.data, from_bond=form.from_bond.data
    ),
    "expire": _plain("prepare_expire"),
    "deliver": prepare_delivery,
    "dispute": lambda key, form: services.market.prepare_dispute(
        account(), key, form.text.data, form_key=form.form_key.data, from_bond=form.from_bond.data
    ),
    "evidence": lambda key, form: services.market.prepare_submit_evidence(
        account(), key, form.text.data, form_key=form.form_key.data
    ),
    "picture": lambda key, form: services.market.prepare_submit_picture(
        account(), key, form.picture_or_none, form_key=form.form_key.data
    ),
    "rule": lambda key, form: services.market.prepare_rule(
        account(), key, form.bps_to_buyer, form_key=form.form_key.data
    ),
    "release": lambda key, form: services.changes.prepare_release(
        account(), key, form.expected.number, form.amount.units, form_key=form.form_key.data
    ),
    "refund_part": lambda key, form: services.changes.prepare_refund_part(
        account(), key, form.expected.number, form.amount.units, form_key=form.form_key.data
    ),
    "extend": lambda key, form: services.changes.prepare_extend(
        account(), key, form.clock.number, form.more.seconds, form_key=form.form_key.data
    ),
    "transfer": lambda key, form: services.changes.prepare_transfer(
        account(), key, form.to.address, form_key=form.form_key.data
    ),
    "offer": lambda key, form: services.settlements.prepare_offer(
        account(), key, form.expected.number, form.amount.units, form_key=form.form_key.data
    ),
    "accept_offer": lambda key, form: services.settlements.prepare_accept_offer(
        account(), key, form.to_holder.number, form_key=form.form_key.data
    ),
    "withdraw_offer": lambda key, form: services.settlements.prepare_withdraw_offer(
        account(), key, form_key=form.form_key.data
    ),
    "review": lambda key, form: services.reviews.prepare_review(
        account(), key, int(form.rating.data), form.text.data or "", form_key=form.form_key.data
    ),
    "reply": lambda key, form: services.reviews.prepare_reply(
        account(), key, form.text.data, form_key=form.form_key.data
    ),
    "claim_units": lambda key, form: services.designs.prepare_claim(
        account(), key, form.receiver.address, form_key=form.form_key.data
    ),
    "settle_signed": lambda key, form: services.settlements.prepare_settle_signed(
        account(), key, form.link.data, form_key=form.form_key.data
    ),
    "deliver_file": lambda key, form: services.file_keys.prepare_deliver_file(
        account(), key, form.wrap, form_key=form.form_key.data
    ),
    "claim_bad_key": lambda key, form: services.file_keys.prepare_claim_bad_key(
        account(), key, form.number, form_key=form.form_key.data, understood=bool(form.understood.data)
    ),
    "ask_key": lambda key, form: services.file_keys.prepare_ask_key(
        account(), key, form.point, form_key=form.form_key.data
    ),
    "answer_key": lambda key, form: services.file_keys.prepare_answer_key(
        account(), key, form.point, form.wrap, form_key=form.form_key.data
    ),
}
