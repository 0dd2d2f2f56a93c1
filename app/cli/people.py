"""`flask people`: the people of the account."""

import click
from flask.cli import AppGroup

from app.cli.refusals import Refused
from app.errors import DomainError
from app.models import ROLES
from app.services.commands import AddPerson
from app.services.events import noted
from app.services.execute import maintain
from app.services.people import new_person, person_by_email, set_up
from app.services.projects import join_as_operator
from app.services.stating import said
from app.services.work import Work

people = AppGroup("people", help="People of the account.")


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
        click.echo(maintain(lambda work: _added(work, command)))
    except DomainError as error:
        raise Refused(error) from None


@people.command("join")
@click.argument("email")
@click.argument("project_id", type=int)
@click.option("--role", type=click.Choice(ROLES), default="editor", show_default=True)
def join_project(email: str, project_id: int, role: str) -> None:
    """Make a person a member of a project."""
    try:
        maintain(lambda work: _joined(work, project_id, email, role))
    except DomainError as error:
        raise Refused(error) from None


def _added(work: Work, command: AddPerson) -> int:
    person = new_person(work, command)
    noted(work, "person", "new", (person,), said(command))
    return person


def _joined(work: Work, project_id: int, email: str, role: str) -> None:
    person = person_by_email(work, email).id
    join_as_operator(work, project_id, person, role)
    noted(work, "member", "new", (person,), {"role": role}, project_id)
