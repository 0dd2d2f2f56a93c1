"""`flask undelete`: what was deleted by mistake comes back."""

import click
from flask.cli import with_appcontext

from app.cli.refusals import Refused
from app.errors import DomainError
from app.services.execute import maintain
from app.services.undeleting import KINDS, undelete


@click.command("undelete")
@click.argument("kind", type=click.Choice(list(KINDS)))
@click.argument("ids", nargs=-1, required=True)
@with_appcontext
def undelete_command(kind: str, ids: tuple[str, ...]) -> None:
    """Take things out of the trash can, by id or GUID: tasks with the subtasks that were deleted
    with them, lists and projects with their tasks. Prints what came back; nothing does if one of
    them cannot.
    """
    try:
        found = maintain(lambda work: undelete(work, kind, ids))
    except DomainError as error:
        raise Refused(error) from None
    for row_id, name in found:
        click.echo(f"{kind} {row_id}: {name.partition(chr(10))[0]}")
