"""The routes of an application as /openapi.json needs them: read from the url_map, so that a new
one appears by itself.
"""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask

from app.http.operations import Operation

IMPLIED = {"HEAD", "OPTIONS"}
_CONVERTER = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")


@dataclass(frozen=True, slots=True)
class Route:
    """One rule of the url_map. `group` is its blueprint; a `guarded` one needs a key."""

    path: str
    ids: tuple[str, ...]
    methods: tuple[str, ...]
    endpoint: str
    group: str
    guarded: bool
    view: Callable[..., Any]

    @property
    def operation(self) -> Operation:
        """What the view says of itself."""
        found = getattr(self.view, "operation", None)
        return found if isinstance(found, Operation) else Operation("")


def all_routes(app: Flask) -> Iterator[Route]:
    """Every route but those of static files, and those that another document describes."""
    for rule in app.url_map.iter_rules():
        group, _, name = rule.endpoint.rpartition(".")
        if name == "static":
            continue
        route = Route(
            path=_CONVERTER.sub(r"{\1}", rule.rule),
            ids=tuple(_CONVERTER.findall(rule.rule)),
            methods=tuple(sorted((rule.methods or set()) - IMPLIED)),
            endpoint=rule.endpoint,
            group=group,
            guarded=bool(app.before_request_funcs.get(group)),
            view=app.view_functions[rule.endpoint],
        )
        if not route.operation.elsewhere:
            yield route


def group_texts(app: Flask) -> dict[str, str]:
    """What each blueprint's module says of itself."""
    return {
        name: unwrapped(sys.modules[blueprint.import_name].__doc__ or "")
        for name, blueprint in app.blueprints.items()
    }


def unwrapped(text: str) -> str:
    """A docstring's paragraphs, each on one line."""
    paragraphs = re.split(r"\n\s*\n", text.strip())
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)
