"""Projects, who belongs to them, and their task lists."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.access import (
    list_manageable,
    project_changeable,
    visible_company,
    visible_list,
    visible_person,
    visible_project,
)
from app.errors import Forbidden, Invalid, NotFound
from app.models import (
    ROLES,
    Company,
    Membership,
    Person,
    Project,
    ProjectTag,
    Task,
    TaskList,
)
from app.queries.sql import among
from app.services import checks, privacy
from app.services.commands import (
    AddProject,
    AddTaskList,
    ChangedPeople,
    ChangeProjectPeople,
    EditProject,
    EditTaskList,
    Unset,
)
from app.services.finding import sent
from app.services.followers import (
    follow_tasks_of_list,
    list_followers,
    set_list_followers,
)
from app.services.list_templates import fill
from app.services.markup import text_of
from app.services.project_categories import check_category
from app.services.references import people_of_project
from app.services.tagging import put_tags
from app.services.task_values import text_to_html
from app.services.work import Work

CHECKS: dict[str, Any] = {
    "name": partial(checks.name, most=200),
    "number": partial(checks.text, most=50),
    "description": checks.text,
    "description_html": checks.html,
    "category_id": checks.anything,
    "start_on": checks.anything,
    "end_on": checks.anything,
    "harvest_enabled": checks.anything,
}


def add_project(command: AddProject, work: Work) -> int:
    """Add a project. Raises Forbidden without the permission, Invalid for an unknown company."""
    viewer = work.viewer
    if not viewer.may_add_projects:
        raise Forbidden("You may not add projects")
    values = _own_values(work, command)
    values["company_id"] = _company(work, command.company_id)
    project_id = work.insert(Project, creator_id=viewer.person_id, **values)
    work.insert_links(
        Membership,
        [{"person_id": viewer.person_id, "project_id": project_id, "role": "manager"}],
    )
    put_tags(work, ProjectTag.project_id, project_id, command.tags, command.tag_ids)
    return project_id


def _company(work: Work, company_id: int | None) -> int:
    """The named company, or the viewer's own. Raises Invalid."""
    own = select(Person.company_id).where(Person.id == work.viewer.person_id)
    if company_id is None:
        return int(work.scalar(own))
    where = (Company.id == company_id, visible_company(work.viewer, Company))
    if work.scalar(select(Company.id).where(*where)) is None:
        raise Invalid({"company_id": f"no such company: {company_id}"})
    return company_id


def _managed(work: Work, project_id: int) -> Any:
    """The project, locked, for its manager. Raises NotFound, Forbidden."""
    allowed = project_changeable(work.viewer, Project.id, "manager")
    found = work.first(
        select(Project.id, Project.archived_at, allowed.label("allowed"))
        .where(Project.id == project_id, visible_project(work.viewer))
        .with_for_update(of=Project, key_share=True)
    )
    if found is None:
        raise NotFound("Project not found")
    if not found.allowed:
        raise Forbidden("Only a manager of the project may do this")
    return found


def edit_project(command: EditProject, work: Work) -> None:
    """Change a project. Tasks keep its folded name for sorting, so a new name is written to them
    too.
    """
    project = _managed(work, command.project_id)
    values = _own_values(work, command) | sent(command, "company_id")
    if "company_id" in values:
        _company(work, values["company_id"])
    if not isinstance(command.archived, Unset) and command.archived != bool(project.archived_at):
        values["archived_at"] = work.now if command.archived else None
    tags = put_tags(work, ProjectTag.project_id, project.id, command.tags, command.tag_ids)
    if values or tags:
        work.change(Project, project.id, **values)
    if "name" in values or "company_id" in values:
        _write_keys(work, project.id)


def _own_values(work: Work, command: AddProject | EditProject) -> dict[str, Any]:
    """The columns that were sent, but for the company. HTML gives the text of the description, and
    text the HTML, as with tasks. Raises Invalid.
    """
    values = checks.checked(sent(command, *CHECKS), CHECKS)
    if "name" in values:
        values["name_key"] = values["name"].casefold()
    if "description_html" in values:
        values["description"] = text_of(values["description_html"])
    elif "description" in values:
        values["description_html"] = text_to_html(values["description"])
    check_category(work, values.get("category_id"))
    return values


def _write_keys(work: Work, project_id: int) -> None:
    keys = work.first(
        select(Project.name_key.label("project"), Company.name_key.label("company"))
        .join(Company, Company.id == Project.company_id)
        .where(Project.id == project_id)
    )
    assert keys is not None
    work.run(
        update(Task)
        .where(Task.project_id == project_id)
        .values(project_key=keys.project, company_key=keys.company, version=Task.version + 1)
    )


