"""One store, two dialects: random operations through both, and a small model of what has to be
there. After each step both dialects tell the same of every task, and what the model says.
"""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests.api import Api
from tests.builders import World
from tests.conftest import empty_store
from tests.odata import OData

NAMES = (
    st.text(st.sampled_from("abÄß 'x%_<&\"é"), min_size=1, max_size=12).map(str.strip).filter(bool)
)
DAYS = st.dates(date(2014, 1, 1), date(2015, 12, 31))
INSTANTS = st.integers(1_388_534_400, 1_451_520_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)  # of the years 2014 and 2015
)
MINUTES = st.integers(0, 600)
HOURS = st.sampled_from([0.0, 0.25, 1.5, 8.0, 100.0])


@dataclass(frozen=True)
class Expected:
    """What a task has to be. `due_at` follows decision 3."""

    name: str
    home: int
    done: bool = False
    hours: float = 0.0
    due_at: datetime | None = None
    contact: int | None = None
    contributors: tuple[int, ...] = field(default=())
    notes: int = 0

    @property
    def due_on(self) -> str:
        """The day as Teamwork's dialect writes it."""
        return "" if self.due_at is None else self.due_at.strftime("%Y%m%d")


def end_of(day: date) -> datetime:
    """The instant that a day written in Teamwork's dialect sets."""
    return datetime.combine(day, time(23, 59, 59), tzinfo=UTC)


