"""/tags.json, /tags/{id}.json, and the tags of tasks and projects."""

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.tags import TAGS, tags_named_like, tags_of
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.time import TIME_ENTRIES
from app.queries.page import fetch_by_id, require
from app.services.execute import execute
from app.services.talk_commands import DeleteTag
from app.teamwork import envelope
from app.teamwork.options import read_options
from app.teamwork.schemas import tags as schemas
from app.teamwork.schemas.neighbours import PAGING
from app.teamwork.views import live, neighbour_list

tags = Blueprint("tags", __name__)

SECTION = "Tags"
LIST = {"tags": [schemas.TagOfAccount]}


@tags.get("/tags.json")
@operation(SECTION, options=schemas.OPTIONS, answer=LIST)
def list_tags() -> Response:
    """The tags of the account, by name; everybody knows all of them."""
    term = read_options(schemas.OPTIONS, request.args)["searchTerm"]
    where = [tags_named_like(term)] if term else []
    return neighbour_list("tags", schemas.TAG, *where)


@tags.post("/tags.json")
@operation(SECTION, body=schemas.NewTagBody, wrapper="tag", answer={"id": "string"}, status=201)
def add_tag() -> Response:
    """Add a tag; 409 for a name that there is, in whatever case."""
    return envelope.created(execute(schemas.add_tag(read_object(request)), current_viewer()))


@tags.get("/tags/<id:tag_id>.json")
@operation(SECTION, answer={"tag": schemas.TagOfAccount})
def retrieve_tag(tag_id: int) -> Response:
    """One tag."""
    plan = schemas.TAG.plan(live())
    page = fetch_by_id(TAGS, tag_id, plan.columns, current_viewer(), facets=plan.facets)
    return envelope.payload("tag", plan.render(page)[0])


@tags.put("/tags/<id:tag_id>.json")
@operation(SECTION, body=schemas.TagBody, wrapper="tag")
def edit_tag(tag_id: int) -> Response:
    """Rename a tag or give it another colour; for administrators."""
    execute(schemas.edit_tag(read_object(request), tag_id), current_viewer())
    return envelope.ok()


@tags.delete("/tags/<id:tag_id>.json")
@operation(SECTION)
def delete_tag(tag_id: int) -> Response:
    """Remove a tag from all that carries it; for administrators."""
    execute(DeleteTag(tag_id), current_viewer())
    return envelope.ok()


@tags.get("/tasks/<id:task_id>/tags.json")
@operation(SECTION, options=PAGING, answer=LIST)
def list_of_task(task_id: int) -> Response:
    """The tags of a task."""
    require(TASKS, task_id, current_viewer())
    return neighbour_list("tags", schemas.TAG, tags_of("task", task_id))


@tags.put("/tasks/<id:task_id>/tags.json")
@operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
def change_of_task(task_id: int) -> Response:
    """Add tags to a task (the default), replace its tags, or remove some."""
    execute(schemas.change_task_tags(read_object(request), task_id), current_viewer())
    return envelope.ok()


@tags.get("/projects/<id:project_id>/tags.json")
@operation(SECTION, options=PAGING, answer=LIST)
def list_of_project(project_id: int) -> Response:
    """The tags of a project."""
    require(PROJECTS, project_id, current_viewer())
    return neighbour_list("tags", schemas.TAG, tags_of("project", project_id))


@tags.put("/projects/<id:project_id>/tags.json")
@operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
def change_of_project(project_id: int) -> Response:
    """Add tags to a project (the default), replace its tags, or remove some."""
    execute(schemas.change_project_tags(read_object(request), project_id), current_viewer())
    return envelope.ok()


@tags.get("/timelogs/<id:entry_id>/tags.json")
@operation(SECTION, options=PAGING, answer=LIST)
def list_of_time(entry_id: int) -> Response:
    """The tags of a time entry."""
    require(TIME_ENTRIES, entry_id, current_viewer())
    return neighbour_list("tags", schemas.TAG, tags_of("time", entry_id))


@tags.put("/timelogs/<id:entry_id>/tags.json")
@operation(SECTION, body=schemas.CarriedTagsBody, wrapper="tags")
def change_of_time(entry_id: int) -> Response:
    """Add tags to a time entry (the default), replace its tags, or remove some."""
    execute(schemas.change_time_tags(read_object(request), entry_id), current_viewer())
    return envelope.ok()
