"""Objects that blueprints share. Made empty here, bound to one app in `init_app`.

Use them inside a request (or an app context):

    from frontend.extensions import db, queries, services, settings
    page = queries.listings(ListingFilter(q="lamp"))
    intent = services.market.prepare_buy(account, ...)
"""

import logging
import time
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, cast

from flask import Flask, current_app, has_request_context, request
from flask_babel import Babel
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine
from werkzeug.local import LocalProxy

from frontend.config import Settings
from frontend.contracts.registry import Registry
from frontend.errors import HEAD_OF_REQUEST as HEAD
from frontend.errors import SetupError
from frontend.i18n import choose_language
from frontend.index.queries import Queries
from frontend.index.views import Head
from frontend.limits import Limiter
from frontend.store.database import Database, create_engine
from frontend.store.reading import Shared, end

if TYPE_CHECKING:
    from frontend.services import Services

log = logging.getLogger(__name__)

KEY = "dokkaebi"
LOOK_EVERY_S = 2.0

babel = Babel()
csrf = CSRFProtect()


class PageQueries(Queries):
    """The index as one request sees it: a page is read in one transaction, so that all of it is as of one block."""

    def _connect(self) -> AbstractContextManager[Connection]:
        if not has_request_context() or request.method not in ("GET", "HEAD"):
            return super()._connect()  # what a form has just written must be seen
        return Shared(self._engine, request.environ)

    def head(self) -> Head | None:
        """Give how far the index is. If it could not be asked, it is not asked again in the same request."""
        if not has_request_context():
            return super().head()
        seen = request.environ
        if HEAD not in seen:
            seen[HEAD] = None
            seen[HEAD] = super().head()
        return cast(Head | None, seen[HEAD])


class Bound:
    """What belongs to one app."""

    def __init__(self, settings: Settings, engine: Engine) -> None:
        from frontend.services import Services

        self._make_services = Services
        self.settings = settings
        self.registry = Registry.load(settings)
        self.db = Database(engine)
        self.queries = PageQueries(engine)
        self.limiter = Limiter(self.db, settings.secret_key)
        self.services = Services(settings, self.registry, self.db, self.queries)
        self._record = self._stamp()
        self._look_again = time.monotonic() + LOOK_EVERY_S

    def refresh(self) -> None:
        """Follow a new deployment: when the record has changed, so do the contracts that everything is about."""
        now = time.monotonic()
        if now < self._look_again:
            return
        self._look_again = now + LOOK_EVERY_S
        stamp = self._stamp()
        if stamp is None or stamp == self._record:
            return
        try:
            registry = Registry.load(self.settings)
        except SetupError as problem:
            log.warning("The changed deployment record is not used: %s", problem)
            return
        self.registry, self._record = registry, stamp
        self.services = self._make_services(self.settings, registry, self.db, self.queries)

    def _stamp(self) -> tuple[int, int] | None:
        try:
            found = (self.settings.deployments_dir / f"{self.settings.chain_id}.json").stat()
        except FileNotFoundError:
            return None
        return found.st_mtime_ns, found.st_size


def bound() -> Bound:
    """Give what belongs to the current app."""
    found = cast(Bound, current_app.extensions[KEY])
    found.refresh()
    return found


def init_app(app: Flask, settings: Settings) -> None:
    """Bind everything to one app."""
    app.extensions[KEY] = Bound(settings, create_engine(settings.database_url))
    app.teardown_request(lambda _problem: end(request.environ))
    babel.init_app(
        app, locale_selector=choose_language, default_translation_directories=str(app.root_path) + "/translations"
    )
    csrf.init_app(app)


db = cast(Database, LocalProxy(lambda: bound().db))
queries = cast(Queries, LocalProxy(lambda: bound().queries))
registry = cast(Registry, LocalProxy(lambda: bound().registry))
settings = cast(Settings, LocalProxy(lambda: bound().settings))
services = cast("Services", LocalProxy(lambda: bound().services))
