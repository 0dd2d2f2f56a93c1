"""The number of SQL statements of an OData request does not depend on the number of rows, and a
narrow $select reads only its columns.
"""

import pytest
from flask import Flask

from app.queries.remembered import Memories
from tests.architecture.test_statements import furnish
from tests.builders import World
from tests.counting import counted
from tests.odata import OData

# Statements beside the one that finds the key's person.
READS = {
    "all properties": ("Task?$top=1000", 3),  # epoch, stamps, texts that are not known
    "with a total": ("Task?$count=true&$top=2", 4),
    "expanded": ("Task?$expand=Project,Contact,Notes,TimeEntries,Documents&$top=1000", 6),
    "expanded twice": ("Project?$expand=Tasks($expand=Notes($expand=CreatedBy))", 4),
    "filtered through navigations": (
        "Task?$filter=Project/Name eq 'demo' and Notes/any(n: contains(n/Note,'a'))",
        3,
    ),
    "grouped": ("Task?$apply=groupby((ProjectId),aggregate($count as N))", 1),
    "flat": ("DynamicTaskItem?$top=1000", 2),
    "counted": ("Task/$count", 1),
}


@pytest.mark.parametrize(("path", "most"), READS.values(), ids=list(READS))
def test_reads(path: str, most: int, world: World, app: Flask) -> None:
    odata = OData(app, world.key(world.admin))
    project = world.project()
    home = world.list(project)
    furnish(world, home, project, 1)

    def ask() -> int:
        Memories.forget()
        with counted() as statements:
            response = odata.get(path)
        assert response.status_code == 200, response.text
        return len(statements)

    few = ask()
    furnish(world, home, project, 6)
    for _ in range(3):
        world.task(world.list(world.project()))
    assert ask() == few == most + 1


def test_a_narrow_select_reads_only_its_columns(world: World, app: Flask) -> None:
    odata = OData(app, world.key(world.admin))
    world.task()
    with counted() as statements:
        assert odata.get("Task?$select=Name&$top=5").status_code == 200
    listed = statements[-1].partition("FROM")[0]
    assert "description" not in listed and "work_hours" not in listed
    assert "(SELECT" not in listed, "no name, count or GUID of anything else"


@pytest.mark.parametrize("number", [1, 30])
def test_a_batch_insert_does_not_ask_for_each_item(number: int, world: World, app: Flask) -> None:
    odata = OData(app, world.key(world.admin))
    world.list(world.project())
    project = odata.value("Project")[0]["ProjectId"]
    contact = odata.value("Contact")[0]["ContactId"]
    items = [{"Name": "x", "ProjectId": project, "ContactId": contact}] * number
    with counted() as statements:
        assert odata.post("Task/BatchInsert", {"items": items}).status_code == 200
    assert len(statements) <= 13
