"""HTML is measured wherever it comes in: what is nested too deeply, or too much, is refused."""

from typing import Any

import pytest
from flask import Flask

from app.services.markup import MAX_DEPTH, MAX_MARKS
from tests.api import Api
from tests.builders import World
from tests.odata import OData

DEEP = "<b>" * (MAX_DEPTH + 1) + "x"
MANY = "<b>x</b>" * MAX_MARKS
FINE = "<b>" * MAX_DEPTH + "x"
WAYS = ("description", "note", "comment", "edit")


def send(app: Flask, world: World, way: str, html: str) -> Any:
    """Send HTML on one of the ways that it may come."""
    secret = world.key(world.admin)
    odata, api = OData(app, secret), Api(app, secret)
    task = odata.make("Task", Name="a")["TaskItemId"]
    ways = {
        "description": lambda: odata.post("Task", {"Name": "b", "DescriptionHTML": html}),
        "edit": lambda: odata.patch(f"Task({task})", {"DescriptionHTML": html}),
        "note": lambda: odata.post(
            f"Task({task})/AddNote", {"htmlText": html, "notificationContactIds": []}
        ),
        "comment": lambda: api.post(
            "/tasks/1/comments.json", {"comment": {"body": html, "content-type": "html"}}
        ),
    }
    return ways[way]()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("html", [DEEP, MANY], ids=["deep", "many"])
def test_refused(app: Flask, world: World, way: str, html: str) -> None:
    assert send(app, world, way, html).status_code == 422


@pytest.mark.parametrize("way", WAYS)
def test_taken(app: Flask, world: World, way: str) -> None:
    assert send(app, world, way, FINE).status_code in (200, 201, 204)
