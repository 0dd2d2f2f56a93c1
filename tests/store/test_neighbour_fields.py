"""Custom fields: who defines them, what their values may be, names that define one by use."""

import re
from typing import Any

import orjson
import pytest

from app.errors import Conflict, Forbidden, Invalid, NotFound
from app.models import Field, FieldValue, Project
from app.services.execute import execute
from app.services.fields import MAX_FIELDS
from app.services.neighbour_commands import (
    AddField,
    DeleteField,
    EditField,
    SetFieldValue,
    SetProjectField,
)
from tests.builders import World
from tests.store.neighbours import OTHER_UID, UID, cast, check_refusals, refused, row, rows

STRING, DATE, INTEGER, DECIMAL, BOOLEAN, LIST, CURRENCY = range(7)
NAME = "pf_dt2_0123abcd_Size"


def define(world: World, name: str = "Colour", who: int | None = None, **values: Any) -> int:
    """A field of the account, unless a project is said."""
    return int(execute(AddField(name=name, **values), world.viewer(who)))


def put(world: World, who: int, uid: str, name: str, value: str | None) -> None:
    """Set a value."""
    execute(SetFieldValue(name, uid, value), world.viewer(who))


def values() -> list[str]:
    """All values."""
    return [each["value"] for each in rows(FieldValue)]


def test_definitions(world: World) -> None:
    here = cast(world)
    field = define(
        world,
        "Größe (cm)",
        type=LIST,
        options=("S", "M", "S"),
        allow_empty=False,
        allow_new=True,
        currency_symbol="€",
        uid=UID,
    )
    made = row(Field, field)
    assert re.fullmatch("cf_[0-9a-f]{8}_Grecm", made["column_name"])
    assert (made["name"], made["table_name"], made["type"]) == ("Größe (cm)", "TaskItem", LIST)
    assert (orjson.loads(made["options"]), made["uid"]) == (["S", "M"], UID)
    assert (made["allow_empty"], made["allow_new"], made["position"]) == (False, True, 0)
    second = define(world, "???", table_name="Project")
    assert re.fullmatch("cf_[0-9a-f]{8}_Field", row(Field, second)["column_name"])
    third = define(world, "Size", here.manager, project_id=here.project, type=INTEGER)
    assert re.fullmatch("pf_dt2_[0-9a-f]{8}_Size", row(Field, third)["column_name"])
    assert row(Field, third)["position"] == 1

    column = made["column_name"]
    execute(EditField(field_id=field, name="Width", options=("L",), type=LIST), world.viewer())
    changed = row(Field, field)
    assert (changed["name"], changed["column_name"]) == ("Width", column)
    assert (orjson.loads(changed["options"]), changed["version"]) == (["L"], 2)
    execute(EditField(field_id=third, position=5), world.viewer(here.manager))
    execute(DeleteField(third), world.viewer(here.manager))
    assert row(Field, third)["deleted_at"] is not None


def test_refused_definitions(world: World) -> None:
    here = cast(world)
    field = define(world)
    of_project = define(world, "Size", here.manager, project_id=here.project)
    add = AddField(name="x", project_id=here.project)
    scope = AddField(name="x", project_id=here.project, table_name="Project")
    check_refusals(
        world,
        [
            (here.stranger, Invalid, "project_id", add),
            (here.stranger, NotFound, None, EditField(field_id=of_project, name="x")),
            (here.stranger, NotFound, None, DeleteField(of_project)),
            (here.stranger, Forbidden, None, DeleteField(field)),
            (here.editor, Forbidden, None, add),
            (here.editor, Forbidden, None, EditField(field_id=of_project, name="x")),
            (here.manager, Forbidden, None, AddField(name="x")),
            (here.manager, Forbidden, None, EditField(field_id=field, name="x")),
            (here.manager, Forbidden, None, DeleteField(field)),
            (here.manager, Invalid, "table_name", scope),
            (world.admin, Invalid, "table_name", AddField(name="x", table_name="Contact")),
            (world.admin, Invalid, "type", AddField(name="x", type=7)),
            (world.admin, Invalid, "type", EditField(field_id=field, type=DATE)),
            (world.admin, Invalid, "table_name", EditField(field_id=field, table_name="Project")),
            (world.admin, Invalid, "project_id", EditField(field_id=field, project_id=1)),
            (world.admin, Invalid, "options", AddField(name="x", options=("a",))),
            (world.admin, Invalid, "options", EditField(field_id=field, options=("a",))),
            (world.admin, Invalid, "options", AddField(name="x", type=LIST, options=("",))),
            (world.admin, Invalid, "name", AddField(name="x" * 201)),
            (world.admin, Invalid, "currency_symbol", AddField(name="x", currency_symbol="x" * 11)),
            (world.admin, Conflict, None, AddField(name="COLOUR")),
            (here.manager, Conflict, None, AddField(name="sizE", project_id=here.project)),
            (world.admin, Conflict, None, AddField(name="x", uid="X")),
        ],
    )
    many = tuple(map(str, range(1001)))
    with refused(Invalid, "options"):
        define(world, "x", type=LIST, options=many)
    second = define(world, "Other")
    with refused(Conflict):
        execute(EditField(field_id=second, name="colour"), world.viewer())


