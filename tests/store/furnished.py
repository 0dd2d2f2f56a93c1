"""A small world in which every catalogue has rows that some see, that others do not, and that are
deleted.
"""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

from sqlalchemy import Select, insert, select, update

from app.access import Viewer
from app.extensions import db
from app.models import (
    Assignment,
    CheckList,
    CheckListItem,
    Field,
    FieldValue,
    Follower,
    Note,
    Person,
    Planning,
    Project,
    Relation,
    Risk,
    Stopwatch,
    TaskFile,
    Template,
    TimeEntry,
)
from app.queries.query import Catalogue
from app.queries.rows import Aliased
from app.services.execute import maintain
from tests.builders import World

NOON = datetime(2014, 5, 12, 12, tzinfo=UTC)
IMAGE = "11111111-2222-4333-8444-555555555555"


def make(model: Any, **values: Any) -> int:
    """A row, past all rules."""
    return int(maintain(lambda work: work.insert(model, **values)))


def change(model: Any, row_id: int, **values: Any) -> None:
    """Write columns of a row, past all rules."""
    maintain(lambda work: work.run(update(model).where(model.id == row_id).values(**values)))


def link(model: Any, **values: Any) -> None:
    """A row of a table of pairs."""
    maintain(lambda work: work.run(insert(model).values(**values)))


def uid(model: Any, row_id: int | None) -> str | None:
    """The GUID of a row."""
    return maintain(lambda work: work.scalar(select(model.uid).where(model.id == row_id)))


def read(
    catalogue: Catalogue, viewer: Viewer, *names: str, now: datetime = NOON
) -> list[tuple[Any, ...]]:
    """Columns of all rows that a viewer sees, in the order of the first key column."""
    rows = Aliased(catalogue, "t0", viewer)
    statement = select(*(rows.column(name).label(f"c{n}") for n, name in enumerate(names)))
    statement = statement.select_from(rows.table).where(rows.visible())
    with db.engine.connect() as connection:
        found = connection.execute(
            statement.order_by(*rows.table.primary_key), {**viewer.values, "now": now}
        )
        return [tuple(row) for row in found]


def said(
    catalogue: Catalogue, viewer: Viewer, row_id: int, *names: str, **more: Any
) -> dict[str, Any]:
    """What is said of one row."""
    found = {row[0]: row[1:] for row in read(catalogue, viewer, "id", *names, **more)}
    return dict(zip(names, found[row_id], strict=True))


def ids(catalogue: Catalogue, viewer: Viewer) -> list[int]:
    """The ids of the rows that a viewer sees."""
    return [row[0] for row in read(catalogue, viewer, "id")]


def run(statement: Select[Any], viewer: Viewer) -> list[tuple[Any, ...]]:
    """The rows of a statement, sorted."""
    with db.engine.connect() as connection:
        found = connection.execute(statement, {**viewer.values, "now": NOON})
        return sorted((tuple(row) for row in found), key=repr)


def keys(rows: Aliased) -> list[Any]:
    """The primary key of the rows."""
    return list(rows.table.primary_key)


def seen(rows: Aliased, *columns: Any) -> Select[Any]:
    """The keys, or these columns, of the rows that the viewer sees."""
    chosen = select(*(columns or keys(rows))).select_from(rows.table)
    return chosen.where(rows.visible())


