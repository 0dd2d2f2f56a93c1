"""The rows of made-up tasks: the tasks themselves and what hangs on them, by table.

The proportions are those of a busy office: 30 % done, a third of the rest reopened, 20 % subtasks,
due dates from 60 days ago to 120 ahead and 5 % without, up to three assignees and tags each.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from app.models import (
    Assignment,
    File,
    Follower,
    Note,
    Predecessor,
    Reminder,
    Task,
    TaskFile,
    TaskTag,
    TimeEntry,
)
from app.seeding.source import Source
from app.seeding.words import VERBS

COMPANIES, PROJECTS, TAGS, COLUMNS = 5, 100, 20, 3
MINUTES: Final = (0, 0, 30, 60, 120, 240, 480)
PLAN: Final = "0" * 64  # digest of the one file that all tasks with an attachment carry
TABLES: Final[tuple[Any, ...]] = (
    Task,
    Assignment,
    TaskTag,
    Predecessor,
    Follower,
    Note,
    TimeEntry,
    Reminder,
    File,
    TaskFile,
)


@dataclass(slots=True)
class Frame:
    """What the tasks refer to: the first id of each kind, members by project, private lists."""

    project: int
    status: int
    tag: int
    list: int
    task: int
    file: int
    names: Sequence[str]
    members: Sequence[Sequence[int]]
    lists: int
    lockdowns: dict[int, int] = field(default_factory=dict)


Rows = dict[Any, list[dict[str, Any]]]


def task_rows(source: Source, frame: Frame, first: int, count: int) -> Rows:
    """The rows of tasks number `first` and following, by table."""
    rows: Rows = {table: [] for table in TABLES}
    tags = range(frame.tag, frame.tag + TAGS)
    for number in range(first, first + count):
        task = _task(source, frame, number)
        rows[Task].append(task)
        _people(source, frame, task, rows)
        _links(source, frame, number, tags, rows)
        _spent(source, frame, task, rows)
        if source.draw() < 0.25:
            _file(source, frame, task, number, rows)
    return rows


def _task(source: Source, frame: Frame, number: int) -> dict[str, Any]:
    draw, pick = source.draw, source.pick
    place, row = number % frame.lists, number // frame.lists
    project = place % PROJECTS
    members = frame.members[project]
    done = draw() < 0.3
    due = None if draw() < 0.05 else source.between(-60, 120)
    start = None if due is None or draw() < 0.3 else due - source.between(1, 20)
    due_on, _, due_at = (None, None, None) if due is None else source.day(due)
    start_on, start_at, _ = (None, None, None) if start is None else source.day(start)
    done_at = source.at(-59, -1) if done else None
    subtask = draw() < 0.2 and row > 0
    description = source.text(10, 40) if draw() < 0.6 else ""
    return {
        "id": frame.task + number,
        "uid": source.uid(),
        "project_id": frame.project + project,
        "list_id": frame.list + place,
        "parent_id": frame.task + number - frame.lists if subtask else None,
        "name": f"{pick(VERBS)} {source.text(2, 6)}",
        "description": description,
        "description_html": description,
        "priority": pick((None, None, 3, 2, 1)),
        "progress": 100 if done else pick((0, 0, 10, 50, 90)),
        "work_hours": pick(MINUTES) / 60,
        "start_on": start_on,
        "due_on": due_on,
        "start_at": start_at,
        "due_at": due_at,
        "position": 1000 * (row + 1),
        "status_id": frame.status + project * COLUMNS + source.below(COLUMNS)
        if draw() < 0.3
        else None,
        "lockdown_id": frame.lockdowns.get(frame.list + place),
        "is_done": done,
        "done_at": done_at,
        "completer_id": pick(members) if done else None,
        "reopened": not done and draw() < 1 / 3,
        "billable": draw() < 0.5,
        "creator_id": pick(members),
        "created_at": source.at(-200, -61),
        "changed_at": done_at or source.at(-60, -1),
        "project_key": frame.names[project],
        "company_key": f"demo {project % COMPANIES + 1} company",
    }


def _people(source: Source, frame: Frame, task: dict[str, Any], rows: Rows) -> None:
    """Assignees, of whom the first follows the task and may want a reminder; comments."""
    members = frame.members[(task["project_id"] - frame.project)]
    task_id, stamped = task["id"], source.stamped
    people = source.some(members, source.pick((0, 1, 1, 1, 2, 3)))
    rows[Assignment] += [
        stamped(task_id=task_id, person_id=who, ordinal=place) for place, who in enumerate(people)
    ]
    for who in people[:1]:
        rows[Follower].append(
            {
                "task_id": task_id,
                "person_id": who,
                "comments": True,
                "changes": source.draw() < 0.5,
            }
        )
        if source.draw() < 0.1:
            due = source.at(1, 7)
            rows[Reminder].append(
                stamped(task_id=task_id, person_id=who, creator_id=who, due_at=due)
            )
    for _ in range(source.pick((0, 0, 0, 1, 3))):
        text = source.text(8, 8)
        author = source.pick(members)
        rows[Note].append(stamped(task_id=task_id, author_id=author, text=text, html=text))


def _links(source: Source, frame: Frame, number: int, tags: Sequence[int], rows: Rows) -> None:
    """Tags, and the tasks before it in its list for which it waits."""
    task_id = frame.task + number
    rows[TaskTag] += [
        {"task_id": task_id, "tag_id": tag}
        for tag in source.some(tags, source.pick((0, 0, 1, 1, 2, 3)))
    ]
    for back in (frame.lists, 2 * frame.lists):
        if number >= back and source.draw() < 0.05:
            rows[Predecessor].append(
                {"task_id": task_id, "predecessor_id": task_id - back, "type": "complete"}
            )


def _spent(source: Source, frame: Frame, task: dict[str, Any], rows: Rows) -> None:
    if source.draw() >= 0.3:
        return
    rows[TimeEntry].append(
        source.stamped(
            task_id=task["id"],
            project_id=task["project_id"],
            list_id=task["list_id"],
            person_id=source.pick(frame.members[task["project_id"] - frame.project]),
            started_at=task["changed_at"],
            minutes=source.pick((15, 30, 90)),
        )
    )


def _file(source: Source, frame: Frame, task: dict[str, Any], number: int, rows: Rows) -> None:
    file_id = frame.file + number
    rows[File].append(
        source.stamped(
            id=file_id,
            project_id=task["project_id"],
            creator_id=task["creator_id"],
            name="plan.pdf",
            size=0,
            digest=PLAN,
        )
    )
    rows[TaskFile].append({"task_id": task["id"], "file_id": file_id})
