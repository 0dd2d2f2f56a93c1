"""What hangs on a task: comments, contributors, stopwatches, files, relations, feeds, followers."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.clock import clock
from app.errors import Forbidden, Invalid, NotFound
from app.models import (
    Assignment,
    CalendarSync,
    Follower,
    Note,
    NoteRead,
    Person,
    Relation,
    Stopwatch,
    TaskFile,
    TimeEntry,
)
from app.services.execute import execute, maintain
from app.services.task_commands import (
    AddContributor,
    AddFollowers,
    AddNote,
    AddRelation,
    DeleteNote,
    EditContributor,
    LinkFiles,
    PauseStopwatch,
    RemoveContributor,
    RemoveFollower,
    RemoveRelation,
    StartStopwatch,
    StopStopwatch,
    SyncCalendar,
    UnlinkFile,
)
from tests.builders import World
from tests.store.neighbours import Cast, cast, check_refusals, refused, row, rows

START = datetime(2014, 5, 12, 10, tzinfo=UTC)
BAD_HOURS = (-0.5, float("nan"), float("inf"), 1e6 + 1)


@pytest.fixture
def here(world: World) -> Cast:
    """A project with people, a list and a task."""
    return cast(world)


def version(world: World, task: int) -> int:
    """The version of a task."""
    return int(world.row(task, "version")[0])


def pass_time(**by: float) -> None:
    """Move the clock."""
    clock.fix(clock.now() + timedelta(**by))


class TestNotes:
    """AddNote and DeleteNote."""

    def test_a_viewer_comments(self, world: World, here: Cast) -> None:
        html = "<p>Hi <b>all</b></p><img src=x onerror=alert(1)>"
        command = AddNote(here.task, html, notify=(here.editor, here.viewer, here.editor))
        note = execute(command, world.viewer(here.viewer))
        found = row(Note, note)
        assert (found["html"], found["text"]) == ('<p>Hi <b>all</b></p><img src="x">', "Hi all")
        assert (found["author_id"], found["task_id"]) == (here.viewer, here.task)
        assert rows(NoteRead) == [{"note_id": note, "person_id": here.viewer}]
        assert world.outbox() == [("note.added", here.editor, here.task)]
        assert version(world, here.task) == 2
        assert world.row(here.task, "updater_id") == (None,)

    def test_refused(self, world: World, here: Cast) -> None:
        check_refusals(
            world,
            [
                (here.stranger, NotFound, None, AddNote(here.task, "x")),
                (here.editor, NotFound, None, AddNote(99, "x")),
                (here.viewer, Invalid, "html", AddNote(here.task, "")),
                (here.viewer, Invalid, "html", AddNote(here.task, "<p>&nbsp;</p> <script>x")),
                (here.viewer, Invalid, "html", AddNote(here.task, "x" * 262_145)),
                (here.viewer, Invalid, "notify", AddNote(here.task, "x", (here.stranger,))),
                (here.viewer, Invalid, "notify", AddNote(here.task, "x", (99,))),
            ],
        )

    def test_a_read_only_key_comments_not(self, world: World, here: Cast) -> None:
        with refused(Forbidden):
            execute(AddNote(here.task, "x"), world.viewer(here.editor, read_only=True))

    @pytest.mark.parametrize("who", ["viewer", "manager", "admin"])
    def test_deleted_by_who_may(self, world: World, here: Cast, who: str) -> None:
        note = execute(AddNote(here.task, "x"), world.viewer(here.viewer))
        person = world.admin if who == "admin" else getattr(here, who)
        execute(DeleteNote(note), world.viewer(person))
        assert row(Note, note)["deleted_at"] == START
        assert row(Note, note)["version"] == 2
        assert version(world, here.task) == 3
        with refused(NotFound):
            execute(DeleteNote(note), world.viewer(person))

    def test_deleted_by_nobody_else(self, world: World, here: Cast) -> None:
        note = execute(AddNote(here.task, "x"), world.viewer(here.manager))
        hidden = world.task(here.list, private=True)
        secret = execute(AddNote(hidden, "x"), world.viewer())
        check_refusals(
            world,
            [
                (here.stranger, NotFound, None, DeleteNote(note)),
                (here.viewer, Forbidden, None, DeleteNote(note)),
                (here.editor, Forbidden, None, DeleteNote(note)),
                (here.manager, NotFound, None, DeleteNote(secret)),
                (here.manager, NotFound, None, DeleteNote(99)),
            ],
        )

    def test_on_a_personal_task(self, world: World, here: Cast) -> None:
        task = world.personal_task(here.editor, here.stranger)
        note = execute(AddNote(task, "x"), world.viewer(here.stranger))
        execute(DeleteNote(note), world.viewer(here.editor))
        with refused(NotFound):
            execute(AddNote(task, "x"), world.viewer())


class TestContributors:
    """The assignments other than the contact's."""

    def test_add_change_remove(self, world: World, here: Cast) -> None:
        task, editor = here.task, world.viewer(here.editor)
        first = execute(AddContributor(task_id=task, person_id=here.viewer), editor)
        command = AddContributor(
            task_id=task, person_id=here.manager, work_hours=1.25, is_done=True
        )
        second = execute(command, editor)
        assert [row(Assignment, each)["ordinal"] for each in (first, second)] == [1, 2]
        assert (row(Assignment, second)["work_hours"], row(Assignment, second)["is_done"]) == (
            1.25,
            True,
        )
        assert version(world, task) == 3

        execute(EditContributor(task_id=task, assignment_id=second, work_hours=1e6), editor)
        changed = row(Assignment, second)
        assert (changed["work_hours"], changed["is_done"], changed["version"]) == (1e6, True, 2)
        execute(EditContributor(task_id=task, assignment_id=second, is_done=False), editor)
        assert row(Assignment, second)["is_done"] is False
        execute(EditContributor(task_id=task, assignment_id=second), editor)
        assert version(world, task) == 5

        execute(RemoveContributor(task, first), editor)
        assert [each["id"] for each in rows(Assignment)] == [second]
        assert version(world, task) == 6

    def test_of_a_personal_task(self, world: World, here: Cast) -> None:
        task = world.personal_task(here.editor)
        command = AddContributor(task_id=task, person_id=here.stranger)
        assert execute(command, world.viewer(here.editor)) > 0

    def test_refused(self, world: World, here: Cast) -> None:
        task = world.task(here.list, assignees=(here.manager, here.viewer))
        contact, other = (each["id"] for each in rows(Assignment, task_id=task))
        hidden = world.task(here.list, private=True)

        def add(person: int, task: int = task, **more: Any) -> AddContributor:
            return AddContributor(task_id=task, person_id=person, **more)

        def change(assignment: int, task: int = task, **more: Any) -> EditContributor:
            return EditContributor(task_id=task, assignment_id=assignment, **more)

        check_refusals(
            world,
            [
                (here.stranger, NotFound, None, add(here.editor)),
                (here.editor, NotFound, None, add(here.editor, hidden)),
                (here.viewer, Forbidden, None, add(here.editor)),
                (here.editor, Invalid, "person_id", add(here.manager)),
                (here.editor, Invalid, "person_id", add(here.viewer)),
                (here.editor, Invalid, "person_id", add(here.stranger)),
                (here.stranger, NotFound, None, change(other, is_done=True)),
                (here.viewer, Forbidden, None, change(other, is_done=True)),
                (here.editor, NotFound, None, change(contact, is_done=True)),
                (here.editor, NotFound, None, change(other, here.task, is_done=True)),
                (here.editor, NotFound, None, change(99, is_done=True)),
                (here.stranger, NotFound, None, RemoveContributor(task, other)),
                (here.viewer, Forbidden, None, RemoveContributor(task, other)),
                (here.editor, NotFound, None, RemoveContributor(task, contact)),
                (here.editor, NotFound, None, RemoveContributor(here.task, other)),
                *((here.editor, Invalid, "work_hours", add(here.editor, work_hours=hours))
                  for hours in BAD_HOURS),
                *((here.editor, Invalid, "work_hours", change(other, work_hours=hours))
                  for hours in BAD_HOURS),
            ],
        )  # fmt: skip


