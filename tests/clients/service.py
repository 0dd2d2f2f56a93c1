"""The OData service as plain HTTP tells of it: what a client's work is checked against."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import requests

from tests.live import Server

ROOT = "/odata"


@dataclass(frozen=True, slots=True)
class Service:
    """The service of a running server. `project` and `name` are a test's own project: its GUID and
    what it is called.
    """

    server: Server
    project: str
    name: str

    @property
    def url(self) -> str:
        """The service root, with a slash at its end."""
        return f"{self.server.url}{ROOT}/"

    @property
    def key(self) -> str:
        """The administrator's API key."""
        return self.server.key

    def call(self, method: str, path: str, **more: Any) -> requests.Response:
        """A request below the root, as the administrator. `path` is sent as it is."""
        return self.server.call(method, f"{ROOT}/{path}", **more)

    def add(self, *names: str) -> list[str]:
        """Tasks in the project; gives their GUIDs."""
        items = [{"Name": name, "ProjectId": self.project} for name in names]
        response = self.call("POST", "Task/BatchInsert", json={"items": items})
        assert response.status_code == 200, response.text
        return [each["TaskItemId"] for each in response.json()["value"]]

    def tasks(self) -> list[dict[str, Any]]:
        """The tasks of the project, by name."""
        options = {"$filter": f"ProjectId eq {self.project}", "$orderby": "Name", "$top": "1000"}
        headers = {"Prefer": "odata.maxpagesize=1000"}
        response = self.call("GET", "Task", params=options, headers=headers)
        assert response.status_code == 200, response.text
        found: list[dict[str, Any]] = response.json()["value"]
        return found

    def names(self) -> list[str]:
        """What the tasks of the project are called, in that order."""
        return [each["Name"] for each in self.tasks()]

    def task(self, key: str) -> dict[str, Any]:
        """A task that must be there."""
        response = self.call("GET", f"Task({key})")
        assert response.status_code == 200, response.text
        found: dict[str, Any] = response.json()
        return found


def new_service(server: Server) -> Service:
    """The service of a server, with a new project."""
    name = f"Project {uuid4().hex[:8]}"
    response = server.call("POST", f"{ROOT}/Project", json={"Name": name})
    assert response.status_code == 201, response.text
    return Service(server, response.json()["ProjectId"], name)
