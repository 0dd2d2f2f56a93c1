"""Every route is guarded, and described where it stands."""

from flask import Flask

from app.http.auth import require_key, require_key_or_password
from app.http.operations import Operation

OPEN_TO_ALL = {"/", "/docs", "/openapi.json", "/healthz", "/readyz"}
# The secret in the address is the key.
OPENED_BY_ADDRESS = {"/calendar/<secret>.ics", "/unsubscribe/<message>", "/uploads/<ref>"}


def public(rule: str) -> bool:
    """Served to whoever asks."""
    return rule in OPEN_TO_ALL | OPENED_BY_ADDRESS or rule.startswith("/docs/")


def test_every_route_has_a_guard_but_the_public_pages(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.rpartition(".")[0]
        guards = app.before_request_funcs.get(blueprint, [])
        guarded = require_key in guards or require_key_or_password in guards
        assert public(rule.rule) != guarded, rule.rule


def test_every_guarded_route_is_an_operation_with_a_section_and_a_docstring(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if public(rule.rule):
            continue
        view = app.view_functions[rule.endpoint]
        operation = getattr(view, "operation", None)
        assert isinstance(operation, Operation), rule.rule
        assert operation.section
        assert view.__doc__, rule.rule
