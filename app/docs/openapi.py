"""/openapi.json: OpenAPI 3.1, generated from the routes, the Operation that each view carries, and
the schemas named there. Made once for each application and shape.
"""

from typing import Any

import orjson
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask

from app.docs.messages import ERRORS, JSON, error_schema, request_body, responses
from app.docs.parameters import parameters
from app.docs.routes import Route, all_routes, group_texts, unwrapped
from app.docs.schemas import Schemas

VERSION = "0.1.0"
ABOUT = (
    "A task server that speaks Teamwork's v1 Tasks API. Names of parameters, members and paths are "
    "taken in any case, unknown ones are ignored. Every path also works below /projects/api/v1."
)
KEYS: dict[str, dict[str, str]] = {
    "basic": {
        "type": "http",
        "scheme": "basic",
        "description": "The key as the user, any password",
    },
    "bearer": {"type": "http", "scheme": "bearer", "description": "The key as the token"},
    "header": {"type": "apiKey", "in": "header", "name": "x-api-key"},
}


def document_text(app: Flask) -> bytes:
    """The document as JSON text, in the shape that the application serves."""
    shape = app.config["TANDEM"].shape
    made: dict[str, bytes] = app.extensions.setdefault("tandem_openapi", {})
    if shape not in made:
        made[shape] = orjson.dumps(document(app, shape))
    return made[shape]


def document(app: Flask, shape: str) -> dict[str, Any]:
    """The document for a shape ("documented" or "live")."""
    plugin = MarshmallowPlugin()
    spec = APISpec(
        title="Tandem",
        version=VERSION,
        openapi_version="3.1.0",
        info={"description": ABOUT},
        plugins=[plugin],
        security=[{name: []} for name in KEYS],
    )
    _add_shared(spec)
    schemas = Schemas(spec, plugin, shape)
    routes = list(all_routes(app))
    _add_tags(spec, app, routes)
    for route in routes:
        operations = {
            method.lower(): _operation(route, method, schemas) for method in route.methods
        }
        spec.path(path=route.path, operations=operations)
    return spec.to_dict()


def _add_shared(spec: APISpec) -> None:
    """Keys, and the errors that all operations refer to."""
    for name, scheme in KEYS.items():
        spec.components.security_scheme(name, scheme)
    spec.components.schema("Error", error_schema())
    reference = {"$ref": "#/components/schemas/Error"}
    for code, text in ERRORS.items():
        content = {JSON: {"schema": reference}}
        spec.components.response(code, {"description": text, "content": content})


def _add_tags(spec: APISpec, app: Flask, routes: list[Route]) -> None:
    """One group for each blueprint that has routes; those that need no key come last."""
    texts = group_texts(app)
    groups = dict.fromkeys(
        route.group for route in sorted(routes, key=lambda each: not each.guarded)
    )
    for group in groups:
        spec.tag({"name": group, "description": texts[group]})


def _operation(route: Route, method: str, schemas: Schemas) -> dict[str, Any]:
    summary, _, more = unwrapped(route.view.__doc__ or route.endpoint).partition("\n\n")
    said = route.operation
    paragraphs = [more, f'Section: "{said.section}"' if said.section else ""]
    made: dict[str, Any] = {
        "tags": [route.group],
        "summary": summary.removesuffix("."),
        "operationId": route.endpoint.replace(".", "_"),
        "description": "\n\n".join(filter(None, paragraphs)),
        "parameters": parameters(route),
        "responses": responses(route, schemas),
    }
    if len(route.methods) > 1:
        made["operationId"] += f"_{method.lower()}"
    if not route.guarded:
        made["security"] = []
    body = request_body(route, schemas)
    return {**made, "requestBody": body} if body else made
