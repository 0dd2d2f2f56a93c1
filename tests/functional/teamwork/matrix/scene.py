"""Who calls, and what there is: two projects that know nothing of each other, with the same kinds
of things in both; in one of them also private ones.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from sqlalchemy import update

from app.clock import clock
from app.models import (
    ApiKey,
    Company,
    Delivery,
    File,
    Note,
    PendingFile,
    ProjectCategory,
    Reminder,
    Task,
    TaskFile,
    TaskList,
    Template,
    TimeEntry,
    Webhook,
)
from app.queries.keys import digest
from app.services.commands import AddTask, AddTaskList, CompleteTask, TaskChanges
from app.services.execute import execute, maintain
from app.services.structure_commands import AddKey, DeletePerson
from tests.api import Api
from tests.builders import World
from tests.functional.teamwork.matrix.targets import MISSING, SECOND, TARGETS

NO_ACCESS = ("no key", "wrong key", "revoked key", "expired key", "deleted person")
MEMBERS = ("viewer", "editor", "manager", "assignee", "grantee")
CALLERS = (*NO_ACCESS, "read-only", "stranger", *MEMBERS, "administrator")
# Who made the things of each variant, where only the maker or a manager changes them.
MAKERS = {"open": "editor", "secret": "assignee", "listed": "grantee", "foreign": "stranger"}
# A word in all names of a variant: no answer to others may hold it.
WORDS = {"secret": "hush", "listed": "lair", "foreign": "abroad"}


@dataclass(frozen=True, slots=True)
class Scene:
    """A store with something for every row: ids by name, a client for every caller."""

    app: Flask
    ids: Mapping[str, Any]
    clients: Mapping[str, Api]

    def target(self, kinds: tuple[str, ...], which: str) -> tuple[int, ...]:
        """The ids in a path; "missing" are ids that nothing has."""
        if which == "missing":
            return (MISSING,) * len(kinds)
        names = [TARGETS[kinds[0]][which], *(SECOND[kind][which] for kind in kinds[1:])]
        return tuple(int(self.ids[name]) for name in names)


def set_scene(app: Flask) -> Scene:
    """Fill an empty store."""
    world = World()
    ids: dict[str, Any] = {"administrator": world.admin, "company": 1}
    for name in (*MEMBERS, "owner", "deleted person"):
        ids[name] = world.person(name.title(), can_add_projects=name == "manager")
    ids["foreign_company"] = world.company("Foreign Company")
    ids["empty_company"] = world.company("Empty Company")
    ids["stranger"] = world.person("Stranger", company_id=ids["foreign_company"])
    ids |= _account()
    ids |= _own_project(world, ids)
    ids |= _foreign_project(world, ids)
    for which in MAKERS:
        ids |= _on_task(world, ids, which)
        ids |= _buried(world, ids, which)
    ids |= _of_people(world, ids)
    return Scene(app, ids, _clients(app, world, ids))


def _row(model: Any, **values: Any) -> int:
    return int(maintain(lambda work: work.insert(model, **values)))


def _account() -> dict[str, Any]:
    gone = {"name": "gone", "deleted_at": clock.now()}
    return {
        "category": _row(ProjectCategory, name="category"),
        "gone_company": _row(Company, name_key="gone", **gone),
        "gone_category": _row(ProjectCategory, **gone),
        "gone_template": _row(Template, creator_id=1, body="{}", **gone),
    }


def _own_project(world: World, ids: Mapping[str, int]) -> dict[str, Any]:
    editors = tuple(ids[name] for name in ("editor", "grantee", "deleted person"))
    viewers = (ids["viewer"], ids["assignee"])
    managers = (ids["manager"], ids["owner"])
    project = world.project("demo", editor=editors, viewer=viewers, manager=managers)
    open_list, column = world.list(project), world.column(project)
    found = {"project": project, "open_home": project, "open_list": open_list, "column": column}
    found["open_task"] = world.task(open_list, "matter", status_id=column)
    found["off_board"] = world.task(open_list, "other matter")
    found["done"] = world.task(open_list, "done matter")
    execute(CompleteTask(found["done"]), world.viewer())
    found["secret_task"] = _secret(world, ids, open_list, status_id=column)
    found["secret_tag"] = 1
    found["secret_list"] = _private_list(world, ids, project)
    changes = TaskChanges(name="matter lair", status_id=column)
    owner = world.viewer(ids["owner"])
    found["listed_task"] = execute(AddTask(changes, found["secret_list"]), owner)
    return found


def _secret(world: World, ids: Mapping[str, int], list_id: int, **more: Any) -> int:
    """A private task for its assignee and its grantee."""
    return world.task(
        list_id,
        "matter hush",
        by=ids["owner"],
        private=True,
        assignees=(ids["assignee"],),
        granted=(ids["grantee"],),
        tags=("secret-tag",),
        **more,
    )


def _private_list(world: World, ids: Mapping[str, int], project: int) -> int:
    """A private list for its grantee."""
    granted = (ids["grantee"],)
    add = AddTaskList(project_id=project, name="matter lair", private=True, granted=granted)
    return int(execute(add, world.viewer(ids["owner"])))


def _foreign_project(world: World, ids: Mapping[str, int]) -> dict[str, int]:
    project = world.project("abroad", manager=(ids["stranger"],))
    column, home = world.column(project, "abroad"), world.list(project, "matter abroad")
    private = world.task(home, "matter abroad", by=ids["stranger"], private=True)
    return {
        "foreign_project": project,
        "foreign_home": project,
        "foreign_list": home,
        "foreign_task": world.task(home, "matter abroad", status_id=column),
        "foreign_column": column,
        "foreign_lockdown": world.row(private, "lockdown_id")[0],
    }


def _on_task(world: World, ids: Mapping[str, int], which: str) -> dict[str, Any]:
    """What hangs on the task of a variant, made by its maker."""
    task, maker, word = ids[f"{which}_task"], ids[MAKERS[which]], WORDS.get(which, "open")
    project, home, lockdown = world.row(task, "project_id", "list_id", "lockdown_id")
    now = {"task_id": task, "person_id": maker}
    entry = {"started_at": clock.now(), "minutes": 5, "project_id": project, "list_id": home}
    found = {
        "comment": world.note(task, maker, f"matter {word}"),
        "entry": _row(TimeEntry, description=f"matter {word}", **entry, **now),
        "file": _file(project, ids["owner"], f"matter {word}", task),
        "reminder": _row(Reminder, creator_id=maker, due_at=clock.now(), **now),
    }
    found |= {"lockdown": lockdown} if which in ("secret", "listed") else {}
    return {f"{which}_{kind}": each for kind, each in found.items()}


def _file(project: int, owner: int, name: str, task: int) -> int:
    values = {"project_id": project, "creator_id": owner, "name": name, "size": 0}
    file = _row(File, **values, digest="0" * 64)
    link = [{"task_id": task, "file_id": file}]
    maintain(lambda work: work.insert_links(TaskFile, link))
    return file


def _buried(world: World, ids: Mapping[str, int], which: str) -> dict[str, int]:
    """A task, a list and a comment of a variant in the trash can."""
    task, maker, word = ids[f"{which}_task"], ids[MAKERS[which]], WORDS.get(which, "open")
    project, home = world.row(task, "project_id", "list_id")
    found = {"comment": (Note, world.note(task, maker, f"matter {word}"))}
    if which == "secret":
        found["task"] = (Task, _secret(world, ids, home))
        found["list"] = (TaskList, _private_list(world, ids, project))
    else:
        by = ids["owner"] if which == "listed" else None
        found["task"] = (Task, world.task(home, f"matter {word}", by=by))
    if which in ("open", "foreign"):
        found["list"] = (TaskList, world.list(project, f"matter {word}"))
    gone = {"deleted_at": clock.now()}
    for model, row in found.values():
        bury = update(model).where(model.id == row).values(**gone)
        maintain(lambda work, bury=bury: work.run(bury))
    return {f"{which}_trashed_{kind}": row for kind, (_, row) in found.items()}


def _of_people(world: World, ids: Mapping[str, int]) -> dict[str, Any]:
    """Keys, webhooks with a delivery, uploads, and a reminder of what one does not see any more."""
    found: dict[str, Any] = {"secret_ref": _upload("owner", ids["owner"])}
    for name in CALLERS:
        if name in ids:
            _upload(name, ids[name])
    for which in ("open", "foreign"):
        person = ids[MAKERS[which]]
        hook = {"event": "TASK.CREATED", "url": f"http://{MAKERS[which]}.example.com"}
        found[f"{which}_webhook"] = made = _row(Webhook, creator_id=person, **hook)
        sent = {"event": "TASK.CREATED", "object_id": 1, "content_type": "x"}
        sent |= {"body": WORDS.get(which, "open"), "due_at": clock.now()}
        found[f"{which}_delivery"] = _row(Delivery, webhook_id=made, **sent)
        found[f"{which}_key"] = execute(AddKey(person), world.viewer(person)).id
    lost = {"task_id": ids["secret_task"], "due_at": clock.now()}
    mine = {"person_id": ids["editor"], "creator_id": ids["editor"]}
    return found | {"lost_reminder": _row(Reminder, **lost, **mine)}


def _upload(name: str, owner: int) -> str:
    """An upload that waits; its reference tells whose it is."""
    values = {"ref": f"tf_{name}", "person_id": owner, "name": "f", "size": 1}
    _row(PendingFile, **values, digest="0" * 64)
    return f"tf_{name}"


def _clients(app: Flask, world: World, ids: Mapping[str, int]) -> dict[str, Api]:
    keys: dict[str, str | None] = {name: world.key(ids[name]) for name in CALLERS if name in ids}
    keys["no key"], keys["wrong key"] = None, "tnd_" + "0" * 64
    keys |= {"revoked key": world.key(ids["editor"]), "expired key": world.key(ids["editor"])}
    _set_key(str(keys["revoked key"]), revoked_at=clock.now())
    _set_key(str(keys["expired key"]), expires_at=clock.now())
    execute(DeletePerson(ids["deleted person"]), world.viewer())
    # His keys were revoked with him; as if one had been forgotten.
    _set_key(str(keys["deleted person"]), revoked_at=None)
    keys["read-only"] = world.key(ids["editor"], read_only=True)
    return {name: Api(app, key) for name, key in keys.items()}


def _set_key(key: str, **values: Any) -> None:
    row = update(ApiKey).where(ApiKey.digest == digest(key)).values(**values)
    maintain(lambda work: work.run(row))
