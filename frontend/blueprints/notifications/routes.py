"""Notifications: the page, its switches, the private feed, and deadlines as calendars.

A feed's address holds its key. It is shown once, in the answer to the form that makes it, and stands in no log: those name the
route, not the path (`operations/watched.py`).
"""

from __future__ import annotations

import re
from typing import Any

from flask import Blueprint, Response, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from frontend.auth import sign_in_required
from frontend.auth.sessions import hash_of
from frontend.extensions import bound, queries, services, settings
from frontend.i18n import spoken_language
from frontend.index.notice_queries import KINDS
from frontend.index.notice_views import Place
from frontend.limits import network_of
from frontend.pages.act import account, chain_now
from frontend.pages.calendar import calendar_of
from frontend.pages.feed import atom_of
from frontend.pages.notices import kind_names, threads_of, told_of, turns_of
from frontend.pages.numbers import hash_or_404
from frontend.services.notices import MOST_COUNTED, MOST_THREADS

blueprint = Blueprint("notifications", __name__)

PER_PAGE = 30
IN_FEED = 50
MOST_TURNS_SHOWN = 20
FEED_READS_AN_HOUR = 120  # of one key; readers ask every few minutes at most
FEED_READS_OF_NETWORK_AN_HOUR = 1200
NEW_KEYS_AN_HOUR = 20
THREAD = re.compile(r"(0x[0-9a-f]{64})-(0x[0-9a-f]{40})-([0-9]{1,6})", re.ASCII)
PLACE = re.compile(r"([0-9]{1,18})-([0-9]{1,18})", re.ASCII)


@blueprint.get("/notifications")
@sign_in_required
def show() -> str:
    """Show what waits for the account, then what happened, the newest first."""
    return notifications_page()


def notifications_page(new_key: str | None = None) -> str:
    """Draw the page. Args: new_key is the feed's key that was just made; it is shown this once."""
    who, now_ts = account(), chain_now()
    wishes = services.notices.wishes(who)
    before = place_of(request.args.get("before", ""))
    notices, older = services.notices.latest(who, PER_PAGE, before)
    turns = turns_of(who, now_ts) if before is None else []
    return render_template(
        "notifications/show.html",
        messages=threads_of(who, wishes.kinds) if before is None else [],
        turns=turns[:MOST_TURNS_SHOWN],
        more_turns=len(turns) > MOST_TURNS_SHOWN,
        rows=[(one, one.notice.place > wishes.read_to) for one in told_of(notices)],
        newest=notices[0].place if notices and before is None else None,
        older=older,
        before=before,
        kinds=kind_names(),
        chosen=wishes.kinds,
        feed_since_ts=services.notices.feed_since_ts(who),
        new_feed=_addresses(new_key) if new_key else None,
        now_ts=now_ts,
    )


@blueprint.post("/notifications/read")
@sign_in_required
def read() -> AnyResponse:
    """Note that all up to the newest shown one is read, and the messages that were shown; what came meanwhile stays unread."""
    place = place_of(request.form.get("to", ""))
    if place is not None:
        services.notices.mark_read(account(), place)
    for shown in request.form.getlist("message")[:MOST_THREADS]:
        if found := THREAD.fullmatch(shown):
            services.messages.mark_read(found[1], account(), found[2], int(found[3]))
    return redirect(url_for("notifications.show"), 303)


@blueprint.post("/notifications/switches")
@sign_in_required
def switches() -> AnyResponse:
    """Keep what the account wants to be told of."""
    services.notices.choose(account(), [kind for kind in KINDS if kind in request.form.getlist("kind")])
    return redirect(url_for("notifications.show"), 303)


@blueprint.post("/notifications/feed")
@sign_in_required
def feed_address() -> str:
    """Make a new address for feed and calendar, and show it this once; the one before is void."""
    bound().limiter.hit("feed keys", account(), NEW_KEYS_AN_HOUR, 3600)
    return notifications_page(services.notices.renew_feed(account()))


@blueprint.post("/notifications/feed/end")
@sign_in_required
def end_feed() -> AnyResponse:
    """Make the address void."""
    services.notices.end_feed(account())
    return redirect(url_for("notifications.show"), 303)


@blueprint.get("/feeds/<key>.atom")
def atom(key: str) -> Response:
    """Give the notifications of the account that made the key."""
    who, made_at_ts = _owner(key)
    notices, _older = services.notices.latest(who, IN_FEED)
    body = atom_of(told_of(notices), origin=settings.origin, account=who, made_at_ts=made_at_ts)
    return _private(body, "application/atom+xml")


@blueprint.get("/feeds/<key>.ics")
def deadlines(key: str) -> Response:
    """Give the deadlines of the open orders of the account that made the key."""
    who, _made_at_ts = _owner(key)
    orders = queries.orders_with_deadlines(who)
    changes = queries.changes_of([order.key for order in orders])
    body = calendar_of(orders, changes, origin=settings.origin, now_ts=chain_now(), account=who)
    return _private(body, "text/calendar")


@blueprint.get("/o/<key>/deadline.ics")
def deadline(key: str) -> Response:
    """Give an order's deadline; it stands on the chain, so everyone may have it."""
    order = queries.order(hash_or_404(key))
    if order is None:
        abort(404)
    body = calendar_of([order], queries.changes_of([order.key]), origin=settings.origin, now_ts=chain_now())
    answer = _private(body, "text/calendar")
    answer.headers["Content-Disposition"] = f'attachment; filename="order-{order.key[2:10]}.ics"'
    return answer


@blueprint.app_context_processor
def for_templates() -> dict[str, Any]:
    """Give templates a way to ask how much is unread."""
    return {"unread_count": services.notices.unread, "most_unread": MOST_COUNTED}


def place_of(text: str) -> Place | None:
    """Read a place on the chain as links and forms write it; None when it is none."""
    found = PLACE.fullmatch(text)
    return (int(found[1]), int(found[2])) if found else None


def _owner(key: str) -> tuple[str, int]:
    bound().limiter.hit("feeds of network", network_of(request.remote_addr), FEED_READS_OF_NETWORK_AN_HOUR, 3600)
    bound().limiter.hit("feed", hash_of(key), FEED_READS_AN_HOUR, 3600)
    return services.notices.owner_of_feed(key)


def _private(body: bytes | str, mimetype: str) -> Response:
    """Give a file that nobody else may keep; who asks again with what he has is told that it is still so."""
    answer = Response(body, mimetype=mimetype)
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.vary.update(["Accept-Language", "Cookie"])
    answer.add_etag()
    answer.make_conditional(request)
    return answer


def _addresses(key: str) -> list[tuple[str, str]]:
    """Give what the addresses are called and what they are; they answer in the language of this page."""
    lang = spoken_language()
    return [
        (name, f"{settings.origin}{url_for(endpoint, key=key, lang=lang)}")
        for name, endpoint in (
            (_("Feed of notifications (Atom)"), "notifications.atom"),
            (_("Calendar of deadlines (iCalendar)"), "notifications.deadlines"),
        )
    ]
