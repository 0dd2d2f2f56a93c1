"""Documents: the files of projects. The dialect guesses their media types."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, case, exists, false, func, or_, select

from app.access import CHANGING_ROLES, Viewer, project_changeable, visible, visible_file
from app.models import File, FileVersion, Person, Project, Task, TaskFile
from app.models.base import Instant
from app.queries import facets
from app.queries.catalogues.tags import tags_lookup
from app.queries.lookup import Among, Lookup, Statement, listed
from app.queries.query import Catalogue, Facet
from app.queries.relationships import by_key, columns_of, paired, to_one, value_at
from app.queries.values import TaskName

FILE = File.__table__.c
# Who brought the present version.
UPLOADER = func.coalesce(FILE.uploader_id, FILE.creator_id)


class Version(NamedTuple):
    """An earlier version of a file; `uploaded_at` is when it came."""

    id: int
    revision: int
    name: str
    size: int
    digest: str
    uploaded_at: datetime
    creator_id: int
    first_name: str
    last_name: str


def file_changeable(viewer: Viewer) -> ColumnElement[bool]:
    """The viewer may change the file, provided that he sees it: its creator may, and the editors of
    the project.
    """
    if viewer.read_only:
        return false()
    changing = project_changeable(viewer, FILE.project_id, *CHANGING_ROLES)
    return or_(FILE.creator_id == viewer.me, changing)


def carried_by(task_id: int) -> ColumnElement[bool]:
    """Files on the task."""
    return exists().where(TaskFile.file_id == FILE.id, TaskFile.task_id == task_id)


def _versions(among: Among, _: Viewer) -> Statement:
    columns = ("id", "revision", "name", "size", "digest", "created_at", "creator_id")
    return (
        select(
            FileVersion.file_id,
            *(getattr(FileVersion, name) for name in columns),
            Person.first_name,
            Person.last_name,
        )
        .join(Person, Person.id == FileVersion.creator_id)
        .where(among(FileVersion.file_id))
        .order_by(FileVersion.file_id, FileVersion.revision.desc())
    )


def _carriers(among: Among, viewer: Viewer) -> Statement:
    """The tasks that carry a file, as far as the viewer sees them."""
    return (
        select(TaskFile.file_id, Task.id, Task.name)
        .join(Task, Task.id == TaskFile.task_id)
        .where(among(TaskFile.file_id), visible(viewer))
        .order_by(TaskFile.file_id, Task.id)
    )


def _uploaded_at() -> ColumnElement[Any]:
    """When the present version came: when it took the place of the one before."""
    before = FileVersion.__table__.alias().c
    replaced = select(func.max(before.changed_at)).where(before.file_id == FILE.id)
    return func.coalesce(replaced.scalar_subquery(), FILE.created_at, type_=Instant())


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
        "uploaded_at": _uploaded_at(),
        "can_edit": file_changeable,
        "project_uid": value_at(Project, FILE.project_id, "uid"),
        "creator_uid": value_at(Person, FILE.creator_id, "uid"),
        "uploader_id": UPLOADER,
        "uploader_uid": value_at(Person, UPLOADER, "uid"),
    },
    visible=lambda viewer, _: visible_file(viewer),
    facets={
        "project": Facet("project_id", facets.PROJECTS),
        "creator": Facet("creator_id", facets.PEOPLE),
        "uploader": Facet("uploader_id", facets.PEOPLE),
        "versions": Facet("id", Lookup(_versions, listed(Version))),
        "carriers": Facet("id", Lookup(_carriers, listed(TaskName))),
        "tags": Facet("id", tags_lookup("file")),
    },
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
