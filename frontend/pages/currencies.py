"""Which currencies a page offers, and how those it meets are written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask_babel import gettext as _

from frontend.extensions import queries, services, settings
from frontend.pages.fields import ZERO_ADDRESS
from frontend.pages.text import plain

ETH = ZERO_ADDRESS
OTHER = "other"


def currencies_of(addresses: Iterable[str]) -> dict[str, Any]:
    """Give each currency once, by its address."""
    return queries.currencies(list(dict.fromkeys(addresses)))


def offered(community: Any | None = None, with_other: bool = False) -> list[tuple[str, str]]:
    """List what a select of currencies offers: ETH, the community's token, the configured ones, any other."""
    choices = [(ETH, "ETH")]
    if community is not None and community.token:
        choices.append(
            (community.token.lower(), _("%(symbol)s (token of this community)", symbol=plain(community.symbol, 32)))
        )
    choices += [(address.lower(), queries.currency(address).symbol) for address in settings.currencies]
    if with_other:
        choices.append((OTHER, _("Another ERC-20 token")))
    return list(dict(choices).items())


def offered_beside(community: Any) -> list[tuple[str, str]]:
    """List what a community's token may be sold for: not for itself."""
    return [pair for pair in offered(with_other=True) if pair[0] != community.token.lower()]


def asked_currency(form: Any) -> Any:
    """Give the currency that a form names; one that is not known yet is asked. Raises: Refused, NodeDown."""
    if form.currency.data == OTHER:
        return services.market.ask_currency(form.other_currency.data or "")
    return queries.currency(str(form.currency.data))
