"""`flask keys`: API keys, and the secret addresses of calendar feeds. docs/keys.md tells how to use
them.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar

import click
from flask import current_app
from flask.cli import AppGroup

from app.cli.refusals import Refused
from app.clock import clock
from app.errors import DomainError
from app.services.contacts import revoke_feed
from app.services.events import noted, noting_keys
from app.services.execute import maintain
from app.services.keys import keys_of_person, new_key, purge_keys, revoke_keys, rotate_key
from app.services.lifetimes import EXPECTED, ending, span
from app.services.neighbour_commands import RevokeFeed
from app.services.people import person_by_email
from app.services.work import Work

T = TypeVar("T")
NEVER = "never"

keys = AppGroup("keys", help="API keys.")


class Ending(click.ParamType[datetime]):
    """When a key expires."""

    name = "90d|DATE"

    def convert(self, value: Any, param: Any, ctx: Any) -> datetime:
        """The instant. Fails in words."""
        try:
            return ending(value, clock.now(), current_app.config["TANDEM"].timezone)
        except ValueError as error:
            self.fail(str(error) if "future" in str(error) else EXPECTED, param, ctx)


class Span(click.ParamType[timedelta]):
    """A number of days, hours or minutes."""

    name = "24h"

    def convert(self, value: Any, param: Any, ctx: Any) -> timedelta:
        """The span. Fails in words."""
        try:
            return value if isinstance(value, timedelta) else span(value)
        except ValueError:
            self.fail("a number of days, hours or minutes, as in 7d, 24h or 30m", param, ctx)


def _for_person(email: str, task: Callable[[Work, int], T]) -> T:
    """Run a function on behalf of the operator with a person's id."""

    def carry_out(work: Work) -> T:
        person = person_by_email(work, email).id
        with noting_keys(work, person):
            return task(work, person)

    try:
        return maintain(carry_out)
    except DomainError as error:
        raise Refused(error) from None


@keys.command("create")
@click.argument("email")
@click.option("--read-only", is_flag=True, help="The key may read but not change anything.")
@click.option("--expires", type=Ending(), help="When it ends: 90d, 24h, a day, or an instant.")
def create_key(email: str, read_only: bool, expires: datetime | None) -> None:
    """Make a key for a person; prints it and nothing else. It cannot be shown again."""

    def make(work: Work, person_id: int) -> str:
        return new_key(work, person_id, read_only=read_only, expires_at=expires)

    click.echo(_for_person(email, make))


@keys.command("list")
@click.argument("email")
def list_keys(email: str) -> None:
    """List a person's keys: never the keys themselves, but their last four characters."""
    click.echo("\t".join(("key", "may", "created", "last used", "expires", "revoked")))
    for key in _for_person(email, keys_of_person):
        may = "read" if key.read_only else "write"
        stamps = (key.created_at, key.last_used_at, key.expires_at, key.revoked_at)
        click.echo("\t".join((key.hint, may, *map(_said, stamps))))


def _said(instant: datetime | None) -> str:
    return instant.strftime("%Y-%m-%d %H:%M") if instant else NEVER


@keys.command("rotate")
@click.argument("email")
@click.option("--ending", required=True, help="The last four characters of the key to replace.")
@click.option(
    "--grace", type=Span(), default="0m", help="How long the old key still works, as in 24h."
)
def rotate(email: str, ending: str, grace: timedelta) -> None:
    """Make a key in place of another one; prints the new one and nothing else."""
    click.echo(_for_person(email, lambda work, who: rotate_key(work, who, ending, grace)))


@keys.command("revoke")
@click.argument("email")
@click.option("--ending", help="Only the key whose last four characters these are.")
def revoke(email: str, ending: str | None) -> None:
    """Revoke a person's keys."""
    number = _for_person(email, lambda work, who: revoke_keys(work, who, ending))
    click.echo(f"{number} revoked", err=True)
    if not number:
        raise SystemExit(1)


@keys.command("purge")
@click.option("--older-than", type=click.IntRange(1), default=365, show_default=True, help="Days.")
def purge(older_than: int) -> None:
    """Remove the records of keys that were revoked or expired more than so many days ago."""
    before = clock.now() - timedelta(days=older_than)
    click.echo(f"{maintain(lambda work: purge_keys(work, before))} removed", err=True)


@keys.command("revoke-feed")
@click.argument("email")
def close_feed(email: str) -> None:
    """Close the address of a person's calendar feed; the next task put there makes another."""

    def close(work: Work, person_id: int) -> None:
        revoke_feed(RevokeFeed(person_id), work)
        noted(work, "person", "feed-revoked", (person_id,))

    _for_person(email, close)
