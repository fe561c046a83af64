"""From a posted form to an intent: what every write route of the pages does."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import abort
from flask_babel import gettext as _
from werkzeug.wrappers import Response as BaseResponse

from frontend.auth import current_account
from frontend.blueprints.intents import intent_page, new_form_key
from frontend.errors import NodeDown, NotAllowed, NotFound, Refused, TooMany
from frontend.extensions import queries
from frontend.pages.fields import PageForm

Form = TypeVar("Form", bound=PageForm)
Answer = str | BaseResponse | tuple[Any, int] | tuple[Any, int, dict[str, str]]
RETRY_AFTER_S = 5


def account() -> str:
    """Give the signed-in account of a route that needs one."""
    found = current_account()
    if found is None:
        abort(401)
    return str(found)


def chain_now() -> int:
    """Give the chain's time as the index knows it; the clock of deadlines."""
    head = queries.head()
    return int(head.timestamp_ts) if head is not None else int(time.time())


def with_key(form: Form) -> Form:
    """Give a form that has its key: the one it came with, else a new one."""
    if not form.form_key.data:
        form.form_key.data = new_form_key()
    return form


def act(form: PageForm, again: Callable[[], Any], prepare: Callable[[], Any]) -> Answer:
    """Check a form and build its intent; show the form again with what is wrong, status 422.

    Args: again draws the page with the form as typed; prepare asks the service and gives the intent.
    """
    if not form.validate():
        return again(), 422
    try:
        intent = prepare()
    except (Refused, NodeDown) as problem:
        return said_again(form, again, problem)
    return intent_page(intent)


def said_again(form: PageForm, again: Callable[[], Any], problem: Refused | NodeDown) -> Answer:
    """Show a form again as it was typed, with why nothing came of it."""
    if isinstance(problem, NodeDown):
        form.refuse(
            _(
                "The chain's node does not answer just now, so nothing was sent. What you typed is still here: please try again in a moment."
            )
        )
        return again(), problem.status, {"Retry-After": str(RETRY_AFTER_S)}
    if isinstance(problem, NotAllowed | NotFound | TooMany):
        raise problem
    form.refuse(problem.text, problem.field)
    return again(), problem.status
