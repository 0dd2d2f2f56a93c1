"""The flat view over tasks: values, NULL where there is nothing, and what the viewer may do."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.models import Company, Membership, Person, Planning, Project, Task
from app.queries.catalogues.dynamic import DYNAMIC_TASKS
from app.queries.catalogues.structure import PROJECTS
from tests.builders import World
from tests.store.furnished import IMAGE, NOON, Furnished, change, link, said, uid


@pytest.fixture
def furnished(world: World) -> Furnished:
    """Rows for every catalogue."""
    return Furnished(world)


def test_a_project(furnished: Furnished) -> None:
    viewer = furnished.viewers["Ada"]
    expected = {
        "number": "P-7",
        "number_and_name": "P-7 demo",
        "company_uid": uid(Company, 1),
        "company_name": "Demo Company",
        "creator_uid": uid(Person, furnished.world.admin),
        "creator_name": "Ada Admin",
        "start_on": date(2014, 5, 1),
        "start_at": datetime(2014, 5, 1, tzinfo=UTC),
        "end_at": datetime(2014, 6, 1, 23, 59, 59, tzinfo=UTC),
        "is_archived": False,
        "is_deleted": False,
    }
    assert said(PROJECTS, viewer, furnished.demo, *expected) == expected
    change(Project, furnished.other, archived_at=NOON)
    names = ("number_and_name", "start_at", "end_at", "is_archived")
    bare = said(PROJECTS, viewer, furnished.other, *names)
    assert list(bare.values()) == ["other", None, None, True]


@pytest.mark.parametrize(
    ("who", "member", "rights"),
    [
        ("Ada", True, (1, 1, 1)),
        ("Mia", True, (1, 1, 0)),
        ("Vic", True, (1, 0, 0)),
    ],
)
def test_rights_in_a_project(
    who: str, member: bool, rights: tuple[int, ...], furnished: Furnished
) -> None:
    viewer = furnished.viewers[who]
    names = tuple(
        f"ProjectPermission_Permission{name}"
        for name in ("TasksRead", "TasksWrite", "ProjectWrite")
    )
    more = ("ProjectPermission_IsProjectMember", "ProjectPermission_ContactDisplayName")
    person = {"Ada": "Ada Admin", "Mia": "Mia Miller", "Vic": "Vic Viewer"}[who]
    for catalogue, row in ((DYNAMIC_TASKS, furnished.full), (PROJECTS, furnished.demo)):
        found = said(catalogue, viewer, row, *names, *more)
        assert tuple(found.values()) == (*rights, member, person)


def test_rights_of_keys_that_only_read(furnished: Furnished) -> None:
    viewer = furnished.world.viewer(read_only=True)
    names = ("ProjectPermission_PermissionTasksRead", "ProjectPermission_PermissionTasksWrite")
    assert tuple(said(PROJECTS, viewer, furnished.other, *names).values()) == (1, 0)


def test_there_are_no_rights_without_a_project(furnished: Furnished) -> None:
    rights = [name for name in DYNAMIC_TASKS.columns if name.startswith("ProjectPermission_")]
    project = [name for name in DYNAMIC_TASKS.columns if name.startswith("Project_")]
    found = said(DYNAMIC_TASKS, furnished.viewers["Mia"], furnished.personal, *rights, *project)
    assert len(found) > 35
    assert {name for name, value in found.items() if value is not None} == set()


def test_the_flat_view(furnished: Furnished) -> None:
    expected = {
        "TaskItem_TaskItemId": uid(Task, furnished.full),
        "TaskItem_StartDateTime": NOON - timedelta(days=2),
        "TaskItem_EndDateTime": NOON - timedelta(days=1),
        "TaskItem_HasStartDate": 1,
        "TaskItem_HasEndDate": 1,
        "TaskItem_IsOverdue": True,
        "TaskItem_WorkAmount": 10.0,
        "TaskItem_CustomColor": 255,
        "TaskItem_TaskItemStatusName": "Doing",
        "TaskItem_TaskItemStatusColor": 0x99DF72,
        "TaskItem_GroupName": "Todos",
        "TaskItem_ContactDisplayName": "Mia Miller",
        "TaskItem_ContactImageId": IMAGE,
        "TaskItem_CreatedByDisplayName": "Ada Admin",
        "TaskItem_AssignedByDisplayName": "Ada Admin",
        "TaskItem_ChangedByDisplayName": None,
        "TaskItem_TimeEntriesDuration": 1.5,
        "TaskItem_HasTimeEntries": True,
        "TaskItem_NotesCount": 1,
        "TaskItem_DocumentsCount": 1,
        "Project_Name": "demo",
        "Project_ProjectNumberAndName": "P-7 demo",
        "Project_ClientName": "Demo Company",
        "Project_ClientId": uid(Company, 1),
        "Project_CreatedByName": "Ada Admin",
        "Project_StartDate": datetime(2014, 5, 1, tzinfo=UTC),
        "Project_ContactsCount": 3,
        "Project_IsArchived": False,
        "Planning_PlanningId": uid(Planning, furnished.planning),
        "Planning_DisplayName": "Phase",
        "Planning_EndDateTime": NOON + timedelta(days=3),
        "Planning_CreatedByContactId": uid(Person, furnished.world.admin),
    }
    assert said(DYNAMIC_TASKS, furnished.viewers["Vic"], furnished.full, *expected) == expected


def test_the_flat_view_of_a_bare_task(furnished: Furnished) -> None:
    """Its planning element is deleted."""
    viewer = furnished.viewers["Vic"]
    planning = [name for name in DYNAMIC_TASKS.columns if name.startswith("Planning_")]
    names = ["TaskItem_HasStartDate", "TaskItem_IsOverdue", "TaskItem_HasTimeEntries"]
    found = said(DYNAMIC_TASKS, viewer, furnished.bare, *names, *planning)
    assert list(found.values()) == [0, False, False, *[None] * len(planning)]


@pytest.mark.parametrize(
    ("values", "overdue"),
    [
        ({"due_at": NOON}, False),
        ({"due_at": NOON - timedelta(microseconds=1)}, True),
        ({"due_at": None}, False),
        ({"is_done": True}, False),
    ],
)
def test_overdue(values: dict[str, Any], overdue: bool, furnished: Furnished) -> None:
    furnished.world.set(furnished.full, **values)
    found = said(DYNAMIC_TASKS, furnished.viewers["Ada"], furnished.full, "TaskItem_IsOverdue")
    assert found == {"TaskItem_IsOverdue": overdue}


def test_deleted_members_do_not_count(furnished: Furnished) -> None:
    late = furnished.world.person()
    link(Membership, person_id=late, project_id=furnished.demo)
    change(Person, late, deleted_at=NOON)
    found = said(DYNAMIC_TASKS, furnished.viewers["Ada"], furnished.full, "Project_ContactsCount")
    assert found == {"Project_ContactsCount": 3}
