"""Who may see and do what, as SQL expressions: in WHERE for lists and single reads, in the
look-ups of the write path, and as SELECT columns for the can-flags. One rule, both dialects
(decision 7).

Each function takes the table or an alias of it, so that a parent or a predecessor is judged by the
same rule.
"""

from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    exists,
    false,
    or_,
    select,
    true,
)
from sqlalchemy.orm import aliased

from app.models import (
    Assignment,
    CheckList,
    CheckListItem,
    Field,
    FieldValue,
    File,
    Grant,
    Lockdown,
    Membership,
    Note,
    NoteFile,
    Person,
    Planning,
    Project,
    Risk,
    Status,
    Stopwatch,
    Task,
    TaskFile,
    TaskList,
    Template,
    TimeEntry,
    Webhook,
)
from app.models.base import settled

CHANGING_ROLES = ("editor", "manager")

# Not the plain table, so that a rule can stand in a statement that reads assignments itself.
_WORKING = settled(aliased(Assignment, name="working"))
_PERSON_ID: ColumnElement[int] = Person.__table__.c.id


@dataclass(frozen=True, slots=True)
class Viewer:
    """The person on whose behalf a request acts. `zone` is his own, `account_zone` the
    account's, `writes` how often he has written, where replicas need to know.
    """

    person_id: int
    admin: bool = False
    can_add_projects: bool = False
    read_only: bool = False
    zone: str = "UTC"
    account_zone: str = "UTC"
    weeks_start_on_sunday: bool = False
    writes: int = field(default=0, compare=False)

    @property
    def may_add_projects(self) -> bool:
        """Administrators may, and those with the permission; no read-only key does."""
        return (self.admin or self.can_add_projects) and not self.read_only

    @property
    def may_manage_people(self) -> bool:
        """Administrators may; no read-only key does."""
        return self.admin and not self.read_only

    @property
    def me(self) -> ColumnElement[int]:
        """The viewer's id as a parameter, `viewer_id`: a kept statement serves all viewers."""
        return bindparam("viewer_id", self.person_id, type_=Integer)

    @property
    def kind(self) -> "Viewer":
        """All that decides the text of a statement: viewers of one kind share statements."""
        return _KINDS[self.admin, self.read_only]

    def __hash__(self) -> int:
        """By what tells viewers, and kinds of them, apart: they are keys of many tables."""
        return hash((self.person_id, self.admin, self.read_only))

    @property
    def values(self) -> dict[str, int]:
        """The parameters of a kept statement that depend on the viewer."""
        return {"viewer_id": self.person_id}


_KINDS: Final = {
    (admin, read_only): Viewer(0, admin=admin, read_only=read_only)
    for admin in (False, True)
    for read_only in (False, True)
}
# On whose behalf is read what is the same for everybody.
NOBODY = Viewer(person_id=0)


def memberships(viewer: Viewer, *roles: str) -> Select[int]:
    """Ids of the projects that the viewer belongs to, in one of the roles if any are named."""
    chosen = select(Membership.project_id).where(Membership.person_id == viewer.me)
    return chosen.where(Membership.role.in_(roles)) if roles else chosen


def assigned(viewer: Viewer, task: Any = Task) -> ColumnElement[bool]:
    """The viewer is one of the task's assignees."""
    return exists().where(_WORKING.task_id == task.id, _WORKING.person_id == viewer.me)


def _admitted_by_lockdown(viewer: Viewer, guarded: Any) -> ColumnElement[bool]:
    """The access list in force names the viewer, or belongs to a thing that he made or works on."""
    me = viewer.me
    return or_(
        exists().where(Grant.lockdown_id == guarded.lockdown_id, Grant.person_id == me),
        exists().where(Lockdown.id == guarded.lockdown_id, Lockdown.creator_id == me),
        exists().where(
            Lockdown.id == guarded.lockdown_id,
            _WORKING.task_id == Lockdown.task_id,
            _WORKING.person_id == me,
        ),
    )


def _own(viewer: Viewer, task: Any) -> ColumnElement[bool]:
    return or_(task.creator_id == viewer.me, assigned(viewer, task))


