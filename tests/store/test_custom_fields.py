"""Custom fields: definitions, values, and the columns that they add to tasks."""

from decimal import Decimal

import pytest
from sqlalchemy import literal, select

from app.access import Viewer
from app.extensions import db
from app.models import Field, Project, Task
from app.queries.catalogues.account import ACCOUNT
from app.queries.catalogues.fields import FIELD_VALUES, FIELDS, FieldColumn, field_columns
from app.queries.catalogues.tasks import TASKS
from app.queries.rows import Aliased
from tests.builders import World
from tests.store.furnished import NOON, Furnished, change, read, run, seen, uid


@pytest.fixture
def furnished(world: World) -> Furnished:
    """Rows for every catalogue."""
    return Furnished(world)


def test_fields_and_their_values(furnished: Furnished) -> None:
    viewer = furnished.viewers["Ada"]
    fields = read(FIELDS, viewer, "name", "type_name", "project_uid")
    assert ("F 1", "DateTime", None) in fields
    assert ("Mine", "String", uid(Project, furnished.other)) in fields
    assert "Gone" not in {name for name, *_ in fields}
    values = read(FIELD_VALUES, viewer, "field_uid", "object_uid", "type_name", "value")
    full, demo = uid(Task, furnished.full), uid(Project, furnished.demo)
    assert [value[1:] for value in values] == [
        (full, "String", "text"),
        (full, "DateTime", "2014-05-12T12:00:00.000000Z"),
        (full, "Integer", "7"),
        (full, "Decimal", "1.50"),
        (full, "Boolean", "true"),
        (full, "List", "red"),
        (full, "Currency", "-2.5"),
        (demo, "Currency", "9.99"),
    ]
    assert values[0][0] == uid(Field, 1)
    hidden = read(FIELD_VALUES, furnished.viewers["Mia"], "object_uid", "value")
    assert (uid(Task, furnished.private), "hidden") in hidden
    assert read(FIELD_VALUES, furnished.viewers["Olga"], "value") == []


def test_a_field_of_a_hidden_project_hides_its_values(furnished: Furnished) -> None:
    change(Field, 1, project_id=furnished.other)
    assert "text" in [row[0] for row in read(FIELD_VALUES, furnished.viewers["Ada"], "value")]
    assert "text" not in [row[0] for row in read(FIELD_VALUES, furnished.viewers["Mia"], "value")]


def fields(viewer: Viewer) -> dict[str, FieldColumn]:
    """The custom fields that a viewer knows."""
    with db.engine.connect() as connection:
        return field_columns(connection, viewer)


def test_custom_fields_are_columns(furnished: Furnished) -> None:
    viewer = furnished.viewers["Ada"]
    known = fields(viewer)
    rows = Aliased(TASKS, "t0", viewer)
    chosen = seen(rows, *(rows.over(field.over).label(name) for name, field in known.items()))
    (full,) = run(chosen.where(rows.column("id") == furnished.full), viewer)
    assert dict(zip(known, full, strict=True)) == {
        "CF_F_0": "text",
        "CF_F_1": NOON,
        "CF_F_2": 7,
        "CF_F_3": Decimal("1.50"),
        "CF_F_4": True,
        "CF_F_5": "red",
        "CF_F_6": Decimal("-2.5"),
        "CF_F_0_2": None,
        "Project_CF_Budget": Decimal("9.99"),
        "TaskItem_pf_dt0_0a0a0a0a_Mine": None,
    }
    (away,) = run(chosen.where(rows.column("id") == furnished.away), viewer)
    assert set(away) == {None}


def test_custom_fields_of_hidden_projects_are_unknown(furnished: Furnished) -> None:
    mine = "TaskItem_pf_dt0_0a0a0a0a_Mine"
    assert mine in fields(furnished.viewers["Ada"])
    assert mine not in fields(furnished.viewers["Mia"])


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("Größe", "CF_Größe"),
        ("a-b c", "CF_a_b_c"),
        ("m²", "CF_m_"),
        ("x" * 200, "CF_" + "x" * 125),
    ],
)
def test_names_of_custom_fields_are_identifiers(given: str, name: str, world: World) -> None:
    furnished = Furnished(world)
    furnished.field(given, 0)
    furnished.field(given, 0, column_name="another")
    known = list(fields(furnished.viewers["Ada"]))
    assert name in known
    assert name[: 128 - 2] + "_2" in known


def test_values_of_fields_are_found_deep_inside(furnished: Furnished) -> None:
    viewer = furnished.viewers["Mia"]
    rows, between = Aliased(TASKS, "t0", viewer), Aliased(ACCOUNT, "t1", viewer)
    shared = fields(viewer)["CF_F_0_2"]
    inside = select(literal(1)).select_from(between.table)
    inside = inside.where(rows.over(shared.over) == "hidden")
    found = seen(rows, rows.column("name")).where(inside.exists())
    assert run(found, viewer) == [("Private of Mia",)]
    assert run(found, furnished.viewers["Vic"]) == []
