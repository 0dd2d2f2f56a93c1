"""Payloads: declared once as a marshmallow schema, rendered from rows by a plan compiled from it.

A field's attribute is a column ("name"), a facet ("tags") or a member of a facet's value
("project.company_name"). The plan works column by column and renders a distinct facet value once,
several times faster than `Schema.dump`; a test holds the two equal.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from marshmallow import Schema, fields
from marshmallow import missing as left_out

from app.queries.query import Page

Render = Callable[[Any], Any]
REMEMBERED = 2048  # fragments of a facet; a few hundred bytes each
JsonType = Mapping[str, Any]
TEXT: JsonType = {"type": "string"}


def object_of(**members: JsonType) -> JsonType:
    """The JSON Schema of an object that always has these members."""
    return {"type": "object", "properties": members, "required": list(members)}


def array_of(items: JsonType) -> JsonType:
    """The JSON Schema of an array."""
    return {"type": "array", "items": items}


class PayloadField(fields.Field[Any]):
    """A member of a payload. `render` and `json_type` are all that a subclass needs.

    `absent` is what a member shows when its facet has nothing for the row; without it, it is left
    out. An `optional` member is left out as well when its column is None. `json_type` is the JSON
    Schema of what `render` gives.
    """

    json_type: JsonType

    def __init__(
        self,
        data_key: str,
        attribute: str | None = None,
        *,
        absent: Any = left_out,
        optional: bool = False,
        personal: bool = False,
    ) -> None:
        super().__init__(data_key=data_key, attribute=attribute, dump_only=True)
        self.absent = absent
        self.optional = optional
        self._personal = personal

    @property
    def personal(self) -> bool:
        """The member depends on the viewer, though its column or facet does not."""
        return self._personal

    def json_schema(self) -> dict[str, Any]:
        """The JSON Schema of the member, as /openapi.json shows it."""
        return dict(self.json_type)

    def render(self, value: Any) -> Any:
        """The value as it stands in the payload."""
        return value

    def render_all(self, values: Sequence[Any]) -> Sequence[Any]:
        """A whole column; override where that is faster than one by one."""
        return [self.render(value) for value in values]

    def serialize(self, attr: str, obj: Any, accessor: Any = None, **kwargs: Any) -> Any:
        """The member of one object, or marshmallow's `missing`."""
        value = self.get_value(obj, attr, accessor=accessor)
        if value is left_out:
            return self.absent
        if self.optional and value is None:
            return left_out
        return self.render(value)


class PayloadSchema(Schema):
    """A payload made of PayloadFields only. `facet_names` are the attributes that are facets:
    members made of them may be left out, all others are always there unless `optional`.
    `added_members` are those that a view may add.
    """

    facet_names: ClassVar[frozenset[str]] = frozenset()
    added_members: ClassVar[Mapping[str, JsonType]] = {}

    @classmethod
    def in_shape(cls, shape: str) -> "PayloadSchema":
        """The schema that is used where TANDEM_TEAMWORK_SHAPE says `shape`."""
        return cls()

    def certain_members(self) -> list[str]:
        """The members that every object has."""
        return [
            field.data_key or name
            for name, field in self.dump_fields.items()
            if isinstance(field, PayloadField) and not field.optional and self._is_column(field)
        ]

    def _is_column(self, field: PayloadField) -> bool:
        attribute = field.attribute or str(field.name)
        return "." not in attribute and attribute not in self.facet_names


class Record:
    """One row with its facets as an object, for `Schema.dump`."""

    def __init__(self, page: Page, row: tuple[Any, ...]) -> None:
        self._page = page
        self._row = row

    def __getattr__(self, name: str) -> Any:
        page = self._page
        if name in page.facets:
            found = page.facets[name].get(self._row[page.index[page.keys[name]]], left_out)
            if found is left_out:
                raise AttributeError(name)
            return found
        if name in page.index:
            return self._row[page.index[name]]
        raise AttributeError(name)


class Plan:
    """What to read for a payload, and how to render the rows that were read.

    `columns` and `facets` go into the Query. Facet keys come from the catalogue, by `keys`.
    `chosen` says which members are the plan's.
    """

    def __init__(
        self,
        schema: Schema,
        facet_keys: Mapping[str, str],
        chosen: Callable[[PayloadField], bool] = lambda _: True,
    ) -> None:
        self._flat: list[tuple[str, str, Render]] = []
        self._optional: list[tuple[str, str, Render]] = []
        groups: dict[str, list[tuple[str, str, Any]]] = {}
        for name, field in schema.dump_fields.items():
            assert isinstance(field, PayloadField)
            if not chosen(field):
                continue
            key, attribute = field.data_key or name, field.attribute or name
            head, _, member = attribute.partition(".")
            if head in facet_keys:
                groups.setdefault(head, []).append((key, member, field))
            elif field.optional:
                self._optional.append((key, attribute, field.render))
            else:
                self._flat.append((key, attribute, field.render_all))
        self._keys = [key for key, _, _ in self._flat]
        self._groups = [_Group(head, members) for head, members in groups.items()]
        flat = [column for _, column, _ in self._flat + self._optional]
        needed = flat + [facet_keys[head] for head in groups]
        self.columns = tuple(dict.fromkeys(needed))
        self.facets = tuple(groups)

    def render(self, page: Page) -> list[dict[str, Any]]:
        """All rows of a page as payload objects, in the order of the rows."""
        if not page.rows:
            return []
        index, columns = page.index, list(zip(*page.rows, strict=True))
        keys = self._keys
        rendered = [render(columns[index[column]]) for _, column, render in self._flat]
        items: list[dict[str, Any]] = (
            [dict(zip(keys, values, strict=True)) for values in zip(*rendered, strict=True)]
            if keys
            else [{} for _ in page.rows]
        )
        for key, column, render_one in self._optional:
            for item, value in zip(items, columns[index[column]], strict=True):
                if value is not None:
                    item[key] = render_one(value)
        for group in self._groups:
            group.add_to(items, columns[index[page.keys[group.facet]]], page.facets[group.facet])
        return items


class _Group:
    """The members of a payload that one facet gives. What they render to is remembered by value, so
    that a name, a set of tags or of assignees is rendered once for many tasks and pages.
    """

    def __init__(self, facet: str, members: list[tuple[str, str, PayloadField]]) -> None:
        self.facet = facet
        self._members = members
        self._empty = {
            key: field.absent for key, _, field in members if field.absent is not left_out
        }
        self._remembered = lru_cache(REMEMBERED)(self._fragment)

    def add_to(
        self, items: list[dict[str, Any]], keys: Sequence[Any], found: Mapping[Any, Any]
    ) -> None:
        """The members for items whose facet's keys are given."""
        fragment, empty = self._remembered, self._empty
        for item, key in zip(items, keys, strict=True):
            value = found.get(key, left_out)
            item.update(empty if value is left_out else fragment(value))

    def _fragment(self, value: Any) -> dict[str, Any]:
        found = dict(self._empty)
        for key, member, field in self._members:
            part = getattr(value, member) if member else value
            found[key] = field.render(part)
        return found
