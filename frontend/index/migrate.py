"""Brings the database's tables up to date, or refuses."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util.exc import CommandError
from sqlalchemy import Connection, Engine, text

from frontend.errors import SetupError
from frontend.store.database import writing

FOLDER = Path(__file__).resolve().parent.parent / "migrations"


class WrongSchema(SetupError):
    """The database's tables are not those that this program knows."""


def config(connection: Connection) -> Config:
    """Give Alembic's settings for one connection."""
    found = Config()
    found.set_main_option("script_location", str(FOLDER))
    found.attributes["connection"] = connection
    return found


def migrate(engine: Engine) -> None:
    """Run every step that is missing, all in one transaction. Raises: WrongSchema when the database is from later."""
    with writing(engine).begin() as connection:
        _require_unicode(connection)
        try:
            command.upgrade(config(connection), "head")
        except CommandError as problem:
            raise WrongSchema(
                f"The database was made by a later version of this program ({problem}). Update the program, or use another database."
            ) from None


def _require_unicode(connection: Connection) -> None:
    if connection.dialect.name != "postgresql":
        return
    encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
    if encoding != "UTF8":
        raise WrongSchema(
            f"The database keeps texts in {encoding}. Make one that can keep every text: createdb --encoding UTF8 --template template0."
        )


def check(engine: Engine) -> None:
    """Make sure that the tables are up to date. Raises: WrongSchema."""
    with engine.connect() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
        steps = ScriptDirectory.from_config(config(connection))
        newest, known = steps.get_current_head(), {step.revision for step in steps.walk_revisions()}
    if current is not None and current not in known:
        raise WrongSchema(
            "The database was made by a later version of this program. Update the program, or use another database."
        )
    if current != newest:
        raise WrongSchema("The database's tables are not up to date. Run: python -m frontend.index migrate")
