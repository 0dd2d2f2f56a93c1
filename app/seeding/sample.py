"""The first start: an administrator with a key, and a small project that has a task in every
window.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from app.access import Viewer
from app.clock import clock
from app.config import Settings
from app.services.commands import (
    AddPerson,
    AddProject,
    AddTask,
    AddTaskList,
    ChangeProjectPeople,
    CompleteTask,
    TaskChanges,
)
from app.services.execute import execute, maintain
from app.services.keys import new_key
from app.services.people import has_administrator, new_person, set_up
from app.services.work import Work

ADMIN = AddPerson(first_name="Ada", last_name="Admin", email="admin@example.com", is_admin=True)
COLLEAGUE = AddPerson(first_name="Mia", last_name="Muster", email="mia@example.com")


@dataclass(frozen=True, slots=True)
class FirstStart:
    """What a first start made."""

    key: str
    list_id: int | None


def first_start(settings: Settings) -> FirstStart | None:
    """Make the first administrator, and the sample; None when there is an administrator already."""

    def make(work: Work) -> tuple[int, int, str] | None:
        set_up(work, "Demo Company")
        if has_administrator(work):
            return None
        admin = new_person(work, ADMIN)
        colleague = new_person(work, COLLEAGUE) if settings.sample != "0" else 0
        return admin, colleague, new_key(work, admin, fixed=settings.admin_key)

    made = maintain(make)
    if made is None:
        return None
    admin, colleague, key = made
    viewer = Viewer(admin, admin=True, zone=settings.timezone, account_zone=settings.timezone)
    list_id = _sample(viewer, colleague) if settings.sample != "0" else None
    return FirstStart(key, list_id)


def _sample(viewer: Viewer, colleague: int) -> int:
    project = execute(AddProject(name="demo", description="A project to play with"), viewer)
    execute(ChangeProjectPeople(project, add=(colleague,)), viewer)
    todos = execute(AddTaskList(project_id=project, name="Todos"), viewer)
    ideas = execute(AddTaskList(project_id=project, name="Ideas"), viewer)
    today = clock.today(viewer.zone)
    me = viewer.person_id

    def add(name: str, days: int | None, list_id: int = todos, **more: object) -> int:
        due: date | None = None if days is None else today + timedelta(days)
        changes = TaskChanges(name=name, due_on=due, **more)  # type: ignore[arg-type]
        return int(execute(AddTask(changes, list_id=list_id), viewer))

    quotes = add("Ask for three quotes", -9, assignees=(me,), priority=1, progress=40)
    add("Renew the certificate", -2, assignees=(colleague,), tags=("urgent",))
    add(
        "Write documentation",
        0,
        start_on=today - timedelta(2),
        description="The page that everybody reads first.",
        tags=("documentation", "api"),
        assignees=(me, colleague),
    )
    add("Call the supplier", 1, priority=2, assignees=(colleague,))
    order = add(
        "Order the material",
        5,
        predecessors=((quotes, "complete"),),
        work_hours=1.5,
        comment_followers=(colleague,),
    )
    add("Compare the offers", 3, parent_id=order)
    add("Review the plan", 12, start_on=today + timedelta(7), private=True)
    add("Hand over to the client", 27, priority=3)
    add("Yearly inspection", 200)
    add("Paint the office", None, ideas)
    add("A garden on the roof", None, ideas, start_on=today)
    execute(CompleteTask(add("Rent a crane", -20, assignees=(me,))), viewer)
    return int(todos)
