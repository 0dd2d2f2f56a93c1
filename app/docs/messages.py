"""Request bodies and answers of an operation, as /openapi.json describes them."""

from typing import Any

from marshmallow import Schema

from app.docs.routes import Route
from app.docs.schemas import Schemas, example_of

JSON = "application/json"
BYTES: dict[str, Any] = {}  # OpenAPI 3.1 says nothing of what is no text
OPEN_TYPES = {"pages.home": "text/html", "pages.docs": "text/html"}
ERRORS = {
    "401": "No key, or one that opens nothing",
    "403": "The key's person may not do this",
    "404": "No such thing, or not for the key's person",
    "405": "The address does not take this method",
    "409": "The change contradicts what is stored",
    "413": "The body is too large",
    "422": "A parameter or a member of the body cannot be taken; the message names it",
}
BODY_ERRORS = ("409", "413")
TEXT = {"schema": {"type": "string"}}
PAGE_HEADERS = dict.fromkeys(("X-Page", "X-Page-Size", "X-Pages", "X-Records"), TEXT)


def error_schema() -> dict[str, Any]:
    """What all errors of a guarded address look like."""
    members = {"MESSAGE": {"type": "string"}, "STATUS": {"type": "string", "const": "Error"}}
    return {"type": "object", "properties": members, "required": list(members)}


def request_body(route: Route, schemas: Schemas) -> dict[str, Any] | None:
    """The body under its wrapper, with the least possible example; None if there is none."""
    said = route.operation
    if said.body is None:
        return None
    schema = schemas.refer(said.body)
    example = example_of(schemas.resolve(schema))
    for part in reversed((said.wrapper or "").split(".")):
        if part.endswith("[]"):
            schema, example = {"type": "array", "items": schema}, [example]
        name = part.removesuffix("[]")
        if name:
            schema = {"type": "object", "properties": {name: schema}}
            example = {name: example}
    return {"content": {JSON: {"schema": schema, "example": example}}}


def responses(route: Route, schemas: Schemas) -> dict[str, Any]:
    """The answer of success, and references to the errors that can come instead."""
    if not route.guarded:
        kind = OPEN_TYPES.get(route.endpoint, JSON)
        return {"200": {"description": "OK", "content": {kind: {}}}}
    said = route.operation
    success: dict[str, Any] = {
        "description": "Created" if said.status == 201 else "OK",
        "content": dict.fromkeys(said.kinds, BYTES) or {JSON: {"schema": _answer(route, schemas)}},
    }
    if any(option.name == "page" for option in said.options):
        success["headers"] = PAGE_HEADERS
    writing = route.methods != ("GET",)
    errors = [code for code in ERRORS if writing or code not in BODY_ERRORS]
    return {str(said.status): success, **dict(zip(errors, errors, strict=True))}


def _answer(route: Route, schemas: Schemas) -> dict[str, Any]:
    """The members of an answer, STATUS last. A reading with one member always gives it."""
    said = route.operation
    members = {name: _member(kind, schemas) for name, kind in said.answer}
    members["STATUS"] = {"type": "string", "const": "OK"}
    always = len(said.answer) == 1 and (route.methods == ("GET",) or said.status == 201)
    required = list(members) if always else ["STATUS"]
    return {"type": "object", "properties": members, "required": required}


def _member(kind: Any, schemas: Schemas) -> dict[str, Any]:
    """A schema, a list of one schema, or the name of a JSON type."""
    if isinstance(kind, list):
        return {"type": "array", "items": _member(kind[0], schemas)}
    if isinstance(kind, type) and issubclass(kind, Schema):
        return schemas.refer(kind)
    return {"type": kind}
