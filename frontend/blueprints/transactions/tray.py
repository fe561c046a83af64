"""What the tray's template asks of a list of transactions."""

import hashlib
from collections.abc import Sequence

from flask.blueprints import BlueprintSetupState

from frontend.services.intents import Intent


def register(state: BlueprintSetupState) -> None:
    """Give templates the filter."""
    state.app.jinja_env.filters["tray_mark"] = mark_of


def mark_of(intents: Sequence[Intent]) -> str:
    """Give a short word that changes whenever a transaction comes, goes or changes its state."""
    told = "|".join(f"{intent.id} {intent.state}" for intent in intents)
    return hashlib.blake2b(told.encode(), digest_size=8).hexdigest()
