"""The rows of one made-up task: the task itself and what hangs on it, by table."""

import random
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from app.services.dates import END_OF_DAY, START_OF_DAY, instant

VERBS = [
    "Review",
    "Plan",
    "Order",
    "Install",
    "Inspect",
    "Test",
    "Deliver",
    "Paint",
    "Measure",
    "Quote",
    "Pack",
    "Check",
]
NOUNS = [
    "cable",
    "valve",
    "pump",
    "report",
    "budget",
    "invoice",
    "contract",
    "window",
    "door",
    "roof",
    "drawing",
    "schedule",
    "permit",
    "supplier",
    "meeting",
    "handover",
    "concrete",
    "wiring",
    "survey",
    "material",
    "crane",
    "scaffold",
    "floor",
    "ceiling",
    "kitchen",
    "garden",
    "heating",
    "cooling",
    "exit",
]
COMPANIES, PROJECTS, TAGS, COLUMNS = 5, 100, 20, 3


@dataclass
class Seed:
    """The random source, and the instant, day and zone that everything is dated by."""

    rnd: random.Random
    now: datetime
    today: date
    zone: str

    def uid(self) -> str:
        """A GUID in the form of version 7; the same for the same seed."""
        bits = self.rnd.getrandbits(128)
        bits = (bits & ~(0xF << 76) & ~(0x3 << 62)) | (0x7 << 76) | (0x2 << 62)
        return str(uuid.UUID(int=bits))

    def stamped(self, **values: Any) -> dict[str, Any]:
        """A row with its GUID and stamps."""
        return {"uid": self.uid(), "created_at": self.now, "changed_at": self.now} | values


def task_rows(seed: Seed, frame: dict[str, Any], number: int, lists: int) -> dict[str, Any]:
    """One task as rows by table."""
    rnd = seed.rnd
    task_id, list_id = frame["task"] + number, frame["list"] + number % lists
    project = (number % lists) % PROJECTS
    members = frame["members"][project]
    done = rnd.random() < 0.3
    due = None if rnd.random() < 0.05 else seed.today + timedelta(rnd.randint(-60, 120))
    start = None if due is None or rnd.random() < 0.3 else due - timedelta(rnd.randint(1, 20))
    created = _at(seed, rnd.randint(-200, -61))
    done_at = _at(seed, rnd.randint(-59, -1)) if done else None
    estimate = rnd.choice((0, 0, 30, 60, 120, 240, 480))
    subtask = rnd.random() < 0.2 and number >= lists
    task = {
        "id": task_id,
        "uid": seed.uid(),
        "project_id": frame["project"] + project,
        "list_id": list_id,
        "parent_id": task_id - lists if subtask else None,
        "name": " ".join((rnd.choice(VERBS), *rnd.choices(NOUNS, k=rnd.randint(2, 5)))),
        "description": " ".join(rnd.choices(NOUNS, k=rnd.randint(10, 40)))
        if rnd.random() < 0.6
        else "",
        "priority": rnd.choice((None, None, 3, 2, 1)),
        "progress": 100 if done else rnd.choice((0, 0, 10, 50, 90)),
        "work_hours": estimate / 60,
        "start_on": start,
        "due_on": due,
        "start_at": instant(start, START_OF_DAY, seed.zone),
        "due_at": instant(due, END_OF_DAY, seed.zone),
        "position": 1000 * (number // lists + 1),
        "status_id": frame["status"] + project * COLUMNS + rnd.randrange(COLUMNS)
        if rnd.random() < 0.3
        else None,
        "lockdown_id": frame["lockdowns"].get(list_id),
        "is_done": done,
        "done_at": done_at,
        "completer_id": rnd.choice(members) if done else None,
        "reopened": not done and rnd.random() < 0.1,
        "billable": rnd.random() < 0.5,
        "creator_id": rnd.choice(members),
        "created_at": created,
        "changed_at": done_at or _at(seed, rnd.randint(-60, -1)),
        "project_key": frame["names"][project].casefold(),
        "company_key": f"demo {project % COMPANIES + 1} company",
    }
    task["description_html"] = task["description"]
    return {"task": task} | _hanging(seed, frame, task, members, lists, number)


def _hanging(
    seed: Seed,
    frame: dict[str, Any],
    task: dict[str, Any],
    members: list[int],
    lists: int,
    number: int,
) -> dict[str, list[dict[str, Any]]]:
    rnd, task_id = seed.rnd, task["id"]
    assignees = rnd.sample(members, rnd.choice((0, 1, 1, 1, 2, 3)))
    notes = rnd.choice((0, 0, 0, 1, 3))
    minutes = [rnd.choice((15, 30, 90))] if rnd.random() < 0.3 else []
    mine = {"task_id": task_id}
    return {
        "assignments": [
            seed.stamped(person_id=who, ordinal=place, **mine)
            for place, who in enumerate(assignees)
        ],
        "tags": [
            mine | {"tag_id": frame["tag"] + each}
            for each in rnd.sample(range(TAGS), rnd.choice((0, 0, 1, 1, 2, 3)))
        ],
        "predecessors": [
            mine | {"predecessor_id": task_id - back * lists, "type": "complete"}
            for back in (1, 2)
            if number >= back * lists and rnd.random() < 0.05
        ],
        "followers": [
            mine | {"person_id": who, "comments": True, "changes": rnd.random() < 0.5}
            for who in assignees[:1]
        ],
        "notes": [_note(seed, mine, members) for _ in range(notes)],
        "times": [
            seed.stamped(
                project_id=task["project_id"],
                list_id=task["list_id"],
                person_id=rnd.choice(members),
                started_at=task["changed_at"],
                minutes=spent,
                **mine,
            )
            for spent in minutes
        ],
        "reminders": [
            seed.stamped(person_id=who, creator_id=who, due_at=seed.now + timedelta(days=7), **mine)
            for who in assignees[:1]
            if rnd.random() < 0.1
        ],
    }


def _note(seed: Seed, mine: dict[str, int], members: list[int]) -> dict[str, Any]:
    text = " ".join(seed.rnd.choices(NOUNS, k=8))
    return seed.stamped(author_id=seed.rnd.choice(members), text=text, html=text, **mine)


def _at(seed: Seed, days: int) -> datetime:
    """A minute of office hours, some days from today."""
    at = time(seed.rnd.randint(7, 18), seed.rnd.randint(0, 59))
    return datetime.combine(seed.today + timedelta(days), at, tzinfo=UTC)
