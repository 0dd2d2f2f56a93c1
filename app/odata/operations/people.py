"""Contributors and followers of a task."""

from app.access import Viewer
from app.errors import Invalid
from app.odata.engine.source import Answer, Call, Entities
from app.odata.operations.facts import contributors, followers
from app.odata.operations.parameters import all_named, bound_task, named
from app.odata.sets.spelling import named_by
from app.queries.catalogues.contributors import CONTRIBUTORS
from app.queries.catalogues.structure import PEOPLE, PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.page import fetch_by_id
from app.services import task_commands as commands
from app.services.commands import UNSET
from app.services.execute import execute


def get_contributors(call: Call) -> Answer:
    """GetContributors."""
    return contributors(bound_task(call), call.caller)


def add_contributor(call: Call) -> Answer:
    """AddContributor."""
    sent = call.parameters
    person = named(PEOPLE, sent["contactId"], "contactId", call.caller)
    task = bound_task(call)
    made = execute(
        commands.AddContributor(
            task_id=task,
            person_id=person,
            work_hours=sent.get("workAmount") or 0.0,
            is_done=bool(sent.get("isDone")),
        ),
        call.caller,
    )
    return contributors(task, call.caller, made)[0]


def update_contributor(call: Call) -> Answer:
    """UpdateContributor."""
    sent, task = call.parameters, bound_task(call)
    row = named(CONTRIBUTORS, sent["id"], "id", call.caller)
    hours, done = sent.get("workAmount"), sent.get("isDone")
    change = commands.EditContributor(
        task_id=task,
        assignment_id=row,
        work_hours=UNSET if hours is None else hours,
        is_done=UNSET if done is None else done,
    )
    with named_by("id"):
        execute(change, call.caller)
    return contributors(task, call.caller, row)[0]


def remove_contributor(call: Call) -> Answer:
    """RemoveContributor."""
    task, row = bound_task(call), named(CONTRIBUTORS, call.parameters["id"], "id", call.caller)
    with named_by("id"):
        execute(commands.RemoveContributor(task, row), call.caller)
    return None


def get_followers(call: Call) -> Answer:
    """GetNotificationFollowerContacts."""
    return Entities("Contact", followers(bound_task(call), call.caller))


def add_followers(call: Call) -> Answer:
    """AddNotificationFollowers."""
    project, task = call.parameters.get("projectId"), bound_task(call)
    if project is not None:
        _check_context(task, named(PROJECTS, project, "projectId", call.caller), call.caller)
    people = all_named(PEOPLE, call.parameters["contactIds"], "contactIds", call.caller)
    execute(commands.AddFollowers(task, people), call.caller)
    return None


def _check_context(task: int, project: int, viewer: Viewer) -> None:
    """Raise Invalid unless the project that a client speaks of is the task's."""
    page = fetch_by_id(TASKS, task, ("project_id",), viewer)
    if page.rows[0][0] != project:
        raise Invalid({"projectId": "the task is in another project"})


def remove_follower(call: Call) -> Answer:
    """RemoveNotificationFollower."""
    person = named(PEOPLE, call.parameters["contactId"], "contactId", call.caller)
    task = bound_task(call)
    with named_by("contactId"):
        execute(commands.RemoveFollower(task, person), call.caller)
    return None
