"""Who is told of a task's comments and changes."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import delete, select, update

from app.access import editable, visible
from app.errors import NotFound
from app.models import Follower, ListFollower, Outgoing, Task
from app.queries.sql import among
from app.services.commands import TaskChanges, Unset
from app.services.references import people_of_project, task_to_edit, who_see
from app.services.statements import Look, asked
from app.services.task_commands import AddFollowers, RemoveFollower, Unsubscribe
from app.services.work import Work


def set_followers(work: Work, task: Any, changes: TaskChanges, *, fresh: bool = False) -> None:
    """Apply the followers of a change; each of the two sets is replaced only when it was sent. A
    fresh task has none. Raises Invalid for people who cannot see the project.
    """
    sent = changes.given("comment_followers", "change_followers")
    if not sent and not changes.default_followers:
        return
    for field, ids in sent.items():
        people_of_project(work, ids, task.project_id, field)
    now = _sets(()) if fresh else _current(work, task.id)
    comments = _wanted(changes.comment_followers, now["comments"])
    following = _wanted(changes.change_followers, now["changes"])
    if changes.default_followers:
        default = _still_there(work, _of_list(work, task.list_id), task.project_id)
        comments |= default["comments"]
        following |= default["changes"]
    if not fresh:
        work.clear(Follower, task_id=task.id)
    _write(work, Follower, {"task_id": task.id}, comments, following)


def add_followers(command: AddFollowers, work: Work) -> tuple[int, ...]:
    """Let people follow a task's comments and changes; gives its id, if anything changed. Raises
    NotFound, Forbidden, Invalid.
    """
    task = task_to_edit(work, command.task_id)
    people_of_project(work, command.person_ids, task.project_id, "person_ids")
    now = _current(work, task.id)
    everything = now["comments"] & now["changes"]
    if set(command.person_ids) <= everything:
        return ()
    wanted = {name: people | set(command.person_ids) for name, people in now.items()}
    work.clear(Follower, task_id=task.id)
    _write(work, Follower, {"task_id": task.id}, wanted["comments"], wanted["changes"])
    work.bump([task.id])
    return (task.id,)


def remove_follower(command: RemoveFollower, work: Work) -> None:
    """Let a person follow a task no more. Raises NotFound, also when he did not, and Forbidden."""
    task = task_to_edit(work, command.task_id)
    if not any(row.person_id == command.person_id for row in work.all(_OF_TASK, owner=task.id)):
        raise NotFound("Follower not found")
    work.clear(Follower, task_id=task.id, person_id=command.person_id)
    work.bump([task.id])


def unsubscribe(command: Unsubscribe, work: Work) -> None:
    """Let the viewer follow a task no more, whether or not he still sees it, and send him nothing
    that waits.
    """
    me = work.viewer.person_id
    mine = (Follower.task_id == command.task_id, Follower.person_id == me)
    if work.scalar(select(Follower.person_id).where(*mine)) is not None:
        work.run(delete(Follower).where(*mine))
        work.bump([command.task_id])
    waiting = (
        Outgoing.task_id == command.task_id,
        Outgoing.person_id == me,
        Outgoing.sent_at.is_(None),
    )
    work.run(update(Outgoing).where(*waiting).values(sent_at=work.now, error="unsubscribed"))


def set_list_followers(
    work: Work, list_id: int, comments: Sequence[int], changes: Sequence[int]
) -> None:
    """Make these the default followers of a list's new tasks."""
    work.clear(ListFollower, list_id=list_id)
    _write(work, ListFollower, {"list_id": list_id}, set(comments), set(changes))


def list_followers(work: Work, list_id: int) -> dict[str, set[int]]:
    """The default followers of a list: `comments` and `changes`."""
    return _of_list(work, list_id)


def follow_tasks_of_list(work: Work, list_id: int, project_id: int | None) -> None:
    """Let the default followers of a list follow its open tasks, too, as far as the viewer may
    change these; who follows a task already goes on to.
    """
    default = _still_there(work, _of_list(work, list_id), project_id)
    viewer = work.viewer
    open_tasks = (Task.list_id == list_id, Task.is_done.is_(False), visible(viewer))
    ids = work.ids(select(Task.id).where(*open_tasks, editable(viewer)))
    if not ids or not any(default.values()):
        return
    links = (row for task_id in ids for row in _links({"task_id": task_id}, **default))
    work.insert_links(Follower, links)
    for name, people in default.items():
        theirs = (among(work.connection, Follower.task_id, ids), Follower.person_id.in_(people))
        work.run(update(Follower).where(*theirs).values({name: True}))
    work.bump(ids)


def _wanted(sent: tuple[int, ...] | Unset, current: set[int]) -> set[int]:
    return set(current) if isinstance(sent, Unset) else set(sent)


def _write(
    work: Work, model: Any, owner: dict[str, int], comments: set[int], changes: set[int]
) -> None:
    work.insert_links(model, _links(owner, comments, changes))


def _links(
    owner: dict[str, int], comments: set[int], changes: set[int]
) -> Iterator[dict[str, Any]]:
    """A row for each of the followers of an owner."""
    return (
        owner
        | {
            "person_id": person,
            "comments": person in comments,
            "changes": person in changes,
        }
        for person in sorted(comments | changes)
    )


def _current(work: Work, task_id: int) -> dict[str, set[int]]:
    return _sets(work.all(_OF_TASK, owner=task_id))


def _of_list(work: Work, list_id: int) -> dict[str, set[int]]:
    return _sets(work.all(_OF_LIST, owner=list_id))


def _of(model: Any, column: Any) -> Look:
    columns = (model.person_id, model.comments, model.changes)
    return Look(lambda *_: select(*columns).where(column == asked("owner")))


_OF_TASK = _of(Follower, Follower.task_id)
_OF_LIST = _of(ListFollower, ListFollower.list_id)


def _still_there(
    work: Work, followers: dict[str, set[int]], project_id: int | None
) -> dict[str, set[int]]:
    """Without those who have left the project since."""
    here = set(who_see(work, sorted(followers["comments"] | followers["changes"]), project_id))
    return {name: ids & here for name, ids in followers.items()}


def _sets(rows: Any) -> dict[str, set[int]]:
    return {
        "comments": {row.person_id for row in rows if row.comments},
        "changes": {row.person_id for row in rows if row.changes},
    }