class TwoDialects(RuleBasedStateMachine):
    """Operations chosen at random."""

    app: Flask
    engine: str

    @initialize()
    def begin(self) -> None:
        """An empty store, two lists of one project, two people."""
        empty_store(self.engine)
        world = World()
        key = world.key(world.admin)
        self.teamwork, self.odata = Api(self.app, key), OData(self.app, key)
        self.people = [world.admin, world.person("Mia", "Miller")]
        project = world.project(editor=(self.people[1],))
        self.lists = [world.list(project, "one"), world.list(project, "two")]
        self.tasks: dict[int, Expected] = {}
        self.uids: dict[int, str] = {}
        self.project_uid = self.odata.value("Project")[0]["ProjectId"]
        groups = self.odata.value("Group", orderby="OrdinalPosition")
        self.list_uids = [each["GroupId"] for each in groups]
        found = {each["FirstName"]: each["ContactId"] for each in self.odata.value("Contact")}
        self.person_uids = [found["Ada"], found["Mia"]]

    def _learn(self) -> list[int]:
        """The ids of tasks that were made, by the flat view, which has both."""
        rows = self.odata.value(
            "DynamicTaskItem", select="TaskItem_TaskItemId,TaskItem_ConsecutiveNumber", top=1000
        )
        known = {each["TaskItem_ConsecutiveNumber"]: each["TaskItem_TaskItemId"] for each in rows}
        fresh = sorted(set(known) - set(self.uids))
        self.uids |= known
        return fresh

    def _pick(self, number: int) -> int:
        return sorted(self.tasks)[number % len(self.tasks)]

    # Making tasks

    @rule(name=NAMES, home=st.integers(0, 1), day=st.none() | DAYS, minutes=MINUTES)
    def add_in_teamwork(self, name: str, home: int, day: date | None, minutes: int) -> None:
        item: dict[str, Any] = {"content": name, "estimated-minutes": minutes}
        if day is not None:
            item["due-date"] = day.strftime("%Y%m%d")
        path = f"/tasklists/{self.lists[home]}/tasks.json"
        assert self.teamwork.post(path, {"todo-item": item}).status_code == 201
        (made,) = self._learn()
        due = None if day is None else end_of(day)
        self.tasks[made] = Expected(name, home, hours=minutes / 60, due_at=due)

    @rule(name=NAMES, home=st.integers(0, 1), due=st.none() | INSTANTS, hours=HOURS)
    def add_in_odata(self, name: str, home: int, due: datetime | None, hours: float) -> None:
        body: dict[str, Any] = {
            "Name": name,
            "ProjectId": self.project_uid,
            "GroupId": self.list_uids[home],
            "WorkAmount": hours,
        }
        if due is not None:
            body["EndDateTime"] = due.isoformat()
        self.odata.make("Task", **body)
        (made,) = self._learn()
        self.tasks[made] = Expected(name, home, hours=hours, due_at=due)

    @rule(names=st.lists(NAMES, min_size=1, max_size=3), home=st.integers(0, 1))
    def add_many_in_teamwork(self, names: list[str], home: int) -> None:
        path = f"/tasklists/{self.lists[home]}/quickadd.json"
        assert self.teamwork.post(path, {"content": "\n".join(names)}).status_code == 201
        for made, name in zip(self._learn(), names, strict=True):
            self.tasks[made] = Expected(name, home)

    @rule(names=st.lists(NAMES, min_size=1, max_size=3), home=st.integers(0, 1))
    def add_many_in_odata(self, names: list[str], home: int) -> None:
        items = [{"Name": name, "GroupId": self.list_uids[home]} for name in names]
        answer = self.odata.post("Task/BatchInsert", {"items": items})
        assert answer.status_code == 200, answer.text
        for made, name in zip(self._learn(), names, strict=True):
            self.tasks[made] = Expected(name, home)

    # Changing them

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99), name=NAMES, day=st.none() | DAYS, minutes=MINUTES)
    def edit_in_teamwork(self, number: int, name: str, day: date | None, minutes: int) -> None:
        task = self._pick(number)
        before = self.tasks[task]
        item = {
            "content": name,
            "due-date": "" if day is None else day.strftime("%Y%m%d"),
            "estimated-minutes": minutes,
            "allow-update": True,
        }
        answer = self.teamwork.put(f"/tasks/{task}.json", {"todo-item": item})
        assert answer.status_code == 200, answer.text
        due = None if day is None else end_of(day)
        if day is not None and before.due_at is not None and before.due_at.date() == day:
            due = before.due_at  # the instant of an unchanged day is kept
        self.tasks[task] = replace(before, name=name, due_at=due, hours=minutes / 60)

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99), name=NAMES, due=st.none() | INSTANTS, hours=HOURS)
    def edit_in_odata(self, number: int, name: str, due: datetime | None, hours: float) -> None:
        task = self._pick(number)
        instant = None if due is None else due.isoformat()
        body = {"Name": name, "EndDateTime": instant, "WorkAmount": hours}
        assert self.odata.patch(f"Task({self.uids[task]})", body).status_code == 204
        self.tasks[task] = replace(self.tasks[task], name=name, due_at=due, hours=hours)

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99), done=st.booleans(), by_teamwork=st.booleans())
    def complete_or_reopen(self, number: int, done: bool, by_teamwork: bool) -> None:
        task = self._pick(number)
        if by_teamwork:
            word = "complete" if done else "uncomplete"
            answer = self.teamwork.put(f"/tasks/{task}/{word}.json")
            assert answer.status_code == 200, answer.text
        else:
            answer = self.odata.patch(f"Task({self.uids[task]})", {"IsDone": done})
            assert answer.status_code == 204, answer.text
        self.tasks[task] = replace(self.tasks[task], done=done)

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99), people=st.permutations([0, 1]), count=st.integers(0, 2))
    def assign_in_teamwork(self, number: int, people: list[int], count: int) -> None:
        task = self._pick(number)
        chosen = people[:count]
        ids = ",".join(str(self.people[each]) for each in chosen)
        item = {"responsible-party-id": ids, "allow-update": True}
        answer = self.teamwork.put(f"/tasks/{task}.json", {"todo-item": item})
        assert answer.status_code == 200, answer.text
        contact = chosen[0] if chosen else None
        self.tasks[task] = replace(
            self.tasks[task], contact=contact, contributors=tuple(chosen[1:])
        )

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99), person=st.none() | st.integers(0, 1))
    def assign_in_odata(self, number: int, person: int | None) -> None:
        task = self._pick(number)
        uid = None if person is None else self.person_uids[person]
        answer = self.odata.patch(f"Task({self.uids[task]})", {"ContactId": uid})
        assert answer.status_code == 204, answer.text
        before = self.tasks[task]
        others = tuple(each for each in before.contributors if each != person)
        self.tasks[task] = replace(before, contact=person, contributors=others)

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99))
    def comment_in_odata(self, number: int) -> None:
        task = self._pick(number)
        body = {"htmlText": "<p>said</p>", "notificationContactIds": []}
        answer = self.odata.post(f"Task({self.uids[task]})/AddNote", body)
        assert answer.status_code == 204, answer.text
        self.tasks[task] = replace(self.tasks[task], notes=self.tasks[task].notes + 1)

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99), home=st.integers(0, 1), by_teamwork=st.booleans())
    def move(self, number: int, home: int, by_teamwork: bool) -> None:
        task = self._pick(number)
        if by_teamwork:
            item = {"tasklistId": self.lists[home], "allow-update": True}
            answer = self.teamwork.put(f"/tasks/{task}.json", {"todo-item": item})
            assert answer.status_code == 200, answer.text
        else:
            body = {"GroupId": self.list_uids[home]}
            answer = self.odata.patch(f"Task({self.uids[task]})", body)
            assert answer.status_code == 204, answer.text
        self.tasks[task] = replace(self.tasks[task], home=home)

    @precondition(lambda self: self.tasks)
    @rule(number=st.integers(0, 99), by_teamwork=st.booleans())
    def delete(self, number: int, by_teamwork: bool) -> None:
        task = self._pick(number)
        if by_teamwork:
            assert self.teamwork.delete(f"/tasks/{task}.json").status_code == 200
        else:
            assert self.odata.delete(f"Task({self.uids[task]})").status_code == 204
        del self.tasks[task]
        assert self.odata.get(f"Task({self.uids[task]})").status_code == 404
        assert self.teamwork.get(f"/tasks/{task}.json").status_code == 404

    # What has to hold

    @invariant()
    def both_dialects_tell_what_the_model_says(self) -> None:
        """Every task, member by member."""
        if not hasattr(self, "tasks"):
            return
        options = {"includeCompletedTasks": "true", "pageSize": 500}
        items = self.teamwork.get("/tasks.json", **options).json["todo-items"]
        teamwork = {int(each["id"]): each for each in items}
        odata = {each["TaskItemId"]: each for each in self.odata.value("Task", top=1000)}
        assert set(teamwork) == set(self.tasks)
        assert set(odata) == {self.uids[task] for task in self.tasks}
        for task, expected in self.tasks.items():
            self._check_teamwork(teamwork[task], expected)
            self._check_odata(odata[self.uids[task]], expected)

    def _check_teamwork(self, item: dict[str, Any], expected: Expected) -> None:
        people = [expected.contact, *expected.contributors]
        ids = ",".join(str(self.people[each]) for each in people if each is not None)
        seen = {
            "content": item["content"],
            "completed": item["completed"],
            "due-date": item["due-date"],
            "estimated-minutes": item["estimated-minutes"],
            "responsible-party-ids": item.get("responsible-party-ids", ""),
            "todo-list-id": item["todo-list-id"],
            "comments-count": item["comments-count"],
        }
        assert seen == {
            "content": expected.name,
            "completed": expected.done,
            "due-date": expected.due_on,
            "estimated-minutes": str(round(expected.hours * 60)),
            "responsible-party-ids": ids,
            "todo-list-id": str(self.lists[expected.home]),
            "comments-count": str(expected.notes),
        }

    def _check_odata(self, item: dict[str, Any], expected: Expected) -> None:
        contact = None if expected.contact is None else self.person_uids[expected.contact]
        seen = {
            "Name": item["Name"],
            "IsDone": item["IsDone"],
            "EndDateTime": item["EndDateTime"],
            "ContactId": item["ContactId"],
            "ContributorsCount": item["ContributorsCount"],
            "GroupId": item["GroupId"],
        }
        due = expected.due_at
        assert seen == {
            "Name": expected.name,
            "IsDone": expected.done,
            "EndDateTime": None if due is None else due.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "ContactId": contact,
            "ContributorsCount": len(expected.contributors),
            "GroupId": self.list_uids[expected.home],
        }
        assert abs(item["WorkAmount"] - expected.hours) < 1e-9


def test_both_dialects_agree(app: Flask, engine_name: str) -> None:
    """Random operations; found differences are shrunk to the shortest sequence."""

    class Machine(TwoDialects):
        pass

    Machine.app, Machine.engine = app, engine_name
    run_state_machine_as_test(
        Machine,
        settings=settings(
            max_examples=15,
            stateful_step_count=12,
            derandomize=True,
            deadline=None,
            database=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
