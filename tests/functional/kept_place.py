"""A place to ask for task lists again and again while things change around them."""

from typing import Any

from flask import Flask

from app.queries.remembered import Memories
from app.services.execute import maintain
from tests.api import Api
from tests.builders import World


class Place:
    """Three lists: a task of the first waits for one of the second; somebody who may see all of
    them asks for the first.
    """

    def __init__(self, app: Flask, world: World) -> None:
        self.world = world
        self.person = world.person("Mia", "Miller")
        self.project = world.project(editor=(self.person,))
        self.mine, self.other, self.third = (world.list(self.project, each) for each in "abc")
        self.waited = world.task(self.other, "waited for")
        self.task = world.task(self.mine, predecessors=((self.waited, "complete"),), due=3)
        self.alone = world.task(self.mine, "alone")
        self.far = world.task(self.third, "far away")
        self.note = world.note(self.task, world.admin)
        self.api = Api(app, world.key(self.person))
        self.admin = Api(app, world.key(world.admin))
        self.path = f"/tasklists/{self.mine}/tasks.json"

    def get(self, *, headers: Any = None) -> Any:
        return self.api.call("GET", self.path, headers=headers or {})

    def warm(self) -> Any:
        """Ask until the answer is kept; gives it."""
        for _ in range(2):
            self.get()
        return self.get()

    def sql(self, statement: Any) -> None:
        maintain(lambda work: work.run(statement))

    def put(self, task: int, **members: Any) -> None:
        answer = self.admin.put(f"/tasks/{task}.json", {"todo-item": members})
        assert answer.status_code == 200, answer.text

    def settled(self) -> Any:
        """What is answered from memory, which has to be what is answered without."""
        kept = self.get()
        Memories.forget()
        assert kept.data == self.get().data
        return kept
