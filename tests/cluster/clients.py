"""Clients that remember what they were told: each works on a list of its own, in both dialects, and
looks after every write whether it reads it back.

A write without an answer is in doubt: it may be there or not, and its client leaves the task alone
from then on. Everything else has to be as it was acknowledged.
"""

import random
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import requests

MOST_TASKS = 120  # the list stays on one page
FOLLOWED = 4  # of so many tasks one is followed: more mail than that would only take longer


@dataclass(frozen=True, slots=True)
class Answer:
    """A request as its client saw it; `status` 0 is no answer at all."""

    kind: str
    method: str
    status: int
    begun: float
    ended: float

    @property
    def failed(self) -> bool:
        """Nobody could serve it. Any other status says something of the store."""
        return self.status == 0 or self.status >= 500


class Failed(Exception):
    """A request that nobody could serve."""


@dataclass
class Known:
    """What a client knows of a task of its own: `maybe` are names whose write is in doubt,
    `changes` how many were acknowledged, of which a follower is told if it is `followed`.
    """

    name: str
    number: int | None = None
    uid: str | None = None
    maybe: set[str] = field(default_factory=set)
    changes: int = 0
    followed: bool = False


class Client(threading.Thread):
    """One client of the balancer's address, until `finish` is set."""

    def __init__(
        self, url: str, key: str, place: int, number: int, pause: float, follower: int
    ) -> None:
        super().__init__(name=f"client{number}", daemon=True)
        self.url, self.place, self.number = url, place, number
        self.follower = follower  # a person who is to be told of every change
        self.pause = pause
        self.finish = threading.Event()
        self.answers: list[Answer] = []
        self.acknowledged = 0
        self.broken: list[str] = []
        self.tasks: list[Known] = []
        self.doubtful: set[str] = set()  # names of tasks that may have been made
        self._made = 0
        self._random = random.Random(number)
        self._session = requests.Session()
        self._session.trust_env = False
        self._session.auth = (key, "x")

    # The life of a client

    def run(self) -> None:
        """Write and read until told to end."""
        steps = (self._add, self._edit, self._patch, self._read, self._read_odata, self._list)
        weights = (3, 3, 3, 3, 2, 2)
        while not self.finish.wait(self.pause):
            try:
                self._random.choices(steps, weights)[0]()
            except Failed:
                continue
            except Exception as error:
                self.broken.append(f"{self.name}: {error!r}")
                return

    def check_all(self) -> None:
        """Compare every task with what was acknowledged, in both dialects."""
        self._list()
        for known in self.tasks:
            self._learn(known)
            self._look(known)
            self._look_odata(known)

    # Requests

    def _call(self, kind: str, method: str, path: str, **more: Any) -> requests.Response:
        begun = time.monotonic()
        try:
            response = self._session.request(method, self.url + path, timeout=60, **more)
        except requests.RequestException as error:
            self.answers.append(Answer(kind, method, 0, begun, time.monotonic()))
            raise Failed from error
        answer = Answer(kind, method, response.status_code, begun, time.monotonic())
        self.answers.append(answer)
        if answer.failed:
            raise Failed
        return response

    def _tell(self, what: str, response: requests.Response) -> None:
        self.broken.append(f"{self.name}: {what}: {response.status_code} {response.text[:200]}")

    # Writing

    def _add(self) -> None:
        if len(self.tasks) >= MOST_TASKS:
            return self._edit()
        self._made += 1
        known = Known(f"c{self.number}-{self._made}")
        path = f"/tasklists/{self.place}/tasks.json"
        self.doubtful.add(known.name)
        known.followed = self._made % FOLLOWED == 0
        item = {"content": known.name, "changeFollowerIds": self.follower if known.followed else ""}
        response = self._call("add", "POST", path, json={"todo-item": item})
        if response.status_code != 201:
            return self._tell("add", response)
        self.doubtful.discard(known.name)
        self.acknowledged += 1
        known.number = int(response.headers["id"])
        self.tasks.append(known)
        return self._look(known)

    def _edit(self) -> None:
        def send(known: Known, name: str) -> requests.Response:
            body = {"todo-item": {"content": name}}
            return self._call("edit", "PUT", f"/tasks/{known.number}.json", json=body)

        self._change(send, 200, self._look)

    def _patch(self) -> None:
        def send(known: Known, name: str) -> requests.Response:
            self._learn(known)
            path = f"/odata/Task({known.uid})"
            return self._call("OData PATCH", "PATCH", path, json={"Name": name})

        self._change(send, 204, self._look_odata)

    def _change(self, send: Any, expected: int, look: Any) -> None:
        known = self._some()
        if known is None or known.maybe:
            return
        self._made += 1
        name = f"c{self.number}-{self._made}"
        known.maybe.add(name)
        response = send(known, name)
        known.maybe.discard(name)
        if response.status_code != expected:
            return self._tell("change", response)
        known.name = name
        known.changes += 1
        self.acknowledged += 1
        return look(known)

    def _some(self) -> Known | None:
        return self._random.choice(self.tasks) if self.tasks else None

    # Reading

    def _read(self) -> None:
        known = self._some()
        if known is not None:
            self._look(known)

    def _read_odata(self) -> None:
        known = self._some()
        if known is not None:
            self._learn(known)
            self._look_odata(known)

    def _learn(self, known: Known) -> None:
        """The GUID by the number, out of the flat view, which has both."""
        if known.uid is None:
            asked = f"$filter=TaskItem_ConsecutiveNumber eq {known.number}"
            path = f"/odata/DynamicTaskItem?{asked}&$select=TaskItem_TaskItemId"
            response = self._call("OData $filter", "GET", path)
            found = response.json().get("value")
            if not found:
                self._tell(f"{known.name} is not found", response)
                raise Failed
            known.uid = found[0]["TaskItem_TaskItemId"]

    def _look(self, known: Known) -> None:
        response = self._call("one", "GET", f"/tasks/{known.number}.json")
        item = response.json().get("todo-item", {})
        self._compare(known, item.get("content"), response)

    def _look_odata(self, known: Known) -> None:
        self._learn(known)
        response = self._call("OData one", "GET", f"/odata/Task({known.uid})?$select=Name")
        self._compare(known, response.json().get("Name"), response)

    def _compare(self, known: Known, name: str | None, response: requests.Response) -> None:
        if name not in {known.name, *known.maybe}:
            self._tell(f"wrote {known.name}, maybe {known.maybe}, read {name}", response)

    def _list(self) -> None:
        path = f"/tasklists/{self.place}/tasks.json?pageSize=250"
        response = self._call("list", "GET", path)
        found = Counter(item["content"] for item in response.json().get("todo-items", ()))
        for known in self.tasks:
            if not found.keys() & {known.name, *known.maybe}:
                self._tell(f"{known.name} is not in the list", response)
        expected = {name for known in self.tasks for name in (known.name, *known.maybe)}
        if strange := found.keys() - expected - self.doubtful:
            self._tell(f"never written: {strange}", response)
