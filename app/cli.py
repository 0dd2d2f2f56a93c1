"""`flask` commands for whoever runs the server. What others read goes to stdout, all else to
stderr.
"""

import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import AppGroup, with_appcontext
from flask_migrate import upgrade

from app.clock import clock
from app.config import Settings
from app.delivery.worker import deliver, deliver_due
from app.errors import DomainError
from app.extensions import db
from app.models import ROLES
from app.seeding.bulk import seed_store
from app.seeding.sample import first_start
from app.services.commands import AddPerson
from app.services.contacts import revoke_feed
from app.services.execute import maintain
from app.services.file_purging import purge_files
from app.services.neighbour_commands import RevokeFeed
from app.services.people import (
    new_key,
    new_person,
    person_by_email,
    revoke_keys,
    set_up,
    set_week_start,
)
from app.services.projects import join_as_operator
from app.services.purging import purge
from app.services.upkeep import analyse, analyse_at_start
from app.storage import FileStore

people = AppGroup("people", help="People of the account.")
keys = AppGroup("keys", help="API keys.")


def register_commands(app: Flask) -> None:
    """Add all commands to an application."""
    groups = (people, keys, start, account, seed, analyse_command, purge_command, deliver_command)
    for command in groups:
        app.cli.add_command(command)


def _settings() -> Settings:
    settings: Settings = current_app.config["TANDEM"]
    return settings


class Refused(click.ClickException):
    """A domain error on the command line."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(error.message)


@people.command("add")
@click.argument("email")
@click.option("--first-name", default="")
@click.option("--last-name", default="")
@click.option("--company", "company_id", type=int, help="Id of the company; default: the owner's.")
@click.option("--admin", is_flag=True, help="Make the person an administrator.")
@click.option("--can-add-projects", is_flag=True)
@click.option("--zone", help="The person's time zone; default: the account's.")
def add_person(
    email: str,
    first_name: str,
    last_name: str,
    company_id: int | None,
    admin: bool,
    can_add_projects: bool,
    zone: str | None,
) -> None:
    """Add a person; prints the id."""
    command = AddPerson(
        first_name=first_name or email.partition("@")[0],
        last_name=last_name,
        email=email,
        company_id=company_id,
        is_admin=admin,
        can_add_projects=can_add_projects,
        zone=zone,
    )
    try:
        maintain(lambda work: set_up(work, "My Company"))
        click.echo(maintain(lambda work: new_person(work, command)))
    except DomainError as error:
        raise Refused(error) from None


@people.command("join")
@click.argument("email")
@click.argument("project_id", type=int)
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
def join_project(email: str, project_id: int, role: str) -> None:
    """Make a person a member of a project."""
    try:
        maintain(
            lambda work: join_as_operator(work, project_id, person_by_email(work, email).id, role)
        )
    except DomainError as error:
        raise Refused(error) from None


@keys.command("create")
@click.argument("email")
@click.option("--read-only", is_flag=True, help="The key may read but not change anything.")
def create_key(email: str, read_only: bool) -> None:
    """Make a key for a person; prints it and nothing else. It cannot be shown again."""
    try:
        key = maintain(
            lambda work: new_key(work, person_by_email(work, email).id, read_only=read_only)
        )
    except DomainError as error:
        raise Refused(error) from None
    click.echo(key)


@keys.command("revoke")
@click.argument("email")
@click.option("--ending", help="Only the key whose last four characters these are.")
def revoke(email: str, ending: str | None) -> None:
    """Revoke a person's keys."""
    try:
        number = maintain(lambda work: revoke_keys(work, person_by_email(work, email).id, ending))
    except DomainError as error:
        raise Refused(error) from None
    click.echo(f"{number} revoked", err=True)
    if not number:
        raise SystemExit(1)


@keys.command("revoke-feed")
@click.argument("email")
def close_feed(email: str) -> None:
    """Close the address of a person's calendar feed; the next task put there makes another."""
    try:
        maintain(lambda work: revoke_feed(RevokeFeed(person_by_email(work, email).id), work))
    except DomainError as error:
        raise Refused(error) from None


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
    """Be the worker of a server, whose process was forked: end when the server does."""
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


@click.command("seed")
@click.option("--tasks", type=click.IntRange(1), default=1000, show_default=True)
@click.option("--seed", "number", type=int, default=1, show_default=True)
@with_appcontext
def seed(tasks: int, number: int) -> None:
    """Fill the store with realistic data; the same seed and day give the same data."""
    maintain(lambda work: set_up(work, "Demo Company"))
    shown: Any = click.progressbar(length=tasks, label="tasks", file=sys.stderr)
    with shown as bar:
        try:
            seed_store(tasks, number, _settings().timezone, bar.update)
        except DomainError as error:
            raise Refused(error) from None


@click.command("deliver")
@click.option("--once", is_flag=True, help="Send what is due now, then end.")
@with_appcontext
def deliver_command(once: bool) -> None:
    """Send mail, reminders and webhooks as they fall due. Several may run at a time."""
    if once:
        click.echo(f"{deliver_due(_settings())} taken up", err=True)
    else:
        deliver(_settings())


@click.command("account")
@click.option("--week-start", type=click.Choice(["monday", "sunday"]), required=True)
@with_appcontext
def account(week_start: str) -> None:
    """Say on which day the account's weeks start."""
    maintain(lambda work: set_week_start(work, week_start == "sunday"))


@click.command("analyse")
@with_appcontext
def analyse_command() -> None:
    """Refresh the query planner's statistics; worth it when a store has grown tenfold."""
    maintain(analyse)


@click.command("purge")
@click.option("--older-than", type=click.IntRange(0), default=30, show_default=True, help="Days.")
@with_appcontext
def purge_command(older_than: int) -> None:
    """Remove for good what was deleted more than so many days ago."""
    before = clock.now() - timedelta(days=older_than)
    click.echo(f"{purge(before)} tasks removed", err=True)
    unused = clock.now() - timedelta(days=max(1, older_than))
    files = purge_files(FileStore(_settings().files_path), unused)
    click.echo(f"{files.uploads} uploads and {files.contents} files removed", err=True)
