"""`flask keys`: API keys, and the secret addresses of calendar feeds."""

import click
from flask.cli import AppGroup

from app.cli.refusals import Refused
from app.errors import DomainError
from app.services.contacts import revoke_feed
from app.services.execute import maintain
from app.services.neighbour_commands import RevokeFeed
from app.services.people import new_key, person_by_email, revoke_keys

keys = AppGroup("keys", help="API keys.")


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
