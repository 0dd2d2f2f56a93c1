"""A row of the matrix: a route, who may use it, and the ids that a request can name."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from werkzeug.test import TestResponse

from tests.functional.teamwork.matrix import targets
from tests.functional.teamwork.matrix.scene import NO_ACCESS, Scene

Build = Callable[[Any], Any]
PATH_ID = re.compile(r"<id:(\w+)_id>")
OF_SCENE = re.compile(r'"=(\w+)"')
CALLER = "CALLER"  # in a body: the caller's name
# What is read here was made for the reader.
WRITING_GETS = ("/pendingfiles/presignedurl.json",)
NOWHERE: tuple[int, ...] = ()


def filled(body: Any, scene: Scene, caller: str, which: str) -> Any:
    """A body with the ids and the caller's name in it."""
    variant = "foreign" if which == "foreign" else "open"
    said = json.dumps(body).replace(CALLER, caller)
    return json.loads(OF_SCENE.sub(lambda at: str(scene.ids[f"{variant}_{at[1]}"]), said))


@dataclass(frozen=True, slots=True)
class Argument:
    """An id that a request names. `build` makes the body (or the options) that names one.

    `status` is the answer to an unknown id; `named` says that the MESSAGE names it. `on` is the
    target when it is not the usual open one, `at` overrides the caller's status.
    """

    name: str
    kind: str
    build: Build
    status: int = 422
    where: str = "body"
    named: bool = True
    on: str = ""
    at: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Row:
    """A route and method: who may, what a good call sends and answers, which ids it can name.

    The string "=task" in a body stands for the id of a task that everybody in the project sees,
    CALLER for the caller's name. `other` are variants to which a good call answers otherwise.
    """

    method: str
    rule: str
    needs: str
    ok: int = 200
    body: Any = None
    arguments: tuple[Argument, ...] = ()
    raw: tuple[str, bytes] | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    other: Mapping[str, int] = field(default_factory=dict)

    @property
    def reads(self) -> bool:
        """It changes nothing."""
        return self.method == "GET" and self.rule not in WRITING_GETS

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the ids in the path name."""
        found = tuple(PATH_ID.findall(self.rule))
        if self.rule.startswith("/trashcan/") and found != ("project",):
            return tuple(f"trashed_{kind}" for kind in found)
        if found == ("task", "reminder"):
            return ("reminded_task", "reminder")
        return found

    @property
    def kind(self) -> str | None:
        """What the first id in the path names."""
        return self.kinds[0] if self.kinds else None

    @property
    def usual(self) -> str:
        """The variant that most can see."""
        return next(iter(targets.TARGETS[self.kind])) if self.kind else "-"

    def path(self, ids: tuple[int, ...]) -> str:
        """The path with ids filled in."""
        left = iter(ids)
        return PATH_ID.sub(lambda _: str(next(left)), self.rule)

    def ids(self, scene: Scene, which: str) -> tuple[int, ...]:
        """The ids in the path for a variant."""
        return scene.target(self.kinds, which) if self.kinds else NOWHERE

    def good_body(self, scene: Scene, caller: str, which: str) -> Any:
        """What a good call sends."""
        return None if self.body is None else filled(self.body, scene, caller, which)

    def call(
        self, scene: Scene, caller: str, ids: tuple[int, ...], body: Any = None, **more: Any
    ) -> TestResponse:
        """Call it."""
        client = scene.clients[caller]
        if self.raw:
            kind, data = self.raw
            headers = {"Content-Type": kind}
            return client.call(self.method, self.path(ids), data=data, headers=headers)
        return client.call(self.method, self.path(ids), body, **({"options": self.options} | more))

    def expected(self, caller: str, which: str) -> int:
        """The status of a cell, from decisions 7, 9 and 11."""
        if caller in NO_ACCESS:
            return 401
        if caller == "read-only" and not self.reads:
            return 403
        if self.kind and not targets.sees(caller, self.kind, which):
            return 404
        allowed = targets.may(caller, self.needs, which)
        return self.other.get(which, self.ok) if allowed else 403


def item(name: str) -> Build:
    """A todo-item that names an id."""
    return lambda each: {"todo-item": {"content": "x", name: each}}


def of(wrapper: str, name: str, **more: Any) -> Build:
    """A wrapped object that names an id."""
    return lambda each: {wrapper: {"name": "x", name: each, **more}}


def named(wrapper: str, name: str, kind: str, more: Mapping[str, Any], **how: Any) -> Argument:
    """A member of a wrapped object, beside others that it needs."""
    return Argument(name, kind, lambda each: {wrapper: {**more, name: each}}, **how)


def top(name: str, kind: str, **how: Any) -> Argument:
    """A member of a body without a wrapper."""
    return Argument(name, kind, lambda each: {name: each}, **how)


def option(name: str, kind: str, status: int = 200) -> Argument:
    """An option of a list: an unknown id finds nothing."""
    return Argument(name, kind, lambda each: {name: str(each)}, status, "query", named=False)


def unused(name: str, kind: str, build: Build | None = None, status: int = 201) -> Argument:
    """A member that this route does not look at."""
    return Argument(name, kind, build or item(name), status, named=False)
