"""/projects.json, /projects/{id}…, their stars, and the categories of projects."""

from typing import Any

from flask import Blueprint, Response, request

from app.http.auth import current_viewer
from app.http.bodies import read_object
from app.http.operations import operation
from app.queries.catalogues.categories import PROJECT_CATEGORIES
from app.queries.catalogues.structure import (
    COMPANIES,
    PROJECTS,
    archived,
    companies_in,
    current,
    late,
    projects_changed_after,
    projects_named,
    starred_by,
)
from app.queries.catalogues.tasks import TASKS
from app.queries.page import require
from app.queries.query import Order, parameter
from app.services.execute import execute
from app.services.structure_commands import DeleteProject, DeleteProjectCategory, StarProject
from app.teamwork import completing, envelope, filters
from app.teamwork.options import Option, flag, ids, instant, read_options, word
from app.teamwork.schemas import neighbours, structure
from app.teamwork.schemas import structure_requests as bodies
from app.teamwork.schemas.todo_item import TodoItem
from app.teamwork.views import neighbour_list, one_neighbour, task_list, today_of

projects = Blueprint("projects", __name__)

OF_PROJECT = TASKS.column("project_id") == parameter("scope")

SECTION = "Projects"
STATUSES = {each: each for each in ("all", "active", "archived", "current", "late", "completed")}
ORDERS = {
    "name": Order("name_key"),
    "companyname": Order("company_name"),
    "datecreated": Order("created_at"),
    "lastactivitydate": Order("changed_at", descending=True),
}
PROJECT_OPTIONS = (
    *neighbours.PAGING,
    word(
        "status",
        STATUSES,
        "active",
        "active ones (the default), of these those that are late or those that are not (current), "
        "archived or completed ones, which are the same, or all",
    ),
    Option("searchTerm", str, "text", "", "only projects whose name contains this"),
    instant("updatedAfterDate", "only projects that were changed after this instant"),
    ids("catId", "only projects of these categories"),
    word("orderby", ORDERS, ORDERS["name"], "the order; the latest activity comes first"),
    flag("includePeople", False, "add the ids of the members as `people`"),
)
LIST = {"projects": [neighbours.Project]}


@projects.get("/projects.json")
@operation(SECTION, options=PROJECT_OPTIONS, answer=LIST)
def list_projects() -> Response:
    """The projects that one belongs to; an administrator sees all."""
    return _projects()


@projects.get("/companies/<id:company_id>/projects.json")
@operation(SECTION, options=PROJECT_OPTIONS, answer=LIST)
def projects_of_company(company_id: int) -> Response:
    """The projects of a company, with the same options."""
    require(COMPANIES, company_id, current_viewer())
    return _projects(PROJECTS.column("company_id") == company_id)


@projects.get("/projects/starred.json")
@operation(SECTION, options=PROJECT_OPTIONS, answer=LIST)
def starred_projects() -> Response:
    """The projects that one has marked with a star, with the same options."""
    return _projects(starred_by(current_viewer()))


def _projects(*where: Any) -> Response:
    asked = read_options(PROJECT_OPTIONS, request.args)
    day = today_of(current_viewer()).date
    return neighbour_list(
        "projects",
        neighbours.PROJECT,
        *where,
        *_wanted(asked, day),
        order=asked["orderby"],
        complete=lambda items: completing.complete_projects(
            items, day, people=asked["includePeople"]
        ),
    )


def _wanted(asked: dict[str, Any], day: Any) -> list[Any]:
    where: list[Any] = []
    status: Any = {
        "active": archived(False),
        "archived": archived(True),
        "completed": archived(True),
        "late": late(day),
        "current": current(day),
    }.get(asked["status"])
    if status is not None:
        where.append(status)
    if asked["searchTerm"]:
        where.append(projects_named(asked["searchTerm"]))
    if asked["updatedAfterDate"]:
        where.append(projects_changed_after(asked["updatedAfterDate"]))
    if asked["catId"]:
        where.append(PROJECTS.column("category_id").in_(asked["catId"]))
    return where


@projects.post("/projects.json")
@operation(
    SECTION,
    body=bodies.NewProjectBody,
    wrapper="project",
    answer={"id": "string"},
    status=201,
)
def add_project() -> Response:
    """Add a project; one becomes its manager."""
    return envelope.created(execute(bodies.add_project(read_object(request)), current_viewer()))


