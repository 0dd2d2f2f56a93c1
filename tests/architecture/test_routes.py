"""Every route is guarded, and described where it stands."""

from flask import Flask

from app.http.auth import require_key, require_key_or_password
from app.http.operations import Operation

OPEN_TO_ALL = {"/", "/docs", "/openapi.json", "/healthz", "/readyz"}


def test_every_route_has_a_guard_but_the_public_pages(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        guards = app.before_request_funcs.get(blueprint, [])
        public = rule.rule in OPEN_TO_ALL or rule.rule.startswith("/docs/")
        guarded = require_key in guards or require_key_or_password in guards
        assert public != guarded, rule.rule


def test_every_guarded_route_is_an_operation_with_a_section_and_a_docstring(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if rule.rule in OPEN_TO_ALL or rule.rule.startswith("/docs/"):
            continue
        view = app.view_functions[rule.endpoint]
        operation = getattr(view, "operation", None)
        assert isinstance(operation, Operation), rule.rule
        assert operation.section
        assert view.__doc__, rule.rule