class TestStopwatches:
    """One a person and task; stopping books the time (decision 32)."""

    def test_start_pause_resume_stop(self, world: World, here: Cast) -> None:
        task, editor = here.task, world.viewer(here.editor)
        world.set(task, billable=True)
        began = execute(StartStopwatch(task), editor)
        assert (began.elapsed_seconds, began.paused_at, began.minutes) == (0, None, None)
        pass_time(seconds=70)
        assert execute(StartStopwatch(task), editor)._replace(elapsed_seconds=0) == began
        paused = execute(PauseStopwatch(task), editor)
        assert (paused.elapsed_seconds, paused.paused_at) == (70, clock.now())
        pass_time(hours=1)
        resumed = execute(StartStopwatch(task), editor)
        assert (resumed.elapsed_seconds, resumed.paused_at) == (70, None)
        assert (resumed.first_started_at, resumed.started_at) == (START, clock.now())
        assert (resumed.uid, resumed.version) == (began.uid, 3)
        pass_time(seconds=20)
        stopped = execute(StopStopwatch(task), editor)
        assert (stopped.elapsed_seconds, stopped.minutes) == (90, 2)
        assert (stopped.project_id, stopped.list_id) == (here.project, here.list)
        entry = row(TimeEntry, stopped.time_entry_id or 0)
        assert entry["started_at"] == START
        assert [entry[name] for name in ("person_id", "task_id", "project_id", "list_id")] == [
            here.editor,
            task,
            here.project,
            here.list,
        ]
        assert (entry["minutes"], entry["billable"], entry["name"]) == (2, True, "a task")
        assert rows(Stopwatch) == []
        assert version(world, task) == 1

    @pytest.mark.parametrize(
        ("seconds", "minutes"), [(0, 1), (29, 1), (89.9, 1), (90, 2), (150, 3), (3600, 60)]
    )
    def test_minutes_are_rounded(
        self, world: World, here: Cast, seconds: float, minutes: int
    ) -> None:
        execute(StartStopwatch(here.task), world.viewer(here.editor))
        pass_time(seconds=seconds)
        stopped = execute(StopStopwatch(here.task), world.viewer(here.editor))
        assert stopped.minutes == minutes

    def test_stops_while_it_is_paused(self, world: World, here: Cast) -> None:
        execute(StartStopwatch(here.task), world.viewer(here.editor))
        pass_time(minutes=5)
        execute(PauseStopwatch(here.task), world.viewer(here.editor))
        pass_time(minutes=5)
        assert execute(StopStopwatch(here.task), world.viewer(here.editor)).minutes == 5

    def test_is_of_the_person_and_the_task(self, world: World, here: Cast) -> None:
        personal = world.personal_task(here.editor)
        for person, task in ((here.editor, here.task), (here.manager, here.task)):
            execute(StartStopwatch(task), world.viewer(person))
        execute(StartStopwatch(personal), world.viewer(here.editor))
        assert len(rows(Stopwatch)) == 3
        stopped = execute(StopStopwatch(personal), world.viewer(here.editor))
        assert stopped.project_id is None
        entry = row(TimeEntry, stopped.time_entry_id or 0)
        assert (entry["project_id"], entry["list_id"]) == (None, stopped.list_id)
        assert len(rows(Stopwatch)) == 2

    def test_refused(self, world: World, here: Cast) -> None:
        task = world.task(here.list, assignees=(here.viewer,))
        paused = world.task(here.list)
        execute(StartStopwatch(paused), world.viewer(here.editor))
        execute(PauseStopwatch(paused), world.viewer(here.editor))
        cases: list[Any] = [
            (here.editor, Invalid, "stopwatch", PauseStopwatch(task)),
            (here.editor, Invalid, "stopwatch", PauseStopwatch(paused)),
            (here.manager, Invalid, "stopwatch", PauseStopwatch(paused)),
            (here.editor, Invalid, "stopwatch", StopStopwatch(task)),
        ]
        for kind in (StartStopwatch, PauseStopwatch, StopStopwatch):
            cases.append((here.stranger, NotFound, None, kind(task)))
            cases.append((here.viewer, Forbidden, None, kind(task)))
        check_refusals(world, cases)