def test_a_name_is_free_in_another_scope(world: World) -> None:
    here = cast(world)
    first = define(world, "Size")
    define(world, "Size", table_name="Project")
    define(world, "Size", here.manager, project_id=here.project)
    execute(EditField(field_id=first, name="SIZE"), world.viewer())
    execute(DeleteField(first), world.viewer())
    define(world, "size")


def test_values_of_a_task(world: World) -> None:
    here = cast(world)
    (uid,) = world.row(here.task, "uid")
    column = row(Field, define(world, "Points", type=DECIMAL))["column_name"]
    put(world, here.editor, uid, column, "1.50")
    assert values() == ["1.5"]
    assert world.row(here.task, "version", "updater_id") == (2, here.editor)
    put(world, here.editor, uid, "POINTS", "2")
    assert values() == ["2"]
    put(world, here.editor, uid, "points", "")
    assert values() == []
    put(world, here.editor, uid, "points", None)
    assert world.row(here.task, "version") == (5,)


def test_values_of_a_project(world: World) -> None:
    here = cast(world)
    define(world, "Colour", table_name="Project")
    uid = row(Project, here.project)["uid"]
    put(world, here.manager, uid, "Colour", " blue ")
    assert values() == [" blue "]
    assert row(Project, here.project)["version"] == 2
    with refused(Forbidden):
        put(world, here.editor, uid, "Colour", "red")
    with refused(NotFound):
        put(world, here.stranger, uid, "Colour", "red")


def test_a_column_name_wins_over_a_display_name(world: World) -> None:
    here = cast(world)
    (uid,) = world.row(here.task, "uid")
    wanted = define(world, "first")
    column = row(Field, wanted)["column_name"]
    define(world, column, position=-9)
    put(world, here.editor, uid, column, "x")
    assert [each["field_id"] for each in rows(FieldValue)] == [wanted]


def test_a_field_of_the_account_wins_over_one_of_the_project(world: World) -> None:
    here = cast(world)
    (uid,) = world.row(here.task, "uid")
    define(world, "Size", here.manager, project_id=here.project, position=-5)
    wanted = define(world, "Size")
    put(world, here.editor, uid, "Size", "x")
    assert [each["field_id"] for each in rows(FieldValue)] == [wanted]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (STRING, "a\0b"),
        (STRING, "\ud800"),
        (STRING, "x" * 10_001),
        (DATE, "yesterday"),
        (INTEGER, "1.5"),
        (DECIMAL, "one"),
        (BOOLEAN, "maybe"),
        (LIST, "XL"),
        (CURRENCY, "5 €"),
    ],
)
def test_refused_values(world: World, kind: int, value: str) -> None:
    here = cast(world)
    (uid,) = world.row(here.task, "uid")
    define(world, "f", type=kind, options=("S",) if kind == LIST else ())
    with refused(Invalid, "value"):
        put(world, here.editor, uid, "f", value)


def test_options_of_a_list(world: World) -> None:
    here = cast(world)
    (uid,) = world.row(here.task, "uid")
    field = define(world, "Size", type=LIST, options=("S", "s", "M"))
    for value, kept in (("M", "M"), ("m", "M"), ("s", "s"), ("S", "S")):
        put(world, here.editor, uid, "Size", value)
        assert values() == [kept]
    execute(EditField(field_id=field, allow_new=True), world.viewer())
    put(world, here.editor, uid, "Size", "XL")
    put(world, here.editor, uid, "Size", "xl")
    assert values() == ["XL"]
    assert orjson.loads(row(Field, field)["options"]) == ["S", "s", "M", "XL"]
    full = tuple(map(str, range(1000)))
    execute(EditField(field_id=field, options=full), world.viewer())
    with refused(Invalid, "value"):
        put(world, here.editor, uid, "Size", "one more")


def test_a_value_that_must_not_be_empty(world: World) -> None:
    here = cast(world)
    (uid,) = world.row(here.task, "uid")
    define(world, "f", allow_empty=False)
    put(world, here.editor, uid, "f", "x")
    for empty in (None, ""):
        with refused(Invalid, "value"):
            put(world, here.editor, uid, "f", empty)


