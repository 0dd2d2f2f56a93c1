"""Routes are found by the shape of a path exactly as Werkzeug finds them."""

import re

import pytest
from flask import Flask
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter

from app.http import routes
from app.http.routes import Adapter
from tests.api import Api

VARIABLE = re.compile(r"<[^>]*>")
VALUES = ("1", "27", "00027", "2147483647", "2147483648", "99999999999", "0", "-1", "x", "١", "1١")
METHODS = ("GET", "HEAD", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")
CHANGED = ("{}", "{}/", "/{}", "{}.json")


def found(kind: type[MapAdapter], app: Flask, path: str, method: str) -> object:
    adapter = kind(app.url_map, "x", "/", "", "http", path, method, "")
    try:
        rule, values = adapter.match(return_rule=True)
    except HTTPException as error:
        return type(error), getattr(error, "valid_methods", None)
    return rule, values


@pytest.mark.parametrize("value", VALUES)
def test_every_route_is_found_as_werkzeug_finds_it(app: Flask, value: str) -> None:
    rules = [VARIABLE.sub("{}", rule.rule) for rule in app.url_map.iter_rules()]
    paths = {form.format(path) for path in rules for form in CHANGED}
    for path in sorted(paths):
        for other in ("5", value):
            asked = path.replace("{}", other)
            for method in METHODS:
                expected = found(MapAdapter, app, asked, method)
                assert found(Adapter, app, asked, method) == expected, (method, asked)


def test_no_more_shapes_are_kept_than_are_counted(
    app: Flask, api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "MOST", 1)
    monkeypatch.setattr(routes, "_of", {})
    for slashes in ("/", "//", "///"):
        assert api.get(f"{slashes}tasks/999/subtasks.json").status_code == 404
    (shapes,) = routes._of.values()
    assert len(shapes._known) == 1
