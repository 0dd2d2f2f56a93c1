"""The OData interface with the administrator's key, and the ids that it names things by."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.models import Person, Project, Status, Task, TaskList
from app.services.execute import maintain
from tests.builders import World
from tests.odata import OData

MODELS = {
    "task": Task,
    "project": Project,
    "person": Person,
    "list": TaskList,
    "status": Status,
}


@pytest.fixture
def odata(app: Flask, world: World) -> OData:
    """A client with the administrator's key."""
    return OData(app, world.key(world.admin))


@pytest.fixture
def uid(world: World) -> Callable[[str, int], str]:
    """The GUID of a row, by kind and id."""

    def find(kind: str, row_id: int) -> str:
        model: Any = MODELS[kind]
        statement = select(model.uid).where(model.id == row_id)
        return str(maintain(lambda work: work.scalar(statement)))

    return find
