"""Splits: the account's own, one as it stands, a new one, and what is done with one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext

from frontend.auth import current_account, sign_in_required
from frontend.blueprints.intents.routes import chain_values
from frontend.blueprints.intents.texts import wallet_texts
from frontend.blueprints.splits.forms import ChangeForm, ClaimForm, LinkForm, MoveForm, SendForm, SplitForm, SweepForm
from frontend.errors import NodeDown, NodeError, Refused
from frontend.extensions import queries, services
from frontend.formatters import day_text
from frontend.index.split_views import SplitDue, SplitPayee
from frontend.pages.act import Answer, account, act, chain_now, said_again, with_key
from frontend.pages.amounts import say_units
from frontend.pages.credits import owed_to
from frontend.pages.currencies import OTHER, currencies_of, offered
from frontend.pages.desks import fresh, posted
from frontend.pages.fields import ADDRESS, PageForm, choices
from frontend.pages.numbers import page_number
from frontend.pages.splits import (
    VERSIONS_PER_PAGE,
    VersionState,
    proposals_of,
    split_states,
    split_values,
    version_states,
)
from frontend.pages.text import DAY_S
from frontend.services.reverts import Reverted
from frontend.services.split_changes import bad_link_text, link_of, void_change_text
from frontend.services.splits import account_of_version

blueprint = Blueprint("splits", __name__, url_prefix="/splits")
SWEEP = "sweep"
MOST_CURRENCIES = 12
NEWEST_STEPS = 8


@blueprint.get("")
@sign_in_required
def index() -> str:
    """Show the splits of which the account is a payee or the maker."""
    who = account().lower()
    page = queries.splits_known_to(who, page=page_number(request.args), per_page=12)
    states = split_states(who, page.items)
    used = [currency for state in states for currency in state.currencies]
    return render_template("splits/index.html", page=page, states=states, currencies=currencies_of(used))


@blueprint.route("/new", methods=["GET", "POST"])
@sign_in_required
def new() -> Answer:
    """Make a split."""
    form: SplitForm = with_key(SplitForm())

    def page() -> str:
        return render_template("splits/new.html", form=form)

    if request.method == "GET":
        form.payees[0].form.payee.data = account()
        return page()
    return act(
        form,
        page,
        lambda: services.splits.prepare_create(account(), form.parts(), form_key=form.form_key.data or ""),
    )


@blueprint.get("/<int:split_id>")
def show(split_id: int) -> str:
    """Show a split: the current version, then the older ones."""
    return split_page(split_id)


def split_page(split_id: int, **sent: PageForm) -> str:
    """Draw a split's page, with the form that was refused as it was typed."""
    split = _split_or_404(split_id)
    who = (current_account() or "").lower()
    page = queries.split_versions(split_id, page=page_number(request.args), per_page=VERSIONS_PER_PAGE)
    states = version_states(split_id, [version.version for version in page.items])
    makes = {
        state.version.version: owed_to(account_of_version(split_id, state.version.version))["Blueprints"]
        for state in states
    }
    used = [currency for state in states for currency in state.currencies]
    used += [credit.currency for credits in makes.values() for credit in credits]
    seats = _seats(states, who)
    steps = queries.split_steps(split_id, per_page=NEWEST_STEPS)
    now_ts = chain_now()
    return render_template(
        "splits/show.html",
        split=split,
        page=page,
        states=states,
        makes=makes,
        currencies=currencies_of([*used, *_currencies_of_steps(steps)]),
        me=who,
        steps=steps,
        proposals=proposals_of(split, _payees(split_id, split.version), now_ts),
        claims=_claims(states, who, sent),
        moves={seat: sent.get(f"m{seat}") or fresh(MoveForm, f"m{seat}") for seat in seats},
        form_of_all=fresh(PageForm, "c"),
        form_of_others=lambda payee: fresh(SendForm, "s", payee=payee),
        refused=sent,
        now_ts=now_ts,
    )