def readable(viewer: Viewer, task: Any = Task) -> ColumnElement[bool]:
    """The viewer may know of the task, deleted or not."""
    in_project = (
        task.project_id.is_not(None) if viewer.admin else task.project_id.in_(memberships(viewer))
    )
    return and_(
        or_(in_project, and_(task.project_id.is_(None), _own(viewer, task))),
        or_(
            task.lockdown_id.is_(None),
            _own(viewer, task),
            _admitted_by_lockdown(viewer, task),
        ),
    )


def visible(viewer: Viewer, task: Any = Task) -> ColumnElement[bool]:
    """The task exists for the viewer."""
    return and_(task.deleted_at.is_(None), readable(viewer, task))


def editable(viewer: Viewer, task: Any = Task) -> ColumnElement[bool]:
    """The viewer may change the task, provided that he sees it."""
    own = and_(task.project_id.is_(None), task.creator_id == viewer.me)
    if viewer.read_only:
        return false()
    if viewer.admin:
        return or_(task.project_id.is_not(None), own)
    return or_(task.project_id.in_(memberships(viewer, *CHANGING_ROLES)), own)


def completable(viewer: Viewer, task: Any = Task) -> ColumnElement[bool]:
    """The viewer may complete and reopen the task, provided that he sees it."""
    if viewer.read_only:
        return false()
    return or_(editable(viewer, task), assigned(viewer, task))


def time_loggable(viewer: Viewer, task: Any = Task) -> ColumnElement[bool]:
    """The viewer may log time on the task, provided that he sees it: editors log time."""
    return editable(viewer, task)


def estimate_readable(_viewer: Viewer, _task: Any = Task) -> ColumnElement[bool]:
    """The viewer may see the task's estimate: every role may, whoever sees the task."""
    return true()


def time_readable(_viewer: Viewer, _task: Any = Task) -> ColumnElement[bool]:
    """The viewer may see the time that others logged: every role may, whoever sees the task."""
    return true()


def visible_project(viewer: Viewer, project: Any = Project) -> ColumnElement[bool]:
    """The project exists for the viewer."""
    alive: ColumnElement[bool] = project.deleted_at.is_(None)
    return alive if viewer.admin else and_(alive, project.id.in_(memberships(viewer)))


def project_changeable(viewer: Viewer, project_id: Any, *roles: str) -> ColumnElement[bool]:
    """The viewer holds one of the roles in the project, or is an administrator."""
    if viewer.read_only:
        return false()
    if viewer.admin:
        return true()
    return project_id.in_(memberships(viewer, *roles))  # type: ignore[no-any-return]


def list_readable(viewer: Viewer, task_list: Any = TaskList) -> ColumnElement[bool]:
    """The viewer may know of the task list, deleted or not. A personal list is its creator's
    alone.
    """
    me = viewer.me
    in_project = (
        task_list.project_id.is_not(None)
        if viewer.admin
        else task_list.project_id.in_(memberships(viewer))
    )
    return and_(
        or_(in_project, and_(task_list.project_id.is_(None), task_list.creator_id == me)),
        or_(
            task_list.lockdown_id.is_(None),
            task_list.creator_id == me,
            _admitted_by_lockdown(viewer, task_list),
        ),
    )


def visible_list(viewer: Viewer, task_list: Any = TaskList) -> ColumnElement[bool]:
    """The task list exists for the viewer."""
    return and_(task_list.deleted_at.is_(None), list_readable(viewer, task_list))


def list_editable(viewer: Viewer, task_list: Any = TaskList) -> ColumnElement[bool]:
    """The viewer may add and order tasks in the list, provided that he sees it."""
    own = and_(task_list.project_id.is_(None), task_list.creator_id == viewer.me)
    if viewer.read_only:
        return false()
    return or_(project_changeable(viewer, task_list.project_id, *CHANGING_ROLES), own)


