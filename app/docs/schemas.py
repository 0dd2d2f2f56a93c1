"""Marshmallow schemas as JSON Schemas. apispec walks a schema; its fields say their own types."""

from typing import Any, cast

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from marshmallow import Schema
from marshmallow.fields import Field

from app.docs.routes import unwrapped
from app.http.payload import PayloadSchema


def own_type(_: OpenAPIConverter, field: Field[Any], ret: dict[str, Any]) -> dict[str, Any]:
    """A field's `json_schema` stands for all that apispec could guess."""
    ret.clear()
    said: dict[str, Any] = field.json_schema()  # type: ignore[attr-defined]
    return said


class Schemas:
    """The schemas of a document, each added when it is first referred to."""

    def __init__(self, spec: APISpec, plugin: MarshmallowPlugin, shape: str) -> None:
        # Any, since apispec's converter is not typed.
        self._converter = cast(Any, plugin.converter)
        self._converter.add_attribute_function(own_type)
        self._spec = spec
        self._shape = shape

    def refer(self, schema: type[Schema]) -> dict[str, Any]:
        """A reference to the schema in the shape that is served."""
        name = schema.__name__
        if name not in self._spec.components.schemas:
            self._spec.components.schema(name, self._made(schema))
        return {"$ref": f"#/components/schemas/{name}"}

    def resolve(self, reference: dict[str, Any]) -> dict[str, Any]:
        """What a reference refers to."""
        found: dict[str, Any] = self._spec.components.schemas[reference["$ref"].rpartition("/")[2]]
        return found

    def _made(self, schema: type[Schema]) -> dict[str, Any]:
        shown = schema.in_shape(self._shape) if issubclass(schema, PayloadSchema) else schema()
        made: dict[str, Any] = self._converter.schema2jsonschema(shown)
        # Members may be added later without breaking a client: nothing here is closed.
        made.pop("additionalProperties", None)
        made["description"] = unwrapped(schema.__doc__ or "")
        if isinstance(shown, PayloadSchema):
            made["properties"] |= shown.added_members
            made["required"] = shown.certain_members()
        return made


def example_of(schema: dict[str, Any]) -> Any:
    """The least that a request schema asks for: something to start from on the API page."""
    if "examples" in schema:
        return schema["examples"][0]
    if "enum" in schema:
        return schema["enum"][0]
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else kinds[0]
    if kind == "object":
        known = schema.get("properties", {})
        return {name: example_of(known[name]) for name in schema.get("required", ())}
    return {"integer": 1, "boolean": True, "array": []}.get(kind, "text")