@projects.get("/projects/<id:project_id>.json")
@operation(SECTION, answer={"project": neighbours.Project})
def retrieve_project(project_id: int) -> Response:
    """One project."""
    project = one_neighbour(neighbours.PROJECT, project_id)
    completing.complete_projects([project], today_of(current_viewer()).date)
    project["active-pages"] = completing.ACTIVE_PAGES
    return envelope.payload("project", project)


@projects.put("/projects/<id:project_id>.json")
@operation(SECTION, body=bodies.ProjectBody, wrapper="project")
def edit_project(project_id: int) -> Response:
    """Change a project, or archive it with the status `inactive` (decision 21). `tags` and `tagIds`
    take the place of its tags. All projects have the same parts, and no logo: what is sent about
    those (`use-tasks`, `logoPendingFileRef`) is taken and kept nowhere.
    """
    execute(bodies.edit_project(read_object(request), project_id), current_viewer())
    return envelope.ok()


@projects.delete("/projects/<id:project_id>.json")
@operation(SECTION)
def delete_project(project_id: int) -> Response:
    """Hide a project and all that is in it from everybody; for its managers."""
    execute(DeleteProject(project_id), current_viewer())
    return envelope.ok()


@projects.put("/projects/<id:project_id>/star.json")
@operation(SECTION)
def star(project_id: int) -> Response:
    """Mark a project with a star, for oneself."""
    execute(StarProject(project_id), current_viewer())
    return envelope.ok()


@projects.put("/projects/<id:project_id>/unstar.json")
@operation(SECTION)
def take_star_off(project_id: int) -> Response:
    """Take one's star off a project; without one nothing changes."""
    execute(StarProject(project_id, starred=False), current_viewer())
    return envelope.ok()


@projects.get("/projects/<id:project_id>/companies.json")
@operation(SECTION, options=neighbours.PAGING, answer={"companies": [neighbours.Company]})
def companies_of_project(project_id: int) -> Response:
    """The company that a project is for, and those of its members."""
    require(PROJECTS, project_id, current_viewer())
    where = companies_in(project_id)
    return neighbour_list("companies", neighbours.COMPANY, where, order="name_key")


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


CATEGORY_OPTIONS = (
    *neighbours.PAGING,
    Option("searchTerm", str, "text", "", "only categories whose name contains this"),
)


@projects.get("/projectcategories.json")
@operation(SECTION, options=CATEGORY_OPTIONS, answer={"categories": [structure.ProjectCategory]})
def list_categories() -> Response:
    """The categories that projects can have; everybody sees all."""
    term = read_options(CATEGORY_OPTIONS, request.args)["searchTerm"]
    named = PROJECT_CATEGORIES.column("name").icontains(term, autoescape=True)
    return neighbour_list("categories", structure.CATEGORY, *([named] if term else []))


@projects.post("/projectcategories.json")
@operation(
    SECTION,
    body=bodies.NewCategoryBody,
    wrapper="category",
    answer={"categoryId": "string"},
    status=201,
)
def add_category() -> Response:
    """Add a category of projects; for administrators."""
    made = execute(bodies.add_category(read_object(request)), current_viewer())
    return envelope.created(made, "categoryId")


@projects.get("/projectcategories/<id:category_id>.json")
@operation(SECTION, answer={"category": structure.ProjectCategory})
def retrieve_category(category_id: int) -> Response:
    """One category of projects."""
    return envelope.payload("category", one_neighbour(structure.CATEGORY, category_id))


@projects.put("/projectcategories/<id:category_id>.json")
@operation(SECTION, body=bodies.CategoryBody, wrapper="category")
def edit_category(category_id: int) -> Response:
    """Rename or recolour a category of projects; for administrators."""
    execute(bodies.edit_category(read_object(request), category_id), current_viewer())
    return envelope.ok()


@projects.delete("/projectcategories/<id:category_id>.json")
@operation(SECTION)
def delete_category(category_id: int) -> Response:
    """Delete a category; its projects have none then. For administrators."""
    execute(DeleteProjectCategory(category_id), current_viewer())
    return envelope.ok()
