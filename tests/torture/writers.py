"""Clients that write in both dialects as fast as they are answered, and keep a ledger."""

import json
import random
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from tests.torture.ledger import Ledger, Value, Whole
from tests.torture.stores import Office
from tests.torture.wire import Answer, Wire

BATCH = 50
LINES = 10
REFUSED_PAUSE = 0.02
OPEN_AT_MOST = 30
Request = tuple[str, str, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Mine:
    """A task that a writer made."""

    number: int
    name: str
    list_id: int


class Writer(threading.Thread):
    """One client on a list of its own, and on the list that all share, until `finish` is set."""

    def __init__(self, port: int, office: Office, number: int, ledger: Ledger, word: str) -> None:
        super().__init__(name=f"writer {number}", daemon=True)
        self.finish = threading.Event()
        self.ledger = ledger
        self.wrong: list[str] = []
        self.errors = 0
        self.first_answer: float | None = None
        self.last_answer = 0.0
        self._office, self._number = office, number
        self._wire = Wire(port, office.keys[number])
        self._random = random.Random(f"{word} {number}")
        self._word, self._made = f"{word}-{number}", 0
        self._tasks: list[Mine] = []  # open ones
        self._uids: dict[int, str] = {}

    def run(self) -> None:
        """Write until told to end."""
        steps: Sequence[Callable[[], None]] = (
            self._create,
            self._create_odata,
            self._quickadd,
            self._batch_insert,
            self._edit,
            self._patch,
            self._complete,
            self._reorder,
            self._change_set,
            self._family,
            self._multipart,
        )
        try:
            while not self.finish.is_set():
                self._random.choice(steps)()
        except Exception as error:
            self.wrong.append(f"{self.name}: {error!r}")
        finally:
            self._wire.close()

    # Requests

    def _call(
        self,
        expected: int,
        method: str,
        path: str,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Answer | None:
        """The answer, if it is the expected one. Any other that is sure is wrong."""
        answer = self._wire.call(method, path, body, headers)
        if answer.status == expected:
            self.ledger.acknowledged += 1
            self.last_answer = time.monotonic()
            self.first_answer = self.first_answer or self.last_answer
            return answer
        if answer.unknown:
            self.errors += answer.status != 0
            self.finish.wait(REFUSED_PAUSE)
        else:
            self.wrong.append(f"{method} {path}: {answer.status} {answer.body[:300]!r}")
        return None

    def _fresh(self) -> str:
        self._made += 1
        return f"{self._word}-{self._made}"

    def _whole(self, what: str, *facts: tuple[Any, ...]) -> Whole:
        whole = Whole(what, frozenset(facts))
        self.ledger.wholes.append(whole)
        return whole

    def _list(self) -> int:
        return self._random.choice((self._office.lists[self._number], self._office.shared[0]))

    # Making tasks

    def _create(self) -> None:
        name = self._fresh()
        whole = self._whole("create", ("named", name))
        body = {"todo-item": {"content": name, "tags": f"t{self._made % 5}"}}
        list_id = self._list()
        answer = self._call(201, "POST", f"/tasklists/{list_id}/tasks.json", body)
        if answer:
            whole.acknowledged = True
            self._keep(Mine(int(answer.headers["id"]), name, list_id))

    def _keep(self, task: Mine) -> None:
        self._tasks.append(task)
        for column, value in (("description", ""), ("custom_color", None)):
            self.ledger.values[task.number, column] = Value(value)
        del self._tasks[:-OPEN_AT_MOST]

    def _create_odata(self) -> None:
        name = self._fresh()
        whole = self._whole("OData create", ("named", name))
        body = {"Name": name, "ProjectId": self._office.project_uid}
        whole.acknowledged = self._call(201, "POST", "/odata/Task", body) is not None

    def _quickadd(self) -> None:
        names = [self._fresh() for _ in range(LINES)]
        whole = self._whole("quickadd", *(("named", name) for name in names))
        path = f"/tasklists/{self._list()}/quickadd.json"
        whole.acknowledged = (
            self._call(201, "POST", path, {"content": "\n".join(names)}) is not None
        )

    def _batch_insert(self) -> None:
        names = [self._fresh() for _ in range(BATCH)]
        whole = self._whole("BatchInsert", *(("named", name) for name in names))
        items = [{"Name": name, "ProjectId": self._office.project_uid} for name in names]
        done = self._call(200, "POST", "/odata/Task/BatchInsert", {"items": items})
        whole.acknowledged = done is not None

    # Changing them

    def _some(self) -> Mine | None:
        return self._random.choice(self._tasks) if self._tasks else None

    def _set(self, task: Mine, column: str, value: Any, expected: int, *request: Any) -> None:
        known = self.ledger.values[task.number, column]
        known.maybe.append(value)
        if self._call(expected, *request):
            known.settle(value)

    def _edit(self) -> None:
        if chosen := self._some():
            text = self._fresh()
            body = {"todo-item": {"description": text}}
            self._set(chosen, "description", text, 200, "PUT", f"/tasks/{chosen.number}.json", body)

    def _patch(self) -> None:
        if (chosen := self._some()) and (uid := self._uid(chosen)):
            color = self._random.randrange(1 << 24)
            path = f"/odata/Task({uid})"
            self._set(chosen, "custom_color", color, 204, "PATCH", path, {"CustomColor": color})

    def _uid(self, task: Mine) -> str | None:
        """The GUID of a task, by its name."""
        if task.number not in self._uids:
            path = f"/odata/Task?$filter=Name%20eq%20'{task.name}'&$select=TaskItemId"
            answer = self._call(200, "GET", path)
            if answer is None:
                return None
            self._uids[task.number] = answer.json["value"][0]["TaskItemId"]
        return self._uids[task.number]

    def _take(self) -> Mine | None:
        """A task that nobody changes any more after this."""
        chosen = self._some()
        if chosen:
            self._tasks.remove(chosen)
        return chosen

    def _complete(self) -> None:
        if chosen := self._take():
            whole = self._whole("complete", ("done", chosen.number))
            path = f"/tasks/{chosen.number}/complete.json"
            whole.acknowledged = self._call(200, "PUT", path) is not None

    def _reorder(self) -> None:
        """Some tasks of the list of its own to its top, in a new order."""
        list_id = self._office.lists[self._number]
        mine = [each.number for each in self._tasks if each.list_id == list_id][-5:]
        self._random.shuffle(mine)
        body = {"todo-items": [{"todo-item": {"id": task}} for task in mine]}
        if len(mine) > 1:
            self.ledger.order.maybe.append(tuple(mine))
            if self._call(200, "PUT", f"/tasklists/{list_id}/tasks/reorder.json", body):
                self.ledger.order.settle(tuple(mine))

    # Several at once

    def _family(self) -> None:
        """A task with subtasks; all are completed, or deleted, by one request."""
        name = self._fresh()
        whole = self._whole("create", ("named", name))
        body = {"todo-item": {"content": name}}
        made = self._call(201, "POST", f"/tasklists/{self._list()}/tasks.json", body)
        if made is None:
            return
        whole.acknowledged = True
        parent = int(made.headers["id"])
        names = [self._fresh() for _ in range(3)]
        whole = self._whole("quickadd of subtasks", *(("named", each) for each in names))
        path = f"/tasks/{parent}/quickadd.json"
        below = self._call(201, "POST", path, {"content": "\n".join(names)})
        if below is None:
            return
        whole.acknowledged = True
        everyone = [parent, *map(int, below.json["taskIds"].split(","))]
        state, method, path = self._random.choice(
            (
                ("done", "PUT", f"/tasks/{parent}/complete.json"),
                ("gone", "DELETE", f"/tasks/{parent}.json"),
            )
        )
        whole = self._whole(f"{method} of a family", *((state, each) for each in everyone))
        whole.acknowledged = self._call(200, method, path) is not None

    def _change_set(self) -> None:
        """As JSON."""
        whole, requests = self._prepared()
        items = [
            {
                "id": str(number),
                "atomicityGroup": "g",
                "method": method,
                "url": url,
                "body": body,
                "headers": {"content-type": "application/json"},
            }
            for number, (method, url, body) in enumerate(requests)
        ]
        answer = self._call(200, "POST", "/odata/$batch", {"requests": items})
        whole.acknowledged = answer is not None and all(
            each["status"] in (201, 204) for each in answer.json["responses"]
        )

    def _multipart(self) -> None:
        """As multipart/mixed."""
        whole, requests = self._prepared()
        kind = {"Content-Type": "multipart/mixed; boundary=b"}
        answer = self._call(200, "POST", "/odata/$batch", multipart(requests), kind)
        succeeded = answer.body.count(b"HTTP/1.1 20") if answer else 0
        whole.acknowledged = succeeded == len(requests)

    def _prepared(self) -> tuple[Whole, list[Request]]:
        """A change set: two changed tasks and a new one between."""
        name = self._fresh()
        facts: list[tuple[Any, ...]] = [("named", name)]
        requests: list[Request] = [
            ("POST", "Task", {"Name": name, "ProjectId": self._office.project_uid})
        ]
        for place in (0, 2):
            chosen = self._take()
            uid = self._uid(chosen) if chosen else None
            if chosen and uid:
                hours = float(self._made + place)
                requests.insert(place, ("PATCH", f"Task({uid})", {"WorkAmount": hours}))
                facts.append(("hours", chosen.number, hours))
        return self._whole("change set", *facts), requests


def multipart(requests: Sequence[Request]) -> bytes:
    """The body of a batch with one change set."""
    lines = ["--b", "Content-Type: multipart/mixed; boundary=c", ""]
    for number, (method, url, body) in enumerate(requests):
        lines += ["--c", "Content-Type: application/http", "Content-Transfer-Encoding: binary"]
        lines += [f"Content-ID: {number}", "", f"{method} {url} HTTP/1.1"]
        lines += ["Content-Type: application/json", "", json.dumps(body)]
    return "\r\n".join((*lines, "--c--", "--b--", "")).encode()
