"""`flask audit`: the audit trail, all of it, for whoever runs the server (docs/audit.md)."""

from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from typing import Any
from zoneinfo import ZoneInfo

import click
import orjson
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import Select, select

from app.cli.refusals import Refused
from app.errors import DomainError
from app.models import Activity
from app.queries.catalogues.audit import AUDIT, of_task, since
from app.queries.connection import reading
from app.services.execute import maintain
from app.services.people import person_by_email

COLUMNS = ("happened_at", "person_name", "by_operator", "action", "kind", "object_id", "name")
MORE = ("id", "person_id", "project_id", "task_id", "changes")
AT_ONCE = 1000  # rows
DAYS = click.DateTime(("%Y-%m-%d", "%Y-%m-%dT%H:%M:%S"))


@click.command("audit")
@click.option("--since", "start", type=DAYS, help="Only from this day, or instant, on.")
@click.option("--person", "email", help="Only what the person with this address did.")
@click.option("--task", "task_id", type=int, help="Only what happened to this task.")
@click.option("--limit", type=click.IntRange(1), help="So many rows at most.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@with_appcontext
def audit_command(
    start: datetime | None,
    email: str | None,
    task_id: int | None,
    limit: int | None,
    as_json: bool,
) -> None:
    """Print who did what, and when, the newest first."""
    write = _line if as_json else _words
    for row in islice(_rows(_asked(start, email, task_id)), limit):
        click.echo(write(row))


def _rows(asked: Select[Any]) -> Iterator[Any]:
    """All rows, some at a time: a long trail fits into no memory."""
    page = asked.limit(AT_ONCE)
    while True:
        with reading() as connection:
            rows = connection.execute(page).mappings().all()
        yield from rows
        if len(rows) < AT_ONCE:
            return
        page = asked.where(Activity.id < rows[-1]["id"]).limit(AT_ONCE)


def _asked(start: datetime | None, email: str | None, task_id: int | None) -> Select[Any]:
    named = (AUDIT.column(name).label(name) for name in COLUMNS + MORE)
    asked: Select[Any] = select(*named).order_by(Activity.id.desc())
    if start is not None:
        zone = ZoneInfo(current_app.config["TANDEM"].timezone)
        asked = asked.where(since(start.replace(tzinfo=zone)))
    if email is not None:
        asked = asked.where(Activity.person_id == _person(email))
    if task_id is not None:
        asked = asked.where(of_task(task_id))
    return asked


def _person(email: str) -> int:
    try:
        return int(maintain(lambda work: person_by_email(work, email).id))
    except DomainError as error:
        raise Refused(error) from None


def _line(row: Any) -> str:
    said = orjson.loads(row["changes"]) if row["changes"] else {}
    shown = {name: row[name] for name in ("id", *COLUMNS, *MORE[1:])}
    return orjson.dumps(shown | {"by_operator": bool(row["by_operator"]), "changes": said}).decode()


def _words(row: Any) -> str:
    who = "operator" if row["by_operator"] else row["person_name"]
    when = row["happened_at"].strftime("%Y-%m-%d %H:%M:%S")
    thing = f"{row['kind']} {row['object_id']}"
    return "\t".join((when, who, row["action"], thing, _one_line(row["name"]), row["changes"]))


def _one_line(text: str) -> str:
    return " ".join(text.split())
