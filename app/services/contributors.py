"""Who works on a task: the contact, whose assignment has the ordinal 0, and the contributors behind
him (decision 29). A task may have contributors and no contact.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import func, select

from app.errors import Invalid, NotFound
from app.models import Assignment, Task
from app.services.commands import Unset
from app.services.references import people_of_project, task_to_edit
from app.services.statements import Look, asked
from app.services.task_commands import AddContributor, EditContributor, RemoveContributor
from app.services.task_values import hours
from app.services.work import Work

CONTACT = 0


def set_contact(work: Work, task: Any, person_id: int | None) -> None:
    """Put a person, or nobody, in the contact's place; the contributors stay. A contributor who
    becomes the contact keeps his hours. Raises Invalid.
    """
    rows = assignments(work, task.id)
    contact = next((row for row in rows if row.ordinal == CONTACT), None)
    if person_id == (contact.person_id if contact else None):
        return
    if person_id is not None:
        people_of_project(work, [person_id], task.project_id, "contact_id")
    if contact is not None:
        work.clear(Assignment, id=contact.id)
    others = {row.person_id: row.id for row in rows if row.ordinal != CONTACT}
    if person_id in others:
        work.change(Assignment, others[person_id], ordinal=CONTACT)
    elif person_id is not None:
        work.insert(Assignment, task_id=task.id, person_id=person_id, ordinal=CONTACT)
    if person_id is not None or not others:
        assigner = None if person_id is None else work.viewer.person_id
        work.put(Task, task.id, assigned_by_id=assigner)


def assignments(work: Work, task_id: int) -> Sequence[Any]:
    """Who works on a task."""
    return work.all(_ASSIGNMENTS, task_id=task_id)


_ASSIGNMENTS = Look(
    lambda *_: select(Assignment.person_id, Assignment.id, Assignment.ordinal).where(
        Assignment.task_id == asked("task_id")
    )
)


def add_contributor(command: AddContributor, work: Work) -> int:
    """Add a contributor behind the others; gives the assignment. Raises NotFound, Forbidden,
    Invalid.
    """
    task = task_to_edit(work, command.task_id)
    hours(command.work_hours)
    people_of_project(work, [command.person_id], task.project_id, "person_id")
    mine = Assignment.task_id == task.id
    there = work.first(
        select(Assignment.ordinal).where(mine, Assignment.person_id == command.person_id)
    )
    if there is not None:
        said = "the contact is no contributor" if there.ordinal == CONTACT else "is one already"
        raise Invalid({"person_id": f"person {command.person_id}: {said}"})
    last = work.scalar(select(func.max(Assignment.ordinal)).where(mine)) or CONTACT
    made = work.insert(
        Assignment,
        task_id=task.id,
        person_id=command.person_id,
        ordinal=last + 1,
        work_hours=command.work_hours,
        is_done=command.is_done,
    )
    work.touch([task.id])
    return made


def edit_contributor(command: EditContributor, work: Work) -> None:
    """Change a contributor. Raises NotFound, Forbidden, Invalid."""
    row = _contributor(work, command.task_id, command.assignment_id)
    sent = {"work_hours": command.work_hours, "is_done": command.is_done}
    values = {name: value for name, value in sent.items() if not isinstance(value, Unset)}
    if "work_hours" in values:
        hours(values["work_hours"])
    if values:
        work.change(Assignment, row.id, **values)
        work.touch([command.task_id])


def remove_contributor(command: RemoveContributor, work: Work) -> None:
    """Take a contributor off a task. Raises NotFound, Forbidden."""
    row = _contributor(work, command.task_id, command.assignment_id)
    work.clear(Assignment, id=row.id)
    work.touch([command.task_id])


def _contributor(work: Work, task_id: int, assignment_id: int) -> Any:
    """A contributor of a task that the viewer may change, the task locked."""
    task = task_to_edit(work, task_id)
    found = work.first(
        select(Assignment.id).where(
            Assignment.id == assignment_id,
            Assignment.task_id == task.id,
            Assignment.ordinal != CONTACT,
        )
    )
    if found is None:
        raise NotFound("Contributor not found")
    return found