class TestFiles:
    """Documents of the project on a task."""

    def test_link_and_unlink(self, world: World, here: Cast) -> None:
        one, two = world.file(here.project), world.file(here.project)
        editor = world.viewer(here.editor)
        execute(LinkFiles(here.task, (one, two, one)), editor)
        execute(LinkFiles(here.task, (one,)), editor)
        assert version(world, here.task) == 2
        execute(UnlinkFile(here.task, one), editor)
        assert rows(TaskFile) == [{"task_id": here.task, "file_id": two}]
        assert version(world, here.task) == 3

    def test_refused(self, world: World, here: Cast) -> None:
        carried = world.file(here.project, task=here.task)
        free, foreign = world.file(here.project), world.file(world.project("other"))
        check_refusals(
            world,
            [
                (here.stranger, NotFound, None, LinkFiles(here.task, (free,))),
                (here.viewer, Forbidden, None, LinkFiles(here.task, (free,))),
                (here.editor, Invalid, "files", LinkFiles(here.task, (free, foreign))),
                (here.editor, Invalid, "files", LinkFiles(here.task, (99,))),
                (here.stranger, NotFound, None, UnlinkFile(here.task, carried)),
                (here.viewer, Forbidden, None, UnlinkFile(here.task, carried)),
                (here.editor, NotFound, None, UnlinkFile(here.task, free)),
                (here.editor, NotFound, None, UnlinkFile(here.task, 99)),
            ],
        )


