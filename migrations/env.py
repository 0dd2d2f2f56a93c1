"""Alembic's entry: the database and the models are those of the Flask application."""

from logging.config import fileConfig

from alembic import context
from flask import current_app

config = context.config
if config.config_file_name:
    fileConfig(config.config_file_name, disable_existing_loggers=False)

database = current_app.extensions["migrate"].db
metadata = database.metadatas[None]


def wanted(thing, _name, _kind, _reflected, _other) -> bool:  # type: ignore[no-untyped-def]
    """Leave out what the models keep for the other engine."""
    return thing.info.get("engine", database.engine.dialect.name) == database.engine.dialect.name


def run_offline() -> None:
    """Print the SQL of the migrations."""
    url = database.engine.url.render_as_string(hide_password=False)
    context.configure(url=url, target_metadata=metadata, literal_binds=True)
    with context.begin_transaction():
        context.run_migrations()


def run_online() -> None:
    """Migrate in one transaction: SQLite and PostgreSQL both roll DDL back."""
    with database.engine.connect().execution_options(write=True) as connection:
        context.configure(
            connection=connection,
            target_metadata=metadata,
            compare_type=True,
            include_object=wanted,
            render_as_batch=connection.dialect.name == "sqlite",
        )
        with context.begin_transaction():
            context.run_migrations()


if context.is_offline_mode():
    run_offline()
else:
    run_online()