def test_who_may_set_values(world: World) -> None:
    here = cast(world)
    field = define(world, "f")
    define(world, "p", table_name="Project")
    define(world, "mine", here.manager, project_id=world.project("x", manager=(here.manager,)))
    (uid,) = world.row(here.task, "uid")
    private = world.task(here.list, by=here.editor, private=True)
    (hidden,) = world.row(private, "uid")
    check_refusals(
        world,
        [
            (here.stranger, NotFound, None, SetFieldValue("f", uid, "x")),
            (world.admin, NotFound, None, SetFieldValue("f", hidden, "x")),
            (here.viewer, Forbidden, None, SetFieldValue("f", uid, "x")),
            (here.editor, NotFound, None, SetFieldValue("g", uid, "x")),
            (here.editor, NotFound, None, SetFieldValue("p", uid, "x")),
            (here.manager, NotFound, None, SetFieldValue("mine", uid, "x")),
            (here.editor, NotFound, None, SetFieldValue("f\0", uid, "x")),
            (here.editor, NotFound, None, SetFieldValue("f", "a\0b", "x")),
            (here.editor, NotFound, None, SetFieldValue("f", OTHER_UID, "x")),
        ],
    )
    execute(DeleteField(field), world.viewer())
    with refused(NotFound):
        put(world, here.editor, uid, "f", "x")


def test_a_field_is_defined_by_its_first_use(world: World) -> None:
    here = cast(world)
    editor = world.viewer(here.editor)
    execute(SetProjectField(here.task, NAME, " 42 "), editor)
    (field,) = rows(Field)
    assert (field["column_name"], field["name"], field["type"]) == (NAME, "Size", INTEGER)
    assert (field["project_id"], field["table_name"]) == (here.project, "TaskItem")
    assert (values(), field["allow_new"]) == (["42"], False)
    assert world.row(here.task, "version") == (2,)
    other = world.task(here.list)
    execute(SetProjectField(other, "size", "1"), editor)
    execute(SetProjectField(other, NAME, "2"), editor)
    assert (values(), len(rows(Field))) == (["42", "2"], 1)
    execute(SetProjectField(other, NAME, None), editor)
    assert values() == ["42"]
    for choice in ("S", "M"):
        execute(SetProjectField(here.task, "pf_dt5_0123abcd_Choice", choice), editor)
    assert orjson.loads(rows(Field)[1]["options"]) == ["S", "M"]
    column = row(Field, define(world, "Account wide"))["column_name"]
    execute(SetProjectField(here.task, column, "x"), editor)
    execute(SetProjectField(here.task, "account WIDE", "y"), editor)
    assert values()[-1] == "y"


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Size",
        "pf_dt7_0123abcd_Size",
        "pf_dt2_0123abc_Size",
        "pf_dt2_0123abcg_Size",
        "pf_dt2_0123abcd_",
        "pf_dt2_0123abcd_Größe",
        "pf_dt2_0123abcd_a b",
        "pf_dt2_0123abcd_Size\n",
        "pf_dt2_0123abcd_" + "x" * 101,
        "cf_0123abcd_Size",
        "a\0b",
    ],
)
def test_names_that_define_nothing(world: World, name: str) -> None:
    here = cast(world)
    with refused(Invalid, "fieldName"):
        execute(SetProjectField(here.task, name, "1"), world.viewer(here.editor))


def test_refused_first_uses(world: World) -> None:
    here = cast(world)
    personal = world.personal_task(here.editor)
    other = world.project("other", editor=(here.editor,))
    foreign = world.task(world.list(other))
    execute(SetProjectField(foreign, "pf_dt0_00000000_Theirs", "x"), world.viewer())
    gone = "pf_dt0_00000000_Gone"
    execute(SetProjectField(here.task, gone, "x"), world.viewer())
    (field,) = rows(Field, column_name=gone)
    execute(DeleteField(field["id"]), world.viewer())
    check_refusals(
        world,
        [
            (here.stranger, NotFound, None, SetProjectField(here.task, NAME, "1")),
            (here.viewer, Forbidden, None, SetProjectField(here.task, NAME, "1")),
            (here.editor, Invalid, "value", SetProjectField(here.task, NAME, "x")),
            (here.editor, Invalid, "fieldName", SetProjectField(personal, NAME, "1")),
            (
                here.editor,
                Invalid,
                "fieldName",
                SetProjectField(here.task, "pf_dt0_00000000_Theirs", "x"),
            ),
            (here.editor, Invalid, "fieldName", SetProjectField(here.task, "Theirs", "x")),
            (here.editor, Invalid, "fieldName", SetProjectField(here.task, gone, "x")),
        ],
    )


def test_a_personal_task_has_the_fields_of_the_account(world: World) -> None:
    here = cast(world)
    personal = world.personal_task(here.viewer)
    define(world, "f")
    execute(SetProjectField(personal, "f", "x"), world.viewer(here.viewer))
    assert values() == ["x"]


def test_a_project_holds_so_many_fields(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    here = cast(world)
    assert MAX_FIELDS == 500
    monkeypatch.setattr("app.services.fields.MAX_FIELDS", 1)
    execute(SetProjectField(here.task, NAME, "1"), world.viewer(here.editor))
    with refused(Invalid, "name"):
        execute(SetProjectField(here.task, "pf_dt0_00000000_B", "1"), world.viewer(here.editor))
    define(world, "f")
    with refused(Invalid, "name"):
        define(world, "g")
