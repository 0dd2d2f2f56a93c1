"""The JSON document of a template: strict on the way in, the same again on the way out."""

import time as wall
from datetime import time
from typing import Any

import orjson
import pytest

from app.errors import Invalid
from app.services.template_plans import (
    MAX_UPLOAD,
    Plan,
    PlannedCheckList,
    PlannedList,
    PlannedStatus,
    PlannedTask,
    read_plan,
    write_plan,
)

HEAD = {"format": "tandem-task-template", "version": 1}
LISTS = [{"name": "Todos"}, {"name": "Other"}]
FULL = Plan(
    name="release",
    lists=(PlannedList(name="Todos", description="d"), PlannedList(name="Other")),
    statuses=(PlannedStatus(name="Open", color=0xFF), PlannedStatus(name="Done")),
    tasks=(
        PlannedTask(name="first", list=0),
        PlannedTask(
            name="second",
            list=0,
            parent=0,
            html="<b>x</b>",
            hours=2.5,
            start=0,
            start_time=time(9, 0),
            due=3,
            due_time=time(23, 59, 59),
            priority=1,
            status="Done",
            color=-1,
            billable=True,
            recurrence=7,
            tags=("a", "B"),
            check_lists=(PlannedCheckList(name="c", items=("one", "two")),),
            predecessors=((0, "complete"),),
        ),
        PlannedTask(name="third", list=1, predecessors=((1, "start"),)),
    ),
)


def document(*tasks: dict[str, Any], **more: Any) -> str:
    """The text of a template with these tasks."""
    named = [{"name": "t", "list": 0} | task for task in tasks]
    return orjson.dumps(HEAD | {"lists": LISTS, "tasks": named} | more).decode()


def test_what_is_written_is_read_again() -> None:
    written = write_plan(FULL)
    assert read_plan(written, "content") == FULL
    assert orjson.loads(written)["tasks"][0] == {"name": "first", "list": 0}


@pytest.mark.parametrize("plan", [Plan(), Plan(lists=(PlannedList(name="x"),))])
def test_small_plans(plan: Plan) -> None:
    assert read_plan(write_plan(plan), "content") == plan


def test_null_is_as_good_as_absent() -> None:
    plan = read_plan(document({"parent": None, "html": None}), "content")
    assert plan.tasks == (PlannedTask(name="t", list=0),)


def test_html_is_sanitised() -> None:
    (task,) = read_plan(document({"html": "<b onclick=x>a</b><script>b</script>"}), "content").tasks
    assert task.html == "<b>a</b>"


REFUSED = [
    ("", "not JSON"),
    ("{", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ('{"format": "\ud800"}', "not JSON"),
    ("[]", "format"),
    ("null", "format"),
    ("{}", "format"),
    ('{"format": "other", "version": 1}', "format"),
    ('{"format": "tandem-task-template"}', "version"),
    ('{"format": "tandem-task-template", "version": 2}', "version"),
    (document(extra=1), "extra: unknown"),
    (document({"extra": 1}), "tasks[0].extra: unknown"),
    (document({"name": ""}), "tasks[0].name"),
    (document({"name": None}), "tasks[0].name: is missing"),
    (document({"name": 1}), "tasks[0].name"),
    (document({"name": "a\0b"}), "tasks[0].name"),
    (document({"name": "x" * 2001}), "tasks[0].name"),
    (document({}, {"list": 2}), "tasks[1].list"),
    (document({"list": -1}), "tasks[0].list"),
    (document({"list": True}), "tasks[0].list"),
    (document({"list": 0.0}), "tasks[0].list"),
    (document({"list": 0}).replace('"list":0', '"list":' + "9" * 30), "tasks[0].list"),
    (document({"list": None}), "tasks[0].list: is missing"),
    (document({"parent": 0}), "tasks[0].parent"),
    (document({"parent": 1}, {}), "tasks[0].parent"),
    (document({}, {"parent": 0, "list": 1}), "tasks[1].parent"),
    (document({}, *({"parent": above} for above in range(51))), "tasks[51].parent"),
    (document({"html": "<b>" * 101}), "tasks[0].html"),
    (document({"html": ["<b>"]}), "tasks[0].html"),
    (document({"hours": -1}), "tasks[0].hours"),
    (document({"hours": 1e7}), "tasks[0].hours"),
    (document({"hours": "1"}), "tasks[0].hours"),
    (document({"hours": True}), "tasks[0].hours"),
    (document({"start": -1}), "tasks[0].start"),
    (document({"due": 365_001}), "tasks[0].due"),
    (document({"start_time": "24:00"}), "tasks[0].start_time"),
    (document({"start_time": "09:00:00+02:00"}), "tasks[0].start_time"),
    (document({"due_time": 9}), "tasks[0].due_time"),
    (document({"priority": 0}), "tasks[0].priority"),
    (document({"status": "Open"}), "tasks[0].status: no such"),
    (document({"color": 2**31}), "tasks[0].color"),
    (document({"billable": 1}), "tasks[0].billable"),
    (document({"recurrence": 8}), "tasks[0].recurrence"),
    (document({"tags": "a"}), "tasks[0].tags"),
    (document({"tags": ["a", ""]}), "tasks[0].tags[1]"),
    (document({"tags": [str(tag) for tag in range(600)]}, {"tags": list("xy")}), None),
    (
        document(*({"tags": [f"{half}{tag}" for tag in range(600)]} for half in "ab")),
        "tasks: up to 1000 different tags",
    ),
    (document({"check_lists": [{"items": []}]}), "tasks[0].check_lists[0].name"),
    (document({"check_lists": [{"name": "c", "items": [1]}]}), "check_lists[0].items[0]"),
    (document({"predecessors": [[0, "complete"]]}), "circle"),
    (document({"predecessors": [[1, "complete"]]}), "tasks[0].predecessors: no such"),
    (document({"predecessors": [[0]]}), "tasks[0].predecessors[0]"),
    (document({"predecessors": [[0, "finish"]]}), "tasks[0].predecessors[0]"),
    (document({"predecessors": [[0, ["start"]]]}), "tasks[0].predecessors[0]"),
    (document().replace('"version"', '"Version"'), "version"),
    (document(*({"predecessors": [[(n + 1) % 3, "start"]]} for n in range(3))), "circle"),
    (document(lists=[{"name": "x" * 201}]), "lists[0].name"),
    (document(lists=[{"name": "x"}] * 501), "lists"),
    (document(statuses=[{"name": "x", "color": 2**31}]), "statuses[0].color"),
    (document(*[{}] * 10_001), "tasks: a list of up to 10000"),
    (document({"html": "x" * MAX_UPLOAD}), f"up to {MAX_UPLOAD} bytes"),
]


@pytest.mark.parametrize(("content", "said"), REFUSED, ids=range(len(REFUSED)))
def test_refused(content: str, said: str | None) -> None:
    if said is None:
        assert read_plan(content, "content", MAX_UPLOAD).tasks
        return
    with pytest.raises(Invalid) as caught:
        read_plan(content, "content", MAX_UPLOAD)
    (message,) = caught.value.messages["content"]
    assert said in message


def test_ten_thousand_tasks_in_a_chain() -> None:
    """Long chains of predecessors are walked, not recursed over, in linear time."""
    tasks = [{"predecessors": [[n + 1, "start"]]} for n in range(9_999)]
    began = wall.perf_counter()
    plan = read_plan(document(*tasks, {}), "content", MAX_UPLOAD)
    assert len(plan.tasks) == 10_000
    assert wall.perf_counter() - began < 5
