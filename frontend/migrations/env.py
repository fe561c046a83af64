"""Alembic's entry: runs the steps on the connection that frontend/index/migrate.py hands over."""

from alembic import context

from frontend.index.models import chain_metadata
from frontend.store.columns import order_by_bytes
from frontend.store.models import app_metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=[chain_metadata, app_metadata],
    render_as_batch=True,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
    order_by_bytes(context.get_bind())
