"""A person taken off all his tasks at once."""

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.orm import aliased

from app.access import editable, visible
from app.models import Assignment, Task
from app.queries.sql import among
from app.services.contacts import person_to_change
from app.services.contributors import CONTACT
from app.services.structure_commands import UnassignPerson
from app.services.work import Work


def unassign_person(command: UnassignPerson, work: Work) -> tuple[int, ...]:
    """Take a person off the open tasks that the viewer may edit; gives their ids. Completed ones
    stay as they were done. The next of those who work on a task takes the contact's place. Raises
    NotFound, Forbidden.
    """
    person = person_to_change(work, command.person_id)
    viewer = work.viewer
    working = exists().where(Assignment.task_id == Task.id, Assignment.person_id == person.id)
    ids = work.ids(
        select(Task.id)
        .where(Task.is_done.is_(False), working, visible(viewer), editable(viewer))
        .order_by(Task.id)
        .with_for_update(of=Task, key_share=True)
    )
    if ids:
        mine = (Assignment.person_id == person.id, among(work.connection, Assignment.task_id, ids))
        work.run(delete(Assignment).where(*mine))
        _follow_up(work, ids)
        work.touch(ids)
    return tuple(ids)


def _follow_up(work: Work, ids: list[int]) -> None:
    """Give tasks without a contact the next one who works on them; where nobody does any more,
    nobody has given the task to anybody.
    """
    other, contact = aliased(Assignment), aliased(Assignment)
    next_one = (
        select(func.min(other.ordinal))
        .where(other.task_id == Assignment.task_id)
        .correlate(Assignment)
        .scalar_subquery()
    )
    has_contact = exists().where(contact.task_id == Assignment.task_id, contact.ordinal == CONTACT)
    here = among(work.connection, Assignment.task_id, ids)
    chosen = work.ids(
        select(func.min(Assignment.id))
        .where(here, ~has_contact, Assignment.ordinal == next_one)
        .group_by(Assignment.task_id)
    )
    stamped = {"changed_at": work.now, "version": Assignment.version + 1}
    promote = update(Assignment).where(among(work.connection, Assignment.id, chosen))
    work.run(promote.values(ordinal=CONTACT, **stamped))
    anybody = exists().where(Assignment.task_id == Task.id)
    free = update(Task).where(among(work.connection, Task.id, ids), ~anybody)
    work.run(free.values(assigned_by_id=None))
