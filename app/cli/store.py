"""Commands for the store as a whole: what the account is like, data to try, upkeep."""

import sys
from datetime import timedelta
from typing import Any

import click
from flask import current_app
from flask.cli import with_appcontext

from app.cli.refusals import Refused
from app.clock import clock
from app.errors import DomainError
from app.seeding.bulk import seed_store
from app.services.events import forget, noted
from app.services.execute import maintain
from app.services.file_purging import purge_files
from app.services.people import set_up, set_week_start
from app.services.purging import purge
from app.services.upkeep import analyse
from app.services.work import Work
from app.storage import FileStore

ACCOUNT_ID = 1  # there is one


@click.command("account")
@click.option("--week-start", type=click.Choice(["monday", "sunday"]), required=True)
@with_appcontext
def account(week_start: str) -> None:
    """Say on which day the account's weeks start."""
    maintain(lambda work: _start_weeks(work, week_start == "sunday"))


def _start_weeks(work: Work, sunday: bool) -> None:
    set_week_start(work, sunday)
    noted(work, "account", "edited", (ACCOUNT_ID,), {"weeks_start_on_sunday": sunday})


@click.command("analyse")
@with_appcontext
def analyse_command() -> None:
    """Refresh the query planner's statistics; worth it when a store has grown tenfold."""
    maintain(analyse)


@click.command("purge")
@click.option("--older-than", type=click.IntRange(0), default=30, show_default=True, help="Days.")
@click.option("--audit-older-than", type=click.IntRange(1), help="Days; else the trail stays.")
@with_appcontext
def purge_command(older_than: int, audit_older_than: int | None) -> None:
    """Remove for good what was deleted more than so many days ago; of the audit trail what is older
    than so many days, if that is said.
    """
    before = clock.now() - timedelta(days=older_than)
    click.echo(f"{purge(before)} tasks removed", err=True)
    unused = clock.now() - timedelta(days=max(1, older_than))
    files = purge_files(FileStore(current_app.config["TANDEM"].files_path), unused)
    click.echo(f"{files.uploads} uploads and {files.contents} files removed", err=True)
    if audit_older_than is not None:
        click.echo(f"{_forget(audit_older_than)} entries of the audit trail removed", err=True)


def _forget(days: int) -> int:
    """Shorten the audit trail, in transactions of some thousand rows."""
    before, total = clock.now() - timedelta(days=days), 0
    while number := maintain(lambda work: forget(work, before)):
        total += number
    return total


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
            seed_store(tasks, number, current_app.config["TANDEM"].timezone, bar.update)
        except DomainError as error:
            raise Refused(error) from None
