"""Who is told of what is said about a task: only people who can see it."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import and_, or_, select

from app.access import person_sees
from app.errors import Invalid
from app.models import Assignment, Follower, Outgoing, Person, Task
from app.models.base import new_uid
from app.queries.sql import among_bound
from app.services.statements import Look, asked
from app.services.work import Work

NOTE_ADDED = "note.added"


def check_seeing(work: Work, people: Sequence[int], task_id: int, field: str) -> None:
    """Raise Invalid, naming them, for those of the people who cannot see the task."""
    if not people:
        return
    seeing = set(work.ids(_SEEING, ids=people, task_id=task_id))
    missing = [str(each) for each in people if each not in seeing]
    if missing:
        raise Invalid({field: f"no such person on this task: {', '.join(missing)}"})


def listeners(work: Work, task_id: int, named: Sequence[int], everybody: bool) -> list[int]:
    """Who is to be told of a comment: the named people and those who follow comments, or everybody
    who follows the task or works on it; each one once, and only who can see the task.
    """
    return work.ids(_LISTENERS, ids=named, task_id=task_id, everybody=int(everybody))


def tell(work: Work, task_id: int, note_id: int, author: int, people: Iterable[int]) -> None:
    """Put a message about a comment to each of the people into the outbox."""
    work.insert_many(
        Outgoing,
        (
            {
                "kind": NOTE_ADDED,
                "person_id": person,
                "task_id": task_id,
                "actor_id": author,
                "note_id": note_id,
                "due_at": work.now,
                "uid": new_uid(),
            }
            for person in people
        ),
    )


def _of_task() -> Any:
    """People beside the task, as far as they can see it."""
    seeing = select(Person.id).join(Task, Task.id == asked("task_id"))
    return seeing.where(person_sees()).order_by(Person.id)


def _listening(engine: str, _: Any) -> Any:
    following = select(Follower.person_id).where(Follower.task_id == asked("task_id"))
    working = select(Assignment.person_id).where(Assignment.task_id == asked("task_id"))
    anyhow = or_(Person.id.in_(following), Person.id.in_(working))
    return _of_task().where(
        or_(
            among_bound(engine)(Person.id),
            Person.id.in_(following.where(Follower.comments)),
            and_(asked("everybody") == 1, anyhow),
        )
    )


_SEEING = Look(lambda engine, _: _of_task().where(among_bound(engine)(Person.id)))
_LISTENERS = Look(_listening)
