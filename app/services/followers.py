"""Who is told of a task's comments and changes."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, select

from app.access import sees_project
from app.errors import NotFound
from app.models import Follower, ListFollower, Person
from app.services.commands import TaskChanges, Unset
from app.services.references import people_of_project, task_to_edit
from app.services.task_commands import AddFollowers, RemoveFollower
from app.services.work import Work


def set_followers(
    work: Work, task_id: int, list_id: int, project_id: int | None, changes: TaskChanges
) -> None:
    """Apply the followers of a change; each of the two sets is replaced only when it was sent.

    Raises Invalid for people who cannot see the project.
    """
    sent = changes.given("comment_followers", "change_followers")
    if not sent and not changes.default_followers:
        return
    for field, ids in sent.items():
        people_of_project(work, ids, project_id, field)
    now = _current(work, task_id)
    comments = _wanted(changes.comment_followers, now["comments"])
    following = _wanted(changes.change_followers, now["changes"])
    if changes.default_followers:
        default = _still_there(work, _of_list(work, list_id), project_id)
        comments |= default["comments"]
        following |= default["changes"]
    _write(work, Follower, {"task_id": task_id}, comments, following)


def add_followers(command: AddFollowers, work: Work) -> None:
    """Let people follow a task's comments and changes. Raises NotFound, Forbidden, Invalid."""
    task = task_to_edit(work, command.task_id)
    people_of_project(work, command.person_ids, task.project_id, "person_ids")
    now = _current(work, task.id)
    everything = now["comments"] & now["changes"]
    if set(command.person_ids) <= everything:
        return
    wanted = {name: people | set(command.person_ids) for name, people in now.items()}
    _write(work, Follower, {"task_id": task.id}, wanted["comments"], wanted["changes"])
    work.bump([task.id])


def remove_follower(command: RemoveFollower, work: Work) -> None:
    """Let a person follow a task no more. Raises NotFound, also when he did not, and Forbidden."""
    task = task_to_edit(work, command.task_id)
    his = (Follower.task_id == task.id, Follower.person_id == command.person_id)
    if work.scalar(select(Follower.person_id).where(*his)) is None:
        raise NotFound("Follower not found")
    work.run(delete(Follower).where(*his))
    work.bump([task.id])


def set_list_followers(
    work: Work, list_id: int, comments: Sequence[int], changes: Sequence[int]
) -> None:
    """Make these the default followers of a list's new tasks."""
    _write(work, ListFollower, {"list_id": list_id}, set(comments), set(changes))


def list_followers(work: Work, list_id: int) -> dict[str, set[int]]:
    """The default followers of a list: `comments` and `changes`."""
    return _of_list(work, list_id)


def _wanted(sent: tuple[int, ...] | Unset, current: set[int]) -> set[int]:
    return set(current) if isinstance(sent, Unset) else set(sent)


def _write(
    work: Work, model: Any, owner: dict[str, int], comments: set[int], changes: set[int]
) -> None:
    (column,) = owner
    work.run(delete(model).where(getattr(model, column) == owner[column]))
    work.insert_links(
        model,
        (
            owner
            | {
                "person_id": person,
                "comments": person in comments,
                "changes": person in changes,
            }
            for person in sorted(comments | changes)
        ),
    )


def _current(work: Work, task_id: int) -> dict[str, set[int]]:
    columns = (Follower.person_id, Follower.comments, Follower.changes)
    return _sets(work.all(select(*columns).where(Follower.task_id == task_id)))


def _of_list(work: Work, list_id: int) -> dict[str, set[int]]:
    columns = (ListFollower.person_id, ListFollower.comments, ListFollower.changes)
    return _sets(work.all(select(*columns).where(ListFollower.list_id == list_id)))


def _still_there(
    work: Work, followers: dict[str, set[int]], project_id: int | None
) -> dict[str, set[int]]:
    """Without those who have left the project since."""
    people = followers["comments"] | followers["changes"]
    here = set(work.ids(select(Person.id).where(Person.id.in_(people), sees_project(project_id))))
    return {name: ids & here for name, ids in followers.items()}


def _sets(rows: Any) -> dict[str, set[int]]:
    return {
        "comments": {row.person_id for row in rows if row.comments},
        "changes": {row.person_id for row in rows if row.changes},
    }
