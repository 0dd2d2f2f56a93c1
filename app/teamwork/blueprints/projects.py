"""/projects.json and /projects/{id}…, companies and people: what tasks need to stand on."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.json import json_response
from app.http.operations import operation
from app.queries.catalogues.structure import (
    PROJECTS,
    archived,
    members_of,
    projects_named,
)
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id, require
from app.queries.query import parameter
from app.services.execute import execute
from app.teamwork import envelope, filters
from app.teamwork.options import Option, read_options, word
from app.teamwork.schemas import neighbours
from app.teamwork.schemas.neighbours import Listed
from app.teamwork.schemas.todo_item import TodoItem
from app.teamwork.views import live, neighbour_list, task_list

projects = Blueprint("projects", __name__)

OF_PROJECT = TASKS.column("project_id") == parameter("scope")

SECTION = "Neighbours"
STATUSES = {"all": None, "active": False, "archived": True}
PROJECT_OPTIONS = (
    *neighbours.PAGING,
    word("status", STATUSES, False, "active ones (the default), archived ones, or all"),
    Option("searchTerm", str, "text", "", "only projects whose name contains this"),
)


@projects.get("/projects.json")
@operation(SECTION, options=PROJECT_OPTIONS, answer={"projects": [neighbours.Project]})
def list_projects() -> Response:
    """The projects that one belongs to; an administrator sees all."""
    asked = read_options(PROJECT_OPTIONS, request.args)
    where: list[Any] = [projects_named(asked["searchTerm"])] if asked["searchTerm"] else []
    if asked["status"] is not None:
        where.append(archived(asked["status"]))
    return neighbour_list("projects", neighbours.PROJECT, *where, order="name_key")


@projects.post("/projects.json")
@operation(
    SECTION,
    body=neighbours.NewProjectBody,
    wrapper="project",
    answer={"id": "string"},
    status=201,
)
def add_project() -> Response:
    """Add a project; one becomes its manager."""
    return envelope.created(execute(neighbours.add_project(read_object(request)), current_viewer()))


@projects.get("/projects/<id:project_id>.json")
@operation(SECTION, answer={"project": neighbours.Project})
def retrieve_project(project_id: int) -> Response:
    """One project."""
    return _one("project", neighbours.PROJECT, project_id)


@projects.put("/projects/<id:project_id>.json")
@operation(SECTION, body=neighbours.ProjectBody, wrapper="project")
def edit_project(project_id: int) -> Response:
    """Rename a project, or archive it with the status `inactive` (decision 21)."""
    execute(neighbours.edit_project(read_object(request), project_id), current_viewer())
    return envelope.ok()


@projects.get("/projects/<id:project_id>/tasks.json")
@operation(
    "Retrieve all tasks on a given project",
    options=filters.LIST_OPTIONS,
    answer={"todo-items": [TodoItem]},
)
def tasks_of_project(project_id: int) -> Response:
    """All tasks on a project."""
    require(PROJECTS, project_id, current_viewer())
    return task_list(OF_PROJECT, project_id)


@projects.get("/projects/<id:project_id>/people.json")
@operation(SECTION, options=neighbours.PAGING, answer={"people": [neighbours.Person]})
def people_of_project(project_id: int) -> Response:
    """The members of a project."""
    require(PROJECTS, project_id, current_viewer())
    return neighbour_list("people", neighbours.PERSON, members_of(project_id))


@projects.route("/projects/<id:project_id>/people.json", methods=["PUT", "POST"])
@operation(SECTION, body=neighbours.ProjectPeopleBody, wrapper="add", answer={"details": "object"})
def change_people(project_id: int) -> Response:
    """Add members to a project in a role, or remove some (decision 7)."""
    command = neighbours.change_people(read_object(request), project_id)
    changed = execute(command, current_viewer())
    details = {
        name: [str(each) for each in getattr(changed, name)]
        for name in ("added", "removed", "failed")
    }
    return json_response({"details": details, "STATUS": "OK"})


@projects.get("/companies.json")
@operation(SECTION, options=neighbours.PAGING, answer={"companies": [neighbours.Company]})
def list_companies() -> Response:
    """The companies of one's projects and colleagues."""
    return neighbour_list("companies", neighbours.COMPANY, order="name_key")


@projects.post("/companies.json")
@operation(
    SECTION,
    body=neighbours.CompanyBody,
    wrapper="company",
    answer={"id": "string"},
    status=201,
)
def add_company() -> Response:
    """Add a company; for administrators."""
    return envelope.created(execute(neighbours.add_company(read_object(request)), current_viewer()))


@projects.get("/companies/<id:company_id>.json")
@operation(SECTION, answer={"company": neighbours.Company})
def retrieve_company(company_id: int) -> Response:
    """One company."""
    return _one("company", neighbours.COMPANY, company_id)


@projects.get("/people.json")
@operation(SECTION, options=neighbours.PAGING, answer={"people": [neighbours.Person]})
def list_people() -> Response:
    """The people of one's company and projects."""
    return neighbour_list("people", neighbours.PERSON)


@projects.post("/people.json")
@operation(
    SECTION,
    body=neighbours.PersonBody,
    wrapper="person",
    answer={"id": "string"},
    status=201,
)
def add_person() -> Response:
    """Add a person; for administrators. Keys are made by `flask keys create`."""
    return envelope.created(execute(neighbours.add_person(read_object(request)), current_viewer()))


@projects.get("/people/<id:person_id>.json")
@operation(SECTION, answer={"person": neighbours.Person})
def retrieve_person(person_id: int) -> Response:
    """One person."""
    return _one("person", neighbours.PERSON, person_id)


def _one(name: str, what: Listed, row_id: int) -> Response:
    plan = what.plan(live())
    page = fetch_by_id(what.catalogue, row_id, plan.columns, current_viewer(), facets=plan.facets)
    return envelope.payload(name, plan.render(page)[0])
