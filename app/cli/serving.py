"""`flask start` and `flask deliver`, and what gunicorn does of it when it starts."""

import gc
import os
from pathlib import Path

import click
from flask import Flask, current_app
from flask.cli import with_appcontext
from flask_migrate import upgrade

from app.config import Settings
from app.delivery.worker import deliver, deliver_due
from app.extensions import db
from app.seeding.sample import first_start
from app.services.execute import maintain
from app.services.upkeep import analyse_at_start


def _settings() -> Settings:
    settings: Settings = current_app.config["TANDEM"]
    return settings


@click.command("start")
@with_appcontext
def start() -> None:
    """Set up an empty store, and say how to reach the server."""
    get_ready()


def prepare(app: Flask) -> None:
    """Bring the store to the newest schema, set it up if it is empty, and say how to reach the
    server; then let go of the database, so that the caller may fork.
    """
    with app.app_context():
        if db.engine.dialect.name == "sqlite" and db.engine.url.database:
            Path(db.engine.url.database).parent.mkdir(parents=True, exist_ok=True)
        upgrade()
        get_ready()
        db.engine.dispose()


def deliver_beside(app: Flask) -> None:
    """Be the worker of a server, whose process was forked: end when the server does. What was
    loaded before stays shared, since the collector keeps off it.
    """
    gc.freeze()
    server = os.getppid()
    with app.app_context():
        deliver(_settings(), gone=lambda: os.getppid() != server)


def get_ready() -> None:
    """Set up an empty store, and say how to reach the server."""
    settings = _settings()
    made = first_start(settings)
    maintain(analyse_at_start)
    address = f"http://{settings.host}:{settings.port}"
    click.echo(f"Tandem: {address}")
    if made is None:
        return
    click.echo(f"API key of the administrator (shown this once): {made.key}")
    path = f"/tasklists/{made.list_id}/tasks.json" if made.list_id else "/projects.json"
    click.echo(f"Try:  curl -u {made.key}:x {address}{path}")


@click.command("deliver")
@click.option("--once", is_flag=True, help="Send what is due now, then end.")
@with_appcontext
def deliver_command(once: bool) -> None:
    """Send mail, reminders and webhooks as they fall due. Several may run at a time."""
    if once:
        click.echo(f"{deliver_due(_settings())} taken up", err=True)
    else:
        deliver(_settings())
