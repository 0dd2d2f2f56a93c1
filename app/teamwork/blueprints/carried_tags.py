"""The tags of tasks, projects, time entries, task lists, companies, people and files: one pair of
routes for each of them; clients also call companies `companys` and people `users` here (paths.py).
"""

from dataclasses import dataclass
from typing import Any, Final

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.structure import COMPANIES, LISTS, PEOPLE, PROJECTS
from app.queries.catalogues.tags import tags_of
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.time import TIME_ENTRIES
from app.queries.page import require
from app.queries.query import Catalogue
from app.services import talk_commands as commands
from app.services.execute import execute
from app.teamwork import envelope
from app.teamwork.schemas import tags as schemas
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import neighbour_list

carried_tags = Blueprint("carried_tags", __name__)

SECTION = "Tags"
LIST = {"tags": [schemas.TagOfAccount]}


@dataclass(frozen=True, slots=True)
class Carrier:
    """A kind of thing that carries tags. `owner` is the member of the command that names it, `id`
    the name of its id in the path; `who` may change its tags, if that needs saying.
    """

    kind: str
    name: str
    path: str
    id: str
    catalogue: Catalogue
    command: type[commands.ChangeTags]
    owner: str
    who: str = ""


CARRIERS: Final = (
    Carrier("task", "a task", "tasks", "task_id", TASKS, commands.ChangeTaskTags, "task_id"),
    Carrier(
        "project",
        "a project",
        "projects",
        "project_id",
        PROJECTS,
        commands.ChangeProjectTags,
        "project_id",
        "its managers",
    ),
    Carrier(
        "time",
        "a time entry",
        "timelogs",
        "entry_id",
        TIME_ENTRIES,
        commands.ChangeTimeTags,
        "time_entry_id",
    ),
    Carrier(
        "list",
        "a task list",
        "tasklists",
        "list_id",
        LISTS,
        commands.ChangeListTags,
        "list_id",
        "managers of its project",
    ),
    Carrier(
        "company",
        "a company",
        "companies",
        "company_id",
        COMPANIES,
        commands.ChangeCompanyTags,
        "company_id",
        "administrators",
    ),
    Carrier(
        "person",
        "a person",
        "people",
        "person_id",
        PEOPLE,
        commands.ChangePersonTags,
        "person_id",
        "the person and administrators",
    ),
    Carrier("file", "a file", "files", "file_id", DOCUMENTS, commands.ChangeFileTags, "file_id"),
)


def _serve(carrier: Carrier) -> None:
    """Add the two routes of a kind of thing."""

    @operation(SECTION, options=PAGING, answer=LIST)
    def listed(**path: Any) -> Response:
        row_id = path[carrier.id]
        require(carrier.catalogue, row_id, current_viewer())
        return neighbour_list("tags", schemas.TAG, tags_of(carrier.kind, row_id))

    @operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
    def changed(**path: Any) -> Response:
        said = schemas.carried_tags(read_object(request))
        command = carrier.command(**{carrier.owner: path[carrier.id]}, **said)
        execute(command, current_viewer())
        return envelope.ok()

    listed.__doc__ = f"The tags of {carrier.name}."
    reserved = f" For {carrier.who}." if carrier.who else ""
    changed.__doc__ = (
        f"Add tags to {carrier.name} (the default), replace them, or remove some.{reserved}"
    )
    rule = f"/{carrier.path}/<id:{carrier.id}>/tags.json"
    carried_tags.add_url_rule(rule, f"list_of_{carrier.kind}", listed, methods=["GET"])
    carried_tags.add_url_rule(rule, f"change_of_{carrier.kind}", changed, methods=["PUT"])


for each in CARRIERS:
    _serve(each)
