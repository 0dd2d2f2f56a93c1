"""Aliased uses of catalogues: right in statements of any shape, on both engines."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import and_, exists, func, literal, not_, select
from sqlalchemy.dialects import postgresql, sqlite

from app.access import Viewer
from app.extensions import db
from app.models import Planning, Risk, Task
from app.queries.catalogues.account import ACCOUNT
from app.queries.catalogues.documents import DOCUMENTS
from app.queries.catalogues.dynamic import DYNAMIC_TASKS
from app.queries.catalogues.notes import NOTES
from app.queries.catalogues.registry import CATALOGUES
from app.queries.catalogues.structure import PROJECTS
from app.queries.catalogues.tasks import TASKS
from app.queries.catalogues.time import TIME_ENTRIES
from app.queries.query import Catalogue
from app.queries.rows import Aliased
from tests.builders import World
from tests.store.furnished import (
    Furnished,
    keys,
    run,
    seen,
    uid,
)

KINDS = {
    "person": Viewer(1),
    "administrator": Viewer(1, admin=True),
    "reader": Viewer(1, read_only=True),
}
DIALECTS = (postgresql.dialect(), sqlite.dialect())
WAYS = [(name, way) for name, each in CATALOGUES.items() for way in each.links]
NAMED = {"assigner": "assigned_by_uid", "contact": "contact_uid", "check_list": "check_list_uid"}
"""Links whose GUID is in a column of another name than theirs."""

BACK = [
    ("Task", "project", "tasks"),
    ("Task", "list", "tasks"),
    ("Task", "status", "tasks"),
    ("Task", "planning", "tasks"),
    ("Task", "risk", "tasks"),
    ("Task", "contact", "tasks"),
    ("Task", "creator", "created_tasks"),
    ("Task", "assigner", "given_tasks"),
    ("Task", "followers", "followed_tasks"),
    ("Task", "notes", "task"),
    ("Task", "documents", "tasks"),
    ("Task", "time_entries", "task"),
    ("Task", "check_lists", "task"),
    ("Task", "contributors", "task"),
    ("Task", "stopwatches", "task"),
    ("Task", "relations", "relations"),
    ("Project", "creator", "created_projects"),
    ("Project", "members", "projects"),
    ("Project", "lists", "project"),
    ("Project", "statuses", "project"),
    ("Project", "plannings", "project"),
    ("Project", "risks", "project"),
    ("Project", "documents", "project"),
    ("Project", "time_entries", "project"),
    ("Project", "check_lists", "project"),
    ("Project", "fields", "project"),
    ("Project", "company", "projects"),
    ("Person", "company", "people"),
    ("Person", "notes", "author"),
    ("Person", "documents", "creator"),
    ("Person", "time_entries", "person"),
    ("Person", "stopwatches", "person"),
    ("Person", "contributions", "person"),
    ("Planning", "parent", "children"),
    ("Time entry", "list", "time_entries"),
    ("Check list", "items", "check_list"),
    ("Field", "values", "field"),
]


# Tables that a pair joins look unjoined to SQLAlchemy, which does not look into IN (SELECT …).
pytestmark = pytest.mark.filterwarnings("ignore:SELECT statement has a cartesian product")


@pytest.fixture
def furnished(world: World) -> Furnished:
    """Rows for every catalogue."""
    return Furnished(world)


def expressions(catalogue: Catalogue, viewer: Viewer) -> Iterator[tuple[str, Any]]:
    """All that a catalogue says of its rows."""
    rows = Aliased(catalogue, "t0", viewer)
    yield "visible", rows.visible()
    yield "search", rows.search(literal("x"))
    yield from ((name, rows.column(name)) for name in catalogue.columns)
    yield from (
        (f"matches {name}", rows.matches(name, [literal("x")])) for name in catalogue.references
    )


@pytest.mark.parametrize("kind", KINDS.values(), ids=list(KINDS))
@pytest.mark.parametrize("catalogue", CATALOGUES.values(), ids=list(CATALOGUES))
def test_an_expression_speaks_of_its_alias_alone(catalogue: Catalogue, kind: Viewer) -> None:
    table = re.compile(rf"(?<![\w.]){catalogue.source.name}\.")
    alias = Aliased(catalogue, "t0", kind).table
    wrong = {}
    for name, expression in expressions(catalogue, kind):
        statement = select(expression.label("x")).select_from(alias)
        for dialect in DIALECTS:
            sql = str(statement.compile(dialect=dialect))
            if sql.count("AS t0") != 1 or table.search(sql):
                wrong[name] = sql
    assert wrong == {}


@pytest.mark.parametrize(("name", "way"), WAYS, ids=[" ".join(each) for each in WAYS])
def test_a_link_speaks_of_its_two_aliases_alone(name: str, way: str) -> None:
    own = Aliased(CATALOGUES[name], "t0", KINDS["person"])
    other = Aliased(CATALOGUES[CATALOGUES[name].links[way].target], "t1", KINDS["person"])
    inner = select(literal(1)).select_from(other.table).where(own.joined(way, other))
    sql = str(select(literal(1)).select_from(own.table).where(inner.exists()))
    assert (sql.count("AS t0"), sql.count("AS t1")) == (1, 1)


@pytest.mark.parametrize("who", ["Ada", "Mia"])
def test_expressions_are_right_however_deep_they_stand(who: str, furnished: Furnished) -> None:
    """Each column, used two levels inside a statement, says of a row what it says at its top."""
    viewer = furnished.viewers[who]
    for catalogue in CATALOGUES.values():
        rows, between = Aliased(catalogue, "t0", viewer), Aliased(ACCOUNT, "t1", viewer)
        inside = select(literal(1)).select_from(between.table)
        given = {name: rows.column(name).is_not(None) for name in catalogue.columns}
        deep = {name: exists(inside.where(each)) for name, each in given.items()}
        pairs = [each.label(None) for name in given for each in (given[name], deep[name])]
        found = run(seen(rows, *pairs), viewer)
        assert found
        for row in found:
            told = dict(zip(given, zip(row[::2], row[1::2], strict=True), strict=True))
            assert [name for name, (top, below) in told.items() if top != below] == []


@pytest.mark.parametrize("who", ["Ada", "Mia", "Vic"])
def test_matches_equals_comparing_the_column(who: str, furnished: Furnished) -> None:
    """It is true where the column has the value, false everywhere else, and never NULL."""
    viewer, tried = furnished.viewers[who], 0
    for catalogue in CATALOGUES.values():
        rows = Aliased(catalogue, "t0", viewer)
        for name in catalogue.references:
            column = rows.column(name)
            values = {row[0] for row in run(seen(rows, column), viewer)} - {None}
            asked = {value: rows.matches(name, [literal(value)]) for value in sorted(values)}
            for row in run(seen(rows, column, *asked.values()), viewer):
                told = dict(zip(asked, row[1:], strict=True))
                assert told == {value: value == row[0] for value in asked}, name
                tried += len(told)
    assert tried > 50


def test_guids_of_deleted_things_match_nothing(furnished: Furnished) -> None:
    viewer = furnished.viewers["Mia"]
    for catalogue, name, model, row_id in (
        (TASKS, "planning_uid", Planning, furnished.gone_planning),
        (TASKS, "risk_uid", Risk, furnished.gone_risk),
        (DYNAMIC_TASKS, "TaskItem_PlanningId", Planning, furnished.gone_planning),
        (DYNAMIC_TASKS, "Planning_PlanningId", Planning, furnished.gone_planning),
        (TIME_ENTRIES, "task_uid", Task, furnished.gone),
    ):
        rows = Aliased(catalogue, "t0", viewer)
        matches = rows.matches(name, [literal(uid(model, row_id))])
        assert {row[0] for row in run(seen(rows, matches), viewer)} == {False}, name


def test_matches_takes_several_values_and_unknown_ones(furnished: Furnished) -> None:
    viewer = furnished.viewers["Ada"]
    rows = Aliased(TASKS, "t0", viewer)
    project = Aliased(PROJECTS, "t1", viewer)
    projects = [row[0] for row in run(seen(project, project.column("uid")), viewer)]
    matches = rows.matches("project_uid", [literal(each) for each in [*projects, "unknown"]])
    assert matches is not None
    assert run(seen(rows, rows.column("name")).where(matches), viewer) == [
        ("Away",),
        ("Bare",),
        ("Full",),
    ]
    assert rows.matches("name", [literal("Full")]) is None


def joined(name: str, way: str, viewer: Viewer) -> set[tuple[Any, ...]]:
    """The pairs of ids that a link makes of rows which the viewer sees."""
    own = Aliased(CATALOGUES[name], "t0", viewer)
    other = Aliased(CATALOGUES[CATALOGUES[name].links[way].target], "t1", viewer)
    statement = select(*keys(own), *keys(other)).where(
        own.visible(), other.visible(), own.joined(way, other)
    )
    return set(run(statement, viewer))


@pytest.mark.parametrize("who", ["Ada", "Mia"])
def test_links_lead_there_and_back(who: str, furnished: Furnished) -> None:
    viewer = furnished.viewers[who]
    empty = []
    for name, way, back in BACK:
        target = CATALOGUES[name].links[way].target
        there = joined(name, way, viewer)
        width = len(CATALOGUES[name].source.primary_key)  # type: ignore[arg-type]
        returned = {(*pair[-width:], *pair[:-width]) for pair in joined(target, back, viewer)}
        assert there == returned, (name, way)
        empty += [] if there else [(name, way)]
    assert empty == ([("Project", "fields")] if who == "Mia" else [])


def test_links_to_one_lead_to_what_the_guid_names(furnished: Furnished) -> None:
    viewer = furnished.viewers["Mia"]
    checked = set()
    for name, way in WAYS:
        catalogue = CATALOGUES[name]
        column = NAMED.get(way, f"{way}_uid")
        if catalogue.links[way].collection or column not in catalogue.columns:
            continue
        own = Aliased(catalogue, "t0", viewer)
        other = Aliased(CATALOGUES[catalogue.links[way].target], "t1", viewer)
        named = select(*keys(own), *keys(other)).where(
            own.visible(), other.visible(), own.column(column) == other.column("uid")
        )
        assert joined(name, way, viewer) == set(run(named, viewer)), (name, way)
        checked.add((name, way))
    assert len(checked) > 30


def test_the_same_catalogue_twice(furnished: Furnished) -> None:
    """Pairs of related tasks: each is judged by itself, and has values of its own."""
    for who, found in {
        "Ada": [("Bare", "Full")],
        "Mia": [("Bare", "Full"), ("Private of Mia", "Full")],
    }.items():
        viewer = furnished.viewers[who]
        one, two = (Aliased(TASKS, name, viewer) for name in ("t0", "t1"))
        statement = select(one.column("name"), two.column("name")).where(
            one.visible(),
            two.visible(),
            one.joined("relations", two),
            one.column("contact_name").is_(None),
            two.column("contact_name") == "Mia Miller",
        )
        assert run(statement, viewer) == found


def test_rows_within_rows_of_the_same_kind(furnished: Furnished) -> None:
    """Tasks with a document, judged by its own look at tasks, that another task carries too."""
    viewer = furnished.viewers["Mia"]
    task, file, other = (
        Aliased(catalogue, f"t{number}", viewer)
        for number, catalogue in enumerate((TASKS, DOCUMENTS, TASKS))
    )
    shared = exists(
        select(literal(1))
        .select_from(other.table)
        .where(
            file.joined("tasks", other),
            other.visible(),
            other.column("id") != task.column("id"),
            other.column("project_uid") == task.column("project_uid"),
        )
        .correlate_except(other.table)
    )
    carried = exists(
        select(literal(1))
        .select_from(file.table)
        .where(task.joined("documents", file), file.visible(), shared)
    )
    names = task.column("name")
    assert run(seen(task, names).where(carried), viewer) == [("Bare",), ("Full",)]
    # The private task has a document that no other task has.
    alone = and_(task.column("document_count") > 0, not_(carried))
    assert run(seen(task, names).where(alone), viewer) == [("Private of Mia",)]


def test_documents_of_hidden_tasks_stay_hidden(furnished: Furnished) -> None:
    for who, found in {"Mia": ["Plan.v2.PDF", "secret"], "Vic": ["Plan.v2.PDF"]}.items():
        viewer = furnished.viewers[who]
        project, file = Aliased(PROJECTS, "t0", viewer), Aliased(DOCUMENTS, "t1", viewer)
        counted = select(func.count()).select_from(file.table)
        counted = counted.where(project.joined("documents", file), file.visible())
        number = seen(project, project.column("name"), counted.scalar_subquery())
        assert run(number, viewer) == [("demo", len(found))]
        assert run(seen(file, file.column("name")), viewer) == [(name,) for name in found]


@pytest.mark.parametrize(
    ("term", "found"),
    [("FULL", ["Full"]), ("me tex", ["Full"]), ("%", []), ("_", []), ("", ["Bare", "Full"])],
)
def test_search(term: str, found: list[str], furnished: Furnished) -> None:
    viewer = furnished.viewers["Vic"]
    rows = Aliased(TASKS, "t0", viewer)
    inside = rows.column("project_id") == furnished.demo
    chosen = seen(rows, rows.column("name")).where(inside)
    assert run(chosen.where(rows.search(literal(term))), viewer) == [(name,) for name in found]
    others = run(chosen.where(not_(rows.search(literal(term)))), viewer)
    assert len(others) == 2 - len(found)


def test_viewers_of_one_kind_share_expressions_and_see_their_own(furnished: Furnished) -> None:
    mia, vic = furnished.world.viewer(furnished.mia), furnished.world.viewer(furnished.vic)
    one, two = Aliased(NOTES, "t0", mia), Aliased(NOTES, "t0", vic)
    assert one.table is two.table
    assert one.visible() is two.visible()
    assert one.column("short") is two.column("short")
    statement = seen(one)
    assert len(run(statement, mia)) == 2
    assert len(run(statement, vic)) == 1
    assert Aliased(NOTES, "t0", furnished.viewers["Ada"]).table is not one.table


def test_a_way_is_taken_to_its_own_target_only(furnished: Furnished) -> None:
    viewer = furnished.viewers["Ada"]
    with pytest.raises(AssertionError, match="project leads to Project"):
        Aliased(TASKS, "t0", viewer).joined("project", Aliased(NOTES, "t1", viewer))


PLANS = {
    "tasks of a project": (
        lambda t, _: [t.matches("project_uid", [literal("x")]), t.column("is_done").is_(False)],
        "t0 USING INDEX ix_task_project_uid (project_id=? AND is_done=?)",
    ),
    "tasks of several projects": (
        lambda t, _: [t.matches("project_uid", [literal("x"), literal("y")])],
        "t0 USING INDEX ix_task_project_id (project_id=?)|"
        "t0 USING INDEX ix_task_project_uid (project_id=?)",
    ),
    "tasks of a contact": (
        lambda t, _: [t.matches("contact_uid", [literal("x")])],
        "t0 USING INTEGER PRIMARY KEY",
    ),
    "related tasks": (
        lambda t, other: [t.column("id") == 1, t.joined("relations", other)],
        "t1 USING INTEGER PRIMARY KEY",
    ),
    "tasks of a planning": (
        lambda t, other: [t.column("id") == 1, other.matches("planning_uid", [literal("x")])],
        "t1 USING INDEX ix_task_planning_id",
    ),
}


@pytest.mark.parametrize("engine_name", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("conditions", "step"), PLANS.values(), ids=list(PLANS))
def test_indexes_serve_references_and_links(
    conditions: Callable[[Aliased, Aliased], list[Any]], step: str, app: Flask
) -> None:
    one, two = (Aliased(TASKS, name, KINDS["person"]) for name in ("t0", "t1"))
    statement = seen(one, one.column("id")).where(*conditions(one, two)).limit(100)
    if "t1" in step:
        statement = statement.add_columns(two.column("id")).where(two.visible())
    compiled = statement.order_by(one.column("uid")).compile(dialect=DIALECTS[1])
    values = compiled.construct_params({"viewer_id": 1})
    with db.engine.connect() as connection:
        listed = tuple(values[name] for name in compiled.positiontup or ())
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {compiled}", listed).all()
    # Where two indexes serve alike, the planner may take either.
    steps = [f"SEARCH {each}" for each in step.split("|")]
    assert any(each in row[3] for row in plan for each in steps), plan