class TestRelations:
    """One row a pair, the same from both sides."""

    def test_add_and_remove(self, world: World, here: Cast) -> None:
        other, editor = world.task(here.list), world.viewer(here.editor)
        execute(AddRelation(other, here.task), editor)
        execute(AddRelation(here.task, other), editor)
        assert rows(Relation) == [{"task_id": here.task, "other_id": other}]
        assert [version(world, task) for task in (here.task, other)] == [2, 2]
        execute(RemoveRelation(here.task, other), editor)
        assert rows(Relation) == []
        assert [version(world, task) for task in (here.task, other)] == [3, 3]

    def test_to_a_task_that_is_only_visible(self, world: World, here: Cast) -> None:
        project = world.project("other", viewer=(here.editor,))
        other = world.task(world.list(project))
        execute(AddRelation(here.task, other), world.viewer(here.editor))
        assert rows(Relation) == [{"task_id": here.task, "other_id": other}]

    def test_refused(self, world: World, here: Cast) -> None:
        other, hidden = world.task(here.list), world.task(here.list, private=True)
        execute(AddRelation(here.task, hidden), world.viewer())
        check_refusals(
            world,
            [
                (here.stranger, NotFound, None, AddRelation(here.task, other)),
                (here.viewer, Forbidden, None, AddRelation(here.task, other)),
                (here.editor, Invalid, "other_id", AddRelation(here.task, here.task)),
                (here.editor, Invalid, "other_id", AddRelation(here.task, hidden)),
                (here.editor, Invalid, "other_id", AddRelation(here.task, 99)),
                (here.stranger, NotFound, None, RemoveRelation(here.task, other)),
                (here.viewer, Forbidden, None, RemoveRelation(here.task, other)),
                (here.editor, NotFound, None, RemoveRelation(here.task, other)),
                (here.editor, NotFound, None, RemoveRelation(here.task, hidden)),
                (here.editor, NotFound, None, RemoveRelation(here.task, here.task)),
            ],
        )


class TestCalendar:
    """A person's own feed."""

    def test_on_and_off(self, world: World, here: Cast) -> None:
        viewer = world.viewer(here.viewer)
        for _ in range(2):
            execute(SyncCalendar(here.task, True), viewer)
        assert rows(CalendarSync) == [{"task_id": here.task, "person_id": here.viewer}]
        token = row(Person, here.viewer)["feed_token"]
        assert len(token) == 43
        for _ in range(2):
            execute(SyncCalendar(here.task, False), viewer)
        assert rows(CalendarSync) == []
        execute(SyncCalendar(here.task, True), viewer)
        assert row(Person, here.viewer)["feed_token"] == token
        assert row(Person, here.editor)["feed_token"] is None
        assert version(world, here.task) == 1

    def test_refused(self, world: World, here: Cast) -> None:
        command = SyncCalendar(here.task, True)
        check_refusals(world, [(here.stranger, NotFound, None, command)])
        with refused(Forbidden):
            execute(command, world.viewer(here.viewer, read_only=True))


class TestFollowers:
    """Who is told of comments and changes alike."""

    def test_add_and_remove(self, world: World, here: Cast) -> None:
        editor = world.viewer(here.editor)
        only = [{"task_id": here.task, "person_id": here.viewer, "comments": True}]
        maintain(
            lambda work: work.insert_links(Follower, [each | {"changes": False} for each in only])
        )
        execute(AddFollowers(here.task, (here.viewer, here.manager)), editor)
        found = {each["person_id"]: (each["comments"], each["changes"]) for each in rows(Follower)}
        assert found == {here.viewer: (True, True), here.manager: (True, True)}
        assert version(world, here.task) == 2
        execute(AddFollowers(here.task, (here.viewer,)), editor)
        assert version(world, here.task) == 2
        execute(RemoveFollower(here.task, here.viewer), editor)
        assert [each["person_id"] for each in rows(Follower)] == [here.manager]
        assert version(world, here.task) == 3

    def test_refused(self, world: World, here: Cast) -> None:
        execute(AddFollowers(here.task, (here.manager,)), world.viewer())
        check_refusals(
            world,
            [
                (here.stranger, NotFound, None, AddFollowers(here.task, (here.viewer,))),
                (here.viewer, Forbidden, None, AddFollowers(here.task, (here.editor,))),
                (here.editor, Invalid, "person_ids", AddFollowers(here.task, (here.stranger,))),
                (here.editor, Invalid, "person_ids", AddFollowers(here.task, (99,))),
                (here.stranger, NotFound, None, RemoveFollower(here.task, here.manager)),
                (here.viewer, Forbidden, None, RemoveFollower(here.task, here.manager)),
                (here.editor, NotFound, None, RemoveFollower(here.task, here.viewer)),
            ],
        )