class Furnished:
    """Ada is the administrator; Mia edits project `demo`, Vic views it, Olga is in no project."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._number = count(1)
        self.mia = world.person("Mia", "Miller")
        self.vic = world.person("Vic", "Viewer")
        self.olga = world.person("Olga", "Out", company_id=world.company())
        change(Person, self.mia, image_uid=IMAGE)
        self.demo = world.project("demo", editor=(self.mia,), viewer=(self.vic,))
        self.other = world.project("other")
        change(Project, self.demo, number="P-7", start_on=date(2014, 5, 1), end_on=date(2014, 6, 1))
        self.list = world.list(self.demo, "Todos")
        self.status = world.column(self.demo, "Doing")
        self._plan()
        self._tasks()
        self._hang()
        self._fields()

    @property
    def viewers(self) -> dict[str, Viewer]:
        """One viewer of each kind, and one who sees next to nothing."""
        return {
            "Ada": self.world.viewer(),
            "Mia": self.world.viewer(self.mia),
            "Vic": self.world.viewer(self.vic, read_only=True),
            "Olga": self.world.viewer(self.olga),
        }

    def _plan(self) -> None:
        by = {"creator_id": self.world.admin}
        ends = {"start_at": NOON, "end_at": NOON + timedelta(days=3)}
        self.planning = make(Planning, project_id=self.demo, name="Phase", **ends, **by)
        self.step = make(Planning, project_id=self.demo, name="Step", parent_id=self.planning, **by)
        self.gone_planning = make(
            Planning, project_id=self.demo, name="Gone", deleted_at=NOON, **by
        )
        self.risk = make(Risk, project_id=self.demo, name="Rain", probability=20, **by)
        self.gone_risk = make(Risk, project_id=self.demo, name="Snow", deleted_at=NOON, **by)

    def _tasks(self) -> None:
        world = self.world
        self.full = world.task(
            self.list,
            "Full",
            description="Some text",
            assignees=(self.mia, self.vic, world.admin),
            status_id=self.status,
            work_hours=10.0,
        )
        world.set(
            self.full,
            planning_id=self.planning,
            risk_id=self.risk,
            assigned_by_id=world.admin,
            start_at=NOON - timedelta(days=2),
            due_at=NOON - timedelta(days=1),
            custom_color=255,
        )
        contributors = update(Assignment).where(
            Assignment.task_id == self.full, Assignment.ordinal > 0
        )
        maintain(lambda work: work.run(contributors.values(work_hours=1.25)))
        self.bare = world.task(self.list, "Bare", by=self.mia)
        world.set(self.bare, planning_id=self.gone_planning, risk_id=self.gone_risk)
        self.private = world.task(self.list, "Private of Mia", by=self.mia, private=True)
        self.gone = world.task(self.list, "Gone", assignees=(self.mia,))
        world.set(self.gone, deleted_at=NOON)
        self.away = world.task(world.list(self.other), "Away")
        self.personal = world.personal_task(self.mia, self.vic)
        for one, two in ((self.full, self.bare), (self.full, self.private), (self.bare, self.gone)):
            link(Relation, task_id=one, other_id=two)
        link(Follower, task_id=self.full, person_id=self.vic, comments=True, changes=True)

    def _hang(self) -> None:
        world = self.world
        self.note = make(Note, task_id=self.full, author_id=self.mia, text="Hi\nyou", html="Hi")
        self.secret_note = world.note(self.private, self.mia, "secret")
        make(Note, task_id=self.full, author_id=self.mia, text="x", html="x", deleted_at=NOON)
        self.file = world.file(self.demo, "Plan.v2.PDF", self.full)
        self.secret_file = world.file(self.demo, "secret", self.private)
        link(TaskFile, task_id=self.bare, file_id=self.file)
        for task in (self.full, self.private, self.gone):
            self._time(task, self.demo, self.mia)
        self.free_time = self._time(None, self.demo, self.mia)
        self.own_time = self._time(None, None, self.olga)
        self.watch = self._watch(self.mia, self.full)
        self._watch(world.admin, self.full)
        self.template = make(Template, name="Kit", creator_id=self.mia, body="{}")
        make(Template, name="Old", creator_id=self.mia, body="{}", deleted_at=NOON)
        self._check_lists()

    def _time(self, task: int | None, project: int | None, person: int) -> int:
        return make(
            TimeEntry,
            task_id=task,
            project_id=project,
            list_id=self.list if project else None,
            person_id=person,
            name="Work",
            started_at=NOON.replace(microsecond=250_000),
            minutes=90,
        )

    def _watch(self, person: int, task: int) -> int:
        early = NOON - timedelta(hours=2)
        return make(
            Stopwatch,
            person_id=person,
            task_id=task,
            first_started_at=early,
            started_at=NOON - timedelta(seconds=30),
            elapsed_seconds=100,
        )

    def _check_lists(self) -> None:
        def listed(name: str, **of: Any) -> int:
            return make(CheckList, name=name, creator_id=self.mia, **of)

        self.check_list = listed("List", project_id=self.demo, task_id=self.full)
        self.secret_check_list = listed("S", project_id=self.demo, task_id=self.private)
        self.project_check_list = listed("P", project_id=self.demo)
        gone = listed("Gone", project_id=self.demo, task_id=self.full, deleted_at=NOON)
        for check_list in (self.check_list, self.secret_check_list, gone):
            make(CheckListItem, check_list_id=check_list, name="done", is_done=True, done_at=NOON)
            make(CheckListItem, check_list_id=check_list, name="open")
            make(CheckListItem, check_list_id=check_list, name="gone", deleted_at=NOON)

    def _fields(self) -> None:
        values = {0: "text", 1: "2014-05-12T12:00:00.000000Z", 2: "7", 3: "1.50", 4: "true"}
        for code, value in {**values, 5: "red", 6: "-2.5"}.items():
            field = self.field(f"F {code}", code)
            link(FieldValue, field_id=field, object_id=self.full, value=value)
        shared = self.field("F 0", 0)
        link(FieldValue, field_id=shared, object_id=self.private, value="hidden")
        budget = self.field("Budget", 6, table_name="Project")
        link(FieldValue, field_id=budget, object_id=self.demo, value="9.99")
        self.field("Mine", 0, project_id=self.other, column_name="pf_dt0_0a0a0a0a_Mine")
        self.field("Gone", 0, deleted_at=NOON)

    def field(self, name: str, code: int, **more: Any) -> int:
        """A custom field, of tasks unless said."""
        column_name = f"cf_{next(self._number):08x}_{name}"[:200]
        values = {"table_name": "TaskItem", "column_name": column_name} | more
        return make(Field, name=name, type=code, **values)
