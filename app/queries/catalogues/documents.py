"""Documents: the files of projects. The dialect guesses their media types."""

from typing import Any

from sqlalchemy import ColumnElement, case, func

from app.access import visible_file
from app.models import File, Person, Project, TaskFile
from app.queries.query import Catalogue
from app.queries.relationships import by_key, columns_of, paired, to_one, value_at

FILE = File.__table__.c


def _extension(name: Any) -> ColumnElement[str]:
    """What stands behind the last dot of a file name, in lower case; "" without a dot."""
    # Stripping all that is no dot from the right leaves the name up to its last dot.
    stem = func.rtrim(name, func.replace(name, ".", ""))
    behind = func.lower(func.substr(name, func.length(stem) + 1))
    return case((name.contains("."), behind), else_="")


DOCUMENTS = Catalogue(
    name="Document",
    source=File.__table__,
    columns={
        **columns_of(File, "project_id creator_id name size digest revision description_html"),
        "file_type": _extension(FILE.name),
        "project_uid": value_at(Project, FILE.project_id, "uid"),
        "creator_uid": value_at(Person, FILE.creator_id, "uid"),
    },
    visible=lambda viewer, _: visible_file(viewer),
    references={
        "project_uid": by_key("project_id", Project),
        "creator_uid": by_key("creator_id", Person),
    },
    links={
        "project": to_one("Project", "project_id"),
        "creator": to_one("Person", "creator_id"),
        "tasks": paired("Task", TaskFile, "file_id", "task_id"),
    },
    searched=("name",),
)