def change_project_people(command: ChangeProjectPeople, work: Work) -> ChangedPeople:
    """Add people in a role, and remove others. Unknown people are reported as failed."""
    if command.role not in ROLES:
        raise Invalid({"role": f"one of {', '.join(ROLES)}"})
    _managed(work, command.project_id)
    known = set(
        work.ids(
            select(Person.id).where(
                among(work.connection, Person.id, [*command.add, *command.remove]),
                visible_person(work.viewer),
            )
        )
    )
    added = [person for person in command.add if person in known]
    join(work, command.project_id, added, command.role)
    members = work.ids(
        select(Membership.person_id).where(Membership.project_id == command.project_id)
    )
    removed = [person for person in command.remove if person in members]
    work.run(
        delete(Membership).where(
            Membership.project_id == command.project_id, Membership.person_id.in_(removed)
        )
    )
    failed = [person for person in (*command.add, *command.remove) if person not in known]
    return ChangedPeople(tuple(added), tuple(removed), tuple(failed))


def join(work: Work, project_id: int, people: Sequence[int], role: str) -> None:
    """Make people members in a role; who is one already gets the role."""
    rows = [
        {"person_id": person, "project_id": project_id, "role": role}
        for person in dict.fromkeys(people)
    ]
    if rows:
        make = postgresql.insert if work.on_postgresql else sqlite.insert
        statement: Any = make(Membership)
        statement = statement.on_conflict_do_update(
            index_elements=["person_id", "project_id"], set_={"role": statement.excluded.role}
        )
        work.connection.execute(statement, rows)


def add_task_list(command: AddTaskList, work: Work) -> int:
    """Add a list at the end of a project, or at its top; a manager may. Raises NotFound, Forbidden,
    Invalid.
    """
    _managed(work, command.project_id)
    list_id = work.insert(
        TaskList,
        project_id=command.project_id,
        creator_id=work.viewer.person_id,
        name=command.name,
        description=command.description,
        pinned=command.pinned,
        position=_place(work, command.project_id, command.on_top),
    )
    for field in ("granted", "comment_followers", "change_followers"):
        people_of_project(work, getattr(command, field), command.project_id, field)
    if command.private:
        task_list = _list(work, list_id)
        privacy.set_list_privacy(work, task_list, True, command.granted)
    set_list_followers(work, list_id, command.comment_followers, command.change_followers)
    if command.template_id is not None:
        fill(work, list_id, command.template_id, command.project_id)
    return list_id


def _place(work: Work, project_id: int, on_top: bool) -> int:
    ends = select(func.min(TaskList.position), func.max(TaskList.position))
    first, last = work.first(ends.where(TaskList.project_id == project_id)) or (None, None)
    return (first or 0) - 1 if on_top else (last or 0) + 1


def _list(work: Work, list_id: int) -> Any:
    allowed = list_manageable(work.viewer).label("allowed")
    columns = (TaskList.id, TaskList.project_id, TaskList.creator_id, TaskList.lockdown_id)
    found = work.first(
        select(*columns, allowed)
        .where(TaskList.id == list_id, visible_list(work.viewer))
        .with_for_update(of=TaskList, key_share=True)
    )
    if found is None:
        raise NotFound("Task list not found")
    if not found.allowed:
        raise Forbidden("Only a manager of the project may change its task lists")
    return found


def edit_task_list(command: EditTaskList, work: Work) -> None:
    """Change a task list. Raises NotFound, Forbidden, Invalid."""
    task_list = _list(work, command.list_id)
    values = {name: getattr(command, name) for name in ("name", "description", "pinned")}
    values = {name: value for name, value in values.items() if not isinstance(value, Unset)}
    work.change(TaskList, task_list.id, **values)
    granted = None if isinstance(command.granted, Unset) else command.granted
    private = command.private
    if isinstance(private, Unset):
        private = task_list.lockdown_id is not None
    if private != (task_list.lockdown_id is not None) or granted is not None:
        privacy.set_list_privacy(work, task_list, private, granted)
    comments, changes = command.comment_followers, command.change_followers
    for field, people in (("comment_followers", comments), ("change_followers", changes)):
        if not isinstance(people, Unset):
            people_of_project(work, people, task_list.project_id, field)
    if not isinstance(comments, Unset) or not isinstance(changes, Unset):
        now = list_followers(work, task_list.id)
        comments = tuple(now["comments"]) if isinstance(comments, Unset) else comments
        changes = tuple(now["changes"]) if isinstance(changes, Unset) else changes
        set_list_followers(work, task_list.id, comments, changes)
    if command.apply_defaults:
        follow_tasks_of_list(work, task_list.id, task_list.project_id)


def join_as_operator(work: Work, project_id: int, person_id: int, role: str) -> None:
    """Make a person a member, for the command line. Raises NotFound."""
    where = (Project.id == project_id, Project.deleted_at.is_(None))
    if work.scalar(select(Project.id).where(*where)) is None:
        raise NotFound(f"no such project: {project_id}")
    join(work, project_id, [person_id], role)