def _payees(split_id: int, version: int) -> list[SplitPayee]:
    found = queries.split_version(split_id, version)
    return found.payees if found else []


def _currencies_of_steps(steps: Any) -> list[str]:
    return [str(step.data["currency"]) for step in steps.items if "currency" in step.data]


@blueprint.get("/<int:split_id>/history")
def history(split_id: int) -> str:
    """Show all that happened to a split."""
    split = _split_or_404(split_id)
    page = queries.split_steps(split_id, page=page_number(request.args))
    used = currencies_of(_currencies_of_steps(page))
    return render_template("splits/history.html", split=split, page=page, currencies=used)


@blueprint.route("/<int:split_id>/change", methods=["GET", "POST"])
@sign_in_required
def change(split_id: int) -> Answer:
    """Draw up a change of a split; its page, which a link leads to, then takes signatures."""
    split, now_ts = _split_or_404(split_id), chain_now()
    payees = _payees(split_id, split.version)
    form: ChangeForm = with_key(ChangeForm())

    def page() -> str:
        accounts = {str(payee.seat): payee.account for payee in payees}
        return render_template("splits/change.html", split=split, form=form, accounts=accounts)

    if request.method == "GET":
        form.version.data = str(split.version)
        for payee in payees:
            is_locked = payee.is_locked_at(now_ts)
            form.seats.append_entry(
                {
                    "seat": str(payee.seat),
                    "share": say_units(payee.bps, 2),
                    "locked": day_text(payee.locked_until_ts // DAY_S) if is_locked else "",
                }
            )
        return page()
    if not form.validate():
        return page(), 422
    if form.version.number != split.version:
        form.refuse(gettext("The split has changed since you opened the page. Please look again."))
        return page(), 422
    wanted = form.change(split, payees, now_ts)
    try:
        services.split_changes.ask_seats(split_id, wanted)
    except (Refused, NodeDown) as problem:
        return said_again(form, page, problem)
    return redirect(f"{url_for('splits.agree', split_id=split_id)}#{link_of(wanted)}", 303)


@blueprint.get("/<int:split_id>/agree")
def agree(split_id: int) -> str:
    """Show the change that stands behind the `#` of the address, for its payees to sign or to make."""
    return agree_page(split_id)


def agree_page(split_id: int, **sent: PageForm) -> str:
    """Draw a change's page, with the form that was refused as it was typed."""
    split = _split_or_404(split_id)
    payees = _payees(split_id, split.version)
    return render_template(
        "splits/agree.html",
        split=split,
        forms={name: sent.get(name) or fresh(LinkForm, name) for name in AGREEING},
        values=split_values(split, payees, (current_account() or "").lower(), chain_now()),
        is_payee=any(payee.account == (current_account() or "").lower() for payee in payees),
        texts={**wallet_texts(), **agree_texts()},
        chain_values=chain_values(),
    )


def agree_texts() -> dict[str, str]:
    """Give what the page of a change may say by its script."""
    return {
        "asking_change": gettext("Your wallet shows the change to sign. It costs nothing. Please look there."),
        "change_expired": gettext("The time for this change is over. Agree on it anew."),
        "change_void": void_change_text(),
        "change_locked": gettext(
            "This change lowers or frees a locked share. It cannot be made before the lock is over."
        ),
        "link_bad": bad_link_text(),
        "shares_mismatch": gettext(
            "STOP. Your wallet's own node says otherwise than this page who has which share now. Nothing was signed. "
            "Reload the page; if it stays so, tell the operator."
        ),
        "joined": gettext("Added. The link above now holds these signatures too."),
        "other_change": gettext("This link is about another change. Nothing was added."),
        "new_payee": gettext("new"),
        "leaves": gettext("leaves"),
        "not_locked": gettext("not locked"),
        "not_needed": gettext("not needed"),
        "awaited": gettext("awaited"),
        "signed": gettext("signed"),
        "approved": gettext("agreed on the chain"),
        "you": gettext("you"),
    }


AGREEING: dict[str, Callable[[str, int, str, str], Any]] = {
    "propose": lambda who, split_id, link, key: services.split_changes.prepare_propose(who, split_id, link, key),
    "approve": lambda who, split_id, link, key: services.split_changes.prepare_approve(who, split_id, link, True, key),
    "disapprove": lambda who, split_id, link, key: services.split_changes.prepare_approve(
        who, split_id, link, False, key
    ),
    "apply": lambda who, split_id, link, key: services.split_changes.prepare_change(who, split_id, link, key),
}


@blueprint.post("/<int:split_id>/<step>")
@sign_in_required
def take(split_id: int, step: str) -> Answer:
    """Propose a change, agree to it on the chain or take that back, or make it."""
    if step not in AGREEING:
        abort(404)
    _split_or_404(split_id)
    form: LinkForm = posted(LinkForm, step)
    return act(
        form,
        lambda: agree_page(split_id, **{step: form}),
        lambda: AGREEING[step](account(), split_id, form.link.data or "", form.form_key.data or ""),
    )


def _seats(states: list[VersionState], who: str) -> list[int]:
    return sorted({payee.seat for state in states for payee in state.version.payees if payee.account == who})


def _claims(states: list[VersionState], who: str, sent: dict[str, PageForm]) -> dict[tuple[int, int, str], Any]:
    """Give a form for each thing that the account can claim, by version, place and currency."""
    found = {}
    for state in states:
        for due in state.dues_of(who):
            name = claim_name(due.version, due.place, due.currency)
            form = sent.get(name) or fresh(ClaimForm, name, to=account())
            found[(due.version, due.place, due.currency)] = form
    return found


def claim_name(version: int, place: int, currency: str) -> str:
    """Name a claim's form: its fields must not meet another's."""
    return f"c{version}x{place}x{currency[2:12]}".lower()


@blueprint.post("/<int:split_id>/<int:version>/<currency>/collect")
@sign_in_required
def collect(split_id: int, version: int, currency: str) -> Answer:
    """Take the Market's credit of a version into its books. Anyone may."""
    return _collect("Market", split_id, version, currency)


@blueprint.post("/<int:split_id>/<int:version>/<currency>/collect_makes")
@sign_in_required
def collect_makes(split_id: int, version: int, currency: str) -> Answer:
    """Take what makes of designs brought a version into its books. Anyone may."""
    return _collect("Blueprints", split_id, version, currency)


def _collect(ledger: str, split_id: int, version: int, currency: str) -> Answer:
    _split_or_404(split_id)
    currency = _currency_or_404(currency)
    if queries.split_version(split_id, version) is None:
        abort(404)
    owed = {credit.currency: credit.amount_units for credit in owed_to(account_of_version(split_id, version))[ledger]}
    form: PageForm = posted(PageForm, "c")
    return act(
        form,
        lambda: split_page(split_id, collect=form),
        lambda: services.splits.prepare_collect(
            account(),
            split_id,
            version,
            currency,
            owed.get(currency, 0),
            form_key=form.form_key.data or "",
            ledger=ledger,
        ),
    )


@blueprint.post("/<int:split_id>/<int:version>/<int:place>/<currency>/claim")
@sign_in_required
def claim(split_id: int, version: int, place: int, currency: str) -> Answer:
    """Take out all that is due to the account at a place of a version."""
    due = _due_or_404(split_id, version, place, currency)
    if due.account != account().lower():
        abort(404)
    name = claim_name(version, place, due.currency)
    form: ClaimForm = posted(ClaimForm, name)
    return act(
        form,
        lambda: split_page(split_id, **{name: form}),
        lambda: services.splits.prepare_claim(
            account(), split_id, version, place, due.currency, form.to.address or "", due.claimable_units,
            form_key=form.form_key.data or "",
        ),
    )  # fmt: skip


@blueprint.post("/<int:split_id>/<int:version>/<int:place>/<currency>/send")
@sign_in_required
def send(split_id: int, version: int, place: int, currency: str) -> Answer:
    """Send a payee all that is due to it. Anyone may; it goes to the payee and to nobody else."""
    due = _due_or_404(split_id, version, place, currency)
    form: SendForm = posted(SendForm, "s")
    return act(
        form,
        lambda: split_page(split_id, send=form),
        lambda: services.splits.prepare_send(
            account(), split_id, version, place, due.currency, form.payee.address or "", due.claimable_units,
            form_key=form.form_key.data or "",
        ),
    )  # fmt: skip


def _due_or_404(split_id: int, version: int, place: int, currency: str) -> SplitDue:
    """Give what can be claimed at a place of a version."""
    wanted = (place, _currency_or_404(currency))
    states = version_states(_split_or_404(split_id).id, [version])
    dues = [due for state in states for book in state.version.books for due in book.dues]
    found = next((due for due in dues if (due.place, due.currency) == wanted and due.claimable_units), None)
    if found is None:
        abort(404)
    return found


@blueprint.post("/<int:split_id>/seats/<int:seat>/move")
@sign_in_required
def move(split_id: int, seat: int) -> Answer:
    """Move a seat of the account to another address."""
    _split_or_404(split_id)
    name = f"m{seat}"
    form: MoveForm = posted(MoveForm, name)
    return act(
        form,
        lambda: split_page(split_id, **{name: form}),
        lambda: services.splits.prepare_move(
            account(), split_id, seat, form.new_payee.address or "", form_key=form.form_key.data or ""
        ),
    )


@blueprint.get("/<int:split_id>/deposit")
def deposit(split_id: int) -> Answer:
    """Show the deposit address, as the chain says it, and what lies there."""
    return deposit_page(split_id, None)


def deposit_page(split_id: int, sent: SweepForm | None) -> Answer:
    """Draw the page; without the chain it has no address to show, status 503."""
    split = _split_or_404(split_id)
    pairs = sweepable(split_id)
    form = sent or fresh(SweepForm, SWEEP)
    form.currency.choices = choices(pairs)
    asked = [currency for currency, _ in pairs if currency != OTHER]
    try:
        found, status = services.splits.ask_deposit(split_id, asked), 200
    except (NodeError, Reverted):
        found, status = None, 503
    held = [(units, currencies_of(asked)[currency]) for currency, units in found.holdings if units] if found else []
    return render_template("splits/deposit.html", split=split, form=form, deposit=found, held=held), status


def sweepable(split_id: int) -> list[tuple[str, str]]:
    """List the currencies that every form offers and those of the split's newest books, and any other."""
    split = _split_or_404(split_id)
    used = [currency for state in version_states(split_id, [split.version]) for currency in state.currencies]
    known = {address.lower(): found.symbol for address, found in currencies_of(used).items()}
    pairs = offered(with_other=True)
    both = dict(pairs[:-1]) | {address: symbol for address, symbol in known.items() if address not in dict(pairs)}
    return [*list(both.items())[:MOST_CURRENCIES], pairs[-1]]


@blueprint.post("/<int:split_id>/sweep")
@sign_in_required
def sweep(split_id: int) -> Answer:
    """Take what lies at the deposit address into the current version's books. Anyone may."""
    form: SweepForm = posted(SweepForm, SWEEP)
    form.currency.choices = choices(sweepable(split_id))
    return act(
        form,
        lambda: deposit_page(split_id, form),
        lambda: services.splits.prepare_sweep(account(), split_id, form.chosen, form_key=form.form_key.data or ""),
    )


def _split_or_404(split_id: int) -> Any:
    found = queries.split(split_id)
    if found is None:
        abort(404)
    return found


def _currency_or_404(text: str) -> str:
    if not ADDRESS.fullmatch(text):
        abort(404)
    return text.lower()
