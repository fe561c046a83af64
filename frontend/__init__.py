"""The web frontend: `create_app(settings)` makes the Flask app."""

from importlib import import_module

from flask import Flask

from frontend import errors, extensions, formatters, security, templating
from frontend.auth.sessions import ServerSessions
from frontend.config import Settings
from frontend.operations import logs

# in the order in which they are registered
AREAS = (
    "explore", "communities", "tokens", "curves", "claims", "airdrops", "members", "members_only", "proposals", "listings", "orders", "desk", "library", "receipts", "notifications", "reviews", "designs", "credits", "bonds", "splits", "personas", "cart", "help",
    "notes", "messages", "start", "auth", "intents", "transactions", "content", "files", "identicon", "contracts", "health",
)  # fmt: skip
MAX_REQUEST_BYTES = 10 * 1024 * 1024
MAX_FORM_FIELD_BYTES = 256 * 1024
MAX_FORM_FIELDS = 500


def create_app(settings: Settings) -> Flask:
    """Make the app. Raises: SetupError when the market's contracts are unknown, or their ABIs do not match."""
    app = Flask(__name__)
    app.jinja_environment = templating.SpokenEnvironment  # type: ignore[assignment]  # Flask names its own class only
    configure(app, settings)
    bind_extensions(app, settings)
    register_filters(app)
    register_blueprints(app)
    register_errors(app)
    return app


def create_app_from_env() -> Flask:
    """Make the app from the environment, for the web server. Raises: SetupError."""
    settings = Settings.from_env()
    logs.set_up(settings)
    return create_app(settings)


def configure(app: Flask, settings: Settings) -> None:
    """Step 1: Flask's own settings, headers and sessions."""
    app.config.update(
        SECRET_KEY=settings.secret_key,
        TESTING=settings.testing,
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        MAX_FORM_MEMORY_SIZE=MAX_FORM_FIELD_BYTES,
        MAX_FORM_PARTS=MAX_FORM_FIELDS,
        WTF_CSRF_TIME_LIMIT=None,  # it lives as long as the session
        WTF_CSRF_SSL_STRICT=False,  # our pages send no referrer; Sec-Fetch-Site and Origin are checked instead
        BABEL_DEFAULT_LOCALE="en",
        BABEL_DEFAULT_TIMEZONE="UTC",
        SEND_FILE_MAX_AGE_DEFAULT=3600,
    )
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.session_interface = ServerSessions(settings)
    security.protect(app, settings)


def bind_extensions(app: Flask, settings: Settings) -> None:
    """Step 2: database, index, translations, CSRF, services."""
    extensions.init_app(app, settings)


def register_filters(app: Flask) -> None:
    """Step 3: what templates may use."""
    formatters.register(app)
    security.register_context(app)


def register_blueprints(app: Flask) -> None:
    """Step 4: the pages, one blueprint an area."""
    for area in AREAS:
        app.register_blueprint(import_module(f"frontend.blueprints.{area}.routes").blueprint)
    templating.register(app)


def register_errors(app: Flask) -> None:
    """Step 5: how errors are told."""
    errors.register(app)