def list_manageable(viewer: Viewer, task_list: Any = TaskList) -> ColumnElement[bool]:
    """The viewer may change the list itself, provided that he sees it."""
    own = and_(task_list.project_id.is_(None), task_list.creator_id == viewer.me)
    if viewer.read_only:
        return false()
    return or_(project_changeable(viewer, task_list.project_id, "manager"), own)


def visible_person(viewer: Viewer, person: Any = Person) -> ColumnElement[bool]:
    """People of one's own company and of one's projects; an administrator sees all."""
    alive: ColumnElement[bool] = person.deleted_at.is_(None)
    if viewer.admin:
        return alive
    shared = select(Membership.person_id).where(Membership.project_id.in_(memberships(viewer)))
    myself = aliased(Person)
    company = select(myself.company_id).where(myself.id == viewer.me)
    return and_(alive, or_(person.id.in_(shared), person.company_id.in_(company)))


def visible_company(viewer: Viewer, company: Any) -> ColumnElement[bool]:
    """One's own company, those of one's projects and of the people there; an administrator sees
    all.
    """
    alive: ColumnElement[bool] = company.deleted_at.is_(None)
    if viewer.admin:
        return alive
    of_projects = select(Project.company_id).where(visible_project(viewer))
    of_people = select(Person.company_id).where(visible_person(viewer))
    return and_(alive, or_(company.id.in_(of_projects), company.id.in_(of_people)))


def sees_project(project_id: int | None, person: Any = Person) -> ColumnElement[bool]:
    """The person (not the viewer) can see the project: who may be assigned, follow or be granted
    access.

    Without a project, anybody may be named: decision 8 shows such a task to its assignees.
    """
    alive: ColumnElement[bool] = person.deleted_at.is_(None)
    if project_id is None:
        return alive
    member = exists().where(Membership.person_id == person.id, Membership.project_id == project_id)
    return and_(alive, or_(person.is_admin, member))


class _Somebody(Viewer):
    """Whoever the row of Person in a statement is: rules said of everybody at once."""

    @property
    def me(self) -> ColumnElement[int]:
        """The id of that row."""
        return _PERSON_ID


def person_sees(task: Any = Task) -> ColumnElement[bool]:
    """The person (not the viewer) can see the task: the rule of `visible`, in a statement that
    reads both, for those who are told of the task.
    """
    member, admin = _Somebody(0), _Somebody(0, admin=True)
    seen = or_(visible(member, task), and_(Person.is_admin, visible(admin, task)))
    return and_(Person.deleted_at.is_(None), seen)


def visible_file(viewer: Viewer, file: Any = File) -> ColumnElement[bool]:
    """One's own files, and those of one's projects unless only invisible tasks carry them, or
    comments on such.
    """
    carried = or_(
        exists().where(TaskFile.file_id == file.id), exists().where(NoteFile.file_id == file.id)
    )
    shown = or_(
        exists().where(TaskFile.file_id == file.id, Task.id == TaskFile.task_id, visible(viewer)),
        exists().where(
            NoteFile.file_id == file.id,
            Note.id == NoteFile.note_id,
            Note.deleted_at.is_(None),
            Task.id == Note.task_id,
            visible(viewer),
        ),
    )
    in_project = (
        file.project_id.is_not(None) if viewer.admin else file.project_id.in_(memberships(viewer))
    )
    return and_(
        file.deleted_at.is_(None),
        or_(file.creator_id == viewer.me, and_(in_project, or_(~carried, shown))),
    )


def _of_visible_task(viewer: Viewer, task_id: Any) -> ColumnElement[bool]:
    task = aliased(Task)
    return exists().where(task.id == task_id, visible(viewer, task))


def _of_visible_project(viewer: Viewer, project_id: Any) -> ColumnElement[bool]:
    project = aliased(Project)
    return exists().where(project.id == project_id, visible_project(viewer, project))


def _alive_in_project(viewer: Viewer, thing: Any) -> ColumnElement[bool]:
    return and_(thing.deleted_at.is_(None), _of_visible_project(viewer, thing.project_id))


def visible_status(viewer: Viewer, status: Any = Status) -> ColumnElement[bool]:
    """The status (board column) exists for the viewer: its project does."""
    return _of_visible_project(viewer, status.project_id)


