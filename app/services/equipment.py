"""What hangs on a task: assignees, tags, predecessors, files, privacy, followers, messages."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from app.models import Assignment, Outgoing, Task
from app.models.base import new_uid
from app.services import dependencies, files, labels, privacy
from app.services.commands import TaskChanges, Unset
from app.services.contributors import assignments, set_contact
from app.services.followers import set_followers
from app.services.references import people_of_project, tags_named
from app.services.work import Work

HANGING = attrgetter(
    "assignees",
    "contact_id",
    "predecessors",
    "tags",
    "tag_ids",
    "files",
    "pending_files",
    "only_these_files",
    "private",
    "granted",
    "comment_followers",
    "change_followers",
    "default_followers",
    "notify",
)
_NOTHING = HANGING(TaskChanges())


def hangs(changes: TaskChanges) -> bool:
    """The change says something of what hangs on a task."""
    return bool(HANGING(changes) != _NOTHING)


def equip(work: Work, task: Any, changes: TaskChanges, *, fresh: bool = False) -> None:
    """Set what hangs on a task: people, tags, predecessors, files, privacy, followers, messages. On
    a `fresh` one there is nothing yet, so nothing is looked for.
    """
    if not hangs(changes):
        return
    if not isinstance(changes.assignees, Unset):
        _assign(work, task, changes.assignees, fresh)
    if not isinstance(changes.contact_id, Unset):
        set_contact(work, task, changes.contact_id)
    if not isinstance(changes.predecessors, Unset):
        dependencies.set_predecessors(work, task.id, changes.predecessors, fresh=fresh)
    _tag(work, task.id, changes, fresh)
    if changes.given("files", "pending_files") or changes.only_these_files:
        files.attach(work, task.id, task.project_id, changes)
    _guard(work, task, changes)
    set_followers(work, task, changes, fresh=fresh)
    if changes.notify:
        _tell_assignees(work, task.id)


def _assign(work: Work, task: Any, people: Sequence[int], fresh: bool) -> None:
    """Make these the assignees, in this order, the first one the contact; those who stay keep their
    hours.
    """
    people_of_project(work, people, task.project_id, "assignees")
    there = () if fresh else assignments(work, task.id)
    kept = {row.person_id: row for row in there}
    for person, row in kept.items():
        if person not in people:
            work.clear(Assignment, id=row.id)
    for ordinal, person in enumerate(people):
        if person in kept and kept[person].ordinal != ordinal:
            work.change(Assignment, kept[person].id, ordinal=ordinal)
    work.insert_many(
        Assignment,
        (
            {"task_id": task.id, "person_id": person, "ordinal": ordinal, "uid": new_uid()}
            for ordinal, person in enumerate(people)
            if person not in kept
        ),
    )
    if people or not fresh:
        assigner = work.viewer.person_id if people else None
        work.put(Task, task.id, assigned_by_id=assigner)


def _tag(work: Work, task_id: int, changes: TaskChanges, fresh: bool) -> None:
    by_name, by_id = changes.tags, changes.tag_ids
    if isinstance(by_name, Unset) and isinstance(by_id, Unset):
        return
    ids = [] if isinstance(by_name, Unset) else labels.tag_ids(work, by_name)
    if not isinstance(by_id, Unset):
        tags_named(work, by_id)
        ids += by_id
    labels.set_tags(work, task_id, list(dict.fromkeys(ids)), fresh=fresh)


def _guard(work: Work, task: Any, changes: TaskChanges) -> None:
    """Close or open the task; people granted access to an open task are remembered by no list."""
    granted = None if isinstance(changes.granted, Unset) else changes.granted
    if not isinstance(changes.private, Unset):
        if changes.private or task.private:
            privacy.set_task_privacy(work, task, changes.private, granted)
            return
    elif granted is not None and task.private:
        privacy.set_task_privacy(work, task, True, granted)
        return
    people_of_project(work, granted or (), task.project_id, "granted")


def _tell_assignees(work: Work, task_id: int) -> None:
    """Put a message to everybody assigned, but the one who acts, into the outbox."""
    people = [row.person_id for row in assignments(work, task_id)]
    work.insert_many(
        Outgoing,
        (
            {
                "kind": "task.assigned",
                "person_id": person,
                "task_id": task_id,
                "actor_id": work.viewer.person_id,
                "due_at": work.now,
                "uid": new_uid(),
            }
            for person in people
            if person != work.viewer.person_id
        ),
    )
