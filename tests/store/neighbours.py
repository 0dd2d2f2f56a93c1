"""Help for the tests of commands on a task's neighbours."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from sqlalchemy import select

from app.errors import DomainError, Invalid
from app.extensions import db
from app.services.execute import execute
from tests.builders import World

UID = "01890a5d-ac96-774b-bcce-b302099a8057"
OTHER_UID = "01890a5d-ac96-774b-bcce-b302099a8058"


@dataclass(frozen=True)
class Cast:
    """A project with a manager, an editor and a viewer, a list and a task in it; a stranger."""

    project: int
    list: int
    task: int
    manager: int
    editor: int
    viewer: int
    stranger: int


def cast(world: World) -> Cast:
    """The people and things that most tests need."""
    manager, editor, viewer = (world.person(name) for name in ("Mia", "Edi", "Vic"))
    stranger = world.person("Sam", company_id=world.company())
    project = world.project("demo", manager=(manager,), editor=(editor,), viewer=(viewer,))
    home = world.list(project)
    return Cast(project, home, world.task(home), manager, editor, viewer, stranger)


def rows(model: Any, **equal: Any) -> list[dict[str, Any]]:
    """The rows of a table, as stored, that have these values."""
    where = [getattr(model, name) == value for name, value in equal.items()]
    chosen = select(model.__table__).where(*where).order_by(*model.__table__.primary_key)
    with db.engine.connect() as connection:
        return [dict(row) for row in connection.execute(chosen).mappings()]


def row(model: Any, row_id: int) -> dict[str, Any]:
    """One row, as stored."""
    (found,) = rows(model, id=row_id)
    return found


def everything() -> dict[str, list[tuple[Any, ...]]]:
    """All that is stored."""
    with db.engine.connect() as connection:
        return {
            table.name: [
                tuple(found)
                for found in connection.execute(select(table).order_by(*table.primary_key))
            ]
            for table in db.metadata.sorted_tables
        }


@contextmanager
def refused(error: type[DomainError], field: str | None = None) -> Iterator[None]:
    """What runs inside raises the error, about the field if one is said, and changes nothing."""
    before = everything()
    with pytest.raises(error) as caught:
        yield
    assert type(caught.value) is error
    if field is not None:
        assert isinstance(caught.value, Invalid)
        assert list(caught.value.messages) == [field]
    assert everything() == before


def check_refusals(
    world: World, cases: list[tuple[int, type[DomainError], str | None, Any]]
) -> None:
    """Each case: who executes which command, and the error, about which field."""
    for who, error, field, command in cases:
        with refused(error, field):
            execute(command, world.viewer(who))