def visible_planning(viewer: Viewer, planning: Any = Planning) -> ColumnElement[bool]:
    """The planning exists for the viewer: its project does."""
    return _alive_in_project(viewer, planning)


def visible_risk(viewer: Viewer, risk: Any = Risk) -> ColumnElement[bool]:
    """The risk exists for the viewer: its project does."""
    return _alive_in_project(viewer, risk)


def visible_note(viewer: Viewer, note: Any = Note) -> ColumnElement[bool]:
    """The comment exists for the viewer: its task does."""
    return and_(note.deleted_at.is_(None), _of_visible_task(viewer, note.task_id))


def visible_contributor(viewer: Viewer, assignment: Any = Assignment) -> ColumnElement[bool]:
    """The assignment is a contributor's (not the contact's), of a task that the viewer sees."""
    return and_(assignment.ordinal > 0, _of_visible_task(viewer, assignment.task_id))


def visible_check_list(viewer: Viewer, check_list: Any = CheckList) -> ColumnElement[bool]:
    """The check list exists for the viewer: its task does, or its project if it is of no task."""
    of_project = _of_visible_project(viewer, check_list.project_id)
    return and_(
        check_list.deleted_at.is_(None),
        or_(
            _of_visible_task(viewer, check_list.task_id),
            and_(check_list.task_id.is_(None), of_project),
        ),
    )


def visible_check_list_item(viewer: Viewer, item: Any = CheckListItem) -> ColumnElement[bool]:
    """The item exists for the viewer: its check list does."""
    check_list = aliased(CheckList)
    listed = exists().where(
        check_list.id == item.check_list_id, visible_check_list(viewer, check_list)
    )
    return and_(item.deleted_at.is_(None), listed)


def visible_time_entry(viewer: Viewer, entry: Any = TimeEntry) -> ColumnElement[bool]:
    """Time on a task is seen by those who may know of the task, deleted or not; other time by those
    who see the project, and without a project by the person himself.
    """
    task = aliased(Task)
    own = and_(entry.project_id.is_(None), entry.person_id == viewer.me)
    free = or_(own, _of_visible_project(viewer, entry.project_id))
    return and_(
        entry.deleted_at.is_(None),
        or_(
            exists().where(task.id == entry.task_id, readable(viewer, task)),
            and_(entry.task_id.is_(None), free),
        ),
    )


def visible_stopwatch(viewer: Viewer, watch: Any = Stopwatch) -> ColumnElement[bool]:
    """One's own stopwatches, on tasks that one sees."""
    return and_(watch.person_id == viewer.me, _of_visible_task(viewer, watch.task_id))


def visible_template(_viewer: Viewer, template: Any = Template) -> ColumnElement[bool]:
    """The template exists: everybody sees it."""
    return template.deleted_at.is_(None)  # type: ignore[no-any-return]


def visible_field(viewer: Viewer, field: Any = Field) -> ColumnElement[bool]:
    """The custom field exists for the viewer: those of the account for everybody, those that a
    project defined for who sees the project.
    """
    of_project = _of_visible_project(viewer, field.project_id)
    return and_(field.deleted_at.is_(None), or_(field.project_id.is_(None), of_project))


def visible_field_value(viewer: Viewer, value: Any = FieldValue) -> ColumnElement[bool]:
    """The value exists for the viewer: he knows the field, and sees the task or project."""

    def of(table: str) -> ColumnElement[bool]:
        field = aliased(Field)
        return exists().where(
            field.id == value.field_id, field.table_name == table, visible_field(viewer, field)
        )

    return or_(
        and_(of("TaskItem"), _of_visible_task(viewer, value.object_id)),
        and_(of("Project"), _of_visible_project(viewer, value.object_id)),
    )


def visible_webhook(viewer: Viewer, webhook: Any = Webhook) -> ColumnElement[bool]:
    """One's own webhooks; an administrator sees everybody's."""
    alive = webhook.deleted_at.is_(None)
    return alive if viewer.admin else and_(alive, webhook.creator_id == viewer.me)
