"""What the items of a batch name, looked up once for all of them. An item that names what it may
not is then refused by the same function as a single task.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from sqlalchemy import select, true

from app.access import Viewer, visible_project
from app.errors import Conflict, DomainError, ItemError
from app.models import Planning, Project, Risk, Status, Task
from app.queries.sql import among_bound
from app.services.commands import TaskChanges, Unset
from app.services.contributors import CONTACT
from app.services.finding import CANONICAL, chosen_uid
from app.services.homes import Home
from app.services.references import people_of_project, who_see
from app.services.statements import Look, among_texts_bound
from app.services.task_values import check_named
from app.services.work import Work

NAMED = (("status_id", Status), ("planning_id", Planning), ("risk_id", Risk))
Crew = list[tuple[int, int]]


def check_items(
    work: Work,
    changes: Sequence[TaskChanges],
    values: Sequence[dict[str, Any]],
    crews: Sequence[Crew],
    homes: Sequence[Home],
) -> None:
    """Raise ItemError for an item that names a status, planning or risk of another project, a
    person who cannot see the project, or a GUID that is taken. Statuses are held.
    """
    for field, model in NAMED:
        _check_named(work, field, model, values, homes)
    _check_people(work, changes, crews, homes)
    _check_uids(work, changes)


def _refuse(index: int, check: Callable[[], Any]) -> None:
    """Let the check of a single task say what is wrong with an item."""
    try:
        check()
    except DomainError as error:
        raise ItemError(index, error) from error


def _check_named(
    work: Work, field: str, model: Any, values: Sequence[dict[str, Any]], homes: Sequence[Home]
) -> None:
    named = {each[field] for each in values if each.get(field) is not None}
    if not named:
        return
    found = {row.id: row.project_id for row in work.all(_seen(model), ids=sorted(named))}
    for index, (each, home) in enumerate(zip(values, homes, strict=True)):
        row_id = each.get(field)
        if row_id is not None and (row_id not in found or found[row_id] != home.project_id):
            _refuse(index, partial(check_named, work, {field: row_id}, home.project_id))


@cache
def _seen(model: Any) -> Look:
    """The rows that exist for the viewer, statuses held."""
    alive = model.deleted_at.is_(None) if hasattr(model, "deleted_at") else true()

    def build(engine: str, kind: Viewer) -> Any:
        seen = select(Project.id).where(visible_project(kind))
        mine = (among_bound(engine)(model.id), alive, model.project_id.in_(seen))
        chosen = select(model.id, model.project_id).where(*mine).order_by(model.id)
        return chosen.with_for_update(of=model, key_share=True) if model is Status else chosen

    return Look(build)


def _check_people(
    work: Work, changes: Sequence[TaskChanges], crews: Sequence[Crew], homes: Sequence[Home]
) -> None:
    named: dict[int | None, set[int]] = defaultdict(set)
    for crew, home in zip(crews, homes, strict=True):
        named[home.project_id].update(person for person, _ in crew)
    known = {
        project: set(who_see(work, sorted(people), project))
        for project, people in named.items()
        if people
    }
    for index, (crew, home) in enumerate(zip(crews, homes, strict=True)):
        for person, ordinal in crew:
            if person not in known[home.project_id]:
                contact = ordinal == CONTACT and not isinstance(changes[index].contact_id, Unset)
                field = "contact_id" if contact else "assignees"
                _refuse(index, partial(people_of_project, work, [person], home.project_id, field))


def _check_uids(work: Work, changes: Sequence[TaskChanges]) -> None:
    chosen = {
        index: each.uid for index, each in enumerate(changes) if not isinstance(each.uid, Unset)
    }
    if not chosen:
        return
    taken: set[Any] = set(work.ids(_TAKEN, texts=list(chosen.values())))
    for index, uid in chosen.items():
        if uid in taken or not CANONICAL.fullmatch(uid):
            _refuse(index, partial(chosen_uid, work, Task, uid))
            raise ItemError(index, Conflict(f"uid: {uid} stands in the batch twice"))
        taken.add(uid)


_TAKEN = Look(lambda engine, _: select(Task.uid).where(among_texts_bound(engine)(Task.uid)))


def people_of(changes: TaskChanges) -> Crew:
    """Who is to work on a new task, with ordinals: the contact first, where one is said."""
    if isinstance(changes.assignees, Unset) and isinstance(changes.contact_id, Unset):
        return []
    people = [] if isinstance(changes.assignees, Unset) else list(dict.fromkeys(changes.assignees))
    if isinstance(changes.contact_id, Unset):
        return [(person, ordinal) for ordinal, person in enumerate(people)]
    others = [person for person in people[1:] if person != changes.contact_id]
    found = [(person, ordinal) for ordinal, person in enumerate(others, CONTACT + 1)]
    contact = changes.contact_id
    return found if contact is None else [(contact, CONTACT), *found]
